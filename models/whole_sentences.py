"""A text taken out of a document, as a sentence of its own: an item of a list loses its bullet."""

from __future__ import annotations

import re

from canbo.data.lines import ends_sentence
from canbo.models.guards import capitalized

__all__ = ["as_sentence"]

_LONGEST = 150  # syllables; a longer sentence is a text without stops, and is cut
# "-5 độ" begins with a number, "- 5 cán bộ" with a bullet.
_BULLET = re.compile(r"(?:[-–—+*•●○▪■◦·](?:\s+|(?!\d))|\(?(?:\d{1,2}|[a-zđ])\)\s+)+")
_PAUSE = " ,;:-–—"


def as_sentence(text: str) -> str:
    """Give a line of a document what it lacks of a whole sentence.

    Args:
        text: a sentence, an item of a list or a heading, as the document has it.

    Returns:
        The text without a bullet or the letter of an item, with a capital letter and its end: what
        a list closes with a semicolon, or with nothing, ends with a full stop. One that is too long
        to be a sentence is cut where it pauses, and ends with the mark of an omission.
    """
    item = text.strip()
    item = capitalized(item[found.end() :] if (found := _BULLET.match(item)) else item)
    if len(item.split()) > _LONGEST:
        return _cut(item.split()[:_LONGEST])
    bare = item.rstrip(_PAUSE)
    return item if not bare or ends_sentence(item) else bare + "."


def _cut(words: list[str]) -> str:
    """Words up to the last comma, or else all, with the mark of an omission."""
    pauses = [i for i, word in enumerate(words) if word.endswith((",", ";"))]
    if pauses and pauses[-1] >= _LONGEST // 2:
        words = words[: pauses[-1] + 1]
    return " ".join(words).rstrip(",;") + " …"
