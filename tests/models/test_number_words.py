"""Numbers in digits, in words and in Roman numerals."""

import pytest

from canbo.models.faithfulness.fact_words import fact_words
from canbo.models.faithfulness.number_words import digits_value, read_number, roman_value


@pytest.mark.parametrize(
    ("text", "value", "words"),
    [
        ("hai mươi mốt xã", 21, 3),
        ("mười lăm phút", 15, 2),
        ("hai mươi năm", 20, 2),  # years, not 25
        ("mười năm", 10, 1),
        ("ba lăm", 35, 2),
        ("ba trăm linh năm hộ", 305, 4),
        ("hai trăm rưỡi", 250, 3),
        ("một nghìn hai trăm người", 1200, 4),
        ("năm triệu tám trăm nghìn đồng", 5_800_000, 5),
        ("1,5 triệu đồng", 1_500_000, 2),
        ("4 tỷ 500 triệu đồng", 4_500_000_000, 4),
        ("2 tỉ rưỡi", 2_500_000_000, 3),
        ("5 nghìn tỷ", 5 * 10**12, 3),
        ("1.553 hộ", 1553, 1),
        ("4 triệu 3 người", 4_000_000, 2),  # another number
    ],
)
def test_the_longest_number_is_read(text: str, value: float, words: int) -> None:
    assert read_number(fact_words(text).keys, 0) == (value, words)


@pytest.mark.parametrize("text", ["xã", "mươi", "trăm", "12-NQ/TU", ""])
def test_no_number_is_read_where_none_begins(text: str) -> None:
    assert read_number(fact_words(text).keys, 0) is None


def test_dots_part_thousands_and_a_comma_decimals() -> None:
    assert digits_value("1.553.000") == 1_553_000
    assert digits_value("2,07") == 2.07
    assert digits_value("1.553,5") == 1553.5
    assert digits_value("15/5") is None


def test_roman_numerals() -> None:
    assert [roman_value(key) for key in ("xii", "iv", "xxxix")] == [12, 4, 39]
    assert roman_value("iiii") is roman_value("") is roman_value("xa") is None
