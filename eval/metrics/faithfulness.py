"""What abstracts state and their sources do not hold, as an ``evaluate`` module and functions.

The checks themselves are those of `canbo.models.faithfulness`, the same that guard what canbo
shows. ``evaluate.load("eval/metrics/faithfulness.py")`` works with no network; its loader reads
this file line by line, so every import stands on a line of its own.
"""

from collections.abc import Callable, Mapping, Sequence

import datasets
import evaluate

from canbo.models import faithfulness

__all__ = ["CHECKS", "AbstractFaithfulness", "faithfulness_metrics", "unsupported_facts"]

# By kind of fact: what of an abstract (first) its source (second) does not hold.
CHECKS: Mapping[str, Callable[[str, str], tuple[str, ...]]] = {
    "numbers": faithfulness.unsupported_numbers,
    "names": faithfulness.unsupported_names,
}


def unsupported_facts(
    abstracts: Sequence[str], sources: Sequence[str]
) -> list[dict[str, tuple[str, ...]]]:
    """List what each abstract states and its source does not hold.

    Args:
        abstracts: the summaries.
        sources: one an abstract: everything that was summarized, title and paragraphs.

    Returns:
        For each abstract and each kind of `CHECKS` the unsupported facts as the abstract writes
        them.

    Raises:
        ValueError: the two lists are not of one length.
    """
    return [
        {kind: check(abstract, source) for kind, check in CHECKS.items()}
        for abstract, source in zip(abstracts, sources, strict=True)
    ]


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
        for kind in CHECKS
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
