"""The figures and verdicts of an evaluation in words: what reports and model cards say alike."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from canbo.data.themes import ThemeScheme, parse_theme_scheme
from canbo.eval.results import (
    ALL,
    Comparison,
    DatasetEntry,
    Evaluation,
    ModelEntry,
    Score,
    SliceResult,
)

__all__ = [
    "GROUPS",
    "INT8",
    "ITEMS",
    "Standing",
    "Verdict",
    "competitors",
    "dataset_words",
    "figure",
    "figure_with_interval",
    "find_result",
    "interval",
    "metric_label",
    "p_value",
    "primary_metric",
    "role_of",
    "scheme_of",
    "signed",
    "slice_label",
    "stage_words",
    "theme_name",
    "verdict_on",
    "verdicts",
]

Standing = Literal["better", "level", "worse"]

# What an item of each kind of evaluation is called.
ITEMS = {"themes": "paragraph", "abstracts": "article"}
# How a classifier with `ModelEntry.precision` int8 was scored; `canbo run` does so on a CPU.
INT8 = "scored with matrices of 8-bit integers, as canbo run takes them on a CPU"
GROUPS = {"real": "real news", "authored": "text written for this project"}
NOTHING = "–"

_LABELS = {
    "macro": "macro",
    "micro": "micro",
    "f1": "F1",
    "rouge1": "ROUGE-1",
    "rouge2": "ROUGE-2",
    "rougeL": "ROUGE-L",
    "rouge": "ROUGE",
    "brier": "Brier score",
    "bertscore": "BERTScore",
}
_SHARES = (
    "novel_",
    "exact_match",
    "accuracy",
    "unfaithful_share",
    "uncertain_",
    "errors_uncertain",
    "false_alarm_rate",
)
_TENTHS = ("syllables", "compression")
_SLICES = {
    "keyword:present": "decisions on themes with a set phrase in the text",
    "keyword:absent": "decisions on themes without any set phrase in the text",
    "hard_negative:any": "decisions: a set phrase stands there, the theme does not apply",
    "themes:0": "no theme",
    "themes:1": "one theme",
    "themes:2+": "two themes or more",
}


def metric_label(name: str) -> str:
    """A metric's name as people write it: ``macro_f1`` is macro-F1."""
    words = [_LABELS.get(word, word) for word in name.split("_")]
    joined = " ".join(words)
    for kind in ("macro", "micro"):
        joined = joined.replace(f"{kind} ", f"{kind}-", 1)
    return joined


def primary_metric(evaluation: Evaluation) -> str:
    """The metric that models are ranked by: the first headline metric."""
    names = [name for name, info in evaluation.metrics.items() if info.headline]
    return (names or list(evaluation.metrics))[0]


def figure(metric: str, value: float | None, digits: int = 3) -> str:
    """One figure as text: ROUGE times 100, shares in percent, the rest as it is."""
    if value is None:
        return NOTHING
    if "rouge" in metric:
        return f"{100 * value:.1f}"
    if metric.startswith(_SHARES):
        return f"{100 * value:.1f}%"
    if metric.startswith(_TENTHS):
        return f"{value:.1f}"
    return f"{value:.{digits}f}"


def interval(metric: str, ci: tuple[float, float] | None, digits: int = 3) -> str:
    """An interval as text, empty where there is none."""
    return "" if ci is None else " to ".join(figure(metric, end, digits) for end in ci)


def signed(metric: str, value: float) -> str:
    """A difference as text, with its sign unless it is nothing."""
    shown = figure(metric, abs(value))
    if shown.strip("0.%") == "":
        return shown
    return f"−{shown}" if value < 0 else f"+{shown}"


def figure_with_interval(metric: str, score: Score, digits: int = 3) -> str:
    """``0.810 (0.771 to 0.846)``, or the figure alone where it has no interval."""
    ends = interval(metric, score.ci, digits)
    shown = figure(metric, score.value, digits)
    return f"{shown} ({ends})" if ends else shown


def p_value(value: float) -> str:
    """A p-value as text; the resamples cannot tell very small ones apart."""
    return "< 0.001" if value < 0.001 else f"{value:.3f}"


def scheme_of(evaluation: Evaluation) -> ThemeScheme | None:
    """The theme scheme of an evaluation; None where it has none."""
    if evaluation.scheme is None:
        return None
    return parse_theme_scheme(evaluation.scheme, "metrics.json")


def theme_name(theme: str, scheme: ThemeScheme | None) -> str:
    """A theme's English name; ``none`` of a confusion matrix is no theme."""
    if scheme and theme in scheme.ids:
        return scheme[theme].name["en"]
    return "no theme" if theme == "none" else theme


def role_of(model: ModelEntry) -> str:
    """``model``, ``baseline``, or ``oracle`` for a baseline that saw the answers."""
    return "oracle" if model.oracle else model.role


def find_result(
    evaluation: Evaluation, model: str, dataset: str, slice: str = ALL
) -> SliceResult | None:
    """The figures of a model on a data set or slice; None where it was not scored."""
    try:
        return evaluation.result(model, dataset, slice)
    except KeyError:
        return None


def stage_words(record: Mapping[str, Any]) -> str:
    """Of which stage of a training the settings and the log beside the model are.

    Args:
        record: its ``training.json``.

    Returns:
        Empty for a model of a single stage.
    """
    stages = len(record.get("mean_of", ()))
    return f"the last of the {stages} stages whose mean the model is" if stages > 1 else ""


def dataset_words(dataset: DatasetEntry, kind: str) -> str:
    """What a data set holds: ``254 paragraphs of 201 articles, real news``."""
    items = _counted(dataset.items, ITEMS[kind])
    articles = "" if kind == "abstracts" else f" of {_counted(dataset.articles, 'article')}"
    group = f", {GROUPS.get(dataset.group, dataset.group)}" if dataset.group else ""
    return f"{items}{articles}{group}"


def slice_label(slice_name: str, scheme: ThemeScheme | None) -> str:
    """A slice in words."""
    if slice_name in _SLICES:
        return _SLICES[slice_name]
    kind, _, value = slice_name.partition(":")
    if kind == "hard_negative" and scheme and value in scheme.ids:
        name = scheme[value].name["en"]
        return f"decisions: a set phrase of {name} stands there, {name} does not apply"
    if kind == "length":
        return f"{value} syllables"
    return f"{kind.replace('_', ' ')} {value}".strip()


@dataclass(frozen=True)
class Verdict:
    """How a model stands to another one on a data set, by one metric.

    Attributes:
        standing: ``"better"`` or ``"worse"`` when the interval of the difference leaves out 0,
            else ``"level"``.
        comparison: the figures, seen from the model: it is ``a``.
        text: a sentence for readers who are not engineers.
    """

    standing: Standing
    comparison: Comparison
    text: str


def verdict_on(evaluation: Evaluation, comparison: Comparison) -> Verdict:
    """Say what a comparison shows about its ``a``."""
    sign = -1 if evaluation.metrics[comparison.metric].better == "lower" else 1
    low, high = sorted(sign * end for end in comparison.ci)
    standing: Standing = "better" if low > 0 else "worse" if high < 0 else "level"
    metric = comparison.metric
    values = f"{figure(metric, comparison.a_value)} against {figure(metric, comparison.b_value)}"
    ends = " to ".join(signed(metric, end) for end in comparison.ci)
    difference = f"difference {signed(metric, comparison.difference)}, 95% interval {ends}"
    text = {
        "better": f"{comparison.a} is better than {comparison.b} by more than chance explains",
        "level": f"{comparison.a} is NOT measurably better than {comparison.b}",
        "worse": f"{comparison.a} is WORSE than {comparison.b} by more than chance explains",
    }[standing]
    return Verdict(standing, comparison, f"{text}: {metric_label(metric)} {values} ({difference}).")


def competitors(evaluation: Evaluation) -> list[ModelEntry]:
    """The baselines that a model has to beat: all but the oracles, which saw the answers."""
    return [m for m in evaluation.models if m.role == "baseline" and not m.oracle]


def verdicts(evaluation: Evaluation, model: str, dataset: str) -> list[Verdict]:
    """How a model stands to every baseline on a data set, by the primary metric."""
    names = {baseline.name for baseline in competitors(evaluation)}
    metric = primary_metric(evaluation)
    found = _seen_from(evaluation, model, dataset)
    return [verdict_on(evaluation, c) for c in found if c.b in names and c.metric == metric]


def _seen_from(evaluation: Evaluation, model: str, dataset: str) -> Iterator[Comparison]:
    for found in evaluation.comparisons:
        if found.dataset != dataset:
            continue
        if found.a == model:
            yield found
        elif found.b == model:
            yield Comparison(
                dataset,
                a=found.b,
                b=found.a,
                metric=found.metric,
                a_value=found.b_value,
                b_value=found.a_value,
                difference=-found.difference,
                ci=(-found.ci[1], -found.ci[0]),
                p_value=found.p_value,
            )


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
