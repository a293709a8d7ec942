"""Fit the shipped word segmenter to two teachers: pyvi, and the corpus's own word marks.

pyvi (a CRF with a dictionary) agrees best with a treebank but is slow and loads its model with
pickle, so canbo does not use it at run time. vietnews comes with words marked by the segmenter that
PhoBERT's own text was made with. The mean of the two votes on every gap of vietnews is what a
linear model over hashed features learns here, once; pyvi's word list becomes its dictionary.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from itertools import islice, pairwise
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from canbo.data.vietnews import detokenize, read_ids, read_segmented_sentences
from canbo.models.boundary_segmenter import (
    FEATURE_BITS,
    boundary_features,
    dictionary_keys,
    joinable,
)
from canbo.models.syllables import tokenize

__all__ = ["SegmenterArguments", "main"]


@dataclass
class SegmenterArguments:
    """Settings of `canbo train segmenter`.

    Attributes:
        corpus: vietnews parquet file.
        leave_out: file of article ids not to use.
        output_dir: folder for ``model.safetensors``.
        syllables: how many tokens to label.
        every: use every n-th article, to spread them over the corpus.
        epochs: passes over the labelled text.
        batch_size: gaps a step.
        learning_rate: of Adam, falling linearly to zero.
        dropout: share of a gap's features that a step leaves out, so that none is relied on alone.
        seed: of the order of batches and of what is left out.
    """

    corpus: Path
    leave_out: Path
    output_dir: Path
    syllables: int = 10_000_000
    every: int = 3
    epochs: int = 2
    batch_size: int = 8192
    learning_rate: float = 0.02
    dropout: float = 0.3
    seed: int = 20261121


def main(argv: list[str] | None = None) -> int:
    """Fit the segmenter as a YAML file and options say.

    Args:
        argv: path of a YAML file of `SegmenterArguments`, then ``--field value`` pairs.

    Returns:
        Exit status.
    """
    from canbo.train.arguments import parse_config
    from canbo.train.record import write_record

    (arguments,) = parse_config((SegmenterArguments,), argv)
    word_list = (files("pyvi") / "models" / "words.txt").read_text(encoding="utf-8")
    dictionary = dictionary_keys(word_list.splitlines())
    features, votes = _labelled_gaps(arguments, dictionary)
    weights, bias = _fit(features, votes, arguments)
    _save(weights, bias, dictionary, arguments.output_dir)
    write_record(arguments.output_dir, arguments, data=[arguments.corpus])
    return 0


def _sentences(arguments: SegmenterArguments) -> Iterator[tuple[str, str]]:
    """Sentences as people write them, each with the corpus's word marks."""
    articles = read_segmented_sentences(arguments.corpus, read_ids(arguments.leave_out))
    for lines in islice(articles, 0, None, arguments.every):
        for marked in lines:
            text = detokenize(marked)
            # Both teachers mark words with "_": text that holds one of its own says nothing.
            if "_" not in text:
                yield text, marked


def _labelled_gaps(
    arguments: SegmenterArguments, dictionary: npt.NDArray[np.uint64]
) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.float32]]:
    """Features of gaps, of shape (gaps, features), and the share of teachers that join them."""
    from pyvi import ViTokenizer
    from tqdm import tqdm

    features = []
    votes = []
    with tqdm(total=arguments.syllables, unit="tok", unit_scale=True, desc="labelling") as bar:
        for text, marked in _sentences(arguments):
            spans = tokenize(text)
            if len(spans) < 2:
                continue
            teachers = [_positions_inside_words(ViTokenizer.tokenize(text))]
            teachers.append(_positions_inside_words(marked))
            solid_before = np.cumsum([0] + [not character.isspace() for character in text])
            rows = boundary_features([text[start:end] for start, end in spans], dictionary)
            pairs = list(pairwise(spans))
            asked = np.array([joinable(text, left, right) for left, right in pairs])
            places = [int(solid_before[right[0]]) for _, right in pairs]
            vote = np.array([[place in inside for inside in teachers] for place in places])
            features.append(rows[asked].astype(np.int32))
            votes.append(vote[asked].mean(axis=1, dtype=np.float32))
            bar.update(len(spans))
            if bar.n >= arguments.syllables:
                break
    return np.concatenate(features), np.concatenate(votes)


def _positions_inside_words(segmented: str) -> set[int]:
    """Count non-space characters before each ``_`` of the teacher's output."""
    positions = set()
    solid = 0
    for character in segmented:
        if character == "_":
            positions.add(solid)
        elif not character.isspace():
            solid += 1
    return positions


def _fit(
    features: npt.NDArray[np.int32],
    votes: npt.NDArray[np.float32],
    arguments: SegmenterArguments,
) -> tuple[npt.NDArray[np.float32], float]:
    import torch
    from tqdm import tqdm

    torch.manual_seed(arguments.seed)
    order = np.random.default_rng(arguments.seed)
    table = torch.nn.EmbeddingBag(2**FEATURE_BITS, 1, mode="sum", sparse=True)
    torch.nn.init.zeros_(table.weight)
    bias = torch.nn.Parameter(torch.zeros(1))
    optimizers = [
        torch.optim.SparseAdam(table.parameters(), lr=arguments.learning_rate),
        torch.optim.Adam([bias], lr=arguments.learning_rate),
    ]
    steps = arguments.epochs * (len(votes) // arguments.batch_size)
    step = 0
    with tqdm(total=steps, unit="step", desc="fitting") as bar:
        for _ in range(arguments.epochs):
            shuffled = order.permutation(len(votes))
            for first in range(0, len(votes) - arguments.batch_size + 1, arguments.batch_size):
                chosen = shuffled[first : first + arguments.batch_size]
                indices = torch.from_numpy(features[chosen]).long()
                kept = (torch.rand(indices.shape) >= arguments.dropout) / (1 - arguments.dropout)
                logits = table(indices, per_sample_weights=kept)[:, 0] + bias
                loss = torch.nn.functional.binary_cross_entropy_with_logits(
                    logits, torch.from_numpy(votes[chosen])
                )
                for optimizer in optimizers:
                    optimizer.param_groups[0]["lr"] = arguments.learning_rate * (1 - step / steps)
                    optimizer.zero_grad()
                loss.backward()  # type: ignore[no-untyped-call]
                for optimizer in optimizers:
                    optimizer.step()
                step += 1
                bar.update()
            bar.set_postfix(loss=f"{loss.item():.4f}")
    return table.weight.detach()[:, 0].numpy(), float(bias.detach())


def _save(
    weights: npt.NDArray[np.float32],
    bias: float,
    dictionary: npt.NDArray[np.uint64],
    output_dir: Path,
) -> None:
    from safetensors.numpy import save_file

    output_dir.mkdir(parents=True, exist_ok=True)
    tensors: dict[str, npt.NDArray[Any]] = {
        "weights": weights.astype(np.float16),
        "bias": np.array([bias], dtype=np.float32),
        "dictionary": dictionary,
    }
    save_file(tensors, output_dir / "model.safetensors")


if __name__ == "__main__":
    raise SystemExit(main())
