"""Run a program in a process of its own and tell what it took."""

from __future__ import annotations

import os
import subprocess
import tempfile
import time
from collections.abc import Sequence
from typing import Any

from canbo.data.errors import UserError

__all__ = ["BenchError", "run_program"]


class BenchError(UserError):
    """One of the measured programs failed; the message holds its last words."""


def run_program(command: Sequence[str]) -> dict[str, Any]:
    """Run a program and tell what it took.

    Returns:
        ``process`` and ``processor``: seconds from start to end and of all its processors;
        ``peak_bytes``: memory of the largest of its processes; ``stdout``.

    Raises:
        BenchError: the program failed.
    """
    begin = time.perf_counter()
    with tempfile.TemporaryFile() as said, tempfile.TemporaryFile() as complained:
        process = subprocess.Popen(command, stdout=said, stderr=complained)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        taken = time.perf_counter() - begin
        if process.returncode:
            complained.seek(0)
            last = complained.read().decode(errors="replace").strip().rpartition("\n")[2]
            raise BenchError(f"{' '.join(command[1:5])} ended with {process.returncode}: {last}")
        said.seek(0)
        return {
            "process": taken,
            "processor": usage.ru_utime + usage.ru_stime,
            "peak_bytes": usage.ru_maxrss * 1024,
            "stdout": said.read().decode(),
        }
