"""Batch inference: many inputs to one output folder, continued where an earlier run stopped."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Protocol

from canbo.analyzer import DEFAULT_BATCH_SIZE, TASKS, Analyzer
from canbo.clock import Clock
from canbo.data.documents import Item
from canbo.data.readers import ReadOptions
from canbo.data.remote import copy_out, make_folder
from canbo.data.themes import ThemeScheme, load_theme_scheme
from canbo.feeder import Feeder, ReadingSpec
from canbo.manifest import new_manifest
from canbo.output import Counts, OutputFolder, RunError
from canbo.progress import show_progress
from canbo.window_stages import analyze_window
from canbo.writer import Outcome, RunWriter, windows

if TYPE_CHECKING:
    from canbo.models.roberta import Precision

__all__ = ["ENGINES", "Engine", "RunConfig", "RunSummary", "run"]

ENGINES = ("local", "ray")


@dataclass(frozen=True)
class RunConfig:
    """What to read, with which models, to where.

    Attributes:
        inputs: files, folders and globs; files and folders by URI (`canbo.data.remote`).
        output: folder of the results.
        classifier: model folder or hub id; None is the shipped model.
        summarizer: the same for abstracts.
        tasks: of `canbo.analyzer.ALL_TASKS`.
        device: ``"cpu"`` or ``"cuda"``; None takes what is there.
        batch_size: paragraphs a forward pass.
        evidence: whether to find the words that carry each theme.
        read: names of the fields of tables and JSON lines.
        themes: theme scheme that gives the report's names and colours; None is the one that the
            classifier carries, or else the shipped one.
        report_language: ``"vi"`` or ``"en"``.
        overwrite: remove an earlier run's results instead of continuing it.
        log_json: tell of the progress in JSON lines instead of a bar (`canbo.progress`).
        precision: of the classifier's matrix products on a CPU, ``"int8"`` or ``"float32"``.
        raw_abstracts: show abstracts as the model wrote them, with what is unsupported named.
        workers: processes that segment and tokenize ahead of the models, beside one that reads;
            0 does everything in this process. The results are the same. They are started by the
            ``spawn`` method: a script that asks for them needs ``if __name__ == "__main__":``.
            With Ray: processes that hold the models; 0 takes what the cluster has
            (`canbo.ray_engine`).
        engine: ``"local"``, this machine, or ``"ray"``, the machines of a Ray cluster. The results
            are the same.
        ray_address: of the cluster, as for `ray.init`; None starts Ray on this machine.
        copy_to: URI of a folder to copy the finished output to (`canbo.data.remote`).
    """

    inputs: tuple[str, ...]
    output: Path
    classifier: str | None = None
    summarizer: str | None = None
    tasks: tuple[str, ...] = TASKS
    device: str | None = None
    batch_size: int = DEFAULT_BATCH_SIZE
    evidence: bool = True
    read: ReadOptions = field(default_factory=ReadOptions)
    themes: Path | None = None
    report_language: Literal["vi", "en"] = "vi"
    overwrite: bool = False
    log_json: bool = False
    precision: Precision = "int8"
    raw_abstracts: bool = False
    workers: int = 0
    engine: Literal["local", "ray"] = "local"
    ray_address: str | None = None
    copy_to: str | None = None


@dataclass(frozen=True)
class RunSummary:
    """A finished run.

    Attributes:
        counts: what the output holds, from all runs that made it.
        errors: ``errors.jsonl``.
        report: ``report.html``.
        seconds: by stage and in all.
    """

    counts: Counts
    errors: Path
    report: Path
    seconds: dict[str, float]


class Engine(Protocol):
    """Where and how inputs are read and analysed."""

    def items(self) -> Iterator[Item]:
        """All inputs, from the first, for going through what an earlier run has done."""
        ...

    def outcomes(self, remaining: Iterator[Item], done: int) -> Iterator[list[Outcome]]:
        """Analyse what is left.

        Args:
            remaining: what is left of `items`, from the beginning of a window.
            done: how many inputs stand before it.

        Yields:
            Window by window one outcome an input, in input order.
        """
        ...


def run(config: RunConfig, analyzer: Analyzer | None = None) -> RunSummary:
    """Analyse all inputs; the output contract is in the README.

    A second run with the same output continues the first. Files that are equal to the byte to
    those of one undisturbed run are promised for the same models, options, software and machine.

    Args:
        config: what to do.
        analyzer: loaded models to use; None loads those that ``config`` names.

    Raises:
        RunError: the output folder cannot be used, or was made from other inputs, models or
            options; or there is no Ray cluster to be had.
        ModelSourceError: a model cannot be loaded.
        ThemeSchemeError: the theme scheme is not of the form.
        OSError: the folder to copy the results to cannot be made.
    """
    # Imported here: plotting and templates are not needed by those who use the pieces.
    from canbo.report import write_report

    folder = OutputFolder(config.output)
    _check_inputs(config.inputs, folder)
    if config.copy_to:
        make_folder(config.copy_to)  # now: what is wrong with it would show after hours of work
    with folder.lock(), _cluster(config) as config:
        given = _given_scheme(config.themes)
        clock = Clock()
        with clock("load"):
            loaded = analyzer or _load_here(config)
            scheme = given or loaded.scheme
            _check_labels(loaded, scheme)
            manifest = new_manifest(config, loaded)
        if config.overwrite:
            folder.clear()
        writer = RunWriter(folder, manifest, clock, scheme.ids)
        with _engine(config, loaded, analyzer, folder, clock) as engine:
            with clock("read"):
                remaining = writer.start(engine.items())
            with show_progress(
                writer.counts, clock, config.inputs, log_json=config.log_json
            ) as show:
                for outcomes in engine.outcomes(remaining, writer.counts.inputs):
                    with clock("write"):
                        writer.write(outcomes)
                    show()
                with clock("report"):
                    writer.write_report(
                        partial(write_report, config.output, scheme, config.report_language)
                    )
                writer.finish()
            if config.copy_to:
                copy_out(folder.files, config.copy_to)
    return RunSummary(writer.counts, folder.errors, folder.report, clock.seconds)


@contextmanager
def _cluster(config: RunConfig) -> Iterator[RunConfig]:
    """What is to be done, with the device that the machines have that will do it."""
    if config.engine == "local":
        yield config
        return
    from canbo.ray_cluster import cluster_device, connected

    with connected(config.ray_address):
        yield replace(config, device=config.device or cluster_device())


def _load(config: RunConfig) -> Analyzer:
    return Analyzer.from_pretrained(
        config.classifier,
        config.summarizer,
        device=config.device,
        tasks=config.tasks,
        precision=config.precision,
        raw_abstracts=config.raw_abstracts,
    )


def _load_here(config: RunConfig) -> Analyzer:
    """Load the models in this process; of a cluster's head no GPU is expected."""
    return _load(config if config.engine == "local" else replace(config, device="cpu"))


@contextmanager
def _engine(
    config: RunConfig,
    loaded: Analyzer,
    given: Analyzer | None,
    folder: OutputFolder,
    clock: Clock,
) -> Iterator[Engine]:
    # A glob may lead into the output folder, whose files grow while they are read.
    reading = ReadingSpec(config.inputs, config.read, folder.resolved_files)
    if config.engine == "ray":
        from canbo.ray_engine import RayEngine

        load = partial(_load, config) if given is None else partial(_same, given)
        encoding = loaded.classifier.encoding if loaded.classifier else None
        yield RayEngine(config, reading, encoding, load, clock)
        return
    with _inputs(config, reading, loaded, folder) as inputs:
        yield _LocalEngine(config, inputs, loaded, clock)


def _same(analyzer: Analyzer) -> Analyzer:
    return analyzer


class _LocalEngine:
    """One window after another, in this process."""

    def __init__(
        self, config: RunConfig, inputs: Iterator[Item], analyzer: Analyzer, clock: Clock
    ) -> None:
        self._config, self._inputs = config, inputs
        self._analyzer, self._clock = analyzer, clock

    def items(self) -> Iterator[Item]:
        return self._inputs

    def outcomes(self, remaining: Iterator[Item], done: int) -> Iterator[list[Outcome]]:
        left = windows(remaining)
        while window := self._next(left):
            yield analyze_window(
                window,
                self._analyzer,
                self._config.batch_size,
                self._config.evidence,
                self._clock,
            )

    def _next(self, left: Iterator[list[Item]]) -> list[Item]:
        with self._clock("read"):
            return next(left, [])


@contextmanager
def _inputs(
    config: RunConfig, reading: ReadingSpec, analyzer: Analyzer, folder: OutputFolder
) -> Iterator[Iterator[Item]]:
    """The inputs from the first, read and encoded by workers where there are to be some."""
    if not config.workers:
        yield reading.items()
        return
    classifier = analyzer.classifier
    previous = folder.read_manifest()
    done = Counts(**previous["counts"]).inputs if previous else 0
    with Feeder.running(
        reading, classifier.encoding if classifier else None, config.workers, done
    ) as feeder:
        if classifier is None or classifier.encoding is None:
            yield feeder.items()
            return
        classifier.encoded_ahead = feeder.encode
        try:
            yield feeder.items()
        finally:
            classifier.encoded_ahead = None


def _check_inputs(inputs: Sequence[str], folder: OutputFolder) -> None:
    """Refuse inputs that name what this run writes; what only globs find is passed over."""
    output, own = folder.path.resolve(), folder.resolved_files
    for name in inputs:
        if "\0" in name:
            continue  # No path; the reader reports it.
        # Path.resolve raises on a link that leads to itself; the reader reports such an input.
        path = Path(os.path.realpath(name))
        # Path.is_dir raises on names that are too long.
        inside = os.path.isdir(path) and output.is_relative_to(path)  # noqa: PTH112
        if inside or path in own:
            raise RunError(
                f"the output folder {folder.path} would be read as part of the input {name}:"
                " choose another --output"
            )


def _given_scheme(path: Path | None) -> ThemeScheme | None:
    try:
        return load_theme_scheme(path) if path else None
    except OSError as error:
        raise RunError(f"the theme scheme {path} cannot be read: {error}") from error


def _check_labels(analyzer: Analyzer, scheme: ThemeScheme) -> None:
    known = set(scheme.ids)
    labels = analyzer.classifier.scheme_ids if analyzer.classifier else ()
    if unknown := [label for label in labels if label not in known]:
        raise RunError(
            f"the classifier gives themes that the scheme {scheme.name} does not hold:"
            f" {', '.join(unknown)}. Give the classifier's own scheme with --themes FILE"
        )
