"""A last layer by which `<s>` reads the mean of all tokens.

The e5 models put what a text says into the mean of its tokens (Wang et al. 2022), and their `<s>`
holds little; RoBERTa's classification head reads `<s>` alone. So one more transformer layer is
appended, made of ordinary weights: its attention starts almost even over the text, and what it
adds to every position is the mean, whitened (Su et al. 2021, "Whitening Sentence Representations
for Better Semantics and Faster Retrieval"), since the means of all texts lie close together.
Everything stays trainable, and the model stays a plain RoBERTa.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import torch
    from transformers import RobertaModel

__all__ = ["with_pooling_layer"]

_GAIN = 4.0  # of the mean against the state of `<s>` itself, which is the same in every text
_NOISE = 0.002  # of queries and keys: even attention, but not so even that nothing can be learnt
_FLOOR = 1e-4  # of a variance, against the largest
_BATCH = 32


def with_pooling_layer(encoder: RobertaModel, sequences: Sequence[Sequence[int]]) -> RobertaModel:
    """Copy an encoder and append the layer.

    Args:
        encoder: n layers, w wide.
        sequences: token ids of texts from which mean and covariance are taken; more than w.

    Returns:
        n + 1 layers; the first n are the encoder's.
    """
    import torch
    from transformers import RobertaConfig, RobertaModel

    settings = encoder.config.to_dict()
    settings["num_hidden_layers"] += 1
    longer = RobertaModel(RobertaConfig(**settings), add_pooling_layer=False)
    longer.load_state_dict(encoder.state_dict(), strict=False)
    centre, whitening = _whitening(_means(encoder, sequences))
    layer: Any = longer.encoder.layer[-1]  # PyTorch's module lists are untyped
    attention, output = layer.attention.self, layer.attention.output.dense
    with torch.no_grad():
        for linear in (attention.query, attention.key, attention.value, output, layer.output.dense):
            linear.weight.zero_()
            linear.bias.zero_()
        attention.query.weight.normal_(std=_NOISE)
        attention.key.weight.normal_(std=_NOISE)
        attention.value.weight.copy_(torch.eye(len(centre)))
        output.weight.copy_(_GAIN * whitening)
        output.bias.copy_(-_GAIN * whitening @ centre)
    return longer


def _means(encoder: RobertaModel, sequences: Sequence[Sequence[int]]) -> torch.Tensor:
    """Mean over the tokens of the last states, shape (sequences, width)."""
    import torch
    from torch.nn.utils.rnn import pad_sequence

    pad = int(encoder.config.pad_token_id or 0)
    by_length = sorted(sequences, key=len)
    encoder.train(False)
    means = []
    for start in range(0, len(by_length), _BATCH):
        rows = [torch.tensor(ids) for ids in by_length[start : start + _BATCH]]
        ids = pad_sequence(rows, batch_first=True, padding_value=pad).to(encoder.device)
        mask = torch.ne(ids, pad).long()
        with torch.inference_mode():
            states = encoder(ids, attention_mask=mask).last_hidden_state
        weights = (mask / mask.sum(dim=1, keepdim=True)).unsqueeze(-1)
        means.append((states * weights).sum(dim=1).cpu())
    return torch.cat(means)


def _whitening(means: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Centre, shape (width,), and the matrix that gives the centred means unit covariance."""
    import torch

    variances, directions = torch.linalg.eigh(torch.cov(means.T))
    scales = variances.clamp_min(_FLOOR * float(variances.max())).rsqrt()
    return means.mean(dim=0), directions @ torch.diag(scales) @ directions.T
