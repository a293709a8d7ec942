"""`canbo evaluate` as its user has it, with tiny random models and the shipped summarizer."""

import json
import re
from pathlib import Path

import pytest
import torch
import yaml
from transformers import RobertaConfig, RobertaForSequenceClassification

from canbo.cli import main
from canbo.data.provenance import ARTICLES_FILE
from canbo.data.themes import load_theme_scheme
from canbo.eval.config import load_evaluation_config
from canbo.eval.results import load_evaluation
from canbo.evaluate_command import _settings
from canbo.models.phobert_tokenizer import save_tokenizer

REPOSITORY = Path(__file__).parents[2]
SHIPPED = REPOSITORY / "data" / "canbo-themes"
IDS = load_theme_scheme().ids


def random_classifier(folder, tiny_phobert, seed):
    torch.manual_seed(seed)
    config = RobertaConfig.from_pretrained(
        tiny_phobert,
        num_labels=len(IDS),
        id2label=dict(enumerate(IDS)),
        label2id={theme: index for index, theme in enumerate(IDS)},
        problem_type="multi_label_classification",
        initializer_range=0.5,
    )
    RobertaForSequenceClassification(config).save_pretrained(folder)
    save_tokenizer(tiny_phobert, folder)
    return folder


@pytest.fixture
def models(tmp_path, tiny_phobert):
    return [random_classifier(tmp_path / name, tiny_phobert, i) for i, name in enumerate("ab")]


@pytest.fixture
def config(tmp_path):
    """The first 30 paragraphs of the shipped test split, with a baseline that learns nothing."""
    lines = (SHIPPED / "paragraphs" / "test.jsonl").read_text(encoding="utf-8").splitlines()
    test, train = tmp_path / "test.jsonl", tmp_path / "train.jsonl"
    test.write_text("\n".join(lines[:30]), encoding="utf-8")
    row = {"id": "t", "text": "Trời mưa.", "labels": []}
    train.write_text(json.dumps(row), encoding="utf-8")
    path = tmp_path / "themes.yaml"
    settings = {
        "kind": "themes",
        "models": [{"name": "shipped", "source": "embedded"}],
        "baselines": ["regular expressions"],
        "baseline_train": [str(train)],
        "datasets": [{"name": "thirty", "file": str(test), "text": "show"}],
        "resamples": 50,
    }
    path.write_text(yaml.safe_dump(settings), encoding="utf-8")
    return path


def test_models_of_the_command_line_stand_in_place_of_the_configs(config, models, tmp_path, capsys):
    output = tmp_path / "out"

    assert (
        main(["evaluate", str(config), "--model", *map(str, models), "--output", str(output)]) == 0
    )

    evaluation = load_evaluation(output)
    assert [model.name for model in evaluation.models] == ["a", "b", "regular expressions"]
    assert all(model.sha256 for model in evaluation.models)
    assert str(tmp_path) not in json.dumps([model.source for model in evaluation.models])
    assert {(c.a, c.b) for c in evaluation.comparisons} == {
        ("a", "b"),
        ("a", "regular expressions"),
        ("b", "regular expressions"),
    }
    assert {path.name for path in output.iterdir()} == {"metrics.json", "report.html", "report.md"}
    printed = capsys.readouterr()
    assert re.search(r"^thirty\ta\tmacro_f1 0\.\d{3} \[0\.\d{3}, 0\.\d{3}\]", printed.out, re.M)
    assert "a: overlap with the test sets is unknown" in printed.err


def test_a_model_of_the_command_line_is_scored_in_int8(config, models, tmp_path):
    output = tmp_path / "out"
    arguments = ["evaluate", str(config), "--output", str(output), "--device", "cpu"]

    probabilities = []
    for precision in ("float32", "int8"):
        assert main([*arguments, "--model", str(models[0]), "--precision", precision]) == 0
        evaluation = load_evaluation(output)
        assert [model.precision for model in evaluation.models] == [precision, None]
        probabilities.append([error.probability for error in evaluation.errors])
    # Random weights make mistakes; how sure of them a model is shows the rounding of its matrices.
    assert probabilities[0] != probabilities[1]


def test_what_the_config_says_of_a_model_holds_for_the_precision_asked_for(config):
    settings = yaml.safe_load(config.read_text(encoding="utf-8"))
    named = settings["models"][0]
    settings["models"] += [named | {"name": "shipped, int8", "precision": "int8"}]
    config.write_text(yaml.safe_dump(settings), encoding="utf-8")
    evaluation = load_evaluation_config(config)

    for asked, name in ((None, "shipped"), ("float32", "shipped"), ("int8", "shipped, int8")):
        (model,) = _settings(evaluation, ["embedded"], [], asked).models
        assert (model.name, model.precision) == (name, asked or "float32")


def test_two_models_are_compared(config, models, tmp_path):
    output = tmp_path / "out"

    assert (
        main(["evaluate", str(config), "--compare", *map(str, models), "--output", str(output)])
        == 0
    )

    evaluation = load_evaluation(output)
    assert [model.name for model in evaluation.models] == ["a", "b"]
    (summary,) = evaluation.differences
    lines = (output / "differences.jsonl").read_text(encoding="utf-8").splitlines()
    assert summary.different == len(lines) > 0
    row = json.loads(lines[0])
    assert row["a"]["model"] == "a" and set(row["a"]["scores"]) == set(IDS)
    assert row["a"]["themes"] != row["b"]["themes"]


def test_a_model_that_has_seen_the_test_set_is_refused(config, models, tmp_path, capsys):
    (models[0] / "training.json").write_text('{"config": {"train_files": ["x/train.jsonl"]}}')
    (models[0] / ARTICLES_FILE).write_text("a1-06\n")

    assert main(["evaluate", str(config), "--model", str(models[0]), "--output", "out"]) == 2

    (line,) = [
        line for line in capsys.readouterr().err.splitlines() if line.startswith("canbo evaluate:")
    ]
    assert "'thirty': a1-06" in line


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["no-such.yaml"], "no-such.yaml: cannot be read"),
        (["CONFIG", "--model", "no/such/model"], "there is no such folder"),
        (["CONFIG", "--compare", "embedded", "embedded"], "named twice"),
        (["CONFIG", "--precision", "int8"], "--precision is that of the models of --model"),
        (
            ["configs/eval/abstracts.yaml", "--model", "embedded", "--precision", "int8"],
            "--precision is that of a classifier's scores; take it out",
        ),
    ],
)
def test_wrong_use_is_one_line(config, tmp_path, capsys, arguments, message):
    shipped = REPOSITORY / arguments[0]
    arguments[0] = {"CONFIG": str(config)}.get(arguments[0], str(shipped))
    assert main(["evaluate", *arguments, "--output", str(tmp_path / "out")]) == 2
    assert message in capsys.readouterr().err.splitlines()[-1]


def test_an_output_that_is_a_file_is_told_before_scoring(config, tmp_path, capsys):
    output = tmp_path / "out"
    output.write_text("mine", encoding="utf-8")
    assert main(["evaluate", str(config), "--output", str(output)]) == 2
    (line,) = capsys.readouterr().err.splitlines()  # No word of a check or of scoring.
    assert "is a file; name a folder" in line
    assert output.read_text(encoding="utf-8") == "mine"


def test_shipped_configs_name_files_that_are_there():
    for path in (REPOSITORY / "configs" / "eval").glob("*.yaml"):
        for dataset in yaml.safe_load(path.read_text(encoding="utf-8"))["datasets"]:
            assert dataset.get("optional") or (REPOSITORY / dataset["file"]).is_file()
            # Only the text of the shipped data set may be copied into reports.
            assert dataset["text"] == "hide" or dataset["file"].startswith("data/canbo-themes/")
