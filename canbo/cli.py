"""The command line. Nothing heavy is imported before a command needs it."""

from __future__ import annotations

import argparse
import os
import sys
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

import canbo
from canbo.analyzer import DEFAULT_BATCH_SIZE, TASKS
from canbo.data.errors import UserError

if TYPE_CHECKING:
    from canbo.batch import RunConfig

__all__ = ["main"]

DONE, USAGE, SOME_FAILED, INTERRUPTED = 0, 2, 3, 130
# `canbo train JOB` calls this module's `main` with the arguments that follow.
TRAINERS = {
    job: f"canbo.train.{job}"
    for job in (
        "segmenter",
        "pretrain",
        "committee",
        "classifier",
        "extractive",
        "summarizer",
        "selection",
    )
}
# Libraries that only an extra of the package installs.
EXTRAS = {
    **dict.fromkeys(("gensim", "pyvi", "sklearn", "tensorboard"), "train"),
    "underthesea": "underthesea",
}


def main(argv: list[str] | None = None) -> int:
    """Run one command.

    Args:
        argv: the arguments after the program's name; None takes the process's own.

    Returns:
        0 when all went well, 2 for wrong use, 3 when some inputs could not be analysed, 130 when
        interrupted.

    Raises:
        SystemExit: from argparse, with 2 for wrong options and 0 for ``--help``, ``--version``.
    """
    argv = sys.argv[1:] if argv is None else argv
    if argv[:1] == ["train"] and len(argv) > 1 and argv[1] in TRAINERS:
        # Past argparse, which would keep the job's own --help for itself.
        return _train(argv[1], argv[2:])
    args = _parser().parse_args(argv)
    if "job" in args:  # As in `canbo train -- JOB CONFIG`.
        return _train(args.job, [args.config, *args.fields])
    return _run(args)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="canbo",
        description="Themes, evidence and abstracts for Vietnamese articles on cadre work.",
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"canbo {canbo.__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    run = commands.add_parser(
        "run",
        help="analyse articles: themes, evidence, abstracts and a report",
        description="Read articles and write documents.jsonl, errors.jsonl, run.json and"
        " report.html. The same command again continues a run that was stopped."
        " Exit status: 0 all inputs analysed, 3 some not (see errors.jsonl), 2 wrong use,"
        " 130 interrupted.",
        allow_abbrev=False,
    )
    _add_run_arguments(run)
    train = commands.add_parser(
        "train",
        help="train a model from a configuration file",
        description="Train a model. `canbo train JOB CONFIG --help` lists the fields of a job.",
    )
    train.add_argument("job", choices=TRAINERS, help="what to train")
    train.add_argument("config", metavar="CONFIG", help="YAML file, such as those in configs/")
    train.add_argument("fields", nargs="*", metavar="--field value", help="in place of CONFIG's")
    return parser


def _add_run_arguments(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("inputs", nargs="+", metavar="INPUT", help="file, folder or quoted glob")
    add("--output", required=True, type=Path, metavar="DIR", help="folder of the results")
    add("--overwrite", action="store_true", help="remove an earlier run's results first")
    models = parser.add_argument_group("models")
    add = models.add_argument
    add("--tasks", type=_tasks, default=TASKS, help="themes,abstract (default) or one of them")
    add("--classifier", metavar="MODEL", help="folder or hub id (default: the shipped model)")
    add("--summarizer", metavar="MODEL", help="folder or hub id (default: the shipped model)")
    add("--device", choices=("cpu", "cuda"), help="default: cuda where there is one")
    add(
        "--batch-size",
        type=_positive,
        default=DEFAULT_BATCH_SIZE,
        metavar="N",
        help="paragraphs a forward pass (default: %(default)s)",
    )
    add("--no-evidence", dest="evidence", action="store_false", help="leave the evidence out")
    rows = parser.add_argument_group("rows of .jsonl, .csv and .parquet")
    for name in ("text", "paragraphs", "id", "title"):
        rows.add_argument(f"--{name}-field", metavar="NAME", help=f"default: {name}")
    report = parser.add_argument_group("report")
    add = report.add_argument
    add("--report-language", choices=("vi", "en"), default="vi", help="default: %(default)s")
    add("--themes", type=Path, metavar="FILE", help="theme scheme (default: the classifier's)")


def _tasks(text: str) -> tuple[str, ...]:
    asked = [part.strip() for part in text.split(",")]
    if unknown := [task for task in asked if task not in TASKS]:
        raise argparse.ArgumentTypeError(f"unknown task {unknown[0]!r}: give {','.join(TASKS)}")
    return tuple(task for task in TASKS if task in asked)


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of 1 or more")
    return int(text)


def _run(args: argparse.Namespace) -> int:
    # The libraries' own bars and hints about loading are not about the user's articles.
    os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
    os.environ.setdefault("HF_HUB_VERBOSITY", "error")
    os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")
    try:
        from canbo.batch import run

        summary = run(_config(args))
    except (UserError, OSError) as error:
        return _refuse("canbo run", str(error))
    except KeyboardInterrupt:
        print(
            f"canbo run: interrupted. The same command continues {args.output} where it stopped.",
            file=sys.stderr,
        )
        return INTERRUPTED
    counts = summary.counts
    if counts.errors:
        print(f"canbo run: what could not be analysed is in {summary.errors}", file=sys.stderr)
    print(f"{counts.documents} documents, {counts.errors} errors -> {summary.report}")
    return SOME_FAILED if counts.errors else DONE


def _train(job: str, argv: list[str]) -> int:
    try:
        return int(import_module(TRAINERS[job]).main(argv))
    except (UserError, OSError) as error:
        return _refuse(f"canbo train {job}", str(error))
    except (ImportError, RuntimeError) as error:
        if (extra := _missing_extra(error)) is None:
            raise
        return _refuse(
            f"canbo train {job}", f"needs the {extra} extra: pip install 'canbo[{extra}]'"
        )
    except KeyboardInterrupt:
        print(f"canbo train {job}: interrupted", file=sys.stderr)
        return INTERRUPTED


def _missing_extra(error: ImportError | RuntimeError) -> str | None:
    """The extra that would have installed what an error says is missing."""
    if isinstance(error, ImportError):
        return EXTRAS.get((error.name or "").partition(".")[0])
    # transformers looks for tensorboard itself and raises no ImportError.
    return EXTRAS["tensorboard"] if "requires tensorboard" in str(error) else None


def _refuse(command: str, message: str) -> int:
    """Say why in one line, whatever a library's message looks like."""
    print(f"{command}: {' '.join(message.splitlines())}", file=sys.stderr)
    return USAGE


def _config(args: argparse.Namespace) -> RunConfig:
    from canbo.batch import RunConfig
    from canbo.data.readers import ReadOptions

    values = vars(args)
    fields = {
        key: values.pop(key)
        for key in ("text_field", "paragraphs_field", "id_field", "title_field")
    }
    read = ReadOptions(**{key: name for key, name in fields.items() if name is not None})
    return RunConfig(**values | {"inputs": tuple(args.inputs), "read": read})
