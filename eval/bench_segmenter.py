"""How well and how fast segmenters find Vietnamese words: against a treebank, and in syllables/s.

    python -m canbo.eval.bench_segmenter --gold vi_vtb-ud-test.conllu

Without ``--text`` the speed is taken on the articles of the dataset that ships with canbo.
"""

from __future__ import annotations

import argparse
import re
import time
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate, pairwise
from pathlib import Path

from canbo.data.errors import UserError
from canbo.eval.bench_texts import shipped_articles
from canbo.models.segmentation import Segmenter, SegmenterError, load_segmenter
from canbo.models.syllables import Span

__all__ = ["TreebankError", "main", "read_treebank", "word_scores"]

_NAMES = ("canbo", "underthesea", "vncorenlp")
_COLUMNS = 10
# A word, the range of a multiword token, an empty node.
_ID = re.compile(r"[1-9][0-9]*|[0-9]+-[0-9]+|[0-9]+\.[0-9]+")
_LEAST_SECONDS = 2.0


class TreebankError(UserError):
    """A treebank's file breaks the form; the message names file and line."""


def main(argv: Sequence[str] | None = None) -> int:
    """Measure and print a table.

    Args:
        argv: command line arguments; None takes the process's.

    Returns:
        Exit status.
    """
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--gold", type=Path, required=True, help="CoNLL-U file of gold words")
    parser.add_argument(
        "--names", nargs="+", choices=_NAMES, default=_NAMES, help="segmenters; default: all"
    )
    parser.add_argument("--text", type=Path, help="UTF-8 text to time, a paragraph a line")
    arguments = parser.parse_args(argv)
    try:
        sentences = list(read_treebank(arguments.gold))
        texts = _texts(arguments.text)
    except (UserError, OSError) as error:
        parser.error(str(error))

    syllables = sum(len(text.split()) for text in texts)
    words = sum(map(len, sentences))
    print(f"{len(sentences):,} sentences, {words:,} words; timed on {syllables:,} syllables")
    print(f"{'':12} {'F1':>6} {'precision':>10} {'recall':>7} {'syllables/s':>12}")
    for name in arguments.names:
        try:
            segmenter = load_segmenter(name)
        except SegmenterError as error:
            print(f"{name:12} skipped: {error}")
            continue
        precision, recall, f1 = word_scores(segmenter, sentences)
        speed = syllables / _seconds(segmenter, texts)
        print(f"{name:12} {f1:6.3f} {precision:10.3f} {recall:7.3f} {speed:12,.0f}")
    return 0


def read_treebank(path: Path) -> Iterator[list[str]]:
    """Yield the words of each sentence of a CoNLL-U file.

    Args:
        path: UTF-8; the words are the forms of rows with an integer id
            (https://universaldependencies.org/format.html).

    Raises:
        TreebankError: a line is not of that form, or the file holds no word.
        OSError: the file cannot be read.
    """
    sentence: list[str] = []
    is_empty = True
    with path.open("rb") as lines:
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                if sentence:
                    yield sentence
                sentence = []
            elif not line.startswith(b"#"):
                sentence.extend(_row_words(f"{path}:{number}", line, len(sentence) + 1))
                is_empty = is_empty and not sentence
    if is_empty:
        raise TreebankError(f"{path}: holds no word; name a CoNLL-U file")
    if sentence:
        yield sentence


def _row_words(where: str, line: bytes, expected: int) -> Iterator[str]:
    """Give the word of a row, if it is one; its id has to be the expected one."""
    try:
        columns = line.decode("utf-8").rstrip("\r\n").split("\t")
    except UnicodeDecodeError as error:
        raise TreebankError(f"{where}: not UTF-8; save the file in that encoding") from error
    if len(columns) != _COLUMNS:
        raise TreebankError(
            f"{where}: has {len(columns)} columns; CoNLL-U has {_COLUMNS}, parted by tabs"
        )
    row, form = columns[:2]
    if not _ID.fullmatch(row):
        raise TreebankError(f"{where}: column 1 is {row!r}; it needs an id such as 1, 1-2 or 1.1")
    if not row.isdecimal():
        return
    if int(row) != expected:
        raise TreebankError(
            f"{where}: word {row} stands where word {expected} should; ids count from 1, and a "
            "blank line parts sentences"
        )
    if not form.strip():
        raise TreebankError(f"{where}: column 2, the word, is empty")
    yield form


def word_scores(
    segmenter: Segmenter, sentences: Sequence[Sequence[str]]
) -> tuple[float, float, float]:
    """Compare the words that a segmenter finds with gold ones.

    A word is right where both its ends are, counted in characters that are not white space. Counts
    are summed over all sentences (micro average), as in the evaluation of CoNLL 2018's shared task
    (Zeman et al., 2018).

    Args:
        segmenter: what is measured; it reads the words of a sentence joined by spaces.
        sentences: gold words of each sentence.

    Returns:
        Precision, recall and F1, each from 0 to 1; 0 where nothing was there to find.
    """
    texts = [" ".join(words) for words in sentences]
    hits = found = gold = 0
    for text, words, spans in zip(texts, sentences, segmenter.segment(texts), strict=True):
        predicted = _solid(text, spans)
        expected = _solid(text, _joined_spans(words))
        hits += len(predicted & expected)
        found += len(predicted)
        gold += len(expected)
    return hits / max(found, 1), hits / max(gold, 1), 2 * hits / max(found + gold, 1)


def _joined_spans(words: Sequence[str]) -> list[Span]:
    """Give the spans of words in their text, which joins them by spaces."""
    starts = accumulate((len(word) + 1 for word in words), initial=0)
    return [(start, following - 1) for start, following in pairwise(starts)]


def _solid(text: str, spans: Iterable[Span]) -> set[Span]:
    """Count the ends of spans in characters that are not white space."""
    before = list(accumulate((not letter.isspace() for letter in text), initial=0))
    return {(before[start], before[end]) for start, end in spans}


def _texts(path: Path | None) -> list[str]:
    if path is None:
        return [text for example in shipped_articles() for text in example.document.paragraphs]
    try:
        texts = [line for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    except UnicodeDecodeError as error:
        raise UserError(f"{path}: not UTF-8; save the file in that encoding") from error
    if not texts:
        raise UserError(f"{path}: holds no text to time")
    return texts


def _seconds(segmenter: Segmenter, texts: Sequence[str]) -> float:
    """Give the seconds of the best pass over the texts, of as many as fill the least time."""
    # The best: what else the machine does slows the others.
    passes: list[float] = []
    while sum(passes) < _LEAST_SECONDS or not passes:
        start = time.perf_counter()
        segmenter.segment(texts)
        passes.append(time.perf_counter() - start)
    return min(passes)


if __name__ == "__main__":
    raise SystemExit(main())
