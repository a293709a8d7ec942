"""``report.html``: the page a person reads after ``canbo run``.

One self-contained file that opens from disk: styles, script and data stand inside it, and its
content security policy allows nothing else, so text from an article can neither run nor load
anything. Figures and plots are drawn here from all documents; the documents themselves are
embedded as JSON and shown by ``templates/report.js`` a page at a time.
"""

from __future__ import annotations

import json
import re
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import IO, Any

from markupsafe import Markup

from canbo.data.errors import UserError
from canbo.data.jsonl import read_jsonl
from canbo.data.stats import ThemeCounts
from canbo.data.themes import ThemeScheme
from canbo.page import (
    PAPERS,
    Language,
    csp_hash,
    page_environment,
    page_words,
    template_text,
)
from canbo.palette import theme_css
from canbo.plots import theme_bars, theme_heat
from canbo.results import SCHEMA_VERSION

__all__ = [
    "MAX_DOCUMENTS",
    "MAX_EMBEDDED_CHARACTERS",
    "MAX_ERRORS",
    "ReportError",
    "evidence_segments",
    "write_report",
]

# What the page holds at most, so that a browser opens it at once; figures cover everything.
MAX_DOCUMENTS = 2_000
MAX_EMBEDDED_CHARACTERS = 48_000_000
MAX_ERRORS = 200
DOCUMENTS_PER_PAGE = 50

# "<", ">" and "&" could end the script block or open a comment in it, U+2028/9 end a line in
# JavaScript, and a lone surrogate cannot be written as UTF-8. Within JSON they only stand in
# strings, where an escape means the same.
_UNSAFE_IN_SCRIPT = re.compile("[<>&\u2028\u2029\ud800-\udfff]")


class ReportError(UserError):
    """A file of the output folder breaks its form; the message names file, line and remedy."""


@dataclass
class _Totals(ThemeCounts):
    """Figures over all documents.

    Attributes:
        judged: paragraphs that a classifier has judged (with scores or themes).
        uncertain: paragraphs with a theme that a person should look at first.
        methods: abstracts by method.
        unsupported: documents whose abstract holds unsupported details.
        embedded: documents that stand in the page: the first ones.
    """

    judged: int = 0
    uncertain: int = 0
    methods: Counter[str] = field(default_factory=Counter)
    unsupported: int = 0
    embedded: int = 0

    def add(self, document: dict[str, Any]) -> None:
        """Count one document of the form that ``_page_document`` returns."""
        paragraphs = document["paragraphs"]
        self.add_document([paragraph["themes"] for paragraph in paragraphs])
        self.judged += sum(bool(p["scores"] or p["themes"]) for p in paragraphs)
        self.uncertain += sum(bool(p["uncertain"]) for p in paragraphs)
        if document["abstract"] and document["abstract"]["text"]:
            self.methods[document["abstract"]["method"]] += 1
            self.unsupported += bool(document["abstract"]["unsupported"])


def write_report(output_dir: Path, scheme: ThemeScheme, language: Language = "vi") -> Path:
    """Write ``report.html`` into a run's output folder.

    Reads ``documents.jsonl`` and, where they stand, ``errors.jsonl`` and ``run.json``, each once
    and line by line: memory does not grow with the number of documents. The page embeds the first
    ``MAX_DOCUMENTS`` documents (fewer where they would pass ``MAX_EMBEDDED_CHARACTERS``) and the
    first ``MAX_ERRORS`` errors and says how many it leaves out; its figures cover all of them.
    An existing report is replaced, and only once the new one is complete.

    Args:
        output_dir: folder that ``canbo run`` wrote (output contract, version 1).
        scheme: the theme scheme that the run used.
        language: language of the page's own words; articles stay as they are.

    Returns:
        The path of the page.

    Raises:
        ReportError: a file breaks the contract or names a theme that the scheme lacks.
        FileNotFoundError: there is no ``documents.jsonl``.
        ValueError: a colour of the scheme is not ``#rrggbb``.
    """
    words = page_words(language)
    run = _read_run(output_dir / "run.json")
    errors, error_count = _read_errors(output_dir / "errors.jsonl")
    path = output_dir / "report.html"
    draft = path.with_name("report.html.part")
    with tempfile.TemporaryFile("w+", encoding="utf-8", newline="\n") as embedded:
        totals = _read_documents(output_dir / "documents.jsonl", scheme, embedded)
        settings = {
            "language": language,
            "perPage": DOCUMENTS_PER_PAGE,
            "themes": [{"id": t.id, "name": t.name[language]} for t in scheme.themes],
            "words": words,
        }
        style = theme_css(scheme) + template_text("report.css")
        script = template_text("report.js")
        page = page_environment(words, language).get_template("report.html.jinja")
        stream = page.stream(
            language=language,
            style=Markup(style),
            style_hash=csp_hash(style),
            script=Markup(script),
            script_hash=csp_hash(script),
            papers=PAPERS,
            themes=scheme.themes,
            totals=totals,
            errors=errors,
            error_count=error_count,
            bars=theme_bars(totals),
            heat=theme_heat(totals),
            run=run,
            settings=Markup(_script_json(settings)),
            documents=_chunks(embedded),
        )
        # A lone surrogate in a file name or message becomes "?" rather than the end of the report.
        with draft.open("w", encoding="utf-8", errors="replace", newline="\n") as out:
            out.writelines(stream)
    draft.replace(path)
    return path


def _read_documents(path: Path, scheme: ThemeScheme, embedded: IO[str]) -> _Totals:
    """Count all documents and write the first ones to ``embedded`` as a JSON array."""
    if not path.is_file():
        raise FileNotFoundError(f"{path}: no such file; give the folder that `canbo run` wrote")
    order = {theme_id: index for index, theme_id in enumerate(scheme.ids)}
    totals = _Totals(themes=len(scheme))
    characters = 0
    full = False
    embedded.write("[")
    for number, value in _written_lines(path):
        try:
            document = _page_document(value, order)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            what = f"no field {error}" if isinstance(error, KeyError) else str(error)
            raise ReportError(
                f"{path}:{number}: {what}; write it again with `canbo run --overwrite`"
            ) from error
        totals.add(document)
        if not full:
            text = _script_json(document)
            characters += len(text)
            full = totals.embedded == MAX_DOCUMENTS or characters > MAX_EMBEDDED_CHARACTERS
            if not full:
                embedded.write(",\n" * (totals.embedded > 0) + text)
                totals.embedded += 1
    embedded.write("]")
    return totals


def _page_document(value: dict[str, Any], order: dict[str, int]) -> dict[str, Any]:
    """A line of ``documents.jsonl`` as ``report.js`` takes it: themes by index, text cut up."""
    if value["schema"] != SCHEMA_VERSION:
        raise ValueError(f"schema {value['schema']!r} where this canbo reads {SCHEMA_VERSION}")
    paragraphs = [_page_paragraph(paragraph, order) for paragraph in value["paragraphs"]]
    held = Counter(theme for paragraph in paragraphs for theme in paragraph["themes"])
    abstract = value.get("abstract")
    return {
        "id": str(value["id"]),
        "source": str(value["source"]),
        "title": None if value.get("title") is None else str(value["title"]),
        "date": None if value.get("date") is None else str(value["date"]),
        "abstract": abstract
        and {
            "text": str(abstract["text"]),
            "method": _method(abstract["method"]),
            "unsupported": [str(detail) for detail in abstract.get("unsupported", ())],
        },
        "byTheme": [
            {
                "theme": _index(one["theme"], order),
                "text": str(one["text"]),
                "unsupported": [str(detail) for detail in one.get("unsupported", ())],
            }
            for one in value.get("abstracts_by_theme") or ()
        ],
        "counts": [held[theme] for theme in range(len(order))],
        "paragraphs": paragraphs,
    }


def _page_paragraph(value: dict[str, Any], order: dict[str, int]) -> dict[str, Any]:
    scores = value.get("scores") or {}
    return {
        "themes": sorted({_index(theme, order) for theme in value.get("themes") or ()}),
        # In thousandths, by the scheme's order; null where the classifier did not say.
        "scores": [_thousandths(scores.get(theme)) for theme in order] if scores else [],
        "uncertain": sorted({_index(theme, order) for theme in value.get("uncertain") or ()}),
        "segments": evidence_segments(value["text"], value.get("evidence") or (), order),
    }


def evidence_segments(
    text: str, evidence: list[dict[str, Any]] | tuple[()], order: dict[str, int]
) -> list[tuple[str, list[int]]]:
    """Cut a paragraph wherever a span of evidence starts or ends.

    Done here and not in the page, because offsets count code points and JavaScript counts UTF-16.

    Returns:
        The pieces in order, each with the indexes of all themes whose spans cover it; neighbours
        differ in their themes, and together they are ``text``.
    """
    spans = [(int(e["start"]), int(e["end"]), _index(e["theme"], order)) for e in evidence]
    for start, end, _ in spans:
        if not 0 <= start < end <= len(text):
            raise ValueError(f"evidence {start}:{end} lies outside its paragraph of {len(text)}")
    cuts = sorted({0, len(text), *(cut for start, end, _ in spans for cut in (start, end))})
    segments: list[tuple[str, list[int]]] = []
    for start, end in pairwise(cuts):
        themes = sorted({theme for first, last, theme in spans if first <= start and end <= last})
        if segments and segments[-1][1] == themes:
            segments[-1] = (segments[-1][0] + text[start:end], themes)
        else:
            segments.append((text[start:end], themes))
    return segments


def _index(theme: str, order: dict[str, int]) -> int:
    if theme not in order:
        raise ValueError(f"theme {theme!r} is not in the scheme ({', '.join(order)})")
    return order[theme]


def _method(method: str) -> str:
    if method not in ("abstractive", "extractive"):
        raise ValueError(f"abstract.method {method!r} is neither 'abstractive' nor 'extractive'")
    return method


def _thousandths(score: float | None) -> int | None:
    if score is None:
        return None
    if not 0 <= score <= 1:
        raise ValueError(f"score {score!r} is not a probability")
    return round(1000 * score)


def _read_errors(path: Path) -> tuple[list[dict[str, Any]], int]:
    """The first ``MAX_ERRORS`` lines of ``errors.jsonl`` and the number of all."""
    kept: list[dict[str, Any]] = []
    count = 0
    if path.is_file():
        for _, value in _written_lines(path):
            count += 1
            if count <= MAX_ERRORS:
                kept.append(value)
    return kept, count


def _read_run(path: Path) -> dict[str, Any]:
    """``run.json`` with the objects that it should hold; what is absent is empty."""
    value: Any = {}
    if path.is_file():
        try:
            value = json.loads(path.read_text(encoding="utf-8"))
        except ValueError as error:
            raise ReportError(f"{path}: not valid JSON: {error}") from error
    if not isinstance(value, dict):
        raise ReportError(f"{path}: must hold a JSON object")
    parts = {key: value.get(key) or {} for key in ("versions", "models", "config", "seconds")}
    for key, part in parts.items():
        if not isinstance(part, dict):
            raise ReportError(f"{path}: {key!r} must be an object")
    return {**parts, "date": value.get("date")}


def _written_lines(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    remedy = "the run may have been cut off: start it again with the same output"
    return read_jsonl(path, ReportError, remedy=remedy)


def _chunks(file: IO[str]) -> Iterator[Markup]:
    file.seek(0)
    while chunk := file.read(1 << 16):
        yield Markup(chunk)


def _script_json(value: object) -> str:
    """JSON that is safe inside ``<script type="application/json">``."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return _UNSAFE_IN_SCRIPT.sub(lambda found: f"\\u{ord(found[0]):04x}", text)
