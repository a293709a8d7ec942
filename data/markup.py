"""HTML pages and Markdown files as lines of text, ready for cleaning."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from canbo.data.layout import Line
from canbo.data.lines import is_list_item
from canbo.data.unicode import squeeze

if TYPE_CHECKING:
    from lxml.etree import _Element
    from markdown_it.token import Token

__all__ = ["Page", "parse_html", "parse_markdown"]


class Page(NamedTuple):
    """A document taken out of its markup.

    Attributes:
        title: the title that the markup states, if it does.
        lines: paragraphs, headings and list items, each in a block of its own.
    """

    title: str | None
    lines: list[Line]


# --- HTML --------------------------------------------------------------------------------------

# Of trafilatura's output and, for pages it makes nothing of, of HTML itself.
_BLOCKS = frozenset(
    "p head list item quote table row code div section article main ul ol li dl dt dd blockquote "
    "pre tr h1 h2 h3 h4 h5 h6 body html form".split()
)
_HEADINGS = frozenset("head h1 h2 h3 h4 h5 h6".split())
_SILENT = frozenset("script style noscript template svg iframe select button".split())


def parse_html(html: str) -> Page:
    """Find the main content of a web page with trafilatura, without readers' comments.

    Of a page in which it finds none, say a fragment of one, all text is taken.
    """
    from trafilatura import bare_extraction

    # Recall first: what is too much goes when the lines are cleaned, what is missing is lost.
    document = bare_extraction(html, include_comments=False, with_metadata=True, favor_recall=True)
    if document is None or isinstance(document, dict) or document.body is None:
        return Page(None, _html_lines(_parse_all(html)))
    return Page(squeeze(document.title or "") or None, _html_lines(document.body))


def _parse_all(html: str) -> _Element | None:
    from lxml.etree import LxmlError
    from lxml.html import HTMLParser, document_fromstring

    try:
        parser = HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
        return document_fromstring(html.encode("utf-8"), parser=parser).find("body")
    except (LxmlError, ValueError):
        return None


def _html_lines(root: _Element | None) -> list[Line]:
    lines: list[Line] = []
    if root is None:
        return lines
    for block, (tag, text) in enumerate(_html_blocks(root)):
        for raw in text.split("\n"):
            if line := squeeze(raw):
                is_item = tag in ("item", "li") and not is_list_item(line)
                lines.append(Line(f"- {line}" if is_item else line, block, tag in _HEADINGS))
    return lines


def _html_blocks(element: _Element) -> Iterator[tuple[str, str]]:
    """Tag and text of the innermost blocks; the text between blocks is one of its own."""
    tag = str(element.tag)
    inline = _one_line(element.text)
    for child in element:
        if child.tag in _BLOCKS:
            yield tag, inline
            yield from _html_blocks(child)
            inline = ""
        elif child.tag in ("cell", "td", "th"):
            inline += f" | {_inline(child)}" if inline.strip() else _inline(child)
        else:
            inline += _inline(child)
        inline += _one_line(child.tail)
    yield tag, inline


def _inline(element: _Element) -> str:
    if element.tag in ("lb", "br"):
        return "\n"
    if element.tag in _SILENT:
        return ""
    return _one_line(element.text) + "".join(
        _inline(child) + _one_line(child.tail) for child in element
    )


def _one_line(text: str | None) -> str:
    """Line breaks of the source mean nothing in HTML."""
    return (text or "").replace("\n", " ")


# --- Markdown ----------------------------------------------------------------------------------

_FRONT_MATTER = re.compile(
    r"\A---[ \t]*\r?\n(?P<yaml>.*?)\r?\n(?:---|\.\.\.)[ \t]*(?:\r?\n|\Z)", re.DOTALL
)
_TITLE_FIELD = re.compile(r"^title[ \t]*:[ \t]*(?P<title>.*)$", re.MULTILINE)
_TAG = re.compile(r"<[^<>]*>")


def parse_markdown(text: str) -> Page:
    """Read CommonMark with tables and YAML front matter.

    The title is the front matter's, else the first heading. Pictures go, and with them a line of
    nothing but emphasis below: it is their caption.
    """
    from markdown_it import MarkdownIt

    title, text = _front_matter(text)
    # Vietnamese typing indents the first line of a paragraph: that makes no code.
    parser = MarkdownIt("commonmark").enable("table").disable("code")
    lines = list(_markdown_lines(parser.parse(text)))
    if title is None:
        title = next((line.text for line in lines if line.is_heading), None)
    return Page(title, lines)


def _front_matter(text: str) -> tuple[str | None, str]:
    """The title that front matter gives, if any, and the text below it."""
    import yaml

    match = _FRONT_MATTER.match(text)
    if match is None:
        return None, text
    try:
        fields = yaml.safe_load(match["yaml"])
    except (yaml.YAMLError, ValueError, RecursionError):
        # Most often a colon in an unquoted title.
        line = _TITLE_FIELD.search(match["yaml"])
        fields = {"title": line["title"]} if line else {}
    title = fields.get("title") if isinstance(fields, dict) else None
    return squeeze(title) or None if isinstance(title, str) else None, text[match.end() :]


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
