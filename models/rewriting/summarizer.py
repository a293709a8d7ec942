"""An abstract of the article's chosen sentences, some of them rewritten.

Extract, then rewrite (Chen & Bansal, "Fast Abstractive Summarization with Reinforce-Selected
Sentence Rewriting", ACL 2018), with what may be written held to what is safe: a sentence becomes
one of the rewrites that rules license (`canbo.models.rewriting.rewrites`), with first mentions in
full (`canbo.models.rewriting.references`), and the model chooses among them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from canbo.data.documents import Document
from canbo.models.abstract_gate import article_facts
from canbo.models.condensable import can_be_condensed
from canbo.models.extractive import Comparison, Form, Sentences, stands_alone
from canbo.models.guards import guarded
from canbo.models.predictions import Abstract
from canbo.models.rewriting.references import References, is_self_contained, names_in
from canbo.models.rewriting.rewrites import rewrites_of
from canbo.models.rewriting.writer import RewriteDraft, SentenceWriter
from canbo.models.segmentation import Segmenter, load_segmenter
from canbo.models.summarizer import ExtractiveSummarizer, Summarizer
from canbo.models.syllables import words_of
from canbo.models.whole_sentences import as_sentence

__all__ = ["Rewritable", "RewritingSummarizer", "rewritable"]

_LEAST, _MOST = 14, 90  # syllables of a sentence that is worth rewriting, and that can be
_REWRITES_AT_ONCE = 8  # for each document of a batch


@dataclass(frozen=True)
class Rewritable:
    """A sentence of a document and all that it may become.

    Attributes:
        place: index of the sentence.
        source: the sentence, its brief references as they are or completed.
        rewrites: what it may become; a completed sentence may stay as it is.
    """

    place: int
    source: str
    rewrites: list[str]


def rewritable(
    sentences: Sequence[str], places: Sequence[int], segmenter: Segmenter
) -> list[Rewritable]:
    """Find what can be rewritten of a document.

    Args:
        sentences: of the document, all of them in order.
        places: indices of those that are asked for.
        segmenter: finds words.
    """
    references = References(sentences)
    found: list[Rewritable] = []
    for place in places:
        sentence = sentences[place]
        if not stands_alone(sentence) or not _LEAST <= len(words_of(sentence)) <= _MOST:
            continue
        found.append(Rewritable(place, sentence, rewrites_of(sentence, segmenter)))
        for full in references.completed(place):
            found.append(Rewritable(place, full, [full, *rewrites_of(full, segmenter)]))
    return [one for one in found if one.rewrites]


class RewritingSummarizer(Summarizer):
    """Chooses sentences as `ExtractiveSummarizer` does, and shows rewritten ones where it can.

    Attributes:
        margin: as given; infinite where every rewrite is shown.
    """

    def __init__(
        self,
        writer: SentenceWriter,
        chooser: ExtractiveSummarizer,
        *,
        source: str,
        margin: float = 0.0,
        segmenter: Segmenter | None = None,
        raw: bool = False,
    ) -> None:
        """Wrap a model.

        Args:
            writer: chooses among the rewrites of single sentences.
            chooser: chooses the sentences.
            source: where the model was loaded from, for records.
            margin: what an abstract with rewritten sentences may be expected to be worse by, in
                ROUGE, than one of chosen sentences and still be shown.
            segmenter: finds words; None takes canbo's own.
            raw: show what the model likes best of every chosen sentence, whatever it states, with
                what is unsupported named.
        """
        self.writer, self.source = writer, source
        self._chooser, self._raw = chooser, raw
        self.margin = float("inf") if raw else margin
        self._segmenter = segmenter or load_segmenter()

    def summarize(self, documents: Sequence[Document], *, batch_size: int = 8) -> list[Abstract]:
        """Summarize each document; see `Summarizer.summarize`."""
        return [
            self._abstract(document, both)
            for document, both in zip(
                documents, self.compare(documents, batch_size=batch_size), strict=True
            )
        ]

    def compare(self, documents: Sequence[Document], *, batch_size: int = 8) -> list[Comparison]:
        """Put the best abstract with rewritten sentences beside that without, for each document.

        Args:
            documents: the articles.
            batch_size: documents whose rewrites the model reads at once.
        """
        read = [Sentences(document) for document in documents]
        found = [
            (row, one)
            for row, (document, sentences) in enumerate(zip(documents, read, strict=True))
            if can_be_condensed(document)
            for one in rewritable(sentences.texts, self._places(sentences), self._segmenter)
        ]
        drafts = self.writer.write(
            [one.source for _, one in found],
            [one.rewrites for _, one in found],
            _REWRITES_AT_ONCE * batch_size,
        )
        written: list[dict[int, list[Form]]] = [{} for _ in documents]
        for (row, one), own in zip(found, drafts, strict=True):
            if shown := self._shown(one, own):
                written[row].setdefault(one.place, []).extend(shown)
        return [
            self._chooser.model.compare(sentences, own, partial(_reads_well, sentences=sentences))
            for sentences, own in zip(read, written, strict=True)
        ]

    def _places(self, sentences: Sentences) -> list[int]:
        """Sentences that may be rewritten: raw the chosen ones, else all that may be chosen."""
        if self._raw:
            return [form.sentence for form in self._chooser.model.choose(sentences)]
        return self._chooser.model.places(sentences)

    def _shown(self, one: Rewritable, drafts: Sequence[RewriteDraft]) -> list[Form]:
        """What of the drafts of a sentence may stand in its place."""
        texts = [draft.text for draft in (drafts[:1] if self._raw else drafts)]
        return [
            Form.of(one.place, text, is_whole=False)
            for text in texts
            if self._raw or guarded(text, ended=True) == text
        ]

    def _abstract(self, document: Document, both: Comparison) -> Abstract:
        """The abstract with rewritten sentences, unless one without them is expected better."""
        if both.written and both.loss <= self.margin:
            text = " ".join(as_sentence(form.text) for form in both.written)
            unsupported = article_facts(document).unsupported(text)
            if self._raw or not unsupported:
                return Abstract(text, "abstractive", unsupported)
        return self._chooser.abstract(both.chosen)


def _reads_well(forms: Sequence[Form], plain: Sequence[Form], sentences: Sentences) -> bool:
    """Say whether an abstract introduces whom it names, and nobody twice.

    A sentence that the abstract without rewritten ones does not hold is taken only where it leans
    on nothing that stood before it.
    """
    chosen = {form.sentence for form in plain}
    named: set[str] = set()
    for form in forms:
        if form.sentence not in chosen and not is_self_contained(form.text):
            return False
        if (names_in(form.text) - names_in(sentences.texts[form.sentence])) & named:
            return False
        named |= names_in(form.text)
    return True
