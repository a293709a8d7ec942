"""What every rule of rewriting asks of a sentence before it touches it."""

from __future__ import annotations

import re

from canbo.models.clauses import NOUNS, QUOTATION, begins_with_subject, clauses, has_verb
from canbo.models.rewriting.vocabulary import INSTITUTION, NAME, SPEECH

__all__ = [
    "body_of",
    "inside_a_sentence",
    "is_clause",
    "is_institution",
    "points_elsewhere",
    "tells_of_speech",
]

_LEAST = 8  # words of a clause that can be a sentence
_FIRST_PERSON = re.compile(
    r"(?<!\w)(?:tôi|(?<!anh )(?<!cô )ta|mình|(?<!các )(?<!trẻ )em|(?<!các )cháu|"
    r"(?<!\d )con(?! (?:gái|trai|số|đường|người|tàu|sông|vật|em|cháu|nuôi)))(?!\w)"
)
_NOUNS = re.compile(
    r"(?:việc|giá|số|tỉ lệ|tỷ lệ|sự|cuộc|quyết định|tình hình|sức khoẻ|nguyên nhân|thiệt hại|"
    r"toàn bộ|tổng|tất cả|phần lớn|đa số|thi thể|cán bộ|công chức|giáo viên|thị trường|vùng|"
    r"tên lửa|quá trình|hoạt động|mưa|lũ|mức|đây là|hiện trường|khối lượng|tuyến|chính quyền|"
    r"hai bên|nhóm|kết quả|sản phẩm|lượng|nhu cầu|khách|trẻ|bệnh nhân|học sinh|"
    r"đảng viên|nhân sự|kinh phí)(?!\w)"
)
_ADVERBIAL = re.compile(
    r"(?:(?:khoảng |lúc |từ |kể từ |đến |vào |trong |hồi |đầu |giữa |cuối )*(?:ngày|tháng|năm|sáng|"
    r"trưa|chiều|tối|đêm|rạng sáng|\d{1,2}h)|ban đầu|trước đây|hiện|từ đầu|tại|ở|trong|trên|nếu|"
    r"khi|do|vì|sau khi|trước khi|sau|để|với|\d+ (?:năm|tháng|ngày) (?:qua|nay)|đến nay|gần đây)"
    r"(?!\w)[^,;:]*, ",
    re.IGNORECASE,
)
_COLON = re.compile(r":(?!\d)")
# Whose place is what is meant stood before, unless a name follows.
_BARE = re.compile(
    r"(?:đơn vị|cơ quan|công ty|nhà trường|trường|hãng|ngành|địa phương|tỉnh|thành phố|huyện|xã|"
    r"quận|phường|bệnh viện|sở|bộ|cục|ông|bà|anh|chị|cô|em|nó|hai bên|việc này|sự việc|vụ việc|"
    r"điều|cả|các bên|đoàn|phía|cháu|nạn nhân|tập đoàn|ngân hàng|tổ chức|nhóm|gia đình|"
    r"chính quyền|lực lượng chức năng|ubnd|công an|cảnh sát|trung tâm|nghi phạm|bị can|bị cáo|"
    r"đối tượng)(?! \d)(?!\w)",
    re.IGNORECASE,
)
_POINTING = re.compile(
    rf"(?<!\w)(?:này|đó|ấy|họ|đây|trên|mình|nó|chúng|(?:ông|bà|anh|chị|cô)(?! {NAME}))(?!\w)"
)
# "theo quy định": nobody speaks.
_SPEECH = re.compile(
    rf"(?<!\w){SPEECH}(?!\w)(?<!theo(?= (?:quy|kế|hình|hướng|lộ|luật|pháp|chỉ|yêu|đúng|đường)))"
)
_INSTITUTION = re.compile(INSTITUTION)
_COMMON_NOUNS = frozenset(
    "ông bà anh chị cô các những một hai ba bốn năm nhiều khoảng hơn việc vụ người báo tờ đài hãng "
    "quân huyện xã tỉnh phường quận thôn ấp bản đường sông đảo nước".split()
)


def body_of(sentence: str) -> str | None:
    """The sentence without its full stop; None for a question, or where it was cut ("TP.")."""
    if not sentence.endswith(".") or sentence.endswith("..") or ";" in sentence:
        return None
    body = sentence[:-1].rstrip()
    last = body.split()[-1] if body else ""
    return None if len(last) <= 2 and not last.islower() and not last.isdigit() else body


def is_clause(text: str) -> bool:
    """Say whether a text can be a sentence: with subject and verb, nobody's own words."""
    found = clauses(text)
    opening = _ADVERBIAL.match(text)
    main = text[opening.end() :] if opening else text
    return (
        len(text.split()) >= _LEAST
        and bool(main)
        and not QUOTATION.search(text)
        and not _FIRST_PERSON.search(text)
        and not _COLON.search(text)
        and text.count("(") == text.count(")")
        and (begins_with_subject(main) or _NOUNS.match(main) is not None)
        and bool(found)
        and has_verb(found[0])
    )


def points_elsewhere(clause: str) -> bool:
    """Say whether a clause leans on what stood before it: "đơn vị đã ...", "... của ông"."""
    bare = _BARE.match(clause)
    named = bare is not None and re.match(rf" (?:\w+ ){{0,2}}{NAME}", clause[bare.end() :])
    return (bare is not None and not named) or _POINTING.search(clause) is not None


def tells_of_speech(text: str) -> bool:
    """Say whether a text tells what somebody says."""
    return _SPEECH.search(text) is not None


def is_institution(name: str) -> bool:
    """Say whether a text begins with the name of an institution."""
    return _INSTITUTION.match(name) is not None


def inside_a_sentence(clause: str) -> str | None:
    """The beginning of a sentence as it is written inside one; None where that is unclear.

    Args:
        clause: with the capital letter of its sentence.
    """
    words = clause.split()
    first, low = words[0], clause[0].lower() + clause[1:]
    is_acronym = len(first) > 1 and first.isupper()
    if is_acronym or not first[0].isupper():
        return clause
    if first.lower() in _COMMON_NOUNS:
        return low
    if is_institution(clause):
        return clause
    if len(words) > 1 and words[1][0].isupper():
        return clause
    return low if NOUNS.match(low) else None
