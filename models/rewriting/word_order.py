"""The same clause in another order, with fewer function words.

"Sáng 5/3, tỉnh An Hà đã khánh thành cầu" is "Tỉnh An Hà sáng 5/3 khánh thành cầu"; "Do mưa lớn"
goes behind what it explains; who was arrested goes before who arrests. Each rule gives up where the
sentence holds anything that could change sides on the way.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from canbo.models.clauses import HEAD, NOUNS, QUOTATION, VERBS, begins_with_subject, has_verb
from canbo.models.guards import capitalized
from canbo.models.rewriting.statement import (
    body_of,
    inside_a_sentence,
    points_elsewhere,
    tells_of_speech,
)
from canbo.models.rewriting.vocabulary import HONORIFIC, INSTITUTION, NAME, PERIOD, TIME
from canbo.models.segmentation import Segmenter

__all__ = ["reordered"]

_LONGEST_SUBJECT = 12  # words
_DATE_INSIDE = re.compile(
    rf"(?P<subject>[^,;:()\"“]+?) (?P<time>{TIME}|{PERIOD}) (?P<done>đã |vừa )?"
    r"(?P<predicate>\w+ .+)\Z"
)
_TIME_FIRST = re.compile(
    rf"(?:(?P<day>{TIME})|(?P<period>{PERIOD})), (?:(?P<place>tại [^,;:()]+), )?(?P<rest>.+)\Z"
)
# Syllables that open a verb phrase, but after a name as often something else.
_DOUBTFUL = frozenset(
    "công sáng đầu theo thành học từ thống chủ thi sinh sản sử tập đến tới là có không chưa đang "
    "sẽ cần phải vẫn về ra vào lên cấp diễn xảy".split()
)
_SURE = frozenset(
    (
        "công bố",
        "công nhận",
        "thành lập",
        "thống nhất",
        "chủ trì",
        "sử dụng",
        "sản xuất",
        "tập huấn",
    )
)
_DONE = frozenset({"đã", "vừa"})
_TENSES = _DONE | {"đang", "sẽ"}
_LINKS = frozenset("do vì tại ở từ theo để mà khi sau trước thì nhưng là gồm hay hoặc".split())
_NO_SUBJECT = re.compile(
    r"(?:tại|ở|trên|trong|theo|khi|sau|trước|để|nhằm|trao đổi|phát biểu|trả lời|nhận|liên quan|với|"
    r"hàng|nhiều|một số|các|những|do|tin|thông tin|nguồn|đoạn|kết quả|bên|hơn|khoảng|có)(?!\w)",
    re.IGNORECASE,
)
_ADVERB_LAST = re.compile(
    r"(?<!\w)(?:không|chưa|cũng|vẫn|còn|lại|đều|chính thức|mới|tiếp tục|sẽ|cần|phải|họ|người dân|"
    r"nhiều|hàng|bị|được)\Z"
)
_NOT_BEFORE_A_PLACE = re.compile(
    r",|(?<!\w)(?:tại|ở|cho biết|khẳng định|rằng|để|nhằm|khi|sau|do|vì)(?!\w)"
)
_LONGEST_BEFORE_A_PLACE = 20  # words

_SUBORDINATE = re.compile(
    r"(?P<link>Do|Vì|Nếu|Để|Nhằm|Sau khi|Nhờ|Trước khi|Khi|Sau (?=\d|nhiều|hai|ba|gần|hơn))"
    r" ?(?P<clause>[^,;:]+?)(?:, (?:nên )?| nên )(?P<main>[^;:]+)\Z"
)
_NESTED = re.compile(
    r",|(?<!\w)(?:để|nhằm|khi|do|vì|nếu|sau|trước|bởi|thì|nên|đề nghị|yêu cầu|kiến nghị|và|nhưng|"
    r"mà|mới|vẫn|cũng|lại|còn)(?!\w)"
)
# Behind the main clause they would seem to be said of its last noun.
_WITH_SUBJECT = frozenset({"Khi", "Nếu", "Trước khi"})
_CAUSE = re.compile(r"(?<!\w)(?:do|vì|để|khi|nếu)(?!\w)")
_LONGEST_CLAUSE, _LEAST_MAIN, _LONGEST_MAIN = 14, 6, 24  # words

_DEED = (
    r"(?P<deed>bắt giữ|bắt tạm giam|bắt quả tang|tạm giữ hình sự|tạm giữ|khởi tố|truy tố|"
    r"tuyên phạt|xử phạt|triệu tập|khai trừ|kỷ luật|bổ nhiệm|điều động|cách chức|"
    r"(?:tạm )?đình chỉ công tác)"
)
_WELCOME = frozenset({"bổ nhiệm", "điều động"})
_DONE_TO = re.compile(
    rf"(?P<agent>{INSTITUTION}[^,;:()]*?) (?P<aspect>đã|đang|vừa)"
    rf"(?: (?:ra quyết định|có quyết định|tiến hành|thực hiện lệnh|ra lệnh))? {_DEED}(?: đối với)?"
    rf" (?P<person>(?:(?:{HONORIFIC}|đối tượng|nghi phạm|bị can|bị cáo|nghi can) )?{NAME}"
    r"(?: \([^()]*\))?)(?P<rest> (?:về|để|do|vì|khi|vào|làm|giữ)(?!\w).*)?\Z"
)
_NOT_OF_AN_AGENT = re.compile(r"(?<!\w)(?:đã|đang|là|phối hợp|cho biết|theo)(?!\w)")
_LONGEST_AGENT = 12  # words

_NOT_ONLY = re.compile(
    r" không (?:chỉ|những) (?P<first>(?P<verb>\w+)[^,]{1,60}?),? mà còn (?P<second>(?P<other>\w+)"
    r"[^,]+)\Z"
)
_ALTHOUGH = re.compile(
    r"(?:Tuy|Mặc dù|Dù|Mặc dầu) (?P<clause>[^,]+),? (?:nhưng|song) (?P<main>.+)\Z"
)
_MEANWHILE = re.compile(r", đồng thời (?=(?P<verb>\w+))")


def reordered(sentence: str, segmenter: Segmenter) -> Iterator[str]:
    """Yield the sentence in every order that the rules know.

    Args:
        sentence: with its end mark.
        segmenter: tells a verb from a syllable of a name ("Sở Giao thông").
    """
    body = body_of(sentence)
    if body is None:
        return
    yield from _time_inside(body, segmenter)
    yield from _date_first(body)
    if QUOTATION.search(body):
        return
    yield from _subordinate_last(body)
    yield from _person_first(body)
    yield from _plain_links(body)


def _time_inside(body: str, segmenter: Segmenter) -> Iterator[str]:
    """From "Ngày 5/3, A đã làm B" to "A ngày 5/3 làm B"; a place goes to the end."""
    found = _TIME_FIRST.match(body)
    parts = (
        _subject_and_predicate(found["rest"], segmenter, keep=bool(found["period"]))
        if found
        else None
    )
    if found is None or parts is None:
        return
    subject, predicate = parts
    time, place = found["day"] or found["period"], found["place"]
    inside = time[0].lower() + time[1:]
    if not place:
        yield f"{capitalized(subject)} {inside} {predicate}."
    elif (
        len(predicate.split()) <= _LONGEST_BEFORE_A_PLACE
        and not _NOT_BEFORE_A_PLACE.search(predicate)
        and not QUOTATION.search(predicate)
    ):
        yield f"{capitalized(subject)} {inside} {predicate} {place}."


def _date_first(body: str) -> Iterator[str]:
    """From "A hôm 5/3 đã làm B" to "Ngày 5/3, A làm B"."""
    found = _DATE_INSIDE.match(body)
    if found is None or HEAD.match(body) or _TIME_FIRST.match(body):
        return
    subject = inside_a_sentence(found["subject"])
    if (
        subject
        and len(subject.split()) <= _LONGEST_SUBJECT
        and not _NO_SUBJECT.match(subject)
        and not re.search(r"\d(?:h|g)", subject)
        and not _ADVERB_LAST.search(subject)
        and not any(word in VERBS or word in _LINKS for word in subject.split()[1:])
        and _opens_with_verb(found["predicate"])
    ):
        time = re.sub(r"\Ahôm (?=\d)", "ngày ", found["time"])
        yield f"{capitalized(time)}, {subject} {found['predicate']}."


def _subject_and_predicate(
    clause: str, segmenter: Segmenter, *, keep: bool
) -> tuple[str, str] | None:
    """A subject, and a predicate that begins with a verb, or with its tense.

    Without a tense the subject must end with a name or a number. What says that it is done falls
    away unless it is to be kept.
    """
    if _NO_SUBJECT.match(clause) or not (clause[0].isupper() or NOUNS.match(clause)):
        return None
    (words,) = segmenter.segment([clause])
    for (_, end), (start, stop) in pairwise(words):
        word = clause[start:stop]
        subject, last = clause[:end], clause[:end].split()[-1]
        if not word[0].isalnum() or word in _LINKS or len(subject.split()) > _LONGEST_SUBJECT:
            return None
        first = word.split()[0]
        if not word.islower() or (first not in VERBS and first not in _DONE):
            continue
        verb = clause[stop:].lstrip() if word in _TENSES else clause[start:]
        is_sure = word in _TENSES or last[0].isupper()
        if not is_sure or not _opens_with_verb(verb) or _ADVERB_LAST.search(subject):
            return None
        predicate = verb if word in _DONE and not keep else clause[start:]
        return None if QUOTATION.search(subject) else (subject, predicate)
    return None


def _opens_with_verb(predicate: str) -> bool:
    words = predicate.split()
    if not words or words[0] not in VERBS:
        return False
    return words[0] not in _DOUBTFUL or " ".join(words[:2]) in _SURE


def _subordinate_last(body: str) -> Iterator[str]:
    """From "Do A, B" to "B do A"."""
    found = _SUBORDINATE.match(body)
    if found is None:
        return
    clause, main = found["clause"], found["main"]
    if (
        len(clause.split()) <= _LONGEST_CLAUSE
        and _LEAST_MAIN <= len(main.split()) <= _LONGEST_MAIN
        and not _NESTED.search(main)
        and not _CAUSE.search(clause)
        and (found["link"] not in _WITH_SUBJECT or begins_with_subject(clause))
        and not tells_of_speech(clause)
        and not tells_of_speech(main)
        and not points_elsewhere(main)
        and begins_with_subject(main)
        and has_verb(main)
    ):
        yield f"{capitalized(main)} {found['link'].strip().lower()} {clause}."


def _person_first(body: str) -> Iterator[str]:
    """From "Công an A đã bắt giữ B" to "B đã bị Công an A bắt giữ"."""
    rest = body
    while head := HEAD.match(rest):
        if not (head["day"] or head["link"]):
            return
        rest = rest[head.end() :]
    found = _DONE_TO.match(rest)
    if found is None:
        return
    agent, deed = found["agent"], found["deed"]
    if len(agent.split()) > _LONGEST_AGENT or _NOT_OF_AN_AGENT.search(agent):
        return
    voice = "được" if deed in _WELCOME else "bị"
    told = f"{found['person']} {found['aspect']} {voice} {agent} {deed}{found['rest'] or ''}."
    yield body[: len(body) - len(rest)] + told if rest != body else capitalized(told)


def _plain_links(body: str) -> Iterator[str]:
    """Pairs of links in fewer words: "vừa A vừa B", "Dù A, B", "A và B"."""
    both = _NOT_ONLY.search(body)
    if both and both["verb"] in VERBS and both["other"] in VERBS:
        yield f"{body[: both.start()]} vừa {both['first']} vừa {both['second']}."
    though = _ALTHOUGH.match(body)
    if though and begins_with_subject(though["main"]):
        yield f"Dù {though['clause']}, {though['main']}."
    also = _MEANWHILE.search(body)
    if also and also["verb"] in VERBS and body.count("đồng thời") == 1:
        before = body[: also.start()]
        inner = tells_of_speech(before) or re.search(r"(?<!\w)(?:nếu|đánh giá|để)(?!\w)", before)
        if " và " not in before.rsplit(",", 1)[-1] and not inner:
            yield f"{before} và {body[also.end() :]}."
