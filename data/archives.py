"""ZIP archives: which entries are read, and each as a temporary file of its own.

An archive is not unpacked: one entry at a time is written to a temporary file under a name of
ours, read, and removed. So names in an archive never reach the disk, and what an entry or the
archive may take is known before anything is written.
"""

from __future__ import annotations

import lzma
import stat
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from shutil import copyfileobj
from zipfile import ZIP_BZIP2, ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from canbo.data.documents import UnreadableFileError
from canbo.data.files import printable
from canbo.data.temporary import temporary_folder
from canbo.data.unicode import nfc

__all__ = ["MAX_ENTRIES", "Budget", "Entry", "list_entries", "open_archive", "unpack"]

MAX_ENTRIES = 100_000
MAX_RATIO = 200  # Text is packed to a tenth, at best to a fiftieth; bombs reach a thousandth.
FREE_BYTES = 256 << 20  # What small archives may unpack to, whatever the ratio.
MAX_BYTES = 8 << 30

_METHODS = frozenset({ZIP_STORED, ZIP_DEFLATED, ZIP_BZIP2})  # LZMA may ask for any memory.
_ENCRYPTED = 0x1
_UTF8 = 0x800
_DAMAGES = (BadZipFile, EOFError, NotImplementedError, RuntimeError, zlib.error, lzma.LZMAError)


class Budget:
    """Bytes that an archive, and archives in it, may still unpack to.

    Args:
        size: size of the outermost archive.
    """

    def __init__(self, size: int) -> None:
        self.left = min(MAX_BYTES, max(FREE_BYTES, MAX_RATIO * size))


@dataclass(frozen=True)
class Entry:
    """A file in an archive.

    Attributes:
        name: its path in the archive, NFC, with ``/``.
        info: where zipfile finds it.
    """

    name: str
    info: ZipInfo

    @property
    def suffix(self) -> str:
        """The end of the name, in lower case, with its dot."""
        return PurePosixPath(self.name).suffix.lower()


@contextmanager
def open_archive(path: Path) -> Iterator[ZipFile]:
    """Open an archive.

    Raises:
        UnreadableFileError: it is damaged or holds too many entries.
    """
    try:
        archive = ZipFile(path)
    except _DAMAGES as error:
        message = f"Not a valid ZIP archive: {error}; copy, download or pack it again."
        raise UnreadableFileError("zip", printable(message)) from error
    with archive:
        if len(archive.filelist) > MAX_ENTRIES:
            message = f"The archive holds more than {MAX_ENTRIES:,} entries; split it."
            raise UnreadableFileError("limit", message)
        yield archive


def list_entries(archive: ZipFile) -> list[Entry]:
    """The files in an archive in order of their paths; hidden ones and folders are passed over."""
    entries = [Entry(_name(info), info) for info in archive.infolist() if not info.is_dir()]
    return sorted(
        (entry for entry in entries if not _is_hidden(entry.name)),
        key=lambda entry: entry.name.split("/"),
    )


def _name(info: ZipInfo) -> str:
    """The entry's name; without a mark for UTF-8 zipfile takes it for code page 437."""
    name = info.filename
    if not info.flag_bits & _UTF8:
        with suppress(UnicodeError):  # Of an old program, as zipfile has read it.
            name = name.encode("cp437").decode("utf-8")
    return nfc(printable(name.replace("\\", "/")))


def _is_hidden(name: str) -> bool:
    parts = name.split("/")
    return "__MACOSX" in parts or any(x.startswith(".") and x not in (".", "..") for x in parts)


@contextmanager
def unpack(archive: ZipFile, entry: Entry, budget: Budget) -> Iterator[Path]:
    """Write an entry to a temporary file, which is removed at the end.

    Raises:
        UnreadableFileError: the entry is encrypted, damaged, a link, packed in an unusual way,
            of a name that leads out of the archive, or larger than what is left of the budget.
        MachineError: there is no temporary folder to write to.
        OSError: there is no room for it.
    """
    _check(entry, budget)
    budget.left -= entry.info.file_size
    with temporary_folder() as folder:
        path = Path(folder, f"entry{entry.suffix}")
        try:
            # zipfile gives no more than the size that the entry states, which is checked.
            with archive.open(entry.info) as source, path.open("wb") as target:
                copyfileobj(source, target)
        except _DAMAGES as error:
            message = f"The entry is damaged: {error}; pack the archive again."
            raise UnreadableFileError("zip", printable(message)) from error
        yield path


def _check(entry: Entry, budget: Budget) -> None:
    info = entry.info
    parts = entry.name.split("/")
    if entry.name.startswith("/") or ".." in parts or ":" in parts[0]:
        message = "The entry's name leads out of the archive; pack it with relative names."
        raise UnreadableFileError("entry_name", message)
    if info.flag_bits & _ENCRYPTED:
        message = "The entry needs a password; pack the archive again without one."
        raise UnreadableFileError("encrypted", message)
    if stat.S_ISLNK(info.external_attr >> 16):
        raise UnreadableFileError("unreadable", "The entry is a link; pack the file itself.")
    if info.compress_type not in _METHODS:
        message = "The entry is packed in an unusual way; pack the archive again with Deflate."
        raise UnreadableFileError("zip", message)
    if info.file_size > budget.left:
        message = (
            f"The archive unpacks to more than {MAX_RATIO} times its size or "
            f"{MAX_BYTES >> 30} GB; unpack it yourself if you trust it."
        )
        raise UnreadableFileError("limit", message)
    if info.file_size == 0:
        raise UnreadableFileError("empty", "The file is empty; remove it or fill it.")
