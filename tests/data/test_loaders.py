import json
from collections.abc import Iterable
from pathlib import Path

import pytest

from canbo.data.loaders import ThemeDataError, load_theme_data, read_labelled_paragraphs
from canbo.data.themes import Theme, ThemeScheme

SCHEME = ThemeScheme(
    name="two",
    themes=tuple(
        Theme(
            id=theme_id,
            name={"vi": theme_id, "en": theme_id},
            color="#000000",
            definition={"vi": theme_id, "en": theme_id},
            pattern="x",
        )
        for theme_id in ("river", "road")
    ),
)


def write(path: Path, *rows: object) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def row(
    paragraph_id: str, text: str = "Con đường ven sông.", labels: Iterable[str] = (), **more: object
):
    return {"id": paragraph_id, "text": text, "labels": list(labels), **more}


def test_labels_become_multi_hot_vectors_in_the_order_of_the_scheme(tmp_path: Path) -> None:
    first = write(tmp_path / "first.jsonl", row("p1", labels=["road"], article="a1"), row("p2"))
    second = write(tmp_path / "second.jsonl", row("p3", labels=["road", "river"]))
    test = write(tmp_path / "test.jsonl", row("p4", labels=["river"]))

    data = load_theme_data({"train": [first, second], "test": [test]}, SCHEME)

    assert list(data) == ["train", "test"]
    assert data["train"]["labels"][:] == [[0.0, 1.0], [0.0, 0.0], [1.0, 1.0]]
    assert data["train"]["id"][:] == ["p1", "p2", "p3"]
    assert data["train"]["article"][:] == ["a1", "p2", "p3"]
    assert data["train"]["source"][:] == [f"{first}:1", f"{first}:2", f"{second}:1"]
    assert data["test"]["labels"][:] == [[1.0, 0.0]]
    feature = data["train"].features["labels"]
    assert (feature.feature.dtype, feature.length) == ("float32", 2)


def test_text_is_composed_as_the_document_readers_compose_it(tmp_path: Path) -> None:
    decomposed = "ca\u0301n bo\u0323\u0302"  # cán bộ
    path = write(tmp_path / "nfd.jsonl", row("p1", text=decomposed))

    (paragraph,) = read_labelled_paragraphs(path, SCHEME)

    assert paragraph.text == "c\u00e1n b\u1ed9"


def test_blank_lines_are_passed_over_but_counted(tmp_path: Path) -> None:
    path = tmp_path / "gaps.jsonl"
    path.write_text("\n" + json.dumps(row("p1")) + "\n\n", encoding="utf-8")

    assert [p.source for p in read_labelled_paragraphs(path, SCHEME)] == [f"{path}:2"]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (b'{"id": "p2", "text": "a", "labels": ["canal"]}', "unknown label 'canal'.*river, road"),
        (b'{"id": "p2", "text": "a", "labels": [["road"]]}', "unknown label"),
        (b'{"id": "p2", "text": "a", "labels": "road"}', "'labels' must be a list"),
        (b'{"id": "p2", "text": "a"}', "'labels' must be a list"),
        (b'{"id": "p2", "labels": []}', "'text' must be a non-empty string"),
        (b'{"id": "p2", "text": " \\n", "labels": []}', "'text' must be a non-empty string"),
        (b'{"id": 2, "text": "a", "labels": []}', "'id' must be a non-empty string"),
        (b'{"id": "p2", "article": 1, "text": "a", "labels": []}', "'article' must be"),
        (b'{"id": "p2", "text": "a", "labels": []', "not valid JSON"),
        (b'["p2"]', "must be a JSON object"),
        (b'{"id": "p2", "text": "\xf0\x28", "labels": []}', "not UTF-8"),
        (b'{"id": "p1", "text": "a", "labels": []}', "id 'p1' already stands at .*bad.jsonl:1"),
    ],
)
def test_errors_name_file_and_line(tmp_path: Path, line: bytes, message: str) -> None:
    path = tmp_path / "bad.jsonl"
    path.write_bytes(json.dumps(row("p1")).encode() + b"\n" + line + b"\n")

    with pytest.raises(ThemeDataError, match=r"bad\.jsonl:2: .*" + message):
        load_theme_data({"train": [path]}, SCHEME)


def test_an_id_may_not_stand_in_two_splits(tmp_path: Path) -> None:
    train = write(tmp_path / "train.jsonl", row("p1"), row("p2"))
    test = write(tmp_path / "test.jsonl", row("p2"))

    with pytest.raises(ThemeDataError, match=r"test\.jsonl:1: id 'p2' .*train\.jsonl:2"):
        load_theme_data({"train": [train], "test": [test]}, SCHEME)


def test_a_split_without_paragraphs_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ThemeDataError, match=r"split 'train'.*empty\.jsonl"):
        load_theme_data({"train": [write(tmp_path / "empty.jsonl")]}, SCHEME)
