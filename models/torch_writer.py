"""A summarizer's model in `transformers`, on a CPU or a GPU."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from canbo.models.generation import Decoding, Draft

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerBase

__all__ = ["TorchWriter"]


class TorchWriter:
    """Writes with `generate`; see `canbo.models.generation.Writer`."""

    def __init__(
        self,
        model: PreTrainedModel,
        tokenizer: PreTrainedTokenizerBase,
        max_source_length: int,
        decoding: Decoding,
    ) -> None:
        """Wrap a loaded model.

        Args:
            model: a sequence-to-sequence language model.
            tokenizer: its tokenizer.
            max_source_length: tokens read of a source.
            decoding: beams, lengths.
        """
        self.model: PreTrainedModel = model.eval()  # type: ignore[no-untyped-call]
        self.tokenizer = tokenizer
        self._max_source_length = max_source_length
        self._decoding = decoding
        # A sequence of the limit is refused where a checkpoint states both limits.
        model.generation_config.update(max_length=None)  # type: ignore[no-untyped-call]

    def write(self, sources: Sequence[str], forbidden: Sequence[str] = ()) -> list[list[Draft]]:
        """Write drafts; see `canbo.models.generation.Writer.write`."""
        import torch

        how = self._decoding
        encoded = self.tokenizer(
            list(sources),
            truncation=True,
            max_length=self._max_source_length,
            padding=True,
            return_tensors="pt",
        )
        with torch.inference_mode():
            made = self.model.generate(  # type: ignore[operator]
                input_ids=encoded["input_ids"].to(self.model.device),
                attention_mask=encoded["attention_mask"].to(self.model.device),
                max_new_tokens=how.max_new_tokens,
                min_new_tokens=how.min_new_tokens or None,
                num_beams=how.num_beams,
                num_return_sequences=how.num_beams,
                no_repeat_ngram_size=how.no_repeat_ngram_size,
                length_penalty=how.length_penalty,
                early_stopping=True,  # as T5's own setting for summaries, and as CTranslate2 does
                do_sample=False,
                bad_words_ids=self._forbidden_ids(forbidden),
                return_dict_in_generate=True,
                output_scores=True,
            )
        ended = (made.sequences[:, 1:] == self.tokenizer.eos_token_id).any(dim=1).tolist()
        texts = self.tokenizer.batch_decode(made.sequences, skip_special_tokens=True)
        drafts = [
            Draft(text, score, is_ended)
            for text, score, is_ended in zip(
                texts, made.sequences_scores.tolist(), ended, strict=True
            )
        ]
        beams = how.num_beams
        return [drafts[first : first + beams] for first in range(0, len(drafts), beams)]

    def _forbidden_ids(self, words: Sequence[str]) -> list[list[int]] | None:
        """Token ids of words; the unknown token is never written, for it would lose letters."""
        sequences = (
            [
                ids
                for ids in self.tokenizer(list(words), add_special_tokens=False)["input_ids"]
                if ids
            ]
            if words
            else []
        )
        unknown = self.tokenizer.unk_token_id
        if unknown is not None and unknown != self.tokenizer.eos_token_id:
            sequences.append([unknown])
        return sequences or None
