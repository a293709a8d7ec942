"""One config over several seeds: what runs, what is skipped, and the table."""

import json
from pathlib import Path

import pytest

from canbo.train import ablation
from canbo.train.arguments import ConfigError


@pytest.fixture
def runs(monkeypatch):
    """Runs of a classifier training that takes no time: the seed decides the figures."""
    started = []

    def train(argv):
        fields = dict(zip(argv[1::2], argv[2::2], strict=True))
        started.append(fields)
        final = Path(fields["--final_dir"])
        final.mkdir(parents=True)
        figure = int(fields["--seed"]) / 100
        validation = {"macro_f1": figure, "mean_average_precision": figure / 2}
        (final / "training.json").write_text(json.dumps({"results": {"validation": validation}}))
        return 0

    monkeypatch.setattr(ablation.classifier, "main", train)
    return started


def test_every_seed_runs_once_and_the_table_has_mean_and_spread(runs, tmp_path, capsys):
    arguments = ["c.yaml", "--ablation_dir", str(tmp_path), "--seeds", "60", "70"]
    assert ablation.main(arguments) == 0
    assert [run["--seed"] for run in runs] == ["60", "70"]
    # A third seed: the others are not trained again. Mean 0.7, deviation of 0.6, 0.7, 0.8: 0.1.
    assert ablation.main([*arguments, "80"]) == 0
    assert [run["--seed"] for run in runs] == ["60", "70", "80"]
    assert "| as it is | c.yaml | 3 | 0.700 ± 0.100 | 0.350 ± 0.050 |" in capsys.readouterr().out
    (row,) = json.loads((tmp_path / "ablation.json").read_text())
    assert row["macro_f1"]["values"] == [0.6, 0.7, 0.8]


def test_variants_are_rows_best_first(runs, tmp_path):
    folder = ["--ablation_dir", str(tmp_path)]
    ablation.main(["c.yaml", *folder, "--seeds", "60"])
    ablation.main(["c.yaml", *folder, "--seeds", "90", "--r_drop", "1.0"])
    assert runs[1]["--r_drop"] == "1.0"
    lines = (tmp_path / "ablation.md").read_text().splitlines()
    assert lines[2:] == [
        "| r_drop 1.0 | c.yaml | 1 | 0.900 | 0.450 |",
        "| as it is | c.yaml | 1 | 0.600 | 0.300 |",
    ]


def test_a_name_stands_for_one_variant(runs, tmp_path):
    named = ["c.yaml", "--ablation_dir", str(tmp_path), "--seeds", "60", "--variant", "mine"]
    ablation.main([*named, "--r_drop", "1.0"])
    with pytest.raises(ConfigError, match="give this one another --variant"):
        ablation.main([*named, "--r_drop", "2.0"])


def test_fields_that_the_seeds_decide_are_refused(runs, tmp_path):
    with pytest.raises(ConfigError, match="seed: set by the ablation"):
        ablation.main(["c.yaml", "--ablation_dir", str(tmp_path), "--seed", "3"])
