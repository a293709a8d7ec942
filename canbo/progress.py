"""How far a run is: a live bar for people, one JSON object a line for machines, both on stderr."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from canbo.clock import Clock
from canbo.data.files import InputFile, find_files
from canbo.data.readers import READERS
from canbo.data.remote import is_uri
from canbo.output import Counts

__all__ = ["estimate_inputs", "log_event", "show_progress"]

_LOG_SECONDS = 1.0  # Between two lines for machines.
_ESTIMATE_SECONDS = 2.0  # A folder of a million files is not counted before it is read.
_SAMPLE_BYTES = 1 << 20


@contextmanager
def show_progress(
    counts: Counts, clock: Clock, inputs: Sequence[str], *, log_json: bool
) -> Iterator[Callable[[], None]]:
    """Tell of a run while the block lasts.

    The bar shows documents a second, the time left and the errors so far, and nothing where stderr
    is no terminal. The lines for machines are the events ``start``, ``progress`` (at most one a
    second) and ``end``, each with ``time`` (ISO 8601), ``counts`` (as in ``run.json``), ``inputs``
    (how many there are in all, an estimate, or null), ``rate`` (inputs a second of this process,
    or null), ``left`` (seconds, or null) and ``seconds`` (by stage).

    Args:
        counts: what the output holds; the caller brings it up to date.
        clock: the run's stages.
        inputs: of the run, as for `canbo.data.readers.read_inputs`.
        log_json: lines for machines in the place of the bar.

    Yields:
        A function to call after every window.
    """
    shown = _Log(counts, clock, inputs) if log_json else _Bar(counts, inputs)
    is_complete = False
    try:
        yield shown.update
        is_complete = True
    finally:
        shown.close(is_complete)


def log_event(event: str, **values: Any) -> None:
    """Write one line for machines to stderr."""
    now = datetime.now().astimezone().isoformat(timespec="milliseconds")
    print(json.dumps({"event": event, "time": now, **values}), file=sys.stderr, flush=True)


class _Bar:
    def __init__(self, counts: Counts, inputs: Sequence[str]) -> None:
        from tqdm import tqdm

        self._counts = counts
        # disable=None: tqdm's own test for a terminal.
        self._bar = tqdm(unit=" documents", initial=counts.inputs, disable=None, dynamic_ncols=True)
        if not self._bar.disable:
            self._bar.total = estimate_inputs(inputs)

    def update(self) -> None:
        self._bar.set_postfix(errors=self._counts.errors, refresh=False)
        self._bar.update(self._counts.inputs - self._bar.n)

    def close(self, is_complete: bool) -> None:
        if is_complete:
            self._bar.total = self._counts.inputs
        self._bar.close()


class _Log:
    def __init__(self, counts: Counts, clock: Clock, inputs: Sequence[str]) -> None:
        self._counts, self._clock = counts, clock
        self._total = estimate_inputs(inputs)
        self._begin, self._done = time.monotonic(), counts.inputs
        self._write("start")

    def update(self) -> None:
        if time.monotonic() >= self._last + _LOG_SECONDS:
            self._write("progress")

    def close(self, is_complete: bool) -> None:
        if is_complete:
            self._total = self._counts.inputs
            self._write("end")

    def _write(self, event: str) -> None:
        self._last = time.monotonic()
        done = self._counts.inputs - self._done
        rate = done / (self._last - self._begin) if done else None
        # An estimate that was too low says nothing of the time left.
        to_do = None if self._total is None else self._total - self._counts.inputs
        log_event(
            event,
            counts=asdict(self._counts),
            inputs=self._total,
            rate=rate and round(rate, 3),
            left=round(to_do / rate, 1) if rate and to_do is not None and to_do >= 0 else None,
            seconds=self._clock.seconds,
        )


def estimate_inputs(inputs: Sequence[str]) -> int | None:
    """How many documents and errors inputs will give, without reading them.

    Rows of JSONL and CSV are judged by the first megabyte of a file, entries of an archive and
    rows of Parquet by its directory; anything else is one.

    Args:
        inputs: as for `canbo.data.readers.read_inputs`.

    Returns:
        The estimate, or None when even listing the files takes long, or they are elsewhere.
    """
    if any(map(is_uri, inputs)):
        return None
    end = time.monotonic() + _ESTIMATE_SECONDS
    total = 0
    for found in find_files(inputs, READERS):
        total += _estimate_file(found.path) if isinstance(found, InputFile) else 1
        if time.monotonic() > end:
            return None
    return total


def _estimate_file(path: Path) -> int:
    count = _COUNTERS.get(path.suffix.lower())
    rows = 1
    if count:
        with suppress(Exception):  # The reader will say what is wrong with the file.
            rows = count(path)
    return max(1, rows)


def _lines(path: Path) -> int:
    size = path.stat().st_size
    with path.open("rb") as file:
        head = file.read(_SAMPLE_BYTES)
    lines = head.count(b"\n") + (len(head) == size and not head.endswith(b"\n"))
    return round(lines * size / len(head))


def _csv_rows(path: Path) -> int:
    return _lines(path) - 1


def _parquet_rows(path: Path) -> int:
    from pyarrow.parquet import read_metadata

    return int(read_metadata(path).num_rows)


def _entries(path: Path) -> int:
    from canbo.data.archives import list_entries, open_archive

    with open_archive(path) as archive:
        return len(list_entries(archive))


_COUNTERS: dict[str, Callable[[Path], int]] = {
    ".jsonl": _lines,
    ".csv": _csv_rows,
    ".parquet": _parquet_rows,
    ".zip": _entries,
}
