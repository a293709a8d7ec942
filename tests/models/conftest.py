"""Small stand-ins for models that several tests of this room need."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]


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


@pytest.fixture(scope="session")
def sentence_t5(tmp_path_factory):
    """A folder with a tiny T5 that reads sentences, as `canbo train summarizer` leaves one.

    What it learnt, in a second, is to stop: a random one goes on for ever.
    """
    import torch

    from canbo.data.summaries import read_summaries
    from canbo.models.source_text import SourceFormat
    from canbo.train.scratch_t5 import ModelArguments, make_t5

    torch.manual_seed(1)
    shape = ModelArguments(
        vocab_size=900, d_model=32, d_kv=8, d_ff=32, num_layers=1, num_decoder_layers=2
    )
    articles = REPOSITORY / "data" / "canbo-themes" / "articles" / "train.jsonl"
    examples = list(read_summaries(articles))[:10]
    model, tokenizer = make_t5(shape, examples, 64, seed=1)
    texts = [text.split() for example in examples for text in example.document.paragraphs[:4]]
    sources = [" ".join(words[:20]) for words in texts]
    targets = [" ".join(words[:8]).rstrip(".,;:") + "." for words in texts]
    encoded = tokenizer(sources, padding=True, truncation=True, return_tensors="pt")
    labels = tokenizer(targets, padding=True, return_tensors="pt").input_ids
    labels[labels == tokenizer.pad_token_id] = -100
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-2)
    for _ in range(40):
        model(**encoded, labels=labels).loss.backward()
        optimizer.step()
        optimizer.zero_grad()
    SourceFormat(max_source_length=64, reads="sentence").record(model.config)
    model.generation_config.num_beams = 3
    folder = tmp_path_factory.mktemp("sentence-t5")
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder
