"""Padded and roundabout constructions, told straight.

"Lễ hội nhận được sự ủng hộ của bà con" is "Lễ hội được bà con ủng hộ"; "21h ngày 5/3" is "Tối 5/3".
Each pattern holds closed lists of the words with which the change is safe. They were found by
reading sentences of vietnews' training split for what an editor would do.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from canbo.models.clauses import QUOTATION, has_verb
from canbo.models.guards import capitalized
from canbo.models.rewriting.statement import body_of, inside_a_sentence, points_elsewhere
from canbo.models.rewriting.vocabulary import INSTITUTION, NAME, OFFICE

__all__ = ["straightened"]

_DATE = r"\d{1,2}\s?[/\-]\s?\d{1,2}(?:\s?[/\-]\s?\d{4})?"

# The hour becomes the part of the day, unless the hour is the news.
_HOUR = re.compile(
    r"(?P<before>\A(?:Đến |Vào )?|(?<=\w) )(?:(?i:vào|lúc|khoảng|hơn|gần) )*"
    rf"(?P<hour>\d{{1,2}})h(?:\d{{2}})? (?:ngày |hôm )(?P<date>{_DATE})(?!\d)"
)
_HOUR_MATTERS = re.compile(
    r"(?<!\w)(?:cất cánh|khởi hành|mở cửa|phát vé|lên sóng|phát sóng|bắt đầu|khai mạc|đóng cửa|hạn|"
    r"từ|đến|vị trí|tâm|dự báo|dự kiến|sẽ|trước|sau|rồi|kết thúc)(?!\w)"
)
_PARTS = ((4, "rạng sáng"), (6, "sáng sớm"), (11, "sáng"), (13, "trưa"), (18, "chiều"), (22, "tối"))

_FAVOUR = (
    r"(?:quan tâm|chú ý|hỗ trợ|ủng hộ|giúp đỡ|đồng tình|hưởng ứng|phê chuẩn|chấp thuận|cho phép|"
    r"đánh giá cao|yêu mến|khen ngợi|bảo trợ|tài trợ|động viên)"
)
_WHO = r"(?P<who>[^,;:()]{2,45}?)"
_HERE = r"(?=,|\.|\Z| (?:trong|để|khi|sau|suốt|tại|về|với|cho)(?!\w))"
_PEOPLE = (
    r"(?:hàng (?:chục|trăm|nghìn|ngàn)|các|những|một số|nhiều|\d+|vợ|chồng|con trai|con gái|"
    r"gia đình|đồng phạm|đồng bọn)(?!\w)"
)
_PAPERS = (
    r"(?:thông tin|tin báo|văn bản|câu hỏi|thắc mắc|kiến nghị|ý kiến|phản ánh|khiếu nại|báo cáo|"
    r"kết luận|tranh cãi|phản hồi|quy định|vi phạm|sai phạm)"
)
_AIMS = (
    r"(?:giúp|tăng|giảm|nâng cao|nâng|cụ thể hoá|bảo đảm|đảm bảo|ngăn chặn|hạn chế|tạo|thúc đẩy|"
    r"khắc phục|bảo vệ|hỗ trợ|phát triển|đối phó|thu hút|xây dựng|phục vụ|giải quyết|che giấu|"
    r"chiếm đoạt|phát hiện|xử lý|tuyên truyền|giới thiệu|tôn vinh)(?!\w)"
)
_PHRASES: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), replacement)
    for pattern, replacement in (
        (
            rf"(?<!không )(?<!chưa )(?:nhận được|đón nhận|nhận)(?P<much> nhiều)? sự"
            rf" (?P<favour>{_FAVOUR}) (?:của|từ) {_WHO}{_HERE}",
            r"được \g<who> \g<favour>\g<much>",
        ),
        (
            rf"(?:nhận được|đón nhận) (?P<favour>đánh giá cao) (?:của|từ) {_WHO}{_HERE}",
            r"được \g<who> \g<favour>",
        ),
        (r"(?<=\w),? cũng như (?=\w)", " và "),
        (r"(?<!cho hay)(?<!cho biết)(?<=\w), tuy nhiên,? (?!.*nhưng)", ", nhưng "),
        (r"(?<!nhưng)(?<=\w), song (?!song|phương)(?!.*nhưng)", ", nhưng "),
        (
            r"(?<=\w),? bởi(?: vì| lẽ|(?= (?:sau khi|trước khi|họ|đây|chúng)\s)) ",
            " vì ",
        ),
        (
            r"(?<!\w)cách đây (?P<about>khoảng |hơn |gần )?(?P<time>(?:\d+|mấy|vài|nhiều|hai|ba|"
            r"bốn|sáu|bảy|tám|chín|mười) (?:ngày|tuần|tháng|năm))(?!\w)",
            r"\g<about>\g<time> trước",
        ),
        (
            rf"(?<!\w)(?P<paper>{_PAPERS}),? (?:có )?(?:liên quan (?:đến|tới)|xung quanh) "
            r"(?=(?:việc|vụ|vấn đề|công tác|dự án|quản lý|đất đai|tài chính)(?!\w))",
            r"\g<paper> về ",
        ),
        (rf"(?<!là )(?<!âm mưu )(?<=\w) nhằm (?={_AIMS})", " để "),
        (
            r"(?<!\w)trong quá trình (?=(?:điều khiển|lưu thông|di chuyển|thi công|làm việc|"
            r"làm nhiệm vụ)(?!\w))",
            "khi ",
        ),
        (
            r"(?<!\w)(?P<number>\d+|hai|ba|bốn|nhóm) đối tượng"
            r"(?! (?:chính sách|thụ|được|này|nghiên|người))(?!\w)(?!.*đối tượng)",
            r"\g<number> người",
        ),
        (
            r"(?<!\w)đã (?:nhanh chóng |khẩn trương |kịp thời )?có mặt tại hiện trường",
            "đã đến hiện trường",
        ),
        (
            r"(?<!\w)(?<!thường )(?<!tạm )(?:cư trú|trú|ngụ)(?: tại| ở)? "
            r"(?=(?:xã|phường|huyện|quận|thôn|xóm|ấp|tỉnh|TP|thị trấn)(?!\w))",
            "ở ",
        ),
        (r"(?<!\w)được tiến hành (?=(?:ở|tại|ngày|từ)(?!\w))", "diễn ra "),
        (r"(?<!\w)điều khiển (?=(?:xe|ôtô|ô tô|môtô|mô tô|phương tiện)(?!\w))", "lái "),
        (
            r"(?<!\w)gây (?P<how>xôn xao|bức xúc|hoang mang|phẫn nộ) (?:cho |trong )?"
            r"(?P<who>dư luận|người dân|cộng đồng mạng)(?=,|\.|\Z)",
            r"khiến \g<who> \g<how>",
        ),
    )
)

_WITH = re.compile(rf"(?<=\w) cùng(?: với)? (?={_PEOPLE})")
_JUST_NOW = re.compile(
    r"\A(?:Mới đây, (?P<first>[^,;:()]{3,60}?)|(?P<inside>[^,;:()]{3,60}?) mới đây) (?:đã )?"
    r"(?P<deed>công bố|gây chú ý|ban hành|tung ra|tiết lộ|chia sẻ|đăng|khởi công|khánh thành|ký|"
    r"ra mắt|bắt|phát hiện|thông báo|tổ chức|đề xuất|khởi tố|yêu cầu|đề nghị)(?P<rest>(?!\w).+)\Z"
)
_AGENT = (
    rf"(?:{INSTITUTION}[^,;:()]{{0,45}}?|các (?:y )?bác sĩ[^,;:()]{{0,30}}?|quân đội {NAME}|"
    r"cảnh sát(?: \w+){0,2}|công an(?: \w+){0,4}|chính quyền(?: \w+){0,3}|"
    rf"{OFFICE}(?: \w+){{0,4}} {NAME})"
)
_PASSIVE = re.compile(
    r"(?P<what>[^,;:()]{4,70}?) (?P<aspect>đã |đang |vừa |cũng )?(?:bị|được) "
    rf"(?P<agent>{_AGENT}) (?P<deed>tịch thu|phát hiện|cứu|giải cứu|phê duyệt|thông qua|công bố|"
    r"đưa ra|ban hành|hỗ trợ|thu hồi|khởi công|chấp thuận|điều trị|tổ chức)"
    r"(?P<rest>(?: (?:trong|trên|tại|ở|nhằm|để|vì|hôm|ngày|từ|sau khi|năm|vào)(?!\w).*)?)\Z"
)
_NO_PATIENT = re.compile(
    r"(?<!\w)(?:không|chưa|có thể|sẽ|mà|khi|sau|người|những|nơi|việc|này|đó|nó|họ|mình|ông|bà|anh|"
    r"chị|bị|được|đã|theo|cho biết|do|để|nếu)(?!\w)",
    re.IGNORECASE,
)
_STATED = re.compile(
    r"(?P<noun>Bình luận|Phát biểu|Cảnh báo) (?:này )?của (?P<who>[^,;:()]{3,50}?) được đưa ra "
    r"(?P<when>(?:tại|trong bối cảnh|giữa lúc|sau khi|khi|ngay sau|một ngày sau|hôm|ngày) .+)\Z"
)
_THERE_IS = re.compile(
    r"(?P<time>(?:(?:[Vv]ào )?[Kk]hoảng |[Vv]ào )?[^,;:()]{0,30}?\d[^,;:()]{0,15}, )?"
    r"(?P<place>(?:tại|trên|ở|Tại|Trên|Ở) [^,;:()]{4,60}?) (?P<aspect>đã |vừa )?"
    r"(?P<deed>xảy ra|xuất hiện|bùng phát) (?P<what>(?:một|nhiều|\d+|hai|ba|vụ|hàng loạt) "
    r"[^,;:()]{4,60}?)(?P<rest>,? (?:làm|khiến|gây) .+)?\Z"
)
_NO_PLACE = re.compile(r"(?:tại thời điểm|trên cơ sở|tại sao)", re.IGNORECASE)


def straightened(sentence: str) -> Iterator[str]:
    """Yield the sentence with one roundabout construction told straight, for each it holds."""
    body = body_of(sentence)
    if body is None or QUOTATION.search(body):
        return
    for pattern, replacement in _PHRASES:
        found = pattern.search(body)
        if found and not (
            replacement.strip() in ("và", "để") and _is_near(body, found, replacement)
        ):
            yield body[: found.start()] + found.expand(replacement) + body[found.end() :] + "."
    for rule in _RULES:
        if made := rule(body):
            yield capitalized(made) + "."


def _is_near(body: str, found: re.Match[str], replacement: str) -> bool:
    """The word that would come stands in the same clause already."""
    before = re.split(r"[,;]", body[: found.start()])[-1]
    after = re.split(r"[,;]", body[found.end() :])[0]
    return re.search(rf"(?<!\w){replacement.strip()}(?!\w)", f"{before} {after}") is not None


def _part_of_day(body: str) -> str | None:
    """From "21h ngày 5/3" to "tối 5/3"."""
    found = _HOUR.search(body)
    if found is None or _HOUR_MATTERS.search(body) or len(re.findall(r"\d+h", body)) != 1:
        return None
    hour = int(found["hour"])
    part = next((name for end, name in _PARTS if hour < end), "đêm")
    space = " " if found["before"] == " " else ""
    return f"{body[: found.start()]}{space}{part} {found['date']}{body[found.end() :]}"


def _just_now(body: str) -> str | None:
    """From "Mới đây, A đã ký" to "A vừa ký"."""
    found = _JUST_NOW.match(body)
    subject = (found["first"] or found["inside"]) if found else None
    if found is None or subject is None or has_verb(f"x {subject}"):
        return None
    return f"{subject} vừa {found['deed']}{found['rest']}"


def _active(body: str) -> str | None:
    """From "A được B công bố" to "B công bố A"."""
    found = _PASSIVE.match(body)
    if found is None or _NO_PATIENT.search(found["what"]) or points_elsewhere(body):
        return None
    what = inside_a_sentence(found["what"])
    if what is None:
        return None
    return f"{found['agent']} {found['aspect'] or ''}{found['deed']} {what}{found['rest']}"


def _stated(body: str) -> str | None:
    """From "Bình luận của A được đưa ra khi B" to "A bình luận khi B"."""
    found = _STATED.match(body)
    return f"{found['who']} {found['noun'].lower()} {found['when']}" if found else None


def _there_is(body: str) -> str | None:
    """From "Tại A xảy ra một vụ B" to "Một vụ B xảy ra tại A"."""
    found = _THERE_IS.match(body)
    if found is None or _NO_PLACE.match(found["place"]):
        return None
    place = found["place"][0].lower() + found["place"][1:]
    what = found["what"] if found["time"] else capitalized(found["what"])
    rest = (found["rest"] or "").lstrip(", ")
    aspect, deed = found["aspect"] or "", found["deed"]
    told = f"{found['time'] or ''}{what} {aspect}{deed} {place}"
    return f"{told}, {rest}" if rest else told


def _together(body: str) -> str | None:
    """From "A cùng các B" to "A và các B" where both are the subject."""
    found = _WITH.search(body)
    if found is None or " và " in body[: found.end() + 40]:
        return None
    words = body[: found.start()].split()
    # Without a name at its end it may have its verb already: "bà Hoa chụp ảnh cùng ...".
    if not words[-1][0].isupper() or has_verb(" ".join(words)):
        return None
    return f"{body[: found.start()]} và {body[found.end() :]}"


_RULES: tuple[Callable[[str], str | None], ...] = (
    _part_of_day,
    _just_now,
    _active,
    _stated,
    _there_is,
    _together,
)
