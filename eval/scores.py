"""Figures on all draws of a bootstrap, put into the form of ``metrics.json``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from canbo.eval.bootstrap import interval, p_value
from canbo.eval.results import Comparison, MetricInfo, Score, SliceResult

__all__ = ["Figures", "compare", "slice_result"]

# By metric: the figure on the data as they are, then on each draw; of shape (1 + resamples,).
Figures = Mapping[str, npt.NDArray[np.float64]]

_DECIMALS = 6


def slice_result(
    key: tuple[str, str, str],
    n: int,
    articles: int,
    figures: Figures,
    themes: Mapping[str, Figures] | None = None,
) -> SliceResult:
    """Sum figures up to values with intervals.

    Args:
        key: names of model, data set and slice.
        n: items in the slice.
        articles: articles in it.
        figures: by metric.
        themes: by theme and metric.
    """
    return SliceResult(
        *key,
        n,
        articles,
        {name: _score(values) for name, values in figures.items()},
        {
            theme: {
                # The number of gold paragraphs is not an estimate.
                name: Score(_rounded(values[0])) if name == "support" else _score(values)
                for name, values in scores.items()
            }
            for theme, scores in (themes or {}).items()
        },
    )


def compare(
    dataset: str,
    pairs: Sequence[tuple[str, str]],
    figures: Mapping[str, Figures],
    metrics: Mapping[str, MetricInfo],
) -> list[Comparison]:
    """Compare systems by the headline metrics that both have.

    Args:
        dataset: name of the data set.
        pairs: names of the compared.
        figures: by name of the system, on the same draws.
        metrics: what each metric is.
    """
    found = []
    for a, b in pairs:
        for name, info in metrics.items():
            if not info.headline or name not in figures[a] or name not in figures[b]:
                continue
            ours, theirs = figures[a][name], figures[b][name]
            differences = ours - theirs
            ci = interval(differences[1:])
            if ci is None or not np.isfinite(differences[0]):
                continue
            found.append(
                Comparison(
                    dataset,
                    a,
                    b,
                    name,
                    _rounded(ours[0]),
                    _rounded(theirs[0]),
                    _rounded(differences[0]),
                    (_rounded(ci[0]), _rounded(ci[1])),
                    _rounded(p_value(float(differences[0]), differences[1:])),
                )
            )
    return found


def _score(values: npt.NDArray[np.float64]) -> Score:
    if not np.isfinite(values[0]):
        return Score(None)
    ci = interval(values[1:])
    return Score(_rounded(values[0]), ci and (_rounded(ci[0]), _rounded(ci[1])))


def _rounded(value: float) -> float:
    return round(float(value), _DECIMALS)
