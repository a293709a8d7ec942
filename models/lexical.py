"""The linear side of a theme classifier: single words and pairs of neighbours, weighed by theme.

A small encoder misses rare set phrases that a linear model over n-grams knows by heart, and the
linear model misses what no phrase says; together they are better than either (train/LOG.md).
Texts are TF-IDF vectors of words and word pairs with sublinear term frequencies, scaled to length
one; one logistic regression a theme reads them. What every word adds to a logit is known exactly.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import numpy as np
import numpy.typing as npt

from canbo.data.errors import UserError

__all__ = [
    "LEXICAL_FILE",
    "LexicalError",
    "LexicalModel",
    "NgramCounts",
    "NgramIndex",
    "ngram_keys",
]

LEXICAL_FILE = "lexical.safetensors"
_PART = 256

_Floats = npt.NDArray[np.float64]
_Indices = npt.NDArray[np.int64]
_Keys = npt.NDArray[np.uint32]
_Codes = npt.NDArray[np.uint64]


class LexicalError(UserError):
    """A file of n-gram weights is not of the form; the message names it and the remedy."""


class _WordCodes(dict[str, int]):
    """Code of a word, worked out once per distinct word; 0 for what holds no letter or digit."""

    _LIMIT = 500_000

    def __missing__(self, word: str) -> int:
        if len(self) >= self._LIMIT:
            self.clear()
        code = 0
        if any(character.isalnum() for character in word):
            # One code for all numbers: which one it is says nothing of the theme.
            key = "0" if word[0].isdigit() else word.lower()
            code = (1 << 32) | zlib.crc32(key.encode("utf-8", "surrogatepass"))
        self[word] = code
        return code


_codes = _WordCodes()


@dataclass(frozen=True)
class _Ngrams:
    """The n-grams of several texts.

    Attributes:
        keys: hash of each, of shape (n,).
        rows: index of its text.
        first: its first word, counted over the words of all texts.
        last: its last word, counted likewise.
        words: number of words of all texts.
    """

    keys: _Keys
    rows: _Indices
    first: _Indices
    last: _Indices
    words: int


def _find_ngrams(texts: Sequence[Sequence[str]]) -> _Ngrams:
    """Words and pairs of neighbours; punctuation stands in no n-gram, and parts no pair."""
    lengths = np.fromiter(map(len, texts), dtype=np.int64, count=len(texts))
    words = int(lengths.sum())
    codes = np.fromiter(
        map(_codes.__getitem__, chain.from_iterable(texts)), dtype=np.uint64, count=words
    )
    place = np.flatnonzero(codes)
    codes = codes[place]
    rows = np.repeat(np.arange(len(texts)), lengths)[place]
    paired = np.flatnonzero(rows[:-1] == rows[1:])
    return _Ngrams(
        keys=np.concatenate([_key(codes, codes), _key(codes[paired], ~codes[paired + 1])]),
        rows=np.concatenate([rows, rows[paired]]),
        first=np.concatenate([place, place[paired]]),
        last=np.concatenate([place, place[paired + 1]]),
        words=words,
    )


def _key(left: _Codes, right: _Codes) -> _Keys:
    """Hash pairs to 32 bits: of 100,000 keys, one in 40,000 unknown n-grams is taken for one."""
    mixed = (left * np.uint64(0x9E3779B97F4A7C15)) ^ (right * np.uint64(0xD6E8FEB86659FD93))
    mixed ^= mixed >> np.uint64(32)
    mixed *= np.uint64(0xD6E8FEB86659FD93)
    keys: _Keys = (mixed >> np.uint64(32)).astype(np.uint32)
    return keys


@dataclass(frozen=True)
class NgramCounts:
    """How often each known n-gram stands in each text: a sparse matrix, ordered by row and column.

    Attributes:
        rows: index of the text, of shape (n,).
        columns: index of the n-gram among the known ones.
        counts: how often it stands there.
    """

    rows: _Indices
    columns: _Indices
    counts: _Indices

    def weighted(self, idf: _Floats, texts: int) -> _Floats:
        """Sublinear TF-IDF of each entry, each text's vector scaled to length one."""
        values = (1 + np.log(self.counts)) * idf[self.columns]
        norms = np.sqrt(np.bincount(self.rows, values**2, minlength=texts))
        return np.asarray(values / norms[self.rows])


class NgramIndex:
    """Finds n-grams among known ones.

    Attributes:
        keys: of the known n-grams, sorted, of shape (n,).
    """

    _BITS = 17

    def __init__(self, keys: _Keys) -> None:
        """Take sorted keys, each once."""
        self.keys = keys
        # Hashes are spread evenly: their first bits say to within a few where a key stands, which
        # a binary search would need as many memory accesses for.
        edges = np.arange(2**self._BITS + 1, dtype=np.uint64) << np.uint64(32 - self._BITS)
        self._starts = np.searchsorted(keys, edges).astype(np.int32)
        self._longest = int(np.diff(self._starts).max())

    def find(self, wanted: _Keys) -> tuple[_Indices, _Indices]:
        """Which of the wanted keys are known, and as which: indices of both, of shape (found,)."""
        bucket = wanted >> np.uint32(32 - self._BITS)
        places, ends = self._starts[bucket], self._starts[bucket + np.uint32(1)]
        asked = np.flatnonzero(places < ends)
        places, ends, keys = places[asked], ends[asked], wanted[asked]
        hits, columns = [], []
        for _ in range(self._longest):
            equal = self.keys[places] == keys
            hits.append(asked[equal])
            columns.append(places[equal])
            places = places + 1
            left = ~equal & (places < ends)
            asked, places, ends, keys = asked[left], places[left], ends[left], keys[left]
        if not hits:
            return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
        return np.concatenate(hits), np.concatenate(columns).astype(np.int64)

    def count(self, texts: Sequence[Sequence[str]]) -> NgramCounts:
        """Count the known n-grams of texts.

        Args:
            texts: words of each, as `canbo.models.text_encoding.segment_for_model` joins them.
        """
        ngrams = _find_ngrams(texts)
        found, columns = self.find(ngrams.keys)
        return _count(ngrams.rows[found], columns, len(self.keys))


def ngram_keys(texts: Sequence[Sequence[str]]) -> _Keys:
    """Keys of all n-grams of texts, sorted."""
    return np.unique(_find_ngrams(texts).keys)


def _count(rows: _Indices, columns: _Indices, width: int) -> NgramCounts:
    cells, counts = np.unique(rows * max(width, 1) + columns, return_counts=True)
    return NgramCounts(cells // max(width, 1), cells % max(width, 1), counts)


class LexicalModel:
    """Logistic regressions over words and word pairs, one a theme."""

    def __init__(
        self,
        keys: _Keys,
        idf: npt.NDArray[np.floating],
        weights: npt.NDArray[np.floating],
        bias: npt.NDArray[np.floating],
    ) -> None:
        """Take the model's parameters.

        Args:
            keys: sorted keys of the known n-grams, of shape (n,).
            idf: inverse document frequency of each, of shape (n,).
            weights: of shape (n, themes).
            bias: of shape (themes,).

        Raises:
            ValueError: the shapes do not fit.
        """
        if not (len(keys) == len(idf) == len(weights) and weights.shape[1:] == bias.shape):
            raise ValueError(
                f"keys {keys.shape}, idf {idf.shape}, weights {weights.shape} and bias "
                f"{bias.shape} do not fit"
            )
        self._index = NgramIndex(keys)
        self._idf = np.asarray(idf, dtype=np.float64)
        # A row a theme: each is read by itself.
        self._weights = np.ascontiguousarray(np.asarray(weights, dtype=np.float64).T)
        self._bias = np.asarray(bias, dtype=np.float64)

    @property
    def themes(self) -> int:
        """Number of themes."""
        return len(self._bias)

    @property
    def bias(self) -> _Floats:
        """Logits of a text without a known n-gram, of shape (themes,)."""
        return self._bias

    @classmethod
    def from_file(cls, path: Path) -> LexicalModel:
        """Load what `save` wrote.

        Raises:
            LexicalError: a tensor is missing or has another shape.
            OSError: the file cannot be read.
        """
        from safetensors.numpy import load_file

        tensors = load_file(path)
        try:
            return cls(tensors["keys"], tensors["idf"], tensors["weights"], tensors["bias"])
        except (KeyError, ValueError) as error:
            raise LexicalError(
                f"{path}: not n-gram weights of canbo ({error}); make them with "
                "canbo train calibration"
            ) from error

    def save(self, path: Path) -> None:
        """Write the parameters in half precision (safetensors)."""
        from safetensors.numpy import save

        content = save(
            {
                "keys": self._index.keys,
                "idf": self._idf.astype(np.float16),
                "weights": np.ascontiguousarray(self._weights.T).astype(np.float16),
                "bias": self._bias.astype(np.float32),
            }
        )
        path.write_bytes(content)

    def logits(self, texts: Sequence[Sequence[str]]) -> _Floats:
        """Logit of every theme.

        Args:
            texts: words of each, as `canbo.models.text_encoding.segment_for_model` joins them.

        Returns:
            Of shape (texts, themes); those of a text do not depend on the others. A text without a
            known n-gram has the bias alone.
        """
        # Parts whose n-grams fit the processor's cache are read in half the time.
        parts = [self._sums(texts[first : first + _PART]) for first in range(0, len(texts), _PART)]
        return np.concatenate([np.zeros((0, self.themes)), *parts]) + self._bias

    def _sums(self, texts: Sequence[Sequence[str]]) -> _Floats:
        counts = self._index.count(texts)
        values = counts.weighted(self._idf, len(texts))
        sums = [
            np.bincount(counts.rows, values * row[counts.columns], minlength=len(texts))
            for row in self._weights
        ]
        return np.stack(sums, axis=1)

    def contributions(self, texts: Sequence[Sequence[str]], themes: Sequence[int]) -> list[_Floats]:
        """What every word adds to the logit of one theme.

        A pair's share goes half to each of its words.

        Args:
            texts: words of each.
            themes: index of a theme for each text.

        Returns:
            For each text one figure a word; with the theme's bias they add up to its logit.
        """
        ngrams = _find_ngrams(texts)
        found, columns = self._index.find(ngrams.keys)
        rows = ngrams.rows[found]
        counts = _count(rows, columns, len(self._index.keys))
        per_cell = (
            counts.weighted(self._idf, len(texts))
            * self._weights[np.asarray(themes, dtype=np.int64)[counts.rows], counts.columns]
            / counts.counts
        )
        width = max(len(self._index.keys), 1)
        cells = counts.rows * width + counts.columns
        shares = per_cell[np.searchsorted(cells, rows * width + columns)] / 2
        added = np.bincount(ngrams.first[found], shares, minlength=ngrams.words)
        added += np.bincount(ngrams.last[found], shares, minlength=ngrams.words)
        return np.split(added, np.cumsum([len(words) for words in texts])[:-1])
