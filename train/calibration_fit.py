"""Fit probabilities that mean what they say, and what is decided by them, to labels."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from canbo.models.calibration import Calibration, sigmoid

if TYPE_CHECKING:
    from canbo.models.classifier import WindowLogits

__all__ = ["calibrated_probabilities", "choose_thresholds", "fit_calibration", "uncertain_bands"]

_Floats = npt.NDArray[np.float64]
_Bools = npt.NDArray[np.bool_]

# Where themes differ in how far their logits may be trusted is told by few paragraphs: a theme's
# own weights are drawn to those that fit all themes, by as much as did best on held-out folds.
_PENALTY = 30.0
_SHARED_PENALTY = 0.5


def fit_calibration(logits: WindowLogits, lexical: _Floats | None, gold: _Bools) -> Calibration:
    """Fit the weights of the logits to labels of paragraphs.

    A paragraph is scored by its best window, and which that is depends on the weights: both are
    found in turns.

    Args:
        logits: of the encoder.
        lexical: the lexical model's logits of the same windows, of shape (windows, themes); None
            without one.
        gold: of shape (texts, themes); every theme has texts with and without it.
    """
    from canbo.models.classifier import best_windows

    parts = [logits.encoder] if lexical is None else [logits.encoder, lexical]
    best = best_windows(logits.texts.tolist(), np.sum(parts, axis=0))
    while True:
        taken = [np.take_along_axis(part, best, axis=0) for part in parts]
        weights = _fit_weights(taken, gold)
        found = Calibration(
            weights[:, 0], None if lexical is None else weights[:, 1], weights[:, -1]
        )
        again = best_windows(logits.texts.tolist(), found.logits(logits.encoder, lexical))
        # The sum of losses falls with every turn but the last, so that no choice comes back.
        if len(logits.texts) == len(gold) or (again == best).all():
            return found
        best = again


def _fit_weights(parts: Sequence[_Floats], gold: _Bools) -> _Floats:
    """Logistic regressions of shape (themes, parts + 1) that are drawn to one another.

    The weights of a theme are those shared by all themes and a deviation, and squares of both
    are penalised, of the bias's deviation a tenth as much.
    """
    from scipy.optimize import minimize  # type: ignore[import-untyped]

    inputs = np.stack([*parts, np.ones(gold.shape)], axis=-1)
    themes, width = inputs.shape[1:]
    start = np.append(np.full(width - 1, 1.2 / (width - 1) if width > 2 else 1.0), 0.0)
    penalty = np.append(np.full(width - 1, _PENALTY), 0.1 * _PENALTY)

    def loss(flat: _Floats) -> tuple[float, _Floats]:
        shared, own = flat[:width], flat[width:].reshape(themes, width)
        logits = (inputs * (shared + own)).sum(axis=-1)
        gradient = (inputs * (sigmoid(logits) - gold)[..., None]).sum(axis=0)
        value = (
            np.logaddexp(0, np.where(gold, -logits, logits)).sum()
            + (penalty * own**2).sum()
            + (_SHARED_PENALTY * (shared - start) ** 2).sum()
        )
        slopes = np.concatenate(
            [
                gradient.sum(axis=0) + 2 * _SHARED_PENALTY * (shared - start),
                (gradient + 2 * penalty * own).ravel(),
            ]
        )
        return float(value), slopes

    origin = np.concatenate([start, np.zeros(themes * width)])
    solution = minimize(loss, origin, jac=True, method="L-BFGS-B", options={"maxiter": 500}).x
    weights: _Floats = solution[:width] + solution[width:].reshape(themes, width)
    return weights


def calibrated_probabilities(
    calibration: Calibration, logits: WindowLogits, lexical: _Floats | None
) -> _Floats:
    """Probabilities of paragraphs, of shape (texts, themes); arguments as of `fit_calibration`."""
    from canbo.models.classifier import best_windows

    calibrated = calibration.logits(logits.encoder, lexical)
    best = best_windows(logits.texts.tolist(), calibrated)
    return sigmoid(np.take_along_axis(calibrated, best, axis=0))


def choose_thresholds(probabilities: _Floats, gold: _Bools) -> _Floats:
    """Choose thresholds for calibrated probabilities: half way from one half to the best ones.

    On held-out folds of 391 validation paragraphs they gave macro-F1 0.865, the best ones 0.857,
    one half 0.860 (train/LOG.md).

    Args:
        probabilities: of shape (paragraphs, themes).
        gold: of the same shape.

    Returns:
        Of shape (themes,).
    """
    from canbo.eval.metrics.themes import best_thresholds

    return np.asarray((best_thresholds(probabilities, gold) + 0.5) / 2)


def uncertain_bands(probabilities: _Floats, thresholds: _Floats, share: float) -> _Floats:
    """Choose for each theme the probabilities from which and below which a person should look.

    A decision's chance to be wrong is the probability of the theme where it is not assigned, and of
    its absence where it is. The paragraphs with the likeliest mistakes are those that lie inside:
    on held-out folds 10% of the paragraphs held 23% of the mistakes, of which bands of one width
    around the thresholds held 21% (train/LOG.md).

    Args:
        probabilities: calibrated, of shape (paragraphs, themes).
        thresholds: of shape (themes,).
        share: of the paragraphs.

    Returns:
        Low and high ends, of shape (themes, 2); an empty band where both are alike.
    """
    mistake = np.where(probabilities >= thresholds, 1 - probabilities, probabilities)
    likeliest = np.sort(mistake.max(axis=1))[::-1]
    marked = round(share * len(likeliest))
    if not marked:
        return np.stack([thresholds, thresholds], axis=1)
    least = likeliest[marked - 1]
    low, high = np.minimum(thresholds, least), np.maximum(thresholds, 1 - least)
    return np.stack([low, high], axis=1)
