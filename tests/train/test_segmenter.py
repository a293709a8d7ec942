from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

pytest.importorskip("pyvi")

from canbo.models.boundary_segmenter import BoundarySegmenter
from canbo.train.segmenter import _positions_inside_words, main


@pytest.fixture
def corpus(tmp_path):
    sentence = "Huyện_uỷ luân_chuyển cán_bộ về xã , đánh_giá cán_bộ , đào_tạo cán_bộ ."
    rows = {
        "id": ["1", "2"],
        "title": ["Luân_chuyển cán_bộ", "Không được đọc"],
        "abstract": [sentence, "Không được đọc"],
        "body": ["\n".join([sentence] * 40), "Không được đọc"],
    }
    pq.write_table(pa.table(rows), tmp_path / "train.parquet")
    (tmp_path / "leave_out.txt").write_text("2\n", encoding="utf-8")
    return tmp_path


def test_the_teachers_words_are_learnt(corpus, tmp_path):
    config = tmp_path / "segmenter.yaml"
    config.write_text(
        f"corpus: {corpus / 'train.parquet'}\nleave_out: {corpus / 'leave_out.txt'}\n"
        f"output_dir: {tmp_path / 'out'}\nevery: 1\nepochs: 20\nbatch_size: 64\n",
        encoding="utf-8",
    )
    assert main([str(config)]) == 0
    segmenter = BoundarySegmenter.from_file(tmp_path / "out" / "model.safetensors")
    text = "Huyện uỷ luân chuyển cán bộ về xã , đào tạo cán bộ ."
    (spans,) = segmenter.segment([text])
    words = ["Huyện uỷ", "luân chuyển", "cán bộ", "về", "xã", ",", "đào tạo", "cán bộ", "."]
    assert [text[start:end] for start, end in spans] == words


def test_positions_inside_words_count_solid_characters():
    # c á n b ộ x ã: the mark stands after three of them
    assert _positions_inside_words("cán_bộ xã") == {3}
    assert _positions_inside_words("a_b_c d_e") == {1, 2, 4}
    assert np.array(sorted(_positions_inside_words("xã"))).size == 0
