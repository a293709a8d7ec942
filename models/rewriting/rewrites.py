"""All that one sentence may become in an abstract: rewrites that are safe, for a model to choose.

A model of a few million weights that writes freely gets wrong who did what. So it is left to choose
among sentences that rules make, each rule such that what it makes is fluent and true if the
sentence is: parts that may go (`canbo.models.compression`), attributions and titles told shorter, a
better order, shorter wordings, and these together. Decoding constrained to a given set, as in De
Cao et al., "Autoregressive Entity Retrieval" (ICLR 2021); here the set is small enough to score
whole.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from canbo.models.compression import shorter_forms
from canbo.models.extractive import stands_alone
from canbo.models.faithfulness import SourceFacts
from canbo.models.rewriting.attribution import retold_attributions
from canbo.models.rewriting.constructions import straightened
from canbo.models.rewriting.titles import titles_before_names
from canbo.models.rewriting.word_order import reordered
from canbo.models.rewriting.wordings import Wordings
from canbo.models.segmentation import Segmenter
from canbo.models.sentences import split_sentences
from canbo.models.syllables import words_of

__all__ = ["rewrites_of"]

_MOST = 48  # rewrites of a sentence: the first made, which differ least from it


def rewrites_of(sentence: str, segmenter: Segmenter) -> list[str]:
    """Rewrite a sentence in every way that the rules know.

    Args:
        sentence: one sentence with its end mark.
        segmenter: finds words.

    Returns:
        Single sentences that stand alone, are no longer than the given one and hold no fact that
        it does not; each once. In each something is told in other words or in another order; those
        in which parts were only left out are no rewrites.
    """
    facts = SourceFacts(sentence)
    found = dict.fromkeys(
        text
        for text in _made_of(sentence, segmenter)
        if len(words_of(text)) <= len(words_of(sentence))
        and len(split_sentences(text)) == 1
        and stands_alone(text)
        and not facts.unsupported(text)
    )
    return list(found)[:_MOST]


def _made_of(sentence: str, segmenter: Segmenter) -> Iterator[str]:
    wordings = Wordings.shipped()
    forms = shorter_forms(sentence)
    once = _steps(forms, segmenter)
    for form in dict.fromkeys((*forms, *once, *_steps(once, segmenter))):
        if form not in forms:
            yield form
        if (shorter := wordings.shorten(form)) != form:
            yield shorter


def _steps(sentences: Sequence[str], segmenter: Segmenter) -> list[str]:
    """All that one rule makes of any of some sentences, each once."""
    made = (
        text
        for sentence in sentences
        for text in (
            *retold_attributions(sentence),
            *titles_before_names(sentence),
            *reordered(sentence, segmenter),
            *straightened(sentence),
        )
    )
    return list(dict.fromkeys(made))
