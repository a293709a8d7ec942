"""The shape of a line of Vietnamese text: sentences, list items, names."""

from __future__ import annotations

import re

__all__ = [
    "LONG_WORDS",
    "LOWER",
    "UPPER",
    "ends_sentence",
    "is_list_item",
    "is_name_like",
    "is_single_sentence",
    "last_glued_sentence",
    "letters",
    "opens_like_prose",
    "word_count",
]

LONG_WORDS = 25  # A line of so many words is running text even without a full stop.

UPPER = "".join(c for c in map(chr, range(0x41, 0x1F00)) if c.isupper())
LOWER = "".join(c for c in map(chr, range(0x61, 0x1F00)) if c.islower())

_STOPS = (".", "!", "?", "…")
_CLOSERS = " \"'”’»)]*"
_FOOTNOTE = re.compile(r"\[\d+$")
_LAST_PARENTHESIS = re.compile(r"\s*\([^()]*\)\W*$")
_SENTENCE_BREAK = re.compile(rf"""(?<=[{LOWER}\d”"')%])[.!?…]["”’»]?\s+(?=["“‘(]?[{UPPER}])""")
# Two lower-case letters before the stop keep abbreviations ("TP.", "Th.S", "Tp.") together.
_GLUED_SENTENCE = re.compile(rf"(?<=[{LOWER}]{{2}})[.!?…]+[”\"]?(?=[{UPPER}][{LOWER}]*\s)")
_ITEM = re.compile(r"(?:[-–—+*•●○▪■◦]\s*\S|\(?(?:\d{1,3}|[a-zđ]|[ivxIVX]{1,5})[.)/]\s)")
_PROSE_OPENING = re.compile(
    r"""(?:theo|tuy|trong(?!\sảnh)|năm|ngày|sáng|chiều|tối|đến|hiện|từ(?!\s(?:trái|phải))|qua|với|
    để|bên\scạnh|cùng|ngoài|do|nhờ|vì|khi|sau|trước|nhưng|và|song|đó|đây|không|có|thực\shiện|
    đồng\sthời|mặt\skhác|thứ|một\slà|hai\slà|ba\slà|bốn\slà|cụ\sthể|đặc\sbiệt|đáng\schú\sý|ngay|
    đối\svới|căn\scứ|phát\sbiểu|tại|dự|tham\sdự|bởi|nếu|mặc\sdù|dù|nói|tôi|chúng\stôi|ở|về|vừa|
    thời\sgian|tính|nhìn|riêng|những\snăm|mỗi|hằng|hàng|xác\sđịnh|nhằm|bằng|được|đã|kết\squả|nhận|
    vậy|thế|như|cũng|còn|rồi|bây\sgiờ|khoảng|thưa|cũng|kết\sthúc|tiếp|trên|dưới|giữa)\b""",
    re.IGNORECASE | re.VERBOSE,
)
_NAME_SEPARATOR = re.compile(r"\s*(?:[-–—,;&/+|]|\bvà\b)\s*")
_HONORIFIC = re.compile(
    r"""(?:(?:GS|PGS|TS|ThS|Ths|Th\.S|CN|BS|LS|NCS|KS|NGƯT|NGND|NSƯT|NSND|Đại\stá|Thượng\stá|
    Trung\stá|Thiếu\stá|Thiếu\stướng|Trung\stướng)(?:[.,]\s?|\s))+""",
    re.VERBOSE,
)


_NOT_ALPHANUMERIC = re.compile(r"[\W_]+")


def letters(text: str) -> str:
    """Letters and digits only, in lower case: equal for what reads the same."""
    return _NOT_ALPHANUMERIC.sub("", text).lower()


def word_count(text: str) -> int:
    """Number of syllables and other space-separated tokens."""
    return len(text.split())


def ends_sentence(text: str) -> bool:
    """Whether the line ends with a full stop or its like, quotes and brackets behind it aside."""
    if _without_closers(text).endswith(_STOPS):
        return True
    bare = _LAST_PARENTHESIS.sub("", text[-200:])
    return bare != text[-200:] and _without_closers(bare).endswith(_STOPS)


def _without_closers(text: str) -> str:
    return _FOOTNOTE.sub("", text.rstrip(_CLOSERS)).rstrip(_CLOSERS)


def is_single_sentence(text: str) -> bool:
    """Whether no sentence ends inside the line."""
    return _SENTENCE_BREAK.search(text) is None and _GLUED_SENTENCE.search(text) is None


def last_glued_sentence(text: str) -> int | None:
    """Where the last sentence begins that follows its predecessor without a space.

    Returns:
        A character offset into ``text``, or None when every sentence has its space.
    """
    ends = [match.end() for match in _GLUED_SENTENCE.finditer(text)]
    return ends[-1] if ends else None


def is_list_item(text: str) -> bool:
    """Whether the line begins with a dash, a bullet, a number or a letter as lists do."""
    return _ITEM.match(text) is not None


def opens_like_prose(text: str) -> bool:
    """Whether the line begins as running text often does and captions hardly ever do."""
    return text.startswith(("“", '"', "‘")) or _PROSE_OPENING.match(text) is not None


def is_name_like(text: str) -> bool:
    """Whether the text is nothing but names: authors, agencies, places."""
    bare = _LAST_PARENTHESIS.sub("", _HONORIFIC.sub("", text)).strip(" .()[]*")
    parts = (_HONORIFIC.sub("", part) for part in _NAME_SEPARATOR.split(bare))
    return bool(bare) and all(_is_name(part) for part in parts if part)


def _is_name(text: str) -> bool:
    syllables = text.split()
    return 1 <= len(syllables) <= 5 and all(
        s[0].isupper() and s.replace(".", "").isalpha() for s in syllables
    )
