"""Markdown files as lines of text, ready for cleaning."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from canbo.data.dates import read_day
from canbo.data.documents import UnreadableFileError
from canbo.data.layout import Line, Page
from canbo.data.unicode import squeeze

if TYPE_CHECKING:
    from markdown_it.token import Token

__all__ = ["parse_markdown"]

_FRONT_MATTER = re.compile(
    r"\A---[ \t]*\r?\n(?P<yaml>.*?)\r?\n(?:---|\.\.\.)[ \t]*(?:\r?\n|\Z)", re.DOTALL
)
_TITLE_FIELD = re.compile(r"^title[ \t]*:[ \t]*(?P<title>.*)$", re.MULTILINE)
_MAX_NESTING = 50  # The parser drops what is nested deeper.
_TAG = re.compile(r"<[^<>]*>")


def parse_markdown(text: str) -> Page:
    """Read CommonMark with tables and YAML front matter.

    The title is the front matter's, else the first heading; the date is the front matter's
    ``date``. Pictures go, and with them a line of nothing but emphasis below: it is their caption.

    Raises:
        UnreadableFileError: lists or quotations are nested deeper than in any real text.
    """
    from markdown_it import MarkdownIt

    fields, text = _front_matter(text)
    # Vietnamese typing indents the first line of a paragraph: that makes no code.
    parser = MarkdownIt("commonmark", {"maxNesting": _MAX_NESTING})
    # Links are read, never followed: whatever one leads to, its words are the text.
    parser.validateLink = lambda url: True  # type: ignore[method-assign]
    tokens = parser.enable("table").disable("code").parse(text)
    if any(token.level >= _MAX_NESTING - 1 for token in tokens):
        message = "Lists or quotations are nested deeper than in any real text; flatten them."
        raise UnreadableFileError("limit", message)
    lines = list(_markdown_lines(tokens))
    title = fields.get("title")
    title = squeeze(title) or None if isinstance(title, str) else None
    if title is None:
        title = next((line.text for line in lines if line.is_heading), None)
    return Page(title, lines, date=read_day(fields.get("date")))


def _front_matter(text: str) -> tuple[dict[str, Any], str]:
    """The fields of front matter, if there is any, and the text below it."""
    import yaml

    match = _FRONT_MATTER.match(text)
    if match is None:
        return {}, text
    try:
        fields = yaml.safe_load(match["yaml"])
    except (yaml.YAMLError, ValueError, RecursionError):
        # Most often a colon in an unquoted title.
        line = _TITLE_FIELD.search(match["yaml"])
        fields = {"title": line["title"]} if line else {}
    return fields if isinstance(fields, dict) else {}, text[match.end() :]


def _markdown_lines(tokens: list[Token]) -> Iterator[Line]:
    prefix = ""
    cells: list[str] = []
    below_picture = False
    for block, token in enumerate(tokens):
        if token.type == "list_item_open":
            prefix = f"{token.info}{token.markup} " if token.info else "- "
        elif token.type == "tr_open":
            cells = []
        elif token.type == "tr_close":
            yield from _lines(" | ".join(cells), block)
        elif token.type == "inline" and tokens[block - 1].type in ("th_open", "td_open"):
            cells.append(squeeze(_inline_text(token)))
        elif token.type == "inline":
            has_picture = any(child.type == "image" for child in token.children or ())
            caption = (has_picture or below_picture) and _is_emphasis(token)
            below_picture = has_picture
            heading = tokens[block - 1].type == "heading_open"
            if not caption:
                yield from _lines(prefix + _inline_text(token), block, heading)
            prefix = ""
        elif token.type == "html_block":
            yield from _lines(_TAG.sub(" ", token.content), block)
        elif token.type == "fence":
            yield from _lines(token.content, block)


def _lines(text: str, block: int, is_heading: bool = False) -> Iterator[Line]:
    for raw in text.split("\n"):
        if line := squeeze(raw):
            yield Line(line, block, is_heading)


def _inline_text(token: Token) -> str:
    breaks = {"softbreak": " ", "hardbreak": "\n", "html_inline": "", "image": ""}
    return "".join(breaks.get(child.type, child.content) for child in token.children or ())


def _is_emphasis(token: Token) -> bool:
    """Whether all text of the line, pictures aside, is emphasised."""
    depth = 0
    for child in token.children or ():
        if child.type in ("em_open", "strong_open"):
            depth += 1
        elif child.type in ("em_close", "strong_close"):
            depth -= 1
        elif child.type == "text" and depth == 0 and child.content.strip():
            return False
    return True
