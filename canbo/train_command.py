"""`canbo train`: hands a job its arguments, and what it may not make itself."""

from __future__ import annotations

import inspect
from importlib import import_module
from pathlib import Path

from canbo.train.field_help import asks_for_help

__all__ = ["TRAINERS", "train_model"]

# The module whose `main` takes the arguments that follow `canbo train JOB`.
TRAINERS = {
    job: f"canbo.train.{job}"
    for job in (
        "segmenter",
        "pretrain",
        "transplant",
        "adaptation",
        "committee",
        "classifier",
        "mean",
        "calibration",
        "ablation",
        "extractive",
        "pairs",
        "summarizer",
        "selection",
    )
}
# Of these, those whose result `push_to_hub` publishes with its card.
_PUBLISHED = ("classifier", "summarizer")


def train_model(job: str, argv: list[str]) -> int:
    """Run a training job.

    Args:
        job: of `TRAINERS`.
        argv: path of its YAML file, then ``--field value`` pairs; with ``--help``, its fields are
            printed.

    Returns:
        Exit status.
    """
    module = import_module(TRAINERS[job])
    if asks_for_help(argv):
        print(f"usage: canbo train {job} CONFIG [--field value ...]\n")
        print(f"{inspect.getdoc(module)}\n", flush=True)
    main = module.main
    return int(main(argv, _ensure_card) if job in _PUBLISHED else main(argv))


def _ensure_card(folder: Path, hub_id: str) -> None:
    from canbo.eval.card import ensure_card

    ensure_card(folder, hub_id)
