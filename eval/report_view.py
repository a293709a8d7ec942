"""What an evaluation report shows: sentences, tables and plots, the same for HTML and Markdown."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from canbo.eval.charts import (
    ConfusionCell,
    Forest,
    LinePlot,
    confusion_cells,
    forest,
    learning_plots,
    precision_recall_plot,
    reliability_plot,
)
from canbo.eval.report_method import leakage_words, method
from canbo.eval.report_tables import ReportTables
from canbo.eval.results import (
    Confusion,
    DatasetEntry,
    Differences,
    ErrorCase,
    Evaluation,
    ModelEntry,
    Score,
    SliceResult,
)
from canbo.eval.wording import (
    INT8,
    ITEMS,
    Verdict,
    competitors,
    dataset_words,
    figure,
    find_result,
    interval,
    metric_label,
    role_of,
    theme_name,
    verdicts,
)

__all__ = ["ConfusionMap", "DatasetSummary", "ErrorGroup", "ModelSummary", "ReportView"]


@dataclass(frozen=True)
class ModelSummary:
    """What is said first about a model on a data set.

    Attributes:
        name: of the model.
        sentences: how well it does, in plain words.
        verdicts: how it stands to each baseline.
    """

    name: str
    sentences: tuple[str, ...]
    verdicts: tuple[Verdict, ...]


@dataclass(frozen=True)
class DatasetSummary:
    """What is said first about a data set.

    Attributes:
        name: of the data set.
        words: what it holds.
        models: what each model reaches there.
        forest: all models and baselines by the primary metric; None without figures.
    """

    name: str
    words: str
    models: tuple[ModelSummary, ...]
    forest: Forest | None


@dataclass(frozen=True)
class ConfusionMap:
    """A confusion matrix as it is drawn: labels with their theme's index (None: no theme)."""

    id: str
    title: str
    labels: tuple[tuple[str, int | None], ...]
    cells: tuple[ConfusionCell, ...]


@dataclass(frozen=True)
class ErrorGroup:
    """The worst mistakes of a model on a data set: false positives, then false negatives."""

    model: str
    dataset: str
    hidden: bool
    positives: tuple[ErrorCase, ...]
    negatives: tuple[ErrorCase, ...]


class ReportView:
    """An evaluation as a report tells it.

    Attributes:
        evaluation: the figures.
        tables: its tables.
        scheme: the theme scheme; None for abstracts.
        primary: name of the metric that models are ranked by.
    """

    def __init__(self, evaluation: Evaluation) -> None:
        """Take the figures.

        Raises:
            ThemeSchemeError: the evaluation's theme scheme is not of the form.
        """
        self.evaluation = evaluation
        self.tables = ReportTables(evaluation)
        self.scheme, self.primary = self.tables.scheme, self.tables.primary

    # ---- what is said first

    @cached_property
    def title(self) -> str:
        """The report's title."""
        what = {"themes": "themes of paragraphs", "abstracts": "abstracts of articles"}
        return f"Evaluation: {what[self.evaluation.kind]}"

    @cached_property
    def models(self) -> tuple[ModelEntry, ...]:
        """The models that are judged."""
        return tuple(model for model in self.evaluation.models if model.role == "model")

    @cached_property
    def lede(self) -> str:
        """What was compared with what, in one sentence."""
        names = [model.name for model in self.models] or ["no model"]
        datasets = _listed([dataset.name for dataset in self.evaluation.datasets])
        text = f"How well {_listed(names)} {'does' if len(names) < 2 else 'do'} on {datasets}"
        if against := [baseline.name for baseline in competitors(self.evaluation)]:
            text += (
                f", compared with {_listed(against)}: methods that need no fine-tuned model, and"
                " that a model has to beat to be worth its cost"
            )
        text += "."
        if self.oracles:
            text += (
                f" {_listed(self.oracles)} looks at the right answers: it shows what can be"
                " reached at most and is nobody's competitor."
            )
        return text

    @cached_property
    def summaries(self) -> tuple[DatasetSummary, ...]:
        """The plain-language summary, a data set each."""
        return tuple(
            DatasetSummary(
                dataset.name,
                dataset_words(dataset, self.evaluation.kind),
                tuple(self._model_summary(model, dataset) for model in self.models),
                forest(self.evaluation, dataset.name, self.primary),
            )
            for dataset in self.evaluation.datasets
        )

    def _model_summary(self, model: ModelEntry, dataset: DatasetEntry) -> ModelSummary:
        result = find_result(self.evaluation, model.name, dataset.name)
        found = tuple(verdicts(self.evaluation, model.name, dataset.name))
        if result is None:
            return ModelSummary(model.name, ("It was not scored here.",), found)
        say = (
            self._theme_sentences if self.evaluation.kind == "themes" else self._abstract_sentences
        )
        made = (f"It is {INT8}.",) if model.precision == "int8" else ()
        return ModelSummary(model.name, (*made, self._score_sentence(result), *say(result)), found)

    def _score_sentence(self, result: SliceResult) -> str:
        score = result.metrics.get(self.primary, Score(None))
        if score.value is None:
            return f"Its {metric_label(self.primary)} is not defined here."
        top = "100" if "rouge" in self.primary else "1"
        gloss = _GLOSSES.get(self.primary, "")
        label = f"{metric_label(self.primary)}{gloss}"
        text = f"{label[0].upper()}{label[1:]}: {figure(self.primary, score.value, 2)} out of {top}"
        if score.ci:
            text += (
                "; had other articles of the same kind been drawn, it would most likely lie between"
                f" {interval(self.primary, score.ci, 2).replace(' to ', ' and ')} (95% interval)"
            )
        return f"{text}."

    def _theme_sentences(self, result: SliceResult) -> list[str]:
        sentences = []
        precision = result.metrics.get("macro_precision", Score(None)).value
        recall = result.metrics.get("macro_recall", Score(None)).value
        if precision is not None and recall is not None:
            sentences.append(
                "On the average of the themes, of 100 paragraphs to which it gives a theme about"
                f" {100 * precision:.0f} have it, and of 100 that have a theme it finds about"
                f" {100 * recall:.0f}."
            )
        exact = result.metrics.get("exact_match", Score(None)).value
        if exact is not None:
            sentences.append(f"In {100 * exact:.0f} of 100 paragraphs every theme is right.")
        by_f1 = sorted(
            (scores["f1"].value, theme)
            for theme, scores in result.themes.items()
            if "f1" in scores and scores["f1"].value is not None
        )
        if len(by_f1) > 1:
            (worst, hardest), (best, easiest) = by_f1[0], by_f1[-1]
            sentences.append(
                f"Surest theme: {self._theme_name(easiest)} (F1 {best:.2f}); least sure:"
                f" {self._theme_name(hardest)} ({worst:.2f})."
            )
        return sentences

    def _abstract_sentences(self, result: SliceResult) -> list[str]:
        sentences = []
        length = result.metrics.get("syllables", Score(None)).value
        if length is not None:
            sentences.append(f"An abstract has about {length:.0f} syllables on average.")
        unfaithful = result.metrics.get("unfaithful_share", Score(None)).value
        if unfaithful is not None:
            kinds = [
                name.removeprefix("unsupported_")
                for name in self.evaluation.metrics
                if name.startswith("unsupported_")
            ]
            looked_up = f" ({_listed(kinds)} were looked up)" if kinds else ""
            sentences.append(
                f"In {100 * unfaithful:.1f} of 100 abstracts it states something that the article"
                f" does not hold{looked_up}."
            )
        return sentences

    @property
    def primary_label(self) -> str:
        """Name of the metric that models are ranked by."""
        return metric_label(self.primary)

    @property
    def items(self) -> str:
        """What is counted: paragraphs or articles."""
        return f"{ITEMS[self.evaluation.kind]}s"

    @property
    def oracles(self) -> tuple[str, ...]:
        """Names of what looked at the answers."""
        return tuple(model.name for model in self.evaluation.models if model.oracle)

    # ---- plots

    @cached_property
    def reliability(self) -> tuple[LinePlot, ...]:
        """Probability against truth: the models' decisions on all themes together.

        Of a calibrated model, a broken line beside it shows its encoder alone.
        """
        judged = {model.name for model in self.models}
        curves = [c for c in self.evaluation.curves if c.model in judged and c.points]
        before = {(c.model, c.dataset): c for c in curves if c.kind == "encoder_reliability"}
        after = [c for c in curves if c.kind == "reliability" and c.theme is None]
        return tuple(
            reliability_plot(c, before.get((c.model, c.dataset)), f"reliability-{i}")
            for i, c in enumerate(after)
        )

    @cached_property
    def precision_recall(self) -> tuple[LinePlot, ...]:
        """Precision against recall, a line a theme; a plot for each model and data set."""
        if self.scheme is None:
            return ()
        plots: list[LinePlot] = []
        names = [theme.name["en"] for theme in self.scheme.themes]
        for model in self.models:
            for dataset in self.evaluation.datasets:
                curves = [
                    c
                    for c in self.evaluation.curves
                    if (c.model, c.dataset, c.kind)
                    == (model.name, dataset.name, "precision_recall")
                    and c.theme is not None
                    and c.points
                ]
                if curves:
                    plot_id = f"precision-recall-{len(plots)}"
                    plots.append(precision_recall_plot(curves, self.scheme.ids, names, plot_id))
        return tuple(plots)

    @cached_property
    def learning(self) -> tuple[LinePlot, ...]:
        """What the training runs logged."""
        curves = [c for c in self.evaluation.curves if c.kind == "learning" and c.points]
        return tuple(
            plot for i, curve in enumerate(curves) for plot in learning_plots(curve, f"learn-{i}")
        )

    @cached_property
    def confusion(self) -> tuple[ConfusionMap, ...]:
        """What stood in place of what, for each model and data set."""
        judged = {model.name for model in self.models}
        maps = [c for c in self.evaluation.confusion if c.model in judged]
        return tuple(self._confusion_map(c, f"confusion-{i}") for i, c in enumerate(maps))

    def _confusion_map(self, confusion: Confusion, map_id: str) -> ConfusionMap:
        ids = self.scheme.ids if self.scheme else ()
        labels = tuple(
            (self._theme_name(label), ids.index(label)) if label in ids else ("no theme", None)
            for label in confusion.labels
        )
        return ConfusionMap(
            map_id,
            f"{confusion.model} on {confusion.dataset}",
            labels,
            tuple(confusion_cells(confusion)),
        )

    # ---- mistakes and differences

    @cached_property
    def errors(self) -> tuple[ErrorGroup, ...]:
        """The worst mistakes, a group for each model and data set."""
        groups = []
        for model in self.models:
            for dataset in self.evaluation.datasets:
                cases = [
                    e
                    for e in self.evaluation.errors
                    if (e.model, e.dataset) == (model.name, dataset.name)
                ]
                if cases:
                    groups.append(
                        ErrorGroup(
                            model.name,
                            dataset.name,
                            dataset.text == "hide",
                            tuple(e for e in cases if e.kind == "false_positive"),
                            tuple(e for e in cases if e.kind == "false_negative"),
                        )
                    )
        return tuple(groups)

    @staticmethod
    def difference_sentence(found: Differences) -> str:
        """How far two models differ on a data set, in words."""
        return (
            f"On {found.dataset}, {found.a} and {found.b} differ in {found.different:,} of"
            f" {found.items:,}; {found.a} does better in {found.a_better:,} of these,"
            f" {found.b} in {found.b_better:,}."
        )

    def differing(self, found: Differences) -> Iterator[tuple[str, list[tuple[str, str]]]]:
        """The items that two models differ on most: what each says, and texts that may be shown."""
        nearer = {"a": found.a, "b": found.b, None: "neither"}
        for item in found.examples:
            a, b = item["a"], item["b"]
            if "themes" in a:
                about = (
                    f"Right: {self.theme_names(item['gold'])}. {found.a}:"
                    f" {self.theme_names(a['themes'])}. {found.b}: {self.theme_names(b['themes'])}."
                )
                texts = [("", item["text"])]
            else:
                about = f"ROUGE-2 {a['rouge2']:.3f} ({found.a}), {b['rouge2']:.3f} ({found.b})."
                texts = [
                    ("Reference", item["reference"]),
                    (found.a, a["abstract"]),
                    (found.b, b["abstract"]),
                ]
            about += f" Nearer: {nearer[item['better']]}. {item['id']}."
            yield about, [(name, text) for name, text in texts if text]

    # ---- how it was made

    @cached_property
    def glossary(self) -> tuple[tuple[str, str], ...]:
        """What each metric says."""
        return tuple(
            (metric_label(name), info.description) for name, info in self.evaluation.metrics.items()
        )

    @cached_property
    def method(self) -> tuple[str, ...]:
        """How the figures came about, a paragraph each."""
        return method(self.evaluation)

    @cached_property
    def leakage(self) -> tuple[tuple[str, str, str], ...]:
        """For each model: name, status, and what it means in words."""
        return tuple(
            (model.name, model.leakage.status, leakage_words(model))
            for model in self.evaluation.models
        )

    @cached_property
    def provenance(self) -> tuple[tuple[str, str], ...]:
        """What the figures were made with, as names and values."""
        evaluation = self.evaluation
        entries = [
            ("Made", evaluation.created),
            ("Seed", str(evaluation.seed)),
            ("Resamples", f"{evaluation.resamples:,}"),
            ("Versions", ", ".join(f"{n} {v}" for n, v in evaluation.versions.items())),
        ]
        for model in evaluation.models:
            source = f"{model.source or 'no files'}"
            if model.precision == "int8":
                source += f" ({INT8})"
            entries.append((f"{role_of(model)} {model.name}", _with_hash(source, model.sha256)))
        for dataset in evaluation.datasets:
            entries.append((f"data set {dataset.name}", _with_hash(dataset.file, dataset.sha256)))
        return tuple(entries)

    @cached_property
    def config(self) -> str:
        """The config as JSON."""
        return json.dumps(self.evaluation.config, ensure_ascii=False, indent=2)

    # ---- helpers

    def theme_names(self, ids: Iterable[str]) -> str:
        """Names of themes in a row."""
        return ", ".join(self._theme_name(theme) for theme in ids) or "no theme"

    def theme_index(self, theme: str) -> int:
        """Place of a theme in the scheme, which decides its colour; 0 without a scheme."""
        return self.scheme.ids.index(theme) if self.scheme and theme in self.scheme.ids else 0

    def _theme_name(self, theme: str) -> str:
        return theme_name(theme, self.scheme)


_GLOSSES = {
    "macro_f1": ", the mean over the themes of how surely each is found and how seldom it is given"
    " wrongly",
    "rouge1": ", how many syllables the abstract shares with the reference",
}


def _with_hash(source: str, sha256: str | None) -> str:
    return f"{source}, SHA-256 {sha256}" if sha256 else source


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names[:-1]) + " and " + names[-1] if len(names) > 1 else "".join(names)
