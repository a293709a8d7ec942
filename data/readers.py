"""Files, folders and globs in; documents out, one after another.

A reader is a function from a path to the documents and flaws in it, entered under its suffix in
``READERS``. Files with many rows are read row by row. Whatever cannot be read becomes an
:class:`InputError` in its place, and reading goes on. Their kinds:

- of an input: ``not_found``, ``unsupported`` (its suffix), ``unreadable``, ``empty``, ``binary``
  (no text though its suffix says so), ``encoding``, ``csv``, ``parquet``, ``pdf``, ``docx``,
  ``zip`` (damaged), ``encrypted``, ``scanned`` (pictures of text), ``limit`` (larger or slower
  than any real document), ``missing_field`` (no column with text), ``repeated_field``
  (two of one name);
- of an entry of an archive, besides: ``entry_name`` (leads out of the archive);
- of a row: ``json``, ``csv``, ``encoding``, ``row``, ``missing_field``, ``repeated_field``,
  ``text``, ``paragraphs``, ``id``, ``title``;
- of any: ``no_text``, ``duplicate_id``.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass, replace
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any, TextIO
from zipfile import ZipFile

from canbo.data.archives import Budget, Entry, list_entries, open_archive, unpack
from canbo.data.cleaning import Article, clean_article, clean_lines
from canbo.data.dates import read_day
from canbo.data.documents import Document, InputError, Item, UnreadableFileError
from canbo.data.docx import read_docx
from canbo.data.encodings import (
    EncodingError,
    decode,
    repair,
    restore,
    stream_codec,
    stream_encoding,
)
from canbo.data.errors import check_machine
from canbo.data.files import (
    InputFile,
    find_files,
    os_message,
    printable,
    unsupported_message,
)
from canbo.data.layout import Page, split_lines
from canbo.data.markdown import parse_markdown
from canbo.data.name_set import NameSet
from canbo.data.pdf import read_pdf
from canbo.data.remote import find_remote, is_uri, local_copy
from canbo.data.signatures import check_is_text
from canbo.data.unicode import has_undecoded, nfc, squeeze
from canbo.data.webpages import parse_html

__all__ = [
    "READERS",
    "Found",
    "ReadOptions",
    "list_files",
    "name_document",
    "read_file",
    "read_inputs",
    "take_name",
    "wanted_names",
]

_CSV_FIELD_CHARACTERS = 1 << 24  # Python's own limit, 131,072, is less than a long article.
_PARQUET_BATCH_ROWS = 64
_PARQUET_BUFFER = 1 << 20  # Without one, pyarrow holds a whole row group, which may be the file.
_HEAD_BYTES = 1 << 16  # To recognize a file by; rows are read one by one.


@dataclass(frozen=True)
class ReadOptions:
    """Names of the fields of JSONL, CSV and Parquet rows.

    Attributes:
        text_field: an article as plain text; it is cleaned.
        paragraphs_field: a list of paragraphs, taken as they are; goes before the text.
        id_field: the document's id.
        title_field: the article's title.
        lead_field: its opening summary, if it is a string.
        date_field: its day of publication, if it is one that can be read.
    """

    text_field: str = "text"
    paragraphs_field: str = "paragraphs"
    id_field: str = "id"
    title_field: str = "title"
    lead_field: str = "lead"
    date_field: str = "date"


@dataclass(frozen=True)
class Found:
    """A document of a file, not yet named: what readers yield.

    Attributes:
        line: 1-based line or row, None when the file is one document.
        id: the id that the row gives, if it does.
        article: title and paragraphs.
        lead: as in Document.
        date: as in Document.
        entry: where in an archive it stands, with ``!/`` before the name of each entry.
    """

    line: int | None
    id: str | None
    article: Article
    lead: str | None = None
    date: str | None = None
    entry: str = ""


@dataclass(frozen=True)
class Flaw:
    """A row, an entry or a file that cannot be read.

    Attributes:
        line: 1-based, None when it is the whole file or entry.
        error: kind, as in InputError.
        message: as in InputError.
        entry: as in Found.
    """

    line: int | None
    error: str
    message: str
    entry: str = ""


Reader = Callable[[Path, ReadOptions], Iterator[Found | Flaw]]


def read_inputs(
    inputs: Sequence[str | Path],
    options: ReadOptions | None = None,
    *,
    exclude: Collection[Path] = (),
) -> Iterator[Item]:
    """Read documents in the order of the inputs.

    Args:
        inputs: files, folders (with all that is in them, sorted by name, hidden files aside) and
            glob patterns (``**`` crosses folders); files and folders by URI (`canbo.data.remote`).
        options: names of fields; None stands for the defaults.
        exclude: resolved paths of files that are passed over as if they were not there.

    Yields:
        Documents with NFC text and ids unique in this call, and, in their place, errors for what
        could not be read.

    Raises:
        MachineError: the machine has no room, memory or open files left to read with.
    """
    options = options or ReadOptions()
    ids = NameSet()
    for located in list_files(inputs, exclude=exclude):
        if isinstance(located, InputError):
            yield located
            continue
        for found in read_file(located, options):
            yield found if isinstance(found, InputError) else name_document(found, located, ids)


def list_files(
    inputs: Sequence[str | Path], *, exclude: Collection[Path] = ()
) -> Iterator[InputFile | InputError]:
    """Find the files that `read_inputs` reads, each once, in its order; arguments as there.

    Yields:
        Files, and in their place errors for inputs that give none.
    """
    files = NameSet()
    for located in chain.from_iterable(
        find_remote(str(given), READERS)
        if is_uri(given)
        else find_files([given], READERS, exclude=exclude)
        for given in inputs
    ):
        if isinstance(located, InputFile):
            identity = repr(located.identity)
            if identity in files:
                message = "This file was already read in this run; name it once."
                yield InputError(located.source, None, "duplicate_id", message)
                continue
            files.add(identity)
        yield located


# --- from files to documents -------------------------------------------------------------------


def read_file(file: InputFile, options: ReadOptions) -> Iterator[Found | InputError]:
    """Read one file.

    Args:
        file: what `list_files` found.
        options: names of fields.

    Yields:
        Its documents, not yet named, and, in their place, errors for what could not be read.
    """
    for found in _told(_read_copy(file, options)):
        if isinstance(found, Flaw):
            yield InputError(file.source + found.entry, found.line, found.error, found.message)
        else:
            yield found


def _read_copy(file: InputFile, options: ReadOptions) -> Iterator[Found | Flaw]:
    with local_copy(file) as path:
        yield from _read(path, options)


def _read(path: Path, options: ReadOptions) -> Iterator[Found | Flaw]:
    suffix = path.suffix.lower()
    if suffix in _TEXT_SUFFIXES:
        check_is_text(path)
    yield from READERS[suffix](path, options)


def _told(results: Iterator[Found | Flaw]) -> Iterator[Found | Flaw]:
    """What a reader gives, and what ends its reading as the last flaw."""
    try:
        yield from results
    except UnreadableFileError as error:
        yield Flaw(None, error.error, error.message)
    except UnicodeDecodeError as error:
        yield Flaw(None, "encoding", _encoding_message(error))
    except OSError as error:
        check_machine(error)
        yield Flaw(None, "unreadable", os_message(error))


def name_document(found: Found, file: InputFile, ids: NameSet) -> Item:
    """Give a document its id: the row's, else one made from path and line.

    Args:
        found: what `read_file` gave.
        file: where.
        ids: those that are taken; the document's is added.

    Returns:
        The document, or an error when its id is taken.
    """
    source = file.source + found.entry
    wanted = wanted_names(found, file)
    chosen = take_name(wanted, ids)
    if chosen is None:
        message = f"The id '{wanted[0]}' was already read in this run; give each row its own."
        return InputError(source, found.line, "duplicate_id", message)
    return Document(
        id=chosen,
        source=source if found.line is None else f"{source}#{found.line}",
        title=found.article.title,
        paragraphs=tuple(found.article.paragraphs),
        lead=found.lead,
        date=found.date,
    )


def wanted_names(found: Found, file: InputFile) -> tuple[str, ...]:
    """The ids that a document may have, the first that is free: the row's, or path and line."""
    if found.id is not None:
        return (found.id,)
    at = "" if found.line is None else f":{found.line}"
    # Folders may hold files of the same name: the path as given tells them apart.
    source = file.source + found.entry
    return nfc(file.name) + found.entry + at, nfc(source) + at


def take_name(wanted: Sequence[str], ids: NameSet) -> str | None:
    """Take the first id that is free, or None; it is added to those that are taken."""
    chosen = next((name for name in wanted if name not in ids), None)
    if chosen is not None:
        ids.add(chosen)
    return chosen


def _encoding_message(error: UnicodeDecodeError) -> str:
    return (
        f"Byte {error.start} is not {error.encoding.upper()} text; "
        "save the file as UTF-8, or as UTF-16 with a byte order mark."
    )


_EMPTY = "The file holds only blanks, or no rows; remove it or fill it."
_UNDECODED = "Holds bytes or escapes that are no characters; save the file as UTF-8."
_NO_TEXT = "No text of an article was found, only blanks or page furniture; check the content."


# --- files that are one document ---------------------------------------------------------------


def _read_text(path: Path, is_html: bool = False) -> str:
    try:
        text = decode(path.read_bytes(), is_html=is_html)
    except EncodingError as error:
        raise UnreadableFileError("encoding", str(error)) from error
    if not text.strip():
        raise UnreadableFileError("empty", _EMPTY)
    return text


def _read_plain(path: Path, options: ReadOptions) -> Iterator[Found]:
    return _whole(Page(None, split_lines(_read_text(path))))


def _read_html(path: Path, options: ReadOptions) -> Iterator[Found]:
    return _whole(parse_html(_read_text(path, is_html=True)))


def _read_markdown(path: Path, options: ReadOptions) -> Iterator[Found]:
    return _whole(parse_markdown(_read_text(path)))


def _whole(page: Page) -> Iterator[Found]:
    article = clean_lines(page.lines, page.title)
    if not article.paragraphs:
        raise UnreadableFileError("no_text", _NO_TEXT)
    yield Found(None, None, article, page.lead, page.date)


def _read_pdf(path: Path, options: ReadOptions) -> Iterator[Found]:
    return _whole(_repaired_page(read_pdf(path)))


def _read_docx(path: Path, options: ReadOptions) -> Iterator[Found]:
    return _whole(_repaired_page(read_docx(path)))


def _repaired_page(page: Page) -> Page:
    """Undo that text in fonts of old encodings was taken for Unicode."""
    texts = [*(line.text for line in page.lines), page.title or ""]
    try:
        *repaired, title = repair(texts)
    except EncodingError as error:
        raise UnreadableFileError("encoding", str(error)) from error
    lines = [replace(line, text=text) for line, text in zip(page.lines, repaired, strict=True)]
    return page._replace(title=title or None, lines=lines)


# --- archives ----------------------------------------------------------------------------------


def _read_zip(path: Path, options: ReadOptions) -> Iterator[Found | Flaw]:
    return _read_archive(path, options, Budget(path.stat().st_size))


def _read_archive(
    path: Path, options: ReadOptions, budget: Budget, is_nested: bool = False
) -> Iterator[Found | Flaw]:
    """Read the entries of an archive one by one; of archives in archives only the first level."""
    with open_archive(path) as archive:
        entries = list_entries(archive)
        if not entries:
            message = "The archive holds no files, hidden ones aside; remove it or pack it again."
            raise UnreadableFileError("empty", message)
        for entry in entries:
            for found in _told(_read_entry(archive, entry, options, budget, is_nested)):
                yield replace(found, entry=f"!/{entry.name}{found.entry}")


def _read_entry(
    archive: ZipFile, entry: Entry, options: ReadOptions, budget: Budget, is_nested: bool
) -> Iterator[Found | Flaw]:
    if entry.suffix not in READERS:
        raise UnreadableFileError("unsupported", unsupported_message(entry.suffix, READERS))
    if entry.suffix == ".zip" and is_nested:
        message = "Archives in archives are read one level deep; unpack this one."
        raise UnreadableFileError("limit", message)
    with unpack(archive, entry, budget) as path:
        if entry.suffix == ".zip":
            yield from _read_archive(path, options, budget, is_nested=True)
        else:
            yield from _read(path, options)


# --- files of rows -----------------------------------------------------------------------------


def _open_text(path: Path, newline: str) -> tuple[TextIO, str | None]:
    """Open for reading line by line; bytes that are no UTF-8 are decoded row by row.

    Returns:
        The file, and the encoding that its beginning speaks for, a help with the shorter rows.
    """
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES)
    codec = stream_codec(head)
    if codec != "utf-8-sig":
        return path.open(encoding=codec, newline=newline), None
    text = path.open(encoding=codec, errors="surrogateescape", newline=newline)
    return text, stream_encoding(head)


def _read_jsonl(path: Path, options: ReadOptions) -> Iterator[Found | Flaw]:
    empty = True
    lines, encoding = _open_text(path, newline="\n")
    with lines:
        for number, line in enumerate(lines, start=1):
            if line.strip():
                empty = False
                yield _parse_json(line, number, options, encoding)
    if empty:
        raise UnreadableFileError("empty", _EMPTY)


def _parse_json(line: str, number: int, options: ReadOptions, encoding: str | None) -> Found | Flaw:
    try:
        if has_undecoded(line):
            (line,), encoding = restore([line], encoding), None
        row = json.loads(line, object_pairs_hook=partial(_unique_fields, options=options))
    except EncodingError as error:
        return Flaw(number, "encoding", str(error))
    except UnreadableFileError as error:
        return Flaw(number, error.error, error.message)
    except (ValueError, RecursionError) as error:
        reason = error.msg if isinstance(error, json.JSONDecodeError) else str(error)
        return Flaw(number, "json", f"Not valid JSON: {reason}; each line must be one object.")
    if not isinstance(row, dict):
        return Flaw(number, "row", 'The line is JSON but no object; write {"text": ...}.')
    return _read_row(row, number, options, encoding)


def _unique_fields(pairs: list[tuple[str, Any]], options: ReadOptions) -> dict[str, Any]:
    fields = dict(pairs)
    if len(fields) < len(pairs):
        _check_unique([name for name, _ in pairs], options)
    return fields


def _read_csv(path: Path, options: ReadOptions) -> Iterator[Found | Flaw]:
    csv.field_size_limit(_CSV_FIELD_CHARACTERS)
    file, encoding = _open_text(path, newline="")
    with file:
        header = file.readline()
        file.seek(0)
        # Strict: else a quote inside a quoted cell changes its text, and one that is never closed
        # makes one text of all rows behind it.
        rows = csv.DictReader(file, delimiter=max(",;\t", key=header.count), strict=True)
        try:
            columns = rows.fieldnames or []
        except csv.Error as error:
            raise UnreadableFileError(
                "csv", f"Not valid CSV: {error}; check the header."
            ) from error
        if not columns and not any(map(str.strip, file)):
            raise UnreadableFileError("empty", _EMPTY)
        _check_columns(columns, options)
        empty = True
        for row in _csv_rows(rows):
            empty = False
            yield row if isinstance(row, Flaw) else _read_csv_row(*row, options, encoding)
    if empty:
        raise UnreadableFileError("empty", _EMPTY)


def _csv_rows(
    rows: csv.DictReader[str],
) -> Iterator[tuple[dict[str | Any, Any], int] | Flaw]:
    """Rows with the line they begin at; a broken one does not end the reading."""
    while True:
        line = rows.reader.line_num + 1  # The dictionary reader's own misses broken rows.
        try:
            yield next(rows), line
        except StopIteration:
            return
        except csv.Error as error:
            reason, remedy = str(error), "check quotes and separators"
            if reason == "unexpected end of data":
                reason = "a quote is never closed, so what follows is no rows"
                remedy = "close or double the quote"
            yield Flaw(line, "csv", f"Not valid CSV: {reason}; {remedy}.")


def _read_csv_row(
    row: dict[str | Any, Any], line: int, options: ReadOptions, encoding: str | None
) -> Found | Flaw:
    if None in row:
        message = "The row has more cells than the header; quote cells that hold separators."
        return Flaw(line, "csv", message)
    cells = {name: cell for name, cell in row.items() if cell}
    if any(map(has_undecoded, cells.values())):
        try:
            restored = restore(list(cells.values()), encoding)
        except EncodingError as error:
            return Flaw(line, "encoding", str(error))
        row, encoding = {**row, **dict(zip(cells, restored, strict=True))}, None
    paragraphs = row.pop(options.paragraphs_field, None)
    if paragraphs:
        try:
            row[options.paragraphs_field] = json.loads(paragraphs)
        except (ValueError, RecursionError):
            message = f"'{options.paragraphs_field}' must be a JSON list of strings in CSV."
            return Flaw(line, "paragraphs", message)
    return _read_row(row, line, options, encoding)


def _read_parquet(path: Path, options: ReadOptions) -> Iterator[Found | Flaw]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    wanted = (
        options.id_field,
        options.title_field,
        options.text_field,
        options.paragraphs_field,
        options.lead_field,
        options.date_field,
    )
    try:
        with pq.ParquetFile(path, pre_buffer=False, buffer_size=_PARQUET_BUFFER) as file:
            columns = file.schema_arrow.names
            _check_columns(columns, options)
            number = 0
            for batch in file.iter_batches(
                batch_size=_PARQUET_BATCH_ROWS, columns=[name for name in wanted if name in columns]
            ):
                for i in range(batch.num_rows):
                    number += 1
                    yield _read_parquet_row(batch.slice(i, 1), number, options)
    except (pa.ArrowException, OSError) as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise  # Of the system; damaged pages raise it without a number.
        message = f"Not a valid Parquet file: {error}; write it again."
        raise UnreadableFileError("parquet", printable(message)) from error
    if number == 0:
        raise UnreadableFileError("empty", _EMPTY)


def _read_parquet_row(batch: Any, number: int, options: ReadOptions) -> Found | Flaw:
    try:
        row = _plain_row(batch, options)
    except UnicodeDecodeError:
        return Flaw(number, "encoding", _UNDECODED)
    except _NO_PLAIN_VALUE as error:
        message = f"A value has no plain form: {error}; write the fields as strings."
        return Flaw(number, "row", printable(message))
    return _read_row(row, number, options)


# Of days that Python's calendar does not have, and of unknown time zones.
_NO_PLAIN_VALUE = (OverflowError, ValueError, LookupError)


def _plain_row(batch: Any, options: ReadOptions) -> dict[str, Any]:
    try:
        row: dict[str, Any] = batch.to_pylist()[0]
    except _NO_PLAIN_VALUE:
        if options.date_field not in batch.schema.names:
            raise
        # A day of publication that cannot be read is none.
        row = batch.drop_columns([options.date_field]).to_pylist()[0]
    return row


def _check_columns(columns: Sequence[str], options: ReadOptions) -> None:
    _check_unique(columns, options)
    if options.text_field not in columns and options.paragraphs_field not in columns:
        message = (
            f"No column '{options.text_field}' or '{options.paragraphs_field}' "
            f"among {', '.join(columns)}; name the field that holds the text."
        )
        raise UnreadableFileError("missing_field", printable(message))


def _check_unique(names: Sequence[str], options: ReadOptions) -> None:
    """Refuse fields of which two have one name: there is no telling which one is meant."""
    for name in astuple(options):
        if names.count(name) > 1:
            message = f"The field '{name}' is there more than once; keep one, or rename the others."
            raise UnreadableFileError("repeated_field", printable(message))


def _read_row(
    row: Mapping[str, Any], line: int, options: ReadOptions, encoding: str | None = None
) -> Found | Flaw:
    """Check one row and make a document of it; its text is repaired, which nothing marks."""
    try:
        row = _repaired(row, options, encoding)
    except EncodingError as error:
        return Flaw(line, "encoding", str(error))
    row_id, title = row.get(options.id_field), row.get(options.title_field)
    if isinstance(row_id, int) and not isinstance(row_id, bool):
        row_id = str(row_id)
    if row_id is not None and not isinstance(row_id, str):
        return Flaw(line, "id", f"'{options.id_field}' must be a string or a whole number.")
    if title is not None and not isinstance(title, str):
        return Flaw(line, "title", f"'{options.title_field}' must be a string.")
    if has_undecoded(f"{row_id}{title}"):
        return Flaw(line, "encoding", _UNDECODED)
    title = squeeze(title or "") or None
    article = _row_article(row, line, title, options)
    if isinstance(article, Flaw):
        return article
    lead = row.get(options.lead_field)
    return Found(
        line,
        squeeze(row_id or "") or None,
        article,
        squeeze(lead) or None if isinstance(lead, str) and not has_undecoded(lead) else None,
        read_day(row.get(options.date_field)),
    )


def _repaired(
    row: Mapping[str, Any], options: ReadOptions, encoding: str | None
) -> Mapping[str, Any]:
    """Undo in all fields with text at once that they were read with a wrong table."""
    fields = (options.title_field, options.lead_field, options.text_field)
    names = [name for name in fields if isinstance(row.get(name), str)]
    listed = row.get(options.paragraphs_field)
    paragraphs = listed if isinstance(listed, list) else []
    given = [*(row[name] for name in names), *(x for x in paragraphs if isinstance(x, str))]
    texts = iter(repair(given, encoding))
    legible: dict[str, Any] = dict(zip(names, texts, strict=False))
    if paragraphs:
        legible[options.paragraphs_field] = [
            next(texts) if isinstance(x, str) else x for x in paragraphs
        ]
    return {**row, **legible}


def _row_article(
    row: Mapping[str, Any], line: int, title: str | None, options: ReadOptions
) -> Article | Flaw:
    paragraphs, text = row.get(options.paragraphs_field), row.get(options.text_field)
    if paragraphs is not None:
        return _given_paragraphs(paragraphs, line, title, options)
    if text is None:
        message = (
            f"The row has neither '{options.text_field}' nor '{options.paragraphs_field}'; "
            "add one or name the field that holds the text."
        )
        return Flaw(line, "missing_field", message)
    if not isinstance(text, str):
        return Flaw(line, "text", f"'{options.text_field}' must be a string.")
    if has_undecoded(text):
        return Flaw(line, "encoding", _UNDECODED)
    article = clean_article(text, title)
    return article if article.paragraphs else Flaw(line, "no_text", _NO_TEXT)


def _given_paragraphs(
    paragraphs: Any, line: int, title: str | None, options: ReadOptions
) -> Article | Flaw:
    """Paragraphs as they are: none dropped, so one that cannot be taken fails the row."""
    field = options.paragraphs_field
    if not isinstance(paragraphs, list):
        return Flaw(line, "paragraphs", f"'{field}' must be a list of strings.")
    if not paragraphs:
        return Flaw(line, "no_text", f"'{field}' is an empty list; give at least one paragraph.")
    for i, paragraph in enumerate(paragraphs):
        if not isinstance(paragraph, str):
            return Flaw(line, "paragraphs", f"'{field}[{i}]' must be a string.")
        if not squeeze(paragraph):
            message = f"'{field}[{i}]' is blank; give it text or leave it out."
            return Flaw(line, "paragraphs", message)
        if has_undecoded(paragraph):
            return Flaw(line, "encoding", _UNDECODED)
    return Article(title, [nfc(paragraph) for paragraph in paragraphs])


_TEXT_SUFFIXES = frozenset({".txt", ".md", ".html", ".htm", ".jsonl", ".csv"})

READERS: Mapping[str, Reader] = {
    ".txt": _read_plain,
    ".md": _read_markdown,
    ".html": _read_html,
    ".htm": _read_html,
    ".jsonl": _read_jsonl,
    ".csv": _read_csv,
    ".parquet": _read_parquet,
    ".pdf": _read_pdf,
    ".docx": _read_docx,
    ".zip": _read_zip,
}
