"""Baselines of the summarizer, all of them sentences of the article.

The first sentences, TextRank (Mihalcea & Tarau, "TextRank: Bringing Order into Texts", 2004), and
the greedy oracle (Nallapati, Zhai & Zhou, "SummaRuNNer", 2017), which looks at the reference and
so says what choosing sentences can reach at most.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from canbo.data.documents import Document
from canbo.data.summaries import SummaryExample
from canbo.models.source_text import document_sentences

__all__ = [
    "AbstractBaseline",
    "LeadBaseline",
    "OracleBaseline",
    "TextRankBaseline",
    "abstract_baselines",
    "oracle_sentences",
    "textrank",
]

_DAMPING = 0.85


class AbstractBaseline(ABC):
    """Something that chooses sentences of an article for its abstract.

    Attributes:
        name: short name for tables.
    """

    name: str

    def summarize(self, articles: Sequence[SummaryExample]) -> list[str]:
        """Make one abstract for each article, in order; empty for one without a sentence."""
        abstracts = []
        for article in articles:
            sentences = _sentences(article.document)
            chosen = self.choose(sentences, article)
            abstracts.append(" ".join(sentences[index] for index in chosen))
        return abstracts

    @abstractmethod
    def choose(self, sentences: Sequence[str], article: SummaryExample) -> list[int]:
        """Choose some of an article's sentences: their indices in reading order."""


class LeadBaseline(AbstractBaseline):
    """The first sentences."""

    def __init__(self, sentences: int) -> None:
        """Take the number of sentences."""
        self.name, self._count = f"lead-{sentences}", sentences

    def choose(self, sentences: Sequence[str], article: SummaryExample) -> list[int]:
        """Choose the first sentences; see `AbstractBaseline.choose`."""
        return list(range(min(self._count, len(sentences))))


class TextRankBaseline(AbstractBaseline):
    """The sentences that share most with the others; see `textrank`.

    Such sentences are long: on 1,000 vietnews validation articles one of them had ROUGE-1/2/L
    28.6 / 14.1 / 20.6, two 26.3 / 13.2 / 18.4.
    """

    def __init__(self, sentences: int = 1) -> None:
        """Take the number of sentences."""
        self.name, self._count = f"TextRank-{sentences}", sentences

    def choose(self, sentences: Sequence[str], article: SummaryExample) -> list[int]:
        """Choose the best ranked sentences, of equal ones the first."""
        ranks = textrank(sentences)
        best = sorted(range(len(sentences)), key=lambda index: -ranks[index])
        return sorted(best[: self._count])


class OracleBaseline(AbstractBaseline):
    """The sentences that `oracle_sentences` finds with the reference at hand."""

    name = "oracle"

    def choose(self, sentences: Sequence[str], article: SummaryExample) -> list[int]:
        """Choose with the reference at hand; see `AbstractBaseline.choose`."""
        return oracle_sentences(sentences, article.abstract)


def abstract_baselines() -> tuple[AbstractBaseline, ...]:
    """Make one of each, the oracle last."""
    leads = (LeadBaseline(count) for count in (1, 2, 3))
    return (*leads, TextRankBaseline(), OracleBaseline())


def textrank(sentences: Sequence[str]) -> npt.NDArray[np.float64]:
    """Rank sentences by PageRank over their likeness.

    Two sentences are as like as the number of syllables that they share, divided by the sum of
    the logarithms of their lengths. The stationary distribution is solved for, not iterated to.
    No syllable is left out: a Vietnamese word is not one syllable, so a list of stop words would
    cut words in two.

    Args:
        sentences: of one article.

    Returns:
        Ranks of shape (sentences,), which sum to 1.
    """
    from canbo.eval.metrics.vi_rouge import syllables

    count = len(sentences)
    if not count:
        return np.empty(0)
    words = [set(syllables(sentence)) for sentence in sentences]
    lengths = [math.log(max(1, len(syllables(sentence)))) for sentence in sentences]
    likeness = np.zeros((count, count))
    for i in range(count):
        for j in range(i):
            # Two sentences of one syllable each have no length to divide by.
            if shared := len(words[i] & words[j]):
                total = lengths[i] + lengths[j]
                likeness[i, j] = likeness[j, i] = shared / total if total else 0.0
    sums = likeness.sum(axis=0)
    # A sentence that is like no other hands its rank to all, as a page without links does.
    shares = np.where(sums > 0, likeness / np.where(sums > 0, sums, 1), 1 / count)
    jump = np.full(count, (1 - _DAMPING) / count)
    return np.asarray(np.linalg.solve(np.eye(count) - _DAMPING * shares, jump))


def oracle_sentences(sentences: Sequence[str], reference: str, *, most: int = 3) -> list[int]:
    """Choose sentences greedily so that ROUGE-1 F plus ROUGE-2 F with the reference grows most.

    Args:
        sentences: of one article.
        reference: its abstract.
        most: sentences at most; fewer where another would not raise the score.

    Returns:
        Indices in reading order; empty where no sentence shares a syllable with the reference.
    """
    from canbo.eval.metrics.vi_rouge import syllables

    words = [syllables(sentence) for sentence in sentences]
    wanted = syllables(reference)
    chosen: list[int] = []
    best = 0.0
    for _ in range(most):
        scores = {
            index: _rouge_1_2([words[i] for i in sorted((*chosen, index))], wanted)
            for index in range(len(words))
            if index not in chosen
        }
        index = max(scores, key=lambda index: (scores[index], -index), default=-1)
        if index < 0 or scores[index] <= best:
            break
        best = scores[index]
        chosen.append(index)
    return sorted(chosen)


def _rouge_1_2(sentences: Sequence[Sequence[str]], reference: Sequence[str]) -> float:
    """ROUGE-1 F plus ROUGE-2 F of syllables; `rouge_score` would cut every text again."""
    text = [word for sentence in sentences for word in sentence]
    return _overlap_f1(Counter(text), Counter(reference)) + _overlap_f1(
        Counter(pairwise(text)), Counter(pairwise(reference))
    )


def _overlap_f1(ours: Counter[Any], theirs: Counter[Any]) -> float:
    total = ours.total() + theirs.total()
    return 2 * (ours & theirs).total() / total if total else 0.0


def _sentences(document: Document) -> list[str]:
    return [text for _, text in document_sentences(document)]
