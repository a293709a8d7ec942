from __future__ import annotations

import pytest
import torch
from transformers import AutoModelForSequenceClassification

from canbo.models.evidence import attribute, evidence_spans, word_weights
from canbo.models.phobert_tokenizer import load_tokenizer
from canbo.models.text_encoding import Window

TEXT = "Năm nay, huyện điều động về xã 5 cán bộ. Trời mưa to."
# Năm nay | , | huyện | điều động | về | xã | 5 | cán bộ | . | Trời | mưa | to | .
SPANS = [
    (0, 7),
    (7, 8),
    (9, 14),
    (15, 24),
    (25, 27),
    (28, 30),
    (31, 32),
    (33, 39),
    (39, 40),
    (41, 45),
    (46, 49),
    (50, 52),
    (52, 53),
]


FORMS = [TEXT[start:end].replace(" ", "_") for start, end in SPANS]
WINDOW = Window(text=0, ids=[0], words=[-1, *range(13), -1], spans=SPANS, forms=FORMS)


def _spans(weights):
    found = evidence_spans(TEXT, WINDOW, dict(enumerate(weights)), "rotation")
    assert all(span.text == TEXT[span.start : span.end] for span in found)
    return [span.text for span in found]


def test_strong_words_are_joined_over_one_weak_word():
    weights = [0.0] * 13
    weights[3], weights[5] = 1.0, 0.5
    assert _spans(weights) == ["điều động về xã"]


def test_spans_do_not_cross_punctuation_and_weak_ones_are_left_out():
    weights = [0.0] * 13
    weights[3], weights[7], weights[9], weights[11] = 1.0, 0.9, 0.8, 0.3
    # "to" (0.3) reaches over "mưa" to "Trời"; "cán bộ" and "Trời" are parted by a full stop.
    assert _spans(weights) == ["điều động", "cán bộ", "Trời mưa to"]


def test_punctuation_alone_is_no_evidence():
    weights = [0.0] * 13
    weights[8] = 1.0
    assert _spans(weights) == []


def test_nothing_speaks_for_the_theme():
    assert _spans([-1.0] * 13) == []


def test_a_lone_function_word_is_no_evidence_while_there_is_another():
    weights = [0.0] * 13
    weights[4], weights[7] = 1.0, 0.5
    assert _spans(weights) == ["cán bộ"]
    weights[7] = 0.0
    assert _spans(weights) == ["về"]


def test_pieces_of_a_word_add_up():
    window = Window(text=0, ids=[0], words=[-1, 3, 3, 7, -1], spans=SPANS, forms=FORMS)
    assert word_weights(window, [9.0, 0.5, 0.25, 0.125, 9.0]) == {3: 0.75, 7: 0.125}


@pytest.fixture
def model(tiny_phobert):
    torch.manual_seed(0)
    model = AutoModelForSequenceClassification.from_pretrained(
        tiny_phobert, num_labels=3, problem_type="multi_label_classification"
    ).eval()
    with torch.no_grad():
        model.classifier.dense.weight.normal_(std=0.5)
        model.classifier.out_proj.weight.normal_(std=0.5)
    return model


def test_attributions_add_up_to_the_rise_of_the_logit(model, tiny_phobert):
    tokenizer = load_tokenizer(tiny_phobert)
    ids = torch.tensor(tokenizer("luân_chuyển cán_bộ về xã")["input_ids"])[None]
    masked = ids.clone()
    masked[:, 1:-1] = tokenizer.mask_token_id
    with torch.no_grad():
        rise = (model(ids).logits - model(masked).logits)[0, 2].item()
    row = attribute(model, ids[0].tolist(), 2, tokenizer)
    assert row[0] == row[-1] == 0
    assert sum(row) == pytest.approx(rise, abs=0.1 * abs(rise) + 1e-3)
