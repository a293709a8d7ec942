"""The linear side of the classifier, on weights whose sums can be worked out by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
from safetensors.numpy import save_file

from canbo.models.lexical import LexicalError, LexicalModel, NgramIndex, ngram_keys


def _key(*words):
    """Key of an n-gram: the one that its text has and that its parts' texts lack."""
    inner = [ngram_keys([[word]]) for word in words]
    keys = ngram_keys([list(words)])
    return keys[0] if len(words) == 1 else np.setdiff1d(keys, np.concatenate(inner))[0]


def _model(ngrams, bias=(0.0, 0.0)):
    """A model of ``(words, idf, weights)``."""
    rows = sorted((_key(*words), idf, weights) for words, idf, weights in ngrams)
    keys, idf, weights = zip(*rows, strict=True)
    return LexicalModel(
        np.array(keys, dtype=np.uint32), np.array(idf), np.array(weights), np.array(bias)
    )


@pytest.fixture
def model():
    return _model(
        [
            (("cán_bộ",), 3.0, (1.0, 0.0)),
            (("luân_chuyển",), 4.0, (2.0, -1.0)),
            (("luân_chuyển", "cán_bộ"), 12.0, (0.5, 0.0)),
        ],
        bias=(-1.0, 0.25),
    )


def test_logits_are_weighted_sums_of_a_vector_of_length_one(model):
    # (3, 4, 12) has length 13: (3 * 1 + 4 * 2 + 12 * 0.5) / 13 - 1 and -4 / 13 + 0.25.
    (row,) = model.logits([["luân_chuyển", "cán_bộ"]])
    assert row == pytest.approx([17 / 13 - 1, 0.25 - 4 / 13])


def test_the_other_order_is_another_pair(model):
    (row,) = model.logits([["cán_bộ", "luân_chuyển"]])
    assert row == pytest.approx([11 / 5 - 1, 0.25 - 4 / 5])


def test_repetition_counts_by_its_logarithm(model):
    # tf 2 of "cán_bộ": 3 * (1 + ln 2); beside it "luân_chuyển" once, parted by an unknown word.
    often = 3 * (1 + math.log(2))
    (row,) = model.logits([["cán_bộ", "về", "luân_chuyển", "về", "cán_bộ"]])
    assert row[0] == pytest.approx((often + 8) / math.hypot(often, 4) - 1)


def test_case_punctuation_and_the_number_itself_do_not_matter():
    model = _model([(("khóa", "12"), 1.0, (1.0, 0.0))])
    rows = model.logits([["Khóa", "«", "7.150"], ["khóa", "12"], ["khóa", "mười"]])
    assert rows[:, 0] == pytest.approx([1.0, 1.0, 0.0])


def test_a_text_without_a_known_ngram_has_the_bias(model):
    for text in ([], [".", "…"], ["lúa", "đông_xuân"]):
        assert model.logits([text])[0].tolist() == [-1.0, 0.25]
    assert model.logits([]).shape == (0, 2)


def test_a_text_scores_the_same_beside_any_others(model):
    texts = [["luân_chuyển", "cán_bộ"], [], ["cán_bộ"], ["về", "cán_bộ", "."]] * 100
    together = model.logits(texts)
    for text, row in zip(texts[:4], together[396:], strict=True):
        assert model.logits([text])[0].tolist() == row.tolist()


def test_contributions_add_up_to_the_logit_and_a_pair_is_shared(model):
    texts = [["luân_chuyển", ",", "cán_bộ"], [], ["cán_bộ", "cán_bộ", "lúa"]]
    shares = model.contributions(texts, [0, 0, 0])
    # The pair's 12 * 0.5 = 6 goes half to each of its words; punctuation has nothing.
    assert shares[0] == pytest.approx([(8 + 3) / 13, 0.0, (3 + 3) / 13])
    assert shares[1].tolist() == []
    assert shares[2] == pytest.approx([0.5, 0.5, 0.0])
    for share, row in zip(shares, model.logits(texts), strict=True):
        assert share.sum() - 1 == pytest.approx(row[0])
    (other,) = model.contributions([["luân_chuyển", "cán_bộ"]], [1])
    assert other == pytest.approx([-4 / 13, 0.0])


def test_half_precision_on_disk(model, tmp_path):
    model.save(tmp_path / "lexical.safetensors")
    again = LexicalModel.from_file(tmp_path / "lexical.safetensors")
    assert again.themes == 2
    text = [["luân_chuyển", "cán_bộ"]]
    # Everything in the fixture is exact in half precision.
    assert again.logits(text).tolist() == model.logits(text).tolist()


def test_a_file_of_other_tensors_is_refused(tmp_path):
    path = tmp_path / "lexical.safetensors"
    save_file({"keys": np.zeros(2, dtype=np.uint32)}, path)
    with pytest.raises(LexicalError, match=r"lexical\.safetensors.*canbo train calibration"):
        LexicalModel.from_file(path)
    with pytest.raises(ValueError, match="do not fit"):
        LexicalModel(np.zeros(2, np.uint32), np.ones(3), np.ones((2, 2)), np.ones(2))


def test_the_index_finds_what_is_known_and_nothing_else():
    rng = np.random.default_rng(0)
    numbers = np.unique(rng.integers(0, 2**32, 60_000, dtype=np.uint32))
    # Neighbours too, which fall into the same bucket.
    known = np.unique(np.concatenate([numbers[::2], numbers[::2] + np.uint32(1)]))
    wanted = np.concatenate([numbers, numbers + np.uint32(1), np.array([0, 2**32 - 1], np.uint32)])
    found, columns = NgramIndex(known).find(wanted)
    assert sorted(found.tolist()) == np.flatnonzero(np.isin(wanted, known)).tolist()
    assert (known[columns] == wanted[found]).all()
    nothing, _ = NgramIndex(np.zeros(0, np.uint32)).find(wanted)
    assert len(nothing) == 0
