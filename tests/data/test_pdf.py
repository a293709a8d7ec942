"""PDF files: paragraphs out of set lines, and an error for every file that cannot be read.

The files are written here byte by byte. Their font has letters of equal width, half their size,
so where lines end is plain to see.
"""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import textwrap
import zlib
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from canbo.data.documents import Document, InputError
from canbo.data.pdf_layout import PdfLine, join_lines
from canbo.data.readers import read_inputs

TITLE = "Cán bộ trẻ về xã vùng cao"
FIRST = "Huyện Đông Lĩnh đưa 14 cán bộ trẻ về xã, bước đầu khắc phục tình trạng khép kín ở cơ sở. Người đi xa nhất là chị Mây, nhà ở thị trấn, mỗi tháng về được hai lần."
SECOND = "Trước khi đi, tất cả đều được bồi dưỡng kỹ năng điều hành và tiếp dân trong hai tuần. Lớp học mở ngay ở trung tâm huyện, thầy là những bí thư đã nghỉ hưu."
THIRD = "Cuối năm, từng người sẽ được đánh giá theo việc đã làm, có ý kiến của dân nơi ở và nơi làm việc, chứ không chỉ theo bản tự nhận xét như những năm trước."
MOVE = 34  # Characters a line.


class Piece(NamedTuple):
    """A string on a page; its letters are half as wide as its size."""

    text: str
    x: float
    y: float
    size: float = 10


def text_of(pieces: list[Piece], turn: str = "1 0 0 1") -> bytes:
    return b"".join(
        f"BT /F {p.size} Tf {turn} {p.x} {p.y} Tm <{p.text.encode('utf-16-be').hex()}> Tj ET\n".encode()
        for p in pieces
    )


def file_of(
    *pages: bytes, catalog: bytes = b"", trailer: bytes = b"", filter_: bytes = b""
) -> bytes:
    """A PDF file of pages of 400 by 600 points with these content streams."""
    ranges = b"\n".join(b"<%02x00> <%02xff> <%02x00>" % (k, k, k) for k in range(0x20))
    cmap = (
        b"begincmap 1 begincodespacerange <0000> <ffff> endcodespacerange "
        b"32 beginbfrange %s endbfrange endcmap" % ranges
    )
    objects = [
        b"<</Type/Catalog/Pages 2 0 R%s>>" % catalog,
        b"<</Type/Pages/Count %d/Kids[%s]>>"
        % (len(pages), b" ".join(b"%d 0 R" % (7 + 2 * i) for i in range(len(pages)))),
        b"<</Type/Font/Subtype/Type0/BaseFont/Even/Encoding/Identity-H/DescendantFonts[4 0 R]/ToUnicode 6 0 R>>",
        b"<</Type/Font/Subtype/CIDFontType2/BaseFont/Even/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)"
        b"/Supplement 0>>/DW 500/FontDescriptor 5 0 R>>",
        b"<</Type/FontDescriptor/FontName/Even/Flags 4/Ascent 800/Descent -200/CapHeight 700/ItalicAngle 0"
        b"/StemV 80/FontBBox[0 -200 500 800]>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(cmap), cmap),
    ]
    for i, page in enumerate(pages):
        objects.append(
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 400 600]/Contents %d 0 R/Resources<</Font<</F 3 0 R>>>>>>"
            % (8 + 2 * i)
        )
        objects.append(b"<</Length %d%s>>stream\n%s\nendstream" % (len(page), filter_, page))
    content, places = b"%PDF-1.5\n", []
    for number, value in enumerate(objects, start=1):
        places.append(len(content))
        content += b"%d 0 obj\n%s\nendobj\n" % (number, value)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    return content + (
        b"xref\n0 %d\n0000000000 65535 f \n%strailer<</Size %d/Root 1 0 R%s>>\nstartxref\n%d\n%%%%EOF\n"
        % (len(places) + 1, table, len(places) + 1, trailer, len(content))
    )


def wrapped(text: str, x: float, y: float, width: int = MOVE, indent: int = 0) -> list[Piece]:
    """A paragraph set at a width in characters, lines 14 points apart."""
    lines = textwrap.wrap(text, width, initial_indent=" " * indent, break_on_hyphens=False)
    return [
        Piece(line.lstrip(), x + 5 * (len(line) - len(line.lstrip())), y - 14 * i)
        for i, line in enumerate(lines)
    ]


def below(pieces: list[Piece], gap: float) -> float:
    return pieces[-1].y - gap


def read(path: Path, content: bytes) -> Document | InputError:
    path.write_bytes(content)
    (result,) = read_inputs([path])
    return result


def read_document(path: Path, content: bytes) -> Document:
    result = read(path, content)
    assert isinstance(result, Document), result
    return result


# --- paragraphs --------------------------------------------------------------------------------


def test_title_paragraphs_across_pages_and_no_running_heads(tmp_path: Path) -> None:
    """Three pages; the second paragraph goes on on the second page, the third on the third."""
    title = [Piece(TITLE, 40, 540, 16)]
    first = wrapped(FIRST, 40, 500)
    second = wrapped(SECOND, 40, below(first, 24))
    third = wrapped(THIRD, 40, 520 - 14 * 3 - 24)
    pages = [
        [*title, *first, *second[:2]],
        [*(p._replace(y=520 - 14 * i) for i, p in enumerate(second[2:])), *third[:2]],
        [p._replace(y=520 - 14 * i) for i, p in enumerate(third[2:])],
    ]
    margins = [
        [Piece("BẢN TIN XÂY DỰNG ĐẢNG - Số 12", 40, 580, 8), Piece(f"Trang {n}", 180, 20, 8)]
        for n in (1, 2, 3)
    ]
    document = read_document(
        tmp_path / "a.pdf", file_of(*(text_of(m + p) for m, p in zip(margins, pages, strict=True)))
    )
    assert document.title == TITLE
    assert document.paragraphs == (FIRST, SECOND, THIRD)
    assert (document.lead, document.date) == (None, None)


def test_two_columns_of_indented_paragraphs_without_gaps(tmp_path: Path) -> None:
    """The second paragraph begins in the left column and ends in the right one."""
    first = wrapped(FIRST, 40, 500, indent=3)
    second = wrapped(SECOND, 40, below(first, 14), indent=3)
    moved = [p._replace(x=p.x + 180, y=500 - 14 * i) for i, p in enumerate(second[2:])]
    third = wrapped(THIRD, 220, below(moved, 14), indent=3)
    page = text_of([Piece(TITLE, 40, 540, 16), *first, *second[:2], *moved, *third])
    document = read_document(tmp_path / "a.pdf", file_of(page))
    assert document.paragraphs == (FIRST, SECOND, THIRD)


def test_letters_drawn_behind_their_line_are_put_in_place(tmp_path: Path) -> None:
    """Programs draw the letters that a font lacks from another one, after the rest of the line."""
    pieces: list[Piece] = []
    for p in wrapped(FIRST, 40, 500):
        runs = [(run[0], run.start()) for run in re.finditer("[áà]+|[^áà]+", p.text)]
        for foreign in (False, True):
            pieces += [
                Piece(run.rstrip(), p.x + 5 * start, p.y)
                for run, start in runs
                if run.strip() and (run[0] in "áà") == foreign
            ]
    assert read_document(tmp_path / "a.pdf", file_of(text_of(pieces))).paragraphs == (FIRST,)


def test_a_page_turned_by_a_quarter(tmp_path: Path) -> None:
    turned = [Piece(p.text, 500 - p.y, p.x) for p in wrapped(FIRST, 40, 400)]
    page = text_of(turned, turn="0 1 -1 0")
    assert read_document(tmp_path / "a.pdf", file_of(page)).paragraphs == (FIRST,)


def line(text: str, y: float, x: float = 40, page: int = 0, size: float = 10) -> PdfLine:
    word = len(text.split()[0])
    return PdfLine(text, page, x, x + 5 * len(text), y, size, 5 * word)


def texts(*lines: PdfLine) -> list[str]:
    return [x.text for x in join_lines(lines).lines]


def test_hyphens_at_the_end_of_a_line() -> None:
    """Within a syllable they come from setting the line; between syllables they are written."""
    full = "Một dòng dài tới lề phải của trang giấy này"
    assert texts(
        line(full, 500),
        line("Các xã vùng cao trong huyện được luân chuy-", 486),
        line("ển thêm cán bộ, học chủ nghĩa Mác - Lê-", 472),
        line("nin trong các lớp của nhiệm kỳ 2010-", 458),
        line("2015.", 444),
    ) == [
        f"{full} Các xã vùng cao trong huyện được luân chuyển thêm cán bộ, học chủ nghĩa "
        "Mác - Lê-nin trong các lớp của nhiệm kỳ 2010-2015."
    ]


def test_items_of_a_list_stay_apart_though_their_lines_are_full() -> None:
    assert texts(
        line("Huyện làm ba việc như sau trong năm học mới:", 500),
        line("- Một là, chọn đúng người, giao đúng việc ở;", 486),
        line("- Hai là, nghe dân trước khi quyết việc gì đó.", 472),
    ) == [
        "Huyện làm ba việc như sau trong năm học mới:",
        "- Một là, chọn đúng người, giao đúng việc ở;",
        "- Hai là, nghe dân trước khi quyết việc gì đó.",
    ]


def test_justified_lines_end_paragraphs_where_they_are_not_flush() -> None:
    """The last word would have fitted in neither line; only flush ends tell."""
    body = [PdfLine(f"dòng {i}", 0, 40, 300, 500 - 14 * i, 10, 20) for i in range(6)]
    body[2] = body[2]._replace(x1=292)
    assert texts(*body) == ["dòng 0 dòng 1 dòng 2", "dòng 3 dòng 4 dòng 5"]


@pytest.mark.parametrize("number", ["3", "- 3 -", "Trang 3", "3/12", "Trang 3 / 12"])
def test_numbers_of_pages_go_from_a_single_page(number: str) -> None:
    assert texts(line("Một câu.", 500), line(number, 30)) == ["Một câu."]


def test_what_a_browser_prints_around_a_page_goes() -> None:
    assert texts(
        line("22/11/2025, 00:58 Cán bộ trẻ về xã - Báo Lộc Giang", 590),
        line("Một câu.", 500),
        line("https://baolocgiang.example/can-bo-tre.html 1/1", 10),
    ) == ["Một câu."]


# --- files that cannot be read -----------------------------------------------------------------

PAGE = text_of(wrapped(FIRST, 40, 500))
ENCRYPTED = b"/Encrypt<</Filter/Standard/V 1/R 2/P -4/O<%s>/U<%s>>>/ID[<00><00>]" % (
    b"28" * 32,
    b"41" * 32,
)


@pytest.mark.parametrize(
    ("content", "kind", "word"),
    [
        (file_of(PAGE, trailer=ENCRYPTED), "encrypted", "password"),
        (file_of(b"0 0 100 100 re f"), "scanned", "OCR"),
        (file_of(PAGE)[:-400], "pdf", "part"),
        (b"%PDF-1.5\n" + b"x" * 500 + b"%%EOF", "pdf", "valid"),
        (FIRST.encode(), "pdf", "valid"),
        (file_of(), "empty", "no pages"),
        (file_of(*[b""] * 2_001), "limit", "2,000 pages"),
        (file_of(text_of([Piece("\ue001\ue002\ue003 \ue004", 40, 500)])), "encoding", "OCR"),
    ],
)
def test_errors(tmp_path: Path, content: bytes, kind: str, word: str) -> None:
    error = read(tmp_path / "a.pdf", content)
    assert isinstance(error, InputError)
    assert (error.line, error.error) == (None, kind)
    assert word in error.message


class Killer:
    """Starts the process that reads a file, and the first ``times`` of them only to kill it."""

    def __init__(self, times: int, number: int) -> None:
        self.left, self.number = times, number
        self.run = subprocess.run

    def __call__(self, command: list[str], **options: Any) -> subprocess.CompletedProcess[bytes]:
        if self.left > 0:
            self.left -= 1
            command = [sys.executable, "-c", f"import os; os.kill(os.getpid(), {self.number})"]
        return self.run(command, **options)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_a_reading_process_that_was_killed_is_started_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    killer = Killer(1, number)
    monkeypatch.setattr(subprocess, "run", killer)
    assert isinstance(read(tmp_path / "a.pdf", file_of(PAGE)), Document)
    assert killer.left == 0


@pytest.mark.parametrize(
    ("times", "number", "left"),
    [(9, signal.SIGKILL, 7), (9, signal.SIGSEGV, 8), (9, signal.SIGXCPU, 8)],
)
def test_a_reading_process_is_started_twice_at_most(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, times: int, number: int, left: int
) -> None:
    """Not again where the file or a limit ended it."""
    killer = Killer(times, number)
    monkeypatch.setattr(subprocess, "run", killer)
    error = read(tmp_path / "a.pdf", file_of(PAGE))
    assert isinstance(error, InputError) and error.error == "limit"
    assert killer.left == left


def test_the_limit_of_time_is_told_from_a_kill() -> None:
    spin = (
        "from canbo.data import pdf_process; pdf_process.SECONDS = 1; "
        "pdf_process._limit_resources()\nwhile True: pass"
    )
    done = subprocess.run([sys.executable, "-c", spin], check=False)
    assert done.returncode == -signal.SIGXCPU


@pytest.mark.slow
def test_a_deflate_bomb_is_stopped(tmp_path: Path) -> None:
    """5 KB that unpack to 3 GB; the process that reads them has 2."""
    packer = zlib.compressobj(9)
    packed = b"".join(packer.compress(b" " * (1 << 20)) for _ in range(3_000)) + packer.flush()
    bomb = file_of(zlib.compress(packed, 9), filter_=b"/Filter[/FlateDecode/FlateDecode]")
    assert len(bomb) < 10_000
    error = read(tmp_path / "a.pdf", bomb)
    assert isinstance(error, InputError)
    assert error.error == "limit"
