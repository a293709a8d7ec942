"""Shorter forms of a sentence that are still true: what an editor leaves out of an abstract.

Three things may go: a remark in parentheses, a link or an adverbial at the beginning that says
when, where or on what occasion, and a clause at the end that adds purpose, cause, result or detail.
No syllable is added or moved. Where leaving out could change what is claimed, the sentence stays as
it is: conditions, negations, contrasts, hedges, attributions, quotations, lists, and times and
places that a figure depends on. There is no parser behind it; the rules ask for signs that what
remains has its subject and its verb, and give up in doubt. As the hand-written trimming rules of
Dorr, Zajic & Schwartz, "Hedge Trimmer" (HLT-NAACL 2003 workshop), made for Vietnamese.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from canbo.models.guards import capitalized

__all__ = ["shorter_forms"]

_LEAST = 10  # words of a shortened form: less is a headline, not a statement
_LONGEST_HEAD = 24  # words of an adverbial

_Words = frozenset[str]


def _alternatives(words: str) -> str:
    """A group of a regular expression out of phrases separated by "|"."""
    return "(?:" + "|".join(re.escape(word.strip()) for word in words.split("|")) + ")"


def _phrases(words: str) -> re.Pattern[str]:
    # "khai trừ", to expel, is no "trừ", except.
    return re.compile(rf"(?<!\w)(?<!khai ){_alternatives(words)}(?!\w)", re.IGNORECASE)


# What is left out may hold none of these: without them the rest would claim something else.
_ATTRIBUTION = _phrases(
    "nếu|trừ|ngoại trừ|miễn là|miễn sao|điều kiện|trường hợp|nhưng|song|tuy|dù|mặc dù|thay vì|"
    "trái lại|ngược lại|giả|theo|đưa tin|cho biết|cho hay|cho rằng|nói|khẳng định|nhấn mạnh|"
    "nhận định|thông tin|tuyên bố|trả lời|chia sẻ|kể|viết|dẫn lời|báo cáo|thừa nhận|khai nhận|"
    "khai rằng|tiết lộ|bày tỏ|cáo buộc|nghi|được cho là|bị cho là"
)
_BINDING = _phrases(
    "không|chưa|chẳng|chả|đừng|chớ|dự kiến|dự báo|ước|ước tính|tạm|so với|chỉ|hoặc|hay|mỗi"
)
_QUOTATION = re.compile(r"[\"“”«»‘’]")
_PARENTHESES = re.compile(r"\s*\((?P<remark>[^()]*)\)")
# "(1)", "(a)"; "ông (bà)"; of two prices "(bán ra)"; "ngày mai (13/5)": the date stays true.
_NEEDED_REMARK = re.compile(
    r"\s*(?:(?:\d{1,2}|[a-zđ]|[ivx]+|bà|ông|chị|các|mv.*|mua.*|bán.*|máy lẻ.*|.*thuế.*)\s*$"
    r"|(?:ngày )?\d{1,2}\s?[/-]\s?\d)",
    re.IGNORECASE,
)
_SAYS = _alternatives(
    "đã|đang|sẽ|vừa|bị|được|có|cho biết|cho hay|cho rằng|khẳng định|nhấn mạnh|nhận định|triển khai|"
    "đề nghị|yêu cầu|kiến nghị|đánh giá|xác nhận|chỉ đạo|là|tổ chức|phát hiện|mở|phải|tiếp tục"
)
_PLACE = r"(?:xã|phường|thị trấn|huyện|quận|thị xã|thành phố|tỉnh|TP\.?)"
# Links to what stood before; the sentence says the same without them.
_LINKS = _alternatives(
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
_HEAD = re.compile(
    rf"(?:(?P<link>{_LINKS})|(?P<day>{_DAY})[^,;:]*|(?P<occasion>{_OCCASION})[^,;:]*"
    rf"|(?P<period>{_PERIOD})[^,;:]*),\s+",
    re.IGNORECASE,
)
# Times that are the point of what is said: without them it would be said of today.
_PAST = _phrases(
    "trước đây|trước kia|ngày trước|ngày xưa|ngày nay|hàng ngày|hằng ngày|ngày càng|ngày đầu|"
    "đến ngày|từ ngày|trước ngày|sau ngày|hạn|tối đa|tối thiểu|ít nhất|"
    "hàng|hằng|ngày quốc|ngày này|ngày ấy|ngày đó|năm ấy|năm đó|năm này|bình quân|"
    "trung bình|trong số|tại điều|tại khoản|tại luật"
)
# A figure or a rule is of its time and place, and "đến nay" needs its day.
_MEASURED = re.compile(
    r"%|(?<!\w)(?:có (?:hơn |gần |khoảng |trên |tới )?\d+|(?:đến|tới|hôm|ngày|năm|sáng|tuần) nay|"
    r"ngày mai|hôm qua|tăng|giảm|thêm|ghi nhận|bình quân|trung bình|mỗi|giá|nhiệt độ|độ|"
    r"chiếm|đứng|xếp|tỷ lệ|tỉ lệ|dân số|cao nhất|thấp nhất|lớn nhất|nhiều nhất|đầu tiên|chỉ|"
    r"hầu hết|đa số|phần lớn|tất cả|mọi|bất cứ|bất kỳ)(?!\w)",
    re.IGNORECASE,
)
_FIGURE = re.compile(
    r"\d|(?<!\w)(?:một|hai|ba|bốn|năm|sáu|bảy|tám|chín|mười|chục|trăm|nghìn|ngàn|triệu|tỷ|tỉ)(?!\w)",
    re.IGNORECASE,
)
_DUTY = _phrases("sẽ|phải|cần|có thể|được phép|nên|muốn|hãy|định")
_DONE = _phrases("đã|vừa")
_EVENT = _phrases(
    "đã|vừa|phát hiện|bắt|bắt giữ|thu giữ|tổ chức|trao|ký|công bố|khẳng định|cho biết|nhấn mạnh|"
    "đề nghị|yêu cầu|cho rằng|phát biểu|khai|thừa nhận|ghi nhận|diễn ra|thông qua|xảy ra|báo cáo"
)
_POINTING = re.compile(
    r"(?<!trong )(?<!sau )(?<!do )(?<!từ )(?<!qua )(?<!gần )(?<!trước )(?<!nhờ )"
    r"(?<!\w)(?:này|ấy|đó|đây|nêu trên|nói trên|kể trên|cùng ngày|cùng năm|lúc này)(?!\w)",
    re.IGNORECASE,
)

# How a noun phrase begins in lower case; names and what begins with a figure come besides.
_NOUNS = re.compile(
    _alternatives(
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
# "hai ông", "ba người": who they are stood before.
_COUNTED = re.compile(
    r"(?:cả )?(?:hai|ba|bốn|các) "
    r"(?:ông|bà|anh|chị|em|người|bên|đối tượng|bé|cô|cháu|nạn nhân)(?!\w)",
    re.IGNORECASE,
)
_SOME = re.compile(r"(?:các|những|nhiều|một|hàng|người)(?!\w)", re.IGNORECASE)
_ONE_PLACE = _phrases("tại|ở|trong khuôn khổ")
_DENIED = _phrases("không|chưa|chẳng")
_UNIT = re.compile(rf"(?:{_PLACE}|đường|thôn|bản|khu|số)(?!\w)", re.IGNORECASE)
_ADDING = _phrases("còn|cũng")
# "Ngoài ra, huyện còn mở lớp": it adds to what is not told.
_ADDED = re.compile(
    r"(?<=\w )(?<!vẫn )(?<!không )(?<!chỉ )(?<!chẳng )(?<!đã )(?<!khi )"
    rf"(?:còn|cũng) (?={_SAYS}(?!\w))"
)
# "ông Nguyễn Văn An, Chủ tịch ..., cho biết": the verb comes later.
_PERSON = re.compile(
    r"(?:ông|bà|anh|chị|cô|bé|đồng chí|đại tá|thượng tá|luật sư|GS|TS)(?: ấy| ta| này)? "
    r"(?P<next>\w)"
)
_DATE = re.compile(r"\d{1,2}\s?[/-]\s?\d{1,4}|\d{1,2}\s?(?:h|g|giờ)\b")

# Signs that a clause has its verb.
_VERBS: _Words = frozenset(
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
# A clause that begins so goes on with the subject of an earlier one.
_PREDICATES: _Words = _VERBS - {"từ", "sáng", "đầu", "theo", "công", "thành", "vận", "giá"} | {
    "thì",
    "nên",
    "mà",
    "đều",
    "cũng",
    "liền",
    "lại",
    "còn",
    "rồi",
    "nhưng",
    "song",
}

_ADDITIONS = (
    "trong đó|nhằm|khiến|gây|nhất là|đặc biệt là|góp phần|qua đó|từ đó|đồng thời|để|"
    "trước khi|sau khi|khi đang|khi|do|vì|bởi|với|kể cả|thậm chí|tạo điều kiện|hướng tới|phục vụ|"
    "dẫn đến|dẫn tới|cùng|và|như"
)
_TAIL = re.compile(rf",\s+(?P<link>{_alternatives(_ADDITIONS)})(?!\w)", re.IGNORECASE)
# What follows these is one more item, of a list or of what the verb is about.
_ITEM_LINKS: _Words = frozenset({"và", "cùng", "với", "như"})
_LATER: _Words = frozenset({"trước khi", "sau khi", "khi"})
# A part of what was said, of which more may be denied than of the whole.
_DETAILS: _Words = frozenset({"trong đó", "nhất là", "đặc biệt là", "kể cả"})
_AGENTS: _Words = frozenset({"do", "bởi"})
_PAIRED = _phrases(
    "không chỉ|không những|chẳng những|không phải|không riêng|tuy|dù|mặc dù|càng|vì|do|bởi|nếu|"
    "khi|giữa|từ khi|kể từ|nhờ|thứ nhất|một là|thay vì|hoặc"
)
_SUBORDINATE = re.compile(
    _alternatives(
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
_REPORTING = re.compile(
    r"(?:cho biết|cho hay|cho rằng|cho thấy|khẳng định|nhấn mạnh|nhận định|nói|thông tin|rằng)$",
    re.IGNORECASE,
)
_DANGLING: _Words = frozenset(
    "và với của nếu để cho tại ở từ về như là do bởi vì trong ngoài trên dưới khi mà thì bị được "
    "đã sẽ đang vẫn rằng hoặc hay cùng theo đến tới các những một mỗi nhằm vào gồm nhưng song có "
    "hơn gần khoảng sau trước giữa cả nhất rất".split()
)


def shorter_forms(sentence: str) -> list[str]:
    """Shorten a sentence in every way that leaves it fluent and true.

    Args:
        sentence: one sentence with its end mark.

    Returns:
        The sentence itself, then its shorter forms, each once; only the sentence where nothing can
        be left out safely.
    """
    forms = dict.fromkeys([sentence])
    if not sentence.endswith(".") or sentence.endswith("..") or ";" in sentence:
        return list(forms)
    for whole in (sentence, _without_remarks(sentence)):
        for beginning in (whole, *_without_head(whole)):
            forms[beginning] = None
            forms |= dict.fromkeys(_without_tail(beginning))
    return list(forms)


def _without_remarks(sentence: str) -> str:
    """The sentence without those of its parentheses that may go."""

    def left_out(match: re.Match[str]) -> str:
        remark, before = match["remark"], sentence[: match.start()]
        rest = before + sentence[match.end() :]
        needed = (
            not before
            or before.endswith(("-", "–", ",", ":", "/"))
            or _binds(remark)
            or _QUOTATION.search(remark)
            or _NEEDED_REMARK.match(remark)
            or _open_quotation(before)
            # "Phòng vệ Israel (IDF) Gadi Eisenkot": one name of two.
            or (before.split()[-1][0].isupper() and sentence[match.end() :].lstrip()[:1].isupper())
            # An abbreviation that is used further on must be explained.
            or (remark.isupper() and re.search(rf"\b{re.escape(remark)}\b", rest))
        )
        return match.group() if needed else ""

    rest = _PARENTHESES.sub(left_out, sentence)
    return rest if len(rest.split()) >= _LEAST else sentence


def _binds(left_out: str) -> bool:
    return bool(_ATTRIBUTION.search(left_out) or _BINDING.search(left_out))


def _without_head(sentence: str) -> Iterator[str]:
    """The sentence from its subject on, or from a date after a link on."""
    rest = sentence
    heads: list[re.Match[str]] = []
    while match := _HEAD.match(rest):
        if not _may_be_left_out(match.group()):
            break
        if heads and match["day"] and all(head["link"] for head in heads):
            yield capitalized(rest)
        heads.append(match)
        rest = rest[match.end() :]
        if match["link"]:
            rest = _without_addition(rest)
    if heads and _goes_on_without(heads, rest):
        yield capitalized(rest)


def _may_be_left_out(head: str) -> bool:
    return not (
        _PAST.search(head)
        or _binds(head)
        or _QUOTATION.search(head)
        or head.count("(") != head.count(")")
        or len(head.split()) > _LONGEST_HEAD
    )


def _goes_on_without(heads: list[re.Match[str]], rest: str) -> bool:
    """Say whether what follows some adverbials stands and is true without them."""
    clause, beginning = rest.split(",")[0], " ".join(rest.split(",")[:2])
    if not _begins_with_subject(rest) or _COUNTED.match(rest):
        return False
    if not all(head["link"] or head["day"] for head in heads) and _POINTING.search(rest):
        return False
    if not _has_verb(rest if _names_person(rest) else clause) or len(rest.split()) < _LEAST:
        return False
    texts = " ".join(head.group().lower() for head in heads)
    if not all(head["link"] for head in heads):
        # What did not happen then may have happened at another time.
        if _DENIED.search(clause) or (_ONE_PLACE.search(texts) and _SOME.match(rest)):
            return False
        # "tại xã Hải Tâm, huyện Cồn Sậy ...": still the place.
        if _MEASURED.search(beginning) or (
            re.search(r"(?<!\w)(?:tại|ở|trên)\b", texts) and _UNIT.match(rest)
        ):
            return False
    elif _ADDING.search(clause):
        return False
    # What came earlier would be read as what came next.
    if "trước đó" in texts or ("sau đó" in texts and _DUTY.search(clause)):
        return False
    if any(head["period"] for head in heads) and _FIGURE.search(rest):
        return False
    if "sau khi" in texts and (not _DONE.search(clause) or _DUTY.search(clause)):
        return False
    # A rule or a custom of one place is no rule elsewhere.
    return not any(head["occasion"] for head in heads) or bool(
        rest[0].isupper() or _EVENT.search(clause)
    )


def _without_tail(sentence: str) -> Iterator[str]:
    """The sentence up to each comma after which only an addition comes."""
    if ":" in re.sub(r"\d:\d", "", sentence):
        return
    for match in _TAIL.finditer(sentence):
        kept, left_out = sentence[: match.start()].rstrip(), sentence[match.end() :]
        if (
            _is_statement(kept)
            and not _open_quotation(kept)
            and kept.count("(") == kept.count(")")
            and _may_go(match["link"].lower(), left_out, kept)
        ):
            yield kept + "."


def _may_go(link: str, left_out: str, kept: str) -> bool:
    if _ATTRIBUTION.search(left_out) or _QUOTATION.search(left_out) or _PAIRED.search(kept):
        return False
    if link not in _DETAILS and _BINDING.search(left_out):
        return False
    if link in _AGENTS and left_out.lstrip()[0].isupper():  # "vở kịch ..., do Hội ... dựng, ..."
        return False
    first, *others = _parts(left_out)
    if link in _DETAILS and others and not _has_verb(first.replace(" có ", " ")):
        return False  # "..., trong đó có huyện Khe Đồng, đã ..."
    if link == "khi" and not _DONE.search(kept):
        return False
    if link in _LATER and _DUTY.search(kept):
        return False
    if link == "nhằm" and left_out.startswith(" vào"):
        return False
    # "..., nhằm giảm nghèo, đã ...": the subject before it waits for its verb.
    if any(part.split()[0].lower() in _PREDICATES for part in others):
        return False
    last = _parts(kept)[-1]
    if link == "và":  # the second of two clauses, not the last of three
        second = left_out.split(",")[0]
        alone = len(_clauses(kept)) == 1 and not _DUTY.match(second.lstrip())
        return alone and _has_verb(last) and _has_verb(second)
    if link in _ITEM_LINKS:
        return _has_verb(last)
    return len(last.split()) > 4 or _has_verb(last)


def _is_statement(kept: str) -> bool:
    """Say whether the text has a subject and a verb, and does not end in the middle of a phrase."""
    words = kept.split()
    if len(words) < _LEAST or words[-1].lower() in _DANGLING:
        return False
    clauses = _clauses(kept)
    while clauses and _REPORTING.search(clauses[0]):  # "Ông An cho biết, với ...": what, then?
        clauses = _clauses(", ".join(clauses[1:]))
    return bool(clauses) and _has_verb(clauses[0])


def _clauses(text: str) -> list[str]:
    """What stands between commas, from the first that is no adverbial."""
    parts = _parts(text)
    while parts and _SUBORDINATE.match(parts[0]):
        parts.pop(0)
    return parts


def _begins_with_subject(text: str) -> bool:
    if _DATE.match(text) or (_PERSON.match(text) and not _names_person(text)):
        return False
    return text[0].isupper() or text[0].isdigit() or _NOUNS.match(text) is not None


def _names_person(text: str) -> bool:
    """Tell "ông Lò Văn Páo đã" from "ông đã"."""
    person = _PERSON.match(text)
    return person is not None and person["next"].isupper()


def _has_verb(clause: str) -> bool:
    return any(word.lower() in _VERBS for word in _inner(clause.split()))


def _inner(words: list[str]) -> Iterable[str]:
    """A verb is not the first word of its clause, nor part of a name."""
    return (word.rstrip(".") for word in words[1:] if word.islower())


def _parts(text: str) -> list[str]:
    return [part.strip() for part in re.split(r",\s+", text) if part.strip()]


def _open_quotation(text: str) -> bool:
    return text.count('"') % 2 == 1 or text.count("“") != text.count("”")


def _without_addition(text: str) -> str:
    """Without the "còn" or "cũng" of the first clause that answered the link before it."""
    clause, comma, rest = text.partition(",")
    return _ADDED.sub("", clause, count=1) + comma + rest
