"""Which of several abstracts of one article is likely the best: a linear estimate of its ROUGE.

It rates the beams of a model and the article's own sentences alike, so that a written abstract is
shown where it is expected to be about as good as the chosen sentences. `canbo.train.selection`
fits it on validation articles.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise
from pathlib import Path

from canbo.models.extractive import Sentences, recall
from canbo.models.syllables import words_of
from canbo.models.word_salience import WordChances

__all__ = ["CHOICE_FEATURES", "CHOICE_FILE", "AbstractChoice", "choice_features"]

CHOICE_FILE = "choice.json"
CHOICE_FEATURES = (
    "length",
    "length_squared",
    "title_recall",
    "title_bigram_recall",
    "lead_recall",
    "copied",
    "repetition",
    "expected_unigrams",
    "expected_bigrams",
    "written",
    "log_probability",
)

_LENGTH = 40.0  # syllables of a usual abstract: the unit of lengths
_LEAD = 2  # sentences


def choice_features(
    text: str, score: float | None, sentences: Sentences, chances: WordChances
) -> tuple[float, ...]:
    """Describe an abstract, in the order of `CHOICE_FEATURES`.

    Args:
        text: the abstract.
        score: the draft's (`canbo.models.generation.Draft`); None for chosen sentences.
        sentences: of the article.
        chances: of its words to stand in the abstract.
    """
    words = words_of(text)
    bigrams = list(pairwise(words))
    distinct = set(bigrams)
    known: set[tuple[str, str]] = set().union(*sentences.bigrams)
    lead: set[tuple[str, str]] = set().union(*sentences.bigrams[:_LEAD])
    length = min(len(words) / _LENGTH, 3.0)
    return (
        length,
        length**2,
        recall(sentences.title_words, set(words)),
        recall(sentences.title_bigrams, distinct),
        recall(lead, distinct),
        recall(distinct, known),
        1.0 - len(distinct) / len(bigrams) if bigrams else 0.0,
        *chances.expected(words),
        float(score is not None),
        score or 0.0,
    )


@dataclass(frozen=True)
class AbstractChoice:
    """The fitted estimate.

    Attributes:
        weights: of each of `CHOICE_FEATURES`.
        margin: what an abstract that the model wrote may be expected to be worse by than the
            chosen sentences and still be shown.
    """

    weights: dict[str, float]
    margin: float = 0.0

    @classmethod
    def load(cls, path: Path) -> AbstractChoice:
        """Read the JSON that `save` writes.

        Raises:
            ValueError: the file does not hold a weight for exactly the features of this version.
            OSError: it cannot be read.
        """
        values = json.loads(path.read_text(encoding="utf-8"))
        if set(values.get("weights", {})) != set(CHOICE_FEATURES) or "margin" not in values:
            raise ValueError(
                f"{path}: weights must hold exactly {', '.join(CHOICE_FEATURES)}, beside a margin;"
                " fit it again with 'canbo train selection'"
            )
        return cls(values["weights"], values["margin"])

    def save(self, path: Path) -> None:
        """Write the estimate as JSON."""
        path.write_text(json.dumps(asdict(self), indent=2) + "\n", encoding="utf-8")

    def expected(self, features: Sequence[float]) -> float:
        """Mean of ROUGE-1, -2 and -L expected of an abstract of such `choice_features`.

        Up to a constant of the article: good for comparing abstracts of one article alone.
        """
        weights = (self.weights[name] for name in CHOICE_FEATURES)
        return sum(weight * value for weight, value in zip(weights, features, strict=True))
