from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from canbo.models.syllables import normalize_tones, tokenize


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("tăng 1.553 hộ (2,07%)", ["tăng", "1.553", "hộ", "(", "2,07", "%", ")"]),
        ("ngày 15/5/2021", ["ngày", "15/5/2021"]),
        ("Nghị quyết số 03-NQ/HU", ["Nghị", "quyết", "số", "03-NQ/HU"]),
        ("TP. Hà Nội", ["TP.", "Hà", "Nội"]),
        ("kinh tế-xã hội", ["kinh", "tế", "-", "xã", "hội"]),
        ("xem https://a.vn/b.html nhé", ["xem", "https://a.vn/b.html", "nhé"]),
        ("thôi...", ["thôi", "..."]),
    ],
)
def test_tokens(text, tokens):
    assert [text[start:end] for start, end in tokenize(text)] == tokens


@pytest.mark.parametrize(
    ("old", "new"),
    [("hòa", "hoà"), ("Thủy", "Thuỷ"), ("ỦY BAN", "UỶ BAN"), ("khỏe", "khoẻ"), ("quý", "quý")],
)
def test_tone_marks_move_to_one_place(old, new):
    assert normalize_tones(old) == new
    assert normalize_tones(new) == new


@given(st.text())
def test_tone_normalisation_keeps_the_length(text):
    assert len(normalize_tones(text)) == len(text)
