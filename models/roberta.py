"""RoBERTa (PhoBERT) for sequence classification in plain PyTorch: for inference, fast on a CPU.

The arithmetic is that of `transformers.RobertaForSequenceClassification`, without what makes that
slow here: importing it takes longer than reading an article; no token is padding, because the
sequences of a batch lie one behind the other; of the last layer only the first token is computed,
which is all that the classification head reads; and the matrices may be 8-bit integers.

Integers are used as in ZeroQuant (Yao et al., NeurIPS 2022): a scale for each output of a matrix
and for each token. Sums of integers are exact, and no token's scale depends on other tokens.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Literal

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from canbo.models.batching import token_batches

__all__ = ["PackedRoberta", "Precision", "RobertaClassifier", "load_roberta", "packed_scorer"]

Precision = Literal["int8", "float32"]
_WEIGHTS_FILE = "model.safetensors"
# Tokens that go through a layer together: enough for an efficient matrix product, few enough for
# the activations to stay in the processor's cache.
_BATCH_TOKENS = 512


@dataclass
class ClassifierOutput:
    """What a forward pass gives, as `transformers` names it.

    Attributes:
        logits: of shape (n, labels).
    """

    logits: Tensor


# Without the initial values of torch.nn's layers: drawing them takes longer than reading them, and
# the meta device, which has none, imports a compiler.
class _Linear(nn.Module):
    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.empty(outputs, inputs), requires_grad=False)
        self.bias = nn.Parameter(torch.empty(outputs), requires_grad=False)

    def forward(self, x: Tensor) -> Tensor:
        return F.linear(x, self.weight, self.bias)


class _Table(nn.Module):
    def __init__(self, rows: int, width: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.empty(rows, width), requires_grad=False)

    def forward(self, index: Tensor) -> Tensor:
        return F.embedding(index, self.weight)


class _Norm(nn.Module):
    def __init__(self, width: int, epsilon: float) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.empty(width), requires_grad=False)
        self.bias = nn.Parameter(torch.empty(width), requires_grad=False)
        self.epsilon = epsilon

    def forward(self, x: Tensor) -> Tensor:
        return F.layer_norm(x, self.weight.shape, self.weight, self.bias, self.epsilon)


class RobertaClassifier(nn.Module):
    """The model with padded batches: called as the one of `transformers`, with the same result.

    Only its parts and its differentiable forward pass are here; `PackedRoberta` scores faster.
    """

    def __init__(self, config: SimpleNamespace) -> None:
        """Make the model without weights.

        Args:
            config: fields of ``config.json``, with ``id2label`` by integers.
        """
        super().__init__()
        self.config = config
        width: int = config.hidden_size
        self.words = _Table(config.vocab_size, width)
        self.positions = _Table(config.max_position_embeddings, width)
        self.types = _Table(config.type_vocab_size, width)
        self.norm = _Norm(width, config.layer_norm_eps)
        self.layers = nn.ModuleList(_Layer(config) for _ in range(config.num_hidden_layers))
        self.dense = _Linear(width, width)
        self.out_proj = _Linear(width, len(config.id2label))

    @property
    def device(self) -> torch.device:
        """Where the weights are."""
        return self.words.weight.device

    def get_input_embeddings(self) -> nn.Module:
        """The table of word embeddings."""
        return self.words

    def forward(
        self,
        input_ids: Tensor | None = None,
        attention_mask: Tensor | None = None,
        inputs_embeds: Tensor | None = None,
    ) -> ClassifierOutput:
        """Classify padded sequences.

        Args:
            input_ids: int64 of shape (n, t), padded to the right.
            attention_mask: of the same shape, 0 for padding; None is all 1.
            inputs_embeds: word embeddings of shape (n, t, width) in the place of ids.
        """
        if inputs_embeds is None:
            assert input_ids is not None
            inputs_embeds = self.words(input_ids)
        index = torch.arange(inputs_embeds.shape[1], device=inputs_embeds.device)
        x = self.embed(inputs_embeds, index)
        mask = None if attention_mask is None else attention_mask[:, None, None, :].bool()
        for layer in self.layers[:-1]:
            x = layer(x, x, mask)
        return ClassifierOutput(self.head(self.layers[-1](x[:, :1], x, mask)[:, 0]))

    def embed(self, words: Tensor, index: Tensor) -> Tensor:
        """Embeddings of tokens, given those of their words and the tokens' places (from 0)."""
        positions = self.positions(index + (self.config.pad_token_id + 1))
        x: Tensor = self.norm(words + self.types.weight[0] + positions)
        return x

    def head(self, first: Tensor) -> Tensor:
        """Logits, of shape (n, labels), from the first token's outputs, of shape (n, width)."""
        # In double precision, whose rounding is out of sight: a product of few rows is summed in
        # another order than one of many, and an article's scores must not show its neighbours.
        pooled = torch.tanh(_linear64(self.dense, first))
        return _linear64(self.out_proj, pooled).to(first.dtype)


def _linear64(linear: _Linear, x: Tensor) -> Tensor:
    return F.linear(x.double(), linear.weight.double(), linear.bias.double())


class _Layer(nn.Module):
    def __init__(self, config: SimpleNamespace) -> None:
        super().__init__()
        width: int = config.hidden_size
        self.heads: int = config.num_attention_heads
        self.query = _Linear(width, width)
        self.key_value = _Linear(width, 2 * width)
        self.output = _Linear(width, width)
        self.norm = _Norm(width, config.layer_norm_eps)
        self.up = _Linear(width, config.intermediate_size)
        self.down = _Linear(config.intermediate_size, width)
        self.up_norm = _Norm(width, config.layer_norm_eps)

    def forward(self, asking: Tensor, x: Tensor, mask: Tensor | None) -> Tensor:
        """Outputs of the asking tokens, (n, q, width), that see all tokens, (n, t, width)."""
        attended = _attend(self.query(asking), self.key_value(x), self.heads, mask)
        return _after_attention(self, asking, attended)


def _after_attention(layer: Any, asking: Tensor, attended: Tensor) -> Tensor:
    x = layer.norm(asking + layer.output(attended))
    y: Tensor = layer.up_norm(x + layer.down(F.gelu(layer.up(x))))
    return y


def _attend(query: Tensor, key_value: Tensor, heads: int, mask: Tensor | None = None) -> Tensor:
    """Attention of tokens (n, q, width) to tokens with keys and values side by side."""
    n, t, both = key_value.shape
    split = key_value.view(n, t, 2, heads, -1).permute(2, 0, 3, 1, 4)
    asked = query.view(n, query.shape[1], heads, -1).transpose(1, 2)
    out = F.scaled_dot_product_attention(asked, split[0], split[1], attn_mask=mask)
    return out.transpose(1, 2).reshape(n, -1, both // 2)


class _Int8Linear(nn.Module):
    """A linear layer with integer weights, for float inputs of shape (n, inputs)."""

    weight: Tensor
    scale: Tensor
    bias: Tensor

    def __init__(self, linear: _Linear) -> None:
        super().__init__()
        weight = linear.weight.detach()
        scale = weight.abs().amax(1).clamp_min_(1e-12).div_(127)
        integers = weight.div(scale[:, None]).round_().to(torch.int8)
        self.register_buffer("weight", integers.t())
        self.register_buffer("scale", scale)
        self.register_buffer("bias", linear.bias.detach())

    def forward(self, x: Tensor) -> Tensor:
        peak = x.abs().amax(1, keepdim=True).clamp_min_(1e-12)
        integers = (x * (127 / peak)).round_().to(torch.int8)
        y = torch._int_mm(integers, self.weight).float()
        # In place: new memory of this size costs as much as the arithmetic.
        return torch.addcmul(self.bias, y.mul_(self.scale), peak.mul_(1 / 127), out=y)


class PackedRoberta:
    """Scores sequences one behind the other, without padding, shortest first.

    Attributes:
        precision: of the matrix products.
    """

    def __init__(self, model: RobertaClassifier, precision: Precision) -> None:
        """Take a loaded model; its weights are shared where the precision is float32."""
        self.precision = precision
        self._model = model
        layers: Any = model.layers
        made = _Int8Linear if precision == "int8" else lambda linear: linear
        self._layers = [
            SimpleNamespace(
                heads=layer.heads,
                query=made(layer.query),
                key_value=made(layer.key_value),
                output=made(layer.output),
                norm=layer.norm,
                up=made(layer.up),
                down=made(layer.down),
                up_norm=layer.up_norm,
            )
            for layer in layers
        ]

    @torch.inference_mode()
    def logits(self, rows: Sequence[Sequence[int]]) -> Tensor:
        """Logits of sequences.

        Args:
            rows: n sequences of token ids, special tokens included, none empty.

        Returns:
            Of shape (n, labels).
        """
        logits = torch.empty(len(rows), len(self._model.config.id2label))
        for batch in token_batches([len(row) for row in rows], _BATCH_TOKENS):
            logits[batch] = self._batch([rows[index] for index in batch])
        return logits

    def _batch(self, rows: Sequence[Sequence[int]]) -> Tensor:
        lengths = [len(row) for row in rows]
        ids = torch.tensor([token for row in rows for token in row])
        index = torch.cat([torch.arange(length) for length in lengths])
        x = self._model.embed(self._model.words(ids), index)
        for layer in self._layers[:-1]:
            x = _packed(layer, x, x, lengths, is_last=False)
        ends = torch.tensor(lengths).cumsum(0)
        first = x[ends - torch.tensor(lengths)]
        return self._model.head(_packed(self._layers[-1], first, x, lengths, is_last=True))


def packed_scorer(model: object, precision: Precision) -> PackedRoberta | None:
    """A fast scorer for a model, or None where padded batches serve it better or it is another."""
    if not isinstance(model, RobertaClassifier) or model.device.type != "cpu":
        return None
    return PackedRoberta(model, precision)


def _packed(
    layer: SimpleNamespace, asking: Tensor, x: Tensor, lengths: Sequence[int], *, is_last: bool
) -> Tensor:
    """A layer over sequences of ascending lengths that lie one behind the other."""
    query, key_value = layer.query(asking), layer.key_value(x)
    attended = torch.empty_like(query)
    asked = told = 0
    for length, group in groupby(lengths):
        n = len(list(group))
        queries = n if is_last else n * length
        found = _attend(
            query[asked : asked + queries].view(n, queries // n, -1),
            key_value[told : told + n * length].view(n, length, -1),
            layer.heads,
        )
        attended[asked : asked + queries] = found.view(queries, -1)
        asked, told = asked + queries, told + n * length
    return _after_attention(layer, asking, attended)


def load_roberta(folder: Path) -> RobertaClassifier | None:
    """Load a fine-tuned RoBERTa that `transformers` saved.

    Args:
        folder: with ``config.json`` and ``model.safetensors``.

    Returns:
        The model, or None where the folder holds anything that is not plainly that: then it is for
        `transformers` to load, or to say what is wrong.

    Raises:
        safetensors.SafetensorError: the weights are damaged.
    """
    config = _read_config(folder)
    weights_file = folder / _WEIGHTS_FILE
    if config is None or not weights_file.is_file():
        return None
    from safetensors.torch import load_file

    tensors = dict(_renamed(load_file(weights_file), config.num_hidden_layers))
    model = RobertaClassifier(config)
    wanted = model.state_dict()
    if tensors.keys() != wanted.keys() or any(
        tensors[name].shape != wanted[name].shape for name in wanted
    ):
        return None
    model.load_state_dict(tensors, assign=True)
    return model.float().eval()


_NEEDED = {
    "hidden_size",
    "intermediate_size",
    "layer_norm_eps",
    "max_position_embeddings",
    "num_attention_heads",
    "num_hidden_layers",
    "pad_token_id",
    "type_vocab_size",
    "vocab_size",
}


def _read_config(folder: Path) -> SimpleNamespace | None:
    try:
        values: Any = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    if (
        not isinstance(values, dict)
        or values.get("model_type") != "roberta"
        or values.get("architectures") != ["RobertaForSequenceClassification"]
        or values.get("hidden_act") != "gelu"
        or values.get("position_embedding_type", "absolute") != "absolute"
        or values.get("is_decoder")
        or not values.get("id2label")
        or not values.keys() >= _NEEDED
    ):
        return None
    values["id2label"] = {int(index): label for index, label in values["id2label"].items()}
    values["num_labels"] = len(values["id2label"])
    values.setdefault("problem_type", None)
    return SimpleNamespace(**values)


def _renamed(tensors: dict[str, Tensor], layers: int) -> Iterator[tuple[str, Tensor]]:
    """Tensors by the names that `RobertaClassifier` gives them; unknown ones under their own."""
    left = dict(tensors)
    # A buffer that early versions of transformers saved.
    left.pop("roberta.embeddings.position_ids", None)

    def take(name: str) -> Tensor:
        return left.pop(name, torch.empty(0))

    names = {
        "words.weight": "roberta.embeddings.word_embeddings.weight",
        "positions.weight": "roberta.embeddings.position_embeddings.weight",
        "types.weight": "roberta.embeddings.token_type_embeddings.weight",
    }
    for kind in ("weight", "bias"):
        names[f"norm.{kind}"] = f"roberta.embeddings.LayerNorm.{kind}"
        names[f"dense.{kind}"] = f"classifier.dense.{kind}"
        names[f"out_proj.{kind}"] = f"classifier.out_proj.{kind}"
        for layer in range(layers):
            theirs = f"roberta.encoder.layer.{layer}"
            names |= {
                f"layers.{layer}.query.{kind}": f"{theirs}.attention.self.query.{kind}",
                f"layers.{layer}.output.{kind}": f"{theirs}.attention.output.dense.{kind}",
                f"layers.{layer}.norm.{kind}": f"{theirs}.attention.output.LayerNorm.{kind}",
                f"layers.{layer}.up.{kind}": f"{theirs}.intermediate.dense.{kind}",
                f"layers.{layer}.down.{kind}": f"{theirs}.output.dense.{kind}",
                f"layers.{layer}.up_norm.{kind}": f"{theirs}.output.LayerNorm.{kind}",
            }
            both = [take(f"{theirs}.attention.self.{part}.{kind}") for part in ("key", "value")]
            yield f"layers.{layer}.key_value.{kind}", torch.cat(both)
    for ours, theirs in names.items():
        yield ours, take(theirs)
    yield from left.items()
