"""How fast PhoBERT's tokenizers are: sentences a second, each starting with a cold cache.

    python -m canbo.eval.bench_tokenizer SENTENCES.txt --threads 2

Without a file it reads the paragraphs of the dataset that ships with canbo.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Callable, Iterator, Sequence
from importlib.resources import as_file, files
from itertools import islice
from pathlib import Path
from typing import Any

from canbo.eval.bench_texts import shipped_paragraphs

__all__ = ["main"]

_STOCK = "PhobertTokenizer"


def main(argv: Sequence[str] | None = None) -> int:
    """Measure and print a table.

    Args:
        argv: command line arguments; None takes the process's.

    Returns:
        Exit status.
    """
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("sentences", nargs="?", type=Path, help="segmented text, a sentence a line")
    parser.add_argument("--tokenizer", help="PhoBERT folder or hub id; default: canbo's own")
    parser.add_argument("--limit", type=int, default=20_000, help="sentences read (%(default)s)")
    parser.add_argument("--threads", type=int, default=1, help="of Rust (%(default)s)")
    parser.add_argument("--repeats", type=int, default=3, help="the best counts (%(default)s)")
    arguments = parser.parse_args(argv)
    # Rust reads it when it encodes its first batch.
    os.environ["RAYON_NUM_THREADS"] = str(arguments.threads)
    os.environ["TOKENIZERS_PARALLELISM"] = "true"

    sentences = list(islice(_sentences(arguments.sentences), arguments.limit))
    with as_file(files("canbo.models") / "embedded" / "classifier") as shipped:
        seconds = _measure(
            _tokenizers(arguments.tokenizer or shipped), sentences, arguments.repeats
        )
    words = sum(len(sentence.split()) for sentence in sentences)
    print(f"{len(sentences):,} sentences, {words:,} words, {arguments.threads} threads of Rust")
    print(f"{'sentences a second':40} {'batch':>8} {'ratio':>6} {'single':>8} {'ratio':>6}")
    for name, ways in seconds.items():
        columns = (
            f"{len(sentences) / ways[way]:8,.0f} {seconds[_STOCK][way] / ways[way]:6.1f}"
            for way in ("batch", "single")
        )
        print(f"{name:40} {' '.join(columns)}")
    return 0


def _sentences(path: Path | None) -> Iterator[str]:
    if path is not None:
        with path.open(encoding="utf-8") as lines:
            yield from (line.rstrip("\n") for line in lines)
        return
    from canbo.models.segmentation import load_segmenter
    from canbo.models.text_encoding import segment_for_model

    texts = shipped_paragraphs("train")
    yield from (joined for joined, _ in segment_for_model(load_segmenter(), texts))


def _tokenizers(source: str | Path) -> dict[str, tuple[Callable[[], Any], dict[str, bool]]]:
    """Name the tokenizers, each with what makes a fresh one and options of its calls."""
    from transformers import AutoTokenizer, PhobertTokenizer

    from canbo.models.phobert_tokenizer import load_tokenizer

    return {
        _STOCK: (lambda: PhobertTokenizer.from_pretrained(source), {}),
        "canbo": (lambda: load_tokenizer(source), {}),
        "canbo, with offsets": (lambda: load_tokenizer(source), {"return_offsets_mapping": True}),
        "AutoTokenizer on the saved folder": (lambda: AutoTokenizer.from_pretrained(source), {}),
    }


def _measure(
    tokenizers: dict[str, tuple[Callable[[], Any], dict[str, bool]]],
    sentences: list[str],
    repeats: int,
) -> dict[str, dict[str, float]]:
    """Give for each tokenizer the seconds of its best run, in batches of 1,000 and one by one."""
    best: dict[str, dict[str, float]] = {name: {} for name in tokenizers}
    # In turns: what else the machine does slows all of them.
    for _ in range(repeats):
        for name, (make, options) in tokenizers.items():
            for way, step in (("batch", 1000), ("single", 1)):
                tokenizer = make()
                start = time.perf_counter()
                for first in range(0, len(sentences), step):
                    batch = sentences[first : first + step]
                    tokenizer(batch if way == "batch" else batch[0], **options)
                seconds = time.perf_counter() - start
                best[name][way] = min(seconds, best[name].get(way, seconds))
    return best


if __name__ == "__main__":
    raise SystemExit(main())
