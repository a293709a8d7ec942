"""Who says it: from the subject of a verb of saying to a name that "theo" can stand before."""

from __future__ import annotations

import re

from canbo.models.clauses import NOUNS, QUOTATION
from canbo.models.rewriting.statement import is_institution, tells_of_speech
from canbo.models.rewriting.vocabulary import HONORIFIC, NAME, OFFICE, RANK, TIME

__all__ = ["institution_of", "lowered", "names_of_speaker"]

_LONGEST = 14  # words of who says it
_REMARK = re.compile(r"\s*\([^()]*\)")
_LATE_TIME = re.compile(rf"\s(?:vào )?{TIME}\Z")
_LATE_WORD = re.compile(r"\s(?:cũng|còn|vừa|mới đây|sau đó|[-–])\Z")
_NEWS_FROM = re.compile(r"(?:thông tin|tin)(?: ban đầu| mới nhất)? (?:từ|của) ", re.IGNORECASE)
_ON_BEHALF = re.compile(r"(?:lãnh đạo|đại diện) ", re.IGNORECASE)
_WITH_OFFICE = re.compile(
    rf"(?:(?P<address>{HONORIFIC}|{RANK}) )?(?P<name>{NAME})(?:\s?,|\s[-–])\s"
    rf"(?P<office>{OFFICE}[^,;:()\-–]*?)(?:\s?,|\s[-–],?)?\Z"
)
_NOT_OF_AN_OFFICE = re.compile(r"(?<!\w)(?:đã|đang|và|là|sẽ|vừa|kiêm)(?!\w)")
_DESCRIBED = re.compile(
    rf"(?P<name>(?:(?:{HONORIFIC}|{RANK}) )?{NAME}), (?:người|nhà|con|vợ|chồng|cựu|một|"
    r"chuyên gia|giảng viên|luật sư|bạn|mẹ|cha|bố|đồng|chị|anh|em|cháu|cư dân|chủ|nhân viên|"
    r"thành viên|cán bộ|học sinh|sinh viên|phụ huynh|nạn nhân|nhân chứng)(?!\w)[^,;:()]+,?\Z"
)
# A subject with one of these is no one who speaks: a study, what came out, a part of a clause.
_NO_SPEAKER = re.compile(
    r"(?<!\w)(?:việc|cuộc|thông tin|đăng|đã|đang|sẽ|là|bị|được|của mình|khi|sau|tại|trong|với|như|"
    r"dẫn|kết quả|nghiên cứu|"
    r"số liệu|văn bản|báo cáo|video|bài|này|đó|ấy|họ|dữ liệu|điều|mọi|kiểm tra|quan sát|hình ảnh|"
    r"qua|từ|dự báo|thống kê|không|phải|xin|để|trao đổi|phát biểu|trả lời|liên quan|cũng|đều|vừa|"
    r"làm|thấy|có|nhưng|hồi|vào|thư|khảo sát|trên|thông báo|thực tế|kinh nghiệm|khai|lời|"
    r"luật|nghị định|nghị quyết|quy định|quyết định|thông tư|kế hoạch|chương trình|dự thảo|dự án|"
    r"hợp đồng|lịch|đề án|cáo trạng|hồ sơ|bản án|kết luận|đơn|ước tính|hướng|tinh thần|phương án|"
    r"yêu cầu|tài liệu|truyền thống|truyền thuyết|mô hình|phản ánh|tìm hiểu|chỉ đạo|công văn|"
    r"tiêu chí|chuẩn|nguồn|nếu|dù|tuy|vì|do|nhờ|trước|ngoài|bên cạnh|riêng|"
    r"cơ chế|tính toán|quan điểm|tục lệ)(?!\w)",
    re.IGNORECASE,
)
_NOBODY = re.compile(
    rf"(?:{HONORIFIC}|(?:các )?nguồn tin|thông tin|người này|hãng|công ty|báo chí|chúng tôi|tôi|"
    r"trường|sở|bộ|cục|đội|tỉnh|huyện|xã)\Z",
    re.IGNORECASE,
)
_SMALL = re.compile(
    rf"(?:{HONORIFIC}|{RANK}|{OFFICE}|(?:lãnh đạo|đại diện|một|người|truyền thông|nhà|giới|"
    r"chuyên gia|gia đình|hai|ba|các|những|nhiều|chủ|nhân chứng|nhóm|quan chức|đài|tờ|báo|hãng|"
    r"phía)(?!\w))",
    re.IGNORECASE,
)
_CLAUSE_WORD = re.compile(r"(?<!\w)(?:đã|đang|là|trưởng|khi|sau|theo|trong)(?!\w)")


def names_of_speaker(subject: str) -> list[str]:
    """Ways to name who says something.

    Args:
        subject: what stands before the verb of saying, or behind "theo".

    Returns:
        Names as they are written inside a sentence, the fullest first; none where it is unclear
        who speaks. Of a person with an office: the office and the name ("giám đốc Sở Nội vụ Lê
        Văn An"), then the name alone ("ông Lê Văn An").
    """
    name = _bare(subject)
    name = _NEWS_FROM.sub("", name)
    person = _WITH_OFFICE.match(name)
    if person:
        office = person["office"].strip()
        if len(office.split()) >= _LONGEST or _NOT_OF_AN_OFFICE.search(office):
            return []
        names = [f"{lowered(office)} {person['name']}"]
        if person["address"]:
            names.append(f"{lowered(person['address'])} {person['name']}")
        return names
    described = _DESCRIBED.match(name)
    if described and not _NOT_OF_AN_OFFICE.search(name):
        name = described["name"]
    if not _is_name(name):
        return []
    is_acronym = len(name.split()[0]) > 1 and name.split()[0].isupper()
    is_noun = _SMALL.match(name) or NOUNS.match(name[0].lower() + name[1:])
    return [lowered(name) if is_noun and not is_acronym else name]


def institution_of(subject: str) -> str | None:
    """The institution that speaks, by itself or through somebody who is not named.

    Args:
        subject: as of `names_of_speaker`.
    """
    name = _LATE_WORD.sub("", _LATE_TIME.sub("", subject.strip(" ,")))
    name = _ON_BEHALF.sub("", _NEWS_FROM.sub("", name))
    is_plain = (
        is_institution(name)
        and 1 < len(name.split()) <= _LONGEST
        and "," not in name
        and " - " not in name
        and not _CLAUSE_WORD.search(name)
    )
    return name if is_plain else None


def _bare(subject: str) -> str:
    """Without remarks and without when it was said."""
    name = _REMARK.sub("", subject.strip(" ,"))
    name = _LATE_TIME.sub("", name).strip(" ,")
    return _LATE_WORD.sub("", name).strip(" ,")


def _is_name(name: str) -> bool:
    return (
        bool(name)
        and (name[0].isupper() or NOUNS.match(name) is not None)
        and len(name.split()) <= _LONGEST
        and "," not in name
        and " - " not in name
        and " – " not in name
        and not QUOTATION.search(name)
        and not tells_of_speech(name)
        and not _NO_SPEAKER.search(name)
        and not _NOBODY.match(name)
    )


def lowered(name: str) -> str:
    """With a small letter, but an institution's and that of "Phó Bí thư"."""
    words = name.split()
    keeps = is_institution(name) or (len(words) > 1 and words[0] == "Phó" and words[1][0].isupper())
    return name if keeps else name[0].lower() + name[1:]
