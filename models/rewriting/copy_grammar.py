"""What a model that rewrites a sentence may write next: units of the sentence and function words.

A state machine over the tokens of the model's vocabulary. Text is written unit by unit
(`canbo.models.rewriting.units`); at the end of one the next may begin: any unit that was not taken
yet, or a function word, or a mark. A token can belong to several units, so a state is a set of
readings.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

__all__ = ["CopyGrammar", "Piece"]

_MOST_READINGS = 8  # of one prefix: ambiguity beyond that is of no use
_BETWEEN, _ENDED = -1, -2  # in the place of the piece that a reading is in


@dataclass(frozen=True)
class Piece:
    """Something that may be written whole.

    Attributes:
        tokens: its ids.
        unit: index of the unit of the sentence that it takes over; -1 for a function word or mark.
        behind: index of the unit right behind which alone it may stand, as it follows without a
            space; -1 for a piece that may stand anywhere.
    """

    tokens: tuple[int, ...]
    unit: int = -1
    behind: int = -1

    @property
    def bit(self) -> int:
        """Of its unit in a bit set; 0 for what may be written again and again."""
        return 1 << self.unit if self.unit >= 0 else 0


@dataclass(frozen=True)
class _Reading:
    """One way to read what was written.

    Attributes:
        taken: bit set of the units that were taken over.
        piece: index of the piece being written; `_BETWEEN` pieces, or `_ENDED`.
        written: tokens of it that stand.
        last: index of the unit that was taken over last, right before; -1 for none.
    """

    taken: int = 0
    piece: int = _BETWEEN
    written: int = 0
    last: int = -1


State = frozenset[_Reading]


class CopyGrammar:
    """The pieces of one sentence, and what may follow what.

    Attributes:
        end: id of the token that ends a sequence.
    """

    def __init__(
        self, pieces: Sequence[Piece], first: Sequence[Piece], end: int, stops: frozenset[int]
    ) -> None:
        """Prepare.

        Args:
            pieces: what may be written after the beginning.
            first: what a sentence may begin with.
            end: id of the token that ends a sequence.
            stops: ids of the tokens that end a sentence where they end a mark.
        """
        self.end, self._stops = end, stops
        self._pieces = [*pieces, *first]
        places = range(len(self._pieces))
        self._later = _Beginnings(self._pieces, places[: len(pieces)])
        self._first = _Beginnings(self._pieces, places[len(pieces) :])
        self._states: dict[tuple[int, ...], State] = {}
        self._allowed: dict[tuple[int, ...], list[int]] = {}

    def allowed(self, written: tuple[int, ...]) -> list[int]:
        """Ids that may follow; the end alone where the text cannot go on.

        Args:
            written: ids so far, all of them allowed in their place.
        """
        if written not in self._allowed:
            self._allowed[written] = self._find_allowed(written)
        return self._allowed[written]

    def _find_allowed(self, written: tuple[int, ...]) -> list[int]:
        beginnings = self._later if written else self._first
        allowed: set[int] = set()
        for reading in self._state(written):
            if reading.piece >= 0:
                allowed.add(self._pieces[reading.piece].tokens[reading.written])
            elif reading.piece == _ENDED:
                allowed.add(self.end)
            else:
                allowed.update(beginnings.tokens(reading))
        return sorted(allowed) or [self.end]

    def _state(self, written: tuple[int, ...]) -> State:
        if not written:
            return frozenset((_Reading(),))
        if written not in self._states:
            beginnings = self._first if len(written) == 1 else self._later
            readings = {
                after
                for reading in self._state(written[:-1])
                for after in self._step(reading, written[-1], beginnings)
            }
            kept = sorted(readings, key=lambda one: (one.taken.bit_count(), one.piece))
            self._states[written] = frozenset(kept[:_MOST_READINGS])
        return self._states[written]

    def _step(self, reading: _Reading, token: int, beginnings: _Beginnings) -> list[_Reading]:
        if reading.piece == _ENDED:
            return []
        if reading.piece == _BETWEEN:
            places = beginnings.places(reading, token)
            return [self._after(reading.taken, place, 1) for place in places]
        if self._pieces[reading.piece].tokens[reading.written] != token:
            return []
        return [self._after(reading.taken, reading.piece, reading.written + 1)]

    def _after(self, taken: int, place: int, written: int) -> _Reading:
        piece = self._pieces[place]
        if written < len(piece.tokens):
            return _Reading(taken, place, written)
        is_stop = piece.unit < 0 and piece.tokens[-1] in self._stops
        return _Reading(taken | piece.bit, _ENDED if is_stop else _BETWEEN, last=piece.unit)


class _Beginnings:
    """Which pieces may begin after a reading, and with which tokens."""

    def __init__(self, pieces: Sequence[Piece], places: Sequence[int]) -> None:
        self._pieces = [pieces[place] for place in places]
        self._places: dict[int, list[tuple[int, Piece]]] = {}
        for place, piece in zip(places, self._pieces, strict=True):
            self._places.setdefault(piece.tokens[0], []).append((place, piece))

    def tokens(self, reading: _Reading) -> set[int]:
        return {piece.tokens[0] for piece in self._pieces if _may_follow(piece, reading)}

    def places(self, reading: _Reading, token: int) -> list[int]:
        found = self._places.get(token, ())
        return [place for place, piece in found if _may_follow(piece, reading)]


def _may_follow(piece: Piece, reading: _Reading) -> bool:
    return not piece.bit & reading.taken and piece.behind in (-1, reading.last)
