"""What an abstract states and its source does not hold."""

from __future__ import annotations

import re

__all__ = ["unsupported_numbers"]

_NUMBER = re.compile(r"\d+(?:[.,/-]\d+)*")
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
