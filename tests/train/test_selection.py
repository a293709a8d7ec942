"""Which summarizer ships, and how abstracts of one article are chosen between."""

import pytest

from canbo.data.documents import Document
from canbo.data.summaries import SummaryExample
from canbo.models.abstract_choice import CHOICE_FEATURES, AbstractChoice, choice_features
from canbo.models.abstract_gate import Candidate
from canbo.models.abstractive import AbstractiveSummarizer
from canbo.models.extractive import Sentences
from canbo.models.generation import Draft
from canbo.models.predictions import Abstract
from canbo.models.source_text import SourceFormat
from canbo.models.word_salience import WordChances
from canbo.train.selection import decide, fit_choice

LEAD = "Sáng nay trời Khe Đồng còn nhiều mây mù và rét."
FACT = "Huyện ủy đã luân chuyển 14 cán bộ về các xã vùng cao."
MORE = "Bà con các xã vùng cao đều mong có đường bê tông mới cho con em đi học mỗi ngày mưa."
ARTICLE = Document("d", "d", "Luân chuyển 14 cán bộ", (f"{LEAD} {FACT}", MORE))
SENTENCES = Sentences(ARTICLE)
# As likely as not: every syllable and every pair that the article holds.
CHANCES = WordChances(
    dict.fromkeys({word for words in SENTENCES.words for word in words}, 0.5),
    dict.fromkeys(set().union(*SENTENCES.bigrams), 0.5),
)


def features_of(text, score):
    return choice_features(text, score, SENTENCES, CHANCES)


@pytest.mark.parametrize(
    ("model", "written", "expected"),
    [
        ({"rouge1": 0.31, "rouge2": 0.21, "rougeL": 0.31}, 0.5, "abstractive"),
        ({"rouge1": 0.31, "rouge2": 0.20, "rougeL": 0.31}, 1.0, "extractive"),
        ({"rouge1": 0.31, "rouge2": 0.21, "rougeL": 0.31}, 0.49, "extractive"),
    ],
)
def test_the_model_must_win_on_every_score_and_write_half(model, written, expected):
    rival = {"rouge1": 0.30, "rouge2": 0.20, "rougeL": 0.30}
    scores = {"lead_2": rival, "extractive": rival, "abstractive": model}
    assert decide(scores, written) == expected


def test_features_of_an_abstract():
    found = dict(zip(CHOICE_FEATURES, features_of(FACT, -0.5), strict=True))
    # 13 syllables, so 12 pairs; all of the title is in it; the other of the first two sentences has
    # 11 syllables, so 10 pairs.
    assert found["length"] == pytest.approx(13 / 40)
    assert found["title_recall"] == found["title_bigram_recall"] == 1.0
    assert found["lead_recall"] == pytest.approx(12 / 22)
    assert found["copied"] == 1.0 and found["repetition"] == 0.0
    assert (found["written"], found["log_probability"]) == (1.0, -0.5)
    # Two times the expected overlap over its own length and that of a usual abstract, 38 syllables.
    assert found["expected_unigrams"] == pytest.approx(2 * 0.5 * 13 / (13 + 38))
    assert found["expected_bigrams"] == pytest.approx(2 * 0.5 * 12 / (13 + 38))
    chosen = dict(zip(CHOICE_FEATURES, features_of("a b a b", None), strict=True))
    assert chosen["expected_unigrams"] == chosen["expected_bigrams"] == 0.0
    assert chosen["copied"] == 0.0 and chosen["repetition"] == pytest.approx(1 / 3)
    assert (chosen["written"], chosen["log_probability"]) == (0.0, 0.0)


def by(feature, value, margin=0.0):
    weights = dict.fromkeys(CHOICE_FEATURES, 0.0) | {feature: value}
    return AbstractChoice(weights, margin)


class Words:
    model_max_length = 512

    def __call__(self, texts, **_):
        return {"input_ids": [text.split() for text in texts]}


class Writer:
    def write(self, sources, forbidden=()):
        return [[Draft(LEAD, -0.1, True), Draft(FACT, -0.2, True)] for _ in sources]


class Rating:
    rate = None

    def chances(self, sentences):
        return CHANCES


class Chooser:
    model = Rating()

    def summarize(self, documents):
        return [Abstract(MORE, "extractive") for _ in documents]


@pytest.mark.parametrize(
    ("choice", "text", "method"),
    [
        (None, LEAD, "abstractive"),  # the model's own favourite
        (by("title_recall", 1.0), FACT, "abstractive"),
        (by("length", 1.0), MORE, "extractive"),  # 21 syllables against 13
        (by("length", 1.0, margin=0.5), FACT, "abstractive"),
    ],
)
def test_the_best_expected_abstract_is_shown(choice, text, method, monkeypatch):
    monkeypatch.setattr("canbo.models.abstractive.source_text", lambda *_: "nguồn")
    model = AbstractiveSummarizer(
        Writer(), Words(), SourceFormat(), source="fixed", fallback=Chooser(), choice=choice
    )
    (abstract,) = model.summarize([ARTICLE])
    assert (abstract.text, abstract.method) == (text, method)


def test_the_fit_finds_what_good_abstracts_have():
    class Model:
        def supported(self, documents):
            return [[Candidate(LEAD, -0.1, ()), Candidate(FACT, -0.2, ())] for _ in documents]

    examples = [SummaryExample(ARTICLE, FACT)] * 10
    choice = fit_choice(Model(), Chooser(), examples)
    good, poor, chosen = (
        choice.expected(features_of(text, score))
        for text, score in ((FACT, -0.2), (LEAD, -0.1), (MORE, None))
    )
    # The reference has a ROUGE of 1, so it is about that much better than the others.
    assert good > 0.5 + max(poor, chosen)
    assert choice.margin == 0.0  # written abstracts win by themselves


def test_the_margin_lets_most_articles_have_a_written_abstract():
    class Model:
        def supported(self, documents):
            return [[Candidate(LEAD, -0.1, ())] for _ in documents]

    examples = [SummaryExample(ARTICLE, MORE)] * 10  # the chosen sentence is the reference
    choice = fit_choice(Model(), Chooser(), examples)
    written = choice.expected(features_of(LEAD, -0.1))
    chosen = choice.expected(features_of(MORE, None))
    assert written < chosen <= written + choice.margin + 1e-4


def test_an_estimate_of_other_features_is_refused(tmp_path):
    path = tmp_path / "choice.json"
    by("length", 1.0, margin=0.25).save(path)
    assert AbstractChoice.load(path) == by("length", 1.0, margin=0.25)
    AbstractChoice({"length": 1.0}).save(path)
    with pytest.raises(ValueError, match="weights must hold exactly length, length_squared"):
        AbstractChoice.load(path)
