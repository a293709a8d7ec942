"""``metrics.json``: what an evaluation found, as values that reports and model cards read.

Version 1 of the schema. Every figure stands under what it says (metric), on what (data set and
slice) and of whom (model), with the 95% interval of a bootstrap over articles. A figure that does
not exist (nothing to divide by) is null.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

from canbo.data.errors import UserError

__all__ = [
    "ALL",
    "EXAMPLES",
    "SCHEMA_VERSION",
    "Comparison",
    "Confusion",
    "Curve",
    "DatasetEntry",
    "Differences",
    "ErrorCase",
    "Evaluation",
    "Evidence",
    "Leakage",
    "MetricInfo",
    "MetricsFileError",
    "ModelEntry",
    "Score",
    "SliceResult",
    "load_evaluation",
]

SCHEMA_VERSION = 1
# The slice that is the whole data set.
ALL = "all"
# Differing items of a data set that a report lists.
EXAMPLES = 50

Kind = Literal["themes", "abstracts"]


class MetricsFileError(UserError):
    """A ``metrics.json`` cannot be read; the message names the file and the remedy."""


@dataclass(frozen=True)
class Score:
    """One figure.

    Attributes:
        value: on the data as they are; None where it is not defined.
        ci: lower and upper end of its 95% interval; None where no resample defines it.
    """

    value: float | None
    ci: tuple[float, float] | None = None


@dataclass(frozen=True)
class Leakage:
    """Whether a model has seen what it is judged on.

    Attributes:
        status: ``"clean"`` when the articles of its last training step (and of those before it
            that left a record) are known and none of them is among the articles scored,
            ``"overlap"`` when some are, ``"unknown"`` when they are not known (all).
        overlap: number of articles of the test sets that it has seen.
        articles: their ids, at most 50.
        unknown: training files that could not be compared, or why nothing could.
    """

    status: Literal["clean", "overlap", "unknown"]
    overlap: int = 0
    articles: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()


@dataclass(frozen=True)
class ModelEntry:
    """One model or baseline.

    Attributes:
        name: unique in the evaluation; the other sections name it so.
        role: ``"model"`` or ``"baseline"``.
        source: folder, hub id or ``"embedded"`` (it ships with canbo); of a baseline the files
            that it was fitted on, or None.
        sha256: of the listing of the model's folder (of a baseline's files); None for a hub id.
        training: versions, seed, data files and results of its ``training.json``, or None.
        thresholds: probability from which each theme is assigned; empty for abstracts.
        leakage: whether it has seen the test articles.
        oracle: it looked at the references: an upper bound, not a competitor.
        precision: of the matrix products of a classifier's scores; None for all others, and in
            files from before it was recorded, when it was float32.
    """

    name: str
    role: Literal["model", "baseline"]
    source: str | None
    sha256: str | None
    training: dict[str, Any] | None
    thresholds: dict[str, float]
    leakage: Leakage
    oracle: bool = False
    precision: Literal["int8", "float32"] | None = None


@dataclass(frozen=True)
class DatasetEntry:
    """One test set.

    Attributes:
        name: unique in the evaluation.
        file: its folder and name (``real/test.jsonl``), not its path.
        sha256: of the file.
        items: paragraphs (themes) or articles (abstracts) that were scored.
        articles: number of articles that they come from.
        group: ``"real"``, ``"authored"`` or another word of the config; None if none is given.
        text: ``"hide"`` where its licence forbids copies: no text of it stands in this file.
    """

    name: str
    file: str
    sha256: str
    items: int
    articles: int
    group: str | None
    text: Literal["show", "hide"]


@dataclass(frozen=True)
class SliceResult:
    """The figures of a model on a data set, or on a part of it.

    Attributes:
        model: name of the model.
        dataset: name of the data set.
        slice: ``"all"``, or ``KIND:VALUE``. Parts of the decisions (a paragraph and a theme):
            ``keyword:present`` (set phrases of the theme stand in the paragraph),
            ``keyword:absent`` (none does), ``hard_negative:any`` (they stand there, the theme does
            not apply; ``themes`` holds the figures of each). Parts of the items: ``length:0-59``
            ... (syllables), ``themes:0``, ``themes:1``, ``themes:2+`` (gold themes),
            ``source:NAME``. Figures that a slice does not define are left out.
        n: items in it; of the first three kinds, decisions.
        articles: articles in it.
        metrics: by name (`MetricInfo` of that name says what it is).
        themes: theme id to the figures of that theme alone; empty for abstracts.
    """

    model: str
    dataset: str
    slice: str
    n: int
    articles: int
    metrics: dict[str, Score]
    themes: dict[str, dict[str, Score]] = field(default_factory=dict)


@dataclass(frozen=True)
class Comparison:
    """Two models on one data set, by one metric, on the same resamples.

    Attributes:
        dataset: name of the data set.
        a: name of the one model.
        b: name of the other.
        metric: name of the metric.
        a_value: figure of the one.
        b_value: figure of the other.
        difference: ``a_value - b_value``.
        ci: 95% interval of the difference.
        p_value: two-sided, of the hypothesis that there is no difference.
    """

    dataset: str
    a: str
    b: str
    metric: str
    a_value: float
    b_value: float
    difference: float
    ci: tuple[float, float]
    p_value: float


@dataclass(frozen=True)
class Curve:
    """Points of a plot.

    Attributes:
        model: name of the model.
        dataset: name of the data set; None for ``"learning"``.
        kind: ``"reliability"`` (points ``{"probability", "frequency", "count"}``),
            ``"encoder_reliability"`` (the same of the encoder alone, before calibration),
            ``"precision_recall"`` (``{"threshold", "precision", "recall"}``) or ``"learning"``
            (``{"step", "epoch"}`` and what was logged there, such as ``loss``, ``eval_loss``,
            ``eval_macro_f1``; not every point has all).
        theme: theme id; None for all decisions pooled, and for ``"learning"``.
        points: in the order of the plot.
        stage: which one a ``"learning"`` curve is of, where the model is the mean of several.
    """

    model: str
    dataset: str | None
    kind: Literal["reliability", "encoder_reliability", "precision_recall", "learning"]
    theme: str | None
    points: list[dict[str, float]]
    stage: str = ""


@dataclass(frozen=True)
class Confusion:
    """What stood in place of what: a confusion matrix for sets of themes.

    Attributes:
        model: name of the model.
        dataset: name of the data set.
        labels: the theme ids, then ``"none"``: names of rows and columns.
        matrix: numbers of paragraphs. Row ``g``, column ``p``: ``g`` is gold but missed and ``p``
            predicted but wrong, in the same paragraph. On the diagonal: ``g`` found. Column
            ``"none"``: ``g`` missed and nothing wrong predicted. Row ``"none"``: ``p`` wrong and
            nothing missed; its diagonal: paragraphs without a theme for which none is predicted.
    """

    model: str
    dataset: str
    labels: tuple[str, ...]
    matrix: list[list[int]]


@dataclass(frozen=True)
class Evidence:
    """Words that speak for the theme, in the model's eyes.

    Attributes:
        start: first character in the paragraph's text.
        end: one past the last.
        text: the words; None where the data set's text is hidden.
    """

    start: int
    end: int
    text: str | None


@dataclass(frozen=True)
class ErrorCase:
    """One of a model's worst mistakes.

    Attributes:
        model: name of the model.
        dataset: name of the data set.
        kind: ``"false_positive"`` or ``"false_negative"``.
        theme: theme id.
        probability: what the model gave.
        threshold: from which it assigns the theme.
        id: of the paragraph.
        article: of its article.
        gold: all its gold themes.
        text: the paragraph; None where the data set's text is hidden.
        evidence: words that speak for the theme; for a theme that was missed, those that came
            nearest to it.
    """

    model: str
    dataset: str
    kind: Literal["false_positive", "false_negative"]
    theme: str
    probability: float
    threshold: float
    id: str
    article: str
    gold: tuple[str, ...]
    text: str | None
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True)
class Differences:
    """Where two models differ on a data set; the items stand in ``differences.jsonl``.

    Attributes:
        dataset: name of the data set.
        a: name of the one model.
        b: name of the other.
        items: paragraphs or articles that were compared.
        different: of them those whose themes (or abstracts) differ.
        a_better: of those, where ``a`` has fewer wrong themes (a higher ROUGE-2).
        b_better: of those, where ``b`` has.
        themes: for each theme ``{"a_only", "b_only", "a_right", "b_right"}``: paragraphs to which
            only one of them gives it, and who of the two is right; empty for abstracts.
        file: name of the file with the items.
        examples: the first of them, those that differ most, for the report: rows of the file.
    """

    dataset: str
    a: str
    b: str
    items: int
    different: int
    a_better: int
    b_better: int
    themes: dict[str, dict[str, int]]
    file: str = "differences.jsonl"
    examples: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True)
class MetricInfo:
    """What a metric says.

    Attributes:
        description: one English sentence.
        better: ``"higher"``, ``"lower"``, or None where neither is good in itself.
        headline: it belongs into the first table and is compared between models.
    """

    description: str
    better: Literal["higher", "lower"] | None
    headline: bool = False


@dataclass(frozen=True)
class Evaluation:
    """The whole of ``metrics.json``.

    Attributes:
        kind: ``"themes"`` or ``"abstracts"``.
        created: UTC, ISO 8601.
        seed: of the resamples.
        resamples: their number.
        config: the config as it was read, with what the command line put in its place.
        versions: of Python and the libraries.
        scheme: the theme scheme (`canbo.data.themes.ThemeScheme.to_dict`); None for abstracts.
        metrics: what each name of a metric means.
        models: those that were scored, models before baselines.
        datasets: those that were scored.
        results: every model on every data set and slice.
        comparisons: of the headline metrics: each model with each other and with each baseline.
        curves: reliability, precision and recall, learning.
        confusion: of every model and data set; empty for abstracts.
        errors: the worst mistakes of the models (not of baselines); empty for abstracts.
        differences: of ``--compare``; else empty.
        warnings: what a reader has to know: data sets left out, models of unknown training data.
    """

    kind: Kind
    created: str
    seed: int
    resamples: int
    config: dict[str, Any]
    versions: dict[str, str]
    scheme: dict[str, Any] | None
    metrics: dict[str, MetricInfo]
    models: list[ModelEntry]
    datasets: list[DatasetEntry]
    results: list[SliceResult]
    comparisons: list[Comparison]
    curves: list[Curve] = field(default_factory=list)
    confusion: list[Confusion] = field(default_factory=list)
    errors: list[ErrorCase] = field(default_factory=list)
    differences: list[Differences] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    def result(self, model: str, dataset: str, slice: str = ALL) -> SliceResult:
        """The figures of one model on one data set or slice.

        Raises:
            KeyError: there are none.
        """
        for found in self.results:
            if (found.model, found.dataset, found.slice) == (model, dataset, slice):
                return found
        raise KeyError(f"no result of {model!r} on {dataset!r}, slice {slice!r}")

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values, keys in the order of the attributes."""
        return {"schema": SCHEMA_VERSION, **_plain(asdict(self))}

    @classmethod
    def from_dict(cls, record: Mapping[str, Any]) -> Evaluation:
        """The inverse of `to_dict`.

        Raises:
            ValueError: the record is of another version of the schema.
            KeyError, TypeError: a field is missing or unknown.
        """
        if record.get("schema") != SCHEMA_VERSION:
            raise ValueError(
                f"schema {record.get('schema')!r}: this canbo reads version {SCHEMA_VERSION}"
            )
        values = {name: value for name, value in record.items() if name != "schema"}
        for name, build in _SECTIONS.items():
            values[name] = [build(entry) for entry in values[name]]
        values["metrics"] = {name: MetricInfo(**entry) for name, entry in values["metrics"].items()}
        return cls(**values)

    def save(self, path: Path) -> None:
        """Write ``metrics.json``."""
        text = json.dumps(self.to_dict(), ensure_ascii=False, indent=1, allow_nan=False)
        path.write_text(text + "\n", encoding="utf-8")


def load_evaluation(path: Path) -> Evaluation:
    """Read ``metrics.json``.

    Args:
        path: the file, or the folder that holds it.

    Raises:
        MetricsFileError: it is not there or not of this form.
    """
    file = path / "metrics.json" if path.is_dir() else path
    try:
        return Evaluation.from_dict(json.loads(file.read_text(encoding="utf-8")))
    except OSError as error:
        raise MetricsFileError(
            f"{file}: cannot be read ({error.strerror}); make it with canbo evaluate"
        ) from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise MetricsFileError(
            f"{file}: not a metrics.json of this canbo ({error}); make it again with canbo evaluate"
        ) from error


def _score(entry: Mapping[str, Any]) -> Score:
    return Score(entry["value"], _interval(entry["ci"]))


def _interval(ends: Any) -> Any:
    return None if ends is None else (ends[0], ends[1])


def _scores(entry: Mapping[str, Any]) -> dict[str, Score]:
    return {name: _score(score) for name, score in entry.items()}


def _model(entry: Mapping[str, Any]) -> ModelEntry:
    leakage = entry["leakage"]
    lists = {name: tuple(leakage[name]) for name in ("articles", "unknown")}
    return ModelEntry(**{**entry, "leakage": Leakage(**{**leakage, **lists})})


def _slice(entry: Mapping[str, Any]) -> SliceResult:
    themes = {theme: _scores(scores) for theme, scores in entry["themes"].items()}
    return SliceResult(**{**entry, "metrics": _scores(entry["metrics"]), "themes": themes})


def _comparison(entry: Mapping[str, Any]) -> Comparison:
    return Comparison(**{**entry, "ci": _interval(entry["ci"])})


def _confusion(entry: Mapping[str, Any]) -> Confusion:
    return Confusion(**{**entry, "labels": tuple(entry["labels"])})


def _error(entry: Mapping[str, Any]) -> ErrorCase:
    evidence = tuple(Evidence(**span) for span in entry["evidence"])
    return ErrorCase(**{**entry, "gold": tuple(entry["gold"]), "evidence": evidence})


_SECTIONS: Mapping[str, Callable[[Mapping[str, Any]], Any]] = {
    "models": _model,
    "datasets": lambda entry: DatasetEntry(**entry),
    "results": _slice,
    "comparisons": _comparison,
    "curves": lambda entry: Curve(**entry),
    "confusion": _confusion,
    "errors": _error,
    "differences": lambda entry: Differences(**entry),
}


def _plain(value: Any) -> Any:
    """Tuples as lists, as JSON has no others."""
    if isinstance(value, dict):
        return {name: _plain(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    return value
