"""The output folder of a run: one writer at a time, appended to by windows, resumable.

A window is a fixed number of consecutive inputs, analysed together. Its lines are on disk before
``run.json`` counts them, so after a crash everything that ``run.json`` counts is whole. A resumed
run starts again at the beginning of a window: models see the same batches as in an undisturbed
run, and the files come out equal to the byte.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import closing, contextmanager
from copy import deepcopy
from dataclasses import asdict, dataclass, field
from itertools import chain
from pathlib import Path
from typing import Any, BinaryIO

from canbo.data.documents import Document, InputError
from canbo.data.errors import UserError

__all__ = ["WINDOW", "Counts", "Mark", "OutputFolder", "RunError", "error_line", "model_error"]

WINDOW = 64
_MANIFEST_KEYS = {"date", "versions", "models", "config", "counts", "seconds"}


class RunError(UserError):
    """A run cannot start or go on; the message says why and what to do."""


@dataclass
class Counts:
    """What the output holds.

    Attributes:
        documents: lines of ``documents.jsonl``.
        paragraphs: paragraphs in them.
        errors: lines of ``errors.jsonl``.
        themes: paragraphs by theme id.
    """

    documents: int = 0
    paragraphs: int = 0
    errors: int = 0
    themes: dict[str, int] = field(default_factory=dict)

    @property
    def inputs(self) -> int:
        """Inputs that are done: each has a line in one of the two files."""
        return self.documents + self.errors

    def add_document(self, paragraphs: int, themes: dict[str, int]) -> None:
        """Count one line of ``documents.jsonl``: its paragraphs, and those of each theme."""
        self.documents += 1
        self.paragraphs += paragraphs
        for theme, number in themes.items():
            self.themes[theme] = self.themes.get(theme, 0) + number


@dataclass
class Mark:
    """A place between two inputs.

    Attributes:
        counts: what stands before it.
        documents_bytes: its offset in ``documents.jsonl``.
        errors_bytes: its offset in ``errors.jsonl``.
    """

    counts: Counts = field(default_factory=Counts)
    documents_bytes: int = 0
    errors_bytes: int = 0


def error_line(error: InputError) -> str:
    """The error as one line of JSON, without the line's end."""
    return json.dumps(asdict(error), ensure_ascii=False)


def model_error(document: Document, error: Exception) -> InputError:
    """The error line of a document that a model could not take."""
    reason = str(error).strip().partition("\n")[0]
    message = f"The model failed on this document: {type(error).__name__}: {reason}"
    return InputError(*_place(document.source), "model", message)


def _place(source: str) -> tuple[str, int | None]:
    path, _, line = source.rpartition("#")
    return (path, int(line)) if path and line.isascii() and line.isdigit() else (source, None)


class OutputFolder:
    """The files of one run.

    Args:
        path: the folder; `lock` makes it when it is not there.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.documents = path / "documents.jsonl"
        self.errors = path / "errors.jsonl"
        self.manifest = path / "run.json"
        self.report = path / "report.html"
        self._lock = path / ".lock"
        self._draft = self.manifest.with_suffix(".json.tmp")

    @property
    def files(self) -> tuple[Path, ...]:
        """Everything a run writes for its user."""
        return self.documents, self.errors, self.manifest, self.report

    @property
    def resolved_files(self) -> frozenset[Path]:
        """Everything a run writes, its lock and drafts too, as absolute paths without links."""
        # `write_report` replaces the report by a draft beside it.
        drafts = self._draft, self.report.with_name(f"{self.report.name}.part")
        return frozenset(path.resolve() for path in (*self.files, self._lock, *drafts))

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Hold the folder for this process; the system frees it when the process ends.

        Raises:
            RunError: another run holds it, or it cannot be written.
        """
        import fcntl

        with self._writing(self.path):
            self.path.mkdir(parents=True, exist_ok=True)
            handle = self._lock.open("w")
        with handle:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise RunError(
                    f"another run is writing to {self.path}: wait for it, or choose another"
                    " --output"
                ) from None
            yield

    def clear(self) -> None:
        """Remove what an earlier run wrote, and nothing else."""
        for path in self.files:
            with self._writing(path):
                path.unlink(missing_ok=True)

    def read_manifest(self) -> dict[str, Any] | None:
        """``run.json``, or None when no run wrote here.

        Raises:
            RunError: there is output, but no ``run.json`` of ours that accounts for it.
        """
        try:
            manifest = json.loads(self.manifest.read_bytes())
        except FileNotFoundError:
            if not any(path.exists() for path in (self.documents, self.errors)):
                return None
            manifest = None
        except ValueError:
            manifest = None
        if not isinstance(manifest, dict) or not manifest.keys() >= _MANIFEST_KEYS:
            raise RunError(
                f"{self.path} holds output without the run.json of the run that made it, so it"
                " cannot be continued: give --overwrite to start again, or another --output"
            )
        return manifest

    def write_manifest(self, manifest: dict[str, Any]) -> None:
        """Replace ``run.json`` as a whole."""
        text = json.dumps(manifest, ensure_ascii=False, indent=2) + "\n"
        with self._writing(self.manifest):
            with self._draft.open("wb") as stream:
                _write_through(stream, _encode(text))
            self._draft.replace(self.manifest)
            _sync_folder(self.path)

    def cut(self, mark: Mark) -> None:
        """Take away what stands after the mark; makes the files where there are none."""
        for path, size in (
            (self.documents, mark.documents_bytes),
            (self.errors, mark.errors_bytes),
        ):
            with self._writing(path), path.open("ab") as stream:
                stream.truncate(size)
                os.fsync(stream.fileno())

    def append(self, documents: list[str], errors: list[str]) -> None:
        """Write lines through to the disk."""
        for path, lines in ((self.documents, documents), (self.errors, errors)):
            if lines:
                with self._writing(path), path.open("ab") as stream:
                    _write_through(stream, _encode("".join(f"{line}\n" for line in lines)))

    def find_start(
        self, items: Iterator[Document | InputError], committed: Counts
    ) -> tuple[Mark, Iterator[Document | InputError]]:
        """Go through the inputs again, as far as the output holds them in the same order.

        Args:
            items: what the readers give, from the first.
            committed: what ``run.json`` counts.

        Returns:
            The beginning of the first window that is not whole, and the inputs from there.

        Raises:
            RunError: the output holds something else than these inputs, in this order, give.
        """
        start, here = Mark(), Mark()
        window: list[Document | InputError] = []
        with closing(_Lines(self.documents)) as documents, closing(_Lines(self.errors)) as errors:
            for item in items:
                window.append(item)
                if not _take(item, documents, errors, here):
                    # Past what run.json counts, any state of the files is the work of a crash.
                    # Before that, a file may at most have lost its end.
                    counts = here.counts
                    lost = (documents.at_end and counts.documents < committed.documents) or (
                        errors.at_end and counts.errors < committed.errors
                    )
                    if counts.inputs < committed.inputs and not lost:
                        lines = documents if isinstance(item, Document) else errors
                        raise self._other_inputs(
                            f"{item.source} now comes, or has changed, where the earlier run read"
                            f" {lines.shown}"
                        )
                    return start, chain(window, items)
                if len(window) == WINDOW:
                    start, window = deepcopy(here), []
            rest = next((lines for lines in (documents, errors) if not lines.at_end), None)
            if rest and here.counts.inputs < committed.inputs:
                raise self._other_inputs(f"{rest.shown} is no longer among them")
            return here, iter(())

    def _other_inputs(self, difference: str) -> RunError:
        return RunError(
            f"{self.path} was made from other inputs: {difference}. Give --overwrite to start"
            " again, or another --output"
        )

    @contextmanager
    def _writing(self, path: Path) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise RunError(f"cannot write {path}: {error.strerror or error}") from error


class _Lines:
    """The whole lines of a file, one ahead; a partly written last line is no line."""

    def __init__(self, path: Path) -> None:
        self._stream = path.open("rb") if path.exists() else None
        self.next: dict[str, Any] | None = None
        self.size = 0
        self.advance()

    @property
    def at_end(self) -> bool:
        return self.next is None

    @property
    def shown(self) -> str:
        if self.next is None:
            return "no more"
        return str(self.next.get("source", "a damaged line"))

    def advance(self) -> int:
        """Go to the next line; returns the bytes of the one left behind."""
        left = self.size
        line = self._stream.readline() if self._stream else b""
        if line.endswith(b"\n"):
            self.next, self.size = _parse(line), len(line)
        else:
            self.next, self.size = None, 0
        return left

    def close(self) -> None:
        if self._stream:
            self._stream.close()


def _take(item: Document | InputError, documents: _Lines, errors: _Lines, here: Mark) -> bool:
    """Move past the item's line, when the item's line is the next of its file."""
    if isinstance(item, Document) and documents.next and _is_line_of(item, documents.next):
        here.counts.add_document(len(documents.next["paragraphs"]), documents.next["themes"])
        here.documents_bytes += documents.advance()
        return True
    if errors.next and _is_error_of(item, errors.next):
        here.counts.errors += 1
        here.errors_bytes += errors.advance()
        return True
    return False


def _is_line_of(document: Document, record: dict[str, Any]) -> bool:
    return (
        record.get("id") == document.id
        and record.get("source") == document.source
        and record.get("title") == document.title
        and record.get("date") == document.date
        and record.get("lead") == document.lead
        and [paragraph["text"] for paragraph in record["paragraphs"]] == list(document.paragraphs)
    )


def _is_error_of(item: Document | InputError, record: dict[str, Any]) -> bool:
    if isinstance(item, InputError):
        return record == asdict(item)
    return record.get("error") == "model" and _place(item.source) == (
        record.get("source"),
        record.get("line"),
    )


def _parse(line: bytes) -> dict[str, Any]:
    try:
        record = json.loads(line)
    except ValueError:
        return {}
    return record if isinstance(record, dict) else {}


def _encode(text: str) -> bytes:
    # A file name that is not UTF-8 reaches us with lone surrogates; written as \udcXX they stay
    # valid JSON and come back as they were.
    return text.encode("utf-8", "backslashreplace")


def _write_through(stream: BinaryIO, content: bytes) -> None:
    stream.write(content)
    stream.flush()
    os.fsync(stream.fileno())


def _sync_folder(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
