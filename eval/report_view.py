"""What an evaluation report shows: sentences, tables and plots, the same for HTML and Markdown."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from canbo.data.themes import ThemeScheme
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
from canbo.eval.results import (
    ALL,
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
    GROUPS,
    NOTHING,
    Verdict,
    competitors,
    dataset_words,
    figure,
    interval,
    metric_label,
    p_value,
    primary_metric,
    scheme_of,
    signed,
    slice_label,
    verdict_on,
    verdicts,
)

__all__ = ["Cell", "DatasetSummary", "ModelSummary", "ReportView", "Row", "Table"]


@dataclass(frozen=True)
class Cell:
    """A cell of a table.

    Attributes:
        text: the figure.
        interval: its interval, shown smaller; empty where there is none.
        standing: ``"better"``, ``"level"`` or ``"worse"`` where the cell is a verdict, else empty.
        best: the best figure of its column among those that may be compared.
    """

    text: str
    interval: str = ""
    standing: str = ""
    best: bool = False


@dataclass(frozen=True)
class Row:
    """A row of a table: its name, what kind of model it is (or nothing), its cells."""

    name: str
    cells: tuple[Cell, ...]
    role: str = ""


@dataclass(frozen=True)
class Table:
    """A table.

    Attributes:
        caption: what it shows.
        head: names of the columns; the first is that of the rows' names.
        rows: at least one.
        note: what a reader has to know, or empty.
    """

    caption: str
    head: tuple[str, ...]
    rows: tuple[Row, ...]
    note: str = ""


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
    matrix: tuple[tuple[int, ...], ...]


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
        scheme: the theme scheme; None for abstracts.
        primary: name of the metric that models are ranked by.
    """

    def __init__(self, evaluation: Evaluation) -> None:
        """Take the figures.

        Raises:
            ThemeSchemeError: the evaluation's theme scheme is not of the form.
        """
        self.evaluation = evaluation
        self.scheme: ThemeScheme | None = scheme_of(evaluation)
        self.primary = primary_metric(evaluation)

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
        against = competitors(self.evaluation)
        text = (
            f"{_listed([m.name for m in self.models]) or 'No model'} judged on"
            f" {_listed([d.name for d in self.evaluation.datasets])}, and compared with"
            f" {_listed([m.name for m in against]) or 'nothing'}: methods that need no fine-tuned"
            " model, and that a model has to beat to be worth its cost."
        )
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
        result = self._result(model.name, dataset.name)
        found = tuple(verdicts(self.evaluation, model.name, dataset.name))
        if result is None:
            return ModelSummary(model.name, ("It was not scored here.",), found)
        say = (
            self._theme_sentences if self.evaluation.kind == "themes" else self._abstract_sentences
        )
        return ModelSummary(model.name, (self._score_sentence(result), *say(result)), found)

    def _score_sentence(self, result: SliceResult) -> str:
        score = result.metrics.get(self.primary, Score(None))
        if score.value is None:
            return f"Its {metric_label(self.primary)} is not defined here."
        top = "100" if "rouge" in self.primary else "1"
        text = f"{metric_label(self.primary)} {figure(self.primary, score.value, 2)} out of {top}"
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
            sentences.append(
                f"In {100 * unfaithful:.1f} of 100 abstracts it states a number or name that the"
                " article does not hold."
            )
        return sentences

    @property
    def primary_label(self) -> str:
        """Name of the metric that models are ranked by."""
        return metric_label(self.primary)

    @property
    def oracles(self) -> tuple[str, ...]:
        """Names of what looked at the answers."""
        return tuple(model.name for model in self.evaluation.models if model.oracle)

    # ---- tables

    @cached_property
    def overview(self) -> tuple[Table, ...]:
        """Models by data sets, a table for each headline metric."""
        names = [name for name, info in self.evaluation.metrics.items() if info.headline]
        return tuple(self._models_by_datasets(name) for name in names or [self.primary])

    def _models_by_datasets(self, metric: str) -> Table:
        datasets = [dataset.name for dataset in self.evaluation.datasets]
        rows = [
            Row(
                model.name,
                tuple(self._cell(self._result(model.name, name), metric) for name in datasets),
                _role(model),
            )
            for model in self.evaluation.models
        ]
        return Table(
            metric_label(metric),
            ("", *datasets),
            self._best_by_column(rows, metric, datasets),
            self.evaluation.metrics[metric].description,
        )

    def _best_by_column(
        self, rows: Sequence[Row], metric: str, datasets: Sequence[str]
    ) -> tuple[Row, ...]:
        best = {name: self._best_model(name, metric) for name in datasets}
        return tuple(
            replace(
                row,
                cells=tuple(
                    replace(cell, best=row.name == best[name])
                    for cell, name in zip(row.cells, datasets, strict=True)
                ),
            )
            for row in rows
        )

    def _best_model(self, dataset: str, metric: str) -> str | None:
        info = self.evaluation.metrics[metric]
        if info.better is None:
            return None
        values = [
            (score.value, model.name)
            for model in self.evaluation.models
            if not model.oracle
            and (found := self._result(model.name, dataset))
            and (score := found.metrics.get(metric, Score(None))).value is not None
        ]
        choose: Callable[..., tuple[float, str]] = max if info.better == "higher" else min
        return choose(values)[1] if len(values) > 1 else None

    @cached_property
    def all_metrics(self) -> tuple[Table, ...]:
        """Every metric, a table for each data set."""
        tables = []
        names = [model.name for model in self.evaluation.models]
        for dataset in self.evaluation.datasets:
            results = [self._result(name, dataset.name) for name in names]
            held = {name for result in results if result for name in result.metrics}
            rows = tuple(
                Row(metric_label(metric), tuple(self._cell(r, metric) for r in results))
                for metric in self.evaluation.metrics
                if metric in held
            )
            if rows:
                tables.append(Table(f"Every figure on {dataset.name}", ("", *names), rows))
        return tuple(tables)

    @cached_property
    def theme_tables(self) -> tuple[Table, ...]:
        """F1, precision and recall of each theme, a table for each data set."""
        if self.scheme is None:
            return ()
        names = [model.name for model in self.evaluation.models]
        tables = []
        for dataset in self.evaluation.datasets:
            rows = tuple(
                Row(
                    self._theme_name(theme),
                    tuple(_theme_cell(self._result(n, dataset.name), theme) for n in names),
                )
                for theme in self.scheme.ids
            )
            note = "F1 with its 95% interval; P: precision, R: recall."
            tables.append(Table(f"Theme by theme on {dataset.name}", ("", *names), rows, note))
        return tuple(tables)

    def themes_of(self, model: str) -> Table | None:
        """F1, precision and recall of each theme of one model, a column for each data set."""
        if self.scheme is None:
            return None
        names = [dataset.name for dataset in self.evaluation.datasets]
        rows = tuple(
            Row(
                self._theme_name(theme),
                tuple(_theme_cell(self._result(model, name), theme) for name in names),
            )
            for theme in self.scheme.ids
        )
        return Table(f"{model} theme by theme: F1, precision (P), recall (R)", ("", *names), rows)

    @cached_property
    def comparison_tables(self) -> tuple[Table, ...]:
        """Paired comparisons, a table for each data set."""
        head = ("Model against the other", "metric", "one", "other", "difference", "p", "verdict")
        tables = []
        for dataset in self.evaluation.datasets:
            rows = []
            for comparison in self.evaluation.comparisons:
                if comparison.dataset == dataset.name:
                    verdict = verdict_on(self.evaluation, comparison)
                    rows.append(_comparison_row(verdict, self._entry(comparison.b)))
            if rows:
                caption = f"Differences on {dataset.name}"
                tables.append(Table(caption, head, tuple(rows)))
        return tuple(tables)

    @cached_property
    def slice_tables(self) -> tuple[Table, ...]:
        """The primary metric (and exact matches) by slice, a table for each data set."""
        shown = [m for m in dict.fromkeys((self.primary, "exact_match")) if self._sliced(m)]
        names = [m.name for m in self.evaluation.models if not m.oracle]
        tables = []
        for dataset in self.evaluation.datasets:
            slices = list(
                dict.fromkeys(
                    r.slice
                    for r in self.evaluation.results
                    if r.dataset == dataset.name and r.slice != ALL
                )
            )
            for metric in shown if slices else ():
                rows = tuple(self._slice_row(names, dataset.name, s, metric) for s in slices)
                caption = f"{metric_label(metric)} by kind of text on {dataset.name}"
                tables.append(Table(caption, ("", "items", *names), rows))
        return tuple(tables)

    def _sliced(self, metric: str) -> bool:
        return any(metric in r.metrics for r in self.evaluation.results if r.slice != ALL)

    def _slice_row(self, names: Sequence[str], dataset: str, slice: str, metric: str) -> Row:
        results = [self._result(name, dataset, slice) for name in names]
        items = next((result.n for result in results if result), 0)
        cells = (Cell(f"{items:,}"), *(self._cell(result, metric) for result in results))
        return Row(slice_label(slice, self.scheme), cells)

    # ---- plots

    @cached_property
    def reliability(self) -> tuple[LinePlot, ...]:
        """Probability against truth: the models' decisions on all themes together."""
        judged = {model.name for model in self.models}
        curves = [
            c
            for c in self.evaluation.curves
            if c.kind == "reliability" and c.theme is None and c.model in judged and c.points
        ]
        return tuple(reliability_plot(c, f"reliability-{i}") for i, c in enumerate(curves))

    @cached_property
    def reliability_tables(self) -> tuple[Table, ...]:
        """The same as numbers, for where no plot can stand."""
        tables = []
        judged = {model.name for model in self.models}
        for curve in self.evaluation.curves:
            if curve.kind == "reliability" and curve.theme is None and curve.model in judged:
                rows = tuple(
                    Row(
                        f"{point['probability']:.2f}",
                        (Cell(f"{point['frequency']:.2f}"), Cell(f"{point['count']:,.0f}")),
                    )
                    for point in curve.points
                )
                caption = f"{curve.model} on {curve.dataset}"
                tables.append(Table(caption, ("mean probability", "true", "decisions"), rows))
        return tuple(table for table in tables if table.rows)

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
    def learning_tables(self) -> tuple[Table, ...]:
        """The validation figures of the training runs, for where no plot can stand."""
        tables = []
        for curve in self.evaluation.curves:
            points = [p for p in curve.points if any(key.startswith("eval_") for key in p)]
            keys = [k for k in ("eval_loss", "eval_macro_f1", "eval_rouge2") if _any_has(points, k)]
            if curve.kind == "learning" and keys:
                rows = tuple(
                    Row(
                        f"{point['step']:.0f}",
                        tuple(Cell(figure("", point.get(key))) for key in keys),
                    )
                    for point in points
                )
                head = ("step", *(f"validation {metric_label(k[5:])}" for k in keys))
                tables.append(Table(f"{curve.model} while training", head, rows))
        return tuple(tables)

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
            tuple(tuple(row) for row in confusion.matrix),
        )

    @cached_property
    def confusion_tables(self) -> tuple[Table, ...]:
        """The same as tables, for where no plot can stand."""
        tables = []
        for found in self.confusion:
            names = [name for name, _ in found.labels]
            rows = tuple(
                Row(name, tuple(Cell(f"{count:,}") for count in counts))
                for name, counts in zip(names, found.matrix, strict=True)
            )
            tables.append(Table(found.title, ("", *names), rows))
        return tuple(tables)

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

    @cached_property
    def difference_tables(self) -> tuple[Table, ...]:
        """Where two models differ theme by theme (``--compare``)."""
        tables = []
        for found in self.evaluation.differences:
            rows = tuple(
                Row(self._theme_name(theme), tuple(Cell(f"{counts[key]:,}") for key in _DIFFERENT))
                for theme, counts in found.themes.items()
            )
            if rows:
                head = (
                    "",
                    f"only {found.a} gives it",
                    f"only {found.b} gives it",
                    f"{found.a} is right",
                    f"{found.b} is right",
                )
                tables.append(Table(f"{found.a} and {found.b} on {found.dataset}", head, rows))
        return tuple(tables)

    @staticmethod
    def difference_sentence(found: Differences) -> str:
        """How far two models differ on a data set, in words."""
        return (
            f"On {found.dataset}, {found.a} and {found.b} differ in {found.different:,} of"
            f" {found.items:,}; {found.a} does better in {found.a_better:,} of these,"
            f" {found.b} in {found.b_better:,}."
        )

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
        bootstrap = _BOOTSTRAP.format(resamples=self.evaluation.resamples)
        if self.evaluation.kind == "abstracts":
            return (bootstrap, *_ABSTRACTS_METHOD)
        own = any(dataset.group in GROUPS for dataset in self.evaluation.datasets)
        return (bootstrap, *_THEMES_METHOD, *(_OWN_LABELS if own else ()))

    @cached_property
    def leakage(self) -> tuple[tuple[str, str, str], ...]:
        """For each model: name, status, and what it means in words."""
        return tuple(
            (model.name, model.leakage.status, _leakage_words(model))
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
            entries.append((f"{_role(model)} {model.name}", _with_hash(source, model.sha256)))
        for dataset in evaluation.datasets:
            entries.append((f"data set {dataset.name}", _with_hash(dataset.file, dataset.sha256)))
        return tuple(entries)

    @cached_property
    def config(self) -> str:
        """The config as JSON."""
        return json.dumps(self.evaluation.config, ensure_ascii=False, indent=2)

    @cached_property
    def thresholds(self) -> Table | None:
        """From which probability each model assigns each theme."""
        models = [model for model in self.evaluation.models if model.thresholds]
        if not models or self.scheme is None:
            return None
        rows = tuple(
            Row(
                self._theme_name(theme),
                tuple(Cell(figure("", m.thresholds.get(theme))) for m in models),
            )
            for theme in self.scheme.ids
        )
        head = ("", *(model.name for model in models))
        return Table("Thresholds: the probability from which a theme is given", head, rows)

    # ---- helpers

    def theme_names(self, ids: Iterable[str]) -> str:
        """Names of themes in a row."""
        return ", ".join(self._theme_name(theme) for theme in ids) or "no theme"

    def theme_index(self, theme: str) -> int:
        """Place of a theme in the scheme, which decides its colour; 0 without a scheme."""
        return self.scheme.ids.index(theme) if self.scheme and theme in self.scheme.ids else 0

    def _theme_name(self, theme: str) -> str:
        known = self.scheme and theme in self.scheme.ids
        return self.scheme[theme].name["en"] if self.scheme and known else theme

    def _result(self, model: str, dataset: str, slice: str = ALL) -> SliceResult | None:
        return self._index.get((model, dataset, slice))

    @cached_property
    def _index(self) -> dict[tuple[str, str, str], SliceResult]:
        return {(r.model, r.dataset, r.slice): r for r in self.evaluation.results}

    def _entry(self, name: str) -> ModelEntry:
        return next(model for model in self.evaluation.models if model.name == name)

    def _cell(self, result: SliceResult | None, metric: str) -> Cell:
        score = result.metrics.get(metric, Score(None)) if result else Score(None)
        return Cell(figure(metric, score.value), interval(metric, score.ci))


_BOOTSTRAP = (
    "Intervals: the test set is only a sample of articles. To see how much the figures depend on"
    " which articles were drawn, {resamples:,} test sets of the same size were drawn from it,"
    " articles being put back after each draw (bootstrap; all paragraphs of an article stay"
    " together), and every figure was computed on each. The 95% interval leaves out the lowest and"
    " the highest 2.5% of these. Two models are compared on the same draws; p is the two-sided"
    " p-value of no difference. Intervals do not cover mistakes in the labels, other kinds of text,"
    " or what another random seed in training would change."
)
_THEMES_METHOD = (
    "Precision is the share of the paragraphs that were given a theme that have it; recall the"
    " share of the paragraphs with a theme that were given it; F1 is high only when both are."
    " Macro figures are the plain mean over themes, so that rare themes count as much as frequent"
    " ones; micro figures take all decisions together.",
    "Thresholds: a theme is given when its probability reaches the theme's threshold. Thresholds"
    " were chosen on validation data and are part of the model; nothing was chosen on test data.",
)
_OWN_LABELS = (
    "The right themes of canbo's own test sets were decided by language models that read a"
    " codebook, not by people. On the real test paragraphs two such passes agreed at a macro-F1 of"
    " 0.98 and were then settled; other data had one pass.",
)
_ABSTRACTS_METHOD = (
    "ROUGE compares an abstract with the one that the article's editors wrote: the share of single"
    " syllables (ROUGE-1), of pairs of neighbours (ROUGE-2) and of the longest common sequence"
    " (ROUGE-L) that both have, as an F-measure times 100. Another good abstract in other words"
    " scores low, so ROUGE ranks methods and does not say how good a single abstract is.",
    "Two tokenizers: here the units are syllables (the words between spaces, as Vietnamese is"
    " written). “Legacy” is the default of the rouge_score package, with which published Vietnamese"
    " scores were made. It keeps only the letters a to z and the digits, so every letter with a"
    " diacritic becomes a gap: “đánh giá cán bộ” turns into “nh gi c n b”. Texts that share no word"
    " share many such scraps, which raises the scores, and more so for longer texts. Legacy figures"
    " compare only with other legacy figures.",
    "Numbers and names of an abstract are looked up in its article; what is not there counts as"
    " unsupported. Facts that are wrong in other ways are not seen by this check.",
)
_DIFFERENT = ("a_only", "b_only", "a_right", "b_right")
_AGAINST_BASELINE = {
    "better": "better",
    "level": "NOT BETTER: the difference may be chance",
    "worse": "WORSE than the baseline",
}
_BETWEEN_MODELS = {
    "better": "the first is better",
    "level": "no measurable difference",
    "worse": "the second is better",
}
_LEAKAGE = {
    "clean": "The articles that it was trained on are known; none of them stands in a test set.",
    "unknown": "Not known whether it has seen test articles",
}


def _role(model: ModelEntry) -> str:
    return "oracle" if model.oracle else model.role


def _theme_cell(result: SliceResult | None, theme: str) -> Cell:
    scores = result.themes.get(theme, {}) if result else {}
    f1 = scores.get("f1", Score(None))
    parts = [scores.get(name, Score(None)).value for name in ("precision", "recall")]
    shown = [NOTHING if part is None else f"{100 * part:.0f}%" for part in parts]
    ends = interval("f1", f1.ci)
    return Cell(figure("f1", f1.value), f"{ends}; " * bool(ends) + "P {} R {}".format(*shown))


def _comparison_row(verdict: Verdict, other: ModelEntry) -> Row:
    found = verdict.comparison
    if other.oracle:
        shown = Cell("not a competitor")
    elif other.role == "model":
        shown = Cell(_BETWEEN_MODELS[verdict.standing])
    else:
        shown = Cell(_AGAINST_BASELINE[verdict.standing], standing=verdict.standing)
    ends = " to ".join(signed(found.metric, end) for end in found.ci)
    return Row(
        f"{found.a} against {found.b}",
        (
            Cell(metric_label(found.metric)),
            Cell(figure(found.metric, found.a_value)),
            Cell(figure(found.metric, found.b_value)),
            Cell(signed(found.metric, found.difference), ends),
            Cell(p_value(found.p_value)),
            shown,
        ),
    )


def _leakage_words(model: ModelEntry) -> str:
    leakage = model.leakage
    unknown = "; ".join(leakage.unknown)
    if leakage.status == "overlap":
        ids = ", ".join(leakage.articles)
        seen = f"It has SEEN {leakage.overlap} of the test articles ({ids})"
        return f"{seen}: its figures are not valid."
    words = _LEAKAGE[leakage.status]
    return f"{words}: {unknown}." if unknown and leakage.status == "unknown" else words


def _with_hash(source: str, sha256: str | None) -> str:
    return f"{source}, SHA-256 {sha256}" if sha256 else source


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names[:-1]) + " and " + names[-1] if len(names) > 1 else "".join(names)


def _any_has(points: Sequence[dict[str, float]], key: str) -> bool:
    return any(key in point for point in points)
