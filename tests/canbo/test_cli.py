"""The command line: exit statuses, messages, and how fast help answers."""

import errno
import json
import os
import signal
import subprocess
import sys
import time
import types
from pathlib import Path

import pytest
from fakes import fake_analyzer, write_scheme

import canbo
from canbo.analyzer import Analyzer
from canbo.cli import TRAINERS, main
from canbo.models.classifier import ClassifierError
from canbo.models.segmentation import load_segmenter
from canbo.report import ReportError


@pytest.fixture
def asked(monkeypatch):
    """Fake models in place of real ones; holds what `from_pretrained` was asked for."""
    calls = {}

    def from_pretrained(classifier=None, summarizer=None, **options):
        calls.update(options, classifier=classifier, summarizer=summarizer)
        return fake_analyzer()

    monkeypatch.setattr(Analyzer, "from_pretrained", from_pretrained)
    return calls


@pytest.fixture
def articles(tmp_path):
    path = tmp_path / "in.jsonl"
    rows = [{"id": str(n), "paragraphs": ["Ông An được luân chuyển."]} for n in range(5)]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    write_scheme(tmp_path)
    return path


def run(articles, *more):
    out = articles.parent / "out"
    themes = articles.parent / "themes.yaml"
    return main(["run", str(articles), "--output", str(out), "--themes", str(themes), *more])


def test_the_last_line_counts_and_names_the_report(articles, asked, capsys):
    assert run(articles) == 0
    report = articles.parent / "out" / "report.html"
    assert capsys.readouterr().out.splitlines()[-1] == f"5 documents, 0 errors -> {report}"
    assert report.is_file()


def test_options_reach_the_run(articles, asked):
    status = run(
        articles,
        *("--classifier", "a/b", "--summarizer", "c/d", "--device", "cpu"),
        *("--tasks", "abstract, themes", "--batch-size", "7", "--no-evidence"),
        *("--paragraphs-field", "paragraphs", "--text-field", "body", "--report-language", "en"),
    )
    assert status == 0
    assert asked == {
        "classifier": "a/b",
        "summarizer": "c/d",
        "device": "cpu",
        "tasks": ("themes", "abstract"),
        "precision": "int8",
        "raw_abstracts": False,
    }
    config = json.loads((articles.parent / "out" / "run.json").read_text())["config"]
    assert (config["batch_size"], config["evidence"], config["report_language"]) == (7, False, "en")
    assert config["read"]["text_field"] == "body" and config["read"]["id_field"] == "id"


def test_inputs_that_fail_give_3_and_are_pointed_to(articles, asked, capsys):
    with articles.open("a") as stream:
        stream.write("{\n")
    assert run(articles) == 3
    shown = capsys.readouterr()
    assert shown.out.splitlines()[-1].startswith("5 documents, 1 errors -> ")
    assert "errors.jsonl" in shown.err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["run", "x", "--output", "out", "--fast"], "--fast"),
        (["run", "x"], "--output"),
        (["run", "--output", "out"], "INPUT"),
        (["run", "x", "--output", "out", "--tasks", "themes,topics"], "unknown task 'topics'"),
        (["run", "x", "--output", "out", "--batch-size", "0"], "1 or more"),
        (["run", "x", "--output", "out", "--device", "tpu"], "tpu"),
        (["fly"], "fly"),
        (["train", "parrot", "c.yaml"], "parrot"),
        (["train"], "job"),
        ([], "COMMAND"),
    ],
)
def test_wrong_options_end_with_2(arguments, message, capsys):
    with pytest.raises(SystemExit) as exit_:
        main(arguments)
    assert exit_.value.code == 2
    assert message in capsys.readouterr().err


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (["--classifier", "no-such-model"], "no-such-model"),
        (["--summarizer", "/no/such/model"], "/no/such/model"),
        (["--themes", "no-such.yaml"], "no-such.yaml"),
    ],
)
def test_what_is_missing_is_said_in_one_line(articles, capsys, more, message):
    assert run(articles, *more) == 2
    shown = capsys.readouterr()
    assert message in shown.err and shown.err.count("\n") == 1
    assert shown.out == ""


def test_an_output_that_cannot_be_written(articles, asked, capsys):
    assert main(["run", str(articles), "--output", str(articles / "out")]) == 2
    assert capsys.readouterr().err.startswith(f"canbo run: cannot write {articles / 'out'}: ")


def test_another_runs_output_is_refused(articles, asked, capsys):
    assert run(articles) == 0
    assert run(articles, "--batch-size", "8") == 2
    assert "batch_size was 32 and is 8" in capsys.readouterr().err
    assert run(articles, "--batch-size", "8", "--overwrite") == 0


INTERRUPTED_RUN = """
import sys
sys.path.insert(0, sys.argv[1])
from canbo import Analyzer
from canbo.cli import main
from fakes import fake_analyzer
def from_pretrained(*_, **__):
    print("start", flush=True)
    return fake_analyzer(pause=1.0)
Analyzer.from_pretrained = from_pretrained
sys.exit(main(sys.argv[2:]))
"""


def test_control_c_says_how_to_go_on(articles, asked, capsys):
    # One distinct paragraph is read in a second: time enough to interrupt it.
    out = articles.parent / "out"
    arguments = ["run", str(articles), "--output", str(out)]
    arguments += ["--themes", str(articles.parent / "themes.yaml")]
    process = subprocess.Popen(
        [sys.executable, "-c", INTERRUPTED_RUN, str(Path(__file__).parent), *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # A suite in the background is started with Ctrl-C ignored, and hands that on.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    process.stdout.readline()
    while not (out / "documents.jsonl").exists():
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 130
    assert errors == (
        f"canbo run: interrupted. The same command continues {out} where it stopped.\n"
    )
    assert main(arguments) == 0
    assert capsys.readouterr().out.startswith("5 documents, 0 errors")


@pytest.mark.parametrize("job", TRAINERS)
def test_train_hands_the_rest_to_the_job(job, monkeypatch):
    seen = []
    module = types.ModuleType(TRAINERS[job])
    module.main = lambda argv, *_: seen.append(argv) or 0
    monkeypatch.setitem(sys.modules, TRAINERS[job], module)
    assert main(["train", job, "c.yaml", "--learning_rate", "1e-4", "--help"]) == 0
    assert seen == [["c.yaml", "--learning_rate", "1e-4", "--help"]]


@pytest.mark.parametrize("job", TRAINERS)
def test_a_wrong_training_config_is_said_in_one_line(job, tmp_path, capsys):
    config = tmp_path / "c.yaml"
    config.write_text("learning_rat: 1.0\non: 1\n")  # which YAML reads as true
    required = ["--ablation_dir", str(tmp_path)] if job == "ablation" else []
    assert main(["train", job, str(config), *required]) == 2
    error = capsys.readouterr().err
    assert error == f"canbo train {job}: {config}: unknown fields: True, learning_rat\n"


def job_that(monkeypatch, act, job="classifier"):
    """Puts a function in the place of a training job."""
    module = types.ModuleType(TRAINERS[job])
    module.main = lambda argv, *_: act(argv)
    monkeypatch.setitem(sys.modules, TRAINERS[job], module)


def raising(error):
    def act(*_, **__):
        raise error

    return act


def test_train_before_a_double_dash(monkeypatch):
    seen = []
    job_that(monkeypatch, lambda argv: seen.append(argv) or 0)
    assert main(["train", "--", "classifier", "c.yaml"]) == 0
    assert seen == [["c.yaml"]]


TENSORBOARD = "TensorBoardCallback requires tensorboard to be installed. Either update ..."
WANDB = "WandbCallback requires wandb to be installed. Run `pip install wandb`."


@pytest.mark.parametrize(
    ("error", "extra"),
    [
        (ModuleNotFoundError("No module named 'gensim'", name="gensim"), "train"),
        (ModuleNotFoundError("No module named 'pyvi'", name="pyvi"), "train"),
        (ModuleNotFoundError("No module named 'sklearn.svm'", name="sklearn.svm"), "train"),
        (RuntimeError(TENSORBOARD), "train"),
        (RuntimeError(WANDB), "wandb"),
        (ModuleNotFoundError("No module named 'underthesea'", name="underthesea"), "underthesea"),
    ],
)
def test_a_library_of_an_extra_that_is_missing(error, extra, monkeypatch, capsys):
    job_that(monkeypatch, raising(error))
    assert main(["train", "classifier", "c.yaml"]) == 2
    assert capsys.readouterr().err == (
        f"canbo train classifier: needs the {extra} extra: pip install 'canbo[{extra}]'\n"
    )


@pytest.mark.parametrize(
    "error", [ModuleNotFoundError("No module named 'canbo.x'", name="canbo.x"), RuntimeError("?")]
)
def test_an_error_of_our_own_is_not_hidden(error, monkeypatch):
    job_that(monkeypatch, raising(error))
    with pytest.raises(type(error)):
        main(["train", "classifier", "c.yaml"])


@pytest.mark.parametrize(
    ("act", "message"),
    [
        (lambda _: load_segmenter("jieba"), "'jieba'"),
        (raising(ClassifierError("m is not fine-tuned for themes")), "m is not fine-tuned"),
        (raising(OSError("Can't load it.\nMake sure it is there.")), "it. Make sure"),
    ],
)
def test_a_training_job_that_cannot_start_says_so_in_one_line(act, message, monkeypatch, capsys):
    job_that(monkeypatch, act)
    assert main(["train", "classifier", "c.yaml"]) == 2
    error = capsys.readouterr().err
    assert message in error and error.count("\n") == 1


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), "No space left on device. Nothing"),
        (ReportError("out: no field 'id'"), "out: no field 'id'"),
    ],
)
def test_a_report_that_cannot_be_written(error, said, articles, asked, monkeypatch, capsys):
    monkeypatch.setattr("canbo.report.write_report", raising(error))
    assert run(articles) == 2
    shown = capsys.readouterr().err
    assert said in shown and shown.startswith("canbo run: ") and shown.count("\n") == 1


def test_version(capsys):
    with pytest.raises(SystemExit) as exit_:
        main(["--version"])
    assert exit_.value.code == 0
    assert capsys.readouterr().out == f"canbo {canbo.__version__}\n"


@pytest.mark.parametrize("arguments", [["--help"], ["run", "--help"], ["train", "--help"]])
def test_help_imports_nothing_heavy(arguments):
    code = (
        "import sys; from canbo.cli import main\n"
        f"try: main({arguments!r})\n"
        "except SystemExit: pass\n"
        "heavy = {'torch', 'transformers', 'numpy', 'datasets', 'tokenizers', 'jinja2', 'yaml'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    shown = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "COLUMNS": "80"},
    ).stdout
    assert shown.startswith("usage: canbo") and shown.splitlines()[-1] == "[]"
