"""What ``canbo train JOB --help`` says of a job's fields: their docstrings, said once."""

from __future__ import annotations

import argparse
import inspect
import re
import types
from collections.abc import Sequence
from dataclasses import MISSING, Field, fields
from pathlib import Path
from typing import Any, Union, get_args, get_origin, get_type_hints

__all__ = ["asks_for_help", "describe_fields"]

_KINDS = {str: "TEXT", int: "N", float: "NUMBER", bool: "True|False", Path: "PATH"}
# An entry of "Attributes:" and the lines that go on deeper than it.
_ENTRY = re.compile(r"^    (\w+): (.*(?:\n {8,}.*)*)", re.MULTILINE)


def asks_for_help(arguments: Sequence[str]) -> bool:
    """Whether a job is asked for its fields and not for its work."""
    return not {"-h", "--help"}.isdisjoint(arguments)


def describe_fields(kinds: Sequence[type]) -> str:
    """List the fields of a job's dataclasses with type, description and default.

    Args:
        kinds: dataclasses. Of canbo's own, docstrings name every field under "Attributes:";
            others, which are transformers', are only named.
    """
    parser = argparse.ArgumentParser(usage=argparse.SUPPRESS, add_help=False)
    for kind in kinds:
        if not kind.__module__.startswith("canbo."):
            parser.epilog = f"And every field of transformers.{kind.__name__}."
            continue
        doc = inspect.getdoc(kind) or ""
        group = parser.add_argument_group(_plain(doc.partition("\n")[0]))
        described, hints = _attributes(doc), get_type_hints(kind)
        for field in fields(kind):
            text = f"{described.get(field.name, '')} ({_default(field)})"
            group.add_argument(
                f"--{field.name}",
                metavar=_metavar(hints[field.name]),
                help=text.strip().replace("%", "%%"),
            )
    return parser.format_help().strip()


def _attributes(doc: str) -> dict[str, str]:
    """Descriptions of a docstring's attributes, each in one line, without the last full stop."""
    listed = doc.partition("Attributes:\n")[2]
    return {name: _plain(text) for name, text in _ENTRY.findall(listed)}


def _plain(text: str) -> str:
    return " ".join(text.split()).replace("``", "").rstrip(".")


def _metavar(hint: Any) -> str:
    if get_origin(hint) in (Union, types.UnionType):
        hint = next(part for part in get_args(hint) if part is not type(None))
    if get_origin(hint) is list:
        return f"{_metavar(get_args(hint)[0])} ..."
    return _KINDS.get(hint, "VALUE")


def _default(field: Field[Any]) -> str:
    if field.default_factory is not MISSING:
        value = field.default_factory()
    elif field.default is not MISSING:
        value = field.default
    else:
        return "required, in CONFIG or here"
    if value is None or value in ([], ""):
        return "default: none"
    return f"default: {' '.join(map(str, value)) if isinstance(value, list) else value}"
