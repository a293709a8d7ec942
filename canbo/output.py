"""The output folder of a run: one writer at a time, appended to by windows, resumable.

A window is a fixed number of consecutive inputs, analysed together. Its lines are on disk before
the journal (`canbo.journal`) records it and ``run.json`` counts it, so whatever ends a run, what is
recorded is whole or is seen not to be. A resumed run starts again at the beginning of a window:
models see the same batches as in an undisturbed run, and the files come out equal to the byte.
"""

from __future__ import annotations

import errno
import json
import os
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from copy import deepcopy
from dataclasses import asdict, dataclass, field
from io import BytesIO
from itertools import chain, islice
from pathlib import Path
from typing import Any, BinaryIO, cast

from canbo.data.documents import Document, InputError, Item
from canbo.data.errors import UserError
from canbo.journal import WindowRecord, read_journal

__all__ = ["WINDOW", "Counts", "Mark", "OutputFolder", "RunError", "error_line", "model_error"]

WINDOW = 64
_MANIFEST_KEYS = {"date", "versions", "models", "config", "counts", "seconds"}
_DISK_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


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
        journal_bytes: its offset in the journal.
    """

    counts: Counts = field(default_factory=Counts)
    documents_bytes: int = 0
    errors_bytes: int = 0
    journal_bytes: int = 0


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
        self._journal = path / ".windows"
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
        inner = self._journal, self._lock, *drafts
        return frozenset(path.resolve() for path in (*self.files, *inner))

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Hold the folder for this process; the system frees it when the process ends.

        Raises:
            RunError: another run holds it, or it cannot be written.
        """
        import fcntl

        with self.writing(self.path):
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
        for path in (*self.files, self._journal):
            with self.writing(path):
                path.unlink(missing_ok=True)

    def read_manifest(self) -> dict[str, Any] | None:
        """``run.json``, or None when no run wrote here.

        Raises:
            RunError: there is output, but no ``run.json`` and journal of ours that account for it.
        """
        if not any(path.exists() for path in (self.manifest, self.documents, self.errors)):
            return None
        try:
            manifest = json.loads(self.manifest.read_bytes())
        except (FileNotFoundError, ValueError, RecursionError):
            manifest = None
        if not _is_manifest(manifest):
            raise self._unaccounted("run.json")
        if not self._journal.exists() and any(
            path.exists() and path.stat().st_size for path in (self.documents, self.errors)
        ):
            raise self._unaccounted(self._journal.name)
        return cast(dict[str, Any], manifest)

    def _unaccounted(self, name: str) -> RunError:
        return RunError(
            f"{self.path} holds output, but {name} of the run that made it is not there or is"
            " damaged, so it cannot be continued: put the file back from a copy, give --overwrite"
            " to start again, or give another --output"
        )

    def write_manifest(self, manifest: dict[str, Any]) -> None:
        """Replace ``run.json`` as a whole."""
        text = json.dumps(manifest, ensure_ascii=False, indent=2) + "\n"
        with self.writing(self.manifest):
            with self._draft.open("wb") as stream:
                _write_through(stream, _encode(text))
            self._draft.replace(self.manifest)
            _sync_folder(self.path)

    def cut(self, mark: Mark) -> None:
        """Take away what stands after the mark; makes the files where there are none."""
        # The journal first: without it, lines in the other files are nobody's.
        for path, size in (
            (self._journal, mark.journal_bytes),
            (self.documents, mark.documents_bytes),
            (self.errors, mark.errors_bytes),
        ):
            with self.writing(path), path.open("ab") as stream:
                stream.truncate(size)
                os.fsync(stream.fileno())
        with self.writing(self.path):
            _sync_folder(self.path)

    def append(self, documents: Sequence[str], errors: Sequence[str]) -> None:
        """Write the lines of one window through to the disk, and then its record."""
        written = [_encode("".join(f"{line}\n" for line in lines)) for lines in (documents, errors)]
        record = WindowRecord.of(len(documents) + len(errors), *written)
        for path, content in zip(
            (self.documents, self.errors, self._journal), (*written, record.to_line()), strict=True
        ):
            if content:
                with self.writing(path), path.open("ab") as stream:
                    _write_through(stream, content)

    def find_start(self, items: Iterator[Item]) -> tuple[Mark, Iterator[Item]]:
        """Go through the inputs again, as far as the output holds them whole and in this order.

        Args:
            items: what the readers give, from the first.

        Returns:
            The beginning of the first window that is missing, damaged or not full, and the inputs
            from there.

        Raises:
            RunError: the output holds something else than these inputs, in this order, give.
        """
        here = Mark()
        with _reading(self.documents) as documents, _reading(self.errors) as errors:
            for record, record_bytes in read_journal(self._journal):
                written = record.read(documents, errors)
                if written is None:
                    break
                window = list(islice(items, record.inputs))
                counts = self._counted(window, written, here.counts)
                if record.inputs < WINDOW and (more := next(items, None)) is not None:
                    return here, chain(window, [more], items)
                here = Mark(
                    counts,
                    here.documents_bytes + record.documents_bytes,
                    here.errors_bytes + record.errors_bytes,
                    here.journal_bytes + record_bytes,
                )
        return here, items

    def _counted(
        self,
        window: Sequence[Item],
        written: tuple[bytes, bytes],
        before: Counts,
    ) -> Counts:
        """The counts behind a window, whose lines must be those of its inputs."""
        counts = deepcopy(before)
        documents, errors = (deque(map(json.loads, part.splitlines())) for part in written)
        for item in window:
            if not _take(item, documents, errors, counts):
                lines = documents if isinstance(item, Document) else errors
                read = lines[0]["source"] if lines else "no more"
                raise self._other_inputs(
                    f"{item.source} now comes, or has changed, where the earlier run read {read}"
                )
        if rest := [*documents, *errors]:
            raise self._other_inputs(f"{rest[0]['source']} is no longer among them")
        return counts

    def _other_inputs(self, difference: str) -> RunError:
        return RunError(
            f"{self.path} was made from other inputs: {difference}. Give --overwrite to start"
            " again, or another --output"
        )

    @contextmanager
    def writing(self, path: Path) -> Iterator[None]:
        """Say of what the block cannot write which file it is, and what to do.

        Raises:
            RunError: in the place of an OSError.
        """
        try:
            yield
        except OSError as error:
            raise RunError(_not_written(path, error)) from error


def _is_manifest(value: object) -> bool:
    """Whether a later run can compare itself with what ``run.json`` holds."""
    return (
        isinstance(value, dict)
        and value.keys() >= _MANIFEST_KEYS
        and all(isinstance(value[key], dict) for key in _MANIFEST_KEYS - {"date"})
        and isinstance(value["config"].get("read"), dict)
        and "canbo" in value["versions"]
        and value["counts"].keys() == Counts.__dataclass_fields__.keys()
        and all(isinstance(value["counts"][key], int) for key in ("documents", "errors"))
        and all(isinstance(seconds, int | float) for seconds in value["seconds"].values())
    )


def _not_written(path: Path, error: OSError) -> str:
    """What could not be written, why, and for a full disk what to do."""
    said = f"cannot write {path}: {error.strerror or error}"
    if error.errno not in _DISK_FULL:
        return said
    return (
        f"{said}. Nothing that was finished is lost: make room on that disk, then start the same"
        " run again, without --overwrite, and it continues"
    )


def _reading(path: Path) -> AbstractContextManager[BinaryIO]:
    """The file to read from, an empty one where there is none."""
    return path.open("rb") if path.exists() else BytesIO()


def _take(
    item: Item,
    documents: deque[dict[str, Any]],
    errors: deque[dict[str, Any]],
    counts: Counts,
) -> bool:
    """Count the item's line and go past it, when it is the next line of its file."""
    if isinstance(item, Document) and documents and _is_line_of(item, documents[0]):
        record = documents.popleft()
        counts.add_document(len(record["paragraphs"]), record["themes"])
        return True
    if errors and _is_error_of(item, errors[0]):
        errors.popleft()
        counts.errors += 1
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


def _is_error_of(item: Item, record: dict[str, Any]) -> bool:
    if isinstance(item, InputError):
        return record == asdict(item)
    return record.get("error") == "model" and _place(item.source) == (
        record.get("source"),
        record.get("line"),
    )


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
