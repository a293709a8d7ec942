"""Evidence: the words that carry an assigned theme.

What every word adds to a lexical model's logit is known exactly. For an encoder, integrated
gradients (Sundararajan et al., ICML 2017) share the rise of its logit, from a paragraph of
``<mask>`` tokens to the paragraph itself, among the tokens. `canbo.eval.bench_evidence` measures
how faithful either is: what is left of a theme without the words, and with them alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from canbo.models.predictions import EvidenceSpan
from canbo.models.text_encoding import Window

if TYPE_CHECKING:
    from transformers import PreTrainedModel

    from canbo.models.phobert_fast import PhobertTokenizerFast
    from canbo.models.roberta import RobertaClassifier
    from canbo.models.saved_tokenizer import SavedTokenizer

__all__ = ["attribute", "evidence_spans", "word_weights"]

# Three points of the path do as well as six; one does not (train/LOG.md).
_STEPS = 3
_MAX_SPANS = 3
# A word belongs to a span when it carries at least this share of the strongest word's weight...
_FLOOR = 0.2
# ...and a further span is shown when it carries at least this share of the strongest span's.
_FURTHER_SPAN = 0.3
# Words that say nothing by themselves: they stand in spans, but make none.
_FUNCTION_WORDS = frozenset(
    "và hoặc hay nhưng mà thì là của các những một mọi mỗi này đó ấy kia nào ở tại trong ngoài "
    "trên dưới trước sau giữa với cùng cho để về từ đến tới bởi vì do nên nếu khi như theo bằng "
    "qua ra vào lên xuống lại đã đang sẽ được bị có không chưa cũng vẫn còn rất đều chỉ do_đó "
    "do_vậy vì_vậy bởi_vì tuy_nhiên cũng_như trong_đó theo_đó".split()
)


def attribute(
    model: PreTrainedModel | RobertaClassifier,
    ids: Sequence[int],
    label: int,
    tokenizer: PhobertTokenizerFast | SavedTokenizer,
) -> list[float]:
    """Attribute one label's logit to the tokens of a sequence.

    Sequences are taken one by one: sums of floats come out a little otherwise in other company,
    and which words are shown must not depend on what else is read.

    Args:
        model: a sequence classification model with a word embedding table.
        ids: t token ids, special tokens included.
        label: index of the label.
        tokenizer: names the special tokens.

    Returns:
        t attributions, which add up to about the rise of the logit.
    """
    import torch

    embeddings: Any = model.get_input_embeddings()
    tokens = torch.tensor(ids, device=model.device)
    special = torch.isin(tokens, torch.tensor(tokenizer.all_special_ids, device=model.device))
    with torch.no_grad():
        words = embeddings(tokens)
        start = torch.where(special[:, None], words, embeddings.weight[tokenizer.mask_token_id])
        shares = (torch.arange(_STEPS, device=model.device) + 0.5) / _STEPS
        points = start + shares[:, None, None] * (words - start)
    points.requires_grad_(True)
    mask = torch.ones(points.shape[:2], dtype=torch.int64, device=model.device)
    logits = model(inputs_embeds=points, attention_mask=mask).logits
    (gradients,) = torch.autograd.grad(logits[:, label].sum(), points)
    row: list[float] = ((words - start) * gradients.mean(0)).sum(-1).tolist()
    return row


def word_weights(window: Window, attributions: Sequence[float]) -> dict[int, float]:
    """Add up the attributions of each word's tokens.

    Args:
        window: the window that was attributed.
        attributions: one for each of its tokens.

    Returns:
        A weight for the index of each word of the window.
    """
    weights: dict[int, float] = {}
    for word, weight in zip(window.words, attributions, strict=True):
        if word >= 0:
            weights[word] = weights.get(word, 0.0) + weight
    return weights


def evidence_spans(
    text: str, window: Window, weights: Mapping[int, float], theme: str
) -> list[EvidenceSpan]:
    """Turn weights of words into a few spans.

    Words that carry much are joined across single weak ones; the strongest runs are kept.

    Args:
        text: the paragraph.
        window: its window that was attributed.
        weights: of the window's words, by index.
        theme: id that the spans are labelled with.

    Returns:
        One to three spans in the order of the text; none when no word speaks for the theme.
    """
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
    # Better one such word than none at all.
    runs = [run for run in runs if not _is_empty(window, run)] or runs
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


def _is_empty(window: Window, run: Sequence[int]) -> bool:
    return all(window.forms[word].lower() in _FUNCTION_WORDS for word in run)


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
