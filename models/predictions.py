"""What the models say about a document: plain values that every stage and output shares."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["Abstract", "EvidenceSpan", "ThemePrediction"]


@dataclass(frozen=True)
class EvidenceSpan:
    """Words of a paragraph that carry one of its themes.

    Attributes:
        theme: theme id.
        start: first character of the span in the paragraph's text.
        end: one past its last character.
        text: ``paragraph[start:end]``.
    """

    theme: str
    start: int
    end: int
    text: str


@dataclass(frozen=True)
class ThemePrediction:
    """Themes of one paragraph.

    Attributes:
        themes: ids of the assigned themes, in the scheme's order.
        scores: probability of every theme in the scheme.
        evidence: spans for the assigned themes, ordered by start; empty when not asked for.
        uncertain: ids of the themes, assigned or not, for which the chance of a mistake is so
            high that a person should look first; empty for a checkpoint that does not say how high.
    """

    themes: tuple[str, ...]
    scores: dict[str, float]
    evidence: tuple[EvidenceSpan, ...] = ()
    uncertain: tuple[str, ...] = ()


@dataclass(frozen=True)
class Abstract:
    """A summary of one document.

    Attributes:
        text: the summary; empty only when the document has no sentence of words.
        method: ``"abstractive"`` when a model wrote it, ``"extractive"`` when it is made of
            sentences of the document, some with a part left out (of one that is too long, the
            beginning).
        unsupported: facts in it that its source does not hold, as they stand in ``text``.
    """

    text: str
    method: Literal["abstractive", "extractive"]
    unsupported: tuple[str, ...] = ()
