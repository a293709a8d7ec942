"""A T5 that chooses among the rewrites of a sentence: by how likely it would write each."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from canbo.models.batching import length_batches
from canbo.models.devices import device_or_default
from canbo.models.source_text import SourceFormat, stated_format

if TYPE_CHECKING:
    import torch
    from transformers import PreTrainedTokenizerBase, T5ForConditionalGeneration

__all__ = ["RewriteDraft", "SentenceWriter", "reads_sentences"]


def reads_sentences(folder: Path) -> bool:
    """Say whether a folder holds a model that rewrites sentences, not one that reads articles."""
    path = folder / "config.json"
    if not path.is_file():
        return False
    config = json.loads(path.read_text(encoding="utf-8"))
    return stated_format(config).get("reads") == "sentence"


@dataclass(frozen=True)
class RewriteDraft:
    """A rewrite of a sentence, and what the model thinks of it.

    Attributes:
        text: the rewrite.
        log_probabilities: of each of its tokens and its end, natural logarithms.
    """

    text: str
    log_probabilities: tuple[float, ...]

    @property
    def score(self) -> float:
        """Mean log-probability of a token."""
        return sum(self.log_probabilities) / len(self.log_probabilities)


class SentenceWriter:
    """Writes, of all that a sentence may become, what the model finds likeliest.

    Decoding constrained to a set of sequences, as De Cao et al., "Autoregressive Entity Retrieval"
    (ICLR 2021), do by a prefix tree and beams; a sentence has so few that all are scored.
    """

    def __init__(
        self,
        model: T5ForConditionalGeneration,
        tokenizer: PreTrainedTokenizerBase,
        *,
        max_source_length: int,
    ) -> None:
        """Wrap a loaded model.

        Args:
            model: fine-tuned on pairs of `canbo train pairs`.
            tokenizer: its tokenizer.
            max_source_length: tokens read of a sentence.
        """
        self._model: T5ForConditionalGeneration = model.eval()  # type: ignore[no-untyped-call]
        self._tokenizer = tokenizer
        self._max_source_length = max_source_length
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

    def write(
        self, sentences: Sequence[str], rewrites: Sequence[Sequence[str]], batch_size: int
    ) -> list[list[RewriteDraft]]:
        """Choose among rewrites.

        Args:
            sentences: what is rewritten.
            rewrites: of each, all that it may become.
            batch_size: rewrites that the model reads at once.

        Returns:
            For each sentence as many of its rewrites as the checkpoint has beams, the likeliest
            first; it has none if it may become nothing.
        """
        pairs = [(row, text) for row, texts in enumerate(rewrites) for text in texts]
        drafts: list[list[RewriteDraft]] = [[] for _ in sentences]
        for batch in length_batches([len(text) for _, text in pairs], batch_size):
            rows = [pairs[place] for place in batch]
            scores = self.score([sentences[row] for row, _ in rows], [text for _, text in rows])
            for (row, text), own in zip(rows, scores, strict=True):
                drafts[row].append(RewriteDraft(text, own))
        return [sorted(own, key=lambda one: -one.score)[: self._beams] for own in drafts]

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

        sources: list[list[int]] = self._tokenizer(
            list(sentences), truncation=True, max_length=self._max_source_length
        )["input_ids"]
        targets: list[list[int]] = self._tokenizer(list(written))["input_ids"]  # with their ends
        ids, mask = self._padded(sources)
        labels, _ = self._padded(targets)
        with torch.inference_mode():
            logits = self._model(input_ids=ids, attention_mask=mask, labels=labels).logits
            chances = logits.log_softmax(-1).gather(-1, labels.unsqueeze(-1)).squeeze(-1)
        return [
            tuple(row[: len(own)]) for row, own in zip(chances.cpu().tolist(), targets, strict=True)
        ]

    def _padded(self, rows: Sequence[Sequence[int]]) -> tuple[torch.Tensor, torch.Tensor]:
        """Token ids as one batch on the model's device, and its attention mask."""
        import torch
        from torch.nn.utils.rnn import pad_sequence

        ids = [torch.tensor(row) for row in rows]
        pad = int(self._model.config.pad_token_id or 0)
        mask = pad_sequence([torch.ones_like(row) for row in ids], batch_first=True)
        batch = pad_sequence(ids, batch_first=True, padding_value=pad)
        return batch.to(self._model.device), mask.to(self._model.device)
