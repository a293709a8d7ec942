"""Killed runs, resumed, give the files of a run that nothing disturbed: 50 kills and more."""

import random
import sys
from dataclasses import replace

import pytest
from fakes import fake_analyzer
from kill_runs import (
    PHASES,
    Kill,
    Runs,
    fake_runs,
    make_inputs,
    masked,
    plan,
    real_runs,
    try_all,
    worker_plan,
)

from canbo.batch import RunConfig
from canbo.output import OutputFolder

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="forks, and reads /proc")


@pytest.fixture
def chance():
    return random.Random(9)


def failures(trials):
    return [
        (trial.kills, trial.on_disk, trial.result) for trial in trials if trial.result != "same"
    ]


def test_a_kill_at_any_step_changes_no_byte(tmp_path, chance):
    runs = fake_runs(tmp_path / "fake")
    kills = list(plan(runs, 54, chance))
    steps = {kill[0].step: runs.steps[kill[0].step] for kill in kills if kill[0].seconds is None}
    assert {(step.call, step.file) for step in steps.values()} == {
        (step.call, step.file) for step in runs.steps
    }
    assert {kill[0].phase for kill in kills} == set(PHASES)
    trials = list(try_all(runs, kills, tmp_path, chance))
    assert failures(trials) == []
    assert sum(trial.deaths for trial in trials) >= 50


def test_the_steps_are_those_that_make_the_files(tmp_path):
    """A window: its lines, then the journal, then run.json; each written and synced in turn."""
    runs = fake_runs(tmp_path / "fake")
    window = [(step.call, step.file) for step in runs.steps if step.file != "report.html.part"]
    first = window.index(("write", "documents.jsonl"))
    assert window[first : first + 9] == [
        ("write", "documents.jsonl"),
        ("fsync", "documents.jsonl"),
        ("write", "errors.jsonl"),
        ("fsync", "errors.jsonl"),
        ("write", ".windows"),
        ("fsync", ".windows"),
        ("write", "run.json.tmp"),
        ("fsync", "run.json.tmp"),
        ("replace", "run.json.tmp"),
    ]


def test_the_trials_can_fail(tmp_path, chance, monkeypatch):
    """Without the cut a half-written line stays, and what follows is written behind it."""
    monkeypatch.setattr(OutputFolder, "cut", lambda *_: None)
    runs = fake_runs(tmp_path / "fake")
    torn = next(
        Kill(step.number, "inside")
        for step in runs.steps
        if (step.call, step.file) == ("write", "documents.jsonl")
    )
    (trial,) = try_all(runs, [[torn]], tmp_path, chance)
    assert trial.result != "same" and trial.deaths == 1


@pytest.mark.parametrize("phase", PHASES)
def test_overwriting_may_be_killed_too(tmp_path, chance, phase):
    """The first steps of such a run remove what was there; the next run is not told to."""
    path, themes = make_inputs(tmp_path)
    config = RunConfig((str(path),), tmp_path / "out", themes=themes)
    runs = Runs(config, fake_analyzer, tmp_path)
    overwriting = Runs(replace(config, overwrite=True), fake_analyzer, tmp_path / "overwriting")
    for step in range(6):
        runs.attempt(tmp_path / "out", None, chance)
        assert overwriting.attempt(tmp_path / "out", Kill(step, phase), chance) == -9
        assert runs.attempt(tmp_path / "out", None, chance) == 0
        assert masked(tmp_path / "out") == runs.expected


def test_with_workers_the_run_or_a_worker_may_be_killed(tmp_path, chance):
    runs = fake_runs(tmp_path / "fake", workers=1)
    assert failures(try_all(runs, worker_plan(runs, 3, chance), tmp_path, chance)) == []


@pytest.mark.slow
def test_the_shipped_models(tmp_path, chance):
    runs = real_runs(tmp_path / "real")
    assert failures(try_all(runs, plan(runs, 2, chance), tmp_path, chance)) == []
