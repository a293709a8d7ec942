"""What a model's folder says about the model: its kind, size, training record and card notes."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Literal

import yaml

from canbo.data.errors import UserError
from canbo.data.provenance import TRAINING_RECORD_FILE
from canbo.models.classifier import CONFIG_KEY

__all__ = ["NOTES_FILE", "CardNotes", "Compute", "ModelFacts", "ModelFolderError", "read_model"]

NOTES_FILE = "card.yaml"

Kind = Literal["classifier", "seq2seq", "extractive"]


class ModelFolderError(UserError):
    """A folder holds no model that a card can be made for, or a file of it breaks its form."""


@dataclass(frozen=True)
class Compute:
    """What training took.

    Attributes:
        hours: wall-clock hours of the machine.
        cores: CPU cores in use.
        watts: power of the machine's part in use; None takes an assumption a core.
        source: where the hours come from.
    """

    hours: float
    cores: int
    source: str
    watts: float | None = None


@dataclass(frozen=True)
class CardNotes:
    """``card.yaml``: what a card says and no file of the checkpoint does; Markdown where prose.

    Attributes:
        name: the model's name in the ``model-index``; None takes the folder's name.
        title: heading of the card.
        summary: what the model is.
        license: identifier as the hub writes it.
        base_model: hub id; None takes that of the training record, where it is one.
        datasets: hub ids of the data it was trained on.
        tags: further tags.
        limits: list items of its own limits and biases.
        data: what it was trained on and who labelled it.
        data_licences: licences of the data.
        made: how it was trained.
        extra: what else stands below the figures.
        compute: what training took.
    """

    name: str | None = None
    title: str | None = None
    summary: str = ""
    license: str | None = None
    base_model: str | None = None
    datasets: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    limits: str = ""
    data: str = ""
    data_licences: str = ""
    made: str = ""
    extra: str = ""
    compute: Compute | None = None


@dataclass(frozen=True)
class ModelFacts:
    """A model's folder, read.

    Attributes:
        folder: where it stands.
        kind: what it is.
        config: ``config.json``; empty for an extractive model.
        training: ``training.json``; empty without one.
        notes: ``card.yaml``; its defaults without one.
        weights: number of weights; None for an extractive model.
        size: bytes of the files with the weights.
    """

    folder: Path
    kind: Kind
    config: dict[str, Any]
    training: dict[str, Any]
    notes: CardNotes
    weights: int | None
    size: int

    @property
    def settings(self) -> dict[str, Any]:
        """What canbo keeps in ``config.json``: thresholds, segmenter, length of the window."""
        return self.config.get(CONFIG_KEY) or {}


def read_model(folder: Path) -> ModelFacts:
    """Read what a model's folder says about it; the weights themselves are not loaded.

    Raises:
        ModelFolderError: it is not a folder with a classifier, a sequence-to-sequence model or an
            extractive summarizer, or one of its files breaks its form.
    """
    config = _read_json(folder / "config.json")
    kind = _kind(folder, config)
    files = [folder / "extractive.json"] if kind == "extractive" else _weight_files(folder)
    return ModelFacts(
        folder=folder,
        kind=kind,
        config=config,
        training=_read_json(folder / TRAINING_RECORD_FILE),
        notes=_read_notes(folder / NOTES_FILE),
        weights=None if kind == "extractive" else sum(map(_count_weights, files)),
        size=sum(file.stat().st_size for file in files),
    )


def _kind(folder: Path, config: dict[str, Any]) -> Kind:
    architecture = "".join(config.get("architectures") or ())
    if architecture.endswith("ForSequenceClassification"):
        return "classifier"
    if config.get("is_encoder_decoder") or architecture.endswith("ForConditionalGeneration"):
        return "seq2seq"
    if (folder / "extractive.json").is_file():
        return "extractive"
    raise ModelFolderError(
        f"{folder}: no model that a card can be made for: name a folder with config.json and"
        " model.safetensors of a classifier or summarizer, or with extractive.json"
    )


def _weight_files(folder: Path) -> list[Path]:
    found = sorted(folder.glob("*.safetensors"))
    if not found:
        raise ModelFolderError(f"{folder}: no *.safetensors; save the model with its weights")
    return found


def _count_weights(path: Path) -> int:
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, framework="np") as tensors:
            shapes = [tensors.get_slice(name).get_shape() for name in tensors.keys()]  # noqa: SIM118
    except SafetensorError as error:
        raise ModelFolderError(f"{path}: not readable ({error}); save the model again") from error
    return sum(math.prod(shape) for shape in shapes)


def _read_json(path: Path) -> dict[str, Any]:
    if not path.is_file():
        return {}
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ModelFolderError(f"{path}: not valid JSON: {error}") from error
    if not isinstance(value, dict):
        raise ModelFolderError(f"{path}: must hold a JSON object")
    return value


def _read_notes(path: Path) -> CardNotes:
    if not path.is_file():
        return CardNotes()
    try:
        raw = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ModelFolderError(f"{path}: not valid YAML: {error}") from error
    values = _checked(raw, CardNotes, str(path))
    compute = values.pop("compute", None)
    for name in ("datasets", "tags"):
        entries = values.get(name, [])
        if not isinstance(entries, list) or not all(isinstance(entry, str) for entry in entries):
            raise ModelFolderError(f"{path}: {name!r} must be a list of strings")
        values[name] = tuple(entries)
    texts = [name for name, value in values.items() if not isinstance(value, str | tuple)]
    if texts:
        raise ModelFolderError(f"{path}: {texts[0]!r} must be text")
    return CardNotes(**values, compute=_compute(compute, path))


def _compute(raw: Any, path: Path) -> Compute | None:
    if raw is None:
        return None
    where = f"{path}: compute"
    values = _checked(raw, Compute, where)
    for name in ("hours", "cores", "source"):
        if name not in values:
            raise ModelFolderError(f"{where}: needs {name!r}")
    for name in ("hours", "cores", "watts"):
        if name in values and not isinstance(values[name], int | float):
            raise ModelFolderError(f"{where}: {name!r} must be a number")
    return Compute(**values)


def _checked(raw: Any, form: type, where: str) -> dict[str, Any]:
    if not isinstance(raw, dict):
        raise ModelFolderError(f"{where}: must be a mapping")
    known = [entry.name for entry in fields(form)]
    if unknown := [name for name in raw if name not in known]:
        raise ModelFolderError(
            f"{where}: unknown field {unknown[0]!r}: known are {', '.join(known)}"
        )
    return dict(raw)
