"""A tokenizer that canbo saved, read by `tokenizers` alone, without importing `transformers`."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from canbo.models.phobert_tokenizer import STOCK_FILES, words_pattern

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tokenizers import Tokenizer

__all__ = ["SavedTokenizer", "load_saved_tokenizer"]


@dataclass(frozen=True)
class SavedTokenizer:
    """As much of a `transformers.PreTrainedTokenizerFast` as inference asks for.

    Attributes:
        backend_tokenizer: what cuts text.
        pad_token_id: of padding.
        mask_token_id: of the mask.
        all_special_ids: of all special tokens.
        aliases: none; see `canbo.models.phobert_fast.PhobertTokenizerFast`.
    """

    backend_tokenizer: Tokenizer
    pad_token_id: int
    mask_token_id: int
    all_special_ids: list[int]
    aliases: Mapping[int, int] = field(default_factory=dict)


def load_saved_tokenizer(folder: Path, vocab_size: int) -> SavedTokenizer | None:
    """Read the tokenizer beside a model that canbo saved.

    Args:
        folder: with ``tokenizer.json``, as `canbo.models.phobert_tokenizer.save_tokenizer` writes
            it.
        vocab_size: of the model; ids beyond it are pieces that ``vocab.txt`` lacks.

    Returns:
        The tokenizer, or None where the folder's is of another make: then
        `canbo.models.phobert_tokenizer.load_tokenizer` reads it, or says what is wrong.
    """
    path = folder / "tokenizer.json"
    if not all((folder / name).is_file() for name in (path.name, *STOCK_FILES)):
        return None
    from tokenizers import Tokenizer

    text = path.read_text(encoding="utf-8")
    try:
        cut = json.loads(text)["pre_tokenizer"]["pattern"]["Regex"]
    except (ValueError, KeyError, TypeError):
        return None
    if cut != words_pattern():
        return None
    backend = Tokenizer.from_str(text)
    special = sorted(
        index for index, token in backend.get_added_tokens_decoder().items() if token.special
    )
    pad, mask = backend.token_to_id("<pad>"), backend.token_to_id("<mask>")
    ids = backend.get_vocab().values()
    if pad is None or mask is None or max(ids) >= vocab_size:
        return None
    return SavedTokenizer(backend, pad, mask, special)
