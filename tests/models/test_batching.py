from __future__ import annotations

from canbo.models.batching import length_batches, token_batches


def test_batches_hold_every_index_once_by_length():
    batches = length_batches([5, 1, 9, 3, 7], 2)
    assert batches == [[1, 3], [0, 4], [2]]


def test_batches_by_tokens_are_full_at_most_and_a_longer_item_is_alone():
    # 1 + 3 + 5 are 9 and 7 would make 16; 11 is more than a batch may hold.
    assert list(token_batches([5, 1, 11, 3, 7], 10)) == [[1, 3, 0], [4], [2]]
    assert list(token_batches([], 10)) == []
