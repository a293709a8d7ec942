import numpy as np
import pytest

from canbo.eval.metrics.theme_probabilities import (
    ReliabilityPoint,
    average_precision,
    brier_score,
    calibration_error,
    precision_recall_curve,
    probability_metrics,
    reliability_curve,
)


def sample(seed: int) -> tuple[np.ndarray, np.ndarray, np.random.Generator]:
    """Probabilities of up to 60 decisions, every second time with many equal ones, and gold."""
    random = np.random.default_rng(seed)
    probabilities = random.random(random.integers(2, 60))
    if seed % 2:
        probabilities = probabilities.round(1)
    references = (random.random(len(probabilities)) < probabilities).astype(int)
    references[:2] = (0, 1)
    return probabilities, references, random


def test_average_precision_worked_out_by_hand() -> None:
    # Ranked: right, wrong, right. Precision at the two hits 1 and 2/3, each half of the recall.
    assert average_precision([0.9, 0.1, 0.5], [1, 1, 0]) == pytest.approx((1 + 2 / 3) / 2)


def test_equal_probabilities_are_one_threshold() -> None:
    precision, recall, thresholds = precision_recall_curve([0.5, 0.5, 0.2], [0, 1, 1])

    assert thresholds.tolist() == [0.5, 0.2]
    assert precision.tolist() == pytest.approx([1 / 2, 2 / 3])
    assert recall.tolist() == [0.5, 1.0]


def test_a_theme_without_a_positive_has_average_precision_0() -> None:
    assert average_precision([0.9, 0.1], [0, 0]) == 0


def test_calibration_worked_out_by_hand() -> None:
    # Two bins: 0.1, 0.2, 0.5 (mean 4/15, a third positive) and 0.9 (negative).
    probabilities, references = [0.1, 0.9, 0.2, 0.5], [0, 0, 0, 1]

    error = calibration_error(probabilities, references, bins=2)

    assert error == pytest.approx(3 / 4 * (1 / 3 - 4 / 15) + 1 / 4 * 0.9)
    assert reliability_curve(probabilities, references, bins=2) == [
        ReliabilityPoint(pytest.approx(4 / 15), pytest.approx(1 / 3), 3),
        ReliabilityPoint(0.9, 0.0, 1),
    ]


def test_adaptive_bins_hold_equally_many_decisions() -> None:
    # Two of equally many: the median parts 0.01, 0.02 (no positive) from 0.03, 0.04 (one).
    probabilities, references = [0.04, 0.01, 0.02, 0.03], [1, 0, 0, 0]

    points = reliability_curve(probabilities, references, adaptive=True, bins=2)
    error = calibration_error(probabilities, references, adaptive=True, bins=2)

    assert [(point.frequency, point.count) for point in points] == [(0.0, 2), (0.5, 2)]
    assert error == pytest.approx((0.015 + 0.465) / 2)
    # One wide bin instead: its mean 0.025 against a quarter.
    assert calibration_error(probabilities, references) == pytest.approx(0.225)


@pytest.mark.parametrize("seed", range(30))
def test_figures_equal_those_of_scikit_learn(seed: int) -> None:
    from sklearn import metrics

    probabilities, references, random = sample(seed)
    weights = random.integers(1, 4, len(references))

    assert average_precision(probabilities, references) == pytest.approx(
        metrics.average_precision_score(references, probabilities)
    )
    assert average_precision(probabilities, references, weights) == pytest.approx(
        metrics.average_precision_score(references, probabilities, sample_weight=weights)
    )
    assert brier_score(probabilities, references) == pytest.approx(
        metrics.brier_score_loss(references, probabilities)
    )
    assert brier_score(probabilities, references, weights) == pytest.approx(
        metrics.brier_score_loss(references, probabilities, sample_weight=weights)
    )
    precision, recall, thresholds = precision_recall_curve(probabilities, references)
    theirs = metrics.precision_recall_curve(references, probabilities)
    assert precision == pytest.approx(theirs[0][-2::-1])
    assert recall == pytest.approx(theirs[1][-2::-1])
    assert thresholds == pytest.approx(theirs[2][::-1])


@pytest.mark.parametrize("adaptive", [False, True])
@pytest.mark.parametrize("seed", range(30))
def test_reliability_equals_that_of_scikit_learn(seed: int, adaptive: bool) -> None:
    from sklearn.calibration import calibration_curve

    probabilities, references, _ = sample(seed)

    points = reliability_curve(probabilities, references, adaptive=adaptive, bins=7)

    frequencies, means = calibration_curve(
        references, probabilities, n_bins=7, strategy="quantile" if adaptive else "uniform"
    )
    assert [point.frequency for point in points] == pytest.approx(frequencies)
    assert [point.probability for point in points] == pytest.approx(means)
    assert calibration_error(probabilities, references, adaptive=adaptive, bins=7) == pytest.approx(
        sum(point.count * abs(point.probability - point.frequency) for point in points)
        / len(references)
    )


@pytest.mark.parametrize("figure", [average_precision, brier_score, calibration_error])
def test_weights_score_every_draw_of_a_bootstrap_at_once(figure) -> None:
    probabilities, references, random = sample(0)
    count = len(references)
    draws = random.multinomial(count, np.full(count, 1 / count), size=4)

    figures = figure(probabilities, references, draws)

    expected = []
    for times in draws:
        rows = np.repeat(np.arange(count), times)
        expected.append(figure(probabilities[rows], references[rows]))
    assert figures.shape == (4,)
    assert figures == pytest.approx(np.array(expected))


def test_figures_of_themes_and_of_all_decisions_pooled() -> None:
    probabilities, references = [[0.9, 0.2], [0.3, 0.6]], [[1, 0], [0, 0]]

    scores = probability_metrics(probabilities, references, ("a", "b"))

    assert scores["average_precision_a"] == 1
    assert scores["average_precision_b"] == 0
    assert scores["mean_average_precision"] == 0.5
    assert scores["brier_a"] == pytest.approx((0.01 + 0.09) / 2)
    assert scores["brier"] == pytest.approx((0.01 + 0.09 + 0.04 + 0.36) / 4)
    assert scores["calibration_error"] == pytest.approx((0.1 + 0.3 + 0.2 + 0.6) / 4)
    assert scores["adaptive_calibration_error_b"] == pytest.approx(0.4)


@pytest.mark.parametrize(
    ("probabilities", "references", "message"),
    [
        ([[0.5, 0.5]], [[1]], "probabilities .1, 2. and references .1, 1."),
        ([[0.5, 0.5, 0.5]], [[1, 0, 1]], "3 columns; the themes a, b are 2"),
        ([[1.5, 0]], [[1, 0]], r"must lie in \[0, 1\]"),
        ([[float("nan"), 0]], [[1, 0]], r"must lie in \[0, 1\]"),
        ([[0.5, 0]], [[2, 0]], "references must hold only 0 and 1"),
        (np.empty((0, 2)), np.empty((0, 2)), "nothing to score"),
    ],
)
def test_inputs_that_do_not_fit_are_refused(
    probabilities: object, references: object, message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        probability_metrics(probabilities, references, ("a", "b"))


def test_it_loads_as_an_evaluate_module_without_a_network(load_metric) -> None:
    scores = load_metric("theme_probabilities").compute(
        predictions=[[0.9, 0.1], [0.2, 0.8]], references=[[1, 0], [0, 1]], theme_ids=["a", "b"]
    )

    assert scores["mean_average_precision"] == 1
    assert scores["brier_b"] == pytest.approx((0.01 + 0.04) / 2)
