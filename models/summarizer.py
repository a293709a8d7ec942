"""An abstract for each document: written by a sequence-to-sequence model, or chosen from it."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Sequence
from importlib.resources import as_file, files
from pathlib import Path
from typing import TYPE_CHECKING

from canbo.data.documents import Document
from canbo.data.errors import UserError
from canbo.models.batching import length_batches
from canbo.models.extractive import EXTRACTIVE_FILE, ExtractiveModel, Sentences
from canbo.models.faithfulness import unsupported_names, unsupported_numbers
from canbo.models.predictions import Abstract
from canbo.models.sentences import split_sentences
from canbo.models.source_text import SourceFormat, source_text

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerBase

__all__ = [
    "AbstractiveSummarizer",
    "ExtractiveSummarizer",
    "ShippedSummarizer",
    "Summarizer",
    "SummarizerError",
]

DECISION_FILE = "decision.json"
_NEW_TOKENS = 256  # of an abstract, where the checkpoint does not say


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
        source: str | Path | None = None, *, device: str | None = None
    ) -> Summarizer:
        """Load a summarizer.

        Args:
            source: folder or hub id of a sequence-to-sequence model (ViT5, BARTpho, mT5 ...),
                which then writes the abstracts; None takes what ships with canbo: sentences of
                the document, as long as the shipped model does not write better abstracts than
                that (``decision.json`` beside it holds the figures).
            device: ``"cpu"``, ``"cuda"`` or another torch device; None takes a GPU if there is one.

        Raises:
            SummarizerError: the checkpoint is not a sequence-to-sequence model.
            OSError: it cannot be found or read.
        """
        if source is not None:
            return AbstractiveSummarizer.load(str(source), str(source), device)
        with as_file(files("canbo.models") / "embedded" / "summarizer") as folder:
            decision = json.loads((folder / DECISION_FILE).read_text(encoding="utf-8"))
            extractive = ExtractiveSummarizer(
                ExtractiveModel.load(folder / EXTRACTIVE_FILE), source="embedded"
            )
            if decision["method"] == "extractive":
                return extractive
            return ShippedSummarizer(
                AbstractiveSummarizer.load(str(folder), "embedded", device), extractive
            )

    @abstractmethod
    def summarize(self, documents: Sequence[Document], *, batch_size: int = 8) -> list[Abstract]:
        """Summarize each document.

        Args:
            documents: the articles.
            batch_size: documents that a model reads at once.

        Returns:
            One abstract for each, in order: whole sentences, empty for a document without any.
        """


class ExtractiveSummarizer(Summarizer):
    """Takes the abstract's sentences from the document."""

    def __init__(self, model: ExtractiveModel, *, source: str) -> None:
        self.model, self.source = model, source

    def summarize(self, documents: Sequence[Document], *, batch_size: int = 8) -> list[Abstract]:
        """Summarize each document; see `Summarizer.summarize`."""
        return [self._summarize(Sentences(document)) for document in documents]

    def _summarize(self, sentences: Sentences) -> Abstract:
        chosen = self.model.choose(sentences)
        return Abstract(" ".join(sentences.texts[i] for i in chosen), "extractive")


class AbstractiveSummarizer(Summarizer):
    """Lets a sequence-to-sequence model write the abstract.

    The model reads the whole document, or of one that is longer than its limit the sentences
    that say most. Beam search with 4 beams, no 3-gram twice.
    """

    def __init__(
        self, model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase, *, source: str
    ) -> None:
        """Wrap a loaded model.

        Args:
            model: a sequence-to-sequence language model.
            tokenizer: its tokenizer.
            source: where they were loaded from, for records.
        """
        self.model: PreTrainedModel = model.eval()  # type: ignore[no-untyped-call]
        self.tokenizer, self.source = tokenizer, source
        self._format = SourceFormat.of_checkpoint(model.config, tokenizer)
        self._rating = ExtractiveModel.shipped()
        model.generation_config.update(  # type: ignore[no-untyped-call]
            max_length=None,
            max_new_tokens=model.generation_config.max_new_tokens or _NEW_TOKENS,
            num_beams=4,
            no_repeat_ngram_size=3,
        )

    @classmethod
    def load(cls, location: str, source: str, device: str | None) -> AbstractiveSummarizer:
        """Load a checkpoint; arguments and errors as of `Summarizer.from_pretrained`."""
        import torch
        from transformers import AutoConfig, AutoModelForSeq2SeqLM, AutoTokenizer

        folder = Path(location)
        if folder.is_dir() and not (folder / "config.json").is_file():
            raise SummarizerError(
                f"{source}: this folder holds no model (no config.json); name the output folder "
                "of 'canbo train summarizer' or of save_pretrained"
            )
        config = AutoConfig.from_pretrained(location)
        if not config.is_encoder_decoder:
            raise SummarizerError(
                f"{source}: a {config.model_type} model cannot write abstracts; name a "
                "sequence-to-sequence checkpoint such as VietAI/vit5-base-vietnews-summarization"
            )
        model = AutoModelForSeq2SeqLM.from_pretrained(
            location, dtype=torch.float32, use_safetensors=True
        )
        return cls(
            model.to(device or ("cuda" if torch.cuda.is_available() else "cpu")),
            AutoTokenizer.from_pretrained(location),
            source=source,
        )

    def summarize(self, documents: Sequence[Document], *, batch_size: int = 8) -> list[Abstract]:
        """Summarize each document; see `Summarizer.summarize`."""
        abstracts = [Abstract("", "extractive") for _ in documents]
        written = [i for i, document in enumerate(documents) if document.paragraphs]
        sources = {
            i: source_text(documents[i], self.tokenizer, self._format, self._rating.rate)
            for i in written
        }
        for rows in length_batches([len(sources[i]) for i in written], batch_size):
            batch = [written[row] for row in rows]
            for i, text in zip(batch, self._write([sources[i] for i in batch]), strict=True):
                document = documents[i]
                whole = "\n".join((document.title or "", *document.paragraphs))
                unsupported = unsupported_numbers(text, whole) + unsupported_names(text, whole)
                abstracts[i] = Abstract(text, "abstractive", unsupported)
        return abstracts

    def _write(self, sources: list[str]) -> list[str]:
        """Generate an abstract for each source text of one batch."""
        import torch

        encoded = self.tokenizer(
            sources,
            truncation=True,
            max_length=self._format.max_source_length,
            padding=True,
            return_tensors="pt",
        )
        with torch.inference_mode():
            ids = self.model.generate(  # type: ignore[operator]
                input_ids=encoded["input_ids"].to(self.model.device),
                attention_mask=encoded["attention_mask"].to(self.model.device),
            )
        ended = (ids == self.tokenizer.eos_token_id).any(dim=1).tolist()
        texts = self.tokenizer.batch_decode(ids, skip_special_tokens=True)
        return [
            _whole_sentences(" ".join(text.split()), is_ended)
            for text, is_ended in zip(texts, ended, strict=True)
        ]


class ShippedSummarizer(Summarizer):
    """The shipped model's abstracts; sentences instead where one states what is not there."""

    def __init__(self, model: AbstractiveSummarizer, fallback: ExtractiveSummarizer) -> None:
        self._model, self._fallback, self.source = model, fallback, model.source

    def summarize(self, documents: Sequence[Document], *, batch_size: int = 8) -> list[Abstract]:
        """Summarize each document; see `Summarizer.summarize`."""
        abstracts = self._model.summarize(documents, batch_size=batch_size)
        doubtful = [i for i, abstract in enumerate(abstracts) if abstract.unsupported]
        chosen = self._fallback.summarize([documents[i] for i in doubtful])
        for i, abstract in zip(doubtful, chosen, strict=True):
            abstracts[i] = abstract
        return abstracts


def _whole_sentences(text: str, ended: bool) -> str:
    """End a model's text with a sentence.

    Args:
        text: what the model wrote.
        ended: it stopped of itself; otherwise the length limit may have cut a sentence, which is
            then dropped, or marked with an ellipsis when it is the only one.
    """
    spans = split_sentences(text)
    if not spans or text.rstrip('"”’»)]').endswith((".", "!", "?", "…")):
        return text
    if ended:
        return text + "."
    return text[: spans[-2][1]] if len(spans) > 1 else text + "…"
