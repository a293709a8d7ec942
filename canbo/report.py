"""``report.html``: the page a person reads after ``canbo run``.

One self-contained file that opens from disk: styles, script and data stand inside it, and its
content security policy allows nothing else, so text from an article can neither run nor load
anything. Figures and plots are drawn here from all documents; the documents themselves are
embedded as JSON and shown by ``templates/report.js`` a page at a time.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from importlib.resources import files
from itertools import combinations, pairwise
from pathlib import Path
from typing import IO, Any, Literal

import jinja2
import yaml
from markupsafe import Markup, escape

from canbo.data.errors import UserError
from canbo.data.themes import ThemeScheme
from canbo.palette import DARK_PAPER, LIGHT_PAPER, theme_css
from canbo.results import SCHEMA_VERSION

__all__ = ["MAX_DOCUMENTS", "MAX_EMBEDDED_CHARACTERS", "MAX_ERRORS", "ReportError", "write_report"]

Language = Literal["vi", "en"]

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
class _Totals:
    """Figures over all documents; the lists go by the scheme's order.

    Attributes:
        documents: number of documents.
        paragraphs: number of paragraphs.
        judged: paragraphs that a classifier has judged (with scores or themes).
        themed: paragraphs with at least one theme.
        by_theme: paragraphs of each theme.
        documents_by_theme: documents with a paragraph of each theme.
        together: paragraphs by pair of themes ``(i, j)``, ``i < j``; ``(i, i)``: theme i alone.
        methods: abstracts by method.
        unsupported: documents whose abstract holds unsupported details.
        embedded: documents that stand in the page: the first ones.
    """

    themes: int
    documents: int = 0
    paragraphs: int = 0
    judged: int = 0
    themed: int = 0
    by_theme: list[int] = field(init=False)
    documents_by_theme: list[int] = field(init=False)
    together: Counter[tuple[int, int]] = field(default_factory=Counter)
    methods: Counter[str] = field(default_factory=Counter)
    unsupported: int = 0
    embedded: int = 0

    def __post_init__(self) -> None:
        self.by_theme = [0] * self.themes
        self.documents_by_theme = [0] * self.themes

    def add(self, document: dict[str, Any]) -> None:
        """Count one document of the form that ``_page_document`` returns."""
        self.documents += 1
        self.paragraphs += len(document["paragraphs"])
        for paragraph in document["paragraphs"]:
            themes = paragraph["themes"]
            self.judged += bool(paragraph["scores"] or themes)
            self.themed += bool(themes)
            for theme in themes:
                self.by_theme[theme] += 1
            self.together.update(combinations(themes, 2))
            if len(themes) == 1:
                self.together[themes[0], themes[0]] += 1
        for theme, count in enumerate(document["counts"]):
            self.documents_by_theme[theme] += count > 0
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
    words = _words(language)
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
        style = theme_css(scheme) + _template_text("report.css")
        script = _template_text("report.js")
        page = _environment(words, language).get_template("report.html.jinja")
        stream = page.stream(
            language=language,
            style=Markup(style),
            style_hash=_csp_hash(style),
            script=Markup(script),
            script_hash=_csp_hash(script),
            papers=(LIGHT_PAPER, DARK_PAPER),
            themes=scheme.themes,
            totals=totals,
            errors=errors,
            error_count=error_count,
            bars=_bars(totals),
            heat=_heat(totals),
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
    for number, value in _json_lines(path):
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
        "abstract": abstract
        and {
            "text": str(abstract["text"]),
            "method": _method(abstract["method"]),
            "unsupported": [str(detail) for detail in abstract.get("unsupported", ())],
        },
        "counts": [held[theme] for theme in range(len(order))],
        "paragraphs": paragraphs,
    }


def _page_paragraph(value: dict[str, Any], order: dict[str, int]) -> dict[str, Any]:
    scores = value.get("scores") or {}
    return {
        "themes": sorted({_index(theme, order) for theme in value.get("themes") or ()}),
        # In thousandths, by the scheme's order; null where the classifier did not say.
        "scores": [_thousandths(scores.get(theme)) for theme in order] if scores else [],
        "segments": _segments(value["text"], value.get("evidence") or (), order),
    }


def _segments(
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
        for _, value in _json_lines(path):
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


def _json_lines(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    # newline="\n", because a text may hold other line ends that Python would split at.
    with path.open(encoding="utf-8", newline="\n") as lines:
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            try:
                value = json.loads(line)
            except ValueError as error:
                raise ReportError(
                    f"{path}:{number}: not valid JSON ({error}); the run may have been cut off: "
                    "start it again with the same output"
                ) from error
            if not isinstance(value, dict):
                raise ReportError(f"{path}:{number}: must hold a JSON object")
            yield number, value


def _chunks(file: IO[str]) -> Iterator[Markup]:
    file.seek(0)
    while chunk := file.read(1 << 16):
        yield Markup(chunk)


def _script_json(value: object) -> str:
    """JSON that is safe inside ``<script type="application/json">``."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return _UNSAFE_IN_SCRIPT.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def _csp_hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


@dataclass(frozen=True)
class _Bar:
    theme: int
    paragraphs: int
    documents: int
    share: float
    length: float


def _bars(totals: _Totals) -> list[_Bar]:
    """A bar a theme, longest first; ``length`` is relative to the longest (0 to 1)."""
    longest = max(totals.by_theme, default=0) or 1
    bars = [
        _Bar(
            theme=theme,
            paragraphs=count,
            documents=totals.documents_by_theme[theme],
            share=count / (totals.paragraphs or 1),
            length=count / longest,
        )
        for theme, count in enumerate(totals.by_theme)
    ]
    return sorted(bars, key=lambda bar: -bar.paragraphs)


@dataclass(frozen=True)
class _Cell:
    row: int
    column: int
    paragraphs: int
    strength: float


def _heat(totals: _Totals) -> list[_Cell]:
    """Cells of the co-occurrence map; ``strength`` is relative to the strongest pair (0 to 1)."""
    most = max((n for (a, b), n in totals.together.items() if a != b), default=0) or 1
    themes = range(totals.themes)
    cells = []
    for row in themes:
        for column in themes:
            count = totals.together[min(row, column), max(row, column)]
            strength = 0.0 if row == column else count / most
            cells.append(_Cell(row, column, count, strength))
    return cells


def _words(language: Language) -> dict[str, str]:
    table = yaml.safe_load(_template_text("report.yaml"))
    return {key: text[language] for key, text in table.items()}


def _environment(words: dict[str, str], language: Language) -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FunctionLoader(_template_text),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    filters: dict[str, Callable[..., str]] = {
        "number": partial(_number, language=language),
        "share": partial(_share, language=language),
        "date": partial(_date, language=language),
        "config_json": lambda value: json.dumps(value, ensure_ascii=False, indent=2),
    }
    environment.filters.update(filters)

    def say(key: str, n: float | None = None, **values: object) -> Markup:
        forms = words[key].split("|")
        shown = {} if n is None else {"n": _number(n, language, digits=int(isinstance(n, float)))}
        return escape(forms[0] if n == 1 else forms[-1]).format(**shown, **values)

    def name_of(key: str, name: str) -> str:
        """Our word for a name in ``run.json``; the name itself where we have none."""
        return words.get(key, name)

    environment.globals |= {"say": say, "name_of": name_of}
    return environment


def _template_text(name: str) -> str:
    return (files("canbo") / "templates" / name).read_text(encoding="utf-8")


def _number(value: float, language: Language, digits: int = 0) -> str:
    text = f"{value:,.{digits}f}"
    return text.translate(str.maketrans(",.", ".,")) if language == "vi" else text


def _share(value: float, language: Language) -> str:
    return f"{_number(100 * value, language, digits=1)}%"


def _date(value: object, language: Language) -> str:
    """An ISO 8601 time as people write it; anything else as it is."""
    try:
        date = datetime.fromisoformat(str(value))
    except ValueError:
        return str(value)
    form = (
        "{0:%H}:{0:%M}, ngày {0.day}/{0.month}/{0.year}"
        if language == "vi"
        else "{0:%Y-%m-%d %H:%M}"
    )
    zone = f" ({date.tzname()})" if date.tzinfo else ""
    return form.format(date) + zone
