from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from canbo.data.provenance import ARTICLES_FILE, recorded_articles
from canbo.data.themes import load_theme_scheme
from canbo.eval.leakage import TestText, find_seen, seen_in_training
from canbo.models.classifier import ThemeClassifier
from canbo.train.arguments import ConfigError
from canbo.train.classifier import (
    DataArguments,
    ModelArguments,
    _load_data,
    _load_model,
    main,
)

REPOSITORY = Path(__file__).parents[2]
DATA = REPOSITORY / "data/canbo-themes/paragraphs"


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """A few shipped paragraphs for each split."""
    folder = tmp_path_factory.mktemp("data")
    for split, count in (("train", 48), ("validation", 24), ("test", 24)):
        lines = (DATA / f"{split}.jsonl").read_text(encoding="utf-8").splitlines()[:count]
        (folder / f"{split}.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder


def _arguments(files, model, output, config="phobert-base"):
    return [
        str(REPOSITORY / "configs" / "classifier" / f"{config}.yaml"),
        *("--model_name_or_path", str(model)),
        *("--train_files", str(files / "train.jsonl")),
        *("--validation_files", str(files / "validation.jsonl")),
        *("--test_files", str(files / "test.jsonl")),
        *("--output_dir", str(output)),
        *("--final_dir", str(output / "final")),
        *("--learning_rate", "0.01", "--warmup_steps", "0"),
        *("--max_steps", "4", "--eval_strategy", "steps", "--eval_steps", "2"),
        *("--save_strategy", "steps", "--save_steps", "2"),
        *("--gradient_accumulation_steps", "1", "--report_to", "none", "--disable_tqdm", "True"),
        *("--dataloader_pin_memory", "False"),
    ]


@pytest.fixture(scope="module")
def trained(files, tiny_phobert, tmp_path_factory):
    output = tmp_path_factory.mktemp("run")
    assert main(_arguments(files, tiny_phobert, output)) == 0
    return output


@pytest.mark.parametrize("config", ["embedded", "phobert-large"])
def test_the_other_configs_run_the_same_script(config, files, tiny_phobert, tmp_path):
    assert main(_arguments(files, tiny_phobert, tmp_path, config)) == 0


def test_the_result_is_a_stock_checkpoint_in_half_precision(trained):
    final = trained / "final"
    weights = load_file(final / "model.safetensors")
    assert {tensor.dtype for tensor in weights.values()} == {torch.float16}
    config = json.loads((final / "config.json").read_text(encoding="utf-8"))
    assert config["architectures"] == ["RobertaForSequenceClassification"]
    assert config["problem_type"] == "multi_label_classification"
    assert config["id2label"]["4"] == "internal_political_protection"
    assert set(config["canbo"]["thresholds"]) == set(config["id2label"].values())
    assert not list(final.glob("*.bin")) and not list(final.glob("*.pt"))


def test_the_record_says_what_it_was_trained_on(trained, files):
    record = json.loads((trained / "final" / "training.json").read_text(encoding="utf-8"))
    assert record["config"]["seed"] == 20261121
    train = record["data"][0]
    assert train["file"].endswith("/train.jsonl") and train["file"].count("/") == 1
    assert train["sha256"] == hashlib.sha256((files / "train.jsonl").read_bytes()).hexdigest()
    assert len(record["data"]) == 3
    assert 0 <= record["results"]["validation"]["macro_f1"] <= 1
    assert record["versions"]["transformers"]


def test_what_its_parent_has_seen_counts_as_seen(trained, files, tiny_phobert, tmp_path):
    parent = shutil.copytree(tiny_phobert, tmp_path / "parent")
    (parent / ARTICLES_FILE).write_text("parent-1\n", encoding="utf-8")
    assert main(_arguments(files, parent, tmp_path / "run")) == 0
    child = tmp_path / "run" / "final"
    own = recorded_articles(trained / "final")
    assert own and recorded_articles(child) == own | {"parent-1"}
    scored = [TestText("parent-1", "Một đoạn."), TestText("new-1", "Một đoạn khác.")]
    assert find_seen(scored, seen_in_training(child)) == ["parent-1"]


def test_the_result_loads_in_canbo_and_predicts(trained):
    classifier = ThemeClassifier.from_pretrained(trained / "final", device="cpu")
    (prediction,) = classifier.predict(["Huyện luân chuyển 12 cán bộ về xã."])
    assert set(prediction.scores) == set(classifier.scheme_ids)


def test_training_moved_the_weights(trained, tiny_phobert):
    before = load_file(tiny_phobert / "model.safetensors")
    after = load_file(trained / "final" / "model.safetensors")
    name = "roberta.encoder.layer.0.attention.self.query.weight"
    assert not torch.allclose(before[name], after[name].float(), atol=1e-4)


def test_a_run_continues_from_its_last_checkpoint(trained, files, tiny_phobert, caplog):
    arguments = _arguments(files, tiny_phobert, trained)
    state = json.loads((trained / "checkpoint-4" / "trainer_state.json").read_text())
    assert state["global_step"] == 4
    arguments[arguments.index("--max_steps") + 1] = "6"
    assert main(arguments) == 0
    later = json.loads((trained / "checkpoint-6" / "trainer_state.json").read_text())
    # The history of the first run is part of the second's.
    assert later["log_history"][: len(state["log_history"]) - 1] == state["log_history"][:-1]


def test_a_run_with_other_settings_does_not_continue_it(trained, files, tiny_phobert):
    arguments = _arguments(files, tiny_phobert, trained)
    arguments[arguments.index("--learning_rate") + 1] = "0.5"
    with pytest.raises(ConfigError, match=r"began otherwise \(learning_rate\)"):
        main(arguments)


def test_a_run_on_other_data_does_not_continue_it(trained, files, tiny_phobert, tmp_path):
    other = tmp_path / "train.jsonl"
    other.write_bytes((files / "train.jsonl").read_bytes() + b"\n")
    arguments = _arguments(files, tiny_phobert, trained)
    arguments[arguments.index("--train_files") + 1] = str(other)
    with pytest.raises(ConfigError, match="train_files"):
        main(arguments)


def test_a_half_precision_checkpoint_is_trained_further_in_full(trained):
    model = _load_model(ModelArguments(str(trained / "final")), load_theme_scheme())
    assert model.dtype == torch.float32


def test_a_missing_data_file_is_named(files, tiny_phobert, tmp_path):
    arguments = _arguments(files, tiny_phobert, tmp_path)
    arguments[arguments.index("--train_files") + 1] = str(tmp_path / "none.jsonl")
    with pytest.raises(ConfigError, match=r"none\.jsonl"):
        main(arguments)


def test_an_unknown_field_is_named(tmp_path):
    config = tmp_path / "c.yaml"
    config.write_text("model_name_or_path: x\nlearnin_rate: 1\n", encoding="utf-8")
    with pytest.raises(ConfigError, match="learnin_rate"):
        main([str(config)])


def test_a_file_named_twice_is_read_twice(files, tiny_phobert):
    from canbo.models.phobert_tokenizer import load_tokenizer

    train, other = files / "train.jsonl", files / "test.jsonl"
    data_args = DataArguments([train, other, train], [files / "validation.jsonl"])
    scheme = load_theme_scheme()
    tokenizer = load_tokenizer(tiny_phobert)
    data = _load_data(data_args, ModelArguments(str(tiny_phobert)), scheme, tokenizer)
    assert len(data["train"]) == 2 * 48 + 24
    assert data["train"][:48] == data["train"][48 + 24 :]
