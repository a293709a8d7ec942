"""Vietnamese numbers in digits and in words: hai mươi mốt, 1.553, 4 tỷ 500 triệu, XII."""

from __future__ import annotations

import re
from collections.abc import Sequence

from canbo.models.faithfulness.fact_words import key_at

__all__ = ["WORD_DIGITS", "digits_value", "read_number", "roman_value"]

# Keys as of `fact_words`: small letters, i for a final y.
WORD_DIGITS = {
    "một": 1,
    "hai": 2,
    "ba": 3,
    "bốn": 4,
    "năm": 5,
    "sáu": 6,
    "bảy": 7,
    "bẩy": 7,
    "tám": 8,
    "chín": 9,
}
# After mươi, năm is no five but a year: hai mươi năm, hai mươi lăm.
_AFTER_TENS = {
    **{word: value for word, value in WORD_DIGITS.items() if word != "năm"},
    "mốt": 1,
    "tư": 4,
    "lăm": 5,
    "nhăm": 5,
}
_MAGNITUDES = {"nghìn": 10**3, "ngàn": 10**3, "vạn": 10**4, "triệu": 10**6, "tỉ": 10**9}
_THOUSANDS = re.compile(r"(\d{1,3}(?:\.\d{3})+)(?:,(\d+))?")
_DECIMAL = re.compile(r"(\d+)[,.](\d+)")
_ROMAN = re.compile(r"(x{0,3})(ix|iv|v?i{0,3})")
_ROMAN_ONES = ("", "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix")


def digits_value(word: str) -> float | None:
    """The value of a number in digits, in Vietnamese form (``1.553`` is 1553, ``2,07`` is 2.07).

    Returns:
        None for anything else.
    """
    if word.isdecimal():
        return float(word)
    if match := _THOUSANDS.fullmatch(word):
        whole, part = match.groups()
        return float(f"{whole.replace('.', '')}.{part or 0}")
    if match := _DECIMAL.fullmatch(word):
        return float(f"{match.group(1)}.{match.group(2)}")
    return None


def roman_value(key: str) -> int | None:
    """The value of a Roman numeral in small letters, up to 39; None for anything else."""
    match = _ROMAN.fullmatch(key)
    if match is None or not key:
        return None
    return 10 * len(match.group(1)) + _ROMAN_ONES.index(match.group(2))


def read_number(keys: Sequence[str], first: int) -> tuple[float, int] | None:
    """Read the number that begins with a word.

    Args:
        keys: words in small letters, a final y written i.
        first: index of the first word.

    Returns:
        Its value and the index behind its last word; None where no number begins. ``mười năm``
        is ten, for the year stays outside; a lone ``năm`` is taken for five, which the caller has
        to doubt.
    """
    found = _digits_or_words(keys, first)
    if found is None:
        return None
    value, place, in_digits = found
    value, place, least = _magnified(keys, value, place)
    while least > 1 and (rest := _rest(keys, place, least, in_digits)) is not None:
        added, place, least = rest
        value += added
    return round(value, 6), place


def _rest(
    keys: Sequence[str], place: int, least: float, in_digits: bool
) -> tuple[float, int, float] | None:
    """What follows a magnitude: 500 triệu after 4 tỷ, hai trăm after một nghìn."""
    if key_at(keys, place) == "rưỡi":
        return least / 2, place + 1, 1
    if key_at(keys, place) in {"linh", "lẻ"} and key_at(keys, place + 1) in WORD_DIGITS:
        return WORD_DIGITS[keys[place + 1]], place + 2, 1
    found = _digits_or_words(keys, place)
    if found is None:
        return None
    value, after, _ = found
    value, end, smaller = _magnified(keys, value, after)
    if 1 < smaller < least and value < least:
        return value, end, smaller
    # "Một nghìn hai trăm": the last part has no magnitude; "một nghìn hai" is left alone.
    if smaller == 1 and not in_digits and 10 <= value < least and not keys[place].isdecimal():
        return value, end, 1
    return None


def _magnified(keys: Sequence[str], value: float, place: int) -> tuple[float, int, float]:
    """Multiply by the magnitudes that follow (nghìn tỷ); the last of them is returned too."""
    least = 1.0
    if key_at(keys, place) == "trăm":  # 3 trăm
        value, place = value * 100, place + 1
    while (magnitude := _MAGNITUDES.get(key_at(keys, place))) is not None:
        value, place = value * magnitude, place + 1
        least = magnitude if least == 1 else least * magnitude
    return value, place, least


def _digits_or_words(keys: Sequence[str], place: int) -> tuple[float, int, bool] | None:
    key = key_at(keys, place)
    if not key:
        return None
    if key[0].isdecimal():
        value = digits_value(key)
        return None if value is None else (value, place + 1, True)
    if key in WORD_DIGITS and key_at(keys, place + 1) == "trăm":
        return _hundreds(keys, place)
    tens = _tens(keys, place)
    return None if tens is None else (*tens, False)


def _hundreds(keys: Sequence[str], place: int) -> tuple[float, int, bool]:
    value = float(100 * WORD_DIGITS[keys[place]])
    place += 2
    following = key_at(keys, place)
    if following == "rưỡi":
        return value + 50, place + 1, False
    if following in {"linh", "lẻ"} and key_at(keys, place + 1) in WORD_DIGITS:
        return value + WORD_DIGITS[keys[place + 1]], place + 2, False
    tens = _tens(keys, place)
    if tens is not None and tens[0] >= 10:
        return value + tens[0], tens[1], False
    return value, place, False


def _tens(keys: Sequence[str], place: int) -> tuple[float, int] | None:
    key, following = key_at(keys, place), key_at(keys, place + 1)
    if key == "mười":
        if following in _AFTER_TENS:
            return 10.0 + _AFTER_TENS[following], place + 2
        return 10.0, place + 1
    if key not in WORD_DIGITS:
        return None
    digit = WORD_DIGITS[key]
    if following in {"mươi", "chục"}:
        last = key_at(keys, place + 2)
        if following == "mươi" and last in _AFTER_TENS:
            return 10.0 * digit + _AFTER_TENS[last], place + 3
        return 10.0 * digit, place + 2
    if following in {"mốt", "lăm", "nhăm"}:
        return 10.0 * digit + _AFTER_TENS[following], place + 2
    return float(digit), place + 1
