"""Vietnamese sentences with their character offsets.

Rules, not a model: a stop ends a sentence unless what stands before it (an abbreviation, an
initial, the number of an item) or after it (a lower-case word) speaks against it. No text is
changed or dropped: outside the spans there are only spaces.
"""

from __future__ import annotations

import re

__all__ = ["split_sentences"]

# Titles and place words that a name follows; lower-cased, without the last stop.
_ABBREVIATIONS = frozenset(
    "tp tx tt th ths ts pgs gs bs ks cn ncs nsnd nsưt nxb mr mrs ms dr prof st đ/c "
    "th.s t.s p.gs pgs.ts gs.ts ts.bs bs.ck ths.bs đt tel no vol".split()
)
# Words that open sentences and do not continue a name: they decide after an initial ("chị H. Sau").
_OPENERS = frozenset(
    "ai anh bà bác bởi các cả cho chị chúng cô có cùng của cũng cuối do dù dưới đã đầu đây để đến "
    "điều đó đồng được em hai hàng hắn hiện họ khi khoảng không lúc mà mặc mỗi một nay nếu năm "
    "ngay ngày ngoài nhiều nhờ như nhưng những ông ở phía qua sau sáng song tại theo thì thế "
    "tháng tối tôi trên trong trước từ tuy và vào về vì việc vụ với".split()
)
_STOP = re.compile(r"(?:\.{2,}|[.!?…])[.!?…]*[\"”’»)\]]*")
_LAST_TOKEN = re.compile(r"[^\s(\[{\"“‘«]+\Z")
_ITEM = re.compile(r"(?:\d{1,2}(?:\.\d{1,2})*|[a-zđA-ZĐ]|[IVX]{1,4})\Z")
_LETTERED = re.compile(r"[a-zđ]\)\s")
_GLUED = re.compile(r"[^\W\d_]{2,}\Z")
_WORD = re.compile(r"[^\W\d_]+")
_OPENING = "\"“‘«([-–—•*+'"
_NEAR = 200  # characters within which an open bracket is expected to close


def split_sentences(text: str) -> list[tuple[int, int]]:
    """Find the sentences of a text.

    Args:
        text: running text; a line break always ends a sentence.

    Returns:
        ``(start, end)`` of each sentence in order, without the spaces around it. Every
        character outside the spans is white space.
    """
    spans: list[tuple[int, int]] = []
    start = 0
    for line in text.splitlines(keepends=True):
        end = start + len(line)
        spans += _split_line(text, start, end)
        start = end
    return spans


def _split_line(text: str, start: int, end: int) -> list[tuple[int, int]]:
    spans = []
    for stop in _STOP.finditer(text, start, end):
        if stop.start() < start or not _ends_sentence(text, start, stop, end):
            continue
        spans.append(_trim(text, start, stop.end()))
        start = stop.end()
    spans.append(_trim(text, start, end))
    return [(left, right) for left, right in spans if left < right]


def _trim(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start].isspace():
        start += 1
    while start < end and text[end - 1].isspace():
        end -= 1
    return start, end


def _ends_sentence(text: str, start: int, stop: re.Match[str], end: int) -> bool:
    """Say whether a stop ends the sentence that began at ``start``."""
    rest = text[stop.end() : end].lstrip()
    if not rest:
        return True
    before = text[start : stop.start()]
    full_stop = stop.group() == "."
    if not text[stop.end()].isspace():
        return full_stop and _is_glued(before, rest)
    if not (rest[0].isupper() or rest[0].isdigit() or rest[0] in _OPENING or _LETTERED.match(rest)):
        return False
    if _inside_brackets(before, text[stop.end() : end]) and ")" not in stop.group():
        return False
    return not (full_stop and _is_abbreviation(before, rest))


def _is_glued(before: str, rest: str) -> bool:
    """A stop with its space forgotten: "xã hội.Một góc", but not "thanhnien.vn"."""
    word = _GLUED.search(before)
    following = _WORD.match(rest)
    return (
        word is not None
        and word.group().islower()
        and following is not None
        and following.group().istitle()
        and "/" not in before[-30:].rsplit(" ", 1)[-1]
    )


def _inside_brackets(before: str, after: str) -> bool:
    opened = before.rfind("(")
    if opened < 0 or ")" in before[opened:]:
        return False
    closing, opening = after.find(")", 0, _NEAR), after.find("(", 0, _NEAR)
    return closing >= 0 and not 0 <= opening < closing


def _is_abbreviation(before: str, rest: str) -> bool:
    """Say whether the single full stop after ``before`` belongs to its last token."""
    found = _LAST_TOKEN.search(before)
    if found is None:
        return not before.strip()  # ". Ông" has not begun yet; '... bản". Ông' has ended
    token = found.group()
    lead = before[: found.start()].rstrip()
    if _ITEM.fullmatch(token) and (not lead or lead[-1] in ":;"):
        return True
    if token.lower() in _ABBREVIATIONS and not token.islower():
        return True
    if token.lower() in {"mr", "mrs", "th.s", "đ/c", "tp"}:
        return True
    initial = token.rsplit(".", 1)[-1]
    if len(initial) == 1 and initial.isupper():
        word = _WORD.match(rest.lstrip(_OPENING))
        return rest[0] == "(" or (word is not None and word.group().lower() not in _OPENERS)
    return False
