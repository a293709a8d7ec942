"""What a labelled data set is made of: rows, articles, themes, their combinations, lengths."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from pathlib import Path
from statistics import mean, quantiles

from canbo.data.loaders import LabelledParagraph, read_labelled_paragraphs
from canbo.data.overlap import syllables
from canbo.data.themes import ThemeScheme

__all__ = ["BIN", "SplitStats", "ThemeCounts", "read_stats", "split_name", "stats_table"]

# Syllables of a bar in the plot of lengths; the last bar holds all that are longer.
BIN = 20
_BINS = 16


@dataclass
class ThemeCounts:
    """Themes over documents; the lists go by the scheme's order.

    Attributes:
        themes: number of themes in the scheme.
        documents: number of documents.
        paragraphs: number of paragraphs.
        themed: paragraphs with at least one theme.
        by_theme: paragraphs of each theme.
        documents_by_theme: documents with a paragraph of each theme.
        together: paragraphs by pair of themes ``(i, j)``, ``i < j``; ``(i, i)``: theme i alone.
    """

    themes: int
    documents: int = 0
    paragraphs: int = 0
    themed: int = 0
    by_theme: list[int] = field(init=False)
    documents_by_theme: list[int] = field(init=False)
    together: Counter[tuple[int, int]] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.by_theme = [0] * self.themes
        self.documents_by_theme = [0] * self.themes

    def add_document(self, paragraphs: Sequence[Sequence[int]]) -> None:
        """Count one document.

        Args:
            paragraphs: for each paragraph the indexes of its themes, ascending.
        """
        self.documents += 1
        self.paragraphs += len(paragraphs)
        for themes in paragraphs:
            self.themed += bool(themes)
            for theme in themes:
                self.by_theme[theme] += 1
            self.together.update(combinations(themes, 2))
            if len(themes) == 1:
                self.together[themes[0], themes[0]] += 1
        for theme in {theme for themes in paragraphs for theme in themes}:
            self.documents_by_theme[theme] += 1


@dataclass(frozen=True)
class SplitStats:
    """Figures of one split, or of several together.

    Attributes:
        name: of the split.
        counts: its themes; documents are its articles.
        combinations: paragraphs by the exact set of their theme ids, in the scheme's order.
        lengths: syllables of each paragraph.
    """

    name: str
    counts: ThemeCounts
    combinations: Counter[tuple[str, ...]]
    lengths: list[int]

    @property
    def several(self) -> int:
        """Paragraphs with two themes or more."""
        return sum(count for labels, count in self.combinations.items() if len(labels) > 1)

    @property
    def length_summary(self) -> dict[str, float]:
        """Shortest, median, mean, 95th percentile and longest, in syllables."""
        lengths = self.lengths
        cuts = quantiles(lengths, n=20, method="inclusive") if len(lengths) > 1 else lengths * 19
        return {
            "shortest": min(lengths),
            "median": cuts[9],
            "mean": mean(lengths),
            "95%": cuts[18],
            "longest": max(lengths),
        }

    @property
    def histogram(self) -> list[int]:
        """Paragraphs by length: bins of `BIN` syllables; the last holds all that are longer."""
        counts = Counter(min(length // BIN, _BINS - 1) for length in self.lengths)
        return [counts[index] for index in range(_BINS)]


def split_name(path: Path) -> str:
    """The split that a file belongs to: its name without the suffix.

    ``news/train.jsonl`` and ``reports/train.jsonl`` are both of the split ``train``.
    """
    return path.name.partition(".")[0]


def read_stats(paths: Sequence[Path], scheme: ThemeScheme) -> list[SplitStats]:
    """Count labelled files split by split.

    Args:
        paths: JSONL as `read_labelled_paragraphs` takes it; files whose `split_name` is equal are
            counted as one split.
        scheme: the themes that their labels name.

    Returns:
        The splits in the order of their first files and, when there are several, ``all``.

    Raises:
        canbo.data.loaders.ThemeDataError: a line is not of the form.
        OSError: a file cannot be read.
    """
    rows: dict[str, list[tuple[str, tuple[str, ...], int]]] = defaultdict(list)
    for path in paths:
        rows[split_name(path)] += (_row(row) for row in read_labelled_paragraphs(path, scheme))
    stats = [_split_stats(name, split, scheme) for name, split in rows.items() if split]
    if len(stats) > 1:
        stats.append(_split_stats("all", [row for split in rows.values() for row in split], scheme))
    return stats


def _row(paragraph: LabelledParagraph) -> tuple[str, tuple[str, ...], int]:
    return paragraph.article, paragraph.labels, len(syllables(paragraph.text))


def _split_stats(
    name: str, rows: Iterable[tuple[str, tuple[str, ...], int]], scheme: ThemeScheme
) -> SplitStats:
    stats = SplitStats(name, ThemeCounts(len(scheme)), Counter(), [])
    articles: dict[str, list[list[int]]] = defaultdict(list)
    for article, labels, length in rows:
        articles[article].append([scheme.ids.index(label) for label in labels])
        stats.combinations[labels] += 1
        stats.lengths.append(length)
    for paragraphs in articles.values():
        stats.counts.add_document(paragraphs)
    return stats


def stats_table(stats: Sequence[SplitStats], scheme: ThemeScheme) -> list[list[str]]:
    """The make-up as rows of a table, the first of them its head.

    Args:
        stats: what `read_stats` gave, a column each.
        scheme: the same themes.

    Returns:
        Rows of a label and a cell a split: sizes, themes with their share, combinations of themes
        from the most frequent on, lengths in syllables.
    """

    def part(count: int, split: SplitStats) -> str:
        return f"{count} ({count / split.counts.paragraphs:.1%})"

    rows = [
        ["", *(split.name for split in stats)],
        ["paragraphs", *(str(split.counts.paragraphs) for split in stats)],
        ["articles", *(str(split.counts.documents) for split in stats)],
    ]
    for index, theme in enumerate(scheme.ids):
        rows.append([theme, *(part(split.counts.by_theme[index], split) for split in stats)])
    rows.append(["no theme", *(part(split.combinations[()], split) for split in stats)])
    rows.append(["two themes or more", *(part(split.several, split) for split in stats)])
    found: Counter[tuple[str, ...]] = Counter()
    for split in stats:
        found.update(split.combinations)
    for labels, _ in found.most_common():
        if len(labels) > 1:
            cells = (part(split.combinations[labels], split) for split in stats)
            rows.append([" + ".join(labels), *cells])
    summaries = [split.length_summary for split in stats]
    for figure in summaries[0] if summaries else ():
        rows.append([f"syllables, {figure}", *(f"{each[figure]:.0f}" for each in summaries)])
    return rows
