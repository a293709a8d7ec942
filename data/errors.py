"""The base of every error that a user can mend; its message is all that needs to be shown."""

import errno

__all__ = ["MachineError", "UserError", "check_machine"]


class UserError(ValueError):
    """Something given by the user is wrong: the message names it and says what to do."""


class MachineError(UserError):
    """The machine cannot go on, whatever the input: later, or elsewhere, the same would do.

    It ends the work. As the error line of an input it would stay for ever, and a run that was
    continued would differ from one that met no such trouble.
    """


_NO_ROOM = "make room in the temporary folder, or name another one in TMPDIR"
_NO_MEMORY = "free memory, or allow more processes"
_REMEDIES = {
    errno.ENOSPC: _NO_ROOM,
    errno.EDQUOT: _NO_ROOM,
    errno.EFBIG: _NO_ROOM,
    errno.EMFILE: "allow more open files (ulimit -n)",
    errno.ENFILE: "close other programs, or allow more open files",
    errno.ENOMEM: _NO_MEMORY,
    errno.EAGAIN: _NO_MEMORY,
    errno.ESTALE: "mount the shared disk again",
}


def check_machine(error: OSError) -> None:
    """Tell errors of the machine from those of the file that was read.

    Raises:
        MachineError: no room, memory, processes or open files are left, or the disk is gone.
    """
    if remedy := _REMEDIES.get(error.errno or 0):
        raise MachineError(
            f"{error.strerror or error}, which is no input's fault: {remedy}, and start the same"
            " command again; a run continues, if not given --overwrite"
        ) from error
