"""Batches of like length."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

__all__ = ["length_batches", "token_batches"]


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


def token_batches(lengths: Sequence[int], tokens: int) -> Iterator[list[int]]:
    """Group indices of similar length into batches of about equal work.

    Args:
        lengths: tokens of each item.
        tokens: tokens a batch at most; a longer item is a batch by itself.

    Yields:
        Batches of indices, shortest items first, each index in exactly one.
    """
    batch: list[int] = []
    total = 0
    for index in sorted(range(len(lengths)), key=lambda index: lengths[index]):
        if batch and total + lengths[index] > tokens:
            yield batch
            batch, total = [], 0
        batch.append(index)
        total += lengths[index]
    if batch:
        yield batch
