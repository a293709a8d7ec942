"""From what a model wrote to an abstract that reads well: whole sentences, none of them twice.

Nothing is added but a capital letter and a full stop, and spaces are put where they belong; what
cannot be mended so, a cut sentence, half a quotation, a phrase said twice, is left out. A text of
which no sentence stays is no abstract.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from canbo.models.sentences import split_sentences
from canbo.models.syllables import words_of

__all__ = ["capitalized", "guarded", "tidy"]

MIN_SYLLABLES = 8  # a shorter text is a headline at most
_SAME_RUN = 6  # syllables in a row that an abstract says once
_SAID_AGAIN = 0.6  # share of a sentence's bigrams that stand in an earlier one

_ENDS = (".", "!", "?")
_CLOSING = '"”’»)]'
_PAIRS = (("“", "”"), ("«", "»"), ("(", ")"), ("[", "]"))

# Links to a sentence before the first; "Còn", "Song" and "Nên" are left, they have other meanings.
_LINK = re.compile(
    r"(?:(?:bên cạnh đó|ngoài ra|tuy nhiên|tuy vậy|theo đó|do đó|do vậy|vì vậy|vì thế|bởi vậy|"
    r"đồng thời|mặt khác|hơn nữa|trong khi đó|cùng với đó|trước đó|sau đó|cụ thể|thế nhưng),"
    r"|(?:và|nhưng|hoặc|mà|rồi)(?:,| ))\s*",
    re.IGNORECASE,
)
_LEADING_MARKS = re.compile(r"\A[\s.,;:!?…)\]}”»*•+/|-]+")
# Words after which a sentence cannot end.
_OPEN_ENDED = re.compile(
    r"\b(?:và|hoặc|của|để|với|bởi|vì|nhằm|rằng|những|các|mỗi|thì|mà|sẽ|đang|nếu)\Z", re.IGNORECASE
)


def tidy(text: str) -> str:
    """Put the spaces of a decoded text where Vietnamese puts them.

    Args:
        text: decoded tokens.

    Returns:
        One line; no space before a comma or a stop nor inside brackets and quotation marks, one
        after; a mark that is written twice stands once.
    """
    text = " ".join(text.split())
    text = re.sub(r"\s+([,.;:!?…)\]”»])(?!\d)", r"\1", text)
    text = re.sub(r"([(\[“«])\s+", r"\1", text)
    text = re.sub(r"([,;:])(?:[,;:])+", r"\1", text)
    text = re.sub(r"(?<!\.)\.[,;:.](?!\.)", ".", text)
    text = re.sub(r"([,;])(?=[^\W\d_])", r"\1 ", text)
    text = re.sub(r"([)”»\]])(?=[^\W_])", r"\1 ", text)
    return _straight_quotes(text)


def _straight_quotes(text: str) -> str:
    """Of straight quotation marks the first opens, the second closes, and so on."""
    parts = text.split('"')
    if len(parts) % 2 == 0:
        return text
    inside = False
    for i in range(len(parts)):
        if inside:
            parts[i] = parts[i].strip()
        else:
            if i and parts[i][:1].isalnum():
                parts[i] = " " + parts[i]
            if i:
                parts[i] = re.sub(r"\A\s+(?=[,.;:!?)])", "", parts[i])
            if i + 1 < len(parts) and re.search(r"[\w:,;]\Z", parts[i]):
                parts[i] += " "
        inside = not inside
    return '"'.join(parts)


def guarded(text: str, ended: bool) -> str:
    """Make an abstract of a draft.

    Args:
        text: what the model wrote.
        ended: it stopped of itself; otherwise its last sentence may be cut.

    Returns:
        Whole sentences, the first with a capital letter and without a link to one before it; empty
        where none is whole, or where what stays is shorter than `MIN_SYLLABLES`.
    """
    if "\ufffd" in text:  # bytes that make no character
        return ""
    text = _without_link(_LEADING_MARKS.sub("", tidy(text)))
    kept: list[str] = []
    sentences = _balanced(_sentences(text))
    for place, sentence in enumerate(sentences):
        last = place == len(sentences) - 1
        whole = _ended(sentence, may_stop=last and ended)
        if whole and not _stutters(whole) and not _says_again(whole, kept):
            kept.append(capitalized(whole))
    made = " ".join(kept)
    return made if len(words_of(made)) >= MIN_SYLLABLES else ""


def _without_link(text: str) -> str:
    found = _LINK.match(text)
    return text[found.end() :] if found else text


def capitalized(sentence: str) -> str:
    """Give a sentence a capital first letter, unless its first word has its own ("iPhone").

    Args:
        sentence: one that may begin with quotation marks or brackets; with a figure it stays as
            it is.
    """
    found = re.search(r"[^\W\d_]", sentence)
    if not found or sentence[: found.start()].strip(_CLOSING + "“«(["):
        return sentence
    first = sentence[found.start() :].split(" ", 1)[0]
    if any(character.isupper() for character in first):
        return sentence
    return sentence[: found.start()] + found.group().upper() + sentence[found.end() :]


def _sentences(text: str) -> list[str]:
    return [text[start:end] for start, end in split_sentences(text)]


def _is_balanced(text: str) -> bool:
    return text.count('"') % 2 == 0 and all(
        text.count(left) == text.count(right) for left, right in _PAIRS
    )


def _balanced(sentences: Sequence[str]) -> list[str]:
    """Join the sentences of one quotation; leave out one whose marks never find their half."""
    units: list[str] = []
    place = 0
    while place < len(sentences):
        for end in range(place + 1, len(sentences) + 1):
            joined = " ".join(sentences[place:end])
            if _is_balanced(joined):
                units.append(joined)
                place = end - 1
                break
        place += 1
    return units


def _ended(sentence: str, *, may_stop: bool) -> str:
    """The sentence with its end, or nothing where its end is missing.

    Args:
        sentence: of a draft.
        may_stop: a missing full stop is only that.
    """
    core = sentence.rstrip(_CLOSING)
    if core.endswith(("…", "...")):
        return ""
    if core.endswith(_ENDS):
        return "" if _OPEN_ENDED.search(core[:-1]) else sentence
    if not may_stop or core.endswith((",", ";", ":", "-", "–")) or _OPEN_ENDED.search(core):
        return ""
    return sentence + "."


def _runs(words: Sequence[str], size: int) -> list[tuple[str, ...]]:
    return [tuple(words[i : i + size]) for i in range(len(words) - size + 1)]


def _stutters(sentence: str) -> bool:
    """A syllable three times in a row, two twice in a row, or a longer phrase twice anywhere."""
    words = words_of(sentence)
    thrice = any(len(set(run)) == 1 for run in _runs(words, 3))
    twice = any(run[:2] == run[2:] for run in _runs(words, 4))
    phrases = _runs(words, _SAME_RUN)
    return thrice or twice or len(set(phrases)) < len(phrases) or _repeats_clause(sentence)


def _repeats_clause(sentence: str) -> bool:
    clauses = [tuple(words_of(part)) for part in re.split(r"[,;:](?!\d)", sentence)]
    longer = [clause for clause in clauses if len(clause) >= 3]
    return len(set(longer)) < len(longer)


def _says_again(sentence: str, kept: Sequence[str]) -> bool:
    """Much of the sentence, or a long run of it, stands in what is kept."""
    words, before = words_of(sentence), [words_of(other) for other in kept]
    bigrams = set(pairwise(words))
    said = {run for other in before for run in _runs(other, _SAME_RUN)}
    return any(
        len(bigrams & set(pairwise(other))) >= _SAID_AGAIN * max(1, len(bigrams))
        for other in before
    ) or not said.isdisjoint(_runs(words, _SAME_RUN))
