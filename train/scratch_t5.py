"""A T5 from nothing but articles: what pretraining and fine-tuning start from alike."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from canbo.data.summaries import SummaryExample

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase, T5ForConditionalGeneration

__all__ = ["ModelArguments", "make_t5"]

logger = logging.getLogger(__name__)


@dataclass
class ModelArguments:
    """Which model is trained.

    Attributes:
        model_name_or_path: folder or hub id to start from; without it a T5 of the shape below
            is trained from scratch, with a vocabulary made from the training articles.
        vocab_size: pieces of that vocabulary; T5's 100 sentinels come on top.
        vocabulary_articles: training articles that the vocabulary is made from.
        d_model: width.
        d_kv: width of an attention head.
        d_ff: width of the feed-forward layers.
        num_layers: encoder layers.
        num_decoder_layers: decoder layers.
        num_heads: attention heads.
        dropout_rate: dropout.
        copy_start: begin with a circuit that copies (`canbo.train.copy_start`).
        word_vectors: begin with embeddings learnt by word2vec (`canbo.train.piece_vectors`).
    """

    model_name_or_path: str | None = None
    vocab_size: int = 8000
    vocabulary_articles: int = 20_000
    d_model: int = 256
    d_kv: int = 64
    d_ff: int = 512
    num_layers: int = 3
    num_decoder_layers: int = 2
    num_heads: int = 4
    dropout_rate: float = 0.1
    copy_start: bool = False
    word_vectors: bool = False


def make_t5(
    arguments: ModelArguments, examples: Sequence[SummaryExample], max_length: int, seed: int
) -> tuple[T5ForConditionalGeneration, PreTrainedTokenizerBase]:
    """Make a T5 v1.1 with random weights, and its vocabulary.

    Args:
        arguments: the shape; the first ``vocabulary_articles`` examples make the vocabulary.
        examples: articles with abstracts.
        max_length: tokens of a source that the model will read.
        seed: of the vocabulary's sampling; the weights come from torch's own generator.

    Returns:
        The model and its tokenizer.
    """
    from transformers import T5Config, T5ForConditionalGeneration

    from canbo.train.vocabulary import tokenizer_from_sentencepiece, train_sentencepiece

    logger.info("making a vocabulary of %d pieces", arguments.vocab_size)
    pieces = train_sentencepiece(
        _texts(examples[: arguments.vocabulary_articles]), arguments.vocab_size, seed
    )
    tokenizer = tokenizer_from_sentencepiece(pieces, max_length)
    model = T5ForConditionalGeneration(
        T5Config(  # type: ignore[call-arg]
            vocab_size=len(tokenizer),
            d_model=arguments.d_model,
            d_kv=arguments.d_kv,
            d_ff=arguments.d_ff,
            num_layers=arguments.num_layers,
            num_decoder_layers=arguments.num_decoder_layers,
            num_heads=arguments.num_heads,
            dropout_rate=arguments.dropout_rate,
            feed_forward_proj="gated-gelu",
            decoder_start_token_id=tokenizer.pad_token_id,
        )
    )
    return model, tokenizer


def _texts(examples: Iterable[SummaryExample]) -> Iterator[str]:
    for example in examples:
        yield example.document.title or ""
        yield example.abstract
        yield from example.document.paragraphs[:5]
