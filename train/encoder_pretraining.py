"""Pretrain an encoder on news: restoring masked tokens, or telling replaced ones apart.

``masked-lm`` is BERT's objective (Devlin et al. 2019), ``replaced-token`` ELECTRA's (Clark et al.
2020), which learns from every token of a block instead of one in seven. Text is prepared as the
classifier reads it: tones normalised, words found by the product's segmenter. Short blocks first
make a step cheap; a second config continues with longer ones.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from canbo.models.phobert_tokenizer import load_tokenizer, save_tokenizer
from canbo.models.segmentation import Segmenter, load_segmenter
from canbo.models.text_encoding import segment_for_model
from canbo.train.arguments import parse_config
from canbo.train.denoising import record_blocks, train_on_blocks
from canbo.train.publication import plan_publication
from canbo.train.resume import checkpoint_to_resume
from canbo.train.token_blocks import Blocks, CorpusArguments, cached_tokens

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerFast

    from canbo.train.encoder_objectives import MaskedLanguageModel, ReplacedTokenDetection

__all__ = ["EncoderArguments", "main"]


@dataclass
class EncoderArguments:
    """Which encoder learns what.

    Attributes:
        model_name_or_path: folder or hub id of a PhoBERT-format encoder to start from, for example
            one that the objective ``word-vectors`` made.
        final_dir: folder for the encoder and its tokenizer.
        objective: ``masked-lm`` or ``replaced-token``.
        segmenter: word segmenter that the encoder will be used with.
        mask_share: share of tokens that are masked.
        dropout: while pretraining; on text that is read a few times it only slows learning
            (Geiping & Goldstein 2023). The saved config keeps what fine-tuning wants.
        generator_layers: of ELECTRA's generator.
        generator_width: its width, a multiple of 64; a quarter to half of the encoder's is best.
    """

    model_name_or_path: str
    final_dir: Path
    objective: str = "masked-lm"
    segmenter: str = "canbo"
    mask_share: float = 0.15
    dropout: float = 0.0
    generator_layers: int = 2
    generator_width: int = 128


def main(argv: list[str] | None = None) -> int:
    """Pretrain as a YAML file and options say; an interrupted run continues.

    Args:
        argv: path of a YAML file with fields of `EncoderArguments`, `CorpusArguments` and
            `transformers.TrainingArguments`, then ``--field value`` pairs.

    Returns:
        Exit status.

    Raises:
        ConfigError: the config or a data file is wrong.
    """
    from transformers import TrainingArguments, set_seed

    arguments, corpus, training_args = parse_config(
        (EncoderArguments, CorpusArguments, TrainingArguments), argv
    )
    plan_publication(training_args, None)
    tokenizer = load_tokenizer(arguments.model_name_or_path)
    # Tokens that were made before need none.
    segmenter = cache(lambda: load_segmenter(arguments.segmenter))
    with training_args.main_process_first(local=False, desc="tokenizing"):
        tokens = cached_tokens(
            corpus.tokens_dir or Path(training_args.output_dir),
            corpus,
            training_args.seed,
            tokenizer,
            lambda articles: _tokenize(articles, tokenizer, segmenter()),
            f"segmented by {arguments.segmenter}",
        )
    checkpoint = checkpoint_to_resume(training_args, (arguments, corpus), tokens.files)
    set_seed(training_args.seed)
    model, corrupt = _task(arguments, tokenizer)
    start, end = tokenizer.bos_token_id, tokenizer.eos_token_id
    train, held_out = (
        Blocks(ids, corpus.block_size, before=[start], after=[end])
        for ids in (tokens.train, tokens.held_out)
    )
    trainer, figures = train_on_blocks(
        model, corrupt, train, held_out, corpus.eval_blocks, training_args, checkpoint
    )
    if trainer.is_world_process_zero():
        _save(model, arguments)
        record_blocks(
            arguments.final_dir, (arguments, corpus, training_args), corpus, tokens, figures
        )
    return 0


def _tokenize(
    articles: list[list[str]], tokenizer: PreTrainedTokenizerFast, segmenter: Segmenter
) -> Iterator[list[int]]:
    """Yield each article's ids: those of its texts as the classifier reads them, then ``</s>``."""
    texts = list(chain.from_iterable(articles))
    lines = [joined for joined, _ in segment_for_model(segmenter, texts)]
    ids = iter(tokenizer(lines, add_special_tokens=False, verbose=False)["input_ids"])
    for article in articles:
        yield [*chain.from_iterable(islice(ids, len(article))), tokenizer.eos_token_id]


def _task(arguments: EncoderArguments, tokenizer: PreTrainedTokenizerFast) -> tuple[Any, Any]:
    """The model that learns, and what is done to its blocks."""
    import torch
    from transformers import RobertaModel

    from canbo.train.encoder_objectives import (
        MaskedLanguageModel,
        Masking,
        ReplacedTokenDetection,
    )

    masked = arguments.objective == "masked-lm"
    corrupt = Masking(
        arguments.mask_share,
        int(tokenizer.mask_token_id),
        len(tokenizer),
        frozenset(tokenizer.all_special_ids),
        disguised=masked,
    )
    settings: dict[str, Any] = {
        "dtype": torch.float32,
        "hidden_dropout_prob": arguments.dropout,
        "attention_probs_dropout_prob": arguments.dropout,
    }
    if masked:
        model = MaskedLanguageModel.from_pretrained(arguments.model_name_or_path, **settings)
        return model, corrupt
    encoder = RobertaModel.from_pretrained(
        arguments.model_name_or_path, add_pooling_layer=False, **settings
    )
    detection = ReplacedTokenDetection(
        encoder, arguments.generator_layers, arguments.generator_width
    )
    return detection, corrupt


def _save(model: MaskedLanguageModel | ReplacedTokenDetection, arguments: EncoderArguments) -> None:
    from transformers import AutoConfig

    from canbo.train.encoder_objectives import ReplacedTokenDetection

    saved = model.encoder if isinstance(model, ReplacedTokenDetection) else model.stock()
    before = AutoConfig.from_pretrained(arguments.model_name_or_path)
    saved.config.hidden_dropout_prob = before.hidden_dropout_prob
    saved.config.attention_probs_dropout_prob = before.attention_probs_dropout_prob
    saved.save_pretrained(arguments.final_dir)
    save_tokenizer(arguments.model_name_or_path, arguments.final_dir)
