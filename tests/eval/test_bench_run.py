"""The benchmark's documents, and one small run of the whole."""

import json
from itertools import islice

import pytest

from canbo.eval import bench_memory, random_models
from canbo.eval.bench_run import main
from canbo.eval.bench_texts import bench_documents


def test_later_rounds_repeat_no_paragraph():
    documents = list(islice(bench_documents(), 700))
    assert len({document.id for document in documents}) == 700
    first, rest = documents[:252], documents[252:]
    seen = {text for document in first for text in document.paragraphs}
    assert not any(text in seen for document in rest for text in document.paragraphs)


def test_the_second_round_has_other_sentence_order():
    documents = list(islice(bench_documents(), 700))
    ids = {document.id: document for document in documents}
    text = next(t for t in ids["0-0"].paragraphs if t.count(". ") >= 1)
    index = ids["0-0"].paragraphs.index(text)
    turned = ids["1-0"].paragraphs[index]
    assert turned.endswith("Số 1.") and sorted(turned.split()[:-2]) == sorted(text.split())
    assert turned.split()[:3] != text.split()[:3]


@pytest.mark.slow
def test_a_small_benchmark(tmp_path, capsys):
    path = tmp_path / "bench.json"
    arguments = "--documents 3 --repeats 1 --workers 0 --segmenters canbo --output"
    assert main([*arguments.split(), str(path)]) == 0
    record = json.loads(path.read_text(encoding="utf-8"))
    assert record["ratios"].keys() == {"plain script, canbo"}
    assert record["best"]["canbo run"]["counted"] > 0
    assert record["limits"]["model_alone"] > 0
    assert "one document" in capsys.readouterr().out


@pytest.mark.slow
@pytest.mark.parametrize(
    ("size", "constant", "small", "ratios"),
    [
        (
            "phobert-base",
            "_PHOBERT_BASE",
            {"hidden_size": 24, "num_hidden_layers": 1},
            {"plain script, canbo"},
        ),
        (
            "vit5-base",
            "_VIT5_BASE",
            {"d_model": 24, "d_kv": 2, "num_layers": 1},
            {"plain script", "canbo run, not exported"},
        ),
    ],
)
def test_random_models(tmp_path, monkeypatch, size, constant, small, ratios):
    pytest.importorskip("ctranslate2", reason="needs the ct2 extra")
    # The sizes that give the names take minutes.
    monkeypatch.setattr(random_models, constant, getattr(random_models, constant) | small)
    path = tmp_path / "bench.json"
    arguments = f"--random-size {size} --documents 2 --repeats 1 --workers 0 --segmenters canbo"
    assert main([*arguments.split(), "--output", str(path)]) == 0
    record = json.loads(path.read_text(encoding="utf-8"))
    assert record["ratios"].keys() == ratios
    assert record["exported"] == (size == "vit5-base")


@pytest.mark.slow
def test_memory_of_a_few_documents(capsys):
    assert bench_memory.main(["--documents", "70"]) == 0
    assert "70 documents" in capsys.readouterr().out
    assert bench_memory.main(["--documents", "1", "--limit", "0.01", "--no-models"]) == 1
