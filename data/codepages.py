"""The tables of the encodings that Vietnamese had before Unicode.

Every decoder here takes text as Windows-1252 shows it, because that is how text of a legacy
encoding looks once a program has read its bytes as Western European: ``§¶ng bé`` is ``Đảng bộ``
in TCVN3. Bytes are brought to that form by `as_windows_1252`, so bytes and mis-decoded text are
decoded by one table. Bytes that an encoding leaves free keep their Windows-1252 meaning, as the
fonts of the time kept it.

Sources: TCVN 5712:1993 (VN3, and VN2, which extends it), RFC 1456 (VISCII), the tables of the
Vietnamese Unicode project (vietunicode.sourceforge.net/charset) for VNI and VPS, Windows-1258 of
Python's own codecs.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Mapping

from canbo.data.unicode import nfc

__all__ = ["DECODERS", "as_windows_1252", "decode_mojibake"]


def _western(byte: int) -> str:
    """A byte as browsers read Windows-1252: the five free ones are control characters."""
    return bytes([byte]).decode("cp1252", "ignore") or chr(byte)


_WESTERN = "".join(map(_western, range(256)))


def as_windows_1252(raw: bytes) -> str:
    """Decode bytes as Windows-1252 the way browsers do: any byte is a character."""
    return codecs.charmap_decode(raw, "strict", _WESTERN)[0]


# --- one byte a letter -------------------------------------------------------------------------


def _table(letters: Mapping[int, str]) -> dict[int, str]:
    """For `str.translate`: from the character that stands for a byte to the letter.

    A byte of 0x80 to 0x9F may stand there as Windows-1252 or as Latin-1 shows it.
    """
    return {
        ord(shown): letter
        for byte, letter in letters.items()
        for shown in (_western(byte), chr(byte))
    }


def _run(first: int, letters: str) -> dict[int, str]:
    return dict(enumerate(letters, first))


def _at(codes: str, letters: str) -> dict[int, str]:
    return dict(zip(bytes.fromhex(codes), letters, strict=True))


_TCVN = _table(
    _run(0xA1, "ĂÂÊÔƠƯĐăâêôơưđ")
    | _run(0xB5, "àảãáạ")
    | _run(0xBB, "ằẳẵắ")
    | _run(0xC6, "ặầẩẫấậè")
    | _run(0xCE, "ẻẽéẹềểễếệìỉ")
    | _run(0xDC, "ĩíịò")
    | _run(0xE1, "ỏõóọồổỗốộờởỡớợù")
    | _run(0xF1, "ủũúụừửữứựỳỷỹýỵ")
    # VN2 alone: tone marks to combine, and the capitals for which there was room.
    | _run(0xB0, "\u0300\u0309\u0303\u0301\u0323")
    | _at("afbabfc0c1c2c3c4c5cdd9dadbe0f0ff", "ẰẲẴẮẦẨẪẤỀỂỄẾỒỔỖỐ")
)

_VISCII = _table(
    _at("02050614191e", "ẲẴẪỶỸỴ")
    | _run(0x80, "ẠẮẰẶẤẦẨẬẼẸẾỀỂỄỆỐ")
    | _run(0x90, "ỒỔỖỘỢỚỜỞỊỎỌỈỦŨỤỲ")
    | _run(0xA0, "Õắằặấầẩậẽẹếềểễệố")
    | _run(0xB0, "ồổỗỠƠộờởịỰỨỪỬơớƯ")
    | _run(0xC0, "ÀÁÂÃẢĂẳẵÈÉÊẺÌÍĨỳ")
    | _run(0xD0, "ĐứÒÓÔạỷừửÙÚỹỵÝỡư")
    | _run(0xE0, "àáâãảăữẫèéêẻìíĩỉ")
    | _run(0xF0, "đựòóôõỏọụùúũủýợỮ")
)

_VPS = _table(
    _run(0x02, "ẠẬẶẸỆ")
    | _run(0x10, "ỊỌỘỢỤỰ")
    | _at("191c1d", "ỴẪỮ")
    | _run(0x80, "ÀẢÃẤẦẨọỗĂếềểệẮẰẲ")
    | _at("90939495969798999a9b9c9d9e9f", "ẾỀỂỄỐỒỔỖýỷỵỚỜỞ")
    | _run(0xA1, "ắằẳẵặỠớÙờởỡŨỨợỪ")
    | _run(0xB0, "ổỬỲỸÍÌộỈĨÓửữÒỎÕự")
    | _run(0xC0, "ầÁÂấẩẫậđẻÉÊẹỉễịỹ")
    | _run(0xD0, "ƯỦồốÔỏơÈừứÚũưÝẺ")
    | _run(0xE0, "àáâãảạă")
    | _run(0xE8, "èéêẽìí")
    | _run(0xEF, "ĩẴĐòóôõ")
    | _run(0xF7, "Ơụùúủ")
    | _run(0xFD, "ỶẼỳ")
)

_WINDOWS_1258 = _table(
    {
        byte: letter
        for byte in range(0x80, 0x100)
        if (letter := bytes([byte]).decode("cp1258", "ignore")) and letter != _western(byte)
    }
)


def _decode_tcvn(text: str) -> str:
    return _restore_capitals(nfc(text.translate(_TCVN)))


def _decode_viscii(text: str) -> str:
    return text.translate(_VISCII)


def _decode_vps(text: str) -> str:
    return text.translate(_VPS)


def _decode_windows_1258(text: str) -> str:
    return nfc(text.translate(_WINDOWS_1258))


# --- TCVN3 has no toned capitals ---------------------------------------------------------------

_TONED = "àảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ"
_TONED_LETTER = re.compile(f"[{_TONED}]")
_WORD = re.compile(r"[^\W\d_]+")
_OPENING = r"[\"“«(]*"
_SENTENCE_START = re.compile(
    rf"(?:\A|[.!?…][\"”»)]*\s+|\n\s*\n\s*){_OPENING}(?P<letter>[{_TONED}])"
)
_LINE_START = re.compile(rf"^{_OPENING}(?P<letter>[^\W\d_])", re.MULTILINE)
_MOST_LINES = 0.9


def _restore_capitals(text: str) -> str:
    """Write in capitals what stood in capitals, as far as the neighbours tell.

    TCVN3 shows toned capitals by another font (.VnTimeH) and stores the small letter: ``§¶NG Bé``
    for ``ĐẢNG BỘ``. A word goes into capitals when its other letters, at least two, are, or when
    those of its whole line are; a sentence begins with a capital, and so does a line where nine
    in ten lines do. Elsewhere (``Ên §é``, the country of Ấn Độ) nothing in the text tells it,
    and the letter stays small.
    """
    if not _TONED_LETTER.search(text):
        return text
    lines = [_WORD.sub(_word_capitals, line) for line in text.split("\n")]
    text = "\n".join(line.upper() if _is_capitals(line, 4) else line for line in lines)
    starts = [match["letter"] for match in _LINE_START.finditer(text)]
    told = [letter for letter in starts if letter not in _TONED]
    if sum(map(str.isupper, told)) > _MOST_LINES * len(told):
        text = _LINE_START.sub(_capital, text)
    return _SENTENCE_START.sub(_capital, text)


def _capital(match: re.Match[str]) -> str:
    letter = match["letter"]
    return match[0][:-1] + (letter.upper() if letter in _TONED else letter)


def _is_capitals(text: str, letters: int) -> bool:
    """Whether the letters that TCVN3 tells in case, at least so many, are all capitals."""
    told = _TONED_LETTER.sub("", text)
    return told.isupper() and sum(map(str.isalpha, told)) >= letters


def _word_capitals(match: re.Match[str]) -> str:
    word = match[0]
    return word.upper() if _is_capitals(word, 2) else word


# --- VNI: a letter and a mark behind it --------------------------------------------------------

_VNI_MARKS = {
    "A": _at("d8dbd5d9cfcac8dadcc9cbc2c0c5c3c1c4", "ÀẢÃÁẠĂẰẲẴẮẶÂẦẨẪẤẬ"),
    "E": _at("d8dbd5d9cfc2c0c5c3c1c4", "ÈẺẼÉẸÊỀỂỄẾỆ"),
    "O": _at("d8dbd5d9cfc2c0c5c3c1c4", "ÒỎÕÓỌÔỒỔỖỐỘ"),
    "U": _at("d8dbd5d9cf", "ÙỦŨÚỤ"),
    "Y": _at("d8dbd5d9", "ỲỶỸÝ"),
    "Ô": _at("d8dbd5d9cf", "ỜỞỠỚỢ"),
    "Ö": _at("d8dbd5d9cf", "ỪỬỮỨỰ"),
}
_VNI_SINGLE = _at("d4d6d1ccc6d3cdd2ce", "ƠƯĐÌỈĨÍỊỴ")


def _vni_letters() -> dict[str, str]:
    """What is written for each letter; a capital may have a small mark, and the reverse."""
    letters = {chr(byte): letter for byte, letter in _VNI_SINGLE.items()}
    for base, marks in _VNI_MARKS.items():
        letters |= {base + chr(byte): letter for byte, letter in marks.items()}
        letters |= {base + chr(byte).lower(): letter for byte, letter in marks.items()}
    return (
        letters
        | {written.lower(): letter.lower() for written, letter in letters.items()}
        | {
            written[0].lower() + written[1:]: letter.lower()
            for written, letter in letters.items()
            if len(written) == 2
        }
    )


_VNI = _vni_letters()
_VNI_LETTER = re.compile("|".join(sorted(map(re.escape, _VNI), key=len, reverse=True)))


def _decode_vni(text: str) -> str:
    return _VNI_LETTER.sub(lambda match: _VNI[match[0]], text)


DECODERS: Mapping[str, Callable[[str], str]] = {
    "TCVN3": _decode_tcvn,
    "VNI": _decode_vni,
    "Windows-1258": _decode_windows_1258,
    "VISCII": _decode_viscii,
    "VPS": _decode_vps,
}

# --- UTF-8 that was read as something else -----------------------------------------------------

_TO_LATIN_1 = {ord(_western(byte)): chr(byte) for byte in range(0x80, 0xA0)}
_FROM_WINDOWS_1258 = {
    ord(letter): chr(byte)
    for byte in range(0x80, 0x100)
    if (letter := bytes([byte]).decode("cp1258", "ignore"))
}
_UTF_8 = re.compile("[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")


def decode_mojibake(text: str) -> str:
    """Undo, once, that UTF-8 was read as Windows-1252, Latin-1 or Windows-1258.

    Sequences of characters that stand for the bytes of one UTF-8 character become that
    character; all others stay.
    """
    decoded = _join_bytes(text.translate(_TO_LATIN_1), text)
    if decoded == text:
        decoded = _join_bytes(text.translate(_FROM_WINDOWS_1258), text)
    return decoded


def _join_bytes(text: str, shown: str) -> str:
    """Join bytes to characters.

    Args:
        text: with a character of the same number for each byte.
        shown: the same text as it was given; it stands for what is not joined.
    """
    parts, end = [], 0
    for match in _UTF_8.finditer(text):
        try:
            character = match[0].encode("latin-1").decode("utf-8")
        except UnicodeDecodeError:  # Such as surrogates, written as UTF-8 forbids.
            continue
        parts += [shown[end : match.start()], character]
        end = match.end()
    return "".join((*parts, shown[end:]))
