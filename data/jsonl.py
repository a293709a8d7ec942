"""JSON Lines (https://jsonlines.org): a JSON object on each line, UTF-8.

For the files that training and evaluation read, where a faulty line ends the work. The inputs of
`canbo run` come in any encoding and go on after a faulty line: `canbo.data.readers` reads those.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from canbo.data.errors import UserError

__all__ = ["parse_object", "read_jsonl", "read_lines"]

_NO_OBJECT = "must be a JSON object"


def read_jsonl(
    path: Path,
    error: type[UserError] = UserError,
    *,
    no_object: str = _NO_OBJECT,
    remedy: str | None = None,
) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield the number, from 1, and the object of every line that is not blank.

    Args:
        path: the file; a byte order mark is passed over.
        error: as of `parse_object`.
        no_object: as of `parse_object`.
        remedy: as of `parse_object`.

    Raises:
        UserError: of the class ``error``, as `parse_object`.
        OSError: the file cannot be read.
    """
    for number, line in read_lines(path):
        where = f"{path}:{number}"
        yield number, parse_object(where, line, error, no_object=no_object, remedy=remedy)


def read_lines(path: Path) -> Iterator[tuple[int, bytes]]:
    """Yield the number, from 1, and the bytes of every line that is not blank.

    Raises:
        OSError: the file cannot be read.
    """
    # Bytes, because a text may hold other line ends that Python would split at, and because an
    # encoding is wrong on a line, which a file that is read as text cannot tell.
    with path.open("rb") as lines:
        for number, line in enumerate(lines, start=1):
            if line.strip():
                yield number, line


def parse_object(
    where: str,
    line: bytes,
    error: type[UserError] = UserError,
    *,
    no_object: str = _NO_OBJECT,
    remedy: str | None = None,
) -> dict[str, Any]:
    """Read the object of a line.

    Args:
        where: ``FILE:LINE``, for messages.
        line: the line, not blank.
        error: the class of the error.
        no_object: what is said of JSON that is no object.
        remedy: what the user shall do; None tells how the line has to be written.

    Raises:
        UserError: of the class ``error``: the line is not UTF-8, not JSON or no object.
    """
    try:
        text = line.decode("utf-8-sig").rstrip()
    except UnicodeDecodeError as flaw:
        raise _not_utf8(where, f"byte {flaw.start + 1} of the line", error, remedy) from flaw
    if "\0" in text:  # JSON escapes it: there it is half of a letter in UTF-16.
        raise _not_utf8(where, "zero bytes, as in UTF-16", error, remedy)
    one_a_line = remedy or "write one JSON object on each line"
    try:
        row = json.loads(text)
    except (ValueError, RecursionError) as flaw:
        raise error(f"{where}: not valid JSON: {_reason(flaw)}; {one_a_line}") from flaw
    if not isinstance(row, dict):
        raise error(f"{where}: {no_object}; {one_a_line}")
    return row


def _not_utf8(where: str, found: str, error: type[UserError], remedy: str | None) -> UserError:
    return error(f"{where}: not UTF-8 ({found}); {remedy or 'save the file as UTF-8'}")


def _reason(flaw: ValueError | RecursionError) -> str:
    if isinstance(flaw, json.JSONDecodeError):
        return f"{flaw.msg} (character {flaw.pos + 1} of the line)"
    return "nested too deeply" if isinstance(flaw, RecursionError) else str(flaw)
