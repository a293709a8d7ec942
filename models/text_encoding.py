"""From paragraphs to model inputs and back: segmentation, tokens, windows, character offsets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from canbo.models.segmentation import Segmenter, join_words
from canbo.models.syllables import Span, normalize_tones

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerFast

__all__ = ["Window", "encode_windows", "segment_for_model"]


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
    tokenizer: PreTrainedTokenizerFast,
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
    encoded = tokenizer(
        [joined for joined, _ in segmented],
        truncation=True,
        max_length=max_length,
        stride=overlap,
        return_overflowing_tokens=True,
        return_attention_mask=False,
        return_token_type_ids=False,
    )
    forms = [joined.split() for joined, _ in segmented]
    return [
        Window(
            text=text,
            ids=encoded["input_ids"][row],
            words=[-1 if word is None else word for word in encoded.word_ids(row)],
            spans=segmented[text][1],
            forms=forms[text],
        )
        for row, text in enumerate(encoded["overflow_to_sample_mapping"])
    ]
