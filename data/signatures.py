"""Files that are not what their names say: pictures, programs, archives named as text."""

from __future__ import annotations

import re
from pathlib import Path

from canbo.data.documents import UnreadableFileError
from canbo.data.encodings import stream_codec

__all__ = ["check_is_text"]

_HEAD_BYTES = 1 << 13
# Few bytes of Latin or Vietnamese text in any encoding are control characters.
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_CONTROL_SHARE = 0.05

_SIGNATURES = {
    b"%PDF-": "a PDF file; name it .pdf",
    b"PAR1": "a Parquet file; name it .parquet",
    b"PK\x03\x04": "a ZIP archive or an office document; name it .zip or .docx",
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1": "an old office document; save it as .docx",
    b"{\\rtf": "an RTF document; save it as .docx",
    b"\x1f\x8b": "packed with gzip; unpack it",
    b"7z\xbc\xaf\x27\x1c": "a 7z archive; unpack it",
    b"Rar!\x1a\x07": "a RAR archive; unpack it",
    b"\x89PNG\r\n": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"GIF8": "a picture",
    b"\x7fELF": "a program",
}


def check_is_text(path: Path) -> None:
    """Refuse a file whose beginning is not text.

    Raises:
        UnreadableFileError: it has the mark of another format, or is full of control characters;
            the message says which and what to do.
        OSError: the file cannot be opened.
    """
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES)
    for mark, what in _SIGNATURES.items():
        if head.startswith(mark):
            raise UnreadableFileError("binary", f"The content is not text but {what}.")
    if stream_codec(head) != "utf-8-sig":  # UTF-16 is full of zero bytes.
        return
    if len(_CONTROL.findall(head)) > _CONTROL_SHARE * len(head):
        message = "The content is not text: a program, a picture or the like; check the file."
        raise UnreadableFileError("binary", message)
