"""Batch inference: many inputs to one output folder, continued where an earlier run stopped."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeVar

from canbo.analyzer import DEFAULT_BATCH_SIZE, TASKS, Analyzer
from canbo.data.documents import Document, InputError
from canbo.data.readers import ReadOptions
from canbo.data.themes import ThemeScheme, load_theme_scheme
from canbo.feeder import Feeder, ReadingSpec
from canbo.manifest import Clock, new_manifest
from canbo.models.predictions import Abstract, ThemePrediction
from canbo.output import Counts, OutputFolder, RunError, model_error
from canbo.progress import show_progress
from canbo.results import DocumentResult
from canbo.writer import Item, Outcome, RunWriter, windows

if TYPE_CHECKING:
    from canbo.models.roberta import Precision

__all__ = ["RunConfig", "RunSummary", "run"]

_Answer = TypeVar("_Answer")


@dataclass(frozen=True)
class RunConfig:
    """What to read, with which models, to where.

    Attributes:
        inputs: files, folders and globs.
        output: folder of the results.
        classifier: model folder or hub id; None is the shipped model.
        summarizer: the same for abstracts.
        tasks: of ``"themes"`` and ``"abstract"``.
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
        workers: processes that segment and tokenize ahead of the models, beside one that reads;
            0 does everything in this process. The results are the same. They are started by the
            ``spawn`` method: a script that asks for them needs ``if __name__ == "__main__":``.
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
    workers: int = 0


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


def run(config: RunConfig, analyzer: Analyzer | None = None) -> RunSummary:
    """Analyse all inputs; the output contract is in the README.

    A second run with the same output continues the first. Files that are equal to the byte to
    those of one undisturbed run are promised for the same models, options, software and machine.

    Args:
        config: what to do.
        analyzer: loaded models to use; None loads those that ``config`` names.

    Raises:
        RunError: the output folder cannot be used, or was made from other inputs, models or
            options.
        ModelSourceError: a model cannot be loaded.
        ThemeSchemeError: the theme scheme is not of the form.
    """
    # Imported here: plotting and templates are not needed by those who use the pieces.
    from canbo.report import write_report

    folder = OutputFolder(config.output)
    _check_inputs(config.inputs, folder)
    with folder.lock():
        given = _given_scheme(config.themes)
        clock = Clock()
        with clock("load"):
            analyzer = analyzer or Analyzer.from_pretrained(
                config.classifier,
                config.summarizer,
                device=config.device,
                tasks=config.tasks,
                precision=config.precision,
            )
            scheme = given or analyzer.scheme
            _check_labels(analyzer, scheme)
            manifest = new_manifest(config, analyzer)
        if config.overwrite:
            folder.clear()
        writer = RunWriter(folder, manifest, clock, scheme.ids)
        # A glob may lead into the output folder, whose files grow while they are read.
        reading = ReadingSpec(config.inputs, config.read, folder.resolved_files)
        with _inputs(config, reading, analyzer, folder) as inputs:
            with clock("read"):
                remaining = windows(writer.start(inputs))
            with show_progress(
                writer.counts, clock, config.inputs, log_json=config.log_json
            ) as show:
                while window := _next_window(remaining, clock):
                    outcomes = _analyze(window, analyzer, config, clock)
                    with clock("write"):
                        writer.write(outcomes)
                    show()
                with clock("report"):
                    writer.write_report(
                        partial(write_report, config.output, scheme, config.report_language)
                    )
                writer.finish()
    return RunSummary(writer.counts, folder.errors, folder.report, clock.seconds)


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
        # Path.resolve raises on a link that leads to itself; the reader reports such an input.
        path = Path(os.path.realpath(name))
        inside = path.is_dir() and output.is_relative_to(path)
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


def _next_window(remaining: Iterator[list[Item]], clock: Clock) -> list[Item]:
    with clock("read"):
        return next(remaining, [])


def _analyze(
    window: list[Item], analyzer: Analyzer, config: RunConfig, clock: Clock
) -> list[Outcome]:
    """Analyse one window; a document that a model cannot take becomes an error in its place."""
    failed: dict[str, Exception] = {}

    def stage(
        name: str, answer: Callable[[Sequence[Document]], Sequence[_Answer]]
    ) -> dict[str, _Answer]:
        documents = [i for i in window if isinstance(i, Document) and i.id not in failed]
        answers: dict[str, _Answer] = {}
        with clock(name):
            for document, outcome in zip(documents, _bisect(answer, documents), strict=True):
                if isinstance(outcome, Exception):
                    failed[document.id] = outcome
                else:
                    answers[document.id] = outcome
        return answers

    themes: dict[str, list[ThemePrediction]] = {}
    abstracts: dict[str, Abstract] = {}
    if analyzer.classifier:
        themes = stage(
            "themes", lambda d: analyzer.predict_themes(d, config.batch_size, config.evidence)
        )
    if analyzer.summarizer:
        abstracts = stage("abstract", lambda d: analyzer.summarize(d, config.batch_size))

    def outcome(item: Item) -> Outcome:
        if isinstance(item, InputError):
            return item
        if item.id in failed:
            return model_error(item, failed[item.id])
        try:
            return DocumentResult.build(item, themes.get(item.id), abstracts.get(item.id))
        except ValueError as error:
            return model_error(item, error)

    return [outcome(item) for item in window]


def _bisect(
    answer: Callable[[Sequence[Document]], Sequence[_Answer]], documents: Sequence[Document]
) -> list[_Answer | Exception]:
    """Answers in order, with the error in the place of each document that raises one."""
    if not documents:
        return []
    try:
        return list(answer(documents))
    except Exception as error:
        if len(documents) == 1:
            return [error]
    middle = len(documents) // 2
    return _bisect(answer, documents[:middle]) + _bisect(answer, documents[middle:])
