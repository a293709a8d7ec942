"""Fit the extractive summarizer: logistic regressions on words, ridge regressions on ROUGE.

    canbo train extractive configs/summarizer/extractive.yaml

Words and pairs of words are told apart by whether the abstract holds them; sentences and sets of
sentences by how much their ROUGE is above the mean of their own article's. What makes one article
easier than another is no help in choosing among its sentences.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from canbo.data.provenance import article_key
from canbo.data.summaries import SummaryExample, read_summaries, sample_summaries
from canbo.data.vietnews import read_ids
from canbo.models.extractive import (
    EXTRACTIVE_FILE,
    SENTENCE_FEATURES,
    SET_FEATURES,
    ExtractiveModel,
    Form,
    Sentences,
    forms_of,
)
from canbo.models.syllables import words_of
from canbo.models.word_salience import (
    BIGRAM_FEATURES,
    UNIGRAM_FEATURES,
    WordSalience,
    bigram_features,
    rarity_levels,
    unigram_features,
)
from canbo.train.arguments import parse_config
from canbo.train.record import write_record

if TYPE_CHECKING:
    import numpy as np

__all__ = ["ExtractiveArguments", "evaluate", "fit", "main", "mean_rouge"]

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
    articles: int = 1200
    validation_articles: int = 1000
    sets_per_article: int = 20
    domain_weight: float = 5.0
    ridge: float = 10.0
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
    general = _read_sample(arguments.train_file, arguments.articles, draw, left_out)
    domain = list(read_summaries(arguments.domain_file)) if arguments.domain_file else []
    model = fit(
        general,
        domain,
        draw,
        domain_weight=arguments.domain_weight,
        sets_per_article=arguments.sets_per_article,
        ridge=arguments.ridge,
    )
    arguments.output_dir.mkdir(parents=True, exist_ok=True)
    model.save(arguments.output_dir / EXTRACTIVE_FILE)
    validation = _read_sample(arguments.validation_file, arguments.validation_articles, draw)
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
        articles=[
            *(article_key(arguments.train_file, example.document.id) for example in general),
            *(example.document.id for example in domain),
        ],
        results={"articles": len(validation), **results},
    )
    for split, systems in results.items():
        for name, scores in systems.items():
            shown = " / ".join(f"{100 * value:.1f}" for value in scores.values())
            print(f"{split:<18} {name:<10} {shown}")
    return 0


def _read_sample(
    path: Path, size: int, draw: random.Random, left_out: frozenset[str] = frozenset()
) -> list[SummaryExample]:
    """Read some articles in the order of their ids, which in vietnews is that of the corpus."""
    sample = sample_summaries(path, size, draw, left_out)
    return sorted(sample, key=lambda example: example.document.id)


@dataclass(frozen=True)
class _Article:
    """What is fitted on: sentences, the abstract and how much they count."""

    sentences: Sentences
    abstract: str
    weight: float


def fit(
    general: Sequence[SummaryExample],
    domain: Sequence[SummaryExample],
    draw: random.Random,
    *,
    domain_weight: float,
    sets_per_article: int,
    ridge: float,
) -> ExtractiveModel:
    """Fit words, then sentences, then sets that the sentences' model proposes.

    Args:
        general: articles with their reference abstracts.
        domain: articles of the kind that the summarizer is for; may be empty.
        draw: source of the random sets.
        domain_weight: weight of what comes from ``domain``; of the rest 1.
        sets_per_article: sets rated in each article.
        ridge: regularisation of the regressions on ROUGE.
    """
    from tqdm import tqdm

    articles = [
        _Article(sentences, example.abstract, weight)
        for examples, weight in ((general, 1.0), (domain, domain_weight))
        for example in examples
        if (sentences := Sentences(example.document)).prose
    ]
    words = _fit_words(articles)
    rated = _Rows()
    for article in tqdm(articles, desc="sentences", unit="article"):
        sentences = article.sentences
        texts = sentences.texts[:_MOST_SENTENCES]
        features = sentences.features(words.chances(sentences.words, sentences.title))
        rated.add(features[: len(texts)], mean_rouge(texts, article.abstract), article.weight)
    first = ExtractiveModel(
        words, dict(zip(SENTENCE_FEATURES, rated.ridge(ridge), strict=True)), {}
    )
    rated = _Rows()
    for article in tqdm(articles, desc="sets", unit="article"):
        sentences = article.sentences
        chances, salience = first.chances(sentences), first.salience(sentences)
        sets = first.candidate_sets(sentences, salience)
        ratings = first.ratings(sentences, forms_of(sentences, sets), chances)
        sets = list(first.shortened(sentences, sets, ratings))
        sets = draw.sample(sets, min(sets_per_article, len(sets)))
        rated.add(
            [sentences.set_features(chosen, ratings, chances) for chosen in sets],
            mean_rouge([_join(chosen) for chosen in sets], article.abstract),
            article.weight,
        )
    return replace(first, set_weights=dict(zip(SET_FEATURES, rated.ridge(ridge), strict=True)))


def _fit_words(articles: Sequence[_Article]) -> WordSalience:
    """Fit the regressions on syllables and on pairs of them (needs scikit-learn)."""
    rarity, unknown = rarity_levels(
        [word for words in article.sentences.words for word in words] for article in articles
    )
    model = WordSalience({}, {}, rarity, unknown)
    rows: list[list[np.ndarray]] = [[], []]
    labels: list[list[bool]] = [[], []]
    weights: list[list[float]] = [[], []]
    for article in articles:
        wanted = words_of(article.abstract)
        of_document = (article.sentences.words, article.sentences.title, model.rarity_of)
        for order, (items, features), held in (
            (0, unigram_features(*of_document), set(wanted)),
            (1, bigram_features(*of_document), set(pairwise(wanted))),
        ):
            rows[order].append(features)
            labels[order] += [item in held for item in items]
            weights[order] += [article.weight] * len(items)
    one, two = (_logistic(*data) for data in zip(rows, labels, weights, strict=True))
    return replace(
        model,
        unigram_weights=dict(zip(UNIGRAM_FEATURES, one, strict=True)),
        bigram_weights=dict(zip(BIGRAM_FEATURES, two, strict=True)),
    )


def _logistic(
    rows: Sequence[np.ndarray], labels: Sequence[bool], weights: Sequence[float]
) -> list[float]:
    """Weights of a logistic regression; the first feature is the constant 1."""
    import numpy as np
    from sklearn.linear_model import LogisticRegression

    features = np.concatenate(rows)[:, 1:]
    mean, deviation = features.mean(0), features.std(0)
    deviation[deviation == 0] = 1.0
    fitted = LogisticRegression(max_iter=300).fit(
        (features - mean) / deviation, labels, sample_weight=weights
    )
    slopes = fitted.coef_[0] / deviation
    constant = float(fitted.intercept_[0] - slopes @ mean)
    return [round(float(value), 5) for value in (constant, *slopes)]


def evaluate(
    examples: Sequence[SummaryExample], model: ExtractiveModel
) -> dict[str, dict[str, float]]:
    """Mean ROUGE of the model and of the first one, two and three sentences.

    Returns:
        ``{system: {"rouge1": ..., "rouge2": ..., "rougeL": ...}}``, F-measures over syllables.
    """
    from canbo.eval.baselines import LeadBaseline
    from canbo.eval.metrics.vi_rouge import rouge_means

    references = [example.abstract for example in examples]
    made = {f"lead_{count}": LeadBaseline(count).summarize(examples) for count in (1, 2, 3)}
    documents = [Sentences(example.document) for example in examples]
    made["extractive"] = [_join(model.choose(sentences)) for sentences in documents]
    return {system: rouge_means(texts, references) for system, texts in made.items()}


def _join(chosen: Sequence[Form]) -> str:
    return " ".join(form.text for form in chosen)


def mean_rouge(texts: Sequence[str], abstract: str) -> list[float]:
    """Mean of the three F-measures of each text against one abstract: what a ridge is fitted to."""
    from canbo.eval.metrics.vi_rouge import rouge_scores

    scores = rouge_scores(texts, [abstract] * len(texts))
    return [sum(score.values()) / len(score) for score in scores]


class _Rows:
    """Features, targets and weights of a regression, each article's about its own mean."""

    def __init__(self) -> None:
        self._features: list[np.ndarray] = []
        self._targets: list[np.ndarray] = []
        self._weights: list[float] = []

    def add(
        self,
        features: Sequence[Sequence[float]] | np.ndarray,
        targets: Sequence[float],
        weight: float,
    ) -> None:
        """Take what may be chosen of one article, at least one row."""
        import numpy as np

        rows, values = np.asarray(features), np.asarray(targets)
        self._features.append(rows - rows.mean(0))
        self._targets.append(values - values.mean())
        self._weights += [weight] * len(values)

    def ridge(self, penalty: float) -> list[float]:
        """Weighted least squares with a penalty on the weights."""
        import numpy as np

        features, targets = np.concatenate(self._features), np.concatenate(self._targets)
        scaled = features * np.array(self._weights)[:, None]
        matrix = scaled.T @ features + penalty * np.eye(features.shape[1])
        return [round(float(value), 5) for value in np.linalg.solve(matrix, scaled.T @ targets)]


if __name__ == "__main__":
    raise SystemExit(main())
