"""``run.json``: what made an output, and whether another run would make it the same way."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import asdict
from datetime import datetime
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from canbo.data.provenance import folder_sha256, library_versions
from canbo.output import RunError
from canbo.results import SCHEMA_VERSION

if TYPE_CHECKING:
    from canbo.analyzer import Analyzer
    from canbo.batch import RunConfig

__all__ = ["check_same", "new_manifest"]

# What a model that ships with canbo gives as its source; its folder is named by its role.
_SHIPPED = "embedded"
_NOT_IN_LINES = ("inputs", "themes", "report_language")
# The libraries that compute; what the others do is compared as inputs.
_COMPUTING = (
    "canbo",
    "torch",
    "transformers",
    "tokenizers",
    "sentencepiece",
    "numpy",
    "ctranslate2",
)


def new_manifest(config: RunConfig, analyzer: Analyzer) -> dict[str, Any]:
    """``run.json`` of a run that begins now: all but its counts and seconds."""
    models = {"classifier": analyzer.classifier, "summarizer": analyzer.summarizer}
    described = {
        role: _describe(role, model.source) if model else None for role, model in models.items()
    }
    return {
        "schema": SCHEMA_VERSION,
        "complete": False,
        "date": datetime.now().astimezone().isoformat(timespec="seconds"),
        "versions": library_versions(),
        "models": {**described, "segmenter": _describe_segmenter(analyzer)},
        "config": {
            "inputs": list(config.inputs),
            "tasks": list(config.tasks),
            "device": config.device or _device(),
            "batch_size": config.batch_size,
            "evidence": config.evidence,
            "raw_abstracts": config.raw_abstracts,
            "precision": config.precision,
            "read": asdict(config.read),
            "themes": config.themes and str(config.themes),
            "report_language": config.report_language,
        },
    }


def _device() -> str:
    """Where models are when the user does not say."""
    torch: Any = sys.modules.get("torch")  # Not loaded: no model is anywhere but here.
    return "cuda" if torch and torch.cuda.is_available() else "cpu"


def _describe(role: str, source: str) -> dict[str, str | None]:
    """A model's source and, where its files are at hand, the SHA-256 of their listing."""
    folder = _shipped_folder(role) if source == _SHIPPED else Path(source)
    if not folder.is_dir() and "/" in source:
        from huggingface_hub import try_to_load_from_cache

        cached = try_to_load_from_cache(source, "config.json")
        folder = Path(cached).parent if isinstance(cached, str) else folder
    return {"source": source, "sha256": folder_sha256(folder) if folder.is_dir() else None}


def _describe_segmenter(analyzer: Analyzer) -> dict[str, str | None] | None:
    """The same for what finds the words that the classifier reads."""
    segmenter = analyzer.classifier.segmenter if analyzer.classifier else None
    if segmenter is None:
        return None
    if segmenter.name == "canbo":
        return _describe("segmenter", _SHIPPED)
    if segmenter.name == "vncorenlp":
        folder = Path(os.environ["VNCORENLP_HOME"], "models", "wordsegmenter")
        return {"source": segmenter.name, "sha256": folder_sha256(folder)}
    return {"source": f"{segmenter.name} {version(segmenter.name)}", "sha256": None}


def _shipped_folder(role: str) -> Path:
    return Path(str(files("canbo.models"))) / _SHIPPED / role


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
    versions = {name: manifest["versions"].get(name) for name in _COMPUTING}
    return {**versions, **config, **read, **manifest["models"]}


def _identity(choice: object) -> object:
    """A model is known by its content where there is a folder of it, wherever that stands."""
    return choice.get("sha256") or choice.get("source") if isinstance(choice, dict) else choice


def _shown(choice: object) -> str:
    if isinstance(choice, dict):
        return f"{choice.get('source')} (sha256 {choice.get('sha256')})"
    return json.dumps(choice, ensure_ascii=False)
