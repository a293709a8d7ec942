"""The process that opens a PDF file and prints its lines: ``python -m canbo.data.pdf_process``.

A PDF file can be made to take any amount of memory and time, or to break the library that reads
it, whatever library that is: so each file is opened in a process of its own, which sets itself
limits before it looks at the file. PDFium (through pypdfium2) was chosen by measurement: it and
pdfminer.six keep Vietnamese text and reading order where pypdf breaks the words of justified
lines; PDFium is about 10 times as fast, and on a content stream that unpacks to 3 GB pdfminer.six
did not end within a minute.
"""

from __future__ import annotations

import ctypes
import json
import math
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any, NamedTuple

from canbo.data.pdf_layout import PdfLine

if TYPE_CHECKING:
    from pypdfium2 import PdfDocument, PdfPage

__all__ = ["MAX_CHARACTERS", "MAX_PAGES", "MEMORY_BYTES", "SECONDS", "main"]

MAX_PAGES = 2_000
MAX_CHARACTERS = 10_000_000
MEMORY_BYTES = 2 << 30
SECONDS = 120  # Of the processor: a busy machine changes no outcome.

_JITTER = 0.1  # Letters overlap by so much of their size without being out of order.
_SPACE = 0.15  # Gaps wider than so much of the letters' size are spaces.
_PASSWORD = 4  # FPDF_ERR_PASSWORD
_HYPHEN = "\x02"  # How PDFium gives a hyphen at the end of a line.


class _RefusedError(Exception):
    """Why nothing is read; the argument is a kind that ``canbo.data.pdf`` has a message for."""


class _Char(NamedTuple):
    """A character, turned upright; lengths in points, ``baseline`` counted upwards.

    Attributes:
        is_added: PDFium has added it, a space or the end of a line; it has no place.
    """

    text: str
    is_added: bool
    x0: float = 0.0
    x1: float = 0.0
    baseline: float = 0.0
    size: float = 0.0


def main() -> int:
    """Print the lines of the file that the only argument names, or why there are none, as JSON."""
    _limit_resources()
    try:
        answer: dict[str, Any] = {"lines": _read(Path(sys.argv[1]))}
    except _RefusedError as refusal:
        answer = {"refused": str(refusal)}
    json.dump(answer, sys.stdout)
    return 0


def _limit_resources() -> None:
    try:
        import resource
    except ImportError:  # Windows has no such limits; the caller's limit of time remains.
        return
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    # At the first limit comes SIGXCPU; were both one, SIGKILL, as of whoever kills processes.
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS + 5))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _read(path: Path) -> list[PdfLine]:
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(path)
    except pypdfium2.PdfiumError as error:
        if error.err_code == _PASSWORD:
            raise _RefusedError("encrypted") from error
        # PDFium reports no error and no document for a file without pages.
        raise _RefusedError("broken" if error.err_code else "no_pages") from error
    if len(document) == 0:
        raise _RefusedError("no_pages")
    if len(document) > MAX_PAGES:
        raise _RefusedError("too_long")
    lines: list[PdfLine] = []
    characters = 0
    for number in range(len(document)):
        for line in _page_lines(document, number):
            characters += len(line.text)
            if characters > MAX_CHARACTERS:
                raise _RefusedError("too_long")
            lines.append(line)
    if not lines:
        raise _RefusedError("no_text_layer")
    return lines


def _page_lines(document: PdfDocument, number: int) -> Iterator[PdfLine]:
    import pypdfium2

    try:
        page = document[number]
    except pypdfium2.PdfiumError as error:
        raise _RefusedError("broken") from error
    try:
        for chars in _char_lines(page):
            yield _line(chars, number)
    finally:
        page.close()


def _line(chars: Sequence[_Char], page: int) -> PdfLine:
    visible = _visible(chars)
    size = median(char.size for char in visible)
    text = _text_in_place(chars, size)
    placed = sorted(visible, key=lambda char: char.x0)
    word = text.split(maxsplit=1)[0]
    return PdfLine(
        text=text,
        page=page,
        x0=placed[0].x0,
        x1=max(char.x1 for char in placed),
        baseline=median(char.baseline for char in visible),
        size=size,
        word_width=placed[len(word) - 1].x1 - placed[0].x0,
    )


def _text_in_place(chars: Sequence[_Char], size: float) -> str:
    """The text of a line from left to right.

    Letters that the font lacks are drawn from another one, often behind all others: where the
    order in the file is not the order on the page, places count and gaps are spaces.
    """
    placed = [char for char in chars if not char.is_added]
    if all(a.x0 <= b.x0 + _JITTER * size for a, b in pairwise(placed)):
        return "".join(char.text for char in chars)
    placed.sort(key=lambda char: char.x0)
    text = placed[0].text
    for a, b in pairwise(placed):
        text += " " * (b.x0 - a.x1 > _SPACE * size) + b.text
    return text


def _visible(chars: Sequence[_Char]) -> list[_Char]:
    return [char for char in chars if not char.text.isspace()]


def _char_lines(page: PdfPage) -> Iterator[list[_Char]]:
    """Lines, none blank, as PDFium tells them apart; what is written over one line stays one."""
    whole: list[_Char] = []
    line: list[_Char] = []
    for char in (*_upright_chars(page), _Char("\n", is_added=True)):
        if char.text == _HYPHEN:
            line.append(char._replace(text="-"))
        if char.text not in ("\r", "\n", _HYPHEN):
            line.append(char)
            continue
        if _visible(line):
            if whole and not _is_over(whole, line):
                yield whole
                whole = []
            whole += line
        line = []
    if whole:
        yield whole


def _is_over(line: Sequence[_Char], later: Sequence[_Char]) -> bool:
    a, b = _visible(line), _visible(later)
    return (
        abs(a[0].baseline - b[0].baseline) < _JITTER * a[0].size
        and min(x.x0 for x in b) < max(x.x1 for x in a)
        and min(x.x0 for x in a) < max(x.x1 for x in b)
    )


def _upright_chars(page: PdfPage) -> Iterator[_Char]:
    """Characters written in the page's main direction, turned upright; others are stamps."""
    import pypdfium2.raw as pdfium

    text = page.get_textpage()
    try:
        count = text.count_chars()
        if count > MAX_CHARACTERS:
            raise _RefusedError("too_long")
        written = {
            i: _quarter_turns(pdfium.FPDFText_GetCharAngle(text, i))
            for i in range(count)
            if not pdfium.FPDFText_IsGenerated(text, i)
        }
        main_turn = Counter(written.values()).most_common(1)[0][0] if written else 0
        box, matrix = pdfium.FS_RECTF(), pdfium.FS_MATRIX()
        x, y = ctypes.c_double(), ctypes.c_double()
        for i in range(count):
            char = chr(pdfium.FPDFText_GetUnicode(text, i))
            if i not in written:
                yield _Char(char, is_added=True)
            elif written[i] == main_turn:
                pdfium.FPDFText_GetLooseCharBox(text, i, ctypes.byref(box))
                pdfium.FPDFText_GetCharOrigin(text, i, ctypes.byref(x), ctypes.byref(y))
                pdfium.FPDFText_GetMatrix(text, i, ctypes.byref(matrix))
                x0, _, x1, _ = _upright(box.left, box.bottom, box.right, box.top, main_turn)
                _, baseline, _, _ = _upright(x.value, y.value, x.value, y.value, main_turn)
                size = pdfium.FPDFText_GetFontSize(text, i) * math.hypot(matrix.c, matrix.d)
                yield _Char(char, False, x0, x1, baseline, size)
    finally:
        text.close()


def _quarter_turns(angle: float) -> int:
    """Quarter turns that bring text of the angle, in radians clockwise, upright."""
    return -round(angle / (math.pi / 2)) % 4


def _upright(
    left: float, bottom: float, right: float, top: float, turns: int
) -> tuple[float, float, float, float]:
    for _ in range(turns):
        left, bottom, right, top = bottom, -right, top, -left
    return left, bottom, right, top


if __name__ == "__main__":
    sys.exit(main())
