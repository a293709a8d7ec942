"""Articles with abstracts: what is wrong with a file is said in one line; samples of them."""

import json
import random

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml

from canbo.cli import main
from canbo.data import vietnews
from canbo.data.errors import UserError
from canbo.data.summaries import SummaryDataError, read_summaries, sample_summaries
from canbo.data.vietnews import read_ids

ARTICLE = {
    "id": "a1",
    "title": "Café Khe Xanh",
    "text": "Xã Khe Xanh có 3 cán bộ mới.",
    "abstract": "Xã Khe Xanh có 3 cán bộ mới.",
}


def told(folder, encoding):
    path = folder / "articles.jsonl"
    line = json.dumps(ARTICLE, ensure_ascii=False) + "\n"
    path.write_bytes((line * 2).encode(encoding, "replace"))
    return path, f"{path}:1: not UTF-8"


@pytest.fixture
def config(tmp_path):
    def written(settings):
        path = tmp_path / "config.yaml"
        path.write_text(yaml.safe_dump(settings), encoding="utf-8")
        return str(path)

    return written


@pytest.mark.parametrize("encoding", ["latin-1", "utf-16", "utf-16-le"])
def test_evaluation_on_a_file_that_is_not_utf8_is_one_line(config, tmp_path, encoding, capsys):
    path, message = told(tmp_path, encoding)
    dataset = {"name": "mine", "file": str(path), "group": "real", "text": "hide"}
    settings = {"kind": "abstracts", "baselines": ["lead-1"], "datasets": [dataset]}
    settings["models"] = [{"name": "shipped", "source": "embedded"}]
    assert main(["evaluate", config(settings), "--output", str(tmp_path / "out")]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert message in line and line.endswith("save the file as UTF-8")


@pytest.mark.parametrize("encoding", ["latin-1", "utf-16", "utf-16-le"])
def test_a_fit_on_a_file_that_is_not_utf8_is_one_line(config, tmp_path, encoding, capsys):
    path, message = told(tmp_path, encoding)
    settings = {"train_file": str(path), "validation_file": str(path)}
    settings["output_dir"] = str(tmp_path / "out")
    assert main(["train", "extractive", config(settings)]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert message in line and line.endswith("save the file as UTF-8")


def test_a_title_that_is_no_text_is_told(tmp_path):
    path = tmp_path / "articles.jsonl"
    path.write_text(json.dumps(ARTICLE | {"title": 12}), encoding="utf-8")
    with pytest.raises(SummaryDataError, match=r"articles\.jsonl:1: 'title' must be a string"):
        list(read_summaries(path))


def test_a_list_of_ids_that_is_no_text_is_told(tmp_path):
    path = tmp_path / "ids.txt"
    path.write_bytes(b"\xff\xfe0\x00")
    with pytest.raises(UserError, match=r"ids\.txt: not UTF-8; name a text file of article ids"):
        read_ids(path)


def corpus(folder, kind):
    """Ten articles; their ids are not in order, so that the file's order is told from theirs."""
    ids = [f"{7 * number % 10:06d}" for number in range(10)]
    path = folder / f"articles.{kind}"
    if kind == "parquet":
        columns = {name: [f"{name} {one}" for one in ids] for name in ("title", "abstract", "body")}
        pq.write_table(pa.table({"id": ids, **columns}), path)
    else:
        rows = [{"id": one, "text": f"body {one}", "abstract": f"abstract {one}"} for one in ids]
        path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


@pytest.mark.parametrize("kind", ["parquet", "jsonl"])
def test_a_sample_is_one_of_the_whole_file_in_the_order_drawn(tmp_path, kind):
    path = corpus(tmp_path, kind)
    whole = list(read_summaries(path))
    assert sample_summaries(path, 4, random.Random(3)) == random.Random(3).sample(whole, 4)
    assert sample_summaries(path, 11, random.Random(3)) == random.Random(3).sample(whole, 10)

    left_out = frozenset({"000001", "000007"})
    rest = [example for example in whole if example.document.id not in left_out]
    assert len(rest) == 8
    drawn = sample_summaries(path, 6, random.Random(3), left_out)
    assert drawn == random.Random(3).sample(rest, 6)


def test_of_a_corpus_only_the_sample_is_detokenized(tmp_path, monkeypatch):
    seen = []
    monkeypatch.setattr(vietnews, "detokenize", lambda text: seen.append(text) or text)
    sample = sample_summaries(corpus(tmp_path, "parquet"), 3, random.Random(3))
    assert len(sample) == 3
    assert len(seen) == 3 * 3  # title, abstract and the one sentence of each
