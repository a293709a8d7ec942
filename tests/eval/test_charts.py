from dataclasses import replace

import pytest

from canbo.eval.charts import (
    BOTTOM,
    LEFT,
    RIGHT,
    TOP,
    confusion_cells,
    forest,
    learning_plots,
    reliability_plot,
)
from canbo.eval.report_view import ReportView
from canbo.eval.results import Curve


def test_a_forest_places_figures_and_intervals_on_one_axis(theme_evaluation):
    plot = forest(theme_evaluation, "news", "macro_f1")

    # From 0.66 to 0.84: the axis goes in steps of 0.05 from 0.65 to 0.85.
    assert [tick.label for tick in plot.ticks] == ["0.65", "0.70", "0.75", "0.80", "0.85"]
    regex = plot.rows[2]
    assert (regex.name, regex.role) == ("regex", "baseline")
    assert (regex.low, regex.at, regex.high) == pytest.approx((0.05, 0.25, 0.4), abs=1e-3)


def test_no_forest_without_figures(theme_evaluation):
    assert forest(theme_evaluation, "news", "brier") is None


def test_reliability_goes_from_corner_to_corner():
    points = [
        {"probability": 0.0, "frequency": 0.0, "count": 100},
        {"probability": 1.0, "frequency": 1.0, "count": 25},
    ]
    plot = reliability_plot(Curve("m", "d", "reliability", None, points), None, "r")

    (first, last) = plot.lines[0].dots
    assert first[:2] == (LEFT, BOTTOM)
    assert last[:2] == (RIGHT, TOP)
    assert first[2] == 2 * last[2]  # four times the decisions, four times the area
    assert last[3] == "25 decisions at a mean probability of 1.00: 100% true"


def test_a_broken_line_shows_the_encoder_before_calibration(theme_evaluation):
    after = next(c for c in theme_evaluation.curves if c.kind == "reliability")
    sure = [{"probability": 1.0, "frequency": 0.0, "count": 9}]
    before = Curve(after.model, after.dataset, "encoder_reliability", None, sure)
    view = ReportView(replace(theme_evaluation, curves=[before, after]))

    (plot,) = view.reliability
    calibrated, encoder = plot.lines
    assert (calibrated.dashed, encoder.dashed) == (False, True)
    assert encoder.points == f"{RIGHT},{BOTTOM}"
    assert [line.name for line in plot.lines] == [
        "calibrated",
        "its encoder alone, before calibration",
    ]


def test_losses_and_scores_of_a_training_run_have_plots_of_their_own(theme_evaluation):
    curve = theme_evaluation.curves[-1]

    loss, score = learning_plots(curve, "l")

    assert [line.name for line in loss.lines] == ["validation loss", "training loss"]
    assert [line.name for line in score.lines] == ["validation macro-F1"]
    assert score.lines[0].points.split()[-1].startswith(f"{RIGHT},")  # the last step


def test_the_darkest_cell_of_a_confusion_is_the_most_frequent_mistake(theme_evaluation):
    cells = confusion_cells(theme_evaluation.confusion[0])

    assert max(cell.strength for cell in cells) == 1
    assert all(cell.strength == 0 for cell in cells if cell.right)
    assert {cell.count for cell in cells if cell.strength == 1} == {3}
