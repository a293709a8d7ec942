"""Units of invented sentences; a word's end is marked by a bar, as a segmenter would put it."""

import pytest

from canbo.models.rewriting.units import units_of


def split(marked):
    """The sentence and the spans of its words; ``|`` parts words that stand without a space."""
    text, words = "", []
    for number, word in enumerate(marked.split(" ")):
        text += " " if number else ""
        for part in word.split("|"):
            words.append((len(text), len(text) + len(part)))
            text += part
    return text.replace("_", " "), words


def units(marked):
    text, words = split(marked)
    found = units_of(text, words)
    starts, ends = {start for start, _ in words}, {end for _, end in words}
    assert all(start in starts and end in ends for start, end in found)
    return [text[start:end] for start, end in found]


@pytest.mark.parametrize(
    ("marked", "expected"),
    [
        # Names whose parts the segmenter did not join; a comma parts two.
        ("gặp Lê Văn_Tám , Khe Đồng", ["gặp", "Lê Văn Tám", ",", "Khe Đồng"]),
        ("gặp ông Tám ở xã Khe_Đồng", ["gặp", "ông Tám", "ở", "xã Khe Đồng"]),
        ("ông về xã nhà", ["ông", "về", "xã", "nhà"]),  # no name follows
        ("cho TP.|HCM và", ["cho", "TP.HCM", "và"]),
        # A negation or a hedge keeps what it is said of.
        ("xã không kỷ_luật ai", ["xã", "không kỷ luật", "ai"]),
        ("xã sẽ không được bổ_nhiệm ai", ["xã", "sẽ không được bổ nhiệm", "ai"]),
        ("xã không được bổ_nhiệm ai", ["xã", "không được bổ nhiệm", "ai"]),
        ("xã không|, huyện thì", ["xã", "không", ",", "huyện", "thì"]),
        ("hơn 14 cán_bộ về", ["hơn 14 cán bộ", "về"]),
        # A figure keeps what it counts,
        ("có 14 cán_bộ giỏi", ["có", "14 cán bộ", "giỏi"]),
        ("chi 5 triệu đồng cho", ["chi", "5 triệu đồng", "cho"]),
        ("chi khoảng 5 nghìn tỷ đồng cho", ["chi", "khoảng 5 nghìn tỷ đồng", "cho"]),
        ("tăng 15|% số xã", ["tăng", "15%", "số", "xã"]),
        ("từ 14 đến 20 xã", ["từ", "14", "đến", "20 xã"]),  # not a function word
        ("chọn 14 Đảng_viên", ["chọn", "14", "Đảng viên"]),  # nor a name
        # and what it numbers: then it counts nothing.
        ("vào ngày 15/5 huyện họp", ["vào", "ngày 15/5", "huyện", "họp"]),
        ("theo nghị_quyết 18 huyện họp", ["theo", "nghị quyết 18", "huyện", "họp"]),
        ("từ đầu_năm 2020 huyện họp", ["từ", "đầu năm 2020", "huyện", "họp"]),
        ("làm quốc_lộ 1 dài", ["làm", "quốc lộ 1", "dài"]),
        # Marks are units of their own.
        ('nói : "|Về xã|"|.', ["nói", ":", '"', "Về", "xã", '"', "."]),
        ("( 14 ) –", ["(", "14", ")", "–"]),
    ],
)
def test_what_is_taken_over_together(marked, expected):
    assert units(marked) == expected


@pytest.mark.parametrize(
    ("marked", "expected"),
    [
        # The capital that begins a sentence makes no name of its word,
        ("Sáng Khe_Đồng họp", ["Sáng", "Khe Đồng", "họp"]),
        # but a title, or the capital of a second word, does.
        ("Ông Tám họp", ["Ông Tám", "họp"]),
        ("Lê_Văn Tám họp", ["Lê Văn Tám", "họp"]),
        # Later in the sentence one capital is enough.
        ("Sáng nay Khe Đồng họp", ["Sáng", "nay", "Khe Đồng", "họp"]),
    ],
)
def test_the_first_word(marked, expected):
    assert units(marked) == expected


def test_units_are_no_longer_than_fourteen_syllables():
    found = units("gặp " + " ".join(["An"] * 20))
    assert found == ["gặp", " ".join(["An"] * 20)]  # a name is never cut
    found = units(" ".join(["không"] * 16))
    assert [len(unit.split()) for unit in found] == [14, 2]


def test_no_words_no_units():
    assert units_of("", []) == []
