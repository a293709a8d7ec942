"""Themes: models and baselines scored on labelled paragraphs."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import numpy.typing as npt

from canbo.data.errors import UserError
from canbo.data.loaders import LabelledParagraph
from canbo.data.themes import ThemeScheme
from canbo.eval.analysis import (
    confusion_matrix,
    precision_recall_points,
    reliability_points,
    worst_errors,
)
from canbo.eval.bootstrap import article_weights
from canbo.eval.config import EvaluationConfig
from canbo.eval.results import (
    ALL,
    EXAMPLES,
    Confusion,
    Curve,
    Differences,
    ErrorCase,
    Evidence,
    SliceResult,
)
from canbo.eval.scores import Figures, slice_result
from canbo.eval.slices import PARAGRAPH_BINS, length_slices, source_slices, theme_slices
from canbo.eval.theme_scores import ThemeOutcome, counted_scores, probability_scores

if TYPE_CHECKING:
    from canbo.eval.baselines import ThemeBaseline
    from canbo.eval.testsets import TestSet
    from canbo.models.predictions import ThemePrediction
    from canbo.models.roberta import Precision

__all__ = ["FittedBaseline", "ThemeModel", "ThemeSystem", "evaluate_themes", "theme_differences"]

# What is told of the encoder alone, where a model is more than that.
_BEFORE = ("macro_f1", "mean_average_precision", "brier", "calibration_error")

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]


class ThemeModel(Protocol):
    """What is needed of a classifier; `canbo.models.classifier.ThemeClassifier` has it."""

    scheme_ids: tuple[str, ...]
    thresholds: dict[str, float]

    @property
    def precision(self) -> Precision:
        """Of the scores."""
        ...

    def predict(
        self, texts: Sequence[str], *, batch_size: int = 32, evidence: bool = True
    ) -> list[ThemePrediction]:
        """Assign themes to paragraphs."""
        ...


@dataclass(frozen=True)
class FittedBaseline:
    """A fitted baseline with its thresholds, of shape (themes,)."""

    baseline: ThemeBaseline
    thresholds: Floats


@dataclass(frozen=True)
class ThemeSystem:
    """One of the compared: a model or a baseline.

    Attributes:
        name: in tables.
        model: a classifier, or a fitted baseline.
    """

    name: str
    model: ThemeModel | FittedBaseline

    def thresholds(self, scheme: ThemeScheme) -> Floats:
        """Probability from which each theme is assigned, of shape (themes,)."""
        if isinstance(self.model, FittedBaseline):
            return self.model.thresholds
        return np.array([self.model.thresholds[theme] for theme in scheme.ids])

    def probabilities(self, texts: Sequence[str], scheme: ThemeScheme, batch_size: int) -> Floats:
        """Probabilities of the themes, of shape (texts, themes)."""
        if isinstance(self.model, FittedBaseline):
            return self.model.baseline.probabilities(texts)
        predictions = self.model.predict(texts, batch_size=batch_size, evidence=False)
        return np.array([[row.scores[theme] for theme in scheme.ids] for row in predictions])

    def uncertain(self, probabilities: Floats, scheme: ThemeScheme, band: float) -> Bools:
        """Decisions that a person should look at first, of shape (texts, themes).

        They are those inside the model's own bands (`canbo.train.calibration_fit.uncertain_bands`:
        the likeliest to be wrong), or those near their threshold where it has none.

        Args:
            probabilities: of the same shape.
            scheme: the themes.
            band: distance from the threshold, for a model that has no bands of its own.
        """
        own = getattr(self.model, "uncertain", None)
        if not own:
            return np.asarray(np.abs(probabilities - self.thresholds(scheme)) < band)
        low, high = np.array([own[theme] for theme in scheme.ids]).T
        return np.asarray((low <= probabilities) & (probabilities < high))

    def before_calibration(self) -> ThemeSystem | None:
        """The encoder alone of a model that has more; None for any other system."""
        if not getattr(self.model, "is_calibrated", False):
            return None
        calibrated: Any = self.model
        return ThemeSystem(self.name, calibrated.encoder_alone())

    def check(self, scheme: ThemeScheme) -> None:
        """Refuse a classifier of other themes.

        Raises:
            UserError: its themes are not those of the scheme.
        """
        if isinstance(self.model, FittedBaseline):
            return
        if set(self.model.scheme_ids) != set(scheme.ids):
            raise UserError(
                f"model {self.name!r} gives the themes {', '.join(self.model.scheme_ids)}; the"
                f" evaluation's scheme has {', '.join(scheme.ids)}: name its scheme under 'themes'"
            )


@dataclass
class ThemeFindings:
    """What `evaluate_themes` finds on one data set.

    Attributes:
        results: every system and slice.
        figures: of every system on the whole data set, for comparisons.
        curves: reliability, precision and recall.
        confusion: one a system.
        errors: the worst of the models.
        assigned: decisions of every system.
        probabilities: of every system.
    """

    results: list[SliceResult]
    figures: dict[str, Figures]
    curves: list[Curve]
    confusion: list[Confusion]
    errors: list[ErrorCase]
    assigned: dict[str, Bools]
    probabilities: dict[str, Floats]


def evaluate_themes(
    systems: Sequence[ThemeSystem],
    data: TestSet[LabelledParagraph],
    scheme: ThemeScheme,
    config: EvaluationConfig,
) -> ThemeFindings:
    """Score systems on one data set.

    Args:
        systems: models and fitted baselines.
        data: the paragraphs.
        scheme: the themes.
        config: band, errors, resamples and seed are read.
    """
    texts = [item.text for item in data.items]
    gold = np.array([item.scores for item in data.items]) > 0.5
    weights = article_weights(len(set(data.keys)), config.resamples, config.seed)
    slices = {
        **theme_slices(texts, gold, scheme),
        **{
            name: np.repeat(rows[:, None], len(scheme), axis=1)
            for name, rows in {
                **length_slices(texts, PARAGRAPH_BINS),
                **source_slices(data.keys, data.config.sources),
            }.items()
        },
    }
    found = ThemeFindings([], {}, [], [], [], {}, {})
    for system in systems:
        thresholds = system.thresholds(scheme)
        probabilities = system.probabilities(texts, scheme, config.batch_size)
        graded = not np.isin(probabilities, (0, 1)).all()
        outcome = ThemeOutcome(
            probabilities=probabilities,
            assigned=probabilities >= thresholds,
            gold=gold,
            uncertain=system.uncertain(probabilities, scheme, config.uncertain_band)
            if graded
            else None,
            article=data.article,
        )
        scores, themes = counted_scores(outcome, weights, scheme.ids)
        if graded:
            more, more_themes = probability_scores(outcome, weights, scheme.ids)
            scores |= more
            themes = {theme: {**themes[theme], **more_themes[theme]} for theme in themes}
            found.curves += _curves(system.name, data.name, outcome, scheme)
        if encoder := system.before_calibration():
            uncalibrated = encoder.probabilities(texts, scheme, config.batch_size)
            # The thresholds belong to the calibrated probabilities.
            raw = replace(
                outcome, probabilities=uncalibrated, assigned=uncalibrated >= 0.5, uncertain=None
            )
            before, _ = probability_scores(raw, weights, scheme.ids)
            before |= counted_scores(raw, weights, scheme.ids)[0]
            scores |= {f"encoder_{name}": before[name] for name in _BEFORE}
            points = reliability_points(raw.probabilities, gold)
            found.curves.append(Curve(system.name, data.name, "encoder_reliability", None, points))
        found.figures[system.name] = scores
        found.results.append(
            slice_result(
                (system.name, data.name, ALL), len(texts), weights.shape[1], scores, themes
            )
        )
        found.results += _slices(system.name, data, outcome, slices, scheme, config)
        found.confusion.append(
            Confusion(
                system.name,
                data.name,
                (*scheme.ids, "none"),
                confusion_matrix(outcome.assigned, gold),
            )
        )
        if not isinstance(system.model, FittedBaseline):
            found.errors += _errors(
                system.name, system.model, data, outcome, thresholds, scheme, config
            )
        found.assigned[system.name] = outcome.assigned
        found.probabilities[system.name] = probabilities
    return found


def _slices(
    name: str,
    data: TestSet[LabelledParagraph],
    outcome: ThemeOutcome,
    slices: Mapping[str, Bools],
    scheme: ThemeScheme,
    config: EvaluationConfig,
) -> Iterator[SliceResult]:
    for slice_name, chosen in slices.items():
        rows = np.flatnonzero(chosen.any(axis=1))
        if not len(rows):
            continue
        articles, article = np.unique(outcome.article[rows], return_inverse=True)
        part = ThemeOutcome(
            outcome.probabilities[rows], outcome.assigned[rows], outcome.gold[rows], None, article
        )
        weights = article_weights(len(articles), config.resamples, config.seed)
        scores, themes = counted_scores(part, weights, scheme.ids, chosen[rows])
        whole = bool(chosen[rows].all())
        yield slice_result(
            (name, data.name, slice_name),
            len(rows) if whole else int(chosen.sum()),
            len(articles),
            scores,
            themes,
        )


def _curves(name: str, dataset: str, outcome: ThemeOutcome, scheme: ThemeScheme) -> Iterator[Curve]:
    probabilities, gold = outcome.probabilities, outcome.gold
    yield Curve(name, dataset, "reliability", None, reliability_points(probabilities, gold))
    for column, theme in enumerate(scheme.ids):
        if gold[:, column].any():
            points = precision_recall_points(probabilities[:, column], gold[:, column])
            yield Curve(name, dataset, "precision_recall", theme, points)


def _errors(
    name: str,
    model: ThemeModel,
    data: TestSet[LabelledParagraph],
    outcome: ThemeOutcome,
    thresholds: Floats,
    scheme: ThemeScheme,
    config: EvaluationConfig,
) -> list[ErrorCase]:
    chosen = worst_errors(
        outcome.probabilities, outcome.assigned, outcome.gold, thresholds, config.worst_errors
    )
    rows = list(dict.fromkeys(row for row, _ in chosen))
    # Evidence is found for assigned themes; with thresholds of 0, for those that were missed too.
    asked: Any = copy.copy(model)
    asked.thresholds = dict.fromkeys(scheme.ids, 0.0)
    texts = [data.items[row].text for row in rows]
    predictions = asked.predict(texts, batch_size=config.batch_size, evidence=True) if rows else []
    by_row = dict(zip(rows, predictions, strict=True))
    shown = data.config.text == "show"
    return [
        ErrorCase(
            model=name,
            dataset=data.name,
            kind="false_positive" if outcome.assigned[row, theme] else "false_negative",
            theme=scheme.ids[theme],
            probability=round(float(outcome.probabilities[row, theme]), 4),
            threshold=float(thresholds[theme]),
            id=data.items[row].id,
            article=data.keys[row],
            gold=data.items[row].labels,
            text=data.items[row].text if shown else None,
            evidence=tuple(
                Evidence(span.start, span.end, span.text if shown else None)
                for span in by_row[row].evidence
                if span.theme == scheme.ids[theme]
            ),
        )
        for row, theme in chosen
    ]


def theme_differences(
    a: str, b: str, data: TestSet[LabelledParagraph], found: ThemeFindings, scheme: ThemeScheme
) -> tuple[Differences, list[dict[str, Any]]]:
    """Find the paragraphs to which two systems give different themes.

    Args:
        a: name of the one.
        b: name of the other.
        data: the paragraphs.
        found: of both.
        scheme: the themes.

    Returns:
        A summary, and a row for each such paragraph, those with most difference first.
    """
    gold = np.array([item.scores for item in data.items]) > 0.5
    ours, theirs = found.assigned[a], found.assigned[b]
    wrong_a, wrong_b = (ours != gold).sum(axis=1), (theirs != gold).sum(axis=1)
    differ = ours != theirs
    rows = np.flatnonzero(differ.any(axis=1))
    distance = np.abs(found.probabilities[a] - found.probabilities[b]).max(axis=1)
    shown = data.config.text == "show"

    def themes_of(decisions: Bools) -> list[str]:
        return [theme for theme, given in zip(scheme.ids, decisions, strict=True) if given]

    def scores_of(name: str, row: int) -> dict[str, float]:
        values = found.probabilities[name][row]
        return {theme: round(float(p), 4) for theme, p in zip(scheme.ids, values, strict=True)}

    items = [
        {
            "dataset": data.name,
            "id": data.items[row].id,
            "article": data.keys[row],
            "text": data.items[row].text if shown else None,
            "gold": list(data.items[row].labels),
            "a": {"model": a, "themes": themes_of(ours[row]), "scores": scores_of(a, row)},
            "b": {"model": b, "themes": themes_of(theirs[row]), "scores": scores_of(b, row)},
            "better": ("a" if wrong_a[row] < wrong_b[row] else "b")
            if wrong_a[row] != wrong_b[row]
            else None,
        }
        for row in sorted(rows.tolist(), key=lambda row: -distance[row])
    ]
    summary = Differences(
        dataset=data.name,
        a=a,
        b=b,
        items=len(gold),
        different=len(rows),
        a_better=int((wrong_a < wrong_b).sum()),
        b_better=int((wrong_b < wrong_a).sum()),
        themes={
            theme: {
                "a_only": int((ours & ~theirs)[:, column].sum()),
                "b_only": int((theirs & ~ours)[:, column].sum()),
                "a_right": int((differ & (ours == gold))[:, column].sum()),
                "b_right": int((differ & (theirs == gold))[:, column].sum()),
            }
            for column, theme in enumerate(scheme.ids)
        },
        examples=items[:EXAMPLES],
    )
    return summary, items
