"""Label news paragraphs with a committee, so that one small model can learn what several know.

Knowledge distillation (Hinton, Vinyals & Dean, 2015) over unlabelled text: the mean probability of
TF-IDF with logistic regression, of fine-tuned encoders and, with a smaller weight, of the scheme's
set phrases becomes the target of a first training; the gold labels follow in a second
(`canbo train classifier` does both).
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from canbo.data.loaders import read_labelled_paragraphs
from canbo.data.themes import ThemeScheme, load_theme_scheme
from canbo.data.vietnews import NewsArticle, read_ids, read_news
from canbo.eval.baselines import RegexBaseline, TfidfBaseline
from canbo.train.arguments import ConfigError, parse_config
from canbo.train.record import write_record

if TYPE_CHECKING:
    from canbo.models.classifier import ThemeClassifier

__all__ = ["CommitteeArguments", "main"]


@dataclass
class CommitteeArguments:
    """Settings of `canbo train committee`.

    Attributes:
        corpus: vietnews parquet file of the training split.
        leave_out: file of article ids not to use.
        gold_files: labelled paragraphs that the TF-IDF member is fitted on.
        output_dir: folder for ``paragraphs.jsonl``.
        members: folders of fine-tuned classifiers.
        pattern_weight: weight of the scheme's set phrases, which vote 0 or 1; every other member
            has weight 1.
        themes: theme scheme; without it the one that ships with canbo.
        paragraphs: how many to label.
        candidates: how many to choose them from.
        floor: a paragraph is of interest when TF-IDF gives some theme at least this probability.
        others: share of the labelled paragraphs that are drawn from all the others.
        syllables: a paragraph is closed by the sentence that reaches this length.
        batch_size: windows a forward pass.
        seed: of the choice.
    """

    corpus: Path
    leave_out: Path
    gold_files: list[Path]
    output_dir: Path
    members: list[Path] = field(default_factory=list)
    pattern_weight: float = 0.0
    themes: Path | None = None
    paragraphs: int = 20_000
    candidates: int = 500_000
    floor: float = 0.25
    others: float = 0.2
    syllables: int = 100
    batch_size: int = 64
    seed: int = 20261121


def main(argv: list[str] | None = None) -> int:
    """Label paragraphs as a YAML file and options say.

    Args:
        argv: path of a YAML file of `CommitteeArguments`, then ``--field value`` pairs.

    Returns:
        Exit status.

    Raises:
        ConfigError: the config is wrong, or a member gives other themes than the scheme holds.
    """
    (arguments,) = parse_config((CommitteeArguments,), argv)
    scheme = load_theme_scheme(arguments.themes)
    members = [_load_member(path, scheme) for path in arguments.members]
    rows = list(_candidates(arguments))
    random.Random(arguments.seed).shuffle(rows)
    rows = rows[: arguments.candidates]
    scores = _tfidf_scores(arguments, scheme, [text for _, text in rows])
    chosen = _choose(scores.max(axis=1), arguments)
    texts = [rows[index][1] for index in chosen]
    votes = [
        scores[chosen],
        *(_member_scores(member, texts, scheme, arguments.batch_size) for member in members),
    ]
    phrases = RegexBaseline(scheme).predict(texts)
    weight = arguments.pattern_weight
    means = (np.sum(votes, axis=0) + weight * phrases) / (len(votes) + weight)
    arguments.output_dir.mkdir(parents=True, exist_ok=True)
    with (arguments.output_dir / "paragraphs.jsonl").open("w", encoding="utf-8") as out:
        for index, mean in zip(chosen, means, strict=True):
            row_id, text = rows[index]
            row = {
                "id": row_id,
                "article": row_id.rpartition("-")[0],
                "text": text,
                "scores": dict(zip(scheme.ids, np.round(mean, 4).tolist(), strict=True)),
            }
            out.write(json.dumps(row, ensure_ascii=False) + "\n")
    write_record(arguments.output_dir, arguments, data=[arguments.corpus, *arguments.gold_files])
    return 0


def _candidates(arguments: CommitteeArguments) -> Iterator[tuple[str, str]]:
    for article in read_news(arguments.corpus, read_ids(arguments.leave_out)):
        for number, text in enumerate(_paragraphs(article, arguments.syllables)):
            yield f"vietnews-train-{article.id}-{number}", text


def _paragraphs(article: NewsArticle, syllables: int) -> Iterator[str]:
    """Cut an article's sentences, which the corpus stores without paragraphs, into stretches."""
    sentences: list[str] = []
    length = 0
    for sentence in article.sentences:
        sentences.append(sentence)
        length += sentence.count(" ") + 1
        if length >= syllables:
            yield " ".join(sentences)
            sentences, length = [], 0
    if length >= syllables // 3:
        yield " ".join(sentences)


def _tfidf_scores(
    arguments: CommitteeArguments, scheme: ThemeScheme, texts: Sequence[str]
) -> npt.NDArray[np.float64]:
    gold = [row for path in arguments.gold_files for row in read_labelled_paragraphs(path, scheme)]
    labels = np.array([[theme in row.labels for theme in scheme.ids] for row in gold], dtype=int)
    member = TfidfBaseline()
    member.fit([row.text for row in gold], labels)
    return member.probabilities(texts)


def _choose(highest: npt.NDArray[np.float64], arguments: CommitteeArguments) -> list[int]:
    order = range(len(highest))
    interesting = [index for index in order if highest[index] >= arguments.floor]
    plain = [index for index in order if highest[index] < arguments.floor]
    wanted = round(arguments.paragraphs * arguments.others)
    return interesting[: arguments.paragraphs - wanted] + plain[:wanted]


def _load_member(path: Path, scheme: ThemeScheme) -> ThemeClassifier:
    from canbo.models.classifier import ThemeClassifier

    member = ThemeClassifier.from_pretrained(path)
    if set(member.scheme_ids) != set(scheme.ids):
        raise ConfigError(
            f"members: {path} gives the themes {', '.join(member.scheme_ids)}, the scheme "
            f"{scheme.name!r} holds {', '.join(scheme.ids)}; name its scheme with --themes"
        )
    return member


def _member_scores(
    member: ThemeClassifier, texts: Sequence[str], scheme: ThemeScheme, batch_size: int
) -> npt.NDArray[np.float64]:
    from tqdm import tqdm

    scores: list[list[float]] = []
    for first in tqdm(range(0, len(texts), 1024), desc=member.source):
        predictions = member.predict(
            texts[first : first + 1024], batch_size=batch_size, evidence=False
        )
        scores.extend(
            [prediction.scores[theme] for theme in scheme.ids] for prediction in predictions
        )
    return np.array(scores)


if __name__ == "__main__":
    raise SystemExit(main())
