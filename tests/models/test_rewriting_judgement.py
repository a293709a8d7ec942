"""What a rewritten sentence is judged by."""

import json
import math

import pytest

from canbo.models.rewriting.judgement import (
    JUDGEMENT_FEATURES,
    Judgement,
    Run,
    judgement_features,
    runs_taken_over,
)

SOURCE = "Sáng 15/5, ông Lê Tám cho biết huyện Khe Đồng chưa điều 12 cán bộ về xã."


@pytest.mark.parametrize(
    ("written", "source", "runs"),
    [
        ("a b c", "a b c", [Run(0, 0, 3)]),
        ("a b c", "b c a", [Run(0, 2, 1), Run(1, 0, 2)]),
        ("a b", "x a y a b", [Run(0, 3, 2)]),  # the longest, not the first
        ("b z a", "a b a", [Run(0, 1, 1), Run(2, 2, 1)]),  # of equals the nearest
        ("a a", "x a", [Run(0, 1, 1)]),  # each word once
        ("a b a b", "a b", [Run(0, 0, 2)]),
        ("z", "a", []),
        ("", "a", []),
    ],
)
def test_runs_that_are_taken_over(written, source, runs):
    assert runs_taken_over(written.split(), source.split()) == runs


def features(written, source=SOURCE, log_probabilities=(-0.1, -2.0, -0.3)):
    found = judgement_features(written, source, log_probabilities)
    return dict(zip(JUDGEMENT_FEATURES, found, strict=True))


def test_features_worked_out_by_hand():
    # "Huyện Khe Đồng" and "điều 12 cán bộ về xã" of 18 words ("15/5" are two); "được" is new.
    assert features("Huyện Khe Đồng được điều 12 cán bộ về xã.") == pytest.approx(
        {
            "length": 10 / 40,
            "source_length": 18 / 40,
            "share_kept": 9 / 18,
            "runs": 2 / 10,
            "longest_run": 6 / 10,
            "single_words": 0,
            "moves": 0,
            "same_beginning": 0,
            "same_end": 1,
            "new_content": 0,
            "new_function": 1,
            "new_passive": 1,
            "lost_negation": 1,  # chưa
            "lost_hedge": 0,
            "lost_attribution": 1,  # cho biết
            "lost_names": 2,  # Lê Tám; neither "Sáng" nor "ông" is a name
            "mean_log_probability": -0.8,
            "lowest_log_probability": -2.0,
            "low_log_probabilities": 1,
        }
    )


def test_what_is_turned_round_and_what_is_new():
    found = features("12 cán bộ về xã vui vẻ, ông Lê Tám cho biết.")
    # "12 cán bộ về xã", then back to "ông Lê Tám cho biết"; "vui vẻ" is in neither.
    assert (found["moves"], found["runs"], found["same_end"]) == (1, 2 / 12, 0)
    assert (found["new_content"], found["new_function"], found["lost_names"]) == (2, 0, 2)


def test_a_name_that_the_rewrite_begins_with_is_not_lost():
    source = "Hôm qua, Lê Tám có thể đã về xã công tác."
    found = features("Lê Tám đã về xã.", source)
    assert (found["lost_names"], found["lost_hedge"]) == (0, 1)
    assert (found["same_beginning"], found["same_end"]) == (0, 0)
    assert features(source, source)["same_beginning"] == 1


def judgement(**weights):
    return Judgement(dict.fromkeys(JUDGEMENT_FEATURES, 0.0) | weights, 0.0, 0.5)


def test_the_chance_is_a_logistic_function_of_the_weighted_sum():
    count = len(JUDGEMENT_FEATURES)
    one = judgement(length=2.0)
    at = [one.chance([x, *[9.0] * (count - 1)]) for x in (-1e6, -1.0, 0.0, 0.5, 1.0, 1e6)]
    assert at == sorted(at) and len(set(at)) == 6
    assert at[2] == 0.5
    assert at[3] == pytest.approx(1 / (1 + math.exp(-1)))
    assert (at[0], at[-1]) == (0.0, 1.0)
    lower = judgement(length=-2.0)
    assert lower.chance([1.0, *[0.0] * (count - 1)]) == pytest.approx(1 - at[4])
    with_intercept = Judgement(one.weights, 1.0, 0.5)
    assert with_intercept.chance([0.0] * count) == pytest.approx(at[3])


def test_features_of_another_number_are_refused():
    with pytest.raises(ValueError, match="zip"):
        judgement().chance([1.0])


def test_it_comes_back_as_it_was_saved(tmp_path):
    path = tmp_path / "judgement.json"
    made = judgement(moves=-1.25, share_kept=0.1)
    made.save(path)
    assert Judgement.load(path) == made


@pytest.mark.parametrize(
    "change",
    [
        lambda values: values["weights"].pop("moves"),
        lambda values: values["weights"].update(colour=1.0),
        lambda values: values.pop("least"),
        lambda values: values.update(more=1),
    ],
)
def test_a_file_of_another_version_is_refused(tmp_path, change):
    path = tmp_path / "judgement.json"
    judgement().save(path)
    values = json.loads(path.read_text(encoding="utf-8"))
    change(values)
    path.write_text(json.dumps(values), encoding="utf-8")
    with pytest.raises(
        ValueError, match=r"judgement\.json: needs intercept, least .* fit it again"
    ):
        Judgement.load(path)
