"""The facts of a source, and what of an abstract they do not support."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from canbo.models.faithfulness.fact_words import FactWords, fact_words
from canbo.models.faithfulness.number_facts import Quantity, direction_word, number_facts
from canbo.models.faithfulness.source_names import PLACES, SourceNames
from canbo.models.faithfulness.source_numbers import SourceNumbers
from canbo.models.faithfulness.units import read_units
from canbo.models.sentences import split_sentences

__all__ = ["FactKind", "SourceFacts", "UnsupportedFact"]

FactKind = Literal["numbers", "names"]


@dataclass(frozen=True, order=True)
class UnsupportedFact:
    """A part of an abstract that its source does not support.

    Attributes:
        start: offset of its first character in the abstract, in Unicode NFC.
        end: offset behind its last character.
        text: the part.
        kind: ``"numbers"`` (quantities, dates, numbers of documents) or ``"names"``.
    """

    start: int
    end: int
    text: str
    kind: FactKind


class SourceFacts:
    """The facts of a source, for checking abstracts of it."""

    def __init__(self, source: str) -> None:
        """Analyse a source.

        Args:
            source: everything that was summarized, title and paragraphs, parted by line breaks.
        """
        self._words = fact_words(source)
        self._numbers = SourceNumbers(self._words)
        self._names = SourceNames(self._words)

    def unsupported(self, abstract: str) -> tuple[str, ...]:
        """List what an abstract states and the source does not, as the abstract writes it.

        Args:
            abstract: the summary.

        Returns:
            Numbers (with their unit where only that is wrong), dates and names, each once, in the
            abstract's order; empty for any run of whole sentences of the source.
        """
        return tuple(dict.fromkeys(fact.text for fact in self.find(abstract)))

    def find(self, abstract: str) -> list[UnsupportedFact]:
        """Like `unsupported`, with the places of all occurrences.

        Args:
            abstract: the summary.
        """
        words = fact_words(abstract)
        spans: list[tuple[int, int, FactKind]] = [
            (first, last, "numbers") for first, last in self._wrong_numbers(words)
        ]
        spans += [(first, last, "names") for first, last in self._names.unsupported(words)]
        if not spans:
            return []
        quoted = self._quoted(words)
        return sorted(
            UnsupportedFact(words.starts[first], words.ends[last], words.surface(first, last), kind)
            for first, last, kind in spans
            if not quoted.issuperset(range(first, last + 1)) and not self._hold(words, first, last)
        )

    def _hold(self, words: FactWords, first: int, last: int) -> bool:
        keys = words.keys[first : last + 1]
        # "Pháp luật" does not hold Pháp, which was looked up as a place.
        return self._words.hold(keys) and not (first == last and keys[0] in PLACES)

    def _wrong_numbers(self, words: FactWords) -> list[tuple[int, int]]:
        wrong = []
        for fact, first, last in number_facts(words):
            if (isinstance(fact, Quantity) and fact.casual) or self._numbers.supports(fact):
                continue
            contradiction = self._numbers.contradiction(fact)
            if contradiction == "unit":
                last = max(last, read_units(words.keys, last + 1)[1] - 1)
            elif contradiction == "direction":
                first = direction_word(words.keys, first)
            wrong.append((first, last))
        return wrong

    @cached_property
    def _sentences(self) -> dict[str, list[tuple[str, ...]]]:
        """The sentences of the source by their first word, the longest first."""
        found: dict[str, list[tuple[str, ...]]] = {}
        words = self._words
        for start, end in split_sentences(words.text):
            first, after = bisect_left(words.starts, start), bisect_left(words.starts, end)
            sentence = tuple(words.keys[first:after])
            found.setdefault(sentence[0], []).append(sentence)
        for sentences in found.values():
            sentences.sort(key=len, reverse=True)
        return found

    def _quoted(self, words: FactWords) -> set[int]:
        """Indexes of an abstract's words in whole sentences of the source."""
        quoted: set[int] = set()
        place = 0
        while place < len(words.keys):
            for sentence in self._sentences.get(words.keys[place], ()):
                if tuple(words.keys[place : place + len(sentence)]) == sentence:
                    quoted.update(range(place, place + len(sentence)))
                    place += len(sentence) - 1
                    break
            place += 1
        return quoted
