"""Fit the extractive summarizer: two ridge regressions on the ROUGE of sentences and of sets.

canbo train extractive configs/summarizer/extractive.yaml
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from canbo.data.summaries import SummaryExample, read_summaries
from canbo.data.vietnews import read_ids
from canbo.models.extractive import SENTENCE_FEATURES, SET_FEATURES, ExtractiveModel, Sentences
from canbo.train.arguments import parse_config
from canbo.train.record import write_record

if TYPE_CHECKING:
    import numpy as np

__all__ = ["ExtractiveArguments", "evaluate", "fit", "main"]

_MOST_SENTENCES = 20  # of an article, rated while fitting: targets cost time


@dataclass
class ExtractiveArguments:
    """Settings of the fit.

    Attributes:
        train_file: articles with abstracts, as `canbo.data.summaries` reads them.
        validation_file: the same, for the figures in the record.
        output_dir: folder of ``extractive.json`` and of the record.
        domain_file: articles of the kind that the summarizer is for, all of them used.
        domain_validation_file: the same, for figures of their own.
        leave_out_file: ids, one a line, of training articles to leave out.
        articles: training articles, a random sample.
        validation_articles: validation articles, a random sample.
        sets_per_article: random sets of sentences rated in each article.
        domain_weight: weight of a sentence or set of the domain's articles; of others 1.
        ridge: weight of the squared coefficients against the squared errors.
        seed: of the samples.
    """

    train_file: Path
    validation_file: Path
    output_dir: Path
    domain_file: Path | None = None
    domain_validation_file: Path | None = None
    leave_out_file: Path | None = None
    articles: int = 1500
    validation_articles: int = 1000
    sets_per_article: int = 16
    domain_weight: float = 5.0
    ridge: float = 1.0
    seed: int = 20261121


def main(argv: list[str] | None = None) -> int:
    """Fit as a YAML file and options say, and write ``extractive.json``.

    Args:
        argv: path of a YAML file of `ExtractiveArguments`, then ``--field value`` pairs.

    Returns:
        Exit status.
    """
    (arguments,) = parse_config((ExtractiveArguments,), argv)
    draw = random.Random(arguments.seed)
    left_out = read_ids(arguments.leave_out_file) if arguments.leave_out_file else frozenset()
    train = list(read_summaries(arguments.train_file, left_out))
    domain = list(read_summaries(arguments.domain_file)) if arguments.domain_file else []
    model = fit(
        draw.sample(train, min(arguments.articles, len(train))),
        domain,
        draw,
        domain_weight=arguments.domain_weight,
        sets_per_article=arguments.sets_per_article,
        ridge=arguments.ridge,
    )
    arguments.output_dir.mkdir(parents=True, exist_ok=True)
    model.save(arguments.output_dir / "extractive.json")
    validation = list(read_summaries(arguments.validation_file))
    validation = draw.sample(validation, min(arguments.validation_articles, len(validation)))
    results = {"validation": evaluate(validation, model)}
    if arguments.domain_validation_file:
        held_out = list(read_summaries(arguments.domain_validation_file))
        results["domain_validation"] = evaluate(held_out, model)
    write_record(
        arguments.output_dir,
        arguments,
        data=[
            path
            for path in (
                arguments.train_file,
                arguments.domain_file,
                arguments.validation_file,
                arguments.domain_validation_file,
            )
            if path
        ],
        results={"articles": len(validation), **results},
    )
    for split, systems in results.items():
        for name, scores in systems.items():
            shown = " / ".join(f"{100 * value:.1f}" for value in scores.values())
            print(f"{split:<18} {name:<10} {shown}")
    return 0


def fit(
    general: Sequence[SummaryExample],
    domain: Sequence[SummaryExample],
    draw: random.Random,
    *,
    domain_weight: float,
    sets_per_article: int,
    ridge: float,
) -> ExtractiveModel:
    """Fit both models: the second on sets that the first proposes.

    Args:
        general: articles with their reference abstracts.
        domain: articles of the kind that the summarizer is for; may be empty.
        draw: source of the random sets.
        domain_weight: weight of what comes from ``domain``; of the rest 1.
        sets_per_article: sets rated in each article.
        ridge: regularisation of both.
    """
    from tqdm import tqdm

    read = [
        (Sentences(example.document), example.abstract, weight)
        for examples, weight in ((general, 1.0), (domain, domain_weight))
        for example in examples
        if example.document.paragraphs
    ]
    rated = _Rows()
    for sentences, abstract, weight in tqdm(read, desc="sentences", unit="article"):
        texts = sentences.texts[:_MOST_SENTENCES]
        rated.add(sentences.features[: len(texts)], _rouge(texts, abstract), weight)
    first = ExtractiveModel(dict(zip(SENTENCE_FEATURES, rated.ridge(ridge), strict=True)), {})
    rated = _Rows()
    for sentences, abstract, weight in tqdm(read, desc="sets", unit="article"):
        salience = first.salience(sentences)
        sets = first.candidate_sets(sentences, salience)
        sets = draw.sample(sets, min(sets_per_article, len(sets)))
        rated.add(
            [sentences.set_features(chosen, salience) for chosen in sets],
            _rouge([_join(sentences, chosen) for chosen in sets], abstract),
            weight,
        )
    return ExtractiveModel(
        first.sentence_weights, dict(zip(SET_FEATURES, rated.ridge(ridge), strict=True))
    )


def evaluate(
    examples: Sequence[SummaryExample], model: ExtractiveModel
) -> dict[str, dict[str, float]]:
    """Mean ROUGE of the model and of the first one, two and three sentences.

    Returns:
        ``{system: {"rouge1": ..., "rouge2": ..., "rougeL": ...}}``, F-measures over syllables.
    """
    from canbo.eval.metrics.vi_rouge import rouge_means

    documents = [Sentences(example.document) for example in examples]
    references = [example.abstract for example in examples]

    def score(choose: Callable[[Sentences], Sequence[int]]) -> dict[str, float]:
        texts = [_join(sentences, choose(sentences)) for sentences in documents]
        return rouge_means(texts, references)

    return {
        "lead_1": score(lambda sentences: range(min(1, len(sentences)))),
        "lead_2": score(lambda sentences: range(min(2, len(sentences)))),
        "lead_3": score(lambda sentences: range(min(3, len(sentences)))),
        "extractive": score(model.choose),
    }


def _join(sentences: Sentences, chosen: Sequence[int]) -> str:
    return " ".join(sentences.texts[i] for i in chosen)


def _rouge(texts: Sequence[str], abstract: str) -> list[float]:
    """Mean of the three F-measures of each text."""
    from canbo.eval.metrics.vi_rouge import rouge_scores

    scores = rouge_scores(texts, [abstract] * len(texts))
    return [sum(score.values()) / len(score) for score in scores]


class _Rows:
    """Features, targets and weights of a regression, gathered document by document."""

    def __init__(self) -> None:
        self._features: list[Sequence[Sequence[float]] | np.ndarray] = []
        self._targets: list[float] = []
        self._weights: list[float] = []

    def add(
        self,
        features: Sequence[Sequence[float]] | np.ndarray,
        targets: Sequence[float],
        weight: float,
    ) -> None:
        self._features.append(features)
        self._targets += targets
        self._weights += [weight] * len(targets)

    def ridge(self, penalty: float) -> list[float]:
        """Weighted least squares with a penalty on all weights but the constant's, the first."""
        import numpy as np

        features = np.concatenate([np.asarray(rows) for rows in self._features])
        scaled = features * np.array(self._weights)[:, None]
        diagonal = penalty * np.eye(features.shape[1])
        diagonal[0, 0] = 0.0
        solution = np.linalg.solve(scaled.T @ features + diagonal, scaled.T @ self._targets)
        return [round(float(value), 5) for value in solution]


if __name__ == "__main__":
    raise SystemExit(main())
