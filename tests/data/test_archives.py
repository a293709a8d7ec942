"""Archives: their entries are read as files are, and nothing that is wrong with one is silent."""

from __future__ import annotations

import errno
import io
import json
import os
import struct
import tempfile
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZIP_LZMA, ZipFile, ZipInfo

import pytest

from canbo.data import archives
from canbo.data.documents import Document, InputError
from canbo.data.errors import MachineError
from canbo.data.readers import read_inputs

TITLE = "Cán bộ trẻ về xã"
FIRST = "Huyện Đông Lĩnh đưa 14 cán bộ trẻ về xã, bước đầu khắc phục tình trạng khép kín ở cơ sở."
ARTICLE = f"{TITLE}\n\n{FIRST}\n"


def packed(entries: dict[str, str | bytes], method: int = ZIP_DEFLATED) -> bytes:
    content = io.BytesIO()
    with ZipFile(content, "w", method) as archive:
        for name, value in entries.items():
            archive.writestr(name, value)
    return content.getvalue()


def results(path: Path, content: bytes) -> list[Document | InputError]:
    path.write_bytes(content)
    return list(read_inputs([path]))


def shown(results: list[Document | InputError], path: Path) -> list[tuple[str, str]]:
    """Place in the archive, and ``ok`` or the kind of error."""
    return [
        (
            r.source.removeprefix(str(path))
            + (f"#{r.line}" if isinstance(r, InputError) and r.line else ""),
            "ok" if isinstance(r, Document) else r.error,
        )
        for r in results
    ]


def test_entries_are_read_as_files_in_order_of_names(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    found = results(
        path,
        packed(
            {
                "b.txt": ARTICLE,
                "a/z.md": f"# {ARTICLE}",
                "a/ảnh/bài.html": f"<h1>{TITLE}</h1><p>{FIRST}</p>",
                "rows.jsonl": json.dumps({"id": "x", "text": FIRST}) + "\n{\n",
                "table.csv": f'text\n"{FIRST}"\n',
                "folder/": "",
                ".hidden/x.txt": ARTICLE,
                "__MACOSX/b.txt": ARTICLE,
                "a/.DS_Store": b"\0",
                "a/picture.png": b"\x89PNG",
                "empty.txt": "",
                "program.txt": b"\x7fELF\0\0\0",
            }
        ),
    )
    assert shown(found, path) == [
        ("!/a/picture.png", "unsupported"),
        ("!/a/z.md", "ok"),
        ("!/a/ảnh/bài.html", "ok"),
        ("!/b.txt", "ok"),
        ("!/empty.txt", "empty"),
        ("!/program.txt", "binary"),
        ("!/rows.jsonl#1", "ok"),
        ("!/rows.jsonl#2", "json"),
        ("!/table.csv#2", "ok"),
    ]
    assert [r.id for r in found if isinstance(r, Document)] == [
        "a.zip!/a/z.md",
        "a.zip!/a/ảnh/bài.html",
        "a.zip!/b.txt",
        "x",
        "a.zip!/table.csv:2",
    ]
    first = next(r for r in found if isinstance(r, Document))
    assert (first.title, first.paragraphs) == (TITLE, (FIRST,))


def test_archives_in_archives_one_level_deep(tmp_path: Path) -> None:
    innermost = packed({"x.txt": ARTICLE})
    inner = packed({"deep.zip": innermost, "y.txt": ARTICLE})
    path = tmp_path / "a.zip"
    found = results(path, packed({"in.zip": inner, "z.txt": ARTICLE}))
    assert shown(found, path) == [
        ("!/in.zip!/deep.zip", "limit"),
        ("!/in.zip!/y.txt", "ok"),
        ("!/z.txt", "ok"),
    ]


@pytest.mark.parametrize(
    "name", ["../../x.txt", "/x.txt", "a/../../x.txt", "C:\\x.txt", "..\\x.txt"]
)
def test_names_that_lead_out_are_errors_and_never_written(
    tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    inside = tmp_path / "one/two"
    inside.mkdir(parents=True)
    monkeypatch.setattr(tempfile, "tempdir", str(inside))
    monkeypatch.chdir(inside)
    path = tmp_path / "a.zip"
    found = results(path, packed({name: ARTICLE, "ok.txt": ARTICLE}))
    assert sorted(kind for _, kind in shown(found, path)) == ["entry_name", "ok"]
    assert [x for x in tmp_path.rglob("*") if x.is_file()] == [path]


def test_temporary_files_are_removed_when_reading_stops_early(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    path = tmp_path / "a.zip"
    path.write_bytes(packed({"rows.jsonl": "".join(f'{{"text": "Câu {i}."}}\n' for i in range(9))}))
    stream = read_inputs([path])
    next(stream)
    assert len(list(tmp_path.iterdir())) == 2
    stream.close()  # type: ignore[attr-defined]
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EMFILE, errno.ENOMEM])
def test_a_machine_that_cannot_go_on_is_no_fault_of_the_entry(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    """As an error line it would stay for ever, though there is room again."""

    def copy(*_: object) -> None:
        raise OSError(number, os.strerror(number))

    content = packed({"a.txt": ARTICLE})
    with monkeypatch.context() as patch:
        patch.setattr(archives, "copyfileobj", copy)
        with pytest.raises(MachineError, match="start the same command again"):
            results(tmp_path / "a.zip", content)
    assert [kind for _, kind in shown(results(tmp_path / "a.zip", content), tmp_path)] == ["ok"]


def test_other_errors_of_the_system_stay_the_entry_s(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def copy(*_: object) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr(archives, "copyfileobj", copy)
    (found,) = results(tmp_path / "a.zip", packed({"a.txt": ARTICLE}))
    assert isinstance(found, InputError) and found.error == "unreadable"


def test_no_temporary_folder_ends_the_reading(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On full disks tempfile says that there is no such file, as of an input that is gone."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "no-such-folder"))
    with pytest.raises(MachineError, match="TMPDIR"):
        results(tmp_path / "a.zip", packed({"a.txt": ARTICLE}))


def test_names_without_a_mark_for_utf8(tmp_path: Path) -> None:
    """macOS writes UTF-8 and does not say so; old programs write code page 437."""
    path = tmp_path / "a.zip"
    content = packed({"bai-xx.txt": ARTICLE, "caf-y.txt": ARTICLE})
    # Same lengths in bytes: "à" is two bytes in UTF-8, "é" is 0x82 in code page 437.
    content = content.replace(b"bai-xx", "bài-x".encode()).replace(b"caf-y", b"caf\x82y")
    assert [name for name, _ in shown(results(path, content), path)] == [
        "!/bài-x.txt",
        "!/caféy.txt",
    ]


def test_encrypted_links_and_unusual_entries(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    content = packed({"a.txt": ARTICLE})
    flags = content.index(b"PK\x01\x02") + 8
    assert shown(results(path, content[:flags] + b"\x01\x00" + content[flags + 2 :]), path) == [
        ("!/a.txt", "encrypted")
    ]
    link = ZipInfo("b.txt")
    link.external_attr = 0o120777 << 16
    stream = io.BytesIO()
    with ZipFile(stream, "w") as archive:
        archive.writestr(link, "/etc/passwd")
    assert shown(results(path, stream.getvalue()), path) == [("!/b.txt", "unreadable")]
    lzma = packed({"c.txt": ARTICLE}, ZIP_LZMA)
    assert shown(results(path, lzma), path) == [("!/c.txt", "zip")]


def test_damaged_archives_and_entries(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    content = packed({"a.txt": ARTICLE * 50, "b.txt": ARTICLE})
    assert shown(results(path, content[:-30]), path) == [("", "zip")]
    assert shown(results(path, b"PK\x03\x04 no"), path) == [("", "zip")]
    assert shown(results(path, packed({})), path) == [("", "empty")]
    assert shown(results(path, packed({"a/": "", ".x.txt": "x"})), path) == [("", "empty")]
    damaged = content[:60] + b"\xff\xff\xff" + content[63:]
    assert shown(results(path, damaged), path) == [("!/a.txt", "zip"), ("!/b.txt", "ok")]


def test_a_bomb_is_not_unpacked_and_the_rest_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    stream = io.BytesIO()
    with ZipFile(stream, "w", ZIP_DEFLATED) as archive:
        archive.writestr("a.txt", ARTICLE)
        with archive.open("b.txt", "w") as entry:
            for _ in range(300):
                entry.write(b"\0" * (1 << 20))
        archive.writestr("c.txt", ARTICLE)
    assert len(stream.getvalue()) < 1 << 20
    assert shown(results(path, stream.getvalue()), path) == [
        ("!/a.txt", "ok"),
        ("!/b.txt", "limit"),
        ("!/c.txt", "ok"),
    ]


def test_an_entry_that_lies_about_its_size_gives_no_more_than_it_says(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    content = bytearray(packed({"a.txt": ARTICLE * 1_000}))
    directory = content.index(b"PK\x01\x02")
    content[directory + 24 : directory + 28] = struct.pack("<I", 100)
    assert shown(results(path, bytes(content)), path) == [("!/a.txt", "zip")]


def test_archives_share_one_budget_with_those_in_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two of three entries fit, in whatever archive they are."""
    long = ARTICLE * 20
    inner = packed({"x.txt": long})
    monkeypatch.setattr(archives, "MAX_RATIO", 0)
    monkeypatch.setattr(archives, "FREE_BYTES", 2 * len(long.encode()) + len(inner))
    path = tmp_path / "a.zip"
    found = results(path, packed({"a.txt": long, "b.zip": inner, "c.txt": long}))
    assert shown(found, path) == [("!/a.txt", "ok"), ("!/b.zip!/x.txt", "ok"), ("!/c.txt", "limit")]


def test_too_many_entries(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "MAX_ENTRIES", 2)
    path = tmp_path / "a.zip"
    assert shown(results(path, packed(dict.fromkeys("abc", ""))), path) == [("", "limit")]
