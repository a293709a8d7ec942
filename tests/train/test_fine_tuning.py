"""Losses, learning rates by layer and averaged weights of the classifier's training."""

import json
import math
import shutil
from types import SimpleNamespace

import pytest
import torch
from safetensors.torch import load_file, save_file

from canbo.train.arguments import ConfigError
from canbo.train.classifier import main
from canbo.train.fine_tuning import (
    FineTuningArguments,
    _disagreement,
    average_checkpoints,
    check_fine_tuning,
    optimizer_groups,
    positive_weights,
    theme_loss,
)

LOGITS = torch.tensor([[2.0, -1.0], [-3.0, 0.5]])
LABELS = torch.tensor([[1.0, 0.0], [0.0, 0.7]])


def sigmoid(x):
    return 1 / (1 + math.exp(-x))


def test_at_its_defaults_the_loss_is_binary_cross_entropy_also_of_soft_labels():
    expected = torch.nn.functional.binary_cross_entropy_with_logits(LOGITS, LABELS)
    assert theme_loss(LOGITS, LABELS, FineTuningArguments()).item() == pytest.approx(
        expected.item()
    )


def test_focal_loss_of_one_present_and_one_absent_theme():
    settings = FineTuningArguments(focus_positive=2.0, focus_negative=2.0)
    sure, wrong = sigmoid(2.0), sigmoid(1.0)  # 0.88 of a present theme, 0.73 of an absent one
    expected = -((1 - sure) ** 2 * math.log(sure) + wrong**2 * math.log(1 - wrong)) / 2
    loss = theme_loss(torch.tensor([[2.0, 1.0]]), torch.tensor([[1.0, 0.0]]), settings)
    assert loss.item() == pytest.approx(expected, rel=1e-5)


def test_absent_themes_below_the_margin_do_not_count():
    settings = FineTuningArguments(negative_margin=0.1, focus_negative=1.0)
    nothing = theme_loss(torch.tensor([[-3.0]]), torch.zeros(1, 1), settings)  # probability 0.047
    assert nothing.item() == 0.0
    above = theme_loss(torch.tensor([[0.0]]), torch.zeros(1, 1), settings)
    assert above.item() == pytest.approx(-0.4 * math.log(1 - 0.4), rel=1e-5)  # 0.5 less 0.1


def test_rare_themes_weigh_more():
    labels = torch.tensor([[1.0, 1.0], [0.0, 1.0], [0.0, 0.0], [0.0, 0.0], [0.0, 1.0]])
    assert positive_weights(labels, 0.0) is None
    assert positive_weights(labels, 1.0).tolist() == pytest.approx([4.0, 2 / 3])
    assert positive_weights(labels, 0.5).tolist() == pytest.approx([2.0, math.sqrt(2 / 3)])
    one, weighted = (
        theme_loss(torch.zeros(1, 1), torch.ones(1, 1), FineTuningArguments(), weights).item()
        for weights in (None, torch.tensor([4.0]))
    )
    assert weighted == pytest.approx(4 * one)


def test_two_passes_that_agree_are_not_punished():
    assert _disagreement(torch.cat([LOGITS, LOGITS])).item() == 0.0
    p, q = 0.9, 0.4
    divergences = sum(
        a * math.log(a / b) + (1 - a) * math.log((1 - a) / (1 - b)) for a, b in ((p, q), (q, p))
    )
    passes = torch.logit(torch.tensor([[p], [q]]))
    assert _disagreement(passes).item() == pytest.approx(divergences / 2, rel=1e-5)


def test_every_layer_below_learns_slower(tiny_phobert):
    from transformers import AutoModelForSequenceClassification

    model = AutoModelForSequenceClassification.from_pretrained(tiny_phobert)
    arguments = SimpleNamespace(learning_rate=1.0, weight_decay=0.01)
    names = {id(parameter): name for name, parameter in model.named_parameters()}
    decayed = [name for name in names.values() if name.endswith("dense.weight")]
    groups = optimizer_groups(model, arguments, 0.5, decayed)
    rates = {names[id(p)]: group["lr"] for group in groups for p in group["params"]}
    assert rates.keys() == set(names.values())
    assert rates["classifier.dense.weight"] == 1.0
    assert rates["roberta.encoder.layer.1.output.dense.weight"] == 0.5
    assert rates["roberta.encoder.layer.0.output.dense.weight"] == 0.25
    assert rates["roberta.embeddings.word_embeddings.weight"] == 0.125
    decays = {names[id(p)] for group in groups if group["weight_decay"] for p in group["params"]}
    assert decays == set(decayed)


def test_weights_are_the_mean_of_the_last_checkpoints(tmp_path):
    for step, value in ((2, 100.0), (9, 1.0), (10, 4.0)):
        folder = tmp_path / f"checkpoint-{step}"
        folder.mkdir()
        save_file({"weight": torch.full((1, 2), value)}, folder / "model.safetensors")
    model = torch.nn.Linear(2, 1, bias=False)
    assert average_checkpoints(model, tmp_path, 2) == ["checkpoint-9", "checkpoint-10"]
    assert model.weight.tolist() == [[2.5, 2.5]]


def test_what_cannot_work_is_refused():
    arguments = SimpleNamespace(load_best_model_at_end=False, save_total_limit=2)
    with pytest.raises(ConfigError, match="needs load_best_model_at_end"):
        check_fine_tuning(FineTuningArguments(early_stopping_patience=3), arguments)
    with pytest.raises(ConfigError, match="save_total_limit keeps 2"):
        check_fine_tuning(FineTuningArguments(average_checkpoints=3), arguments)


@pytest.fixture
def config(tmp_path, tiny_phobert, request):
    """A run of a few steps on 24 shipped paragraphs, without dropout."""
    lines = (
        (request.config.rootpath / "data/canbo-themes/paragraphs/train.jsonl")
        .read_text(encoding="utf-8")
        .splitlines()[:24]
    )
    train, validation = tmp_path / "train.jsonl", tmp_path / "validation.jsonl"
    train.write_text("\n".join(lines[:16]), encoding="utf-8")
    validation.write_text("\n".join(lines[16:]), encoding="utf-8")
    model = shutil.copytree(tiny_phobert, tmp_path / "model")
    settings = json.loads((model / "config.json").read_text())
    settings |= {"hidden_dropout_prob": 0.0, "attention_probs_dropout_prob": 0.0}
    (model / "config.json").write_text(json.dumps(settings))
    path = tmp_path / "config.yaml"
    path.write_text(
        f"model_name_or_path: {model}\ntrain_files: [{train}]\nvalidation_files: [{validation}]\n"
        "classifier_dropout: 0.0\nlearning_rate: 0.001\nmax_steps: 2\nlogging_steps: 1\n"
        "eval_strategy: steps\neval_steps: 1\nsave_strategy: steps\nsave_steps: 1\n"
        "load_best_model_at_end: true\nmetric_for_best_model: macro_f1\nuse_cpu: true\n"
        "report_to: none\nper_device_train_batch_size: 8\n"
    )
    return path


def run(config, output, *more):
    assert (
        main(
            [str(config), "--output_dir", str(output), "--final_dir", str(output / "final"), *more]
        )
        == 0
    )
    state = json.loads((output / "final" / "trainer_state.json").read_text())
    return [entry for entry in state["log_history"] if "grad_norm" in entry]


def test_accumulated_gradients_are_those_of_one_large_batch(config, tmp_path):
    whole = run(config, tmp_path / "whole")
    halves = run(
        config,
        tmp_path / "halves",
        *("--per_device_train_batch_size", "4", "--gradient_accumulation_steps", "2"),
    )
    assert halves[0]["grad_norm"] == pytest.approx(whole[0]["grad_norm"], rel=1e-3)


def test_all_of_it_together_trains_and_is_recorded(config, tmp_path):
    output = tmp_path / "out"
    run(
        config,
        output,
        *("--layerwise_lr_decay", "0.9", "--focus_positive", "1", "--focus_negative", "2"),
        *("--negative_margin", "0.05", "--positive_weight_power", "0.5", "--r_drop", "1"),
        *("--token_dropout", "0.1", "--average_checkpoints", "2"),
        *("--early_stopping_patience", "1"),
    )
    record = json.loads((output / "final" / "training.json").read_text())
    assert record["config"]["r_drop"] == 1.0
    assert 0 <= record["results"]["validation"]["mean_average_precision"] <= 1
    final = load_file(output / "final" / "model.safetensors")
    one, two = (load_file(output / f"checkpoint-{n}" / "model.safetensors") for n in (1, 2))
    name = "classifier.out_proj.weight"
    assert torch.allclose(final[name].float(), (one[name] + two[name]) / 2, atol=1e-3)
    assert not torch.equal(one[name], two[name])
