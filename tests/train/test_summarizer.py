"""Summarizer training end to end, on tiny random models and shipped articles."""

import io
import json
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from canbo.data.summaries import read_summaries
from canbo.models.rewriting.summarizer import RewritingSummarizer
from canbo.models.summarizer import Summarizer
from canbo.train.arguments import ConfigError
from canbo.train.copy_start import start_copying
from canbo.train.piece_vectors import whiten
from canbo.train.summarizer import main, support
from canbo.train.vocabulary import tokenizer_from_sentencepiece, train_sentencepiece

ROOT = Path(__file__).parents[2]
CONFIGS = ROOT / "configs" / "summarizer"
ARTICLES = ROOT / "data" / "canbo-themes" / "articles" / "train.jsonl"


@pytest.fixture(scope="module")
def texts():
    examples = list(read_summaries(ARTICLES))[:40]
    return [text for example in examples for text in example.document.paragraphs]


@pytest.fixture(scope="module")
def pieces(texts):
    return train_sentencepiece(texts, 1500, seed=1)


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """Twelve shipped articles as a jsonl of their own."""
    path = tmp_path_factory.mktemp("data") / "articles.jsonl"
    path.write_text(
        "\n".join(ARTICLES.read_text(encoding="utf-8").splitlines()[:12]), encoding="utf-8"
    )
    return path


@pytest.fixture(scope="module")
def tiny_vit5(texts, tmp_path_factory):
    """A random T5 v1.1 as ViT5's folder is: SentencePiece file, output layer of its own."""
    import sentencepiece
    from transformers import T5Config, T5ForConditionalGeneration

    folder = tmp_path_factory.mktemp("tiny-vit5")
    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(texts),
        model_writer=model,
        vocab_size=1000,
        pad_id=0,
        eos_id=1,
        unk_id=2,
        bos_id=-1,
        minloglevel=2,
    )
    (folder / "spiece.model").write_bytes(model.getvalue())
    (folder / "tokenizer_config.json").write_text(
        json.dumps({"tokenizer_class": "T5Tokenizer", "extra_ids": 0})
    )
    torch.manual_seed(1)
    config = T5Config(
        vocab_size=1000,
        d_model=32,
        d_kv=8,
        d_ff=64,
        num_layers=2,
        num_heads=4,
        feed_forward_proj="gated-gelu",
        decoder_start_token_id=0,
        tie_word_embeddings=False,
    )
    T5ForConditionalGeneration(config).save_pretrained(folder)
    weights = load_file(folder / "model.safetensors")
    weights["lm_head.weight"] = torch.randn(1000, 32)
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    settings = json.loads((folder / "config.json").read_text())
    settings["tie_word_embeddings"] = False
    settings.pop("scale_decoder_outputs", None)
    (folder / "config.json").write_text(json.dumps(settings))
    return folder


def arguments(config, data, output, *more):
    return [
        str(CONFIGS / f"{config}.yaml"),
        *("--train_file", str(data), "--validation_file", str(data)),
        *("--output_dir", str(output)),
        *(
            "--max_source_length",
            "64",
            "--max_target_length",
            "12",
            "--min_target_length",
            "2",
            "--max_steps",
            "2",
        ),
        *("--max_train_articles", "8", "--max_validation_articles", "4"),
        *("--per_device_train_batch_size", "2", "--gradient_accumulation_steps", "1"),
        *("--generation_num_beams", "2", "--bf16", "False", "--use_cpu", "True"),
        *("--eval_strategy", "no", "--save_strategy", "steps", "--save_steps", "1"),
        *("--load_best_model_at_end", "False", "--warmup_steps", "0"),
        *("--disable_tqdm", "True", "--dataloader_pin_memory", "False"),
        *more,
    ]


@pytest.fixture(scope="module", params=["vit5-base", "vit5-large"])
def trained(request, tiny_vit5, data, tmp_path_factory):
    output = tmp_path_factory.mktemp(request.param)
    more = ("--model_name_or_path", str(tiny_vit5))
    # The ids of vietnews' overlapping articles are not beside a bare clone.
    ids = output / "ids.txt"
    ids.write_text(read_ids_to_leave_out())
    more += ("--leave_out_file", str(ids))
    assert main(arguments(request.param, data, output / "model", *more)) == 0
    return output / "model"


def read_ids_to_leave_out():
    return json.loads(ARTICLES.read_text(encoding="utf-8").splitlines()[0])["id"] + "\n"


def test_the_record_says_what_was_trained_on_what(trained, data):
    import hashlib

    record = json.loads((trained / "training.json").read_text(encoding="utf-8"))
    assert record["data"][0]["file"].endswith("/articles.jsonl")
    assert record["data"][0]["sha256"] == hashlib.sha256(data.read_bytes()).hexdigest()
    assert record["config"]["seed"] == 20261121
    assert record["results"]["left_out_articles"] == 1
    assert record["results"]["train_articles"] == 8
    assert 0 <= record["results"]["validation_rouge1"] <= 1
    assert "transformers" in record["versions"]


def test_only_safetensors_are_saved_as_the_model(trained):
    names = {path.name for path in trained.iterdir() if path.is_file()}
    assert "model.safetensors" in names
    assert not {name for name in names if name.endswith((".bin", ".pt", ".pkl"))} - {
        "training_args.bin"
    }


def test_an_output_layer_of_its_own_survives_training_and_saving(trained):
    # transformers ties T5's output layer to its embeddings unless the file holds both: ViT5's does.
    weights = load_file(trained / "model.safetensors")
    assert not torch.equal(weights["lm_head.weight"], weights["shared.weight"])


def test_the_checkpoint_summarizes(trained, data):
    documents = [example.document for example in read_summaries(data)][:3]
    # Raw, because two steps of training teach nothing that the gate would let pass.
    summarizer = Summarizer.from_pretrained(trained, device="cpu", raw=True)
    abstracts = summarizer.summarize(documents, batch_size=2)
    assert [abstract.method for abstract in abstracts] == ["abstractive"] * 3
    assert all(abstract.text for abstract in abstracts)
    # Batches are made by length; every document gets its own abstract all the same.
    alone = [summarizer.summarize([document])[0] for document in documents]
    assert alone == abstracts
    assert summarizer.source == str(trained)
    gated = Summarizer.from_pretrained(trained, device="cpu").summarize(documents)
    assert all(abstract.text and not abstract.unsupported for abstract in gated)


def test_the_checkpoint_loads_with_stock_transformers_and_tells_its_source_format(trained):
    from transformers import AutoModelForSeq2SeqLM, AutoTokenizer

    model = AutoModelForSeq2SeqLM.from_pretrained(trained)
    assert model.config.task_specific_params["summarization"] == {
        "prefix": "vietnews: ",
        "with_title": False,
        "max_source_length": 64,
        "reads": "article",
    }
    ids = AutoTokenizer.from_pretrained(trained)("Huyện có 15 xã.", return_tensors="pt")
    assert model.generate(**ids, max_new_tokens=4).shape[0] == 1


def test_a_model_trained_on_sentences_rewrites_them(tiny_vit5, data, tmp_path):
    rows = [
        {"id": str(i), "text": sentence, "abstract": sentence}
        for i, example in enumerate(read_summaries(data))
        for sentence in example.document.paragraphs[:1]
    ]
    pairs = tmp_path / "pairs.jsonl"
    pairs.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    more = ("--model_name_or_path", str(tiny_vit5))
    assert main(arguments("rewriter", pairs, tmp_path / "model", *more)) == 0
    summarizer = Summarizer.from_pretrained(tmp_path / "model", device="cpu", raw=True)
    assert isinstance(summarizer, RewritingSummarizer)
    documents = [example.document for example in read_summaries(data)][:2]
    assert all(abstract.text for abstract in summarizer.summarize(documents))


def test_training_from_scratch_and_going_on_where_it_stopped(data, tmp_path, monkeypatch):
    more = (
        *("--vocab_size", "1000", "--d_model", "32", "--d_kv", "8", "--d_ff", "32"),
        *("--min_support", "0"),  # short sources of short articles support little
        *("--leave_out_file", str(data), "--logging_steps", "1"),
    )
    output = tmp_path / "model"
    assert main(arguments("embedded", data, output, *more, "--max_steps", "1")) == 0
    # A run that began anew would make its vocabulary anew.
    monkeypatch.delattr("canbo.train.vocabulary.train_sentencepiece")
    assert main(arguments("embedded", data, output, *more, "--max_steps", "3")) == 0
    state = json.loads((output / "checkpoint-3" / "trainer_state.json").read_text())
    assert [entry["step"] for entry in state["log_history"] if "loss" in entry] == [1, 2, 3]


def test_the_tokenizer_gives_sentencepieces_ids(pieces, texts):
    import sentencepiece

    reference = sentencepiece.SentencePieceProcessor(model_proto=pieces)
    tokenizer = tokenizer_from_sentencepiece(pieces, 64)
    samples = [*texts, "Nghị quyết 18-NQ/TW", "Đắk Lắk 𠮷 ☃ ﬁ ½", "a  b", "Ở Ẵ ỵ"]
    for text in samples:
        spaced = " ".join(text.split())
        assert tokenizer(text, verbose=False)["input_ids"] == [*reference.encode(spaced), 1], text
        ids = tokenizer(text, verbose=False)["input_ids"]
        assert tokenizer.decode(ids, skip_special_tokens=True) == spaced


def test_decomposed_text_is_read_as_composed(pieces):
    tokenizer = tokenizer_from_sentencepiece(pieces, 64)
    assert tokenizer("Đa\u0300o ta\u0323o") == tokenizer("Đào tạo")


def test_too_few_texts_for_a_vocabulary_are_named():
    with pytest.raises(ValueError, match="smaller vocab_size"):
        train_sentencepiece(["Huyện có 15 xã."], 8000, seed=1)


def test_the_starting_circuit_copies_what_follows_in_the_source(pieces):
    from transformers import T5Config, T5ForConditionalGeneration

    tokenizer = tokenizer_from_sentencepiece(pieces, 64)
    torch.manual_seed(1)
    model = T5ForConditionalGeneration(
        T5Config(
            vocab_size=len(tokenizer),
            d_model=256,
            d_kv=64,
            d_ff=128,
            num_layers=2,
            num_heads=4,
            dropout_rate=0.0,
            feed_forward_proj="gated-gelu",
            decoder_start_token_id=0,
        )
    )
    source = tokenizer("Huyện ủy đã đưa 17 cán bộ phòng, ban về xã.", return_tensors="pt").input_ids
    shifted = torch.cat([torch.zeros(1, 1, dtype=torch.long), source[:, :-1]], dim=1)

    def copied():
        with torch.inference_mode():
            logits = model(input_ids=source, decoder_input_ids=shifted).logits
        return (logits.argmax(-1) == source)[0, 1:].float().mean().item()

    assert copied() < 0.2
    start_copying(model)
    assert copied() > 0.9


def test_a_shape_that_cannot_hold_the_circuit_is_refused():
    from transformers import T5Config, T5ForConditionalGeneration

    model = T5ForConditionalGeneration(
        T5Config(vocab_size=20, d_model=16, d_kv=4, d_ff=8, num_layers=1, num_heads=4)
    )
    with pytest.raises(ValueError, match="num_decoder_layers >= 2"):
        start_copying(model)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ('{"abstract": "a", "text": "b"}\n{"text": "b"}', "a.jsonl:2: needs an object with"),
        ("{", "a.jsonl:1: not valid JSON"),
        ('{"abstract": "a"}', "a.jsonl:1: needs 'text'"),
        ('{"abstract": "a", "paragraphs": [3]}', "a.jsonl:1: every entry of 'paragraphs'"),
        ("", "a.jsonl: holds no article"),
    ],
)
def test_faulty_articles_are_named_with_their_line(content, message, tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(ConfigError, match=message):
        main(arguments("embedded", path, tmp_path / "out", "--leave_out_file", str(path)))


def test_greedy_search_is_refused_before_training(data, tmp_path):
    with pytest.raises(ConfigError, match="generation_num_beams"):
        main(arguments("embedded", data, tmp_path / "out", "--generation_num_beams", "1"))


def test_the_extractive_fit_prefers_what_the_abstracts_say(tmp_path):
    from canbo.train.extractive import main as fit

    # In every article the second sentence is the abstract, holds the title's words and is long
    # enough to stand by itself.
    said = (
        "Huyện đưa cán bộ về làm chủ tịch xã số {} từ tháng ba năm nay để thay người vừa nghỉ hưu, "
        "theo kế hoạch mà Ban Thường vụ Huyện ủy đã thông qua."
    )
    rows = [
        {
            "title": f"Huyện thay chủ tịch xã số {n}",
            "abstract": said.format(n),
            "paragraphs": [
                f"Trời hôm ấy mưa to và chợ phiên thứ {n} trong năm vẫn đông người từ sáng sớm.",
                said.format(n),
                f"Mùa màng trên nương đang chờ gặt và đàn bò {n} con đã về chuồng khi trời tối.",
            ],
        }
        for n in range(30)
    ]
    path = tmp_path / "articles.jsonl"
    path.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    (tmp_path / "fit.yaml").write_text(
        f"train_file: {path}\nvalidation_file: {path}\noutput_dir: {tmp_path}\n"
    )
    assert fit([str(tmp_path / "fit.yaml")]) == 0
    results = json.loads((tmp_path / "training.json").read_text())["results"]["validation"]
    assert results["lead_2"]["rouge1"] < 0.9
    assert results["extractive"]["rouge1"] == pytest.approx(1.0)


def test_support_counts_the_pairs_that_the_source_holds():
    end = 1
    assert support([5, 6, 7, end], [9, 5, 6, 9, 6, 8]) == 0.5  # 5 6 stands there, 6 7 does not
    assert support([5, 6, end], [5, 9, 6]) == 0.0
    assert support([5, end], [9]) == 1.0


def test_whitened_vectors_share_no_direction():
    import numpy as np

    mixed = np.random.default_rng(1).normal(size=(500, 4)) @ np.diag([1, 5, 0.1, 2]) + 7
    mixed[:, 1] += mixed[:, 0]
    white = whiten(mixed)
    assert np.allclose(white.mean(axis=0), 0, atol=1e-3)
    assert np.allclose(white.T @ white / 500, np.eye(4), atol=1e-2)
