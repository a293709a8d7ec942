"""Batches of like length."""

from __future__ import annotations

from collections.abc import Sequence

__all__ = ["length_batches"]


def length_batches(lengths: Sequence[int], batch_size: int) -> list[list[int]]:
    """Group indices of similar length, so that little is padded.

    Args:
        lengths: length of each item.
        batch_size: items a batch at most.

    Returns:
        Batches of indices, each index in exactly one.
    """
    order = sorted(range(len(lengths)), key=lambda index: lengths[index])
    return [order[first : first + batch_size] for first in range(0, len(order), batch_size)]
