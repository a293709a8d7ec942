from __future__ import annotations

import copy
import pickle
from pathlib import Path

import pytest
from huggingface_hub.errors import LocalEntryNotFoundError
from tokenizers import AddedToken
from transformers import AutoTokenizer, PhobertTokenizer

from canbo.models.phobert_tokenizer import TokenizerFilesError, load_tokenizer, save_tokenizer

VOCABULARY = "cán_bộ 9\nlu@@ 5\nân 5\nx@@ 1\nã 1\nx 1\n. 1\n"
MERGES = "â n</w> 7\nl u 5\nc á 4\ncá n 4\ncán _ 4\ncán_ b 4\ncán_b ộ</w> 4\n"


@pytest.fixture
def files(tmp_path):
    return write_files(tmp_path, VOCABULARY, MERGES)


def write_files(folder, vocabulary, merges):
    (folder / "vocab.txt").write_text(vocabulary, encoding="utf-8")
    (folder / "bpe.codes").write_text(merges, encoding="utf-8")
    return folder


def test_pieces_ids_and_offsets_worked_by_hand(files):
    encoded = load_tokenizer(files)("luân xã x .", return_offsets_mapping=True)
    # <s>=0 <pad>=1 </s>=2 <unk>=3, then the lines of vocab.txt
    assert encoded["input_ids"] == [0, 5, 6, 7, 8, 9, 10, 2]
    assert encoded.word_ids() == [None, 0, 0, 1, 1, 2, 3, None]
    assert encoded["offset_mapping"][1:-1] == [(0, 2), (2, 4), (5, 6), (6, 7), (8, 9), (10, 11)]


def test_special_tokens_have_the_ids_of_the_stock_tokenizer(files):
    fast = load_tokenizer(files)
    assert len(fast) == 12 and fast.mask_token_id == 11
    assert fast("x <mask> x<s>x")["input_ids"] == [0, 9, 11, 9, 0, 9, 2]
    assert [fast.cls_token_id, fast.pad_token_id, fast.sep_token_id, fast.unk_token_id] == [
        0,
        1,
        2,
        3,
    ]


def test_a_newline_after_a_word_belongs_to_it(files):
    # The word is "x\n": x inside a word is 7, and no vocabulary has an entry for a newline.
    encoded = load_tokenizer(files)("x\nx \n x", return_offsets_mapping=True)
    assert encoded["input_ids"] == [0, 7, 3, 9, 9, 2]
    assert encoded["offset_mapping"][1:-1] == [(0, 1), (1, 2), (2, 3), (6, 7)]


@pytest.mark.parametrize(
    "space", ["\x1c", "\x1f", "\x85", "\xa0", "\u2003", "\u2028", "\u3000", "\t", "\r"]
)
def test_words_end_at_every_space_of_python(files, space):
    assert load_tokenizer(files)(f"x{space}.")["input_ids"] == [0, 9, 10, 2]


@pytest.mark.parametrize("letter", ["\u200b", "\ufeff", "\u2060", "\x00", "\u180e"])
def test_words_go_on_over_what_python_takes_for_no_space(files, letter):
    assert load_tokenizer(files)(f"x{letter}x")["input_ids"] == [0, 7, 3, 9, 2]


def test_a_missing_piece_is_unknown_but_merges_lead_through_it(files):
    fast = load_tokenizer(files)
    assert fast("cán_bộ")["input_ids"] == [0, 4, 2]
    # "cán_" ends up as a piece; vocab.txt has no entry for it, nor for ổ.
    encoded = fast("cán_ổ", return_offsets_mapping=True)
    assert encoded["input_ids"] == [0, 3, 3, 2]
    assert encoded["offset_mapping"][1:-1] == [(0, 4), (4, 5)]
    windows = fast(["cán_ổ"], return_overflowing_tokens=True, truncation=True, max_length=3)
    assert windows["input_ids"] == [[0, 3, 2], [0, 3, 2]]


def test_text_that_looks_like_the_notation_is_text(tmp_path):
    files = write_files(tmp_path, "@@ 1\nx@@ 1\nx 1\n</w> 1\n", "@ @</w> 1\nx @@</w> 1\n")
    # The word "@@" has an entry of its own, and the word "x@@" that of x inside a word; "</w>" is
    # cut into four, of which none has an entry.
    assert load_tokenizer(files)("@@ x@@ x</w>")["input_ids"] == [0, 4, 5, 5, 3, 3, 3, 3, 2]


def test_merges_that_spell_the_end_of_a_word_as_text(tmp_path):
    files = write_files(
        tmp_path,
        "g 1\ng</w>@@ 1\ng@@ 1\n",
        "< / 1\n</ w 1\n</w > 1\ng </w> 1\n</w ></w> 1\ng </w></w> 1\n",
    )
    fast, stock = load_tokenizer(files), PhobertTokenizer.from_pretrained(files)
    for text in ("g", "g</w>g", "g</w>", "gg", "</w>g", "<g>"):
        assert fast(text)["input_ids"] == stock(text)["input_ids"], text
    assert fast("g</w>g")["input_ids"] == [0, 5, 4, 2]


def test_files_are_read_as_the_stock_tokenizer_reads_them(tmp_path):
    # Repeated entries take a new id, which the next entry takes as well; a space before an entry
    # goes, a piece may hold one; the last merge is lost where the last line does not end.
    files = write_files(
        tmp_path,
        "xã 1\nx@@ 1\nxã 1\ny 1\n\xa0@@ 1\nz w 1\nab 1\nbc 1",
        "x ã</w> 1\n\xa0 x 1\na b</w> 1\na b</w> 2\nb c</w> 1",
    )
    fast, stock = load_tokenizer(files), PhobertTokenizer.from_pretrained(files)
    for text in ("xã", "x y", "y xãy", "ab bc", "@@ z w"):
        assert fast(text)["input_ids"] == stock(text)["input_ids"], text
    assert fast("bc")["input_ids"] == [0, 3, 3, 2]


def test_half_a_surrogate_pair_is_unknown(files):
    assert load_tokenizer(files)("x\ud800 x")["input_ids"] == [0, 7, 3, 9, 2]


def test_calls_of_every_form(files):
    fast = load_tokenizer(files)
    assert fast(["x", "xã"])["input_ids"] == [[0, 9, 2], [0, 7, 8, 2]]
    assert (
        fast(["x"], ["xã"])["input_ids"]
        == fast([("x", "xã")])["input_ids"]
        == [[0, 9, 2, 2, 7, 8, 2]]
    )
    assert fast("x", "")["input_ids"] == [0, 9, 2, 2, 2]
    assert fast(["x", "xã"], is_split_into_words=True)["input_ids"] == [0, 9, 7, 8, 2]
    assert fast([["x"], ["xã", "."]], is_split_into_words=True).word_ids(1) == [None, 0, 0, 1, None]
    assert fast(["x", "xã"], padding=True, return_tensors="pt")["input_ids"].tolist() == [
        [0, 9, 2, 1],
        [0, 7, 8, 2],
    ]
    assert fast("x", return_tensors="np")["input_ids"].shape == (1, 3)
    with pytest.raises(ValueError, match="same length"):
        fast(["x"], ["x", "x"])


def test_encodings_follow_truncation_and_padding(files):
    fast = load_tokenizer(files)
    encoded = fast(["x . x .", "x"], ["xã xã", "."], truncation=True, max_length=8, padding=True)
    # Of 4 and 4 tokens 4 remain: 2 and 2.
    assert encoded["input_ids"] == [[0, 9, 10, 2, 2, 7, 8, 2], [0, 9, 2, 2, 10, 2, 1, 1]]
    assert fast("x", padding="max_length", max_length=5, return_length=True)["length"] == 5
    assert [encoding.ids for encoding in encoded.encodings] == encoded["input_ids"]
    assert encoded.sequence_ids(0) == [None, 0, 0, None, None, 1, 1, None]
    assert encoded.word_ids(1) == [None, 0, None, None, 0, None, None, None]
    assert pickle.loads(pickle.dumps(encoded)).word_ids(0) == encoded.word_ids(0)


def test_copies_are_equal_and_what_was_read_is_no_part_of_them(files):
    fast = load_tokenizer(files)
    before = pickle.dumps(fast)
    expected = fast("luân cán_ổ")["input_ids"]
    assert pickle.dumps(fast) == before
    for twin in (pickle.loads(before), copy.deepcopy(fast)):
        assert twin("luân cán_ổ")["input_ids"] == expected


def test_a_saved_folder_loads_with_auto_tokenizer_and_with_the_stock_one(tiny_phobert, tmp_path):
    save_tokenizer(tiny_phobert, tmp_path)
    auto, stock = (
        AutoTokenizer.from_pretrained(tmp_path),
        PhobertTokenizer.from_pretrained(tmp_path),
    )
    assert auto.is_fast and not stock.is_fast
    again = tmp_path / "again"
    auto.save_pretrained(again)
    text = "Ban_Thường_vụ Huyện_uỷ luân_chuyển 12 cán_bộ về xã .\n<mask> @@ a@@ zzz"
    ids = load_tokenizer(tmp_path)(text)["input_ids"]
    assert ids == auto(text)["input_ids"] == stock(text)["input_ids"]
    assert ids == AutoTokenizer.from_pretrained(again)(text)["input_ids"]
    sentence = "cán_bộ về xã"
    assert auto.decode(auto(sentence)["input_ids"], skip_special_tokens=True) == sentence


def test_plain_auto_tokenizer_differs_only_in_final_missing_pieces(files, caplog):
    save_tokenizer(files, files)
    assert "vocab.txt lacks 14 pieces" in caplog.text
    auto = AutoTokenizer.from_pretrained(files)
    assert (
        auto("cán_bộ luân xã")["input_ids"] == load_tokenizer(files)("cán_bộ luân xã")["input_ids"]
    )
    assert load_tokenizer(files)("cán_ổ")["input_ids"] == [0, 3, 3, 2]
    assert auto("cán_ổ")["input_ids"][1] >= len(load_tokenizer(files))


def test_a_widened_model_gives_the_same_with_plain_auto_tokenizer(files):
    import torch
    from transformers import RobertaConfig, RobertaModel

    save_tokenizer(files, files)
    model = RobertaModel(
        RobertaConfig(
            vocab_size=12,
            hidden_size=8,
            num_hidden_layers=1,
            num_attention_heads=1,
            intermediate_size=8,
            max_position_embeddings=20,
        )
    ).eval()
    fast, auto = load_tokenizer(files), AutoTokenizer.from_pretrained(files)
    text = "cán_ổ luâ xã"
    before = model(**fast(text, return_tensors="pt")).last_hidden_state
    fast.widen_embeddings(model)
    inputs = auto(text, return_tensors="pt")
    assert inputs["input_ids"].max() >= 12
    assert torch.equal(model(**inputs).last_hidden_state, before)


def test_tokens_that_users_added_come_along(files, tmp_path):
    stock = PhobertTokenizer.from_pretrained(files)
    stock.add_tokens(["luâ", AddedToken("[url]", lstrip=True, rstrip=True)])
    stock.add_special_tokens({"extra_special_tokens": ["<e>"]})
    stock.save_pretrained(tmp_path / "added")
    later = load_tokenizer(files)
    later.add_tokens(["luâ", AddedToken("[url]", lstrip=True, rstrip=True)])
    later.add_special_tokens({"extra_special_tokens": ["<e>"]})
    for fast in (load_tokenizer(tmp_path / "added"), later):
        assert len(fast) == len(stock) == 15
        for text in ("luân", "x\n[url] x", "x<e>[url][url]xã", "[url"):
            assert fast(text)["input_ids"] == stock(text)["input_ids"], text
            assert len(fast(text).encodings[0]) == len(stock(text)["input_ids"]), text


def test_an_added_token_that_cannot_be_equal_is_named(files, tmp_path):
    stock = PhobertTokenizer.from_pretrained(files)
    stock.add_tokens([AddedToken("abc", single_word=True)])
    stock.save_pretrained(tmp_path / "added")
    with pytest.raises(TokenizerFilesError, match="'abc' has 'single_word'"):
        load_tokenizer(tmp_path / "added")


def test_a_hub_id_is_converted_the_same_way(files, monkeypatch):
    asked = []

    def download(repository, name):
        assert repository == "owner/phobert"
        asked.append(name)
        if not (files / name).exists():
            raise LocalEntryNotFoundError(f"no {name}")
        return str(files / name)

    monkeypatch.setattr("huggingface_hub.hf_hub_download", download)
    assert load_tokenizer("owner/phobert")("luân")["input_ids"] == [0, 5, 6, 2]
    assert asked[:2] == ["vocab.txt", "bpe.codes"]


def test_the_shipped_classifiers_tokenizer_is_what_save_tokenizer_writes(tmp_path):
    shipped = Path(__file__).parents[2] / "models" / "embedded" / "classifier"
    save_tokenizer(shipped, tmp_path)
    for path in tmp_path.iterdir():
        assert path.read_bytes() == (shipped / path.name).read_bytes(), path.name


def test_merges_out_of_order_are_told(tmp_path, caplog):
    write_files(tmp_path, "abc 1\n", "ab c</w> 1\na b 1\n")
    load_tokenizer(tmp_path)
    assert (
        "1 merges stand before those that make their parts, the first is 'ab c</w>'" in caplog.text
    )


@pytest.mark.parametrize(
    ("name", "text", "line"),
    [("vocab.txt", "cán_bộ 9\nlu@@\n", 2), ("bpe.codes", "â n</w> 7\nl u\n", 2)],
)
def test_a_malformed_line_is_named(files, name, text, line):
    (files / name).write_text(text, encoding="utf-8")
    with pytest.raises(TokenizerFilesError, match=rf"{name}:{line}: expected"):
        load_tokenizer(files)


def test_missing_files_are_named(tmp_path):
    with pytest.raises(TokenizerFilesError, match=r"vocab\.txt: not found"):
        load_tokenizer(tmp_path)


def test_a_mistyped_folder_is_named():
    with pytest.raises(TokenizerFilesError, match="no-such/folder/here: there is no such folder"):
        load_tokenizer("no-such/folder/here")
