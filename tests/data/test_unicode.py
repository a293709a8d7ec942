"""One normal form of text, and one spelling of its tone marks."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from canbo.data.spelling import _syllables, is_syllable
from canbo.data.unicode import has_undecoded, nfc, squeeze
from canbo.models.syllables import normalize_tones


@pytest.mark.parametrize(
    "text",
    [
        "e\u0302\u0323",  # Circumflex, then dot below ...
        "e\u0323\u0302",  # ... and the other way round, as some keyboards write it.
        "\u00ea\u0323",
        "\u1eb9\u0302",
        "\u1ec7",
    ],
)
def test_every_spelling_of_a_letter_is_composed_to_one(text: str) -> None:
    assert nfc(text) == "ệ"


def test_deprecated_tone_marks_are_composed() -> None:
    assert nfc("a\u0340 a\u0341") == "à á"


def test_squeeze() -> None:
    assert (
        squeeze(" Ca\u0301n\u200b\xa0b\u00ado\u0323\u0302 \t\r\n\x0bxa\u0303\ufeff\x00 ")
        == "Cán bộ xã"
    )


def test_soft_hyphens_that_are_letters_stay() -> None:
    """Until the text is repaired: a page of a .docx file is squeezed first."""
    assert squeeze("n\xadíc  ViÖt Nam, c¸n\u200b bé") == "n\xadíc ViÖt Nam, c¸n bé"
    assert squeeze("nước Vi\xadệt Nam") == "nước Việt Nam"


def test_lone_surrogates_are_undecoded_bytes() -> None:
    assert has_undecoded(b"x\xe3".decode("utf-8", "surrogateescape"))
    assert not has_undecoded("Cán bộ 😀")


@given(st.text())
def test_squeezed_text_is_normal_and_stays_as_it_is(text: str) -> None:
    squeezed = squeeze(text)
    assert unicodedata.is_normalized("NFC", squeezed)
    assert squeeze(squeezed) == squeezed
    assert "  " not in squeezed


@pytest.mark.parametrize(
    "word", "hòa hoà khỏe khoẻ Thủy Thuỷ ỦY QUÝ quỷ già gì của hỏi toán".split()
)
def test_syllables(word: str) -> None:
    assert is_syllable(word)


# Two tones; a stop without one; c for k, ng for ngh, k for c; a rhyme that is none; a tone that
# stands wrong; mixed cases; VNI; no vowel.
@pytest.mark.parametrize(
    "word", "hõà chôc bêt kếnh ngê cế ka gê khấ vịêt hùán café Müller hOÀ đỒng aù Đ đ".split()
)
def test_no_syllables(word: str) -> None:
    assert not is_syllable(word)


def _without_tone(text: str) -> tuple[str, str]:
    """The letters with their hats and horns, and the tone."""
    decomposed = unicodedata.normalize("NFD", text)
    tones = "".join(c for c in decomposed if c in "\u0300\u0301\u0303\u0309\u0323")
    rest = "".join(c for c in decomposed if c not in tones)
    return unicodedata.normalize("NFC", rest), tones


@pytest.mark.parametrize("case", [str.lower, str.capitalize, str.upper], ids=["a", "A", "AA"])
def test_both_placements_of_a_tone_reach_the_models_as_one(case: Callable[[str], str]) -> None:
    """Every syllable of the language that can be spelled in two ways, and only those, change."""
    syllables = sorted(_syllables())
    spellings: dict[tuple[str, str], set[str]] = {}
    for syllable in syllables:
        spellings.setdefault(_without_tone(syllable), set()).add(case(syllable))
    changed = 0
    for written in spellings.values():
        normal = {normalize_tones(spelling) for spelling in written}
        assert len(normal) == 1
        assert normal <= written
        assert all(len(spelling) == len(next(iter(normal))) for spelling in written)
        changed += len(written) - 1
    # Five tones, three rhymes, and more onsets than ten before each.
    assert changed > 5 * 3 * 10


@pytest.mark.parametrize(
    "text", ["quý", "Quỷ", "QUỲNH", "quà", "quả", "già", "giỏi", "gìn", "của", "mùa"]
)
def test_words_with_qu_and_gi_stay(text: str) -> None:
    assert normalize_tones(text) == text
