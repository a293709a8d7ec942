"""What abstracts state and their sources do not hold, as an ``evaluate`` module and functions.

The checks themselves are those of `canbo.models.faithfulness`, the same that guard what canbo
shows. ``evaluate.load("eval/metrics/faithfulness.py")`` works with no network; its loader reads
this file line by line, so every import stands on a line of its own.
"""

from collections.abc import Sequence
from typing import get_args

import datasets
import evaluate

from canbo.models.faithfulness import FactKind, SourceFacts

__all__ = ["FACT_KINDS", "AbstractFaithfulness", "faithfulness_metrics", "unsupported_facts"]

FACT_KINDS: tuple[FactKind, ...] = get_args(FactKind)


def unsupported_facts(
    abstracts: Sequence[str], sources: Sequence[str]
) -> list[dict[str, tuple[str, ...]]]:
    """List what each abstract states and its source does not hold.

    Args:
        abstracts: the summaries.
        sources: one an abstract: everything that was summarized, title and paragraphs.

    Returns:
        For each abstract and each kind of `FACT_KINDS` the unsupported facts as the abstract writes
        them.

    Raises:
        ValueError: the two lists are not of one length.
    """
    return [_by_kind(abstract, source) for abstract, source in zip(abstracts, sources, strict=True)]


def _by_kind(abstract: str, source: str) -> dict[str, tuple[str, ...]]:
    found = SourceFacts(source).find(abstract)
    return {
        kind: tuple(dict.fromkeys(fact.text for fact in found if fact.kind == kind))
        for kind in FACT_KINDS
    }


def faithfulness_metrics(abstracts: Sequence[str], sources: Sequence[str]) -> dict[str, float]:
    """Sum up `unsupported_facts`.

    Args:
        abstracts: the summaries.
        sources: one an abstract.

    Returns:
        ``unfaithful_share`` (share of the abstracts with anything unsupported), ``unsupported``
        (facts an abstract, on average) and, for each kind, ``unsupported_KIND``.

    Raises:
        ValueError: there is no abstract, or the two lists are not of one length.
    """
    found = unsupported_facts(abstracts, sources)
    if not found:
        raise ValueError("faithfulness of no summaries: abstracts and sources are empty")
    by_kind = {
        f"unsupported_{kind}": sum(len(facts[kind]) for facts in found) / len(found)
        for kind in FACT_KINDS
    }
    return {
        "unfaithful_share": sum(any(facts.values()) for facts in found) / len(found),
        "unsupported": sum(by_kind.values()),
        **by_kind,
    }


class AbstractFaithfulness(evaluate.Metric):  # type: ignore[misc]
    """``compute(predictions, references)`` for ``evaluate``; the references are the sources."""

    def _info(self) -> evaluate.MetricInfo:
        text = datasets.Value("string")
        return evaluate.MetricInfo(
            description="Facts of abstracts that their sources do not hold.",
            citation="",
            inputs_description=faithfulness_metrics.__doc__ or "",
            features=datasets.Features({"predictions": text, "references": text}),
        )

    def _compute(self, predictions: list[str], references: list[str]) -> dict[str, float]:
        return faithfulness_metrics(predictions, references)
