"""`canbo bench`: how fast `canbo run` is beside a plain script, and how far from its own limits.

Both read the same documents with the same checkpoint, each in a process of its own, in turn, as
many times as asked; of each the best time counts. Loading is told but not counted: it is paid once.
Processor seconds are told beside those of the clock, because another program's work on the machine
does not show in them; of `canbo run` they are those beyond a run on one document.
A summarizer is measured as `canbo export --format ct2` gives it where CTranslate2 is installed, and
beside that as it is. One of random weights writes what no gate lets through, so canbo shows its
abstracts raw: each is written once, as by the plain script.
The documents are the articles of the data set that ships with canbo. Where more are asked for, the
later rounds of them have the sentences of each paragraph in another order and a number behind, so
that no paragraph is scored by looking up an earlier one.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import partial
from importlib.resources import files
from itertools import islice
from pathlib import Path
from typing import Any

from canbo.data.errors import UserError
from canbo.data.provenance import file_sha256, library_versions
from canbo.eval.bench_texts import bench_documents, shipped_articles
from canbo.eval.measured_program import run_program
from canbo.eval.random_models import RANDOM_SIZES, random_classifier, random_summarizer
from canbo.models.summarizer import CT2_FOLDER

__all__ = ["main"]

_SEED = 0
_SEGMENTERS = ("underthesea", "canbo")
_LIMIT_REPEATS = 3
_START = "canbo run, one document"
_NOT_EXPORTED = "canbo run, not exported"


def main(argv: Sequence[str] | None = None) -> int:
    """Measure, print a table, and write the figures.

    Args:
        argv: command line arguments; None takes the process's.

    Returns:
        Exit status.
    """
    parser = argparse.ArgumentParser(
        prog="canbo bench",
        description="Measure `canbo run` against a plain transformers script on the same documents"
        " and checkpoint.",
    )
    add = parser.add_argument
    add("--task", choices=("themes", "abstract"), default="themes", help="default: %(default)s")
    add("--model", metavar="MODEL", help="folder of the model (default: the shipped classifier)")
    add("--random-size", choices=RANDOM_SIZES, help="a random model of that size in its place")
    add("--documents", type=int, default=252, metavar="N", help="default: %(default)s")
    add("--repeats", type=int, default=3, metavar="N", help="default: %(default)s")
    add("--evidence", action="store_true", help="measure canbo run with evidence too")
    add("--precision", choices=("int8", "float32"), default="int8", help="default: %(default)s")
    add("--workers", type=int, metavar="N", help="of canbo run (default: its own)")
    add(
        "--segmenters",
        nargs="+",
        choices=_SEGMENTERS,
        default=_SEGMENTERS,
        help="of the plain script; default: each in turn",
    )
    add("--output", type=Path, metavar="FILE", help="write the figures as JSON")
    arguments = parser.parse_args(argv)
    if arguments.random_size:
        arguments.task = "abstract" if arguments.random_size == "vit5-base" else "themes"
    if arguments.task == "abstract" and not (arguments.model or arguments.random_size):
        parser.error("--task abstract needs --model or --random-size vit5-base")
    try:
        with tempfile.TemporaryDirectory(prefix="canbo-bench-") as work:
            record = _measure(arguments, Path(work))
    except (UserError, OSError) as error:
        print(f"canbo bench: {error}", file=sys.stderr)
        return 2
    print(_table(record))
    if arguments.output:
        text = json.dumps(record, ensure_ascii=False, indent=2) + "\n"
        arguments.output.write_text(text, encoding="utf-8")
    return 0


def _measure(arguments: argparse.Namespace, work: Path) -> dict[str, Any]:
    documents = list(islice(bench_documents(), arguments.documents))
    inputs = work / "in.jsonl"
    with inputs.open("w", encoding="utf-8") as stream:
        for document in documents:
            row = {"id": document.id, "title": document.title, "paragraphs": document.paragraphs}
            stream.write(json.dumps(row, ensure_ascii=False) + "\n")
    texts = [text for document in documents for text in document.paragraphs]
    model = _model(arguments, work / "model")
    exported = _exported(model, work / "exported") if arguments.task == "abstract" else None
    programs = _programs(arguments, model, exported, inputs, work)
    load_before = os.getloadavg()
    runs: dict[str, list[dict[str, Any]]] = {name: [] for name in programs}
    for _ in range(arguments.repeats):
        for name, program in programs.items():
            runs[name].append(program())
    best = {name: min(taken, key=lambda run: run["counted"]) for name, taken in runs.items()}
    for name, taken in runs.items():
        best[name]["processor"] = min(run["processor"] for run in taken)
    start = best.pop(_START)
    for name, run in best.items():
        if name.startswith("canbo run"):
            run["processor"] -= start["processor"]
    limits = _theme_limits(model, texts, arguments.precision) if arguments.task == "themes" else {}
    return {
        "task": arguments.task,
        "model": arguments.random_size or arguments.model or "embedded",
        "documents": len(documents),
        "paragraphs": len(texts),
        "distinct_paragraphs": len(set(texts)),
        "input_sha256": file_sha256(inputs),
        "exported": exported is not None,
        "seed": _SEED,
        "config": {name: getattr(arguments, name) for name in ("repeats", "precision", "workers")},
        "machine": _machine() | {"load_average": [load_before, os.getloadavg()]},
        "versions": library_versions(),
        "start": {name: start[name] for name in ("process", "processor", "stages")},
        "best": best,
        "runs": runs,
        "limits": limits,
        "ratios": {
            name: {
                kind: best[name][kind] / best["canbo run"][kind]
                for kind in ("counted", "processor", "process")
            }
            for name in best
            if name != "canbo run"
        },
    }


def _model(arguments: argparse.Namespace, folder: Path) -> str:
    """The folder or hub id of the model to measure with."""
    if not arguments.random_size:
        return arguments.model or str(Path(str(files("canbo.models"))) / "embedded" / "classifier")
    shipped = (t for example in shipped_articles() for t in example.document.paragraphs)
    make = random_summarizer if arguments.random_size == "vit5-base" else random_classifier
    make(shipped, folder, _SEED)
    return str(folder)


def _exported(model: str, folder: Path) -> str | None:
    """The summarizer in the form that runs fastest, or None where that cannot be had."""
    try:
        import ctranslate2  # noqa: F401
    except ImportError:
        return None
    from canbo.models.summarizer_export import export_ct2

    return str(export_ct2(model, folder))


def _programs(
    arguments: argparse.Namespace, model: str, exported: str | None, inputs: Path, work: Path
) -> dict[str, Callable[[], dict[str, Any]]]:
    naive = [sys.executable, "-m", "canbo.eval.naive_pipeline", arguments.task, model, str(inputs)]
    naive.append(str(work / "naive.jsonl"))
    out = work / "out"
    command = [sys.executable, "-m", "canbo", "run"]
    ours = [str(inputs), "--output", str(out), "--overwrite"]
    ours += ["--tasks", arguments.task, "--precision", arguments.precision, "--device", "cpu"]
    if arguments.workers is not None:
        ours += ["--workers", str(arguments.workers)]
    if arguments.task == "abstract" and arguments.random_size:
        ours += ["--raw-abstracts"]
    torch_model = ["--classifier" if arguments.task == "themes" else "--summarizer", model]
    not_exported = [*ours, *torch_model]
    ours += ["--summarizer", exported] if exported else torch_model
    one = work / "one.jsonl"
    with inputs.open(encoding="utf-8") as lines:
        one.write_text(next(lines), encoding="utf-8")
    programs: dict[str, Callable[[], dict[str, Any]]] = {
        _START: lambda: _canbo([*command, str(one), *ours[1:], "--no-evidence"], out),
        "canbo run": lambda: _canbo([*command, *ours, "--no-evidence"], out),
    }
    if arguments.task == "abstract":
        # A folder that brings its own converted weights is never run without them.
        if exported and not (Path(model) / CT2_FOLDER).is_dir():
            programs[_NOT_EXPORTED] = lambda: _canbo(
                [*command, *not_exported, "--no-evidence"], out
            )
        programs["plain script"] = lambda: _naive(naive)
        return programs
    if arguments.evidence:
        programs["canbo run with evidence"] = lambda: _canbo([*command, *ours], out)
    for segmenter in arguments.segmenters:
        plain = partial(_naive, [*naive, "--segmenter", segmenter])
        programs[f"plain script, {segmenter}"] = plain
    return programs


def _canbo(command: Sequence[str], out: Path) -> dict[str, Any]:
    process = run_program(command)
    seconds = json.loads((out / "run.json").read_text(encoding="utf-8"))["seconds"]
    return process | {"stages": seconds, "counted": seconds["total"] - seconds["load"]}


def _naive(command: Sequence[str]) -> dict[str, Any]:
    process = run_program(command)
    stages = json.loads(process.pop("stdout"))
    counted = [name for name in ("segment", "model", "write") if name in stages]
    # Its processor time without the choice of the batch size.
    processor = sum(stages[f"{name}_processor"] for name in counted)
    return process | {
        "stages": stages,
        "counted": sum(stages[name] for name in counted),
        "processor": processor,
    }


def _theme_limits(model: str, texts: list[str], precision: str) -> dict[str, float]:
    """Seconds of the encoder alone on unpadded batches, and of encoding and segmenting alone."""
    from canbo.models.classifier import ThemeClassifier
    from canbo.models.segmentation import load_segmenter
    from canbo.models.text_encoding import segment_for_model

    classifier = ThemeClassifier.from_pretrained(model, device="cpu", precision=precision)  # type: ignore[arg-type]
    texts = list(dict.fromkeys(texts))
    if classifier.encoding is None or classifier.packed is None:
        return {}
    encode, packed = classifier.encoding.load(), classifier.packed
    rows = [window.ids for window in encode(texts)]
    segmenter = load_segmenter(classifier.encoding.segmenter)
    return {
        "model_alone": _best_seconds(lambda: packed.logits(rows)),
        "segment_alone": _best_seconds(lambda: segment_for_model(segmenter, texts)),
        "encode_alone": _best_seconds(lambda: encode(texts)),
        "tokens": sum(map(len, rows)),
    }


def _best_seconds(do: Callable[[], object]) -> float:
    taken = []
    for _ in range(_LIMIT_REPEATS):
        begin = time.perf_counter()
        do()
        taken.append(time.perf_counter() - begin)
    return min(taken)


def _machine() -> dict[str, Any]:
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    processor = platform.processor()
    info = Path("/proc/cpuinfo")
    if info.is_file():
        names = [line for line in info.read_text().splitlines() if line.startswith("model name")]
        processor = names[0].partition(":")[2].strip() if names else processor
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return {
        "system": platform.platform(),
        "processor": processor,
        "cores": cores,
        "memory_bytes": memory,
    }


def _table(record: dict[str, Any]) -> str:
    documents, paragraphs = record["documents"], record["paragraphs"]
    lines = [
        f"{record['task']}, model {record['model']}: {documents:,} documents,"
        f" {paragraphs:,} paragraphs; best of {record['config']['repeats']}",
        f"{'':28} {'seconds':>8} {'cpu s':>8} {'process s':>10} {'peak MB':>8} {'times':>6}"
        f" {'cpu times':>9}",
    ]
    for name, run in record["best"].items():
        ratio = record["ratios"].get(name)
        times = f"{ratio['counted']:6.2f} {ratio['processor']:9.2f}" if ratio else ""
        lines.append(
            f"{name:28} {run['counted']:8.2f} {run['processor']:8.2f} {run['process']:10.2f}"
            f" {run['peak_bytes'] / 1e6:8.0f} {times}"
        )
        lines.append(
            "    " + ", ".join(f"{stage} {value:.2f}" for stage, value in run["stages"].items())
        )
    start = record["start"]
    lines.append(f"one document: {start['process']:.2f} s, {start['processor']:.2f} cpu s")
    lines += [f"{name}: {value:,.2f}" for name, value in record["limits"].items()]
    if limits := record["limits"]:
        share = limits["model_alone"] / record["best"]["canbo run"]["counted"]
        lines.append(f"canbo run spends {share:.0%} of its time as its model alone would")
    return "\n".join(lines)


if __name__ == "__main__":
    raise SystemExit(main())
