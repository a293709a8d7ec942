"""Reading and encoding ahead of the models, in processes of their own.

One process reads; each of the others segments and tokenizes every n-th block of what was read. They
are joined by pipes, whose limited room is the bound on what lies ready. The order of the inputs is
that of the blocks, so nothing has to be sorted, and what comes out is what reading and encoding in
one process would give: when a process of these dies, the rest is done in this one.
"""

from __future__ import annotations

import os
import signal
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from itertools import islice
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from canbo.data.documents import Document, Item
from canbo.data.errors import UserError
from canbo.data.files import InputFile, find_files
from canbo.data.readers import READERS, ReadOptions, read_inputs

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

    from canbo.models.text_encoding import EncodingSpec, Window

__all__ = [
    "Encoded",
    "EncodedAhead",
    "Feeder",
    "ReadingSpec",
    "default_workers",
    "encode_paragraphs",
]

Encoded: TypeAlias = "dict[str, list[Window]]"

_BLOCK = 64  # inputs
# Encodings of so many blocks are kept: a window of a run may lie across two.
_KEPT_BLOCKS = 3
_SMALL_INPUT = 1 << 19  # bytes that are read sooner than another process starts
_MOST_WORKERS = 8


@dataclass(frozen=True)
class ReadingSpec:
    """What to read; arguments as of `canbo.data.readers.read_inputs`."""

    inputs: tuple[str, ...]
    options: ReadOptions
    exclude: frozenset[Path]

    def items(self) -> Iterator[Item]:
        """Read from the first input on."""
        return read_inputs(self.inputs, self.options, exclude=self.exclude)


def default_workers(inputs: Sequence[str]) -> int:
    """How many processes should encode: none for few or small inputs, else by the cores."""
    size = 0
    for count, found in enumerate(find_files(inputs, READERS)):
        if isinstance(found, InputFile):
            with suppress(OSError):
                size += found.path.stat().st_size
        if size > _SMALL_INPUT or count >= _BLOCK:
            cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 1
            return min(_MOST_WORKERS, max(1, cores // 4))
    return 0


class EncodedAhead:
    """Encodings that other processes made, and the means to make those that they did not.

    Args:
        encoding: how the classifier reads texts; None when there is none.
    """

    def __init__(self, encoding: EncodingSpec | None) -> None:
        self._encoding = encoding
        self._encode_here: Callable[[Sequence[str]], list[Window]] | None = None
        self._blocks: deque[Encoded] = deque(maxlen=_KEPT_BLOCKS)

    def add(self, encoded: Encoded) -> None:
        """Keep a block's encodings; those of earlier blocks are forgotten in time."""
        self._blocks.append(encoded)

    def clear(self) -> None:
        """Forget all."""
        self._blocks.clear()

    def encode(self, texts: Sequence[str]) -> list[Window]:
        """Encode texts: a look-up where it was done ahead.

        Args:
            texts: paragraphs of the inputs that came last, or any others.

        Returns:
            What `canbo.models.text_encoding.encode_windows` gives.
        """
        known = {text: windows for block in self._blocks for text, windows in block.items()}
        missing = [text for text in texts if text not in known]
        for window in self._encode_missing(missing) if missing else ():
            known.setdefault(missing[window.text], []).append(window)
        return [
            replace(window, text=index)
            for index, text in enumerate(texts)
            for window in known[text]
        ]

    def _encode_missing(self, texts: Sequence[str]) -> list[Window]:
        if self._encoding is None:
            raise RuntimeError("there is no encoding to make windows by")
        self._encode_here = self._encode_here or self._encoding.load()
        return self._encode_here(texts)


class Feeder:
    """Inputs in order, with the encodings of their paragraphs as far as workers made them.

    Args:
        reading: what to read.
        encoding: how the classifier reads texts; None when there is none.
        workers: processes that encode, at least 1.
        encode_from: number of first inputs whose encodings nobody will ask for.
    """

    def __init__(
        self,
        reading: ReadingSpec,
        encoding: EncodingSpec | None,
        workers: int,
        encode_from: int = 0,
    ) -> None:
        self._reading = reading
        self._ahead = EncodedAhead(encoding)
        context = get_context("spawn")
        pipes = [context.Pipe(duplex=False) for _ in range(workers)]
        outlets = [context.Pipe(duplex=False) for _ in range(workers)]
        self._outlets = [receiver for receiver, _ in outlets]
        first_block = encode_from // _BLOCK
        self._processes = [
            context.Process(
                target=_read, args=(reading, [sender for _, sender in pipes]), daemon=True
            )
        ]
        for number in range(workers):
            inlet, outlet = pipes[number][0], outlets[number][1]
            skipped = len(range(number, first_block, workers))
            arguments = (inlet, outlet, encoding, skipped)
            self._processes.append(context.Process(target=_encode, args=arguments, daemon=True))
        with _without_interrupts():
            for process in self._processes:
                process.start()
        # Only the children hold these ends now: when one of them ends, its pipe says so.
        for inlet, sender in pipes:
            inlet.close()
            sender.close()
        for _, sender in outlets:
            sender.close()

    @classmethod
    @contextmanager
    def running(
        cls,
        reading: ReadingSpec,
        encoding: EncodingSpec | None,
        workers: int,
        encode_from: int = 0,
    ) -> Iterator[Feeder]:
        """A feeder whose processes end with the block."""
        feeder = cls(reading, encoding, workers, encode_from)
        try:
            yield feeder
        finally:
            feeder.close()

    def items(self) -> Iterator[Item]:
        """All inputs, from the first."""
        received = block = 0
        while True:
            try:
                found = self._outlets[block % len(self._outlets)].recv()
            except (EOFError, OSError):
                # A worker died, of whatever: read what is left here, without its help.
                self._ahead.clear()
                yield from islice(self._reading.items(), received, None)
                return
            if found is None:
                return
            items, encoded = found
            self._ahead.add(encoded)
            received += len(items)
            block += 1
            yield from items

    def encode(self, texts: Sequence[str]) -> list[Window]:
        """Encode texts; see `EncodedAhead.encode`."""
        return self._ahead.encode(texts)

    def close(self) -> None:
        """End the processes."""
        for outlet in self._outlets:
            outlet.close()
        for process in self._processes:
            process.terminate()
        for process in self._processes:
            process.join()


@contextmanager
def _without_interrupts() -> Iterator[None]:
    """Processes started in the block never see Ctrl-C, which a terminal sends to all: it is the
    parent's to end them, and they would tell of it in tracebacks."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _read(reading: ReadingSpec, senders: Sequence[Connection]) -> None:
    items = reading.items()
    number = 0
    # The run has ended, or the machine cannot read on, which the parent will find and tell.
    with suppress(BrokenPipeError, UserError):
        while block := list(islice(items, _BLOCK)):
            senders[number % len(senders)].send(block)
            number += 1
        for sender in senders:
            sender.send(None)


def _encode(
    inlet: Connection, outlet: Connection, encoding: EncodingSpec | None, skipped: int
) -> None:
    encode = encoding.load() if encoding else None
    number = 0
    # The end of the pipe without the sign that all was read is the reader's death: by leaving
    # without that sign too, this process tells of it.
    with suppress(BrokenPipeError, EOFError):
        while (items := inlet.recv()) is not None:
            encoded = encode_paragraphs(items, encode) if encode and number >= skipped else {}
            outlet.send((items, encoded))
            number += 1
        outlet.send(None)


def encode_paragraphs(
    items: Sequence[Item], encode: Callable[[Sequence[str]], list[Window]]
) -> Encoded:
    """Encode the paragraphs of all documents among inputs, each text once.

    Returns:
        The windows of every text; nothing at all where encoding fails: the run meets the same
        exception, and finds the document that raises it.
    """
    texts = list(
        dict.fromkeys(
            text for item in items if isinstance(item, Document) for text in item.paragraphs
        )
    )
    encoded: Encoded = {text: [] for text in texts}
    try:
        for window in encode(texts) if texts else ():
            encoded[texts[window.text]].append(window)
    except Exception:
        return {}
    return encoded
