"""Chances of words to stand in an abstract: what is counted, and what it adds up to."""

from math import log

import pytest

from canbo.models.word_salience import (
    BIGRAM_FEATURES,
    UNIGRAM_FEATURES,
    WordChances,
    WordSalience,
    bigram_features,
    rarity_levels,
    unigram_features,
)

SENTENCES = [["huyện", "họp"], ["huyện", "mở", "14", "lớp"]]
TITLE = ["huyện", "mở", "lớp"]
RARITIES = {"huyện": 1.0, "mở": 3.0}
UNKNOWN = 5.0


def rarity_of(word):
    return RARITIES.get(word, UNKNOWN)


def _named(features, names, row):
    return dict(zip(names, features[row].tolist(), strict=True))


def test_features_of_a_syllable_tell_its_places_and_its_rarity():
    words, features = unigram_features(SENTENCES, TITLE, rarity_of)
    assert words == ["huyện", "họp", "mở", "14", "lớp"]
    assert _named(features, UNIGRAM_FEATURES, 0) == pytest.approx(
        {
            "constant": 1,
            "count": log(2),
            "sentences": log(2),
            "share_of_sentences": 1,
            "early": log(3),
            "inverse_place": 1,
            "relative_place": 0,
            "in_first": 1,
            "in_second": 0,
            "digits": 0,
            "document_length": log(2),
            "in_title": 1,
            "rarity": 0.1,
            "rarity_squared": 0.01,
            "rarity_in_title": 0.1,
            "rarity_by_sentences": 0.1 * log(2),
            "rarity_by_place": 0.1,
        }
    )
    number = _named(features, UNIGRAM_FEATURES, 3)
    assert (number["digits"], number["in_title"], number["rarity"]) == (1, 0, 0.5)
    assert (number["in_first"], number["in_second"], number["relative_place"]) == (0, 1, 0.5)


def test_pairs_are_of_one_sentence_and_know_the_titles_pairs():
    pairs, features = bigram_features(SENTENCES, TITLE, rarity_of)
    assert pairs == [("huyện", "họp"), ("huyện", "mở"), ("mở", "14"), ("14", "lớp")]
    opening = _named(features, BIGRAM_FEATURES, 1)
    assert (opening["in_title"], opening["title_bigram"]) == (1, 1)
    assert opening["rarity"] == pytest.approx(0.2)
    assert opening["least_rarity"] == pytest.approx(0.1)
    # Both words of "14 lớp" but one stand in the title, never as neighbours.
    last = _named(features, BIGRAM_FEATURES, 3)
    assert (last["in_title"], last["title_bigram"], last["digits"]) == (0.5, 0, 1)


def test_expected_rouge_counts_every_word_once_against_the_usual_length():
    chances = WordChances({"a": 0.5, "b": 0.25}, {("a", "b"): 0.2})
    one, two = chances.expected(["a", "b", "a", "b"])
    assert one == pytest.approx(2 * 0.75 / (4 + 38))
    assert two == pytest.approx(2 * 0.2 / (4 + 38))  # ("b", "a") stands nowhere in the document


def test_chances_are_logistic_in_the_features():
    none_of = dict.fromkeys(UNIGRAM_FEATURES, 0.0)
    pairs = dict.fromkeys(BIGRAM_FEATURES, 0.0)
    model = WordSalience({**none_of, "in_title": log(3)}, pairs, {}, UNKNOWN)
    chances = model.chances(SENTENCES, TITLE)
    assert chances.unigrams["mở"] == pytest.approx(3 / 4)
    assert chances.unigrams["họp"] == pytest.approx(1 / 2)
    assert set(chances.bigrams.values()) == {0.5}


@pytest.mark.parametrize("sentences", [[], [[]], [["họp"]]])
def test_documents_with_few_words_have_chances(sentences):
    model = WordSalience(
        dict.fromkeys(UNIGRAM_FEATURES, 0.0), dict.fromkeys(BIGRAM_FEATURES, 0.0), {}, UNKNOWN
    )
    chances = model.chances(sentences, [])
    assert len(chances.unigrams) == sum(map(len, sentences))
    assert not chances.bigrams


def test_rarity_is_the_logarithm_of_how_few_articles_hold_a_syllable():
    articles = [["và", "huyện", "và"], ["và", "huyện"], ["và", "Ngan"]]
    levels, unknown = rarity_levels(articles, least=2)
    # Of 3 articles and one more: log(4/3), log(4/2); what one article holds is not listed.
    assert levels == {"0.3": "và", "0.7": "huyện"}
    assert unknown == 1.4
    model = WordSalience({}, {}, levels, unknown)
    rarities = [model.rarity_of(word) for word in ("và", "huyện", "Ngan")]
    assert rarities == [0.3, 0.7, 1.4]
