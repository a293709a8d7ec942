"""A classifier in ONNX gives PyTorch's logits; its folder says what it was made from."""

from __future__ import annotations

import json

import numpy as np
import pytest
import torch
from transformers import AutoModelForSequenceClassification

from canbo.cli import main
from canbo.models.classifier import ClassifierError
from canbo.models.classifier_export import export_onnx

for library in ("onnx", "onnxscript", "onnxruntime"):
    pytest.importorskip(library, reason="needs the onnx extra")


@pytest.fixture(scope="module")
def exported(random_classifier, tmp_path_factory):
    output = tmp_path_factory.mktemp("onnx") / "exported"
    assert (
        main(["export", str(random_classifier), "--format", "onnx", "--output", str(output)]) == 0
    )
    return output


@pytest.mark.parametrize(("rows", "tokens"), [(1, 3), (5, 21), (2, 256)])
def test_logits_are_those_of_transformers(random_classifier, exported, rows, tokens):
    import onnxruntime

    random = np.random.default_rng(rows)
    ids = random.integers(4, 1000, (rows, tokens))
    mask = np.ones_like(ids)
    mask[0, tokens // 2 + 1 :] = 0
    ids[mask == 0] = 1
    session = onnxruntime.InferenceSession(str(exported / "model.onnx"))
    (found,) = session.run(None, {"input_ids": ids, "attention_mask": mask})
    model = AutoModelForSequenceClassification.from_pretrained(random_classifier).eval()
    with torch.inference_mode():
        expected = model(torch.from_numpy(ids), torch.from_numpy(mask)).logits.numpy()
    np.testing.assert_allclose(found, expected, atol=1e-4, rtol=1e-4)


def test_the_folder_holds_what_its_user_needs(random_classifier, exported):
    names = {path.name for path in exported.iterdir()}
    assert names >= {"model.onnx", "onnx.json", "config.json", "tokenizer.json", "vocab.txt"}
    assert "model.safetensors" not in names
    record = json.loads((exported / "onnx.json").read_text(encoding="utf-8"))
    assert record["made_from"]["source"] == random_classifier.name
    assert record["largest_difference"] <= 1e-4 and record["paragraphs_compared"] == 17


def test_what_cannot_be_exported(random_classifier, exported, tmp_path):
    with pytest.raises(ClassifierError, match="is not empty"):
        export_onnx(str(random_classifier), exported)
    with pytest.raises(ClassifierError, match="is no folder"):
        export_onnx("vinai/phobert-base", tmp_path)


def test_onnx_has_no_quantization(random_classifier, tmp_path, capsys):
    arguments = ["--format", "onnx", "--quantization", "int8", "--output", str(tmp_path / "out")]
    assert main(["export", str(random_classifier), *arguments]) == 2
    assert "--quantization" in capsys.readouterr().err
