"""The shipped models are as good as the committed reports say."""

from dataclasses import replace
from pathlib import Path

import pytest

from canbo.eval.config import load_evaluation_config
from canbo.eval.gate import regressions
from canbo.eval.harness import evaluate
from canbo.eval.results import Score, load_evaluation
from canbo.models.classifier import ThemeClassifier
from canbo.models.summarizer import Summarizer

REPOSITORY = Path(__file__).parents[2]
REPORTS = REPOSITORY / "eval" / "reports"


def score_shipped(kind, monkeypatch):
    """The config's models on the data sets that ship, without baselines and intervals."""
    monkeypatch.chdir(REPOSITORY)
    config = load_evaluation_config(REPOSITORY / "configs" / "eval" / f"{kind}.yaml")
    shipped = tuple(dataset for dataset in config.datasets if not dataset.optional)
    config = replace(
        config,
        datasets=shipped,
        baselines=(),
        embedding=None,
        resamples=1,
        worst_errors=0,
        # The corpus is compared when the report is made; it would take minutes here.
        models=tuple(replace(model, trained_on=()) for model in config.models),
    )
    return evaluate(
        config,
        load_classifier=ThemeClassifier.from_pretrained,
        load_summarizer=Summarizer.from_pretrained,
    ).evaluation


@pytest.mark.parametrize("kind", ["themes", "abstracts"])
def test_shipped_models_hold_the_committed_figures(kind, monkeypatch):
    now = score_shipped(kind, monkeypatch)
    assert regressions(load_evaluation(REPORTS / kind), now) == []


def test_a_fall_below_the_interval_is_told(theme_evaluation):
    def with_macro_f1(value):
        results = [
            replace(result, metrics=result.metrics | {"macro_f1": Score(value)})
            for result in theme_evaluation.results
        ]
        return replace(theme_evaluation, results=results)

    # The report's intervals: 0.77 to 0.84, 0.76 to 0.83, 0.66 to 0.73.
    assert regressions(theme_evaluation, with_macro_f1(0.78)) == []
    assert regressions(theme_evaluation, with_macro_f1(0.765)) == [
        "shipped on news: macro_f1 0.7650 is below the report's interval [0.7700, 0.8400]"
    ]


def test_a_report_of_other_data_is_told(theme_evaluation):
    (dataset,) = theme_evaluation.datasets
    other = replace(theme_evaluation, datasets=[replace(dataset, sha256="00" * 32)])
    (finding,) = regressions(theme_evaluation, other)
    assert "another file" in finding
    with pytest.raises(ValueError, match="no figure in common"):
        regressions(replace(theme_evaluation, datasets=[]), theme_evaluation)
