import math
import random

import pytest

from canbo.eval.metrics.abstractiveness import abstractiveness, abstractiveness_means


def test_measures_worked_out_by_hand() -> None:
    # The abstract's 5 syllables, 4 bigrams, 3 trigrams, 2 4-grams; "xã" is new, and with it the
    # bigrams (về xã) (xã này), the trigrams from (cử về xã) on, and both 4-grams.
    (row,) = abstractiveness(["Huyện cử về xã này."], ["Hôm nay huyện cử về bản này sáu người"])

    assert row == {
        "syllables": 5,
        "compression": pytest.approx(9 / 5),
        "novel_1": pytest.approx(1 / 5),
        "novel_2": pytest.approx(2 / 4),
        "novel_3": pytest.approx(2 / 3),
        "novel_4": 1.0,
    }


def test_an_n_gram_that_stands_twice_counts_once() -> None:
    (row,) = abstractiveness(["mới mới mới cũ"], ["cũ"])

    assert row["novel_1"] == 1 / 2
    assert row["novel_2"] == 1  # (mới mới) and (mới cũ)


def test_what_cannot_be_divided_is_no_number_and_left_out_of_the_mean() -> None:
    empty, short = abstractiveness(["", "một"], ["một hai", "một hai"])

    assert empty["syllables"] == 0
    assert math.isnan(empty["compression"])
    assert math.isnan(short["novel_2"])
    means = abstractiveness_means(["", "một"], ["một hai", "một hai"])
    assert means["syllables"] == 0.5
    assert means["compression"] == 2
    assert means["novel_1"] == 0
    assert math.isnan(means["novel_2"])


@pytest.mark.parametrize("seed", range(20))
def test_novelty_equals_a_search_at_every_place(seed: int) -> None:
    draw = random.Random(seed)
    abstract, source = (draw.choices("abcd", k=draw.randrange(4, 12)) for _ in range(2))

    (row,) = abstractiveness([" ".join(abstract)], [" ".join(source)])

    for n in range(1, 5):
        seen: list[list[str]] = []
        new = 0
        for place in range(len(abstract) - n + 1):
            gram = abstract[place : place + n]
            if gram not in seen:
                seen.append(gram)
                new += all(source[at : at + n] != gram for at in range(len(source)))
        assert row[f"novel_{n}"] == pytest.approx(new / len(seen))


def test_uneven_and_empty_lists_are_refused() -> None:
    with pytest.raises(ValueError, match="shorter"):
        abstractiveness(["một"], [])
    with pytest.raises(ValueError, match="empty"):
        abstractiveness_means([], [])


def test_it_loads_as_an_evaluate_module_without_a_network(load_metric) -> None:
    metric = load_metric("abstractiveness")
    scores = metric.compute(predictions=["một ba"], references=["một hai"])
    assert scores["novel_1"] == 0.5
    assert scores["compression"] == 1
