"""The document that flows through canbo: what readers give and stages take."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

__all__ = ["Document", "InputError", "Item", "UnreadableFileError"]


@dataclass(frozen=True)
class Document:
    """One article, read and cleaned.

    Attributes:
        id: unique within a run: given by the input, or made from its path (and line).
        source: where it came from, as the user named it: a path, with ``!/NAME`` for an entry
            of an archive and ``#LINE`` (1-based) for a row of a file that holds many.
        title: the article's title, or None when the input states none.
        paragraphs: cleaned paragraphs in reading order, NFC-normalised, none blank.
        lead: the article's opening summary as the input states it, or None; where the article
            shows it as a paragraph, it is one of the paragraphs as well.
        date: the day of publication that the input states, in ISO 8601 (``2018-03-12``), or None.
    """

    id: str
    source: str
    title: str | None
    paragraphs: tuple[str, ...]
    lead: str | None = None
    date: str | None = None


@dataclass(frozen=True)
class InputError:
    """An input that could not be read: one line of ``errors.jsonl``.

    Attributes:
        source: the path of the file, with ``!/NAME`` for an entry of an archive.
        line: 1-based line or row in it, None when the file as a whole failed.
        error: short stable kind, for example ``"encoding"``, ``"json"``, ``"no_text"``.
        message: what is wrong and what to do, in one English sentence.
    """

    source: str
    line: int | None
    error: str
    message: str


# What stands in one place of the inputs: each has its line in the output.
Item: TypeAlias = Document | InputError


class UnreadableFileError(Exception):
    """A file that cannot be read at all, or not any further.

    Attributes:
        error: kind, as in InputError.
        message: what is wrong and what to do, in one English sentence.
    """

    def __init__(self, error: str, message: str) -> None:
        super().__init__(message)
        self.error = error
        self.message = message
