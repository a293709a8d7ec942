"""Fit by which rewritten sentences a summarizer that reads sentences shows.

    canbo train judgement configs/summarizer/judgement.yaml

The model says how likely it finds each of some rewrites that were read against their sentences
(``data/canbo-rewrites/judged.jsonl``). On that, and on how the rewrites map onto the sentences
(`canbo.models.rewriting.judgement`), a logistic regression is fitted: the chance that a rewrite is
fluent and true. The least chance that a rewrite needs to be shown comes from chances of articles
that were held out. The model's folder gets ``judgement.json``.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from canbo.models.batching import length_batches
from canbo.models.rewriting.judgement import (
    JUDGEMENT_FEATURES,
    JUDGEMENT_FILE,
    Judgement,
    judgement_features,
)
from canbo.models.rewriting.writer import SentenceWriter, reads_sentences
from canbo.train.arguments import ConfigError, parse_config
from canbo.train.record import extend_record, make_record
from canbo.train.rewrites import SentenceRewrite, named_articles, read_rewrites

if TYPE_CHECKING:
    from sklearn.pipeline import Pipeline

__all__ = [
    "NOTHING_SHOWN",
    "JudgementArguments",
    "fit_judgement",
    "held_out_chances",
    "least_chance",
    "main",
]

logger = logging.getLogger(__name__)

_Floats = npt.NDArray[np.float64]
_Bools = npt.NDArray[np.bool_]

# Right above 1: a chance can be rounded to 1, and must not reach this.
NOTHING_SHOWN = math.nextafter(1.0, 2.0)
_FOLDS = 5
_INVERSE_REGULARIZATION = 0.3
_BEST = (0.05, 0.1, 0.2)  # shares of the rewrites, the likeliest first, that the record tells of


@dataclass
class JudgementArguments:
    """Settings of `canbo train judgement`.

    Attributes:
        model_dir: output folder of `canbo train summarizer` for a model that reads sentences; gets
            ``judgement.json``.
        judged_file: rewrites that were read against their sentences, as of
            `canbo.train.rewrites.read_rewrites`.
        vietnews_train: vietnews' training split; without it its rewrites are left out.
        vietnews_validation: vietnews' validation split; likewise.
        canbo_themes: folder with the articles of canbo-themes.
        wanted: share of the rewrites shown that must be fluent and true.
        least_shown: judged rewrites by which that share is counted, at least.
        batch_size: sentences a forward pass.
    """

    model_dir: Path
    judged_file: Path
    vietnews_train: Path | None = None
    vietnews_validation: Path | None = None
    canbo_themes: Path = Path("data/canbo-themes/articles")
    wanted: float = 0.95
    least_shown: int = 50
    batch_size: int = 16


def main(argv: list[str] | None = None) -> int:
    """Fit as a YAML file and options say.

    Args:
        argv: path of a YAML file of `JudgementArguments`, then ``--field value`` pairs.

    Returns:
        Exit status.

    Raises:
        ConfigError: the config is wrong, or the judged rewrites are too few to fit on.
        canbo.data.rewrites.RewriteError: a judged rewrite is not of the form or does not fit the
            articles.
    """
    (arguments,) = parse_config((JudgementArguments,), argv)
    _check(arguments)
    articles = named_articles(
        arguments.judged_file,
        arguments.canbo_themes,
        {
            "vietnews/train": arguments.vietnews_train,
            "vietnews/validation": arguments.vietnews_validation,
        },
        judged=True,
    )
    rewrites = read_rewrites(arguments.judged_file, articles, judged=True)
    good = np.array([bool(row.verdict and row.verdict.good) for row in rewrites])
    groups = [f"{row.file}/{row.article}" for row in rewrites]
    features = _features(rewrites, arguments)

    held_out = held_out_chances(features, good, groups)
    least = least_chance(held_out, good, arguments.wanted, arguments.least_shown)
    fit_judgement(features, good, least).save(arguments.model_dir / JUDGEMENT_FILE)
    results = {
        "articles": len(set(groups)),
        **_figures(held_out, good, least),
        "files": {
            file: _figures(held_out[rows], good[rows], least)
            for file in articles
            if (rows := np.array([row.file == file for row in rewrites])).any()
        },
    }
    record = make_record(
        arguments, data=[arguments.judged_file, *articles.values()], results=results
    )
    extend_record(arguments.model_dir, "judgement", record)
    _tell(results, arguments)
    return 0


def _check(arguments: JudgementArguments) -> None:
    if not reads_sentences(arguments.model_dir):
        raise ConfigError(
            f"model_dir: {arguments.model_dir} holds no model that reads sentences; make one with"
            " canbo train summarizer and 'reads: sentence', or name its folder with"
            " --model_dir FOLDER"
        )
    if not 0 < arguments.wanted <= 1:
        raise ConfigError("wanted: must be above 0 and at most 1")
    if arguments.least_shown < 1:
        raise ConfigError("least_shown: must be 1 or more")


def _features(rewrites: Sequence[SentenceRewrite], arguments: JudgementArguments) -> _Floats:
    """The `judgement_features` of each rewrite, of shape (rewrites, features)."""
    from tqdm import tqdm

    writer = SentenceWriter.load(str(arguments.model_dir), None)
    features = np.zeros((len(rewrites), len(JUDGEMENT_FEATURES)))
    batches = length_batches([len(row.source) for row in rewrites], arguments.batch_size)
    for batch in tqdm(batches, desc="scoring", unit="batch"):
        rows = [rewrites[place] for place in batch]
        scores = writer.score([row.source for row in rows], [row.text for row in rows])
        for place, row, own in zip(batch, rows, scores, strict=True):
            features[place] = judgement_features(row.text, row.source, own)
    return features


def held_out_chances(features: _Floats, good: _Bools, groups: Sequence[str]) -> _Floats:
    """Estimate the chance of each rewrite by a fit to other articles' rewrites.

    Args:
        features: of shape (rewrites, features).
        good: whether each is fluent and true, of shape (rewrites,).
        groups: the article of each; one article's rewrites are held out together, in five folds.

    Returns:
        Chances of shape (rewrites,).

    Raises:
        ConfigError: there are fewer than five articles, or without some of them no rewrite is good
            or none is bad.
    """
    from sklearn.model_selection import GroupKFold

    if len(set(groups)) < _FOLDS:
        raise ConfigError(
            f"judged_file: holds rewrites of {len(set(groups))} of the articles that are named, and"
            f" needs {_FOLDS} or more; name the articles of more of its files"
        )
    chances = np.zeros(len(good))
    for kept, held_out in GroupKFold(_FOLDS).split(features, good, groups):
        pipeline = _fit(features[kept], good[kept])
        chances[held_out] = pipeline.predict_proba(features[held_out])[:, 1]
    return chances


def fit_judgement(features: _Floats, good: _Bools, least: float | None) -> Judgement:
    """Fit the estimate to all rewrites.

    Args:
        features: of shape (rewrites, features).
        good: whether each is fluent and true, of shape (rewrites,).
        least: chance that a rewrite needs to be shown; with None none is shown.

    Raises:
        ConfigError: no rewrite is good, or none is bad.
    """
    pipeline = _fit(features, good)
    scaler, regression = pipeline[0], pipeline[-1]
    # w (x - m) / s + b  =  (w / s) x + (b - w m / s)
    weights = regression.coef_[0] / scaler.scale_
    intercept = float(regression.intercept_[0] - weights @ scaler.mean_)
    named = {name: float(w) for name, w in zip(JUDGEMENT_FEATURES, weights, strict=True)}
    return Judgement(named, intercept, NOTHING_SHOWN if least is None else least)


def _fit(features: _Floats, good: _Bools) -> Pipeline:
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    if good.all() or not good.any():
        raise ConfigError(
            "judged_file: needs rewrites that are fluent and true, and others, in several articles"
        )
    regression = LogisticRegression(C=_INVERSE_REGULARIZATION, max_iter=2000)
    return make_pipeline(StandardScaler(), regression).fit(features, good)


def least_chance(
    chances: Sequence[float] | _Floats, good: Sequence[bool] | _Bools, wanted: float, shown: int
) -> float | None:
    """Find the least chance from which on enough of the rewrites are good.

    Args:
        chances: of each rewrite.
        good: whether it is fluent and true.
        wanted: share of those at or above the chance that must be good.
        shown: how many there must be of these, at least.

    Returns:
        A chance of one of the rewrites; None where no chance will do.
    """
    chance, is_good = np.asarray(chances, dtype=float), np.asarray(good, dtype=bool)
    for least in np.unique(chance):
        at_least = chance >= least
        if at_least.sum() < shown:
            break
        if is_good[at_least].mean() >= wanted:
            return float(least)
    return None


def _figures(chances: _Floats, good: _Bools, least: float | None) -> dict[str, float]:
    """What held-out chances are worth: their order, what is shown, and how the best ones are."""
    from sklearn.metrics import roc_auc_score

    shown = chances >= (NOTHING_SHOWN if least is None else least)
    best_first = np.argsort(-chances, kind="stable")
    figures = {
        "judged": len(good),
        "good": int(good.sum()),
        "auc": float(roc_auc_score(good, chances)) if 0 < good.sum() < len(good) else None,
        "shown": int(shown.sum()),
        "share_shown": float(shown.mean()),
        "shown_good": float(good[shown].mean()) if shown.any() else None,
        **{
            f"good_of_best_{share:.0%}": float(
                good[best_first[: max(1, round(share * len(good)))]].mean()
            )
            for share in _BEST
        },
    }
    return {name: round(value, 4) for name, value in figures.items() if value is not None}


def _tell(results: Mapping[str, Any], arguments: JudgementArguments) -> None:
    logger.info(
        "%d rewrites of %d articles, %d of them fluent and true; AUC %.3f on held-out articles",
        *(results[name] for name in ("judged", "articles", "good", "auc")),
    )
    if results["shown"]:
        logger.info(
            "%d of them are shown (%.1f%%), of which %.1f%% are fluent and true",
            *(results["shown"], 100 * results["share_shown"], 100 * results["shown_good"]),
        )
        return
    logger.warning(
        "this model shows nothing that it rewrites: no chance is high enough for %.1f%% of at least"
        " %d rewrites to be fluent and true",
        *(100 * arguments.wanted, arguments.least_shown),
    )


if __name__ == "__main__":
    raise SystemExit(main())
