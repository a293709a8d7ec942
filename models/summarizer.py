"""An abstract for each document: written by a sequence-to-sequence model, or chosen from it."""

from __future__ import annotations

import json
import re
from abc import ABC, abstractmethod
from collections.abc import Sequence
from importlib.resources import as_file, files
from importlib.util import find_spec
from pathlib import Path

from canbo.data.documents import Document
from canbo.data.errors import UserError
from canbo.models.ct2_writer import WEIGHTS_FILE
from canbo.models.extractive import EXTRACTIVE_FILE, ExtractiveModel, Form, Sentences
from canbo.models.predictions import Abstract
from canbo.models.whole_sentences import as_sentence

__all__ = [
    "CT2_FOLDER",
    "DECISION_FILE",
    "ExtractiveSummarizer",
    "Summarizer",
    "SummarizerError",
]

DECISION_FILE = "decision.json"
CT2_FOLDER = "ct2"  # in a model's folder: the same model for CTranslate2
_WORDS = re.compile(r"[^\W\d_]{2,}")


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
            source: folder or hub id of a sequence-to-sequence model (ViT5, BARTpho, mT5 ...),
                folder of `canbo export --format ct2`, or folder of `canbo train selection` or
                `canbo train extractive`; None takes what ships with canbo, which is one of
                `canbo train selection`. Of a folder all is used that these commands write:
                ``decision.json`` says whether a model writes or sentences of the document are
                chosen, and how readily rewritten ones are shown, ``extractive.json`` chooses them,
                ``choice.json`` chooses between both, and ``ct2`` writes on a CPU where CTranslate2
                is installed.
            device: ``"cpu"``, ``"cuda"`` or another torch device; None takes a GPU if there is one.
            raw: show a model's first beam as it is, with what the document does not support named
                in ``unsupported``; otherwise nothing unsupported is shown.

        Raises:
            SummarizerError: the checkpoint is not a sequence-to-sequence model, its folder's
                ``decision.json`` names no method, or ``raw`` is asked of what only chooses
                sentences.
            ValueError: ``extractive.json`` or ``choice.json`` is of another version.
            OSError: it cannot be found or read.
        """
        # The abstractive one falls back on the extractive one of this module.
        from canbo.models.abstractive import AbstractiveSummarizer

        if source is None:
            with as_file(files("canbo.models") / "embedded" / "summarizer") as folder:
                return _from_folder(folder, "embedded", device, raw=raw)
        if Path(source).is_dir():
            return _from_folder(Path(source), str(source), device, raw=raw)
        return AbstractiveSummarizer.load(str(source), str(source), device, raw=raw)

    @abstractmethod
    def summarize(self, documents: Sequence[Document], *, batch_size: int = 8) -> list[Abstract]:
        """Summarize each document.

        Args:
            documents: the articles.
            batch_size: documents that a model reads at once.

        Returns:
            One abstract for each, in order, of whole sentences; empty for a document without any:
            one of figures, or of nothing but the rows of a table.
        """


class ExtractiveSummarizer(Summarizer):
    """Takes the abstract's sentences from the document, some with a part left out."""

    def __init__(self, model: ExtractiveModel, *, source: str) -> None:
        self.model, self.source = model, source

    def summarize(self, documents: Sequence[Document], *, batch_size: int = 8) -> list[Abstract]:
        """Summarize each document; see `Summarizer.summarize`."""
        return [self.abstract(self.model.choose(Sentences(document))) for document in documents]

    def abstract(self, chosen: Sequence[Form]) -> Abstract:
        """Make an abstract of chosen sentences, whole or shortened, in reading order."""
        text = " ".join(as_sentence(form.text) for form in chosen)
        if len(_WORDS.findall(text)) < 2:  # figures of a table, the number of a page
            text = ""
        return Abstract(text, "extractive")


def _from_folder(folder: Path, source: str, device: str | None, *, raw: bool) -> Summarizer:
    """What a folder decides to use, with all that it brings for it."""
    from canbo.models.abstract_choice import CHOICE_FILE, AbstractChoice
    from canbo.models.abstractive import AbstractiveSummarizer
    from canbo.models.rewriting.summarizer import RewritingSummarizer
    from canbo.models.rewriting.writer import SentenceWriter, reads_sentences

    chooser = None
    if (folder / EXTRACTIVE_FILE).is_file():
        chooser = ExtractiveSummarizer(
            ExtractiveModel.load(folder / EXTRACTIVE_FILE), source=source
        )
    if chooser and _method(folder) == "extractive":
        if raw:
            raise SummarizerError(
                f"{source}: chooses sentences of the article and writes none that --raw-abstracts"
                " could show; leave that out, or name a model that writes with --summarizer"
            )
        return chooser
    if reads_sentences(folder):
        return RewritingSummarizer(
            SentenceWriter.load(str(folder), device),
            chooser or ExtractiveSummarizer(ExtractiveModel.shipped(), source="embedded"),
            source=source,
            margin=_margin(folder),
            raw=raw,
        )
    location, device = _engine(folder, device)
    choice = folder / CHOICE_FILE
    return AbstractiveSummarizer.load(
        str(location),
        source,
        device,
        fallback=chooser,
        choice=AbstractChoice.load(choice) if choice.is_file() else None,
        raw=raw,
    )


def _method(folder: Path) -> str:
    """The decision; of a folder without one, to write if it holds a model."""
    path = folder / DECISION_FILE
    if not path.is_file():
        is_model = any((folder / name).is_file() for name in ("config.json", WEIGHTS_FILE))
        return "abstractive" if is_model else "extractive"
    method = json.loads(path.read_text(encoding="utf-8")).get("method")
    if method not in ("abstractive", "extractive"):
        raise SummarizerError(
            f"{path}: its method is {method!r}, neither 'abstractive' nor 'extractive'; write it"
            " again with 'canbo train selection'"
        )
    return str(method)


def _margin(folder: Path) -> float:
    """How readily rewritten sentences are shown, if the decision says."""
    path = folder / DECISION_FILE
    decision = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    return float(decision.get("margin", 0.0))


def _engine(folder: Path, device: str | None) -> tuple[Path, str | None]:
    """The folder to load the model from, and the device: on a CPU CTranslate2's if it can be."""
    converted = folder / CT2_FOLDER
    if (converted / WEIGHTS_FILE).is_file() and find_spec("ctranslate2"):
        from canbo.models.devices import device_or_default

        if device_or_default(device) == "cpu":
            return converted, "cpu"
    return folder, device
