"""Evidence: the words that carry an assigned theme, by integrated gradients.

Integrated gradients (Sundararajan et al., ICML 2017) share the rise of a theme's score, from a
paragraph of ``<mask>`` tokens to the paragraph itself, among the tokens.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from canbo.models.predictions import EvidenceSpan
from canbo.models.text_encoding import Window

if TYPE_CHECKING:
    import torch
    from transformers import PreTrainedModel, PreTrainedTokenizerFast

__all__ = ["Attribution", "attribute", "evidence_spans"]

_STEPS = 6
_MAX_SPANS = 3
# A word belongs to a span when it carries at least this share of the strongest word's weight...
_FLOOR = 0.25
# ...and a further span is shown when it carries at least this share of the strongest span's.
_FURTHER_SPAN = 0.4


@dataclass(frozen=True)
class Attribution:
    """A question to `attribute`: which tokens of ``ids`` carry the label with that index?"""

    ids: list[int]
    label: int


def attribute(
    model: PreTrainedModel,
    batch: dict[str, torch.Tensor],
    labels: Sequence[int],
    tokenizer: PreTrainedTokenizerFast,
) -> list[list[float]]:
    """Attribute one label's logit to the tokens, for each row.

    Args:
        model: a sequence classification model with a word embedding table.
        batch: ``input_ids`` and ``attention_mask``, int64 of shape (n, t), padded to the right.
        labels: n label indices.
        tokenizer: names the mask token.

    Returns:
        n lists of t attributions; those of a row add up to about the rise of its logit.
    """
    import torch

    embeddings: Any = model.get_input_embeddings()
    ids, mask = batch["input_ids"], batch["attention_mask"]
    special = torch.isin(ids, torch.tensor(tokenizer.all_special_ids, device=ids.device))
    with torch.no_grad():
        words = embeddings(ids)
        start = torch.where(special[..., None], words, embeddings.weight[tokenizer.mask_token_id])
    index = torch.tensor(labels, device=ids.device)
    total = torch.zeros_like(words)
    for step in range(_STEPS):
        share = (step + 0.5) / _STEPS
        point = (start + share * (words - start)).requires_grad_(True)
        logits = model(inputs_embeds=point, attention_mask=mask).logits
        (gradient,) = torch.autograd.grad(logits.gather(1, index[:, None]).sum(), point)
        total += gradient
    rows: list[list[float]] = ((words - start) * total / _STEPS).sum(-1).tolist()
    return rows


def evidence_spans(
    text: str, window: Window, attributions: Sequence[float], theme: str
) -> list[EvidenceSpan]:
    """Turn token attributions into a few spans of words.

    Words that carry much are joined across single weak ones; the strongest runs are kept.

    Args:
        text: the paragraph.
        window: its window that was attributed.
        attributions: one for each token of the window, padding may follow.
        theme: id that the spans are labelled with.

    Returns:
        One to three spans in the order of the text; none when no word speaks for the theme.
    """
    weights: dict[int, float] = {}
    for word, weight in zip(window.words, attributions, strict=False):
        if word >= 0:
            weights[word] = weights.get(word, 0.0) + weight
    strong = {
        word: weight
        for word, weight in weights.items()
        if any(character.isalnum() for character in text[slice(*window.spans[word])])
    }
    peak = max(strong.values(), default=0.0)
    if peak <= 0:
        return []
    chosen = sorted(word for word, weight in strong.items() if weight >= _FLOOR * peak)
    runs = _runs(text, window, chosen)
    weight_of = [sum(max(weights[word], 0.0) for word in run) for run in runs]
    heaviest = max(weight_of)
    ranked = sorted(range(len(runs)), key=lambda run: -weight_of[run])[:_MAX_SPANS]
    kept = sorted(run for run in ranked if weight_of[run] >= _FURTHER_SPAN * heaviest)
    spans = []
    for run in kept:
        first, last = runs[run][0], runs[run][-1]
        start, end = window.spans[first][0], window.spans[last][1]
        spans.append(EvidenceSpan(theme=theme, start=start, end=end, text=text[start:end]))
    return spans


def _runs(text: str, window: Window, chosen: Sequence[int]) -> list[list[int]]:
    """Group words that stand together, or with one word between and no punctuation."""
    runs: list[list[int]] = []
    for word in chosen:
        if runs and word - runs[-1][-1] <= 2:
            between = text[window.spans[runs[-1][-1]][1] : window.spans[word][0]]
            if all(character.isalnum() or character.isspace() for character in between):
                runs[-1].extend(range(runs[-1][-1] + 1, word + 1))
                continue
        runs.append([word])
    return runs
