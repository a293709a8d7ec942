"""Batch inference with fake models: order, errors, resuming."""

import json
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from fakes import FakeClassifier, FakeSummarizer, fake_analyzer, write_scheme

from canbo.analyzer import Analyzer
from canbo.batch import RunConfig, run
from canbo.output import WINDOW, OutputFolder, RunError

ROTATED = "Ông Lê Văn Tám được luân chuyển về xã Đồng Mía."
TRAINED = "Huyện Bình Sa mở lớp tập huấn."


@pytest.fixture
def config(tmp_path):
    """A run over `tmp_path`/in.jsonl, with a scheme of the fake classifier's two themes."""
    scheme = write_scheme(tmp_path)
    return RunConfig((str(tmp_path / "in.jsonl"),), tmp_path / "out", themes=scheme)


def write(config, rows):
    """Write input rows; a row that is a string is written as it is."""
    lines = [row if isinstance(row, str) else json.dumps(row) for row in rows]
    Path(config.inputs[0]).write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


def row(number, *paragraphs, title="Tin"):
    return {
        "id": f"d{number}",
        "title": title,
        "paragraphs": list(paragraphs) or [f"Tin {number}.", ROTATED, TRAINED][: 1 + number % 3],
    }


def records(path):
    return [json.loads(line) for line in path.read_bytes().splitlines()]


def lines_of(config):
    """The bytes that must not depend on how a run was interrupted."""
    return tuple(
        (config.output / name).read_bytes() for name in ("documents.jsonl", "errors.jsonl")
    )


def manifest(config):
    return json.loads((config.output / "run.json").read_text(encoding="utf-8"))


MIXED = [
    row(0, ROTATED, "Trời nắng."),
    "{not json",
    row(2, "POISON tập huấn", title="hỏng"),
    row(3, TRAINED, title="MUTE"),
    row(4, TRAINED, ROTATED, TRAINED),
]


def test_every_input_has_its_line_in_input_order(config):
    write(config, MIXED)
    summary = run(config, fake_analyzer())
    source = config.inputs[0]
    documents = records(config.output / "documents.jsonl")
    assert [(d["id"], d["source"], d["themes"]) for d in documents] == [
        ("d0", f"{source}#1", {"rotation": 1}),
        ("d4", f"{source}#5", {"rotation": 1, "training": 2}),
    ]
    assert documents[0]["abstract"] == {"text": ROTATED, "method": "extractive", "unsupported": []}
    errors = records(config.output / "errors.jsonl")
    assert [(e["source"], e["line"], e["error"]) for e in errors] == [
        (source, 2, "json"),
        (source, 3, "model"),
        (source, 4, "model"),
    ]
    assert errors[1]["message"] == (
        "The model failed on this document: RuntimeError: cannot read this"
    )
    assert (summary.counts.documents, summary.counts.paragraphs, summary.counts.errors) == (2, 5, 3)
    assert summary.report == config.output / "report.html" and summary.report.is_file()


def test_run_json(config, tmp_path):
    write(config, MIXED)
    model = tmp_path / "model"
    (model / "sub").mkdir(parents=True)
    (model / "b.txt").write_bytes(b"hello")
    (model / "sub" / "a.txt").write_bytes(b"")
    run(config, Analyzer(FakeClassifier(source=str(model)), FakeSummarizer()))
    state = manifest(config)
    assert state["complete"] is True
    assert state["counts"] == {
        "documents": 2,
        "paragraphs": 5,
        "errors": 3,
        "themes": {"rotation": 2, "training": 2},
    }
    assert {"canbo", "python", "torch", "transformers", "tokenizers"} <= state["versions"].keys()
    assert state["config"]["batch_size"] == 32
    # (cd model && sha256sum b.txt sub/a.txt) | sha256sum
    listing = (
        "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824  b.txt\n"
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855  sub/a.txt\n"
    )
    digest = subprocess.run(
        ["sha256sum"], input=listing.encode(), capture_output=True, check=True
    ).stdout.split()[0]
    assert state["models"]["classifier"] == {"source": str(model), "sha256": digest.decode()}
    assert state["models"]["summarizer"] == {"source": "fake-summarizer", "sha256": None}
    stages = state["seconds"]
    assert {"load", "read", "themes", "abstract", "write", "report", "total"} <= stages.keys()


def test_inputs_are_read_window_by_window(config):
    write(config, [row(number, f"Tin {number}.") for number in range(WINDOW + 1)])
    classifier = FakeClassifier()
    run(config, Analyzer(classifier, None))
    assert [len(call) for call in classifier.calls] == [WINDOW, 1]


def test_tasks_without_a_model_are_left_out(config):
    write(config, [row(0)])
    run(replace(config, tasks=("abstract",)), Analyzer(None, FakeSummarizer()))
    assert records(config.output / "documents.jsonl")[0]["paragraphs"][0]["scores"] == {}
    assert manifest(config)["models"]["classifier"] is None


class Stop(BaseException):
    """Stands for Ctrl-C."""


class StoppingClassifier(FakeClassifier):
    def predict(self, texts, **options):
        if f"Tin {WINDOW}." in texts:
            raise Stop
        return super().predict(texts, **options)


MANY = [
    "[]]" if n % 17 == 5 else row(n, "POISON") if n % 29 == 3 else row(n)
    for n in range(2 * WINDOW + 9)
]


@pytest.fixture
def undisturbed(config):
    """The output of one undisturbed run over MANY."""
    write(config, MANY)
    reference = replace(config, output=config.output.with_name("reference"))
    run(reference, fake_analyzer())
    return lines_of(reference)


@pytest.fixture
def stopped(config, undisturbed):
    """An output folder whose run was stopped in its second window."""
    with pytest.raises(Stop):
        run(config, Analyzer(StoppingClassifier(), FakeSummarizer()))
    return config


def test_a_stopped_run_continues_after_its_last_window(stopped, undisturbed):
    assert manifest(stopped)["complete"] is False
    classifier = FakeClassifier()
    run(stopped, Analyzer(classifier, FakeSummarizer()))
    assert lines_of(stopped) == undisturbed
    texts = {text for call in classifier.calls for text in call}
    assert f"Tin {WINDOW}." in texts and "Tin 0." not in texts


@pytest.mark.parametrize("name", ["documents.jsonl", "errors.jsonl"])
@pytest.mark.parametrize("cut", [1, 700, 10**9])
def test_a_file_that_lost_its_end_is_made_whole(config, undisturbed, name, cut):
    run(config, fake_analyzer())
    path = config.output / name
    content = path.read_bytes()
    path.write_bytes(content[: max(0, len(content) - cut)])
    run(config, fake_analyzer())
    assert lines_of(config) == undisturbed


def test_what_a_crash_left_beyond_run_json_is_cut(stopped, undisturbed):
    with (stopped.output / "documents.jsonl").open("ab") as stream:
        stream.write(
            b'{"schema": 1, "id": "other", "source": "x", "title": null}\n{"schema": 1, "i'
        )
    run(stopped, fake_analyzer())
    assert lines_of(stopped) == undisturbed


def test_a_finished_run_is_not_done_again(config):
    write(config, MIXED)
    run(config, fake_analyzer())
    before, date = lines_of(config), manifest(config)["date"]
    (config.output / "report.html").unlink()
    analyzer = fake_analyzer()
    summary = run(config, analyzer)
    assert analyzer.classifier.calls == []
    assert lines_of(config) == before and manifest(config)["date"] == date
    assert summary.counts.documents == 2 and summary.report.is_file()


def test_inputs_may_be_added_at_the_end(config, undisturbed):
    write(config, MANY[: WINDOW + 7])
    run(config, fake_analyzer())
    write(config, MANY)
    run(config, fake_analyzer())
    assert lines_of(config) == undisturbed


def refused(config, analyzer, match):
    before = {path: path.read_bytes() for path in config.output.glob("*.json*")}
    with pytest.raises(RunError, match=match) as refusal:
        run(config, analyzer)
    assert {path: path.read_bytes() for path in config.output.glob("*.json*")} == before
    return str(refusal.value)


CHANGED_INPUTS = {
    "inserted": [row(9), *MIXED],
    "inserted error": [MIXED[0], "{", *MIXED[1:]],
    "removed": MIXED[1:],
    "removed at the end": MIXED[:-1],
    "edited": [row(0, ROTATED, "Trời mưa."), *MIXED[1:]],
    "swapped": [MIXED[4], *MIXED[1:4], MIXED[0]],
}


@pytest.mark.parametrize("rows", CHANGED_INPUTS.values(), ids=CHANGED_INPUTS)
def test_other_inputs_are_refused(config, rows):
    write(config, MIXED)
    run(config, fake_analyzer())
    write(config, rows)
    message = refused(config, fake_analyzer(), "other inputs: .*in.jsonl")
    assert "--overwrite" in message


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"batch_size": 8}, "batch_size was 32 and is 8"),
        ({"evidence": False}, "evidence was true and is false"),
        ({"tasks": ("themes",)}, r'tasks was \["themes", "abstract"\] and is \["themes"\]'),
    ],
)
def test_other_options_are_refused(stopped, change, named):
    refused(replace(stopped, **change), fake_analyzer(), named)


def test_another_model_is_refused_and_overwrite_starts_again(stopped, undisturbed):
    other = Analyzer(FakeClassifier(source="another"), FakeSummarizer())
    refused(stopped, other, "classifier was fake-classifier .* and is another")
    run(replace(stopped, overwrite=True), other)
    assert lines_of(stopped) == undisturbed


def test_a_model_folder_is_known_by_its_files(config, tmp_path):
    write(config, MIXED)
    folder = tmp_path / "model"
    folder.mkdir()
    weights = folder / "model.safetensors"
    weights.write_bytes(b"one")
    run(config, Analyzer(FakeClassifier(source=str(folder)), FakeSummarizer()))
    moved = folder.rename(tmp_path / "moved")
    run(config, Analyzer(FakeClassifier(source=str(moved)), FakeSummarizer()))
    (moved / "model.safetensors").write_bytes(b"two")
    refused(config, Analyzer(FakeClassifier(source=str(moved)), FakeSummarizer()), "classifier was")


def test_the_reports_language_may_change(config):
    write(config, MIXED)
    run(config, fake_analyzer())
    vietnamese = (config.output / "report.html").read_bytes()
    run(replace(config, report_language="en"), fake_analyzer())
    assert (config.output / "report.html").read_bytes() != vietnamese


def test_overwrite_leaves_other_files_alone(config):
    write(config, MIXED)
    config.output.mkdir()
    (config.output / "notes.txt").write_text("mine")
    run(replace(config, overwrite=True), fake_analyzer())
    assert (config.output / "notes.txt").read_text() == "mine"


def test_output_without_its_run_json_is_refused(config):
    write(config, MIXED)
    run(config, fake_analyzer())
    (config.output / "run.json").unlink()
    refused(config, fake_analyzer(), "run.json")


def test_two_runs_at_once_are_refused(config):
    write(config, MIXED)

    class Inner(FakeClassifier):
        def predict(self, texts, **options):
            with pytest.raises(RunError, match="another run"):
                run(config, fake_analyzer())
            self.met = True
            return super().predict(texts, **options)

    outer = Inner()
    run(config, Analyzer(outer, FakeSummarizer()))
    assert outer.met


def test_themes_that_the_scheme_does_not_hold_are_refused_at_once(config):
    write(config, MIXED)
    classifier = FakeClassifier()
    classifier.scheme_ids = ("rotation", "weather")
    with pytest.raises(RunError, match=r"weather.*--themes"):
        run(config, Analyzer(classifier, None))
    assert classifier.calls == []


def test_an_output_folder_inside_an_input_folder_is_refused(config, tmp_path):
    write(config, MIXED)
    with pytest.raises(RunError, match="choose another --output"):
        run(replace(config, inputs=(str(tmp_path),)), fake_analyzer())


def test_an_output_that_cannot_be_a_folder_is_refused(config, tmp_path):
    write(config, MIXED)
    with pytest.raises(RunError, match=r"cannot write .*in.jsonl"):
        run(replace(config, output=Path(config.inputs[0])), fake_analyzer())


def test_where_results_cannot_be_copied_to_is_told_before_anything_is_read(config, tmp_path):
    write(config, MIXED)
    blocked = (tmp_path / "in.jsonl").as_uri() + "/out"
    with pytest.raises(OSError, match="cannot make the folder file://"):
        run(replace(config, copy_to=blocked), fake_analyzer())
    assert not config.output.exists()


def test_a_full_disk_stops_the_run_and_it_can_continue(config, undisturbed, monkeypatch):
    import os

    calls = []

    def fsync(handle):
        calls.append(handle)
        if len(calls) > 8:
            raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", fsync)
        with pytest.raises(RunError, match=r"cannot write .*: No space left on device"):
            run(config, fake_analyzer())
    run(config, fake_analyzer())
    assert lines_of(config) == undisturbed


@pytest.mark.parametrize("pattern", ["*/*.jsonl", "**/*", "*"])
def test_a_glob_does_not_reach_the_runs_own_files(config, tmp_path, monkeypatch, pattern):
    """A folder of inputs sorted before the output's: what is read last grows while it is read."""
    append, windows = OutputFolder.append, []

    def append_at_most(*arguments):
        windows.append(arguments)
        assert len(windows) < 5  # It would go on for ever.
        append(*arguments)

    monkeypatch.setattr(OutputFolder, "append", append_at_most)
    folder = tmp_path / "globbed"
    (folder / "in").mkdir(parents=True)
    lines = [json.dumps(row(number)) + "\n" for number in range(WINDOW + 1)]
    (folder / "in" / "a.jsonl").write_text("".join([*lines, "{\n"]), encoding="utf-8")
    globbed = replace(config, inputs=(str(folder / pattern),), output=folder / "out")

    run(globbed, fake_analyzer())
    first = lines_of(globbed)
    assert [len(content.splitlines()) for content in first] == [WINDOW + 1, 1]
    # A second run finds all of the first one's files.
    (globbed.output / "run.json.tmp").write_text("{")
    (globbed.output / "report.html.part").write_text("<")
    run(globbed, fake_analyzer())
    assert lines_of(globbed) == first


def test_every_file_that_a_run_writes_is_known_as_its_own(config):
    write(config, MIXED)
    seen = set()

    class Watching(FakeClassifier):
        def predict(self, texts, **options):
            seen.update(config.output.iterdir())
            return super().predict(texts, **options)

    run(config, Analyzer(Watching(), FakeSummarizer()))
    seen.update(config.output.iterdir())
    assert {path.resolve() for path in seen} <= OutputFolder(config.output).resolved_files


def test_a_link_that_leads_to_itself_is_an_error_line(config, tmp_path):
    loop = tmp_path / "loop.txt"
    loop.symlink_to(loop)
    summary = run(replace(config, inputs=(str(loop),)), fake_analyzer())
    assert summary.counts.errors == 1
    assert records(summary.errors)[0]["error"] == "unreadable"
