from __future__ import annotations

import pytest
from transformers import AutoTokenizer, PhobertTokenizer

from canbo.models.phobert_tokenizer import (
    TokenizerFilesError,
    build_tokenizer,
    load_tokenizer,
)

VOCABULARY = "cán_bộ 9\nlu@@ 5\nân 5\nx@@ 1\nã 1\nx 1\n. 1\n"
MERGES = "â n</w> 7\nl u 5\nc á 4\ncá n 4\ncán _ 4\ncán_ b 4\ncán_b ộ</w> 4\n"


@pytest.fixture
def files(tmp_path):
    (tmp_path / "vocab.txt").write_text(VOCABULARY, encoding="utf-8")
    (tmp_path / "bpe.codes").write_text(MERGES, encoding="utf-8")
    return tmp_path


def test_pieces_ids_and_offsets_worked_by_hand(files):
    encoding = build_tokenizer(files / "vocab.txt", files / "bpe.codes").encode("luân xã x .")
    # <s>=0 <pad>=1 </s>=2 <unk>=3, then the lines of vocab.txt
    assert encoding.ids == [0, 5, 6, 7, 8, 9, 10, 2]
    assert encoding.word_ids == [None, 0, 0, 1, 1, 2, 3, None]
    assert encoding.offsets[1:-1] == [(0, 2), (2, 4), (5, 6), (6, 7), (8, 9), (10, 11)]


TEXTS = [
    "Ban_Thường_vụ Huyện_uỷ luân_chuyển 12 cán_bộ về xã .",
    "Đồng_chí Nguyễn_Văn_A , 45 tuổi , 2,07 % ; 03-NQ/HU",
    "",
    "x",
    "zzzzz qwrt @@ a@@ b",
    "từ_rất_dài_không_có_trong_từ_vựng_của_mô_hình",
]


@pytest.mark.parametrize("text", TEXTS)
def test_ids_equal_the_stock_tokenizer(tiny_phobert, text):
    stock = PhobertTokenizer.from_pretrained(tiny_phobert)
    assert load_tokenizer(tiny_phobert)(text)["input_ids"] == stock(text)["input_ids"]


def test_special_ids_equal_the_stock_tokenizer(tiny_phobert):
    stock = PhobertTokenizer.from_pretrained(tiny_phobert)
    fast = load_tokenizer(tiny_phobert)
    assert len(fast) == len(stock)
    for name in ("cls", "sep", "pad", "unk", "mask", "bos", "eos"):
        assert getattr(fast, f"{name}_token_id") == getattr(stock, f"{name}_token_id")


def test_the_folder_loads_with_plain_auto_tokenizer_as_fast(tiny_phobert):
    auto = AutoTokenizer.from_pretrained(tiny_phobert)
    assert auto.is_fast
    for text in TEXTS:
        assert auto(text)["input_ids"] == load_tokenizer(tiny_phobert)(text)["input_ids"]


def test_a_merge_through_a_piece_that_the_vocabulary_lacks_still_works(files):
    stock = PhobertTokenizer(str(files / "vocab.txt"), str(files / "bpe.codes"))
    assert load_tokenizer(files)("cán_bộ")["input_ids"] == stock("cán_bộ")["input_ids"] == [0, 4, 2]


def test_a_malformed_line_is_named(files):
    (files / "vocab.txt").write_text("cán_bộ 9\nlu@@\n", encoding="utf-8")
    with pytest.raises(TokenizerFilesError, match=r"vocab\.txt:2"):
        load_tokenizer(files)


def test_missing_files_are_named(tmp_path):
    with pytest.raises(TokenizerFilesError, match=r"vocab\.txt: not found"):
        load_tokenizer(tmp_path)


def test_a_mistyped_folder_is_named():
    with pytest.raises(TokenizerFilesError, match="no-such/folder/here: there is no such folder"):
        load_tokenizer("no-such/folder/here")
