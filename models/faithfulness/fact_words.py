"""The words of a text as facts are compared: one spelling for what is spelled in several ways."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from canbo.models.syllables import normalize_tones, tokenize

__all__ = ["FactWords", "fact_words", "folded", "initial", "key_at"]

# A syllable that ends in this sound is written with i or with y: lý and lí, tỷ and tỉ.
_FINAL_Y = re.compile(r"\b(?:[hklmstv]|qu)[yỳýỷỹỵ]\b")
_PLAIN_FINAL = str.maketrans("yỳýỷỹỵ", "iìíỉĩị")


def folded(text: str) -> str:
    """Spell as facts are compared: small letters, tone marks in one place, i for a final y.

    Args:
        text: in Unicode NFC.

    Returns:
        Text of the same length.
    """
    lowered = text.lower()
    if len(lowered) != len(text):  # İ and its like are two characters in small letters
        lowered = "".join(low if len(low := letter.lower()) == 1 else letter for letter in text)
    lowered = normalize_tones(lowered.replace("’", "'"))
    return _FINAL_Y.sub(lambda match: match.group().translate(_PLAIN_FINAL), lowered)


# What offices and their papers abbreviate, with the capitals of the long form.
_ABBREVIATIONS = {
    short.lower(): tuple((folded(word), word[0].isupper()) for word in long.split())
    for short, long in {
        "ANTT": "an ninh trật tự",
        "BCĐ": "Ban Chỉ đạo",
        "BCH": "Ban Chấp hành",
        "BHXH": "bảo hiểm xã hội",
        "BHYT": "bảo hiểm y tế",
        "BQL": "Ban Quản lý",
        "BTC": "Ban Tổ chức",
        "BTV": "Ban Thường vụ",
        "CBCC": "cán bộ công chức",
        "CLB": "câu lạc bộ",
        "CNTT": "công nghệ thông tin",
        "CSGT": "cảnh sát giao thông",
        "CSĐT": "cảnh sát điều tra",
        "GD&ĐT": "Giáo dục và Đào tạo",
        "GD-ĐT": "Giáo dục và Đào tạo",
        "GDĐT": "Giáo dục và Đào tạo",
        "GTVT": "Giao thông vận tải",
        "HCM": "Hồ Chí Minh",
        "HTX": "hợp tác xã",
        "HĐND": "Hội đồng nhân dân",
        "HĐQT": "Hội đồng quản trị",
        "KHCN": "khoa học công nghệ",
        "KTXH": "kinh tế xã hội",
        "LHQ": "Liên Hợp Quốc",
        "LLCT": "lý luận chính trị",
        "LĐLĐ": "Liên đoàn Lao động",
        "MTTQ": "Mặt trận Tổ quốc",
        "NHNN": "Ngân hàng Nhà nước",
        "NN&PTNT": "Nông nghiệp và Phát triển nông thôn",
        "NQ": "nghị quyết",
        "NTM": "nông thôn mới",
        "PCCC": "phòng cháy chữa cháy",
        "QLNN": "quản lý nhà nước",
        "TAND": "Tòa án nhân dân",
        "THCS": "trung học cơ sở",
        "THPT": "trung học phổ thông",
        "TNCS": "Thanh niên Cộng sản",
        "TP": "thành phố",
        "TP.": "thành phố",
        "TPHCM": "thành phố Hồ Chí Minh",
        "TW": "Trung ương",
        "TƯ": "Trung ương",
        "T.Ư": "Trung ương",
        "TTCP": "Thanh tra Chính phủ",
        "TTg": "Thủ tướng",
        "TX": "thị xã",
        "UBKT": "Ủy ban Kiểm tra",
        "UBND": "Ủy ban nhân dân",
        "VH-TT": "Văn hóa - Thông tin",
        "VKS": "Viện kiểm sát",
        "VKSND": "Viện kiểm sát nhân dân",
        "XHCN": "xã hội chủ nghĩa",
        "ĐBQH": "đại biểu Quốc hội",
        "ĐHQG": "Đại học Quốc gia",
    }.items()
}
_SENTENCE_END = frozenset('.!?…:;"“”-–—•([')


@dataclass(frozen=True)
class FactWords:
    """The words of a text, n in number; an abbreviation stands as the words it abbreviates.

    Attributes:
        text: the text, in Unicode NFC.
        keys: the words as they are compared: small letters, one place of tone marks.
        starts: offset of each word in ``text``; the words of an abbreviation share its offsets.
        ends: offset behind it.
        capital: whether it begins with a capital letter.
        opens: whether it stands where a capital letter says nothing: at the start of a sentence,
            of a line, of a quotation.
    """

    text: str
    keys: list[str]
    starts: list[int]
    ends: list[int]
    capital: list[bool]
    opens: list[bool]

    def surface(self, first: int, last: int) -> str:
        """The text from a word to another, both included."""
        return self.text[self.starts[first] : self.ends[last]]

    @cached_property
    def _flow(self) -> str:
        return f" {' '.join(self.keys)} "

    def hold(self, keys: Sequence[str]) -> bool:
        """Whether some keys stand here one behind the other."""
        return f" {' '.join(keys)} " in self._flow


def fact_words(text: str) -> FactWords:
    """Split a text into the words that facts are made of.

    Args:
        text: any text.
    """
    text = unicodedata.normalize("NFC", text)
    plain = folded(text)
    words = FactWords(text, [], [], [], [], [])
    opens, previous_end = True, 0
    for start, end in tokenize(text):
        key = plain[start:end]
        opens = opens or "\n" in text[previous_end:start]
        long = _ABBREVIATIONS.get(key)
        if long is not None and _is_short_form(text[start:end]):
            count = len(long)
            words.keys.extend(word for word, _ in long)
            words.capital.extend(is_capital for _, is_capital in long)
            words.opens.extend([opens, *[False] * (count - 1)])
            words.starts.extend([start] * count)
            words.ends.extend([end] * count)
            opens = False
        else:
            words.keys.append(key)
            words.capital.append(text[start].isupper())
            words.opens.append(opens)
            words.starts.append(start)
            words.ends.append(end)
            opens = key[-1] in _SENTENCE_END
        previous_end = end
    return words


def key_at(keys: Sequence[str], place: int) -> str:
    """The word at a place, "" before the first and behind the last."""
    return keys[place] if 0 <= place < len(keys) else ""


def initial(key: str) -> str:
    """The first letter without its marks: u of ủy; đ stays đ."""
    return unicodedata.normalize("NFD", key[0])[0]


def _is_short_form(word: str) -> bool:
    return word[:2].isupper() or word in {"Tp.", "tp.", "Tp", "tp", "T.Ư"}
