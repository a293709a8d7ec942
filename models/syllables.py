"""Syllables and other tokens of Vietnamese text, and one spelling for their tone marks."""

from __future__ import annotations

import re

__all__ = ["Span", "normalize_tones", "tokenize", "words_of"]

Span = tuple[int, int]

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
_WORD = re.compile(r"\w+")


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


def words_of(text: str) -> list[str]:
    """Syllables and numbers of a text in lower case, as abstracts are compared and measured."""
    return _WORD.findall(text.lower())
