"""Abstracts that a model writes, shown only where the article supports them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from canbo.data.documents import Document
from canbo.models.abstract_choice import AbstractChoice, choice_features
from canbo.models.abstract_gate import Candidate, article_facts, candidates, to_forbid
from canbo.models.batching import length_batches
from canbo.models.condensable import can_be_condensed
from canbo.models.extractive import ExtractiveModel, Sentences
from canbo.models.faithfulness import SourceFacts
from canbo.models.generation import Draft, Writer
from canbo.models.guards import tidy
from canbo.models.predictions import Abstract
from canbo.models.source_text import SourceFormat, source_text
from canbo.models.summarizer import ExtractiveSummarizer, Summarizer
from canbo.models.writers import load_writer

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

__all__ = ["AbstractiveSummarizer"]


class AbstractiveSummarizer(Summarizer):
    """Lets a model write, and shows of what it wrote only what holds.

    The model reads the whole document, or of one that is longer than its limit the sentences that
    say most. All beams pass the guards (`canbo.models.guards`) and are held against the whole
    document (`canbo.models.faithfulness`); the best scored without an unsupported fact is the
    abstract. Where there is none, the model writes once more without the words at fault, and where
    that fails too, or where there is nothing to condense (a short article, a table, another
    language), the abstract is made of the document's own sentences. Its ``unsupported`` is empty.
    With an estimate of quality the beams are ordered by that instead, and the document's sentences
    are shown where they are expected to be better.
    """

    def __init__(
        self,
        writer: Writer,
        tokenizer: PreTrainedTokenizerBase,
        source_format: SourceFormat,
        *,
        source: str,
        fallback: ExtractiveSummarizer | None = None,
        choice: AbstractChoice | None = None,
        raw: bool = False,
    ) -> None:
        """Wrap a model in its engine.

        Args:
            writer: the engine.
            tokenizer: of the model.
            source_format: what the model reads of a document.
            source: where it was loaded from, for records.
            fallback: chooses sentences; None takes what ships with canbo.
            choice: estimates the quality of abstracts; None goes by the model's own scores.
            raw: show the model's first beam, whatever it states, with what is unsupported named.
        """
        self.writer, self.tokenizer, self.source = writer, tokenizer, source
        self._format, self._raw, self.choice = source_format, raw, choice
        self._fallback = fallback or ExtractiveSummarizer(
            ExtractiveModel.shipped(), source="embedded"
        )

    @classmethod
    def load(
        cls,
        location: str,
        source: str,
        device: str | None,
        *,
        fallback: ExtractiveSummarizer | None = None,
        choice: AbstractChoice | None = None,
        raw: bool = False,
    ) -> AbstractiveSummarizer:
        """Load a checkpoint of `transformers` or a folder of `canbo export --format ct2`.

        Args:
            location: folder or hub id.
            source: what records call it.
            device: as of `Summarizer.from_pretrained`.
            fallback: as of this class.
            choice: likewise.
            raw: likewise.

        Raises:
            SummarizerError: it is neither; the message says what it is.
            OSError: it cannot be found or read.
        """
        writer, tokenizer, source_format = load_writer(location, source, device)
        return cls(
            writer,
            tokenizer,
            source_format,
            source=source,
            fallback=fallback,
            choice=choice,
            raw=raw,
        )

    def summarize(self, documents: Sequence[Document], *, batch_size: int = 8) -> list[Abstract]:
        """Summarize each document; see `Summarizer.summarize`."""
        abstracts = {
            i: made
            for i, drafts in self._drafts(documents, batch_size)
            if (made := self._abstract(documents[i], drafts))
        }
        others = [i for i in range(len(documents)) if i not in abstracts]
        chosen = self._fallback.summarize([documents[i] for i in others])
        abstracts |= dict(zip(others, chosen, strict=True))
        return [abstracts[i] for i in range(len(documents))]

    def supported(
        self, documents: Sequence[Document], *, batch_size: int = 8
    ) -> list[list[Candidate]]:
        """All abstracts of each document that may be shown, as `canbo.train.selection` needs them.

        Args:
            documents: the articles.
            batch_size: documents that the model reads at once.

        Returns:
            For each document the candidates without an unsupported fact, the best scored first.
        """
        found: list[list[Candidate]] = [[] for _ in documents]
        for i, drafts in self._drafts(documents, batch_size):
            found[i] = self._supported(documents[i], drafts, article_facts(documents[i]))
        return found

    def _drafts(
        self, documents: Sequence[Document], batch_size: int
    ) -> Iterator[tuple[int, list[Draft]]]:
        """What the model writes about each document that can be condensed."""
        written = [i for i, document in enumerate(documents) if can_be_condensed(document)]
        sources = {i: self._source(documents[i]) for i in written}
        for rows in length_batches([len(sources[i]) for i in written], batch_size):
            batch = [written[row] for row in rows]
            drafts = self.writer.write([sources[i] for i in batch])
            yield from zip(batch, drafts, strict=True)

    def _source(self, document: Document) -> str:
        return source_text(document, self.tokenizer, self._format, self._fallback.model.rate)

    def _abstract(self, document: Document, drafts: list[Draft]) -> Abstract | None:
        """What is shown of the drafts; None where the document's sentences are."""
        facts = article_facts(document)
        if self._raw:
            text = tidy(drafts[0].text)
            return Abstract(text, "abstractive", facts.unsupported(text))
        supported = self._supported(document, drafts, facts)
        if supported and self.choice:
            return self._chosen(document, supported, self.choice)
        return Abstract(supported[0].text, "abstractive") if supported else None

    def _supported(
        self, document: Document, drafts: list[Draft], facts: SourceFacts
    ) -> list[Candidate]:
        checked = candidates(drafts, facts)
        supported = [candidate for candidate in checked if not candidate.unsupported]
        if not supported and (forbidden := to_forbid(checked)):
            (again,) = self.writer.write([self._source(document)], forbidden)
            checked = candidates(again, facts)
            supported = [candidate for candidate in checked if not candidate.unsupported]
        return supported

    def _chosen(
        self, document: Document, supported: list[Candidate], choice: AbstractChoice
    ) -> Abstract | None:
        sentences = Sentences(document)
        chances = self._fallback.model.chances(sentences)
        (extractive,) = self._fallback.summarize([document])

        def expected(text: str, score: float | None) -> float:
            return choice.expected(choice_features(text, score, sentences, chances))

        rated = [(expected(one.text, one.score), one.text) for one in supported]
        rating, text = max(rated, key=lambda one: one[0])
        if rating + choice.margin < expected(extractive.text, None):
            return None
        return Abstract(text, "abstractive")
