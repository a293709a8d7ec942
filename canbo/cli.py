"""The command line. Nothing heavy is imported before a command needs it."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import canbo
from canbo.analyzer import ALL_TASKS, DEFAULT_BATCH_SIZE, TASKS
from canbo.data.errors import UserError
from canbo.export_command import add_export_command
from canbo.train_command import TRAINERS, train_model

if TYPE_CHECKING:
    from canbo.batch import RunConfig
    from canbo.data.readers import ReadOptions

__all__ = ["main"]

DONE, USAGE, SOME_FAILED, INTERRUPTED = 0, 2, 3, 130
FIELDS = ("text", "paragraphs", "id", "title", "lead", "date")
DATA_FORMATS = ("jsonl", "label-studio")
# Libraries that only an extra of the package installs.
EXTRAS = {
    **dict.fromkeys(("gensim", "pyvi", "sklearn", "tensorboard"), "train"),
    "underthesea": "underthesea",
    "wandb": "wandb",
    "ctranslate2": "ct2",
    **dict.fromkeys(("onnx", "onnxruntime", "onnxscript"), "onnx"),
}


def main(argv: list[str] | None = None) -> int:
    """Run one command.

    Args:
        argv: the arguments after the program's name; None takes the process's own.

    Returns:
        0 when all went well, 1 when data are not valid, 2 for wrong use, 3 when some inputs could
        not be analysed, 130 when interrupted.

    Raises:
        SystemExit: from argparse, with 2 for wrong options and 0 for ``--help``, ``--version``.
    """
    argv = sys.argv[1:] if argv is None else argv
    if argv[:1] == ["train"] and len(argv) > 1 and argv[1] in TRAINERS:
        # Past argparse, which would keep the job's own --help for itself.
        return _train(argv[1], argv[2:])
    if argv[:1] == ["bench"]:
        return _bench(argv[1:])
    args = _parser().parse_args(argv)
    if "data_command" in args:
        return _data(args)
    if "model_dir" in args:
        return _card(args)
    if "export_format" in args:
        return _export(args)
    if "compare" in args:
        return _evaluate(args)
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
        description="Train a model. `canbo train JOB --help` lists the fields of a job.",
    )
    train.add_argument("job", choices=TRAINERS, help="what to train")
    train.add_argument("config", metavar="CONFIG", help="YAML file, such as those in configs/")
    train.add_argument("fields", nargs="*", metavar="--field value", help="in place of CONFIG's")
    _add_data_commands(commands)
    _add_evaluate_command(commands)
    _add_card_command(commands)
    add_export_command(commands)
    # `main` hands its arguments on before this parser sees them.
    commands.add_parser("bench", help="measure canbo run against a plain transformers script")
    return parser


def _add_run_arguments(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add(
        "inputs",
        nargs="+",
        metavar="INPUT",
        help="file, folder or quoted glob; or a file or folder as s3://, gs://, hdfs://...",
    )
    add("--output", required=True, type=Path, metavar="DIR", help="folder of the results")
    add(
        "--copy-to",
        metavar="URI",
        help="folder to copy the finished results to as well: s3://, gs://, hdfs://...",
    )
    add("--overwrite", action="store_true", help="remove an earlier run's results first")
    add(
        "--log-json",
        action="store_true",
        help="progress and messages as one JSON object a line on stderr, for machines",
    )
    models = parser.add_argument_group("models")
    add = models.add_argument
    add(
        "--tasks",
        type=_tasks,
        default=TASKS,
        help="of themes, abstract and abstract:by-theme, which gives one or two sentences for each"
        " theme of an article and implies themes (default: themes,abstract)",
    )
    add("--classifier", metavar="MODEL", help="folder or hub id (default: the shipped model)")
    add("--summarizer", metavar="MODEL", help="folder or hub id (default: the shipped model)")
    add(
        "--raw-abstracts",
        action="store_true",
        help="show what the summarizer's model wrote even where the article does not support it;"
        " 'unsupported' names it (default: only what is supported)",
    )
    add("--device", choices=("cpu", "cuda"), help="default: cuda where there is one")
    add(
        "--batch-size",
        type=_positive,
        default=DEFAULT_BATCH_SIZE,
        metavar="N",
        help="paragraphs a forward pass (default: %(default)s)",
    )
    add("--no-evidence", dest="evidence", action="store_false", help="leave the evidence out")
    add(
        "--precision",
        choices=("int8", "float32"),
        default="int8",
        help="of the classifier's matrices on a CPU; int8 is faster (default: %(default)s)",
    )
    add(
        "--workers",
        type=_count,
        metavar="N",
        help="processes that read, segment and tokenize ahead of the models (default: by the cores,"
        " 0 for small inputs); with --engine ray, processes that hold the models (default: one a"
        " GPU, or one a core); the results are the same",
    )
    engine = parser.add_argument_group("machines")
    add = engine.add_argument
    add(
        "--engine",
        choices=("local", "ray"),
        default="local",
        help="local: this machine; ray: a Ray cluster (default: %(default)s)",
    )
    add(
        "--ray-address",
        metavar="ADDRESS",
        help="of the cluster: HOST:6379, auto, or ray://HOST:10001 (default: start Ray on this"
        " machine)",
    )
    _add_field_names(parser)
    report = parser.add_argument_group("report")
    add = report.add_argument
    add("--report-language", choices=("vi", "en"), default="vi", help="default: %(default)s")
    add("--themes", type=Path, metavar="FILE", help="theme scheme (default: the classifier's)")


def _add_field_names(parser: argparse.ArgumentParser) -> None:
    rows = parser.add_argument_group("rows of .jsonl, .csv and .parquet")
    for name in FIELDS:
        rows.add_argument(f"--{name}-field", metavar="NAME", help=f"default: {name}")


def _add_data_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    data = commands.add_parser(
        "data",
        help="build, import, check and describe labelled data",
        description="Labelled data: one JSON object a line with id, text, labels and article.",
    )
    kinds = data.add_subparsers(required=True, dest="data_command", metavar="COMMAND")

    def command(name: str, help: str, description: str) -> argparse.ArgumentParser:
        parser = kinds.add_parser(name, help=help, description=description, allow_abbrev=False)
        parser.add_argument(
            "--themes", type=Path, metavar="FILE", help="theme scheme (default: the shipped one)"
        )
        return parser

    build = command(
        "build",
        "cut articles to paragraphs for annotation",
        "Read articles as `canbo run` does and write their paragraphs without labels: a row each,"
        " or tasks of Label Studio with the labelling configuration beside them (.xml)."
        " Exit status: 0 all read, 3 some not, 2 wrong use.",
    )
    build.add_argument("inputs", nargs="+", metavar="INPUT", help="file, folder or quoted glob")
    build.add_argument("--format", dest="form", choices=DATA_FORMATS, default=DATA_FORMATS[0])
    build.add_argument(
        "--classifier", metavar="MODEL", help="folder or hub id: suggests themes in Label Studio"
    )
    _add_field_names(build)
    back = command(
        "import",
        "turn an export of Label Studio into labelled data",
        "Read Label Studio's export (JSON or JSON-MIN), let the majority of the annotators decide"
        " and print how far they agree. Exit status: 0 all taken, 3 some tasks not, 2 wrong use.",
    )
    back.add_argument("export", type=Path, metavar="EXPORT", help="JSON file")
    join = kinds.add_parser(
        "join",
        help="put vietnews' text to labels that are kept without it",
        description="Write labelled paragraphs from labels that name sentences of vietnews, such as"
        " those in data/vietnews-themes.",
        allow_abbrev=False,
    )
    join.add_argument("labels", type=Path, metavar="LABELS", help="JSONL of places and labels")
    join.add_argument(
        "--corpus",
        required=True,
        type=Path,
        metavar="DIR",
        help="folder of vietnews' parquet files",
    )
    for parser in (build, back, join):
        parser.add_argument("--output", required=True, type=Path, metavar="FILE")
        parser.add_argument("--overwrite", action="store_true", help="replace an earlier file")
    check = command(
        "validate",
        "check labelled data, each file by itself and splits against each other",
        "A split is all files of one name (news/train.jsonl, reports/train.jsonl). Errors: lines"
        " that are not of the form, unknown labels, ids that stand twice, articles and texts that"
        " stand in two splits, near-duplicates (at least 30% of a paragraph's 12-grams of"
        " syllables stand in other splits), labels that contradict each other. Warnings: a text"
        " twice in a split. Exit status: 0 no error, 1 errors, 2 wrong use.",
    )
    stats = command(
        "stats",
        "count rows, articles, themes, combinations and lengths",
        "Print a table, a column for each split (all files of one name).",
    )
    for parser in (check, stats):
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="labelled JSONL")
    stats.add_argument("--output", type=Path, metavar="DIR", help="folder for plots: stats.html")
    stats.add_argument("--report-language", choices=("vi", "en"), default="vi", dest="language")


def _add_evaluate_command(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    evaluate = commands.add_parser(
        "evaluate",
        help="score models and baselines on test sets, with intervals and a report",
        description="Score models and baselines as CONFIG says and write metrics.json, report.md"
        " and report.html. A model that was trained on articles of a test set is refused."
        " MODEL is a folder, a hub id, or 'embedded' for the one that ships.",
        allow_abbrev=False,
    )
    add = evaluate.add_argument
    add("config", type=Path, metavar="CONFIG", help="YAML file, such as those in configs/eval")
    add("--output", required=True, type=Path, metavar="DIR", help="folder of the results")
    which = evaluate.add_mutually_exclusive_group()
    which.add_argument(
        "--model",
        action="extend",
        nargs="+",
        default=[],
        dest="models",
        metavar="MODEL",
        help="score these in place of CONFIG's models",
    )
    which.add_argument(
        "--compare",
        nargs=2,
        default=[],
        metavar=("A", "B"),
        help="score these two without baselines and write where they differ: differences.jsonl",
    )
    add("--device", choices=("cpu", "cuda"), help="default: cuda where there is one")
    add(
        "--precision",
        choices=("int8", "float32"),
        help="of the scores of the classifiers of --model and --compare; int8, on a CPU, is what"
        " canbo run takes (default: what CONFIG says of them, or float32)",
    )


def _add_card_command(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    card = commands.add_parser(
        "card",
        help="write a model card from a model's folder and its evaluation report",
        description="Write a Hugging Face model card. Its scores come from the report's"
        " metrics.json, what no file of the checkpoint says from card.yaml in the model's folder.",
        allow_abbrev=False,
    )
    add = card.add_argument
    add("model_dir", type=Path, metavar="MODEL_DIR", help="folder of the model")
    add(
        "--report",
        required=True,
        type=Path,
        metavar="DIR",
        help="folder that `canbo evaluate` wrote",
    )
    add("--output", type=Path, metavar="FILE", help="default: README.md in MODEL_DIR")
    add("--overwrite", action="store_true", help="replace a card that a person wrote")


def _tasks(text: str) -> tuple[str, ...]:
    asked = [part.strip() for part in text.split(",")]
    if unknown := [task for task in asked if task not in ALL_TASKS]:
        raise argparse.ArgumentTypeError(f"unknown task {unknown[0]!r}: give {','.join(ALL_TASKS)}")
    return tuple(task for task in ALL_TASKS if task in asked)


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of 1 or more")
    return int(text)


def _count(text: str) -> int:
    return 0 if text == "0" else _positive(text)


def _quiet_libraries() -> None:
    """The libraries' own bars and hints about loading are not about the user's articles."""
    os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
    os.environ.setdefault("HF_HUB_VERBOSITY", "error")
    os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")


def _run(args: argparse.Namespace) -> int:
    _quiet_libraries()
    try:
        from canbo.batch import run

        summary = run(_config(args))
    except (UserError, OSError) as error:
        return _end_run(args, USAGE, "refused", str(error))
    except KeyboardInterrupt:
        again = "The same command, without --overwrite," if args.overwrite else "The same command"
        message = f"interrupted. {again} continues {args.output} where it stopped."
        return _end_run(args, INTERRUPTED, "interrupted", message)
    counts = summary.counts
    print(f"{counts.documents} documents, {counts.errors} errors -> {summary.report}", flush=True)
    if counts.errors:
        message = f"what could not be analysed is in {summary.errors}"
        return _end_run(args, SOME_FAILED, "failed_inputs", message)
    return DONE


def _end_run(args: argparse.Namespace, status: int, event: str, message: str) -> int:
    """Say on stderr, as the options ask, why the run does not end with 0."""
    if args.log_json:
        from canbo.progress import log_event

        log_event(event, message=message, status=status)
    else:
        _refuse("canbo run", message)
    return status


def _data(args: argparse.Namespace) -> int:
    _quiet_libraries()
    from canbo import data_commands

    values = vars(args)
    name = values.pop("data_command")
    handlers: dict[str, Callable[..., int]] = {
        "build": data_commands.build_data,
        "import": data_commands.import_data,
        "join": data_commands.join_data,
        "validate": data_commands.validate_data,
        "stats": data_commands.show_stats,
    }
    if name == "build":
        values["read"] = _read_options(values)
    return _guarded(f"canbo data {name}", lambda: handlers[name](**values))


def _card(args: argparse.Namespace) -> int:
    _quiet_libraries()

    def write() -> int:
        from canbo.eval.card import write_card

        print(write_card(args.model_dir, args.report, args.output, overwrite=args.overwrite))
        return DONE

    return _guarded("canbo card", write)


def _export(args: argparse.Namespace) -> int:
    _quiet_libraries()
    from canbo.export_command import export_model

    return _guarded("canbo export", lambda: export_model(args))


def _evaluate(args: argparse.Namespace) -> int:
    _quiet_libraries()

    def evaluate() -> int:
        from canbo.evaluate_command import evaluate_models

        return evaluate_models(**vars(args))

    return _guarded("canbo evaluate", evaluate)


def _bench(argv: list[str]) -> int:
    _quiet_libraries()
    from canbo.eval.bench_run import main as bench

    return bench(argv)


def _train(job: str, argv: list[str]) -> int:
    return _guarded(f"canbo train {job}", lambda: train_model(job, argv))


def _guarded(command: str, work: Callable[[], int]) -> int:
    """Do a command's work; say in one line what the user can mend, and that it was interrupted."""
    try:
        return work()
    except (UserError, OSError) as error:
        return _refuse(command, str(error))
    except (ImportError, RuntimeError) as error:
        if (extra := _missing_extra(error)) is None:
            raise
        return _refuse(command, f"needs the {extra} extra: pip install 'canbo[{extra}]'")
    except KeyboardInterrupt:
        print(f"{command}: interrupted", file=sys.stderr)
        return INTERRUPTED


def _missing_extra(error: ImportError | RuntimeError) -> str | None:
    """The extra that would have installed what an error says is missing."""
    if isinstance(error, ImportError):
        return EXTRAS.get((error.name or "").partition(".")[0])
    # transformers looks for these itself and raises no ImportError.
    loggers = (name for name in ("tensorboard", "wandb") if f"requires {name} to be" in str(error))
    return EXTRAS.get(next(loggers, ""))


def _refuse(command: str, message: str) -> int:
    """Say why in one line, whatever a library's message looks like."""
    print(f"{command}: {' '.join(message.splitlines())}", file=sys.stderr)
    return USAGE


def _config(args: argparse.Namespace) -> RunConfig:
    from canbo.batch import RunConfig
    from canbo.feeder import default_workers

    values = vars(args)
    read = _read_options(values)
    workers = args.workers
    if workers is None:
        workers = default_workers(args.inputs) if args.engine == "local" else 0
    given = {"inputs": tuple(args.inputs), "read": read, "workers": workers}
    return RunConfig(**values | given)


def _read_options(values: dict[str, Any]) -> ReadOptions:
    """Take the names of fields out of the options."""
    from canbo.data.readers import ReadOptions

    names = {f"{name}_field": values.pop(f"{name}_field") for name in FIELDS}
    return ReadOptions(**{key: name for key, name in names.items() if name is not None})
