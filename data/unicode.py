"""Text in one normal form: NFC, with plain spaces."""

from __future__ import annotations

import re
import unicodedata
from itertools import groupby

__all__ = ["has_undecoded", "nfc", "squeeze"]

# Zero-width characters and soft hyphens are layout left over from web pages, not letters.
_INVISIBLE = re.compile("[\u061c\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")
_SOFT_HYPHEN = "\u00ad"
# In TCVN3 read as Windows-1252 (see `canbo.data.encodings`) it is a letter, and stays until then.
_TCVN3 = re.compile("[A-Za-z][¨©ª¬®µ-¹¼-¾]|®[A-Za-z]")
_SPACES = re.compile(r"[\s\x00-\x1f\x7f-\x9f]+")
_LONG_RUN = re.compile(r"[^\w\s]{64,}")  # No mark is a letter or a space.
_SURROGATE = re.compile("[\ud800-\udfff]")


def nfc(text: str) -> str:
    """Compose letters and diacritics (Unicode NFC): one spelling for what looks the same."""
    # Python sorts the marks of a letter in square time, unless they are in order.
    return unicodedata.normalize("NFC", _LONG_RUN.sub(_in_order, text))


def _in_order(run: re.Match[str]) -> str:
    """Put the marks of each letter in canonical order, those of one class as they stand."""
    parts = groupby(run[0], key=lambda character: unicodedata.combining(character) > 0)
    return "".join(
        "".join(sorted(part, key=unicodedata.combining)) if are_marks else "".join(part)
        for are_marks, part in parts
    )


def squeeze(text: str) -> str:
    """NFC text on one line: every run of white space or control characters is one space."""
    if _SOFT_HYPHEN in text and _TCVN3.search(text) is None:
        text = text.replace(_SOFT_HYPHEN, "")
    return nfc(_SPACES.sub(" ", _INVISIBLE.sub("", text)).strip())


def has_undecoded(text: str) -> bool:
    """Whether text holds lone surrogates: no real character, and not writable as UTF-8.

    They stand for bytes read with ``errors="surrogateescape"`` or come from JSON escapes.
    """
    return _SURROGATE.search(text) is not None
