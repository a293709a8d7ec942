"""A fast PhoBERT tokenizer whose ids are the Python tokenizer's to the last edge case.

Two tokenizers stand side by side: `transformers.PhobertTokenizer`, which decides, and the
`tokenizers` BPE, which cuts each word once and gives offsets and word ids when they are asked for.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property, partial
from itertools import chain
from typing import TYPE_CHECKING, Any

from transformers import PreTrainedTokenizerFast
from transformers.tokenization_utils_base import BatchEncoding, TruncationStrategy
from transformers.utils.generic import PaddingStrategy

from canbo.models.phobert_tokenizer import build_tokenizer

if TYPE_CHECKING:
    from pathlib import Path

    from tokenizers import Encoding, Tokenizer
    from transformers import PhobertTokenizer, PreTrainedModel

__all__ = ["PhobertTokenizerFast"]

logger = logging.getLogger(__name__)

_WORD = re.compile(r"\S+\n?")  # as in transformers.PhobertTokenizer
# Bounds of the cache of words: 40 MB or so.
_REMEMBERED_WORDS, _REMEMBERED_LENGTH = 1 << 18, 256


class PhobertTokenizerFast(PreTrainedTokenizerFast):
    """PhoBERT's tokenizer for word-segmented text.

    Calls and results are those of `transformers.PreTrainedTokenizerFast`, save that ids,
    truncation and padding are `transformers.PhobertTokenizer`'s on every text, also where fast
    tokenizers do it otherwise (which text of a pair loses the odd token, an empty second text).
    Overflowing windows (``return_overflowing_tokens``) are the fast tokenizers'.
    """

    def __init__(self, stock: PhobertTokenizer) -> None:
        """Build the fast tokenizer.

        Args:
            stock: the Python tokenizer, which it keeps.
        """
        self._stock: Any = stock
        super().__init__(  # type: ignore[no-untyped-call]
            tokenizer_object=self._build(),
            **stock.special_tokens_map,
            extra_special_tokens=stock.extra_special_tokens,
            model_max_length=stock.model_max_length,
            clean_up_tokenization_spaces=False,
        )

    def _build(self) -> Tokenizer:
        tokenizer, self._aliases = build_tokenizer(self._stock)
        self._word_ids = _WordIds(self._stock, tokenizer, self._aliases)
        self._added = re.compile("|".join(map(re.escape, self._stock.added_tokens_encoder)))
        self._ends = (self._stock.cls_token_id, self._stock.sep_token_id)
        return tokenizer

    def __len__(self) -> int:
        return len(self._stock)

    @property
    def aliases(self) -> Mapping[int, int]:
        """For each id of the BPE beyond the Python tokenizer's the id that is given for it."""
        return self._aliases

    def widen_embeddings(self, model: PreTrainedModel) -> None:
        """Make a model that goes into a saved folder right for plain `AutoTokenizer` too.

        That gives ids of their own for pieces that ``vocab.txt`` lacks (`build_tokenizer` says
        why); here they get the embedding of what `PhobertTokenizer` gives in their place, mostly
        ``<unk>``. A model whose vocabulary lacks none stays as it is.

        Args:
            model: a PhoBERT; changed in place.
        """
        if not self._aliases:
            return
        rows = max(model.config.vocab_size, max(self._aliases) + 1)
        embeddings: Any = model.resize_token_embeddings(rows, mean_resizing=False)
        embeddings.weight.data[list(self._aliases)] = embeddings.weight.data[
            list(self._aliases.values())
        ]

    def save_pretrained(  # type: ignore[override]  # options go on as they are
        self, save_directory: str | Path, **options: Any
    ) -> tuple[str, ...]:
        """Save a folder that plain `AutoTokenizer` loads fast, and the Python tokenizer as well.

        Args:
            save_directory: made if missing.
            options: as for `transformers.PreTrainedTokenizerFast.save_pretrained`.

        Returns:
            Paths of the files.
        """
        if self._aliases:
            logger.warning(
                "vocab.txt lacks %d pieces that merges make. PhobertTokenizer and canbo give %s "
                "for them; plain AutoTokenizer will give ids from %d on, for which a model needs "
                "embeddings (PhobertTokenizerFast.widen_embeddings)",
                len(self._aliases),
                self.unk_token,
                min(self._aliases),
            )
        plain = PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]
            tokenizer_object=self.backend_tokenizer,
            **self.special_tokens_map,
            extra_special_tokens=self.extra_special_tokens,
            model_max_length=self.model_max_length,
            clean_up_tokenization_spaces=False,
        )
        files: tuple[str, ...] = plain.save_pretrained(str(save_directory), **options)
        return files + tuple(self._stock.save_vocabulary(str(save_directory)))

    def _add_tokens(self, new_tokens: list[Any], special_tokens: bool = False) -> int:
        added: int = self._stock.add_tokens(new_tokens, special_tokens=special_tokens)
        self._tokenizer = self._build()
        return added

    def _convert_encoding(  # type: ignore[override]
        self, encoding: Encoding, **options: Any
    ) -> Any:
        columns, encodings = super()._convert_encoding(encoding, **options)
        if self._aliases:
            columns["input_ids"] = [
                [self._aliases.get(index, index) for index in ids] for ids in columns["input_ids"]
            ]
        return columns, encodings

    def _encode_plus(  # type: ignore[override]
        self,
        text: Any,
        text_pair: Any = None,
        add_special_tokens: bool = True,
        padding_strategy: PaddingStrategy = PaddingStrategy.DO_NOT_PAD,
        truncation_strategy: TruncationStrategy = TruncationStrategy.DO_NOT_TRUNCATE,
        max_length: int | None = None,
        is_split_into_words: bool = False,
        padding_side: str | None = None,
        split_special_tokens: bool | None = None,
        return_tensors: Any = None,
        return_overflowing_tokens: bool = False,
        return_offsets_mapping: bool = False,
        **options: Any,
    ) -> BatchEncoding:
        if return_overflowing_tokens:
            return super()._encode_plus(
                text,
                text_pair,
                add_special_tokens=add_special_tokens,
                padding_strategy=padding_strategy,
                truncation_strategy=truncation_strategy,
                max_length=max_length,
                is_split_into_words=is_split_into_words,
                padding_side=padding_side,
                split_special_tokens=split_special_tokens,
                return_tensors=return_tensors,
                return_overflowing_tokens=True,
                return_offsets_mapping=return_offsets_mapping,
                **options,
            )
        batched, texts = _texts(text, text_pair, is_split_into_words)
        if split_special_tokens is None:
            split_special_tokens = self.split_special_tokens
        rows = [[self._ids(part, split_special_tokens) for part in parts] for parts in texts]
        if truncation_strategy != TruncationStrategy.DO_NOT_TRUNCATE and max_length:
            specials = [len(_join([[]] * n, self._ends, add_special_tokens)) for n in (0, 1, 2)]
            rows = [
                self._cut(parts, max_length - specials[len(parts)], truncation_strategy)
                for parts in rows
            ]
        columns = self._columns(rows, add_special_tokens, max_length, options)
        if not batched:
            columns = {name: column[0] for name, column in columns.items()}
        if padding_strategy != PaddingStrategy.DO_NOT_PAD:
            padded = self._stock.pad(
                columns,
                padding=padding_strategy.value,
                max_length=max_length,
                pad_to_multiple_of=options.get("pad_to_multiple_of"),
                padding_side=padding_side or self.padding_side,
                return_attention_mask="attention_mask" in columns,
            )
            columns = dict(padded)

        ids = columns["input_ids"]
        lengths = list(map(len, ids)) if batched else [len(ids)]
        encodings = _LazyEncodings(
            partial(
                self._encodings,
                texts,
                counts=[[len(part) for part in parts] for parts in rows],
                lengths=lengths,
                padding_side=padding_side or self.padding_side,
                is_split_into_words=is_split_into_words,
                split_special_tokens=split_special_tokens,
                add_special_tokens=add_special_tokens,
            )
        )
        if options.get("return_length"):
            columns["length"] = lengths if batched else lengths[0]
        if return_offsets_mapping:
            offsets = [encoding.offsets for encoding in encodings]
            columns["offset_mapping"] = offsets if batched else offsets[0]
        return BatchEncoding(
            columns,
            encodings,
            tensor_type=return_tensors,
            prepend_batch_axis=not batched,
            n_sequences=max(map(len, rows), default=1),
        )

    def _ids(self, text: Any, split_special_tokens: bool) -> list[int]:
        """Cut a text, or words one by one, into ids without special tokens around them."""
        if not isinstance(text, str):
            return [index for word in text for index in self._ids(word, split_special_tokens)]
        if not split_special_tokens and self._added.search(text):
            ids: list[int] = self._stock.convert_tokens_to_ids(self._stock.tokenize(text))
            return ids
        words = _WORD.findall(text)
        return list(chain.from_iterable(map(self._word_ids.__getitem__, words)))

    def _cut(
        self, parts: list[list[int]], room: int, strategy: TruncationStrategy
    ) -> list[list[int]]:
        excess = sum(map(len, parts)) - room
        if excess <= 0:
            return parts
        self._stock.truncation_side = self.truncation_side
        *kept, _ = self._stock.truncate_sequences(
            parts[0],
            parts[1] if len(parts) == 2 else None,
            num_tokens_to_remove=excess,
            truncation_strategy=strategy,
        )
        return [part for part in kept if part is not None]

    def _columns(
        self,
        rows: list[list[list[int]]],
        add_special_tokens: bool,
        max_length: int | None,
        options: Mapping[str, Any],
    ) -> dict[str, Any]:
        inputs = [_join(parts, self._ends, add_special_tokens) for parts in rows]
        for ids in inputs:
            self._eventual_warn_about_too_long_sequence(
                ids, max_length, options.get("verbose", True)
            )
        columns: dict[str, list[Any]] = {"input_ids": inputs}
        if self._wants("token_type_ids", options):
            columns["token_type_ids"] = [[0] * len(ids) for ids in inputs]
        if self._wants("attention_mask", options):
            columns["attention_mask"] = [[1] * len(ids) for ids in inputs]
        if options.get("return_special_tokens_mask"):
            columns["special_tokens_mask"] = [
                _join([[0] * len(part) for part in parts], (1, 1), add_special_tokens)
                for parts in rows
            ]
        return columns

    def _wants(self, column: str, options: Mapping[str, Any]) -> bool:
        wanted = options.get(f"return_{column}")
        return column in self.model_input_names if wanted is None else bool(wanted)

    def _encodings(
        self,
        texts: Sequence[tuple[Any, ...]],
        *,
        counts: Sequence[list[int]],
        lengths: Sequence[int],
        padding_side: str,
        is_split_into_words: bool,
        split_special_tokens: bool,
        add_special_tokens: bool,
    ) -> list[Encoding]:
        """Encode with the BPE, for offsets and word ids, what has its ids already.

        Args:
            texts: n texts or pairs of texts.
            counts: for each of them how many tokens of its parts are kept.
            lengths: for each of them its tokens, special tokens and padding included.
            padding_side: ``"left"`` or ``"right"``.
            is_split_into_words: texts are lists of words.
            split_special_tokens: special tokens in a text are text.
            add_special_tokens: whether special tokens stand around the texts.

        Returns:
            n encodings.
        """
        backend = self.backend_tokenizer
        backend.no_truncation()
        backend.no_padding()
        backend.encode_special_tokens = split_special_tokens
        encoded = iter(
            backend.encode_batch(
                list(chain.from_iterable(texts)),
                is_pretokenized=is_split_into_words,
                add_special_tokens=False,
            )
        )
        padding = {
            "direction": padding_side,
            "pad_id": self.pad_token_id,
            "pad_type_id": self.pad_token_type_id,
            "pad_token": self.pad_token,
        }
        encodings = []
        for row, kept, length in zip(texts, counts, lengths, strict=True):
            parts = [next(encoded) for _ in row][: len(kept)]
            for part, count in zip(parts, kept, strict=True):
                part.truncate(count, direction=self.truncation_side)
            second = parts[1] if len(parts) == 2 else None
            whole = backend.post_process(parts[0], second, add_special_tokens)
            whole.pad(length, **padding)
            encodings.append(whole)
        return encodings


class _WordIds(dict[str, list[int]]):
    """For each word its ids, cut when it is first asked for."""

    def __init__(
        self, stock: PhobertTokenizer, backend: Tokenizer, aliases: Mapping[int, int]
    ) -> None:
        super().__init__()
        self._made_of: tuple[Any, Tokenizer, Mapping[int, int]] = (stock, backend, aliases)

    def __missing__(self, word: str) -> list[int]:
        stock, backend, aliases = self._made_of
        try:
            ids = [aliases.get(piece.id, piece.id) for piece in backend.model.tokenize(word)]
        except UnicodeEncodeError:  # half of a surrogate pair, which no Rust string holds
            ids = stock.convert_tokens_to_ids(stock.bpe(word).split(" "))
        if len(word) <= _REMEMBERED_LENGTH:
            if len(self) >= _REMEMBERED_WORDS:
                self.clear()
            self[word] = ids
        return ids

    def __reduce__(self) -> tuple[Any, ...]:
        # What it has read is no part of what it is: `datasets` caches by the pickled tokenizer.
        return type(self), self._made_of


class _LazyEncodings(Sequence["Encoding"]):
    """Encodings that are made when the first of them is looked at."""

    def __init__(self, encode: Callable[[], list[Encoding]]) -> None:
        self._encode = encode

    @cached_property
    def _encodings(self) -> list[Encoding]:
        return self._encode()

    def __len__(self) -> int:
        return len(self._encodings)

    def __getitem__(self, index: Any) -> Any:
        return self._encodings[index]

    def __reduce__(self) -> tuple[Any, ...]:
        return list, (self._encodings,)


def _join(parts: list[list[int]], ends: tuple[int, int], add_special_tokens: bool) -> list[int]:
    """Put special tokens around a text or a pair: ``<s> A </s>``, ``<s> A </s> </s> B </s>``."""
    if not add_special_tokens:
        return list(chain.from_iterable(parts))
    first, last = ends
    if len(parts) == 2:
        return [first, *parts[0], last, last, *parts[1], last]
    return [first, *chain.from_iterable(parts), last]


def _texts(text: Any, text_pair: Any, split_into_words: bool) -> tuple[bool, list[tuple[Any, ...]]]:
    """Bring the forms that a call may have to one.

    Returns:
        Whether it was a batch; for each of its rows the text, or the two of a pair.
    """
    several = (list, tuple)
    if split_into_words:
        batched = isinstance(text, several) and bool(text) and isinstance(text[0], several)
    else:
        batched = isinstance(text, several)
    if not batched:
        return False, [(text,) if text_pair is None else (text, text_pair)]
    if text_pair is not None:
        if not isinstance(text_pair, several) or len(text_pair) != len(text):
            raise ValueError("of a batch, text_pair must be a batch of the same length as text")
        return True, list(zip(text, text_pair, strict=True))
    if split_into_words:
        return True, [
            row
            if isinstance(row, tuple) and len(row) == 2 and isinstance(row[0], several)
            else (row,)
            for row in text
        ]
    return True, [tuple(row) if isinstance(row, several) else (row,) for row in text]
