"""Baselines of the theme classifier: set phrases, a linear model, the commonest answer."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from canbo.data.themes import ThemeScheme

__all__ = ["MajorityBaseline", "RegexBaseline", "TfidfBaseline", "ThemeBaseline", "theme_baselines"]

Labels = npt.NDArray[np.int8]
Probabilities = npt.NDArray[np.float64]


class ThemeBaseline(ABC):
    """A model of themes that learns from labelled texts.

    Attributes:
        name: short name for tables.
    """

    name: str

    @abstractmethod
    def fit(self, texts: Sequence[str], labels: npt.ArrayLike) -> None:
        """Learn from texts and their labels, 0 or 1 of shape (texts, themes)."""

    @abstractmethod
    def probabilities(self, texts: Sequence[str]) -> Probabilities:
        """Return the probability of each theme, of shape (texts, themes)."""

    def predict(self, texts: Sequence[str]) -> Labels:
        """Return the themes that are likelier than not: 0 or 1 of shape (texts, themes)."""
        return (self.probabilities(texts) >= 0.5).astype(np.int8)


class MajorityBaseline(ThemeBaseline):
    """Gives every text the set of themes that stood oftenest; of equally frequent ones the least.

    What a score is worth that a model reaches without reading. Its probabilities are 0 and 1.
    """

    name = "majority set"

    def fit(self, texts: Sequence[str], labels: npt.ArrayLike) -> None:
        """Learn from texts and their labels; see `ThemeBaseline.fit`."""
        sets = Counter(tuple(row) for row in np.asarray(labels, dtype=int).tolist())
        self._set = min(sets, key=lambda themes: (-sets[themes], sum(themes), themes))

    def probabilities(self, texts: Sequence[str]) -> Probabilities:
        """Return 0 or 1 of shape (texts, themes)."""
        return np.tile(np.array(self._set, dtype=np.float64), (len(texts), 1))


class RegexBaseline(ThemeBaseline):
    """Assigns a theme where its regular expression in the scheme matches; learns nothing."""

    name = "regular expressions"

    def __init__(self, scheme: ThemeScheme) -> None:
        self._patterns = [re.compile(theme.pattern, re.IGNORECASE) for theme in scheme.themes]

    def fit(self, texts: Sequence[str], labels: npt.ArrayLike) -> None:
        """Do nothing."""

    def probabilities(self, texts: Sequence[str]) -> Probabilities:
        """Return 0 or 1 of shape (texts, themes)."""
        found = [bool(pattern.search(text)) for text in texts for pattern in self._patterns]
        return np.array(found, dtype=np.float64).reshape(len(texts), len(self._patterns))


class TfidfBaseline(ThemeBaseline):
    """TF-IDF of 1 to 3 syllables and one logistic regression a theme (needs scikit-learn)."""

    name = "TF-IDF + logistic regression"

    def __init__(self) -> None:
        from sklearn.feature_extraction.text import TfidfVectorizer
        from sklearn.linear_model import LogisticRegression
        from sklearn.multiclass import OneVsRestClassifier
        from sklearn.pipeline import make_pipeline

        self._model: Any = make_pipeline(
            TfidfVectorizer(ngram_range=(1, 3), token_pattern=r"\w+", min_df=2, sublinear_tf=True),
            OneVsRestClassifier(
                LogisticRegression(C=10, class_weight="balanced", solver="liblinear")
            ),
        )

    def fit(self, texts: Sequence[str], labels: npt.ArrayLike) -> None:
        """Learn from texts and their labels, 0 or 1 of shape (texts, themes)."""
        self._model.fit(texts, np.asarray(labels))

    def probabilities(self, texts: Sequence[str]) -> Probabilities:
        """Return the probability of each theme, of shape (texts, themes)."""
        return np.asarray(self._model.predict_proba(texts), dtype=np.float64)


def theme_baselines(scheme: ThemeScheme) -> tuple[ThemeBaseline, ...]:
    """Make one of each, from the weakest to the strongest, to be fitted."""
    return MajorityBaseline(), RegexBaseline(scheme), TfidfBaseline()
