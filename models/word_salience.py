"""How likely an article's abstract holds each of its words, judged by where and how often they are.

Two logistic regressions, one for syllables and one for pairs of neighbours. The chances give the
overlap with the abstract, and so the ROUGE, that is to be expected of any of the sentences: as the
regressed bigrams of Li, Qian & Liu, "Using Supervised Bigram-based ILP for Extractive
Summarization" (ACL 2013), with which a set of sentences is rated without its abstract.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Generic, TypeVar

import numpy as np
import numpy.typing as npt

__all__ = [
    "BIGRAM_FEATURES",
    "UNIGRAM_FEATURES",
    "WordChances",
    "WordSalience",
    "bigram_features",
    "rarity_levels",
    "unigram_features",
]

UNIGRAM_FEATURES = (
    "constant",
    "count",
    "sentences",
    "share_of_sentences",
    "early",
    "inverse_place",
    "relative_place",
    "in_first",
    "in_second",
    "digits",
    "document_length",
    "in_title",
    "rarity",
    "rarity_squared",
    "rarity_in_title",
    "rarity_by_sentences",
    "rarity_by_place",
)
BIGRAM_FEATURES = (*UNIGRAM_FEATURES, "least_rarity", "title_bigram", "rarity_of_title_bigram")

_USUAL_LENGTH = 38  # syllables of a news abstract
_EARLY = 3  # sentences in which editors say what an article is about
_RARITY_UNIT = 10.0

_Floats = npt.NDArray[np.float64]
_Bigram = tuple[str, str]
_Item = TypeVar("_Item", str, _Bigram)


@dataclass(frozen=True)
class WordChances:
    """Chances that an abstract holds what stands in one document.

    Attributes:
        unigrams: by syllable.
        bigrams: by pair of neighbouring syllables.
    """

    unigrams: Mapping[str, float]
    bigrams: Mapping[_Bigram, float]

    def expected(self, words: Sequence[str]) -> tuple[float, float]:
        """ROUGE-1 and ROUGE-2 F that is to be expected of a text made from the document.

        Args:
            words: its syllables. What the document does not hold, as a pair between two sentences
                that do not follow each other, counts nothing.
        """
        one = sum(self.unigrams.get(word, 0.0) for word in set(words))
        two = sum(self.bigrams.get(pair, 0.0) for pair in set(pairwise(words)))
        length = len(words) + _USUAL_LENGTH
        return 2 * one / length, 2 * two / length


@dataclass(frozen=True)
class WordSalience:
    """The two regressions and what they know of the language.

    Attributes:
        unigram_weights: weight of each of `UNIGRAM_FEATURES`.
        bigram_weights: weight of each of `BIGRAM_FEATURES`.
        rarity: for levels of rarity (logarithm of how few articles hold a syllable, as a decimal)
            the syllables of that level, separated by spaces.
        unknown_rarity: of every other syllable.
    """

    unigram_weights: Mapping[str, float]
    bigram_weights: Mapping[str, float]
    rarity: Mapping[str, str]
    unknown_rarity: float

    def rarity_of(self, word: str) -> float:
        """Rarity of a syllable, listed or not."""
        return self._rarities.get(word, self.unknown_rarity)

    @cached_property
    def _rarities(self) -> dict[str, float]:
        return {
            word: float(level) for level, words in self.rarity.items() for word in words.split()
        }

    def chances(self, sentences: Sequence[Sequence[str]], title: Sequence[str]) -> WordChances:
        """Judge all syllables and pairs of neighbours of a document.

        Args:
            sentences: syllables of its sentences, in lower case.
            title: those of its title; may be empty.
        """
        unigrams, ones = unigram_features(sentences, title, self.rarity_of)
        bigrams, twos = bigram_features(sentences, title, self.rarity_of)
        weights = [self.unigram_weights[name] for name in UNIGRAM_FEATURES]
        pair_weights = [self.bigram_weights[name] for name in BIGRAM_FEATURES]
        return WordChances(
            dict(zip(unigrams, _sigmoid(ones @ weights), strict=True)),
            dict(zip(bigrams, _sigmoid(twos @ pair_weights), strict=True)),
        )


def rarity_levels(
    articles: Iterable[Iterable[str]], *, least: int = 3
) -> tuple[dict[str, str], float]:
    """Learn how rare syllables are.

    Args:
        articles: the syllables of each.
        least: articles that must hold a syllable for it to be listed.

    Returns:
        ``rarity`` and ``unknown_rarity`` of a `WordSalience`.
    """
    counts: dict[str, int] = {}
    total = 1  # as if one more article held everything: no level is negative
    for words in articles:
        total += 1
        for word in set(words):
            counts[word] = counts.get(word, 0) + 1
    levels: dict[float, list[str]] = {}
    for word, count in sorted(counts.items()):
        if count >= least:
            levels.setdefault(round(math.log(total / count), 1), []).append(word)
    listed = {str(level): " ".join(words) for level, words in sorted(levels.items())}
    return listed, round(math.log(total), 1)


def unigram_features(
    sentences: Sequence[Sequence[str]],
    title: Sequence[str],
    rarity_of: Callable[[str], float],
) -> tuple[list[str], _Floats]:
    """Describe each syllable of a document.

    Args:
        sentences: syllables of its sentences.
        title: of its title.
        rarity_of: tells how rare a syllable is in general (`WordSalience.rarity_of`).

    Returns:
        The distinct syllables, n of them, and features of shape (n, len(UNIGRAM_FEATURES)).
    """
    places = _Places(sentences)
    words = list(places.found)
    held = frozenset(title)
    in_title = np.array([float(word in held) for word in words])
    rarity = np.array([rarity_of(word) for word in words]) / _RARITY_UNIT
    digits = np.array([float(word.isdigit()) for word in words])
    return words, np.column_stack(places.columns(rarity, in_title, digits))


def bigram_features(
    sentences: Sequence[Sequence[str]],
    title: Sequence[str],
    rarity_of: Callable[[str], float],
) -> tuple[list[_Bigram], _Floats]:
    """Describe each pair of neighbours in a document's sentences; as `unigram_features`.

    Returns:
        The distinct pairs, n of them, and features of shape (n, len(BIGRAM_FEATURES)).
    """
    places = _Places([list(pairwise(words)) for words in sentences])
    pairs = list(places.found)
    held, held_pairs = frozenset(title), frozenset(pairwise(title))
    both = np.array([[rarity_of(left), rarity_of(right)] for left, right in pairs])
    both = both.reshape(-1, 2) / _RARITY_UNIT
    rarity = both.mean(1)
    in_title = np.array([((left in held) + (right in held)) / 2 for left, right in pairs])
    title_bigram = np.array([float(pair in held_pairs) for pair in pairs])
    digits = np.array([float(left.isdigit() or right.isdigit()) for left, right in pairs])
    columns = places.columns(rarity, in_title, digits)
    return pairs, np.column_stack([*columns, both.min(1), title_bigram, title_bigram * rarity])


class _Places(Generic[_Item]):
    """Where the items of a document stand, and how often."""

    def __init__(self, sentences: Sequence[Sequence[_Item]]) -> None:
        # By item: how often, sentences that hold it, how often early, first and last sentence.
        self.found: dict[_Item, list[int]] = {}
        self._sentences = len(sentences)
        for place, items in enumerate(sentences):
            early = int(place < _EARLY)
            for item in items:
                entry = self.found.get(item)
                if entry is None:
                    self.found[item] = [1, 1, early, place, place]
                    continue
                entry[0] += 1
                entry[2] += early
                if entry[4] != place:
                    entry[1] += 1
                    entry[4] = place

    def columns(self, rarity: _Floats, in_title: _Floats, digits: _Floats) -> list[_Floats]:
        """The features that syllables and pairs have in common, in the order of their names."""
        table = np.array(list(self.found.values()), dtype=np.float64).reshape(-1, 5)
        count, sentences, early, first, _ = table.T
        inverse = 1 / (1 + first)
        spread = np.log(sentences)
        total = max(1, self._sentences)
        return [
            np.ones(len(table)),
            np.log(count),
            spread,
            sentences / total,
            np.log1p(early),
            inverse,
            first / total,
            np.asarray(first == 0, dtype=np.float64),
            np.asarray(first == 1, dtype=np.float64),
            digits,
            np.full(len(table), math.log(total)),
            in_title,
            rarity,
            rarity**2,
            in_title * rarity,
            spread * rarity,
            inverse * rarity,
        ]


def _sigmoid(x: _Floats) -> list[float]:
    chances: list[float] = (1 / (1 + np.exp(-x))).tolist()
    return chances
