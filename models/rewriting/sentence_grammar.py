"""The grammar of a sentence's rewrites, in the tokens of a model."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from canbo.models.guards import capitalized
from canbo.models.rewriting.copy_grammar import CopyGrammar, Piece
from canbo.models.rewriting.units import BEFORE_NAMES, FUNCTION_WORDS, PUNCTUATION, units_of
from canbo.models.segmentation import Segmenter
from canbo.models.syllables import Span

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

__all__ = ["SentenceGrammars"]

_CARRIER = "a"  # a mark is tokenized behind it, as it stands behind a word
_OPENING = ('"', "“", "(", "«")


class SentenceGrammars:
    """Makes the grammars of sentences."""

    def __init__(self, tokenizer: PreTrainedTokenizerBase, segmenter: Segmenter) -> None:
        """Prepare what all sentences share.

        Args:
            tokenizer: of the model, with an end token.
            segmenter: finds words.
        """
        self._tokenizer, self._segmenter = tokenizer, segmenter
        self._end = self._ids(str(tokenizer.eos_token))[0]
        marks = [Piece(self._glued(mark)) for mark in PUNCTUATION]
        self._shared = [*marks, *(Piece(self._ids(word)) for word in FUNCTION_WORDS)]
        self._opening = [Piece(self._ids(capitalized(word))) for word in FUNCTION_WORDS]
        self._stops = frozenset(self._glued(".")[-1:])

    def make(self, sentences: Sequence[str]) -> list[CopyGrammar]:
        """Make the grammar of each sentence."""
        return [
            self._grammar(sentence, units_of(sentence, words))
            for sentence, words in zip(sentences, self._segmenter.segment(sentences), strict=True)
        ]

    def _grammar(self, sentence: str, units: Sequence[Span]) -> CopyGrammar:
        later, first = list(self._shared), list(self._opening)
        for place, (start, end) in enumerate(units):
            text = sentence[start:end]
            if text in PUNCTUATION:
                continue
            before = sentence[start - 1 : start].strip()  # what it is glued to
            if any(character.isalnum() for character in text):
                later += [Piece(self._ids(form), place) for form in _forms(text, first=place == 0)]
                if before:  # Elsewhere it would grow together with the word before it.
                    later.append(Piece(self._glued(text, before), place, behind=place - 1))
                first.append(Piece(self._ids(capitalized(text)), place))
            else:
                later.append(Piece(self._glued(text, before) if before else self._ids(text), place))
                if text in _OPENING:
                    first.append(Piece(self._ids(text), place))
        unknown = self._tokenizer.unk_token_id
        return CopyGrammar(
            [piece for piece in later if piece.tokens and unknown not in piece.tokens],
            [piece for piece in first if piece.tokens and unknown not in piece.tokens],
            self._end,
            self._stops,
        )

    def _ids(self, text: str) -> tuple[int, ...]:
        return tuple(self._tokenizer(text, add_special_tokens=False)["input_ids"])

    def _glued(self, text: str, before: str = _CARRIER) -> tuple[int, ...]:
        """Ids of a text that follows another without a space; empty where they grow together."""
        head = self._ids(before)
        whole = self._ids(before + text)
        return whole[len(head) :] if whole[: len(head)] == head else ()


def _forms(text: str, *, first: bool) -> list[str]:
    """A unit as it is written inside a sentence: the first with a small letter too, if no name."""
    words = text.split()
    begins_name = len(words) > 1 and words[1][:1].isupper() and words[0].lower() not in BEFORE_NAMES
    is_acronym = len(words[0]) > 1 and words[0].isupper()
    small = text[:1].lower() + text[1:]
    return [text] if not first or begins_name or is_acronym or small == text else [text, small]
