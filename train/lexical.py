"""Fit the linear side of a theme classifier: logistic regressions over weighted n-grams.

Every n-gram is weighed by how much oftener it stands in texts of the theme than in others (naive
Bayes' log ratio of counts) before the regression is fitted, as in Wang & Manning, "Baselines and
Bigrams" (ACL 2012); here by a power of it. The weights are folded into the coefficients, so that
the fitted model is a plain linear one. On out-of-fold real news paragraphs this raised the mean
average precision of themes from 0.867 to 0.893 (train/LOG.md).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from canbo.models.lexical import LexicalModel, NgramIndex, ngram_keys

__all__ = ["fit_lexical"]


def fit_lexical(
    texts: Sequence[Sequence[str]],
    labels: npt.NDArray[np.bool_],
    *,
    inverse_regularization: float = 30.0,
    ratio_power: float = 0.5,
    least_texts: int = 2,
) -> LexicalModel:
    """Fit one logistic regression a theme (needs scikit-learn).

    Args:
        texts: words of each, as `canbo.models.text_encoding.segment_for_model` joins them.
        labels: of shape (texts, themes); every theme has texts with and without it.
        inverse_regularization: of the regressions (scikit-learn's ``C``).
        ratio_power: power of the log ratio of counts that an n-gram is weighed by; 0 weighs all
            alike.
        least_texts: n-grams of fewer texts are left out.
    """
    from scipy.sparse import csr_matrix, diags_array  # type: ignore[import-untyped]
    from sklearn.linear_model import LogisticRegression

    index = NgramIndex(ngram_keys(texts))
    counts = index.count(texts)
    frequency = np.bincount(counts.columns, minlength=len(index.keys))
    index = NgramIndex(index.keys[frequency >= least_texts])
    counts = index.count(texts)
    frequency = np.bincount(counts.columns, minlength=len(index.keys))
    idf = np.log((1 + len(texts)) / (1 + frequency)) + 1
    shape = (len(texts), len(index.keys))
    values = counts.weighted(idf, len(texts))
    vectors = csr_matrix((values, (counts.rows, counts.columns)), shape=shape)
    present = csr_matrix((np.ones(len(values)), (counts.rows, counts.columns)), shape=shape)
    weights, bias = [], []
    for column in labels.T:
        scale = np.abs(_log_ratio(present, column)) ** ratio_power
        regression = LogisticRegression(
            C=inverse_regularization, class_weight="balanced", solver="liblinear"
        ).fit(vectors @ diags_array(scale), column)
        weights.append(regression.coef_[0] * scale)
        bias.append(regression.intercept_[0])
    return LexicalModel(index.keys, idf, np.stack(weights, axis=1), np.array(bias))


def _log_ratio(present: Any, column: npt.NDArray[np.bool_]) -> npt.NDArray[np.float64]:
    """Log of how much oftener each n-gram stands in the column's texts; each side has sum one."""
    sides = [np.asarray(present[side].sum(axis=0)).ravel() + 1 for side in (column, ~column)]
    ratio: npt.NDArray[np.float64] = np.log(sides[0] / sides[0].sum() * sides[1].sum() / sides[1])
    return ratio
