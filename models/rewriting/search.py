"""Beam search for rewriting sentences: a T5 of `transformers` under a grammar of what it may write.

`generate` weighs the whole vocabulary at each step; here a hypothesis goes on only with what its
sentence's grammar (`canbo.models.rewriting.copy_grammar`) allows, mostly some tens of tokens.
"""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from canbo.models.rewriting.copy_grammar import CopyGrammar

if TYPE_CHECKING:
    import torch
    from transformers import T5ForConditionalGeneration

__all__ = ["Hypothesis", "padded", "search"]


@dataclass(frozen=True)
class Hypothesis:
    """A sentence that the model wrote.

    Attributes:
        tokens: its ids, without the end.
        log_probabilities: natural logarithms of the probability, over the whole vocabulary, of
            each token and of the end.
    """

    tokens: tuple[int, ...]
    log_probabilities: tuple[float, ...]

    @property
    def score(self) -> float:
        """Mean log-probability of a token."""
        return sum(self.log_probabilities) / len(self.log_probabilities)


def search(
    model: T5ForConditionalGeneration,
    sources: Sequence[Sequence[int]],
    grammars: Sequence[CopyGrammar],
    *,
    beams: int,
    longest: int,
) -> list[list[Hypothesis]]:
    """Write about each of some sentences.

    Args:
        model: in evaluation mode.
        sources: token ids of the sentences, each with its end.
        grammars: what may be written about each.
        beams: hypotheses of a sentence that are followed, and returned at most.
        longest: tokens of a hypothesis at most; a longer one is dropped.

    Returns:
        For each sentence its finished hypotheses, the best scored first; a sentence may have none.
    """
    import torch

    with torch.inference_mode():
        return _Search(model, sources, grammars, beams, longest).run()


def padded(
    model: T5ForConditionalGeneration, rows: Sequence[Sequence[int]]
) -> tuple[torch.Tensor, torch.Tensor]:
    """Token ids of some texts as one batch on the model's device, and its attention mask.

    Args:
        model: that will read them.
        rows: ids of each text.

    Returns:
        Both of shape (rows, length of the longest).
    """
    import torch
    from torch.nn.utils.rnn import pad_sequence

    ids = [torch.tensor(row) for row in rows]
    pad = int(model.config.pad_token_id or 0)
    mask = pad_sequence([torch.ones_like(row) for row in ids], batch_first=True)
    batch = pad_sequence(ids, batch_first=True, padding_value=pad)
    return batch.to(model.device), mask.to(model.device)


class _Search:
    """The state of one search: ``beams`` rows a sentence, of which some may be empty."""

    def __init__(
        self,
        model: T5ForConditionalGeneration,
        sources: Sequence[Sequence[int]],
        grammars: Sequence[CopyGrammar],
        beams: int,
        longest: int,
    ) -> None:
        from transformers import DynamicCache, EncoderDecoderCache

        self._model, self._grammars = model, grammars
        self._beams, self._longest = beams, longest
        rows, mask = padded(model, sources)
        states = model.encoder(input_ids=rows, attention_mask=mask).last_hidden_state
        self._states = states.repeat_interleave(beams, dim=0)
        self._mask = mask.repeat_interleave(beams, dim=0)
        self._cache = EncoderDecoderCache(DynamicCache(), DynamicCache())
        self._written: list[tuple[int, ...] | None] = [
            () if place % beams == 0 else None for place in range(len(sources) * beams)
        ]
        self._chances: list[tuple[float, ...]] = [() for _ in self._written]
        self._done: list[list[Hypothesis]] = [[] for _ in sources]

    def run(self) -> list[list[Hypothesis]]:
        import torch

        start = int(self._model.config.decoder_start_token_id)
        last = torch.full((len(self._written), 1), start, device=self._model.device)
        for _ in range(self._longest + 1):
            chances = self._next_chances(last)
            parents, tokens = self._advance(chances)
            if all(written is None for written in self._written):
                break
            # Rows of one sentence share what they read of it: only what they wrote is put in order.
            self._cache.self_attention_cache.reorder_cache(
                torch.tensor(parents, device=self._model.device)  # type: ignore[arg-type]
            )
            last = torch.tensor(tokens, device=self._model.device).unsqueeze(1)
        return [sorted(found, key=lambda one: -one.score)[: self._beams] for found in self._done]

    def _next_chances(self, last: torch.Tensor) -> torch.Tensor:
        made = self._model.decoder(
            input_ids=last,
            encoder_hidden_states=self._states,
            encoder_attention_mask=self._mask,
            past_key_values=self._cache,
            use_cache=True,
        )
        hidden: Any = made.last_hidden_state[:, -1]
        if self._model.config.scale_decoder_outputs:
            hidden = hidden * self._model.model_dim**-0.5
        chances: torch.Tensor = self._model.lm_head(hidden).log_softmax(-1)
        return chances

    def _advance(self, chances: torch.Tensor) -> tuple[list[int], list[int]]:
        """Extend every hypothesis, and keep the best of each sentence.

        Returns:
            For each row the row it goes on from, and its new token.
        """
        values = chances.cpu().numpy()
        parents, tokens = list(range(len(self._written))), [0] * len(self._written)
        written, told = list(self._written), list(self._chances)
        for sentence, grammar in enumerate(self._grammars):
            first = sentence * self._beams
            options: list[tuple[float, int, int, float]] = []
            for row in range(first, first + self._beams):
                own = self._written[row]
                if own is None:
                    continue
                base = sum(self._chances[row])
                allowed = grammar.allowed(own)
                for token, chance in zip(allowed, values[row, allowed].tolist(), strict=True):
                    if token == grammar.end:
                        self._done[sentence].append(Hypothesis(own, (*self._chances[row], chance)))
                    elif len(own) < self._longest:
                        options.append((base + chance, row, token, chance))
            best = [] if self._is_done(sentence) else heapq.nlargest(self._beams, options)
            for place in range(self._beams):
                row = first + place
                if place < len(best):
                    _, parent, token, chance = best[place]
                    parents[row], tokens[row] = parent, token
                    own = self._written[parent]
                    assert own is not None
                    written[row], told[row] = (*own, token), (*self._chances[parent], chance)
                else:
                    written[row] = None
        self._written, self._chances = written, told
        return parents, tokens

    def _is_done(self, sentence: int) -> bool:
        return len(self._done[sentence]) >= 2 * self._beams
