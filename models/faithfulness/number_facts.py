"""The numbers that a text states: dates, quantities, pairs such as 16/23, numbers of documents."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from canbo.models.faithfulness.fact_words import FactWords, folded, key_at
from canbo.models.faithfulness.number_words import (
    WORD_DIGITS,
    digits_value,
    read_number,
    roman_value,
)
from canbo.models.faithfulness.units import EMPTY, read_units

__all__ = [
    "DAYS",
    "DOCUMENT_KINDS",
    "MONTHS",
    "DocumentNumber",
    "NumberFact",
    "Pair",
    "Quantity",
    "StatedDate",
    "direction_word",
    "number_facts",
]


@dataclass(frozen=True)
class StatedDate:
    """A date with what is stated of it; None for what is not."""

    day: int | None
    month: int | None
    year: int | None


@dataclass(frozen=True)
class Pair:
    """Two numbers in one: 16/23, 15-20, 2020-2025, 3-1, 7:30; or a date without its word (15/5)."""

    first: float
    second: float
    units: frozenset[str] = EMPTY


@dataclass(frozen=True)
class Quantity:
    """A number with what it counts or measures.

    Attributes:
        value: the number.
        units: classes of `read_units`, none where they are not known.
        noun: the word behind it, "" at the end.
        direction: 1 after a word of rising, -1 after a word of falling, else 0.
        doubtful: a word that may be no number here (năm: five, or a year; một: one, or a).
        casual: a small number in words before no known unit (hai bên), too loose to be checked.
        approximate: -1 for less than stated (gần), 1 for more (hơn), 2 for about (khoảng), or 0.
    """

    value: float
    units: frozenset[str] = EMPTY
    noun: str = ""
    direction: int = 0
    doubtful: bool = False
    casual: bool = False
    approximate: int = 0


@dataclass(frozen=True)
class DocumentNumber:
    """A document's number with its kind (nghị quyết) or its symbols (nq/tu), or any other code."""

    number: str
    kind: str = ""
    symbols: str = ""


NumberFact = StatedDate | Pair | Quantity | DocumentNumber
Found = tuple[NumberFact, int, int]

DOCUMENT_KINDS = frozenset(
    folded(kind)
    for kind in (
        "nghị quyết",
        "quy định",
        "quyết định",
        "chỉ thị",
        "kết luận",
        "hướng dẫn",
        "kế hoạch",
        "thông báo",
        "thông tư",
        "thông tri",
        "nghị định",
        "đề án",
        "chương trình",
        "công văn",
        "quy chế",
        "pháp lệnh",
    )
)
_DAY_LEADS = frozenset({"ngày", "mùng", "mồng", "hôm"})
_PARTS_OF_DAY = frozenset({"sáng", "chiều", "tối", "đêm", "trưa", "khuya"}) | _DAY_LEADS
_NUMBER_WORDS = frozenset({*WORD_DIGITS, "mười"})
_NAMED_MONTHS = {"giêng": 1, "tư": 4, "chạp": 12}
# Sets, not ranges: whether a float is in a range is found by walking it.
DAYS, MONTHS, _YEARS = (
    frozenset(range(1, 32)),
    frozenset(range(1, 13)),
    frozenset(range(1800, 2200)),
)
_ORDINAL_LEADS = frozenset(
    folded(word)
    for word in "khóa quý thứ hội kỷ loại hạng nhóm kỳ chương phần mục khu cấp đoạn lần".split()
)
_RISING = {"tăng": 1, "lên": 1, "giảm": -1, "xuống": -1, "hạ": -1}
_APPROXIMATE = {
    "hơn": 1,
    "trên": 1,
    "gần": -1,
    "ngót": -1,
    "khoảng": 2,
    "chừng": 2,
    "tầm": 2,
    "xỉ": 2,  # xấp xỉ
}
# Before năm (five or year) these make it a year; after it, too.
_YEAR_BEFORE = frozenset(
    "mỗi một hằng hàng cuối đầu nhiều các những từ vào đến mấy vài cả trong giữa theo là của sang "
    "tròn ngàn nghìn trăm triệu bao lâu thường quanh suốt ra tới học chục ấy".split()
)
_YEAR_AFTER = frozenset(
    "nay qua ngoái trước sau học tới đó ấy này nào gần đầu cuối liền kia tháng ngày".split()
)
_TRIPLE = re.compile(r"(\d{1,2})([/.-])(\d{1,2})\2(\d{4})")
_ISO_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
_DAY_RANGE = re.compile(r"(\d{1,2})[-–](\d{1,2})/(\d{1,2})(?:/(\d{4}))?")
_PAIR = re.compile(r"(\d+(?:[.,]\d+)*)[/:–-](\d+(?:[.,]\d+)*)")
_TIME = re.compile(r"(\d{1,2})[hg](\d{2})?'?")
_ATTACHED = re.compile(r"(\d+(?:[.,]\d+)*)([^\W\d_]+[23²³]?)")
_DOCUMENT = re.compile(r"(\d+)((?:/\d{4})?)[-/](\D.*)")


def number_facts(words: FactWords) -> Iterator[Found]:
    """Yield every stated number with the indexes of its first and its last word.

    Args:
        words: of a text.
    """
    keys, done = words.keys, -1
    for place, key in enumerate(keys):
        if place <= done:
            continue
        if key in _NUMBER_WORDS:
            found = _of_words(keys, place)
        elif key[0].isdecimal():
            found = _of_digits(keys, place)
        elif key in _NAMED_MONTHS:
            found = _named_month(keys, place)
        elif key[0] in "xvi" and words.capital[place]:
            found = _of_roman(keys, place)
        else:
            continue
        for fact in found:
            yield fact
            done = fact[2]


def _of_digits(keys: Sequence[str], place: int) -> Sequence[Found]:
    key = keys[place]
    if digits_value(key) is not None:
        return _plain(keys, place)
    if match := _DAY_RANGE.fullmatch(key):
        first, second, month, year = (int(part) if part else None for part in match.groups())
        return [(StatedDate(day, month, year), place, place) for day in (first, second)]
    if match := _PAIR.fullmatch(key):
        return _pair(keys, place, *match.groups())
    if (found := _triple(key, place)) is not None:
        return found
    if match := _TIME.fullmatch(key):
        hour, minute = match.groups()
        if minute is None:
            return [(Quantity(float(hour), frozenset({"hour"}), "giờ"), place, place)]
        return [(Pair(float(hour), float(minute)), place, place)]
    if match := _ATTACHED.fullmatch(key):
        value, unit = match.groups()
        units, _ = read_units([unit], 0)
        number = digits_value(value)
        if units and number is not None:
            return [(_quantity(keys, place, number, units, unit), place, place)]
    return [(_document(keys, place), place, place)]


def _triple(key: str, place: int) -> Sequence[Found] | None:
    if match := _TRIPLE.fullmatch(key):
        day, month, year = int(match.group(1)), int(match.group(3)), int(match.group(4))
    elif match := _ISO_DAY.fullmatch(key):
        year, month, day = map(int, match.groups())
    else:
        return None
    return [(StatedDate(day, month, year), place, place)]


def _pair(keys: Sequence[str], place: int, left: str, right: str) -> Sequence[Found]:
    first, second = digits_value(left), digits_value(right)
    if first is None or second is None:  # 1.2.3/4: no number known here
        return [(DocumentNumber(keys[place]), place, place)]
    before = key_at(keys, place - 1)
    if first in MONTHS and second in _YEARS and ":" not in keys[place]:
        return [(StatedDate(None, int(first), int(second)), place, place)]
    if before in _PARTS_OF_DAY and first in DAYS and second in MONTHS:
        year, last = _year(keys, place + 1)
        return [(StatedDate(int(first), int(second), year), place, last)]
    units, _ = read_units(keys, place + 1)
    return [(Pair(first, second, units), place, place)]


def _plain(keys: Sequence[str], place: int) -> Sequence[Found]:
    """A number in digits: of a date, of a document, or a quantity."""
    found = read_number(keys, place)
    if found is None:
        return ()
    value, after = found
    dated = _dated(keys, place, value, after)
    if dated is not None:
        return dated
    kind = _kind_before(keys, place)
    if kind and after == place + 1 and not read_units(keys, after)[0]:
        return [(DocumentNumber(keys[place].lstrip("0"), kind), place, place)]
    return _counted(keys, place, value, after)


def _counted(keys: Sequence[str], place: int, value: float, after: int) -> Sequence[Found]:
    """A quantity, or a pair where a dash and another number follow."""
    if key_at(keys, after) in {"-", "–", "—"} and key_at(keys, after + 1)[:1].isdecimal():
        second = read_number(keys, after + 1)
        if second is not None:
            units, _ = read_units(keys, second[1])
            return [(Pair(value, second[0], units), place, second[1] - 1)]
    units, end = _units_of(keys, place, after)
    if units == frozenset({"hour"}) and key_at(keys, end).isdecimal() and int(keys[end]) < 60:
        return [(Pair(value, float(keys[end])), place, end)]
    quantity = _quantity(keys, place, value, units, key_at(keys, after))
    return [(quantity, place, after - 1)]


def _units_of(keys: Sequence[str], place: int, after: int) -> tuple[frozenset[str], int]:
    if key_at(keys, place - 1) == folded("quý"):
        return frozenset({"quarter"}), after
    units, end = read_units(keys, after)
    # "Quý 2 năm 2021", "lần thứ 13 ngày 20/5": what follows is a date.
    if units & {"year", "month", "day"} and key_at(keys, end)[:1].isdecimal():
        return EMPTY, after
    return units, end


def _quantity(
    keys: Sequence[str], place: int, value: float, units: frozenset[str], noun: str
) -> Quantity:
    direction = _RISING.get(keys[direction_word(keys, place)], 0)
    about = _APPROXIMATE.get(key_at(keys, place - 1), 0)
    return Quantity(value, units, noun, direction, approximate=about)


def direction_word(keys: Sequence[str], place: int) -> int:
    """The index of the word of rising or falling close before a number, or the number's own."""
    for back in range(place - 1, max(place - 5, -1), -1):
        if not keys[back][0].isalpha() or keys[back] in WORD_DIGITS:
            break
        if keys[back] in _RISING:
            return back
    return place


def _dated(keys: Sequence[str], place: int, value: float, after: int) -> Sequence[Found] | None:
    """The date that a plain number begins: ngày 15 tháng 5 năm 2021, tháng 5, năm 2021."""
    before = key_at(keys, place - 1)
    if before in _DAY_LEADS and value in DAYS and after == place + 1:
        month, last = _month(keys, after)
        year, last = _year(keys, last + 1) if month else (None, last)
        return [(StatedDate(int(value), month, year), place, last)]
    if before == "tháng" and value in MONTHS and not _counts_months(keys, place, after):
        year, last = _year(keys, after)
        return [(StatedDate(None, int(value), year), place, last)]
    if value in _YEARS and keys[place].isdecimal() and after == place + 1:
        if key_at(keys, after) in {"-", "–", "—"} and key_at(keys, after + 1).isdecimal():
            return None
        if before == "năm" or not _units_of(keys, place, after)[0]:
            return [(StatedDate(None, None, int(value)), place, place)]
    return None


def _counts_months(keys: Sequence[str], place: int, after: int) -> bool:
    """Whether "tháng" ends the number before it: ba tháng 12 ngày, hai tháng 5 người."""
    earlier = key_at(keys, place - 2)
    is_count = earlier[:1].isdecimal() or earlier in WORD_DIGITS or earlier == "mười"
    return is_count and bool(read_units(keys, after)[0] - {"year"})


def _month(keys: Sequence[str], place: int) -> tuple[int | None, int]:
    """The month at a place, and the index of the last word read."""
    if key_at(keys, place) != "tháng":
        return None, place - 1
    following = key_at(keys, place + 1)
    if following in _NAMED_MONTHS:
        return _NAMED_MONTHS[following], place + 1
    found = read_number(keys, place + 1)
    if found is None or found[0] not in MONTHS:
        return None, place - 1
    return int(found[0]), found[1] - 1


def _year(keys: Sequence[str], place: int) -> tuple[int | None, int]:
    """The year at a place (năm 2021, or -2021 and /2021 apart), and the index of the last word."""
    start = place + 1 if key_at(keys, place) == "," else place
    following = key_at(keys, start + 1)
    if key_at(keys, start) in {"năm", "/", "-"} and following.isdecimal() and len(following) == 4:
        return int(following), start + 1
    return None, place - 1


def _of_words(keys: Sequence[str], place: int) -> Sequence[Found]:
    """A number in words; "một" alone is an article, "năm" alone is five only before a noun."""
    found = read_number(keys, place)
    if found is None:
        return ()
    value, after = found
    if key_at(keys, after) == "phần" and key_at(keys, after + 1) != "trăm":  # một phần ba
        parts = read_number(keys, after + 1)
        if parts is not None:
            return [(Pair(value, parts[0]), place, parts[1] - 1)]
    dated = _dated(keys, place, value, after)
    if dated is not None:
        return dated
    if after == place + 1 and keys[place] == "năm":
        return _five(keys, place)
    counted = _counted(keys, place, value, after)
    fact, first, last = counted[0]
    if after == place + 1 and value < 10 and isinstance(fact, Quantity):
        is_article = keys[place] == "một"
        fact = replace(fact, doubtful=is_article, casual=is_article or not fact.units)
        if key_at(keys, place - 1) == "thứ":  # ngày thứ ba: the third of three days at least
            units, _ = read_units(keys, place - 2) if place > 1 else (EMPTY, 0)
            fact = replace(fact, units=units, doubtful=not units, casual=True)
    return [(fact, first, last)]


def _five(keys: Sequence[str], place: int) -> Sequence[Found]:
    before, following = key_at(keys, place - 1), key_at(keys, place + 1)
    if before in _YEAR_BEFORE or before in WORD_DIGITS or before[:1].isdecimal():
        return ()
    if before in {"mười", "mươi"} or following in _YEAR_AFTER or not following[:1].isalpha():
        return ()
    units, _ = read_units(keys, place + 1)
    return [(Quantity(5.0, units, following, doubtful=True, casual=True), place, place)]


def _named_month(keys: Sequence[str], place: int) -> Sequence[Found]:
    if key_at(keys, place - 1) != "tháng":
        return ()
    year, last = _year(keys, place + 1)
    return [(StatedDate(None, _NAMED_MONTHS[keys[place]], year), place, last)]


def _of_roman(keys: Sequence[str], place: int) -> Sequence[Found]:
    value = roman_value(keys[place])
    before = key_at(keys, place - 1)
    if value is None or (len(keys[place]) == 1 and before not in _ORDINAL_LEADS):
        return ()
    units, _ = _units_of(keys, place, place + 1)
    return [(Quantity(float(value), units & {"quarter"}), place, place)]


def _kind_before(keys: Sequence[str], place: int) -> str:
    """The kind of document before a number, with or without "số" between."""
    is_numbered = key_at(keys, place - 1) == "số"
    end = place - 1 if is_numbered else place
    kind = " ".join(keys[max(end - 2, 0) : end])
    if kind in DOCUMENT_KINDS:
        return kind
    return "số" if is_numbered and key_at(keys, place - 2) not in {"con", "một", "tổng"} else ""


def _document(keys: Sequence[str], place: int) -> DocumentNumber:
    key = keys[place]
    if match := _DOCUMENT.fullmatch(key):
        number, year, symbols = match.groups()
        symbols = symbols.replace("tư", "tw").replace("-", "/")
        return DocumentNumber(number.lstrip("0") + year, _kind_before(keys, place), symbols)
    return DocumentNumber(key)
