"""A T5 that rewrites single sentences, with its tokenizer and the grammar it writes under."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from canbo.models.devices import device_or_default
from canbo.models.rewriting.search import padded, search
from canbo.models.rewriting.sentence_grammar import SentenceGrammars
from canbo.models.segmentation import Segmenter, load_segmenter
from canbo.models.source_text import SourceFormat, stated_format

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase, T5ForConditionalGeneration

__all__ = ["RewriteDraft", "SentenceWriter", "reads_sentences"]

_LONGEST = 100  # tokens that are written


def reads_sentences(folder: Path) -> bool:
    """Say whether a folder holds a model that rewrites sentences, not one that reads articles."""
    path = folder / "config.json"
    if not path.is_file():
        return False
    config = json.loads(path.read_text(encoding="utf-8"))
    return stated_format(config).get("reads") == "sentence"


@dataclass(frozen=True)
class RewriteDraft:
    """A rewritten sentence as the model wrote it.

    Attributes:
        text: decoded.
        log_probabilities: of each of its tokens and its end, natural logarithms.
    """

    text: str
    log_probabilities: tuple[float, ...]


class SentenceWriter:
    """Rewrites sentences by beam search."""

    def __init__(
        self,
        model: T5ForConditionalGeneration,
        tokenizer: PreTrainedTokenizerBase,
        *,
        max_source_length: int,
        segmenter: Segmenter | None = None,
    ) -> None:
        """Wrap a loaded model.

        Args:
            model: fine-tuned on pairs of `canbo train pairs`.
            tokenizer: its tokenizer.
            max_source_length: tokens read of a sentence.
            segmenter: finds words; None takes canbo's own.
        """
        self._model: T5ForConditionalGeneration = model.eval()  # type: ignore[no-untyped-call]
        self._tokenizer = tokenizer
        self._max_source_length = max_source_length
        self._grammars = SentenceGrammars(tokenizer, segmenter or load_segmenter())
        self._beams = int(model.generation_config.num_beams or 1)

    @classmethod
    def load(cls, location: str, device: str | None) -> SentenceWriter:
        """Load a checkpoint.

        Args:
            location: folder or hub id.
            device: as of `canbo.models.summarizer.Summarizer.from_pretrained`.

        Raises:
            OSError: it cannot be found or read.
        """
        import torch
        from transformers import AutoTokenizer, T5ForConditionalGeneration

        model = T5ForConditionalGeneration.from_pretrained(
            location, dtype=torch.float32, use_safetensors=True
        )
        tokenizer = AutoTokenizer.from_pretrained(location)
        return cls(
            model.to(device_or_default(device)),  # type: ignore[arg-type]
            tokenizer,
            max_source_length=SourceFormat.of_checkpoint(model.config, tokenizer).max_source_length,
        )

    def score(self, sentences: Sequence[str], written: Sequence[str]) -> list[tuple[float, ...]]:
        """Say how likely the model is to write given sentences.

        Args:
            sentences: one batch, not empty, best of like length.
            written: about each of them what might be written.

        Returns:
            For each sentence the log-probabilities of the tokens of what was written, and of its
            end, as of `RewriteDraft`.
        """
        import torch

        ids, mask = padded(self._model, self._encode(sentences))
        targets = self._tokenizer(list(written))["input_ids"]  # whole, each with its end
        labels, _ = padded(self._model, targets)
        with torch.inference_mode():
            logits = self._model(input_ids=ids, attention_mask=mask, labels=labels).logits
            chances = logits.log_softmax(-1).gather(-1, labels.unsqueeze(-1)).squeeze(-1)
        return [
            tuple(row[: len(ids)]) for row, ids in zip(chances.cpu().tolist(), targets, strict=True)
        ]

    def write(self, sentences: Sequence[str]) -> list[list[RewriteDraft]]:
        """Rewrite sentences.

        Args:
            sentences: one batch, not empty, best of like length.

        Returns:
            For each sentence the drafts of all beams, the best scored first; it may have none.
        """
        encoded = self._encode(sentences)
        found = search(
            self._model,
            encoded,
            self._grammars.make(sentences),
            beams=self._beams,
            longest=min(_LONGEST, max(map(len, encoded))),
        )
        return [
            [
                RewriteDraft(
                    str(self._tokenizer.decode(list(one.tokens), skip_special_tokens=True)),
                    one.log_probabilities,
                )
                for one in hypotheses
            ]
            for hypotheses in found
        ]

    def _encode(self, sentences: Sequence[str]) -> list[list[int]]:
        encoded: list[list[int]] = self._tokenizer(
            list(sentences), truncation=True, max_length=self._max_source_length
        )["input_ids"]
        return encoded
