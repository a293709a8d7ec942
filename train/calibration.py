"""Calibrate a fine-tuned theme classifier, and put a lexical model beside its encoder.

    canbo train calibration configs/classifier/embedded-calibration.yaml --model runs/mine/final

N-grams are fitted on ``train_files``; weights of both models, thresholds and bands of uncertainty
on ``validation_files``. The checkpoint gets ``lexical.safetensors`` and settings in its config;
plain `transformers` reads it as before, and then gives the encoder's own probabilities.
"""

from __future__ import annotations

import json
import logging
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from canbo.data.loaders import LabelledParagraph, read_labelled_paragraphs
from canbo.data.provenance import recorded_articles
from canbo.data.themes import ThemeScheme, load_theme_scheme
from canbo.models.calibration import Calibration
from canbo.models.lexical import LEXICAL_FILE, LexicalModel
from canbo.train.arguments import ConfigError, check_files, parse_config
from canbo.train.calibration_fit import (
    calibrated_probabilities,
    choose_thresholds,
    fit_calibration,
    uncertain_bands,
)
from canbo.train.record import extend_record, make_record, write_articles

if TYPE_CHECKING:
    from canbo.models.classifier import ThemeClassifier, WindowLogits

__all__ = ["CalibrationArguments", "main"]

logger = logging.getLogger(__name__)

_Floats = npt.NDArray[np.float64]
_Bools = npt.NDArray[np.bool_]

_FOLDS = 5


@dataclass
class CalibrationArguments:
    """Settings of `canbo train calibration`.

    Attributes:
        model: folder of a fine-tuned classifier.
        validation_files: labelled paragraphs that the probabilities are fitted to.
        train_files: labelled paragraphs that the n-grams are fitted on; without any, the encoder's
            probabilities are calibrated alone. Articles of the validation files are left out.
        final_dir: folder that gets the finished classifier; without it, that of ``model``.
        themes: theme scheme; without it the classifier's own, or the one that ships with canbo.
        inverse_regularization: of the n-grams' logistic regressions.
        ratio_power: see `canbo.train.lexical.fit_lexical`.
        uncertain_share: share of the validation paragraphs that are marked uncertain.
        batch_size: windows a forward pass.
    """

    model: Path
    validation_files: list[Path]
    train_files: list[Path] = field(default_factory=list)
    final_dir: Path | None = None
    themes: Path | None = None
    inverse_regularization: float = 30.0
    ratio_power: float = 0.5
    uncertain_share: float = 0.1
    batch_size: int = 32


def main(argv: list[str] | None = None) -> int:
    """Calibrate as a YAML file and options say.

    Args:
        argv: path of a YAML file of `CalibrationArguments`, then ``--field value`` pairs.

    Returns:
        Exit status.

    Raises:
        ConfigError: the config is wrong, or the model gives other themes than the scheme holds.
        canbo.data.loaders.ThemeDataError: a data file is wrong.
    """
    from canbo.models.classifier import CONFIG_KEY, ThemeClassifier

    (arguments,) = parse_config((CalibrationArguments,), argv)
    _check(arguments)
    config = json.loads((arguments.model / "config.json").read_text(encoding="utf-8"))
    settings: dict[str, Any] = config.get(CONFIG_KEY) or {}
    # What an earlier calibration chose is chosen anew.
    classifier = ThemeClassifier.from_pretrained(arguments.model).encoder_alone()
    scheme = _scheme(arguments, classifier)
    validation = _read(arguments.validation_files, scheme)
    articles = {row.article for row in validation}
    train = [row for row in _read(arguments.train_files, scheme) if row.article not in articles]
    logits = classifier.window_logits(
        [row.text for row in validation], batch_size=arguments.batch_size
    )
    gold = _labels(validation, scheme)
    lexical = _fit_lexical(arguments, classifier, train, scheme)
    given = lexical.logits(logits.forms) if lexical else None

    calibration = fit_calibration(logits, given, gold)
    chosen = _decide(calibrated_probabilities(calibration, logits, given), gold, arguments)
    results = _results(logits, given, gold, [row.article for row in validation], arguments)
    final = _copy(arguments)
    settings["calibration"] = calibration.to_settings(scheme.ids)
    for name, values in chosen.items():
        settings[name] = dict(zip(scheme.ids, np.round(values, 4).tolist(), strict=True))
    config[CONFIG_KEY] = settings
    (final / LEXICAL_FILE).unlink(missing_ok=True)
    if lexical:
        lexical.save(final / LEXICAL_FILE)
    text = json.dumps(config, ensure_ascii=False, indent=2, sort_keys=True)
    (final / "config.json").write_text(text + "\n", encoding="utf-8")
    seen = {row.article for row in (*train, *validation)}
    _record(final, arguments, seen, results)
    for name, value in results.items():
        logger.info("%s: %.4f", name, value)
    return 0


def _check(arguments: CalibrationArguments) -> None:
    if not (arguments.model / "config.json").is_file():
        raise ConfigError(
            f"model: {arguments.model} is not the folder of a classifier; make one with canbo "
            "train classifier, or name one with --model FOLDER"
        )
    check_files(arguments, "validation_files", "train_files")
    if not 0 <= arguments.uncertain_share < 1:
        raise ConfigError("uncertain_share: must be 0 or more, and below 1")


def _scheme(arguments: CalibrationArguments, classifier: ThemeClassifier) -> ThemeScheme:
    scheme = load_theme_scheme(arguments.themes)
    if arguments.themes is None and classifier.scheme is not None:
        scheme = classifier.scheme
    if scheme.ids != classifier.scheme_ids:
        raise ConfigError(
            f"model: {arguments.model} gives the themes {', '.join(classifier.scheme_ids)}, the "
            f"scheme {scheme.name!r} holds {', '.join(scheme.ids)}; name its scheme with --themes"
        )
    return scheme


def _read(paths: Sequence[Path], scheme: ThemeScheme) -> list[LabelledParagraph]:
    return [row for path in paths for row in read_labelled_paragraphs(path, scheme)]


def _labels(rows: Sequence[LabelledParagraph], scheme: ThemeScheme) -> _Bools:
    labels = np.array([row.scores for row in rows]).reshape(len(rows), len(scheme)) >= 0.5
    missing = [
        theme
        for theme, column in zip(scheme.ids, labels.T, strict=True)
        if not 0 < column.sum() < len(rows)
    ]
    if missing:
        raise ConfigError(
            f"each file list needs paragraphs with and without every theme: {', '.join(missing)}"
        )
    return labels


def _fit_lexical(
    arguments: CalibrationArguments,
    classifier: ThemeClassifier,
    rows: Sequence[LabelledParagraph],
    scheme: ThemeScheme,
) -> LexicalModel | None:
    from canbo.train.lexical import fit_lexical

    if not arguments.train_files:
        return None
    return fit_lexical(
        classifier.word_forms([row.text for row in rows]),
        _labels(rows, scheme),
        inverse_regularization=arguments.inverse_regularization,
        ratio_power=arguments.ratio_power,
    )


def _decide(
    probabilities: _Floats, gold: _Bools, arguments: CalibrationArguments
) -> dict[str, _Floats]:
    thresholds = choose_thresholds(probabilities, gold)
    bands = uncertain_bands(probabilities, thresholds, arguments.uncertain_share)
    return {"thresholds": thresholds, "uncertain": bands}


def _results(
    logits: WindowLogits,
    lexical: _Floats | None,
    gold: _Bools,
    articles: Sequence[str],
    arguments: CalibrationArguments,
) -> dict[str, float]:
    """Figures before, and on folds of articles that were held out of the calibration, after."""
    before = calibrated_probabilities(Calibration.identity(gold.shape[1]), logits, None)
    after = np.zeros(gold.shape)
    assigned = np.zeros(gold.shape, dtype=bool)
    uncertain = np.zeros(gold.shape, dtype=bool)
    for held_out in _folds(articles):
        windows = held_out[logits.texts]
        kept, kept_lexical = _part(logits, lexical, ~windows)
        judged, judged_lexical = _part(logits, lexical, windows)
        calibration = fit_calibration(kept, kept_lexical, gold[~held_out])
        chosen = _decide(
            calibrated_probabilities(calibration, kept, kept_lexical), gold[~held_out], arguments
        )
        after[held_out] = calibrated_probabilities(calibration, judged, judged_lexical)
        assigned[held_out] = after[held_out] >= chosen["thresholds"]
        low, high = chosen["uncertain"].T
        uncertain[held_out] = (low <= after[held_out]) & (after[held_out] < high)
    wrong = assigned != gold
    return {
        **_figures("encoder", before, gold),
        **_figures("calibrated", after, gold),
        "calibrated_macro_f1": _macro_f1(assigned, gold),
        "uncertain_paragraphs": float(uncertain.any(axis=1).mean()),
        "uncertain_accuracy": float((~wrong)[uncertain].mean()) if uncertain.any() else 0.0,
        "errors_uncertain": float(uncertain[wrong].mean()) if wrong.any() else 0.0,
    }


def _figures(name: str, probabilities: _Floats, gold: _Bools) -> dict[str, float]:
    from canbo.eval.metrics.theme_probabilities import probability_metrics

    themes = [str(index) for index in range(gold.shape[1])]
    metrics = probability_metrics(probabilities, gold.astype(int), themes)
    return {
        f"{name}_{metric}": metrics[metric]
        for metric in ("mean_average_precision", "calibration_error", "brier")
    }


def _macro_f1(assigned: _Bools, gold: _Bools) -> float:
    from canbo.eval.metrics.themes import precision_recall_f1, theme_counts

    _, _, f1 = precision_recall_f1(theme_counts(assigned, gold).sum(axis=0))
    return float(f1.mean())


def _folds(articles: Sequence[str]) -> Iterator[_Bools]:
    """Held-out paragraphs of each fold; an article is in one of them."""
    _, article = np.unique(articles, return_inverse=True)
    fold = np.random.default_rng(0).permutation(article.max() + 1)[article] % _FOLDS
    for number in range(_FOLDS):
        if (fold == number).any():
            yield fold == number


def _part(
    logits: WindowLogits, lexical: _Floats | None, windows: _Bools
) -> tuple[WindowLogits, _Floats | None]:
    from canbo.models.classifier import WindowLogits

    _, texts = np.unique(logits.texts[windows], return_inverse=True)
    forms = [words for words, taken in zip(logits.forms, windows, strict=True) if taken]
    part = WindowLogits(texts=texts, forms=forms, encoder=logits.encoder[windows])
    return part, None if lexical is None else lexical[windows]


def _copy(arguments: CalibrationArguments) -> Path:
    final = arguments.final_dir or arguments.model
    if final.absolute() != arguments.model.absolute():
        shutil.copytree(arguments.model, final, dirs_exist_ok=True)
    return final


def _record(
    final: Path, arguments: CalibrationArguments, articles: set[str], results: dict[str, float]
) -> None:
    """Put the record of this run into that of the training, its data and articles to those."""
    record = make_record(
        arguments,
        data=[*arguments.train_files, *arguments.validation_files],
        results={name: round(value, 4) for name, value in results.items()},
    )
    if extend_record(final, "calibration", record):
        write_articles(final, articles | recorded_articles(final))


if __name__ == "__main__":
    raise SystemExit(main())
