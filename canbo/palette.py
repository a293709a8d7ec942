"""Colours of a theme scheme made readable on the light and the dark page of the report."""

from __future__ import annotations

import re
from functools import partial

from canbo.data.themes import ThemeScheme

__all__ = ["DARK_PAPER", "LIGHT_PAPER", "contrast_ratio", "readable_color", "theme_css"]

# The page's background.
LIGHT_PAPER = "#fdfbf7"
DARK_PAPER = "#171614"

_HEX = re.compile(r"#[0-9a-fA-F]{6}")
_MINIMUM_CONTRAST = 4.5  # WCAG 2.2, success criterion 1.4.3, level AA
_STEPS = 40


def contrast_ratio(first: str, second: str) -> float:
    """Contrast of two ``#rrggbb`` colours, 1 to 21 (WCAG 2.2, "contrast ratio")."""
    lighter, darker = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def readable_color(color: str, paper: str) -> str:
    """``color``, moved towards black or white just until it can be read on ``paper``.

    Args:
        color: ``#rrggbb``.
        paper: the background, ``#rrggbb``.

    Raises:
        ValueError: either is not of the form ``#rrggbb``.
    """
    target = "#000000" if _luminance(paper) > 0.18 else "#ffffff"
    mixes = (_mix(color, target, step / _STEPS) for step in range(_STEPS))
    return next((c for c in mixes if contrast_ratio(c, paper) >= _MINIMUM_CONTRAST), target)


def theme_css(scheme: ThemeScheme) -> str:
    """Custom properties: ``--paper``, and a theme's ``--tN``, ``--tN-tint``, ``--tN-on``.

    ``N`` counts the scheme's themes from 0; the three are its colour, the same faint enough to
    stand behind text, and black or white for text on the colour. Each class ``.tN`` hands its
    theme's three on as ``--theme``, ``--theme-tint`` and ``--theme-on``.

    Raises:
        ValueError: a colour is not of the form ``#rrggbb``. A scheme made in code is not checked
            before, and anything else would end up as CSS of the page.
    """
    light = _properties(scheme, LIGHT_PAPER, tint="2b")
    dark = _properties(scheme, DARK_PAPER, tint="40")
    classes = "".join(
        f".t{i}{{--theme:var(--t{i});--theme-tint:var(--t{i}-tint);--theme-on:var(--t{i}-on)}}\n"
        for i in range(len(scheme))
    )
    return (
        f":root{{{light}}}\n"
        f"@media screen and (prefers-color-scheme:dark){{:root{{{dark}}}}}\n{classes}"
    )


def _properties(scheme: ThemeScheme, paper: str, tint: str) -> str:
    parts = [f"--paper:{paper};"]
    for index, theme in enumerate(scheme.themes):
        color = readable_color(theme.color, paper)
        on = max(("#ffffff", "#000000"), key=partial(contrast_ratio, color))
        parts.append(f"--t{index}:{color};--t{index}-tint:{color}{tint};--t{index}-on:{on};")
    return "".join(parts)


def _channels(color: str) -> tuple[int, int, int]:
    if not _HEX.fullmatch(color):
        raise ValueError(f"color {color!r}: must be of the form '#1b6ca8'")
    return int(color[1:3], 16), int(color[3:5], 16), int(color[5:7], 16)


def _luminance(color: str) -> float:
    linear = [
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4
        for c in (channel / 255 for channel in _channels(color))
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _mix(color: str, target: str, amount: float) -> str:
    pairs = zip(_channels(color), _channels(target), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * amount):02x}" for a, b in pairs)
