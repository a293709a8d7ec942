"""Whether `canbo run` needs more memory for more documents.

    python -m canbo.eval.bench_memory --documents 10000 1000000

Each number of short documents, each different from all others, is a run of its own with the models
that ship with canbo, without evidence and abstracts.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from canbo.eval.bench_run import run_program

__all__ = ["main"]


def main(argv: Sequence[str] | None = None) -> int:
    """Measure, print a line a size.

    Args:
        argv: command line arguments; None takes the process's.

    Returns:
        0, or 1 when a run's largest process passed the limit.
    """
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    add = parser.add_argument
    add("--documents", nargs="+", type=int, default=[10_000, 1_000_000], metavar="N")
    add("--limit", type=float, default=3.0, metavar="GIB", help="default: %(default)s")
    add("--workers", type=int, default=0, metavar="N", help="default: %(default)s")
    arguments = parser.parse_args(argv)
    passed = False
    for number in arguments.documents:
        with tempfile.TemporaryDirectory(prefix="canbo-memory-") as work:
            inputs = Path(work) / "in.jsonl"
            with inputs.open("w", encoding="utf-8") as stream:
                for index in range(number):
                    text = f"Xã số {index} luân chuyển {index % 97} cán bộ về thôn."
                    row = {"id": f"document-{index}", "paragraphs": [text]}
                    stream.write(json.dumps(row, ensure_ascii=False) + "\n")
            command = [sys.executable, "-m", "canbo", "run", str(inputs), "--tasks", "themes"]
            command += ["--no-evidence", "--workers", str(arguments.workers)]
            taken = run_program([*command, "--output", str(Path(work) / "out")])
        gibibytes = taken["peak_bytes"] / 2**30
        passed = passed or gibibytes > arguments.limit
        print(
            f"{number:,} documents: {gibibytes:.3f} GiB at most, {taken['process']:.1f} s,"
            f" {taken['processor']:.1f} cpu s",
            flush=True,
        )
    return int(passed)


if __name__ == "__main__":
    raise SystemExit(main())
