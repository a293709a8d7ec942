import math
from pathlib import Path

import numpy as np
import pytest

from canbo.eval.metrics.embedding_similarity import (
    TextEncoder,
    embedding_means,
    embedding_scores,
    greedy_match,
)

TEXTS = ["Huyện ủy điều động ba cán bộ về xã.", "Trời mưa to, đường ngập.", "Ba cán bộ về xã."]


@pytest.fixture(scope="module")
def encoder() -> TextEncoder:
    return TextEncoder.from_pretrained(device="cpu")


def plain_bertscore(ours, theirs, our_weights, their_weights):
    def cosine(left, right):
        return sum(a * b for a, b in zip(left, right, strict=True))

    def mean_of_best(side, other, weights):
        best = [max(cosine(vector, candidate) for candidate in other) for vector in side]
        return sum(w * value for w, value in zip(weights, best, strict=True)) / sum(weights)

    precision = mean_of_best(ours, theirs, our_weights)
    recall = mean_of_best(theirs, ours, their_weights)
    return precision, recall, 2 * precision * recall / (precision + recall)


def test_matching_worked_out_by_hand() -> None:
    east, north = (1.0, 0.0), (0.0, 1.0)
    # Both tokens of the prediction find east; of the reference only east is found.
    assert greedy_match([east, east], [east, north]) == (1.0, 0.5, pytest.approx(2 / 3))
    # North weighs three times as much as east.
    assert greedy_match([east], [east, north], [1], [1, 3]) == (1.0, 0.25, pytest.approx(0.4))


@pytest.mark.parametrize("seed", range(20))
def test_matching_equals_a_plain_implementation(seed: int) -> None:
    random = np.random.default_rng(seed)
    ours, theirs = (random.random((random.integers(1, 9), 5)) for _ in range(2))
    ours, theirs = (side / np.linalg.norm(side, axis=1, keepdims=True) for side in (ours, theirs))
    weights = [random.random(len(side)) for side in (ours, theirs)]

    assert greedy_match(ours, theirs, *weights) == pytest.approx(
        plain_bertscore(ours.tolist(), theirs.tolist(), *(side.tolist() for side in weights))
    )
    assert greedy_match(ours, theirs) == pytest.approx(
        plain_bertscore(ours.tolist(), theirs.tolist(), [1] * len(ours), [1] * len(theirs))
    )


def test_a_text_without_tokens_or_weight_is_like_nothing() -> None:
    assert greedy_match(np.empty((0, 2)), [[1, 0]]) == (0, 0, 0)
    assert greedy_match([[1, 0]], [[1, 0]], [0], [0]) == (0, 0, 0)


def test_vectors_have_length_1_and_no_special_tokens(encoder: TextEncoder) -> None:
    first, blank = encoder.encode([TEXTS[1], " "])

    assert np.linalg.norm(first.vectors, axis=1) == pytest.approx(np.ones(len(first.ids)), abs=1e-5)
    assert len(first.ids) and not {0, 1, 2}.intersection(first.ids.tolist())  # <s>, <pad>, </s>
    assert blank.vectors.shape == (0, first.vectors.shape[1])


def test_vectors_do_not_depend_on_the_batch(encoder: TextEncoder) -> None:
    together = encoder.encode(TEXTS)
    alone = [encoder.encode([text])[0] for text in TEXTS]

    for left, right in zip(together, alone, strict=True):
        assert left.ids.tolist() == right.ids.tolist()
        assert left.vectors == pytest.approx(right.vectors, abs=1e-4)


def test_a_long_text_is_read_to_its_end(encoder: TextEncoder) -> None:
    (long,) = encoder.encode([" ".join(TEXTS * 60)])
    (short,) = encoder.encode([" ".join(TEXTS)])

    assert len(long.ids) == 60 * len(short.ids)
    assert len(long.ids) > 256


def test_a_text_is_most_like_itself(encoder: TextEncoder) -> None:
    same, other, near = embedding_scores(encoder, [TEXTS[0]] * 3, TEXTS)

    assert same == pytest.approx(dict.fromkeys(same, 1.0), abs=1e-5)
    assert other["bertscore_f1"] < near["bertscore_f1"] < 1
    assert other["cosine"] < near["cosine"] < 1
    # All that the shorter sentence says, the longer one holds.
    assert near["bertscore_recall"] > near["bertscore_precision"]


def test_rare_tokens_count_more_with_idf(encoder: TextEncoder) -> None:
    predictions, references = [TEXTS[0], TEXTS[1]], [TEXTS[2], TEXTS[1]]
    ours, theirs = encoder.encode(predictions), encoder.encode(references)

    def weights(ids):
        counts = [sum(token in text.ids for text in theirs) for token in ids]
        return [math.log(3 / (count + 1)) for count in counts]

    scores = embedding_scores(encoder, predictions, references, idf=True)

    expected = plain_bertscore(
        ours[0].vectors, theirs[0].vectors, weights(ours[0].ids), weights(theirs[0].ids)
    )
    assert tuple(scores[0].values())[:3] == pytest.approx(expected, abs=1e-5)
    assert scores[0] != embedding_scores(encoder, predictions, references)[0]


def test_means_over_pairs(encoder: TextEncoder) -> None:
    rows = embedding_scores(encoder, TEXTS[:2], TEXTS[1:])
    means = embedding_means(encoder, TEXTS[:2], TEXTS[1:])

    assert means == pytest.approx({k: (rows[0][k] + rows[1][k]) / 2 for k in rows[0]})


def test_uneven_and_empty_lists_are_refused(encoder: TextEncoder) -> None:
    with pytest.raises(ValueError, match="1 predictions, but 0 references"):
        embedding_scores(encoder, ["một"], [])
    with pytest.raises(ValueError, match="empty"):
        embedding_means(encoder, [], [])


def test_a_pretrained_phobert_folder_gives_the_vectors(tiny_phobert: Path) -> None:
    encoder = TextEncoder.from_pretrained(tiny_phobert, device="cpu")

    (embedding,) = encoder.encode([TEXTS[0]])

    assert embedding.vectors.shape == (len(embedding.ids), 32)


def test_it_loads_as_an_evaluate_module_without_a_network(load_metric) -> None:
    metric = load_metric("embedding_similarity")
    scores = metric.compute(predictions=TEXTS, references=TEXTS, idf=True)
    assert scores["bertscore_f1"] == pytest.approx(1.0, abs=1e-5)
