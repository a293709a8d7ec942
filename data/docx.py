"""Word documents (.docx) as lines of text, ready for cleaning.

The parts are read with zipfile and lxml: python-docx 1.2 leaves out paragraphs in content controls
and text that a tracked change has inserted, and reads all parts, pictures too, into memory.
"""

from __future__ import annotations

import mmap
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from zipfile import BadZipFile, ZipFile

from canbo.data.documents import UnreadableFileError
from canbo.data.layout import Line, Page
from canbo.data.lines import is_list_item, letters
from canbo.data.unicode import squeeze

if TYPE_CHECKING:
    from lxml.etree import _Element

__all__ = ["read_docx"]

_PART_BYTES = 32 << 20  # Of XML; a novel has a tenth of it.
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # Begins .doc files and encrypted .docx files.
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")  # Name of the stream that holds a .docx file.

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_STRICT = b"http://purl.oclc.org/ooxml/wordprocessingml/main"
_TITLE_CORE = "{http://purl.org/dc/elements/1.1/}title"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
# Deleted text, properties (tab stops look like tabs), the copy of a drawing for old programs.
_LEFT_OUT = frozenset(
    {_FALLBACK, *(_W + x for x in ("del", "moveFrom", "pPr", "rPr", "sdtPr", "tblPr"))}
)
_CHARACTERS = {
    f"{_W}tab": " ",
    f"{_W}ptab": " ",
    f"{_W}br": "\n",
    f"{_W}cr": "\n",
    f"{_W}noBreakHyphen": "-",
}
_TITLE_LINES = 12

_BROKEN = "Not a valid .docx file ({}); open it in a word processor and save it again."


def read_docx(path: Path) -> Page:
    """Take paragraphs, headings, lists and tables out of a Word document.

    Headers, footers, comments, notes and deleted text are left out. The title is the paragraph
    that has the style Title, or the one in the document's properties where it is also among the
    first lines; dates in the properties are those of the file, not of the text, and not taken.

    Raises:
        UnreadableFileError: the file is encrypted, is a .doc file, is damaged, or is larger than
            any real document when unpacked; the message says so.
        OSError: the file cannot be opened.
    """
    with path.open("rb") as file:
        if file.read(len(_OLE)) == _OLE:
            raise _ole_error(path)
    try:
        with ZipFile(path) as archive:
            body = _part(archive, "word/document.xml")
            styles = _part(archive, "word/styles.xml")
            core = _part(archive, "docProps/core.xml")
    except (
        BadZipFile,
        EOFError,
        NotImplementedError,
        RuntimeError,
        ValueError,
        zlib.error,
    ) as error:
        raise UnreadableFileError("docx", _BROKEN.format(error)) from error
    if body is None:
        raise UnreadableFileError("docx", _BROKEN.format("it has no word/document.xml"))
    names = _style_names(styles)
    lines: list[Line] = []
    styled_title = None
    for block, (style, text, is_item, is_row) in enumerate(_paragraphs(body, names)):
        if style == "title" and styled_title is None:
            styled_title = squeeze(text) or None
        is_heading = style == "title" or style.startswith("heading")
        for raw in text.split("\n"):
            if line := squeeze(raw):
                mark = "- " if is_item and not is_heading and not is_list_item(line) else ""
                lines.append(Line(mark + line, block, is_heading, is_row))
    return Page(styled_title or _core_title(core, lines), lines)


# --- the parts of the file ---------------------------------------------------------------------


def _ole_error(path: Path) -> UnreadableFileError:
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        encrypted = content.find(_ENCRYPTED) >= 0
    if encrypted:
        message = "The document needs a password; open it, save it without one and read that."
        return UnreadableFileError("encrypted", message)
    message = "A .doc file under the name of .docx; open it and save it as .docx."
    return UnreadableFileError("docx", message)


def _part(archive: ZipFile, name: str) -> _Element | None:
    """An XML part of the document, None where there is no such part."""
    from lxml.etree import LxmlError, XMLParser, fromstring

    if name not in archive.namelist():
        return None
    if archive.getinfo(name).file_size > _PART_BYTES:
        message = f"The document unpacks to more than {_PART_BYTES >> 20} MB of text; split it."
        raise UnreadableFileError("limit", message)
    content = archive.read(name).replace(_STRICT, _W[1:-1].encode())
    try:
        return fromstring(content, XMLParser(resolve_entities=False, no_network=True))
    except LxmlError as error:
        raise BadZipFile(f"{name} is not well-formed") from error


def _style_names(styles: _Element | None) -> dict[str, str]:
    """Names of styles by their ids; those that Word brings along are English in any language."""
    names: dict[str, str] = {}
    for style in () if styles is None else styles.iter(f"{_W}style"):
        name = style.find(f"{_W}name")
        if name is not None:
            names[style.get(f"{_W}styleId", "")] = name.get(f"{_W}val", "").lower()
    return names


def _core_title(core: _Element | None, lines: list[Line]) -> str | None:
    title = "" if core is None else squeeze(core.findtext(f".//{_TITLE_CORE}") or "")
    shown = {letters(line.text) for line in lines[:_TITLE_LINES]}
    return title if letters(title) in shown - {""} else None


# --- the text ----------------------------------------------------------------------------------


class _Paragraph(NamedTuple):
    style: str  # Its name.
    text: str
    is_item: bool = False
    is_row: bool = False


def _paragraphs(element: _Element, names: dict[str, str]) -> Iterator[_Paragraph]:
    """Paragraphs in reading order; rows of tables whose cells hold one each are one of them."""
    for child in element:
        if child.tag in _LEFT_OUT:
            continue
        if child.tag == f"{_W}p":
            yield _paragraph(child, names)
            for box in child.iter(f"{_W}txbxContent"):
                if not any(x.tag == _FALLBACK for x in box.iterancestors()):
                    yield from _paragraphs(box, names)
        elif child.tag == f"{_W}tr":
            yield from _row(child, names)
        else:
            yield from _paragraphs(child, names)


def _row(row: _Element, names: dict[str, str]) -> Iterator[_Paragraph]:
    cells = [[x for x in _paragraphs(cell, names) if x.text.strip()] for cell in row]
    filled = [cell for cell in cells if cell]
    if len(filled) > 1 and all(len(cell) == 1 for cell in filled):
        yield _Paragraph("", " | ".join(squeeze(only.text) for (only,) in filled), is_row=True)
    else:
        for cell in filled:
            yield from cell


def _paragraph(paragraph: _Element, names: dict[str, str]) -> _Paragraph:
    style = paragraph.find(f"{_W}pPr/{_W}pStyle")
    name = "" if style is None else names.get(style.get(f"{_W}val", ""), "")
    numbered = paragraph.find(f"{_W}pPr/{_W}numPr/{_W}numId")
    is_item = name.startswith("list") if numbered is None else numbered.get(f"{_W}val") != "0"
    return _Paragraph(name, "".join(_runs(paragraph)), is_item)


def _runs(element: _Element) -> Iterator[str]:
    for child in element:
        if child.tag == f"{_W}t":
            yield child.text or ""
        elif child.tag in _CHARACTERS:
            yield _CHARACTERS[child.tag]
        elif child.tag not in _LEFT_OUT and child.tag != f"{_W}txbxContent":
            yield from _runs(child)
