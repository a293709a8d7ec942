from __future__ import annotations

import numpy as np
import pytest

from canbo.models.boundary_segmenter import (
    FEATURE_BITS,
    BoundarySegmenter,
    boundary_features,
    dictionary_keys,
)

NO_WORDS = dictionary_keys([])


def test_words_do_not_reach_over_punctuation_or_lines():
    joins_all = np.ones(2**FEATURE_BITS, dtype=np.float32)
    segmenter = BoundarySegmenter(joins_all, bias=1.0, dictionary=NO_WORDS)
    (spans,) = segmenter.segment(["cán bộ, công\nchức xã 5"])
    assert spans == [(0, 6), (6, 7), (8, 12), (13, 20), (21, 22)]


def test_both_tone_placements_have_the_same_features():
    one, other = (
        boundary_features(tokens, dictionary_keys(["hòa bình"]))
        for tokens in (["hòa", "bình"], ["hoà", "bình"])
    )
    assert (one == other).all()


# Column 12 holds what the dictionary knows and nothing else: equal there, equal for the dictionary.
def _known(tokens, words):
    return boundary_features(tokens, dictionary_keys(words))[:, 12].tolist()


def test_a_pair_of_the_dictionary_is_seen_at_its_gap_and_from_two_gaps_away():
    tokens = "a b c d e f g".split()
    plain = _known(tokens, [])
    seen = _known(tokens, ["c d"])
    differing = [gap for gap in range(6) if seen[gap] != plain[gap]]
    assert differing == [0, 1, 2, 3, 4]
    assert len({seen[gap] for gap in differing}) == 5  # where it lies is told apart


def test_a_triple_of_the_dictionary_is_seen_at_its_two_gaps():
    tokens = "a b c d e".split()
    plain = _known(tokens, [])
    seen = _known(tokens, ["b c d", "x y z"])
    assert [gap for gap in range(4) if seen[gap] != plain[gap]] == [1, 2]
    assert seen[1] != seen[2]


@pytest.mark.parametrize("words", [["a"], ["a b c d"], [""], ["a c"]])
def test_other_words_of_a_dictionary_are_not_seen(words):
    tokens = "a b c d".split()
    assert _known(tokens, words) == _known(tokens, [])


def test_case_does_not_hide_a_word_of_the_dictionary():
    assert _known(["Cán", "Bộ"], ["cán bộ"]) == _known(["Cán", "Bộ"], ["CÁN BỘ"])
    assert _known(["Cán", "Bộ"], ["cán bộ"]) != _known(["Cán", "Bộ"], [])
