"""How many machines, hours and how much money a number of articles takes, from measured rates.

    python -m canbo.eval.sizing bench-themes.json out/run.json --rate abstract=12/gpu

The rates come from records of ``canbo bench``, from ``run.json`` of a run with ``--engine ray``
(whose processes have one core or GPU each), or from ``--rate``, which goes before both; the page
names where each is from. A stage of N articles takes ``N x units / rate`` seconds of one core or
GPU, where its unit is the paragraph for themes and the article for all others. A GPU holds the
models of both tasks, so that their hours add up; reading goes on beside it.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from canbo.data.errors import UserError

__all__ = ["Prices", "Rate", "SizingError", "Task", "main", "read_rates", "sizing_page"]

# In the order of the work.
STAGES = ("survey", "read", "encode", "themes", "abstract")
MACHINES = ("cpu", "gpu")
_HOUR = 3600.0  # seconds


class SizingError(UserError):
    """Rates cannot be had from what was given; the message names it."""


@dataclass(frozen=True)
class Rate:
    """How fast one core or GPU is at a stage.

    Attributes:
        stage: one of `STAGES`.
        per_second: paragraphs of themes, articles of any other stage.
        machine: ``"cpu"``, one core, or ``"gpu"``, one GPU.
        source: where the figure is from.
    """

    stage: str
    per_second: float
    machine: str
    source: str


@dataclass(frozen=True)
class Task:
    """What is to be done.

    Attributes:
        articles: how many.
        paragraphs: in an article.
        syllables: in an article; the rates hold for articles of this length.
        hours: in which it should be done.
    """

    articles: int = 10_000_000
    paragraphs: float = 8.0
    syllables: int = 450
    hours: float = 24.0


@dataclass(frozen=True)
class Prices:
    """What machines cost: examples, to be replaced by one's own.

    Attributes:
        core_hour: one core for an hour, in dollars.
        gpu_hour: one GPU with its machine for an hour, in dollars.
        cores: of a machine without GPU.
        cores_beside: cores that come with each GPU.
    """

    core_hour: float = 0.05
    gpu_hour: float = 3.0
    cores: int = 16
    cores_beside: int = 8


def read_rates(paths: Iterable[Path]) -> dict[str, Rate]:
    """Take the rates of stages out of records; of a stage that stands in several, the last.

    Args:
        paths: records that ``canbo bench --output`` wrote, and ``run.json`` of runs.

    Raises:
        SizingError: a file is neither.
    """
    rates: dict[str, Rate] = {}
    for path in paths:
        try:
            record = json.loads(path.read_text(encoding="utf-8"))
            found = _bench_rates(record) if "best" in record else _run_rates(record)
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise SizingError(
                f"{path}: neither a record of canbo bench nor a run.json ({error!r})"
            ) from error
        rates |= {
            stage: Rate(stage, per_second, machine, path.name)
            for stage, (per_second, machine) in found.items()
        }
    if "read" in rates and "survey" not in rates:
        # The local engine reads once; Ray's first pass is the same work.
        rates["survey"] = Rate("survey", rates["read"].per_second, "cpu", "as read")
    return rates


def _bench_rates(record: Mapping[str, Any]) -> dict[str, tuple[float, str]]:
    """Of all cores of the machine together, on which nothing else ran."""
    cores = record["machine"]["cores"]
    seconds = record["best"]["canbo run"]["stages"]
    stage = record["task"]
    return {stage: (_units(stage, record) / seconds[stage] / cores, "cpu")}


def _run_rates(record: Mapping[str, Any]) -> dict[str, tuple[float, str]]:
    """Of one process each; Ray's count the seconds of all processes together."""
    counts, seconds = record["counts"], record["seconds"]
    machine = "gpu" if record["config"]["device"] == "cuda" else "cpu"
    return {
        stage: (
            _units(stage, counts) / seconds[stage],
            machine if stage in ("themes", "abstract") else "cpu",
        )
        for stage in STAGES
        if seconds.get(stage)
    }


def _units(stage: str, counts: Mapping[str, Any]) -> float:
    """How many of what a stage works on: the paragraph for themes, the article for all others."""
    return float(counts["paragraphs" if stage == "themes" else "documents"])


def sizing_page(rates: Mapping[str, Rate], task: Task, prices: Prices) -> str:
    """Write the page, as Markdown.

    Args:
        rates: by stage; a stage that is not there is left out, and said to be.
        task: what is to be done.
        prices: of machines.
    """
    known = [rates[stage] for stage in STAGES if stage in rates]
    lines = [
        f"# {task.articles:,} articles",
        "",
        "hours of one core or GPU = articles x units / rate / 3600; the unit is the paragraph for"
        " themes and the article for every other stage.",
        "",
        f"| stage | on | rate of one, a second | from | hours of one | cost |"
        f" for {task.hours:g} h |",
        "| --- | --- | ---: | --- | ---: | ---: | ---: |",
    ]
    hours = dict.fromkeys(MACHINES, 0.0)
    for rate in known:
        taken = _hours(rate, task)
        hours[rate.machine] += taken
        price = prices.gpu_hour if rate.machine == "gpu" else prices.core_hour
        unit = "paragraphs" if rate.stage == "themes" else "articles"
        one = "GPU" if rate.machine == "gpu" else "core"
        lines.append(
            f"| {rate.stage} | {one} | {rate.per_second:,.4g} {unit} | {rate.source}"
            f" | {taken:,.1f} | ${taken * price:,.0f} | {_pieces(taken / task.hours, one)} |"
        )
    lines += ["", *_cluster(hours, task, prices), "", *_assumptions(task, prices, rates)]
    return "\n".join(lines) + "\n"


def _hours(rate: Rate, task: Task) -> float:
    units = task.articles * (task.paragraphs if rate.stage == "themes" else 1)
    return units / rate.per_second / _HOUR


def _pieces(number: float, one: str) -> str:
    """A number of cores or GPUs, no fewer than are needed."""
    needed = math.ceil(number - 1e-9)
    return f"{needed:,} {one}{'' if needed == 1 else 's'}"


def _cluster(hours: Mapping[str, float], task: Task, prices: Prices) -> list[str]:
    """The machines that do it all in time, and what they cost."""
    gpus = math.ceil(hours["gpu"] / task.hours - 1e-9)
    # What reads and segments beside the GPUs has their machines' cores first.
    left = max(0.0, hours["cpu"] / task.hours - gpus * prices.cores_beside)
    nodes = math.ceil(left / prices.cores - 1e-9)
    cost = task.hours * (gpus * prices.gpu_hour + nodes * prices.cores * prices.core_hour)
    machines = [
        *([f"{gpus:,} with one GPU and {prices.cores_beside} cores each"] if gpus else []),
        *([f"{nodes:,} with {prices.cores} cores each"] if nodes else []),
    ]
    return [
        f"In {task.hours:g} hours: {' and '.join(machines) or 'no machine'}, ${cost:,.0f}.",
    ]


def _assumptions(task: Task, prices: Prices, rates: Mapping[str, Rate]) -> list[str]:
    lines = [
        "Assumed:",
        "",
        f"- articles of about {task.syllables} syllables in {task.paragraphs:g} paragraphs; time"
        " grows with their length;",
        f"- ${prices.core_hour:g} for a core and ${prices.gpu_hour:g} for a GPU with its machine an"
        " hour: examples, to be replaced by one's own prices;",
        "- stages overlap, and all machines have work all the time; starting, the last windows and"
        " lost machines come on top;",
        "- the files are many enough for all cores to read (one file is read by one task), and the"
        " head node writes as fast as results come.",
    ]
    if missing := [stage for stage in STAGES if stage not in rates]:
        lines.append(f"- not measured, so not counted: {', '.join(missing)}.")
    return lines


def main(argv: Sequence[str] | None = None) -> int:
    """Print the page.

    Args:
        argv: command line arguments; None takes the process's.

    Returns:
        Exit status.
    """
    parser = argparse.ArgumentParser(
        prog="python -m canbo.eval.sizing",
        description="Size a cluster from records of canbo bench, run.json files and rates.",
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    add = parser.add_argument
    add("records", nargs="*", type=Path, metavar="JSON", help="of canbo bench, or run.json")
    add(
        "--rate",
        action="append",
        default=[],
        type=_rate,
        metavar="STAGE=RATE/MACHINE",
        help="paragraphs (themes) or articles (other stages) a second of one cpu core or one gpu,"
        " such as themes=4000/gpu",
    )
    for name, default in vars(Task()).items():
        add(f"--{name}", type=type(default), default=default, help=" ")
    for name, default in vars(Prices()).items():
        add(f"--{name.replace('_', '-')}", type=type(default), default=default, help=" ")
    arguments = parser.parse_args(argv)
    try:
        rates = read_rates(arguments.records) | {rate.stage: rate for rate in arguments.rate}
    except SizingError as error:
        print(f"{parser.prog}: {error}", file=sys.stderr)
        return 2
    if not rates:
        parser.error("give a record or a --rate")
    given = vars(arguments)
    task = Task(**{name: given[name] for name in vars(Task())})
    prices = Prices(**{name: given[name] for name in vars(Prices())})
    print(sizing_page(rates, task, prices), end="")
    return 0


def _rate(text: str) -> Rate:
    stage, _, rest = text.partition("=")
    number, _, machine = rest.partition("/")
    try:
        per_second = float(number)
    except ValueError:
        per_second = 0.0
    if stage not in STAGES or machine not in MACHINES or not 0 < per_second < math.inf:
        raise argparse.ArgumentTypeError(
            f"{text!r} is not STAGE=RATE/MACHINE with a stage of {', '.join(STAGES)} and a machine"
            f" of {', '.join(MACHINES)}"
        )
    return Rate(stage, per_second, machine, "given")


if __name__ == "__main__":
    raise SystemExit(main())
