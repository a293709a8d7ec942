"""`canbo evaluate`: what the command line adds to `canbo.eval.harness`; the parser is in cli.py."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from canbo.analyzer import Analyzer
from canbo.data.errors import UserError
from canbo.eval.config import EvaluationConfig, ModelConfig, load_evaluation_config
from canbo.eval.harness import evaluate, write_outcome
from canbo.eval.report import write_report

if TYPE_CHECKING:
    from canbo.eval.results import Evaluation
    from canbo.models.roberta import Precision

__all__ = ["evaluate_models"]


def evaluate_models(
    config: Path,
    output: Path,
    *,
    models: Sequence[str] = (),
    compare: Sequence[str] = (),
    device: str | None = None,
    precision: Precision | None = None,
) -> int:
    """Score models and baselines, print the headline figures, and write the results.

    Args:
        config: YAML file of `canbo.eval.config.EvaluationConfig`.
        output: folder of ``metrics.json``, ``report.md`` and ``report.html``.
        models: folders or hub ids to score in place of the config's models; ``embedded`` is the
            one that ships.
        compare: two of them, to be scored without baselines and to be compared item by item
            (``differences.jsonl``); empty for none.
        device: ``"cpu"``, ``"cuda"`` or None for what is there.
        precision: of the scores of ``models`` or ``compare``; None takes what the config says of
            them, or else ``"float32"``.

    Returns:
        0.

    Raises:
        UserError: a setting, file or model is wrong, or a model has seen its test set.
    """
    settings = _settings(load_evaluation_config(config), models, compare, precision)
    if output.exists() and not output.is_dir():  # Known before scoring, which takes minutes.
        raise UserError(f"--output {output}: is a file; name a folder")

    def load(task: str, source: str | None, **options: Any) -> Any:
        role = {"themes": "classifier", "abstract": "summarizer"}[task]
        model: dict[str, Any] = {role: source}
        loaded = Analyzer.from_pretrained(**model, device=device, tasks=(task,), **options)
        return getattr(loaded, role)

    outcome = evaluate(
        settings,
        load_classifier=partial(load, "themes"),
        load_summarizer=partial(load, "abstract"),
        differences=bool(compare),
        note=lambda message: print(message, file=sys.stderr),
    )
    written = write_outcome(outcome, output)
    write_report(outcome.evaluation, output)
    _print_headlines(outcome.evaluation)
    print(f"{len(outcome.evaluation.results)} results -> {written}")
    return 0


def _settings(
    config: EvaluationConfig,
    models: Sequence[str],
    compare: Sequence[str],
    precision: Precision | None,
) -> EvaluationConfig:
    sources = list(compare or models)
    if precision and not sources:
        raise UserError(
            "--precision is that of the models of --model and --compare; name some, or set"
            " 'precision' of a model in CONFIG"
        )
    if precision and config.kind != "themes":
        raise UserError("--precision is that of a classifier's scores; take it out")
    if not sources:
        return config
    if len(set(sources)) < len(sources):
        raise UserError("the same model is named twice")
    chosen = []
    for source, name in zip(sources, _names(sources), strict=True):
        # What the config says of a model (its training files) holds when it is named again.
        stated = [model for model in config.models if model.source == source]
        alike = [model for model in stated if model.precision == precision]
        model = next(iter([*alike, *stated, ModelConfig(name, source)]))
        chosen.append(replace(model, precision=precision or model.precision))
    return replace(config, models=tuple(chosen), baselines=() if compare else config.baselines)


def _names(sources: Sequence[str]) -> list[str]:
    """Short names: the last part of a folder or hub id, or all of it where two end alike."""
    short = [Path(source).name for source in sources]
    return [
        source if short.count(name) > 1 else name
        for source, name in zip(sources, short, strict=True)
    ]


def _print_headlines(evaluation: Evaluation) -> None:
    """A line for each model and data set, with 95% intervals."""
    names = [name for name, info in evaluation.metrics.items() if info.headline]
    for dataset in evaluation.datasets:
        for model in evaluation.models:
            figures = evaluation.result(model.name, dataset.name).metrics
            shown = []
            for name in names:
                score = figures.get(name)
                if score and score.value is not None:
                    ends = f" [{score.ci[0]:.3f}, {score.ci[1]:.3f}]" if score.ci else ""
                    shown.append(f"{name} {score.value:.3f}{ends}")
            print(f"{dataset.name}\t{model.name}\t{', '.join(shown)}")
