"""Every figure of abstracts: one row an article, whose means are taken over articles."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from canbo.data.summaries import SummaryExample
from canbo.eval.metrics.abstractiveness import NGRAMS, abstractiveness
from canbo.eval.metrics.faithfulness import FACT_KINDS, unsupported_facts
from canbo.eval.metrics.vi_rouge import ROUGE_TYPES, rouge_scores
from canbo.eval.results import MetricInfo

if TYPE_CHECKING:
    from canbo.eval.metrics.embedding_similarity import TextEncoder

__all__ = ["ABSTRACT_METRICS", "abstract_rows", "drawn_means", "source_of"]

Floats = npt.NDArray[np.float64]

ABSTRACT_METRICS = {
    **{
        name: MetricInfo(f"ROUGE{name[5:]} F over syllables.", "higher", headline=True)
        for name in ROUGE_TYPES
    },
    **{
        f"legacy_{name}": MetricInfo(
            f"ROUGE{name[5:]} F with rouge_score's default tokenizer, which cuts words at every"
            " diacritic; compares only with published scores made so.",
            "higher",
        )
        for name in ROUGE_TYPES
    },
    "unfaithful_share": MetricInfo(
        "Share of the abstracts that state something that their article does not hold.",
        "lower",
        headline=True,
    ),
    **{
        f"unsupported_{kind}": MetricInfo(
            f"Facts of an abstract ({kind}) that its article does not hold, on average.", "lower"
        )
        for kind in FACT_KINDS
    },
    **{
        f"novel_{n}": MetricInfo(
            f"Share of an abstract's {n}-grams of syllables that its article does not hold.", None
        )
        for n in NGRAMS
    },
    "compression": MetricInfo("Syllables of the article for one of the abstract.", None),
    "syllables": MetricInfo("Length of an abstract.", None),
    "bertscore_f1": MetricInfo(
        "Likeness of meaning, BERTScore F; its height depends on the encoder.", "higher"
    ),
    "cosine": MetricInfo("Likeness of meaning, cosine of the mean vectors.", "higher"),
}


def source_of(example: SummaryExample) -> str:
    """Everything that is summarized: title and paragraphs."""
    return "\n".join((example.document.title or "", *example.document.paragraphs))


def abstract_rows(
    abstracts: Sequence[str], examples: Sequence[SummaryExample], encoder: TextEncoder | None
) -> dict[str, Floats]:
    """Score each abstract.

    Args:
        abstracts: one an article.
        examples: n articles with their references.
        encoder: for the likeness of meaning; None leaves it out.

    Returns:
        By name of `ABSTRACT_METRICS` figures of shape (n,), NaN where one is not defined.
    """
    references = [example.abstract for example in examples]
    sources = [source_of(example) for example in examples]
    facts = unsupported_facts(abstracts, sources)
    columns = {
        **_columns(rouge_scores(abstracts, references)),
        **{
            f"legacy_{name}": values
            for name, values in _columns(rouge_scores(abstracts, references, legacy=True)).items()
        },
        "unfaithful_share": np.array([float(any(found.values())) for found in facts]),
        **{
            f"unsupported_{kind}": np.array([float(len(found[kind])) for found in facts])
            for kind in FACT_KINDS
        },
        **_columns(abstractiveness(abstracts, sources)),
    }
    if encoder is not None:
        from canbo.eval.metrics.embedding_similarity import embedding_scores

        likeness = _columns(embedding_scores(encoder, abstracts, references))
        columns |= {name: likeness[name] for name in ("bertscore_f1", "cosine")}
    return columns


def drawn_means(values: Floats, weights: Floats) -> Floats:
    """Means over the articles where a figure is defined.

    Args:
        values: of shape (articles,).
        weights: how often each article counts, of shape (draws, articles).

    Returns:
        Means of shape (draws,); NaN where no article is left.
    """
    defined = np.isfinite(values)
    counted = weights[:, defined]
    totals = counted.sum(axis=1)
    means = np.full(len(weights), np.nan)
    np.divide(counted @ values[defined], totals, out=means, where=totals > 0)
    return means


def _columns(rows: Sequence[dict[str, float]]) -> dict[str, Floats]:
    return {name: np.array([row[name] for row in rows], dtype=np.float64) for name in rows[0]}
