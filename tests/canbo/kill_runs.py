"""Kill runs with SIGKILL wherever they touch the disk, and hold what resumed runs give to it.

One process imports canbo and forks for every run, so that a kill costs a fraction of a second. In
the fork every write, fsync, truncate, replace and unlink of an output folder is a step: the run
dies before it, inside it or after it, as it is told, or at a random time from outside. Then the
same run is started again, sometimes killed again, until it ends; its four files must be those of
a run that nothing disturbed, dates and seconds aside::

    python tests/canbo/kill_runs.py --kills 100 --log kills.txt
"""

from __future__ import annotations

import argparse
import builtins
import contextlib
import io
import json
import os
import random
import re
import resource
import shutil
import signal
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

from fakes import fake_analyzer, write_scheme

# What a run loads late is loaded here, once for all forks.
import canbo.report  # noqa: F401
from canbo.analyzer import Analyzer
from canbo.batch import RunConfig, run
from canbo.output import WINDOW

PHASES = ("before", "inside", "after")
FILES = ("documents.jsonl", "errors.jsonl", "run.json", "report.html")
_ENDED, _REFUSED = 0, 2
_ORPHAN_SECONDS = 30.0
_RANDOM = 0.6  # Of the undisturbed run's time, which is the first: later ones are faster.


# --- steps on the disk -------------------------------------------------------------------------


@dataclass(frozen=True)
class Step:
    """A call that changes the output folder.

    Attributes:
        number: its place among those of the run.
        call: ``write``, ``fsync``, ``truncate``, ``replace`` or ``unlink``.
        file: name of the file.
    """

    number: int
    call: str
    file: str


@dataclass(frozen=True)
class Kill:
    """When to die: at a step, or after some seconds."""

    step: int = -1
    phase: str = "before"
    seconds: float | None = None
    victim: str = "main"


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)
    signal.pause()


class Disk:
    """Stands between a run and its output folder.

    Args:
        folder: the output folder.
        on_step: told of each step; says in which phase to die, if in any.
    """

    def __init__(self, folder: Path, on_step: Callable[[str, str], str | None]) -> None:
        self.folder, self._on_step = str(folder), on_step
        self._open = io.open

    def install(self) -> None:
        """Take the place of the system's calls, in this process for good."""
        io.open = builtins.open = self.open  # type: ignore[assignment]
        # pathlib keeps names of these modules, not of the functions.
        for name in ("replace", "unlink"):
            setattr(os, name, self._by_path(name, getattr(os, name)))
        os.fsync = self._fsync(os.fsync)  # type: ignore[assignment]

    def open(self, file: Any, mode: str = "r", *arguments: Any, **options: Any) -> Any:
        stream = self._open(file, mode, *arguments, **options)
        name = os.fspath(file) if isinstance(file, str | os.PathLike) else ""
        watched = isinstance(name, str) and name.startswith(self.folder + os.sep)
        if watched and mode[0] in "wax" and not name.endswith(".lock"):
            return _Stream(stream, Path(name).name, self)
        return stream

    def step(self, call: str, file: str, act: Callable[[], Any], half: Callable[[], Any]) -> Any:
        """Do one step, or a part of it and die."""
        phase = self._on_step(call, file)
        if phase == "before":
            _die()
        if phase == "inside":
            half()
            _die()
        result = act()
        if phase == "after":
            _die()
        return result

    def _by_path(self, call: str, original: Callable[..., Any]) -> Callable[..., Any]:
        def called(path: Any, *arguments: Any, **options: Any) -> Any:
            def act() -> Any:
                return original(path, *arguments, **options)

            if not os.fspath(path).startswith(self.folder + os.sep):
                return act()
            return self.step(call, Path(path).name, act, lambda: _meanwhile(act))

        return called

    def _fsync(self, original: Callable[[int], None]) -> Callable[[int], None]:
        def called(handle: int) -> None:
            path = str(Path(f"/proc/self/fd/{handle}").readlink())

            def sync() -> None:
                original(handle)

            if path.startswith(self.folder):
                # What a killed process wrote is in the system's hands and not lost: there is
                # nothing to wait for, but where the kill is to meet the call.
                name = "folder" if path == self.folder else Path(path).name
                self.step("fsync", name, lambda: None, lambda: _meanwhile(sync))
            else:
                sync()

        return called


def _meanwhile(act: Callable[[], Any]) -> None:
    """Kill from another thread while a call is in the system, as near as that can be met."""
    threading.Thread(target=_die, daemon=True).start()
    act()


class _Stream:
    """A file that is written to."""

    def __init__(self, stream: Any, name: str, disk: Disk) -> None:
        self._stream, self._name, self._disk = stream, name, disk

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def __enter__(self) -> _Stream:
        return self

    def __exit__(self, *_: object) -> None:
        self._stream.close()

    def write(self, content: Any) -> Any:
        def act(part: Any = content) -> Any:
            count = self._stream.write(part)
            self._stream.flush()
            return count

        return self._disk.step(
            "write", self._name, act, lambda: act(content[: (len(content) + 1) // 2])
        )

    def writelines(self, parts: Any) -> None:
        self.write("".join(parts))

    def truncate(self, size: int) -> Any:
        def act() -> Any:
            return self._stream.truncate(size)

        return self._disk.step("truncate", self._name, act, lambda: _meanwhile(act))


# --- runs in forks -----------------------------------------------------------------------------


class Runs:
    """Runs of one configuration, each in a process forked from this one.

    Args:
        config: what to do; the output folder is given to each run.
        load: loads the models, in the fork.
        scratch: folder for the undisturbed run and for logs.

    Attributes:
        steps: those of the undisturbed run.
        seconds: how long it took.
        expected: its files, masked.
        log: what all runs print.
    """

    def __init__(self, config: RunConfig, load: Callable[[], Analyzer], scratch: Path) -> None:
        self._config, self.load = config, load
        scratch.mkdir(parents=True, exist_ok=True)
        self.log = scratch / "stderr.txt"
        reference = scratch / "reference"
        shutil.rmtree(reference, ignore_errors=True)
        steps = scratch / "steps.jsonl"
        steps.unlink(missing_ok=True)
        begin = time.monotonic()
        pid = self.start(reference, steps=steps)
        if (status := _wait(pid)) != _ENDED:
            raise RuntimeError(f"the undisturbed run ended with {status}: {self.log.read_text()}")
        self.seconds = time.monotonic() - begin
        lines = steps.read_text().splitlines()
        self.steps = [Step(n, *json.loads(line)) for n, line in enumerate(lines)]
        self.expected = masked(reference)

    def start(self, output: Path, kill: Kill | None = None, steps: Path | None = None) -> int:
        """Fork a run; it is the leader of a process group of its own."""
        if pid := os.fork():
            with contextlib.suppress(PermissionError):
                os.setpgid(pid, pid)
            return pid
        status = 70
        try:
            os.setpgid(0, 0)
            log = os.open(self.log, os.O_CREAT | os.O_WRONLY | os.O_APPEND)
            os.dup2(log, 1)
            os.dup2(log, 2)
            number = -1

            def on_step(call: str, file: str) -> str | None:
                nonlocal number
                number += 1
                if steps is not None:
                    with steps.open("a") as stream:
                        stream.write(json.dumps([call, file]) + "\n")
                return kill.phase if kill and number == kill.step else None

            Disk(output, on_step).install()
            run(replace(self._config, output=output), self.load())
            status = _ENDED
        except ValueError as error:  # UserError
            print(error, file=sys.stderr, flush=True)
            status = _REFUSED
        except BaseException:
            import traceback

            traceback.print_exc()
        finally:
            os._exit(status)

    def attempt(self, output: Path, kill: Kill | None, chance: random.Random) -> int:
        """One run to its end, whatever that is; its exit status, or the signal's number below 0.

        Raises:
            RuntimeError: processes of it live on.
        """
        pid = self.start(output, kill)
        if kill and kill.seconds is not None:
            time.sleep(kill.seconds)
            victims = [pid] if kill.victim == "main" else [m for m in members(pid) if m != pid]
            if victims:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(chance.choice(victims), signal.SIGKILL)
        status = _wait(pid)
        deadline = time.monotonic() + _ORPHAN_SECONDS
        while orphans := members(pid):
            if time.monotonic() > deadline:
                for orphan in orphans:
                    os.kill(orphan, signal.SIGKILL)
                raise RuntimeError(f"{len(orphans)} processes outlived their run")
            time.sleep(0.02)
        return status


def _wait(pid: int) -> int:
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def members(group: int) -> list[int]:
    """Living processes of a group."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                state, _, of_group = (entry / "stat").read_text().rpartition(")")[2].split()[:3]
                if int(of_group) == group and state not in "ZX":
                    found.append(int(entry.name))
    return sorted(found)


def masked(output: Path) -> dict[str, bytes | str]:
    """The run's files without dates, seconds and the folder's own name."""
    content: dict[str, bytes | str] = {
        name: (output / name).read_bytes() for name in ("documents.jsonl", "errors.jsonl")
    }
    state = json.loads((output / "run.json").read_text(encoding="utf-8"))
    state["date"], state["seconds"] = "", {}
    content["run.json"] = json.dumps(state, ensure_ascii=False, indent=2)
    report = (output / "report.html").read_text(encoding="utf-8")
    # The facts of the run: its date, and the seconds by stage.
    report, dates = re.subn(r"(<dt>Thời điểm</dt><dd>)[^<]*", r"\1", report)
    report, seconds = re.subn(r"(<dt>Thời gian xử lý</dt><dd>)[^<]*", r"\1", report)
    if (dates, seconds) != (1, 1):
        raise RuntimeError("the report shows date and seconds in another way")
    content["report.html"] = report
    return content


# --- trials ------------------------------------------------------------------------------------


@dataclass
class Trial:
    """One output folder: how its runs were killed, what that left, and how it ended.

    Attributes:
        kills: what was killed, in words, in order.
        on_disk: bytes of the files after the first kill.
        result: ``same``, or what is wrong.
        deaths: runs that SIGKILL ended, and workers that it did.
    """

    kills: list[str]
    on_disk: str
    result: str
    deaths: int


def try_kills(runs: Runs, output: Path, kills: list[Kill], chance: random.Random) -> Trial:
    """Kill runs on one folder one after another, then let one end, and compare."""
    shutil.rmtree(output, ignore_errors=True)
    told: list[str] = []
    on_disk, deaths, status = "", 0, _ENDED
    try:
        for kill in kills:
            status = runs.attempt(output, kill, chance)
            died = status == -signal.SIGKILL
            deaths += died or kill.victim != "main"
            told.append(_told(runs, kill) + ("" if status < 0 else f" (ended: {status})"))
            on_disk = on_disk or _on_disk(output)
            if status not in (_ENDED, -signal.SIGKILL):
                return Trial(told, on_disk, f"ended with {status}", deaths)
        status = runs.attempt(output, None, chance)
    except RuntimeError as error:
        return Trial(told, on_disk, str(error), deaths)
    if status != _ENDED:
        return Trial(told, on_disk, f"the resumed run ended with {status}", deaths)
    found = masked(output)
    other = [name for name in FILES if found[name] != runs.expected[name]]
    return Trial(told, on_disk, f"differs: {', '.join(other)}" if other else "same", deaths)


def _told(runs: Runs, kill: Kill) -> str:
    if kill.seconds is not None:
        return f"{kill.victim} after {kill.seconds:.2f} s"
    if kill.step >= len(runs.steps):
        return f"{kill.phase} step {kill.step}"
    step = runs.steps[kill.step]
    return f"{kill.phase} {step.call} {step.file} (step {kill.step})"


def _on_disk(output: Path) -> str:
    if not output.is_dir():
        return "nothing"
    files = sorted(path for path in output.iterdir() if path.name != ".lock")
    return ", ".join(f"{path.name} {path.stat().st_size}" for path in files) or "nothing"


def plan(runs: Runs, count: int, chance: random.Random) -> Iterator[list[Kill]]:
    """Steps first, every kind of step in each phase before any twice, a fifth at random times.

    Every fourth folder's run is killed again while it resumes.
    """
    kinds: dict[tuple[str, str, str], list[Kill]] = {}
    for step in runs.steps:
        for phase in PHASES:
            kinds.setdefault((step.call, step.file, phase), []).append(Kill(step.number, phase))
    for same in kinds.values():
        chance.shuffle(same)
    rounds = max(len(same) for same in kinds.values())
    ordered = [same[n] for n in range(rounds) for same in kinds.values() if n < len(same)]
    timed = max(1, count // 5)
    at_steps = ordered[: count - timed]
    at_times = [Kill(seconds=chance.uniform(0, _RANDOM * runs.seconds)) for _ in range(timed)]
    for number, kill in enumerate([*at_steps, *at_times]):
        again = Kill(chance.randrange(len(runs.steps) // 2), chance.choice(PHASES))
        yield [kill, again] if number % 4 == 3 else [kill]


def worker_plan(runs: Runs, count: int, chance: random.Random) -> Iterator[list[Kill]]:
    """With workers: the main process at steps and at random times, and workers at random times."""
    for number in range(count):
        if number % 3 == 0:
            yield [Kill(chance.randrange(len(runs.steps)), chance.choice(PHASES))]
        else:
            seconds = chance.uniform(0.1, _RANDOM) * runs.seconds
            yield [Kill(seconds=seconds, victim="main" if number % 3 == 1 else "a worker")]


# --- what is run -------------------------------------------------------------------------------


def make_inputs(folder: Path, inputs: int = 2 * WINDOW + 9) -> tuple[Path, Path]:
    """Write rows of which some are errors, and the fake classifier's theme scheme."""
    path = folder / "in.jsonl"
    texts = ["Ông Tám được luân chuyển về xã.", "Huyện Bình Sa mở lớp tập huấn.", "Trời nắng."]
    with path.open("w", encoding="utf-8") as lines:
        for n in range(inputs):
            row = {"id": f"d{n}", "title": f"Tin {n}", "paragraphs": [*texts[n % 3 :], f"Số {n}."]}
            if n % 29 == 3:
                row["paragraphs"] = ["POISON"]
            lines.write("[]]\n" if n % 17 == 5 else json.dumps(row) + "\n")
    return path, write_scheme(folder)


def fake_runs(scratch: Path, workers: int = 0) -> Runs:
    """Runs with models that cost nothing."""
    scratch.mkdir(parents=True, exist_ok=True)
    path, themes = make_inputs(scratch)
    config = RunConfig((str(path),), scratch / "out", themes=themes, workers=workers)
    return Runs(config, fake_analyzer, scratch)


def real_runs(scratch: Path, workers: int = 0) -> Runs:
    """Runs with the shipped models, loaded here and shared by the forks."""
    import torch

    torch.set_num_threads(1)  # Forks have no part in a pool of threads.
    os.environ["TOKENIZERS_PARALLELISM"] = "false"
    scratch.mkdir(parents=True, exist_ok=True)
    path, _ = make_inputs(scratch, WINDOW + 9)
    config = RunConfig((str(path),), scratch / "out", workers=workers, device="cpu")
    analyzer = Analyzer.from_pretrained(device="cpu", precision=config.precision)
    return Runs(config, lambda: analyzer, scratch)


def try_all(
    runs: Runs, kills: Iterable[list[Kill]], scratch: Path, chance: random.Random
) -> Iterator[Trial]:
    """One trial after another."""
    for listed in kills:
        yield try_kills(runs, scratch / "out", listed, chance)


def main() -> int:
    """Kill as often as asked, and write the table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--kills", type=int, default=60, help="folders with fake models")
    parser.add_argument("--worker-kills", type=int, default=9, help="the same with --workers 1")
    parser.add_argument("--real-kills", type=int, default=6, help="with the shipped models")
    parser.add_argument("--seed", type=int, default=9)
    parser.add_argument("--log", type=Path, help="file for the table; default: only printed")
    options = parser.parse_args()
    chance = random.Random(options.seed)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    rows, deaths, results = [], 0, Counter[str]()
    with tempfile.TemporaryDirectory(prefix="canbo-kills-") as folder:
        scratch = Path(folder)
        makers: list[tuple[str, int, Callable[[], Runs], Any]] = [
            ("fake", options.kills, lambda: fake_runs(scratch / "fake"), plan),
            (
                "fake, 1 worker",
                options.worker_kills,
                lambda: fake_runs(scratch / "workers", 1),
                worker_plan,
            ),
            ("shipped", options.real_kills, lambda: real_runs(scratch / "real"), plan),
            (
                "shipped, 1 worker",
                options.real_kills // 2,
                lambda: real_runs(scratch / "real-workers", 1),
                worker_plan,
            ),
        ]
        for name, count, make, planned in makers:
            if not count:
                continue
            runs = make()
            kills = planned(runs, count, chance)
            for trial in try_all(runs, kills, scratch, chance):
                deaths += trial.deaths
                results[trial.result] += 1
                row = (name, ", then ".join(trial.kills), trial.on_disk, trial.result)
                rows.append(" | ".join(row))
                print(f"{len(rows):4} | {rows[-1]}", flush=True)
                if trial.result != "same":
                    print(runs.log.read_text()[-2000:], flush=True)
        summary = f"{len(rows)} folders, {deaths} kills: " + ", ".join(
            f"{count} {result}" for result, count in results.most_common()
        )
    print(summary)
    if options.log:
        head = "models | killed | on disk after the first kill (bytes) | result"
        options.log.write_text("\n".join([head, *rows, summary, ""]), encoding="utf-8")
    return int(set(results) != {"same"})


if __name__ == "__main__":
    sys.exit(main())
