"""An abstract of the article's chosen sentences, rewritten by a model where that is safe.

Extract, then rewrite (Chen & Bansal, "Fast Abstractive Summarization with Reinforce-Selected
Sentence Rewriting", ACL 2018): what a small model can write truly is one sentence about one
sentence. Each of the chosen sentences goes to the model by itself; a draft is shown only where it
is one whole sentence that stands alone, states no number and no name that its sentence does not,
and is judged fluent and true (`canbo.models.rewriting.judgement`). Elsewhere the sentence stays.
"""

from __future__ import annotations

from collections.abc import Sequence
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

__all__ = ["RewritingSummarizer"]

_LEAST, _MOST = 14, 90  # syllables of a sentence that is worth rewriting, and that can be
_SENTENCES_A_DOCUMENT = 3


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
        drafts = self._drafts(list(wanted.values()), batch_size)
        written = {
            place: self._shown(sentence, own)
            for (place, sentence), own in zip(wanted.items(), drafts, strict=True)
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

    def _drafts(self, sentences: Sequence[str], batch_size: int) -> list[list[RewriteDraft]]:
        lengths = [len(text) for text in sentences]
        drafts: list[list[RewriteDraft]] = [[] for _ in sentences]
        for rows in length_batches(lengths, _SENTENCES_A_DOCUMENT * batch_size):
            made = self.writer.write([sentences[row] for row in rows])
            for row, own in zip(rows, made, strict=True):
                drafts[row] = own
        return drafts

    def _shown(self, sentence: str, drafts: Sequence[RewriteDraft]) -> list[str]:
        """What of the drafts of a sentence may stand in its place, the best scored first."""
        if self._raw:
            return [tidy(drafts[0].text) if drafts else sentence]
        facts = SourceFacts(sentence)
        best: dict[str, RewriteDraft] = {}  # of each text, since the guards make some alike
        for draft in drafts:
            best.setdefault(guarded(draft.text, ended=True), draft)
        return [
            text
            for text, draft in best.items()
            if text and _is_usable(text, sentence, facts) and self._is_good(text, sentence, draft)
        ]

    def _is_good(self, text: str, sentence: str, draft: RewriteDraft) -> bool:
        judgement = self._judgement
        if judgement is None:
            return True
        features = judgement_features(text, sentence, draft.log_probabilities)
        return judgement.chance(features) >= judgement.least

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


def _is_usable(text: str, sentence: str, facts: SourceFacts) -> bool:
    """One shorter sentence that stands alone and states nothing that the given one does not."""
    return (
        len(words_of(text)) < len(words_of(sentence))
        and len(split_sentences(text)) == 1
        and stands_alone(text)
        and not facts.unsupported(text)
    )
