"""Pretraining on blocks: what is taken away, what is saved, and going on where a run stopped."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from canbo.data.provenance import recorded_articles
from canbo.train.arguments import ConfigError
from canbo.train.encoder_objectives import MaskedLanguageModel, Masking
from canbo.train.pretrain import main
from canbo.train.t5_objective import SpanCorruption
from canbo.train.token_blocks import Blocks

ROOT = Path(__file__).parents[2]
CONFIGS = ROOT / "configs" / "pretrain"
ARTICLES = ROOT / "data" / "canbo-themes" / "articles" / "train.jsonl"


def generator():
    return torch.Generator().manual_seed(5)


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """Twelve shipped articles; the first id is to be left out."""
    folder = tmp_path_factory.mktemp("articles")
    lines = ARTICLES.read_text(encoding="utf-8").splitlines()[:12]
    (folder / "articles.jsonl").write_text("\n".join(lines), encoding="utf-8")
    (folder / "ids.txt").write_text(json.loads(lines[0])["id"] + "\n")
    return folder


def arguments(config, data, output, *more):
    return [
        str(CONFIGS / f"{config}.yaml"),
        *("--train_files", str(data / "articles.jsonl"), "--leave_out_file", str(data / "ids.txt")),
        *("--output_dir", str(output), "--final_dir", str(output / "final")),
        *("--tokens_dir", str(output / "tokens")),
        *("--block_size", "32", "--eval_blocks", "4", "--max_steps", "2"),
        *("--per_device_train_batch_size", "2", "--gradient_accumulation_steps", "2"),
        *("--per_device_eval_batch_size", "4"),
        *("--save_strategy", "steps", "--save_steps", "1", "--logging_steps", "1"),
        *("--eval_strategy", "steps", "--eval_steps", "1", "--warmup_steps", "0"),
        *("--use_cpu", "True", "--bf16", "False", "--torch_compile", "False"),
        *("--dataloader_num_workers", "0", "--dataloader_pin_memory", "False"),
        *("--report_to", "none", "--disable_tqdm", "True"),
        *more,
    ]


def test_blocks_are_cut_from_one_row_and_wrapped():
    blocks = Blocks(np.arange(10, 21, dtype=np.uint16), 5, before=[0], after=[2])
    assert [block.tolist() for block in (blocks[0], blocks[1], blocks[2])] == [
        [0, 10, 11, 12, 2],
        [0, 13, 14, 15, 2],
        [0, 16, 17, 18, 2],
    ]
    assert len(blocks) == 3  # 19 and 20 fill no block
    assert [block[1].item() for block in blocks.spread(2)] == [10, 13]
    assert len(blocks.spread(9)) == 3


def test_every_block_loses_the_same_number_of_tokens_and_no_special_one():
    corrupt = Masking(
        0.15, mask_id=99, vocab_size=99, special_ids=frozenset({0, 1, 2, 3, 99}), disguised=False
    )
    blocks = torch.arange(10, 50).repeat(3, 1)
    blocks[:, 0], blocks[:, -1], blocks[2, 5:30] = 0, 2, 2
    masked = corrupt(blocks, generator())
    assert masked["positions"].shape == masked["labels"].shape == (3, 6)  # 15% of 40
    restored = masked["input_ids"].scatter(1, masked["positions"], masked["labels"])
    assert torch.equal(restored, blocks)
    assert (masked["input_ids"] == 99).sum(dim=1).tolist() == [6, 6, 6]
    assert not torch.isin(masked["labels"], torch.tensor([0, 2])).any()


def test_places_without_an_ordinary_token_ask_for_nothing():
    corrupt = Masking(
        0.5, mask_id=99, vocab_size=99, special_ids=frozenset({2, 99}), disguised=False
    )
    masked = corrupt(torch.tensor([[2, 7, 2, 2]]), generator())
    assert sorted(masked["labels"].flatten().tolist()) == [-100, 7]
    assert masked["input_ids"].tolist() == [[2, 99, 2, 2]]


def test_bert_leaves_a_tenth_in_place_and_puts_a_random_token_in_a_tenth():
    corrupt = Masking(
        0.15, mask_id=999, vocab_size=500, special_ids=frozenset({999}), disguised=True
    )
    blocks = torch.full((200, 200), 600)
    masked = corrupt(blocks, generator())
    shown = masked["input_ids"].gather(1, masked["positions"])
    assert (shown == 999).float().mean().item() == pytest.approx(0.8, abs=0.02)
    assert (shown == 600).float().mean().item() == pytest.approx(0.1, abs=0.02)
    assert (shown < 500).float().mean().item() == pytest.approx(0.1, abs=0.02)


def test_the_loss_at_some_positions_is_the_stock_models():
    from transformers import RobertaConfig

    torch.manual_seed(1)
    config = RobertaConfig(
        vocab_size=40, hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=32,
        max_position_embeddings=30,
    )  # fmt: skip
    model = MaskedLanguageModel(config).eval()
    corrupt = Masking(0.2, mask_id=39, vocab_size=39, special_ids=frozenset({0, 2}), disguised=True)
    masked = corrupt(torch.randint(4, 39, (3, 20), generator=generator()), generator())
    labels = torch.full_like(masked["input_ids"], -100)
    labels.scatter_(1, masked["positions"], masked["labels"])
    with torch.no_grad():
        stock = model.stock().eval()(masked["input_ids"], labels=labels).loss
        assert model(**masked)["loss"].item() == pytest.approx(stock.item(), rel=1e-5)


def test_spans_go_to_the_target_behind_their_sentinels():
    # 20 tokens: 3 are left out, in one span.
    corrupt = SpanCorruption(20, 0.15, 3.0, sentinels=[90, 91], end_id=1)
    blocks = torch.arange(100, 120).repeat(4, 1)
    pairs = corrupt(blocks, generator())
    for source, target in zip(pairs["input_ids"].tolist(), pairs["labels"].tolist(), strict=True):
        at = source.index(90)
        first = 100 + at
        assert target == [90, first, first + 1, first + 2, 1]
        assert source == [*range(100, first), 90, *range(first + 3, 120), 1]


def test_put_together_again_source_and_target_are_the_text():
    sentinels = list(range(900, 932))
    corrupt = SpanCorruption(200, 0.15, 3.0, sentinels, end_id=1)
    blocks = torch.arange(300, 500).repeat(5, 1)
    pairs = corrupt(blocks, generator())
    assert pairs["input_ids"].shape == (5, 170 + 10 + 1)  # 30 of 200 in 10 spans
    assert pairs["labels"].shape == (5, 30 + 10 + 1)
    for source, target in zip(pairs["input_ids"].tolist(), pairs["labels"].tolist(), strict=True):
        spans, restored = {}, []
        for token in target[:-1]:
            if token in sentinels:
                spans[token] = []
            else:
                spans[next(reversed(spans))].append(token)
        assert list(spans) == sentinels[:10] and all(spans.values())
        for token in source[:-1]:
            restored += spans[token] if token in sentinels else [token]
        assert restored == list(range(300, 500))
    assert len({tuple(row) for row in pairs["input_ids"].tolist()}) == 5


def test_more_spans_than_sentinels_are_refused():
    with pytest.raises(ConfigError, match="10 spans, but the vocabulary has 4 sentinels"):
        SpanCorruption(200, 0.15, 3.0, sentinels=[1, 2, 3, 4], end_id=1)


@pytest.fixture(scope="module", params=["embedded-masked-lm", "embedded-replaced-token"])
def encoder(request, data, tiny_phobert, tmp_path_factory):
    output = tmp_path_factory.mktemp(request.param)
    more = ("--model_name_or_path", str(tiny_phobert), "--generator_width", "64")
    assert main(arguments(request.param, data, output, *more)) == 0
    return output, (request.param, data, output, *more)


def test_the_encoder_is_a_stock_one_that_a_classifier_starts_from(encoder, tiny_phobert):
    from transformers import AutoModelForSequenceClassification, AutoTokenizer

    final = encoder[0] / "final"
    model, report = AutoModelForSequenceClassification.from_pretrained(
        final, output_loading_info=True
    )
    assert {name.split(".")[0] for name in report["missing_keys"]} == {"classifier"}
    assert model.config.architectures[0] in {"RobertaForMaskedLM", "RobertaModel"}
    # Pretraining without dropout is no reason to fine-tune without.
    assert model.config.hidden_dropout_prob == 0.1
    before = load_file(tiny_phobert / "model.safetensors")
    after = model.state_dict()
    for name in (
        "roberta.embeddings.word_embeddings.weight",
        "roberta.encoder.layer.0.attention.self.query.weight",
    ):
        assert not torch.equal(before[name], after[name])
    assert len(AutoTokenizer.from_pretrained(final)) == model.config.vocab_size


def test_the_record_holds_the_losses_and_the_articles(encoder, data):
    final = encoder[0] / "final"
    results = json.loads((final / "training.json").read_text(encoding="utf-8"))["results"]
    assert [entry["step"] for entry in results["losses"] if "loss" in entry] == [1, 2]
    # Random weights know nothing: the loss of 1,200 equally likely tokens is log 1200 = 7.1, and
    # of a fair guess at replaced or not 50 log 2 = 34.7 more.
    assert 6 < results["losses"][0]["loss"] < 46
    assert results["eval_blocks"] == 4
    left_out = (data / "ids.txt").read_text().strip()
    articles = recorded_articles(final)
    assert len(articles) == 11 and left_out not in articles


def test_a_run_goes_on_and_makes_its_tokens_once(encoder, monkeypatch):
    output, given = encoder
    made = (output / "tokens" / "tokens.bin").stat().st_mtime_ns
    assert main([*arguments(*given), "--max_steps", "3"]) == 0
    assert (output / "tokens" / "tokens.bin").stat().st_mtime_ns == made
    state = json.loads((output / "checkpoint-3" / "trainer_state.json").read_text())
    steps = [entry["step"] for entry in state["log_history"] if "loss" in entry]
    assert steps == [1, 2, 3]


def test_tokens_serve_where_the_articles_are_not(encoder, tmp_path):
    output, given = encoder
    config, _, _, *more = given
    missing = tmp_path / "nowhere"
    again = [*arguments(config, missing, tmp_path / "run", *more)]
    with pytest.raises(ConfigError, match="no tokens made before"):
        main(again)
    assert main([*again, "--tokens_dir", str(output / "tokens")]) == 0


def test_other_articles_make_other_tokens(data, tiny_phobert, tmp_path):
    from canbo.models.phobert_tokenizer import load_tokenizer
    from canbo.train.token_blocks import CorpusArguments, cached_tokens, read_articles

    def made(count):
        corpus = CorpusArguments([data / "articles.jsonl"], max_articles=count)
        tokens = cached_tokens(
            tmp_path, corpus, 1, load_tokenizer(tiny_phobert), lambda rows: ([7] for _ in rows), "x"
        )
        assert len(tokens.articles) == len(read_articles(corpus, 1)) == count
        return len(tokens.train), len(tokens.held_out)

    assert made(12) == (11, 1)  # the first of 200 is held out
    assert made(5) == (4, 1)


@pytest.fixture(scope="module")
def t5(data, tmp_path_factory):
    output = tmp_path_factory.mktemp("t5")
    more = (
        *("--vocab_size", "1000", "--d_model", "32", "--d_kv", "8", "--d_ff", "32"),
        *("--num_heads", "4", "--num_layers", "1", "--num_decoder_layers", "2"),
    )
    given = ("embedded-span-corruption", data, output, *more)
    assert main(arguments(*given)) == 0
    return output, given


def test_a_t5_from_scratch_is_what_a_summarizer_starts_from(t5, data, tmp_path):
    from transformers import AutoTokenizer

    from canbo.models.summarizer import Summarizer
    from canbo.train.summarizer import main as train_summarizer

    final = t5[0] / "final"
    assert AutoTokenizer.from_pretrained(final).convert_tokens_to_ids("<extra_id_99>") == 1099
    config = tmp_path / "summarizer.yaml"
    config.write_text(
        f"model_name_or_path: {final}\ntrain_file: {data / 'articles.jsonl'}\n"
        f"validation_file: {data / 'articles.jsonl'}\noutput_dir: {tmp_path / 'out'}\n"
        "max_source_length: 48\nmax_target_length: 8\nmax_validation_articles: 2\n"
        "max_train_articles: 4\nmax_steps: 1\nuse_cpu: true\nreport_to: none\n"
        "generation_num_beams: 2\n"
    )
    assert train_summarizer([str(config)]) == 0
    assert Summarizer.from_pretrained(tmp_path / "out", device="cpu")


def test_a_t5_run_goes_on_with_its_own_vocabulary(t5, monkeypatch):
    output, given = t5
    monkeypatch.delattr("canbo.train.vocabulary.train_sentencepiece")
    assert main([*arguments(*given), "--max_steps", "3"]) == 0
    state = json.loads((output / "checkpoint-3" / "trainer_state.json").read_text())
    assert [entry["step"] for entry in state["log_history"] if "loss" in entry] == [1, 2, 3]


def test_pretraining_and_fine_tuning_make_the_same_vocabulary(t5, data, tmp_path):
    from canbo.data.summaries import read_summaries
    from canbo.data.vietnews import read_ids
    from canbo.train.scratch_t5 import ModelArguments, make_t5

    examples = list(read_summaries(data / "articles.jsonl", read_ids(data / "ids.txt")))
    shape = ModelArguments(vocab_size=1000, d_model=32, d_kv=8, num_layers=1, num_decoder_layers=1)
    _, tokenizer = make_t5(shape, examples, 64, seed=20261122)
    from transformers import AutoTokenizer

    other = AutoTokenizer.from_pretrained(t5[0] / "final").get_vocab()
    assert len(tokenizer.get_vocab()) == len(other) == 1100
    # The order of the articles decides a little; the pieces are nearly all the same.
    assert len(tokenizer.get_vocab().keys() & other.keys()) > 1000


def test_an_unknown_objective_is_named(tmp_path):
    config = tmp_path / "c.yaml"
    config.write_text("objective: next-sentence\n")
    with pytest.raises(ConfigError, match="'next-sentence' is none of word-vectors, masked-lm"):
        main([str(config)])
    with pytest.raises(ConfigError, match="'x' is none of"):
        main([str(config), "--objective=x"])
