"""What a run shows on stderr: a bar to people, events to machines, nothing to a pipe."""

import io
import json
import sys
import types
from datetime import datetime
from zipfile import ZipFile

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from fakes import FakeClassifier, fake_analyzer, write_scheme

from canbo import progress
from canbo.analyzer import Analyzer
from canbo.cli import main
from canbo.clock import Clock
from canbo.output import WINDOW, Counts
from canbo.progress import estimate_inputs, show_progress


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.fixture
def command(tmp_path, monkeypatch):
    """`canbo run` over two windows and two broken lines, with fake models."""
    monkeypatch.setattr(Analyzer, "from_pretrained", lambda *_, **__: fake_analyzer())
    rows = [json.dumps({"id": str(n), "paragraphs": [f"Tin {n}."]}) for n in range(WINDOW)]
    (tmp_path / "in.jsonl").write_text("\n".join([*rows, "{", "[]", ""]), encoding="utf-8")
    command = ["run", str(tmp_path / "in.jsonl"), "--output", str(tmp_path / "out")]
    return [*command, "--themes", str(write_scheme(tmp_path))]


def events(text):
    return [json.loads(line) for line in text.splitlines()]


def test_a_terminal_sees_rate_total_and_errors(command, monkeypatch):
    monkeypatch.setattr(sys, "stderr", Terminal())
    assert main(command) == 3
    shown = sys.stderr.getvalue()
    assert f"{WINDOW + 2}/{WINDOW + 2}" in shown
    assert "documents/s" in shown and "errors=2" in shown and "<00:00" in shown


def test_a_pipe_sees_only_the_last_line(command, capsys):
    assert main(command) == 3
    assert capsys.readouterr().err == (
        f"canbo run: what could not be analysed is in {command[3]}/errors.jsonl\n"
    )


def test_machines_see_events(command, capsys, monkeypatch):
    monkeypatch.setattr(progress, "_LOG_SECONDS", 0.0)
    assert main([*command, "--log-json"]) == 3
    start, first, second, end, last = seen = events(capsys.readouterr().err)
    names = ["start", "progress", "progress", "end", "failed_inputs"]
    assert [event["event"] for event in seen] == names
    assert all(datetime.fromisoformat(event["time"]).tzinfo for event in seen)
    assert start["counts"]["documents"] == 0 and start["rate"] is start["left"] is None
    assert (first["counts"]["documents"], first["counts"]["errors"]) == (WINDOW, 0)
    assert second["counts"]["errors"] == 2
    assert start["inputs"] == end["inputs"] == WINDOW + 2
    assert first["rate"] > 0 and first["left"] == round(2 / first["rate"], 1)
    assert second["left"] == end["left"] == 0.0
    assert {"load", "read", "themes", "abstract", "write", "report"} <= end["seconds"].keys()
    assert last["status"] == 3 and "errors.jsonl" in last["message"]


def test_machines_see_why_a_run_is_refused(command, capsys):
    assert main(command) == 3
    capsys.readouterr()
    assert main([*command, "--log-json", "--batch-size", "7"]) == 2
    (refusal,) = events(capsys.readouterr().err)
    assert (refusal["event"], refusal["status"]) == ("refused", 2)
    assert "batch_size" in refusal["message"]


def test_an_interrupted_run_has_no_end(command, capsys, monkeypatch):
    class Interrupted(FakeClassifier):
        def predict(self, texts, **options):
            raise KeyboardInterrupt

    monkeypatch.setattr(Analyzer, "from_pretrained", lambda *_, **__: Analyzer(Interrupted()))
    assert main([*command, "--log-json", "--overwrite"]) == 130
    start, last = events(capsys.readouterr().err)
    assert (start["event"], last["event"]) == ("start", "interrupted")
    assert "without --overwrite" in last["message"]  # Else the same command begins again.


def test_a_second_run_counts_on_from_the_first(command, capsys):
    assert main(command) == 3
    capsys.readouterr()
    assert main([*command, "--log-json"]) == 3
    start, end, _ = events(capsys.readouterr().err)
    assert start["counts"] == end["counts"]
    assert end["rate"] is None  # Nothing was analysed now.


def test_rate_and_time_left_are_of_this_process(monkeypatch, capsys, tmp_path):
    """30 of 100 were there; 20 more in 4 seconds are 5 a second, and 50 are left: 10 seconds."""
    (tmp_path / "a.jsonl").write_text("{}\n" * 100)
    now = [100.0]
    monkeypatch.setattr(progress, "time", types.SimpleNamespace(monotonic=lambda: now[0]))
    counts = Counts(documents=30)
    inputs = [str(tmp_path / "a.jsonl")]
    with pytest.raises(OSError), show_progress(counts, Clock(), inputs, log_json=True) as show:
        counts.documents, counts.errors, now[0] = 49, 1, 104.0
        show()
        raise OSError
    told = events(capsys.readouterr().err)[1]
    assert (told["inputs"], told["rate"], told["left"]) == (100, 5.0, 10.0)


def test_inputs_are_estimated_by_rows_and_entries(tmp_path):
    (tmp_path / "a.txt").write_text("Một.\n" * 9)  # 1
    (tmp_path / "b.jsonl").write_bytes(b"{}\n{}\n{}")  # 3
    (tmp_path / "c.csv").write_bytes(b"text\n1\n2\n")  # 2
    pq.write_table(pa.table({"text": ["1", "2", "3", "4"]}), tmp_path / "d.parquet")  # 4
    with ZipFile(tmp_path / "e.zip", "w") as archive:  # 2
        archive.writestr("1.txt", "Một.")
        archive.writestr("2.txt", "Hai.")
    (tmp_path / "f.zip").write_bytes(b"no")  # 1, an error
    (tmp_path / "g.xyz").write_bytes(b"no")  # 1, an error
    assert estimate_inputs([str(tmp_path), "no-such-file"]) == 15


def test_long_files_are_estimated_by_their_beginning(tmp_path):
    """Lines of 64 bytes: a megabyte holds 16,384 of them, four megabytes 65,536."""
    (tmp_path / "a.jsonl").write_bytes((b"x" * 63 + b"\n") * 65_536)
    assert estimate_inputs([str(tmp_path)]) == 65_536


def test_inputs_elsewhere_are_not_estimated(tmp_path):
    assert estimate_inputs([str(tmp_path), "s3://bucket/in"]) is None


def test_a_folder_that_takes_long_to_list_is_not_estimated(tmp_path, monkeypatch):
    (tmp_path / "a.txt").write_text("Một.")
    monkeypatch.setattr(progress, "_ESTIMATE_SECONDS", -1.0)
    assert estimate_inputs([str(tmp_path)]) is None
