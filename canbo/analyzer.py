"""`Analyzer`: the models behind one call, for one text or for many documents."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from canbo.data.documents import Document
from canbo.data.errors import UserError
from canbo.models.predictions import Abstract, ThemePrediction
from canbo.results import DocumentResult

if TYPE_CHECKING:
    from canbo.data.themes import ThemeScheme
    from canbo.models.classifier import ThemeClassifier
    from canbo.models.extractive import ExtractiveModel
    from canbo.models.roberta import Precision
    from canbo.models.summarizer import Summarizer

__all__ = [
    "ALL_TASKS",
    "DEFAULT_BATCH_SIZE",
    "TASKS",
    "Analyzer",
    "ModelSourceError",
]

TASKS = ("themes", "abstract")
_BY_THEME = "abstract:by-theme"
ALL_TASKS = (*TASKS, _BY_THEME)
DEFAULT_BATCH_SIZE = 32
# A summarizer reads a whole article where the classifier reads a paragraph: of the same memory
# it is given fewer at a time.
_PARAGRAPHS_PER_DOCUMENT = 4
_HUB_ID = re.compile(r"[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*", re.ASCII)

_Model = TypeVar("_Model")


class ModelSourceError(UserError):
    """A model cannot be had from where the caller says; the message names place and remedy."""


class Analyzer:
    """Themes with evidence for every paragraph, and an abstract for every document.

    Args:
        classifier: gives the themes; None leaves that task out.
        summarizer: gives the abstracts; None leaves that task out.
        by_theme: whether to give abstracts by theme too; needs a classifier.
    """

    def __init__(
        self,
        classifier: ThemeClassifier | None = None,
        summarizer: Summarizer | None = None,
        *,
        by_theme: bool = False,
    ) -> None:
        self.classifier = classifier
        self.summarizer = summarizer
        self.by_theme = by_theme

    @classmethod
    def from_pretrained(
        cls,
        classifier: str | Path | None = None,
        summarizer: str | Path | None = None,
        *,
        device: str | None = None,
        tasks: Sequence[str] = TASKS,
        precision: Precision = "float32",
        raw_abstracts: bool = False,
    ) -> Analyzer:
        """Load the models of the tasks.

        Args:
            classifier: model folder or hub id; None is the model that ships with canbo.
            summarizer: the same for the abstracts.
            device: ``"cpu"`` or ``"cuda"``; None takes what is there.
            tasks: of ``"themes"``, ``"abstract"`` and ``"abstract:by-theme"``, which implies
                themes; the others' models are not loaded.
            precision: of the classifier's scores on a CPU: ``"int8"`` is faster (see
                `canbo.models.roberta`).
            raw_abstracts: show what a summarizer's model wrote whether or not the article supports
                it; see `canbo.models.summarizer.Summarizer.from_pretrained`.

        Raises:
            ModelSourceError: a model is not there or cannot be loaded, or the device is not there.
            ValueError: a task is unknown, or there is none.
        """
        if not tasks or set(tasks) - set(ALL_TASKS):
            raise ValueError(f"tasks must be some of {', '.join(ALL_TASKS)}, not {list(tasks)}")
        by_theme = _BY_THEME in tasks
        themes = by_theme or "themes" in tasks
        if themes:
            _check_source("classifier", classifier)
        if "abstract" in tasks:
            _check_source("summarizer", summarizer)
        _check_device(device)
        loaded = cls(by_theme=by_theme)
        if themes:
            from canbo.models.classifier import ThemeClassifier

            loaded.classifier = _load(
                "classifier",
                classifier,
                device,
                partial(ThemeClassifier.from_pretrained, precision=precision),
            )
        if "abstract" in tasks:
            from canbo.models.summarizer import Summarizer

            loaded.summarizer = _load(
                "summarizer",
                summarizer,
                device,
                partial(Summarizer.from_pretrained, raw=raw_abstracts),
            )
        return loaded

    @property
    def scheme(self) -> ThemeScheme:
        """Names, colours and definitions of the themes: the classifier's, or the shipped ones."""
        from canbo.data.themes import load_theme_scheme

        carried = self.classifier.scheme if self.classifier else None
        return carried or load_theme_scheme()

    def __call__(self, text: str, title: str | None = None) -> DocumentResult:
        """Clean one pasted text and analyse it.

        Args:
            text: an article as copied from a page; what is not the article is removed.
            title: its title, when it is known and not part of the text.

        Raises:
            ValueError: no paragraph is left.
        """
        from canbo.data.cleaning import clean_article

        article = clean_article(text, title)
        if not article.paragraphs:
            raise ValueError("the text holds no paragraph of an article")
        document = Document("text", "text", article.title, tuple(article.paragraphs))
        return self.analyze([document])[0]

    def analyze(
        self,
        documents: Sequence[Document],
        batch_size: int = DEFAULT_BATCH_SIZE,
        evidence: bool = True,
    ) -> list[DocumentResult]:
        """Analyse documents together.

        Args:
            documents: any number; all are held in memory.
            batch_size: paragraphs a forward pass of the classifier.
            evidence: whether to find the words that carry each theme.

        Returns:
            One result a document, in order.
        """
        themes = self.predict_themes(documents, batch_size, evidence) if self.classifier else None
        abstracts = self.summarize(documents, batch_size) if self.summarizer else None
        return [
            self.result(
                document, themes[i] if themes else None, abstracts[i] if abstracts else None
            )
            for i, document in enumerate(documents)
        ]

    def result(
        self,
        document: Document,
        predictions: Sequence[ThemePrediction] | None,
        abstract: Abstract | None,
    ) -> DocumentResult:
        """Join what the models said about a document, with the abstracts by theme if asked for.

        Args:
            document: as read.
            predictions: of `predict_themes`, or None.
            abstract: of `summarize`, or None.

        Raises:
            ValueError: as of `DocumentResult.build`.
        """
        by_theme = None
        if self.by_theme and predictions is not None:
            from canbo.models.theme_abstracts import theme_abstracts

            by_theme = theme_abstracts(document, predictions, self._sentence_model)
        return DocumentResult.build(document, predictions, abstract, by_theme)

    @cached_property
    def _sentence_model(self) -> ExtractiveModel:
        from canbo.models.extractive import ExtractiveModel

        return ExtractiveModel.shipped()

    def predict_themes(
        self,
        documents: Sequence[Document],
        batch_size: int = DEFAULT_BATCH_SIZE,
        evidence: bool = True,
    ) -> list[list[ThemePrediction]]:
        """Classify the paragraphs of all documents in one pass; equal texts are read once.

        Args:
            documents: any number.
            batch_size: paragraphs a forward pass.
            evidence: whether to find the words that carry each theme.

        Returns:
            For each document one prediction a paragraph.

        Raises:
            RuntimeError: this analyzer has no classifier.
        """
        if self.classifier is None:
            raise RuntimeError("this analyzer was made without a classifier")
        texts = list(dict.fromkeys(text for document in documents for text in document.paragraphs))
        predictions = (
            self.classifier.predict(texts, batch_size=batch_size, evidence=evidence)
            if texts
            else []
        )
        by_text = dict(zip(texts, predictions, strict=True))
        return [[by_text[text] for text in document.paragraphs] for document in documents]

    def summarize(
        self, documents: Sequence[Document], batch_size: int = DEFAULT_BATCH_SIZE
    ) -> list[Abstract]:
        """Summarize each document.

        Args:
            documents: any number.
            batch_size: as for the classifier; the summarizer takes a quarter as many documents.

        Raises:
            RuntimeError: this analyzer has no summarizer.
        """
        if self.summarizer is None:
            raise RuntimeError("this analyzer was made without a summarizer")
        return self.summarizer.summarize(
            documents, batch_size=max(1, batch_size // _PARAGRAPHS_PER_DOCUMENT)
        )


def _check_source(role: str, source: str | Path | None) -> None:
    """Refuse at once what can only be a mistyped folder; the hub is asked after long retries."""
    if source is None or (str(source) and Path(source).is_dir()):
        return
    if isinstance(source, Path) or not _HUB_ID.fullmatch(source):
        raise ModelSourceError(
            f"{role} {str(source)!r}: there is no such folder, and it is not a hub id of the form"
            " owner/name"
        )
    if Path(source).parent.is_dir():
        raise ModelSourceError(
            f"{role} {source!r}: the folder {Path(source).parent} holds no such folder (it is not"
            " looked for on the hub, because a local folder has the owner's name)"
        )


def _check_device(device: str | None) -> None:
    if device is not None and device.startswith("cuda"):
        import torch

        if not torch.cuda.is_available():
            raise ModelSourceError(f"device {device!r}: this machine has no usable CUDA device")


def _load(
    role: str,
    source: str | Path | None,
    device: str | None,
    from_pretrained: Callable[..., _Model],
) -> _Model:
    from safetensors import SafetensorError

    try:
        return from_pretrained(source, device=device)
    except (OSError, ValueError, RuntimeError, SafetensorError) as error:
        if source is None:
            shown = f"the shipped {role}"
        elif Path(source).is_dir():
            shown = f"{role} {str(source)!r}"
        else:
            shown = f"{role} {source!r} (no such folder, so taken for a hub id)"
        reason = str(error).strip().partition("\n")[0] or type(error).__name__
        if isinstance(error, SafetensorError):
            reason = f"its weights are damaged ({reason}); copy or download it again"
        elif "ignore_mismatched_sizes" in reason:  # An option that canbo does not have.
            reason = "its weights have other sizes than its config.json gives"
        raise ModelSourceError(f"{shown} cannot be loaded: {reason}") from error
