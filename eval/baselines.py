"""Baselines of the theme classifier: what a keyword list and a linear model reach.

``python -m canbo.eval.baselines --train FILES --test FILES`` prints the macro-F1 of both on each
test file (JSONL as in ``canbo.data.loaders``).
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from canbo.data.loaders import LabelledParagraph, read_labelled_paragraphs
from canbo.data.themes import ThemeScheme, load_theme_scheme

__all__ = ["Baseline", "RegexBaseline", "TfidfBaseline", "main"]

Labels = npt.NDArray[np.int8]


class Baseline(Protocol):
    """A model of themes that learns from labelled texts."""

    def fit(self, texts: Sequence[str], labels: npt.ArrayLike) -> None:
        """Learn from texts and their labels, 0 or 1 of shape (texts, themes)."""

    def predict(self, texts: Sequence[str]) -> Labels:
        """Return 0 or 1 of shape (texts, themes)."""


class RegexBaseline:
    """Assigns a theme where its regular expression in the scheme matches; learns nothing."""

    def __init__(self, scheme: ThemeScheme) -> None:
        self._patterns = [re.compile(theme.pattern, re.IGNORECASE) for theme in scheme.themes]

    def fit(self, texts: Sequence[str], labels: npt.ArrayLike) -> None:
        """Do nothing."""

    def predict(self, texts: Sequence[str]) -> Labels:
        """Return 0 or 1 of shape (texts, themes)."""
        return np.array(
            [[bool(pattern.search(text)) for pattern in self._patterns] for text in texts],
            dtype=np.int8,
        )


class TfidfBaseline:
    """TF-IDF of 1 to 3 syllables and one logistic regression a theme (needs scikit-learn)."""

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

    def predict(self, texts: Sequence[str]) -> Labels:
        """Return 0 or 1 of shape (texts, themes)."""
        return np.asarray(self._model.predict(texts), dtype=np.int8)

    def probabilities(self, texts: Sequence[str]) -> npt.NDArray[np.float64]:
        """Return the probability of each theme, of shape (texts, themes)."""
        return np.asarray(self._model.predict_proba(texts), dtype=np.float64)


def main(arguments: Sequence[str] | None = None) -> None:
    """Fit every baseline on the training files and print its macro-F1 on each test file."""
    from canbo.eval.metrics.themes import theme_metrics

    parser = argparse.ArgumentParser(prog="python -m canbo.eval.baselines", description=__doc__)
    parser.add_argument("--train", nargs="+", type=Path, required=True, metavar="FILE")
    parser.add_argument("--test", nargs="+", type=Path, required=True, metavar="FILE")
    options = parser.parse_args(arguments)
    scheme = load_theme_scheme()
    train = [row for path in options.train for row in read_labelled_paragraphs(path, scheme)]
    tests = {path: list(read_labelled_paragraphs(path, scheme)) for path in options.test}
    baselines: dict[str, Baseline] = {"regex": RegexBaseline(scheme), "tfidf": TfidfBaseline()}
    for name, baseline in baselines.items():
        baseline.fit([row.text for row in train], _labels(train, scheme))
        for path, rows in tests.items():
            predictions = baseline.predict([row.text for row in rows])
            scores = theme_metrics(predictions, _labels(rows, scheme), scheme.ids)
            print(f"{name}\t{path}\tmacro-F1 {scores['macro_f1']:.4f}")


def _labels(rows: Sequence[LabelledParagraph], scheme: ThemeScheme) -> Labels:
    return np.array([[theme in row.labels for theme in scheme.ids] for row in rows], dtype=np.int8)


if __name__ == "__main__":
    main()
