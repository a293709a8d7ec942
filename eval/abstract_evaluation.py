"""Abstracts: models and baselines scored on articles with a reference."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from canbo.data.documents import Document
from canbo.data.summaries import SummaryExample
from canbo.eval.abstract_scores import abstract_rows, drawn_means, source_of
from canbo.eval.bootstrap import article_weights
from canbo.eval.config import EvaluationConfig
from canbo.eval.results import ALL, EXAMPLES, Differences, SliceResult
from canbo.eval.scores import Figures, slice_result
from canbo.eval.slices import ARTICLE_BINS, length_slices, source_slices

if TYPE_CHECKING:
    from canbo.eval.baselines import AbstractBaseline
    from canbo.eval.metrics.embedding_similarity import TextEncoder
    from canbo.eval.testsets import TestSet
    from canbo.models.predictions import Abstract

__all__ = [
    "AbstractFindings",
    "AbstractSystem",
    "SummaryModel",
    "abstract_differences",
    "evaluate_abstracts",
]


class SummaryModel(Protocol):
    """What is needed of a summarizer; `canbo.models.summarizer.Summarizer` has it."""

    def summarize(self, documents: Sequence[Document], *, batch_size: int = 8) -> list[Abstract]:
        """Summarize each document."""
        ...


@dataclass(frozen=True)
class AbstractSystem:
    """One of the compared: a model or a baseline.

    Attributes:
        name: in tables.
        model: makes the abstracts; of the two exactly one is given.
        baseline: likewise.
    """

    name: str
    model: SummaryModel | None = None
    baseline: AbstractBaseline | None = None

    def abstracts(self, examples: Sequence[SummaryExample], batch_size: int) -> list[str]:
        """One abstract for each article."""
        if self.baseline is not None:
            return self.baseline.summarize(examples)
        if self.model is None:
            raise ValueError(f"{self.name}: neither a model nor a baseline")
        documents = [example.document for example in examples]
        made = self.model.summarize(documents, batch_size=max(1, batch_size // 4))
        return [abstract.text for abstract in made]


@dataclass
class AbstractFindings:
    """What `evaluate_abstracts` finds on one data set.

    Attributes:
        results: every system and slice.
        figures: of every system on the whole data set, for comparisons.
        abstracts: of every system.
        rouge2: of every system and article.
    """

    results: list[SliceResult]
    figures: dict[str, Figures]
    abstracts: dict[str, list[str]]
    rouge2: dict[str, list[float]]


def evaluate_abstracts(
    systems: Sequence[AbstractSystem],
    data: TestSet[SummaryExample],
    encoder: TextEncoder | None,
    config: EvaluationConfig,
) -> AbstractFindings:
    """Score systems on one data set.

    Args:
        systems: models and baselines.
        data: the articles.
        encoder: for the likeness of meaning; None leaves it out.
        config: batch size, resamples and seed are read.
    """
    count = len(data.items)
    slices = {
        ALL: np.ones(count, dtype=bool),
        **length_slices([source_of(example) for example in data.items], ARTICLE_BINS),
        **source_slices(data.keys, data.config.sources),
    }
    found = AbstractFindings([], {}, {}, {})
    for system in systems:
        abstracts = system.abstracts(data.items, config.batch_size)
        rows = abstract_rows(abstracts, data.items, encoder)
        for name, chosen in slices.items():
            if not chosen.any():
                continue
            articles, article = np.unique(data.article[chosen], return_inverse=True)
            weights = article_weights(len(articles), config.resamples, config.seed)[:, article]
            figures = {
                metric: drawn_means(values[chosen], weights) for metric, values in rows.items()
            }
            found.results.append(
                slice_result(
                    (system.name, data.name, name), int(chosen.sum()), len(articles), figures
                )
            )
            if name == ALL:
                found.figures[system.name] = figures
        found.abstracts[system.name] = abstracts
        found.rouge2[system.name] = rows["rouge2"].tolist()
    return found


def abstract_differences(
    a: str, b: str, data: TestSet[SummaryExample], found: AbstractFindings
) -> tuple[Differences, list[dict[str, Any]]]:
    """Find the articles for which two systems make different abstracts.

    Args:
        a: name of the one.
        b: name of the other.
        data: the articles.
        found: of both.

    Returns:
        A summary, and a row for each such article, those with most difference of ROUGE-2 first.
    """
    ours, theirs = found.abstracts[a], found.abstracts[b]
    scores_a, scores_b = found.rouge2[a], found.rouge2[b]
    rows = [row for row in range(len(ours)) if ours[row] != theirs[row]]
    shown = data.config.text == "show"

    def side(name: str, row: int) -> dict[str, Any]:
        return {
            "model": name,
            "abstract": found.abstracts[name][row] if shown else None,
            "rouge2": round(found.rouge2[name][row], 4),
        }

    items = [
        {
            "dataset": data.name,
            "id": data.keys[row],
            "article": data.keys[row],
            "reference": data.items[row].abstract if shown else None,
            "a": side(a, row),
            "b": side(b, row),
            "better": None
            if scores_a[row] == scores_b[row]
            else ("a" if scores_a[row] > scores_b[row] else "b"),
        }
        for row in sorted(rows, key=lambda row: -abs(scores_a[row] - scores_b[row]))
    ]
    summary = Differences(
        dataset=data.name,
        a=a,
        b=b,
        items=len(ours),
        different=len(rows),
        a_better=sum(item["better"] == "a" for item in items),
        b_better=sum(item["better"] == "b" for item in items),
        themes={},
        examples=items[:EXAMPLES],
    )
    return summary, items
