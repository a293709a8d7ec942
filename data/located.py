"""Labels of paragraphs that may not be copied: their place in a corpus instead of their text.

vietnews may be trained on but not handed on, so what the project keeps of a labelled paragraph is
the article, the range of its sentences and the labels. Whoever has the corpus joins the two.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from canbo.data.errors import UserError
from canbo.data.jsonl import read_jsonl
from canbo.data.vietnews import read_news

__all__ = ["LocatedLabels", "LocatedLabelsError", "join_texts", "read_located_labels"]


class LocatedLabelsError(UserError):
    """A file of located labels breaks the form or does not fit the corpus; file and line named."""


@dataclass(frozen=True)
class LocatedLabels:
    """The labels of a stretch of sentences.

    Attributes:
        id: of the paragraph.
        split: split of vietnews that the article stands in.
        article: its six-digit id there.
        first: index of the stretch's first sentence in the article's body.
        last: index of the sentence after its last.
        labels: theme ids.
        where: ``FILE:LINE`` of the labels.
    """

    id: str
    split: str
    article: str
    first: int
    last: int
    labels: tuple[str, ...]
    where: str


def read_located_labels(path: Path) -> list[LocatedLabels]:
    """Read labels of sentence ranges.

    Args:
        path: JSONL: ``{"id", "split", "article", "first", "last", "labels"}`` a line; blank lines
            are passed over.

    Raises:
        LocatedLabelsError: a line is not of that form.
    """
    expected = "expected id, split, article, first, last and labels"
    located = []
    for number, row in read_jsonl(path, LocatedLabelsError, no_object=expected):
        where = f"{path}:{number}"
        try:
            if not isinstance(row["labels"], list):
                raise TypeError("labels must be a list")
            found = LocatedLabels(
                id=row["id"],
                split=row["split"],
                article=row["article"],
                first=int(row["first"]),
                last=int(row["last"]),
                labels=tuple(row["labels"]),
                where=where,
            )
        except (ValueError, KeyError, TypeError) as error:
            raise LocatedLabelsError(f"{where}: {expected}: {error!r}") from error
        located.append(found)
    return located


def join_texts(located: list[LocatedLabels], corpus: Path) -> Iterator[dict[str, Any]]:
    """Yield labelled paragraphs with their text, in the order of the labels.

    Args:
        located: what `read_located_labels` read.
        corpus: folder with ``train.parquet``, ``validation.parquet`` and ``test.parquet``.

    Yields:
        Rows that `canbo.data.loaders` reads.

    Raises:
        LocatedLabelsError: an article or a sentence is not in the corpus.
    """
    bodies: dict[tuple[str, str], tuple[str, ...]] = {}
    for split in sorted({label.split for label in located}):
        wanted = frozenset(label.article for label in located if label.split == split)
        for article in read_news(corpus / f"{split}.parquet", only=wanted):
            bodies[split, article.id] = article.sentences
    for label in located:
        sentences = bodies.get((label.split, label.article), ())
        if not 0 <= label.first < label.last <= len(sentences):
            raise LocatedLabelsError(
                f"{label.where}: {label.split} article {label.article} has {len(sentences)} "
                f"sentences in {corpus}, not {label.first} to {label.last}: another vietnews?"
            )
        yield {
            "id": label.id,
            "article": f"vietnews/{label.split}/{label.article}",
            "text": " ".join(sentences[label.first : label.last]),
            "labels": list(label.labels),
        }
