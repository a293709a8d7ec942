"""Every figure of theme predictions, on the data as they are and on all draws of a bootstrap."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from canbo.eval.metrics.theme_probabilities import (
    average_precision,
    brier_score,
    calibration_error,
)
from canbo.eval.metrics.themes import precision_recall_f1, theme_counts
from canbo.eval.results import MetricInfo

__all__ = ["THEME_METRICS", "ThemeOutcome", "counted_scores", "probability_scores"]

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

THEME_METRICS = {
    "macro_precision": MetricInfo("Precision, the mean over themes.", "higher"),
    "macro_recall": MetricInfo("Recall, the mean over themes.", "higher"),
    "macro_f1": MetricInfo("F1, the mean over themes.", "higher", headline=True),
    "micro_precision": MetricInfo("Share of the assigned themes that are right.", "higher"),
    "micro_recall": MetricInfo("Share of the gold themes that are assigned.", "higher"),
    "micro_f1": MetricInfo("F1 of all decisions in one.", "higher", headline=True),
    "exact_match": MetricInfo(
        "Share of paragraphs with every theme right.", "higher", headline=True
    ),
    "false_alarm_rate": MetricInfo(
        "Share of the decisions without the theme for which it is assigned.", "lower"
    ),
    "precision": MetricInfo("Share of the paragraphs given the theme that have it.", "higher"),
    "recall": MetricInfo("Share of the paragraphs of the theme that are given it.", "higher"),
    "f1": MetricInfo("Harmonic mean of precision and recall of the theme.", "higher"),
    "support": MetricInfo("Gold paragraphs of the theme.", None),
    "mean_average_precision": MetricInfo(
        "Average precision (area under the precision-recall curve), the mean over themes.",
        "higher",
        headline=True,
    ),
    "average_precision": MetricInfo("Area under the theme's precision-recall curve.", "higher"),
    "brier": MetricInfo("Mean squared difference of probability and truth.", "lower"),
    "calibration_error": MetricInfo(
        "How far probabilities are from frequencies, in bins of equal width.", "lower"
    ),
    "adaptive_calibration_error": MetricInfo(
        "How far probabilities are from frequencies, in bins of equally many decisions.", "lower"
    ),
    "uncertain_share": MetricInfo("Share of the decisions that are marked uncertain.", None),
    "accuracy_certain": MetricInfo("Share of the other decisions that are right.", "higher"),
    "accuracy_uncertain": MetricInfo("Share of the uncertain decisions that are right.", None),
    "uncertain_paragraphs": MetricInfo(
        "Share of the paragraphs with an uncertain decision. Those are uncertain whose chance to be"
        " wrong the model ranks highest; of one that does not, those near their threshold.",
        None,
    ),
    "errors_uncertain": MetricInfo("Share of the mistakes that are marked uncertain.", "higher"),
    "encoder_macro_f1": MetricInfo(
        "Macro-F1 of the encoder alone, which gives a theme from a probability of one half.",
        "higher",
    ),
    "encoder_mean_average_precision": MetricInfo(
        "Mean average precision of the encoder alone, without n-grams and calibration.", "higher"
    ),
    "encoder_brier": MetricInfo("Brier score of the encoder alone, before calibration.", "lower"),
    "encoder_calibration_error": MetricInfo(
        "Calibration error of the encoder alone, before calibration.", "lower"
    ),
}


@dataclass(frozen=True)
class ThemeOutcome:
    """What one model says about the paragraphs of one data set.

    Attributes:
        probabilities: of shape (paragraphs, themes).
        assigned: decisions, of the same shape.
        gold: truth, of the same shape.
        uncertain: decisions that a person should look at first, of the same shape; None for a model
            whose probabilities are no more than decisions.
        article: index of each paragraph's article, of shape (paragraphs,).
    """

    probabilities: Floats
    assigned: Bools
    gold: Bools
    uncertain: Bools | None
    article: npt.NDArray[np.int64]


def counted_scores(
    outcome: ThemeOutcome, weights: Floats, themes: Sequence[str], chosen: Bools | None = None
) -> tuple[dict[str, Floats], dict[str, dict[str, Floats]]]:
    """Score decisions.

    Args:
        outcome: of n paragraphs and k themes.
        weights: how often each article counts, of shape (draws, articles).
        themes: k ids.
        chosen: decisions that are scored, of shape (n, k); None takes all.

    Returns:
        Figures by name, and by theme and name, each of shape (draws,). Without ``chosen`` a ratio
        with denominator 0 is 0, as in `canbo.eval.metrics.themes`. With it, figures that need
        gold decisions are left out where there are none, and so are the macro figures where a
        theme has none, and exact matches where a paragraph is only chosen in part.
    """
    mask = np.ones(outcome.gold.shape, dtype=bool) if chosen is None else chosen
    counts = theme_counts(outcome.assigned, outcome.gold)
    rejections = (~outcome.assigned & ~outcome.gold).astype(int)
    cells = np.concatenate([counts, rejections[..., None]], axis=-1) * mask[..., None]
    totals = _drawn(cells, outcome.article, weights)
    ratios = precision_recall_f1(totals[..., :3])
    by_theme = dict(zip(("precision", "recall", "f1"), ratios, strict=True))
    pooled = totals.sum(axis=1)
    micro = dict(zip(by_theme, precision_recall_f1(pooled[:, :3]), strict=True))
    support = (outcome.gold & mask).sum(axis=0)
    scores: dict[str, Floats] = {}
    if chosen is None or support.all():
        scores |= {f"macro_{name}": values.mean(axis=1) for name, values in by_theme.items()}
    if chosen is None or support.any():
        scores |= {f"micro_{name}": values for name, values in micro.items()}
    if np.array_equal(mask.any(axis=1), mask.all(axis=1)):
        whole = mask.all(axis=1)
        exact = (counts[..., 1:] == 0).all(axis=(1, 2)) & whole
        hits = _drawn(np.stack([exact, whole], axis=-1), outcome.article, weights)
        scores["exact_match"] = _share(hits[:, 0], hits[:, 1])
    scores["false_alarm_rate"] = _false_alarms(pooled)
    if chosen is None and outcome.uncertain is not None:
        scores |= _band(outcome, weights)
    return scores, {
        theme: {
            **(
                {name: values[:, column] for name, values in by_theme.items()}
                if chosen is None or support[column]
                else {}
            ),
            "false_alarm_rate": _false_alarms(totals[:, column]),
            "support": totals[:, column, 0] + totals[:, column, 2],
        }
        for column, theme in enumerate(themes)
    }


def probability_scores(
    outcome: ThemeOutcome, weights: Floats, themes: Sequence[str]
) -> tuple[dict[str, Floats], dict[str, dict[str, Floats]]]:
    """Score probabilities, before any threshold.

    Args:
        outcome: of n paragraphs and k themes.
        weights: how often each article counts, of shape (draws, articles).
        themes: k ids.

    Returns:
        Figures by name, and by theme and name, each of shape (draws,).
    """
    scores, gold = outcome.probabilities, outcome.gold.astype(float)
    each = weights[:, outcome.article]
    by_theme = {
        theme: {
            "average_precision": average_precision(scores[:, column], gold[:, column], each),
            **_calibration(scores[:, column], gold[:, column], each),
        }
        for column, theme in enumerate(themes)
    }
    precisions = [figures["average_precision"] for figures in by_theme.values()]
    pooled = _calibration(scores.ravel(), gold.ravel(), np.repeat(each, len(themes), axis=1))
    return {"mean_average_precision": np.mean(precisions, axis=0), **pooled}, by_theme


def _calibration(probabilities: Floats, gold: Floats, weights: Floats) -> dict[str, Floats]:
    return {
        "brier": brier_score(probabilities, gold, weights),
        "calibration_error": calibration_error(probabilities, gold, weights),
        "adaptive_calibration_error": calibration_error(
            probabilities, gold, weights, adaptive=True
        ),
    }


def _drawn(
    cells: npt.NDArray[np.generic], article: npt.NDArray[np.int64], weights: Floats
) -> Floats:
    """Sum cells of shape (paragraphs, ...) up an article, and those as often as they are drawn."""
    sums = np.zeros((weights.shape[1], *cells.shape[1:]))
    np.add.at(sums, article, cells)
    return np.asarray(np.tensordot(weights, sums, axes=1))


def _band(outcome: ThemeOutcome, weights: Floats) -> dict[str, Floats]:
    right = outcome.assigned == outcome.gold
    marked = np.asarray(outcome.uncertain)
    cells = np.stack([marked, ~marked, marked & right, ~marked & right], axis=-1).sum(axis=1)
    inside, outside, inside_right, outside_right = _drawn(cells, outcome.article, weights).T
    some = marked.any(axis=1)
    to_read, plain = _drawn(np.stack([some, ~some], axis=-1), outcome.article, weights).T
    wrong = inside - inside_right
    return {
        "uncertain_paragraphs": _share(to_read, to_read + plain),
        "errors_uncertain": _share(wrong, wrong + outside - outside_right),
        "uncertain_share": _share(inside, inside + outside),
        "accuracy_certain": _share(outside_right, outside),
        "accuracy_uncertain": _share(inside_right, inside),
    }


def _false_alarms(totals: Floats) -> Floats:
    return _share(totals[:, 1], totals[:, 1] + totals[:, 3])


def _share(part: Floats, whole: Floats) -> Floats:
    """Part by whole; NaN where there is nothing to divide by."""
    shares: Floats = np.divide(part, whole, out=np.full(part.shape, np.nan), where=whole > 0)
    return shares
