"""What an abstract states and its source does not hold."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence

from canbo.models.syllables import normalize_tones, tokenize

__all__ = ["unsupported_names", "unsupported_numbers"]

_NUMBER = re.compile(r"\d+(?:[.,/-]\d+)*")
_SENTENCE_END = frozenset('.!?…:;"“”-–•')
_THOUSANDS = re.compile(r"\d{1,3}(?:\.\d{3})+")


def unsupported_numbers(abstract: str, source: str) -> tuple[str, ...]:
    """List the numbers of an abstract that its source does not hold, as the abstract writes them.

    ``1.553`` and ``1553``, ``20/11`` and ``20-11``, ``03`` and ``3`` are taken for the same.

    Args:
        abstract: the summary.
        source: everything that was summarized, title and paragraphs.
    """
    known = {_value(found) for found in _NUMBER.findall(source)}
    # A date or a range in the source supports its parts: "nhiệm kỳ 2020-2025" and "năm 2025".
    known |= {part for value in known for part in value.split("/")}
    stated = dict.fromkeys(_NUMBER.findall(abstract))
    return tuple(number for number in stated if _value(number) not in known)


def _value(number: str) -> str:
    if _THOUSANDS.fullmatch(number):
        return number.replace(".", "").lstrip("0")
    return "/".join(part.lstrip("0") or "0" for part in re.split(r"[/-]", number))


def unsupported_names(abstract: str, source: str) -> tuple[str, ...]:
    """List the names and abbreviations of an abstract that its source does not hold.

    A name is a run of capitalised syllables. It is compared without regard to case and to where a
    tone mark stands; an abbreviation (UBND) is also supported by syllables that it abbreviates (Ủy
    ban nhân dân). A single capitalised syllable that begins a sentence is taken for no name.

    Args:
        abstract: the summary.
        source: everything that was summarized, title and paragraphs.

    Returns:
        Names as the abstract writes them, each once.
    """
    words = [_key(source[start:end]) for start, end in tokenize(source)]
    known = f" {' '.join(words)} "
    initials = "".join(_base(word[0]) for word in words if word[0].isalpha())
    missing: dict[str, None] = {}
    for name, opens_sentence in _names(abstract):
        run = [_key(word) for word in name]
        if opens_sentence and not _is_abbreviation(name[0]):
            # What begins a sentence has a capital letter anyway.
            supported = len(run) == 1 or _holds(known, run) or _stands(known, run[1:])
        else:
            supported = _holds(known, run)
        if not supported and len(name) == 1 and _is_abbreviation(name[0]):
            supported = "".join(map(_base, run[0])) in initials
        if not supported:
            missing[" ".join(name)] = None
    return tuple(missing)


def _names(text: str) -> Iterator[tuple[list[str], bool]]:
    """Runs of capitalised words with only space between, and whether each begins a sentence."""
    run: list[str] = []
    opens = at_start = True
    previous_end = 0
    for start, end in tokenize(text):
        word = text[start:end]
        capital = word[0].isupper()
        joined = start > previous_end and "\n" not in text[previous_end:start]
        if run and not (capital and joined):
            yield run, opens
            run = []
        if capital:
            opens = opens if run else at_start
            run.append(word)
        at_start = word[-1] in _SENTENCE_END
        previous_end = end
    if run:
        yield run, opens


def _holds(known: str, run: Sequence[str]) -> bool:
    """Whether the source has the run, or two names that stand side by side in it, or a title's one
    word before a name."""
    return _stands(known, run) or any(
        _stands(known, run[:cut]) and _stands(known, run[cut:])
        for cut in (1, *range(2, len(run) - 1))
        if len(run) - cut >= 2
    )


def _stands(known: str, run: Sequence[str]) -> bool:
    return f" {' '.join(run)} " in known


def _is_abbreviation(word: str) -> bool:
    return len(word) > 1 and word.isupper() and word.isalpha()


def _key(word: str) -> str:
    return normalize_tones(word.lower())


def _base(letter: str) -> str:
    """The letter without its marks: Ủ is u, Đ stays đ."""
    return unicodedata.normalize("NFD", letter.lower())[0]
