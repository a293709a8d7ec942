"""How well unsupported facts are found: precision and recall by kind of fact, and false alarms.

    python -m canbo.eval.bench_faithfulness --split test --output faithfulness.json

Texts with one fact made wrong (`canbo.eval.fact_changes`) are made from the abstracts of the
dataset that ships with canbo and from pairs of sentences of its articles; untouched texts and texts
with a fact in another form are what must not be marked. ``--news`` adds runs of sentences, word for
word, of articles in vietnews' form.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from canbo.data.errors import UserError
from canbo.data.summaries import SummaryExample, read_summaries
from canbo.eval.abstract_scores import source_of
from canbo.eval.bench_texts import shipped_articles
from canbo.eval.fact_changes import Change, corruptions, names_of, rewordings
from canbo.models.faithfulness import SourceFacts, UnsupportedFact
from canbo.models.source_text import document_sentences

__all__ = ["Counts", "Findings", "main", "measure", "verbatim_alarms"]

_SPLITS = ("train", "validation", "test")
_PAIRS = 3  # pairs of sentences of an article
_SEED = 20


@dataclass
class Counts:
    """Texts of one kind.

    Attributes:
        texts: how many were made.
        marked: how many were marked: of corruptions at the changed part, of the rest anywhere.
    """

    texts: int = 0
    marked: int = 0

    def add(self, is_marked: bool) -> None:
        """Count one text."""
        self.texts += 1
        self.marked += is_marked

    @property
    def share(self) -> float:
        """Marked of all; NaN of none."""
        return self.marked / self.texts if self.texts else float("nan")


@dataclass
class Findings:
    """What was measured on one set of texts.

    Attributes:
        untouched: texts as they are; what is marked in an abstract may well be unsupported.
        corrupted: by kind of fact.
        reworded: by kind of form.
        stray: marks in corrupted texts beside the changed part and what is marked untouched.
        missed: corruptions that were not found.
        alarms: marks on reworded texts, with the text.
        unsupported: of untouched texts what is marked, by article.
    """

    untouched: Counts = field(default_factory=Counts)
    corrupted: dict[str, Counts] = field(default_factory=dict)
    reworded: dict[str, Counts] = field(default_factory=dict)
    stray: int = 0
    missed: list[Change] = field(default_factory=list)
    alarms: list[tuple[str, ...]] = field(default_factory=list)
    unsupported: list[tuple[str, ...]] = field(default_factory=list)

    def totals(self) -> dict[str, float]:
        """Precision, recall and F1: texts with a wrong fact against reworded texts and strays."""
        hits = sum(counts.marked for counts in self.corrupted.values())
        texts = sum(counts.texts for counts in self.corrupted.values())
        false = self.stray + sum(counts.marked for counts in self.reworded.values())
        precision, recall = hits / max(hits + false, 1), hits / max(texts, 1)
        return {
            "precision": precision,
            "recall": recall,
            "f1": 2 * precision * recall / max(precision + recall, 1e-9),
        }


def measure(
    examples: Sequence[SummaryExample], others: Sequence[SummaryExample]
) -> dict[str, Findings]:
    """Make texts of articles and hold them against the articles.

    Args:
        examples: the articles.
        others: articles whose names are put in the place of others.

    Returns:
        Findings on ``"abstracts"`` and on ``"sentences"`` (pairs of sentences of the article).
    """
    rng = random.Random(_SEED)
    people, places = (
        sorted(set().union(*found))
        for found in zip(*(names_of(source_of(example)) for example in others), strict=True)
    )
    findings = {"abstracts": Findings(), "sentences": Findings()}
    for example in examples:
        source = source_of(example)
        facts = SourceFacts(source)
        texts = [("abstracts", example.abstract)]
        texts += [("sentences", pair) for pair in _pairs(example, rng)]
        for name, text in texts:
            wrong = list(corruptions(text, source, people, places, rng))
            _hold(findings[name], facts, text, wrong, list(rewordings(text, source)), example)
    return findings


def _hold(
    found: Findings,
    facts: SourceFacts,
    text: str,
    wrong: Sequence[Change],
    right: Sequence[Change],
    example: SummaryExample,
) -> None:
    article = example.document.id
    untouched = facts.unsupported(text)
    found.untouched.add(bool(untouched))
    if untouched:
        found.unsupported.append((article, *untouched))
    for change in wrong:
        marks = facts.find(change.text)
        is_found = any(_overlap(mark, change) for mark in marks)
        found.corrupted.setdefault(change.kind, Counts()).add(is_found)
        found.stray += any(
            mark.text not in untouched and not _overlap(mark, change) for mark in marks
        )
        if not is_found:
            found.missed.append(change)
    marked = facts.find(text)
    for change in right:
        end = change.start + len(change.original)
        if any(mark.start < end and change.start < mark.end for mark in marked):
            continue  # the fact is unsupported in either form
        alarms = [mark.text for mark in facts.find(change.text) if mark.text not in untouched]
        found.reworded.setdefault(change.kind, Counts()).add(bool(alarms))
        if alarms:
            found.alarms.append((article, change.kind, *alarms, change.text))


def _overlap(mark: UnsupportedFact, change: Change) -> bool:
    return mark.start < change.end and change.start < mark.end


def _pairs(example: SummaryExample, rng: random.Random) -> Iterator[str]:
    sentences = [text for _, text in document_sentences(example.document)]
    for _ in range(min(_PAIRS, len(sentences) // 2)):
        first, second = sorted(rng.sample(range(len(sentences)), 2))
        yield f"{sentences[first]} {sentences[second]}"


def verbatim_alarms(examples: Iterator[SummaryExample]) -> tuple[int, Counts]:
    """Hold runs of one to three whole sentences, one an article, against their articles.

    Returns:
        The number of articles, and the runs with how many were marked.
    """
    rng, counts = random.Random(_SEED), Counts()
    for example in examples:
        sentences = [text for _, text in document_sentences(example.document)]
        first = rng.randrange(len(sentences)) if sentences else 0
        run = " ".join(sentences[first : first + rng.randint(1, 3)])
        counts.add(bool(SourceFacts(source_of(example)).unsupported(run)))
    return counts.texts, counts


def main(argv: Sequence[str] | None = None) -> int:
    """Measure, print tables and write JSON.

    Args:
        argv: command line arguments; None takes the process's.

    Returns:
        Exit status.
    """
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--split", choices=_SPLITS, default="test", help="of the shipped dataset")
    parser.add_argument("--news", type=Path, help="vietnews parquet, for runs of its sentences")
    parser.add_argument("--articles", type=int, default=1000, help="of --news; default: 1000")
    parser.add_argument("--output", type=Path, help="JSON file with every figure and every miss")
    arguments = parser.parse_args(argv)
    examples = shipped_articles(arguments.split)
    findings = measure(examples, shipped_articles(*_SPLITS))
    report: dict[str, Any] = {"split": arguments.split, "articles": len(examples)}
    for name, found in findings.items():
        _print(name, found)
        report[name] = {**found.totals(), **asdict(found)}
    report["milliseconds"] = _speed(examples)
    print("milliseconds: " + ", ".join(f"{k} {v:.2f}" for k, v in report["milliseconds"].items()))
    if arguments.news:
        try:
            count, runs = verbatim_alarms(
                islice(read_summaries(arguments.news), arguments.articles)
            )
        except (UserError, OSError) as error:
            parser.error(str(error))
        print(f"runs of sentences of {count:,} news articles: {runs.marked} marked")
        report["news"] = asdict(runs)
    if arguments.output:
        text = json.dumps(report, ensure_ascii=False, indent=1)
        arguments.output.write_text(text + "\n", encoding="utf-8")
    return 0


def _print(name: str, found: Findings) -> None:
    totals = found.totals()
    print(f"{name}: " + ", ".join(f"{key} {value:.3f}" for key, value in totals.items()))
    print(f"  untouched: {found.untouched.marked} of {found.untouched.texts} marked")
    for title, by_kind in (("wrong facts found", found.corrupted), ("marked", found.reworded)):
        for kind, counts in sorted(by_kind.items()):
            print(
                f"  {title:18} {kind:22} {counts.marked:4} of {counts.texts:4} {counts.share:.3f}"
            )
    print(f"  stray marks: {found.stray}")


def _speed(examples: Sequence[SummaryExample]) -> dict[str, float]:
    """Milliseconds of processor time an article and an abstract."""
    sources = [source_of(example) for example in examples]
    start = time.process_time()
    facts = [SourceFacts(source) for source in sources]
    middle = time.process_time()
    for known, example in zip(facts, examples, strict=True):
        known.unsupported(example.abstract)
    end = time.process_time()
    return {
        "source": (middle - start) / len(examples) * 1000,
        "abstract": (end - middle) / len(examples) * 1000,
        "syllables": sum(len(source.split()) for source in sources) / len(examples),
    }


if __name__ == "__main__":
    raise SystemExit(main())
