"""An abstract for each document: written by a sequence-to-sequence model, or chosen from it."""

from __future__ import annotations

import json
import re
from abc import ABC, abstractmethod
from collections.abc import Sequence
from importlib.resources import as_file, files
from pathlib import Path

from canbo.data.documents import Document
from canbo.data.errors import UserError
from canbo.models.extractive import EXTRACTIVE_FILE, ExtractiveModel, Sentences
from canbo.models.predictions import Abstract

__all__ = [
    "CT2_FOLDER",
    "DECISION_FILE",
    "ExtractiveSummarizer",
    "Summarizer",
    "SummarizerError",
]

DECISION_FILE = "decision.json"
CT2_FOLDER = "ct2"  # of the shipped model: the same for CTranslate2
_WORDS = re.compile(r"[^\W\d_]{2,}")
_LONGEST = 150  # syllables; a longer sentence is a text without stops, and is cut


class SummarizerError(UserError):
    """A checkpoint is not a summarizer; the message says which and what to do."""


class Summarizer(ABC):
    """Makes abstracts.

    Attributes:
        source: where it was loaded from, for records.
    """

    source: str

    @staticmethod
    def from_pretrained(
        source: str | Path | None = None, *, device: str | None = None, raw: bool = False
    ) -> Summarizer:
        """Load a summarizer.

        Args:
            source: folder or hub id of a sequence-to-sequence model (ViT5, BARTpho, mT5 ...), or
                folder of `canbo export --format ct2`; None takes what ships with canbo, of which
                ``decision.json`` says whether a model writes or sentences of the document are
                chosen, and by which figures.
            device: ``"cpu"``, ``"cuda"`` or another torch device; None takes a GPU if there is one.
            raw: show a model's first beam as it is, with what the document does not support named
                in ``unsupported``; otherwise nothing unsupported is shown.

        Raises:
            SummarizerError: the checkpoint is not a sequence-to-sequence model.
            OSError: it cannot be found or read.
        """
        # The abstractive one falls back on the extractive one of this module.
        from canbo.models.abstract_choice import CHOICE_FILE, AbstractChoice
        from canbo.models.abstractive import AbstractiveSummarizer
        from canbo.models.devices import device_or_default

        if source is not None:
            return AbstractiveSummarizer.load(str(source), str(source), device, raw=raw)
        with as_file(files("canbo.models") / "embedded" / "summarizer") as folder:
            decision = json.loads((folder / DECISION_FILE).read_text(encoding="utf-8"))
            extractive = ExtractiveSummarizer(
                ExtractiveModel.load(folder / EXTRACTIVE_FILE), source="embedded"
            )
            if decision["method"] == "extractive":
                return extractive
            on_gpu = device_or_default(device) != "cpu"
            return AbstractiveSummarizer.load(
                str(folder if on_gpu else folder / CT2_FOLDER),
                "embedded",
                device,
                fallback=extractive,
                choice=AbstractChoice.load(folder / CHOICE_FILE),
                raw=raw,
            )

    @abstractmethod
    def summarize(self, documents: Sequence[Document], *, batch_size: int = 8) -> list[Abstract]:
        """Summarize each document.

        Args:
            documents: the articles.
            batch_size: documents that a model reads at once.

        Returns:
            One abstract for each, in order; empty for a document without a sentence of words.
        """


class ExtractiveSummarizer(Summarizer):
    """Takes the abstract's sentences from the document, some with a part left out."""

    def __init__(self, model: ExtractiveModel, *, source: str) -> None:
        self.model, self.source = model, source

    def summarize(self, documents: Sequence[Document], *, batch_size: int = 8) -> list[Abstract]:
        """Summarize each document; see `Summarizer.summarize`."""
        return [self._summarize(Sentences(document)) for document in documents]

    def _summarize(self, sentences: Sentences) -> Abstract:
        chosen = self.model.choose(sentences)
        text = " ".join(form.text for form in chosen)
        if len(_WORDS.findall(text)) < 2:  # figures of a table, the number of a page
            text = ""
        return Abstract(_cut(text) if len(chosen) == 1 else text, "extractive")


def _cut(sentence: str) -> str:
    """A text without stops up to a comma, or else a space, with the mark of an omission."""
    words = sentence.split()
    if len(words) <= _LONGEST:
        return sentence
    kept = words[:_LONGEST]
    pauses = [i for i, word in enumerate(kept) if word.endswith((",", ";"))]
    if pauses and pauses[-1] >= _LONGEST // 2:
        kept = kept[: pauses[-1] + 1]
    return " ".join(kept).rstrip(",;") + " …"
