"""Sentences rewritten for an abstract, kept without the sentences: spans of them and what is new.

Most of the sentences that were rewritten are vietnews', which may be trained on but not handed on.
So a rewrite is stored as the character spans that it takes from its source sentence and, between
them, the text that is new. Whoever has the corpus puts the two together.
"""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path

from canbo.data.errors import UserError
from canbo.data.jsonl import read_jsonl

__all__ = [
    "LocatedRewrite",
    "Parts",
    "RewriteError",
    "Verdict",
    "decode_rewrite",
    "encode_rewrite",
    "read_located_rewrites",
    "sentence_check",
]

# ``[start, end]`` of the source sentence, or new text.
Parts = list[list[int] | str]

# A number with its stops and strokes is one word: a span shall not cut "12" out of "12/5".
_TOKEN = re.compile(r"\d\w*(?:[.,:/–-]\d\w*)*|[\w\u0300-\u036f]+|\s+|.", re.DOTALL)
_CHECK_DIGITS = 8


class RewriteError(UserError):
    """A file of rewrites breaks the form or does not fit the articles; the line is named."""


@dataclass(frozen=True)
class Verdict:
    """What somebody found who read a rewrite against its source sentence.

    Attributes:
        fluent: it is a whole sentence that could be printed.
        true: it claims nothing but what the sentence says.
    """

    fluent: bool
    true: bool

    @property
    def good(self) -> bool:
        """Fit to be shown."""
        return self.fluent and self.true


@dataclass(frozen=True)
class LocatedRewrite:
    """A rewrite, and the place of its source sentence.

    Attributes:
        file: data set and file of the article, such as ``vietnews/train``.
        article: its id there.
        sentence: index of the sentence, in the order of
            `canbo.models.source_text.document_sentences`.
        check: `sentence_check` of the sentence.
        parts: as of `encode_rewrite`.
        where: ``FILE:LINE`` of the rewrite.
        verdict: of a rewrite that was judged.
    """

    file: str
    article: str
    sentence: int
    check: str
    parts: Parts
    where: str
    verdict: Verdict | None = None


def sentence_check(sentence: str) -> str:
    """First eight hexadecimal digits of the SHA-256 of a sentence in UTF-8."""
    return hashlib.sha256(sentence.encode()).hexdigest()[:_CHECK_DIGITS]


def encode_rewrite(source: str, rewrite: str) -> Parts:
    """Write a rewrite as spans of its source and new text.

    From left to right the longest run of words that the source holds too, in the same spelling, is
    taken from it (greedy, as Lempel & Ziv, 1977, over words). A run begins with a word and never
    cuts one, so new text holds no word of the source.

    Args:
        source: the sentence, n characters.
        rewrite: what was made of it.

    Returns:
        ``[start, end]`` (0 <= start < end <= n) and strings; no two strings follow each other.
        `decode_rewrite` makes the same text of them.
    """
    held = list(_TOKEN.finditer(source))
    tokens = [match.group() for match in held]
    places: dict[str, list[int]] = defaultdict(list)
    for place, token in enumerate(tokens):
        if token[0].isalnum():
            places[token].append(place)
    wanted = _TOKEN.findall(rewrite)
    parts: Parts = []
    next_wanted = next_held = 0
    while next_wanted < len(wanted):
        found = places.get(wanted[next_wanted])
        if found is None:
            _add_text(parts, wanted[next_wanted])
            next_wanted += 1
            continue
        length, first = _longest_run(tokens, wanted[next_wanted:], found, next_held)
        next_wanted, next_held = next_wanted + length, first + length
        parts.append([held[first].start(), held[next_held - 1].end()])
    return parts


def _longest_run(
    held: Sequence[str], wanted: Sequence[str], starts: Sequence[int], expected: int
) -> tuple[int, int]:
    """Length and start of the longest run; of equals the first one after ``expected``."""
    runs = ((_run_length(held[start:], wanted), start) for start in starts)
    return max(runs, key=lambda run: (run[0], run[1] >= expected, -run[1]))


def _run_length(one: Sequence[str], other: Sequence[str]) -> int:
    """Number of leading tokens that are equal, without white space at their end."""
    pairs = zip(one, other, strict=False)
    equal = [left for left, _ in takewhile(lambda pair: pair[0] == pair[1], pairs)]
    while equal[-1].isspace():
        equal.pop()
    return len(equal)


def _add_text(parts: Parts, text: str) -> None:
    if parts and isinstance(parts[-1], str):
        parts[-1] += text
    else:
        parts.append(text)


def decode_rewrite(source: str, parts: Parts) -> str:
    """Put a rewrite together.

    Args:
        source: the sentence that was encoded with.
        parts: what `encode_rewrite` returned.

    Raises:
        RewriteError: a span lies outside of the sentence.
    """
    return "".join(part if isinstance(part, str) else _cut(source, *part) for part in parts)


def _cut(source: str, start: int, end: int) -> str:
    if not 0 <= start < end <= len(source):
        raise RewriteError(
            f"[{start}, {end}] is no span of its source sentence, which has {len(source)}"
            " characters: take the file as it was shipped"
        )
    return source[start:end]


def read_located_rewrites(path: Path, *, judged: bool = False) -> list[LocatedRewrite]:
    """Read rewrites without their source sentences.

    Args:
        path: JSONL: ``{"file", "article", "sentence", "check", "rewrite"}`` a line; blank lines
            are passed over.
        judged: each line holds ``"fluent"`` and ``"true"`` besides, true or false.

    Raises:
        RewriteError: a line is not of that form.
        OSError: the file cannot be read.
    """
    kinds = {**_FIELDS, **(_VERDICT if judged else {})}
    *names, last = kinds
    expected = f"expected {', '.join(names)} and {last}"
    located = []
    for number, row in read_jsonl(path, RewriteError, no_object=expected):
        where = f"{path}:{number}"
        for name, kind in kinds.items():
            if not isinstance(row.get(name), kind):
                raise RewriteError(f"{where}: {expected}; {name!r} must be {_KINDS[kind]}")
        if not row["rewrite"] or not all(map(_is_part, row["rewrite"])):
            raise RewriteError(f"{where}: 'rewrite' must hold texts and spans [start, end]")
        parts = row.pop("rewrite")
        fields = {name: row[name] for name in _FIELDS if name in row}
        verdict = Verdict(**{name: row[name] for name in _VERDICT}) if judged else None
        located.append(LocatedRewrite(**fields, parts=parts, where=where, verdict=verdict))
    return located


_FIELDS = {"file": str, "article": str, "sentence": int, "check": str, "rewrite": list}
_VERDICT = {"fluent": bool, "true": bool}
_KINDS: Mapping[type, str] = {
    str: "a string",
    int: "a whole number",
    list: "a list",
    bool: "true or false",
}


def _is_part(part: object) -> bool:
    if isinstance(part, list):
        return len(part) == 2 and all(isinstance(end, int) for end in part)
    return isinstance(part, str)
