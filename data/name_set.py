"""A set of names that takes a few bytes a name: a run must know every id that it has seen."""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from hashlib import blake2b

__all__ = ["NameSet"]

_FIRST_SLOTS = 1 << 10


class NameSet:
    """Keeps a digest of 128 bits for each name, in 24 to 48 bytes whatever the name's length.

    No two names share a digest: among a thousand million the odds are below one in 10**20.
    The table is one array with open addressing and linear probing (Knuth, The Art of Computer
    Programming 3, 6.4), at most two thirds full.

    Args:
        names: those that are in it from the beginning.
    """

    def __init__(self, names: Iterable[str] = ()) -> None:
        self._slots = array("Q", bytes(16 * _FIRST_SLOTS))
        self._count = 0
        for name in names:
            self.add(name)

    def __len__(self) -> int:
        return self._count

    def __contains__(self, name: str) -> bool:
        return self._find(*_digest(name))[1]

    def add(self, name: str) -> None:
        """Add a name; nothing changes where it is in the set."""
        self._insert(*_digest(name))
        if 6 * self._count > 2 * len(self._slots):
            self._grow()

    def _find(self, low: int, high: int) -> tuple[int, bool]:
        """Where a digest stands, or would stand, and whether it does."""
        slots = self._slots
        last = len(slots) - 1
        place = 2 * high & last
        while stored := slots[place]:
            if stored == low and slots[place + 1] == high:
                return place, True
            place = place + 2 & last
        return place, False

    def _insert(self, low: int, high: int) -> None:
        place, is_there = self._find(low, high)
        if not is_there:
            self._slots[place], self._slots[place + 1] = low, high
            self._count += 1

    def _grow(self) -> None:
        full = self._slots
        self._slots = array("Q", bytes(16 * len(full)))
        self._count = 0
        for place in range(0, len(full), 2):
            if full[place]:
                self._insert(full[place], full[place + 1])


def _digest(name: str) -> tuple[int, int]:
    """Two numbers of 64 bits, the first not 0, which marks an empty slot."""
    # A file's name may hold lone surrogates.
    digest = blake2b(name.encode("utf-8", "surrogatepass"), digest_size=16).digest()
    return int.from_bytes(digest[:8], "little") | 1, int.from_bytes(digest[8:], "little")
