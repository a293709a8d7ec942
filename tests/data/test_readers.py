"""Reading: which files, in which order, what becomes a document and what an error."""

from __future__ import annotations

import datetime
import json
import os
import tracemalloc
import unicodedata
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from canbo.data.documents import Document, InputError
from canbo.data.readers import READERS, ReadOptions, read_inputs

TITLE = "Cán bộ trẻ về xã"
FIRST = "Huyện Đông Lĩnh đưa 14 cán bộ trẻ về xã, bước đầu khắc phục tình trạng khép kín ở cơ sở."
SECOND = "Trước khi đi, tất cả đều được bồi dưỡng kỹ năng điều hành và tiếp dân trong hai tuần."
ARTICLE = f"{TITLE}\n\n{FIRST}\n\n{SECOND}\n"


def write(path: Path, content: str | bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def rows(path: Path, *objects: object) -> Path:
    return write(path, "".join(json.dumps(o, ensure_ascii=False) + "\n" for o in objects))


def errors(results: list[Document | InputError]) -> list[tuple[int | None, str]]:
    return [(r.line, r.error) for r in results if isinstance(r, InputError)]


def ids(results: list[Document | InputError]) -> list[str]:
    return [r.id for r in results if isinstance(r, Document)]


# --- which files -------------------------------------------------------------------------------


def test_a_file_becomes_a_document(tmp_path: Path) -> None:
    path = write(tmp_path / "bai.txt", ARTICLE)
    assert list(read_inputs([path])) == [Document("bai.txt", str(path), TITLE, (FIRST, SECOND))]
    assert list(read_inputs([str(path)])) == list(read_inputs([path]))


def test_folders_are_read_through_in_order_of_names(tmp_path: Path) -> None:
    for name in ("b.txt", "a/z.md", "a/y.TXT", "c/d/e.txt", ".ẩn/x.txt", ".x.txt"):
        write(tmp_path / name, ARTICLE)
    assert ids(list(read_inputs([tmp_path]))) == ["a/y.TXT", "a/z.md", "b.txt", "c/d/e.txt"]


def test_inputs_keep_their_order_and_globs_are_expanded(tmp_path: Path) -> None:
    for name in ("x/1.txt", "x/2.txt", "x/sub/3.txt", "w/4.txt"):
        write(tmp_path / name, ARTICLE)
    inputs = [tmp_path / "x" / "2*", tmp_path / "w", f"{tmp_path}/**/[13].txt"]
    assert ids(list(read_inputs(inputs))) == ["2.txt", "4.txt", "x/1.txt", "x/sub/3.txt"]


def test_files_of_the_same_name_in_two_folders_are_told_apart(tmp_path: Path) -> None:
    one, two = write(tmp_path / "one/a.txt", ARTICLE), write(tmp_path / "two/a.txt", ARTICLE)
    results = list(read_inputs([one.parent, two.parent]))
    assert ids(results) == ["a.txt", str(two)]


def test_a_file_is_read_once(tmp_path: Path) -> None:
    path = write(tmp_path / "a.txt", ARTICLE)
    results = list(read_inputs([path, tmp_path]))
    assert ids(results) == ["a.txt"]
    assert errors(results) == [(None, "duplicate_id")]


def test_links_that_lead_back_up_are_not_followed(tmp_path: Path) -> None:
    write(tmp_path / "in/a.txt", ARTICLE)
    write(tmp_path / "elsewhere/b.txt", ARTICLE)
    (tmp_path / "in/up").symlink_to(tmp_path / "in", target_is_directory=True)
    (tmp_path / "in/way").symlink_to(tmp_path / "elsewhere", target_is_directory=True)
    assert ids(list(read_inputs([tmp_path / "in"]))) == ["a.txt", "way/b.txt"]


def test_what_matches_nothing_is_an_error_and_reading_goes_on(tmp_path: Path) -> None:
    good = write(tmp_path / "a.txt", ARTICLE)
    (tmp_path / "empty").mkdir()
    missing = [tmp_path / "nein.txt", tmp_path / "*.md", "\0", tmp_path / "empty"]
    results = list(read_inputs([*missing, good]))
    assert errors(results) == [(None, "not_found")] * 4
    assert ids(results) == ["a.txt"]


def test_unsupported_files_are_named_wherever_they_are(tmp_path: Path) -> None:
    write(tmp_path / "in/a.xyz", "?")
    write(tmp_path / "in/README", "?")
    write(tmp_path / "in/b.txt", ARTICLE)
    results = list(read_inputs([tmp_path / "in", tmp_path / "in/a.xyz"]))
    assert [r.source for r in results if isinstance(r, InputError)] == [
        str(tmp_path / "in/README"),
        str(tmp_path / "in/a.xyz"),
        str(tmp_path / "in/a.xyz"),
    ]
    assert errors(results) == [(None, "unsupported")] * 3
    assert ".jsonl" in next(r.message for r in results if isinstance(r, InputError))


def test_broken_links_pipes_and_forbidden_files_are_errors(tmp_path: Path) -> None:
    (tmp_path / "a.txt").symlink_to(tmp_path / "gone.txt")
    os.mkfifo(tmp_path / "b.txt")
    assert errors(list(read_inputs([tmp_path]))) == [(None, "unreadable")] * 2


def test_excluded_files_are_as_if_they_were_not_there(tmp_path: Path) -> None:
    kept = write(tmp_path / "in/a.txt", ARTICLE)
    excluded = {write(tmp_path / f"in/{name}", ARTICLE) for name in ("b.txt", "run.json")}
    (tmp_path / "in/c.txt").symlink_to(tmp_path / "in/b.txt")
    (tmp_path / "in/loop.txt").symlink_to(tmp_path / "in/loop.txt")
    for named in (kept.parent, tmp_path / "*/*", tmp_path / "i*"):
        results = list(read_inputs([named], exclude=excluded))
        assert [r.id.rpartition("/")[2] for r in results if isinstance(r, Document)] == ["a.txt"]
        assert errors(results) == [(None, "unreadable")]  # The link in a circle.
    assert errors(list(read_inputs([tmp_path / "*/b*"], exclude=excluded))) == [(None, "not_found")]


def test_an_empty_folder_under_the_name_of_a_file_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "in/a.pdf").mkdir(parents=True)
    (tmp_path / "in/empty").mkdir()
    write(tmp_path / "in/b.html/c.txt", ARTICLE)
    results = list(read_inputs([tmp_path / "in"]))
    assert errors(results) == [(None, "empty")]
    assert ids(results) == ["b.html/c.txt"]


# --- bytes -------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("suffix", [".txt", ".md", ".jsonl", ".csv", ".html"])
def test_encodings(tmp_path: Path, encoding: str, suffix: str) -> None:
    content = {
        ".txt": ARTICLE,
        ".md": f"# {ARTICLE}",
        ".jsonl": json.dumps({"title": TITLE, "text": f"{FIRST}\n{SECOND}"}, ensure_ascii=False),
        ".csv": f'title,text\n{TITLE},"{FIRST}\n{SECOND}"\n',
        ".html": f"<h1>{TITLE}</h1><p>{FIRST}</p><p>{SECOND}</p>",
    }[suffix]
    path = tmp_path / f"a{suffix}"
    path.write_bytes(content.encode(encoding))
    (document,) = read_inputs([path])
    assert isinstance(document, Document), document
    assert (document.title, document.paragraphs) == (TITLE, (FIRST, SECOND))


def test_other_encodings_are_errors(tmp_path: Path) -> None:
    for suffix in (".txt", ".md", ".html"):
        write(tmp_path / f"a{suffix}", "xã hội".encode("cp1258", "replace") + b"\xe3 h\xf4i")
    write(tmp_path / "b.txt", b"\xff\xfe\x00")
    assert errors(list(read_inputs([tmp_path]))) == [(None, "encoding")] * 4


def test_a_row_of_other_bytes_costs_only_that_row(tmp_path: Path) -> None:
    good = json.dumps({"text": FIRST})
    write(tmp_path / "a.jsonl", f"{good}\n".encode() + b'{"text": "x\xe3"}\n' + good.encode())
    write(tmp_path / "b.csv", b"text\nM\xe3\n" + FIRST.replace(",", ";").encode())
    write(tmp_path / "c.jsonl", '{"text": "\\ud800"}\n{"text": "a", "id": "\\udfff"}')
    results = list(read_inputs([tmp_path]))
    assert errors(results) == [(2, "encoding"), (2, "encoding"), (1, "encoding"), (2, "encoding")]
    assert ids(results) == ["a.jsonl:1", "a.jsonl:3", "b.csv:3"]


def test_everything_is_composed(tmp_path: Path) -> None:
    decomposed = unicodedata.normalize("NFD", ARTICLE)
    write(tmp_path / unicodedata.normalize("NFD", "bài.txt"), decomposed)
    row = {"id": "số 1", "title": TITLE, "paragraphs": [FIRST]}
    write(tmp_path / "c.jsonl", unicodedata.normalize("NFD", json.dumps(row, ensure_ascii=False)))
    one, two = read_inputs([tmp_path])
    assert isinstance(one, Document)
    assert isinstance(two, Document)
    assert (one.id, one.title, one.paragraphs) == ("bài.txt", TITLE, (FIRST, SECOND))
    assert (two.id, two.title, two.paragraphs) == ("số 1", TITLE, (FIRST,))


@pytest.mark.parametrize("suffix", [s for s in READERS if s != ".parquet"])
@pytest.mark.parametrize("content", ["", " \n\n"])
def test_empty_files(tmp_path: Path, suffix: str, content: str) -> None:
    path = write(tmp_path / f"a{suffix}", content)
    (error,) = read_inputs([path])
    assert isinstance(error, InputError)
    # A blank first line is a CSV header that names no field, and no file of these formats.
    kinds = {".csv": "missing_field", ".pdf": "pdf", ".docx": "docx", ".zip": "zip"}
    assert error.error == (kinds.get(suffix, "empty") if content else "empty")


@pytest.mark.parametrize("suffix", [".txt", ".md", ".html", ".jsonl", ".csv"])
@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"%PDF-1.7\n1 0 obj", ".pdf"),
        (b"PK\x03\x04" + bytes(50), ".docx"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(50), ".docx"),
        (b"{\\rtf1\\ansi Huy\\'d6n}", ".docx"),
        (b"\x89PNG\r\n\x1a\n" + bytes(50), "picture"),
        (b"\xff\xd8\xff\xe0" + bytes(50), "picture"),
        (b"\x7fELF\x02" + bytes(50), "program"),
        (b"MZ\x90\0\x03" + bytes(range(32)) * 40, "program"),
        (bytes(4_096), "program"),
    ],
)
def test_binary_files_under_the_names_of_text(
    tmp_path: Path, suffix: str, content: bytes, word: str
) -> None:
    write(tmp_path / f"a{suffix}", content)
    write(tmp_path / "b.txt", ARTICLE)
    error, document = read_inputs([tmp_path])
    assert isinstance(error, InputError)
    assert (error.line, error.error) == (None, "binary")
    assert word in error.message
    assert isinstance(document, Document)


def test_a_page_of_furniture_has_no_text(tmp_path: Path) -> None:
    write(tmp_path / "a.txt", "Trang chủ\nĐăng nhập\n12/03/2018 14:35\nBình luận (0)\n")
    rows(tmp_path / "b.jsonl", {"text": "Chia sẻ Facebook Zalo"}, {"text": " "})
    results = list(read_inputs([tmp_path]))
    assert errors(results) == [(None, "no_text"), (1, "no_text"), (2, "no_text")]


# --- rows --------------------------------------------------------------------------------------


def test_rows_of_jsonl(tmp_path: Path) -> None:
    path = rows(
        tmp_path / "in/a.jsonl",
        {"id": "x1", "title": f" {TITLE} ", "text": f"{FIRST}\n\nẢnh: Minh Quân\n\n{SECOND}"},
        {"id": 7, "paragraphs": ["Ảnh: Minh Quân", "  Chia sẻ  ", FIRST]},
        {"text": ARTICLE, "paragraphs": None},
    )
    assert list(read_inputs([path.parent])) == [
        Document("x1", f"{path}#1", TITLE, (FIRST, SECOND)),
        Document("7", f"{path}#2", None, ("Ảnh: Minh Quân", "  Chia sẻ  ", FIRST)),
        Document("a.jsonl:3", f"{path}#3", TITLE, (FIRST, SECOND)),
    ]


def test_flawed_rows_are_errors_with_their_lines(tmp_path: Path) -> None:
    flawed: list[tuple[str, str]] = [
        ("{", "json"),
        ("[1]", "row"),
        ("9" * 5000, "json"),
        ("[" * 100_000, "json"),
        ('{"content": "x"}', "missing_field"),
        ('{"text": 5}', "text"),
        ('{"paragraphs": "một đoạn"}', "paragraphs"),
        ('{"paragraphs": ["a", 1]}', "paragraphs"),
        ('{"paragraphs": ["a", " "]}', "paragraphs"),
        ('{"paragraphs": []}', "no_text"),
        ('{"text": "Một câu.", "title": ["x"]}', "title"),
        ('{"text": "Một câu.", "id": {}}', "id"),
        ('{"text": "Một câu.", "id": true}', "id"),
    ]
    path = write(
        tmp_path / "a.jsonl", "\n\n".join([*(line for line, _ in flawed), '{"text": "Một câu."}'])
    )
    results = list(read_inputs([path]))
    assert errors(results) == [(2 * i + 1, kind) for i, (_, kind) in enumerate(flawed)]
    assert ids(results) == [f"a.jsonl:{2 * len(flawed) + 1}"]


def test_a_repeated_id_is_an_error_not_an_overwrite(tmp_path: Path) -> None:
    rows(tmp_path / "a.jsonl", {"id": "x", "text": FIRST}, {"id": "x", "text": SECOND})
    rows(tmp_path / "b.jsonl", {"id": "x", "text": SECOND}, {"id": "a.jsonl:2", "text": SECOND})
    results = list(read_inputs([tmp_path]))
    assert [r.paragraphs for r in results if isinstance(r, Document)] == [(FIRST,), (SECOND,)]
    assert [(r.source, r.line, r.error) for r in results if isinstance(r, InputError)] == [
        (str(tmp_path / "a.jsonl"), 2, "duplicate_id"),
        (str(tmp_path / "b.jsonl"), 1, "duplicate_id"),
    ]


def test_fields_of_other_names(tmp_path: Path) -> None:
    row = {"noi_dung": FIRST, "doan": [SECOND], "ma": "m1", "tieu_de": TITLE, "text": 1, "id": []}
    path = rows(tmp_path / "a.jsonl", row, {**row, "doan": None, "ma": "m2"})
    options = ReadOptions("noi_dung", "doan", "ma", "tieu_de")
    one, two = read_inputs([path], options)
    assert isinstance(one, Document)
    assert isinstance(two, Document)
    assert (one.id, one.title, one.paragraphs) == ("m1", TITLE, (SECOND,))
    assert (two.id, two.title, two.paragraphs) == ("m2", TITLE, (FIRST,))


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_csv(tmp_path: Path, delimiter: str) -> None:
    long = "Đoạn này rất dài. " * 20_000
    path = write(
        tmp_path / "a.csv",
        delimiter.join(["id", "title", "text", "paragraphs"])
        + "\r\n"
        + delimiter.join(["x", TITLE, f'"{FIRST}\r\n\r\nẢnh: Minh Quân\r\n\r\n{SECOND}"', ""])
        + "\r\n"
        + delimiter.join(["", "", "", '"[""Ảnh: Lan"", ""Hai""]"'])
        + "\r\n"
        + delimiter.join(["z", "", f'"{long}"', ""])
        + "\r\n",
    )
    assert list(read_inputs([path])) == [
        Document("x", f"{path}#2", TITLE, (FIRST, SECOND)),
        Document("a.csv:7", f"{path}#7", None, ("Ảnh: Lan", "Hai")),
        Document("z", f"{path}#8", None, (long.strip(),)),
    ]


def test_flawed_csv(tmp_path: Path) -> None:
    write(tmp_path / "a.csv", "id,text\n1\n2,Một câu.,thừa\n3,Hai câu.\n")
    write(tmp_path / "b.csv", "id,content\n1,x\n")
    write(tmp_path / "c.csv", "id,text\n")
    write(tmp_path / "d.csv", 'id,paragraphs\n1,"[""a"""\n2,"[1]"\n')
    results = list(read_inputs([tmp_path]))
    assert errors(results) == [
        (2, "missing_field"),
        (3, "csv"),
        (None, "missing_field"),
        (None, "empty"),
        (2, "paragraphs"),
        (3, "paragraphs"),
    ]
    assert ids(results) == ["3"]


def test_parquet(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    table = {
        "id": ["x", None, "z"],
        "title": [TITLE, None, None],
        "text": [f"{FIRST}\n\nẢnh: Minh Quân\n\n{SECOND}", None, None],
        "paragraphs": [None, ["Ảnh: Lan", FIRST], None],
        "unused": [[b"\xff"], [], None],
    }
    pq.write_table(pa.table(table), path)
    results = list(read_inputs([path]))
    assert results[:2] == [
        Document("x", f"{path}#1", TITLE, (FIRST, SECOND)),
        Document("a.parquet:2", f"{path}#2", None, ("Ảnh: Lan", FIRST)),
    ]
    assert errors(results) == [(3, "missing_field")]


def test_flawed_parquet(tmp_path: Path) -> None:
    write(tmp_path / "a.parquet", "PAR1 no")
    write(tmp_path / "b.parquet", "")
    pq.write_table(pa.table({"content": ["x"]}), tmp_path / "c.parquet")
    pq.write_table(pa.table({"text": pa.array([], pa.string())}), tmp_path / "d.parquet")
    latin = pa.array([b"M\xe3", FIRST.encode()], pa.binary()).view(pa.string())
    pq.write_table(pa.table({"text": latin}), tmp_path / "e.parquet")
    results = list(read_inputs([tmp_path]))
    assert errors(results) == [
        (None, "parquet"),
        (None, "empty"),
        (None, "missing_field"),
        (None, "empty"),
        (1, "encoding"),
    ]
    assert ids(results) == ["e.parquet:2"]


def test_cut_off_and_damaged_parquet(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    texts = [" ".join(str(i * k) for k in range(200)) for i in range(500)]
    pq.write_table(pa.table({"text": texts}), path, use_dictionary=False)
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])
    middle = len(content) // 2
    write(tmp_path / "b.parquet", content[:60] + b"\xff" * middle + content[60 + middle :])
    results = list(read_inputs([tmp_path]))
    assert errors(results) == [(None, "parquet")] * 2


def test_leads_and_dates_of_rows(tmp_path: Path) -> None:
    lead = "Tóm tắt của tòa soạn."
    rows(
        tmp_path / "a.jsonl",
        {"text": FIRST, "lead": f" {lead} ", "date": "2018-03-12T23:30:00+07:00"},
        {"text": FIRST, "date": "Thứ hai, 12/3/2018, 14:35"},
        {"text": FIRST, "date": "12 tháng 3 năm 2018"},
        {"text": FIRST, "lead": ["x"], "date": "31/2/2018"},
        {"text": FIRST, "lead": 5, "date": 20180312},
    )
    write(tmp_path / "b.csv", f'lead,date,text\n{lead},2018-3-12,"{FIRST}"\n')
    day = pa.array([datetime.date(2018, 3, 12)])
    pq.write_table(pa.table({"text": [FIRST], "ngay": day}), tmp_path / "c.parquet")
    results = [*read_inputs([tmp_path / "*.[jc]s*"])]
    results += read_inputs([tmp_path / "c.parquet"], ReadOptions(date_field="ngay"))
    stated = [(r.lead, r.date) for r in results if isinstance(r, Document)]
    assert stated == [
        (lead, "2018-03-12"),
        (None, "2018-03-12"),
        (None, "2018-03-12"),
        (None, None),
        (None, None),
        (lead, "2018-03-12"),
        (None, "2018-03-12"),
    ]


@pytest.mark.slow
@pytest.mark.parametrize("name", ["a.jsonl", "a.csv", "a.parquet", "a.zip"])
def test_large_files_take_little_memory(tmp_path: Path, name: str) -> None:
    """24 MB of rows within 12 MB: what Python holds, and what Arrow does."""
    path = tmp_path / name
    row = json.dumps([FIRST * 50], ensure_ascii=False)
    count = 24_000_000 // len(row.encode())
    if name.endswith(".csv"):
        quoted = row.replace('"', '""')
        write(path, "paragraphs\n" + f'"{quoted}"\n' * count)
    elif name.endswith(".parquet"):
        texts = [f"{i} {FIRST * 50}" for i in range(count)]
        pq.write_table(pa.table({"text": texts}), path, use_dictionary=False, compression="none")
    else:
        lines = f'{{"paragraphs": {row}}}\n' * count
        with ZipFile(tmp_path / "a.zip", "w", ZIP_DEFLATED) as archive:
            archive.writestr("a.jsonl", lines)
        write(tmp_path / "a.jsonl", lines)
        del lines
    next(read_inputs([path]))  # Imports take memory once.
    before = pa.total_allocated_bytes()
    arrow = total = 0
    tracemalloc.start()
    for _ in read_inputs([path]):
        total += 1
        arrow = max(arrow, pa.total_allocated_bytes() - before)
    _, python = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert total == count
    assert python + arrow < 12_000_000


@pytest.mark.parametrize("suffix", [".jsonl", ".csv", ".parquet"])
def test_rows_are_streamed(tmp_path: Path, suffix: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first document is there before the rest of the file is looked at."""
    path = tmp_path / f"a{suffix}"
    texts = [f"Câu thứ {i} của tệp này." for i in range(20_000)]
    if suffix == ".parquet":
        pq.write_table(pa.table({"text": texts}), path)
    elif suffix == ".csv":
        write(path, "text\n" + "\n".join(texts))
    else:
        rows(path, *({"text": text} for text in texts))
    cleaned = 0

    def count(text: str, title: str | None) -> tuple[None, list[str]]:
        nonlocal cleaned
        cleaned += 1
        return clean(text, title)

    import canbo.data.readers as module

    clean = module.clean_article
    monkeypatch.setattr(module, "clean_article", count)
    stream: Iterator[Document | InputError] = read_inputs([path])
    assert len(list(islice(stream, 3))) == 3
    assert cleaned == 3


# --- pages -------------------------------------------------------------------------------------


def test_html_page(tmp_path: Path) -> None:
    page = f"""<!doctype html><html><head><title>{TITLE} - Báo Đông Lĩnh</title></head><body>
    <nav><ul><li><a href="/">Trang chủ</a></li><li><a href="/xdd">Xây dựng Đảng</a></li></ul></nav>
    <article><h1>{TITLE}</h1><p class="date">Thứ hai, 12/03/2018, 14:35</p>
    <p><b>{FIRST}</b></p>
    <table><tr><td><img src="a.jpg"></td></tr>
    <tr><td>Lãnh đạo huyện nghe người dân kiến nghị. Ảnh: Minh Quân</td></tr></table>
    <h2>Nghe dân trước khi quyết</h2>
    <p>{SECOND} Chị Mây, bí thư mới,
    nói: <i>“Tôi xuống để làm.”</i></p>
    <ul><li>Một là, chọn đúng người.</li><li>Hai là, giao đúng việc.</li></ul>
    <p>Ngắn thôi.</p><p style="text-align:right"><b>Nguyễn Văn An</b></p></article>
    <div id="comments" class="comments"><h3>Bình luận</h3><p>Bài hay quá, tôi đồng ý.</p></div>
    <footer>Bản quyền © 2018 Báo Đông Lĩnh</footer></body></html>"""
    write(tmp_path / "a.htm", page)
    (document,) = read_inputs([tmp_path])
    assert isinstance(document, Document)
    assert document.title == TITLE
    assert document.paragraphs == (
        FIRST,
        "Nghe dân trước khi quyết",
        f"{SECOND} Chị Mây, bí thư mới, nói: “Tôi xuống để làm.”",
        "- Một là, chọn đúng người.",
        "- Hai là, giao đúng việc.",
        "Ngắn thôi.",
    )


def test_markdown(tmp_path: Path) -> None:
    page = f"""{FIRST}

    Đoạn thụt đầu dòng vẫn là một đoạn
    của bài.

## Nghe dân trước khi *quyết*

![Ảnh](a.jpg)

*Lãnh đạo huyện bên những luống rau mới trồng*

{SECOND} Xem [trang của huyện](https://donglinh.vn).

- Một là, chọn đúng người
- Hai là, giao đúng việc

> Dân tin thì việc gì cũng xong.

2. Việc thứ hai.
"""
    body = (
        FIRST,
        "Đoạn thụt đầu dòng vẫn là một đoạn của bài.",
        "Nghe dân trước khi quyết",
        f"{SECOND} Xem trang của huyện.",
        "- Một là, chọn đúng người",
        "- Hai là, giao đúng việc",
        "Dân tin thì việc gì cũng xong.",
        "2. Việc thứ hai.",
    )
    write(tmp_path / "a.md", f"# {TITLE}\n\n{page}")
    write(tmp_path / "b.md", f'---\ntitle: "{TITLE}"\ndate: 2018-03-12\n---\n{page}')
    results = list(read_inputs([tmp_path]))
    assert [r.title for r in results if isinstance(r, Document)] == [TITLE, TITLE]
    assert [r.paragraphs for r in results if isinstance(r, Document)] == [body, body]


@pytest.mark.parametrize(
    "field",
    [
        'title: "Cán bộ trẻ: Về xã"',
        "title: Cán bộ trẻ: Về xã",
        "date: 2018-13-45\ntitle: Cán bộ trẻ: Về xã",
        "title: >-\n  Cán bộ trẻ:\n  Về xã",
    ],
)
def test_titles_in_front_matter(tmp_path: Path, field: str) -> None:
    path = write(tmp_path / "a.md", f"---\n{field}\n---\n# Phần một\n\n{FIRST}\n")
    (document,) = read_inputs([path])
    assert isinstance(document, Document)
    assert document.title == "Cán bộ trẻ: Về xã"
    assert document.paragraphs == ("Phần một", FIRST)


def test_html_in_pieces(tmp_path: Path) -> None:
    """Fragments and breaks instead of paragraphs."""
    write(tmp_path / "a.html", f"<p>{FIRST}</p><script>var x;</script><ul><li>Một.</li></ul>")
    write(
        tmp_path / "b.html",
        f"<html><body><div><h1>{TITLE}</h1><div>{FIRST}<br><br>{SECOND}<br/>"
        f"{FIRST.replace('14', '15')}</div></div></body></html>",
    )
    one, two = read_inputs([tmp_path])
    assert isinstance(one, Document)
    assert isinstance(two, Document)
    assert one.paragraphs == (FIRST, "- Một.")
    assert (two.title, two.paragraphs) == (TITLE, (FIRST, SECOND, FIRST.replace("14", "15")))


# --- whatever comes ----------------------------------------------------------------------------

FRAGMENTS = st.sampled_from(
    [
        b'{"text": "',
        b'"}\n',
        b"\n\n",
        b"text,title\n",
        b"<p>",
        b"</div>",
        b"# ",
        b"---\n",
        b"\xff\xfe",
    ]
    + [
        s.encode()
        for s in ("Ảnh: ", "Bình luận", "Tin liên quan\n", FIRST, "./.", "12/3/2018", "“")
    ]
)
BYTES = st.one_of(
    st.binary(max_size=200),
    st.text(max_size=200).map(lambda s: s.encode("utf-8", "surrogatepass")),
    st.lists(st.one_of(FRAGMENTS, st.binary(max_size=8)), max_size=20).map(b"".join),
)


@pytest.mark.parametrize("suffix", READERS)
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(content=BYTES)
def test_reading_never_fails(tmp_path: Path, suffix: str, content: bytes) -> None:
    path = tmp_path / f"a{suffix}"
    path.write_bytes(content)
    results = list(read_inputs([path]))
    assert results
    for result in results:
        if isinstance(result, InputError):
            assert result.error
            assert result.message
        else:
            assert result.paragraphs
            for paragraph in result.paragraphs:
                assert paragraph.strip()
                assert unicodedata.is_normalized("NFC", paragraph)
                paragraph.encode()
