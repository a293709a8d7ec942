"""Small stand-ins for models that several tests of this room need."""

from __future__ import annotations

import shutil

import pytest


@pytest.fixture(scope="session")
def random_classifier(tiny_phobert, tmp_path_factory):
    """A folder with a random PhoBERT for the themes a, b and c, and its tokenizer."""
    import torch
    from transformers import AutoModelForSequenceClassification

    labels = {0: "a", 1: "b", 2: "c"}
    torch.manual_seed(1)
    model = AutoModelForSequenceClassification.from_pretrained(
        tiny_phobert,
        num_labels=3,
        id2label=labels,
        label2id={label: index for index, label in labels.items()},
        problem_type="multi_label_classification",
    )
    # Random initial biases are 0 and norms 1: let no term vanish.
    for parameter in model.parameters():
        parameter.data += 0.3 * torch.randn_like(parameter)
    folder = shutil.copytree(tiny_phobert, tmp_path_factory.mktemp("classifier") / "model")
    model.save_pretrained(folder)
    return folder


class WordTokenizer:
    """Counts words as tokens."""

    model_max_length = 10**30

    def __call__(self, texts, **_):
        return {"input_ids": [text.split() for text in texts]}


@pytest.fixture
def word_tokenizer():
    """In the place of a `transformers` tokenizer where only lengths matter."""
    return WordTokenizer()
