"""Scores of multi-label theme predictions, as plain functions and as an ``evaluate`` module.

``evaluate.load("eval/metrics/themes.py")`` works with no network. Its loader reads this file line
by line, so every import stands on a line of its own and imports nothing relative.
"""

from collections.abc import Sequence

import datasets
import evaluate
import numpy as np
import numpy.typing as npt

__all__ = [
    "ThemeMetrics",
    "band_counts",
    "band_scores",
    "best_thresholds",
    "precision_recall_f1",
    "theme_counts",
    "theme_metrics",
]

_GRID = np.arange(1, 100) / 100
_DRAWS = 200


def theme_counts(predictions: npt.ArrayLike, references: npt.ArrayLike) -> npt.NDArray[np.int64]:
    """Count hits, false alarms and misses of every paragraph and theme.

    The counts add up: summed over any set of paragraphs, or over the draws of a bootstrap, they
    are all that `precision_recall_f1` needs. A paragraph is an exact match where its false alarms
    and misses are all 0.

    Args:
        predictions: 0 or 1, of shape (paragraphs, themes).
        references: gold, of the same shape.

    Returns:
        Counts of shape (paragraphs, themes, 3): hits, false alarms, misses.

    Raises:
        ValueError: the shapes do not fit, there is no paragraph, or a value is not 0 or 1.
    """
    predicted, gold = _binary("predictions", predictions), _binary("references", references)
    _check_shapes("predictions", predicted, gold)
    return np.stack([predicted & gold, predicted & ~gold, ~predicted & gold], axis=-1).astype(int)


def precision_recall_f1(
    counts: npt.ArrayLike,
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Precision, recall and F1 of counts.

    A ratio with denominator 0 is 0, as in scikit-learn with ``zero_division=0``. With counts of
    shape (..., themes, 3), macro figures are means over the last axis of each result, micro
    figures those of the counts summed over themes.

    Args:
        counts: hits, false alarms and misses, of shape (..., 3); weighted sums too.

    Returns:
        Three arrays of shape (...).
    """
    hits, false_alarms, misses = np.moveaxis(np.asarray(counts, dtype=np.float64), -1, 0)
    return (
        _ratio(hits, hits + false_alarms),
        _ratio(hits, hits + misses),
        _ratio(2 * hits, 2 * hits + false_alarms + misses),
    )


def theme_metrics(
    predictions: npt.ArrayLike, references: npt.ArrayLike, theme_ids: Sequence[str]
) -> dict[str, float]:
    """Score predicted themes against gold themes.

    Args:
        predictions: 0 or 1, of shape (paragraphs, themes).
        references: gold, of the same shape.
        theme_ids: names of the columns.

    Returns:
        ``macro_precision``, ``macro_recall``, ``macro_f1`` (unweighted means over themes),
        ``micro_precision``, ``micro_recall``, ``micro_f1`` (all decisions in one),
        ``exact_match`` (share of paragraphs with every theme right), and for each theme
        ``precision_ID``, ``recall_ID``, ``f1_ID`` and ``support_ID`` (gold paragraphs). A ratio
        with denominator 0 is 0: a theme that is neither predicted nor present lowers the macro
        figures.

    Raises:
        ValueError: the shapes do not fit, there is no paragraph, or a value is not 0 or 1.
    """
    counts = theme_counts(predictions, references)
    if counts.shape[1] != len(theme_ids):
        raise ValueError(
            f"predictions and references have {counts.shape[1]} columns; the themes "
            f"{', '.join(theme_ids)} are {len(theme_ids)}"
        )
    totals = counts.sum(axis=0)
    by_theme = dict(zip(("precision", "recall", "f1"), precision_recall_f1(totals), strict=True))
    micro = dict(zip(by_theme, precision_recall_f1(totals.sum(axis=0)), strict=True))
    scores = {f"macro_{name}": float(values.mean()) for name, values in by_theme.items()}
    scores |= {f"micro_{name}": float(value) for name, value in micro.items()}
    scores["exact_match"] = float((counts[..., 1:] == 0).all(axis=(1, 2)).mean())
    for column, theme in enumerate(theme_ids):
        scores |= {f"{name}_{theme}": float(values[column]) for name, values in by_theme.items()}
        scores[f"support_{theme}"] = float(totals[column, 0] + totals[column, 2])
    return scores


def band_counts(
    predictions: npt.ArrayLike, references: npt.ArrayLike, uncertain: npt.ArrayLike
) -> npt.NDArray[np.int64]:
    """Count right and wrong decisions inside and outside the band of uncertain ones.

    Args:
        predictions: 0 or 1, of shape (paragraphs, themes).
        references: gold, of the same shape.
        uncertain: 1 for decisions that a person should look at first.

    Returns:
        Counts of shape (paragraphs, themes, 2, 2), to be added up: first outside and inside the
        band, then wrong and right.

    Raises:
        ValueError: the shapes do not fit, there is no paragraph, or a value is not 0 or 1.
    """
    predicted, gold = _binary("predictions", predictions), _binary("references", references)
    inside = _binary("uncertain", uncertain)
    _check_shapes("predictions", predicted, gold)
    _check_shapes("uncertain", inside, gold)
    right = predicted == gold
    return np.stack(
        [np.stack([side & ~right, side & right], axis=-1) for side in (~inside, inside)], axis=-2
    ).astype(int)


def band_scores(counts: npt.ArrayLike) -> dict[str, float]:
    """Say how much the band of uncertain decisions covers, and how right both sides are.

    Args:
        counts: sum of `band_counts` over paragraphs and themes, of shape (2, 2).

    Returns:
        ``uncertain_share`` of the decisions inside the band, ``accuracy_certain`` outside and
        ``accuracy_uncertain`` inside it; NaN for the accuracy of no decision.
    """
    sides = np.asarray(counts, dtype=np.float64)
    decisions = sides.sum(axis=1)
    nothing = np.full(2, np.nan)
    certain, uncertain = np.divide(sides[:, 1], decisions, out=nothing, where=decisions > 0)
    return {
        "uncertain_share": float(decisions[1] / decisions.sum()),
        "accuracy_certain": float(certain),
        "accuracy_uncertain": float(uncertain),
    }


def best_thresholds(
    probabilities: npt.ArrayLike, references: npt.ArrayLike
) -> npt.NDArray[np.float64]:
    """Choose for each theme the probability from which on it is assigned.

    F1 as a function of the threshold is jagged when a theme has few positives, and its highest
    point is then luck. So the paragraphs are drawn anew 200 times with replacement, the best
    threshold of each draw is taken, and their mean is the answer (bagging; Breiman, "Bagging
    Predictors", 1996). Of equally good thresholds in a draw the middle of the run that comes
    nearest to 0.5 is taken. On out-of-fold TF-IDF probabilities of the real training paragraphs,
    240 to choose on and the others to judge on, bagging gave macro-F1 0.779, the plain maximum
    0.770, a maximum over smoothed F1 0.771.

    Args:
        probabilities: of shape (paragraphs, themes), each in [0, 1]; from a validation split.
        references: gold 0 or 1, of the same shape.

    Returns:
        Thresholds of shape (themes,), the same at every call; a theme is assigned where
        ``probability >= threshold``. 0.5 for a theme without a positive.

    Raises:
        ValueError: the shapes differ, there is no paragraph, or a reference is not 0 or 1.
    """
    scores, gold = np.asarray(probabilities, dtype=np.float64), _binary("references", references)
    if scores.shape != gold.shape:
        raise ValueError(f"probabilities {scores.shape} and references {gold.shape} differ")
    count = len(gold)
    draws = np.random.default_rng(0).multinomial(count, np.full(count, 1 / count), size=_DRAWS)
    return np.array(
        [
            _bagged_threshold(draws, scores[:, column], gold[:, column])
            for column in range(gold.shape[1])
        ]
    )


def _bagged_threshold(
    draws: npt.NDArray[np.int64], scores: npt.NDArray[np.float64], gold: npt.NDArray[np.bool_]
) -> float:
    # Grid values such as 0.29 and probabilities printed as 0.29 differ in the last bit.
    assigned = scores[:, None] >= _GRID - 1e-9
    hits, positives = draws @ (assigned & gold[:, None]), draws @ gold[:, None]
    f1 = _ratio(2 * hits, draws @ assigned + positives)
    # A draw without positives has F1 0 everywhere, and 0.5 is the middle of the whole grid.
    return float(np.mean([_best_of(draw) for draw in f1]))


def _best_of(f1: npt.NDArray[np.float64]) -> float:
    best = np.flatnonzero(f1 >= f1.max() - 1e-9)
    runs = np.split(best, np.flatnonzero(np.diff(best) > 1) + 1)
    return min((float(_GRID[run].mean()) for run in runs), key=lambda middle: abs(middle - 0.5))


def _binary(name: str, values: npt.ArrayLike) -> npt.NDArray[np.bool_]:
    array = np.asarray(values)
    if array.ndim != 2 or not len(array):
        raise ValueError(f"{name} must be of shape (paragraphs, themes) and hold a paragraph")
    if not np.isin(array, (0, 1)).all():
        raise ValueError(f"{name} must hold only 0 and 1")
    return array.astype(bool)


def _ratio(part: npt.ArrayLike, whole: npt.ArrayLike) -> npt.NDArray[np.float64]:
    return np.divide(part, whole, out=np.zeros(np.shape(part)), where=np.asarray(whole) > 0)


def _check_shapes(
    name: str, values: npt.NDArray[np.bool_], references: npt.NDArray[np.bool_]
) -> None:
    if values.shape != references.shape:
        raise ValueError(
            f"{name} {values.shape} and references {references.shape} must be of one shape, "
            "(paragraphs, themes)"
        )


class ThemeMetrics(evaluate.Metric):  # type: ignore[misc]
    """``compute(predictions, references, theme_ids, uncertain=None)`` for ``evaluate``.

    It gives `theme_metrics`, and with ``uncertain`` (0 or 1 a decision) `band_scores` too.
    """

    def _info(self) -> evaluate.MetricInfo:
        label = datasets.List(datasets.Value("int8"))
        return evaluate.MetricInfo(
            description="Multi-label scores of theme predictions.",
            citation="",
            inputs_description=theme_metrics.__doc__ or "",
            features=datasets.Features({"predictions": label, "references": label}),
        )

    def _compute(
        self,
        predictions: npt.ArrayLike,
        references: npt.ArrayLike,
        theme_ids: Sequence[str],
        uncertain: npt.ArrayLike | None = None,
    ) -> dict[str, float]:
        scores = theme_metrics(predictions, references, theme_ids)
        if uncertain is not None:
            counts = band_counts(predictions, references, uncertain)
            scores |= band_scores(counts.sum(axis=(0, 1)))
        return scores
