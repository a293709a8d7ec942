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
from collections.abc import Iterator

from canbo.models.clauses import (
    ATTRIBUTION,
    BINDING,
    HEAD,
    QUOTATION,
    VERBS,
    alternatives,
    begins_with_subject,
    binds,
    clauses,
    has_verb,
    names_person,
    open_quotation,
    parts,
    phrases,
)
from canbo.models.guards import capitalized

__all__ = ["shorter_forms"]

_LEAST = 10  # words of a shortened form: less is a headline, not a statement
_LONGEST_HEAD = 24  # words of an adverbial


_PARENTHESES = re.compile(r"\s*\((?P<remark>[^()]*)\)")
# "(1)", "(a)"; "ông (bà)"; of two prices "(bán ra)"; "ngày mai (13/5)": the date stays true.
_NEEDED_REMARK = re.compile(
    r"\s*(?:(?:\d{1,2}|[a-zđ]|[ivx]+|bà|ông|chị|các|mv.*|mua.*|bán.*|máy lẻ.*|.*thuế.*)\s*$"
    r"|(?:ngày )?\d{1,2}\s?[/-]\s?\d)",
    re.IGNORECASE,
)
_SAYS = alternatives(
    "đã|đang|sẽ|vừa|bị|được|có|cho biết|cho hay|cho rằng|khẳng định|nhấn mạnh|nhận định|triển khai|"
    "đề nghị|yêu cầu|kiến nghị|đánh giá|xác nhận|chỉ đạo|là|tổ chức|phát hiện|mở|phải|tiếp tục"
)
_PLACE = r"(?:xã|phường|thị trấn|huyện|quận|thị xã|thành phố|tỉnh|TP\.?)"
# Times that are the point of what is said: without them it would be said of today.
_PAST = phrases(
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
_DUTY = phrases("sẽ|phải|cần|có thể|được phép|nên|muốn|hãy|định")
_DONE = phrases("đã|vừa")
_EVENT = phrases(
    "đã|vừa|phát hiện|bắt|bắt giữ|thu giữ|tổ chức|trao|ký|công bố|khẳng định|cho biết|nhấn mạnh|"
    "đề nghị|yêu cầu|cho rằng|phát biểu|khai|thừa nhận|ghi nhận|diễn ra|thông qua|xảy ra|báo cáo"
)
_POINTING = re.compile(
    r"(?<!trong )(?<!sau )(?<!do )(?<!từ )(?<!qua )(?<!gần )(?<!trước )(?<!nhờ )"
    r"(?<!\w)(?:này|ấy|đó|đây|nêu trên|nói trên|kể trên|cùng ngày|cùng năm|lúc này)(?!\w)",
    re.IGNORECASE,
)

# "hai ông", "ba người": who they are stood before.
_COUNTED = re.compile(
    r"(?:cả )?(?:hai|ba|bốn|các) "
    r"(?:ông|bà|anh|chị|em|người|bên|đối tượng|bé|cô|cháu|nạn nhân)(?!\w)",
    re.IGNORECASE,
)
_SOME = re.compile(r"(?:các|những|nhiều|một|hàng|người)(?!\w)", re.IGNORECASE)
_ONE_PLACE = phrases("tại|ở|trong khuôn khổ")
_DENIED = phrases("không|chưa|chẳng")
_UNIT = re.compile(rf"(?:{_PLACE}|đường|thôn|bản|khu|số)(?!\w)", re.IGNORECASE)
_ADDING = phrases("còn|cũng")
# "Ngoài ra, huyện còn mở lớp": it adds to what is not told.
_ADDED = re.compile(
    r"(?<=\w )(?<!vẫn )(?<!không )(?<!chỉ )(?<!chẳng )(?<!đã )(?<!khi )"
    rf"(?:còn|cũng) (?={_SAYS}(?!\w))"
)

# A clause that begins so goes on with the subject of an earlier one.
_PREDICATES = VERBS - {"từ", "sáng", "đầu", "theo", "công", "thành", "vận", "giá"} | {
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
_TAIL = re.compile(rf",\s+(?P<link>{alternatives(_ADDITIONS)})(?!\w)", re.IGNORECASE)
# What follows these is one more item, of a list or of what the verb is about.
_ITEM_LINKS = frozenset({"và", "cùng", "với", "như"})
_LATER = frozenset({"trước khi", "sau khi", "khi"})
# A part of what was said, of which more may be denied than of the whole.
_DETAILS = frozenset({"trong đó", "nhất là", "đặc biệt là", "kể cả"})
_AGENTS = frozenset({"do", "bởi"})
_PAIRED = phrases(
    "không chỉ|không những|chẳng những|không phải|không riêng|tuy|dù|mặc dù|càng|vì|do|bởi|nếu|"
    "khi|giữa|từ khi|kể từ|nhờ|thứ nhất|một là|thay vì|hoặc"
)
_REPORTING = re.compile(
    r"(?:cho biết|cho hay|cho rằng|cho thấy|khẳng định|nhấn mạnh|nhận định|nói|thông tin|rằng)$",
    re.IGNORECASE,
)
_DANGLING = frozenset(
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
            or binds(remark)
            or QUOTATION.search(remark)
            or _NEEDED_REMARK.match(remark)
            or open_quotation(before)
            # "Phòng vệ Israel (IDF) Gadi Eisenkot": one name of two.
            or (before.split()[-1][0].isupper() and sentence[match.end() :].lstrip()[:1].isupper())
            # An abbreviation that is used further on must be explained.
            or (remark.isupper() and re.search(rf"\b{re.escape(remark)}\b", rest))
        )
        return match.group() if needed else ""

    rest = _PARENTHESES.sub(left_out, sentence)
    return rest if len(rest.split()) >= _LEAST else sentence


def _without_head(sentence: str) -> Iterator[str]:
    """The sentence from its subject on, or from a date after a link on."""
    rest = sentence
    heads: list[re.Match[str]] = []
    while match := HEAD.match(rest):
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
        or binds(head)
        or QUOTATION.search(head)
        or head.count("(") != head.count(")")
        or len(head.split()) > _LONGEST_HEAD
    )


def _goes_on_without(heads: list[re.Match[str]], rest: str) -> bool:
    """Say whether what follows some adverbials stands and is true without them."""
    clause, beginning = rest.split(",")[0], " ".join(rest.split(",")[:2])
    if not begins_with_subject(rest) or _COUNTED.match(rest):
        return False
    if not all(head["link"] or head["day"] for head in heads) and _POINTING.search(rest):
        return False
    if not has_verb(rest if names_person(rest) else clause) or len(rest.split()) < _LEAST:
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
            and not open_quotation(kept)
            and kept.count("(") == kept.count(")")
            and _may_go(match["link"].lower(), left_out, kept)
        ):
            yield kept + "."


def _may_go(link: str, left_out: str, kept: str) -> bool:
    if ATTRIBUTION.search(left_out) or QUOTATION.search(left_out) or _PAIRED.search(kept):
        return False
    if link not in _DETAILS and BINDING.search(left_out):
        return False
    if link in _AGENTS and left_out.lstrip()[0].isupper():  # "vở kịch ..., do Hội ... dựng, ..."
        return False
    first, *others = parts(left_out)
    if link in _DETAILS and others and not has_verb(first.replace(" có ", " ")):
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
    last = parts(kept)[-1]
    if link == "và":  # the second of two clauses, not the last of three
        second = left_out.split(",")[0]
        alone = len(clauses(kept)) == 1 and not _DUTY.match(second.lstrip())
        return alone and has_verb(last) and has_verb(second)
    if link in _ITEM_LINKS:
        return has_verb(last)
    return len(last.split()) > 4 or has_verb(last)


def _is_statement(kept: str) -> bool:
    """Say whether the text has a subject and a verb, and does not end in the middle of a phrase."""
    words = kept.split()
    if len(words) < _LEAST or words[-1].lower() in _DANGLING:
        return False
    found = clauses(kept)
    while found and _REPORTING.search(found[0]):  # "Ông An cho biết, với ...": what, then?
        found = clauses(", ".join(found[1:]))
    return bool(found) and has_verb(found[0])


def _without_addition(text: str) -> str:
    """Without the "còn" or "cũng" of the first clause that answered the link before it."""
    clause, comma, rest = text.partition(",")
    return _ADDED.sub("", clause, count=1) + comma + rest
