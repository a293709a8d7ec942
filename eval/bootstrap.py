"""The cluster bootstrap over articles: intervals of figures and p-values of differences.

Paragraphs of one article resemble each other, so whole articles are drawn with replacement (Efron
& Tibshirani, "An Introduction to the Bootstrap", 1993, chapters 8 and 13). Two models are compared
on the same draws, the paired bootstrap of Koehn ("Statistical Significance Tests for Machine
Translation Evaluation", 2004) with the p-value of Berg-Kirkpatrick, Burkett & Klein ("An Empirical
Investigation of Statistical Significance in NLP", 2012).

A draw is how often each article occurs in it. Whatever a metric is made of is summed up an article,
so that all draws are scored by one product of matrices.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

__all__ = ["article_weights", "interval", "p_value"]

Floats = npt.NDArray[np.float64]

_LEVEL = 0.95


def article_weights(articles: int, resamples: int, seed: int) -> Floats:
    """Draw articles with replacement.

    Args:
        articles: their number, at least 1.
        resamples: number of draws.
        seed: the same seed gives the same draws.

    Returns:
        How often each article occurs, of shape (1 + resamples, articles). The first row is all
        ones: what is computed from it is the figure of the data as they are.
    """
    draws = np.random.default_rng(seed).multinomial(
        articles, np.full(articles, 1 / articles), size=resamples
    )
    return np.vstack([np.ones(articles), draws])


def interval(samples: npt.ArrayLike) -> tuple[float, float] | None:
    """The 95% percentile interval of a figure.

    Args:
        samples: the figure in each resample, of shape (resamples,); NaN where it is not defined
            there.

    Returns:
        Lower and upper end; None where no resample defines the figure.
    """
    values = np.asarray(samples, dtype=np.float64)
    values = values[np.isfinite(values)]
    if not len(values):
        return None
    low, high = np.quantile(values, [(1 - _LEVEL) / 2, (1 + _LEVEL) / 2])
    return float(low), float(high)


def p_value(difference: float, samples: npt.ArrayLike) -> float:
    """The two-sided p-value of a difference between two models.

    Under the hypothesis of no difference the resampled ones spread around 0 as they do around the
    observed one, so those that lie farther from it than it lies from 0 are counted. The observed
    one counts as one of them: a p-value is never 0, and 1 where both models always score alike.

    Args:
        difference: observed.
        samples: in each resample, of shape (resamples,); NaN where it is not defined there.
    """
    values = np.asarray(samples, dtype=np.float64)
    values = values[np.isfinite(values)]
    # Sums in another order differ in the last bit, which is no difference.
    farther = np.abs(values - difference) >= abs(difference) - 1e-12
    return float((1 + farther.sum()) / (1 + len(values)))
