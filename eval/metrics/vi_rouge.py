"""ROUGE for Vietnamese, as a local `evaluate` module and as plain functions.

`rouge_score`'s own tokenizer keeps only ``[a-z0-9]`` and so cuts Vietnamese words at every
diacritic; most published Vietnamese scores were computed with it all the same. Here the tokens
are syllables (``\\w+`` of the lower-cased NFC text); ``legacy=True`` asks for the published way.
The two are different measures: never put them in one column.
"""

# evaluate's loader reads the imports of this file line by line: one module a line.
from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

import datasets
import evaluate
from rouge_score import rouge_scorer

__all__ = ["ROUGE_TYPES", "SyllableTokenizer", "ViRouge", "rouge_means", "rouge_scores"]

ROUGE_TYPES = ("rouge1", "rouge2", "rougeL")

_SYLLABLE = re.compile(r"\w+")

_CITATION = """\
@inproceedings{lin2004rouge,
  title = {{ROUGE}: A Package for Automatic Evaluation of Summaries},
  author = {Lin, Chin-Yew},
  booktitle = {Text Summarization Branches Out},
  year = {2004}
}
"""

_DESCRIPTION = """\
F-measures of ROUGE-1, ROUGE-2 and ROUGE-L (Lin 2004) of Vietnamese summaries, over syllables.
"""

_KWARGS_DESCRIPTION = """\
Args:
    predictions: list of str, the summaries.
    references: list of str, the reference summaries, in the same order.
    legacy: bool, use rouge_score's default tokenizer ([a-z0-9] only), as published scores do.
Returns:
    rouge1, rouge2, rougeL: mean F-measures, 0 to 1.
"""


class SyllableTokenizer:
    """Tokenizer for `rouge_score`: lower-cased NFC runs of word characters."""

    def tokenize(self, text: str) -> list[str]:
        """Return the syllables and numbers of a text, in order."""
        return _SYLLABLE.findall(unicodedata.normalize("NFC", text).lower())


def rouge_scores(
    predictions: Sequence[str], references: Sequence[str], *, legacy: bool = False
) -> list[dict[str, float]]:
    """F-measures of each prediction against its reference, 0 to 1, keys `ROUGE_TYPES`.

    Raises:
        ValueError: the two lists are not of one length.
    """
    tokenizer = None if legacy else SyllableTokenizer()
    scorer = rouge_scorer.RougeScorer(list(ROUGE_TYPES), tokenizer=tokenizer)
    return [
        {name: float(score.fmeasure) for name, score in scorer.score(reference, prediction).items()}
        for prediction, reference in zip(predictions, references, strict=True)
    ]


def rouge_means(
    predictions: Sequence[str], references: Sequence[str], *, legacy: bool = False
) -> dict[str, float]:
    """Means of `rouge_scores` over the pairs.

    Raises:
        ValueError: no pair is given, or the two lists are not of one length.
    """
    scores = rouge_scores(predictions, references, legacy=legacy)
    if not scores:
        raise ValueError("ROUGE of no summaries: predictions and references are empty")
    return {name: sum(score[name] for score in scores) / len(scores) for name in ROUGE_TYPES}


class ViRouge(evaluate.Metric):  # type: ignore[misc]
    """The metric as `evaluate.load` finds it."""

    def _info(self) -> evaluate.MetricInfo:
        text = datasets.Value("string")
        return evaluate.MetricInfo(
            description=_DESCRIPTION,
            citation=_CITATION,
            inputs_description=_KWARGS_DESCRIPTION,
            features=datasets.Features({"predictions": text, "references": text}),
        )

    def _compute(
        self, predictions: list[str], references: list[str], legacy: bool = False
    ) -> dict[str, float]:
        return rouge_means(predictions, references, legacy=legacy)
