"""``run.json``: what made an output, and whether another run would make it the same way."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from canbo.data.provenance import folder_sha256, library_versions
from canbo.output import RunError
from canbo.results import SCHEMA_VERSION

if TYPE_CHECKING:
    from canbo.analyzer import Analyzer
    from canbo.batch import RunConfig

__all__ = ["Clock", "check_same", "new_manifest"]

# What a model that ships with canbo gives as its source; its folder is named by its role.
_SHIPPED = "embedded"
_NOT_IN_LINES = ("inputs", "themes", "report_language")


def new_manifest(config: RunConfig, analyzer: Analyzer) -> dict[str, Any]:
    """``run.json`` of a run that begins now: all but its counts and seconds."""
    models = {"classifier": analyzer.classifier, "summarizer": analyzer.summarizer}
    return {
        "schema": SCHEMA_VERSION,
        "complete": False,
        "date": datetime.now().astimezone().isoformat(timespec="seconds"),
        "versions": library_versions(),
        "models": {
            role: _describe(role, model.source) if model else None for role, model in models.items()
        },
        "config": {
            "inputs": list(config.inputs),
            "tasks": list(config.tasks),
            "device": config.device,
            "batch_size": config.batch_size,
            "evidence": config.evidence,
            "read": asdict(config.read),
            "themes": config.themes and str(config.themes),
            "report_language": config.report_language,
        },
    }


def _describe(role: str, source: str) -> dict[str, str | None]:
    """A model's source and, where that is a folder, the SHA-256 of its listing."""
    shipped = source == _SHIPPED
    folder = Path(str(files("canbo.models"))) / _SHIPPED / role if shipped else Path(source)
    if not folder.is_dir():
        return {"source": source, "sha256": None}
    return {"source": source, "sha256": folder_sha256(folder)}


def check_same(previous: dict[str, Any], now: dict[str, Any], folder: Path) -> None:
    """Refuse to continue output that this run would have made otherwise.

    Args:
        previous: ``run.json`` of the run that made it.
        now: that of this run.
        folder: where the output stands.

    Raises:
        RunError: model, option or version differ; all differences are named.
    """
    before, after = _choices(previous), _choices(now)
    changed = [
        f"{name} was {_shown(before.get(name))} and is {_shown(after.get(name))}"
        for name in sorted(before.keys() | after.keys())
        if _identity(before.get(name)) != _identity(after.get(name))
    ]
    if changed:
        raise RunError(
            f"{folder} was made otherwise: {'; '.join(changed)}. Give --overwrite to start again,"
            " or another --output"
        )


def _choices(manifest: dict[str, Any]) -> dict[str, Any]:
    """What the output's lines depend on, apart from the inputs; those are compared one by one."""
    config = {k: v for k, v in manifest["config"].items() if k not in _NOT_IN_LINES}
    read = config.pop("read")
    return {"canbo": manifest["versions"]["canbo"], **config, **read, **manifest["models"]}


def _identity(choice: object) -> object:
    """A model is known by its content where there is a folder of it, wherever that stands."""
    return choice["sha256"] or choice["source"] if isinstance(choice, dict) else choice


def _shown(choice: object) -> str:
    if isinstance(choice, dict):
        return f"{choice['source']} (sha256 {choice['sha256']})"
    return json.dumps(choice, ensure_ascii=False)


class Clock:
    """Wall-clock seconds by stage; ``total`` is their sum."""

    def __init__(self) -> None:
        self._stages: dict[str, float] = {}

    @property
    def seconds(self) -> dict[str, float]:
        """Seconds by stage, rounded to milliseconds."""
        stages = {**self._stages, "total": sum(self._stages.values())}
        return {stage: round(seconds, 3) for stage, seconds in stages.items()}

    def add(self, seconds: dict[str, float]) -> None:
        """Add what an earlier run took."""
        for stage, more in seconds.items():
            if stage != "total":
                self._stages[stage] = self._stages.get(stage, 0.0) + more

    @contextmanager
    def __call__(self, stage: str) -> Iterator[None]:
        """Count the block's time for a stage."""
        start = time.perf_counter()
        try:
            yield
        finally:
            self.add({stage: time.perf_counter() - start})
