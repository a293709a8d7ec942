"""How good the rewrites are that the rules make: counted on rewrites that were read.

    python -m canbo.eval.bench_rewrites --vietnews vietnews/train.parquet

``data/canbo-rewrites/judged.jsonl`` holds rewrites that the rules of `canbo.models.rewriting` made,
each with a reader's verdict. A change of the rules should lose those that were found bad and keep
the good ones; this counts both. Rewrites that it makes for the first time nobody has read.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from canbo.models.rewriting.summarizer import rewritable
from canbo.models.segmentation import load_segmenter
from canbo.train.rewrites import SentenceRewrite, named_articles, read_rewrites, read_sentences

__all__ = ["Count", "count", "main"]

_DATA = Path(__file__).parents[1] / "data"


@dataclass(frozen=True)
class Count:
    """Of some rewrites that were read, what the rules still make.

    Attributes:
        read: how many.
        good: of these fluent and true.
        made: of those read, still made.
        made_good: of these fluent and true.
    """

    read: int
    good: int
    made: int
    made_good: int


def count(rewrites: Sequence[tuple[SentenceRewrite, bool]]) -> Count:
    """Count rewrites.

    Args:
        rewrites: that were read, each with whether the rules make it.
    """
    good = [bool(row.verdict and row.verdict.good) for row, _ in rewrites]
    made = [is_made for _, is_made in rewrites]
    both = sum(one and other for one, other in zip(good, made, strict=True))
    return Count(len(rewrites), sum(good), sum(made), both)


def main(argv: list[str] | None = None) -> int:
    """Count, and print a line for each file of articles and for all.

    Args:
        argv: ``[--judged FILE] [--vietnews FILE]``.

    Returns:
        Exit status.

    Raises:
        canbo.data.rewrites.RewriteError: the judged rewrites are not of the form, or do not fit the
            articles.
        OSError: a file cannot be read.
    """
    parser = argparse.ArgumentParser(prog="python -m canbo.eval.bench_rewrites", allow_abbrev=False)
    parser.add_argument("--judged", type=Path, default=_DATA / "canbo-rewrites" / "judged.jsonl")
    parser.add_argument("--vietnews", type=Path, help="its train.parquet; else its are left out")
    arguments = parser.parse_args(argv)
    articles = named_articles(
        arguments.judged,
        _DATA / "canbo-themes" / "articles",
        {"vietnews/train": arguments.vietnews},
        judged=True,
    )
    rewrites = read_rewrites(arguments.judged, articles, judged=True)
    sentences = read_sentences(articles, {(row.file, row.article) for row in rewrites})
    segmenter = load_segmenter()
    found: dict[str, list[tuple[SentenceRewrite, bool]]] = defaultdict(list)
    for row in rewrites:
        options = rewritable(sentences[row.file, row.article], [row.sentence], segmenter)
        is_made = any(row.text in one.rewrites for one in options)
        found[row.file].append((row, is_made))
        found["all"].append((row, is_made))
    print("| rewrites of | read | good | still made | good |\n| --- | --- | --- | --- | --- |")
    for file in sorted(found, key=lambda name: (name == "all", name)):
        n = count(found[file])
        print(
            f"| {file} | {n.read} | {n.good / n.read:.1%} | {n.made} |"
            f" {n.made_good / max(1, n.made):.1%} |"
        )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
