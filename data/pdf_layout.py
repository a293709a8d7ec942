"""Lines on the pages of a PDF file as the paragraphs that they were before they were set.

A PDF file knows no paragraphs, only where each character stands. A line goes on in the next one
unless something speaks for a new paragraph: it is not full though the next word would have fitted,
the gap is wider than between other lines, the next line is indented or of another size. What
stands at the top and bottom of page after page is dropped.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Sequence
from itertools import accumulate, pairwise
from statistics import median
from typing import NamedTuple

from canbo.data.layout import Line, Page
from canbo.data.lines import ends_sentence, is_list_item, word_count
from canbo.data.spelling import is_syllable
from canbo.data.unicode import squeeze

__all__ = ["PdfLine", "join_lines"]

_SAME_SIZE = 0.08  # Sizes that differ by a smaller share are one.
_HEADING = 1.12  # Headings are larger than the text by this factor at least.
_TITLE = 1.2
_INDENT = 0.8  # First lines are indented by so many times their size at least.
_GAP = 1.15  # Wider than the usual distance of lines by this factor: a new paragraph.
_EDGE = 0.05  # Ends of lines that are closer, in sizes, are flush.
_SPACE = 0.33  # Width of a space, in sizes; wide ones leave doubtful lines joined.
_MARGIN_LINES = 3  # Running heads and feet are among so many lines at the edge of a page.
_NEIGHBOURS = 5
_TITLE_WORDS = 4


class PdfLine(NamedTuple):
    """A line of text on a page; lengths in points.

    Attributes:
        text: as it stands in the file, with the hyphen at its end if there is one.
        page: 0-based.
        x0: left end of the first letter.
        x1: right end of the last letter.
        baseline: height on the page, counted upwards.
        size: size of its letters.
        word_width: width of the first word.
    """

    text: str
    page: int
    x0: float
    x1: float
    baseline: float
    size: float
    word_width: float


def join_lines(lines: Sequence[PdfLine]) -> Page:
    """Join lines to paragraphs.

    Args:
        lines: of all pages, in reading order.

    Returns:
        The paragraphs, without running heads and page numbers; larger ones are marked as
        headings, and the largest on the first page is the title.
    """
    body = _without_margins(lines)
    if not body:
        return Page(None, [])
    setting = _Setting(body)
    groups = [[body[0]]]
    for i in range(1, len(body)):
        if setting.begins_paragraph(i):
            groups.append([])
        groups[-1].append(body[i])
    texts = [_joined(group) for group in groups]
    title = _title(groups, texts, setting.size)
    return Page(
        title,
        [
            Line(text, block, group[0].size > _HEADING * setting.size)
            for block, (group, text) in enumerate(zip(groups, texts, strict=True))
        ],
    )


def _title(groups: Sequence[Sequence[PdfLine]], texts: Sequence[str], size: float) -> str | None:
    large = [
        (group[0].size, text)
        for group, text in zip(groups, texts, strict=True)
        if group[0].page == 0 and group[0].size > _TITLE * size and word_count(text) >= _TITLE_WORDS
    ]
    return max(large, key=lambda heading: heading[0])[1] if large else None


# --- running heads and feet --------------------------------------------------------------------

_PAGE_NUMBER = re.compile(
    r"\W*(?:(?:trang|page|tr)\W*)?\d{1,4}(?:\s*(?:/|\||trên|of)\s*\d{1,4})?[^\w.,;:!?…]*",
    re.IGNORECASE,
)
# What browsers put on a page they print: the time with the title, and the address.
_PRINTED = re.compile(
    r"\d{1,2}/\d{1,2}/\d{2,4},? \d{1,2}:\d\d.*|(?:https?|file)://\S+(?:\s+\d+/\d+)?"
)


def _without_margins(lines: Sequence[PdfLine]) -> list[PdfLine]:
    """Drop running heads and feet and numbers of pages.

    Running is what stands at the same edge of two pages and of a third of all, digits aside:
    left and right pages may have heads of their own.
    """
    pages: defaultdict[int, list[PdfLine]] = defaultdict(list)
    for line in lines:
        pages[line.page].append(line)
    enough = max(2, len(pages) / 3)
    dropped: set[PdfLine] = set()
    for edges in zip(*map(_edges, pages.values()), strict=True):  # All heads, then all feet.
        pages_with = Counter(key for edge in edges for key in {*map(_margin_key, edge)})
        for edge in edges:
            for place, line in enumerate(edge):
                text = squeeze(line.text)
                is_number = place == 0 and _PAGE_NUMBER.fullmatch(text) and _stands_off(edge)
                is_running = pages_with[_margin_key(line)] >= enough
                if not (is_number or is_running or _PRINTED.fullmatch(text)):
                    break
                dropped.add(line)
    return [line for line in lines if line not in dropped]


def _edges(page: Sequence[PdfLine]) -> tuple[list[PdfLine], list[PdfLine]]:
    """The lines at the head and at the foot of a page, from the outermost inwards."""
    ordered = sorted(page, key=lambda line: -line.baseline)
    return ordered[:_MARGIN_LINES], ordered[::-1][:_MARGIN_LINES]


def _stands_off(edge: Sequence[PdfLine]) -> bool:
    """Whether the outermost line is farther from the next than lines of a text are."""
    return len(edge) < 2 or abs(edge[0].baseline - edge[1].baseline) > 1.8 * edge[1].size


def _margin_key(line: PdfLine) -> str:
    return re.sub(r"\d+", "#", squeeze(line.text)).lower()


# --- where paragraphs begin --------------------------------------------------------------------


class _Setting:
    """How a document is set: size of its text, distance of its lines, flush or ragged."""

    def __init__(self, lines: Sequence[PdfLine]) -> None:
        self._lines = lines
        self.size = _most_used_size(lines)
        text = [line for line in lines if self._same_size(line.size, self.size)]
        distances = Counter(
            round(2 * (above.baseline - line.baseline)) / 2
            for above, line in pairwise(text)
            if above.page == line.page and 0 < above.baseline - line.baseline < 3 * self.size
        )
        self._distance = distances.most_common(1)[0][0] if distances else 1.3 * self.size
        self._edges = _common_edges([line.x1 for line in text], _EDGE * self.size)
        flush = sum(self._is_flush(line) for line in text)
        self._is_justified = 2 * flush > len(text)

    def begins_paragraph(self, index: int) -> bool:
        """Whether a paragraph begins with the line of the index, which is not the first."""
        above, line = self._lines[index - 1], self._lines[index]
        if not self._same_size(above.size, line.size):
            return True
        distance = above.baseline - line.baseline
        is_below = above.page == line.page and 0 < distance < 3 * line.size
        if line.size > _HEADING * self.size:
            return not is_below or distance > 1.8 * line.size or is_list_item(line.text)
        if _OPEN_END.search(above.text):
            return False
        if is_below and distance > _GAP * self._distance:
            return True
        if is_list_item(line.text) and (
            ends_sentence(above.text) or above.text.endswith((";", ":"))
        ):
            return True
        return self._is_first_line(index, is_below) or not self._is_full(index - 1)

    @staticmethod
    def _same_size(a: float, b: float) -> bool:
        return abs(a - b) <= _SAME_SIZE * max(a, b)

    def _is_first_line(self, index: int, is_below: bool) -> bool:
        """Whether the line is indented and the lines around it are not."""
        above, line = self._lines[index - 1], self._lines[index]
        indent = _INDENT * line.size
        if line.x0 - min(x.x0 for x in self._neighbours(index)) < indent:
            return False
        if is_below and not is_list_item(above.text):
            return line.x0 - above.x0 > indent
        below = self._lines[index + 1 : index + 2]
        return not is_below and any(line.x0 - x.x0 > indent for x in below if x.page == line.page)

    def _is_full(self, index: int) -> bool:
        """Whether the next line's first word would not have fitted into the line."""
        line, following = self._lines[index], self._lines[index + 1]
        if self._is_justified:
            return self._is_flush(line)
        right = max(x.x1 for x in self._neighbours(index))
        return line.x1 + _SPACE * line.size + following.word_width > right

    def _is_flush(self, line: PdfLine) -> bool:
        return any(abs(edge - line.x1) <= 2 * _EDGE * self.size for edge in self._edges)

    def _neighbours(self, index: int) -> list[PdfLine]:
        """Lines of the same column and size near a line, itself among them."""
        line = self._lines[index]
        nearby = self._lines[max(0, index - _NEIGHBOURS) : index + _NEIGHBOURS + 1]
        return [
            x
            for x in nearby
            if x.page == line.page and self._same_size(x.size, line.size) and _overlap(x, line)
        ]


def _overlap(a: PdfLine, b: PdfLine) -> bool:
    """Whether lines stand in one column: the shorter mostly above or below the other."""
    common = min(a.x1, b.x1) - max(a.x0, b.x0)
    return 2 * common > min(a.x1 - a.x0, b.x1 - b.x0)


def _most_used_size(lines: Sequence[PdfLine]) -> float:
    """The median of the letters' sizes."""
    ordered = sorted(lines, key=lambda line: line.size)
    totals = list(accumulate(len(line.text) for line in ordered))
    return ordered[bisect_left(totals, totals[-1] / 2)].size


def _common_edges(ends: Sequence[float], width: float) -> list[float]:
    """Where many lines end, ends that are closer than the width taken together."""
    groups: list[list[float]] = []
    for end in sorted(ends):
        if groups and end - groups[-1][-1] <= width:
            groups[-1].append(end)
        else:
            groups.append([end])
    return [median(group) for group in groups if len(group) >= max(3, 0.1 * len(ends))]


# --- text --------------------------------------------------------------------------------------

_OPEN_END = re.compile(r"\w-\s*$")
_LAST_WORD = re.compile(r"(\w+)-$")
_FIRST_WORD = re.compile(r"\w+")


def _joined(lines: Sequence[PdfLine]) -> str:
    text = ""
    for line in lines:
        piece = squeeze(line.text)
        if text.endswith("-") and _is_one_word(text, piece):
            text = text[:-1] + piece
        elif text.endswith("-") and not text.endswith(" -"):
            text += piece
        else:
            text += f" {piece}"
    return text.strip()


def _is_one_word(text: str, following: str) -> bool:
    """Whether a hyphen parts one syllable; hyphens between syllables are written ones."""
    last, first = _LAST_WORD.search(text), _FIRST_WORD.match(following)
    return last is not None and first is not None and is_syllable(last[1] + first[0])
