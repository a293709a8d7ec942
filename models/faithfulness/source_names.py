"""Which names a source supports: of people, places and organisations, and their abbreviations."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile

from canbo.data.spelling import is_syllable
from canbo.models.faithfulness.fact_words import FactWords, folded, initial, key_at
from canbo.models.faithfulness.number_facts import DOCUMENT_KINDS
from canbo.models.faithfulness.number_words import WORD_DIGITS, roman_value

__all__ = ["PLACES", "SourceNames"]

_HONORIFICS = {
    "ông": "man",
    "anh": "man",
    "chú": "man",
    "bà": "woman",
    "chị": "woman",
    "cô": "woman",
}
_LEVELS = frozenset(
    folded(level)
    for level in (
        "xã",
        "phường",
        "thị trấn",
        "huyện",
        "quận",
        "thị xã",
        "thành phố",
        "tỉnh",
        "thôn",
        "bản",
        "làng",
        "ấp",
        "buôn",
        "đảo",
    )
)
_COMMITTEES = {
    folded(committee): folded(level)
    for committee, level in {
        "tỉnh ủy": "tỉnh",
        "thành ủy": "thành phố",
        "huyện ủy": "huyện",
        "quận ủy": "quận",
        "thị ủy": "thị xã",
        "tỉnh đoàn": "tỉnh",
        "thành đoàn": "thành phố",
        "huyện đoàn": "huyện",
    }.items()
}
# What may stand before a name with a capital letter of its own: anywhere, or opening a sentence.
_TITLES = (
    _LEVELS
    | _HONORIFICS.keys()
    | {"bác", "cụ", "thầy", "em", "cháu", "nguyên", "trưởng", "phó", "tướng", "sông", "núi", "cầu"}
)
_OPENERS = _TITLES | {
    folded(word)
    for word in "theo tại ở từ về với của cùng và nhưng khi sau trước trong ngoài do bởi nhờ để "
    "đến trên dưới giữa gần riêng cả toàn các những nhiều một hai ba bốn sáu bảy tám chín mười hôm "
    "ngày vừa mới hiện nếu dù vì như mỗi mọi cựu vụ nữ thấy nghe biết bị được gặp".split()
}
# Names that begin so go on in small letters: Sở Nội vụ, Bộ Chính trị, Thủ tướng.
_OFFICES = frozenset(map(folded, ("ban", "sở", "bộ", "phòng", "viện", "cục", "trưởng", "hội")))
_HEADS = _OFFICES | {
    folded(word) for word in "ủy trường đảng thủ chủ bí tổng mặt tòa quốc tỉnh huyện".split()
}
# A province may be called like its capital, a district like its township.
_CAPITALS = {
    folded(level): frozenset(map(folded, towns))
    for level, towns in {"tỉnh": ("thành phố", "thị xã"), "huyện": ("thị trấn",)}.items()
}
# Capital letters that name nothing: Đảng, Nhà nước; SN for a year of birth, PV for the reporter.
_COMMON = frozenset({"đảng", "nhà", "trung", "bác", "sn", "pv"})
# Of a foreign spelling and yet words, which any sentence may begin with.
_LOANS = frozenset(
    "album axit axít blog camera clip concert container diva drone email facebooker fan fanpage "
    "fans game gameshow hotgirl infographic internet karaoke laptop live liveshow livestream "
    "logo marathon maraton nick online photo radar robot scandal seagame show showbiz single "
    "smartphone startup status stress série taxi team teaser test tivi top tour trailer vaccine "
    "video virus visa vlog vắcxin web website wifi xêri êkíp ôtô đôla".split()
)
# Places of one syllable, with the words that they begin where they are none. Anh, Ý, Đức, Áo and
# Thái open sentences too often as words of their own.
PLACES = {
    folded(place): frozenset(map(folded, following.split()))
    for place, following in {
        "Huế": "",
        "Lào": "",
        "Nga": "",
        "Úc": "",
        "Bỉ": "ổi bai",
        "Mỹ": "nhân phẩm thuật quan nữ nghệ tục miều mãn lệ học vị",
        "Nhật": "ký báo nguyệt thực trình tụng lệnh",
        "Pháp": "luật lý y nhân lệnh danh chế thoại đình sư trường lực hiệu quyền thuật lam môn",
        "Vinh": "danh dự quang hạnh quy hoa hiển nhục",
    }.items()
}
# What letters of two words usually stand for; two letters stand at chance in any article's words.
_PAIRS_OF_LETTERS = {
    short.lower(): tuple(tuple(map(folded, long.split())) for long in longs.split(", "))
    for short, longs in {
        "BS": "bác sĩ",
        "BT": "bí thư, bộ trưởng",
        "BV": "bệnh viện",
        "CA": "công an",
        "CB": "cán bộ",
        "CC": "công chức",
        "CĐ": "cao đẳng, công đoàn",
        "CP": "chính phủ, cổ phần",
        "CT": "chỉ thị, chủ tịch, chương trình",
        "DN": "doanh nghiệp",
        "ĐB": "đại biểu, đảng bộ",
        "ĐH": "đại học, đại hội",
        "ĐN": "Đà Nẵng",
        "ĐU": "đảng ủy",
        "ĐV": "đảng viên",
        "GĐ": "giám đốc",
        "GS": "giáo sư",
        "GV": "giáo viên, giảng viên",
        "HĐ": "hội đồng, hợp đồng",
        "HN": "Hà Nội",
        "HP": "Hải Phòng",
        "HS": "học sinh",
        "KH": "kế hoạch",
        "KL": "kết luận",
        "KT": "kinh tế, kiểm tra",
        "MC": "dẫn chương trình",
        "NĐ": "nghị định",
        "NN": "nhà nước, nông nghiệp",
        "NS": "nghệ sĩ",
        "QĐ": "quyết định, quân đội",
        "QH": "quốc hội, quy hoạch",
        "QL": "quốc lộ",
        "SV": "sinh viên",
        "TS": "tiến sĩ",
        "TT": "thị trấn, thủ tướng, thông tư",
        "TU": "tỉnh ủy, thành ủy",
        "TV": "truyền hình",
        "UV": "ủy viên",
        "VN": "Việt Nam",
        "VP": "văn phòng",
        "XH": "xã hội",
    }.items()
}
# An abbreviation takes no letter of these, and skips what joins the parts of a long name.
_NO_TERMS = frozenset(
    "của là các những cho với được trong tại ở từ đến để đã sẽ đang bị khi này đó một không có như "
    "vì do theo về trên dưới ra vào thì mà cũng rất nhiều ông bà anh chị".split()
)
_JOINING = frozenset({"và", ",", "-", "–", "&"})
_LEAST_LETTERS = 3
_LETTERS = re.compile(r"[^\W\d_]{2,}")


@dataclass(frozen=True)
class _Name:
    """A run of capitalised words, one that only begins a sentence, or an abbreviation's words.

    Attributes:
        first: index of its first word.
        last: index of its last word.
        opens: whether its first word has a capital for another reason.
        is_short: whether it is an abbreviation, spelled out by `fact_words`.
    """

    first: int
    last: int
    opens: bool
    is_short: bool = False


def _stated_names(words: FactWords) -> Iterator[_Name]:
    """Yield the runs of capitalised words with only space between, and abbreviations.

    Args:
        words: of a text.
    """
    first: int | None = None
    place, count, starts = 0, len(words.keys), words.starts
    while place < count:
        end = place + 1
        while end < count and starts[end] == starts[place]:
            end += 1
        is_name = words.capital[place] and end == place + 1
        if first is not None and not (
            is_name
            and not words.opens[place]
            and _is_acronym(words, place) == _is_acronym(words, place - 1)
        ):
            yield _Name(first, place - 1, words.opens[first])
            first = None
        if end > place + 1:
            yield _Name(place, end - 1, False, is_short=True)
        elif is_name and first is None:
            first = place
        place = end
    if first is not None:
        yield _Name(first, count - 1, words.opens[first])


class SourceNames:
    """The names of a source, for looking up those of a summary."""

    def __init__(self, words: FactWords) -> None:
        """Collect the names.

        Args:
            words: of the source.
        """
        self._words = words
        self._small = {
            key for key, is_capital in zip(words.keys, words.capital, strict=True) if not is_capital
        }
        self._capital: set[str] = set()
        self._short_forms: set[str] = set()
        self._levels: defaultdict[str, set[str]] = defaultdict(set)
        self._honorifics: defaultdict[str, set[str]] = defaultdict(set)
        runs: list[str] = []
        for name in _stated_names(words):
            runs += self._add(words, name)
        self._runs = f" | {' | '.join(runs)} | "
        self._initials: str | None = None

    def unsupported(self, words: FactWords) -> Iterator[tuple[int, int]]:
        """Yield the first and the last word of every name that the source does not hold.

        Args:
            words: of the summary.
        """
        spelled = self._spelled_out(words.keys)
        for name in _stated_names(words):
            if name.last in spelled and name.first in spelled:
                continue
            found = self._wrong_run(words, name)
            if found is None and not name.is_short:
                found = self._wrong_kind(words, name)
            if found is not None:
                yield found
        yield from self._wrong_committees(words)

    def _add(self, words: FactWords, name: _Name) -> list[str]:
        """Take in one run; returns what of it may stand alone."""
        keys = words.keys[name.first : name.last + 1]
        if name.is_short:  # Ban Thường (vụ), as a summary's run has it
            capitals = takewhile(words.capital.__getitem__, range(name.first, name.last + 1))
            return [" ".join(words.keys[place] for place in capitals)]
        if len(keys) == 1:
            if _is_acronym(words, name.first):
                self._short_forms.add(keys[0])
            if not (name.opens and keys[0] in self._small):
                self._capital.add(keys[0])
            self._describe(words, name.first, keys)
            return [keys[0]]
        self._capital.update(keys)
        self._describe(words, name.first, keys)
        # Titles and what only begins a sentence do not belong to the name behind them.
        is_bare = name.opens and (keys[0] in self._small or keys[0] in _OPENERS)
        bare = 1 if is_bare or keys[0] in _TITLES else 0
        if bare:
            self._describe(words, name.first + bare, keys[bare:])
        return [" ".join(keys), *([" ".join(keys[bare:])] if bare else [])]

    def _describe(self, words: FactWords, first: int, keys: Sequence[str]) -> None:
        """Note the level of a place, the honorific of a person."""
        level, honorific = (
            _level_before(words.keys, first),
            _HONORIFICS.get(key_at(words.keys, first - 1)),
        )
        name = " ".join(keys)
        if level:
            self._levels[name].add(level)
        if honorific:
            self._honorifics[name].add(honorific)
            self._honorifics[keys[-1]].add(honorific)

    def _wrong_run(self, words: FactWords, name: _Name) -> tuple[int, int] | None:
        keys = words.keys[name.first : name.last + 1]
        if name.is_short:
            is_held = self._words.hold(keys) or " ".join(keys) in _LEVELS
            is_held = is_held or self._abbreviates(words.surface(name.first, name.last).lower())
        elif len(keys) == 1:
            is_held = self._holds_one(words, name)
        else:
            is_held = self._words.hold(keys) or self._pieced(
                keys, name.opens, key_at(words.keys, name.last + 1)
            )
        if is_held:
            return None
        is_cut = keys[0] in (_HEADS if len(keys) == 1 else _OFFICES)
        goes_on = is_cut and not name.is_short and key_at(words.keys, name.last + 1)[:1].isalpha()
        return name.first, name.last + goes_on

    def _holds_one(self, words: FactWords, name: _Name) -> bool:
        key = words.keys[name.first]
        surface = words.surface(name.first, name.last)
        if _LETTERS.fullmatch(surface) and surface.isupper():
            is_known = key in _COMMON or roman_value(key) is not None or self._words.hold([key])
            # A title has its stop with it only before a name: TS. Lê An, but a lone TS.
            return is_known or self._words.hold([f"{key}."]) or self._abbreviates(key)
        if not surface[0].isalpha() or key in self._capital or key in _COMMON:
            return True
        following = key_at(words.keys, name.last + 1)
        if name.opens:
            return self._may_open(key, following)
        is_number = key in WORD_DIGITS or key == "tư" or roman_value(key) is not None
        if len(key) == 1 or is_number or f"{key} {following}" in DOCUMENT_KINDS:
            return True
        if (key in _OFFICES or key in _LEVELS) and self._words.hold([key]):
            return True
        return bool(following) and self._words.hold([key, following])

    def _may_open(self, key: str, following: str) -> bool:
        """Whether a word with a capital letter may be no name, or is one of the source."""
        if key in PLACES:
            return following in PLACES[key] or self._words.hold([key, following])
        return is_syllable(key) or len(key) == 1 or key in _LOANS or self._words.hold([key])

    def _pieced(self, keys: Sequence[str], opens: bool, following: str) -> bool:
        """Whether a run is names of the source side by side, or a title or opener and a name."""
        for cut in range(1, len(keys)):
            head, rest = keys[:cut], keys[cut:]
            if cut > 1:
                is_head = f" {' '.join(head)} | " in self._runs
            else:
                # Before a whole name any word may open a sentence, before one syllable only some.
                is_opener = head[0] in _OPENERS or head[0] in self._small or len(rest) > 1
                is_word = is_opener and self._may_open(head[0], rest[0])
                is_head = head[0] in _TITLES or (opens and is_word)
            if is_head and (self._begins(rest, following) or self._pieced(rest, False, following)):
                return True
        return False

    def _begins(self, keys: Sequence[str], following: str) -> bool:
        if len(keys) == 1:
            is_office = keys[0] in _HEADS and self._words.hold(keys)
            return is_office or keys[0] in self._capital or self._words.hold([keys[0], following])
        return f" | {' '.join(keys)} " in self._runs

    def _abbreviates(self, key: str) -> bool:
        """Whether letters stand for a term of the source: for its usual words, or, from three
        letters on, for the first letters of words side by side.
        """
        if len(key) < _LEAST_LETTERS:
            return any(map(self._words.hold, _PAIRS_OF_LETTERS.get(key, ())))
        if self._initials is None:
            self._initials = "".join(
                initial(key) if key[0].isalpha() and key not in _NO_TERMS else "|"
                for key in self._words.keys
                if key not in _JOINING
            )
        return "".join(map(initial, key)) in self._initials

    def _spelled_out(self, keys: Sequence[str]) -> set[int]:
        """Indexes of words that an abbreviation of the source stands for."""
        found: set[int] = set()
        if not self._short_forms:
            return found
        letters = "".join(initial(key) for key in keys)
        for short in self._short_forms:
            wanted = "".join(map(initial, short))
            if len(wanted) < _LEAST_LETTERS:
                continue
            start = letters.find(wanted)
            while start >= 0:
                found.update(range(start, start + len(wanted)))
                start = letters.find(wanted, start + 1)
        return found

    def _wrong_kind(self, words: FactWords, name: _Name) -> tuple[int, int] | None:
        """A place of another level, a man called bà."""
        first = name.first
        keys = words.keys[first : name.last + 1]
        has_title = len(keys) > 1 and (keys[0] in _LEVELS or keys[0] in _HONORIFICS)
        if has_title and not _level_before(words.keys, first):
            first, keys = first + 1, keys[1:]
        whole = " ".join(keys)
        level = _level_before(words.keys, first)
        known = self._levels.get(whole)
        if level and known and not known & {level, *_CAPITALS.get(level, ())}:
            return first - len(_before(words.keys, first).split()), name.last
        honorific = _HONORIFICS.get(key_at(words.keys, first - 1))
        called = self._honorifics.get(whole)
        if honorific and called and honorific not in called:
            return first - 1, name.last
        return None

    def _wrong_committees(self, words: FactWords) -> Iterator[tuple[int, int]]:
        for i in range(len(words.keys) - 1):
            committee = words.keys[i : i + 2]
            if " ".join(committee) in _COMMITTEES and not self._words.hold(committee):
                yield i, i + 1


def _is_acronym(words: FactWords, place: int) -> bool:
    """Whether a word is in capitals: CQĐT before Công an, but also each of TẠ QUANG LƯU."""
    start = words.starts[place]
    return words.ends[place] > start + 1 and words.text[start : start + 2].isupper()


def _level_before(keys: Sequence[str], first: int) -> str:
    """The level of the place whose name begins at a word, "" if none is stated."""
    before = _before(keys, first)
    return _COMMITTEES.get(before, before)


def _before(keys: Sequence[str], first: int) -> str:
    """The level or the committee that stands before a word."""
    two = " ".join(keys[max(first - 2, 0) : first])
    if two in _COMMITTEES or two in _LEVELS:
        return two
    one = keys[first - 1] if first else ""
    return one if one in _LEVELS else ""
