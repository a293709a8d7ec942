"""Configs of encoders that read with PhoBERT's tokenizer (Nguyen & Nguyen 2020)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from canbo.models.phobert_tokenizer import MAX_LENGTH

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerFast, RobertaConfig

__all__ = ["phobert_config"]


def phobert_config(tokenizer: PreTrainedTokenizerFast, **shape: Any) -> RobertaConfig:
    """Make the config of an encoder.

    Args:
        tokenizer: gives the size of the vocabulary.
        shape: width, layers, heads and so on, as `RobertaConfig` names them.
    """
    from transformers import RobertaConfig

    return RobertaConfig(
        vocab_size=len(tokenizer),
        max_position_embeddings=MAX_LENGTH + 2,  # RoBERTa counts positions from 2
        type_vocab_size=1,
        bos_token_id=0,
        pad_token_id=1,
        eos_token_id=2,
        **shape,
    )
