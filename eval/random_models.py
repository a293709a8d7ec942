"""Models of the sizes that people use, without weights to download: for speed, not for sense."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

__all__ = ["RANDOM_SIZES", "random_classifier", "random_summarizer"]

RANDOM_SIZES = ("phobert-base", "vit5-base")
_PIECES = 8000
_NEW_TOKENS = 40
_PHOBERT_BASE: dict[str, Any] = {
    "vocab_size": 64001,
    "max_position_embeddings": 258,
    "type_vocab_size": 1,
    "layer_norm_eps": 1e-5,
    "hidden_size": 768,
    "intermediate_size": 3072,
    "num_hidden_layers": 12,
    "num_attention_heads": 12,
}
_VIT5_BASE: dict[str, Any] = {
    "vocab_size": 36096,
    "d_model": 768,
    "d_kv": 64,
    "d_ff": 2048,
    "num_layers": 12,
    "num_heads": 12,
    "feed_forward_proj": "gated-gelu",
    "tie_word_embeddings": False,
    "decoder_start_token_id": 0,
}


def random_classifier(texts: Iterator[str], folder: Path, seed: int = 0) -> None:
    """Write a theme classifier of PhoBERT-base's size (Nguyen & Nguyen, 2020) with random weights.

    Args:
        texts: words of them are what its tokenizer knows.
        folder: to write to.
        seed: of the weights.
    """
    import torch
    from tokenizers import Tokenizer, models, pre_tokenizers, trainers
    from transformers import RobertaConfig, RobertaForSequenceClassification

    from canbo.data.themes import load_theme_scheme
    from canbo.models.phobert_tokenizer import save_tokenizer, write_phobert_files

    bpe = Tokenizer(models.BPE(unk_token="<unk>", end_of_word_suffix="</w>"))
    bpe.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    bpe.train_from_iterator(
        texts,
        trainers.BpeTrainer(
            vocab_size=_PIECES,
            special_tokens=["<s>", "<pad>", "</s>", "<unk>"],
            end_of_word_suffix="</w>",
            show_progress=False,
        ),
    )
    write_phobert_files(bpe, folder)
    save_tokenizer(folder, folder)
    torch.manual_seed(seed)
    labels = dict(enumerate(load_theme_scheme().ids))
    RobertaForSequenceClassification(
        RobertaConfig(
            **_PHOBERT_BASE,
            id2label=labels,
            label2id={label: index for index, label in labels.items()},
            problem_type="multi_label_classification",
        )
    ).save_pretrained(folder)


def random_summarizer(texts: Iterator[str], folder: Path, seed: int = 0) -> None:
    """Write a summarizer of ViT5-base's size (Phan et al., 2022) with random weights.

    Its abstracts end after 40 tokens, as random weights know no end.

    Args:
        texts: pieces of them are what its tokenizer knows.
        folder: to write to.
        seed: of the weights.
    """
    import torch
    from tokenizers import Tokenizer, models, pre_tokenizers, processors, trainers
    from transformers import PreTrainedTokenizerFast, T5Config, T5ForConditionalGeneration

    unigram = Tokenizer(models.Unigram())
    unigram.pre_tokenizer = pre_tokenizers.Metaspace()
    unigram.train_from_iterator(
        texts,
        trainers.UnigramTrainer(
            vocab_size=_PIECES,
            special_tokens=["<pad>", "</s>", "<unk>"],
            unk_token="<unk>",
            show_progress=False,
        ),
    )
    unigram.post_processor = processors.TemplateProcessing(
        single="$A </s>", special_tokens=[("</s>", 1)]
    )
    PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]
        tokenizer_object=unigram,
        pad_token="<pad>",
        eos_token="</s>",
        unk_token="<unk>",
        model_max_length=512,
    ).save_pretrained(folder)
    torch.manual_seed(seed)
    model = T5ForConditionalGeneration(T5Config(**_VIT5_BASE))
    model.generation_config.max_new_tokens = _NEW_TOKENS
    model.save_pretrained(folder)
