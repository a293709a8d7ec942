"""Whether there is anything in a document for a model to condense."""

from __future__ import annotations

import re

from canbo.data.documents import Document
from canbo.models.source_text import document_sentences, table_rows

__all__ = ["can_be_condensed"]

_WORD = re.compile(r"[^\W\d_]+")
_VIETNAMESE = re.compile(
    r"[ăâđêôơưàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ]", re.IGNORECASE
)
_MIN_VIETNAMESE = 0.2  # share of words with a letter of its own; of Vietnamese text 0.6 to 0.8
_MIN_SYLLABLES = 40  # a shorter article is hardly longer than an abstract


def can_be_condensed(document: Document) -> bool:
    """Several sentences of Vietnamese that are together longer than an abstract."""
    rows = table_rows(document)
    sentences = [text for i, (_, text) in enumerate(document_sentences(document)) if i not in rows]
    words = [word for sentence in sentences for word in _WORD.findall(sentence)]
    if len(sentences) < 2 or len(words) < _MIN_SYLLABLES:
        return False
    return sum(bool(_VIETNAMESE.search(word)) for word in words) >= _MIN_VIETNAMESE * len(words)
