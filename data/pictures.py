"""Captions and credits of pictures, which stand among the paragraphs of pasted pages."""

from __future__ import annotations

import re

from canbo.data.lines import (
    LOWER,
    UPPER,
    ends_sentence,
    is_list_item,
    is_single_sentence,
    last_glued_sentence,
    opens_like_prose,
    word_count,
)

__all__ = ["CAPTION_WORDS", "cut_caption", "is_caption", "is_credit", "shows_people"]

CAPTION_WORDS = 45  # Captions are not longer.
_LONGEST_CREDIT = 150  # Characters, more than the pattern can match.

_MINH_HOA = r"minh\sh(?:ọa|oạ)"
_CREDIT_LABEL = rf"""(?:[Ảả]nh|ẢNH|Hình|HÌNH|[Đđ]ồ\sh(?:ọa|oạ)|[Vv]ideo|VIDEO|[Cc]lip|Infographic)
    (?:\s(?:{_MINH_HOA}|tư\sliệu|internet|Internet|nguồn|cắt\s(?:từ\s)?clip|chụp\slại|
    chụp\smàn\shình|CTV))?"""
_MAKER = rf"(?:[{UPPER}][^:!?]{{0,60}}|[a-z0-9.-]+\.(?:vn|com|net|org))"
_CREDIT_LINE = re.compile(
    rf"""\W*(?:{_CREDIT_LABEL}\s*[:：–-]\s*{_MAKER}|(?:[Ảả]nh|ẢNH)\s(?![{LOWER}]){_MAKER}|
    \(\s*[Nn]guồn\s*[:：]\s*{_MAKER}\)|[Nn]guồn\sảnh\s*[:：]\s*{_MAKER}|
    (?:[Ảả]nh|[Hh]ình)\s(?:{_MINH_HOA}|tư\sliệu|internet|chụp\smàn\shình|cắt\s(?:từ\s)?clip))\W*""",
    re.VERBOSE,
)
_CREDIT_TAIL = re.compile(
    rf"""\s*(?:[-–—.;,/|(\[]\s*|(?<=[.!?…”"])\s*)
    (?:{_CREDIT_LABEL}\s*[:：]\s*[^:!?]{{1,45}}?
    |(?:[Ảả]nh|ẢNH)\s(?=[{UPPER}])[^:!?]{{1,30}}?
    |[Ảả]nh\s\d{{1,2}}
    |[(\[]\s*[Nn]guồn(?:\sảnh)?\s*[:：]\s*[^:!?()]{{1,60}}?
    |(?:[Ảả]nh|[Hh]ình)\s(?:{_MINH_HOA}|tư\sliệu|internet|chụp\smàn\shình|cắt\s(?:từ\s)?clip)
    (?:\s*[:：]\s*[^:!?]{{1,45}}?)?)\s*[)\]]?\.?$""",
    re.VERBOSE,
)
_LABEL = re.compile(
    rf"""(?:trong\sảnh|chú\sthích(?:\sảnh)?|ảnh\s(?:trên|dưới|bên|chụp|\d+)|
    (?:ảnh|hình)\s(?:{_MINH_HOA}|tư\sliệu)|hình\s\d+|
    từ\s(?:trái|phải)(?:\s(?:sang|qua))?(?:\s(?:trái|phải))?)\s*(?:[:：.,]|$)""",
    re.IGNORECASE | re.VERBOSE,
)
_POSITION = re.compile(
    r"""\((?:(?:người|đứng|ngồi)\s)*(?:(?:ở\s|đứng\s|hàng\s)?giữa|
    (?:ở\s|bên\s|phía\s)?(?:trái|phải)|
    ngoài\scùng(?:[^()]{0,20})|thứ\s\w+,?\s(?:từ|bên|hàng)[^()]{0,20}|(?:mặc\s)?áo\s[^()]{2,12}|
    hàng\s(?:đầu|trước|sau)[^()]{0,20})(?:,[^()]{0,40})?\)|\btừ\s(?:trái|phải)\s(?:sang|qua)\b""",
    re.IGNORECASE | re.VERBOSE,
)
_VIEW = re.compile(
    r"""(?:quang\scảnh|toàn\scảnh|khung\scảnh|một\sgóc|phối\scảnh|trụ\ssở|
    hình\sảnh\s(?:tại|về|trong|ghi|cắt|vụ|buổi|lễ|hội))\s""",
    re.IGNORECASE | re.VERBOSE,
)
_PEOPLE = re.compile(
    rf"""(?:(?:các|những|đại\sdiện|tập\sthể|nhiều|đông\sđảo|một\ssố|nguyên)\s)*
    (?:đồng\schí|đ/c|(?:ông|bà|anh|chị)(?=\s(?-i:[{UPPER}]))|đại\sbiểu|lãnh\sđạo|
    đoàn(?:\s(?:công\stác|đại\sbiểu))?|
    đại\sdiện|(?:phó\s)?bí\sthư|(?:phó\s)?chủ\stịch|tổng\sbí\sthư|thủ\stướng|bộ\strưởng|
    (?:phó\s)?trưởng\sban|trưởng\sđoàn|thường\strực|
    ban\s(?:thường\svụ|tổ\schức|chấp\shành)|cán\sbộ|công\schức|
    viên\schức|đảng\sviên|người\sdân|nhân\sdân|bà\scon|cử\stri|hội\sviên|đoàn\sviên|chiến\ssĩ|
    bộ\sđội|công\san|thanh\sniên|học\sviên|học\ssinh|sinh\sviên|giáo\sviên|nông\sdân|công\snhân|
    phụ\snữ|tuổi\strẻ|(?:thiếu|trung|thượng|đại)\s(?:tướng|tá)|chi\sbộ|
    (?:đảng|chi|huyện|tỉnh|thành|thị|quận)\s(?:ủy|uỷ)|lực\slượng)\b""",
    re.IGNORECASE | re.VERBOSE,
)
_NAMED_PERSON = re.compile(
    rf"(?:(?:[Cc]ác )?[Đđ]ồng chí|Đ/c|Ông|Bà|Anh|Chị)\s(?:[{UPPER}]\S*\s?){{2}}|Các đại biểu\b"
)
_EVENT = r"""(?:hội\snghị|hội\sthảo|buổi|lễ|đại\shội|cuộc|phiên|kỳ\shọp|tọa\sđàm|toạ\sđàm|diễn\sđàn|
    chương\strình)\b[^.!?;:]{0,90}\.?$"""
_SPEAKS = re.compile(
    rf"""\b(?:phát\sbiểu|tham\sluận|chụp\sảnh|bấm\snút|cắt\sbăng|trao\sđổi\svới\s(?:phóng\sviên|pv))
    (?:\s(?:chỉ\sđạo|kết\sluận|khai\smạc|bế\smạc|ý\skiến|tham\sluận|thảo\sluận|nhận\snhiệm\svụ|
    giao\snhiệm\svụ|lưu\sniệm|cùng|với|khánh\sthành|khởi\scông|các|đại\sbiểu|tại|ở|trong))*
    (?:\s{_EVENT}|\.?$)""",
    re.IGNORECASE | re.VERBOSE,
)
_AUDIENCE = re.compile(
    rf"(?:các\s|toàn\sthể\s|đông\sđảo\s)?đại\sbiểu\s(?:tham\s)?dự\s{_EVENT}",
    re.IGNORECASE | re.VERBOSE,
)
_AT_EVENT = re.compile(rf"\s(?:tại|trong|ở)\s{_EVENT}", re.IGNORECASE | re.VERBOSE)
# Telling, tense, attendance: the sentence reports, it describes no picture.
_REPORTS = re.compile(
    r"""\b(?:đã|đang|sẽ|được|là|cho\sbiết|cho\srằng|khẳng\sđịnh|nhấn\smạnh|đề\snghị|yêu\scầu|
    chia\ssẻ|nói|kể|nêu|mong|nhắc|chủ\strì|dự(?!\sán)|có|không|chưa|cũng|bị|vừa|sau\sđó|
    tiếp\stục|bắt\sđầu|hôm\snay|chiều\snay|sáng\snay|theo(?!\sdõi)|khi|thì|nên|vì)\b""",
    re.IGNORECASE | re.VERBOSE,
)
_VISIBLE_ACT = re.compile(
    r"""\b(?:trao|tặng|thăm|trao\sđổi|gặp|dọn|giúp|kiểm\stra|khảo\ssát|tham\squan|
    chủ\strì|phát\sbiểu|tham\sdự|chúc\smừng|chúc\stết|
    trò\schuyện|nói\schuyện|làm\sviệc|tiếp|tiếp\sxúc|hướng\sdẫn|giải\squyết|thảo\sluận|
    sinh\shoạt|thu\shoạch|chăm\ssóc|ra\squân|bỏ\sphiếu|biểu\squyết|ký|ký\skết|công\sbố|giới\sthiệu|
    tuyên\struyền|gặp\sgỡ|đối\sthoại|dâng\shương|trồng|chụp|vận\sđộng|bàn|nắm\stình\shình)\b""",
    re.IGNORECASE | re.VERBOSE,
)


def _credit_tail(text: str) -> re.Match[str] | None:
    """The credit at the end of the text; the match's positions are those of ``text``."""
    return _CREDIT_TAIL.search(text, max(0, len(text) - _LONGEST_CREDIT))


def is_credit(text: str) -> bool:
    """Whether the line only names who made a picture ("Ảnh: ...", "(Ảnh minh họa)")."""
    return word_count(text) <= 15 and _CREDIT_LINE.fullmatch(text) is not None


def is_caption(text: str) -> bool:
    """Whether the words of a line alone tell that it describes a picture.

    Captions are one short sentence. They carry a credit or a label, say who stands where, or
    name people and what they visibly do, without a verb that reports.
    """
    if is_list_item(text):
        return False
    credit = _credit_tail(text)
    if credit:
        words = text[: credit.start()]
        longest = CAPTION_WORDS if ends_sentence(words) else 2 * CAPTION_WORDS
        return is_single_sentence(words) and word_count(words) <= longest
    if word_count(text) > CAPTION_WORDS:
        return False
    if _LABEL.match(text):
        return True
    if not is_single_sentence(text) or opens_like_prose(text):
        return False
    if _VIEW.match(text):
        return word_count(text) <= 20 and not _REPORTS.search(text)
    if _AUDIENCE.fullmatch(text):
        return word_count(text) <= 12
    people = _PEOPLE.match(text)
    if _POSITION.search(text):
        return bool(people) or not ends_sentence(text) or word_count(text) <= 25
    if not people:
        return False
    if ends_sentence(text):
        speaks_or_stands = _SPEAKS.search(text) or _AT_EVENT.search(text)
        return bool(speaks_or_stands) and not _REPORTS.search(text)
    if text.endswith((":", ";", ",")):
        return False
    return bool(_NAMED_PERSON.match(text)) or (
        word_count(text) >= 8 and _VISIBLE_ACT.search(text) is not None
    )


def shows_people(text: str) -> bool:
    """Whether a sentence says what people visibly do and reports nothing.

    That is how captions with a full stop read, but also some short paragraphs: ask only where
    the place on the page speaks for a caption, too.
    """
    return (
        9 <= word_count(text) <= 35
        and is_single_sentence(text)
        and not is_list_item(text)
        and not opens_like_prose(text)
        and _PEOPLE.match(text) is not None
        and _VISIBLE_ACT.search(text) is not None
        and _REPORTS.search(text) is None
        and not set(text) & set(':;“"')
    )


def cut_caption(text: str, credited: bool) -> str:
    """Cut off a caption or credit that is glued to the end of a paragraph.

    A missing space between two sentences is a common slip, so it alone is no reason to cut.

    Args:
        text: a paragraph.
        credited: whether a picture credit follows the paragraph on the page.

    Returns:
        The paragraph without the caption, or ``text`` as it is.
    """
    credit = _credit_tail(text)
    start = last_glued_sentence(text)
    if start is not None and word_count(text[start:]) <= CAPTION_WORDS:
        tail = text[start:]
        if (
            credited
            or (credit is not None and credit.start() >= start)
            or (_VIEW.match(tail) and is_caption(tail))
        ) and not opens_like_prose(tail):
            return text[:start].rstrip()
    if credit is not None and ends_sentence(text[: credit.start()].rstrip() + _kept_stop(credit)):
        return text[: credit.start()].rstrip() + _kept_stop(credit)
    return text


def _kept_stop(credit: re.Match[str]) -> str:
    """The full stop of the paragraph, when the match of the credit took it along."""
    return "." if credit.group().lstrip().startswith(".") else ""
