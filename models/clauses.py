"""Where the parts of a Vietnamese sentence lie, by signs: adverbials, the subject, the verb.

There is no parser behind it, and no model: closed lists of words that news and party papers use.
`canbo.models.compression` and `canbo.models.rewriting` ask here, and leave alone what is unclear.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

__all__ = [
    "ATTRIBUTION",
    "BINDING",
    "HEAD",
    "NOUNS",
    "QUOTATION",
    "VERBS",
    "alternatives",
    "begins_with_subject",
    "binds",
    "clauses",
    "has_verb",
    "names_person",
    "open_quotation",
    "parts",
    "phrases",
]

QUOTATION = re.compile(r"[\"“”«»‘’]")


def alternatives(words: str) -> str:
    """A group of a regular expression out of phrases separated by "|"."""
    return "(?:" + "|".join(re.escape(word.strip()) for word in words.split("|")) + ")"


def phrases(words: str) -> re.Pattern[str]:
    """A regular expression that finds any of some phrases, parted by "|", as whole words."""
    # "khai trừ", to expel, is no "trừ", except.
    return re.compile(rf"(?<!\w)(?<!khai ){alternatives(words)}(?!\w)", re.IGNORECASE)


# A part with one of these cannot be left out: the rest would claim something else.
ATTRIBUTION = phrases(
    "nếu|trừ|ngoại trừ|miễn là|miễn sao|điều kiện|trường hợp|nhưng|song|tuy|dù|mặc dù|thay vì|"
    "trái lại|ngược lại|giả|theo|đưa tin|cho biết|cho hay|cho rằng|nói|khẳng định|nhấn mạnh|"
    "nhận định|thông tin|tuyên bố|trả lời|chia sẻ|kể|viết|dẫn lời|báo cáo|thừa nhận|khai nhận|"
    "khai rằng|tiết lộ|bày tỏ|cáo buộc|nghi|được cho là|bị cho là"
)
BINDING = phrases(
    "không|chưa|chẳng|chả|đừng|chớ|dự kiến|dự báo|ước|ước tính|tạm|so với|chỉ|hoặc|hay|mỗi"
)
# Links to what stood before; the sentence says the same without them.
_LINKS = alternatives(
    "bên cạnh đó|trong khi đó|ngoài ra|cùng với đó|theo đó|cụ thể|đáng chú ý|"
    "đặc biệt|đồng thời|trước đó|sau đó|cũng tại đây|tiếp đó|hiện|hiện nay|hiện tại|"
    "mới đây|vừa qua|gần đây|thời gian qua|thời gian gần đây|những ngày qua|mấy ngày qua|"
    "đến nay|tới nay|"
    "trong thời gian qua|trong những ngày qua"
)
_DAY = (
    r"(?:khoảng |vào |lúc |hồi |rạng |khuya |tờ mờ )*"
    r"(?:(?:sáng|trưa|chiều|tối|đêm|khuya|rạng sáng|ngày|hôm|trong ngày|trong đêm)\b"
    r"|\d{1,2}\s?(?:h|g|giờ)(?:\s?\d{1,2})?\b)"
)
_OCCASION = (
    r"(?:phát biểu |kết luận |trao đổi |chỉ đạo |trả lời )?"
    r"(?:tại|trong khuôn khổ|nhân dịp|nhân kỷ niệm|nhân chuyến|liên quan (?:đến|tới)|sau khi|"
    r"để|nhằm|sau (?:một|hai|ba|nhiều|gần|hơn|khoảng|\d+)|trước tình hình|ngay sau khi|ngay sau đó|"
    r"qua)\b"
)
_PERIOD = r"(?:(?:trong |vào |từ |đến |tính đến |đầu |cuối |giữa )*(?:năm|tháng|tuần|quý)\b)"
HEAD = re.compile(
    rf"(?:(?P<link>{_LINKS})|(?P<day>{_DAY})[^,;:]*|(?P<occasion>{_OCCASION})[^,;:]*"
    rf"|(?P<period>{_PERIOD})[^,;:]*),\s+",
    re.IGNORECASE,
)
# How a noun phrase begins in lower case; names and what begins with a figure come besides.
NOUNS = re.compile(
    alternatives(
        "các|những|nhiều|hàng loạt|toàn bộ|một|hai|ba|bốn|hơn|khoảng|"
        "lực lượng|cơ quan|công an|cảnh sát|tòa|toà|ủy ban|uỷ ban|"
        "huyện ủy|tỉnh ủy|thành ủy|chính phủ|quốc hội|nhà nước|nhà trường|người|"
        "huyện|xã|phường|thị trấn|thị xã|quận|thành phố|lãnh đạo|đại diện|đồng chí|thủ tướng|"
        "tổng thống|tổng bí thư|chủ tịch|phó|giám đốc|bí thư|thứ trưởng|đơn vị|"
        "chiếc|công ty|tập đoàn|ngân hàng|trường|bệnh viện|bác sĩ|thượng tá|đại tá|trung tá|"
        "thiếu tá|đại úy|thiếu tướng|trung tướng|đại tướng|luật sư|nghi phạm|nghi can|bị cáo|"
        "bị can|đối tượng|nạn nhân|tài xế|dự án|chương trình|hội nghị|đại hội|"
        "đội tuyển|câu lạc bộ|huấn luyện viên|tiền đạo|tiền vệ|thủ môn|"
        "gia đình|vợ chồng|cử tri|nhân dân|người dân|bà con|quân đội|"
        "chi cục|tổng cục|chi bộ|đảng bộ|đảng ủy|mặt trận|văn phòng|liên đoàn|hãng|hội đồng|"
        "hiệp hội|trung tâm|ca sĩ|diễn viên|nghệ sĩ|đạo diễn|bộ phim|ông|bà|anh|chị|cô|"
        "báo|hàng trăm|hàng nghìn|hàng chục|phái đoàn|thiếu niên|học sinh|giáo viên|phụ huynh|"
        "xe|ôtô|ô tô|tàu|máy bay|bão|trận|vụ|vua|nhà vua|đám cháy|không quân|hải quân|giới chức|"
        "truyền thông|đài|tờ|nguồn tin|bộ đội|cơ sở|du khách|hành khách|sinh viên|ngư dân|nông dân|"
        "doanh nghiệp|thành viên|đại biểu|bộ tư lệnh|sở giáo dục|sở y tế|ban bí thư|ban chấp hành|"
        "đoàn giám sát|tổ giám sát|bộ chính trị|nữ ca sĩ|nam ca sĩ|nữ diễn viên|"
        "ban chỉ đạo|ban quản lý|ban tổ chức|ban giám|bộ trưởng|đoàn công tác|đoàn kiểm tra|"
        "tổ công tác|đội cảnh sát|nhà chức trách|nhóm đối tượng"
    )
    + r"(?!\w)(?! (?:mặt|là|nữa|hợp|như)(?!\w))"
)
# "ông Nguyễn Văn An, Chủ tịch ..., cho biết": the verb comes later.
_PERSON = re.compile(
    r"(?:ông|bà|anh|chị|cô|bé|đồng chí|đại tá|thượng tá|luật sư|GS|TS)(?: ấy| ta| này)? "
    r"(?P<next>\w)"
)
_DATE = re.compile(r"\d{1,2}\s?[/-]\s?\d{1,4}|\d{1,2}\s?(?:h|g|giờ)\b")
# Signs that a clause has its verb.
VERBS = frozenset(
    "đã đang sẽ vừa bị được là có phải cần không chưa vẫn cho gồm bắt đến về ra vào lên xuống "
    "làm nhận gặp đưa mở họp lập xây dựng dùng giao giữ bàn báo biết chọn chơi chạy chết chỉ "
    "chuyển chữa công bố cứu dẫn diễn đạt đánh đặt đề đi đón đọc đòi đóng đồng ý đứng ghi gây "
    "giành giảm giết giúp gọi gửi hứa học hỏi kéo kêu kể khám khẳng khen khiến khởi kiểm ký "
    "lái lao lấy lo loại mang mất mời mua muốn nêu ném ngã nghe nghỉ nhắc nhấn nhập nổ nói nộp "
    "nuôi phát phạt phản phân phê phong phóng phục quay quyết ra rời rơi rút sản sáng sang sập "
    "sinh sống sử dụng tạo tăng tấn công tham thắng thăm thay thấy theo thi thu thua thuê tiếp "
    "tìm tin tổ chức tới trả trao trình trở trúng truy tung tuyên từ chối ủng hộ ước vay vẽ vi "
    "viết vượt xảy xác xét xem xin xử yêu cảnh báo cấm cấp chấp chiếm chịu chủ trì chứng "
    "đâm đầu tư đầu đăng đấu đốt đột hạ hoàn hoạt hợp hủy huỷ kết khai khánh khắc khuyến kiến "
    "kỷ luật lan lãnh lừa mừng nâng ngăn ngừng nhất trí phá phối rà sửa tập thành thảo thông "
    "thống thực tiến triển trộm trồng tử tự ứng vận xuất".split()
)
_SUBORDINATE = re.compile(
    alternatives(
        "nếu|khi|do|vì|bởi|để|nhằm|sau|trước|tuy|dù|mặc dù|trong|với|theo|tại|ở|trên|ngoài|bên|"
        "cùng|từ|đến|tới|tính|qua|nhờ|liên quan|nhân|vào|lúc|hồi|ngày|sáng|trưa|chiều|tối|đêm|"
        "rạng|khoảng|năm|tháng|đầu|cuối|giữa|hiện|mới đây|vừa qua|gần đây|cụ thể|đặc biệt|đáng|"
        "được biết|ngay|như|về|đối với|căn cứ|trao đổi|phát biểu|trả lời|nói|chia sẻ|bằng|cho đến|"
        "riêng|khác|thông qua|dưới|xuất phát|nhận|là|bị|được|thấy|biết|nghe|thay mặt|kể|suốt|"
        "hôm|cách|đồng thời|thời|kết|lần|giờ|đúng|phần|hơn nữa|bất chấp|thay vì|trừ"
    )
    + r"(?!\w)",
    re.IGNORECASE,
)


def binds(left_out: str) -> bool:
    """Say whether a part carries a condition, a source or a limit of what the rest claims."""
    return bool(ATTRIBUTION.search(left_out) or BINDING.search(left_out))


def clauses(text: str) -> list[str]:
    """What stands between commas, from the first that is no adverbial."""
    found = parts(text)
    while found and _SUBORDINATE.match(found[0]):
        found.pop(0)
    return found


def begins_with_subject(text: str) -> bool:
    """Say whether a clause begins with a name, a number or a noun, and not with a bare pronoun."""
    if _DATE.match(text) or (_PERSON.match(text) and not names_person(text)):
        return False
    return text[0].isupper() or text[0].isdigit() or NOUNS.match(text) is not None


def names_person(text: str) -> bool:
    """Tell "ông Lò Văn Páo đã" from "ông đã"."""
    person = _PERSON.match(text)
    return person is not None and person["next"].isupper()


def has_verb(clause: str) -> bool:
    """Say whether a verb follows the first word of a clause."""
    return any(word.lower() in VERBS for word in _inner(clause.split()))


def _inner(words: list[str]) -> Iterable[str]:
    """A verb is not the first word of its clause, nor part of a name."""
    return (word.rstrip(".") for word in words[1:] if word.islower())


def parts(text: str) -> list[str]:
    """What stands between commas."""
    return [part.strip() for part in re.split(r",\s+", text) if part.strip()]


def open_quotation(text: str) -> bool:
    """Say whether a text ends inside a quotation."""
    return text.count('"') % 2 == 1 or text.count("“") != text.count("”")
