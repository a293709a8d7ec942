"""ROUGE for Vietnamese, as a local `evaluate` module and as plain functions.

Two measures that never stand in one column:

- By default the tokens are syllables: runs of ``\\w`` in the lower-cased text, in Unicode NFC and
  with either placement of a tone mark taken for the same (``hòa`` as ``hoà``).
- ``legacy=True`` asks for `rouge_score`'s own tokenizer, as most published Vietnamese scores were
  computed. It keeps only ``[a-z0-9]``, so every letter with a diacritic is a gap: ``đánh giá cán
  bộ`` becomes ``nh gi c n b``. Such scraps are few and short, so texts that share no word still
  share many of them: ROUGE-1 comes out about twice as high, and a longer text gains more. Those
  figures compare only with others made the same way.
"""

# evaluate's loader reads the imports of this file line by line: one module a line.
from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

import datasets
import evaluate
from rouge_score import rouge_scorer

from canbo.models.syllables import normalize_tones

__all__ = [
    "ROUGE_TYPES",
    "SyllableTokenizer",
    "ViRouge",
    "rouge_means",
    "rouge_scores",
    "syllables",
]

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
ROUGE-1, ROUGE-2 and ROUGE-L (Lin 2004) of Vietnamese summaries, over syllables.
"""

_KWARGS_DESCRIPTION = """\
Args:
    predictions: list of str, the summaries.
    references: list of str, the reference summaries, in the same order.
    legacy: bool, use rouge_score's default tokenizer ([a-z0-9] only), as published scores do.
    parts: bool, give precision and recall too.
Returns:
    rouge1, rouge2, rougeL: mean F-measures, 0 to 1; with parts also rouge1_precision,
    rouge1_recall and so on.
"""


def syllables(text: str) -> list[str]:
    """Return the syllables and numbers of a text, in order, in the one form that is compared."""
    return _SYLLABLE.findall(normalize_tones(unicodedata.normalize("NFC", text)).lower())


class SyllableTokenizer:
    """Tokenizer for `rouge_score`: `syllables`."""

    def tokenize(self, text: str) -> list[str]:
        """Return the syllables of a text."""
        return syllables(text)


def rouge_scores(
    predictions: Sequence[str],
    references: Sequence[str],
    *,
    legacy: bool = False,
    parts: bool = False,
) -> list[dict[str, float]]:
    """Scores of each prediction against its reference.

    Args:
        predictions: the summaries.
        references: one a prediction.
        legacy: tokenize as published scores do; see above.
        parts: give precision and recall too.

    Returns:
        For each pair the F-measures under `ROUGE_TYPES`, 0 to 1; with ``parts`` also, for each
        type, ``TYPE_precision`` and ``TYPE_recall``.

    Raises:
        ValueError: the two lists are not of one length.
    """
    tokenizer = None if legacy else SyllableTokenizer()
    scorer = rouge_scorer.RougeScorer(list(ROUGE_TYPES), tokenizer=tokenizer)
    rows = []
    for prediction, reference in zip(predictions, references, strict=True):
        scores = scorer.score(reference, prediction)
        row = {name: float(score.fmeasure) for name, score in scores.items()}
        if parts:
            for name, score in scores.items():
                row[f"{name}_precision"] = float(score.precision)
                row[f"{name}_recall"] = float(score.recall)
        rows.append(row)
    return rows


def rouge_means(
    predictions: Sequence[str],
    references: Sequence[str],
    *,
    legacy: bool = False,
    parts: bool = False,
) -> dict[str, float]:
    """Means of `rouge_scores` over the pairs.

    Raises:
        ValueError: no pair is given, or the two lists are not of one length.
    """
    scores = rouge_scores(predictions, references, legacy=legacy, parts=parts)
    if not scores:
        raise ValueError("ROUGE of no summaries: predictions and references are empty")
    return {name: sum(score[name] for score in scores) / len(scores) for name in scores[0]}


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
        self,
        predictions: list[str],
        references: list[str],
        legacy: bool = False,
        parts: bool = False,
    ) -> dict[str, float]:
        return rouge_means(predictions, references, legacy=legacy, parts=parts)
