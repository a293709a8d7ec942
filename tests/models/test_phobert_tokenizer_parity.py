"""The fast PhoBERT tokenizer against `transformers.PhobertTokenizer`, on text of all kinds."""

from __future__ import annotations

import json
import re
from itertools import islice
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer, models, pre_tokenizers, trainers
from transformers import AutoTokenizer, PhobertTokenizer
from transformers import logging as transformers_logging

from canbo.models.phobert_tokenizer import load_tokenizer, save_tokenizer, write_phobert_files

REPOSITORY = Path(__file__).parents[2]
SHIPPED = REPOSITORY / "models" / "embedded" / "classifier"
SPECIALS = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]
EVERY_SPACE = [chr(code) for code in range(0x110000) if re.match(r"\s", chr(code))]

SYLLABLES = (
    "Ban Thường vụ Huyện uỷ luân chuyển 12 cán bộ về xã , . điều động bổ nhiệm 2,07 %".split()
)
PARTS = st.one_of(
    st.sampled_from(SYLLABLES),
    st.sampled_from(
        ["_", "@@", "@", "</w>", "<", "s>", "</", "mask", "<s", "<<", "cán_", "văn_th"]
    ),
    st.sampled_from(SPECIALS),
    st.sampled_from([" ", "\n", *EVERY_SPACE]),
    st.sampled_from(["\x00", "\x08", "\u200b", "\u200d", "\ufeff", "\ufffd", "\u180e", "\u0301"]),
    st.sampled_from(
        ["🙂", "👩‍👩‍👧", "🇻🇳", "a\u0323\u0302", "e\u0301\u0301", "ﬁ", "İ", "ß", "đ", "漢字"]
    ),
    st.text(max_size=4),
    st.builds(
        lambda part, times: part * times,
        st.sampled_from(["ngh", "_a", "ộ", "ha", "@", "🙂"]),
        st.integers(2, 90),
    ),
)
TEXTS = st.lists(PARTS, max_size=12).map("".join)


def sampled(count=150):
    return settings(max_examples=count, deadline=None, derandomize=True)


@pytest.fixture(scope="module", autouse=True)
def _quiet():
    before = transformers_logging.get_verbosity()
    transformers_logging.set_verbosity_error()
    yield
    transformers_logging.set_verbosity(before)


def training_text():
    path = REPOSITORY / "data/canbo-themes/paragraphs/train.jsonl"
    lines = path.read_text(encoding="utf-8").splitlines()[:150]
    return [
        json.loads(line)["text"].replace("cán bộ", "cán_bộ").replace(" văn ", " văn_")
        for line in lines
    ]


def folder_with_gaps(folder: Path) -> Path:
    """A folder as fastBPE makes it, with more gaps: of the pieces those that some text ends in."""
    texts = training_text()
    bpe = Tokenizer(models.BPE(unk_token="<unk>", end_of_word_suffix="</w>"))
    bpe.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    bpe.train_from_iterator(
        texts,
        trainers.BpeTrainer(
            vocab_size=1500,
            special_tokens=SPECIALS[:4],
            end_of_word_suffix="</w>",
            show_progress=False,
        ),
    )
    write_phobert_files(bpe, folder)
    stock = PhobertTokenizer(str(folder / "vocab.txt"), str(folder / "bpe.codes"))
    seen = {piece for text in texts[:50] for piece in stock.tokenize(text)}
    every = (folder / "vocab.txt").read_text(encoding="utf-8").splitlines()
    kept = [line for line in every if line.removesuffix(" 1") in seen]
    assert 200 < len(every) - len(kept) < len(every) / 2
    (folder / "vocab.txt").write_text("\n".join(kept) + "\n", encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    gaps = folder_with_gaps(tmp_path_factory.mktemp("gaps"))
    save_tokenizer(gaps, gaps)
    return {"gaps": gaps, "shipped": SHIPPED}


@pytest.fixture(scope="module", params=["gaps", "shipped"])
def tokenizers(request, folders):
    folder = folders[request.param]
    return (
        load_tokenizer(folder),
        PhobertTokenizer.from_pretrained(folder),
        AutoTokenizer.from_pretrained(folder),
    )


OPTIONS = st.fixed_dictionaries(
    {},
    optional={
        "truncation": st.sampled_from([True, "longest_first", "only_first", "only_second", False]),
        "max_length": st.integers(0, 24),
        "padding": st.sampled_from([True, "longest", "max_length", False]),
        "pad_to_multiple_of": st.sampled_from([None, 8]),
        "padding_side": st.sampled_from(["left", "right"]),
        "add_special_tokens": st.booleans(),
        "split_special_tokens": st.booleans(),
        "return_special_tokens_mask": st.booleans(),
        "return_token_type_ids": st.booleans(),
        "return_attention_mask": st.booleans(),
    },
)


def outcome(tokenizer, *inputs, **options):
    try:
        return dict(tokenizer(*inputs, **options))
    except ValueError as error:
        return type(error)


@sampled(300)
@given(text=TEXTS)
def test_ids_of_a_text(tokenizers, text):
    fast, stock, _ = tokenizers
    assert fast(text)["input_ids"] == stock(text)["input_ids"]


@sampled(200)
@given(text=TEXTS, pair=st.none() | TEXTS, options=OPTIONS, side=st.sampled_from(["left", "right"]))
def test_a_call_with_every_option(tokenizers, text, pair, options, side):
    fast, stock, _ = tokenizers
    fast.truncation_side = stock.truncation_side = side
    expected = outcome(stock, text, pair, **options)
    assert outcome(fast, text, pair, **options) == expected
    fast.truncation_side = "right"


@sampled(100)
@given(
    texts=st.lists(TEXTS, min_size=1, max_size=4),
    options=OPTIONS,
    paired=st.booleans(),
    side=st.sampled_from(["left", "right"]),
)
def test_a_batch_with_every_option(tokenizers, texts, options, paired, side):
    fast, stock, _ = tokenizers
    fast.truncation_side = stock.truncation_side = side
    inputs = (texts, texts[::-1]) if paired else (texts,)
    assert outcome(fast, *inputs, **options) == outcome(stock, *inputs, **options)
    fast.truncation_side = "right"


@sampled(60)
@given(words=st.lists(TEXTS, min_size=1, max_size=5))
def test_words_that_are_split_already(tokenizers, words):
    fast, stock, _ = tokenizers
    expected = stock(words, is_split_into_words=True)["input_ids"]
    encoded = fast(words, is_split_into_words=True)
    assert encoded["input_ids"] == expected
    assert len(encoded.word_ids()) == len(expected)


@sampled(200)
@given(text=TEXTS)
def test_offsets_slice_to_the_pieces(tokenizers, text):
    fast, stock, _ = tokenizers
    encoded = fast(text, return_offsets_mapping=True)
    slices = [text[start:end] for start, end in encoded["offset_mapping"][1:-1]]
    assert [
        piece in (part, part + "@@")
        for part, piece in zip(slices, stock.tokenize(text), strict=True)
    ] == [True] * len(slices)
    # Together the slices are the text, spaces aside; a newline that a word ends in is in it.
    assert re.sub(r"\s", "", "".join(slices)) == re.sub(r"\s", "", text)
    if not any(special in text for special in SPECIALS):
        words = re.findall(r"\S+\n?", text)
        joined = [""] * len(words)
        for word, part in zip(encoded.word_ids()[1:-1], slices, strict=True):
            joined[word] += part
        assert joined == words


@sampled(100)
@given(text=TEXTS, pair=TEXTS, options=OPTIONS)
def test_encodings_have_the_ids_of_the_call(tokenizers, text, pair, options):
    fast, _, _ = tokenizers
    encoded = outcome(fast, text, pair, **options)
    if encoded is ValueError:
        return
    (encoding,) = fast(text, pair, **options).encodings
    assert ids_in_vocabulary(fast, encoding.ids) == encoded["input_ids"]


@sampled(200)
@given(
    text=TEXTS,
    options=st.fixed_dictionaries(
        {},
        optional={
            "truncation": st.sampled_from([True, "only_first"]),
            "max_length": st.integers(3, 24),
            "padding": st.sampled_from(["max_length", False]),
            "padding_side": st.sampled_from(["left", "right"]),
            "split_special_tokens": st.booleans(),
        },
    ),
)
def test_plain_auto_tokenizer_on_a_saved_folder(tokenizers, text, options):
    _, stock, auto = tokenizers
    assert auto.is_fast
    stock.truncation_side = "right"
    encoded, expected = auto(text, **options), stock(text, **options)
    assert ids_in_vocabulary(stock, encoded["input_ids"]) == expected["input_ids"]


@sampled(50)
@given(texts=st.lists(TEXTS, min_size=1, max_size=4))
def test_plain_auto_tokenizer_on_batches_of_pairs(tokenizers, texts):
    _, stock, auto = tokenizers
    encoded = auto(texts, texts[::-1], padding=True)["input_ids"]
    expected = stock(texts, texts[::-1], padding=True)["input_ids"]
    assert [ids_in_vocabulary(stock, ids) for ids in encoded] == expected


def ids_in_vocabulary(stock, ids):
    """What `AutoTokenizer` gives, less the one difference that `build_tokenizer` tells of."""
    return [index if index < len(stock) else stock.unk_token_id for index in ids]


def test_the_shipped_vocabulary_has_no_missing_piece():
    auto, stock = AutoTokenizer.from_pretrained(SHIPPED), PhobertTokenizer.from_pretrained(SHIPPED)
    assert len(auto) == len(stock) == 24000


def segmented_sentences(shared: Path, count: int) -> list[str]:
    from pyarrow import parquet

    articles = parquet.ParquetFile(shared / "vietnews" / "train.parquet")
    bodies = (
        body
        for batch in articles.iter_batches(1000, columns=["body"])
        for body in batch.column("body").to_pylist()
    )
    return list(islice((line for body in bodies for line in body.split("\n")), count))


def test_twenty_thousand_sentences(tokenizers, shared):
    fast, stock, auto = tokenizers
    # Of the vocabulary with gaps fewer: the stock tokenizer cuts every word into many pieces.
    sentences = segmented_sentences(shared, 20_000 if len(stock) > 20_000 else 2_000)
    assert len(sentences) in (2_000, 20_000)
    expected = stock(sentences)["input_ids"]
    assert fast(sentences)["input_ids"] == expected
    plain = auto(sentences)["input_ids"]
    assert [ids_in_vocabulary(stock, ids) for ids in plain] == expected
