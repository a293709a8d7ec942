"""Another theme scheme works everywhere, with no code touched: train, run, report, Analyzer."""

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from canbo.analyzer import Analyzer
from canbo.cli import main
from canbo.data.themes import load_theme_scheme
from canbo.train.arguments import ConfigError
from canbo.train.classifier import ModelArguments, _load_model

REPOSITORY = Path(__file__).parents[2]

SCHEME = """
name: waterways
themes:
  - id: river
    name: { vi: Sông ngòi, en: Rivers }
    color: "#005f73"
    definition: { vi: Nước chảy., en: Running water. }
    pattern: 'sông|suối'
  - id: harbour
    name: { vi: Bến cảng, en: Harbours }
    color: "#7a1f5c"
    definition: { vi: Nơi tàu đậu., en: Where ships lie. }
    pattern: 'cảng|bến'
"""
TEXTS = {
    "river": "Con sông chảy qua làng, mùa nước lên thì tràn vào đồng.",
    "harbour": "Bến cảng mới đón chuyến tàu đầu tiên vào sáng thứ hai.",
}


def _write(path, rows):
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """The scheme, an invented data set of two labels, and articles to read."""
    folder = tmp_path_factory.mktemp("waterways")
    (folder / "themes.yaml").write_text(SCHEME, encoding="utf-8")
    for split in ("train", "validation", "test"):
        rows = [
            {"id": f"{split}-{theme}-{n}", "text": f"{text} Chuyện thứ {n}.", "labels": [theme]}
            for theme, text in TEXTS.items()
            for n in range(8)
        ]
        rows.append({"id": f"{split}-none", "text": "Trời hôm nay không mưa.", "labels": []})
        _write(folder / f"{split}.jsonl", rows)
    _write(folder / "articles.jsonl", [{"id": "a", "paragraphs": list(TEXTS.values())}])
    return folder


@pytest.fixture(scope="module")
def classifier(folder, tiny_phobert):
    final = folder / "final"
    config = REPOSITORY / "configs/classifier/phobert-base.yaml"
    status = main(
        [
            *("train", "classifier", str(config), "--model_name_or_path", str(tiny_phobert)),
            *("--themes", str(folder / "themes.yaml")),
            *("--train_files", str(folder / "train.jsonl")),
            *("--validation_files", str(folder / "validation.jsonl")),
            *("--test_files", str(folder / "test.jsonl")),
            *("--output_dir", str(folder / "run"), "--final_dir", str(final)),
            *("--max_steps", "2", "--eval_strategy", "steps", "--eval_steps", "2"),
            *("--save_strategy", "steps", "--save_steps", "2", "--report_to", "none"),
            *("--dataloader_pin_memory", "False", "--disable_tqdm", "True"),
        ]
    )
    assert status == 0
    return final


def _run(folder, output, *more):
    arguments = ["run", str(folder / "articles.jsonl"), "--output", str(output), *more]
    return main([*arguments, "--tasks", "themes"])


def test_the_run_and_its_report_speak_the_classifiers_own_scheme(folder, classifier, tmp_path):
    assert _run(folder, tmp_path / "out", "--classifier", str(classifier)) == 0

    (line,) = (tmp_path / "out" / "documents.jsonl").read_text(encoding="utf-8").splitlines()
    for paragraph in json.loads(line)["paragraphs"]:
        assert list(paragraph["scores"]) == ["river", "harbour"]
        assert set(paragraph["themes"]) <= {"river", "harbour"}
    page = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    for shown in ("Sông ngòi", "Bến cảng", "Nơi tàu đậu.", "#005f73", "#7a1f5c"):
        assert shown in page
    for theme in load_theme_scheme().themes:
        assert theme.id not in page and theme.name["vi"] not in page


def test_a_scheme_that_is_given_goes_before_the_one_carried(folder, classifier, tmp_path):
    renamed = tmp_path / "themes.yaml"
    renamed.write_text(SCHEME.replace("Bến cảng", "Cảng biển"), encoding="utf-8")

    arguments = ["--classifier", str(classifier), "--themes", str(renamed)]
    assert _run(folder, tmp_path / "out", *arguments) == 0

    page = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert "Cảng biển" in page and "Bến cảng</strong>" not in page


def test_a_scheme_that_lacks_the_classifiers_themes_is_refused(
    folder, classifier, tmp_path, capsys
):
    shipped = REPOSITORY / "configs" / "themes.yaml"
    arguments = ["--classifier", str(classifier), "--themes", str(shipped)]
    assert _run(folder, tmp_path / "out", *arguments) == 2
    assert "does not hold: river, harbour" in capsys.readouterr().err


def test_the_analyzer_gives_the_other_themes(classifier):
    analyzer = Analyzer.from_pretrained(classifier, tasks=("themes",), device="cpu")
    result = analyzer(TEXTS["river"])
    assert list(result.paragraphs[0].scores) == ["river", "harbour"]
    assert analyzer.scheme["harbour"].name == {"vi": "Bến cảng", "en": "Harbours"}


def test_a_damaged_copy_of_the_scheme_is_refused(folder, classifier, tmp_path, capsys):
    copy = tmp_path / "copy"
    copy.mkdir()
    for path in classifier.iterdir():
        (copy / path.name).write_bytes(path.read_bytes())
    config = json.loads((copy / "config.json").read_text(encoding="utf-8"))
    config["canbo"]["scheme"]["themes"].reverse()
    (copy / "config.json").write_text(json.dumps(config), encoding="utf-8")

    assert _run(folder, tmp_path / "out", "--classifier", str(copy)) == 2
    assert "holds the themes harbour, river but 'id2label' river, harbour" in (
        capsys.readouterr().err
    )


def test_the_shipped_classifier_can_be_trained_on_for_other_themes(folder):
    scheme = load_theme_scheme(folder / "themes.yaml")
    model = _load_model(ModelArguments(str(REPOSITORY / "models/embedded/classifier")), scheme)
    assert model.config.id2label == {0: "river", 1: "harbour"}
    assert model.classifier.out_proj.weight.shape[0] == 2


@pytest.fixture
def committee(folder, classifier, tmp_path):
    body = "\n".join(["Con sông chảy qua làng vào mùa nước lên ."] * 8)
    rows = {"id": ["1"], "title": ["Tin"], "abstract": ["Tin"], "body": [body]}
    pq.write_table(pa.table(rows), tmp_path / "train.parquet")
    (tmp_path / "leave_out.txt").write_text("", encoding="utf-8")
    config = {
        "corpus": str(tmp_path / "train.parquet"),
        "leave_out": str(tmp_path / "leave_out.txt"),
        "gold_files": [str(folder / "train.jsonl")],
        "output_dir": str(tmp_path / "out"),
        "members": [str(classifier)],
        "paragraphs": 2,
        "others": 0.5,
        "syllables": 40,
        "pattern_weight": 0.5,
    }
    path = tmp_path / "committee.yaml"
    path.write_text(json.dumps(config), encoding="utf-8")  # JSON is YAML.
    return path


def test_a_committee_votes_on_the_other_themes(folder, committee, tmp_path):
    assert main(["train", "committee", str(committee), "--themes", f"{folder}/themes.yaml"]) == 0
    lines = (tmp_path / "out" / "paragraphs.jsonl").read_text(encoding="utf-8").splitlines()
    for line in lines:
        scores = json.loads(line)["scores"]
        assert list(scores) == ["river", "harbour"]
        assert scores["river"] > scores["harbour"]


def test_a_member_of_another_scheme_is_refused(committee):
    from canbo.train.committee import main as train_committee

    with pytest.raises(ConfigError, match="gives the themes river, harbour, the scheme"):
        train_committee([str(committee)])
