"""A folder for what is unpacked or fetched only to be read."""

from __future__ import annotations

from tempfile import TemporaryDirectory

from canbo.data.errors import MachineError

__all__ = ["temporary_folder"]


def temporary_folder() -> TemporaryDirectory[str]:
    """A folder that is removed when the ``with`` block ends that it opens.

    Raises:
        MachineError: there is no place for one.
    """
    try:
        return TemporaryDirectory(prefix="canbo-")
    except OSError as error:
        # On full disks tempfile finds no folder to use, and says that there is no such file.
        raise MachineError(
            f"there is no temporary folder to unpack or fetch files to ({error}): make room on its"
            " disk, or name another one in TMPDIR, and start the same command again"
        ) from error
