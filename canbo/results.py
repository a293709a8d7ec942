"""What canbo says about a document, and its one line of ``documents.jsonl``."""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from canbo.data.documents import Document
from canbo.models.predictions import Abstract, EvidenceSpan, ThemePrediction

__all__ = ["SCHEMA_VERSION", "DocumentResult", "ParagraphResult"]

SCHEMA_VERSION = 1
_DECIMALS = 4


@dataclass(frozen=True)
class ParagraphResult:
    """One paragraph with its themes.

    Attributes:
        index: 0-based position in the document.
        text: the paragraph; the evidence's offsets count its characters.
        themes: ids of its themes, in the scheme's order.
        scores: probability of every theme, rounded to 4 decimals; empty when themes were not
            asked for.
        evidence: spans of ``text`` that carry the themes.
        uncertain: ids of the themes, assigned or not, for which the chance of a mistake is so
            high that a person should look first.
    """

    index: int
    text: str
    themes: tuple[str, ...] = ()
    scores: dict[str, float] = field(default_factory=dict)
    evidence: tuple[EvidenceSpan, ...] = ()
    uncertain: tuple[str, ...] = ()


@dataclass(frozen=True)
class DocumentResult:
    """One analysed document: version 1 of the output contract.

    Attributes:
        id: unique within a run.
        source: the path it was read from, with ``#LINE`` for a row of a file that holds many.
        title: the article's title, or None.
        abstract: its summary, or None when abstracts were not asked for.
        paragraphs: all its paragraphs, in reading order.
        lead: the article's own opening summary, where the input states it.
        date: the day of publication that the input states, in ISO 8601, or None.
        abstracts_by_theme: a summary of what it says of each of its themes, or None when those
            were not asked for.
    """

    id: str
    source: str
    title: str | None
    abstract: Abstract | None
    paragraphs: tuple[ParagraphResult, ...]
    lead: str | None = None
    date: str | None = None
    abstracts_by_theme: dict[str, Abstract] | None = None

    @classmethod
    def build(
        cls,
        document: Document,
        predictions: Sequence[ThemePrediction] | None,
        abstract: Abstract | None,
        abstracts_by_theme: dict[str, Abstract] | None = None,
    ) -> DocumentResult:
        """Join a document with what the models said about it.

        Args:
            document: as read.
            predictions: one for each paragraph, or None when themes were not asked for.
            abstract: its summary, or None when abstracts were not asked for.
            abstracts_by_theme: summaries of its themes, or None when those were not asked for.

        Raises:
            ValueError: the number of predictions is not the number of paragraphs, or a score is
                not a finite number.
        """
        if predictions is None:
            paragraphs = [ParagraphResult(i, text) for i, text in enumerate(document.paragraphs)]
        else:
            pairs = zip(document.paragraphs, predictions, strict=True)
            paragraphs = [
                ParagraphResult(
                    index=index,
                    text=text,
                    themes=prediction.themes,
                    scores={theme: _rounded(score) for theme, score in prediction.scores.items()},
                    evidence=prediction.evidence,
                    uncertain=prediction.uncertain,
                )
                for index, (text, prediction) in enumerate(pairs)
            ]
        return cls(
            id=document.id,
            source=document.source,
            title=document.title,
            abstract=abstract,
            paragraphs=tuple(paragraphs),
            lead=document.lead,
            date=document.date,
            abstracts_by_theme=abstracts_by_theme,
        )

    @property
    def themes(self) -> dict[str, int]:
        """Number of paragraphs of each theme that occurs, in the scheme's order."""
        counts = Counter(theme for paragraph in self.paragraphs for theme in paragraph.themes)
        order = dict.fromkeys(theme for p in self.paragraphs for theme in (*p.scores, *p.themes))
        return {theme: counts[theme] for theme in order if counts[theme]}

    def to_dict(self) -> dict[str, Any]:
        """The document as plain JSON values, keys in the contract's order."""
        abstract, by_theme = self.abstract, self.abstracts_by_theme
        return {
            "schema": SCHEMA_VERSION,
            "id": self.id,
            "source": self.source,
            "title": self.title,
            "date": self.date,
            "lead": self.lead,
            "abstract": abstract and _abstract_dict(abstract),
            # Stands only where it was asked for: a field that early lines lack.
            **(
                {}
                if by_theme is None
                else {
                    "abstracts_by_theme": [
                        {"theme": theme, **_abstract_dict(one)} for theme, one in by_theme.items()
                    ]
                }
            ),
            "themes": self.themes,
            "paragraphs": [
                {
                    "index": paragraph.index,
                    "text": paragraph.text,
                    "themes": list(paragraph.themes),
                    "scores": paragraph.scores,
                    "evidence": [asdict(span) for span in paragraph.evidence],
                    "uncertain": list(paragraph.uncertain),
                }
                for paragraph in self.paragraphs
            ],
        }

    def to_json(self) -> str:
        """The document as one line of JSON, without the line's end."""
        return json.dumps(self.to_dict(), ensure_ascii=False, allow_nan=False)

    @classmethod
    def from_dict(cls, record: dict[str, Any]) -> DocumentResult:
        """The inverse of `to_dict`; lines of early versions lack ``date``,
        ``lead`` and ``uncertain``.

        Raises:
            ValueError: the record is of another version of the contract.
            KeyError: a field is missing.
        """
        if record.get("schema") != SCHEMA_VERSION:
            raise ValueError(
                f"schema {record.get('schema')!r}: this canbo reads version {SCHEMA_VERSION}"
            )
        abstract, by_theme = record["abstract"], record.get("abstracts_by_theme")
        return cls(
            id=record["id"],
            source=record["source"],
            title=record["title"],
            abstract=abstract and _abstract(abstract),
            paragraphs=tuple(
                ParagraphResult(
                    index=paragraph["index"],
                    text=paragraph["text"],
                    themes=tuple(paragraph["themes"]),
                    scores=dict(paragraph["scores"]),
                    evidence=tuple(EvidenceSpan(**span) for span in paragraph["evidence"]),
                    uncertain=tuple(paragraph.get("uncertain", ())),
                )
                for paragraph in record["paragraphs"]
            ),
            lead=record.get("lead"),
            date=record.get("date"),
            abstracts_by_theme=None
            if by_theme is None
            else {one["theme"]: _abstract(one) for one in by_theme},
        )

    @classmethod
    def from_json(cls, line: str) -> DocumentResult:
        """The inverse of `to_json`; raises what `from_dict` raises."""
        return cls.from_dict(json.loads(line))


def _abstract_dict(abstract: Abstract) -> dict[str, Any]:
    return {
        "text": abstract.text,
        "method": abstract.method,
        "unsupported": list(abstract.unsupported),
    }


def _abstract(record: dict[str, Any]) -> Abstract:
    return Abstract(record["text"], record["method"], tuple(record["unsupported"]))


def _rounded(score: float) -> float:
    if not math.isfinite(score):
        raise ValueError(f"the classifier's score is {score}")
    return round(float(score), _DECIMALS)
