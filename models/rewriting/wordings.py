"""Shorter wordings of phrases of news and party papers: "đề cập đến" as "nói đến".

The table (``wordings.tsv``: phrase, wording) holds only what can be put in a phrase's place in any
sentence. Language models wrote it from the most frequent runs of words of vietnews' training split
and of canbo-themes, and read every entry a second time in real sentences of both.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from canbo.models.clauses import open_quotation
from canbo.models.guards import capitalized

__all__ = ["Wordings"]


class Wordings:
    """A table of phrases and what is shorter."""

    def __init__(self, wordings: Mapping[str, str]) -> None:
        """Prepare the table.

        Args:
            wordings: for each phrase, in small letters, the wording that may take its place.
        """
        self._wordings = dict(wordings)
        longest_first = sorted(self._wordings, key=len, reverse=True)
        self._phrases = re.compile(
            rf"(?<!\w)(?:{'|'.join(map(re.escape, longest_first))})(?!\w)", re.IGNORECASE
        )

    @classmethod
    @cache
    def shipped(cls) -> Wordings:
        """Read the table that ships with canbo."""
        text = (files("canbo.models.rewriting") / "wordings.tsv").read_text(encoding="utf-8")
        return cls(dict(line.split("\t") for line in text.splitlines()))

    def shorten(self, sentence: str) -> str:
        """Put shorter wordings in the place of all phrases, but in quotations and in names.

        Args:
            sentence: a sentence, or a part of one.
        """

        def shorter(found: re.Match[str]) -> str:
            phrase, is_first = found.group(), found.start() == 0
            written_small = phrase[1:].islower() and (phrase[0].islower() or is_first)
            if not written_small or open_quotation(sentence[: found.start()]):
                return phrase
            wording = self._wordings[phrase.lower()]
            return capitalized(wording) if phrase[0].isupper() else wording

        return self._phrases.sub(shorter, sentence)
