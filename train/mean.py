"""Average the weights of classifiers that were fine-tuned one from another, or from one start.

    canbo train mean configs/classifier/embedded-mean.yaml

The mean of such weights costs no time to use and is often better than each (Wortsman et al., "Model
soups", ICML 2022). Weights of unrelated trainings have no meaningful mean.
"""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from canbo.data.provenance import TRAINING_RECORD_FILE, file_sha256, recorded_articles
from canbo.train.arguments import ConfigError, parse_config
from canbo.train.fine_tuning import mean_weights
from canbo.train.record import write_articles

__all__ = ["MeanArguments", "main"]

_WEIGHTS = "model.safetensors"


@dataclass
class MeanArguments:
    """Settings of `canbo train mean`.

    Attributes:
        models: folders of the classifiers; tokenizer, settings and record are those of the last.
        final_dir: folder of the result.
    """

    models: list[Path]
    final_dir: Path


def main(argv: list[str] | None = None) -> int:
    """Average as a YAML file and options say.

    Args:
        argv: path of a YAML file of `MeanArguments`, then ``--field value`` pairs.

    Returns:
        Exit status.

    Raises:
        ConfigError: the config is wrong, or the models have not the same weights.
    """
    from safetensors.torch import load_file, save_file

    (arguments,) = parse_config((MeanArguments,), argv)
    states = [load_file(_weights(folder)) for folder in arguments.models]
    shapes = [{name: tensor.shape for name, tensor in state.items()} for state in states]
    for folder, shape in zip(arguments.models, shapes, strict=True):
        if shape != shapes[-1]:
            raise ConfigError(
                f"models: {folder} has not the weights of {arguments.models[-1]}; name classifiers "
                "that were fine-tuned from one start"
            )
    last, final = arguments.models[-1], arguments.final_dir
    shutil.copytree(last, final, dirs_exist_ok=True)
    mean = mean_weights(states)
    stored = {name: mean[name].to(tensor.dtype) for name, tensor in states[-1].items()}
    save_file(stored, final / _WEIGHTS, metadata={"format": "pt"})
    write_articles(final, {a for folder in arguments.models for a in recorded_articles(folder)})
    record: dict[str, Any] = _record(last)
    record["mean_of"] = [
        _record(folder) | {"sha256": file_sha256(_weights(folder))} for folder in arguments.models
    ]
    text = json.dumps(record, ensure_ascii=False, indent=2)
    (final / TRAINING_RECORD_FILE).write_text(text + "\n", encoding="utf-8")
    print(f"{final}: the mean of {', '.join(map(str, arguments.models))}")
    return 0


def _weights(folder: Path) -> Path:
    path = folder / _WEIGHTS
    if not path.is_file():
        raise ConfigError(
            f"models: {path} is missing; name final folders of 'canbo train classifier'"
        )
    return path


def _record(folder: Path) -> dict[str, Any]:
    path = folder / TRAINING_RECORD_FILE
    record: dict[str, Any] = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    return record


if __name__ == "__main__":
    raise SystemExit(main())
