from __future__ import annotations

from canbo.models.batching import length_batches


def test_batches_hold_every_index_once_by_length():
    batches = length_batches([5, 1, 9, 3, 7], 2)
    assert batches == [[1, 3], [0, 4], [2]]
