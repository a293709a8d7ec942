"""The settings of an evaluation, read from YAML."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import MISSING, asdict, dataclass, fields
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import yaml

from canbo.data.errors import UserError
from canbo.data.provenance import plain_value

__all__ = [
    "EMBEDDED",
    "DatasetConfig",
    "EvaluationConfig",
    "EvaluationConfigError",
    "ModelConfig",
    "load_evaluation_config",
]

# The source that means the model that ships with canbo.
EMBEDDED = "embedded"


class EvaluationConfigError(UserError):
    """The settings of an evaluation are wrong; the message names file, field and remedy."""


@dataclass(frozen=True)
class ModelConfig:
    """A model to be scored.

    Attributes:
        name: in tables; unique.
        source: folder, hub id or ``embedded``.
        trained_on: files that it was trained on, for a model without a ``training.json`` that
            says so, or whose ``training.json`` names files that were made of these and are not at
            hand; they are compared with the test sets.
        leave_out: file of ids that were left out of them.
        training_log: ``trainer_state.json`` of its training run, for the learning curve; without
            it the model's folder is searched.
        precision: of a classifier's scores; ``int8`` is what ``canbo run`` takes on a CPU.
    """

    name: str
    source: str = EMBEDDED
    trained_on: tuple[Path, ...] = ()
    leave_out: Path | None = None
    training_log: Path | None = None
    precision: Literal["int8", "float32"] = "float32"


@dataclass(frozen=True)
class DatasetConfig:
    """A test set.

    Attributes:
        name: in tables; unique.
        file: labelled paragraphs (JSONL), or articles with abstracts (JSONL, vietnews parquet).
        group: a word for where it comes from, such as ``real`` or ``authored``.
        text: ``show`` lets its text stand in the results; with ``hide`` ids and offsets do.
        optional: leave it out, with a warning, when the file is not there.
        limit: score a random sample of so many articles; None takes all.
        sources: name of a source or register to the pattern at the beginning of its article ids:
            each is a slice of its own.
        overlap: what happens with articles that a model was trained on: ``refuse`` to score, or
            ``leave_out`` those articles, for all models, with a warning.
    """

    name: str
    file: Path
    group: str | None = None
    text: Literal["show", "hide"] = "hide"
    optional: bool = False
    limit: int | None = None
    sources: Mapping[str, str] | None = None
    overlap: Literal["refuse", "leave_out"] = "refuse"


@dataclass(frozen=True)
class EvaluationConfig:
    """All settings of an evaluation.

    Attributes:
        kind: ``themes`` or ``abstracts``.
        datasets: what is scored on.
        models: what is scored.
        baselines: names of the baselines to score beside them.
        baseline_train: files that the baselines of themes are fitted on; those that are not there
            are left out, with a warning, as long as one is.
        baseline_validation: files that their thresholds are chosen on; without any, 0.5.
        themes: theme scheme; None is the shipped one.
        uncertain_band: decisions nearer than this to their threshold count as uncertain, for models
            that do not say which are.
        worst_errors: mistakes listed for each model, data set, theme and kind.
        embedding: encoder of the likeness of abstracts: folder, hub id or ``embedded``; None
            leaves that likeness out.
        resamples: of the bootstrap.
        seed: of the resamples and of samples of data sets.
        batch_size: paragraphs a forward pass.
    """

    kind: Literal["themes", "abstracts"]
    datasets: tuple[DatasetConfig, ...]
    models: tuple[ModelConfig, ...] = ()
    baselines: tuple[str, ...] = ()
    baseline_train: tuple[Path, ...] = ()
    baseline_validation: tuple[Path, ...] = ()
    themes: Path | None = None
    uncertain_band: float = 0.1
    worst_errors: int = 5
    embedding: str | None = None
    resamples: int = 1000
    seed: int = 20261121
    batch_size: int = 32

    def to_dict(self) -> dict[str, Any]:
        """Plain values, for a record."""
        return {name: plain_value(value) for name, value in asdict(self).items()}


def load_evaluation_config(path: Path) -> EvaluationConfig:
    """Read the settings of an evaluation; paths in it are relative to the working directory.

    Args:
        path: YAML file with the fields of `EvaluationConfig`.

    Raises:
        EvaluationConfigError: the file cannot be read, a field is unknown, missing or of another
            type, or a name stands twice.
    """
    try:
        raw = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise EvaluationConfigError(f"{path}: cannot be read: {error.strerror}") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise EvaluationConfigError(f"{path}: not valid YAML: {error}") from error
    config: EvaluationConfig = _build(EvaluationConfig, raw, str(path))
    _check(config, path)
    return config


def _check(config: EvaluationConfig, path: Path) -> None:
    if not config.datasets:
        raise EvaluationConfigError(f"{path}: datasets: name at least one")
    for field in ("resamples", "batch_size"):
        if getattr(config, field) < 1:
            raise EvaluationConfigError(f"{path}: {field}: must be 1 or more")
    if config.worst_errors < 0:
        raise EvaluationConfigError(f"{path}: worst_errors: must be 0 or more")
    for field, names in (
        ("models", [*(model.name for model in config.models), *config.baselines]),
        ("datasets", [dataset.name for dataset in config.datasets]),
    ):
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise EvaluationConfigError(f"{path}: {field}: the name {twice[0]!r} stands twice")
    for index, model in enumerate(config.models):
        if config.kind != "themes" and model.precision != "float32":
            raise EvaluationConfigError(
                f"{path}: models[{index}].precision: is that of a classifier's scores; take it out,"
                " or evaluate a classifier with 'kind: themes'"
            )
    for index, dataset in enumerate(config.datasets):
        if dataset.limit is not None and dataset.limit < 1:
            raise EvaluationConfigError(f"{path}: datasets[{index}].limit: must be 1 or more")
        for name, pattern in (dataset.sources or {}).items():
            try:
                re.compile(pattern)
            except re.error as error:
                raise EvaluationConfigError(
                    f"{path}: datasets[{index}].sources.{name}: not a regular expression: {error}"
                ) from error


def _build(kind: Any, raw: Any, where: str) -> Any:
    """Fill a dataclass from a mapping, checking names and types of its fields."""
    if not isinstance(raw, Mapping):
        raise EvaluationConfigError(f"{where}: must be a mapping of field to value")
    hints = get_type_hints(kind)
    if unknown := sorted(set(map(str, raw)) - set(hints)):
        raise EvaluationConfigError(f"{where}: unknown fields: {', '.join(unknown)}")
    required = [field.name for field in fields(kind) if field.default is MISSING]
    if missing := [name for name in required if name not in raw]:
        raise EvaluationConfigError(f"{where}: missing fields: {', '.join(missing)}")
    separator = "." if where.endswith("]") else ": "
    return kind(
        **{name: _value(hints[name], raw[name], f"{where}{separator}{name}") for name in raw}
    )


def _value(kind: Any, raw: Any, where: str) -> Any:
    origin, arguments = get_origin(kind), get_args(kind)
    if origin in (UnionType, Union):
        if raw is None:
            return None
        (kind,) = (argument for argument in arguments if argument is not NoneType)
        return _value(kind, raw, where)
    if origin is tuple:
        if not isinstance(raw, list):
            raise EvaluationConfigError(f"{where}: must be a list")
        return tuple(
            _value(arguments[0], entry, f"{where}[{index}]") for index, entry in enumerate(raw)
        )
    if origin is Literal:
        if raw not in arguments:
            raise EvaluationConfigError(f"{where}: must be one of {', '.join(arguments)}")
        return raw
    if isinstance(origin, type) and issubclass(origin, Mapping):
        if not isinstance(raw, dict):
            raise EvaluationConfigError(f"{where}: must be a mapping")
        return {str(name): _value(arguments[1], entry, where) for name, entry in raw.items()}
    if kind is Path and isinstance(raw, str) and raw:
        return Path(raw)
    if kind is float and isinstance(raw, int | float) and not isinstance(raw, bool):
        return float(raw)
    if kind in (str, int, bool) and type(raw) is kind and raw != "":
        return raw
    if hasattr(kind, "__dataclass_fields__"):
        return _build(kind, raw, where)
    raise EvaluationConfigError(f"{where}: must be of type {kind.__name__}, not {raw!r}")
