"""A classifier in ONNX gives PyTorch's logits; its folder says what it was made from."""

from __future__ import annotations

import json
import shutil

import numpy as np
import pytest
import torch
from transformers import AutoModelForSequenceClassification

from canbo.cli import main
from canbo.models.classifier import CONFIG_KEY, ClassifierError
from canbo.models.classifier_export import export_onnx

for library in ("onnx", "onnxscript", "onnxruntime"):
    pytest.importorskip(library, reason="needs the onnx extra")

LABELS = {0: "a", 1: "b", 2: "c"}
SEGMENTER = {CONFIG_KEY: {"segmenter": "canbo"}}


@pytest.fixture(scope="module")
def folder(tiny_phobert, tmp_path_factory):
    """A random multi-label PhoBERT."""
    torch.manual_seed(1)
    model = AutoModelForSequenceClassification.from_pretrained(
        tiny_phobert,
        num_labels=3,
        id2label=LABELS,
        label2id={label: index for index, label in LABELS.items()},
        problem_type="multi_label_classification",
    )
    for parameter in model.parameters():
        parameter.data += 0.3 * torch.randn_like(parameter)
    path = shutil.copytree(tiny_phobert, tmp_path_factory.mktemp("onnx") / "model")
    model.save_pretrained(path)
    config = json.loads((path / "config.json").read_text(encoding="utf-8"))
    (path / "config.json").write_text(json.dumps(config | SEGMENTER), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def exported(folder, tmp_path_factory):
    output = tmp_path_factory.mktemp("onnx") / "exported"
    assert main(["export", str(folder), "--format", "onnx", "--output", str(output)]) == 0
    return output


@pytest.mark.parametrize(("rows", "tokens"), [(1, 3), (5, 21), (2, 256)])
def test_logits_are_those_of_transformers(folder, exported, rows, tokens):
    import onnxruntime

    random = np.random.default_rng(rows)
    ids = random.integers(4, 1000, (rows, tokens))
    mask = np.ones_like(ids)
    mask[0, tokens // 2 + 1 :] = 0
    ids[mask == 0] = 1
    session = onnxruntime.InferenceSession(str(exported / "model.onnx"))
    (found,) = session.run(None, {"input_ids": ids, "attention_mask": mask})
    model = AutoModelForSequenceClassification.from_pretrained(folder).eval()
    with torch.inference_mode():
        expected = model(torch.from_numpy(ids), torch.from_numpy(mask)).logits.numpy()
    np.testing.assert_allclose(found, expected, atol=1e-4, rtol=1e-4)


def test_the_folder_holds_what_its_user_needs(folder, exported):
    names = {path.name for path in exported.iterdir()}
    assert names >= {"model.onnx", "onnx.json", "config.json", "tokenizer.json", "vocab.txt"}
    assert "model.safetensors" not in names
    record = json.loads((exported / "onnx.json").read_text(encoding="utf-8"))
    assert record["made_from"]["source"] == folder.name
    assert record["largest_difference"] <= 1e-4 and record["paragraphs_compared"] == 17


def test_what_cannot_be_exported(folder, exported, tmp_path):
    with pytest.raises(ClassifierError, match="is not empty"):
        export_onnx(str(folder), exported)
    with pytest.raises(ClassifierError, match="is no folder"):
        export_onnx("vinai/phobert-base", tmp_path)


def test_onnx_has_no_quantization(folder, tmp_path, capsys):
    arguments = ["--format", "onnx", "--quantization", "int8", "--output", str(tmp_path / "out")]
    assert main(["export", str(folder), *arguments]) == 2
    assert "--quantization" in capsys.readouterr().err
