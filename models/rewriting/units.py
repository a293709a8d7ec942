"""The parts of a sentence that a rewritten one takes over whole, and what it may write besides.

A small model that copies piece by piece cuts names and words in two and loses negations on the way.
So it writes under a grammar: units of the sentence (a word, a name, a figure with its noun, a
negation with what it negates), each at most once, in any order, and between them a closed list of
function words. Editors' rewrites keep to it: of the words that stand in a rewrite and not in its
sentence five in six are on that list. As FELIX tags, points and inserts (Mallinson et al., 2020),
though here a sequence-to-sequence model decides.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from canbo.models.syllables import Span

__all__ = ["BEFORE_NAMES", "FUNCTION_WORDS", "PUNCTUATION", "units_of"]

# What editors insert most often, by its frequency in ``data/canbo-rewrites``.
FUNCTION_WORDS = (
    *"theo được bị và khi ở do của trong cho có để sau đã việc ông bà về tại với là này".split(),
    *"một người vào các còn sẽ vừa vì đến biết trên phải hiện qua hai từ dù ra cùng nhiều".split(),
    *"rằng khiến đang nhằm đó trước nhưng lúc bằng hay như mới thành nhờ lại từng nếu tới".split(),
    *"chỉ những thì cũng cả mà thêm lên vẫn nên".split(),
    *("cho biết", "cùng với", "sau khi", "trong đó"),
)
PUNCTUATION = (",", ".")

_NUMBER = re.compile(r"[\d.,/:%–-]*\d[\d.,/:%–-]*\w*\Z")
_BEFORE_NUMBERS = frozenset(
    "quận phường số ngày tháng năm khoá khóa kỳ lần thứ cấp loại điều khoản tổ khu đội đường km "
    "quý giai_đoạn nhiệm_kỳ lúc hồi khối lớp hạng tầng phòng vòng nghị_quyết quyết_định nghị_định "
    "thông_tư chỉ_thị luật công_văn kết_luận đề_án dự_án chương_trình hướng_dẫn quốc_lộ "
    "tỉnh_lộ".split()
)
_TIED_TO_THE_NEXT = frozenset(
    "không chưa chẳng đừng chớ sẽ nghi khoảng hơn gần ít_nhất nhiều_nhất tối_đa tối_thiểu "
    "không_được không_phải chưa_được bị từng suýt dự_kiến có_thể mỗi chỉ".split()
)
BEFORE_NAMES = frozenset(
    "ông bà anh chị cô thầy bác em đồng_chí tỉnh huyện xã phường quận thị_xã thị_trấn thành_phố "
    "thôn ấp đường sông đảo nước".split()
)
_MAGNITUDES = frozenset("nghìn ngàn triệu tỷ tỉ trăm chục".split())
_LONGEST = 14  # words of a unit


def units_of(text: str, words: Sequence[Span]) -> list[Span]:
    """Join words of a sentence that are taken over together.

    Args:
        text: the sentence.
        words: its words and marks, as a segmenter finds them.

    Returns:
        Spans of the units in order; a mark of punctuation is a unit of its own.
    """
    units: list[Span] = []
    is_open = False
    for place, (_, end) in enumerate(words):
        if is_open or _continues(text, units, words, place):
            units[-1] = (units[-1][0], end)
        else:
            units.append(words[place])
        is_open = _is_open(text, units[-1], words, place)
    return units


def _continues(text: str, units: Sequence[Span], words: Sequence[Span], place: int) -> bool:
    """The word belongs to the unit before it: a later part of a name, a number, a percent sign."""
    if not _is_beside(text, words, place):
        return False
    word, before = text[slice(*words[place])], text[slice(*words[place - 1])]
    if word == "%":
        return bool(_NUMBER.match(before))
    is_name = _is_name(word) and _ends_as_name(text[slice(*units[-1])], first=len(units) == 1)
    return is_name or (bool(_NUMBER.match(word)) and _tells_which(before))


def _is_open(text: str, unit: Span, words: Sequence[Span], place: int) -> bool:
    """The word after this one, the last of the unit, belongs to it whatever it is."""
    own = text[slice(*unit)].split()
    if len(own) >= _LONGEST or not _is_beside(text, words, place + 1):
        return False
    word, follows = text[slice(*words[place])], text[slice(*words[place + 1])]
    if not any(character.isalnum() for character in follows):
        return False
    counts = bool(_NUMBER.match(word)) and not (
        place > 0 and _tells_which(text[slice(*words[place - 1])])
    )
    key = _key(word.split())
    return (
        not _TIED_TO_THE_NEXT.isdisjoint((key, _key(own[-2:])))
        or (counts and not _is_name(follows) and follows.lower() not in FUNCTION_WORDS)
        or (key in _MAGNITUDES and any(map(_NUMBER.match, own)))
        or (key in BEFORE_NAMES and _is_name(follows))
    )


def _is_beside(text: str, words: Sequence[Span], place: int) -> bool:
    """Nothing but a space, if that, stands between a word and the one before it."""
    return 0 < place < len(words) and text[words[place - 1][1] : words[place][0]] in ("", " ")


def _tells_which(word: str) -> bool:
    """Of a word before a number: "quốc lộ 1", "đầu năm 2020", where nothing is counted."""
    syllables = word.split()
    return not _BEFORE_NUMBERS.isdisjoint((_key(syllables), _key(syllables[-1:])))


def _key(words: Sequence[str]) -> str:
    return "_".join(words).lower()


def _is_name(word: str) -> bool:
    return word[:1].isupper()


def _ends_as_name(unit: str, *, first: bool) -> bool:
    """A capital begins its last word; that of a sentence's first word says nothing."""
    words = unit.split()
    return bool(words) and words[-1][:1].isupper() and not (first and len(words) == 1)
