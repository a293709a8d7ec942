"""Fit the shipped word segmenter to the words that a slower library finds in news text.

pyvi (a CRF with dictionaries) is accurate but slow, and loads its model with pickle, so canbo does
not use it at run time. It labels sentences of vietnews here, once, and a linear model over hashed
features learns the same decisions.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt

from canbo.data.vietnews import read_ids, read_news
from canbo.models.segmentation import boundary_features, joinable, tokenize

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
        seed: of the order of batches.
    """

    corpus: Path
    leave_out: Path
    output_dir: Path
    syllables: int = 10_000_000
    every: int = 3
    epochs: int = 3
    batch_size: int = 8192
    learning_rate: float = 0.02
    seed: int = 20261121


def main(argv: list[str] | None = None) -> int:
    """Fit the segmenter as a YAML file and options say.

    Args:
        argv: path of a YAML file of `SegmenterArguments`, then ``--field value`` pairs.

    Returns:
        Exit status.
    """
    from canbo.train.arguments import parse_config

    (arguments,) = parse_config((SegmenterArguments,), argv)
    features, joins = _labelled_gaps(arguments)
    weights, bias = _fit(features, joins, arguments)
    _save(weights, bias, arguments.output_dir)
    return 0


def _sentences(arguments: SegmenterArguments) -> Iterator[str]:
    articles = read_news(arguments.corpus, read_ids(arguments.leave_out))
    for number, article in enumerate(articles):
        if number % arguments.every == 0:
            # The teacher marks words with "_", so text that holds one of its own says nothing.
            yield from (
                sentence
                for sentence in (article.title, article.abstract, *article.sentences)
                if "_" not in sentence
            )


def _labelled_gaps(
    arguments: SegmenterArguments,
) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.float32]]:
    from pyvi import ViTokenizer
    from tqdm import tqdm

    features = []
    joins = []
    with tqdm(total=arguments.syllables, unit="tok", unit_scale=True, desc="labelling") as bar:
        for sentence in _sentences(arguments):
            spans = tokenize(sentence)
            if len(spans) < 2:
                continue
            inside = _positions_inside_words(ViTokenizer.tokenize(sentence))
            solid_before = np.cumsum([0] + [not character.isspace() for character in sentence])
            rows = boundary_features([sentence[start:end] for start, end in spans])
            pairs = list(pairwise(spans))
            asked = np.array([joinable(sentence, left, right) for left, right in pairs])
            label = np.array([int(solid_before[right[0]]) in inside for _, right in pairs])
            features.append(rows[asked].astype(np.int32))
            joins.append(label[asked].astype(np.float32))
            bar.update(len(spans))
            if bar.n >= arguments.syllables:
                break
    return np.concatenate(features), np.concatenate(joins)


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
    joins: npt.NDArray[np.float32],
    arguments: SegmenterArguments,
) -> tuple[npt.NDArray[np.float32], float]:
    import torch
    from tqdm import tqdm

    torch.manual_seed(arguments.seed)
    order = np.random.default_rng(arguments.seed)
    table = torch.nn.EmbeddingBag(2**20, 1, mode="sum", sparse=True)
    torch.nn.init.zeros_(table.weight)
    bias = torch.nn.Parameter(torch.zeros(1))
    optimizers = [
        torch.optim.SparseAdam(table.parameters(), lr=arguments.learning_rate),
        torch.optim.Adam([bias], lr=arguments.learning_rate),
    ]
    steps = arguments.epochs * (len(joins) // arguments.batch_size)
    step = 0
    with tqdm(total=steps, unit="step", desc="fitting") as bar:
        for _ in range(arguments.epochs):
            shuffled = order.permutation(len(joins))
            for first in range(0, len(joins) - arguments.batch_size + 1, arguments.batch_size):
                chosen = shuffled[first : first + arguments.batch_size]
                logits = table(torch.from_numpy(features[chosen]).long())[:, 0] + bias
                loss = torch.nn.functional.binary_cross_entropy_with_logits(
                    logits, torch.from_numpy(joins[chosen])
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


def _save(weights: npt.NDArray[np.float32], bias: float, output_dir: Path) -> None:
    from safetensors.numpy import save_file

    output_dir.mkdir(parents=True, exist_ok=True)
    save_file(
        {"weights": weights.astype(np.float16), "bias": np.array([bias], dtype=np.float32)},
        output_dir / "model.safetensors",
        metadata={"teacher": "pyvi", "corpus": "vietnews train"},
    )


if __name__ == "__main__":
    raise SystemExit(main())
