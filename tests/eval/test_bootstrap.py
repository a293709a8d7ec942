"""The cluster bootstrap on cases whose answer is known."""

import numpy as np
import pytest

from canbo.eval.bootstrap import article_weights, interval, p_value


def test_the_first_row_is_the_data_and_every_draw_has_as_many_articles():
    weights = article_weights(7, 50, seed=1)

    assert weights.shape == (51, 7)
    assert (weights[0] == 1).all()
    assert (weights.sum(axis=1) == 7).all()
    assert np.array_equal(weights, article_weights(7, 50, seed=1))
    assert not np.array_equal(weights, article_weights(7, 50, seed=2))


def test_interval_leaves_out_undefined_resamples():
    # Of 0, 0.01 ... 1 the 2.5% and the 97.5% quantile are 0.025 and 0.975.
    assert interval([np.nan, *np.arange(101) / 100]) == pytest.approx((0.025, 0.975))
    assert interval([np.nan, np.nan]) is None


def test_models_that_score_alike_differ_by_chance_only():
    assert p_value(0.0, np.zeros(1000)) == 1.0


def test_p_value_counts_what_lies_farther_from_the_observed_than_that_from_zero():
    # Around 0.2, those at 0.45, -0.05 and 0.0 lie 0.25, 0.25 and 0.2 off; the others nearer.
    samples = [0.45, -0.05, 0.0, 0.1, 0.2, 0.2, 0.3, 0.25, 0.15]
    assert p_value(0.2, samples) == pytest.approx((1 + 3) / (1 + 9))
    assert p_value(-0.2, -np.array(samples)) == pytest.approx(0.4)


def test_intervals_of_clustered_data_hold_the_truth_as_often_as_they_say():
    """40 articles of 5 paragraphs that share most of their luck; the true mean is 0."""
    rng = np.random.default_rng(0)
    held = naive = 0
    for trial in range(300):
        weights = article_weights(40, 400, seed=trial)
        articles = rng.normal(size=(40, 1)) + 0.3 * rng.normal(size=(40, 5))
        low, high = interval((weights @ articles.sum(axis=1) / 200)[1:])
        held += low <= 0 <= high
        # What an interval over paragraphs, as if each were independent, would be.
        naive += abs(articles.mean()) <= 1.96 * articles.std(ddof=1) / np.sqrt(200)
    # Of so few articles an interval of percentiles is known to be a little narrow.
    assert 0.88 <= held / 300 <= 0.98
    assert naive / 300 < 0.75


def test_p_values_are_spread_evenly_where_there_is_no_difference():
    rng = np.random.default_rng(1)
    weights = article_weights(50, 400, seed=5)
    small = 0
    for _ in range(300):
        samples = weights @ rng.normal(size=50) / 50
        small += p_value(samples[0], samples[1:]) < 0.1
    assert 0.05 <= small / 300 <= 0.17
