"""Figures over draws are those that the metrics give for the drawn paragraphs written out."""

import numpy as np
import pytest

from canbo.eval.analysis import confusion_matrix, learning_curve, worst_errors
from canbo.eval.bootstrap import article_weights
from canbo.eval.metrics.theme_probabilities import probability_metrics
from canbo.eval.metrics.themes import theme_metrics
from canbo.eval.theme_scores import THEME_METRICS, ThemeOutcome, counted_scores, probability_scores

THEMES = ("a", "b", "c")


@pytest.fixture
def outcome():
    rng = np.random.default_rng(4)
    gold = rng.random((60, 3)) < 0.4
    probabilities = np.clip(0.6 * gold + 0.5 * rng.random((60, 3)), 0, 1)
    uncertain = np.abs(probabilities - 0.5) < 0.1
    return ThemeOutcome(
        probabilities, probabilities >= 0.5, gold, uncertain, rng.integers(0, 12, size=60)
    )


def test_every_draw_scores_as_its_paragraphs_written_out(outcome):
    weights = article_weights(12, 5, seed=2)
    counted, counted_themes = counted_scores(outcome, weights, THEMES)
    graded, graded_themes = probability_scores(outcome, weights, THEMES)

    for draw, row in enumerate(weights):
        rows = np.repeat(np.arange(60), row[outcome.article].astype(int))
        expected = theme_metrics(outcome.assigned[rows], outcome.gold[rows], THEMES)
        expected |= probability_metrics(
            outcome.probabilities[rows], outcome.gold[rows].astype(int), THEMES
        )
        for name, value in {**counted, **graded}.items():
            if name in expected and "adaptive" not in name:  # Those bins are of the whole set.
                assert value[draw] == pytest.approx(expected[name]), name
        for theme in THEMES:
            for name, value in {**counted_themes[theme], **graded_themes[theme]}.items():
                if f"{name}_{theme}" in expected and "adaptive" not in name:
                    assert value[draw] == pytest.approx(expected[f"{name}_{theme}"]), name


def test_every_figure_is_explained(outcome):
    weights = article_weights(12, 2, seed=2)
    for scores, themes in (
        counted_scores(outcome, weights, THEMES),
        probability_scores(outcome, weights, THEMES),
    ):
        assert set(scores) <= set(THEME_METRICS)
        assert {name for figures in themes.values() for name in figures} <= set(THEME_METRICS)


def test_a_part_of_the_decisions():
    """Two paragraphs, three themes; of the second only theme a is chosen."""
    gold = np.array([[1, 0, 0], [0, 1, 0]], dtype=bool)
    assigned = np.array([[1, 1, 0], [1, 0, 0]], dtype=bool)
    chosen = np.array([[1, 1, 1], [1, 0, 0]], dtype=bool)
    outcome = ThemeOutcome(assigned.astype(float), assigned, gold, None, np.array([0, 1]))

    scores, themes = counted_scores(outcome, np.ones((1, 2)), THEMES, chosen)

    # Chosen: a hit, a wrong b, a right refusal of c; a wrong a. The missed b is not chosen.
    assert scores["micro_precision"][0] == pytest.approx(1 / 3)
    assert scores["micro_recall"][0] == 1
    assert scores["false_alarm_rate"][0] == pytest.approx(2 / 3)
    assert "macro_f1" not in scores and "exact_match" not in scores
    assert themes["a"]["precision"][0] == 0.5
    assert "recall" not in themes["b"] and themes["b"]["false_alarm_rate"][0] == 1


def test_confusion_tells_what_stood_in_place_of_what():
    gold = np.array([[1, 0], [1, 1], [0, 0], [0, 0], [1, 0]], dtype=bool)
    assigned = np.array([[0, 1], [1, 0], [0, 0], [0, 1], [1, 0]], dtype=bool)
    # Paragraph 0: b for a; 1: a found, b missed; 2: rightly none; 3: b from nothing; 4: a found.
    assert confusion_matrix(assigned, gold) == [[2, 1, 0], [0, 0, 1], [0, 1, 1]]


def test_worst_errors_are_the_farthest_from_the_threshold():
    probabilities = np.array([[0.9], [0.6], [0.1], [0.45], [0.95]])
    gold = np.array([[0], [0], [1], [1], [1]], dtype=bool)
    found = worst_errors(probabilities, probabilities >= 0.5, gold, np.array([0.5]), 1)
    assert found == [(0, 0), (2, 0)]


def test_learning_curve_reads_the_last_checkpoint(tmp_path):
    for step in (9, 10):
        folder = tmp_path / f"checkpoint-{step}"
        folder.mkdir()
        (folder / "trainer_state.json").write_text(
            f'{{"log_history": [{{"step": {step}, "loss": 0.5, "note": "x"}}]}}'
        )
    assert learning_curve("m", tmp_path, None).points == [{"step": 10, "loss": 0.5}]
    assert learning_curve("m", None, None) is None
    (tmp_path / "broken.json").write_text("{}")
    with pytest.raises(ValueError, match=r"broken.json: not the log"):
        learning_curve("m", None, tmp_path / "broken.json")


def test_mistakes_among_the_uncertain_decisions():
    """Three paragraphs and mistakes; one mistake is marked, and one paragraph of the four."""
    gold = np.zeros((4, 3), dtype=bool)
    assigned = gold.copy()
    assigned[0, 0] = assigned[1, 1] = assigned[2, 2] = True
    uncertain = gold.copy()
    uncertain[0, 0] = uncertain[0, 1] = True
    outcome = ThemeOutcome(gold * 1.0, assigned, gold, uncertain, np.arange(4))
    scores, _ = counted_scores(outcome, np.ones((1, 4)), THEMES)
    assert scores["errors_uncertain"][0] == pytest.approx(1 / 3)
    assert scores["uncertain_paragraphs"][0] == pytest.approx(1 / 4)
    assert scores["uncertain_share"][0] == pytest.approx(2 / 12)
    assert scores["accuracy_uncertain"][0] == pytest.approx(1 / 2)
