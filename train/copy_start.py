"""A T5 that copies before it has learned anything.

A transformer from random weights needs far more text than a laptop can read to discover copying,
and a summarizer that cannot copy names and numbers invents them. So its first weights hold the
circuit that trained models grow for it, an induction head (Olsson et al. 2022, "In-context
Learning and Induction Heads"), made of ordinary T5 weights:

* every embedding keeps its last dimensions free; in the encoder, head 0 attends to the token
  before and head 1 to the one before that, and write short random codes of them there;
* in the decoder, head 0 of the first layer writes the code of its previous token;
* in the last decoder layer, cross-attention asks for source positions whose two previous tokens
  are the two last written ones, and adds the embedding found there to the residual stream,
  from which the tied output layer reads the token that comes next.

Everything stays trainable, and the saved model is a plain T5.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import torch
    from transformers import T5ForConditionalGeneration

__all__ = ["start_copying"]

_OFFSET_BIAS = 10.0  # e^10 outweighs a thousand other positions in the softmax
_MATCH_SCALE = 0.5  # of queries and of keys: a matching token scores 0.25 * code length
_COPY_SCALE = 3.0  # the copied embedding against that of the token just written
_QUIET = 0.2  # shrinks every other write to the residual stream


def start_copying(model: T5ForConditionalGeneration) -> None:
    """Overwrite the model's random weights with a copying circuit, in place.

    Args:
        model: freshly initialised, tied embeddings, at least two heads and two decoder layers,
            ``d_model == num_heads * d_kv``.

    Raises:
        ValueError: the model's shape cannot hold the circuit.
    """
    import torch

    config = model.config
    heads, width = config.num_heads, config.d_kv
    if heads < 2 or (config.num_decoder_layers or 0) < 2 or config.d_model != heads * width:
        raise ValueError(
            "copy_start needs num_heads >= 2, num_decoder_layers >= 2 and "
            f"d_model = num_heads * d_kv; got {heads}, {config.num_decoder_layers} and "
            f"{config.d_model} != {heads} * {width}"
        )
    # One head's width holds both codes; the rest of the residual stream is the embedding.
    near, far = width * 5 // 8, width - width * 5 // 8
    content = config.d_model - width
    near_code = _random_rows(near, content)
    far_code = _random_rows(far, content)
    near_dims = slice(content, content + near)
    far_dims = slice(content + near, config.d_model)
    # PyTorch's module lists are untyped beyond "a module".
    encoder_blocks: Any = model.encoder.block
    decoder_blocks: Any = model.decoder.block
    with torch.no_grad():
        model.shared.weight[:, content:] = 0.0
        for block in (*encoder_blocks, *decoder_blocks):
            for layer in block.layer[:-1]:
                attention = getattr(layer, "SelfAttention", None) or layer.EncDecAttention
                attention.o.weight.mul_(_QUIET)
            block.layer[-1].DenseReluDense.wo.weight.mul_(_QUIET)
        encoder = encoder_blocks[0].layer[0].SelfAttention
        _write_neighbour(encoder, 0, 1, near_code, near_dims, width)
        _write_neighbour(encoder, 1, 2, far_code, far_dims, width)
        decoder = decoder_blocks[0].layer[0].SelfAttention
        _write_neighbour(decoder, 0, 1, far_code, far_dims, width)
        cross = decoder_blocks[-1].layer[1].EncDecAttention
        for head in range(heads - 1):
            rows = slice(head * width, (head + 1) * width)
            query, key = cross.q.weight[rows], cross.k.weight[rows]
            query.zero_()
            key.zero_()
            query[:near, :content] = _MATCH_SCALE * near_code
            key[:near, near_dims] = _MATCH_SCALE * torch.eye(near)
            query[near:, far_dims] = _MATCH_SCALE * torch.eye(far)
            key[near:, far_dims] = _MATCH_SCALE * torch.eye(far)
            cross.v.weight[rows] = 0.0
            cross.v.weight[rows, rows] = torch.eye(width)
            cross.o.weight[:, rows] = 0.0
            cross.o.weight[rows, rows] = _COPY_SCALE * torch.eye(width)


def _random_rows(rows: int, columns: int) -> torch.Tensor:
    """Random orthonormal rows, shape (rows, columns)."""
    import torch

    directions: torch.Tensor = torch.linalg.qr(torch.randn(columns, rows)).Q
    return directions.T.contiguous()


def _write_neighbour(
    attention: Any,
    head: int,
    offset: int,
    code: torch.Tensor,
    into: slice,
    width: int,
) -> None:
    """Make one head write the code of the token ``offset`` places before into ``into``."""
    import torch

    rows = slice(head * width, (head + 1) * width)
    size, content = code.shape
    attention.q.weight[rows] = 0.0
    attention.v.weight[rows] = 0.0
    attention.v.weight[rows][:size, :content] = code
    attention.o.weight[:, rows] = 0.0
    attention.o.weight[into, rows.start : rows.start + size] = torch.eye(size)
    # T5 gives small distances backwards the bucket of their number, in both directions' scheme.
    attention.relative_attention_bias.weight[:, head] = 0.0
    attention.relative_attention_bias.weight[offset, head] = _OFFSET_BIAS
