"""Parts of a data set on which a model may do better or worse than on the whole."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from canbo.data.themes import ThemeScheme
from canbo.eval.metrics.vi_rouge import syllables

__all__ = ["length_slices", "source_slices", "theme_slices"]

Bools = npt.NDArray[np.bool_]

# Syllables at which the next bin begins: of paragraphs, and of articles.
PARAGRAPH_BINS = (60, 120, 240)
ARTICLE_BINS = (300, 600, 1200)


def theme_slices(texts: Sequence[str], gold: Bools, scheme: ThemeScheme) -> dict[str, Bools]:
    """Cut labelled paragraphs by their phrases and by the number of their themes.

    Args:
        texts: n paragraphs.
        gold: of shape (n, themes).
        scheme: its patterns are the themes' set phrases.

    Returns:
        Decisions by slice, each of shape (n, themes): ``keyword:present`` and ``keyword:absent``
        (whether phrases of the theme stand in the paragraph), ``hard_negative:any`` (they do, but
        the theme does not apply), ``themes:0``, ``themes:1``, ``themes:2+`` (gold themes of the
        paragraph).
    """
    patterns = [re.compile(theme.pattern, re.IGNORECASE) for theme in scheme.themes]
    found = np.array([[bool(pattern.search(text)) for pattern in patterns] for text in texts])
    numbers = gold.sum(axis=1)
    return {
        "keyword:present": found,
        "keyword:absent": ~found,
        "hard_negative:any": found & ~gold,
        **{
            f"themes:{name}": _rows(chosen, gold.shape[1])
            for name, chosen in (("0", numbers == 0), ("1", numbers == 1), ("2+", numbers > 1))
        },
    }


def length_slices(texts: Sequence[str], bins: Sequence[int]) -> dict[str, Bools]:
    """Cut texts by their number of syllables.

    Args:
        texts: n texts.
        bins: syllables at which the next slice begins, rising.

    Returns:
        Texts by slice, each of shape (n,): ``length:0-59``, ``length:60-119`` ..., ``length:240+``.
    """
    lengths = np.array([len(syllables(text)) for text in texts])
    slices = {}
    for start, end in zip((0, *bins), (*bins, None), strict=True):
        name = f"length:{start}+" if end is None else f"length:{start}-{end - 1}"
        slices[name] = (lengths >= start) & (lengths < (end or np.inf))
    return slices


def source_slices(articles: Sequence[str], sources: Mapping[str, str] | None) -> dict[str, Bools]:
    """Cut items by where their article comes from.

    Args:
        articles: n ids of articles.
        sources: name of a source to the pattern at the beginning of its articles' ids.

    Returns:
        Items by slice, each of shape (n,): ``source:NAME``.
    """
    return {
        f"source:{name}": np.array([bool(re.match(pattern, article)) for article in articles])
        for name, pattern in (sources or {}).items()
    }


def _rows(chosen: Bools, themes: int) -> Bools:
    return np.repeat(chosen[:, None], themes, axis=1)
