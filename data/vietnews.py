"""The vietnews corpus (ThanhChinhBK/vietnews): word-segmented news articles as running text.

The corpus stores text after word segmentation: syllables of a word are joined with ``_`` and
punctuation stands apart. Models here read text as people write it, so every field is detokenized
on the way in.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from canbo.data.errors import UserError

__all__ = [
    "NewsArticle",
    "article_ids",
    "detokenize",
    "read_abstracts",
    "read_ids",
    "read_news",
    "read_segmented_sentences",
]

_CLOSING = re.compile(r"\s+([,.;:!?…%)\]}”’»])")
_OPENING = re.compile(r"([(\[{“‘«])\s+")
_SLASH = re.compile(r"(?<=\w) / (?=\w)")
_STRAIGHT_QUOTED = re.compile(r'"\s*([^"]*?)\s*"')


def detokenize(text: str) -> str:
    """Undo the corpus's segmentation of one sentence.

    Args:
        text: tokens separated by spaces, syllables of a word joined with ``_``.

    Returns:
        The sentence with ordinary spacing. What the corpus lost (which spaces surrounded a
        slash or a dash) is guessed by the commoner case, so this is not an exact inverse.
    """
    text = text.replace("_", " ")
    text = _CLOSING.sub(r"\1", text)
    text = _OPENING.sub(r"\1", text)
    text = _SLASH.sub("/", text)
    text = _STRAIGHT_QUOTED.sub(r'"\1"', text)
    return " ".join(text.split())


@dataclass(frozen=True)
class NewsArticle:
    """One vietnews article, detokenized.

    Attributes:
        id: six-digit article id, unique within its split.
        title: headline.
        abstract: the lead that editors wrote, the reference summary.
        sentences: sentences of the body, in order.
    """

    id: str
    title: str
    abstract: str
    sentences: tuple[str, ...]


def read_ids(path: Path) -> frozenset[str]:
    """Read article ids, one a line (for example those to leave out of training).

    Raises:
        UserError: the file is no UTF-8 text.
        OSError: it cannot be read.
    """
    try:
        return frozenset(path.read_text(encoding="utf-8").split())
    except UnicodeDecodeError as flaw:
        raise UserError(f"{path}: not UTF-8; name a text file of article ids, one a line") from flaw


def read_news(
    path: Path, leave_out: frozenset[str] = frozenset(), *, only: frozenset[str] | None = None
) -> Iterator[NewsArticle]:
    """Yield the articles of one split in corpus order.

    Args:
        path: a parquet file with the columns ``id``, ``title``, ``abstract``, ``body``.
        leave_out: ids that are skipped.
        only: ids beside which all others are skipped too; detokenizing costs most of the time.
    """
    for row in _rows(path, leave_out, only=only):
        yield NewsArticle(
            id=row["id"],
            title=detokenize(row["title"]),
            abstract=detokenize(row["abstract"]),
            sentences=tuple(detokenize(line) for line in row["body"].split("\n") if line.strip()),
        )


def article_ids(path: Path, leave_out: frozenset[str] = frozenset()) -> list[str]:
    """The ids of a split in corpus order, without the text; arguments as of `read_news`."""
    return [row["id"] for row in _rows(path, leave_out, ("id",))]


def read_abstracts(
    path: Path, leave_out: frozenset[str] = frozenset()
) -> Iterator[tuple[str, str]]:
    """Yield the id and the detokenized abstract of every article; arguments as of `read_news`."""
    for row in _rows(path, leave_out, ("id", "abstract")):
        yield row["id"], detokenize(row["abstract"])


def read_segmented_sentences(
    path: Path, leave_out: frozenset[str] = frozenset()
) -> Iterator[list[str]]:
    """Yield each article's sentences as the corpus stores them: title, abstract, body.

    The words were found by the corpus's makers, with the segmenter that PhoBERT's text was made
    with: they are labels for one of our own.

    Args:
        path: as for `read_news`.
        leave_out: ids that are skipped.
    """
    for row in _rows(path, leave_out):
        lines = (row["title"], row["abstract"], *row["body"].split("\n"))
        yield [line for line in lines if line.strip()]


def _rows(
    path: Path,
    leave_out: frozenset[str],
    columns: Sequence[str] = ("id", "title", "abstract", "body"),
    only: frozenset[str] | None = None,
) -> Iterator[dict[str, str]]:
    import pyarrow.parquet as pq

    for batch in pq.ParquetFile(path).iter_batches(batch_size=1024, columns=list(columns)):
        for row in batch.to_pylist():
            if row["id"] not in leave_out and (only is None or row["id"] in only):
                yield row
