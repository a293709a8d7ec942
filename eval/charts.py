"""Plots of an evaluation as geometry: what ``templates/charts.html.jinja`` draws as SVG."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from canbo.eval.results import Confusion, Curve, Evaluation, Score
from canbo.eval.wording import figure, figure_with_interval, find_result, metric_label, role_of

__all__ = [
    "ConfusionCell",
    "Forest",
    "ForestRow",
    "Line",
    "LinePlot",
    "Tick",
    "confusion_cells",
    "forest",
    "learning_plots",
    "precision_recall_plot",
    "reliability_plot",
]

# The plotting area of a line plot, in the units of its viewBox: left, top, right, bottom.
LEFT, TOP, RIGHT, BOTTOM = 52.0, 14.0, 448.0, 300.0
_UNIT_TICKS = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
# A dot stands for all decisions of its bin; its area grows with their number.
_LARGEST_DOT, _SMALLEST_DOT = 9.0, 2.5


@dataclass(frozen=True)
class Tick:
    """A mark of an axis: where it stands and what it says."""

    at: float
    label: str


@dataclass(frozen=True)
class Line:
    """A line of a plot.

    Attributes:
        name: what it shows.
        theme: index of the theme that gives its colour; None for the page's own colour.
        points: ``x,y`` pairs as SVG takes them.
        dots: ``(x, y, radius, text)`` of the points that are drawn; the text names the values.
        dashed: drawn broken, to tell it from another line.
    """

    name: str
    theme: int | None
    points: str
    dots: tuple[tuple[float, float, float, str], ...] = ()
    dashed: bool = False


@dataclass(frozen=True)
class LinePlot:
    """A plot of lines over two axes.

    Attributes:
        id: unique in the page.
        title: what it shows.
        x_label: what the horizontal axis counts.
        y_label: what the vertical axis counts.
        x_ticks: marks of the horizontal axis.
        y_ticks: marks of the vertical axis.
        lines: at least one.
        diagonal: draw the line on which both axes agree.
    """

    id: str
    title: str
    x_label: str
    y_label: str
    x_ticks: tuple[Tick, ...]
    y_ticks: tuple[Tick, ...]
    lines: tuple[Line, ...]
    diagonal: bool = False


@dataclass(frozen=True)
class ForestRow:
    """A model's figure with its interval; positions are shares (0 to 1) of the axis.

    Attributes:
        name: of the model.
        role: ``"model"``, ``"baseline"`` or ``"oracle"``.
        at: where its figure stands.
        low: where its interval begins.
        high: where it ends.
        text: figure and interval.
    """

    name: str
    role: str
    at: float
    low: float
    high: float
    text: str


@dataclass(frozen=True)
class Forest:
    """Models under each other, a dot for the figure and a bar for the interval."""

    rows: tuple[ForestRow, ...]
    ticks: tuple[Tick, ...]


def forest(evaluation: Evaluation, dataset: str, metric: str) -> Forest | None:
    """Plot a metric of all models on a data set; None where no model has it."""
    found: list[tuple[str, str, float, Score]] = []
    for model in evaluation.models:
        result = find_result(evaluation, model.name, dataset)
        score = result.metrics.get(metric) if result else None
        if score and score.value is not None:
            found.append((model.name, role_of(model), score.value, score))
    if not found:
        return None
    ends = [end for _, _, value, score in found for end in (score.ci or (value,))]
    step = _step(max(ends) - min(ends))
    first, last = step * (min(ends) // step), step * -(-max(ends) // step)
    width = (last - first) or 1.0

    def place(value: float) -> float:
        return round((value - first) / width, 4)

    rows = []
    for name, role, value, score in found:
        low, high = score.ci or (value, value)
        text = figure_with_interval(metric, score)
        rows.append(ForestRow(name, role, place(value), place(low), place(high), text))
    count = round(width / step)
    marks = [first + step * index for index in range(count + 1)]
    return Forest(tuple(rows), tuple(Tick(place(at), figure(metric, at, 2)) for at in marks))


def reliability_plot(curve: Curve, before: Curve | None, plot_id: str) -> LinePlot:
    """Draw how often decisions of a probability are right; see `Curve`.

    Args:
        curve: of the model as it is used.
        before: of its encoder alone, before calibration; None where there is none.
        plot_id: see `LinePlot`.
    """
    lines = [_reliability_line(curve, "calibrated" if before else curve.model)]
    if before:
        alone = _reliability_line(before, "its encoder alone, before calibration")
        lines.append(replace(alone, dots=(), dashed=True))
    return LinePlot(
        id=plot_id,
        title=f"{curve.model} on {curve.dataset}: probability against truth",
        x_label="probability that the model gives",
        y_label="share that is true",
        x_ticks=_unit_ticks(horizontal=True),
        y_ticks=_unit_ticks(horizontal=False),
        lines=tuple(lines),
        diagonal=True,
    )


def _reliability_line(curve: Curve, name: str) -> Line:
    largest = max((point["count"] for point in curve.points), default=1.0) or 1.0
    dots = []
    for point in curve.points:
        x, y = _unit(point["probability"], point["frequency"])
        radius = max(_SMALLEST_DOT, _LARGEST_DOT * (point["count"] / largest) ** 0.5)
        text = (
            f"{point['count']:.0f} decisions at a mean probability of"
            f" {point['probability']:.2f}: {100 * point['frequency']:.0f}% true"
        )
        dots.append((x, y, round(radius, 1), text))
    return Line(name, None, _path((x, y) for x, y, *_ in dots), tuple(dots))


def precision_recall_plot(
    curves: Sequence[Curve], theme_ids: Sequence[str], names: Sequence[str], plot_id: str
) -> LinePlot:
    """Draw precision against recall, a line a theme.

    Args:
        curves: of one model on one data set, one a theme.
        theme_ids: ids of the scheme's themes.
        names: their names, in the same order.
        plot_id: see `LinePlot`.
    """
    lines = []
    for curve in curves:
        index = theme_ids.index(curve.theme) if curve.theme in theme_ids else None
        places = [_unit(point["recall"], point["precision"]) for point in curve.points]
        name = "all themes together" if index is None else names[index]
        lines.append(Line(name, index, _path(places)))
    first = curves[0]
    return LinePlot(
        id=plot_id,
        title=f"{first.model} on {first.dataset}: precision and recall",
        x_label="recall: share of the theme's paragraphs that are found",
        y_label="precision: share of the finds that are right",
        x_ticks=_unit_ticks(horizontal=True),
        y_ticks=_unit_ticks(horizontal=False),
        lines=tuple(lines),
    )


def learning_plots(curve: Curve, plot_id: str) -> list[LinePlot]:
    """Draw what a training run logged: its losses in one plot, its scores in another."""
    logged = sorted({key for point in curve.points for key in point} - {"step", "epoch"})
    losses = [key for key in logged if key in ("loss", "eval_loss")]
    scores = [
        key
        for key in logged
        if key.startswith("eval_") and any(word in key for word in ("macro_f1", "rouge"))
    ]
    plots = []
    for part, keys, label in (("loss", losses, "loss"), ("score", scores, "validation score")):
        if keys:
            plots.append(_over_steps(curve, keys, label, f"{plot_id}-{part}"))
    return plots


def _over_steps(curve: Curve, keys: Sequence[str], label: str, plot_id: str) -> LinePlot:
    series = {
        key: [(point["step"], point[key]) for point in curve.points if key in point] for key in keys
    }
    values = [value for points in series.values() for _, value in points]
    last = max(step for points in series.values() for step, _ in points) or 1.0
    y_ticks = _nice_ticks(min(values), max(values))
    low, high = y_ticks[0], y_ticks[-1]
    x_marks = [mark for mark in _nice_ticks(0.0, last) if mark <= last]

    def place(step: float, value: float) -> tuple[float, float]:
        return (
            round(LEFT + (RIGHT - LEFT) * step / last, 1),
            round(BOTTOM - (BOTTOM - TOP) * (value - low) / ((high - low) or 1.0), 1),
        )

    lines = []
    for index, (key, points) in enumerate(series.items()):
        places = [place(step, value) for step, value in points]
        dots = tuple(
            (x, y, 3.0, f"{_series_name(key)} {value:.3f} at step {step:.0f}")
            for (x, y), (step, value) in zip(places, points, strict=True)
        )
        few = len(dots) <= 30
        lines.append(
            Line(_series_name(key), None, _path(places), dots if few else (), dashed=index > 0)
        )
    return LinePlot(
        id=plot_id,
        title=f"{curve.model}: {label} while training" + (f" ({curve.stage})" * bool(curve.stage)),
        x_label="training step",
        y_label=label,
        x_ticks=tuple(Tick(place(mark, low)[0], f"{mark:,.0f}") for mark in x_marks),
        y_ticks=tuple(Tick(place(0, mark)[1], f"{mark:.3g}") for mark in y_ticks),
        lines=tuple(lines),
    )


def _series_name(key: str) -> str:
    if key == "loss":
        return "training loss"
    return f"validation {metric_label(key.removeprefix('eval_'))}"


@dataclass(frozen=True)
class ConfusionCell:
    """A cell of a confusion map.

    Attributes:
        row: index of the gold label.
        column: index of the predicted label.
        count: paragraphs.
        strength: relative to the largest cell off the diagonal (0 to 1); 0 on it.
        right: on the diagonal.
    """

    row: int
    column: int
    count: int
    strength: float
    right: bool


def confusion_cells(confusion: Confusion) -> list[ConfusionCell]:
    """The cells of a confusion map, row by row."""
    wrong = [
        count
        for row, counts in enumerate(confusion.matrix)
        for column, count in enumerate(counts)
        if row != column
    ]
    most = max(wrong, default=0) or 1
    return [
        ConfusionCell(row, column, count, 0.0 if row == column else count / most, row == column)
        for row, counts in enumerate(confusion.matrix)
        for column, count in enumerate(counts)
    ]


def _unit(x: float, y: float) -> tuple[float, float]:
    return round(LEFT + (RIGHT - LEFT) * x, 1), round(BOTTOM - (BOTTOM - TOP) * y, 1)


def _unit_ticks(*, horizontal: bool) -> tuple[Tick, ...]:
    axis = 0 if horizontal else 1
    return tuple(Tick(_unit(at, at)[axis], f"{at:.1f}") for at in _UNIT_TICKS)


def _path(places: Iterable[tuple[float, float]]) -> str:
    return " ".join(f"{x},{y}" for x, y in places)


def _step(width: float) -> float:
    """A round step that cuts a width into about four to eight."""
    if width <= 0:
        return 0.1
    magnitude = 10.0 ** math.floor(math.log10(width / 5))
    return next(m * magnitude for m in (1.0, 2.0, 5.0, 10.0) if width / (m * magnitude) <= 6)


def _nice_ticks(low: float, high: float) -> list[float]:
    step = _step(high - low)
    first = step * (low // step)
    ticks = [first]
    while ticks[-1] < high - step * 1e-9:
        ticks.append(first + step * len(ticks))
    return ticks if len(ticks) > 1 else [first, first + step]
