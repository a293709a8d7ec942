"""The Ray engine on a small local cluster: the local engine's bytes, whatever dies on the way."""

import json
import os
import signal
import sys
import threading
import time
from dataclasses import replace

import pytest
from fakes import FakeClassifier, FakeSummarizer, fake_analyzer, write_scheme

from canbo.analyzer import Analyzer
from canbo.batch import RunConfig, run
from canbo.cli import main
from canbo.data.documents import InputError
from canbo.output import WINDOW, RunError
from canbo.ray_engine import Part, plan_chunks

ROTATED = "Ông Lê Văn Tám được luân chuyển về xã Đồng Mía."
TRAINED = "Huyện Bình Sa mở lớp tập huấn."
PAGE = f"Tin số {{}}.\n\n{ROTATED} Buổi công bố quyết định diễn ra sáng nay tại hội trường huyện.\n"


@pytest.fixture(scope="module")
def ray():
    """Ray on this machine with room for two processes with models and one that reads."""
    pytest.importorskip("ray.data", reason="needs the ray extra: pip install 'canbo[ray]'")
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    # The name is Ray's. At its own 15, other work on the machine would starve the workers.
    os.environ["RAY_worker_niceness"] = "0"  # noqa: SIM112
    import fakes
    import ray

    ray.cloudpickle.register_pickle_by_value(fakes)
    ray.cloudpickle.register_pickle_by_value(sys.modules[__name__])
    ray.init(
        address="local",
        num_cpus=3,
        object_store_memory=100 << 20,
        include_dashboard=False,
        log_to_driver=False,
        logging_level="ERROR",
    )
    yield ray
    ray.shutdown()


@pytest.fixture
def config(tmp_path):
    """A run over rows with broken ones, pages and a file that is not there."""
    inputs = tmp_path / "in"
    (inputs / "b" / "c").mkdir(parents=True)
    write_rows(inputs / "a.jsonl", range(2 * WINDOW + 9))
    # The last rows of a.jsonl once more, and new ones: an id belongs to who comes first.
    write_rows(inputs / "b" / "a.jsonl", range(2 * WINDOW, 2 * WINDOW + 40))
    for number in range(WINDOW + 3):
        (inputs / "b" / f"{number}.txt").write_text(PAGE.format(number), encoding="utf-8")
    (inputs / "b" / "empty.txt").touch()
    (inputs / "b" / "note.txt").write_bytes(b"\x89PNG\r\n\x1a\n\0\0\0\0")
    # Files of one name: the second is named by its path, unless the first cannot be read.
    for name in ("7.txt", "note.txt"):
        (inputs / "b" / "c" / name).write_text(PAGE.format(name), encoding="utf-8")
    given = (str(inputs), str(tmp_path / "nowhere.txt"), str(inputs / "b" / "7.txt"))
    return RunConfig(given, tmp_path / "local", themes=write_scheme(tmp_path))


def write_rows(path, numbers):
    lines = ["[]]" if n % 17 == 5 else json.dumps(row(n)) for n in numbers]
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


def row(number):
    paragraphs = [f"Tin {number}.", ROTATED, TRAINED][: 1 + number % 3]
    if number % 29 == 3:
        paragraphs = ["POISON"]
    title = "MUTE" if number % 31 == 6 else "Tin"
    return {"id": f"d{number}", "title": title, "paragraphs": paragraphs}


def on_ray(config, name="ray", **changes):
    output = config.output.with_name(name)
    return replace(config, output=output, engine="ray", workers=2, **changes)


def lines_of(config):
    return [(config.output / name).read_bytes() for name in ("documents.jsonl", "errors.jsonl")]


@pytest.mark.slow
def test_the_same_bytes_as_the_local_engine_also_when_continued(ray, config):
    local = run(config, fake_analyzer())
    kinds = {json.loads(line)["error"] for line in local.errors.read_bytes().splitlines()}
    assert kinds >= {"json", "model", "duplicate_id", "empty", "binary", "not_found"}

    distributed = run(on_ray(config), fake_analyzer())

    assert lines_of(on_ray(config)) == lines_of(config)
    assert distributed.counts == local.counts
    assert distributed.report.is_file()

    # A run of the local engine that lost its second half goes on with Ray.
    documents = config.output / "documents.jsonl"
    documents.write_bytes(documents.read_bytes()[: documents.stat().st_size // 2])
    run(replace(on_ray(config), output=config.output), fake_analyzer())
    assert lines_of(config) == lines_of(on_ray(config))


class DyingClassifier(FakeClassifier):
    """Tells its process id at one paragraph, once in a run, and waits there to be killed."""

    def __init__(self, told):
        super().__init__()
        self.told = told

    def predict(self, texts, **options):
        if f"Tin {WINDOW + 1}." in texts and not self.told.exists():
            draft = self.told.with_suffix(".part")
            draft.write_text(str(os.getpid()))
            draft.rename(self.told)
            time.sleep(600)
        return super().predict(texts, **options)


@pytest.mark.slow
def test_a_killed_worker_loses_and_doubles_nothing(ray, config, tmp_path):
    run(config, fake_analyzer())
    told = tmp_path / "pid"
    killed = []

    def kill():
        while not told.exists():
            time.sleep(0.05)
        killed.append(int(told.read_text()))
        os.kill(killed[0], signal.SIGKILL)

    threading.Thread(target=kill, daemon=True).start()
    run(on_ray(config), Analyzer(DyingClassifier(told), FakeSummarizer()))

    assert killed and killed[0] != os.getpid()
    assert lines_of(on_ray(config)) == lines_of(config)


class UnloadableClassifier(FakeClassifier):
    """Cannot be had on a machine of the cluster."""

    def __setstate__(self, state):
        raise OSError("the model's disk is not there")


@pytest.mark.slow
def test_what_stops_a_worker_is_said_in_one_line(ray, config, capfd):
    with pytest.raises(RunError, match="stopped the run: OSError: the model's disk") as error:
        run(on_ray(config), Analyzer(UnloadableClassifier(), None))
    assert "\n" not in str(error.value)
    assert capfd.readouterr().err == ""


def part(items, name="a.jsonl"):
    return Part(InputError(name, None, "json", ""), items)


def test_a_chunk_is_the_windows_that_begin_in_one_file():
    parts = [part(150), part(1), part(30), part(0), part(200)]
    # 381 inputs; files begin at 0, 150, 151, 181, 181; windows at 0, 64, 128, 192, 256, 320.
    chunks = [(len(c.parts), c.skip, c.items) for c in plan_chunks(parts, 0)]
    assert chunks == [(5, 0, 192), (1, 11, 189)]


def test_many_small_files_make_a_chunk_of_one_window():
    chunks = [(len(c.parts), c.skip, c.items) for c in plan_chunks([part(1)] * 130, 0)]
    assert chunks == [(64, 0, 64), (64, 0, 64), (2, 0, 2)]


@pytest.mark.parametrize(
    ("done", "expected"), [(128, [(2, 128, 64), (1, 42, 8)]), (200, [])], ids=["some", "all"]
)
def test_what_is_done_is_left_out(done, expected):
    chunks = [(len(c.parts), c.skip, c.items) for c in plan_chunks([part(150), part(50)], done)]
    assert chunks == expected


def test_no_inputs_make_no_chunks():
    assert list(plan_chunks([], 0)) == []


def test_without_ray_the_extra_is_named(tmp_path, monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "ray", None)
    (tmp_path / "a.txt").write_text(PAGE, encoding="utf-8")
    arguments = [str(tmp_path / "a.txt"), "--output", str(tmp_path / "out"), "--engine", "ray"]
    assert main(["run", *arguments]) == 2
    assert capsys.readouterr().err == (
        "canbo run: --engine ray needs the ray extra: pip install 'canbo[ray]'\n"
    )


def test_an_address_where_nothing_answers_is_refused(tmp_path, monkeypatch, capsys):
    ray = pytest.importorskip("ray", reason="needs the ray extra: pip install 'canbo[ray]'")
    monkeypatch.setattr(ray, "is_initialized", lambda: False)
    (tmp_path / "a.txt").write_text(PAGE, encoding="utf-8")
    arguments = [str(tmp_path / "a.txt"), "--output", str(tmp_path / "out"), "--engine", "ray"]
    # Port 1 is TCPMUX's; nothing listens there.
    assert main(["run", *arguments, "--ray-address", "127.0.0.1:1"]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert "--ray-address 127.0.0.1:1" in line and "ray start --head" in line
