"""The models' stages over one window of inputs: what every engine does, wherever it does it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from canbo.analyzer import Analyzer
from canbo.clock import Clock
from canbo.data.documents import Document, InputError, Item
from canbo.data.errors import check_machine
from canbo.models.predictions import Abstract, ThemePrediction
from canbo.output import model_error
from canbo.writer import Outcome

__all__ = ["analyze_window"]

_Answer = TypeVar("_Answer")


def analyze_window(
    window: Sequence[Item], analyzer: Analyzer, batch_size: int, evidence: bool, clock: Clock
) -> list[Outcome]:
    """Analyse one window; a document that a model cannot take becomes an error in its place.

    Args:
        window: documents and errors in input order.
        analyzer: its models say which tasks are done.
        batch_size: paragraphs a forward pass.
        evidence: whether to find the words that carry each theme.
        clock: counts the seconds of the stages ``themes`` and ``abstract``.

    Returns:
        One outcome an input, in order.
    """
    failed: dict[str, Exception] = {}

    def stage(
        name: str, answer: Callable[[Sequence[Document]], Sequence[_Answer]]
    ) -> dict[str, _Answer]:
        documents = [i for i in window if isinstance(i, Document) and i.id not in failed]
        answers: dict[str, _Answer] = {}
        with clock(name):
            for document, outcome in zip(documents, _bisect(answer, documents), strict=True):
                if isinstance(outcome, Exception):
                    failed[document.id] = outcome
                else:
                    answers[document.id] = outcome
        return answers

    themes: dict[str, list[ThemePrediction]] = {}
    abstracts: dict[str, Abstract] = {}
    if analyzer.classifier:
        themes = stage("themes", lambda d: analyzer.predict_themes(d, batch_size, evidence))
    if analyzer.summarizer:
        abstracts = stage("abstract", lambda d: analyzer.summarize(d, batch_size))

    def outcome(item: Item) -> Outcome:
        if isinstance(item, InputError):
            return item
        if item.id in failed:
            return model_error(item, failed[item.id])
        try:
            return analyzer.result(item, themes.get(item.id), abstracts.get(item.id))
        except ValueError as error:
            return model_error(item, error)

    return [outcome(item) for item in window]


def _bisect(
    answer: Callable[[Sequence[Document]], Sequence[_Answer]], documents: Sequence[Document]
) -> list[_Answer | Exception]:
    """Answers in order, with the error in the place of each document that raises one."""
    if not documents:
        return []
    try:
        return list(answer(documents))
    except Exception as error:
        if isinstance(error, OSError):
            check_machine(error)
        if len(documents) == 1:
            return [error]
    middle = len(documents) // 2
    return _bisect(answer, documents[:middle]) + _bisect(answer, documents[middle:])
