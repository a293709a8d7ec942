"""For each theme of a document the one or two sentences that say most about it.

The sentences come from the paragraphs that have the theme, and stand there word for word. One that
holds words of the theme's evidence, in a paragraph of which the classifier is sure, and that says
much of the article is preferred; no two themes show the same sentence where there is another. Where
no sentence of a theme stands by itself at a usual length, the best other one is shown, without what
ties it to its neighbours where that can be left out, and cut where it is too long.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from canbo.data.documents import Document
from canbo.models.extractive import ExtractiveModel, Form, Sentences, repeats, syllables
from canbo.models.predictions import Abstract, ThemePrediction
from canbo.models.sentences import split_sentences
from canbo.models.whole_sentences import as_sentence

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
        Abstracts by theme, in the order of the scheme, for every theme; left out is only one whose
        paragraphs hold nothing but rows of tables. Their method is ``"extractive"`` and their
        ``unsupported`` empty.

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
    usual = [one for one in rated if _is_usual(sentences.whole[one.sentence])]
    firsts = _first_sentences(usual)
    left = [one for one in rated if one.theme not in firsts]
    others = _first_sentences(sorted(left, key=lambda one: _weakness(sentences, one.sentence)))
    taken = set(firsts.values())
    chosen: dict[str, Abstract] = {}
    for theme in _in_scheme_order(themes, predictions):
        if theme in firsts:
            places = _with_second(firsts[theme], theme, usual, sentences, taken)
            taken.update(places)
            chosen[theme] = Abstract(" ".join(sentences.texts[i] for i in places), "extractive")
        elif theme in others:
            form = _standing(sentences, others[theme])
            chosen[theme] = Abstract(as_sentence(form.text), "extractive")
    return chosen


def _is_usual(sentence: Form) -> bool:
    return sentence.alone and _MIN_SYLLABLES <= len(sentence.words) <= _MAX_SYLLABLES


def _weakness(sentences: Sentences, i: int) -> int:
    """How far what can be shown of an unusual sentence is from a statement that stands alone."""
    if _standing(sentences, i).alone:
        return 0
    text = sentences.texts[i]
    if text.endswith((":", "?")):
        return 3
    return 1 if text.endswith(".") else 2


def _standing(sentences: Sentences, i: int) -> Form:
    """A sentence in its first form that stands alone and is not too long, or as near as it gets."""
    alone = [form for form in sentences.forms(i) if form.alone]
    return min(alone, key=lambda form: len(form.words) > _MAX_SYLLABLES, default=sentences.whole[i])


def _in_scheme_order(themes: set[str], predictions: Sequence[ThemePrediction]) -> list[str]:
    order = dict.fromkeys(theme for p in predictions for theme in (*p.scores, *p.themes))
    return [theme for theme in order if theme in themes]


def _rate(
    document: Document,
    predictions: Sequence[ThemePrediction],
    sentences: Sentences,
    model: ExtractiveModel,
) -> list[_Rated]:
    """Every sentence of every theme's paragraphs that is no row of a table, the best first."""
    salience = model.salience(sentences)
    spans = [span for text in document.paragraphs for span in split_sentences(text)]
    rated = []
    for i in sentences.prose:
        start, end = spans[i]
        prediction = predictions[sentences.paragraphs[i]]
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
