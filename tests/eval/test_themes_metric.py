import numpy as np
import pytest

from canbo.eval.metrics.themes import (
    band_counts,
    band_scores,
    best_thresholds,
    precision_recall_f1,
    theme_counts,
    theme_metrics,
)


def test_scores_worked_out_by_hand() -> None:
    # a: 1 hit, 1 false alarm, 1 miss; b: 2 hits; c: neither predicted nor present.
    references = [[1, 1, 0], [1, 0, 0], [0, 1, 0], [0, 0, 0]]
    predictions = [[1, 1, 0], [0, 0, 0], [1, 1, 0], [0, 0, 0]]

    scores = theme_metrics(predictions, references, ("a", "b", "c"))

    assert scores == {
        "macro_precision": pytest.approx((0.5 + 1 + 0) / 3),
        "macro_recall": pytest.approx((0.5 + 1 + 0) / 3),
        "macro_f1": pytest.approx((0.5 + 1 + 0) / 3),
        "micro_precision": pytest.approx(3 / 4),
        "micro_recall": pytest.approx(3 / 4),
        "micro_f1": pytest.approx(2 * 3 / (4 + 4)),
        "exact_match": 0.5,
        "precision_a": 0.5,
        "recall_a": 0.5,
        "f1_a": 0.5,
        "support_a": 2,
        "precision_b": 1,
        "recall_b": 1,
        "f1_b": 1,
        "support_b": 2,
        "precision_c": 0,
        "recall_c": 0,
        "f1_c": 0,
        "support_c": 0,
    }


@pytest.mark.parametrize("seed", range(20))
def test_scores_equal_those_of_scikit_learn(seed: int) -> None:
    from sklearn.metrics import accuracy_score, precision_recall_fscore_support

    random = np.random.default_rng(seed)
    references = (random.random((random.integers(1, 40), 4)) < random.random(4)).astype(int)
    predictions = (random.random(references.shape) < random.random(4)).astype(int)
    references[:, 0] = 0
    predictions[:, 3] = 0

    scores = theme_metrics(predictions, references, "abcd")

    precision, recall, f1, support = precision_recall_fscore_support(
        references, predictions, average=None, zero_division=0
    )
    for column, theme in enumerate("abcd"):
        assert scores[f"precision_{theme}"] == pytest.approx(precision[column])
        assert scores[f"recall_{theme}"] == pytest.approx(recall[column])
        assert scores[f"f1_{theme}"] == pytest.approx(f1[column])
        assert scores[f"support_{theme}"] == support[column]
    for average in ("macro", "micro"):
        expected = precision_recall_fscore_support(
            references, predictions, average=average, zero_division=0
        )
        for name, value in zip(("precision", "recall", "f1"), expected, strict=False):
            assert scores[f"{average}_{name}"] == pytest.approx(value)
    assert scores["exact_match"] == pytest.approx(accuracy_score(references, predictions))


@pytest.mark.parametrize(
    ("predictions", "references", "message"),
    [
        ([[1, 0]], [[1, 0], [0, 0]], "predictions .1, 2. and references .2, 2."),
        ([[1, 0, 1]], [[1, 0, 1]], "3 columns; the themes a, b are 2"),
        ([[0.7, 0]], [[1, 0]], "predictions must hold only 0 and 1"),
        ([[1, 0]], [[2, 0]], "references must hold only 0 and 1"),
        ([], [], "predictions must be of shape"),
        ([1, 0], [1, 0], "predictions must be of shape"),
    ],
)
def test_inputs_that_do_not_fit_are_refused(
    predictions: list[object], references: list[object], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        theme_metrics(predictions, references, ("a", "b"))


def test_counts_of_drawn_paragraphs_score_as_the_drawn_paragraphs_do() -> None:
    random = np.random.default_rng(0)
    references, predictions = random.random((2, 30, 4)) < 0.4
    draws = random.multinomial(30, np.full(30, 1 / 30), size=5)

    counts = np.einsum("dp,ptc->dtc", draws, theme_counts(predictions, references))
    precision, recall, f1 = precision_recall_f1(counts)
    micro = precision_recall_f1(counts.sum(axis=1))[2]

    for draw, times in enumerate(draws):
        rows = np.repeat(np.arange(30), times)
        expected = theme_metrics(predictions[rows], references[rows], "abcd")
        assert precision[draw].mean() == pytest.approx(expected["macro_precision"])
        assert recall[draw].mean() == pytest.approx(expected["macro_recall"])
        assert f1[draw].mean() == pytest.approx(expected["macro_f1"])
        assert micro[draw] == pytest.approx(expected["micro_f1"])


def test_the_band_of_uncertain_decisions_worked_out_by_hand() -> None:
    # Marked are the first paragraph's b (wrong) and the second's a (right), b (wrong).
    references = [[1, 0], [0, 1], [1, 1]]
    predictions = [[1, 1], [0, 0], [0, 1]]
    uncertain = [[0, 1], [1, 1], [0, 0]]

    counts = band_counts(predictions, references, uncertain)

    assert counts.shape == (3, 2, 2, 2)
    assert counts[0].tolist() == [[[0, 1], [0, 0]], [[0, 0], [1, 0]]]
    assert band_scores(counts.sum(axis=(0, 1))) == {
        "uncertain_share": 0.5,
        "accuracy_certain": pytest.approx(2 / 3),
        "accuracy_uncertain": pytest.approx(1 / 3),
    }


def test_the_accuracy_of_no_decision_is_no_number() -> None:
    scores = band_scores(band_counts([[1, 0]], [[1, 1]], [[0, 0]]).sum(axis=(0, 1)))

    assert scores["uncertain_share"] == 0
    assert scores["accuracy_certain"] == 0.5
    assert np.isnan(scores["accuracy_uncertain"])


def test_a_band_of_another_shape_is_refused() -> None:
    with pytest.raises(ValueError, match=r"uncertain \(1, 1\) and references \(1, 2\)"):
        band_counts([[1, 0]], [[1, 1]], [[0]])


def test_a_threshold_stands_in_the_middle_between_the_classes() -> None:
    # F1 is 1 from 0.21 to 0.80, in every draw that holds both of the inner values.
    probabilities = [[0.1], [0.2], [0.8], [0.9]] * 10
    (threshold,) = best_thresholds(probabilities, [[0], [0], [1], [1]] * 10)

    assert threshold == pytest.approx((0.21 + 0.80) / 2, abs=0.01)


def test_a_threshold_follows_probabilities_that_are_all_low() -> None:
    probabilities = [[0.02], [0.05], [0.2], [0.3]] * 10
    (threshold,) = best_thresholds(probabilities, [[0], [0], [1], [1]] * 10)

    assert threshold == pytest.approx((0.06 + 0.20) / 2, abs=0.01)


def test_one_stray_negative_does_not_set_the_threshold() -> None:
    # The highest F1, 1.0, stands only at 0.90, but a third of the draws lack the stray 0.89 and
    # then anything from 0.11 on is as good: the mean moves off the edge of the positives.
    gold = [[1]] * 9 + [[0]] * 21
    (threshold,) = best_thresholds([[0.90]] * 9 + [[0.1]] * 20 + [[0.89]], gold)

    assert 0.65 < threshold < 0.85


def test_a_theme_without_positives_keeps_one_half() -> None:
    (none, one) = best_thresholds([[0.9, 0.05], [0.2, 0.30]], [[0, 0], [0, 1]])

    assert none == 0.5
    assert 0.05 < one < 0.5


def test_equally_good_thresholds_give_the_middle_of_their_run() -> None:
    # Every grid value up to 0.90 assigns all paragraphs, every draw agrees on that.
    (threshold,) = best_thresholds([[0.9], [0.9]] * 10, [[0], [1]] * 10)

    assert threshold == pytest.approx((0.01 + 0.90) / 2)


def test_it_loads_as_an_evaluate_module_without_a_network(load_metric) -> None:
    metric = load_metric("themes")
    metric.add_batch(predictions=[[1, 0]], references=[[1, 0]])
    metric.add_batch(predictions=[[1, 1]], references=[[0, 1]])
    scores = metric.compute(theme_ids=["a", "b"])
    banded = metric.compute(
        predictions=[[1, 0]], references=[[1, 1]], theme_ids=["a", "b"], uncertain=[[0, 1]]
    )

    assert scores["f1_a"] == pytest.approx(2 / 3)
    assert scores["f1_b"] == 1
    assert banded["uncertain_share"] == 0.5
    assert banded["accuracy_certain"] == 1
