"""Abstracts by theme and raw abstracts, from the command line to the page; and canbo export."""

import json
import re
import shutil
import sys
from dataclasses import replace
from importlib.resources import files
from pathlib import Path

import pytest
from fakes import FakeClassifier, FakeSummarizer, write_scheme

from canbo.analyzer import Analyzer
from canbo.batch import RunConfig, run
from canbo.cli import main
from canbo.data.documents import Document
from canbo.models.predictions import Abstract
from canbo.output import RunError
from canbo.results import DocumentResult

SHIPPED_SUMMARIZER = Path(str(files("canbo.models"))) / "embedded" / "summarizer"
ROTATED = "Huyện ủy Bình Sa luân chuyển 14 cán bộ phòng, ban về các xã vùng cao."
TRAINED = "Huyện mở lớp tập huấn cho bí thư chi bộ của 11 xã vùng cao trong năm qua."
ARTICLE = Document("d", "d.txt", "Tin", (ROTATED, "Trời nắng.", TRAINED))
BY_THEME = [
    {"theme": "rotation", "text": ROTATED, "method": "extractive", "unsupported": []},
    {"theme": "training", "text": TRAINED, "method": "extractive", "unsupported": []},
]


def fake_by_theme(summarizer=None):
    return Analyzer(FakeClassifier(), summarizer, by_theme=True)


@pytest.fixture
def config(tmp_path):
    rows = [{"id": str(n), "paragraphs": list(ARTICLE.paragraphs)} for n in range(3)]
    path = tmp_path / "in.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    scheme = write_scheme(tmp_path)
    return RunConfig((str(path),), tmp_path / "out", themes=scheme, tasks=("abstract:by-theme",))


def test_each_theme_of_a_document_has_its_abstract():
    (result,) = fake_by_theme().analyze([ARTICLE])
    assert result.to_dict()["abstracts_by_theme"] == BY_THEME
    assert result.abstract is None
    assert result.themes == {"rotation": 1, "training": 1}
    # The words of evidence help, but need not be there.
    (without,) = fake_by_theme().analyze([ARTICLE], evidence=False)
    assert without.to_dict()["abstracts_by_theme"] == BY_THEME
    (nothing,) = fake_by_theme().analyze([replace(ARTICLE, paragraphs=("Trời nắng.",))])
    assert nothing.to_dict()["abstracts_by_theme"] == []


def test_lines_without_the_task_are_as_they_were():
    (result,) = Analyzer(FakeClassifier(), FakeSummarizer()).analyze([ARTICLE])
    assert result.abstracts_by_theme is None
    assert "abstracts_by_theme" not in result.to_dict()
    assert DocumentResult.from_json(result.to_json()) == result


def test_a_line_reads_back_as_it_was_written():
    by_theme = {"rotation": Abstract("Có 99 xã.", "abstractive", ("99",))}
    result = DocumentResult("d", "d", None, None, (), abstracts_by_theme=by_theme)
    assert DocumentResult.from_json(result.to_json()) == result


def test_a_run_writes_them_and_goes_on_with_them_only(config):
    run(config, fake_by_theme())
    lines = (config.output / "documents.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["abstracts_by_theme"] for line in lines] == [BY_THEME] * 3
    before = (config.output / "documents.jsonl").read_bytes()
    run(config, fake_by_theme())
    assert (config.output / "documents.jsonl").read_bytes() == before
    with pytest.raises(
        RunError, match=r"tasks was \[\"abstract:by-theme\"\] and is \[\"themes\"\]"
    ):
        run(replace(config, tasks=("themes",)), Analyzer(FakeClassifier(), None))
    with pytest.raises(RunError, match="raw_abstracts was false and is true"):
        run(replace(config, raw_abstracts=True), fake_by_theme())


def test_the_page_holds_them(config):
    run(config, fake_by_theme())
    page = (config.output / "report.html").read_text(encoding="utf-8")
    data = re.search(r'<script[^>]*id="data"[^>]*>(.*?)</script>', page, re.DOTALL).group(1)
    assert json.loads(data)[0]["byTheme"] == [
        {"theme": 0, "text": ROTATED, "unsupported": []},
        {"theme": 1, "text": TRAINED, "unsupported": []},
    ]
    assert "Tóm tắt theo chủ đề" in page


@pytest.mark.parametrize(
    ("given", "tasks"),
    [
        ("abstract:by-theme", ("abstract:by-theme",)),
        ("abstract:by-theme, themes", ("themes", "abstract:by-theme")),
        ("themes,abstract,abstract:by-theme", ("themes", "abstract", "abstract:by-theme")),
    ],
)
def test_the_command_takes_the_task(config, monkeypatch, given, tasks):
    asked = {}

    def from_pretrained(classifier=None, summarizer=None, **options):
        asked.update(options)
        return fake_by_theme()

    monkeypatch.setattr(Analyzer, "from_pretrained", from_pretrained)
    (source,) = config.inputs
    status = main(
        [
            "run",
            source,
            "--output",
            str(config.output),
            "--themes",
            str(config.themes),
            "--tasks",
            given,
            "--raw-abstracts",
        ]
    )
    assert status == 0
    assert asked["tasks"] == tasks and asked["raw_abstracts"] is True


def test_the_task_loads_the_classifier_and_no_summarizer(monkeypatch):
    from canbo.models.classifier import ThemeClassifier

    monkeypatch.setattr(
        ThemeClassifier, "from_pretrained", lambda source, **options: FakeClassifier()
    )
    analyzer = Analyzer.from_pretrained(tasks=("abstract:by-theme",))
    assert analyzer.by_theme and analyzer.classifier and analyzer.summarizer is None


def test_raw_abstracts_of_what_only_chooses_sentences_are_refused(config, capsys, tmp_path):
    folder = tmp_path / "chooses"
    folder.mkdir()
    shutil.copy(SHIPPED_SUMMARIZER / "extractive.json", folder)
    command = ["run", *config.inputs, "--output", str(config.output), "--tasks", "abstract"]
    command += ["--summarizer", str(folder)]
    assert main([*command, "--raw-abstracts"]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("canbo run: ") and str(folder) in line
    assert "--raw-abstracts" in line and "name a model that writes with --summarizer" in line
    assert not (config.output / "documents.jsonl").exists()
    assert main(command) == 0


def test_raw_abstracts_of_the_shipped_summarizer_are_made(config):
    command = ["run", *config.inputs, "--output", str(config.output), "--tasks", "abstract"]
    assert main([*command, "--raw-abstracts"]) == 0


def test_an_export_without_the_extra_names_it(monkeypatch, capsys, tmp_path):
    monkeypatch.setitem(sys.modules, "ctranslate2", None)
    monkeypatch.setitem(sys.modules, "ctranslate2.converters", None)
    command = ["export", str(tmp_path), "--format", "ct2", "--output", str(tmp_path / "out")]
    assert main(command) == 2
    assert "pip install 'canbo[ct2]'" in capsys.readouterr().err


def test_an_export_of_a_folder_without_a_model_is_refused(capsys, tmp_path):
    pytest.importorskip("ctranslate2")
    command = ["export", str(tmp_path), "--format", "ct2", "--output", str(tmp_path / "out")]
    assert main(command) == 2
    assert "holds no model (no config.json)" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()
