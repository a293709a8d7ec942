"""Continuing a training run: only one that would have begun the same way."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from canbo.data.provenance import file_sha256
from canbo.train.arguments import ConfigError

if TYPE_CHECKING:
    from transformers import TrainingArguments

__all__ = ["STARTED_WITH_FILE", "checkpoint_to_resume"]

# What decides the weights at a given step. How long a run goes on, how often it saves and where it
# logs may change when it is continued.
_DECISIVE = (
    "learning_rate",
    "lr_scheduler_type",
    "warmup_steps",
    "weight_decay",
    "optim",
    "per_device_train_batch_size",
    "gradient_accumulation_steps",
    "train_sampling_strategy",
    "label_smoothing_factor",
    "bf16",
    "fp16",
    "seed",
)
STARTED_WITH_FILE = "started_with.json"


def checkpoint_to_resume(
    training_args: TrainingArguments, settings: Sequence[Any], data: Sequence[Path]
) -> str | None:
    """Find the last checkpoint in the output folder, or note how a new run begins.

    Args:
        training_args: names the output folder.
        settings: the job's other dataclasses of settings.
        data: files that are trained on.

    Returns:
        Folder of the checkpoint, None when there is none yet.

    Raises:
        ConfigError: the checkpoints there come from other settings or data, which are named.
    """
    from transformers.trainer_utils import get_last_checkpoint

    now = {name: str(value) for kind in settings for name, value in asdict(kind).items()}
    now |= {name: str(getattr(training_args, name)) for name in _DECISIVE}
    now |= {f"data {path}": file_sha256(path) for path in data}
    folder = Path(str(training_args.output_dir))
    note = folder / STARTED_WITH_FILE
    checkpoint: str | None = None
    if folder.is_dir():
        checkpoint = get_last_checkpoint(str(folder))  # type: ignore[no-untyped-call]
    if checkpoint is None:
        folder.mkdir(parents=True, exist_ok=True)
        note.write_text(json.dumps(now, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
        return None
    before = json.loads(note.read_text(encoding="utf-8")) if note.is_file() else {}
    changed = sorted(
        name for name in now.keys() | before.keys() if now.get(name) != before.get(name)
    )
    if changed:
        raise ConfigError(
            f"{folder} holds checkpoints of a run that began otherwise ({', '.join(changed)}); "
            "give another --output_dir, or remove that folder to start anew"
        )
    return checkpoint
