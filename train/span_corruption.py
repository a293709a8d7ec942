"""Pretrain a summarizer as T5 was: write the spans that were left out of a text.

Span corruption (Raffel et al. 2020): 15 in 100 tokens go, in spans of three on average; a sentinel
stands in the place of each, and the decoder writes the sentinels with what stood there. The
result is what ``model_name_or_path`` of `canbo train summarizer` takes.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count, takewhile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from canbo.train.arguments import parse_config
from canbo.train.copy_start import start_copying
from canbo.train.denoising import record_blocks, train_on_blocks
from canbo.train.piece_vectors import start_with_word_vectors
from canbo.train.publication import plan_publication
from canbo.train.resume import checkpoint_to_resume
from canbo.train.scratch_t5 import ModelArguments, make_t5
from canbo.train.t5_objective import SpanCorruption
from canbo.train.token_blocks import Blocks, CorpusArguments, Tokens, cached_tokens, read_articles

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase, T5ForConditionalGeneration

__all__ = ["SpanArguments", "main"]

_MAX_LENGTH = 1024  # the tokenizer's word on sources; fine-tuning states its own
_VECTOR_TOKENS = 6_000_000  # that word2vec reads: gensim wants them as strings, in memory


@dataclass
class SpanArguments:
    """What is left out, and where the result goes.

    Attributes:
        final_dir: folder for the model and its tokenizer.
        objective: ``span-corruption``.
        noise_share: share of tokens that are left out.
        mean_span: tokens of a span on average.
        dropout: while pretraining; T5 v1.1 went without. The saved config keeps the dropout_rate
            that fine-tuning wants.
    """

    final_dir: Path
    objective: str = "span-corruption"
    noise_share: float = 0.15
    mean_span: float = 3.0
    dropout: float = 0.0


def main(argv: list[str] | None = None) -> int:
    """Pretrain as a YAML file and options say; an interrupted run continues.

    Args:
        argv: path of a YAML file with fields of `SpanArguments`,
            `canbo.train.scratch_t5.ModelArguments`, `CorpusArguments` and
            `transformers.TrainingArguments`, then ``--field value`` pairs.

    Returns:
        Exit status.

    Raises:
        ConfigError: the config or a data file is wrong.
    """
    from transformers import AutoConfig, TrainingArguments, set_seed

    arguments, model_args, corpus, training_args = parse_config(
        (SpanArguments, ModelArguments, CorpusArguments, TrainingArguments), argv
    )
    plan_publication(training_args, None)
    set_seed(training_args.seed)
    with training_args.main_process_first(local=False, desc="vocabulary and tokens"):
        start = _start_folder(model_args, corpus, training_args)
        model, tokenizer = _load(start, arguments.dropout)
        tokens = cached_tokens(
            corpus.tokens_dir or Path(training_args.output_dir),
            corpus,
            training_args.seed,
            tokenizer,
            # T5's tokenizer ends every text with </s>.
            lambda articles: tokenizer(list(map(" ".join, articles)), verbose=False)["input_ids"],
            "as written",
        )
    checkpoint = checkpoint_to_resume(training_args, (arguments, model_args, corpus), tokens.files)
    train, held_out = (Blocks(ids, corpus.block_size) for ids in (tokens.train, tokens.held_out))
    if not checkpoint and not model_args.model_name_or_path:
        _improve_start(model, model_args, tokens, corpus.block_size, training_args.seed)
    corrupt = SpanCorruption(
        corpus.block_size,
        arguments.noise_share,
        arguments.mean_span,
        _sentinel_ids(tokenizer),
        int(tokenizer.eos_token_id),
    )
    trainer, figures = train_on_blocks(
        model, corrupt, train, held_out, corpus.eval_blocks, training_args, checkpoint
    )
    if trainer.is_world_process_zero():
        model.config.dropout_rate = AutoConfig.from_pretrained(start).dropout_rate
        model.save_pretrained(arguments.final_dir)
        tokenizer.save_pretrained(arguments.final_dir)
        settings = (arguments, model_args, corpus, training_args)
        record_blocks(arguments.final_dir, settings, corpus, tokens, figures)
    return 0


def _start_folder(model_args: ModelArguments, corpus: CorpusArguments, training_args: Any) -> str:
    """The checkpoint to start from; a T5 from scratch is kept in the output folder, for later."""
    if model_args.model_name_or_path:
        return model_args.model_name_or_path
    output = Path(training_args.output_dir)
    folder = output / "start"
    # Only a run that goes on knows that the one there has this shape; its settings are checked.
    if training_args.process_index == 0 and not any(output.glob("checkpoint-*")):
        articles = read_articles(corpus, training_args.seed)
        model, tokenizer = make_t5(
            model_args, [example for _, example in articles], _MAX_LENGTH, training_args.seed
        )
        tokenizer.save_pretrained(folder)
        model.save_pretrained(folder)
    return str(folder)


def _load(start: str, dropout: float) -> tuple[T5ForConditionalGeneration, Any]:
    import torch
    from transformers import AutoTokenizer, T5ForConditionalGeneration

    model = T5ForConditionalGeneration.from_pretrained(
        start, dtype=torch.float32, dropout_rate=dropout
    )
    return model, AutoTokenizer.from_pretrained(start)


def _improve_start(
    model: T5ForConditionalGeneration,
    model_args: ModelArguments,
    tokens: Tokens,
    block_size: int,
    seed: int,
) -> None:
    if model_args.word_vectors:
        blocks = Blocks(tokens.train, block_size)
        read = min(len(blocks), _VECTOR_TOKENS // block_size)
        start_with_word_vectors(model, (blocks[number].tolist() for number in range(read)), seed)
    if model_args.copy_start:
        start_copying(model)


def _sentinel_ids(tokenizer: PreTrainedTokenizerBase) -> list[int]:
    """Ids of ``<extra_id_0>`` and so on, as far as the vocabulary has them."""
    vocabulary = tokenizer.get_vocab()
    names = (f"<extra_id_{number}>" for number in count())
    return [vocabulary[name] for name in takewhile(vocabulary.__contains__, names)]


if __name__ == "__main__":
    raise SystemExit(main())
