"""Texts with one fact made wrong, and texts with the same facts in another form.

Both are made from texts whose facts stand in the article, by patterns of their own: nothing here
asks the detector that is measured with them what a fact is.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

__all__ = ["Change", "corruptions", "names_of", "rewordings", "spell"]

_Edit = tuple[int, int, str]  # the text from start to end becomes this

_NUMBER = re.compile(r"(?<![\w.,/-])\d+(?:[.,]\d+)*(?![\w/]|-\d|[.,]\d|\s*%|\s*[-–]\s*\d)")
_PERCENT = re.compile(r"(?<![\w.,/-])(\d+(?:,\d+)?)\s?(?:%|phần trăm)")
_YEAR = re.compile(r"(?<=năm )(?:19|20)\d\d(?![\w/-])")
_RANGE = re.compile(r"(?<![\w/.-])((?:19|20)\d\d)\s?[-–]\s?((?:19|20)\d\d)(?![\w/-])")
_FULL_DATE = re.compile(r"(?<![\w/.-])(\d{1,2})([/-])(\d{1,2})\2((?:19|20)\d\d)(?![\w/-])")
_DAY = re.compile(r"(?<=ngày )(\d{1,2})([/-])(\d{1,2})(?![\w/-])")
_MONTH = re.compile(r"(?<=[Tt]háng )(\d{1,2})([/-])((?:19|20)\d\d)(?![\w/-])")
_DOCUMENT = re.compile(r"(?<![\w/])(\d+)-(NQ|QĐ|CT|KL|HD|KH|ĐA)/(TW|TU|HU|ThU)")
_CAPITALS = "".join(filter(str.isupper, map(chr, (*range(0x41, 0x1B1), *range(0x1EA0, 0x1EFA)))))
_SYLLABLE = rf"[{_CAPITALS}][^\W\d_]*"
_NAME = rf"{_SYLLABLE}(?: {_SYLLABLE}){{1,3}}"
_TITLE = r"(?:ông|bà|anh|chị|thầy|cô|đồng chí|Ông|Bà|Anh|Chị|Thầy|Cô|Đồng chí)"
_PERSON = re.compile(rf"\b({_TITLE}) ({_NAME})(?![^\W\d_]| {_SYLLABLE})")
_LEVEL = r"(?:xã|huyện|tỉnh|phường|thị trấn|thị xã|thành phố|Xã|Huyện|Tỉnh|Phường)"
_PLACE = re.compile(rf"\b({_LEVEL}) ({_NAME})(?![^\W\d_]| {_SYLLABLE})")
_COUNTED = re.compile(
    r"(?<![\w.,/-])\d+(?:[.,]\d+)* (cán bộ|đảng viên|đồng chí|người|xã|huyện|chi bộ|hộ|km|ha|triệu|"
    r"tỷ|tháng|ngày|phường|thôn)\b(?! ủy)"
)
_OTHER_UNIT = {
    "cán bộ": "xã",
    "đảng viên": "chi bộ",
    "đồng chí": "tháng",
    "người": "hộ",
    "xã": "huyện",
    "huyện": "xã",
    "chi bộ": "đảng viên",
    "hộ": "xã",
    "km": "ha",
    "ha": "km",
    "triệu": "tỷ",
    "tỷ": "triệu",
    "tháng": "năm",
    "ngày": "tháng",
    "phường": "huyện",
    "thôn": "huyện",
}
_OTHER_LEVEL = {
    "xã": "huyện",
    "huyện": "xã",
    "tỉnh": "huyện",
    "phường": "huyện",
    "thị trấn": "xã",
    "thị xã": "xã",
    "thành phố": "xã",
}
_OFFICES = (
    "Ban Tổ chức",
    "Ban Tuyên giáo",
    "Ban Dân vận",
    "Ban Nội chính",
    "Ủy ban Kiểm tra",
    "Sở Nội vụ",
    "Sở Tư pháp",
    "Sở Tài chính",
    "Sở Y tế",
)
_COMMITTEES = ("Tỉnh ủy", "Huyện ủy", "Thành ủy", "Thị ủy")
_OPENING = re.compile(
    rf"(?:^|(?<=[.!?] ))(?:{_TITLE}|{_LEVEL}|{'|'.join(_COMMITTEES)}|Đảng ủy|Đảng bộ|Chi bộ|"
    r"Ban Thường vụ|Ban Tổ chức|Ban Chấp hành|Ủy ban nhân dân|Ủy ban|Hội nghị|UBND|BTV|HĐND)"
    rf"(?: {_NAME})?(?![^\W\d_])"
)
_ONE_WORD_NAMES = (
    *("Obama", "Putin", "Merkel", "Ronaldo", "Google", "Campuchia", "Philippines", "Paris"),
    *("Huế", "Vinh", "Nga", "Mỹ", "Pháp", "Nhật", "Lào", "Úc"),
)
_TWO_LETTERS = "BQ CK GL HM KP LV MQ NK PG TB TQ DC SC QT TK".split()
_ABBREVIATED = re.compile(
    rf"\b(?:{'|'.join((*_OFFICES, *_COMMITTEES))}|Ban Thường vụ|Hội đồng nhân dân|UBND|BTV|HĐND)\b"
)
# Nouns of one group may stand for each other; the first stands in the place of others.
_COUNTABLE = (
    ("người", "cán bộ", "đảng viên", "đồng chí", "học viên", "đại biểu", "hội viên", "học sinh"),
    ("dự án", "công trình", "hạng mục", "tuyến đường"),
    ("vụ án", "vụ việc", "vụ", "lần", "cuộc", "đợt", "buổi", "hội nghị"),
    ("doanh nghiệp", "công ty", "hợp tác xã"),
    ("văn bản", "nghị quyết", "hồ sơ", "đơn thư", "ý kiến", "bài viết", "phiếu"),
    ("mô hình",),
    ("chỉ tiêu", "tiêu chí", "nhiệm vụ", "nội dung", "chuyên đề"),
    ("bệnh viện", "phòng học", "điểm trường", "trường"),
    ("tỉnh", "xã", "huyện", "phường", "thôn", "bản"),
    ("giải thưởng", "giải", "suất quà"),
    ("cây", "gốc cây"),
    ("chi bộ", "đảng bộ", "tổ chức đảng"),
    ("hộ", "gia đình"),
)
_GROUP_OF = {noun: group for group in _COUNTABLE for noun in group}
_DIRECTION = re.compile(
    r"\b(tăng|giảm)(?= (?:(?:thêm|lên|xuống|gần|hơn|khoảng|còn|từ|được) )*\d+(?:[.,]\d+)*)"
)
_WITH_NAME = frozenset({"place: level", "person: ông for bà", "rise for fall"})
_AFTER = re.compile(rf" {_NAME}| (?:[a-zà-ỹ]+ )*?\d+(?:[.,]\d+)*%?")
_TOKEN_END = re.compile(r"[\s,;:.)]|$")
_PLAIN_WORD = re.compile(r"[^\W_]+(?:[.,/-][^\W_]+)*|%")
_ONES = ("", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")
_LONG_FORMS = {
    "UBND": "ủy ban nhân dân",
    "HĐND": "hội đồng nhân dân",
    "BTV": "ban thường vụ",
    "LLCT": "lý luận chính trị",
    "THPT": "trung học phổ thông",
    "MTTQ": "mặt trận Tổ quốc",
    "TP": "thành phố",
}
_TONES = {"hòa": "hoà", "hóa": "hoá", "tòa": "toà", "Hòa": "Hoà", "Hóa": "Hoá", "ủy": "uỷ"}
_TONES |= {"Ủy": "Uỷ", "khóa": "khoá", "thỏa": "thoả", "xóa": "xoá", "thủy": "thuỷ", "Thủy": "Thuỷ"}


@dataclass(frozen=True)
class Change:
    """A text with one change.

    Attributes:
        kind: which fact was changed, and how.
        text: the changed text.
        start: where the changed part starts in it.
        end: where it ends.
        original: the part as it was.
    """

    kind: str
    text: str
    start: int
    end: int
    original: str


def names_of(text: str) -> tuple[set[str], set[str]]:
    """The names of people and of places in a text, as they stand behind a title or a level."""
    people = {match.group(2) for match in _PERSON.finditer(text)}
    people = {name for name in people if name.split()[0] not in {"Phó", "Bí", "Chủ", "Trưởng"}}
    return people, {match.group(2) for match in _PLACE.finditer(text)}


def corruptions(
    text: str, source: str, people: Sequence[str], places: Sequence[str], rng: random.Random
) -> Iterator[Change]:
    """Make facts of a text wrong, one at a time.

    Only a fact that stands in the source is changed, and only to what does not stand there.

    Args:
        text: an abstract.
        source: its article.
        people: names of other articles.
        places: likewise.
        rng: chooses digits, syllables and names.
    """
    edits: dict[str, Iterator[_Edit]] = {
        "number": _other_numbers(text, rng),
        "number in words": _other_words(text),
        "percentage": _changed_digits(_PERCENT, text, rng),
        "year": (
            (*m.span(), str(int(m.group()) + rng.choice((-7, -3, -1, 1, 2, 4))))
            for m in _YEAR.finditer(text)
        ),
        "range of years": _other_ranges(text, rng),
        "date": _other_dates(text, rng),
        "document": _other_documents(text, rng),
        "unit": _other_units(text),
        "noun": _other_nouns(text, rng),
        "name that opens": _other_edits(_OPENING, text, _ONE_WORD_NAMES, rng),
        "two letters": _other_edits(_ABBREVIATED, text, _TWO_LETTERS, rng),
        "person: another": _other_names(_PERSON, text, people, rng),
        "person: a syllable": _other_syllables(_PERSON, text, people, rng),
        "person: ông for bà": _other_titles(text),
        "place: another": _other_names(_PLACE, text, places, rng),
        "place: a syllable": _other_syllables(_PLACE, text, places, rng),
        "place: level": _other_levels(text),
        "organisation": _other_offices(text, rng),
        "rise for fall": (
            (*m.span(), "giảm" if m.group() == "tăng" else "tăng")
            for m in _DIRECTION.finditer(text)
        ),
    }
    known = _plain(source)
    for kind, made in edits.items():
        for start, end, new in made:
            changed = text[:start] + new + text[end:]
            claim = _claim(kind, changed, start, start + len(new))
            forms = [claim, *_number_forms(claim)]
            is_known = _stands(_claim(kind, text, start, end), known)
            if is_known and not any(_stands(form, known) for form in forms):
                yield Change(kind, changed, start, start + len(new), text[start:end])


def rewordings(text: str, source: str) -> Iterator[Change]:
    """Write facts of a text in other forms, which say the same, one at a time.

    Only what stands in the source is reworded.

    Args:
        text: an abstract.
        source: its article.
    """
    known = _plain(source)
    makers: dict[str, Callable[[str], Iterator[_Edit]]] = {
        "date": _date_forms,
        "percent sign": _percent_forms,
        "thousands": _thousand_forms,
        "number in words": _word_forms,
        "range of years": lambda t: (
            (*m.span(), f"{m.group(1)} – {m.group(2)}") for m in _RANGE.finditer(t)
        ),
        "abbreviation": _short_forms,
        "tone mark": lambda t: (
            (*m.span(), _TONES[m.group()]) for m in re.finditer(rf"\b(?:{'|'.join(_TONES)})\b", t)
        ),
        "given name": lambda t: (
            (m.start(2), m.end(2), m.group(2).split()[-1]) for m in _PERSON.finditer(t)
        ),
        "capitals": lambda t: ((*m.span(2), m.group(2).upper()) for m in _PLACE.finditer(t)),
        "counted people": lambda t: (
            (*m.span(1), "người") for m in _NOUN_COUNTED.finditer(t) if _is_person(m.group(1))
        ),
        "unit attached": lambda t: (
            (*m.span(), m.group(1) + m.group(2))
            for m in re.finditer(r"(?<![\w.,/-])(\d+(?:,\d+)?) (km|ha|m|kg)\b", t)
        ),
    }
    for kind, make in makers.items():
        for start, end, new in make(text):
            old = text[start:end]
            if _stands(old, known):
                yield Change(kind, text[:start] + new + text[end:], start, start + len(new), old)


def spell(number: int) -> str:
    """A number from 1 to 99 in words.

    Raises:
        ValueError: the number is another.
    """
    if not 1 <= number <= 99:
        raise ValueError(f"{number}: only 1 to 99 are spelled")
    tens, ones = divmod(number, 10)
    if not tens:
        return _ONES[ones]
    last = {0: "", 1: "một" if tens == 1 else "mốt", 5: "lăm"}.get(ones, _ONES[ones])
    return f"{'mười' if tens == 1 else f'{_ONES[tens]} mươi'} {last}".strip()


def _plain(text: str) -> str:
    return f" {' '.join(_PLAIN_WORD.findall(text.lower()))} "


def _stands(part: str, known: str) -> bool:
    return _plain(part) in known


def _claim(kind: str, text: str, start: int, end: int) -> str:
    """The part that has to be looked up: the changed words with what makes a fact of them."""
    if kind in {"unit", "noun"}:
        start = text.rindex(" ", 0, start - 1) + 1
    elif kind == "date":
        start, end = _token_start(text, start), _TOKEN_END.search(text, end).start()  # type: ignore[union-attr]
    elif kind in _WITH_NAME:
        named = _AFTER.match(text, end)
        end = named.end() if named else end
    return text[start:end]


def _token_start(text: str, start: int) -> int:
    return max(text.rfind(" ", 0, start), text.rfind("\n", 0, start)) + 1


def _number_forms(claim: str) -> list[str]:
    """Other spellings of a plain number."""
    if claim.isdecimal() and 0 < int(claim) < 100:
        return [spell(int(claim))]
    return [claim.replace(".", "")] if claim.replace(".", "").isdecimal() else []


def _digit_changed(number: str, rng: random.Random) -> str:
    places = [i for i, letter in enumerate(number) if letter.isdecimal()]
    place = rng.choice(places)
    others = [d for d in "123456789" if d != number[place]]
    return number[:place] + rng.choice(others) + number[place + 1 :]


def _changed_digits(pattern: re.Pattern[str], text: str, rng: random.Random) -> Iterator[_Edit]:
    for match in pattern.finditer(text):
        group = 1 if pattern.groups else 0
        yield match.start(group), match.end(group), _digit_changed(match.group(group), rng)


def _other_numbers(text: str, rng: random.Random) -> Iterator[_Edit]:
    years = {match.span() for match in _YEAR.finditer(text)}
    for match in _NUMBER.finditer(text):
        if match.span() not in years:
            yield *match.span(), _digit_changed(match.group(), rng)


_SPELLED = sorted(((spell(n), n) for n in range(11, 100)), key=lambda pair: -len(pair[0]))
_WORDS = re.compile(
    rf"(?<!trăm )(?<!nghìn )(?<!triệu )(?<!giờ )\b(?:{'|'.join(word for word, _ in _SPELLED)})\b"
    r"(?! (?:phần|mươi|tư|trăm)\b)"
)


def _other_words(text: str) -> Iterator[_Edit]:
    value = dict(_SPELLED)
    for match in _WORDS.finditer(text):
        number = value[match.group()]
        yield *match.span(), spell(number + 3 if number < 96 else number - 3)


def _other_ranges(text: str, rng: random.Random) -> Iterator[_Edit]:
    for match in _RANGE.finditer(text):
        shift = rng.choice((-5, 5))
        first, second = (int(year) + shift for year in match.groups())
        yield *match.span(), f"{first}-{second}"


def _other_dates(text: str, rng: random.Random) -> Iterator[_Edit]:
    for pattern in (_FULL_DATE, _DAY):
        for match in pattern.finditer(text):
            day = int(match.group(1))
            yield *match.span(1), str(rng.choice([d for d in range(1, 29) if d != day]))
            month = int(match.group(3))
            yield *match.span(3), str(rng.choice([m for m in range(1, 13) if m != month]))
    for match in _MONTH.finditer(text):
        month = int(match.group(1))
        yield *match.span(1), str(rng.choice([m for m in range(1, 13) if m != month]))


def _other_documents(text: str, rng: random.Random) -> Iterator[_Edit]:
    for match in _DOCUMENT.finditer(text):
        number, kind, issuer = match.groups()
        yield *match.span(), f"{int(number) + rng.randint(1, 9)}-{kind}/{issuer}"
        yield *match.span(), f"{number}-{'CT' if kind != 'CT' else 'NQ'}/{issuer}"


def _other_units(text: str) -> Iterator[_Edit]:
    for match in _COUNTED.finditer(text):
        yield *match.span(1), _OTHER_UNIT[match.group(1)]


_NOUN_COUNTED = re.compile(
    rf"(?:(?<![\w.,/-])\d+(?:[.,]\d+)*|\b(?:{'|'.join(word for word, _ in _SPELLED)})) "
    rf"({'|'.join(sorted(_GROUP_OF, key=len, reverse=True))})\b(?! (?:ủy|hội|hợp)\b)"
)


def _other_nouns(text: str, rng: random.Random) -> Iterator[_Edit]:
    for match in _NOUN_COUNTED.finditer(text):
        groups = [group for group in _COUNTABLE if group is not _GROUP_OF[match.group(1)]]
        yield *match.span(1), rng.choice(groups)[0]


def _other_edits(
    pattern: re.Pattern[str], text: str, others: Sequence[str], rng: random.Random
) -> Iterator[_Edit]:
    for match in pattern.finditer(text):
        yield *match.span(), rng.choice(others)


def _other_names(
    pattern: re.Pattern[str], text: str, names: Sequence[str], rng: random.Random
) -> Iterator[_Edit]:
    for match in pattern.finditer(text):
        yield *match.span(2), rng.choice(names)


def _other_syllables(
    pattern: re.Pattern[str], text: str, names: Sequence[str], rng: random.Random
) -> Iterator[_Edit]:
    syllables = [syllable for name in names for syllable in name.split()]
    for match in pattern.finditer(text):
        parts = match.group(2).split()
        place = rng.randrange(len(parts))
        parts[place] = rng.choice([syllable for syllable in syllables if syllable != parts[place]])
        yield *match.span(2), " ".join(parts)


def _other_titles(text: str) -> Iterator[_Edit]:
    other = {"ông": "bà", "bà": "ông", "anh": "chị", "chị": "anh"}
    for match in _PERSON.finditer(text):
        title = match.group(1)
        if title.lower() in other:
            new = other[title.lower()]
            yield *match.span(1), new if title.islower() else new.capitalize()


def _other_levels(text: str) -> Iterator[_Edit]:
    for match in _PLACE.finditer(text):
        level = match.group(1)
        new = _OTHER_LEVEL[level.lower()]
        yield *match.span(1), new if level.islower() else new.capitalize()


def _other_offices(text: str, rng: random.Random) -> Iterator[_Edit]:
    for offices in (_OFFICES, _COMMITTEES):
        for match in re.finditer("|".join(offices), text):
            yield *match.span(), rng.choice([name for name in offices if name != match.group()])


def _date_forms(text: str) -> Iterator[_Edit]:
    for match in _FULL_DATE.finditer(text):
        day, mark, month, year = match.groups()
        spelled = f"{int(day)} tháng {int(month)} năm {year}"
        lead = "" if text[: match.start()].lower().endswith("ngày ") else "ngày "
        yield *match.span(), lead + spelled
        yield *match.span(), "/-".replace(mark, "").join((day, month, year))
        yield *match.span(), f"{day}{mark}{month}"
    for match in _DAY.finditer(text):
        yield *match.span(), f"{int(match.group(1))} tháng {int(match.group(3))}"
    for match in _MONTH.finditer(text):
        yield *match.span(), f"{match.group(1)} năm {match.group(3)}"


def _percent_forms(text: str) -> Iterator[_Edit]:
    for match in _PERCENT.finditer(text):
        sign = " phần trăm" if match.group().endswith("%") else "%"
        yield *match.span(), match.group(1) + sign


def _thousand_forms(text: str) -> Iterator[_Edit]:
    for match in _NUMBER.finditer(text):
        number = match.group()
        if re.fullmatch(r"\d{1,3}\.\d{3}", number):
            yield *match.span(), number.replace(".", "")
    for match in re.finditer(r"(?<![\w.,/-])(\d+),(\d) tỷ\b", text):
        yield *match.span(), f"{match.group(1)}.{match.group(2)}00 triệu"


def _word_forms(text: str) -> Iterator[_Edit]:
    for match in _NUMBER.finditer(text):
        number = match.group()
        is_code = text.startswith("-", match.end())  # 12-NQ/TU
        if number.isdecimal() and 10 < int(number) < 100 and not is_code:
            yield *match.span(), spell(int(number))
    value = dict(_SPELLED)
    for match in _WORDS.finditer(text):
        yield *match.span(), str(value[match.group()])


def _is_person(noun: str) -> bool:
    return noun != "người" and _GROUP_OF[noun][0] == "người"


def _short_forms(text: str) -> Iterator[_Edit]:
    for short, long in _LONG_FORMS.items():
        for match in re.finditer(rf"\b(?:{short}\b|{long})", text, re.IGNORECASE):
            yield *match.span(), long if match.group() == short else short
