"""Make pairs of a sentence and its rewrite, to fine-tune the summarizer that rewrites.

    canbo train pairs configs/summarizer/pairs.yaml

Two sources. Rewrites of single sentences that were written for this (``data/canbo-rewrites``); and
what editors did: a sentence of an article's abstract beside the one sentence of the article that
holds nearly all of its words, as Chen & Bansal (2018) align their pairs, and every number and name.
What an editor knew from elsewhere is not in such a sentence, so a model trained on these pairs
writes what it read.
"""

from __future__ import annotations

import json
import logging
import random
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from canbo.data.summaries import SummaryExample, read_summaries
from canbo.data.vietnews import read_ids
from canbo.models.extractive import Sentences, stands_alone
from canbo.models.faithfulness import SourceFacts
from canbo.models.sentences import split_sentences
from canbo.models.syllables import words_of
from canbo.train.arguments import ConfigError, parse_config
from canbo.train.record import write_record
from canbo.train.rewrites import named_articles, read_rewrites

__all__ = ["PairArguments", "aligned_pairs", "main"]

logger = logging.getLogger(__name__)

_SHORTEST, _LONGEST = 8, 60  # syllables of an abstract's sentence
_LONGEST_SOURCE = 90
_NEIGHBOURS_HELD = 0.4  # share of its pairs of neighbouring words that the article's sentence holds

Pair = tuple[str, str]  # a sentence, its rewrite


@dataclass
class PairArguments:
    """Where the pairs come from.

    Attributes:
        articles_file: articles with abstracts, as `canbo.data.summaries` reads them, to align; the
            rewrites of ``vietnews/train`` take their sentences from it. Without it nothing is
            aligned and these are left out: what stays are the rewrites of canbo-themes.
        leave_out_file: ids, one a line, of its articles that are not aligned.
        rewrites_file: as of `canbo.train.rewrites.read_rewrites`.
        validation_rewrites_file: likewise, for choosing.
        canbo_themes: folder with the articles of canbo-themes.
        output_dir: folder for ``train.jsonl`` and ``validation.jsonl``, as `canbo train summarizer`
            reads them.
        words_held: share of the words of an abstract's sentence that the article's sentence must
            hold.
        seed: of the order.
    """

    rewrites_file: Path
    validation_rewrites_file: Path
    output_dir: Path
    articles_file: Path | None = None
    leave_out_file: Path | None = None
    canbo_themes: Path = Path("data/canbo-themes/articles")
    words_held: float = 0.85
    seed: int = 20261122


def main(argv: list[str] | None = None) -> int:
    """Make the pairs as a YAML file and options say.

    Args:
        argv: path of a YAML file of `PairArguments`, then ``--field value`` pairs.

    Returns:
        Exit status.

    Raises:
        ConfigError: the config, an override or a data file is wrong.
        canbo.data.rewrites.RewriteError: the rewrites do not fit the articles.
    """
    (arguments,) = parse_config((PairArguments,), argv)
    written = _written(arguments.rewrites_file, arguments)
    validation = _written(arguments.validation_rewrites_file, arguments)
    left_out = read_ids(arguments.leave_out_file) if arguments.leave_out_file else frozenset()
    aligned = (
        list(_aligned(arguments.articles_file, left_out, arguments.words_held))
        if arguments.articles_file
        else []
    )
    train = [*aligned, *written]
    random.Random(arguments.seed).shuffle(train)
    arguments.output_dir.mkdir(parents=True, exist_ok=True)
    _write(arguments.output_dir / "train.jsonl", train)
    _write(arguments.output_dir / "validation.jsonl", validation)
    files = (arguments.articles_file, arguments.leave_out_file, arguments.rewrites_file)
    write_record(
        arguments.output_dir,
        arguments,
        data=[
            *(path for path in (*files, arguments.validation_rewrites_file) if path),
            *sorted(arguments.canbo_themes.glob("train*.jsonl")),
        ],
        results={"aligned": len(aligned), "written": len(written), "validation": len(validation)},
    )
    logger.info(
        "%d aligned, %d written, %d to choose by", len(aligned), len(written), len(validation)
    )
    return 0


def _written(path: Path, arguments: PairArguments) -> list[Pair]:
    vietnews = {"vietnews/train": arguments.articles_file}
    articles = named_articles(path, arguments.canbo_themes, vietnews)
    return [(row.source, row.text) for row in read_rewrites(path, articles)]


def _aligned(path: Path, left_out: frozenset[str], words_held: float) -> Iterator[Pair]:
    from tqdm import tqdm

    try:
        for example in tqdm(read_summaries(path, left_out), desc="aligning", unit="article"):
            yield from aligned_pairs(example, words_held)
    except (OSError, ValueError) as error:
        raise ConfigError(f"cannot read articles: {error}") from error


def aligned_pairs(example: SummaryExample, words_held: float) -> Iterator[Pair]:
    """Find, for sentences of an abstract, the sentence of the article that they were made of.

    Args:
        example: article and abstract.
        words_held: share of the words of an abstract's sentence that the other must hold; of their
            neighbouring pairs it holds 0.4.

    Yields:
        The article's sentence and the abstract's, which is another, not longer, stands alone and
        states no number and no name that the article's sentence does not.
    """
    sentences = Sentences(example.document)
    usable = [i for i in sentences.prose if len(sentences.words[i]) <= _LONGEST_SOURCE]
    for start, end in split_sentences(example.abstract):
        text = example.abstract[start:end]
        words = words_of(text)
        if not _SHORTEST <= len(words) <= _LONGEST or not stands_alone(text):
            continue
        held = {
            i: (
                _held(words, sentences.words[i]),
                _held(pairwise(words), pairwise(sentences.words[i])),
            )
            for i in usable
        }
        best = max(held, key=lambda i: sum(held[i]), default=None)
        if best is None or held[best][0] < words_held or held[best][1] < _NEIGHBOURS_HELD:
            continue
        source = sentences.texts[best]
        longer = len(words) > len(sentences.words[best])
        if text != source and not longer and not SourceFacts(source).unsupported(text):
            yield source, text


def _held(wanted: Iterable[object], found: Iterable[object]) -> float:
    """Share of the wanted items, each as often as it is wanted, that are found."""
    counts = Counter(wanted)
    return (counts & Counter(found)).total() / max(1, counts.total())


def _write(path: Path, pairs: Iterable[Pair]) -> None:
    rows = (
        {"id": str(i), "text": source, "abstract": text} for i, (source, text) in enumerate(pairs)
    )
    with path.open("w", encoding="utf-8") as file:
        file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


if __name__ == "__main__":
    raise SystemExit(main())
