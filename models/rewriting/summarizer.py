"""An abstract of the article's chosen sentences, rewritten by a model where that is safe.

Extract, then rewrite (Chen & Bansal, "Fast Abstractive Summarization with Reinforce-Selected
Sentence Rewriting", ACL 2018): what a small model can write truly is one sentence about one
sentence. Each of the chosen sentences goes to the model by itself; a draft is shown only where it
is one whole sentence that stands alone, states no number and no name that its sentence does not,
and is judged fluent and true (`canbo.models.rewriting.judgement`). Elsewhere the sentence stays.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

from canbo.data.documents import Document
from canbo.models.abstract_gate import article_facts
from canbo.models.batching import length_batches
from canbo.models.condensable import can_be_condensed
from canbo.models.extractive import Form, Sentences, stands_alone
from canbo.models.faithfulness import SourceFacts
from canbo.models.guards import guarded, tidy
from canbo.models.predictions import Abstract
from canbo.models.rewriting.judgement import Judgement, judgement_features
from canbo.models.rewriting.writer import RewriteDraft, SentenceWriter
from canbo.models.sentences import split_sentences
from canbo.models.summarizer import ExtractiveSummarizer, Summarizer
from canbo.models.syllables import words_of
from canbo.models.whole_sentences import as_sentence

__all__ = ["Rewrite", "RewritingSummarizer"]

_LEAST, _MOST = 14, 90  # syllables of a sentence that is worth rewriting, and that can be
_SENTENCES_A_DOCUMENT = 3


@dataclass(frozen=True)
class Rewrite:
    """A rewritten sentence that passed the guards.

    Attributes:
        text: one whole sentence.
        features: what it is judged by (`judgement_features`).
    """

    text: str
    features: tuple[float, ...]


class RewritingSummarizer(Summarizer):
    """Chooses sentences as `ExtractiveSummarizer` does, and shows rewritten ones where it can."""

    def __init__(
        self,
        writer: SentenceWriter,
        chooser: ExtractiveSummarizer,
        *,
        source: str,
        judgement: Judgement | None = None,
        raw: bool = False,
    ) -> None:
        """Wrap a model.

        Args:
            writer: rewrites single sentences.
            chooser: chooses the sentences.
            source: where the model was loaded from, for records.
            judgement: says which rewritten sentences are shown; None shows all that pass the
                guards and the facts.
            raw: show the model's first draft of every sentence, whatever it states, with what is
                unsupported named.
        """
        self.writer, self.source = writer, source
        self._chooser, self._judgement, self._raw = chooser, judgement, raw

    @classmethod
    def load(
        cls,
        location: str,
        device: str | None,
        chooser: ExtractiveSummarizer,
        *,
        source: str,
        judgement: Judgement | None = None,
        raw: bool = False,
    ) -> RewritingSummarizer:
        """Load a checkpoint of `canbo train summarizer` that reads sentences.

        Args:
            location: its folder.
            device: as of `Summarizer.from_pretrained`.
            chooser: as of this class.
            source: what records call it.
            judgement: as of this class.
            raw: likewise.

        Raises:
            OSError: it cannot be found or read.
        """
        writer = SentenceWriter.load(location, device)
        return cls(writer, chooser, source=source, judgement=judgement, raw=raw)

    def summarize(self, documents: Sequence[Document], *, batch_size: int = 8) -> list[Abstract]:
        """Summarize each document; see `Summarizer.summarize`."""
        read = [Sentences(document) for document in documents]
        chosen = [self._chooser.model.choose(sentences) for sentences in read]
        wanted = {
            (i, form.sentence): read[i].texts[form.sentence]
            for i, forms in enumerate(chosen)
            if can_be_condensed(documents[i])
            for form in _rewritable(read[i], forms)
        }
        if self._raw:
            drafts = self._first_drafts(list(wanted.values()), batch_size)
            written = {place: [text] for place, text in zip(wanted, drafts, strict=True)}
        else:
            rewrites = self.rewrites(list(wanted.values()), batch_size=batch_size)
            written = {
                place: [one.text for one in found if self._is_shown(one)]
                for place, found in zip(wanted, rewrites, strict=True)
            }
        return [
            self._abstract(
                document,
                sentences,
                forms,
                {form.sentence: written.get((i, form.sentence), []) for form in forms},
            )
            for i, (document, sentences, forms) in enumerate(
                zip(documents, read, chosen, strict=True)
            )
        ]

    def rewrites(self, sentences: Sequence[str], *, batch_size: int = 8) -> list[list[Rewrite]]:
        """Rewrite sentences.

        Args:
            sentences: as they stand in their articles.
            batch_size: documents' worth of sentences that the model reads at once.

        Returns:
            For each sentence its drafts that are one whole sentence which stands alone and states
            no number and no name that the given one does not, none of them judged yet.
        """
        found: list[list[Rewrite]] = [[] for _ in sentences]
        for rows in _batches(sentences, batch_size):
            drafts = self.writer.write([sentences[row] for row in rows])
            for row, own in zip(rows, drafts, strict=True):
                found[row] = _usable(sentences[row], own)
        return found

    def _first_drafts(self, sentences: Sequence[str], batch_size: int) -> list[str]:
        texts = [""] * len(sentences)
        for rows in _batches(sentences, batch_size):
            drafts = self.writer.write([sentences[row] for row in rows])
            for row, own in zip(rows, drafts, strict=True):
                texts[row] = tidy(own[0].text) if own else sentences[row]
        return texts

    def _is_shown(self, rewrite: Rewrite) -> bool:
        judgement = self._judgement
        return judgement is None or judgement.chance(rewrite.features) >= judgement.least

    def _abstract(
        self,
        document: Document,
        sentences: Sentences,
        chosen: tuple[Form, ...],
        written: dict[int, list[str]],
    ) -> Abstract:
        """The best abstract of which as many sentences are rewritten as can be."""
        if not any(written.values()):
            return self._chooser.abstract(chosen)
        forms = [
            [Form.of(form.sentence, text, is_whole=False) for text in written[form.sentence]]
            or [form]
            for form in chosen
        ]
        best = self._chooser.model.best(sentences, list(product(*forms)))
        text = " ".join(
            form.text if form.text in written[form.sentence] else as_sentence(form.text)
            for form in best
        )
        unsupported = article_facts(document).unsupported(text)
        if unsupported and not self._raw:
            return self._chooser.abstract(chosen)
        return Abstract(text, "abstractive", unsupported)


def _batches(sentences: Sequence[str], batch_size: int) -> list[list[int]]:
    return length_batches([len(text) for text in sentences], _SENTENCES_A_DOCUMENT * batch_size)


def _rewritable(sentences: Sentences, chosen: Sequence[Form]) -> list[Form]:
    """Those of the chosen that stand alone, of some length, and that no other leans on."""
    leaned_on = {form.sentence - 1 for form in chosen if not form.alone}
    return [
        form
        for form in chosen
        if (whole := sentences.whole[form.sentence]).alone
        and _LEAST <= len(whole.words) <= _MOST
        and form.sentence not in leaned_on
    ]


def _usable(sentence: str, drafts: Sequence[RewriteDraft]) -> list[Rewrite]:
    """Drafts that pass the guards and state nothing new, each once."""
    facts = SourceFacts(sentence)
    found: dict[str, Rewrite] = {}
    for draft in drafts:
        text = guarded(draft.text, ended=True)
        if (
            text
            and text not in found
            and _is_shorter(text, sentence)
            and len(split_sentences(text)) == 1
            and stands_alone(text)
            and not facts.unsupported(text)
        ):
            features = judgement_features(text, sentence, draft.log_probabilities)
            found[text] = Rewrite(text, features)
    return list(found.values())


def _is_shorter(text: str, sentence: str) -> bool:
    return len(words_of(text)) < len(words_of(sentence))
