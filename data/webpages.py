"""HTML pages, whole-site saves among them, as lines of text, ready for cleaning.

trafilatura finds where the main content is; the text itself is taken from the page in its own
order, since trafilatura moves or drops the lead, sub-headings and what stands between. Measured
on constructed newspaper pages: tests/data/test_web_pages.py.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass
from itertools import accumulate, takewhile
from typing import TYPE_CHECKING, Any

from canbo.data.dates import read_day
from canbo.data.documents import UnreadableFileError
from canbo.data.furniture import LineKind, classify_line, strip_agency
from canbo.data.layout import Line, Page
from canbo.data.lines import LONG_WORDS, is_list_item, letters, word_count
from canbo.data.unicode import squeeze

if TYPE_CHECKING:
    from lxml.html import HtmlElement
    from trafilatura.settings import Document

__all__ = ["parse_html"]

_PAGE = re.compile(r"<(?:!doctype|html|head|body)\b", re.IGNORECASE)
_BLOCKS = frozenset(
    "p div section article main header footer nav aside figure figcaption details summary address "
    "center form fieldset ul ol li dl dt dd blockquote pre table tbody thead tr h1 h2 h3 h4 h5 h6 "
    "body html".split()
)
_CELLS = frozenset({"td", "th"})
_HEADINGS = frozenset("h1 h2 h3 h4 h5 h6".split())
_SILENT = frozenset(
    "head script style noscript template svg iframe select button textarea object audio video "
    "input label".split()
)
_PICTURES = frozenset({"figure", "figcaption"})
_JSON_DAY = re.compile(r'"datePublished"\s*:\s*"([^"]+)"')
_DAY_NAMES = frozenset(
    "article:published_time og:article:published_time datepublished pubdate publishdate "
    "publish_date publish-date published_time date dc.date dc.date.issued dc.date.created "
    "dcterms.created dcterms.issued".split()
)
_MAX_DEPTH = 500  # Tags that are never closed nest; pages with some 200 were seen.
_MATCH_LETTERS = 20  # Shorter lines may read the same by chance.
_MAIN_SHARE = 0.9  # Share of the found text that the main container holds at least.
_LEAD_LETTERS = 30
_HEADLINE_WORDS = 4
_CARDS = 3  # So many articles announced side by side are a list.
_CARD_LETTERS = 30
_CARD_ELEMENTS = ("div", "li", "article", "section", "tr", "dl", "a")


@dataclass(frozen=True)
class _Text:
    """A line of the page: an innermost block, or as much of one as no ``<br>`` parts.

    Attributes:
        text: NFC text with single spaces, not empty.
        block: lines of one block have the same number.
        element: the element that the block is.
        linked: share of the letters that are links (0 to 1).
    """

    text: str
    block: int
    element: HtmlElement
    linked: float

    @property
    def is_link(self) -> bool:
        """Whether it is a link and nothing else: to another article, as a rule."""
        return self.linked > 0.9 and self.element.tag != "h1"

    def is_within(self, containers: Collection[HtmlElement]) -> bool:
        return any(x in containers for x in (self.element, *self.element.iterancestors()))

    def as_line(self) -> Line:
        is_item = self.element.tag == "li" and not is_list_item(self.text)
        text = f"- {self.text}" if is_item else self.text
        return Line(text, self.block, self.element.tag in _HEADINGS)


def parse_html(html: str) -> Page:
    """Take the article out of a web page, without readers' comments and lists of articles.

    Of a fragment, and of a page in which no main content is found, all text is taken. The date is
    what structured data, metadata, a ``<time>`` or a line between title and text state: it is
    never guessed from the text. The lead is the page's own description where the page also
    shows it as a paragraph.

    Raises:
        UnreadableFileError: elements are nested deeper than in any real page.
    """
    tree = _parse(html)
    if tree is None:
        return Page(None, [])
    _drop_next_articles(tree)
    _drop_cards(tree)
    texts = list(_texts(tree))
    found = _extract(tree) if _PAGE.search(html) else None
    if found is None:
        return Page(None, [text.as_line() for text in texts])
    title = squeeze(found.title or "") or None
    description = letters(strip_agency(squeeze(found.description or "")))
    chosen = _choose(texts, _Content(found.body), title, description)
    lines = [text.as_line() for text in chosen]
    return Page(title, lines, _lead(lines, description), _stated_day(tree) or _stamped_day(lines))


def _parse(html: str) -> HtmlElement | None:
    from lxml.etree import LxmlError
    from lxml.html import HTMLParser, document_fromstring

    # Without huge_tree the parser drops what is nested deeper than 256, and texts over 10 MB.
    parser = HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, huge_tree=True)
    try:
        tree = document_fromstring(html.encode("utf-8"), parser=parser)
    except (LxmlError, ValueError):
        return None
    if _height(tree) > _MAX_DEPTH:
        message = f"Elements are nested more than {_MAX_DEPTH} deep; close the tags of the page."
        raise UnreadableFileError("limit", message)
    return tree


def _height(tree: HtmlElement) -> int:
    from lxml.etree import iterwalk

    steps = (1 if event == "start" else -1 for event, _ in iterwalk(tree, events=("start", "end")))
    return max(accumulate(steps))


def _extract(tree: HtmlElement) -> Document | None:
    """What trafilatura makes of the page, None where it finds no main content."""
    from trafilatura import bare_extraction
    from trafilatura.settings import Document

    # Recall first: what is too much goes when the lines are cleaned, what is missing is lost.
    document = bare_extraction(
        deepcopy(tree),
        include_comments=False,
        with_metadata=True,
        favor_recall=True,
        date_extraction_params={"extensive_search": False},  # Guesses are not asked for.
    )
    return document if isinstance(document, Document) and document.body is not None else None


_Piece = tuple[str, bool]  # Text, and whether it is a link.
_BREAK = "\n"


# --- the page as lines -------------------------------------------------------------------------


def _texts(tree: HtmlElement) -> Iterator[_Text]:
    body = tree.find("body")
    root = tree if body is None else body
    for block, (element, pieces) in enumerate(_blocks(root, _block_elements(root))):
        for line in _split(pieces):
            text = squeeze("".join(piece for piece, _ in line))
            if text:
                linked = sum(len(letters(piece)) for piece, is_link in line if is_link)
                yield _Text(text, block, element, linked / (len(letters(text)) or 1))


def _split(pieces: Iterable[_Piece]) -> Iterator[list[_Piece]]:
    line: list[_Piece] = []
    for piece in pieces:
        if piece[0] == _BREAK:
            yield line
            line = []
        else:
            line.append(piece)
    yield line


def _block_elements(root: HtmlElement) -> set[HtmlElement]:
    """Elements that part text: those made for it, and what holds one, as ``<a>`` may."""
    found: set[HtmlElement] = set()
    for block in root.iter(*_BLOCKS):
        found.add(block)
        for element in block.iterancestors():
            if element in found:
                break
            found.add(element)
    return found


def _blocks(
    element: HtmlElement, blocks: set[HtmlElement], in_link: bool = False
) -> Iterator[tuple[HtmlElement, list[_Piece]]]:
    """Innermost blocks with their text; the text between blocks is a block of its own."""
    is_link = in_link or element.tag == "a"
    inline = [(_one_line(element.text), is_link)]
    for child in element:
        if child.tag in _SILENT:
            pass
        elif child in blocks:
            yield element, inline
            yield from _blocks(child, blocks, is_link)
            inline = []
        else:
            if child.tag in _CELLS and any(text.strip() for text, _ in inline):
                inline.append((" | ", False))
            inline += _inline(child, is_link)
        inline.append((_one_line(child.tail), is_link))
    yield element, inline


def _inline(element: HtmlElement, is_link: bool) -> list[_Piece]:
    if element.tag == "br":
        return [(_BREAK, False)]
    if element.tag in _SILENT:
        return []
    is_link = is_link or element.tag == "a"
    pieces = [(_one_line(element.text), is_link)]
    for child in element:
        pieces += _inline(child, is_link)
        pieces.append((_one_line(child.tail), is_link))
    return pieces


def _one_line(text: str | None) -> str:
    """Line breaks of the source mean nothing in HTML."""
    return (text or "").replace("\n", " ")


# --- which blocks are the article --------------------------------------------------------------


class _Content:
    """The text that trafilatura found, to be looked up in whatever way the page is cut."""

    def __init__(self, body: Any) -> None:
        pieces = [letters(line) for text in body.itertext() for line in text.split("\n")]
        self._lines = frozenset(pieces)
        self._text = "".join(pieces)

    def weight(self, text: str) -> int:
        """Number of the text's letters, 0 where it was not found."""
        key = letters(text)
        # A whole line is looked up: searching all of the text for each takes square time.
        found = key in self._lines or (len(key) >= _MATCH_LETTERS and key in self._text)
        return len(key) if found else 0


def _choose(
    texts: Sequence[_Text], content: _Content, title: str | None, description: str
) -> list[_Text]:
    """The lines of the article, in the page's order.

    These are what was found within the main container and what stands between, links and
    pictures aside; and above it what stands below the title, and the lead.
    """
    weights = [content.weight(text.text) for text in texts]
    main = _main_container(texts, weights)
    inside = [
        weight > 0 and not text.is_link and text.is_within(main)
        for text, weight in zip(texts, weights, strict=True)
    ]
    if not any(inside):
        return [text for text, weight in zip(texts, weights, strict=True) if weight]
    first = inside.index(True)
    last = len(inside) - 1 - inside[::-1].index(True)
    start = _below_title(texts[:first], title)
    chosen = [
        text
        for i, text in enumerate(texts[start : last + 1], start)
        if inside[i] or (text.linked < 0.5 and not _is_of_picture(text))
    ]
    if not any(_is_lead(letters(text.text), description) for text in chosen):
        chosen[:0] = [x for x in texts[:start] if _is_lead(letters(x.text), description)][:1]
    return chosen


def _main_container(texts: Sequence[_Text], weights: Sequence[int]) -> list[HtmlElement]:
    """The innermost element that holds nearly all that was found, if anything was."""
    held: Counter[HtmlElement] = Counter()
    for text, weight in zip(texts, weights, strict=True):
        if weight:
            for element in (text.element, *text.element.iterancestors()):
                held[element] += weight
    enough = _MAIN_SHARE * sum(weights)
    candidates = [element for element, weight in held.items() if weight >= enough]
    return sorted(candidates, key=_depth)[-1:]


def _depth(element: HtmlElement) -> int:
    return sum(1 for _ in element.iterancestors())


def _is_of_picture(text: _Text) -> bool:
    return any(x.tag in _PICTURES for x in (text.element, *text.element.iterancestors()))


def _below_title(above: Sequence[_Text], title: str | None) -> int:
    """Where the text begins: behind the last line that reads as the title does, if there is one."""
    key = letters(title or "")
    return max((i + 1 for i, x in enumerate(above) if letters(x.text) == key), default=len(above))


def _is_lead(key: str, description: str) -> bool:
    """Whether a paragraph is what the page's description says or abridges."""
    if len(description) < _LEAD_LETTERS or len(key) < _LEAD_LETTERS:
        return False
    return key.startswith(description) or (
        description.startswith(key) and 2 * len(key) >= len(description)
    )


def _lead(lines: Sequence[Line], description: str) -> str | None:
    shown = (strip_agency(line.text) for line in lines)
    return next((text for text in shown if _is_lead(letters(text), description)), None)


def _stated_day(tree: HtmlElement) -> str | None:
    """The day of publication that the page's markup states."""
    scripts = tree.xpath("//script[@type='application/ld+json']/text()")
    stated = [match[1] for script in scripts for match in _JSON_DAY.finditer(script)]
    for meta in tree.iter("meta"):
        names = {(meta.get(key) or "").lower() for key in ("property", "name", "itemprop")}
        if names & _DAY_NAMES:
            stated.append(meta.get("content") or "")
    stated += tree.xpath("//*[@itemprop='datePublished']/@datetime | //time/@datetime")
    return next(filter(None, map(read_day, stated)), None)


def _stamped_day(lines: Sequence[Line]) -> str | None:
    """The day of the first date line above the text; a day by itself counts as furniture."""
    head = takewhile(lambda line: word_count(line.text) < LONG_WORDS, lines)
    kinds = (LineKind.STAMP, LineKind.INTERFACE)
    stamps = (line.text for line in head if classify_line(line.text) in kinds)
    return next(filter(None, map(read_day, stamps)), None)


# --- lists of other articles -------------------------------------------------------------------


def _drop_next_articles(tree: HtmlElement) -> None:
    """Remove the articles that pages without an end append to the one that was asked for."""
    articles = [x for x in tree.iter("article") if x.find(".//h1") is not None]
    for later in articles[1:]:
        if articles[0] not in later.iterancestors():
            later.drop_tree()


def _drop_cards(tree: HtmlElement) -> None:
    """Remove what announces other articles: like elements side by side, each with a headline.

    A page that is nothing but such a list stays whole.
    """
    groups: defaultdict[tuple[HtmlElement, str, str | None], list[HtmlElement]] = defaultdict(list)
    for element in tree.iter(*_CARD_ELEMENTS):
        if element.getparent() is not None:
            groups[element.getparent(), element.tag, element.get("class")].append(element)
    cards = {
        card
        for siblings in groups.values()
        if len(siblings) >= _CARDS and all(map(_is_card, siblings))
        for card in siblings
    }
    prose = (x for x in _texts(tree) if x.linked < 0.5 and word_count(x.text) >= LONG_WORDS)
    if cards and any(not text.is_within(cards) for text in prose):
        for card in cards:
            card.drop_tree()


def _is_card(element: HtmlElement) -> bool:
    """Whether an element is a headline that links to another page, with some words on it."""
    headline = next((x for x in element.iter("a", *_HEADINGS) if _is_headline(x)), None)
    if headline is None:
        return False
    size = len(letters(element.text_content()))
    return size - len(letters(headline.text_content())) >= _CARD_LETTERS


def _is_headline(element: HtmlElement) -> bool:
    text = element.text_content()
    if word_count(text) < _HEADLINE_WORDS:
        return False
    links = [x for x in (element, *element.iterancestors()) if x.tag == "a"][:1]
    if not links or links[0].get("href", "#").startswith("#"):
        return False
    if element.tag in _HEADINGS:
        return True
    block = next((x for x in element.iterancestors() if x.tag in _BLOCKS), None)
    return block is not None and letters(block.text_content()) == letters(text)
