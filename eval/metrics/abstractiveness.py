"""How far abstracts are from copying, and how long they are, in syllables.

``evaluate.load("eval/metrics/abstractiveness.py")`` works with no network; its loader reads this
file line by line, so every import stands on a line of its own.
"""

import math
from collections.abc import Sequence

import datasets
import evaluate

from canbo.eval.metrics.vi_rouge import syllables

__all__ = ["NGRAMS", "Abstractiveness", "abstractiveness", "abstractiveness_means"]

NGRAMS = (1, 2, 3, 4)


def abstractiveness(abstracts: Sequence[str], sources: Sequence[str]) -> list[dict[str, float]]:
    """Measure each abstract beside its source.

    Args:
        abstracts: the summaries.
        sources: one an abstract: everything that was summarized, title and paragraphs.

    Returns:
        For each abstract ``syllables`` (its length), ``compression`` (syllables of the source for
        one of the abstract; Grusky, Naaman & Artzi, 2018) and ``novel_1`` to ``novel_4``: the share
        of its different n-grams of syllables that the source does not hold (See, Liu & Manning,
        2017). NaN where there is nothing to divide by: an abstract without a syllable, or of fewer
        than n.

    Raises:
        ValueError: the two lists are not of one length.
    """
    return [
        _measure(syllables(abstract), syllables(source))
        for abstract, source in zip(abstracts, sources, strict=True)
    ]


def _measure(abstract: list[str], source: list[str]) -> dict[str, float]:
    row = {
        "syllables": float(len(abstract)),
        "compression": len(source) / len(abstract) if abstract else math.nan,
    }
    for n in NGRAMS:
        stated = _ngrams(abstract, n)
        row[f"novel_{n}"] = len(stated - _ngrams(source, n)) / len(stated) if stated else math.nan
    return row


def _ngrams(words: list[str], n: int) -> set[tuple[str, ...]]:
    return set(zip(*(words[first:] for first in range(n)), strict=False))


def abstractiveness_means(abstracts: Sequence[str], sources: Sequence[str]) -> dict[str, float]:
    """Means of `abstractiveness`, each over the abstracts where it is a number; NaN over none.

    Raises:
        ValueError: there is no abstract, or the two lists are not of one length.
    """
    rows = abstractiveness(abstracts, sources)
    if not rows:
        raise ValueError("abstractiveness of no summaries: abstracts and sources are empty")
    return {
        name: _mean([row[name] for row in rows if not math.isnan(row[name])]) for name in rows[0]
    }


def _mean(values: list[float]) -> float:
    return sum(values) / len(values) if values else math.nan


class Abstractiveness(evaluate.Metric):  # type: ignore[misc]
    """``compute(predictions, references)`` for ``evaluate``; the references are the sources."""

    def _info(self) -> evaluate.MetricInfo:
        text = datasets.Value("string")
        return evaluate.MetricInfo(
            description="Novel n-grams, compression and length of abstracts.",
            citation="",
            inputs_description=abstractiveness.__doc__ or "",
            features=datasets.Features({"predictions": text, "references": text}),
        )

    def _compute(self, predictions: list[str], references: list[str]) -> dict[str, float]:
        return abstractiveness_means(predictions, references)
