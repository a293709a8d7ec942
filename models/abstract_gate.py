"""A model's drafts, cleaned and held against the article: candidates for its abstract."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from canbo.data.documents import Document
from canbo.models.faithfulness import SourceFacts
from canbo.models.generation import Draft
from canbo.models.guards import guarded

__all__ = ["Candidate", "article_facts", "candidates", "to_forbid"]


@dataclass(frozen=True)
class Candidate:
    """A draft after the guards.

    Attributes:
        text: whole sentences.
        score: the draft's.
        unsupported: facts in it that the article does not hold.
    """

    text: str
    score: float
    unsupported: tuple[str, ...]


def article_facts(document: Document) -> SourceFacts:
    """Analyse a document for checking abstracts of it: its title and all its paragraphs."""
    return SourceFacts("\n".join((document.title or "", *document.paragraphs)))


def candidates(drafts: Sequence[Draft], facts: SourceFacts) -> list[Candidate]:
    """Clean and check the drafts of one document.

    Args:
        drafts: of all beams.
        facts: of the whole document, not of what the model read of it.

    Returns:
        The drafts of which something stays, each text once, the best scored first.
    """
    made: dict[str, float] = {}
    for draft in drafts:
        text = guarded(draft.text, draft.ended)
        if text:
            made[text] = max(draft.score, made.get(text, draft.score))
    ordered = sorted(made.items(), key=lambda item: -item[1])
    return [Candidate(text, score, facts.unsupported(text)) for text, score in ordered]


def to_forbid(checked: Sequence[Candidate]) -> list[str]:
    """What no draft may say when the document is written about once more."""
    return list(dict.fromkeys(fact for candidate in checked for fact in candidate.unsupported))
