"""An abstract out of the document's own sentences: the ones whose ROUGE is expected highest.

Models fitted by `canbo.train.extractive` and stored as readable JSON. The first gives each word the
chance that the abstract holds it (`canbo.models.word_salience`). The second rates every sentence
(expected overlap with the abstract, place, length, words shared with title and document, manner);
the third rates sets of one to three of the best, where length and repetition count too. A sentence
is taken whole or in one of its shorter forms (`canbo.models.compression`): each is a candidate,
described by the words that are left. One that does not stand without its neighbours (a question,
half a quotation, "Điều này ...") is left out wherever there is another choice, a row of a table
always.
"""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import asdict, dataclass
from importlib.resources import as_file, files
from itertools import combinations, pairwise, permutations, product
from pathlib import Path

import numpy as np

from canbo.data.documents import Document
from canbo.models.compression import shorter_forms
from canbo.models.source_text import document_sentences, table_rows
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
    "Comparison",
    "ExtractiveModel",
    "Form",
    "Sentences",
    "forms_of",
    "recall",
    "repeats",
    "stands_alone",
    "syllables",
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
    "title_bigram_recall",
    "lead_recall",
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
_FORMS = 4  # of a sentence, the best rated, that go into sets
_SHORTENED_SETS = 12  # sets, the best rated, of which shorter forms are tried
_WRITTEN_SETS = 60  # likewise, of which forms that a model wrote are tried
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


@dataclass(frozen=True, eq=False)
class Form:
    """A sentence of a document, whole or shortened, with what its features need.

    Attributes:
        sentence: index of the sentence.
        text: the form.
        words: its syllables.
        bigrams: its pairs of neighbouring syllables.
        alone: whether it stands without its neighbours (`stands_alone`).
        is_whole: whether nothing was left out.
    """

    sentence: int
    text: str
    words: list[str]
    bigrams: set[tuple[str, str]]
    alone: bool
    is_whole: bool

    @classmethod
    def of(cls, sentence: int, text: str, *, is_whole: bool) -> Form:
        """Describe a form."""
        words = words_of(text)
        return cls(sentence, text, words, _bigrams(words), stands_alone(text), is_whole)


def syllables(forms: Iterable[Form]) -> int:
    """Length of some sentences or shorter forms together."""
    return sum(len(form.words) for form in forms)


def repeats(forms: Iterable[Form]) -> bool:
    """Say whether one of some sentences says much of another again."""
    return any(
        recall(one.bigrams, other.bigrams) > _REPETITION for one, other in permutations(forms, 2)
    )


class Sentences:
    """The sentences of one document with what the features need of them.

    Attributes:
        texts: of the sentences, in reading order.
        paragraphs: index of the paragraph of each.
        prose: indices of those that are no rows of tables.
        whole: each as a `Form`.
        words: syllables of each.
        bigrams: pairs of neighbouring syllables of each.
    """

    def __init__(self, document: Document) -> None:
        read = list(document_sentences(document))
        self.texts = [text for _, text in read]
        self.paragraphs = [index for index, _ in read]
        rows = table_rows(document)
        self.prose = [i for i in range(len(read)) if i not in rows]
        self.whole = [Form.of(i, text, is_whole=True) for i, text in enumerate(self.texts)]
        self.words = [form.words for form in self.whole]
        self.bigrams = [form.bigrams for form in self.whole]
        self.title = words_of(document.title or "")
        self.title_words, self.title_bigrams = set(self.title), _bigrams(self.title)
        spread = Counter(word for words in self.words for word in set(words))
        # The document is its own background: words in all of its sentences weigh nothing.
        self._idf = {word: math.log((len(self.words) + 1) / n) for word, n in spread.items()}
        self._document = self._total(self.whole)
        self._document_norm = _norm(self._document)
        self._lead_bigrams = set().union(*self.bigrams[:_LEAD_SENTENCES])
        self._forms: dict[int, tuple[Form, ...]] = {}

    def __len__(self) -> int:
        return len(self.texts)

    def forms(self, i: int) -> tuple[Form, ...]:
        """A sentence, whole first, then its shorter forms that stand alone."""
        if i not in self._forms:
            made = (Form.of(i, text, is_whole=False) for text in shorter_forms(self.texts[i])[1:])
            self._forms[i] = (self.whole[i], *(form for form in made if form.alone))
        return self._forms[i]

    @property
    def lead(self) -> tuple[Form, ...]:
        """The sentences of a short first paragraph above longer ones; else empty."""
        first = tuple(self.whole[i] for i in self.prose if self.paragraphs[i] == 0)
        others = len(set(self.paragraphs)) - 1
        if not others or not first or len(first) > _LEAD_SENTENCES:
            return ()
        return first if len(first) * others < len(self) - len(first) else ()

    def centrality(self, forms: Iterable[Form]) -> float:
        """TF-IDF cosine of some sentences or shorter forms to the whole document."""
        part = self._total(forms)
        norms = _norm(part) * self._document_norm
        if not norms:
            return 0.0
        return sum(value * self._document[word] for word, value in part.items()) / norms

    def _total(self, forms: Iterable[Form]) -> dict[str, float]:
        # A form that a model wrote may hold words that the document does not: they weigh nothing.
        counts = Counter(word for form in forms for word in form.words if word in self._idf)
        return {word: n * self._idf[word] for word, n in counts.items()}

    def features(self, chances: WordChances) -> np.ndarray:
        """Features of every sentence, shape (sentences, len(SENTENCE_FEATURES)).

        Args:
            chances: of the document's words.
        """
        return self.form_features(self.whole, chances)

    def form_features(self, forms: Sequence[Form], chances: WordChances) -> np.ndarray:
        """Features of sentences or shorter forms, shape (forms, len(SENTENCE_FEATURES))."""
        rows = [(*self._own_features(form), *chances.expected(form.words)) for form in forms]
        return np.array(rows).reshape(-1, len(SENTENCE_FEATURES))

    def _own_features(self, form: Form) -> tuple[float, ...]:
        """Those that no model is asked for."""
        i, words, text = form.sentence, form.words, form.text
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
            recall(self.title_bigrams, form.bigrams),
            self.centrality((form,)),
            float(any(character.isdigit() for character in text)),
            float('"' in text or "“" in text),
            float(not _FIRST_PERSON.isdisjoint(words)),
            float(form.alone),
        )

    def set_features(
        self, chosen: Sequence[Form], ratings: Mapping[Form, float], chances: WordChances
    ) -> tuple[float, ...]:
        """Features of a set of sentences, in the order of `SET_FEATURES`.

        Args:
            chosen: in reading order, at most one form of a sentence.
            ratings: of at least these (`ExtractiveModel.ratings`).
            chances: of the document's words.
        """
        rated = [ratings[form] for form in chosen]
        length = min(syllables(chosen) / _LENGTH, 3.0)
        union = set().union(*(form.bigrams for form in chosen))
        total = sum(len(form.bigrams) for form in chosen)
        words = [word for form in chosen for word in form.words]
        first, last = chosen[0].sentence, chosen[-1].sentence
        return (
            sum(rated) / len(rated),
            max(rated),
            min(rated),
            length,
            length**2,
            float(len(chosen) == 2),
            float(len(chosen) == 3),
            1.0 - len(union) / total if total else 0.0,
            recall(self.title_words, set(words)),
            recall(self.title_bigrams, union),
            recall(self._lead_bigrams, union),
            self.centrality(chosen),
            float(first == 0),
            float(len(chosen) > 1 and last - first == len(chosen) - 1),
            *chances.expected(words),
        )


def _norm(vector: dict[str, float]) -> float:
    return math.sqrt(sum(value**2 for value in vector.values()))


@dataclass(frozen=True)
class Comparison:
    """Two abstracts of one document.

    Attributes:
        chosen: of its sentences, whole or shortened.
        written: the best in which some sentences stand in forms that a model wrote; empty where
            there is none.
        loss: how much worse the latter is expected, in ROUGE; infinite where there is none.
    """

    chosen: tuple[Form, ...]
    written: tuple[Form, ...]
    loss: float


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
        return np.asarray(sentences.features(chances) @ self._sentence_vector)

    @property
    def _sentence_vector(self) -> np.ndarray:
        return np.array([self.sentence_weights[name] for name in SENTENCE_FEATURES])

    def ratings(
        self, sentences: Sentences, forms: Sequence[Form], chances: WordChances
    ) -> dict[Form, float]:
        """Rate sentences and shorter forms of them as `salience` does."""
        rated = sentences.form_features(forms, chances) @ self._sentence_vector
        return dict(zip(forms, rated.tolist(), strict=True))

    def candidate_sets(self, sentences: Sentences, salience: np.ndarray) -> list[tuple[Form, ...]]:
        """Sets of sentences, in reading order, of which the abstract's is chosen.

        A sentence is whole, or in its first form that stands alone where it does not stand so. One
        that does not stand alone is in a set only right after the one before it, and none repeats
        another's words. Where no set can be made so, it may first be shorter than wanted, then hold
        sentences that lean on others; a sentence longer than an abstract may be is taken only when
        there is nothing else, and before a line that announces what follows it. No set holds a row
        of a table: of nothing but rows there is none.
        """
        prose = [sentences.whole[i] for i in sentences.prose]
        prose = [form for form in prose if not form.text.endswith(":")] or prose
        for standing in (True, False):
            usable = (
                [form for i in sentences.prose if (form := _usable(sentences, i))]
                if standing
                else prose
            )
            best = sorted(usable, key=lambda form: -salience[form.sentence])[: self.candidates]
            best.sort(key=lambda form: form.sentence)
            sets = [
                chosen
                for size in range(1, self.max_sentences + 1)
                for chosen in combinations(best, size)
                if syllables(chosen) <= self.max_syllables
                and (not standing or _stand_together(chosen))
                and not repeats(chosen)
            ]
            long_enough = [chosen for chosen in sets if syllables(chosen) >= self.min_syllables]
            if sets:
                return long_enough or sets
        return [(form,) for form in prose]

    def shortened(
        self,
        sentences: Sentences,
        sets: Iterable[tuple[Form, ...]],
        ratings: Mapping[Form, float],
    ) -> Iterator[tuple[Form, ...]]:
        """Every set with its sentences in all forms that keep to what `candidate_sets` keeps to.

        Args:
            sentences: of the document.
            sets: some of its `candidate_sets`.
            ratings: of all forms of the sentences in the sets.
        """
        for chosen in sets:
            yield chosen
            forms = [
                sorted(sentences.forms(form.sentence), key=lambda one: -ratings[one])[:_FORMS]
                for form in chosen
            ]
            for other in product(*forms):
                if (
                    other != chosen
                    and self.min_syllables <= syllables(other) <= self.max_syllables
                    and _stand_together(other)
                ):
                    yield other

    def places(self, sentences: Sentences) -> list[int]:
        """Indices of the sentences that may be chosen."""
        sets = self._sets(sentences, self.salience(sentences))
        return sorted({form.sentence for chosen in sets for form in chosen})

    def choose(self, sentences: Sentences) -> tuple[Form, ...]:
        """The chosen sentences, whole or shortened, in reading order.

        Empty only for no sentence, or nothing but rows of tables.

        A short first paragraph above longer ones is the lead that an editor wrote as the
        article's abstract, and is taken as it is.
        """
        return self.compare(sentences, {}).chosen

    def compare(
        self,
        sentences: Sentences,
        written: Mapping[int, Sequence[Form]],
        allowed: Callable[[tuple[Form, ...], tuple[Form, ...]], bool] = lambda _, __: True,
    ) -> Comparison:
        """Compare the best abstract out of the sentences with the best that has written ones.

        One of the same sentences goes before one of others.

        Args:
            sentences: of the document.
            written: other forms of some sentences, by index: those that a model wrote.
            allowed: says of an abstract with such forms, beside the one without, whether it may be.
        """
        if not sentences.prose:
            return Comparison((), (), math.inf)
        chances = self.chances(sentences)
        sets = self._sets(sentences, self._salience(sentences, chances))
        forms = [*forms_of(sentences, sets), *(form for own in written.values() for form in own)]
        ratings = self.ratings(sentences, forms, chances)
        expected = self._expectation(sentences, ratings, chances)
        best_first = sorted(sets, key=expected, reverse=True)
        plain = sets[0]
        if plain != sentences.lead:
            some = best_first[:_SHORTENED_SETS]
            plain = max(self.shortened(sentences, some, ratings), key=expected)
        others = self._with_written(sentences, best_first[:_WRITTEN_SETS], ratings, written)
        places = [form.sentence for form in plain]
        best = max(
            (other for other in others if allowed(other, plain)),
            key=lambda other: ([form.sentence for form in other] == places, expected(other)),
            default=(),
        )
        return Comparison(plain, best, expected(plain) - expected(best) if best else math.inf)

    def _sets(self, sentences: Sentences, salience: np.ndarray) -> list[tuple[Form, ...]]:
        """What the abstract is chosen of: an editor's lead alone, or sets of the best sentences."""
        lead = sentences.lead
        fits = self.min_syllables <= syllables(lead) <= self.max_syllables
        if lead and fits and _stand_together(lead):
            return [lead]
        return self.candidate_sets(sentences, salience)

    def _with_written(
        self,
        sentences: Sentences,
        sets: Iterable[tuple[Form, ...]],
        ratings: Mapping[Form, float],
        written: Mapping[int, Sequence[Form]],
    ) -> Iterator[tuple[Form, ...]]:
        """Every set with at least one sentence in a form that a model wrote."""
        for chosen in sets:
            if not any(form.sentence in written for form in chosen):
                continue
            forms = [
                (
                    *written.get(form.sentence, ()),
                    *sorted(sentences.forms(form.sentence), key=lambda one: -ratings[one])[:_FORMS],
                )
                for form in chosen
            ]
            for other in product(*forms):
                if (
                    any(form in written.get(form.sentence, ()) for form in other)
                    and self.min_syllables <= syllables(other) <= self.max_syllables
                    and _stand_together(other)
                ):
                    yield other

    def _expectation(
        self, sentences: Sentences, ratings: Mapping[Form, float], chances: WordChances
    ) -> Callable[[tuple[Form, ...]], float]:
        weights = [self.set_weights[name] for name in SET_FEATURES]

        def expected(chosen: tuple[Form, ...]) -> float:
            features = sentences.set_features(chosen, ratings, chances)
            return sum(w * x for w, x in zip(weights, features, strict=True))

        return expected


def forms_of(sentences: Sentences, sets: Iterable[Sequence[Form]]) -> list[Form]:
    """All forms of the sentences that are in some sets."""
    places = sorted({form.sentence for chosen in sets for form in chosen})
    return [form for i in places for form in sentences.forms(i)]


def _usable(sentences: Sentences, i: int) -> Form | None:
    """A sentence that stands alone, or that may follow the one before it; else its first form."""
    whole = sentences.whole[i]
    if whole.alone:
        return whole
    standing = sentences.forms(i)[1:]
    if standing:
        return standing[0]
    follows = i > 0 and sentences.whole[i - 1].alone and _is_statement(whole.text)
    return whole if follows else None


def _is_statement(text: str) -> bool:
    return text[0].isupper() and text.endswith(".") and text.count('"') % 2 == 0


def _stand_together(chosen: Sequence[Form]) -> bool:
    """Every sentence stands alone or follows the one before it, of which nothing was left out."""
    whole = {form.sentence for form in chosen if form.is_whole}
    return all(form.alone or form.sentence - 1 in whole for form in chosen)
