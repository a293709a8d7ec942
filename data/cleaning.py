"""From a pasted web page to the article: its title and its true paragraphs.

:mod:`canbo.data.furniture` says what single lines are; here their place on the page decides. The
page is cut where the article ends, lists of links and repeated paragraphs go, the title is
chosen, captions go, and so does what is not prose at either end. A line that nothing speaks
against stays.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, pairwise
from typing import NamedTuple

from canbo.data.furniture import (
    LineKind,
    agency_prefix,
    classify_line,
    strip_agency,
    strip_source,
    strip_title_extras,
)
from canbo.data.layout import Line, split_lines
from canbo.data.lines import (
    LONG_WORDS,
    ends_sentence,
    is_list_item,
    is_single_sentence,
    letters,
    opens_like_prose,
    word_count,
)
from canbo.data.pictures import CAPTION_WORDS, cut_caption, shows_people
from canbo.data.unicode import squeeze

__all__ = ["Article", "clean_article", "clean_lines"]

_TITLE_WORDS = 40
_HEAD_LINES = 200  # Menus may be long; the title stands near the text.
_HEADLINE_WORDS = 30
_LIST_LINES = 500  # No list of links is longer: behind it nothing speaks for or against it.
_PARAGRAPH_WORDS = 12  # Shorter lines may be furniture by chance, or stand twice on purpose.
_UNSTOPPED_WORDS = range(16, 41)  # Too long for a heading: a caption, or a lead without a stop.
_QUOTES = ("”", '"', "»")


class Article(NamedTuple):
    """What cleaning leaves of a page.

    Attributes:
        title: the article's title, None when the page shows none.
        paragraphs: body paragraphs and sub-headings in reading order; empty when nothing on the
            page is text of an article.
    """

    title: str | None
    paragraphs: list[str]


@dataclass(frozen=True)
class _Placed:
    """A line with its part on the page."""

    text: str
    block: int
    is_heading: bool
    kind: LineKind
    words: int
    is_row: bool

    @property
    def is_prose(self) -> bool:
        return self.kind is LineKind.PROSE

    @property
    def is_long(self) -> bool:
        """Whether it is longer than any title, with what sites add to one."""
        return self.words > _TITLE_WORDS + 10

    @property
    def is_unstopped_item(self) -> bool:
        """Whether it is an entry of a list, not a paragraph that begins with a dash."""
        return (
            is_list_item(self.text)
            and self.words <= _HEADLINE_WORDS
            and not ends_sentence(self.text)
            and not self.text.endswith((";", ","))
        )

    @property
    def is_headline(self) -> bool:
        """Whether it may be an entry of a list of articles."""
        return self.kind in _HEADLINES or self.is_unstopped_item

    @property
    def is_teaser(self) -> bool:
        """Whether it breaks off in dots."""
        return self.text.endswith(("...", "…"))


_HEADLINES = frozenset({LineKind.HEADING, LineKind.NAME, LineKind.CAPTION})


def clean_article(text: str, title: str | None = None) -> Article:
    """Take title and paragraphs out of text pasted from a web page.

    Args:
        text: the page as plain text, with blank lines between paragraphs, or one paragraph a
            line, or hard-wrapped.
        title: the article's title where the source states it apart from the text; lines that
            repeat it are dropped.
    """
    return clean_lines(split_lines(text), title)


def clean_lines(lines: Iterable[Line], title: str | None = None) -> Article:
    """Do as :func:`clean_article` with lines that a reader has already told apart."""
    page = [
        _Placed(x.text, x.block, x.is_heading, classify_line(x.text), word_count(x.text), x.is_row)
        for x in lines
    ]
    page = _drop_repeated(_drop_link_lists(_until_end(page)))
    title, body = _split_title(page, squeeze(title or "") or None)
    body = _drop_captions(
        _drop_teasers([x for x in body if x.kind is not LineKind.INTERFACE]), title
    )
    paragraphs = [x.text for x in _trim(body)]
    if paragraphs:
        paragraphs[0] = strip_agency(paragraphs[0])
        paragraphs[-1] = strip_source(paragraphs[-1])
    elif title is not None and page:
        return Article(None, [title])  # The page is one headline: that is all its text.
    return Article(title, paragraphs)


# --- the end of the article and lists of links -------------------------------------------------


def _size(line: _Placed) -> int:
    """Characters of running text in the line: none where it may be furniture by chance."""
    return len(line.text) if line.is_prose and line.words >= _PARAGRAPH_WORDS else 0


def _until_end(page: list[_Placed]) -> list[_Placed]:
    """Cut the page at the first line after which nothing belongs to the article.

    The same words may stand in a bar of buttons above the article, so the line counts only with
    most of the running text before it, or with more of its kind right behind it.
    """
    sizes = list(accumulate(map(_size, page), initial=0))
    for i, line in enumerate(page):
        before, after = sizes[i], sizes[-1] - sizes[i]
        if not before:
            continue
        if line.kind is LineKind.CLOSING:
            nearby = [x.kind in (LineKind.CLOSING, LineKind.INTERFACE) for x in page[i + 1 : i + 6]]
            if before >= after or sum(nearby) >= 2:
                return page[:i]
        elif line.kind is LineKind.BYLINE and before >= 2 * after and not _goes_on(page, i):
            return page[:i]
    return page


def _goes_on(page: Sequence[_Placed], index: int) -> bool:
    """Whether running text follows at once: what looks like a signature is a picture's."""
    following = [x for x in page[index + 1 : index + 6] if x.kind is not LineKind.CREDIT][:2]
    return bool(following) and all(x.is_prose and x.words >= LONG_WORDS for x in following)


def _drop_link_lists(page: list[_Placed]) -> list[_Placed]:
    """Drop lists of other articles: the line above the list and the headlines below it.

    Above the text there is no telling where such a list ends and the title follows; there only
    the line above it goes.
    """
    kept: list[_Placed] = []
    in_text = in_list = False
    for i, line in enumerate(page):
        if line.kind is LineKind.LISTING:
            if in_text and not in_list and not _resumes(kept, page[i + 1 : i + 1 + _LIST_LINES]):
                break
            in_list = in_text
        elif not (in_list and line.is_headline):
            in_list = False
            in_text = in_text or _size(line) > 0
            kept.append(line)
    return kept


def _resumes(before: Sequence[_Placed], rest: Sequence[_Placed]) -> bool:
    """Whether the article goes on behind a list of links.

    It does not when it was signed before the list. Otherwise prose counts unless it alternates
    with headlines, as the teasers of other articles do.
    """
    signed = any(x.kind in (LineKind.BYLINE, LineKind.NAME) for x in before[-2:])
    if signed or before[-1].text.endswith("./."):
        return False
    rest = [x for x in rest if x.kind is not LineKind.INTERFACE]
    prose = [
        i for i, x in enumerate(rest) if x.is_prose and x.words >= 8 and not x.is_unstopped_item
    ]
    if not prose:
        return False
    following = rest[prose[0] :]
    if any(x.kind is LineKind.BYLINE or x.text.endswith("./.") for x in following):
        return True
    if any(b - a == 1 for a, b in pairwise(prose)):
        return True
    return not any(x.is_headline for x in following) and not following[0].is_teaser


def _drop_teasers(body: list[_Placed]) -> list[_Placed]:
    """Drop leads of other articles, and their titles: an article names its agency only once."""
    lead = next((i for i, x in enumerate(body) if x.is_prose), None)
    agency = "" if lead is None else agency_prefix(body[lead].text)
    if lead is None or not agency:
        return body
    kept: list[_Placed] = []
    for i, line in enumerate(body):
        if i > lead and agency_prefix(line.text) == agency:
            if kept[-1].is_headline:
                kept.pop()
        else:
            kept.append(line)
    return kept


# --- repetition --------------------------------------------------------------------------------


def _key(text: str) -> str:
    return letters(strip_agency(text))


def _drop_repeated(page: list[_Placed]) -> list[_Placed]:
    """Let each paragraph stand once.

    Of a lead shown above and below the headline the lower one stays, else the first. A teaser
    goes when a paragraph begins with the same words.
    """
    keys = {i: _key(x.text) for i, x in enumerate(page) if _size(x)}
    ordered = sorted(set(keys.values()))
    dropped: set[int] = set()
    first: dict[str, int] = {}
    places = list(keys)
    lead = 0  # Of those that stay, the first; lines before it have all been dropped.
    for i, key in keys.items():
        while places[lead] in dropped:
            lead += 1
        following = bisect_right(ordered, key)
        if page[i].is_teaser and "".join(ordered[following : following + 1]).startswith(key):
            dropped.add(i)
        elif key not in first:
            first[key] = i
        elif first[key] == places[lead] and not any(
            page[j].is_prose for j in range(first[key] + 1, i)
        ):
            dropped.add(first[key])
            first[key] = i
        else:
            dropped.add(i)
    return [x for i, x in enumerate(page) if i not in dropped]


# --- the title ---------------------------------------------------------------------------------


def _split_title(page: list[_Placed], title: str | None) -> tuple[str | None, list[_Placed]]:
    """Choose the title and give what follows it, without the rest of the head."""
    index = _title_index(page) if title is None else _given_title_index(page, title)
    above = [] if index is None else page[:index]
    body = [x for x in above if x.is_prose and x.words >= LONG_WORDS]
    if index is None:
        body = page
    else:
        body += page[index + 1 :]
        title = title or strip_title_extras(page[index].text)
    if title is not None:
        key = _key(title)
        body = [x for x in body if x.is_long or _key(strip_title_extras(x.text)) != key]
    return title, _without_head(body)


def _head_length(page: Sequence[_Placed]) -> int:
    """Number of lines above the text; a long line without a full stop may be the title."""
    return next(
        (
            i
            for i, x in enumerate(page)
            if x.is_prose
            and (ends_sentence(x.text) or x.words > _TITLE_WORDS)
            and not x.text.endswith(":")
        ),
        len(page),
    )


def _given_title_index(page: Sequence[_Placed], title: str) -> int | None:
    key = _key(title)
    head = page[: _head_length(page) + 1]
    same = [i for i, x in enumerate(head) if _key(strip_title_extras(x.text)) == key]
    return same[-1] if same else None


def _title_index(page: Sequence[_Placed]) -> int | None:
    length = _head_length(page)
    candidates = [
        i
        for i, x in enumerate(page[:length])
        if i >= length - _HEAD_LINES
        and (x.kind in _HEADLINES or x.is_prose)
        and 2 <= x.words <= _TITLE_WORDS
        and not is_list_item(x.text)
        and not x.text.endswith((":", ";", ","))
    ]
    if not candidates:
        return _title_like_sentence(page, length)
    used = _word_pairs(" ".join(x.text for x in page[length:]))
    keys = [_key(x.text) for x in page]
    return max(candidates, key=lambda i: _title_score(page, i, keys, used))


def _title_score(
    page: Sequence[_Placed], index: int, keys: Sequence[str], used: set[tuple[str, str]]
) -> float:
    """How much a line of the head looks like the title.

    Titles are repeated above pictures (``keys``: what the lines read), stand at the date, use
    the words of the text (``used``: its pairs of words), and are longer than names of sections.
    What follows an author is where the author works.
    """
    line = page[index]
    key = _key(strip_title_extras(line.text))
    repeated = line.words >= 5 and any(k.startswith(key) for k in keys[index + 1 :])
    pairs = _word_pairs(line.text)
    affiliation = (
        index > 0
        and page[index - 1].kind is LineKind.NAME
        and any(x.kind is LineKind.HEADING and x.words > line.words for x in page[:index])
    )
    return (
        3.0 * repeated
        + _at_stamp(page, index)
        + 2.0 * len(pairs & used) / max(len(pairs), 1)
        + min(line.words, 12) / 6
        - (line.words > LONG_WORDS)
        - (line.kind is LineKind.CAPTION)
        - 2.0 * (line.kind is LineKind.NAME)
        - 2.0 * affiliation
        - 0.02 * index
    )


def _at_stamp(page: Sequence[_Placed], index: int) -> float:
    """2 for a line with the date in or right below it, 1 with the date right above."""
    if strip_title_extras(page[index].text) != strip_agency(page[index].text):
        return 2.0
    below = (x for x in page[index + 1 : index + 4] if x.kind is not LineKind.INTERFACE)
    if (following := next(below, None)) is not None and following.kind is LineKind.STAMP:
        return 2.0
    return 1.0 if index and page[index - 1].kind is LineKind.STAMP else 0.0


def _word_pairs(text: str) -> set[tuple[str, str]]:
    return set(pairwise(re.findall(r"\w+", text.lower())))


def _title_like_sentence(page: Sequence[_Placed], length: int) -> int | None:
    """A title with a full stop, a question or exclamation mark, or one below a slogan."""
    first = next(iter(page[length:]), None)
    if first is None or not any(map(_size, page[length + 1 :])):
        return None
    stamped = _at_stamp(page, length) > 1
    if (
        first.words <= _HEADLINE_WORDS
        and is_single_sentence(first.text)
        and not is_list_item(first.text)
        and (
            stamped
            or first.text.rstrip(" \"'”’»)").endswith(("?", "!"))
            or (first.is_teaser and length > 0)
        )
    ):
        return length
    long = next((i for i, x in enumerate(page) if x.words >= LONG_WORDS), len(page))
    return next(
        (
            i
            for i, x in enumerate(page[:long])
            if x.kind is LineKind.HEADING and x.words >= 4 and _at_stamp(page, i) > 1
        ),
        None,
    )


def _without_head(body: list[_Placed]) -> list[_Placed]:
    """Drop what stands between title and text: dates, authors, sections, texts of pictures.

    A heading that the source marks or numbers stays, and so does a line too long for one: a lead
    that lacks its full stop.
    """
    first = next((i for i, x in enumerate(body) if x.is_prose), len(body))
    if first == len(body):  # No prose at all: keep what is not certainly furniture.
        return [x for x in body if x.kind in (LineKind.HEADING, LineKind.CAPTION)]
    stays = [
        x
        for x in body[:first]
        if x.kind is LineKind.HEADING
        and (x.is_heading or is_list_item(x.text) or x.words >= _UNSTOPPED_WORDS.start)
    ]
    return stays + body[first:]


# --- captions ----------------------------------------------------------------------------------


def _drop_captions(body: list[_Placed], title: str | None) -> list[_Placed]:
    """Drop captions, credits and repetitions of the title; what follows the last prose is left."""
    last = max((i for i, x in enumerate(body) if x.is_prose), default=-1)
    blocks = Counter(x.block for x in body)
    apart = _has_paragraphs_apart(blocks)
    kept: list[_Placed] = []
    for i, line in enumerate(body):
        if line.kind is LineKind.CREDIT:
            # Under the last paragraph the credit belongs to the author, above it to a picture.
            if i < last and len(kept) > 1 and _could_be_caption(kept[-1]):
                kept.pop()
            continue
        if line.kind is LineKind.CAPTION and not line.is_heading:
            continue
        if kept and title is not None:
            unglued = _without_title(line, title)
            if unglued is None or _echoes(line, title):
                continue
            line = unglued
        if kept and i < last and _is_caption_by_place(body, i, title):
            continue
        pair = apart and blocks[line.block] == 2 and len(kept) == 1
        if pair and i < last and _hangs_below_lead(line, kept[0]):
            continue
        if _is_doubled(line.text) or _is_unstopped_twin(body, i):
            continue
        credited = i < last and body[i + 1].kind is LineKind.CREDIT
        kept.append(replace(line, text=cut_caption(line.text, credited)))
    return _drop_lone_heading(kept)


def _could_be_caption(line: _Placed) -> bool:
    return (
        not line.is_heading
        and line.words <= CAPTION_WORDS
        and is_single_sentence(line.text)
        and not is_list_item(line.text)
        and not opens_like_prose(line.text)
        and not line.text.endswith((":", ";"))
    )


def _is_caption_by_place(body: Sequence[_Placed], index: int, title: str | None) -> bool:
    """Whether a line that could be a caption stands where captions do; prose follows somewhere."""
    line, above, below = body[index], body[index - 1], body[index + 1]
    if index == 0 or not _could_be_caption(line):
        return False
    if title is not None and _echoes(above, title) and line.words <= LONG_WORDS:
        return True
    if shows_people(line.text) and min(above.words, below.words) >= LONG_WORDS:
        return True
    return (
        line.words in _UNSTOPPED_WORDS
        and not ends_sentence(line.text)
        and not line.text.endswith((",", ")", *_QUOTES))
        and all(x.is_prose and ends_sentence(x.text) for x in (above, below))
    )


def _has_paragraphs_apart(blocks: Counter[int]) -> bool:
    """Whether a page, given as its lines by block, has a block for each paragraph."""
    alone = sum(lines == 1 for lines in blocks.values())
    return len(blocks) >= 4 and alone >= 0.7 * len(blocks)


def _hangs_below_lead(line: _Placed, lead: _Placed) -> bool:
    """Whether it could be a caption and shares a block with the lead."""
    return (
        lead.block == line.block
        and lead.words >= LONG_WORDS
        and ends_sentence(lead.text)
        and _could_be_caption(line)
    )


def _echoes(line: _Placed, title: str) -> bool:
    """Whether a short line repeats the title or most of it, as texts of pictures do."""
    if line.is_heading or not 5 <= line.words <= _TITLE_WORDS or ends_sentence(line.text):
        return False
    ours, its = _word_pairs(line.text), _word_pairs(title)
    shared = len(ours & its)
    return shared >= 0.8 * len(ours) and shared >= 0.5 * len(its)


def _without_title(line: _Placed, title: str) -> _Placed | None:
    """Cut a title off that is glued to the front of a line.

    Returns:
        The line, or the paragraph behind the title, or None when a caption is behind it.
    """
    if not line.text.lower().startswith(title.lower()):
        return line
    rest = line.text[len(title) :].lstrip(" .:-–—|")
    if not rest or not rest[0].isupper():
        return line  # The sentence goes on: the text merely begins like its title.
    if word_count(rest) <= CAPTION_WORDS and is_single_sentence(rest):
        return None
    return replace(line, text=rest)


def _is_doubled(text: str) -> bool:
    """Whether the line is one text twice: a picture's alternative text and its caption."""
    half = len(text) // 2
    first, second = text[:half].strip(), text[half:].strip()
    return first == second and 4 <= word_count(first) <= CAPTION_WORDS


def _is_unstopped_twin(body: Sequence[_Placed], index: int) -> bool:
    """Whether a line without a full stop stands twice in a row."""
    line = body[index]
    if line.words < 5 or line.is_heading or ends_sentence(line.text):
        return False
    return any(
        x.text == line.text for x in (*body[index - 1 : index], *body[index + 1 : index + 2])
    )


def _drop_lone_heading(body: list[_Placed]) -> list[_Placed]:
    """Drop a heading right below the lead when there is no other: it heads nothing.

    Sections come in numbers; a single short line under the lead belongs to the picture there.
    """
    short = (LineKind.HEADING, LineKind.SECTION, LineKind.NAME)
    headings = [i for i, x in enumerate(body) if x.kind in short]
    if headings == [1] and len(body) > 3 and not body[1].is_heading:
        return [body[0], *body[2:]]
    return body


# --- both ends ---------------------------------------------------------------------------------

_CLOCK_OR_LABEL = re.compile(r"\d\s?[:h]\s?\d\d|thứ|chủ nhật|xem|đăng|cập nhật", re.IGNORECASE)


def _trim(body: list[_Placed]) -> list[_Placed]:
    """Drop stamps and signatures, and everything short behind the last prose."""
    if not any(x.is_prose for x in body):
        return body
    body = [x for i, x in enumerate(body) if not _is_stray(x, i)]
    last = next((i for i in reversed(range(len(body))) if _can_end(body, i)), len(body) - 1)
    return body[: last + 1]


def _is_stray(line: _Placed, index: int) -> bool:
    if line.kind in (LineKind.BYLINE, LineKind.CLOSING):
        return True
    if line.kind is LineKind.STAMP:
        # A bare day may head a part of a chronicle.
        return _CLOCK_OR_LABEL.search(line.text) is not None
    # Names right below the lead are its author's; capitals throughout are a heading.
    return line.kind is LineKind.NAME and index == 1 and not line.text.isupper()


def _can_end(body: Sequence[_Placed], index: int) -> bool:
    """Whether the article may end with the line: a sentence, a quotation, an item or a row."""
    line = body[index]
    if line.is_row:
        return True  # Web pages have none: no furniture, but a list of names, say.
    if line.is_unstopped_item:
        above = next((x for x in reversed(body[:index]) if not x.is_unstopped_item), None)
        return above is not None and above.text.endswith((":", ";", ","))
    if line.kind is LineKind.HEADING:
        return line.words >= _PARAGRAPH_WORDS and line.text.endswith(_QUOTES)
    return line.is_prose and (line.words >= LONG_WORDS or not line.text.endswith(":"))
