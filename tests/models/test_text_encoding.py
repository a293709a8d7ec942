from __future__ import annotations

import itertools

from canbo.models.phobert_tokenizer import load_tokenizer
from canbo.models.segmentation import load_segmenter
from canbo.models.text_encoding import encode_windows

TEXT = "Huyện ủy luân chuyển 12 cán bộ về xã, phường; đào tạo, bồi dưỡng 100% bí thư chi bộ."


def _encode(tiny_phobert, texts, **options):
    return encode_windows(load_tokenizer(tiny_phobert), load_segmenter(), texts, **options)


def test_words_of_a_window_are_spans_of_the_text_as_given(tiny_phobert):
    (window,) = _encode(tiny_phobert, [TEXT], max_length=256)
    assert window.words[0] == window.words[-1] == -1
    named = [TEXT[slice(*window.spans[word])] for word in dict.fromkeys(window.words) if word >= 0]
    assert "luân chuyển" in named and "ủy" in " ".join(named)  # not rewritten to "uỷ"
    assert "".join(named).replace(" ", "") == TEXT.replace(" ", "")


def test_long_texts_are_read_whole_in_overlapping_windows(tiny_phobert):
    windows = _encode(tiny_phobert, ["xã.", TEXT * 20], max_length=64, overlap=16)
    assert [window.text for window in windows[:2]] == [0, 1]
    long = windows[1:]
    assert all(len(window.ids) <= 64 for window in long)
    inner = [window.ids[1:-1] for window in long]
    for left, right in itertools.pairwise(inner):
        assert left[-16:] == right[:16]
    rejoined = inner[0] + [token for ids in inner[1:] for token in ids[16:]]
    (whole,) = _encode(tiny_phobert, [TEXT * 20], max_length=10_000)
    assert rejoined == whole.ids[1:-1]


def test_an_empty_text_has_one_window_of_special_tokens(tiny_phobert):
    (window,) = _encode(tiny_phobert, [""], max_length=256)
    assert window.ids == [0, 2] and window.words == [-1, -1]


def test_both_tone_placements_reach_the_model_as_one(tiny_phobert):
    old, new = _encode(tiny_phobert, ["hòa bình ở Ủy ban", "hoà bình ở Uỷ ban"], max_length=256)
    assert old.ids == new.ids
