"""Text in one normal form: NFC, with plain spaces."""

from __future__ import annotations

import re
import unicodedata

__all__ = ["has_undecoded", "nfc", "squeeze"]

# Zero-width characters and soft hyphens are layout left over from web pages, not letters.
_INVISIBLE = re.compile("[\u200b\u200e\u200f\u202a-\u202e\u2060\ufeff]")
_SOFT_HYPHEN = "\u00ad"
# In TCVN3 read as Windows-1252 (see `canbo.data.encodings`) it is a letter, and stays until then.
_TCVN3 = re.compile("[A-Za-z][¨©ª¬®µ-¹¼-¾]|®[A-Za-z]")
_SPACES = re.compile(r"[\s\x00-\x1f\x7f-\x9f]+")
_SURROGATE = re.compile("[\ud800-\udfff]")


def nfc(text: str) -> str:
    """Compose letters and diacritics (Unicode NFC): one spelling for what looks the same."""
    return unicodedata.normalize("NFC", text)


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
