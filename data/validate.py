"""Check labelled data before a model is trained and judged on it.

What is found either breaks the form, or lets a model be judged on what it was trained on, or
contradicts itself.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import Literal

from canbo.data.jsonl import read_lines
from canbo.data.loaders import LabelledParagraph, ThemeDataError, parse_labelled_paragraph
from canbo.data.overlap import NGRAM, Overlap, find_overlaps, syllables
from canbo.data.stats import split_name
from canbo.data.themes import ThemeScheme

__all__ = ["NEAR_DUPLICATE", "Finding", "Validation", "validate"]

# As for vietnews, whose articles were left out of training from this share on: a paragraph is a
# near-duplicate when so much of its 12-grams also stands in other splits.
NEAR_DUPLICATE = 0.3

Kind = Literal[
    "form",
    "id twice",
    "article in two splits",
    "text in two splits",
    "near-duplicate in two splits",
    "labels contradict",
    "text twice",
]


@dataclass(frozen=True)
class Finding:
    """Something wrong with one line.

    Attributes:
        where: ``FILE:LINE``.
        kind: what is wrong; ``"text twice"`` (in one split, with the same labels) is a warning,
            the others are errors.
        message: the same in a sentence, with the other line where there is one.
    """

    where: str
    kind: Kind
    message: str

    @property
    def severity(self) -> Literal["error", "warning"]:
        """Whether the data can be used as it is."""
        return "warning" if self.kind == "text twice" else "error"

    def __str__(self) -> str:
        return f"{self.where}: {self.severity}: {self.message}"


@dataclass
class Validation:
    """What a check found.

    Attributes:
        paragraphs: number of rows that have the form.
        splits: their number by split.
        findings: in the order of files and lines.
    """

    splits: Counter[str] = field(default_factory=Counter)
    findings: list[Finding] = field(default_factory=list)

    @property
    def paragraphs(self) -> int:
        """Number of rows that have the form."""
        return self.splits.total()

    @property
    def kinds(self) -> Counter[Kind]:
        """Findings by kind."""
        return Counter(finding.kind for finding in self.findings)

    @property
    def errors(self) -> int:
        """Number of findings that are errors."""
        return sum(finding.severity == "error" for finding in self.findings)


@dataclass(frozen=True)
class _Row:
    """What is kept of a paragraph: its text is not, so that large data fit into memory."""

    where: str
    split: str
    article: str
    labels: tuple[str, ...]
    text: bytes


def validate(
    paths: Sequence[Path], scheme: ThemeScheme, threshold: float = NEAR_DUPLICATE
) -> Validation:
    """Check files of labelled paragraphs, each by itself and against the others.

    Files whose `split_name` is equal are one split. Texts are the same when they have the same
    syllables in lower case, whatever their punctuation. Texts of fewer than 12 syllables have no
    12-gram, so that only the same text is found.

    Args:
        paths: JSONL as `read_labelled_paragraphs` takes it.
        scheme: the themes that labels may name.
        threshold: least share of a paragraph's 12-grams that stand in other splits, for a
            near-duplicate.

    Raises:
        OSError: a file cannot be read.
    """
    found = Validation()
    rows: list[_Row] = []
    ids: dict[str, str] = {}

    def texts() -> Iterator[list[str]]:
        for path in paths:
            for row, words in _read(path, scheme, found.findings):
                if row.id in ids:
                    message = f"id {row.id!r} already stands at {ids[row.id]}"
                    found.findings.append(Finding(row.source, "id twice", message))
                ids.setdefault(row.id, row.source)
                rows.append(_row(row, words, split_name(path)))
                splits.append(order.setdefault(rows[-1].split, len(order)))
                yield words

    order: dict[str, int] = {}
    splits: list[int] = []
    overlaps = find_overlaps(texts(), splits, threshold)
    found.splits.update(row.split for row in rows)
    found.findings += _repeated_texts(rows)
    found.findings += _near_duplicates(rows, overlaps)
    found.findings += _divided_articles(rows)
    places = {str(path): number for number, path in reversed(list(enumerate(paths)))}

    def place(finding: Finding) -> tuple[int, int]:
        path, _, line = finding.where.rpartition(":")
        return places[path], int(line)

    found.findings.sort(key=place)
    return found


def _read(
    path: Path, scheme: ThemeScheme, findings: list[Finding]
) -> Iterator[tuple[LabelledParagraph, list[str]]]:
    """The rows that have the form, each with its syllables."""
    empty = True
    for number, line in read_lines(path):
        empty = False
        where = f"{path}:{number}"
        try:
            row = parse_labelled_paragraph(where, line, scheme)
        except ThemeDataError as error:
            findings.append(Finding(where, "form", str(error).removeprefix(f"{where}: ")))
            continue
        if words := syllables(row.text):
            yield row, words
        else:
            findings.append(Finding(where, "form", "'text' holds no word"))
    if empty:
        findings.append(Finding(f"{path}:1", "form", "the file holds no paragraph"))


def _row(row: LabelledParagraph, words: list[str], split: str) -> _Row:
    text = hashlib.blake2b(" ".join(words).encode(), digest_size=16).digest()
    return _Row(row.source, split, row.article, row.labels, text)


def _repeated_texts(rows: Iterable[_Row]) -> Iterator[Finding]:
    """Each repetition against the first of its text, or better the first in another split."""
    seen: dict[bytes, dict[str, _Row]] = {}
    for row in rows:
        first = seen.setdefault(row.text, {})
        elsewhere = next((other for split, other in first.items() if split != row.split), None)
        other = elsewhere or first.get(row.split)
        first.setdefault(row.split, row)
        if other is None:
            continue
        same = other.labels == row.labels
        labels = "" if same else f", labelled {_shown(row)} here and {_shown(other)} there"
        if elsewhere:
            message = f"the same text stands in split {other.split!r} at {other.where}{labels}"
            yield Finding(row.where, "text in two splits", message)
        else:
            kind: Kind = "text twice" if same else "labels contradict"
            yield Finding(row.where, kind, f"the same text stands at {other.where}{labels}")


def _shown(row: _Row) -> str:
    return "+".join(row.labels) or "with no theme"


def _near_duplicates(rows: Sequence[_Row], overlaps: Iterable[Overlap]) -> Iterator[Finding]:
    """Two that are each other's duplicate once, at the first of them."""
    told: set[tuple[int, int]] = set()
    for overlap in overlaps:
        row, other = rows[overlap.text], rows[overlap.other]
        # The same text is found already as such.
        if row.text == other.text or (overlap.other, overlap.text) in told:
            continue
        told.add((overlap.text, overlap.other))
        message = (
            f"{overlap.share:.0%} of its {NGRAM}-grams also stand in other splits, most of them "
            f"in split {other.split!r} at {other.where}"
        )
        yield Finding(row.where, "near-duplicate in two splits", message)


def _divided_articles(rows: Sequence[_Row]) -> Iterator[Finding]:
    """An article once for each split that holds it beside the first one."""
    ordered = sorted(rows, key=lambda row: row.article)  # Stable: in file order by article.
    for article, group in groupby(ordered, key=lambda row: row.article):
        first: dict[str, list[_Row]] = {}
        for row in group:
            first.setdefault(row.split, []).append(row)
        home, *others = first.values()
        for held in others:
            message = (
                f"article {article!r} stands in split {held[0].split!r} ({len(held)} paragraphs) "
                f"and in split {home[0].split!r} ({len(home)}), there first at {home[0].where}"
            )
            yield Finding(held[0].where, "article in two splits", message)
