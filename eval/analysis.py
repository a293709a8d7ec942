"""What figures do not show: confused themes, the worst mistakes, the way of training."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from canbo.data.errors import UserError
from canbo.eval.metrics.theme_probabilities import precision_recall_curve, reliability_curve
from canbo.eval.results import Curve

__all__ = [
    "confusion_matrix",
    "learning_curve",
    "precision_recall_points",
    "reliability_points",
    "worst_errors",
]

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

TRAINING_LOG = "trainer_state.json"
_MOST_POINTS = 60


def confusion_matrix(assigned: Bools, gold: Bools) -> list[list[int]]:
    """Count which theme stood in place of which; see `canbo.eval.results.Confusion`.

    Args:
        assigned: decisions, of shape (paragraphs, themes).
        gold: truth, of the same shape.

    Returns:
        A matrix of themes + 1 rows and columns.
    """
    missed, wrong = (gold & ~assigned).astype(int), (assigned & ~gold).astype(int)
    themes = gold.shape[1]
    matrix = np.zeros((themes + 1, themes + 1), dtype=int)
    matrix[:themes, :themes] = missed.T @ wrong + np.diag((gold & assigned).sum(axis=0))
    matrix[:themes, themes] = missed[~wrong.any(axis=1)].sum(axis=0)
    matrix[themes, :themes] = wrong[~missed.any(axis=1)].sum(axis=0)
    matrix[themes, themes] = int((~gold.any(axis=1) & ~assigned.any(axis=1)).sum())
    rows: list[list[int]] = matrix.tolist()
    return rows


def worst_errors(
    probabilities: Floats, assigned: Bools, gold: Bools, thresholds: Floats, most: int
) -> list[tuple[int, int]]:
    """Find the mistakes that a model is surest of.

    Args:
        probabilities: of shape (paragraphs, themes).
        assigned: decisions, of the same shape.
        gold: truth, of the same shape.
        thresholds: of shape (themes,).
        most: mistakes of each theme and kind.

    Returns:
        Index of paragraph and of theme: by theme, false positives before false negatives, the
        farthest from the threshold first.
    """
    found = []
    distance = np.abs(probabilities - thresholds)
    for theme in range(gold.shape[1]):
        for kind in (assigned & ~gold, gold & ~assigned):
            rows = np.flatnonzero(kind[:, theme])
            order = np.argsort(-distance[rows, theme], kind="stable")[:most]
            found += [(int(row), theme) for row in rows[order]]
    return found


def reliability_points(probabilities: Floats, gold: Bools) -> list[dict[str, float]]:
    """Points of a reliability plot; bins of equal width.

    Args:
        probabilities: of any shape, pooled.
        gold: truth, of the same shape.
    """
    points = reliability_curve(probabilities.ravel(), gold.ravel().astype(int))
    return [
        {
            "probability": round(point.probability, 4),
            "frequency": round(point.frequency, 4),
            "count": point.count,
        }
        for point in points
    ]


def precision_recall_points(probabilities: Floats, gold: Bools) -> list[dict[str, float]]:
    """Points of a precision-recall plot, thinned out evenly to at most 60.

    Args:
        probabilities: of one theme, of shape (n,).
        gold: truth, of the same shape.
    """
    precision, recall, thresholds = precision_recall_curve(probabilities, gold.astype(int))
    count = len(thresholds)
    chosen = np.unique(np.linspace(0, count - 1, min(count, _MOST_POINTS)).round().astype(int))
    return [
        {
            "threshold": round(float(thresholds[index]), 4),
            "precision": round(float(precision[index]), 4),
            "recall": round(float(recall[index]), 4),
        }
        for index in chosen
    ]


def learning_curve(model: str, folder: Path | None, log: Path | None) -> Curve | None:
    """Read what a training run logged.

    Args:
        model: name of the model.
        folder: the model's, searched (with its checkpoints) when no log is named; None for none.
        log: ``trainer_state.json`` of the run.

    Returns:
        The learning curve; None when no log is found.

    Raises:
        UserError: the log that is named is not there or not a log.
    """
    path = log or _find_log(folder)
    if path is None:
        return None
    try:
        history = json.loads(path.read_text(encoding="utf-8"))["log_history"]
        points = [_numbers(entry) for entry in history]
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise UserError(
            f"{path}: not the log of a training run ({error}); name its {TRAINING_LOG} or none"
        ) from error
    return Curve(model, None, "learning", None, [point for point in points if "step" in point])


def _find_log(folder: Path | None) -> Path | None:
    if folder is None:
        return None
    # The last checkpoint has the longest log.
    checkpoints = sorted(
        folder.glob(f"checkpoint-*/{TRAINING_LOG}"),
        key=lambda path: int(path.parent.name.rpartition("-")[2]),
    )
    found: Sequence[Path] = [folder / TRAINING_LOG, *reversed(checkpoints)]
    return next((path for path in found if path.is_file()), None)


def _numbers(entry: dict[str, Any]) -> dict[str, float]:
    return {
        name: value
        for name, value in entry.items()
        if isinstance(value, int | float) and not isinstance(value, bool) and np.isfinite(value)
    }
