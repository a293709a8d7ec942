"""Vietnamese word segmentation with character offsets.

Vietnamese writes a space between syllables, not between words, and PhoBERT reads words: the
syllables of one word joined with ``_``. A segmenter here never rewrites text. It returns spans
into the text it was given, so that whatever a model says of a word can be shown in the article.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable, Sequence
from importlib.resources import as_file, files
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt

from canbo.data.errors import UserError

__all__ = [
    "BoundarySegmenter",
    "Segmenter",
    "SegmenterError",
    "Span",
    "UndertheseaSegmenter",
    "boundary_features",
    "join_words",
    "load_segmenter",
    "normalize_tones",
    "tokenize",
]

Span = tuple[int, int]


class SegmenterError(UserError):
    """A segmenter is asked for that is not there; the message names those that are."""


# Two spellings of one syllable are in use (hòa/hoà, thủy/thuỷ). The mark moves between two letters
# that both stay, so normalising keeps every character offset.
_TONE_PAIRS = {
    old: new
    for first, second, marked_first, marked_second in (
        ("o", "a", "òóỏõọ", "àáảãạ"),
        ("o", "e", "òóỏõọ", "èéẻẽẹ"),
        ("u", "y", "ùúủũụ", "ỳýỷỹỵ"),
    )
    for one, two in zip(marked_first, marked_second, strict=True)
    for old, new in (
        (one + second, first + two),
        (one.upper() + second, first.upper() + two),
        (one.upper() + second.upper(), first.upper() + two.upper()),
    )
}
_TONES = re.compile("|".join(_TONE_PAIRS))

_TOKEN = re.compile(
    r"""
      https?://[^\s<>]+ | www\.[^\s<>]+ | [\w.+-]+@[\w-]+(?:\.[\w-]+)+      # addresses
    | \d+\w*(?:[.,:/–-]\d+\w*|[-/][A-ZĐ]+\w*)*                    # 1.553 15/5/2021 03-NQ/HU
    | [A-ZĐ]{2,}(?:[-/&][A-ZĐ]+\w*)+                              # QĐ-UBND
    | (?:T\.Ư|(?:T[pP]|Th?S|GS|BS|KS|Mr|Ms|Mrs|Dr)\.)(?=\s?\w)     # titles with their stop
    | [^\W\d_][\w\u0300-\u036f]*(?:['’][^\W\d_][\w\u0300-\u036f]*)*
    | \.{2,}
    | \S
    """,
    re.VERBOSE,
)

_FEATURE_BITS = 20
_SHAPES = {"lower": 1, "title": 2, "upper": 3, "digit": 4, "other": 5}
_OUTSIDE = (0x9E3779B1, 0)


def normalize_tones(text: str) -> str:
    """Write both placements of a tone mark one way (``hòa`` as ``hoà``), keeping the length.

    Args:
        text: NFC text.

    Returns:
        Text of the same length. The form is the one that PhoBERT's authors normalise to.
    """
    return _TONES.sub(lambda match: _TONE_PAIRS[match.group()], text)


def tokenize(text: str) -> list[Span]:
    """Split text into syllables, numbers, codes, addresses and punctuation marks.

    Returns:
        Spans in order. Every character that is not white space is in exactly one of them.
    """
    return [match.span() for match in _TOKEN.finditer(text)]


def join_words(text: str, words: Sequence[Span]) -> str:
    """Write segmented text as PhoBERT reads it: words apart, syllables of a word joined by ``_``.

    Args:
        text: the text that was segmented.
        words: its words, as a segmenter returns them.
    """
    return " ".join("_".join(text[start:end].split()) for start, end in words)


class Segmenter(Protocol):
    """Anything that finds the words of texts."""

    name: str

    def segment(self, texts: Sequence[str]) -> list[list[Span]]:
        """Find the words of each text.

        Args:
            texts: any strings.

        Returns:
            For every text the spans of its words, in order, each from the first to one past the
            last character. Together they cover all that is not white space.
        """
        ...


def boundary_features(
    tokens: Sequence[str],
) -> npt.NDArray[np.int64]:
    """Hash what surrounds every gap between neighbouring tokens into feature indices.

    A gap sees two tokens to each side: as syllables in lower case and as shapes.

    Args:
        tokens: n token strings, in order.

    Returns:
        Indices of shape (n - 1, number of features), each below ``2 ** 20``.
    """
    hashes, shapes = _token_codes(tokens)
    a, b, c, d = (hashes[offset : len(tokens) - 1 + offset] for offset in range(4))
    shape = np.zeros(len(tokens) - 1, dtype=np.uint64)
    for offset in range(4):
        shape = shape * np.uint64(8) + shapes[offset : len(tokens) - 1 + offset]
    pair = _mix(b, c)
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
    )
    bits = np.uint64(64 - _FEATURE_BITS)
    stacked = np.stack(
        [
            ((column + np.uint64(k + 1)) * np.uint64(0x9E3779B97F4A7C15)) >> bits
            for k, column in enumerate(columns)
        ],
        axis=1,
    )
    return stacked.astype(np.int64)


def _mix(left: npt.NDArray[np.uint64], right: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    mixed = (left * np.uint64(0xC2B2AE3D27D4EB4F)) ^ (right + np.uint64(0x165667B19E3779F9))
    mixed ^= mixed >> np.uint64(29)
    result: npt.NDArray[np.uint64] = mixed * np.uint64(0xBF58476D1CE4E5B9)
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


def _token_codes(
    tokens: Sequence[str],
) -> tuple[npt.NDArray[np.uint64], npt.NDArray[np.uint64]]:
    coded = np.array([_OUTSIDE, *[_codes[token] for token in tokens], _OUTSIDE], dtype=np.uint64)
    return coded[:, 0], coded[:, 1]


class BoundarySegmenter:
    """A linear model that decides for every gap between syllables whether a word goes on.

    Weights of hashed context features are summed and compared with zero, for all gaps of a batch
    at once; ``train/segmenter.py`` fits them.
    """

    name = "canbo"

    def __init__(self, weights: npt.NDArray[np.float32], bias: float) -> None:
        """Take the weights, of shape (2 ** 20,), and the bias of the decision."""
        self._weights = weights
        self._bias = bias

    @classmethod
    def from_file(cls, path: Path) -> BoundarySegmenter:
        """Load weights from a safetensors file with the tensors ``weights`` and ``bias``."""
        from safetensors.numpy import load_file

        tensors = load_file(path)
        return cls(tensors["weights"].astype(np.float32), float(tensors["bias"][0]))

    def segment(self, texts: Sequence[str]) -> list[list[Span]]:
        """Find the words of each text (see `Segmenter.segment`)."""
        spans_by_text = [tokenize(text) for text in texts]
        tokens: list[str] = []
        for text, spans in zip(texts, spans_by_text, strict=True):
            tokens.extend(text[start:end] for start, end in spans)
            tokens.append("\n")
        if len(tokens) < 2:
            return [[] for _ in texts]
        scores = self._weights[boundary_features(tokens)].sum(axis=1) + self._bias
        joins = (scores > 0).tolist()
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


class UndertheseaSegmenter:
    """Words as the underthesea library finds them (extra ``underthesea``)."""

    name = "underthesea"

    def segment(self, texts: Sequence[str]) -> list[list[Span]]:
        """Find the words of each text (see `Segmenter.segment`)."""
        from underthesea import word_tokenize

        return [
            _locate(text, word_tokenize(text, use_token_normalize=False)) if text.strip() else []
            for text in texts
        ]


def _locate(text: str, words: Sequence[str]) -> list[Span]:
    """Find the spans of words whose white space a library may have changed."""
    position = 0
    spans = []
    for word in words:
        start = end = -1
        for character in word:
            if character.isspace():
                continue
            while text[position].isspace():
                position += 1
            if start < 0:
                start = position
            position += 1
            end = position
        if start >= 0:
            spans.append((start, end))
    return spans


def load_segmenter(name: str = "canbo") -> Segmenter:
    """Make the segmenter of that name.

    Args:
        name: ``"canbo"`` (shipped, the default of every embedded model) or ``"underthesea"``.

    Raises:
        SegmenterError: there is no segmenter of that name.
    """
    if name == "canbo":
        weights = files("canbo.models") / "embedded" / "segmenter" / "model.safetensors"
        with as_file(weights) as path:
            return BoundarySegmenter.from_file(path)
    if name == "underthesea":
        return UndertheseaSegmenter()
    raise SegmenterError(f"no segmenter is called {name!r}: use 'canbo' or 'underthesea'")
