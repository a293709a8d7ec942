"""Build the data set ``data/canbo-rewrites`` from batches of sentences and their rewrites.

    python -m canbo.train.build_canbo_rewrites BATCHES --vietnews vietnews/train.parquet \\
        --validation b04

A batch is two files: ``bNN.json``, a list of sentences ``{"id", "place", "text"}`` (of vietnews'
training articles; ``"file"`` names a file of canbo-themes' articles instead), and ``bNN.out``,
``k<TAB>rewrite`` a line for the k-th of them, ``-`` where there is none. A batch that is not
complete is named and waits for the next run. Written are ``train.jsonl``, ``validation.jsonl`` and
the figures in the card; the same batches give the same bytes.
"""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from statistics import fmean

from canbo.data.rewrites import RewriteError, decode_rewrite, encode_rewrite, sentence_check
from canbo.data.unicode import squeeze
from canbo.models.faithfulness import SourceFacts
from canbo.models.sentences import split_sentences
from canbo.models.syllables import words_of
from canbo.train.rewrites import SentenceRewrite, read_sentences

__all__ = ["choose", "main", "read_batch", "stored_row"]

_DATA = Path(__file__).parents[1] / "data"
_VIETNEWS = "vietnews/train"
_OWN = {
    f"canbo-themes/{name}": _DATA / "canbo-themes" / "articles" / f"{name}.jsonl"
    for name in ("train", "train-more")
}
_NONE = "-"
_LEAST = 8  # syllables
_TWICE = "written twice"
_HELD_OUT = "its sentence stands in validation"
_MARKS = ("<!-- figures, written by the builder -->\n", "<!-- end of figures -->")


def main(argv: list[str] | None = None) -> int:
    """Write the data set and print what was left out.

    Args:
        argv: ``BATCHES --vietnews FILE --validation NAME``, optionally ``--folder DIR``.

    Returns:
        Exit status.

    Raises:
        RewriteError: a batch is not of the form or does not fit the articles.
        OSError: a file cannot be read or written.
    """
    parser = ArgumentParser(prog="python -m canbo.train.build_canbo_rewrites", allow_abbrev=False)
    parser.add_argument("batches", type=Path, help="folder of bNN.json and bNN.out")
    parser.add_argument("--vietnews", type=Path, required=True, help="its train.parquet")
    parser.add_argument("--validation", required=True, help="name of the batch that is held out")
    parser.add_argument("--folder", type=Path, default=_DATA / "canbo-rewrites", help="written to")
    arguments = parser.parse_args(sys.argv[1:] if argv is None else argv)
    batches = {
        path.stem: pairs
        for path in sorted(arguments.batches.glob("b*.json"))
        if (pairs := read_batch(path)) is not None
    }
    if arguments.validation not in batches:
        raise RewriteError(f"{arguments.batches}: no complete batch {arguments.validation!r}")
    everything = [pair for pairs in batches.values() for pair in pairs]
    _compare(everything, {_VIETNEWS: arguments.vietnews, **_OWN})
    held_out = batches.pop(arguments.validation)
    left_out: Counter[str] = Counter()
    validation = choose(held_out, left_out)
    rest = [pair for pairs in batches.values() for pair in pairs]
    train = choose(rest, left_out, frozenset(pair.source for pair in held_out))
    splits = {"train": train, "validation": validation}
    for name, pairs in splits.items():
        lines = [json.dumps(stored_row(pair), ensure_ascii=False) + "\n" for pair in pairs]
        (arguments.folder / f"{name}.jsonl").write_text("".join(lines), encoding="utf-8")
    figures = _figures(splits, left_out, len(everything))
    _write_figures(arguments.folder / "README.md", figures)
    print(figures)
    return 0


def read_batch(path: Path) -> list[SentenceRewrite] | None:
    """Read a batch.

    Args:
        path: its ``bNN.json``; ``bNN.out`` lies beside it.

    Returns:
        A pair for each sentence, with the text ``-`` where no rewrite was written; None, and a
        printed line, where the rewrites are not all there yet.

    Raises:
        RewriteError: a line of ``bNN.out`` is not of the form.
        OSError: a file cannot be read.
    """
    answers = path.with_suffix(".out")
    if not answers.exists():
        print(f"{answers}: not there")
        return None
    rows = json.loads(path.read_text(encoding="utf-8"))
    texts: dict[int, str] = {}
    lines = answers.read_text(encoding="utf-8").removesuffix("\n").split("\n")
    for number, line in enumerate(lines, start=1):
        key, tab, text = line.partition("\t")
        if not (tab and key.isdecimal() and int(key) < len(rows)) or int(key) in texts:
            raise RewriteError(
                f"{answers}:{number}: expected k<TAB>rewrite, k below {len(rows)} and once"
            )
        texts[int(key)] = squeeze(text)
    if len(texts) < len(rows):
        print(f"{answers}: {len(texts)} of {len(rows)} rewrites, not complete yet")
        return None
    return [
        SentenceRewrite(
            f"canbo-themes/{row['file']}" if "file" in row else _VIETNEWS,
            row["id"],
            row["place"],
            row["text"],
            texts[k],
        )
        for k, row in enumerate(rows)
    ]


def _compare(pairs: Sequence[SentenceRewrite], articles: Mapping[str, Path]) -> None:
    """Hold the batches' sentences against the articles."""
    sentences = read_sentences(articles, ((pair.file, pair.article) for pair in pairs))
    for pair in pairs:
        found = sentences.get((pair.file, pair.article), [])
        if found[pair.sentence : pair.sentence + 1] != [pair.source]:
            raise RewriteError(
                f"sentence {pair.sentence} of {pair.file} {pair.article} is not that of its batch:"
                " draw the batch again"
            )


def choose(
    pairs: Iterable[SentenceRewrite],
    left_out: Counter[str],
    held_out: frozenset[str] = frozenset(),
) -> list[SentenceRewrite]:
    """Keep the rewrites that are fit to be learnt from.

    Args:
        pairs: in any order.
        left_out: what is left out is counted here by its reason.
        held_out: source sentences that may not be used.

    Returns:
        Those kept by file, article, sentence and text.
    """
    kept: list[SentenceRewrite] = []
    seen: set[tuple[str, str]] = set()
    for pair in sorted(pairs, key=lambda pair: (pair.file, pair.article, pair.sentence, pair.text)):
        reason = _flaw(pair)
        if reason is None and pair.source in held_out:
            reason = _HELD_OUT
        if reason is None and (pair.source, pair.text) in seen:
            reason = _TWICE
        if reason is not None:
            left_out[reason] += 1
            continue
        seen.add((pair.source, pair.text))
        kept.append(pair)
    return kept


def _flaw(pair: SentenceRewrite) -> str | None:
    """Why a pair cannot be learnt from; facts that the source lacks are printed."""
    if pair.text in ("", _NONE):
        return "none written"
    if pair.text == pair.source:
        return "equal to the source"
    syllables = len(words_of(pair.text))
    if syllables > len(words_of(pair.source)):
        return "longer than the source"
    if syllables < _LEAST:
        return f"under {_LEAST} syllables"
    if len(split_sentences(pair.text)) != 1:
        return "not one sentence"
    if facts := SourceFacts(pair.source).unsupported(pair.text):
        place = f"{pair.file} {pair.article} sentence {pair.sentence}"
        print(f"{place}: {', '.join(facts)} not in the source:\n  {pair.source}\n  {pair.text}")
        return "a number or name that the source lacks"
    return None


def stored_row(pair: SentenceRewrite) -> dict[str, object]:
    """A line of the data set.

    Raises:
        RewriteError: the parts do not make the rewrite again.
    """
    parts = encode_rewrite(pair.source, pair.text)
    if decode_rewrite(pair.source, parts) != pair.text:
        raise RewriteError(f"{pair}: the parts {parts} do not make the rewrite again")
    return {
        "file": pair.file,
        "article": pair.article,
        "sentence": pair.sentence,
        "check": sentence_check(pair.source),
        "rewrite": parts,
    }


def _figures(
    splits: Mapping[str, Sequence[SentenceRewrite]], left_out: Counter[str], written: int
) -> str:
    """The card's tables: pairs by source with means, and what was left out."""
    lines = [
        "| pairs of | train | validation | length share | new bigrams |",
        "| --- | --- | --- | --- | --- |",
    ]
    everything = [pair for pairs in splits.values() for pair in pairs]
    for file in (*sorted({pair.file for pair in everything}), "all"):
        chosen = [pair for pair in everything if file in (pair.file, "all")]
        counts = [sum(file in (pair.file, "all") for pair in pairs) for pairs in splits.values()]
        length, novel = _means(chosen)
        shown = file if file == "all" else f"`{file}`"
        lines.append(f"| {shown} | {counts[0]} | {counts[1]} | {length:.1%} | {novel:.1%} |")
    lines += ["", f"Left out of {written} sentences given:", "", "| reason | |", "| --- | --- |"]
    lines += [f"| {reason} | {count} |" for reason, count in left_out.most_common()]
    return "\n".join(lines) + "\n"


def _means(pairs: Sequence[SentenceRewrite]) -> tuple[float, float]:
    """Mean share of the source's length, in syllables, and of bigrams that it does not hold."""
    from canbo.eval.metrics.abstractiveness import abstractiveness

    rows = abstractiveness([pair.text for pair in pairs], [pair.source for pair in pairs])
    return fmean(1 / row["compression"] for row in rows), fmean(row["novel_2"] for row in rows)


def _write_figures(card: Path, figures: str) -> None:
    """Put the figures between their marks."""
    head, mark, rest = card.read_text(encoding="utf-8").partition(_MARKS[0])
    _, end, tail = rest.partition(_MARKS[1])
    if not (mark and end):
        raise RewriteError(f"{card}: no place for the figures: write {_MARKS} into it")
    card.write_text(f"{head}{mark}\n{figures}\n{end}{tail}", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
