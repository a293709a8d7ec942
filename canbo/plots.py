"""Figures of themes as the pages draw them: what each bar and each cell shows.

The macros of ``templates/plots.html.jinja`` turn them into SVG.
"""

from __future__ import annotations

from dataclasses import dataclass

from canbo.data.stats import ThemeCounts

__all__ = ["Bar", "Cell", "theme_bars", "theme_heat"]


@dataclass(frozen=True)
class Bar:
    """A theme's bar.

    Attributes:
        theme: its index in the scheme.
        paragraphs: how many have it.
        documents: how many have a paragraph with it.
        share: of all paragraphs (0 to 1).
        length: relative to the longest bar (0 to 1).
    """

    theme: int
    paragraphs: int
    documents: int
    share: float
    length: float


def theme_bars(counts: ThemeCounts) -> list[Bar]:
    """A bar a theme, longest first."""
    longest = max(counts.by_theme, default=0) or 1
    bars = [
        Bar(
            theme=theme,
            paragraphs=count,
            documents=counts.documents_by_theme[theme],
            share=count / (counts.paragraphs or 1),
            length=count / longest,
        )
        for theme, count in enumerate(counts.by_theme)
    ]
    return sorted(bars, key=lambda bar: -bar.paragraphs)


@dataclass(frozen=True)
class Cell:
    """A cell of the co-occurrence map.

    Attributes:
        row: index of a theme.
        column: index of another, or of the same: paragraphs that have it alone.
        paragraphs: how many have both.
        strength: relative to the strongest pair (0 to 1).
    """

    row: int
    column: int
    paragraphs: int
    strength: float


def theme_heat(counts: ThemeCounts) -> list[Cell]:
    """The cells of the co-occurrence map, row by row."""
    most = max((n for (a, b), n in counts.together.items() if a != b), default=0) or 1
    themes = range(counts.themes)
    cells = []
    for row in themes:
        for column in themes:
            count = counts.together[min(row, column), max(row, column)]
            strength = 0.0 if row == column else count / most
            cells.append(Cell(row, column, count, strength))
    return cells
