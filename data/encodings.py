"""Which encoding text is in, told by how Vietnamese it reads; undone when that is certain.

Two things go wrong with old Vietnamese text. Its bytes may be in an encoding of the time before
Unicode (TCVN3, VNI, Windows-1258, VISCII, VPS), or a program has already read bytes with a wrong
table, so that well-formed Unicode holds ``§¶ng bé`` or ``Äáº£ng bá»™`` for ``Đảng bộ``. Every
table is tried, and the readings are compared by their words: Vietnamese syllables follow rules
that words read with a wrong table break. A reading is taken only when it is right almost
throughout and clearly ahead of every other; else `EncodingError` says what was tried.

Nothing marks in a document that it was repaired: its text is simply legible. Text that is sound
comes back as it was given, and finding it sound takes one search.
"""

from __future__ import annotations

import codecs
import html
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from canbo.data.codepages import DECODERS, as_windows_1252, decode_mojibake
from canbo.data.spelling import is_syllable
from canbo.data.unicode import has_undecoded, nfc

__all__ = ["EncodingError", "decode", "repair", "restore", "stream_codec", "stream_encoding"]

_WESTERN = "Windows-1252"
_READINGS: Mapping[str, Callable[[str], str]] = {**DECODERS, _WESTERN: str}


class EncodingError(Exception):
    """The encoding of a text is in doubt; the message says what was tried and what to do."""

    def __init__(self, found: str) -> None:
        tried = ", ".join(("UTF-8", "UTF-16", *_READINGS))
        super().__init__(f"{found} (tried {tried}); convert it to UTF-8 and run again.")


# --- bytes -------------------------------------------------------------------------------------

_BYTE_ORDER_MARKS = (  # UTF-32's begins with UTF-16's.
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_HEAD = 1 << 16
_CONTROL = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_CONTROL_SHARE = 0.05
_ENTITY = re.compile(r"&(?:#\d+|#[xX][\da-fA-F]+|[A-Za-z]\w*);")


def stream_codec(head: bytes) -> str:
    """Name the Unicode codec of a file: by its byte order mark, else by where its zero bytes are.

    Args:
        head: the first bytes of the file; what holds neither is taken for UTF-8.
    """
    for mark, codec in _BYTE_ORDER_MARKS:
        if head.startswith(mark):
            return codec
    # In UTF-16 the high bytes of most letters are zero, and hardly any low ones.
    even, odd = head[0::2].count(0), head[1::2].count(0)
    for codec, low, high in (("utf-16-le", even, odd), ("utf-16-be", odd, even)):
        if high * 10 > len(head) and low * 50 < len(head):
            return codec
    return "utf-8-sig"


def decode(raw: bytes, *, is_html: bool = False) -> str:
    """Decode a whole file.

    Args:
        raw: its bytes.
        is_html: whether ``&ordf;`` and ``&#7843;`` are letters of words.

    Raises:
        EncodingError: the encoding is in doubt, or the bytes are no text.
    """
    codec = stream_codec(raw[:_HEAD])
    read: Callable[[list[str]], list[str]] = repair
    try:
        text = raw.decode(codec)
    except UnicodeDecodeError as error:
        if codec != "utf-8-sig":
            raise EncodingError(f"Byte {error.start} is not {codec.upper()} text") from error
        # An editor may have put UTF-8's mark before bytes that it did not understand.
        text, read = as_windows_1252(raw.removeprefix(codecs.BOM_UTF8)), _read_legacy
    if len(_CONTROL.findall(text, 0, _HEAD)) > _CONTROL_SHARE * min(len(text), _HEAD):
        raise EncodingError("The file holds control characters, no text")
    if not is_html:
        (legible,) = read([text])
        if read is repair and not _is_sound(text) and legible == text:
            _check_chance(raw)
        return legible
    resolved = _ENTITY.sub(_resolve, text)
    (legible,) = read([resolved])
    return text if legible == resolved else legible


def _check_chance(raw: bytes) -> None:
    """Refuse the few bytes that are UTF-8 by chance, and all Vietnamese in another encoding."""
    legacy = _recognize(_words([as_windows_1252(raw)]), may_be_sound=False)
    if legacy.certain or legacy.doubtful:
        raise EncodingError("There is too little text to tell its encoding")


def _resolve(entity: re.Match[str]) -> str:
    """Make a character of an entity, but for the ASCII ones: those are markup."""
    character = html.unescape(entity[0])
    return entity[0] if character.isascii() else character


def stream_encoding(head: bytes) -> str | None:
    """Recognize what befell the rows of a file, so that short ones can be told too.

    Args:
        head: the beginning of a file that `stream_codec` takes for UTF-8.

    Returns:
        The name of an encoding, for `restore` and `repair`, or None when nothing is certain.
    """
    whole = head.rpartition(b"\n")[0] or head
    lines = whole.decode("utf-8-sig", "surrogateescape").split("\n")
    if undecoded := [_western(line) for line in lines if has_undecoded(line)]:
        return _recognize(_words(undecoded), may_be_sound=False).certain
    misread = [_undo_mojibake(line) for line in lines if not _is_sound(line)]
    return _recognize(_words(filter(_may_be_misread, misread))).certain


def restore(texts: Sequence[str], encoding: str | None = None) -> list[str]:
    """Decode the fields of one row in which some bytes are no UTF-8.

    Args:
        texts: read as UTF-8 with ``errors="surrogateescape"``; they are recognized together.
        encoding: what `stream_encoding` found in the file; fewer words are then enough.

    Raises:
        EncodingError: the encoding is in doubt.
    """
    return _read_legacy([_western(text) for text in texts], encoding)


def _western(line: str) -> str:
    return as_windows_1252(line.encode("utf-8", "surrogateescape"))


def _read_legacy(texts: Sequence[str], encoding: str | None = None) -> list[str]:
    """Decode what Windows-1252 makes of bytes that are no UTF-8."""
    found = _recognize(_words(texts), encoding, may_be_sound=False).certain
    if found is None:
        raise EncodingError("Some bytes are no UTF-8, and no encoding fits them with certainty")
    read = [_READINGS[found](text) for text in texts]
    _check_letters(read)
    return read


# --- text --------------------------------------------------------------------------------------

# What Vietnamese text hardly ever holds, and text read with a wrong table always does.
_FOREIGN = re.compile(
    "[\x80-\x9f¡-¦¨ª¬¯´-¶¸-º¼¾¿ÃÄÅÆÇËÎÏÐÑÖØÛÜÞßäåæçëîïðñöøûüþÿƒˆ˜ŠŒŽšœžŸ†‡‰‹›\ufffd]"
)
# Letters of Vietnamese that Windows-1252 does not have.
_UNMISTAKABLE = re.compile("[ĂăĐđĨĩŨũƠơƯưẠ-ỹ]")
_BEYOND_1258 = re.compile("[ĨĩŨũẠ-ỹ]")  # Nor has Windows-1258.
# What may be one word in any encoding: letters, and all that is not ASCII; VISCII and VPS have
# letters among the control characters.
_WORD = re.compile("[A-Za-z\x02-\x06\x10-\x15\x19\x1c-\x1e\x80-\U0010ffff]+")
_ETH = re.compile("[Ðð]")
_LETTER = "A-Za-zÀ-ÖØ-öø-ɏḀ-ỿ"
_BROKEN = re.compile(
    rf"[{_LETTER}][¡-©ª¬®-´¶¸-º¼-¿×÷][{_LETTER}]|[\x80-\x9f\ufffd]|[a-zß-öø-ÿ][À-ÖØ-Þ]"
    rf"|[{_LETTER}][\u0370-\u0fff]|[\u0370-\u0fff][{_LETTER}]"
)
_BROKEN_SHARE = 0.05
_HORNED_O = re.compile("[ơờởỡớợ]")
_MARKED_WITHOUT_U = 60  # Of words with diacritics one in 13 has an ư.
_WORD_WITH_LOSS = re.compile(r"(?<!\S)[^\s/=&?]*[^\W\d_]\?[^\W\d_][^\s/=&]*(?!\S)")
_LOST_SHARE = 0.2
_DENSE = 0.3


def repair(texts: Sequence[str], encoding: str | None = None) -> list[str]:
    """Undo that texts were read with a wrong table.

    Sound Vietnamese, Vietnamese without diacritics and other languages stay as they are.

    Args:
        texts: the fields of one document; they are recognized together.
        encoding: what `stream_encoding` found in the file; fewer words are then enough.

    Returns:
        The texts; those that are sound are the same objects.

    Raises:
        EncodingError: they look misread, and it is in doubt from which encoding; or letters
            were lost.
    """
    if all(map(_is_sound, texts)):
        return list(texts)
    texts = [_undo_mojibake(text) for text in texts]
    lines = [line for text in texts for line in text.split("\n") if _may_be_misread(line)]
    found = _recognize(_words(lines), encoding)
    if found.certain is not None:
        mixed = not all(_may_be_misread(line) for text in texts for line in text.split("\n"))
        read = _READINGS[found.certain]
        if found.certain == "TCVN3":
            _check_soft_hyphens(texts)
        texts = [_read_lines(text, read) if mixed else read(text) for text in texts]
    elif found.doubtful and _is_dense(lines):
        names = " or ".join(found.doubtful)
        raise EncodingError(f"The text may be {names} read with a wrong table: too short to tell")
    texts = [_cross_d(text) for text in texts]
    _check_letters(texts)
    return texts


def _check_soft_hyphens(texts: Iterable[str]) -> None:
    """Refuse TCVN3 whose ư, there a soft hyphen, a program has dropped: ``®îc`` for ``được``."""
    text = "\n".join(texts)
    if "\xad" in text:
        return
    shortened = (word for word in _words([text]) if _judge(DECODERS["TCVN3"](word)) == _FAILS)
    restored = (_HORNED_O.sub(r"ư\g<0>", DECODERS["TCVN3"](word).lower()) for word in shortened)
    marked = sum(not word.isascii() for word in _WORD.findall(text))
    if marked >= _MARKED_WITHOUT_U or any(map(_reads, restored)):
        raise EncodingError("The text is TCVN3 that has lost every soft hyphen, the letter ư")


def _is_sound(text: str) -> bool:
    """Whether one look tells that nothing is wrong."""
    if text.count("?") * 50 > len(text) and _WORD_WITH_LOSS.search(text):
        return False
    if text.isascii():
        return True
    return _FOREIGN.search(text) is None and _UNMISTAKABLE.search(text) is not None


def _may_be_misread(line: str) -> bool:
    return _UNMISTAKABLE.search(nfc(line)) is None


def _is_dense(lines: Iterable[str]) -> bool:
    """Whether as many words have diacritics as in no language but Vietnamese (87 in 100 there)."""
    words = [word for line in lines for word in _WORD.findall(line)]
    return sum(not word.isascii() for word in words) >= _DENSE * len(words)


def _read_lines(text: str, read: Callable[[str], str]) -> str:
    """Read the misread lines of a text that holds sound ones as well.

    Raises:
        EncodingError: a line makes as much sense one way as the other.
    """
    lines = []
    for line in text.split("\n"):
        new = read(line) if _may_be_misread(line) else line
        if new != line:
            given, read_so = _failures(line), _failures(new)
            if given == read_so:
                raise EncodingError(
                    "Some lines were read with a wrong table, and not all others are right"
                )
            new = min((given, line), (read_so, new))[1]
        lines.append(new)
    return "\n".join(lines)


def _failures(line: str) -> int:
    return sum(_judge(word) == _FAILS for word in _words([line]))


def _undo_mojibake(text: str) -> str:
    """Undo that UTF-8 was read as Windows-1252 or the like, once or twice over.

    One more word that reads like Vietnamese is enough: no language writes what happens to be
    UTF-8 of Vietnamese letters. Lines that are sound keep all words that read as they are.
    """
    if decode_mojibake(text) == text:
        return text
    given = _words([text])
    once = {word: decode_mojibake(word) for word in given}
    twice = {word: decode_mojibake(undone) for word, undone in once.items()}
    best = max(
        ({}, once, twice), key=lambda undone: sum(map(_reads, map(undone.get, given, given)))
    )
    if not best:
        return text

    def undo(line: str) -> str:
        sound = _BEYOND_1258.search(nfc(line)) is not None
        return _WORD.sub(
            lambda match: match[0] if sound and _reads(match[0]) else best.get(match[0], match[0]),
            line,
        )

    return "\n".join(map(undo, text.split("\n")))


def _cross_d(text: str) -> str:
    """Write Đ for the Icelandic Ð, which looks alike, in Vietnamese text."""
    if _ETH.search(text) and _UNMISTAKABLE.search(text):
        return _WORD.sub(_crossed, text)
    return text


def _crossed(match: re.Match[str]) -> str:
    word = match[0].replace("Ð", "Đ")  # No Icelandic word begins with it.
    crossed = word.replace("ð", "đ")
    return word if _judge(crossed) == _FAILS else crossed


def _check_letters(texts: Iterable[str]) -> None:
    """Refuse texts whose letters are gone or are symbols."""
    text = "\n".join(texts)
    words = len(text.split())
    if len(_WORD_WITH_LOSS.findall(text)) >= max(3, _LOST_SHARE * words):
        raise EncodingError("Question marks stand for letters that were lost")
    broken = sum(_BROKEN.search(word) is not None for word in _WORD.findall(text))
    if broken >= max(1, min(2, words), _BROKEN_SHARE * words):
        raise EncodingError("Symbols stand inside words: the text was read with a wrong table")


# --- how Vietnamese a reading is ---------------------------------------------------------------

_BREAK = re.compile(
    "[\xa0\u2010-\u201f\u2022-\u202f\u2032-\u2037\u20ab\u2190-\u2bff\ufe0f]+"
    rf"|(?<![{_LETTER}])[«»]+|[«»]+(?![{_LETTER}])"
)
_INVISIBLE = re.compile("[\xad\u200b-\u200f\u2060\ufeff]")
# Acronyms, units, signs, other scripts: they speak neither for a reading nor against it.
_NEUTRAL = re.compile(rf"[A-ZĐƯ]+|đ|©?[A-Za-z]*[²³]?|°[CF]?|[^{_LETTER}\x00-\x1f\x80-\x9f\ufffd]+")
_READS, _NEITHER, _FAILS = 1, 0, -1
_MOST_WORDS = 1000
_FAILING_SHARE = 0.15
_FAILING_IN_DOUBT = 0.35
_ENOUGH_WORDS = 3
_LEAD = 2


def _words(texts: Iterable[str]) -> list[str]:
    """Distinct words that are not plain ASCII, in order, up to a bound."""
    words: dict[str, None] = {}
    for text in texts:
        words |= dict.fromkeys(x for x in _WORD.findall(text) if not (x.isascii() and x.isalpha()))
        if len(words) > _MOST_WORDS:
            break
    return list(words)[:_MOST_WORDS]


def _judge(word: str) -> int:
    """Whether a decoded word reads like Vietnamese, fails to, or neither."""
    judgement = _NEITHER
    for piece in _BREAK.split(_INVISIBLE.sub("", nfc(word))):
        if is_syllable(piece) and not piece.isascii():
            judgement = _READS
        elif not _NEUTRAL.fullmatch(piece):
            return _FAILS
    return judgement


def _reads(word: str) -> bool:
    return _judge(word) == _READS


class _Recognition(NamedTuple):
    """Which encoding words are in.

    Attributes:
        certain: its name, or None.
        doubtful: encodings that fit, none of them for certain; empty with a certain one.
    """

    certain: str | None
    doubtful: list[str]


class _Reading(NamedTuple):
    """All words as one encoding reads them."""

    words: list[str]
    judgements: list[int]

    def fits(self, failing: float = _FAILING_SHARE) -> bool:
        """Whether no more than this share of the words fails."""
        return self.failures() <= failing * (self.failures() + self.reads())

    def reads(self) -> int:
        """How many words read like Vietnamese."""
        return self.judgements.count(_READS)

    def lead(self, other: _Reading) -> int:
        """How many more words read here that fail there than the reverse."""
        pairs = list(zip(self.judgements, other.judgements, strict=True))
        return pairs.count((_READS, _FAILS)) - pairs.count((_FAILS, _READS))

    def failures(self) -> int:
        """How many words fail to read like Vietnamese."""
        return self.judgements.count(_FAILS)


def _recognize(
    words: Sequence[str], expected: str | None = None, *, may_be_sound: bool = True
) -> _Recognition:
    """Find the encoding in which words read like Vietnamese, and in no other as well.

    Args:
        words: distinct words as Windows-1252 shows them.
        expected: an encoding for which less evidence is enough.
        may_be_sound: whether the words may be right as they are, which then stands unless an
            encoding is clearly better; else Windows-1252 is one encoding among the others.
    """
    readings = {name: _reading(words, read) for name, read in _READINGS.items()}
    as_they_are = readings.pop(_WESTERN) if may_be_sound else None
    doubtful = []
    for name, reading in readings.items():
        if not reading.fits(_FAILING_IN_DOUBT):
            continue
        evidence = reading.lead(as_they_are) if as_they_are else reading.reads()
        rivals = [x for x in readings.values() if x.words != reading.words]
        ahead = min((x.failures() - reading.failures() for x in rivals), default=_LEAD)
        if evidence >= _ENOUGH_WORDS and ahead >= _LEAD and reading.fits():
            return _Recognition(name, [])
        if evidence >= 1 and ahead > -_LEAD:
            if name == expected and reading.fits():
                return _Recognition(name, [])
            doubtful.append(name)
    if as_they_are and as_they_are.fits():
        doubtful = []
    return _Recognition(None, doubtful)


def _reading(words: Iterable[str], read: Callable[[str], str]) -> _Reading:
    decoded = [read(word) for word in words]
    return _Reading(decoded, [_judge(word) for word in decoded])
