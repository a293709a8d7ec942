"""Metrics as `evaluate` loads them; evaluations with figures chosen by hand."""

import socket
from pathlib import Path

import pytest

from canbo.data.themes import load_theme_scheme
from canbo.eval.results import (
    Comparison,
    Confusion,
    Curve,
    DatasetEntry,
    ErrorCase,
    Evaluation,
    Evidence,
    Leakage,
    MetricInfo,
    ModelEntry,
    Score,
    SliceResult,
)

METRICS = Path(__file__).parents[2] / "eval" / "metrics"
CLEAN = Leakage("clean")
TEXT = "Ban Thường vụ <script>alert(1)</script> điều động ông Lê Văn Bưởi về huyện Sông Cát."


@pytest.fixture
def load_metric(tmp_path, monkeypatch):
    """Load a file of eval/metrics by name as an `evaluate` module; a network call fails the test."""
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")

    def refuse(*args, **kwargs):
        raise AssertionError("the network was used")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    import evaluate

    return lambda name: evaluate.load(str(METRICS / f"{name}.py"), cache_dir=str(tmp_path))


def entry(name, role="model", **values):
    values = {"source": None, "sha256": None, "training": None, "thresholds": {}} | values
    return ModelEntry(name=name, role=role, **({"leakage": CLEAN} | values))


def theme_scores(f1):
    scores = {"precision": Score(f1 + 0.02), "recall": Score(f1 - 0.02)}
    return scores | {"f1": Score(f1, (f1 - 0.05, f1 + 0.04))}


@pytest.fixture
def theme_evaluation():
    """A model that beats the set phrases and not TF-IDF."""
    scheme = load_theme_scheme()
    macro = {"shipped": 0.81, "tfidf": 0.80, "regex": 0.70}
    results = []
    for name, f1 in macro.items():
        figures = {
            "macro_f1": Score(f1, (f1 - 0.04, f1 + 0.03)),
            "macro_precision": Score(0.78),
            "macro_recall": Score(0.89),
            "exact_match": Score(0.74, (0.68, 0.79)),
        }
        themes = {theme: theme_scores(f1 + 0.01 * i) for i, theme in enumerate(scheme.ids)}
        results.append(SliceResult(name, "news", "all", 254, 201, figures, themes))
        for part, n in (("keyword:present", 140), ("hard_negative:rotation", 9)):
            results.append(SliceResult(name, "news", part, n, n, figures))
    ids = (*scheme.ids, "none")
    return Evaluation(
        kind="themes",
        created="2026-11-22T02:00:00+00:00",
        seed=7,
        resamples=1000,
        config={"note": "</pre><script>alert(2)</script>"},
        versions={"python": "3.11.7", "canbo": "0.1.0"},
        scheme=scheme.to_dict(),
        metrics={
            "macro_f1": MetricInfo("The mean of the themes' F1.", "higher", headline=True),
            "macro_precision": MetricInfo("The mean of the themes' precision.", "higher"),
            "macro_recall": MetricInfo("The mean of the themes' recall.", "higher"),
            "exact_match": MetricInfo("Paragraphs with every theme right.", "higher"),
        },
        models=[
            entry(
                "shipped",
                source="embedded",
                sha256="ab" * 32,
                thresholds=dict.fromkeys(scheme.ids, 0.4),
            ),
            entry("tfidf", "baseline", leakage=Leakage("unknown", unknown=("other/train.jsonl",))),
            entry("regex", "baseline"),
        ],
        datasets=[DatasetEntry("news", "news/test.jsonl", "cd" * 32, 254, 201, "real", "show")],
        results=results,
        comparisons=[
            Comparison(
                "news", "shipped", "tfidf", "macro_f1", 0.81, 0.80, 0.01, (-0.02, 0.04), 0.5
            ),
            Comparison("news", "shipped", "regex", "macro_f1", 0.81, 0.70, 0.11, (0.06, 0.16), 0.0),
        ],
        curves=[
            Curve(
                "shipped",
                "news",
                "reliability",
                None,
                [
                    {"probability": 0.05, "frequency": 0.02, "count": 900},
                    {"probability": 0.55, "frequency": 0.40, "count": 60},
                    {"probability": 0.95, "frequency": 0.90, "count": 200},
                ],
            ),
            *(
                Curve(
                    "shipped",
                    "news",
                    "precision_recall",
                    theme,
                    [
                        {"threshold": 0.9, "precision": 1.0, "recall": 0.2 + 0.05 * i},
                        {"threshold": 0.5, "precision": 0.9 - 0.02 * i, "recall": 0.7},
                        {"threshold": 0.1, "precision": 0.4, "recall": 1.0},
                    ],
                )
                for i, theme in enumerate(scheme.ids)
            ),
            Curve(
                "shipped",
                None,
                "learning",
                None,
                [
                    {"step": 50, "epoch": 0.2, "loss": 0.42},
                    {"step": 100, "epoch": 0.5, "loss": 0.25},
                    {"step": 200, "epoch": 1.0, "eval_loss": 0.2, "eval_macro_f1": 0.78},
                    {"step": 400, "epoch": 2.0, "loss": 0.12},
                    {"step": 400, "epoch": 2.0, "eval_loss": 0.17, "eval_macro_f1": 0.81},
                ],
            ),
        ],
        confusion=[
            Confusion(
                "shipped",
                "news",
                ids,
                [
                    [40 if row == column else (row + column) % 4 for column in range(6)]
                    for row in range(6)
                ],
            )
        ],
        errors=[
            ErrorCase(
                model="shipped",
                dataset="news",
                kind="false_positive",
                theme="rotation",
                probability=0.93,
                threshold=0.42,
                id="n1-4",
                article="n1",
                gold=("evaluation",),
                text=TEXT,
                evidence=(Evidence(TEXT.index("điều"), TEXT.index(" ông"), "điều động"),),
            ),
            ErrorCase(
                model="shipped",
                dataset="news",
                kind="false_negative",
                theme="training",
                probability=0.01,
                threshold=0.42,
                id="n2-1",
                article="n2",
                gold=("training",),
                text=None,
                evidence=(Evidence(3, 9, None),),
            ),
        ],
        warnings=["left out <b>one</b> data set"],
    )


@pytest.fixture
def abstract_evaluation():
    """A summarizer that beats the first sentences, beside an oracle."""
    results = []
    for name, rouge2 in {"shipped": 0.176, "lead-2": 0.155, "oracle": 0.295}.items():
        figures = {
            "rouge2": Score(rouge2, (rouge2 - 0.008, rouge2 + 0.008)),
            "rouge2_legacy": Score(rouge2 + 0.09, (rouge2 + 0.08, rouge2 + 0.1)),
            "syllables": Score(51.2, (50.0, 52.0)),
            "unfaithful_share": Score(0.013, (0.01, 0.02)),
        }
        results.append(SliceResult(name, "vietnews", "all", 1000, 1000, figures))
    return Evaluation(
        kind="abstracts",
        created="2026-11-22T02:00:00+00:00",
        seed=7,
        resamples=1000,
        config={},
        versions={"python": "3.11.7"},
        scheme=None,
        metrics={
            "rouge2": MetricInfo("Pairs of syllables in common.", "higher", headline=True),
            "rouge2_legacy": MetricInfo("The same by scraps of words.", "higher", headline=True),
            "syllables": MetricInfo("Length of an abstract.", None),
            "unfaithful_share": MetricInfo("Abstracts with an unsupported fact.", "lower"),
        },
        models=[
            entry("shipped", source="embedded", sha256="ab" * 32),
            entry("lead-2", "baseline"),
            entry("oracle", "baseline", oracle=True),
        ],
        datasets=[
            DatasetEntry("vietnews", "vietnews/test.parquet", "ef" * 32, 1000, 1000, "real", "hide")
        ],
        results=results,
        comparisons=[
            Comparison(
                "vietnews", "shipped", "lead-2", "rouge2", 0.176, 0.155, 0.021, (0.012, 0.03), 0.0
            ),
            Comparison(
                "vietnews", "shipped", "oracle", "rouge2", 0.176, 0.295, -0.119, (-0.13, -0.1), 0.0
            ),
        ],
    )
