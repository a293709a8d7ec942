from __future__ import annotations

import numpy as np
import pytest
import torch
from transformers import (
    AutoModelForSequenceClassification,
    RobertaConfig,
    RobertaForSequenceClassification,
)

from canbo.models.classifier import ThemeClassifier
from canbo.models.evidence import attribute, evidence_spans, word_weights
from canbo.models.lexical import LexicalModel, ngram_keys
from canbo.models.phobert_tokenizer import load_tokenizer
from canbo.models.segmentation import load_segmenter
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


CLAUSES = "Huyện mở hội; trời mưa to, xã đắp đê."


def _encoder_that_knows_a_word(folder, tokenizer):
    """An encoder whose logits all rise with the share of "xã", whatever else is read.

    Every token sees the mean of all; of the mean one direction counts, which only "xã" has.
    """
    config = RobertaConfig.from_pretrained(
        folder,
        num_hidden_layers=1,
        num_labels=3,
        id2label=dict(enumerate("abc")),
        label2id={theme: index for index, theme in enumerate("abc")},
        problem_type="multi_label_classification",
    )
    parts = {"encoder": 1.0, "lexical": 1.0, "bias": 0.0}
    config.update({"canbo": {"calibration": dict.fromkeys("abc", parts)}})
    model = RobertaForSequenceClassification(config).eval()
    (known,) = tokenizer("xã", add_special_tokens=False)["input_ids"]
    width = config.hidden_size
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if "LayerNorm.weight" not in name:
                parameter.zero_()
        layer = model.roberta.encoder.layer[0].attention
        for linear in (layer.self.value, layer.output.dense, model.classifier.dense):
            linear.weight.copy_(torch.eye(width))
        words = model.roberta.embeddings.word_embeddings.weight
        words[:, 2:] = torch.tensor([1.0, -1.0]).repeat(width // 2 - 1)
        words[known, :2] = torch.tensor([4.0, -4.0])
        model.classifier.out_proj.weight[:, 0] = 1.0
    return model


def test_the_encoder_is_asked_where_it_leads_and_the_ngrams_elsewhere(tiny_phobert):
    """Of the encoder's rise n-grams of "huyện" reach a tenth (a), a half (b), or speak against (c)."""
    tokenizer, segmenter = load_tokenizer(tiny_phobert), load_segmenter()
    model = _encoder_that_knows_a_word(tiny_phobert, tokenizer)

    def classifier(lexical):
        made = ThemeClassifier(model, tokenizer, segmenter, source="made", lexical=lexical)
        made.thresholds = dict.fromkeys("abc", 0.0)
        return made

    keys = ngram_keys([["huyện"]])
    nothing = classifier(LexicalModel(keys, np.ones(1), np.zeros((1, 3)), np.zeros(3)))
    ((_, rise, _),) = nothing.window_logits([CLAUSES]).encoder
    ((_, at_rest, _),) = nothing.window_logits(["Huyện mở hội."]).encoder
    assert at_rest == 0 < rise
    weights = rise * np.array([[0.1, 0.5, -0.5]])

    (prediction,) = classifier(LexicalModel(keys, np.ones(1), weights, np.zeros(3))).predict(
        [CLAUSES]
    )

    shown = {theme: [s.text for s in prediction.evidence if s.theme == theme] for theme in "abc"}
    assert shown == {"a": ["xã"], "b": ["Huyện"], "c": ["xã"]}
