"""Articles with reference abstracts, from vietnews parquet or from JSONL."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from canbo.data.documents import Document
from canbo.data.errors import UserError
from canbo.data.jsonl import read_jsonl
from canbo.data.unicode import nfc
from canbo.data.vietnews import article_ids, read_news

__all__ = ["SummaryDataError", "SummaryExample", "read_summaries", "sample_summaries"]


class SummaryDataError(UserError):
    """A file of articles with abstracts breaks the form; the message names file and line."""


@dataclass(frozen=True)
class SummaryExample:
    """One article and the abstract that an editor wrote for it."""

    document: Document
    abstract: str


def read_summaries(
    path: Path, leave_out: frozenset[str] = frozenset(), *, only: frozenset[str] | None = None
) -> Iterator[SummaryExample]:
    """Yield the articles of a file in its order, in Unicode NFC.

    Args:
        path: ``.parquet`` with vietnews' columns (each of its sentences becomes a paragraph, as
            the corpus keeps no others), or ``.jsonl`` with ``abstract`` and either ``text`` (blank
            lines part paragraphs) or ``paragraphs`` (strings, or objects with ``text``), optional
            ``id`` and ``title``.
        leave_out: ids that are skipped.
        only: ids beside which all others are skipped too.

    Raises:
        SummaryDataError: a line of the JSONL is not of this form; file and line are named.
        OSError: the file cannot be read.
    """
    read = _read_jsonl if path.suffix == ".jsonl" else _read_parquet
    return read(path, leave_out, only)


def sample_summaries(
    path: Path, size: int, draw: random.Random, leave_out: frozenset[str] = frozenset()
) -> list[SummaryExample]:
    """Draw articles of a file at random; of a parquet file only those are read whole.

    Args:
        path: as of `read_summaries`; ids of a parquet file are unique.
        size: how many to draw; all where the file holds fewer.
        draw: draws once.
        leave_out: as of `read_summaries`.

    Returns:
        The sample in the order drawn, the same whatever the kind of file.

    Raises:
        SummaryDataError: as of `read_summaries`.
        OSError: the file cannot be read.
    """
    if path.suffix == ".jsonl":
        examples = list(read_summaries(path, leave_out))
        return draw.sample(examples, min(size, len(examples)))
    ids = article_ids(path, leave_out)
    drawn = draw.sample(ids, min(size, len(ids)))
    place = {name: number for number, name in enumerate(drawn)}
    # Detokenizing costs most of the time.
    built = read_summaries(path, only=frozenset(drawn))
    return sorted(built, key=lambda example: place[example.document.id])


def _read_parquet(
    path: Path, leave_out: frozenset[str], only: frozenset[str] | None
) -> Iterator[SummaryExample]:
    for article in read_news(path, leave_out, only=only):
        yield _example(article.id, path, article.title, article.sentences, article.abstract)


def _read_jsonl(
    path: Path, leave_out: frozenset[str], only: frozenset[str] | None
) -> Iterator[SummaryExample]:
    needed = "needs an object with the string field 'abstract'"
    for number, row in read_jsonl(path, SummaryDataError, no_object=needed):
        where = f"{path}:{number}"
        if not isinstance(row.get("abstract"), str):
            raise SummaryDataError(f"{where}: {needed}")
        if not isinstance(row.get("title"), str | None):
            raise SummaryDataError(f"{where}: 'title' must be a string, or left out")
        name = str(row.get("id", number))
        if name not in leave_out and (only is None or name in only):
            paragraphs = _paragraphs(where, row)
            yield _example(name, path, row.get("title"), paragraphs, row["abstract"])


def _paragraphs(where: str, row: dict[str, Any]) -> tuple[str, ...]:
    if isinstance(row.get("text"), str):
        return tuple(row["text"].split("\n\n"))
    entries = row.get("paragraphs")
    if not isinstance(entries, list):
        raise SummaryDataError(f"{where}: needs 'text' (a string) or 'paragraphs' (a list)")
    texts = [entry.get("text") if isinstance(entry, dict) else entry for entry in entries]
    if not all(isinstance(text, str) for text in texts):
        raise SummaryDataError(f"{where}: every entry of 'paragraphs' needs a text")
    return tuple(str(text) for text in texts)


def _example(
    name: str, path: Path, title: str | None, paragraphs: tuple[str, ...], abstract: str
) -> SummaryExample:
    texts = tuple(_clean(text) for text in paragraphs)
    document = Document(
        id=name,
        source=path.name,
        title=_clean(title) if title else None,
        paragraphs=tuple(text for text in texts if text),
    )
    return SummaryExample(document, _clean(abstract))


def _clean(text: str) -> str:
    return " ".join(nfc(text).split())
