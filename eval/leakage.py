"""Whether a model has seen what it is judged on.

A test article counts as seen when its id is one of the training articles', or when a text of it
nearly stands in the training data (`canbo.data.validate.NEAR_DUPLICATE` of its 12-grams of
syllables). Training articles are known from the ids that a training run leaves
(`canbo.data.provenance.ARTICLES_FILE`), and from its files, where they are at hand and have the
hash that was recorded. A classifier's ids include those of the models that it was fine-tuned from,
as far as they left any. Files that epochs or thresholds were chosen on count as training data.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from canbo.data.errors import UserError
from canbo.data.jsonl import read_jsonl
from canbo.data.overlap import find_overlaps, syllables
from canbo.data.provenance import (
    TRAINING_RECORD_FILE,
    article_key,
    file_sha256,
    recorded_articles,
    short_name,
)
from canbo.data.validate import NEAR_DUPLICATE
from canbo.data.vietnews import read_abstracts, read_ids
from canbo.eval.results import Leakage

__all__ = [
    "SeenData",
    "TestText",
    "article_key",
    "find_seen",
    "leakage",
    "seen_in_files",
    "seen_in_training",
    "training_record",
]

# As `canbo train` names them: what it trained on and chose by, and what was left out of it.
_SEEN_FIELDS = (
    "train_files",
    "train_file",
    "domain_file",
    "validation_files",
    "validation_file",
    "domain_validation_file",
)
_LEFT_OUT_FIELD = "leave_out_file"
_MOST_ARTICLES = 50


@dataclass(frozen=True)
class TestText:
    """A text of a test set.

    Attributes:
        article: key of its article.
        text: the paragraph, or the reference abstract.
    """

    article: str
    text: str

    __test__ = False  # The name is no test's.


@dataclass(frozen=True)
class SeenData:
    """What is known of the data that a model has seen.

    Attributes:
        articles: keys of its articles.
        texts: its texts, as far as its files are at hand.
        unknown: files, or reasons, for which even the articles are not known.
    """

    articles: frozenset[str] = frozenset()
    texts: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()


def seen_in_training(
    folder: Path | None,
    stated: Sequence[Path] = (),
    leave_out: Path | None = None,
    places: Sequence[Path] = (),
) -> SeenData:
    """Find out what a model was trained on.

    Args:
        folder: the model's; None for one that is not at hand.
        stated: files that the user says it was trained on.
        leave_out: file of ids that were left out of those.
        places: folders in which its training files may stand, besides where the record says.

    Raises:
        UserError: the folder's `TRAINING_RECORD_FILE` is of another form.
    """
    record = training_record(folder)
    if record is None:
        if not stated:
            reason = f"its training data are not recorded (no {TRAINING_RECORD_FILE})"
            return SeenData(unknown=(reason,))
        return _read_all([(path, None) for path in stated], leave_out, frozenset(), places)
    settings = record.get("config", {})
    ids = recorded_articles(folder) if folder else frozenset()
    try:
        hashes = {entry["file"]: entry["sha256"] for entry in record.get("data", [])}
    except (TypeError, KeyError) as error:
        raise UserError(
            f"{folder}/{TRAINING_RECORD_FILE}: 'data' is no list of files with 'file' and 'sha256',"
            " so no record of canbo's; take it away to have the model scored as one of unknown"
            " training"
        ) from error
    used = [
        (path, hashes.get(short_name(path)))
        for field in _SEEN_FIELDS
        for path in _paths(settings.get(field))
    ]
    if stated:
        # Recorded files that are not at hand may have been made of what the user states.
        used = [(path, sha256) for path, sha256 in used if _locate(path, sha256, places)]
    if not used and not stated:
        return SeenData(unknown=(f"its {TRAINING_RECORD_FILE} names no training file",))
    left_out = _paths(settings.get(_LEFT_OUT_FIELD))
    return _read_all(
        [*used, *((path, None) for path in stated)],
        leave_out or (left_out[0] if left_out else None),
        ids,
        places,
    )


def seen_in_files(paths: Sequence[Path]) -> SeenData:
    """What a baseline has seen that is fitted on some files."""
    return _read_all([(path, None) for path in paths], None, frozenset(), ())


def training_record(folder: Path | None) -> dict[str, Any] | None:
    """The `TRAINING_RECORD_FILE` of a model's folder, or None where there is none."""
    path = folder / TRAINING_RECORD_FILE if folder else None
    if path is None or not path.is_file():
        return None
    record = json.loads(path.read_text(encoding="utf-8"))
    return record if isinstance(record, dict) else None


def find_seen(texts: Sequence[TestText], seen: SeenData) -> list[str]:
    """Find the test articles that a model has seen.

    Args:
        texts: of the test sets.
        seen: what the model was trained on.

    Returns:
        Their keys, each once, in the order of the texts.
    """
    near: set[int] = set()
    if seen.texts:
        every = (syllables(text) for text in (*(item.text for item in texts), *seen.texts))
        groups = [0] * len(texts) + [1] * len(seen.texts)
        near = {found.text for found in find_overlaps(every, groups, NEAR_DUPLICATE)}
    return list(
        dict.fromkeys(
            item.article
            for index, item in enumerate(texts)
            if item.article in seen.articles or index in near
        )
    )


def leakage(seen: SeenData, overlapping: Sequence[str]) -> Leakage:
    """Put what was found into the form of ``metrics.json``.

    Args:
        seen: what is known of a model's training data.
        overlapping: keys of the test articles that it has seen.
    """
    status = "overlap" if overlapping else "unknown" if seen.unknown else "clean"
    return Leakage(
        status,  # type: ignore[arg-type]
        len(overlapping),
        tuple(overlapping[:_MOST_ARTICLES]),
        seen.unknown,
    )


def _read_all(
    used: Sequence[tuple[Path, str | None]],
    leave_out: Path | None,
    ids: frozenset[str],
    places: Sequence[Path],
) -> SeenData:
    shipped = Path(str(files("canbo.data"))) / "canbo-themes"
    everywhere = (*places, shipped / "paragraphs", shipped / "articles")
    articles, texts, missing = set(ids), list[str](), list[str]()
    for path, sha256 in used:
        found = _locate(path, sha256, everywhere)
        if found is None:
            missing.append(f"{short_name(path)} is not at hand as it was")
            continue
        more_articles, more_texts = _read(found, leave_out)
        articles |= more_articles
        texts += more_texts
    return SeenData(frozenset(articles), tuple(texts), () if ids else tuple(missing))


def _locate(path: Path, sha256: str | None, places: Sequence[Path]) -> Path | None:
    siblings = [place for place in places if place.absolute().name == path.parent.name]
    for candidate in (path, *(place / path.name for place in siblings)):
        if candidate.is_file() and (sha256 is None or _hash(candidate) == sha256):
            return candidate
    return None


@lru_cache(maxsize=64)
def _hash(path: Path) -> str:
    return file_sha256(path)


@lru_cache(maxsize=8)
def _read(path: Path, leave_out: Path | None) -> tuple[frozenset[str], tuple[str, ...]]:
    """Keys of the articles and texts of a training file."""
    rows = list(_rows(path, leave_out))
    return (
        frozenset(article_key(path, article) for article, _ in rows),
        tuple(text for _, texts in rows for text in texts),
    )


def _rows(path: Path, leave_out: Path | None) -> Iterator[tuple[str, list[str]]]:
    if path.suffix == ".parquet":
        # Bodies are not compared: two articles of one abstract are found by it.
        left_out = read_ids(leave_out) if leave_out and leave_out.is_file() else frozenset()
        for article, abstract in read_abstracts(path, left_out):
            yield article, [abstract]
        return
    for _, row in read_jsonl(path):
        yield str(row.get("article", row.get("id"))), list(_texts(row))


def _texts(row: Mapping[str, Any]) -> Iterator[str]:
    for entry in (row.get("text"), row.get("abstract"), *(row.get("paragraphs") or ())):
        text = entry.get("text") if isinstance(entry, dict) else entry
        if isinstance(text, str):
            yield text


def _paths(value: Any) -> list[Path]:
    values = value if isinstance(value, list) else [value]
    return [Path(entry) for entry in values if isinstance(entry, str) and entry not in ("", "None")]
