"""Words that the rules of rewriting look for, as parts of regular expressions.

They match as written; a rule that reads the beginning of a sentence lets a capital letter stand.
"""

from __future__ import annotations

__all__ = [
    "HONORIFIC",
    "INSTITUTION",
    "NAME",
    "NAME_WORD",
    "OFFICE",
    "PERIOD",
    "RANK",
    "SAYS",
    "SPEECH",
    "TIME",
]

_UPPER = "A-ZĐÀÁẢÃẠĂẰẮẲẴẶÂẦẤẨẪẬÈÉẺẼẸÊỀẾỂỄỆÌÍỈĨỊÒÓỎÕỌÔỒỐỔỖỘƠỜỚỞỠỢÙÚỦŨỤƯỪỨỬỮỰỲÝỶỸỴ"
NAME_WORD = rf"[{_UPPER}][\w.\-]*"
NAME = rf"{NAME_WORD}(?: {NAME_WORD})*"

HONORIFIC = r"(?:[Ôô]ng|[Bb]à|[Aa]nh|[Cc]hị|[Cc]ô|[Đđ]ồng chí)"
RANK = (
    r"(?i:(?:đại|thượng|trung|thiếu) (?:tá|tướng|uý|úy)|luật sư|bác sĩ|tiến sĩ|thạc sĩ|giáo sư|"
    r"kỹ sư|thẩm phán|kiểm sát viên)"
)
OFFICE = (
    r"(?i:(?:phó |nguyên |cựu |quyền )*(?:tổng )?(?:chủ tịch|bí thư|giám đốc|trưởng|(?:thứ|bộ|viện|"
    r"cục|chi cục|tổng cục|vụ|hiệu|đội|thị|tỉnh) trưởng|chánh|thủ tướng|tổng thống|ngoại trưởng|"
    r"chủ nhiệm|thư ký|biên tập|người phát ngôn|phát ngôn viên|uỷ viên|ủy viên|đại biểu|tư lệnh|"
    r"chính uỷ|chính ủy|đội phó|đại sứ|thống đốc))(?!\w)"
)
INSTITUTION = (
    r"(?:Công an|UBND|Uỷ ban|Ủy ban|HĐND|Sở|Bộ|Cục|Chi cục|Tổng cục|Viện|Bệnh viện|Trường|Công ty|"
    r"Tổng công ty|Tập đoàn|Ngân hàng|Cảnh sát|Cơ quan|Ban|Huyện uỷ|Tỉnh uỷ|Thành uỷ|"
    r"Huyện ủy|Tỉnh ủy|Thành ủy|Đảng uỷ|Đảng ủy|Toà án|Tòa án|TAND|VKSND|Viện kiểm sát|Trung tâm|"
    r"Thanh tra|Hội|Liên đoàn|Văn phòng|Đồn|Bộ đội|Hạt|Đội|Phòng|Hải quan|Kiểm lâm|Đoàn|Quân đội|"
    r"Chính phủ|Kho bạc|Cảng|Đại học|ĐH|Mặt trận)(?!\w)"
)

_DATE = r"\d{1,2}\s?[/\-.]\s?\d{1,2}(?:\s?[/\-.]\s?\d{4})?"
TIME = (
    r"(?i:(?:rạng sáng|sáng|trưa|chiều tối|chiều|tối|đêm|hôm|ngày)(?: ngày| hôm)?"
    rf" (?:{_DATE}|nay|qua)(?![\d/\-]))"
)
PERIOD = (
    r"(?i:(?:hồi |vào |trong |từ )?(?:(?:đầu |giữa |cuối )*(?:năm \d{4}|năm nay|năm ngoái|"
    r"tháng \d{1,2}(?:/\d{4})?|tháng này|tháng trước|tuần này|tuần trước|tuần qua)|(?:đầu|giữa|"
    r"cuối) tháng)|từ đầu năm đến nay|đến nay|(?:vài|nhiều|hai|ba|mấy|\d+) (?:ngày|tuần|tháng|"
    r"năm) (?:qua|nay)|(?:những ngày|những năm|thời gian) (?:gần đây|qua)|hiện nay|hiện|mới đây)"
    r"(?![\d/\-])(?!\w)"
)

# What a speaker does; "theo", according to, says the same. A vow or a demand is more than that.
SAYS = (
    r"(?:cho biết|cho hay|cho rằng|nhận định|khẳng định|nhấn mạnh|nói|chia sẻ|giải thích|"
    r"tiết lộ|bình luận|phân tích|đưa tin)"
)
# Somebody's words stand inside: what is whose would be lost on the way.
SPEECH = (
    r"(?i:cho biết|cho hay|theo|nói|khẳng định|cho rằng|nhấn mạnh|đưa tin|dẫn|trả lời|tuyên bố|"
    r"nhận định|rằng|hỏi)"
)
