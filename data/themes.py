"""The theme scheme: labels with their names, colours and definitions, read from YAML."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from functools import cached_property
from importlib.resources import files
from pathlib import Path
from typing import Any

import yaml

from canbo.data.errors import UserError

__all__ = [
    "Theme",
    "ThemeScheme",
    "ThemeSchemeError",
    "load_theme_scheme",
    "parse_theme_scheme",
]

_ID = re.compile(r"[a-z][a-z0-9_]*")
_COLOR = re.compile(r"#[0-9a-fA-F]{6}")
LANGUAGES = ("vi", "en")


class ThemeSchemeError(UserError):
    """A theme scheme file breaks the form; the message names file and field."""


@dataclass(frozen=True)
class Theme:
    """One label.

    Attributes:
        id: stable identifier, used in data and output.
        name: display name by language code.
        color: ``#rrggbb``, used in reports and plots.
        definition: one sentence by language code.
        pattern: regular expression of the theme's set phrases, matched ignoring case; the
            keyword baseline and the slices of evaluations use it, the classifier does not.
    """

    id: str
    name: dict[str, str]
    color: str
    definition: dict[str, str]
    pattern: str


@dataclass(frozen=True)
class ThemeScheme:
    """An ordered set of themes; the order is that of the classifier's outputs."""

    name: str
    themes: tuple[Theme, ...]

    @cached_property
    def ids(self) -> tuple[str, ...]:
        """Theme ids in order."""
        return tuple(theme.id for theme in self.themes)

    def __getitem__(self, theme_id: str) -> Theme:
        return self.themes[self.ids.index(theme_id)]

    def __len__(self) -> int:
        return len(self.themes)

    def to_dict(self) -> dict[str, Any]:
        """The scheme as plain values: the inverse of `parse_theme_scheme`."""
        return {"name": self.name, "themes": [asdict(theme) for theme in self.themes]}


def load_theme_scheme(path: Path | None = None) -> ThemeScheme:
    """Read a theme scheme.

    Args:
        path: YAML file; None reads the scheme that ships with canbo (``configs/themes.yaml``).

    Raises:
        ThemeSchemeError: the file is not of the form; file and field are named.
        OSError: the file cannot be read.
    """
    shown = "configs/themes.yaml" if path is None else str(path)
    try:
        text = _shipped_text() if path is None else path.read_text(encoding="utf-8")
        raw = yaml.safe_load(text)
    except UnicodeDecodeError as error:
        raise ThemeSchemeError(f"{shown}: not UTF-8: {error}; save the file as UTF-8") from error
    except yaml.YAMLError as error:
        raise ThemeSchemeError(f"{shown}: not valid YAML: {error}") from error
    return parse_theme_scheme(raw, shown)


def parse_theme_scheme(raw: Any, shown: str) -> ThemeScheme:
    """Check a scheme's values as YAML or JSON gives them.

    Args:
        raw: a mapping with ``themes``, and ``name`` if it has one.
        shown: where it stands, for messages.

    Raises:
        ThemeSchemeError: it is not of the form; place and field are named.
    """
    if not isinstance(raw, dict) or not isinstance(raw.get("themes"), list) or not raw["themes"]:
        raise ThemeSchemeError(f"{shown}: needs a non-empty list under 'themes'")
    themes = tuple(_theme(shown, i, entry) for i, entry in enumerate(raw["themes"]))
    ids = [theme.id for theme in themes]
    repeated = {theme_id for theme_id in ids if ids.count(theme_id) > 1}
    if repeated:
        raise ThemeSchemeError(f"{shown}: theme ids stand twice: {', '.join(sorted(repeated))}")
    return ThemeScheme(name=str(raw.get("name", Path(shown).stem)), themes=themes)


def _shipped_text() -> str:
    return (files("canbo.configs") / "themes.yaml").read_text(encoding="utf-8")


def _theme(shown: str, index: int, entry: Any) -> Theme:
    where = f"{shown}: themes[{index}]"
    if not isinstance(entry, dict):
        raise ThemeSchemeError(f"{where}: must be a mapping with id, name, color, definition")
    theme_id = entry.get("id")
    if not isinstance(theme_id, str) or not _ID.fullmatch(theme_id):
        raise ThemeSchemeError(f"{where}.id: must be lower case letters, digits and '_'")
    color = entry.get("color")
    if not isinstance(color, str) or not _COLOR.fullmatch(color):
        raise ThemeSchemeError(f"{where}.color: must be of the form '#1b6ca8'")
    pattern = entry.get("pattern", r"(?!)")
    try:
        re.compile(pattern)
    except (re.error, TypeError) as error:
        raise ThemeSchemeError(f"{where}.pattern: not a regular expression: {error}") from error
    return Theme(
        id=theme_id,
        name=_by_language(where, "name", entry),
        color=color,
        definition=_by_language(where, "definition", entry),
        pattern=pattern,
    )


def _by_language(where: str, field: str, entry: dict[str, Any]) -> dict[str, str]:
    value = entry.get(field)
    if not isinstance(value, dict) or not all(
        isinstance(value.get(language), str) and value[language].strip() for language in LANGUAGES
    ):
        raise ThemeSchemeError(f"{where}.{field}: needs text for each of {', '.join(LANGUAGES)}")
    return {language: value[language] for language in LANGUAGES}
