"""``.windows``: which bytes of the output belong to which window of inputs, and their hash.

A window is a run of consecutive inputs that are analysed together. After its lines are on the disk
one line is appended here; before that, the window counts as not done. So whatever stops a run, the
journal tells a later one how far the output is whole: bytes that are missing, cut off or changed
since then no longer have the hash, and everything from their window on is made again.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import BinaryIO

__all__ = ["WindowRecord", "read_journal"]


@dataclass(frozen=True)
class WindowRecord:
    """One line of the journal.

    Attributes:
        inputs: lines that the window wrote: one for each of its inputs.
        documents_bytes: what it appended to ``documents.jsonl``.
        errors_bytes: what it appended to ``errors.jsonl``.
        sha256: of those bytes, the documents' first.
    """

    inputs: int
    documents_bytes: int
    errors_bytes: int
    sha256: str

    @classmethod
    def of(cls, inputs: int, documents: bytes, errors: bytes) -> WindowRecord:
        """The record of a window that appends these bytes."""
        digest = hashlib.sha256(documents + errors).hexdigest()
        return cls(inputs, len(documents), len(errors), digest)

    def to_line(self) -> bytes:
        """The record as its line of the journal."""
        return json.dumps(asdict(self)).encode() + b"\n"

    def read(self, documents: BinaryIO, errors: BinaryIO) -> tuple[bytes, bytes] | None:
        """Read the window's bytes from where the files stand; None when they are not whole."""
        both = documents.read(self.documents_bytes), errors.read(self.errors_bytes)
        lines = sum(part.count(b"\n") for part in both)
        return both if self == self.of(lines, *both) else None


def read_journal(path: Path) -> Iterator[tuple[WindowRecord, int]]:
    """The windows in order, each with the bytes of its line, up to the first damaged line."""
    if not path.exists():
        return
    with path.open("rb") as lines:
        for line in lines:
            record = _parse(line)
            if record is None:
                return
            yield record, len(line)


def _parse(line: bytes) -> WindowRecord | None:
    try:
        record = WindowRecord(**json.loads(line))
    except (ValueError, TypeError):
        return None
    sizes = record.inputs, record.documents_bytes, record.errors_bytes
    whole = all(isinstance(size, int) and size >= 0 for size in sizes)
    # A line that is written another way than ours, or lacks its end, is damaged as well.
    return record if whole and line == record.to_line() else None
