"""Lines that are no UTF-8, no JSON or no object are named with the remedy, whoever reads them."""

import json
from pathlib import Path

import pytest

from canbo.data.errors import UserError
from canbo.data.jsonl import read_jsonl
from canbo.data.loaders import read_labelled_paragraphs
from canbo.data.located import read_located_labels
from canbo.data.summaries import read_summaries
from canbo.data.themes import load_theme_scheme

GOOD = '{"text": "Huyện cử cán bộ."}\n'.encode()


class MineError(UserError):
    pass


def written(folder: Path, raw: bytes) -> Path:
    path = folder / "a.jsonl"
    path.write_bytes(raw)
    return path


def test_blank_lines_are_counted_and_passed_over(tmp_path: Path) -> None:
    path = written(tmp_path, b'{"a": 1}\r\n\n \t\r\n{"a": 2}')
    assert list(read_jsonl(path)) == [(1, {"a": 1}), (4, {"a": 2})]


def test_only_a_line_feed_ends_a_line(tmp_path: Path) -> None:
    # What str.splitlines takes for line ends, and a carriage return between the fields.
    row = {"a": "một\u2028hai\x85ba\x0cbốn"}
    path = written(tmp_path, json.dumps(row, ensure_ascii=False).encode() + b'\n{"b":\r 2}\n')
    assert list(read_jsonl(path)) == [(1, row), (2, {"b": 2})]


def test_a_byte_order_mark_is_passed_over(tmp_path: Path) -> None:
    path = written(tmp_path, b"\xef\xbb\xbf" + GOOD)
    assert list(read_jsonl(path)) == [(1, {"text": "Huyện cử cán bộ."})]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (
            b'{"text": "x"',
            "not valid JSON: Expecting ',' delimiter (character 13 of the line); "
            "write one JSON object on each line",
        ),
        (b"[" * 100_000, "not valid JSON: nested too deeply; write one JSON object on each line"),
        (b"9" * 5_000, "not valid JSON: Exceeds the limit"),
        (b'["x"]', "must be a JSON object; write one JSON object on each line"),
        (b"null", "must be a JSON object; write one JSON object on each line"),
        ('{"text": "Café"}'.encode("latin-1"), "not UTF-8 (byte 14 of the line); save the file as"),
        # ASCII letters alone are UTF-8 with zero bytes between them.
        (
            '{"text": "x"}'.encode("utf-16-le"),
            "not UTF-8 (zero bytes, as in UTF-16); save the file",
        ),
        (
            '{"text": "x"}'.encode("utf-16-be"),
            "not UTF-8 (zero bytes, as in UTF-16); save the file",
        ),
        (
            '{"text": "x"}'.encode("utf-16"),
            "not UTF-8 (byte 1 of the line); save the file as UTF-8",
        ),
    ],
)
def test_a_faulty_line_is_named_with_the_remedy(tmp_path: Path, line: bytes, message: str) -> None:
    path = written(tmp_path, GOOD + b"\n" + line + b"\n" + GOOD)
    rows = read_jsonl(path, MineError)
    assert next(rows)[0] == 1
    with pytest.raises(MineError) as caught:
        next(rows)
    assert str(caught.value).startswith(f"{path}:3: {message}")


@pytest.mark.parametrize("line", [b"{", b"[]", b"\xff"])
def test_a_remedy_of_ones_own_stands_in_its_place(tmp_path: Path, line: bytes) -> None:
    with pytest.raises(UserError, match=r"a\.jsonl:1: .*[^;]; run it again$"):
        list(read_jsonl(written(tmp_path, line), remedy="run it again"))


READERS = {
    "labelled paragraphs": lambda path: read_labelled_paragraphs(path, load_theme_scheme()),
    "located labels": read_located_labels,
    "summaries": read_summaries,
}


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (b"\n{", r"2: not valid JSON: .*; write one JSON object on each line$"),
        (b"\n[" + b"[" * 100_000, r"2: not valid JSON: nested too deeply; write one"),
        (b"\n7", r"2: .*; write one JSON object on each line$"),
        (b'\n{"id": "\xe9"}', r"2: not UTF-8 .*; save the file as UTF-8$"),
        ('{"id": "é"}\n'.encode("utf-16"), r"1: not UTF-8 .*; save the file as UTF-8$"),
    ],
)
def test_every_reader_names_file_line_and_remedy(
    tmp_path: Path, reader: str, raw: bytes, message: str
) -> None:
    with pytest.raises(UserError, match=rf"a\.jsonl:{message}"):
        list(READERS[reader](written(tmp_path, raw)))
