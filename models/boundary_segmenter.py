"""canbo's own word segmenter: one linear decision for every gap between two syllables.

The decision sums weights of the syllables around the gap, of their shapes and of what a dictionary
knows of them, for all gaps of a batch at once. It has no Viterbi step: a gap sees the same words
that a chain over its neighbours would tell it about. `canbo train segmenter` fits it.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from canbo.models.syllables import Span, normalize_tones, tokenize

__all__ = ["FEATURE_BITS", "BoundarySegmenter", "boundary_features", "dictionary_keys", "joinable"]

FEATURE_BITS = 20
_SHAPES = {"lower": 1, "title": 2, "upper": 3, "digit": 4, "other": 5}
_OUTSIDE = (0x9E3779B1, 0)

_Hashes = npt.NDArray[np.uint64]


def boundary_features(tokens: Sequence[str], dictionary: _Hashes) -> npt.NDArray[np.int64]:
    """Hash what surrounds every gap between neighbouring tokens into feature indices.

    A gap sees two tokens to each side, as syllables in lower case and as shapes, and the
    dictionary's words of two and three syllables that end, begin or lie across it.

    Args:
        tokens: n token strings, in order.
        dictionary: sorted keys of its words, from `dictionary_keys`.

    Returns:
        Indices of shape (n - 1, number of features), each below ``2 ** FEATURE_BITS``.
    """
    hashes, shapes = _token_codes(tokens)
    gaps = len(tokens) - 1
    a, b, c, d = (hashes[offset : gaps + offset] for offset in range(4))
    shape = np.zeros(gaps, dtype=np.uint64)
    for offset in range(4):
        shape = shape * np.uint64(8) + shapes[offset : gaps + offset]
    pair = _mix(b, c)
    words = _words_around(hashes, pair, dictionary)
    columns = (
        pair,
        _mix(a, pair),
        _mix(pair, d),
        _mix(_mix(a, pair), d),
        _mix(a, b),
        _mix(c, d),
        b,
        c,
        shape,
        _mix(pair, shape),
        _mix(a, c),
        _mix(b, d),
        words,
        _mix(words, shape),
    )
    bits = np.uint64(64 - FEATURE_BITS)
    stacked = np.stack(
        [
            ((column + np.uint64(k + 1)) * np.uint64(0x9E3779B97F4A7C15)) >> bits
            for k, column in enumerate(columns)
        ],
        axis=1,
    )
    return stacked.astype(np.int64)


def dictionary_keys(words: Iterable[str]) -> _Hashes:
    """Hash the words of two and three syllables of a dictionary, for `boundary_features`.

    Args:
        words: entries with a space between their syllables; those of other lengths are passed over.

    Returns:
        Sorted keys.
    """
    entries = [word.split() for word in words]
    keys = []
    for length in (2, 3):
        chosen = [entry for entry in entries if len(entry) == length]
        if chosen:
            columns = [
                np.array([_codes[entry[k]][0] for entry in chosen], dtype=np.uint64)
                for k in range(length)
            ]
            pair = _mix(columns[-2], columns[-1])
            keys.append(pair if length == 2 else _mix(columns[0], pair))
    return np.unique(np.concatenate(keys)) if keys else np.empty(0, dtype=np.uint64)


def _words_around(hashes: _Hashes, pair: _Hashes, dictionary: _Hashes) -> _Hashes:
    """Seven bits a gap: which pairs and triples of tokens near it are words of the dictionary."""
    gaps = len(pair)
    pairs = np.zeros(gaps + 4, dtype=bool)
    pairs[2:-2] = _contains(dictionary, pair)
    triples = np.zeros(gaps + 1, dtype=bool)
    # The triple that begins with the left token of gap k ends behind gap k + 1.
    triples[1:-1] = _contains(dictionary, _mix(hashes[1:gaps], pair[1:]))
    bits = (
        *(pairs[2 + offset : 2 + offset + gaps] for offset in (0, -1, 1, -2, 2)),
        triples[:-1],
        triples[1:],
    )
    words = np.zeros(gaps, dtype=np.uint64)
    for bit in bits:
        words = words * np.uint64(2) + bit
    return words


def _contains(dictionary: _Hashes, keys: _Hashes) -> npt.NDArray[np.bool_]:
    if not len(dictionary):
        return np.zeros(len(keys), dtype=bool)
    places = np.searchsorted(dictionary, keys)
    found: npt.NDArray[np.bool_] = dictionary[np.minimum(places, len(dictionary) - 1)] == keys
    return found


def _mix(left: _Hashes, right: _Hashes) -> _Hashes:
    mixed = (left * np.uint64(0xC2B2AE3D27D4EB4F)) ^ (right + np.uint64(0x165667B19E3779F9))
    mixed ^= mixed >> np.uint64(29)
    result: _Hashes = mixed * np.uint64(0xBF58476D1CE4E5B9)
    return result


class _TokenCodes(dict[str, tuple[int, int]]):
    """Hash and shape of a token, worked out once per distinct token."""

    _LIMIT = 500_000

    def __missing__(self, token: str) -> tuple[int, int]:
        if len(self) >= self._LIMIT:
            self.clear()
        shape = _shape(token)
        key = "0" if shape == "digit" else normalize_tones(token.lower())
        code = (zlib.crc32(key.encode("utf-8", "surrogatepass")), _SHAPES[shape])
        self[token] = code
        return code


_codes = _TokenCodes()


def _shape(token: str) -> str:
    if token[0].isdigit():
        return "digit"
    if not token[0].isalpha():
        return "other"
    if token[0].islower():
        return "lower"
    return "upper" if len(token) > 1 and token.isupper() else "title"


def _token_codes(tokens: Sequence[str]) -> tuple[_Hashes, _Hashes]:
    coded = np.array([_OUTSIDE, *[_codes[token] for token in tokens], _OUTSIDE], dtype=np.uint64)
    return coded[:, 0], coded[:, 1]


class BoundarySegmenter:
    """Finds words by a linear model over `boundary_features`."""

    name = "canbo"

    def __init__(self, weights: npt.NDArray[np.float32], bias: float, dictionary: _Hashes) -> None:
        """Take the weights, of shape (2 ** FEATURE_BITS,), the bias and the dictionary's keys."""
        self._weights = weights
        self._bias = bias
        self._dictionary = dictionary

    @classmethod
    def from_file(cls, path: Path) -> BoundarySegmenter:
        """Load the tensors ``weights``, ``bias`` and ``dictionary`` of a safetensors file."""
        from safetensors.numpy import load_file

        tensors = load_file(path)
        return cls(
            tensors["weights"].astype(np.float32), float(tensors["bias"][0]), tensors["dictionary"]
        )

    def segment(self, texts: Sequence[str]) -> list[list[Span]]:
        """Find the words of each text (see `canbo.models.segmentation.Segmenter`)."""
        spans_by_text = [tokenize(text) for text in texts]
        tokens: list[str] = []
        for text, spans in zip(texts, spans_by_text, strict=True):
            tokens.extend(text[start:end] for start, end in spans)
            tokens.append("\n")
        if len(tokens) < 2:
            return [[] for _ in texts]
        features = boundary_features(tokens, self._dictionary)
        joins = (self._weights[features].sum(axis=1) + self._bias > 0).tolist()
        result = []
        first = 0
        for text, spans in zip(texts, spans_by_text, strict=True):
            result.append(_merge(text, spans, joins[first : first + len(spans) - 1]))
            first += len(spans) + 1
        return result


def joinable(text: str, left: Span, right: Span) -> bool:
    """Whether two neighbouring tokens may be one word: letters, with only spaces between."""
    return (
        text[left[0]].isalpha()
        and text[right[0]].isalpha()
        and left[1] < right[0]
        and "\n" not in text[left[1] : right[0]]
    )


def _merge(text: str, spans: Sequence[Span], joins: Iterable[bool]) -> list[Span]:
    if not spans:
        return []
    words = [spans[0]]
    previous = spans[0]
    for span, join in zip(spans[1:], joins, strict=True):
        if join and joinable(text, previous, span):
            words[-1] = (words[-1][0], span[1])
        else:
            words.append(span)
        previous = span
    return words
