"""Inputs and outputs on object stores and distributed file systems: ``s3://``, ``hdfs://``...

What pyarrow's file systems can open is read; credentials are where those look for them. A file is
copied to this machine for as long as it is read, so that every reader can take it.
"""

from __future__ import annotations

import hashlib
import re
import shutil
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import Any

from canbo.data.documents import InputError
from canbo.data.files import InputFile, file_flaw, printable
from canbo.data.temporary import temporary_folder

__all__ = [
    "copy_out",
    "find_remote",
    "is_uri",
    "local_copy",
    "make_folder",
    "open_filesystem",
]

_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+://")
_REMOTE_DEVICE = -1  # No device of this machine has that number.


def is_uri(name: str | Path) -> bool:
    """Whether an input or output is named by a URI."""
    return isinstance(name, str) and _URI.match(name) is not None


def open_filesystem(uri: str) -> tuple[Any, str]:
    """The file system of a URI, and the path in it.

    Raises:
        OSError: there is no such file system, or it cannot be reached.
    """
    from pyarrow.fs import FileSystem

    try:
        filesystem, path = FileSystem.from_uri(uri)
    except (ValueError, NotImplementedError) as error:  # Both are pyarrow's own, of these kinds.
        raise OSError(str(error)) from error
    return filesystem, path


def find_remote(uri: str, suffixes: Collection[str]) -> Iterator[InputFile | InputError]:
    """Find files as `canbo.data.files.find_files` does; a URI holds no glob pattern.

    Args:
        uri: of a file, or of a folder: all that is in it, sorted by name, hidden files aside.
        suffixes: those that can be read, in lower case, with their dots.
    """
    from pyarrow.fs import FileSelector, FileType

    uri = uri.rstrip("/")
    try:
        filesystem, root = open_filesystem(uri)
        (info,) = filesystem.get_file_info([root])
        folder = PurePosixPath(root)
        if info.type == FileType.File:
            folder, entries = folder.parent, [info]
        elif info.type == FileType.Directory:
            entries = filesystem.get_file_info(FileSelector(root, recursive=True))
        else:
            entries = []
    except OSError as error:
        message = f"Cannot be listed: {printable(str(error)).splitlines()[0]}; check the address."
        yield InputError(uri, None, "unreadable", message)
        return
    files = sorted(
        (PurePosixPath(entry.path).relative_to(folder).parts, entry.size)
        for entry in entries
        if entry.type == FileType.File
    )
    visible = [file for file in files if not any(part.startswith(".") for part in file[0])]
    if not visible:
        message = "No file is there, hidden ones aside; check the address (globs are for paths)."
        yield InputError(uri, None, "not_found", message)
    base = uri.rpartition("/")[0] if info.type == FileType.File else uri
    for parts, size in visible:
        name = "/".join(parts)
        path = Path(parts[-1])
        if flaw := file_flaw(path.suffix, size, suffixes):
            yield InputError(f"{base}/{name}", None, *flaw)
            continue
        digest = hashlib.sha256(f"{folder}/{name}".encode()).digest()
        identity = _REMOTE_DEVICE, int.from_bytes(digest[:8], "big")
        yield InputFile(path, name, identity, f"{base}/{name}")


@contextmanager
def local_copy(file: InputFile) -> Iterator[Path]:
    """A path under which a file can be read while the block lasts.

    Raises:
        MachineError: there is no temporary folder to fetch it to.
        OSError: it cannot be fetched.
    """
    if file.uri is None:
        yield file.path
        return
    filesystem, path = open_filesystem(file.uri)
    with temporary_folder() as folder:
        copy = Path(folder, f"input{file.path.suffix}")
        with filesystem.open_input_stream(path) as remote, copy.open("wb") as local:
            shutil.copyfileobj(remote, local)
        yield copy


def make_folder(uri: str) -> tuple[Any, str]:
    """Make the folder that a URI names, unless it is there.

    Returns:
        Its file system and its path there.

    Raises:
        OSError: it cannot be reached or made; the message names the URI.
    """
    try:
        filesystem, folder = open_filesystem(uri.rstrip("/"))
        filesystem.create_dir(folder)
    except OSError as error:
        raise OSError(f"cannot make the folder {uri}: {error}") from error
    return filesystem, folder


def copy_out(files: Sequence[Path], uri: str) -> None:
    """Copy files into a folder that a URI names; it is made where it is not there.

    Raises:
        OSError: they cannot be copied; the message names the URI.
    """
    filesystem, folder = make_folder(uri)
    try:
        for file in files:
            with (
                file.open("rb") as local,
                filesystem.open_output_stream(f"{folder}/{file.name}") as remote,
            ):
                shutil.copyfileobj(local, remote)
    except OSError as error:
        raise OSError(f"cannot copy the results to {uri}: {error}") from error
