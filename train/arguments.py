"""Training settings: dataclasses read from a YAML file, with overrides from the command line."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import fields
from itertools import pairwise
from pathlib import Path
from typing import Any

from canbo.data.errors import UserError
from canbo.train.field_help import asks_for_help, describe_fields

__all__ = ["ConfigError", "check_files", "chosen_value", "parse_config"]


class ConfigError(UserError):
    """A training config or an override is wrong; the message names file and field."""


def parse_config(dataclasses: Sequence[Any], argv: Sequence[str] | None = None) -> tuple[Any, ...]:
    """Fill dataclasses from a YAML file and ``--field value`` overrides.

    A value of '' takes an optional file away.

    Args:
        dataclasses: the dataclass types to fill; field names are unique among them.
        argv: path of the YAML file first, overrides after it; None takes the process's.

    Returns:
        One instance for each of the dataclasses.

    Raises:
        ConfigError: the file cannot be read, a field is unknown, or a value has the wrong type.
        SystemExit: with 0, once ``--help`` among the overrides has the fields printed.
    """
    from transformers import HfArgumentParser

    if asks_for_help(sys.argv[1:] if argv is None else argv):
        print(describe_fields(dataclasses))
        raise SystemExit(0)
    arguments, path, raw = _read(argv)
    known = {field.name for kind in dataclasses for field in fields(kind)}
    unknown = sorted(str(name) for name in set(raw) - known)
    if unknown:
        raise ConfigError(f"{path}: unknown fields: {', '.join(unknown)}")
    # The parser takes flags; a config becomes flags so that an override, coming later, wins.
    flags = [flag for name, value in raw.items() for flag in _as_flags(name, value)]
    flags += arguments[1:]
    parser = HfArgumentParser(list(dataclasses))
    try:
        parsed = parser.parse_args_into_dataclasses(flags, look_for_args_file=False)
    except ValueError as error:
        raise ConfigError(f"{path}: {error}") from error
    _take_away_files(parsed, flags)
    return tuple(parsed)


def _take_away_files(parsed: Sequence[Any], flags: Sequence[str]) -> None:
    """An optional file that is given as '' is none, where argparse would make it "."."""
    given = {*flags, *map("=".join, pairwise(flags))}
    for settings in parsed:
        for field in fields(settings):
            is_emptied = f"--{field.name}=" in given
            if is_emptied and field.default is None and getattr(settings, field.name) == Path():
                setattr(settings, field.name, None)


def chosen_value(name: str, argv: Sequence[str] | None = None) -> str | None:
    """Look up one field before it is known which dataclasses the config is of.

    Args:
        name: the field.
        argv: as for `parse_config`.

    Returns:
        Its value on the command line, else in the YAML file, else None.

    Raises:
        ConfigError: the file cannot be read.
    """
    arguments, _, raw = _read(argv)
    for argument, following in zip(arguments, [*arguments[1:], ""], strict=True):
        if argument == f"--{name}":
            return following
        if argument.startswith(f"--{name}="):
            return argument.partition("=")[2]
    return str(raw[name]) if raw.get(name) is not None else None


def check_files(settings: Any, *names: str) -> None:
    """Refuse files that are not there before anything is read.

    Args:
        settings: a dataclass.
        names: its fields that hold lists of paths.

    Raises:
        ConfigError: one of the files is missing.
    """
    for name in names:
        for path in getattr(settings, name):
            if not path.is_file():
                raise ConfigError(
                    f"{name}: {path}: no such file; name yours with --{name} FILE ..."
                )


def _read(argv: Sequence[str] | None) -> tuple[list[str], Path, dict[str, Any]]:
    """All arguments, the path of the config, which is the first of them, and what it holds."""
    import yaml

    arguments = list(sys.argv[1:] if argv is None else argv)
    if not arguments or arguments[0].startswith("-"):
        if asks_for_help(arguments):  # Help needs no config; an option may still be looked up.
            return arguments, Path(), {}
        raise ConfigError(
            "name a YAML config first, such as those in configs/; --help lists its fields"
        )
    path = Path(arguments[0])
    try:
        raw = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror}") from error
    except yaml.YAMLError as error:
        raise ConfigError(f"{path}: not valid YAML: {error}") from error
    if not isinstance(raw, dict):
        raise ConfigError(f"{path}: must be a mapping of field to value")
    return arguments, path, raw


def _as_flags(name: str, value: Any) -> list[str]:
    if value is None:
        return []
    if isinstance(value, list):
        return [f"--{name}", *map(str, value)]
    return [f"--{name}", str(value)]
