"""For each theme of a document the one or two sentences that say most about it.

The sentences come, word for word, from the paragraphs that have the theme. One that holds words of
the theme's evidence, in a paragraph of which the classifier is sure, and that says much of the
article is preferred; no two themes show the same sentence where there is another.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from canbo.data.documents import Document
from canbo.models.extractive import ExtractiveModel, Sentences, repeats, syllables
from canbo.models.predictions import Abstract, ThemePrediction
from canbo.models.sentences import split_sentences

__all__ = ["theme_abstracts"]

_EVIDENCE = 0.5  # of a sentence that is all evidence, against expected ROUGE between 0 and 0.4
_CONFIDENCE = 0.2
_SECOND = 0.8  # share of the first sentence's rating that a second needs
_MAX_SYLLABLES = 70
_MIN_SYLLABLES = 6
_ENOUGH = 30  # syllables after which no second sentence is needed


@dataclass(frozen=True)
class _Rated:
    """A sentence as seen from one theme."""

    rating: float
    sentence: int
    theme: str


def theme_abstracts(
    document: Document, predictions: Sequence[ThemePrediction], model: ExtractiveModel
) -> dict[str, Abstract]:
    """Choose sentences for every theme that a document has.

    Args:
        document: the article.
        predictions: one for each of its paragraphs; evidence helps and may be missing.
        model: rates the sentences.

    Returns:
        Abstracts by theme, in the order of the scheme; a theme of which no sentence can stand by
        itself is left out. Their method is ``"extractive"`` and their ``unsupported`` empty.

    Raises:
        ValueError: the number of predictions is not that of the paragraphs.
    """
    if len(predictions) != len(document.paragraphs):
        raise ValueError(
            f"{len(predictions)} predictions for {len(document.paragraphs)} paragraphs"
        )
    themes = {theme for prediction in predictions for theme in prediction.themes}
    if not themes:
        return {}
    sentences = Sentences(document)
    rated = _rate(document, predictions, sentences, model)
    firsts = _first_sentences(rated)
    taken = set(firsts.values())
    chosen: dict[str, Abstract] = {}
    for theme in _in_scheme_order(themes, predictions):
        if theme in firsts:
            places = _with_second(firsts[theme], theme, rated, sentences, taken)
            taken.update(places)
            chosen[theme] = Abstract(" ".join(sentences.texts[i] for i in places), "extractive")
    return chosen


def _in_scheme_order(themes: set[str], predictions: Sequence[ThemePrediction]) -> list[str]:
    order = dict.fromkeys(theme for p in predictions for theme in (*p.scores, *p.themes))
    return [theme for theme in order if theme in themes]


def _rate(
    document: Document,
    predictions: Sequence[ThemePrediction],
    sentences: Sentences,
    model: ExtractiveModel,
) -> list[_Rated]:
    """Every usable sentence of every theme's paragraphs, the best rated first."""
    salience = model.salience(sentences)
    spans = [span for text in document.paragraphs for span in split_sentences(text)]
    rated = []
    for i, (start, end) in enumerate(spans):
        prediction = predictions[sentences.paragraphs[i]]
        length = len(sentences.words[i])
        if not sentences.whole[i].alone or not _MIN_SYLLABLES <= length <= _MAX_SYLLABLES:
            continue
        for theme in prediction.themes:
            covered = sum(
                max(0, min(end, span.end) - max(start, span.start))
                for span in prediction.evidence
                if span.theme == theme
            )
            rating = (
                float(salience[i])
                + _EVIDENCE * covered / (end - start)
                + _CONFIDENCE * prediction.scores.get(theme, 0.0)
            )
            rated.append(_Rated(rating, i, theme))
    return sorted(rated, key=lambda one: (-one.rating, one.sentence, one.theme))


def _first_sentences(rated: Sequence[_Rated]) -> dict[str, int]:
    """One sentence for each theme, the surest choices first, none twice where it can be helped."""
    firsts: dict[str, int] = {}
    for one in rated:
        if one.theme not in firsts and one.sentence not in firsts.values():
            firsts[one.theme] = one.sentence
    for one in rated:
        firsts.setdefault(one.theme, one.sentence)
    return firsts


def _with_second(
    first: int, theme: str, rated: Sequence[_Rated], sentences: Sentences, taken: set[int]
) -> list[int]:
    """The first sentence, with another where it is short and the other nearly as good."""
    if len(sentences.words[first]) >= _ENOUGH:
        return [first]
    own = [one for one in rated if one.theme == theme]
    best = next(one.rating for one in own if one.sentence == first)
    for one in own:
        pair = sentences.whole[first], sentences.whole[one.sentence]
        fits = syllables(pair) <= _MAX_SYLLABLES
        if one.sentence in taken or not fits or one.rating < _SECOND * best:
            continue
        if not repeats(pair):
            return sorted((first, one.sentence))
    return [first]
