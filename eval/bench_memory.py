"""Whether `canbo run` needs more memory for more documents.

    python -m canbo.eval.bench_memory --documents 10000 1000000
    python -m canbo.eval.bench_memory --documents 10000 1000000 --no-models

Each number of short documents, each different from all others, is a run of its own with the
classifier that ships with canbo, without evidence and abstracts; or with a stand-in that knows no
theme, which shows in minutes what reading, writing, the journal and the report need.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from canbo.eval.measured_program import run_program

if TYPE_CHECKING:
    from canbo.models.predictions import ThemePrediction

__all__ = ["main", "run_without_models"]

_STAND_IN = "from canbo.eval.bench_memory import run_without_models as r; r()"


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
    add("--no-models", action="store_true", help="a stand-in for the classifier, without workers")
    arguments = parser.parse_args(argv)
    passed = False
    for number in arguments.documents:
        with tempfile.TemporaryDirectory(prefix="canbo-memory-") as work:
            inputs, output = Path(work) / "in.jsonl", Path(work) / "out"
            _write_documents(inputs, number)
            taken = run_program(_command(inputs, output, arguments))
            report = (output / "report.html").stat().st_size
        gibibytes = taken["peak_bytes"] / 2**30
        passed = passed or gibibytes > arguments.limit
        print(
            f"{number:,} documents: {gibibytes:.3f} GiB at most, {taken['process']:.1f} s,"
            f" {taken['processor']:.1f} cpu s; report.html {report / 1e6:.1f} MB",
            flush=True,
        )
    return int(passed)


def _write_documents(path: Path, number: int) -> None:
    with path.open("w", encoding="utf-8") as stream:
        for index in range(number):
            text = f"Xã số {index} luân chuyển {index % 97} cán bộ về thôn."
            row = {"id": f"document-{index}", "paragraphs": [text]}
            stream.write(json.dumps(row, ensure_ascii=False) + "\n")


def _command(inputs: Path, output: Path, arguments: argparse.Namespace) -> list[str]:
    if arguments.no_models:
        return [sys.executable, "-c", _STAND_IN, str(inputs), str(output)]
    command = [sys.executable, "-m", "canbo", "run", str(inputs), "--output", str(output)]
    return [*command, "--tasks", "themes", "--no-evidence", "--workers", str(arguments.workers)]


def run_without_models() -> None:
    """What `canbo run` does with the process's two arguments, INPUT and OUTPUT, but for models."""
    from canbo.analyzer import Analyzer
    from canbo.batch import RunConfig, run

    inputs, output = sys.argv[1:]
    stand_in: Any = _StandIn()
    run(RunConfig((inputs,), Path(output), tasks=("themes",)), Analyzer(stand_in, None))


class _StandIn:
    """A classifier that knows the shipped themes and finds none."""

    source, scheme, encoding, segmenter = "stand-in", None, None, None

    def __init__(self) -> None:
        from canbo.data.themes import load_theme_scheme

        self.scheme_ids = load_theme_scheme().ids

    def predict(
        self, texts: Sequence[str], *, batch_size: int = 32, evidence: bool = True
    ) -> list[ThemePrediction]:
        """No theme in any text."""
        from canbo.models.predictions import ThemePrediction

        return [ThemePrediction((), dict.fromkeys(self.scheme_ids, 0.0), ()) for _ in texts]


if __name__ == "__main__":
    raise SystemExit(main())
