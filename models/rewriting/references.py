"""First mentions in full: an abstract that begins with "ông An" says which An, and what he is.

An article introduces who and what it speaks of once and is brief from then on; a sentence taken out
of its middle is left with the brief form. As Nenkova & McKeown, "References to Named Entities: a
Corpus Study" (NAACL 2003), found that editors do and readers like: the first mention in an abstract
takes the full form that the article gives, with the office. It is done only where the article holds
exactly one person, or one unit of that kind, that the brief form can mean.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence

from canbo.data.spelling import is_syllable
from canbo.models.clauses import has_verb, open_quotation
from canbo.models.guards import capitalized
from canbo.models.rewriting.speakers import lowered
from canbo.models.rewriting.vocabulary import HONORIFIC, NAME, NAME_WORD, OFFICE, RANK

__all__ = ["References", "is_self_contained", "names_in"]

_NAME_WORD = re.compile(rf"(?<!\w){NAME_WORD}")
_ROLE = (
    r"(?:[Bb]é|[Ee]m|[Cc]háu|[Bb]ị can|[Bb]ị cáo|[Nn]ghi phạm|[Nn]ghi can|[Đđ]ối tượng|[Tt]ài xế|"
    r"[Nn]ạn nhân|[Bb]ệnh nhân|[Hh]oạ sĩ|[Nn]ghệ sĩ|[Cc]a sĩ|[Dd]iễn viên|[Nn]hà văn|[Nn]hà báo|"
    r"[Hh]uấn luyện viên|HLV|[Tt]hầy|[Cc]ụ|[Bb]ác|[Tt]ướng)"
)
_ADDRESS = rf"(?:{HONORIFIC}|{RANK}|{_ROLE})"
_FULL = rf"{NAME_WORD}(?:[ -]{NAME_WORD}){{1,3}}"
_ADDRESSED = re.compile(rf"(?<!\w)(?P<address>{_ADDRESS}) (?P<name>{_FULL})(?! ?-?{NAME_WORD})")
_AGED = re.compile(
    rf"(?<![\w.] )(?<!\w)(?P<name>{_FULL})(?= \((?:\d+ tuổi|SN|sinh)|, \d+ tuổi|, sinh năm)"
)
_COUNTRIES = (
    "Mỹ|Nga|Anh|Pháp|Đức|Ý|Nhật Bản|Nhật|Hàn Quốc|Triều Tiên|Trung Quốc|Ấn Độ|Thái Lan|Philippines|"
    "Indonesia|Malaysia|Singapore|Campuchia|Lào|Myanmar|Australia|Canada|Ukraine|Syria|Iran|Iraq|"
    "Israel|Thổ Nhĩ Kỳ|Đài Loan|Hong Kong|Ba Lan|Cuba|Venezuela|Brazil|Mexico|Ai Cập|Tây Ban Nha|"
    "Italy|EU|Pakistan|Afghanistan|Việt Nam"
)
_STATESMAN = re.compile(
    rf"(?<!\w)(?P<office>{OFFICE}(?: [a-zđà-ỹ]+| Quốc phòng| Ngoại giao)* (?:{_COUNTRIES}))"
    rf" (?P<name>{_FULL})(?! ?-?{NAME_WORD})"
)
_IN_OFFICE = re.compile(
    rf"(?:{HONORIFIC}|{RANK}) (?P<name>{_FULL})(?:,| [-–]) "
    rf"(?P<office>{OFFICE}[^,;:()\"“”–-]*?)"
    r"(?=,? (?:[-–] )?(?:cho biết|cho hay|cho rằng|khẳng định|nhấn mạnh|nói|đề nghị|yêu cầu|đã|"
    r"đang|vừa|bị|được|ký|chủ trì|phát biểu|nhận định)(?!\w)|\.\s*\Z)"
)
_LONGEST_OFFICE = 11  # words
_MORE_THAN_AN_OFFICE = re.compile(r"(?<!\w)(?:đã|đang|và|là|sẽ|vừa|cùng|bị|được|với|kiêm|cũ)(?!\w)")
_BRIEF = re.compile(
    rf"(?<!\w)(?:(?P<address>{_ADDRESS}) )?(?P<name>{NAME_WORD})(?![\w-])(?! -)(?! {NAME_WORD})"
)
_OF_A_RUN = re.compile(rf"(?:{NAME_WORD}|[-–/&.\d]) ?\Z")
_OFFICE_BEFORE = re.compile(rf"{OFFICE}(?: [a-zđà-ỹ]+| {NAME_WORD}){{0,4}} \Z")
_LEANS = re.compile(
    r"(?<!\w)(?:này|đó|ấy|họ|nó|hắn|chúng|đây|mình|đây là|nói trên|kể trên|nêu trên|hai bên|"
    r"cùng ngày|hôm đó)(?!\w)|\w+ trên(?=[,.]| (?:đã|được|là|bị|sẽ|đang)(?!\w))"
    r"|(?<!\w)(?i:ông|bà|anh|chị|cô|vụ việc|sự việc|nạn nhân|nghi phạm|bức ảnh|bức hình|đoạn video)"
    rf"(?= [a-zđà-ỹ])(?! (?:\w+ ){{0,2}}{NAME_WORD})"
)
_BRIEFLY = re.compile(rf"(?<!\w){_ADDRESS} {NAME_WORD}(?![\w-])(?! {NAME_WORD})(?! -)")
# Of two named alike one would have the full name, the other not.
_IN_A_PAIR = re.compile(rf"(?:{NAME_WORD}|,) và (?:{_ADDRESS} )?{NAME_WORD}")
_NO_NAMES = frozenset(
    "quốc trung công thành bộ hội đại nam bắc đông tây thái anh pháp đức nga mỹ hoa việt nhật hàn "
    "tân cao sở tỉnh chính tổng phó trưởng đảng nhà ban viện ngân thủ".split()
)
_OF_A_FAMILY = re.compile(r"(?:nhà|họ|gia đình|vợ chồng|anh em|chị em)\s\Z")
_WOMEN, _MEN = frozenset({"bà", "chị", "cô"}), frozenset({"ông", "anh"})

_UNITS = {
    "tỉnh": ("tỉnh", ("tỉnh", "tỉnh uỷ", "tỉnh ủy", "tỉnh đoàn")),
    "huyện": ("huyện", ("huyện", "huyện uỷ", "huyện ủy", "huyện đoàn")),
    "thành phố": (
        "thành phố|TP\\.?|thành uỷ|thành ủy",
        ("thành phố", "TP", "thành uỷ", "thành ủy"),
    ),
    "xã": ("xã", ("xã",)),
    "phường": ("phường", ("phường",)),
    "quận": ("quận", ("quận", "quận uỷ", "quận ủy")),
}
_OF_A_UNIT = (
    r"(?:UBND|HĐND|Uỷ ban nhân dân|Ủy ban nhân dân|Công an|Toà án nhân dân|Tòa án nhân dân|TAND|"
    r"VKSND|[Tt]oàn|Ban Thường vụ|Thường trực|Ban Chấp hành|Ban Tổ chức|Uỷ ban Kiểm tra|"
    r"Ủy ban Kiểm tra|[Bb]í thư|[Cc]hủ tịch UBND|[Ll]ãnh đạo)"
)
# "Bí thư Thành uỷ Lê Văn An", "UBND tỉnh Lê Văn An": no place.
_OF_WHOM = re.compile(r"(?i:bí thư|ủy viên|uỷ viên|thường trực) \Z")
_PERSON = re.compile(
    r"(?:Nguyễn|Trần|Lê|Phạm|Hoàng|Huỳnh|Phan|Vũ|Võ|Đặng|Bùi|Đỗ|Ngô|Dương|Lý|Tạ|Đinh|Lâm|Mai|"
    rf"Trịnh|Đào|Trương|Hà|Lương|Tống) {NAME_WORD} {NAME_WORD}.*"
)
_SEVERAL = re.compile(
    r"(?<!\w)(?:các|những|nhiều|mỗi|cấp|hai|ba|bốn|từng|mọi|số|\d+|liên)(?: \w+){0,2}\s\Z",
    re.IGNORECASE,
)


class References:
    """Who and what the brief forms in an article's sentences mean."""

    def __init__(self, sentences: Sequence[str]) -> None:
        """Read an article.

        Args:
            sentences: all of its sentences, in order.
        """
        self._sentences = list(sentences)
        self._text = "\n".join(sentences)
        self._people = _people(sentences)
        self._offices = _offices(self._text)
        self._units = {kind: _units(sentences, forms) for kind, (forms, _) in _UNITS.items()}
        # "Kim Jong-un" is "ông Kim": a first word of a longer name is no sure brief form.
        self._first_words = set(re.findall(rf"(?<!\w)({NAME_WORD})[ -](?={NAME_WORD})", self._text))
        self._small = set(re.findall(r"(?<!\w)[^\W\d_]+(?!\w)", self._text))

    def completed(self, place: int, before: str = "") -> list[str]:
        """Put the full forms into a sentence.

        Args:
            place: index of the sentence.
            before: what stands before it in the abstract; what is named there stays brief.

        Returns:
            The sentence with every brief form that is sure completed: with offices, then with
            names alone; none where there is nothing to complete.
        """
        sentence = self._sentences[place]
        made = [
            self._with_units(
                self._with_people(sentence, place, before, office=office), place, before
            )
            for office in (True, False)
        ]
        return [text for text in dict.fromkeys(made) if text != sentence]

    def _with_people(self, sentence: str, place: int, before: str, *, office: bool) -> str:
        named = f"{before} {sentence}"
        done: set[str] = set()

        def full(found: re.Match[str]) -> str:
            brief, address, stop = found["name"], found["address"], ""
            if found.end() == len(sentence) and len(brief) > 2:
                brief, stop = brief.removesuffix("."), "." * brief.endswith(".")
            candidates = self._people.get(brief, {})
            is_unclear = brief.endswith(".") or brief in done or brief in self._first_words
            if len(candidates) != 1 or is_unclear:
                return found.group()
            ((name, (first, addresses)),) = candidates.items()
            done.add(brief)
            start = sentence[: found.start()]
            if (
                first >= place
                or name in named
                or re.search(rf"(?<!\w){re.escape(brief)}(?!\w)", before)
                or open_quotation(start)
                or _OFFICE_BEFORE.search(start)
                or _IN_A_PAIR.search(sentence[max(0, found.start("name") - 25) : found.end() + 12])
                or not _agree(address, addresses)
                or (address is None and not self._is_brief_name(brief, start))
            ):
                return found.group()
            title = self._offices.get(name) if office else None
            if title and " ".join(title.lower().split()[:2]) in named.lower():
                title = None
            if title and (address is None or re.fullmatch(HONORIFIC, address)):
                whole = f"{title} {name}{stop}"
                return whole if start.strip() else capitalized(whole)
            return f"{address} {name}{stop}" if address else f"{name}{stop}"

        return _BRIEF.sub(full, sentence)

    def _is_brief_name(self, brief: str, start: str) -> bool:
        """A capital word by itself is the name, not a word that opens a sentence, or of a run."""
        is_name = (
            len(brief) > 1
            and brief.lower() not in self._small
            and brief.lower() not in _NO_NAMES
            and not _OF_A_RUN.search(start)
            and not _OF_A_FAMILY.search(start)
        )
        if not is_name or not is_syllable(brief.lower()):
            return is_name
        return not start.strip() and self._stands_inside(brief)

    def _stands_inside(self, brief: str) -> bool:
        """The word stands with its capital inside a sentence, by itself."""
        pattern = rf"(?<=[a-zà-ỹ] ){re.escape(brief)}(?= [a-zà-ỹ]|[,.])"
        return re.search(pattern, self._text) is not None

    def _with_units(self, sentence: str, place: int, before: str) -> str:
        for kind, (_, bare) in _UNITS.items():
            names = self._units[kind]
            if len(names) != 1:
                continue
            ((name, first),) = names.items()
            if first >= place or name in before or name in sentence:
                continue
            sentence = _complete_unit(sentence, bare, name)
        return sentence


def is_self_contained(sentence: str) -> bool:
    """Say whether a sentence names in full whom it speaks of and points at nothing before it."""
    return not _LEANS.search(sentence) and not _BRIEFLY.search(sentence) and has_verb(sentence)


def names_in(text: str) -> set[str]:
    """Words of a text with a capital letter."""
    return set(_NAME_WORD.findall(text))


def _people(sentences: Sequence[str]) -> dict[str, dict[str, tuple[int, frozenset[str]]]]:
    """By brief form: the full names, where each stands first, and how the person is addressed."""
    found: dict[str, dict[str, tuple[int, set[str]]]] = defaultdict(dict)
    for place, sentence in enumerate(sentences):
        for name, address in _full_names(sentence):
            brief = name.split()[-1]
            _, addresses = found[brief].setdefault(name, (place, set()))
            if address:
                addresses.add(address.lower())
    return {
        brief: {name: (first, frozenset(own)) for name, (first, own) in names.items()}
        for brief, names in found.items()
    }


def _full_names(sentence: str) -> Iterator[tuple[str, str | None]]:
    for found in _ADDRESSED.finditer(sentence):
        yield found["name"], found["address"]
    for pattern in (_AGED, _STATESMAN):
        for found in pattern.finditer(sentence):
            yield found["name"], None


def _offices(text: str) -> dict[str, str]:
    """The one office that the article gives each person."""
    found: dict[str, set[str]] = defaultdict(set)
    for pattern in (_IN_OFFICE, _STATESMAN):
        for match in pattern.finditer(text):
            office = match["office"].strip()
            if len(office.split()) <= _LONGEST_OFFICE and not _MORE_THAN_AN_OFFICE.search(office):
                found[match["name"]].add(lowered(office))
    return {name: min(offices) for name, offices in found.items() if len(offices) == 1}


def _agree(address: str | None, addresses: frozenset[str]) -> bool:
    """A woman is not addressed as a man."""
    given = (address or "").lower()
    if given in _WOMEN:
        return not addresses & _MEN
    return given not in _MEN or not addresses & _WOMEN


def _units(sentences: Sequence[str], forms: str) -> dict[str, int]:
    """Names of the units of one kind, and where each stands first."""
    pattern = re.compile(rf"(?<!\w)(?i:{forms}) (?P<name>{NAME})")
    found: dict[str, list[int]] = defaultdict(list)
    for place, sentence in enumerate(sentences):
        for match in pattern.finditer(sentence):
            if not _PERSON.fullmatch(match["name"]) and not _OF_WHOM.search(
                sentence[: match.start()]
            ):
                found[match["name"].rstrip(".")].append(place)
    # Named once it may be where somebody comes from.
    return {
        name: places[0] if len(places) > 1 else len(sentences) for name, places in found.items()
    }


def _complete_unit(sentence: str, bare: Sequence[str], name: str) -> str:
    """Name the first unit of a kind that stands without its name behind an institution."""
    kinds = "|".join(map(re.escape, bare))
    pattern = re.compile(
        rf"(?<!\w)(?:{_OF_A_UNIT} (?:{kinds})|(?i:tỉnh|huyện|thành|quận) [uủ][ỷy])"
        rf"(?! ?{NAME_WORD})(?! ?[\d(])(?!\w)(?! (?:uỷ|ủy|đoàn|viên))"
    )
    for found in pattern.finditer(sentence):
        is_several = _SEVERAL.search(sentence[: found.start()])
        if is_several or open_quotation(sentence[: found.start()]):
            continue
        if found.group().split()[-1].lower() in ("uỷ", "ủy"):
            kind = found.group().split()[-2].lower()
            if not any(form.startswith(kind) for form in bare):
                continue
        if name.isupper() and not found.group().endswith(("TP", "TP.")):  # "TP HCM"
            continue
        return f"{sentence[: found.end()]} {name}{sentence[found.end() :]}"
    return sentence
