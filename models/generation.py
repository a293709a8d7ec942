"""What a summarizer asks of the engine that runs its model: drafts of abstracts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from transformers import GenerationConfig

__all__ = ["Decoding", "Draft", "Writer"]


@dataclass(frozen=True)
class Draft:
    """What a model wrote, as it wrote it.

    Attributes:
        text: decoded, without special tokens.
        score: log-probability divided by the length raised to the checkpoint's length penalty.
        ended: the model stopped of itself; otherwise the length limit may have cut a sentence.
    """

    text: str
    score: float
    ended: bool


@dataclass(frozen=True)
class Decoding:
    """How a checkpoint wants to be decoded.

    Attributes:
        max_new_tokens: of an abstract.
        min_new_tokens: of an abstract.
        num_beams: of the beam search; so many drafts come back.
        no_repeat_ngram_size: no run of so many tokens is written twice.
        length_penalty: exponent of the length that log-probabilities are divided by.
    """

    max_new_tokens: int = 256
    min_new_tokens: int = 0
    num_beams: int = 4
    no_repeat_ngram_size: int = 3
    length_penalty: float = 1.0

    @classmethod
    def of_checkpoint(cls, config: GenerationConfig) -> Decoding:
        """Read a checkpoint's lengths and beams; its sampling is not used.

        One beam is what a checkpoint says that says nothing: it gets the usual number here.
        """
        beams = config.num_beams or 1
        return cls(
            max_new_tokens=config.max_new_tokens or cls.max_new_tokens,
            min_new_tokens=config.min_new_tokens or cls.min_new_tokens,
            num_beams=beams if beams > 1 else cls.num_beams,
            length_penalty=_or_default(config.length_penalty, cls.length_penalty),
        )


def _or_default(value: float | None, default: float) -> float:
    return default if value is None else value


class Writer(Protocol):
    """A sequence-to-sequence model in some engine."""

    def write(self, sources: Sequence[str], forbidden: Sequence[str] = ()) -> list[list[Draft]]:
        """Write drafts by beam search.

        Args:
            sources: texts as the model reads them, one batch.
            forbidden: words that no draft of this batch may hold.

        Returns:
            For each source the drafts of all beams, the best scored first.
        """
        ...
