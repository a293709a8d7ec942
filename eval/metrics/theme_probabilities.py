"""Scores of theme probabilities, before any threshold: ranking and calibration.

``evaluate.load("eval/metrics/theme_probabilities.py")`` works with no network; its loader reads
this file line by line, so every import stands on a line of its own.

Every figure can be taken over weighted paragraphs: with the number of times that each paragraph
was drawn as its weight, one call scores all draws of a bootstrap.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import datasets
import evaluate
import numpy as np
import numpy.typing as npt

__all__ = [
    "BINS",
    "ReliabilityPoint",
    "ThemeProbabilityMetrics",
    "average_precision",
    "brier_score",
    "calibration_error",
    "precision_recall_curve",
    "probability_metrics",
    "reliability_curve",
]

BINS = 10

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class ReliabilityPoint:
    """One bin of a reliability curve.

    Attributes:
        probability: mean predicted probability of the decisions in the bin.
        frequency: share of them that are positive.
        count: their number.
    """

    probability: float
    frequency: float
    count: int


def probability_metrics(
    probabilities: npt.ArrayLike, references: npt.ArrayLike, theme_ids: Sequence[str]
) -> dict[str, float]:
    """Score theme probabilities against gold themes.

    Args:
        probabilities: in [0, 1], of shape (paragraphs, themes).
        references: gold 0 or 1, of the same shape.
        theme_ids: names of the columns.

    Returns:
        ``mean_average_precision`` (unweighted mean over themes); ``brier``,
        ``calibration_error`` (equal-width bins) and ``adaptive_calibration_error`` (bins of
        equally many decisions), each over all decisions pooled; and for each theme
        ``average_precision_ID``, ``brier_ID``, ``calibration_error_ID`` and
        ``adaptive_calibration_error_ID``.

    Raises:
        ValueError: the shapes do not fit, there is no paragraph, a probability is not in [0, 1]
            or a reference is not 0 or 1.
    """
    scores, gold = _columns(probabilities, references)
    if scores.shape[1] != len(theme_ids):
        raise ValueError(
            f"probabilities have {scores.shape[1]} columns; the themes {', '.join(theme_ids)} "
            f"are {len(theme_ids)}"
        )
    precisions = [average_precision(scores[:, k], gold[:, k]) for k in range(len(theme_ids))]
    metrics = {
        "mean_average_precision": float(np.mean(precisions)),
        **_calibration(scores.ravel(), gold.ravel()),
    }
    for column, theme in enumerate(theme_ids):
        metrics[f"average_precision_{theme}"] = float(precisions[column])
        for name, value in _calibration(scores[:, column], gold[:, column]).items():
            metrics[f"{name}_{theme}"] = value
    return metrics


def _calibration(probabilities: Floats, references: Floats) -> dict[str, float]:
    return {
        "brier": float(brier_score(probabilities, references)),
        "calibration_error": float(calibration_error(probabilities, references)),
        "adaptive_calibration_error": float(
            calibration_error(probabilities, references, adaptive=True)
        ),
    }


def average_precision(
    probabilities: npt.ArrayLike, references: npt.ArrayLike, weights: npt.ArrayLike | None = None
) -> Floats:
    """Average precision of one theme: precision at every threshold, weighted by gained recall.

    Not interpolated, and equal probabilities are one threshold, as in scikit-learn's
    ``average_precision_score``, also in that a theme without a positive has 0.

    Args:
        probabilities: of shape (n,).
        references: gold 0 or 1, of shape (n,).
        weights: of shape (..., n); None weighs all decisions alike.

    Returns:
        Figures of shape (...): a single one, of shape (), without weights.

    Raises:
        ValueError: as of `probability_metrics`.
    """
    precision, recall, _ = precision_recall_curve(probabilities, references, weights)
    return np.asarray((np.diff(recall, axis=-1, prepend=0) * precision).sum(axis=-1))


def precision_recall_curve(
    probabilities: npt.ArrayLike, references: npt.ArrayLike, weights: npt.ArrayLike | None = None
) -> tuple[Floats, Floats, Floats]:
    """Precision and recall at every threshold.

    Args:
        probabilities: of shape (n,).
        references: gold 0 or 1, of shape (n,).
        weights: of shape (..., n); None weighs all decisions alike.

    Returns:
        Precision and recall, both of shape (..., thresholds), and the thresholds, from the highest
        to the lowest; a ratio with denominator 0 is 0.

    Raises:
        ValueError: as of `probability_metrics`.
    """
    scores, gold, weight = _weighted(probabilities, references, weights)
    order = np.argsort(-scores, kind="stable")
    # Only where the next probability differs does a threshold stand.
    last = np.flatnonzero(np.diff(scores[order], append=-1.0))
    hits = np.cumsum(weight[..., order] * gold[order], axis=-1)
    assigned = np.cumsum(weight[..., order], axis=-1)[..., last]
    return (
        _ratio(hits[..., last], assigned),
        _ratio(hits[..., last], hits[..., -1:]),
        scores[order][last],
    )


def brier_score(
    probabilities: npt.ArrayLike, references: npt.ArrayLike, weights: npt.ArrayLike | None = None
) -> Floats:
    """Mean squared difference of probability and gold (Brier, 1950), 0 best.

    Args:
        probabilities: of shape (n,).
        references: gold 0 or 1, of shape (n,).
        weights: of shape (..., n); None weighs all decisions alike.

    Returns:
        Figures of shape (...).

    Raises:
        ValueError: as of `probability_metrics`.
    """
    scores, gold, weight = _weighted(probabilities, references, weights)
    return np.asarray(_ratio(weight @ (scores - gold) ** 2, weight.sum(axis=-1)))


def calibration_error(
    probabilities: npt.ArrayLike,
    references: npt.ArrayLike,
    weights: npt.ArrayLike | None = None,
    *,
    adaptive: bool = False,
    bins: int = BINS,
) -> Floats:
    """Expected calibration error of the probability of the positive class.

    The decisions are sorted into bins by probability. In each bin the mean probability is compared
    with the share of positives, and the error is the mean of the absolute differences, weighted by
    the decisions in the bin (Naeini, Cooper & Hauskrecht, 2015). Bins are of equal width in [0, 1],
    or, ``adaptive``, of equally many decisions (Nguyen & O'Connor, 2015): most probabilities of
    rare themes lie in the lowest of the equally wide bins. A bin holds its upper edge, and equal
    probabilities are in one bin. The figure is biased upwards where bins hold few decisions, so
    two of them compare only on the same decisions.

    Args:
        probabilities: of shape (n,); those of several themes pooled by ``ravel()``.
        references: gold 0 or 1, of shape (n,).
        weights: of shape (..., n); None weighs all decisions alike. The bins do not depend on it.
        adaptive: bins of equally many decisions.
        bins: their number.

    Returns:
        Figures of shape (...).

    Raises:
        ValueError: as of `probability_metrics`.
    """
    scores, gold, weight = _weighted(probabilities, references, weights)
    members = np.eye(bins)[_bin_of(scores, adaptive, bins)]
    return _ratio(np.abs((weight * (scores - gold)) @ members).sum(axis=-1), weight.sum(axis=-1))


def reliability_curve(
    probabilities: npt.ArrayLike,
    references: npt.ArrayLike,
    *,
    adaptive: bool = False,
    bins: int = BINS,
) -> list[ReliabilityPoint]:
    """Points of a reliability plot, by the bins of `calibration_error`; empty bins give none.

    Args:
        probabilities: of shape (n,).
        references: gold 0 or 1, of shape (n,).
        adaptive: bins of equally many decisions, instead of equal width.
        bins: their number.

    Raises:
        ValueError: as of `probability_metrics`.
    """
    scores, gold, _ = _weighted(probabilities, references, None)
    found = _bin_of(scores, adaptive, bins)
    return [
        ReliabilityPoint(
            float(scores[found == number].mean()),
            float(gold[found == number].mean()),
            int((found == number).sum()),
        )
        for number in np.unique(found)
    ]


def _bin_of(probabilities: Floats, adaptive: bool, bins: int) -> npt.NDArray[np.int64]:
    edges = np.linspace(0, 1, bins + 1)
    if adaptive:
        edges = np.quantile(probabilities, edges)
    return np.searchsorted(edges[1:-1], probabilities)


def _columns(probabilities: npt.ArrayLike, references: npt.ArrayLike) -> tuple[Floats, Floats]:
    scores = np.asarray(probabilities, dtype=np.float64)
    gold = np.asarray(references, dtype=np.float64)
    if scores.shape != gold.shape or scores.ndim != 2:
        raise ValueError(
            f"probabilities {scores.shape} and references {gold.shape} must both be "
            "(paragraphs, themes)"
        )
    return scores, gold


def _weighted(
    probabilities: npt.ArrayLike, references: npt.ArrayLike, weights: npt.ArrayLike | None
) -> tuple[Floats, Floats, Floats]:
    scores = np.asarray(probabilities, dtype=np.float64)
    gold = np.asarray(references, dtype=np.float64)
    weight = np.ones(scores.shape) if weights is None else np.asarray(weights, dtype=np.float64)
    if scores.shape != gold.shape or scores.ndim != 1 or weight.shape[-1:] != scores.shape:
        raise ValueError(
            f"probabilities {scores.shape}, references {gold.shape} and weights {weight.shape} "
            "must be of shape (n,), (n,) and (..., n)"
        )
    if not len(scores):
        raise ValueError("probabilities are empty: there is nothing to score")
    if not ((scores >= 0) & (scores <= 1)).all():
        raise ValueError("probabilities must lie in [0, 1]")
    if not np.isin(gold, (0, 1)).all():
        raise ValueError("references must hold only 0 and 1")
    return scores, gold, weight


def _ratio(part: Floats, whole: Floats) -> Floats:
    part, whole = np.broadcast_arrays(part, whole)
    return np.divide(part, whole, out=np.zeros(part.shape), where=whole > 0)


class ThemeProbabilityMetrics(evaluate.Metric):  # type: ignore[misc]
    """``compute(predictions, references, theme_ids)`` for ``evaluate``: `probability_metrics`."""

    def _info(self) -> evaluate.MetricInfo:
        return evaluate.MetricInfo(
            description="Ranking and calibration of theme probabilities.",
            citation="",
            inputs_description=probability_metrics.__doc__ or "",
            features=datasets.Features(
                {
                    "predictions": datasets.List(datasets.Value("float64")),
                    "references": datasets.List(datasets.Value("int8")),
                }
            ),
        )

    def _compute(
        self, predictions: npt.ArrayLike, references: npt.ArrayLike, theme_ids: Sequence[str]
    ) -> dict[str, float]:
        return probability_metrics(predictions, references, theme_ids)
