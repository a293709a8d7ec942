"""How much of a text stands word for word in others: shared n-grams of syllables.

N-grams are kept as 64-bit hashes, so that 100,000 paragraphs are compared in some hundred MB. Two
of ten million n-grams share a hash by accident about once in 400,000 data sets.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from canbo.data.unicode import nfc

if TYPE_CHECKING:
    import numpy.typing as npt

__all__ = ["NGRAM", "Overlap", "find_overlaps", "shared_ngrams", "syllables"]

NGRAM = 12
# An n-gram that stands in very many texts is a set phrase: so many of them are looked at.
_MAX_HOLDERS = 100
_SYLLABLE = re.compile(r"\w+")
# Odd, so that no power of it vanishes modulo 2**64.
_BASE = np.uint64(0x9E3779B97F4A7C15)


@dataclass(frozen=True)
class Overlap:
    """A text that nearly stands in another group.

    Attributes:
        text: its index.
        other: index of the text of another group that shares most of its n-grams.
        share: share of its n-grams that stand in other groups (0 to 1).
    """

    text: int
    other: int
    share: float


def syllables(text: str) -> list[str]:
    """The syllables of a text, lower case, without punctuation."""
    return _SYLLABLE.findall(nfc(text).lower())


def shared_ngrams(one: Iterable[str], others: Iterable[str], length: int = NGRAM) -> list[float]:
    """Measure how much of each text stands word for word in other texts.

    Args:
        one: texts to judge.
        others: texts to look in.
        length: syllables of an n-gram, lower case, punctuation left out.

    Returns:
        For each text of ``one`` the share of its n-grams that stand in one of ``others``; 0 for
        a text shorter than ``length``.
    """
    known = np.unique(np.concatenate([*_hashes(map(syllables, others), length), _NONE]))
    return [
        float(np.isin(own, known, assume_unique=True).mean()) if len(own) else 0.0
        for own in _hashes(map(syllables, one), length)
    ]


def find_overlaps(
    texts: Iterable[Sequence[str]], groups: Sequence[int], threshold: float, length: int = NGRAM
) -> list[Overlap]:
    """Find the texts of which much stands in other groups.

    Args:
        texts: the syllables of n texts, read once; only hashes of their n-grams are kept.
        groups: n numbers, looked at after the texts are read; texts of one group are not compared
            with each other.
        threshold: least share of a text's n-grams.
        length: syllables of an n-gram.

    Returns:
        The texts that reach the threshold, in order.
    """
    own = list(_hashes(texts, length))
    sizes = np.array([len(each) for each in own], dtype=np.int64)
    if not sizes.sum():
        return []
    holders = np.repeat(np.arange(len(own), dtype=np.int32), sizes)
    group_of = np.asarray(groups, dtype=np.int32)
    ngrams = np.concatenate(own)
    order = np.argsort(ngrams, kind="stable")
    ngrams, holders = ngrams[order], holders[order]
    starts = np.flatnonzero(np.concatenate([[True], ngrams[1:] != ngrams[:-1]]))
    in_groups = group_of[holders]
    several = np.minimum.reduceat(in_groups, starts) != np.maximum.reduceat(in_groups, starts)
    shared = np.repeat(several, np.diff(np.append(starts, len(ngrams))))
    counts = np.bincount(holders[shared], minlength=len(own))
    shares = counts / np.maximum(sizes, 1)

    def most_alike(text: int) -> int:
        first = np.searchsorted(ngrams, own[text], side="left")
        last = np.searchsorted(ngrams, own[text], side="right")
        found: Counter[int] = Counter()
        for start, stop in zip(first, last, strict=True):
            others = holders[start:stop]
            others = others[group_of[others] != group_of[text]]
            found.update(others[:_MAX_HOLDERS].tolist())
        # Of equals the first text, so that the answer does not depend on the hashes.
        return min(found, key=lambda other: (-found[other], other))

    found = np.flatnonzero((shares >= threshold) & (counts > 0)).tolist()
    return [Overlap(text, most_alike(text), float(shares[text])) for text in found]


_NONE: npt.NDArray[np.uint64] = np.empty(0, dtype=np.uint64)


def _hashes(texts: Iterable[Sequence[str]], length: int) -> Iterator[npt.NDArray[np.uint64]]:
    """The distinct n-grams of each text: a polynomial of its syllables' hashes modulo 2**64."""
    codes: dict[str, int] = {}
    for words in texts:
        windows = len(words) - length + 1
        if windows < 1:
            yield _NONE
            continue
        for word in words:
            if word not in codes:
                digest = hashlib.blake2b(word.encode(), digest_size=8).digest()
                codes[word] = int.from_bytes(digest)
        numbers = np.array([codes[word] for word in words], dtype=np.uint64)
        ngrams = np.zeros(windows, dtype=np.uint64)
        for offset in range(length):
            ngrams = ngrams * _BASE + numbers[offset : offset + windows]
        yield np.unique(ngrams)
