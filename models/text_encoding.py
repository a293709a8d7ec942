"""From paragraphs to model inputs and back: segmentation, tokens, windows, character offsets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from canbo.models.segmentation import Segmenter, join_words
from canbo.models.syllables import Span, normalize_tones

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tokenizers import Tokenizer

__all__ = [
    "EncodingSpec",
    "EncodingTokenizer",
    "Window",
    "encode_windows",
    "segment_for_model",
]


class EncodingTokenizer(Protocol):
    """What is needed of a tokenizer: canbo's two have it."""

    @property
    def backend_tokenizer(self) -> Tokenizer:
        """What cuts text."""

    @property
    def aliases(self) -> Mapping[int, int]:
        """For ids of the backend that stand for others, the others."""


@dataclass(frozen=True)
class Window:
    """A stretch of one text that fits the model.

    Attributes:
        text: index of the text in the batch that was encoded.
        ids: token ids with the special tokens around them.
        words: for each token the index of its word, -1 for special tokens.
        spans: for each word of the whole text its characters.
        forms: for each word of the whole text how the models read it.
    """

    text: int
    ids: list[int]
    words: list[int]
    spans: list[Span]
    forms: list[str]

    @property
    def own_words(self) -> tuple[int, int]:
        """Index of the first word that stands in the window, and one past the last."""
        inside = [word for word in self.words if word >= 0]
        return (inside[0], inside[-1] + 1) if inside else (0, 0)

    @property
    def own_forms(self) -> list[str]:
        """The forms of the words that stand in the window."""
        first, end = self.own_words
        return self.forms[first:end]


def segment_for_model(segmenter: Segmenter, texts: Sequence[str]) -> list[tuple[str, list[Span]]]:
    """Segment texts as the models read them.

    Args:
        segmenter: the one that the model was trained with.
        texts: NFC texts.

    Returns:
        For each text its words joined for PhoBERT, tone marks placed one way, and the words'
        character spans in the text as given.
    """
    normalized = [normalize_tones(text) for text in texts]
    return [
        (join_words(text, words), words)
        for text, words in zip(normalized, segmenter.segment(normalized), strict=True)
    ]


def encode_windows(
    tokenizer: EncodingTokenizer,
    segmenter: Segmenter,
    texts: Sequence[str],
    *,
    max_length: int,
    overlap: int = 64,
) -> list[Window]:
    """Encode texts into windows that overlap, so that no word of a long text is cut off.

    Args:
        tokenizer: a fast PhoBERT tokenizer.
        segmenter: the one that the model was trained with.
        texts: NFC texts.
        max_length: tokens in a window at most, special tokens included.
        overlap: tokens that neighbouring windows share.

    Returns:
        At least one window for each text, in order.
    """
    segmented = segment_for_model(segmenter, texts)
    backend = tokenizer.backend_tokenizer
    backend.encode_special_tokens = False
    backend.no_padding()
    backend.enable_truncation(max_length, stride=overlap)
    encoded = backend.encode_batch([joined for joined, _ in segmented])
    forms = [joined.split() for joined, _ in segmented]
    aliases = tokenizer.aliases
    return [
        Window(
            text=text,
            ids=[aliases.get(index, index) for index in window.ids] if aliases else window.ids,
            words=[-1 if word is None else word for word in window.word_ids],
            spans=segmented[text][1],
            forms=forms[text],
        )
        for text, whole in enumerate(encoded)
        for window in (whole, *whole.overflowing)
    ]


@dataclass(frozen=True)
class EncodingSpec:
    """How a classifier reads texts: plain values that another process can load it by.

    Attributes:
        tokenizer: folder or hub id of the tokenizer.
        segmenter: name of the segmenter.
        max_length: tokens in a window.
        vocab_size: of the model.
    """

    tokenizer: str
    segmenter: str
    max_length: int
    vocab_size: int

    def load(self) -> Callable[[Sequence[str]], list[Window]]:
        """Load tokenizer and segmenter.

        Returns:
            `encode_windows` for texts.
        """
        from canbo.models.phobert_tokenizer import load_tokenizer
        from canbo.models.saved_tokenizer import load_saved_tokenizer
        from canbo.models.segmentation import load_segmenter

        tokenizer: EncodingTokenizer = load_saved_tokenizer(
            Path(self.tokenizer), self.vocab_size
        ) or load_tokenizer(self.tokenizer)
        return partial(
            encode_windows, tokenizer, load_segmenter(self.segmenter), max_length=self.max_length
        )
