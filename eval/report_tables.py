"""The tables of an evaluation report, the same for HTML, Markdown and model cards."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from canbo.eval.results import ALL, Evaluation, ModelEntry, Score, SliceResult
from canbo.eval.wording import (
    NOTHING,
    Verdict,
    figure,
    find_result,
    interval,
    metric_label,
    p_value,
    primary_metric,
    role_of,
    scheme_of,
    signed,
    slice_label,
    theme_name,
    verdict_on,
)

__all__ = ["Cell", "ReportTables", "Row", "Table"]


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


class ReportTables:
    """All tables of an evaluation.

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
        self.scheme = scheme_of(evaluation)
        self.primary = primary_metric(evaluation)

    @cached_property
    def overview(self) -> tuple[Table, ...]:
        """Models by data sets, a table for each headline metric and each of legacy ROUGE."""
        held = {name for result in self.evaluation.results for name in result.metrics}
        names = [
            name
            for name, info in self.evaluation.metrics.items()
            if name in held and (info.headline or "legacy" in name)
        ]
        return tuple(self._models_by_datasets(name) for name in names or [self.primary])

    def _models_by_datasets(self, metric: str) -> Table:
        datasets = [dataset.name for dataset in self.evaluation.datasets]
        rows = [
            Row(
                model.name,
                tuple(self._cell(self._result(model.name, name), metric) for name in datasets),
                role_of(model),
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
        best = {name: self._best_models(name, metric) for name in datasets}
        return tuple(
            replace(
                row,
                cells=tuple(
                    replace(cell, best=row.name in best[name])
                    for cell, name in zip(row.cells, datasets, strict=True)
                ),
            )
            for row in rows
        )

    def _best_models(self, dataset: str, metric: str) -> frozenset[str]:
        """The models that share the best figure; none where all are alike."""
        info = self.evaluation.metrics[metric]
        if info.better is None:
            return frozenset()
        values = {
            model.name: score.value
            for model in self.evaluation.models
            if not model.oracle
            and (found := self._result(model.name, dataset))
            and (score := found.metrics.get(metric, Score(None))).value is not None
        }
        if len(set(values.values())) < 2:
            return frozenset()
        best = (max if info.better == "higher" else min)(values.values())
        return frozenset(name for name, value in values.items() if value == best)

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
    def themes(self) -> tuple[Table, ...]:
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
    def comparisons(self) -> tuple[Table, ...]:
        """Paired comparisons, a table for each data set."""
        head = ("Model against the other", "metric", "one", "other", "difference", "p", "verdict")
        tables = []
        for dataset in self.evaluation.datasets:
            rows = []
            for comparison in self.evaluation.comparisons:
                if comparison.dataset == dataset.name:
                    verdict = verdict_on(self.evaluation, comparison)
                    other = next(m for m in self.evaluation.models if m.name == comparison.b)
                    rows.append(_comparison_row(verdict, other))
            if rows:
                caption = f"Differences on {dataset.name}"
                tables.append(Table(caption, head, tuple(rows)))
        return tuple(tables)

    @cached_property
    def slices(self) -> tuple[Table, ...]:
        """Figures by slice, a table for each data set and metric; slices without any are left out.

        The false alarm rate stands only where the primary metric is not defined: where no theme
        applies.
        """
        names = [m.name for m in self.evaluation.models if not m.oracle]
        tables = []
        for dataset in self.evaluation.datasets:
            found = [r for r in self.evaluation.results if r.dataset == dataset.name]
            slices = list(dict.fromkeys(r.slice for r in found if r.slice != ALL))
            judged = [s for s in slices if self._defined(dataset.name, s, self.primary)]
            for metric in dict.fromkeys((self.primary, *_ALSO_SLICED)):
                skipped = judged if metric == "false_alarm_rate" else ()
                rows = tuple(
                    self._slice_row(names, dataset.name, s, metric)
                    for s in slices
                    if s not in skipped and self._defined(dataset.name, s, metric)
                )
                if rows:
                    caption = f"{metric_label(metric)} by kind of text on {dataset.name}"
                    tables.append(Table(caption, ("", "number", *names), rows))
        return tuple(tables)

    def _defined(self, dataset: str, slice: str, metric: str) -> bool:
        return any(
            r.metrics.get(metric, Score(None)).value is not None
            for r in self.evaluation.results
            if (r.dataset, r.slice) == (dataset, slice)
        )

    def _slice_row(self, names: Sequence[str], dataset: str, slice: str, metric: str) -> Row:
        results = [self._result(name, dataset, slice) for name in names]
        items = next((result.n for result in results if result), 0)
        cells = (Cell(f"{items:,}"), *(self._cell(result, metric) for result in results))
        return Row(slice_label(slice, self.scheme), cells)

    @cached_property
    def reliability(self) -> tuple[Table, ...]:
        """The same as numbers, for where no plot can stand."""
        tables = []
        named = {
            "reliability": "",
            "encoder_reliability": ", its encoder alone before calibration,",
        }
        for curve in self.evaluation.curves:
            if curve.kind in named and curve.theme is None and curve.model in self._judged:
                rows = tuple(
                    Row(
                        f"{point['probability']:.2f}",
                        (Cell(f"{point['frequency']:.2f}"), Cell(f"{point['count']:,.0f}")),
                    )
                    for point in curve.points
                )
                caption = f"{curve.model}{named[curve.kind]} on {curve.dataset}"
                tables.append(Table(caption, ("mean probability", "true", "decisions"), rows))
        return tuple(table for table in tables if table.rows)

    @cached_property
    def learning(self) -> tuple[Table, ...]:
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
                stage = f" ({curve.stage})" if curve.stage else ""
                tables.append(Table(f"{curve.model} while training{stage}", head, rows))
        return tuple(tables)

    @cached_property
    def confusion(self) -> tuple[Table, ...]:
        """What the models took for what."""
        tables = []
        for found in self.evaluation.confusion:
            if found.model in self._judged:
                names = [self._theme_name(label) for label in found.labels]
                rows = tuple(
                    Row(name, tuple(Cell(f"{count:,}") for count in counts))
                    for name, counts in zip(names, found.matrix, strict=True)
                )
                tables.append(Table(f"{found.model} on {found.dataset}", ("", *names), rows))
        return tuple(tables)

    @cached_property
    def differences(self) -> tuple[Table, ...]:
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

    @cached_property
    def _judged(self) -> set[str]:
        return {model.name for model in self.evaluation.models if model.role == "model"}

    def _theme_name(self, theme: str) -> str:
        return theme_name(theme, self.scheme)

    def _result(self, model: str, dataset: str, slice: str = ALL) -> SliceResult | None:
        return find_result(self.evaluation, model, dataset, slice)

    def _cell(self, result: SliceResult | None, metric: str) -> Cell:
        score = result.metrics.get(metric, Score(None)) if result else Score(None)
        return Cell(figure(metric, score.value), interval(metric, score.ci))


_ALSO_SLICED = ("exact_match", "false_alarm_rate", "rouge2")
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


def _any_has(points: Sequence[dict[str, float]], key: str) -> bool:
    return any(key in point for point in points)
