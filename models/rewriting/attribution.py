"""Who says it, told in fewer words or at the other end of the sentence.

"Sáng 5/3, ông Lê An, giám đốc Sở Y tế, cho biết dịch đã lui" is "Theo giám đốc Sở Y tế Lê An, dịch
đã lui"; "Công an huyện cho biết đang điều tra" is "Công an huyện đang điều tra". What is said stays
as it is and stays somebody's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from canbo.models.clauses import HEAD, QUOTATION, binds, has_verb
from canbo.models.guards import capitalized
from canbo.models.rewriting.speakers import institution_of, names_of_speaker
from canbo.models.rewriting.statement import (
    body_of,
    inside_a_sentence,
    is_clause,
    is_institution,
    points_elsewhere,
    tells_of_speech,
)
from canbo.models.rewriting.vocabulary import NAME, SAYS, TIME

__all__ = ["retold_attributions"]

_LONGEST_BEFORE = 45  # words of a clause behind which one may still say whose it is
_SAYS = re.compile(rf",? (?P<verb>{SAYS})(?: thêm)?,? (?:rằng |là )?")
_DOCUMENT = re.compile(
    r"(?P<paper>(?:(?:Cuộc )?[Kk]hảo sát|Báo cáo|Nghiên cứu|Thống kê|Số liệu|Đơn kiện|Công văn|"
    r"Văn bản|Thông báo|Thông cáo|Kết luận|Cáo trạng|Biên bản|Bản án)(?!\w)[^,:;()]{0,70}?) "
    r"(?:cho thấy|cho biết|nêu rõ|nêu|ghi rõ|chỉ ra),? (?:rằng )?(?P<clause>.+)\Z"
)
_RELAYED = re.compile(
    rf"(?:(?:[Tt]ờ|[Bb]áo|[Hh]ãng(?: tin| thông tấn)?|[Đđ]ài|[Tt]rang) )?{NAME}(?: {TIME})? dẫn "
    r"(?:lời|tuyên bố của|thông báo (?:từ|của)) (?P<speaker>[^,;:()]+?),? "
    r"(?:cho biết|cho hay|nói),? (?:rằng )?(?P<clause>.+)\Z"
)
_RELAYED_BY = re.compile(rf"{NAME} dẫn (?:lời|tuyên bố của|thông báo (?:từ|của)) (?P<speaker>.+)\Z")
_NO_PAPER = re.compile(r"(?<!\w)(?:này|đó|ấy|trên|đã|sẽ|là|bị|được)(?!\w)")
_FIRST_PERSON = re.compile(r"(?<!\w)(?:tôi|chúng ta)(?!\w)", re.IGNORECASE)
# Of the day that falls away with what was said then, or of the time of speaking.
_RELATIVE = re.compile(
    r"(?<!\w)(?:cùng ngày|hôm trước|hôm sau|trước đó|vừa qua|hôm qua|(?:sáng|trưa|chiều|tối|đêm|"
    r"hôm|ngày) nay)(?!\w)"
)
# "chưa cho biết", "lời khẳng định": nothing is told, or it is no verb.
_NOT_TOLD = re.compile(
    r"(?<!\w)(?:không|chưa|được|để|phải|có thể|đã|sẽ|mà|người|muốn|bị|việc|nên|cần|và|khi|từng|lời|"
    r"một)\Z"
)
# When and to whom it was said; what was asked is not part of the answer.
_OCCASION = re.compile(
    r"(?:trong (?:đơn|bài|văn bản|thư|thông báo|thông cáo|cuộc|buổi|báo cáo|tuyên bố|công văn|bức)|"
    r"trao đổi|phát biểu|trả lời|chia sẻ với|nói với|thông tin với|làm việc với|tại (?:buổi|cuộc|"
    r"hội nghị|hội thảo|phiên|kỳ họp|lễ)|lý giải|giải thích)(?!\w)[^,;:]*, ",
    re.IGNORECASE,
)
_TOPIC = re.compile(r"(?:liên quan|về) ", re.IGNORECASE)
# "Ông An nói B và cam kết C": the vow is his.
_AND_HIS = re.compile(
    r" và (?:cam kết|mong|hứa|kêu gọi|đề nghị|hy vọng|bày tỏ|yêu cầu|cảm ơn|sẽ|đề xuất)(?!\w)"
)
_ABOUT = re.compile(r"(?:về|với|trên|trong|từ)(?!\w)")
_ITSELF = re.compile(
    r"(?:(?:đơn vị|cơ quan|họ|công ty|hãng|trường|nhà trường|bệnh viện|ngân hàng|tập đoàn|bộ|sở|"
    r"cục|ban|viện|uỷ ban|ủy ban|toà|tòa|hội|trung tâm)(?: này)? )",
    re.IGNORECASE,
)
_OWN_DEED = re.compile(
    rf"{_ITSELF.pattern}?(?P<deed>(?:đã|đang|vừa|sẽ|mới|tiếp tục|không|chưa) .+)\Z", re.IGNORECASE
)
_LEAST_DEED = 7  # words
_ACCORDING = re.compile(r"(?:Cũng t|T)heo (?P<name>[^,]+(?:, [^,]+)?), (?P<clause>.+)\Z")
_ADVERBIAL_PART = re.compile(
    r"(?:từ|đến|tại|ở|trong|trên|hiện|vào|ngày|sáng|trưa|chiều|tối|đêm|lúc|khoảng|năm|tháng|nếu|do|"
    r"sau|trước|với|để|\d)",
    re.IGNORECASE,
)
_LATE = re.compile(
    rf", (?:theo (?P<source>[^,]+)|(?P<speaker>[^,]+?) {SAYS}(?: (?:vào )?{TIME})?)\Z"
)
_QUOTED = (
    re.compile(
        r"[\"“](?P<clause>[^\"“”]+?)[,.]?[\"”]\s?[,\-–]\s?(?P<name>[^,]+(?:, [^,]+,?)?)"
        rf" {SAYS}(?: {TIME})?\Z"
    ),
    re.compile(
        rf"(?P<name>[^,:]+(?:, [^,:]+,?)?) {SAYS}(?: rằng)?: [\"“](?P<clause>[^\"“”]+?)\.?[\"”]\Z"
    ),
)
_TALK = re.compile(
    r"[.!?…]|(?<!\w)(?:bạn|các em|quý|à|ạ|nhé|đấy|thôi|đâu|hãy|xin|chả|rồi|quá|ông ấy|bà ấy)(?!\w)",
    re.IGNORECASE,
)


def retold_attributions(sentence: str) -> Iterator[str]:
    """Yield the sentence with its attribution told in other words, or in another place."""
    body = body_of(sentence)
    if body is None:
        return
    yield from _named_at_the_end(body)
    if QUOTATION.search(body):
        yield from _unquoted(body)
        return
    yield from _said_by(body)
    yield from _written_in(body)
    yield from _moved_behind(body)
    yield from _moved_before(body)


def _said_by(body: str) -> Iterator[str]:
    """From "A cho biết B" to "Theo A, B", to "B, theo A", and to what A does."""
    rest = body
    while head := HEAD.match(rest) or _OCCASION.match(rest):
        if _TOPIC.match(rest) or (binds(head.group()) and not _OCCASION.match(rest)):
            return
        rest = rest[head.end() :]
    if rest != body and _RELATIVE.search(rest):
        return
    told = _SAYS.search(rest)
    if told is None:
        return
    speaker, clause = rest[: told.start()], rest[told.end() :]
    is_talk = told["verb"] in ("nói", "chia sẻ") and _ABOUT.match(clause)
    if _NOT_TOLD.search(speaker) or tells_of_speech(f"{speaker} . {clause}") or is_talk:
        return
    if _AND_HIS.search(clause):
        return
    names = names_of_speaker(speaker)
    of_itself = bool(names) and is_institution(names[0]) and _ITSELF.match(clause)
    if names and is_clause(clause) and not of_itself:
        # "đơn vị này đã ...": what it is, the office says.
        for name in names[:1] if _ITSELF.match(clause) else names:
            yield f"Theo {name}, {clause}."
            if not points_elsewhere(clause) and len(clause.split()) <= _LONGEST_BEFORE:
                yield f"{capitalized(clause)}, theo {name}."
    deed, institution = _OWN_DEED.match(clause), institution_of(speaker)
    if (
        deed
        and institution
        and told["verb"] in ("cho biết", "cho hay")
        and len(deed["deed"].split()) >= _LEAST_DEED
    ):
        yield f"{institution} {deed['deed']}."


def _written_in(body: str) -> Iterator[str]:
    """From "Báo cáo A cho thấy B" to "Theo báo cáo A, B"; of relayed words to whose they are."""
    paper = _DOCUMENT.match(body)
    if paper and is_clause(paper["clause"]) and not tells_of_speech(paper["clause"]):
        source = paper["paper"].removesuffix(" cũng")
        if not _NO_PAPER.search(source):
            yield f"Theo {source[0].lower()}{source[1:]}, {paper['clause']}."
    relayed = _RELAYED.match(body)
    if relayed and is_clause(relayed["clause"]) and not tells_of_speech(relayed["clause"]):
        for name in names_of_speaker(relayed["speaker"]):
            yield f"Theo {name}, {relayed['clause']}."


def _named_at_the_end(body: str) -> Iterator[str]:
    """From "B, A đưa tin" to "B, theo A"."""
    told = _LATE.search(body)
    if told is None or not told["speaker"] or body.startswith("Theo "):
        return
    clause = body[: told.start()]
    if _FIRST_PERSON.search(clause) or tells_of_speech(clause.rsplit(",", 1)[-1]):
        return
    relayed = _RELAYED_BY.match(told["speaker"])
    for name in names_of_speaker(relayed["speaker"] if relayed else told["speaker"]):
        yield f"{clause}, theo {name}."


def _moved_behind(body: str) -> Iterator[str]:
    """From "Theo A, B" to "B, theo A"."""
    told = _ACCORDING.match(body)
    if told is None:
        return
    name, clause = told["name"], told["clause"]
    names = names_of_speaker(name)
    if not names and ", " in name:
        name, more = name.split(", ", 1)
        if not has_verb(f"x {more}") and not _ADVERBIAL_PART.match(more):
            return
        names, clause = names_of_speaker(name), f"{more}, {clause}"
    if names and _can_go_first(clause):
        for one in names:
            yield f"{capitalized(clause)}, theo {one}."


def _can_go_first(clause: str) -> bool:
    return (
        is_clause(clause)
        and not tells_of_speech(clause)
        and not points_elsewhere(clause)
        and len(clause.split()) <= _LONGEST_BEFORE
    )


def _moved_before(body: str) -> Iterator[str]:
    """From "B, A đưa tin" to "Theo A, B"."""
    told = _LATE.search(body)
    if told is None or HEAD.match(body) or body.startswith("Theo "):
        return
    names = names_of_speaker(told["source"] or told["speaker"])
    yield from _with_source(body[: told.start()], names)


def _unquoted(body: str) -> Iterator[str]:
    """From one quoted sentence and who says it to "Theo A, B"."""
    for form in _QUOTED:
        told = form.match(body)
        if told and not _TALK.search(told["clause"]):
            yield from _with_source(told["clause"].strip(), names_of_speaker(told["name"]))


def _with_source(clause: str, names: list[str]) -> Iterator[str]:
    inside = inside_a_sentence(clause) if clause else None
    if inside and is_clause(clause) and not tells_of_speech(clause):
        for name in names:
            yield f"Theo {name}, {inside}."
