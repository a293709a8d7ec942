"""An abstract out of the document's own sentences: the ones whose ROUGE is expected highest.

Models fitted by `canbo.train.extractive` and stored as readable JSON. The first gives each word the
chance that the abstract holds it (`canbo.models.word_salience`). The second rates every sentence
(expected overlap with the abstract, place, length, words shared with title and document, manner);
the third rates sets of one to three of the best, where length and repetition count too. A sentence
that does not stand without its neighbours (a question, half a quotation, "Điều này ...") is left
out wherever there is another choice.
"""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from collections.abc import Sequence, Set
from dataclasses import asdict, dataclass
from functools import cached_property
from importlib.resources import as_file, files
from itertools import combinations, pairwise, permutations
from pathlib import Path

import numpy as np

from canbo.data.documents import Document
from canbo.models.source_text import document_sentences
from canbo.models.syllables import words_of
from canbo.models.word_salience import (
    BIGRAM_FEATURES,
    UNIGRAM_FEATURES,
    WordChances,
    WordSalience,
)

__all__ = [
    "EXTRACTIVE_FILE",
    "SENTENCE_FEATURES",
    "SET_FEATURES",
    "ExtractiveModel",
    "Sentences",
    "recall",
    "stands_alone",
]

EXTRACTIVE_FILE = "extractive.json"
SENTENCE_FEATURES = (
    "first",
    "second",
    "third",
    "inverse_place",
    "relative_place",
    "length",
    "length_squared",
    "short",
    "title_recall",
    "title_bigram_recall",
    "centrality",
    "digits",
    "quotation",
    "first_person",
    "stands_alone",
    "expected_unigrams",
    "expected_bigrams",
)
SET_FEATURES = (
    "mean_salience",
    "highest_salience",
    "lowest_salience",
    "length",
    "length_squared",
    "two",
    "three",
    "repetition",
    "title_recall",
    "centrality",
    "holds_first",
    "adjacent",
    "expected_unigrams",
    "expected_bigrams",
)

_FIRST_PERSON = frozenset({"tôi", "mình", "tao", "tớ"})
_LENGTH = 40.0  # syllables of a usual abstract: the unit of lengths

# Openings that point back to a sentence that the abstract may not hold.
_BACKWARD = re.compile(
    r"(?:bên cạnh (?:đó|việc)|cùng với (?:đó|việc)|cùng lúc|cùng thời|ngoài ra|ngoài việc|"
    r"tuy nhiên|tuy vậy|tuy thế|thế nhưng|thế là|thế mà|thế rồi|nhưng|song|mặt khác|hơn nữa|"
    r"hơn thế|đồng thời|do (?:đó|vậy)|vì (?:vậy|thế)|bởi (?:vậy|thế)|chính vì|"
    r"nhờ (?:đó|vậy|thế)|(?:từ|qua|theo|trong|trước|sau|khi|lúc|kể từ|tiếp) (?:đó|đấy|ấy|này)|"
    r"đó|đây|ở đây|tại đây|nơi đây|điều (?:này|đó|ấy|đáng|mà)|cụ thể|ví dụ|chẳng hạn|đơn cử|"
    r"tương tự|ngược lại|trái lại|thậm chí|không (?:những|chỉ) (?:thế|vậy)|không dừng lại|"
    r"không riêng|cũng|còn|và|rồi|riêng|thì|mà|hay|hoặc|nghĩa là|tức là|nói cách khác|"
    r"đáng (?:nói|chú ý)|được biết|thực tế|trên thực tế|đặc biệt|nhất là|quan trọng hơn|họ|nó|"
    r"hắn|chúng|người này|kết quả là|tiếp theo|thứ (?:hai|ba|tư) là|một là|hai là|ba là|vậy|"
    r"như (?:vậy|thế)|có thể thấy|hai bên|cả hai|cả ba|[^,]{2,20} sau,|"
    r"(?:(?:phát biểu|kết luận) (?:tại )?|tại )(?:hội nghị|cuộc họp|buổi [^,]{2,20}),)(?!\w)",
    re.IGNORECASE,
)
# "Ông cho biết", "Tháng 9, anh được ...", but neither "Ông Ba" nor "Bà con", "Anh em".
_PRONOUN = re.compile(
    r"(?:[^,]{1,40}, )?(?:theo |với |về phía )?(?:ông|bà|anh|chị|cô|đồng chí)(?: ấy| ta| này)?"
    r"(?:,| (?!con\b|em\b|bà\b|giáo\b|mẹ\b|hùng\b|gái\b|trai\b|chủ\b)(\w))",
    re.IGNORECASE,
)
_ASKED = re.compile(r"(?:hỏi|đáp|trả lời)\b", re.IGNORECASE)
_POINTING = re.compile(
    r"\b(?:này|ấy|đó|nói trên|kể trên|vừa nêu|như trên|trên đây)\b", re.IGNORECASE
)
_LEAD_SENTENCES = 2
_REPETITION = 0.35  # share of a sentence's bigrams that another of the same abstract may hold
_QUOTES = (("“", "”"), ("«", "»"), ("(", ")"))


def stands_alone(sentence: str) -> bool:
    """Say whether a sentence reads well without the ones around it.

    It is a statement with its end and both halves of its quotation marks, begins neither with a
    word that points back nor with a pronoun, and names within its first words no "này" or "đó".
    """
    text = sentence.strip()
    if not text or not (text[0].isupper() or text[0].isdigit()):
        return False
    if not text.rstrip('"”’»)]').endswith((".", "…", "!")) or text.endswith(("...", "…")):
        return False
    if text.count('"') % 2 or any(text.count(left) != text.count(right) for left, right in _QUOTES):
        return False
    if _BACKWARD.match(text) or _ASKED.match(text) or _begins_with_pronoun(text):
        return False
    return _POINTING.search(" ".join(text.split()[:7])) is None


def _begins_with_pronoun(text: str) -> bool:
    found = _PRONOUN.match(text)
    return found is not None and not (found.group(1) or "").isupper()


def _bigrams(words: Sequence[str]) -> set[tuple[str, str]]:
    return set(pairwise(words))


def recall(wanted: Set[object], found: Set[object]) -> float:
    """Share of the wanted items that are found; 0 where none is wanted."""
    return len(wanted & found) / len(wanted) if wanted else 0.0


class Sentences:
    """The sentences of one document with what the features need of them."""

    def __init__(self, document: Document) -> None:
        read = list(document_sentences(document))
        self.texts = [text for _, text in read]
        self.paragraphs = [index for index, _ in read]
        self.words = [words_of(text) for text in self.texts]
        self.bigrams = [_bigrams(words) for words in self.words]
        self.title = words_of(document.title or "")
        self.title_words, self.title_bigrams = set(self.title), _bigrams(self.title)
        self.alone = [stands_alone(text) for text in self.texts]
        spread = Counter(word for words in self.words for word in set(words))
        # The document is its own background: words in all of its sentences weigh nothing.
        self._idf = {word: math.log((len(self.words) + 1) / n) for word, n in spread.items()}
        self._vectors = [
            {word: n * self._idf[word] for word, n in Counter(words).items()}
            for words in self.words
        ]
        self._document = self._total(range(len(self.words)))
        self._document_norm = _norm(self._document)

    def __len__(self) -> int:
        return len(self.texts)

    @property
    def lead(self) -> tuple[int, ...]:
        """The sentences of a short first paragraph above longer ones; else empty."""
        first = tuple(i for i, paragraph in enumerate(self.paragraphs) if paragraph == 0)
        others = len(set(self.paragraphs)) - 1
        if not others or not first or len(first) > _LEAD_SENTENCES:
            return ()
        return first if len(first) * others < len(self) - len(first) else ()

    def length(self, chosen: Sequence[int]) -> int:
        """Syllables of some of the sentences."""
        return sum(len(self.words[i]) for i in chosen)

    def repeats(self, chosen: Sequence[int]) -> bool:
        """Say whether one of some sentences says much of another again."""
        return any(
            recall(self.bigrams[i], self.bigrams[j]) > _REPETITION
            for i, j in permutations(chosen, 2)
        )

    def centrality(self, chosen: Sequence[int]) -> float:
        """TF-IDF cosine of some of the sentences to the whole document."""
        part = self._total(chosen)
        norms = _norm(part) * self._document_norm
        if not norms:
            return 0.0
        return sum(value * self._document[word] for word, value in part.items()) / norms

    def _total(self, chosen: Sequence[int]) -> dict[str, float]:
        total: dict[str, float] = {}
        for i in chosen:
            for word, value in self._vectors[i].items():
                total[word] = total.get(word, 0.0) + value
        return total

    @cached_property
    def _own_features(self) -> list[tuple[float, ...]]:
        """Features of every sentence that no model is asked for."""
        return [self._sentence_features(i) for i in range(len(self))]

    def features(self, chances: WordChances) -> np.ndarray:
        """Features of every sentence, shape (sentences, len(SENTENCE_FEATURES)).

        Args:
            chances: of the document's words.
        """
        expected = [chances.expected(words) for words in self.words]
        rows = [(*own, *of) for own, of in zip(self._own_features, expected, strict=True)]
        return np.array(rows).reshape(-1, len(SENTENCE_FEATURES))

    def _sentence_features(self, i: int) -> tuple[float, ...]:
        words, text = self.words[i], self.texts[i]
        length = min(len(words) / _LENGTH, 2.0)
        return (
            float(i == 0),
            float(i == 1),
            float(i == 2),
            1.0 / (i + 1),
            i / len(self),
            length,
            length**2,
            float(len(words) < 12),
            recall(self.title_words, set(words)),
            recall(self.title_bigrams, self.bigrams[i]),
            self.centrality((i,)),
            float(any(character.isdigit() for character in text)),
            float('"' in text or "“" in text),
            float(not _FIRST_PERSON.isdisjoint(words)),
            float(self.alone[i]),
        )

    def set_features(
        self, chosen: Sequence[int], salience: np.ndarray, chances: WordChances
    ) -> tuple[float, ...]:
        """Features of a set of sentences, in the order of `SET_FEATURES`.

        Args:
            chosen: indices in reading order.
            salience: rating of every sentence, shape (sentences,).
            chances: of the document's words.
        """
        ratings = [float(salience[i]) for i in chosen]
        length = min(self.length(chosen) / _LENGTH, 3.0)
        union = set().union(*(self.bigrams[i] for i in chosen))
        total = sum(len(self.bigrams[i]) for i in chosen)
        words = {word for i in chosen for word in self.words[i]}
        return (
            sum(ratings) / len(ratings),
            max(ratings),
            min(ratings),
            length,
            length**2,
            float(len(chosen) == 2),
            float(len(chosen) == 3),
            1.0 - len(union) / total if total else 0.0,
            recall(self.title_words, words),
            self.centrality(chosen),
            float(chosen[0] == 0),
            float(len(chosen) > 1 and chosen[-1] - chosen[0] == len(chosen) - 1),
            *chances.expected([word for i in chosen for word in self.words[i]]),
        )


def _norm(vector: dict[str, float]) -> float:
    return math.sqrt(sum(value**2 for value in vector.values()))


@dataclass(frozen=True)
class ExtractiveModel:
    """The models and the limits of an abstract.

    Attributes:
        words: gives words the chance that the abstract holds them.
        sentence_weights: weight of each of `SENTENCE_FEATURES`.
        set_weights: weight of each of `SET_FEATURES`.
        candidates: sentences that go into sets: the best rated.
        max_sentences: of an abstract.
        min_syllables: shorter abstracts are made only when there is no other.
        max_syllables: longer ones likewise.
    """

    words: WordSalience
    sentence_weights: dict[str, float]
    set_weights: dict[str, float]
    candidates: int = 8
    max_sentences: int = 3
    min_syllables: int = 30
    max_syllables: int = 90

    @classmethod
    def load(cls, path: Path) -> ExtractiveModel:
        """Read the JSON that `save` writes.

        Raises:
            ValueError: the file does not hold a weight for exactly the features of this version.
            OSError: it cannot be read.
        """
        values = json.loads(path.read_text(encoding="utf-8"))
        words = values.get("words", {})
        for field, found, names in (
            ("sentence_weights", values, SENTENCE_FEATURES),
            ("set_weights", values, SET_FEATURES),
            ("unigram_weights", words, UNIGRAM_FEATURES),
            ("bigram_weights", words, BIGRAM_FEATURES),
        ):
            if set(found.get(field, {})) != set(names):
                raise ValueError(
                    f"{path}: {field} must hold exactly {', '.join(names)}; "
                    "fit it again with canbo.train.extractive"
                )
        return cls(**{**values, "words": WordSalience(**words)})

    @classmethod
    def shipped(cls) -> ExtractiveModel:
        """Read the one that ships with canbo."""
        with as_file(files("canbo.models") / "embedded" / "summarizer") as folder:
            return cls.load(folder / EXTRACTIVE_FILE)

    def save(self, path: Path) -> None:
        """Write the model as JSON."""
        text = json.dumps(asdict(self), ensure_ascii=False, indent=2)
        path.write_text(text + "\n", encoding="utf-8")

    def rate(self, document: Document) -> list[float]:
        """Rate every sentence of a document, as `salience` does."""
        ratings: list[float] = self.salience(Sentences(document)).tolist()
        return ratings

    def salience(self, sentences: Sentences) -> np.ndarray:
        """Rate every sentence: the higher, the more its ROUGE above the article's others.

        Returns:
            Of shape (sentences,).
        """
        return self._salience(sentences, self.chances(sentences))

    def chances(self, sentences: Sentences) -> WordChances:
        """Chances of the document's words to stand in its abstract."""
        return self.words.chances(sentences.words, sentences.title)

    def _salience(self, sentences: Sentences, chances: WordChances) -> np.ndarray:
        weights = np.array([self.sentence_weights[name] for name in SENTENCE_FEATURES])
        return np.asarray(sentences.features(chances) @ weights)

    def candidate_sets(self, sentences: Sentences, salience: np.ndarray) -> list[tuple[int, ...]]:
        """Sets of sentences, in reading order, that an abstract is chosen from.

        A sentence that does not stand alone is in a set only right after the one before it, and
        none repeats another's words. Where no set can be made so, it may first be shorter than
        wanted, then hold sentences that lean on others; a sentence longer than an abstract may
        be is taken only when there is nothing else.
        """
        for standing in (True, False):
            usable = [i for i in range(len(sentences)) if not standing or _usable(sentences, i)]
            best = sorted(sorted(usable, key=lambda i: -salience[i])[: self.candidates])
            sets = [
                chosen
                for size in range(1, self.max_sentences + 1)
                for chosen in combinations(best, size)
                if sentences.length(chosen) <= self.max_syllables
                and (not standing or _stand_together(sentences, chosen))
                and not sentences.repeats(chosen)
            ]
            long_enough = [
                chosen for chosen in sets if sentences.length(chosen) >= self.min_syllables
            ]
            if sets:
                return long_enough or sets
        return [(i,) for i in range(len(sentences))]

    def choose(self, sentences: Sentences) -> tuple[int, ...]:
        """Indices of the chosen sentences in reading order; empty only for no sentence.

        A short first paragraph above longer ones is the lead that an editor wrote as the
        article's abstract, and is taken as it is.
        """
        if not len(sentences):
            return ()
        lead = sentences.lead
        fits = self.min_syllables <= sentences.length(lead) <= self.max_syllables
        if lead and fits and _stand_together(sentences, lead):
            return lead
        chances = self.chances(sentences)
        salience = self._salience(sentences, chances)
        weights = [self.set_weights[name] for name in SET_FEATURES]

        def expected(chosen: tuple[int, ...]) -> float:
            features = sentences.set_features(chosen, salience, chances)
            return sum(w * x for w, x in zip(weights, features, strict=True))

        return max(self.candidate_sets(sentences, salience), key=expected)


def _usable(sentences: Sentences, i: int) -> bool:
    """A sentence that stands alone, or that may follow the one before it."""
    text = sentences.texts[i]
    return sentences.alone[i] or (i > 0 and sentences.alone[i - 1] and _is_statement(text))


def _is_statement(text: str) -> bool:
    return text[0].isupper() and text.endswith(".") and text.count('"') % 2 == 0


def _stand_together(sentences: Sentences, chosen: tuple[int, ...]) -> bool:
    """Every sentence stands alone or follows the one before it."""
    return all(sentences.alone[i] or i - 1 in chosen for i in chosen)
