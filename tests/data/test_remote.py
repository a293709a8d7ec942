"""Inputs by URI: what they give is what the same files give by path, but for the names."""

import tempfile
from dataclasses import replace

import pytest

from canbo.data.documents import Document, InputError
from canbo.data.errors import MachineError
from canbo.data.readers import read_inputs
from canbo.data.remote import copy_out, is_uri

PAGE = "Ông Lê Văn Tám được luân chuyển về xã Đồng Mía để giữ chức bí thư đảng ủy xã.\n"


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "in"
    (folder / "b").mkdir(parents=True)
    (folder / "a.txt").write_text(PAGE, encoding="utf-8")
    (folder / "a-1.txt").write_text(PAGE, encoding="utf-8")
    (folder / ".hidden.txt").write_text(PAGE, encoding="utf-8")
    (folder / "b" / "rows.jsonl").write_text(
        '{"id": "r1", "paragraphs": ["Tin."]}\n[]]\n{"id": "r1", "paragraphs": ["Tin."]}\n'
        '{"paragraphs": ["Tin khác."]}\n',
        encoding="utf-8",
    )
    (folder / "b" / "page.exe").write_bytes(b"MZ")
    (folder / "b" / "broken.pdf").write_bytes(b"%PDF-1.4\n")
    (folder / "b" / "empty.pdf").touch()
    return folder


def by_path(item, uri, folder):
    """An item that was read by URI, as it would be named by path."""

    def path(name):
        return name.replace(uri, str(folder))

    if isinstance(item, Document):
        return replace(item, id=path(item.id), source=path(item.source))
    return replace(item, source=path(item.source))


def test_a_folder(folder):
    uri = folder.as_uri()
    remote = list(read_inputs([uri]))
    assert remote[0].id == "a-1.txt" and remote[0].source == f"{uri}/a-1.txt"
    assert remote[-1].source == f"{uri}/b/rows.jsonl#4"
    assert [by_path(item, uri, folder) for item in remote] == list(read_inputs([folder]))


def test_a_file_and_the_same_again(folder):
    uri = (folder / "a.txt").as_uri()
    document, error = read_inputs([uri, uri])
    assert (document.id, document.source) == ("a.txt", uri)
    assert (error.error, error.source) == ("duplicate_id", uri)


def test_without_a_temporary_folder_the_work_ends(folder, tmp_path, monkeypatch):
    """As a line of the file it would stay when there is room again."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "no-such-folder"))
    with pytest.raises(MachineError, match="TMPDIR"):
        list(read_inputs([folder.as_uri()]))


def test_what_is_not_there(folder):
    uri = (folder / "nothing").as_uri()
    (error,) = read_inputs([uri])
    assert isinstance(error, InputError)
    assert (error.error, error.source) == ("not_found", uri)


def test_a_file_system_that_nobody_knows():
    (error,) = read_inputs(["gopher://host/in"])
    assert (error.error, error.source) == ("unreadable", "gopher://host/in")
    assert "gopher" in error.message


@pytest.mark.parametrize(
    ("name", "expected"),
    [("s3://bucket/in", True), ("hdfs://host:8020/in", True), ("a/b.txt", False), ("C:/a", False)],
)
def test_which_names_are_uris(name, expected):
    assert is_uri(name) is expected


def test_files_are_copied_out(folder, tmp_path):
    target = tmp_path / "new" / "out"
    copy_out([folder / "a.txt", folder / "b" / "page.exe"], f"{target.as_uri()}/")
    assert {path.name for path in target.iterdir()} == {"a.txt", "page.exe"}
    assert (target / "a.txt").read_text(encoding="utf-8") == PAGE


def test_where_nothing_can_be_copied_to(folder, tmp_path):
    (tmp_path / "file").touch()
    uri = f"{(tmp_path / 'file').as_uri()}/out"
    with pytest.raises(OSError, match="cannot make the folder file://"):
        copy_out([folder / "a.txt"], uri)
