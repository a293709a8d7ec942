"""Plain text as lines: what is one paragraph on the page becomes one line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import NamedTuple

from canbo.data.lines import is_list_item
from canbo.data.unicode import squeeze

__all__ = ["Line", "Page", "split_lines"]

_WIDEST_WRAP = 130  # No editor wraps wider: where a line is longer, none was wrapped.
_FULL = 0.85  # Share of the widest line that wrapped lines fill at least.


@dataclass(frozen=True)
class Line:
    """One line of a page.

    Attributes:
        text: NFC text with single spaces, not empty.
        block: lines with no blank line between them have the same number.
        is_heading: the source marks the line as a heading (HTML, Markdown).
        is_row: the line holds the cells of a row of a document's table.
    """

    text: str
    block: int
    is_heading: bool = False
    is_row: bool = False


class Page(NamedTuple):
    """A document taken out of its markup or layout.

    Attributes:
        title: the title that the source states, if it does.
        lines: paragraphs, headings and list items.
        lead: the paragraph that the source states as the article's lead; it is one of the lines.
        date: the day of publication that the source states, in ISO 8601.
    """

    title: str | None
    lines: list[Line]
    lead: str | None = None
    date: str | None = None


def split_lines(text: str) -> list[Line]:
    """Split plain text into lines, joining those that an editor wrapped at a fixed width."""
    lines: list[Line] = []
    block = 0
    for raw in text.splitlines():
        line = squeeze(raw)
        if line:
            lines.append(Line(line, block))
        else:
            block += 1
    width = _wrap_width(lines)
    return lines if width is None else _unwrap(lines, width)


def _wrap_width(lines: Sequence[Line]) -> int | None:
    """Fewest characters that a line and the next word have where the text was wrapped.

    Wrapped lines break in the middle of sentences, and because they are full. Where the next
    line begins in lower case the break is certain; those breaks show how full lines are.

    Returns:
        The width in characters, or None when lines are paragraphs of their own.
    """
    longest = max((len(line.text) for line in lines), default=0)
    if longest > _WIDEST_WRAP:
        return None
    pairs = [(a.text, b.text) for a, b in pairwise(lines) if a.block == b.block]
    certain = sorted(_reach(a, b) for a, b in pairs if b[0].islower())
    if not certain:
        return None
    width = min(certain[len(certain) // 20], longest + 1)  # The fullest 95% set the width.
    full = sum(_reach(a, b) >= width for a, b in pairs)
    wrapped = width >= longest * _FULL and full * 2 > len(pairs) and len(certain) * 4 > full
    return width if wrapped else None


def _reach(line: str, following: str) -> int:
    """Length that the line would have with the next line's first word on it."""
    return len(line) + 1 + len(following.split(maxsplit=1)[0])


def _unwrap(lines: Sequence[Line], width: int) -> list[Line]:
    joined: list[list[Line]] = []
    for line in lines:
        last = joined[-1][-1] if joined else None
        if (
            last is not None
            and last.block == line.block
            and _reach(last.text, line.text) >= width
            and not (is_list_item(line.text) and last.text.endswith((".", "!", "?", "…", ":", ";")))
        ):
            joined[-1].append(line)
        else:
            joined.append([line])
    return [replace(part[0], text=" ".join(x.text for x in part)) for part in joined]
