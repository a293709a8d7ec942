"""Which numbers a source supports: whatever form they have there, and with what they count."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from itertools import pairwise
from typing import Literal

from canbo.models.faithfulness.fact_words import FactWords
from canbo.models.faithfulness.number_facts import (
    DAYS,
    MONTHS,
    DocumentNumber,
    NumberFact,
    Pair,
    Quantity,
    StatedDate,
    number_facts,
)

__all__ = ["SourceNumbers"]

_NEAR = 3  # words between the days of "ngày 12, 13 và 14/5"
_ROUNDED = {1: (1.0, 1.1), -1: (0.9, 1.0), 2: (0.95, 1.05)}  # of the stated: hơn, gần, khoảng
_LEAST_ROUNDED = 20
_STRICT = frozenset({"quarter"})  # never stated without its word


class SourceNumbers:
    """The numbers of a source, for looking up those of a summary."""

    def __init__(self, words: FactWords) -> None:
        """Collect the numbers.

        Args:
            words: of the source.
        """
        self._dates: set[StatedDate] = set()
        self._years: set[int] = set()  # stated outside a range
        self._pairs: set[tuple[float, float]] = set()
        self._parts: set[float] = set()  # of dates and pairs
        self._quantities: defaultdict[float, list[Quantity]] = defaultdict(list)
        self._documents: defaultdict[str, set[str]] = defaultdict(set)  # kinds by number
        self._codes: set[tuple[str, str]] = set()
        found = list(number_facts(words))
        for fact, _, _ in found:
            self._add(fact)
        for (one, _, end), (other, start, _) in pairwise(found):
            self._add_joined(one, other, words.keys[end + 1 : start])

    def supports(self, fact: NumberFact) -> bool:
        """Whether the source states a number of a summary.

        Args:
            fact: the number.
        """
        if isinstance(fact, StatedDate):
            return self._supports_date(fact)
        if isinstance(fact, Pair):
            return self._supports_pair(fact)
        if isinstance(fact, DocumentNumber):
            return self._supports_document(fact)
        return self._supports_quantity(fact)

    def contradiction(self, fact: NumberFact) -> Literal["unit", "direction"] | None:
        """What is wrong with a quantity that is not supported though its number stands there.

        Args:
            fact: an unsupported number.
        """
        if not isinstance(fact, Quantity):
            return None
        known = [known for known in self._quantities.get(fact.value, ()) if not known.doubtful]
        if any(_agrees(replace(fact, direction=0), one) for one in known):
            return "direction"
        return "unit" if known else None

    def _add(self, fact: NumberFact) -> None:
        if isinstance(fact, StatedDate):
            self._dates.add(fact)
            self._parts.update(
                float(part) for part in (fact.day, fact.month, fact.year) if part is not None
            )
            if fact.year is not None:
                self._years.add(fact.year)
        elif isinstance(fact, Pair):
            self._add_pair(fact.first, fact.second)
            if fact.units:
                for value in (fact.first, fact.second):
                    self._quantities[value].append(Quantity(value, fact.units))
        elif isinstance(fact, Quantity):
            self._quantities[fact.value].append(fact)
        else:
            self._codes.add((fact.number, fact.symbols))
            number = fact.number.partition("/")[0]
            self._documents[number].add(fact.kind)
            if number.isdecimal():
                self._parts.add(float(number))

    def _add_pair(self, first: float, second: float) -> None:
        self._pairs.add((first, second))
        self._parts |= {first, second}
        if first in DAYS and second in MONTHS:
            self._dates.add(StatedDate(int(first), int(second), None))

    def _add_joined(self, one: NumberFact, other: NumberFact, between: list[str]) -> None:
        """What two numbers state together: "từ 15 đến 20", "ngày 12 và 13/5"."""
        if len(between) > _NEAR:
            return
        if {"đến", "tới", "-", "–"} & set(between):
            first, second = _value(one), _value(other)
            if first is not None and second is not None:
                self._pairs.add((first, second))
            self._add_months(one, other)
        if {",", "và", "-", "–", "đến", "tới"} & set(between) and isinstance(one, StatedDate):
            if isinstance(other, Pair) and (other.first, other.second) in self._pairs:
                day, month = int(other.first), int(other.second)
                other = StatedDate(day, month, None)
            if isinstance(other, StatedDate):
                self._dates.add(
                    StatedDate(one.day, one.month or other.month, one.year or other.year)
                )

    def _add_months(self, one: NumberFact, other: NumberFact) -> None:
        """Từ tháng 1 đến tháng 9: chín tháng."""
        if isinstance(one, StatedDate) and isinstance(other, StatedDate):
            if one.day or other.day or not (one.month and other.month) or one.year != other.year:
                return
            months = float(other.month - one.month + 1)
            self._quantities[months].append(Quantity(months, frozenset({"month"}), "tháng"))

    def _supports_date(self, date: StatedDate) -> bool:
        if date.day is None and date.month is None:
            return date.year in self._parts or date.year in self._quantities
        for known in self._dates:
            if date.day is not None and date.day != known.day:
                continue
            if date.month is not None and date.month != known.month:
                continue
            # A year that stands elsewhere may be that of a date without one.
            if date.year is None or date.year == known.year:
                return True
            if known.year is None and date.year in self._years:
                return True
        return False

    def _supports_pair(self, pair: Pair) -> bool:
        values = (pair.first, pair.second)
        if values in self._pairs:
            return True
        # "15/20 chỉ tiêu" of "đề ra 20 chỉ tiêu" and "đạt 15 chỉ tiêu".
        if self._nouns(pair.first) & self._nouns(pair.second):
            return True
        return not pair.units and (self._is_date(*values) or self._years.issuperset(values))

    def _nouns(self, value: float) -> set[str]:
        return {known.noun for known in self._quantities.get(value, ()) if known.noun.isalpha()}

    def _is_date(self, first: float, second: float) -> bool:
        return any(
            (first, second) in {(known.day, known.month), (known.month, known.year)}
            for known in self._dates
        )

    def _supports_document(self, document: DocumentNumber) -> bool:
        if document.symbols or not document.kind:
            return (document.number, document.symbols) in self._codes
        kinds = self._documents.get(document.number)
        if kinds is None:
            return float(document.number or 0) in self._quantities
        return document.kind in kinds or not all(kinds) or "số" in {document.kind, *kinds}

    def _supports_quantity(self, quantity: Quantity) -> bool:
        if any(_agrees(quantity, known) for known in self._quantities.get(quantity.value, ())):
            return True
        if not quantity.units and quantity.value in self._parts:
            return True
        if not quantity.approximate or quantity.value < _LEAST_ROUNDED:
            return False
        digits = _significant_digits(quantity.value)
        least, most = _ROUNDED[quantity.approximate]
        return any(
            least <= value / quantity.value <= most
            and digits < _significant_digits(value)
            and any(not (known.units and quantity.units - known.units) for known in stated)
            for value, stated in self._quantities.items()
        )


def _agrees(stated: Quantity, known: Quantity) -> bool:
    """Whether two quantities of one value may be the same."""
    if stated.direction * known.direction < 0:
        return False
    if _STRICT & stated.units - known.units:
        return False
    if stated.units & known.units or (stated.noun and stated.noun == known.noun):
        return True
    return not known.doubtful and not (stated.units and known.units)


def _significant_digits(value: float) -> int:
    return len(f"{value:.6f}".replace(".", "").strip("0"))


def _value(fact: NumberFact) -> float | None:
    if isinstance(fact, Quantity):
        return fact.value
    if isinstance(fact, StatedDate) and fact.day is None and fact.month is None:
        return float(fact.year or 0)
    return None
