"""PDF files as lines of text, ready for cleaning."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from os import SEEK_END
from pathlib import Path
from typing import Any

from canbo.data import pdf_process
from canbo.data.documents import UnreadableFileError
from canbo.data.layout import Page
from canbo.data.pdf_layout import PdfLine, join_lines

__all__ = ["read_pdf"]

_WAIT_SECONDS = 600  # For machines without a limit of processor time, and files that hang.
# SIGINT, SIGKILL (of a machine short of memory, too) and SIGTERM: no file's fault, and no limit's.
_FROM_OUTSIDE = {2, 9, 15}
_HEAD_BYTES = 1024  # Readers of PDF look for its mark in so many bytes.
_END_BYTES = 4096

# Letters of fonts that do not map them to Unicode; symbol fonts draw bullets with them.
_UNMAPPED = re.compile("[\ue000-\uf8ff\ufffd\x00-\x08\x0e-\x1f]")
_UNMAPPED_SHARE = 0.1
_BULLET = re.compile("^[\uf000-\uf0ff](?=\\s)")

_REFUSALS = {
    "encrypted": (
        "encrypted",
        "The PDF file needs a password; open it, save it without one and read that.",
    ),
    "broken": ("pdf", "Not a valid PDF file, or only a part of one; copy or download it again."),
    "no_pages": ("empty", "The PDF file has no pages; remove it or export it again."),
    "no_text_layer": (
        "scanned",
        "The PDF file holds pictures of pages and no text; run OCR on it first (ocrmypdf -l vie).",
    ),
    "too_long": (
        "limit",
        f"The PDF file has more than {pdf_process.MAX_PAGES:,} pages or "
        f"{pdf_process.MAX_CHARACTERS:,} characters; split it.",
    ),
    "unmapped": (
        "encoding",
        "The PDF file's fonts do not say which letters they draw; run OCR on it first "
        "(ocrmypdf --force-ocr -l vie).",
    ),
    "died": (
        "limit",
        f"The PDF file takes more than {pdf_process.MEMORY_BYTES >> 30} GB of memory or "
        f"{pdf_process.SECONDS} seconds to open; print it to a new PDF file and read that.",
    ),
}


def read_pdf(path: Path) -> Page:
    """Take the paragraphs out of a PDF file that has a text layer.

    The file is opened in a process of its own with limits of memory and time; titles and dates in
    the file's metadata are not trusted.

    Raises:
        UnreadableFileError: the file is encrypted, damaged, without pages or text, or passes a
            limit; the message says so.
        OSError: the file cannot be opened.
    """
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES)
        file.seek(max(0, file.seek(0, SEEK_END) - _END_BYTES))
        end = file.read()
    # PDFium would read what is left of a file that is cut off, and not say so.
    if b"%PDF-" not in head or b"%%EOF" not in end:
        raise _refusal("broken")
    answer = _ask(path)
    if "refused" in answer:
        raise _refusal(answer["refused"])
    lines = [PdfLine(*line) for line in answer["lines"]]
    text = "".join(line.text for line in lines)
    if len(_UNMAPPED.findall(text)) > _UNMAPPED_SHARE * len(text):
        raise _refusal("unmapped")
    return join_lines([line._replace(text=_BULLET.sub("•", line.text)) for line in lines])


def _ask(path: Path) -> dict[str, Any]:
    try:
        process = _run(path)
        if -process.returncode in _FROM_OUTSIDE:  # Killed: the file may not be the cause.
            process = _run(path)
        answer: dict[str, Any] = json.loads(process.stdout)
    except (subprocess.TimeoutExpired, ValueError) as error:
        raise _refusal("died") from error
    return answer


def _run(path: Path) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", pdf_process.__name__, str(path.resolve())]
    return subprocess.run(command, capture_output=True, timeout=_WAIT_SECONDS, check=False)


def _refusal(reason: str) -> UnreadableFileError:
    return UnreadableFileError(*_REFUSALS[reason])
