"""Which files a user's inputs name: files, folders, glob patterns."""

from __future__ import annotations

import glob
import os
import stat
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from canbo.data.documents import InputError
from canbo.data.errors import check_machine

__all__ = [
    "InputFile",
    "file_flaw",
    "find_files",
    "os_message",
    "printable",
    "shown_path",
    "unsupported_message",
]


@dataclass(frozen=True)
class InputFile:
    """A regular file to read, not empty, of a supported suffix.

    Attributes:
        path: where it is, as the user's input leads to it.
        name: its path relative to the input, with ``/``.
        identity: device and inode: equal for one file that is reached in two ways.
        uri: where it is, when that is not on this machine; of ``path`` only the suffix counts then.
    """

    path: Path
    name: str
    identity: tuple[int, int]
    uri: str | None = None

    @property
    def source(self) -> str:
        """The file as the user named it."""
        return self.uri or shown_path(self.path)


def find_files(
    inputs: Sequence[str | Path], suffixes: Collection[str], *, exclude: Collection[Path] = ()
) -> Iterator[InputFile | InputError]:
    """Find the files that inputs name, in the order of the inputs.

    Args:
        inputs: files, folders (with all that is in them, sorted by name, hidden files aside) and
            glob patterns (``**`` crosses folders).
        suffixes: the suffixes that can be read, in lower case, with their dots.
        exclude: resolved paths of files that are passed over as if they were not there, such as
            those that the caller writes meanwhile.

    Yields:
        Files, and in their place errors for inputs that match nothing and for what is no file
        that can be read: nothing else in a folder is passed over in silence.

    Raises:
        MachineError: the machine has no memory or open files left to list a folder with.
    """
    for given in inputs:
        path = Path(given)
        found = False
        for match, root in _matches(path, str(given)):
            for file in _files(match, suffixes):
                if isinstance(file, InputError):
                    found = True
                    yield file
                elif not (exclude and _resolved(file) in exclude):
                    found = True
                    yield _checked(file, root, suffixes)
        if not found:
            message = "No file matches this input, hidden ones aside; check the path."
            yield InputError(shown_path(path), None, "not_found", message)


def _matches(path: Path, pattern: str) -> Iterator[tuple[Path, Path]]:
    """Files and folders, each with the folder that its files are named from."""
    status = _stat(path)
    if status is not None:
        yield path, path if stat.S_ISDIR(status.st_mode) else path.parent
    elif _is_link(path):
        yield path, path.parent
    elif glob.has_magic(pattern):
        parts = Path(pattern).parts
        fixed = next(i for i, part in enumerate(parts) if glob.has_magic(part))
        root = Path(*parts[:fixed])
        for match in sorted(_expanded(root, parts[fixed:]), key=str):
            if "**" not in parts or not match.is_dir():
                yield match, root


def _expanded(root: Path, parts: Sequence[str]) -> Collection[Path]:
    """What a glob pattern matches below a folder, hidden files aside.

    Not by Python's glob: ``**`` there follows links that lead back up, again and again, and its
    recursion ends in deep folders.
    """
    found: Collection[Path] = [root]
    for part in parts:
        if part == "**":
            found = dict.fromkeys(path for start in found for path in _below(start))
        elif glob.has_magic(part):
            shown = (x for path in found for x in _entries(path) if fnmatchcase(x.name, part))
            found = [x for x in shown if part.startswith(".") or not x.name.startswith(".")]
        else:
            found = [path / part for path in found if os.path.lexists(path / part)]
    return found


def _below(root: Path) -> Iterator[Path]:
    """A folder and all that is in it, each folder once, hidden ones aside."""
    visited: set[tuple[int, int]] = set()
    ahead = [root]
    while ahead:
        path = ahead.pop()
        status = _stat(path)
        if status is None or not stat.S_ISDIR(status.st_mode):
            yield path
        elif _identity(status) not in visited:
            visited.add(_identity(status))
            yield path
            ahead += (x for x in _entries(path) if not x.name.startswith("."))


def _entries(folder: Path) -> list[Path]:
    try:
        return list(folder.iterdir())
    except OSError as error:
        check_machine(error)
        return []  # As for Python's glob, what cannot be listed holds nothing.


def _files(path: Path, suffixes: Collection[str]) -> Iterator[Path | InputError]:
    """The file itself, or the files of the folder."""
    status = _stat(path)
    if status is None or not stat.S_ISDIR(status.st_mode):
        yield path
    else:
        yield from _walk(path, {_identity(status)}, suffixes)


def _walk(
    folder: Path, visited: set[tuple[int, int]], suffixes: Collection[str]
) -> Iterator[Path | InputError]:
    # No recursion: folders can be nested deeper than Python's stack is.
    ahead: list[Path | InputError] = [folder]
    while ahead:
        entry = ahead.pop()
        status = None if isinstance(entry, InputError) else _stat(entry)
        if isinstance(entry, InputError) or status is None or not stat.S_ISDIR(status.st_mode):
            yield entry
        elif entry is folder or _identity(status) not in visited:  # A link may lead back up.
            visited.add(_identity(status))
            ahead += reversed(_listed(entry, is_root=entry is folder, suffixes=suffixes))


def _listed(folder: Path, *, is_root: bool, suffixes: Collection[str]) -> list[Path | InputError]:
    """What stands in a folder, hidden entries aside, in order of names."""
    try:
        entries = sorted(folder.iterdir(), key=lambda entry: entry.name)
    except OSError as error:
        check_machine(error)
        return [InputError(shown_path(folder), None, "unreadable", os_message(error))]
    if not entries and not is_root and folder.suffix.lower() in suffixes:
        message = "A folder under the name of a file, and empty; remove or replace it."
        return [InputError(shown_path(folder), None, "empty", message)]
    return [entry for entry in entries if not entry.name.startswith(".")]


def _resolved(path: Path) -> Path:
    # Path.resolve raises on links that lead in a circle.
    return Path(os.path.realpath(path))


def _checked(path: Path, root: Path, suffixes: Collection[str]) -> InputFile | InputError:
    source = shown_path(path)
    status = _stat(path)
    if status is None:
        message = "The link leads nowhere; repair or remove it."
        return InputError(source, None, "unreadable", message)
    if not stat.S_ISREG(status.st_mode):
        message = "Not a regular file; give a file or a folder."
        return InputError(source, None, "unreadable", message)
    if flaw := file_flaw(path.suffix, status.st_size, suffixes):
        return InputError(source, None, *flaw)
    name = path.relative_to(root) if path.is_relative_to(root) else path
    return InputFile(path, printable(name.as_posix()), _identity(status))


def file_flaw(suffix: str, size: int, suffixes: Collection[str]) -> tuple[str, str] | None:
    """Why a file need not be opened: kind and message of its error, or None.

    Args:
        suffix: its suffix, with the dot.
        size: its bytes.
        suffixes: those that can be read, in lower case.
    """
    if suffix.lower() not in suffixes:
        return "unsupported", unsupported_message(suffix, suffixes)
    if size == 0:
        return "empty", "The file is empty; remove it or fill it."
    return None


def unsupported_message(suffix: str, suffixes: Collection[str]) -> str:
    """What is wrong with a file of the suffix, and which suffixes are read."""
    return printable(f"Files named '*{suffix}' are not read; use one of {', '.join(suffixes)}.")


def _identity(status: os.stat_result) -> tuple[int, int]:
    return status.st_dev, status.st_ino


def _stat(path: Path) -> os.stat_result | None:
    try:
        return path.stat()
    except (OSError, ValueError):  # ValueError: a NUL character in the name.
        return None


def _is_link(path: Path) -> bool:
    try:
        return path.is_symlink()
    except (OSError, ValueError):
        return False


def shown_path(path: Path) -> str:
    """The path as the user named it; bytes that are no UTF-8 are replaced."""
    return printable(str(path))


def printable(text: str) -> str:
    """Text that can be written as UTF-8, whatever stood in a file's name."""
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def os_message(error: OSError) -> str:
    """What the system says about a file, with what to do."""
    return f"Cannot be read: {error.strerror or error}; check the file and its permissions."
