"""How faithful evidence is, and how fast: a theme without its words, and the words alone.

    python -m canbo.eval.bench_evidence --model runs/mine/final --data validation.jsonl

Deletion is how far a theme's probability falls when its evidence is cut out of the paragraph,
sufficiency what is left of it when nothing but the evidence is kept (DeYoung et al., "ERASER", ACL
2020). Spans of the same number and lengths at random places of the same paragraphs stand beside.
"""

from __future__ import annotations

import argparse
import copy
import random
import re
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from canbo.data.errors import UserError
from canbo.data.loaders import read_labelled_paragraphs
from canbo.data.themes import load_theme_scheme
from canbo.eval.bench_texts import shipped_paragraphs
from canbo.models.classifier import ThemeClassifier
from canbo.models.syllables import Span

__all__ = ["Faithfulness", "faithfulness", "main", "random_spans"]

_SYLLABLE = re.compile(r"\S+")


@dataclass(frozen=True)
class Faithfulness:
    """Means over assigned themes.

    Attributes:
        pairs: paragraphs and assigned themes that were looked at.
        probability: of the theme.
        without: of the theme when the spans are cut out.
        alone: of the theme when nothing but the spans is kept.
        flipped: share of the themes that are not assigned any more when the spans are cut out.
        share: share of the paragraph's characters that stand in spans.
        spans: number of them.
    """

    pairs: int
    probability: float
    without: float
    alone: float
    flipped: float
    share: float
    spans: float


def main(argv: Sequence[str] | None = None) -> int:
    """Measure and print a table.

    Args:
        argv: command line arguments; None takes the process's.

    Returns:
        Exit status.
    """
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--model", type=Path, help="folder; default: the one that ships")
    parser.add_argument(
        "--data", nargs="+", type=Path, help="labelled JSONL; default: the shipped validation split"
    )
    parser.add_argument("--seed", type=int, default=0, help="of the random spans")
    parser.add_argument(
        "--precision", choices=("int8", "float32"), default="float32", help="of the scores"
    )
    arguments = parser.parse_args(argv)
    try:
        classifier = ThemeClassifier.from_pretrained(
            arguments.model, device="cpu", precision=arguments.precision
        )
        texts = _texts(arguments.data)
    except (UserError, OSError) as error:
        parser.error(str(error))
    print(f"{len(texts):,} paragraphs, {classifier.source}")
    print(f"{'':22} {'probability':>11} {'without':>8} {'alone':>6} {'flipped':>8} {'share':>6}")
    for name, method in _methods(classifier).items():
        spans = _spans(method, texts)
        _print(name, faithfulness(classifier, texts, spans))
    choose = random.Random(arguments.seed)
    drawn = {
        (text, theme): random_spans(texts[text], found, choose)
        for (text, theme), found in _spans(classifier, texts).items()
    }
    _print("random", faithfulness(classifier, texts, drawn))
    _print_speed(classifier, texts)
    return 0


def _texts(paths: Sequence[Path] | None) -> list[str]:
    if not paths:
        return shipped_paragraphs("validation")
    scheme = load_theme_scheme()
    there = [path for path in paths if path.is_file()]
    for path in set(paths) - set(there):
        print(f"{path} is not there: left out")
    return [row.text for path in there for row in read_labelled_paragraphs(path, scheme)]


def _methods(classifier: ThemeClassifier) -> dict[str, ThemeClassifier]:
    """The classifier as it is, and with each of its two sources of evidence alone."""
    methods = {"as shipped": classifier}
    if classifier.is_calibrated:
        for name, leads in (("n-grams alone", False), ("with gradients always", True)):
            varied: Any = copy.copy(classifier)
            varied._encoder_leads = lambda *_, leads=leads: leads
            methods[name] = varied
    return methods


def _spans(classifier: ThemeClassifier, texts: Sequence[str]) -> dict[tuple[int, str], list[Span]]:
    """Spans by paragraph and assigned theme."""
    return {
        (index, theme): [
            (span.start, span.end) for span in prediction.evidence if span.theme == theme
        ]
        for index, prediction in enumerate(classifier.predict(texts))
        for theme in prediction.themes
    }


def faithfulness(
    classifier: ThemeClassifier,
    texts: Sequence[str],
    spans: dict[tuple[int, str], list[Span]],
) -> Faithfulness:
    """Read paragraphs without spans, and the spans without the paragraphs.

    Args:
        classifier: what is asked.
        texts: the paragraphs.
        spans: by index of the paragraph and id of a theme; at least one.
    """
    pairs = list(spans)
    without = [_cut(texts[index], spans[index, theme]) for index, theme in pairs]
    alone = [_kept(texts[index], spans[index, theme]) for index, theme in pairs]
    whole, left, kept = (
        np.array(
            [
                prediction.scores[theme]
                for (_, theme), prediction in zip(
                    pairs, classifier.predict(asked, evidence=False), strict=True
                )
            ]
        )
        for asked in ([texts[index] for index, _ in pairs], without, alone)
    )
    thresholds = np.array([classifier.thresholds[theme] for _, theme in pairs])
    lengths = [sum(end - start for start, end in spans[pair]) for pair in pairs]
    return Faithfulness(
        pairs=len(pairs),
        probability=float(whole.mean()),
        without=float(left.mean()),
        alone=float(kept.mean()),
        flipped=float((left < thresholds).mean()),
        share=float(np.mean([n / len(texts[i]) for n, (i, _) in zip(lengths, pairs, strict=True)])),
        spans=float(np.mean([len(spans[pair]) for pair in pairs])),
    )


def random_spans(text: str, spans: Sequence[Span], choose: random.Random) -> list[Span]:
    """Draw spans of as many syllables as the given ones, from anywhere in the text.

    Args:
        text: the paragraph.
        spans: whose number and lengths are taken; their places are not avoided.
        choose: source of chance.

    Returns:
        Spans that do not overlap; fewer where the text has no room for more.
    """
    syllables = [match.span() for match in _SYLLABLE.finditer(text)]
    free = [True] * len(syllables)
    drawn = []
    for start, end in spans:
        length = len(text[start:end].split())
        places = [
            place
            for place in range(len(syllables) - length + 1)
            if all(free[place : place + length])
        ]
        if places:
            place = choose.choice(places)
            free[place : place + length] = [False] * length
            drawn.append((syllables[place][0], syllables[place + length - 1][1]))
    return sorted(drawn)


def _cut(text: str, spans: Sequence[Span]) -> str:
    for start, end in sorted(spans, reverse=True):
        text = text[:start] + text[end:]
    return text


def _kept(text: str, spans: Sequence[Span]) -> str:
    return " … ".join(text[start:end] for start, end in sorted(spans))


def _print(name: str, found: Faithfulness) -> None:
    print(
        f"{name:22} {found.probability:11.3f} {found.without:8.3f} {found.alone:6.3f} "
        f"{found.flipped:8.3f} {found.share:6.3f}   {found.pairs} themes, {found.spans:.2f} spans"
    )


def _print_speed(classifier: ThemeClassifier, texts: Sequence[str]) -> None:
    """Paragraphs a second of processor time: what else the machine does is left out."""
    for evidence in (False, True):
        seconds = []
        for _ in range(3):
            start = time.process_time()
            predictions = classifier.predict(texts, evidence=evidence)
            seconds.append(time.process_time() - start)
        themed = sum(bool(prediction.themes) for prediction in predictions) / len(texts)
        print(
            f"{'with' if evidence else 'without'} evidence: {len(texts) / min(seconds):,.0f} "
            f"paragraphs/s of one core; {themed:.0%} have a theme"
        )


if __name__ == "__main__":
    raise SystemExit(main())
