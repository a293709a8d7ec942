"""`canbo evaluate`: score models and baselines on test sets that they have not seen.

`evaluate` reads what the settings name, checks for leakage before anything is scored, scores every
system on every data set, and gives all of ``metrics.json``.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from importlib.resources import files
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from canbo.data.errors import UserError
from canbo.data.loaders import LabelledParagraph, read_labelled_paragraphs
from canbo.data.provenance import file_sha256, folder_sha256, library_versions, short_name
from canbo.data.themes import ThemeScheme, load_theme_scheme
from canbo.eval.abstract_evaluation import (
    AbstractSystem,
    SummaryModel,
    abstract_differences,
    evaluate_abstracts,
)
from canbo.eval.abstract_scores import ABSTRACT_METRICS
from canbo.eval.analysis import learning_curve
from canbo.eval.config import EMBEDDED, EvaluationConfig, EvaluationConfigError, ModelConfig
from canbo.eval.leakage import (
    SeenData,
    find_seen,
    leakage,
    seen_in_files,
    seen_in_training,
    training_record,
)
from canbo.eval.results import Curve, Evaluation, Leakage, MetricInfo, ModelEntry
from canbo.eval.scores import compare
from canbo.eval.testsets import TestSet, abstract_test_sets, theme_test_sets
from canbo.eval.theme_evaluation import (
    FittedBaseline,
    ThemeModel,
    ThemeSystem,
    evaluate_themes,
    theme_differences,
)
from canbo.eval.theme_scores import THEME_METRICS
from canbo.eval.wording import stage_words

if TYPE_CHECKING:
    from canbo.models.roberta import Precision

__all__ = ["LeakageError", "LoadClassifier", "Outcome", "evaluate", "write_outcome"]

DIFFERENCES_FILE = "differences.jsonl"
METRICS_FILE = "metrics.json"
# Of a training.json, what a reader of figures wants; its config holds a hundred defaults.
_TRAINING_FIELDS = ("versions", "data", "results")
_TRAINING_SETTINGS = (
    "model_name_or_path",
    "segmenter",
    "max_length",
    "num_train_epochs",
    "learning_rate",
    "per_device_train_batch_size",
    "articles",
    "seed",
)
_ROLES = {"themes": "classifier", "abstracts": "summarizer"}


class LoadClassifier(Protocol):
    """Loads a classifier; `canbo.models.classifier.ThemeClassifier.from_pretrained` does."""

    def __call__(self, source: str | None, /, *, precision: Precision) -> ThemeModel:
        """Load one.

        Args:
            source: folder or hub id; None for the shipped one.
            precision: of its scores.
        """
        ...


class LeakageError(UserError):
    """A model has seen the articles it would be judged on; the message names them."""


@dataclass(frozen=True)
class Outcome:
    """What an evaluation gives.

    Attributes:
        evaluation: all of ``metrics.json``.
        differences: rows of ``differences.jsonl``; empty unless two models were compared.
    """

    evaluation: Evaluation
    differences: list[dict[str, Any]]


def evaluate(
    config: EvaluationConfig,
    *,
    load_classifier: LoadClassifier,
    load_summarizer: Callable[[str | None], SummaryModel],
    differences: bool = False,
    note: Callable[[str], None] = lambda message: None,
) -> Outcome:
    """Score what the settings name.

    Args:
        config: the settings.
        load_classifier: gives a classifier.
        load_summarizer: gives a summarizer for a folder or hub id, None for the shipped one.
        differences: list where the settings' two models differ.
        note: is told what happens, a line each, and every warning.

    Raises:
        LeakageError: a model has seen test articles; nothing is scored then.
        UserError: a file, model or setting is wrong.
        ValueError: ``differences`` is asked for with other than two models.
    """
    if differences and len(config.models) != 2:
        raise ValueError("differences are listed between exactly two models")
    if not config.models and not config.baselines:
        raise EvaluationConfigError("there is nothing to score: name 'models' or 'baselines'")
    run = _Run(config, note)
    if config.kind == "themes":
        return run.themes(load_classifier, differences)
    return run.abstracts(load_summarizer, differences)


def write_outcome(outcome: Outcome, folder: Path) -> Path:
    """Write ``metrics.json``, and ``differences.jsonl`` where two models were compared.

    Args:
        outcome: of `evaluate`.
        folder: is made where it is not there.

    Returns:
        The path of ``metrics.json``.
    """
    folder.mkdir(parents=True, exist_ok=True)
    # An earlier comparison in the folder is not this one's.
    (folder / DIFFERENCES_FILE).unlink(missing_ok=True)
    if outcome.evaluation.differences:
        lines = [json.dumps(row, ensure_ascii=False) + "\n" for row in outcome.differences]
        (folder / DIFFERENCES_FILE).write_text("".join(lines), encoding="utf-8")
    outcome.evaluation.save(folder / METRICS_FILE)
    return folder / METRICS_FILE


class _Run:
    """One evaluation while it goes on."""

    def __init__(self, config: EvaluationConfig, note: Callable[[str], None]) -> None:
        self.config, self.note = config, note
        self.warnings: list[str] = []

    def warn(self, message: str) -> None:
        """Note what a reader of the figures has to know."""
        self.warnings.append(message)
        self.note(f"warning: {message}")

    def themes(self, load: LoadClassifier, list_differences: bool) -> Outcome:
        config = self.config
        scheme = load_theme_scheme(config.themes)
        data = theme_test_sets(config, scheme, self.warn)
        train, validation = self._baseline_files()
        seen = seen_in_files([*train, *validation])
        data, entries = self._entries(data, seen if config.baselines else None)
        systems = [self._model(model, load, scheme) for model in config.models]
        systems += self._baselines(scheme, train, validation)
        thresholds = {
            system.name: {
                theme: round(float(value), 6)
                for theme, value in zip(scheme.ids, system.thresholds(scheme), strict=True)
            }
            for system in systems
        }
        fitted_on = ", ".join(short_name(path) for path in train)
        evaluation = self._empty(
            [
                replace(
                    entry,
                    thresholds=thresholds[entry.name],
                    source=entry.source if entry.role == "model" else fitted_on,
                    sha256=entry.sha256 if entry.role == "model" else _files_sha256(train),
                )
                for entry in entries
            ],
            data,
            THEME_METRICS,
            scheme,
        )
        rows: list[dict[str, Any]] = []
        for each in data:
            self.note(f"scoring on {each.name}: {len(each.items)} paragraphs")
            found = evaluate_themes(systems, each, scheme, config)
            evaluation.results.extend(found.results)
            evaluation.curves.extend(found.curves)
            evaluation.confusion.extend(found.confusion)
            evaluation.errors.extend(found.errors)
            evaluation.comparisons.extend(
                compare(each.name, self._pairs(), found.figures, THEME_METRICS)
            )
            if list_differences:
                a, b = (model.name for model in config.models)
                summary, more = theme_differences(a, b, each, found, scheme)
                evaluation.differences.append(summary)
                rows += more
        return Outcome(evaluation, rows)

    def abstracts(
        self, load: Callable[[str | None], SummaryModel], list_differences: bool
    ) -> Outcome:
        from canbo.eval.baselines import abstract_baselines

        config = self.config
        data = abstract_test_sets(config, self.warn)
        data, entries = self._entries(data, SeenData())
        known = {baseline.name: baseline for baseline in abstract_baselines()}
        _check_baselines(config.baselines, tuple(known))
        systems = [AbstractSystem(model.name, load(_source(model))) for model in config.models]
        systems += [AbstractSystem(name, baseline=known[name]) for name in config.baselines]
        evaluation = self._empty(
            [replace(entry, oracle=entry.name == "oracle") for entry in entries],
            data,
            ABSTRACT_METRICS,
            None,
        )
        encoder = None
        if config.embedding:
            from canbo.eval.metrics.embedding_similarity import TextEncoder

            encoder = TextEncoder.from_pretrained(
                None if config.embedding == EMBEDDED else config.embedding
            )
        rows: list[dict[str, Any]] = []
        for each in data:
            self.note(f"scoring on {each.name}: {len(each.items)} articles")
            found = evaluate_abstracts(systems, each, encoder, config)
            evaluation.results.extend(found.results)
            evaluation.comparisons.extend(
                compare(each.name, self._pairs(), found.figures, ABSTRACT_METRICS)
            )
            if list_differences:
                a, b = (model.name for model in config.models)
                summary, more = abstract_differences(a, b, each, found)
                evaluation.differences.append(summary)
                rows += more
        return Outcome(evaluation, rows)

    def _model(self, model: ModelConfig, load: LoadClassifier, scheme: ThemeScheme) -> ThemeSystem:
        loaded = load(_source(model), precision=model.precision)
        if loaded.precision != model.precision:
            raise UserError(
                f"model {model.name!r} gives its scores in {loaded.precision} here:"
                f" {model.precision} is for PhoBERT's architecture on a CPU; give --device cpu, or"
                " take the precision out"
            )
        system = ThemeSystem(model.name, loaded)
        system.check(scheme)
        return system

    def _baseline_files(self) -> tuple[list[Path], list[Path]]:
        """Those of the files to fit baselines on that are there: for training, for thresholds."""
        config = self.config
        if not config.baselines:
            return [], []
        found = []
        for field in ("baseline_train", "baseline_validation"):
            paths: tuple[Path, ...] = getattr(config, field)
            for path in paths:
                if not path.is_file():
                    self.warn(
                        f"baselines go without {path.parent.name}/{path.name}: it is not there"
                    )
            found.append([path for path in paths if path.is_file()])
        if not found[0]:
            raise EvaluationConfigError(
                "baselines: none of the files under 'baseline_train' is there to fit them on"
            )
        return found[0], found[1]

    def _baselines(
        self, scheme: ThemeScheme, train: Sequence[Path], validation: Sequence[Path]
    ) -> list[ThemeSystem]:
        from canbo.eval.baselines import theme_baselines
        from canbo.eval.metrics.themes import best_thresholds

        if not self.config.baselines:
            return []
        known = {baseline.name: baseline for baseline in theme_baselines(scheme)}
        _check_baselines(self.config.baselines, tuple(known))
        texts, labels = _labelled(train, scheme)
        chosen_on = _labelled(validation, scheme) if validation else None
        systems = []
        for name in self.config.baselines:
            self.note(f"fitting {name} on {len(texts)} paragraphs")
            known[name].fit(texts, labels)
            thresholds = np.full(len(scheme), 0.5)
            if chosen_on:
                thresholds = best_thresholds(known[name].probabilities(chosen_on[0]), chosen_on[1])
            systems.append(ThemeSystem(name, FittedBaseline(known[name], thresholds)))
        return systems

    def _entries(
        self, data: list[TestSet[Any]], baselines: SeenData | None
    ) -> tuple[list[TestSet[Any]], list[ModelEntry]]:
        """Check all systems for leakage; give the data that may be scored, and the entries.

        Raises:
            LeakageError: a system has seen articles of a data set that does not say to leave them
                out.
        """
        config = self.config
        places = [each.config.file.parent for each in data]
        seen_by: dict[str, SeenData] = {}
        for model in config.models:
            seen_by[model.name] = seen_in_training(
                _folder(config.kind, model), model.trained_on, model.leave_out, places
            )
        if baselines is not None:
            seen_by |= dict.fromkeys(config.baselines, baselines)
        found: dict[str, Leakage] = {}
        known: dict[SeenData, dict[str, list[str]]] = {}
        for name, seen in seen_by.items():
            if seen not in known:  # Baselines, and often the model, learn from the same files.
                self.note(f"leakage check of {name}")
                known[seen] = {each.name: find_seen(each.texts(), seen) for each in data}
            left = {each.name: set(each.keys) for each in data}
            overlaps = {
                dataset: [article for article in articles if article in left[dataset]]
                for dataset, articles in known[seen].items()
            }
            self._refuse(name, data, overlaps)
            data = [
                each.without(overlaps[each.name]) if overlaps[each.name] else each for each in data
            ]
            found[name] = leakage(seen, [])
            for why in seen.unknown:
                self.warn(f"{name}: overlap with the test sets is unknown: {why}")
        entries = [self._entry(model, found[model.name]) for model in config.models]
        entries += [
            ModelEntry(name, "baseline", None, None, None, {}, found[name])
            for name in config.baselines
        ]
        return data, entries

    def _refuse(
        self, name: str, data: Sequence[TestSet[Any]], overlaps: dict[str, list[str]]
    ) -> None:
        for each in data:
            articles = overlaps[each.name]
            if not articles:
                continue
            listed = ", ".join(articles[:10]) + (" ..." if len(articles) > 10 else "")
            if each.config.overlap == "refuse":
                raise LeakageError(
                    f"{name} was trained on, or chosen by, {len(articles)} articles of the data"
                    f" set {each.name!r}: {listed}. Score it on others, or set 'overlap: leave_out'"
                    " there to leave them out"
                )
            number = "1 article" if len(articles) == 1 else f"{len(articles)} articles"
            self.warn(f"left out of {each.name!r}: {number} that {name} has seen: {listed}")
            if len(articles) == len(set(each.keys)):
                raise LeakageError(f"{name} has seen every article of {each.name!r}")

    def _entry(self, model: ModelConfig, leaks: Leakage) -> ModelEntry:
        folder = _folder(self.config.kind, model)
        record = training_record(folder)
        return ModelEntry(
            name=model.name,
            role="model",
            source=_shown(model.source),
            sha256=folder_sha256(folder) if folder else None,
            training=record and _summary(record),
            thresholds={},
            leakage=leaks,
            precision=model.precision if self.config.kind == "themes" else None,
        )

    def _learning(self, model: ModelConfig) -> Curve | None:
        folder = _folder(self.config.kind, model)
        curve = learning_curve(model.name, folder, model.training_log)
        stage = stage_words(training_record(folder) or {})
        if stage and model.training_log:  # Any of the stages may be named.
            stage = f"the stage of {short_name(model.training_log)}"
        return curve and replace(curve, stage=stage)

    def _pairs(self) -> list[tuple[str, str]]:
        """Each model with each later one, then with each baseline."""
        models = [model.name for model in self.config.models]
        with_baselines = [(model, name) for model in models for name in self.config.baselines]
        return [*combinations(models, 2), *with_baselines]

    def _empty(
        self,
        entries: list[ModelEntry],
        data: Sequence[TestSet[Any]],
        metrics: dict[str, MetricInfo],
        scheme: ThemeScheme | None,
    ) -> Evaluation:
        """All that is known before anything is scored."""
        config = self.config
        # A model that is scored in two precisions was trained once.
        trained = {(model.source, model.training_log): model for model in reversed(config.models)}
        curves = [self._learning(model) for model in reversed(trained.values())]
        return Evaluation(
            kind=config.kind,
            created=datetime.now(UTC).isoformat(timespec="seconds"),
            seed=config.seed,
            resamples=config.resamples,
            config=config.to_dict(),
            versions=library_versions(),
            scheme=scheme.to_dict() if scheme else None,
            metrics=metrics,
            models=entries,
            datasets=[each.entry() for each in data],
            results=[],
            comparisons=[],
            curves=[curve for curve in curves if curve],
            warnings=self.warnings,
        )


def _source(model: ModelConfig) -> str | None:
    return None if model.source == EMBEDDED else model.source


def _folder(kind: str, model: ModelConfig) -> Path | None:
    """The folder of a model; None for a hub id."""
    if model.source == EMBEDDED:
        return Path(str(files("canbo.models"))) / EMBEDDED / _ROLES[kind]
    folder = Path(model.source)
    return folder if folder.is_dir() else None


def _shown(source: str) -> str:
    """A source without the places of this machine."""
    path = Path(source)
    return path.name if path.is_absolute() else source


def _summary(record: dict[str, Any]) -> dict[str, Any]:
    settings = record.get("config", {})
    return {
        **{name: record[name] for name in _TRAINING_FIELDS if name in record},
        "config": {name: settings[name] for name in _TRAINING_SETTINGS if name in settings},
    }


def _check_baselines(asked: Sequence[str], known: Sequence[str]) -> None:
    if unknown := [name for name in asked if name not in known]:
        raise EvaluationConfigError(
            f"baselines: there is no {unknown[0]!r}; name some of {', '.join(known)}"
        )


def _labelled(paths: Sequence[Path], scheme: ThemeScheme) -> tuple[list[str], np.ndarray]:
    rows: Iterator[LabelledParagraph] = (
        row for path in paths for row in read_labelled_paragraphs(path, scheme)
    )
    pairs = [(row.text, row.scores) for row in rows]
    return [text for text, _ in pairs], (np.array([s for _, s in pairs]) > 0.5).astype(np.int8)


def _files_sha256(paths: Sequence[Path]) -> str | None:
    """One hash of one file, the hashes of several joined."""
    return "+".join(file_sha256(path) for path in paths) or None
