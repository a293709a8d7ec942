"""Damaged output, full disks, Ctrl-C, two runs at once: what a run does about each."""

import errno
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from fakes import FakeClassifier, FakeSummarizer, fake_analyzer
from kill_runs import make_inputs, masked, members

from canbo.analyzer import Analyzer
from canbo.batch import RunConfig, run
from canbo.cli import main
from canbo.data import archives
from canbo.feeder import Feeder
from canbo.output import RunError

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="signals, limits and /proc")


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """A finished run: its configuration, and its files."""
    folder = tmp_path_factory.mktemp("finished")
    path, themes = make_inputs(folder)
    config = RunConfig((str(path),), folder / "out", themes=themes)
    run(config, fake_analyzer())
    return config, masked(config.output)


@pytest.fixture
def copied(finished, tmp_path):
    """A copy of a finished run's output that may be damaged."""
    config, expected = finished
    shutil.copytree(config.output, tmp_path / "out")
    return RunConfig(config.inputs, tmp_path / "out", themes=config.themes), expected


def snapshot(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def flip(path, chance):
    """Change one bit; returns where, for the message of a failure."""
    content = bytearray(path.read_bytes())
    place, bit = chance.randrange(len(content)), chance.randrange(8)
    content[place] ^= 1 << bit
    path.write_bytes(content)
    return f"{path.name}: byte {place}, bit {bit}"


# --- damaged files -----------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["documents.jsonl", "errors.jsonl", ".windows"])
def test_a_flipped_bit_is_found_and_made_again(copied, name):
    config, expected = copied
    chance = random.Random(name)
    for _ in range(8):
        where = flip(config.output / name, chance)
        run(config, fake_analyzer())
        assert masked(config.output) == expected, where


@pytest.mark.parametrize("name", ["documents.jsonl", "errors.jsonl", ".windows"])
def test_a_torn_line_is_made_again(copied, name):
    config, expected = copied
    chance = random.Random(name)
    for _ in range(4):
        size = chance.randrange((config.output / name).stat().st_size)
        os.truncate(config.output / name, size)
        run(config, fake_analyzer())
        assert masked(config.output) == expected, (name, size)


@pytest.mark.parametrize("change", [-1, 1])
def test_a_journal_that_counts_wrongly_is_damaged(copied, change):
    """Were its number of inputs believed, all that follows would seem to be of other inputs."""
    config, expected = copied
    journal = config.output / ".windows"
    first, *rest = journal.read_text().splitlines(keepends=True)
    record = json.loads(first)
    record["inputs"] += change
    journal.write_text(json.dumps(record) + "\n" + "".join(rest))
    run(config, fake_analyzer())
    assert masked(config.output) == expected


def test_a_flipped_bit_in_run_json_is_harmless_or_refused(copied):
    config, expected = copied
    chance = random.Random(6)
    whole = snapshot(config.output)
    refusals = set()
    for _ in range(25):
        where = flip(config.output / "run.json", chance)
        damaged = snapshot(config.output)
        try:
            run(config, fake_analyzer())
        except RunError as error:
            refusals.add("damaged" if "damaged" in str(error) else "made otherwise")
            assert "--overwrite" in str(error), where
            assert snapshot(config.output) == damaged, where
        else:
            assert masked(config.output) == expected, where
        (config.output / "run.json").write_bytes(whole["run.json"])
    assert refusals == {"damaged", "made otherwise"}


@pytest.mark.parametrize("counts", [{"documents": "9"}, {"errors": None}, {"documents": 1.5}])
def test_counts_that_are_no_numbers_are_damage(copied, counts):
    config, _ = copied
    path = config.output / "run.json"
    state = json.loads(path.read_text())
    state["counts"].update(counts)
    path.write_text(json.dumps(state))
    with pytest.raises(RunError, match=r"run\.json .* is damaged"):
        run(config, fake_analyzer())


@pytest.mark.parametrize("size", [0, 1, 500])
def test_a_torn_run_json_is_refused(copied, size):
    config, expected = copied
    os.truncate(config.output / "run.json", size)
    before = snapshot(config.output)
    with pytest.raises(RunError, match=r"run\.json .* is damaged.*--overwrite"):
        run(config, fake_analyzer())
    assert snapshot(config.output) == before
    again = RunConfig(config.inputs, config.output, themes=config.themes, overwrite=True)
    run(again, fake_analyzer())
    assert masked(config.output) == expected


def test_output_without_its_journal_is_refused_and_stays(copied):
    """Copied without hidden files: nothing tells whether scores and abstracts are whole."""
    config, expected = copied
    journal = (config.output / ".windows").read_bytes()
    (config.output / ".windows").unlink()
    before = snapshot(config.output)
    with pytest.raises(RunError, match=r"\.windows .* is not there.*from a copy.*--overwrite"):
        run(config, fake_analyzer())
    assert snapshot(config.output) == before
    (config.output / ".windows").write_bytes(journal)
    run(config, fake_analyzer())
    assert masked(config.output) == expected


# --- the machine's limits ----------------------------------------------------------------------

COMMAND = """
import resource, signal, sys
from pathlib import Path
limit, pause, tests, *arguments = sys.argv[1:]
sys.path.insert(0, tests)
from fakes import fake_analyzer
from canbo.analyzer import Analyzer
from canbo.cli import main

if __name__ == "__main__":
    Analyzer.from_pretrained = lambda *_, **__: fake_analyzer(float(pause))
    if int(limit):
        resource.setrlimit(resource.RLIMIT_FSIZE, (int(limit), int(limit)))
    sys.exit(main(arguments))
"""


def command(config, tmp_path, *options, limit=0, pause=0.0):
    """`canbo run` with fake models in a process of its own."""
    script = tmp_path / "command.py"
    script.write_text(COMMAND)
    arguments = ["run", *config.inputs, "--output", config.output, "--themes", config.themes]
    return [
        *(sys.executable, script, str(limit), str(pause), Path(__file__).parent),
        *arguments,
        *options,
    ]


@pytest.mark.parametrize("share", [0.3, 0.8, 1.05])
def test_a_full_disk_names_the_remedy_and_the_run_continues(finished, tmp_path, share):
    """Files may be no larger than a share of the documents' (above 1: the report is)."""
    (config, expected), output = finished, tmp_path / "out"
    config = RunConfig(config.inputs, output, themes=config.themes)
    limit = int(share * len(expected["documents.jsonl"]))
    full = subprocess.run(
        command(config, tmp_path, limit=limit), capture_output=True, text=True, check=False
    )
    assert full.returncode == 2
    assert full.stderr.startswith(f"canbo run: cannot write {output}/")
    assert "make room on that disk, then start the same run again, without --overwrite" in (
        full.stderr
    )
    assert len(full.stderr.splitlines()) == 1
    assert not json.loads((output / "run.json").read_text())["complete"]
    run(config, fake_analyzer())
    assert masked(output) == expected


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EMFILE])
@pytest.mark.parametrize("workers", [0, 1])
def test_no_room_to_unpack_leaves_no_line(tmp_path, monkeypatch, capsys, number, workers):
    """The line would stay when there is room again; the run ends instead, and goes on later."""
    monkeypatch.setattr(Analyzer, "from_pretrained", lambda *_, **__: fake_analyzer())
    path, themes = make_inputs(tmp_path)
    archive = tmp_path / "in.zip"
    with ZipFile(archive, "w") as packed:
        packed.writestr("a.txt", "Tin xã\n\nHuyện Bình Sa mở lớp tập huấn cho cán bộ xã.\n")
    arguments = ["run", str(path), str(archive), "--themes", str(themes)]
    assert main([*arguments, "--output", str(tmp_path / "reference")]) == 3
    arguments += ["--output", str(tmp_path / "out"), "--workers", str(workers)]
    copy = archives.copyfileobj

    def fail(*_):
        raise OSError(number, os.strerror(number))

    # Workers are other processes, where nothing fails: have them gone.
    monkeypatch.setattr(archives, "copyfileobj", fail)
    if workers:
        monkeypatch.setattr(Feeder, "items", lambda feeder: feeder._reading.items())
    capsys.readouterr()
    assert main(arguments) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert os.strerror(number) in line and "start the same command again" in line
    assert b"in.zip" not in (tmp_path / "out" / "errors.jsonl").read_bytes()
    monkeypatch.setattr(archives, "copyfileobj", copy)
    assert main(arguments) == 3
    assert masked(tmp_path / "out") == masked(tmp_path / "reference")


def test_a_model_without_room_is_no_fault_of_the_document(finished, tmp_path):
    class Full(FakeClassifier):
        def predict(self, texts, **options):
            raise OSError(errno.ENOSPC, "No space left on device")

    config = RunConfig(finished[0].inputs, tmp_path / "out", themes=finished[0].themes)
    with pytest.raises(ValueError, match="No space left"):
        run(config, Analyzer(Full(), FakeSummarizer()))
    run(config, fake_analyzer())
    assert masked(config.output) == finished[1]


# --- signals and locks -------------------------------------------------------------------------


def wait_until(is_so, seconds=60.0):
    end = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < end, "it never came"
        time.sleep(0.02)


@pytest.fixture
def slow(finished, tmp_path):
    """A run with a worker, in its second window, in a process group of its own."""
    config = RunConfig(finished[0].inputs, tmp_path / "out", themes=finished[0].themes)
    started = command(config, tmp_path, "--workers", "1", pause=0.01)
    process = subprocess.Popen(
        started,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        # A suite in the background is started with Ctrl-C ignored, and hands that on.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    journal = config.output / ".windows"
    wait_until(lambda: journal.exists() and journal.stat().st_size)
    yield config, process
    if process.poll() is None:
        process.kill()
    process.communicate()


def test_ctrl_c_ends_all_processes_and_the_run_continues(slow, finished):
    config, process = slow
    assert len(members(process.pid)) > 1
    os.killpg(process.pid, signal.SIGINT)  # As a terminal does.
    _, said = process.communicate(timeout=60)
    assert process.returncode == 130
    assert said.splitlines() == [
        f"canbo run: interrupted. The same command continues {config.output} where it stopped."
    ]
    wait_until(lambda: not members(process.pid))
    assert json.loads((config.output / "run.json").read_text())["complete"] is False
    run(config, fake_analyzer())
    assert masked(config.output) == finished[1]


def test_after_kill_9_the_folder_is_free_at_once(slow, finished):
    """Workers live on for a moment; none of them holds the lock."""
    config, process = slow
    process.kill()
    process.wait()
    run(config, fake_analyzer())
    assert masked(config.output) == finished[1]
    wait_until(lambda: not members(process.pid))


def test_a_second_run_on_the_folder_is_refused(slow, finished, monkeypatch, capsys):
    monkeypatch.setattr(Analyzer, "from_pretrained", lambda *_, **__: fake_analyzer())
    config, process = slow
    process.send_signal(signal.SIGSTOP)
    before = snapshot(config.output)
    arguments = ["run", *config.inputs, "--output", str(config.output)]
    for options in ([], ["--overwrite"]):
        assert main([*arguments, "--themes", str(config.themes), *options]) == 2
        assert f"another run is writing to {config.output}" in capsys.readouterr().err
    assert snapshot(config.output) == before
    process.send_signal(signal.SIGCONT)
    process.communicate(timeout=60)
    assert process.returncode == 3
    assert masked(config.output) == finished[1]


@pytest.mark.parametrize("workers", ["0", "1"])
def test_an_archive_that_finds_no_room_ends_the_run_in_one_line(finished, tmp_path, workers):
    """The process that reads ahead ends without a traceback; the run meets the same and tells."""
    archive = tmp_path / "in.zip"
    with ZipFile(archive, "w", ZIP_DEFLATED) as packed:
        packed.writestr("a.txt", "Tin xã\n\n" + "Huyện mở lớp tập huấn cho cán bộ xã.\n" * 2_000)
    config = RunConfig((str(archive),), tmp_path / "out", themes=finished[0].themes)
    full = subprocess.run(
        command(config, tmp_path, "--workers", workers, limit=50_000),
        capture_output=True,
        text=True,
        check=False,
    )
    assert full.returncode == 2
    (line,) = full.stderr.splitlines()
    assert "File too large" in line and "TMPDIR" in line
    run(config, fake_analyzer())
    assert json.loads((config.output / "run.json").read_text())["counts"]["documents"] == 1
