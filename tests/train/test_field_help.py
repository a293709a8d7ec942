"""`canbo train JOB --help`: the fields of every job, described by their docstrings."""

import re
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from canbo.cli import TRAINERS, main
from canbo.train.field_help import describe_fields


@dataclass
class Settings:
    """What ``mine`` is made of.

    A second paragraph is not shown.

    Attributes:
        size: of each, up to 100%
            of ``all``: two lines.
        files: read in order.
        name: another one.
        fast: or not.
        places: where.
    """

    size: int
    files: list[Path]
    name: str | None = None
    fast: bool = False
    places: list[int] = field(default_factory=lambda: [1, 2])


Settings.__module__ = "canbo.train.of_a_test"


@dataclass
class Theirs:
    """Of another library."""

    speed: int = 1


def test_fields_are_described_by_their_docstrings(monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")
    assert [
        " ".join(line.split()) for line in describe_fields([Settings, Theirs]).splitlines()
    ] == [
        "What mine is made of:",
        "--size N of each, up to 100% of all: two lines (required, in CONFIG or here)",
        "--files PATH ... read in order (required, in CONFIG or here)",
        "--name TEXT another one (default: none)",
        "--fast True|False or not (default: False)",
        "--places N ... where (default: 1 2)",
        "",
        "And every field of transformers.Theirs.",
    ]


def shown(arguments, capsys):
    try:
        status = main(arguments)
    except SystemExit as exit_:
        status = exit_.code
    assert status == 0
    return capsys.readouterr().out


@pytest.mark.parametrize("job", TRAINERS)
def test_every_job_shows_its_fields_without_a_config(job, capsys, monkeypatch, tmp_path):
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.chdir(tmp_path)
    text = shown(["train", job, "--help"], capsys)
    lines = text.splitlines()
    assert lines[0] == f"usage: canbo train {job} CONFIG [--field value ...]"
    assert text.count("usage:") == 1
    listed = re.findall(r"^  --(\w+)[^\n]*?(?:  |\n {20,})(\S.*)$", text, re.MULTILINE)
    assert len(listed) == len(re.findall(r"^  --", text, re.MULTILINE)) > 1
    assert not [name for name, said in listed if said.startswith("(")]
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("job", ["classifier", "summarizer", "adaptation", "ablation"])
def test_transformers_own_fields_are_one_line(job, capsys):
    text = shown(["train", job, "no-such.yaml", "--help"], capsys)
    kind = "Seq2SeqTrainingArguments" if job == "summarizer" else "TrainingArguments"
    assert text.splitlines()[-1] == f"And every field of transformers.{kind}."
    assert "--weight_decay" not in text


def test_each_objective_has_fields_of_its_own(capsys):
    assert "--embedding_std" in shown(["train", "pretrain", "--help"], capsys)
    text = shown(["train", "pretrain", "--objective", "span-corruption", "--help"], capsys)
    assert "--d_model" in text and "--embedding_std" not in text


def test_a_job_without_a_config_says_where_they_are(capsys):
    assert main(["train", "summarizer", "--seed", "1"]) == 2
    assert "name a YAML config first, such as those in configs/" in capsys.readouterr().err
