"""ROUGE against values worked out by hand, and against the published baselines' way of counting."""

import random
import re
from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest

from canbo.eval.metrics.vi_rouge import ROUGE_TYPES, rouge_means, rouge_scores, syllables

ROOT = Path(__file__).parents[2]

# prediction: huyện cử 8 cán bộ        5 syllables, 4 bigrams
# reference:  Huyện đã cử 8 cán bộ đi học   8 syllables, 7 bigrams
# shared syllables 5: P = 5/5, R = 5/8, F = 10/13; in one order, so ROUGE-L is the same
# shared bigrams (cử 8) (8 cán) (cán bộ): P = 3/4, R = 3/7, F = 6/11
PREDICTION, REFERENCE = "huyện cử 8 cán bộ", "Huyện đã cử 8 cán bộ đi học."


def test_scores_worked_out_by_hand():
    (scores,) = rouge_scores([PREDICTION], [REFERENCE])
    assert scores == pytest.approx({"rouge1": 10 / 13, "rouge2": 6 / 11, "rougeL": 10 / 13})


def test_legacy_tokens_are_what_is_left_between_diacritics():
    # prediction: huy n c 8 c n b         -> 7 tokens
    # reference:  huy n c 8 c n b i h c   -> 10 tokens, the first seven being the prediction's
    (scores,) = rouge_scores([PREDICTION], [REFERENCE], legacy=True)
    assert scores["rouge1"] == pytest.approx(2 * 7 / 17)
    assert scores["rougeL"] == pytest.approx(2 * 7 / 17)


def test_order_counts_for_rouge_l_only():
    (scores,) = rouge_scores(["bộ cán"], ["cán bộ"])
    assert scores == pytest.approx({"rouge1": 1.0, "rouge2": 0.0, "rougeL": 0.5})


def test_syllables_do_not_depend_on_the_unicode_form():
    decomposed = "Đa\u0300o ta\u0323o"  # two letters with combining marks
    assert syllables(decomposed) == ["đào", "tạo"]


def test_both_placements_of_a_tone_mark_are_one_syllable():
    (scores,) = rouge_scores(["Hòa Thủy khỏe"], ["hoà thuỷ khoẻ"])
    assert scores["rouge2"] == 1.0


def test_precision_and_recall_on_demand():
    (scores,) = rouge_scores([PREDICTION], [REFERENCE], parts=True)
    assert set(scores) == {
        *ROUGE_TYPES,
        *(f"{name}_{part}" for name in ROUGE_TYPES for part in ("precision", "recall")),
    }
    assert scores["rouge1_precision"] == 1.0
    assert scores["rouge1_recall"] == scores["rougeL_recall"] == pytest.approx(5 / 8)
    assert scores["rouge2_precision"] == pytest.approx(3 / 4)
    assert rouge_means([PREDICTION], [REFERENCE], parts=True) == scores


def overlap(ours: list, theirs: list) -> tuple[float, float, float]:
    shared = sum((Counter(ours) & Counter(theirs)).values())
    return ratios(shared, len(ours), len(theirs))


def ratios(shared: int, ours: int, theirs: int) -> tuple[float, float, float]:
    precision, recall = shared / max(ours, 1), shared / max(theirs, 1)
    return precision, recall, 2 * precision * recall / (precision + recall or 1)


def longest_common(ours: list, theirs: list) -> int:
    if not ours or not theirs:
        return 0
    if ours[-1] == theirs[-1]:
        return 1 + longest_common(ours[:-1], theirs[:-1])
    return max(longest_common(ours[:-1], theirs), longest_common(ours, theirs[:-1]))


@pytest.mark.parametrize("legacy", [False, True])
@pytest.mark.parametrize("seed", range(20))
def test_scores_equal_those_of_a_plain_implementation(seed, legacy):
    draw = random.Random(seed)
    words = "Đánh giá, cán bộ; ĐI HỌC 8 lớp.".split(" ")
    prediction, reference = (" ".join(draw.choices(words, k=draw.randrange(9))) for _ in range(2))
    token = re.compile(r"[a-z0-9]+" if legacy else r"\w+")
    ours, theirs = (token.findall(text.lower()) for text in (prediction, reference))

    (scores,) = rouge_scores([prediction], [reference], legacy=legacy, parts=True)

    expected = {
        "rouge1": overlap(ours, theirs),
        "rouge2": overlap(list(pairwise(ours)), list(pairwise(theirs))),
        "rougeL": ratios(longest_common(ours, theirs), len(ours), len(theirs)),
    }
    for name, (precision, recall, f1) in expected.items():
        assert scores[f"{name}_precision"] == pytest.approx(precision)
        assert scores[f"{name}_recall"] == pytest.approx(recall)
        assert scores[name] == pytest.approx(f1)


def test_means_over_pairs():
    assert rouge_means(["một hai", "ba"], ["một hai", "bốn"])["rouge1"] == 0.5


def test_uneven_and_empty_lists_are_refused():
    with pytest.raises(ValueError, match="shorter"):
        rouge_means(["một"], [])
    with pytest.raises(ValueError, match="empty"):
        rouge_means([], [])


def test_it_loads_as_an_evaluate_module_without_a_network(load_metric):
    metric = load_metric("vi_rouge")
    scores = metric.compute(predictions=[PREDICTION], references=[REFERENCE])
    assert scores == pytest.approx({"rouge1": 10 / 13, "rouge2": 6 / 11, "rougeL": 10 / 13})
    legacy = metric.compute(predictions=[PREDICTION], references=[REFERENCE], legacy=True)
    assert legacy["rouge1"] == pytest.approx(14 / 17)
