"""From "ông Lê An, giám đốc Sở Y tế, ..." to "giám đốc Sở Y tế Lê An ..."."""

from __future__ import annotations

import re
from collections.abc import Iterator

from canbo.models.clauses import QUOTATION
from canbo.models.guards import capitalized
from canbo.models.rewriting.speakers import lowered
from canbo.models.rewriting.statement import body_of
from canbo.models.rewriting.vocabulary import HONORIFIC, NAME, OFFICE, RANK, SAYS

__all__ = ["titles_before_names"]

_LONGEST = 13  # words of an office
_PREDICATE = (
    rf"(?:{SAYS}|đề nghị|yêu cầu|đã|vừa|sẽ|đang|đánh giá|phát biểu|thừa nhận|bị|được|tuyên bố|cũng|"
    r"có|ký|chủ trì|trao|dẫn đầu|cam kết|hôm|ngày|lưu ý|cảnh báo|kiến nghị|đề xuất|kêu gọi|"
    r"bày tỏ|xác nhận|mong|trả lời|kết luận|chỉ đạo|ghi nhận|quyết định)"
)
_PERSON = re.compile(
    rf"(?<!\w)(?:{HONORIFIC}|{RANK}) (?P<name>{NAME})(?P<begin>,| [-–]) "
    rf"(?P<office>{OFFICE}[^,;:()\"“–]*?)"
    rf"(?P<end>, | [-–],? |\Z|(?= {_PREDICATE}[ ,:]))"
)
_BEGINS_PREDICATE = re.compile(rf"{_PREDICATE}(?!\w)")
# More than an office: a clause of its own, or a second person.
_MORE = re.compile(
    r" - | của |(?<!\w)(?:đã|đang|và|là|sẽ|vừa|cùng|bị|được|với|kiêm|để|do|khi|về việc)(?!\w)"
)
_UNITS = frozenset("xã huyện tỉnh phường quận phố thôn trường ty viện sở".split())
_NAMED_BEFORE = re.compile(rf"(?:{HONORIFIC}|{RANK}) {NAME}")
_LISTED_BEFORE = re.compile(
    rf"(?<!\w)(?:{OFFICE}|{RANK}|và|cùng|của|các|hai|gồm|như|với|là|tên|người|tướng)\Z",
    re.IGNORECASE,
)
_GOES_ON = re.compile(rf"(?:{HONORIFIC}|{RANK}|và|cùng|cũng như|người|sinh|{NAME}|[\d(])")
_ACCORDING = re.compile(r"(?:Theo|Với|Đối với|Về phía)(?!\w)")
_NO_PAUSE = re.compile(r"(?:do|vì|để|về|tại|ở|trong|khi|sau khi|bị|được|đã)(?!\w)")


def titles_before_names(sentence: str) -> Iterator[str]:
    """Yield the sentence with the office of a person before the name, for each such person."""
    body = body_of(sentence)
    if body is None or QUOTATION.search(body):
        return
    for person in _PERSON.finditer(body):
        office = person["office"].strip()
        before, after = body[: person.start()].rstrip(), body[person.end() :].lstrip()
        if not 2 <= len(office.split()) <= _LONGEST or _MORE.search(office):
            continue
        if _LISTED_BEFORE.search(before) or _GOES_ON.match(after):
            continue
        is_subject = not before or before.endswith(",")
        says_more = _BEGINS_PREDICATE.match(after) is not None
        if before and is_subject and _NAMED_BEFORE.search(before):
            continue
        if is_subject != says_more and (is_subject or not person["end"].strip()):
            continue
        # "Sở Văn hoá - Thể thao": the dash is the office's.
        if "," in person["begin"] and "," not in person["end"] and person["end"].strip():
            continue
        last = office.split()[-1]
        # "chủ tịch UBND xã" and a name would be that of the xã; what ends the sentence in small
        # letters may be a verb.
        is_unclear = last in _UNITS or (not after and last.islower())
        if is_unclear or (last[0].isupper() and " " not in person["name"]):
            continue
        named = f"{lowered(office)} {person['name']}"
        named = f"{before} {named}" if before else capitalized(named)
        yield named + _pause(before, after, person["end"], plain=says_more) + after + "."


def _pause(before: str, after: str, end: str, *, plain: bool) -> str:
    """What stands between the name and the rest: of two commas around the office the second."""
    if not after:
        return ""
    needed = "," in end or (_ACCORDING.match(before) and end.strip())
    if needed and not plain and (_ACCORDING.match(before) or not _NO_PAUSE.match(after)):
        return ", "
    return " "
