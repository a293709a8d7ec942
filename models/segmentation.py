"""Vietnamese word segmentation with character offsets: one interface, three segmenters.

Vietnamese writes a space between syllables, not between words, and PhoBERT reads words: the
syllables of one word joined with ``_``. A segmenter here never rewrites text. It returns spans
into the text it was given, so that whatever a model says of a word can be shown in the article.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from importlib.resources import as_file, files
from pathlib import Path
from typing import Protocol

from canbo.data.errors import UserError
from canbo.models.syllables import Span, tokenize

__all__ = [
    "Segmenter",
    "SegmenterError",
    "UndertheseaSegmenter",
    "VnCoreNLPSegmenter",
    "join_words",
    "load_segmenter",
]


class SegmenterError(UserError):
    """A segmenter is asked for that is not there; the message says which are, or what it needs."""


class Segmenter(Protocol):
    """Anything that finds the words of texts."""

    name: str

    def segment(self, texts: Sequence[str]) -> list[list[Span]]:
        """Find the words of each text.

        Args:
            texts: any strings.

        Returns:
            For every text the spans of its words, in order, each from the first to one past the
            last character. Together they cover all that is not white space.
        """
        ...


def join_words(text: str, words: Sequence[Span]) -> str:
    """Write segmented text as PhoBERT reads it: words apart, syllables of a word joined by ``_``.

    Args:
        text: the text that was segmented.
        words: its words, as a segmenter returns them.
    """
    return " ".join("_".join(text[start:end].split()) for start, end in words)


class UndertheseaSegmenter:
    """Words as the underthesea library finds them (extra ``underthesea``)."""

    name = "underthesea"

    def __init__(self) -> None:
        """Import the library.

        Raises:
            SegmenterError: it is not installed.
        """
        try:
            from underthesea import word_tokenize
        except ImportError as error:
            raise SegmenterError(
                "segmenter 'underthesea' needs that library: pip install 'canbo[underthesea]'"
            ) from error
        self._word_tokenize = word_tokenize

    def segment(self, texts: Sequence[str]) -> list[list[Span]]:
        """Find the words of each text (see `Segmenter.segment`)."""
        return [
            _locate(text, self._word_tokenize(text, use_token_normalize=False))
            if text.strip()
            else []
            for text in texts
        ]


class VnCoreNLPSegmenter:
    """Words as RDRSegmenter finds them, with which PhoBERT was pretrained (VnCoreNLP, Java).

    Needs the package ``py_vncorenlp``, Java, and VnCoreNLP's files, which that package downloads:
    the environment variable ``VNCORENLP_HOME`` names their folder.
    """

    name = "vncorenlp"

    def __init__(self) -> None:
        """Start the Java process.

        Raises:
            SegmenterError: the package or the files are missing.
        """
        try:
            from py_vncorenlp import VnCoreNLP
        except ImportError as error:
            raise SegmenterError(
                "segmenter 'vncorenlp' needs Java and its package: pip install py_vncorenlp"
            ) from error
        home = Path(os.environ.get("VNCORENLP_HOME", "")).absolute()
        if not (home / "models" / "wordsegmenter").is_dir():
            raise SegmenterError(
                "segmenter 'vncorenlp': VNCORENLP_HOME must name the folder with VnCoreNLP's "
                f"files ({home} holds none); py_vncorenlp.download_model(save_dir=...) gets them"
            )
        here = Path.cwd()
        try:
            self._model = VnCoreNLP(annotators=["wseg"], save_dir=str(home))
        finally:
            # The package moves the whole process into its folder.
            os.chdir(here)

    def segment(self, texts: Sequence[str]) -> list[list[Span]]:
        """Find the words of each text (see `Segmenter.segment`)."""
        return [
            _locate(text, " ".join(self._model.word_segment(text)).split()) if text.strip() else []
            for text in texts
        ]


def _locate(text: str, words: Sequence[str]) -> list[Span]:
    """Find the spans of words in which a library has changed nothing but the space.

    Of text that it has changed otherwise no word can be placed safely: then every token of the
    text is a word of its own.
    """
    glue = " _"
    solid = [(place, letter) for place, letter in enumerate(text) if not letter.isspace()]
    spans = []
    position = 0
    for word in words:
        first = position
        for letter in word:
            if position < len(solid) and solid[position][1] == letter:
                position += 1
            elif letter not in glue and not letter.isspace():
                return tokenize(text)
        if position > first:
            spans.append((solid[first][0], solid[position - 1][0] + 1))
    return spans if position == len(solid) else tokenize(text)


def load_segmenter(name: str = "canbo") -> Segmenter:
    """Make the segmenter of that name.

    Args:
        name: ``"canbo"`` (shipped, the default of every embedded model), ``"underthesea"`` or
            ``"vncorenlp"``.

    Raises:
        SegmenterError: there is no segmenter of that name, or what it needs is missing.
    """
    if name not in _SEGMENTERS:
        known = ", ".join(map(repr, _SEGMENTERS))
        raise SegmenterError(f"no segmenter is called {name!r}: use one of {known}")
    return _SEGMENTERS[name]()


def _shipped() -> Segmenter:
    from canbo.models.boundary_segmenter import BoundarySegmenter

    weights = files("canbo.models") / "embedded" / "segmenter" / "model.safetensors"
    with as_file(weights) as path:
        return BoundarySegmenter.from_file(path)


_SEGMENTERS: Mapping[str, Callable[[], Segmenter]] = {
    "canbo": _shipped,
    "underthesea": UndertheseaSegmenter,
    "vncorenlp": VnCoreNLPSegmenter,
}
