"""``--engine ray``: the stages of a run on the machines of a Ray cluster, by Ray Data.

The inputs are read twice. The first pass reads all files in parallel and gives back only the names
that their documents want; from these this process settles, in input order, which ids are taken, and
where each window of inputs begins. The second pass is one stream of Ray Data:

- tasks read the windows again, clean, segment and tokenize them;
- a pool of actors, one a GPU, or where there is none one a processor core, but for one core that
  reads, holds the models;
- this process takes the outcomes in input order and hands them to the one `RunWriter`.

What is analysed together is the same as in the local engine, and so are the results. Ray Data
schedules, holds back what is ahead of the models, starts tasks and actors again that were lost, and
gives their windows to others; a window that was written is not asked for again. When this process
ends, the next run goes on behind the last window that is on the disk, as with the local engine.
"""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import accumulate, chain, islice
from typing import TYPE_CHECKING, Any

from canbo.clock import Clock
from canbo.data.documents import InputError, Item
from canbo.data.files import InputFile
from canbo.data.name_set import NameSet
from canbo.data.readers import (
    ReadOptions,
    list_files,
    name_document,
    read_file,
    take_name,
    wanted_names,
)
from canbo.feeder import Encoded, EncodedAhead, ReadingSpec, encode_paragraphs
from canbo.output import WINDOW, RunError
from canbo.ray_cluster import Resources
from canbo.window_stages import analyze_window
from canbo.writer import Outcome, windows

if TYPE_CHECKING:
    from canbo.analyzer import Analyzer
    from canbo.batch import RunConfig
    from canbo.models.text_encoding import EncodingSpec, Window

__all__ = ["Chunk", "Part", "RayEngine", "plan_chunks"]

# Tasks that read: more of them only cost time to start.
_MOST_TASKS = 4096


@dataclass(frozen=True)
class Part:
    """A file, or an error in the place of one, as the first pass saw it.

    Attributes:
        file: what to read.
        items: how many documents and errors it gives.
        taken: of the names that its documents want, those that earlier files have.
    """

    file: InputFile | InputError
    items: int
    taken: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Chunk:
    """Consecutive whole windows, read by one task.

    Attributes:
        parts: the files that they lie in.
        skip: inputs of the first part that stand before them.
        items: inputs in them.
    """

    parts: tuple[Part, ...]
    skip: int
    items: int


@dataclass(frozen=True)
class _Names:
    """For each document and error of a file the names that it wants, in order."""

    wanted: list[tuple[str, ...]]
    seconds: dict[str, float]


@dataclass(frozen=True)
class _Work:
    """One window on its way to a model: one row of Ray Data's."""

    items: list[Item]
    encoded: Encoded
    seconds: dict[str, float]


@dataclass(frozen=True)
class _Done:
    """One window on its way back."""

    outcomes: list[Outcome]
    seconds: dict[str, float]


class RayEngine:
    """Reads and analyses on the cluster that this process is connected with.

    Args:
        config: batch size, evidence, device, and how many processes hold models.
        reading: what to read.
        encoding: how the classifier reads texts; None when there is none.
        load: loads the models in such a process; it is pickled.
        clock: is given the seconds that all processes together spent on each stage.
    """

    def __init__(
        self,
        config: RunConfig,
        reading: ReadingSpec,
        encoding: EncodingSpec | None,
        load: Callable[[], Analyzer],
        clock: Clock,
    ) -> None:
        from ray.data import DataContext

        context = DataContext.get_current()
        context.execution_options.preserve_order = True
        context.enable_progress_bars = False
        # A row is a window: it goes on when it is ready, not when a block of many is.
        context.target_max_block_size = 1
        self._config, self._reading = config, reading
        self._encoding, self._load, self._clock = encoding, load, clock
        self._folder = os.getcwd()  # noqa: PTH109
        self._resources = Resources.of_cluster(config)

    def items(self) -> Iterator[Item]:
        """All inputs, from the first, read by the cluster."""
        for work in self._works(0, None):
            yield from work.items

    def outcomes(self, remaining: Iterator[Item], done: int) -> Iterator[list[Outcome]]:
        """Analyse what stands behind the first ``done`` inputs; see `canbo.batch.Engine`."""
        del remaining  # It has been read only as far as an earlier run came.
        chunks = list(plan_chunks(self._parts, done))
        if not chunks:
            return
        from ray.data import ActorPoolStrategy

        resources = self._resources
        results = self._read(chunks, self._encoding).map_batches(
            _Models,
            batch_size=1,
            compute=ActorPoolStrategy(size=resources.actors),
            fn_constructor_args=(self._load, self._config, resources.threads, self._folder),
            num_cpus=resources.actor_cpus,
            num_gpus=resources.actor_gpus or None,
        )
        for finished in _rows(results, "done"):
            self._clock.add(finished.seconds)
            yield finished.outcomes

    @cached_property
    def _parts(self) -> list[Part]:
        """The first pass."""
        files = list(list_files(self._reading.inputs, exclude=self._reading.exclude))
        wanted = iter(self._survey([file for file in files if isinstance(file, InputFile)]))
        taken = NameSet()
        parts = []
        for file in files:
            if isinstance(file, InputError):
                parts.append(Part(file, 1))
                continue
            names = next(wanted).wanted
            already = frozenset(name for each in names for name in each if name in taken)
            parts.append(Part(file, len(names), already))
            for each in names:
                take_name(each, taken)
        return parts

    def _survey(self, files: Sequence[InputFile]) -> Iterator[_Names]:
        if not files:
            return
        found = _from_items(files, self._resources.survey_tasks).map(
            _survey_file,
            fn_kwargs={"options": self._reading.options, "folder": self._folder},
            num_cpus=self._resources.reader_cpus,
        )
        for names in _rows(found, "names"):
            self._clock.add(names.seconds)
            yield names

    def _works(self, done: int, encoding: EncodingSpec | None) -> Iterator[_Work]:
        if chunks := list(plan_chunks(self._parts, done)):
            yield from _rows(self._read(chunks, encoding), "work")

    def _read(self, chunks: Sequence[Chunk], encoding: EncodingSpec | None) -> Any:
        """A dataset of windows."""
        return _from_items(chunks, _MOST_TASKS).flat_map(
            _read_chunk,
            fn_kwargs={
                "options": self._reading.options,
                "encoding": encoding,
                "folder": self._folder,
            },
            num_cpus=self._resources.reader_cpus,
        )


def plan_chunks(parts: Sequence[Part], done: int) -> Iterator[Chunk]:
    """Cut inputs into what one task reads: the windows that begin in one file.

    Args:
        parts: all files.
        done: how many first inputs to leave out: whole windows, or all.
    """
    starts = list(accumulate((part.items for part in parts), initial=0))
    first = 0
    while done < starts[-1]:
        while starts[first + 1] <= done:
            first += 1
        end = min(starts[-1], -(-starts[first + 1] // WINDOW) * WINDOW)
        last = first + 1
        while starts[last] < end:
            last += 1
        yield Chunk(tuple(parts[first:last]), done - starts[first], end - done)
        done = end


# --- on the machines of the cluster ------------------------------------------------------------


def _survey_file(row: dict[str, Any], options: ReadOptions, folder: str) -> dict[str, _Names]:
    _enter(folder)
    file = row["item"]
    _check_is_here(file)
    clock = Clock()
    with clock("survey"):
        names = [
            () if isinstance(found, InputError) else wanted_names(found, file)
            for found in read_file(file, options)
        ]
    return {"names": _Names(names, clock.seconds)}


def _read_chunk(
    row: dict[str, Any], options: ReadOptions, encoding: EncodingSpec | None, folder: str
) -> Iterator[dict[str, _Work]]:
    _enter(folder)
    chunk: Chunk = row["item"]
    encode = _encoder(encoding) if encoding else None
    items = chain.from_iterable(_read_part(part, options) for part in chunk.parts)
    left = windows(islice(items, chunk.skip, chunk.skip + chunk.items))
    while True:
        clock = Clock()
        with clock("read"):
            window = next(left, None)
        if window is None:
            return
        with clock("encode"):
            encoded = encode_paragraphs(window, encode) if encode else {}
        yield {"work": _Work(window, encoded, clock.seconds)}


def _read_part(part: Part, options: ReadOptions) -> Iterator[Item]:
    if isinstance(part.file, InputError):
        yield part.file
        return
    _check_is_here(part.file)
    taken = NameSet(part.taken)
    count = 0
    for count, found in enumerate(read_file(part.file, options), start=1):
        if count > part.items:
            break
        if isinstance(found, InputError):
            yield found
        else:
            yield name_document(found, part.file, taken)
    if count != part.items:
        raise RunError(f"{part.file.source} changed while it was read: start the run again")


@lru_cache(maxsize=1)
def _encoder(encoding: EncodingSpec) -> Callable[[Sequence[str]], list[Window]]:
    return encoding.load()


class _Models:
    """The models in one process, one window after another."""

    def __init__(
        self, load: Callable[[], Analyzer], config: RunConfig, threads: int, folder: str
    ) -> None:
        _enter(folder)
        self._analyzer, self._config = load(), config
        if torch := sys.modules.get("torch"):
            torch.set_num_threads(threads)
        self._ahead: EncodedAhead | None = None
        classifier = self._analyzer.classifier
        if classifier and classifier.encoding:
            self._ahead = EncodedAhead(classifier.encoding)
            classifier.encoded_ahead = self._ahead.encode

    def __call__(self, batch: dict[str, Any]) -> dict[str, list[_Done]]:
        (work,) = batch["work"]
        if self._ahead:
            self._ahead.add(work.encoded)
        clock = Clock()
        clock.add(work.seconds)
        outcomes = analyze_window(
            work.items, self._analyzer, self._config.batch_size, self._config.evidence, clock
        )
        return {"done": [_Done(outcomes, clock.seconds)]}


def _enter(folder: str) -> None:
    """Let relative paths mean what they mean to the user, where there is that folder."""
    with suppress(OSError):
        os.chdir(folder)


def _check_is_here(file: InputFile) -> None:
    if file.uri is None and not file.path.exists():
        raise RunError(
            f"{file.path} is not there on the machine {socket.gethostname()} of the Ray cluster:"
            " inputs must be under the same path on every machine, such as on a shared disk, or be"
            " given by URI"
        )


# --- Ray Data ----------------------------------------------------------------------------------


def _from_items(items: Sequence[Any], tasks: int) -> Any:
    import ray.data

    return ray.data.from_items(
        [{"item": item} for item in items], override_num_blocks=min(len(items), tasks)
    )


def _rows(dataset: Any, column: str) -> Iterator[Any]:
    """One value a row, in order.

    Raises:
        RunError: the cluster could not do it.
    """
    from ray.exceptions import RayError

    try:
        for row in dataset.iter_rows():
            yield row[column]
    except RayError as error:
        raise RunError(f"the Ray cluster stopped the run: {_reason(error)}") from error


def _reason(error: Exception) -> str:
    """What was raised on the other machine: it comes as a traceback in the message, no more."""
    first, *_ = str(error).split("\n\nThe above exception was the direct cause")
    return first.strip().rpartition("\n")[2] or type(error).__name__
