from __future__ import annotations

import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from canbo.cli import main
from canbo.data.located import LocatedLabelsError, join_texts, read_located_labels


@pytest.fixture
def corpus(tmp_path):
    for split, first in (("train", "Điều_động cán_bộ ."), ("test", "Đánh_giá đảng_viên .")):
        rows = {
            "id": ["000001", "000002"],
            "title": ["Một", "Hai"],
            "abstract": ["Một", "Hai"],
            "body": [f"{first}\nCâu hai .\nCâu ba .", "Câu khác ."],
        }
        pq.write_table(pa.table(rows), tmp_path / f"{split}.parquet")
    return tmp_path


def _labels(folder, *rows):
    path = folder / "labels.jsonl"
    lines = [json.dumps(row) if isinstance(row, dict) else row for row in rows]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def _row(**changes):
    row = {"id": "a", "split": "train", "article": "000001", "first": 0, "last": 2, "labels": []}
    return row | changes


def test_text_comes_from_the_named_sentences_of_the_named_split(corpus):
    path = _labels(
        corpus,
        _row(id="b", split="test", last=1, labels=["evaluation"]),
        _row(labels=["rotation"]),
    )
    assert list(join_texts(read_located_labels(path), corpus)) == [
        {
            "id": "b",
            "article": "vietnews/test/000001",
            "text": "Đánh giá đảng viên.",
            "labels": ["evaluation"],
        },
        {
            "id": "a",
            "article": "vietnews/train/000001",
            "text": "Điều động cán bộ. Câu hai.",
            "labels": ["rotation"],
        },
    ]


@pytest.mark.parametrize(
    "change", [{"article": "000009"}, {"last": 4}, {"first": 2, "last": 2}, {"first": -1}]
)
def test_a_place_that_the_corpus_lacks_is_named(corpus, change):
    path = _labels(corpus, _row(), _row(**change))
    with pytest.raises(LocatedLabelsError, match=r"labels\.jsonl:2"):
        list(join_texts(read_located_labels(path), corpus))


@pytest.mark.parametrize(
    "line", ["no json", "[]", '{"id": "a"}', json.dumps(_row(labels="rotation"))]
)
def test_a_line_of_another_form_is_named(corpus, line):
    with pytest.raises(LocatedLabelsError, match=r"labels\.jsonl:2"):
        read_located_labels(_labels(corpus, _row(), line))


def test_a_file_that_is_no_utf8_is_one_line(corpus, capsys):
    path = corpus / "labels.jsonl"
    path.write_bytes(b'{"id": "\xe9"}\n')
    asked = ["data", "join", str(path), "--corpus", str(corpus), "--output", "unwritten.jsonl"]
    assert main(asked) == 2
    assert "labels.jsonl:1" in capsys.readouterr().err


def test_the_command_writes_labelled_paragraphs(corpus, capsys):
    path = _labels(corpus, _row(labels=["rotation"]))
    output = corpus / "out" / "real.jsonl"
    asked = ["data", "join", str(path), "--corpus", str(corpus), "--output", str(output)]
    assert main(asked) == 0
    (row,) = map(json.loads, output.read_text(encoding="utf-8").splitlines())
    assert row["text"] == "Điều động cán bộ. Câu hai."
    assert "1 paragraphs" in capsys.readouterr().out
    assert main(["data", "validate", str(output)]) == 0
    assert main(asked) == 2  # there already


def test_shipped_labels_fit_the_corpus(shared):
    from pathlib import Path

    folder = Path(__file__).parents[2] / "data" / "vietnews-themes"
    labels = read_located_labels(folder / "test.jsonl")
    joined = {row["id"]: row for row in join_texts(labels, shared / "vietnews")}
    given = {}
    for line in (shared / "themes/real/test.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        given[row["id"]] = row
    assert joined.keys() == given.keys()
    for name, row in joined.items():
        assert row["labels"] == given[name]["labels"]
        letters = [c for c in row["text"] if c.isalnum()]
        assert letters == [c for c in given[name]["text"] if c.isalnum()]
