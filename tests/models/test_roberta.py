"""The fast RoBERTa gives what transformers' gives, and the same for a text in any batch."""

from __future__ import annotations

import json
import shutil

import pytest
import torch
from transformers import AutoModelForSequenceClassification

from canbo.models.roberta import PackedRoberta, load_roberta, packed_scorer

# Lengths that stand twice, once, and at the position limit.
ROWS = [
    [0, *[(7 * i * (n + 3)) % 1100 + 4 for i in range(length - 2)], 2]
    for n, length in enumerate((9, 40, 3, 9, 256, 40, 17))
]


@pytest.fixture(scope="module")
def expected(random_classifier):
    """What transformers gives for each row alone."""
    model = AutoModelForSequenceClassification.from_pretrained(random_classifier).eval()
    with torch.inference_mode():
        return torch.cat([model(input_ids=torch.tensor([row])).logits for row in ROWS])


def test_packed_float32_is_transformers(random_classifier, expected):
    found = PackedRoberta(load_roberta(random_classifier), "float32").logits(ROWS)
    torch.testing.assert_close(found, expected, atol=1e-4, rtol=1e-4)


def test_int8_is_near(random_classifier, expected):
    found = PackedRoberta(load_roberta(random_classifier), "int8").logits(ROWS)
    error = (found - expected).abs().mean() / expected.abs().mean()
    assert 0 < error < 0.05


@pytest.mark.parametrize("by_embeddings", [False, True])
def test_padded_batches_are_transformers(random_classifier, expected, by_embeddings):
    model = load_roberta(random_classifier)
    longest = max(map(len, ROWS))
    ids = torch.tensor([row + [1] * (longest - len(row)) for row in ROWS])
    given = {"inputs_embeds": model.get_input_embeddings()(ids)} if by_embeddings else {}
    given |= {} if by_embeddings else {"input_ids": ids}
    found = model(**given, attention_mask=(ids != 1).long()).logits
    torch.testing.assert_close(found, expected, atol=1e-4, rtol=1e-4)


def test_gradients_reach_the_embeddings(random_classifier):
    model = load_roberta(random_classifier)
    point = model.get_input_embeddings()(torch.tensor([ROWS[0]])).requires_grad_(True)
    (gradient,) = torch.autograd.grad(model(inputs_embeds=point).logits[0, 1], point)
    assert gradient.abs().sum(-1).min() > 0


@pytest.fixture
def one_thread():
    """Threads share a tensor at places that only widths of real models keep off vector ends."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


def test_int8_scores_do_not_depend_on_the_batch(random_classifier, one_thread):
    scorer = PackedRoberta(load_roberta(random_classifier), "int8")
    together = scorer.logits(ROWS)
    alone = torch.cat([scorer.logits([row]) for row in ROWS])
    backwards = scorer.logits(ROWS[::-1]).flip(0)
    # More tokens than go through a layer together.
    repeated = scorer.logits(ROWS * 4).view(4, len(ROWS), -1)
    assert torch.equal(alone, together) and torch.equal(backwards, together)
    assert all(torch.equal(part, together) for part in repeated)


@pytest.mark.parametrize(
    "change",
    [
        {"model_type": "bert"},
        {"hidden_act": "relu"},
        {"intermediate_size": 128},
        {"architectures": ["RobertaForMaskedLM"]},
        {"num_hidden_layers": 1},
    ],
    ids=lambda change: next(iter(change)),
)
def test_anything_else_is_left_to_transformers(random_classifier, tmp_path, change):
    copy = shutil.copytree(random_classifier, tmp_path / "copy")
    config = json.loads((copy / "config.json").read_text(encoding="utf-8"))
    (copy / "config.json").write_text(json.dumps(config | change), encoding="utf-8")
    assert load_roberta(copy) is None


def test_no_folder_and_other_models():
    from pathlib import Path

    assert load_roberta(Path("vinai/phobert-base")) is None
    assert packed_scorer(torch.nn.Linear(1, 1), "int8") is None
