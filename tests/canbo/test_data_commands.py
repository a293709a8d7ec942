"""`canbo data` as its user has it, and the way through Label Studio and back to training."""

import json
import re
from pathlib import Path

import pytest
from fakes import FakeClassifier
from markupsafe import escape

from canbo.analyzer import Analyzer
from canbo.cli import main
from canbo.data.loaders import load_theme_data
from canbo.data.stats import read_stats
from canbo.data.themes import load_theme_scheme
from canbo.stats_page import write_stats_page

REPOSITORY = Path(__file__).parents[2]
SHIPPED = REPOSITORY / "data" / "canbo-themes" / "paragraphs"
SPLITS = [str(SHIPPED / f"{split}.jsonl") for split in ("train", "validation", "test")]
SCHEME = load_theme_scheme()


def read_rows(path):
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


@pytest.fixture
def articles(tmp_path):
    path = tmp_path / "in.jsonl"
    rows = [
        {"id": "a", "title": "Bài A", "paragraphs": ["Huyện luân chuyển ông An.", "Trời mưa."]},
        {"id": "b", "paragraphs": ["Lớp tập huấn mở vào buổi tối."]},
    ]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def build(articles, output, *more):
    return main(["data", "build", str(articles), "--output", str(output), *more])


def test_build_writes_a_row_a_paragraph(articles, tmp_path, capsys):
    output = tmp_path / "new" / "rows.jsonl"

    assert build(articles, output) == 0

    rows = read_rows(output)
    assert [(row["id"], row["article"], row["labels"], row["title"]) for row in rows] == [
        ("a-0", "a", [], "Bài A"),
        ("a-1", "a", [], "Bài A"),
        ("b-0", "b", [], ""),
    ]
    assert capsys.readouterr().out == f"2 articles, 3 paragraphs, 0 errors -> {output}\n"


def test_build_reads_what_can_be_read_and_tells_the_rest(articles, tmp_path, capsys):
    with articles.open("a", encoding="utf-8") as file:
        file.write("{\n")

    assert build(articles, tmp_path / "rows.jsonl") == 3

    assert f"{articles}:3: json: Not valid JSON" in capsys.readouterr().err
    assert len(read_rows(tmp_path / "rows.jsonl")) == 3


def test_build_takes_other_field_names(tmp_path):
    source = tmp_path / "in.jsonl"
    source.write_text(json.dumps({"key": "k", "parts": ["Một câu."]}) + "\n", encoding="utf-8")

    assert build(
        source, tmp_path / "o.jsonl", "--paragraphs-field", "parts", "--id-field", "key"
    ) == (0)
    assert [row["id"] for row in read_rows(tmp_path / "o.jsonl")] == ["k-0"]


def test_labels_that_are_there_are_not_overwritten(articles, tmp_path, capsys):
    output = tmp_path / "rows.jsonl"
    output.write_text("labels of a week", encoding="utf-8")

    assert build(articles, output) == 2
    assert "is there already and may hold labels" in capsys.readouterr().err
    assert output.read_text(encoding="utf-8") == "labels of a week"
    assert build(articles, output, "--overwrite") == 0


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("tasks.xml", "is the name of the labelling configuration"),
        ("kept.json", "kept.xml is there already"),
        ("folder", "is a folder"),
        (".", "is a folder"),
    ],
)
def test_a_build_writes_over_nothing(articles, tmp_path, capsys, monkeypatch, name, message):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "kept.xml").write_text("interface as edited", encoding="utf-8")
    (tmp_path / "folder").mkdir()
    before = sorted(tmp_path.iterdir())

    assert build(articles, name, "--format", "label-studio") == 2

    assert message in capsys.readouterr().err
    assert sorted(tmp_path.iterdir()) == before
    assert (tmp_path / "kept.xml").read_text(encoding="utf-8") == "interface as edited"


def test_a_build_of_nothing_leaves_no_file(tmp_path, capsys):
    assert build(tmp_path / "none.txt", tmp_path / "rows.jsonl") == 2
    assert "no article could be read" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def fake_model(monkeypatch, tmp_path):
    """A classifier of two themes and a scheme file that holds them."""
    monkeypatch.setattr(Analyzer, "from_pretrained", lambda *_, **__: Analyzer(FakeClassifier()))


def test_a_classifiers_themes_are_suggested(articles, tmp_path, fake_model):
    output = tmp_path / "tasks.json"
    more = ("--format", "label-studio", "--classifier", "some/model")

    assert build(articles, output, *more) == 0

    tasks = json.loads(output.read_text(encoding="utf-8"))
    suggested = [task["predictions"][0] for task in tasks]
    assert [
        [result["value"]["choices"] for result in prediction["result"]] for prediction in suggested
    ] == [[["rotation"]], [], [["training"]]]
    assert {prediction["model_version"] for prediction in suggested} == {"fake-classifier"}
    assert 'alias="rotation"' in (tmp_path / "tasks.xml").read_text(encoding="utf-8")


def test_suggestions_need_label_studio(articles, tmp_path, capsys):
    assert build(articles, tmp_path / "rows.jsonl", "--classifier", "some/model") == 2
    assert "need --format label-studio" in capsys.readouterr().err


def test_suggestions_of_another_scheme_are_refused(articles, tmp_path, fake_model, capsys):
    themes = tmp_path / "themes.yaml"
    themes.write_text(json.dumps({"themes": SCHEME.to_dict()["themes"][2:]}), encoding="utf-8")
    more = ("--format", "label-studio", "--classifier", "x/y", "--themes", str(themes))

    assert build(articles, tmp_path / "tasks.json", *more) == 2
    assert "give its own with --themes" in capsys.readouterr().err


# --- validate and stats ------------------------------------------------------------------------


def test_valid_data_are_summed_up(capsys):
    assert main(["data", "validate", *SPLITS]) == 0
    assert capsys.readouterr().out == (
        "1382 paragraphs (train 961, validation 151, test 270): 0 errors, 0 warnings\n"
    )


def test_findings_are_printed_and_exit_with_1(tmp_path, capsys):
    path = tmp_path / "train.jsonl"
    path.write_text('{"id": "1", "text": "Một.", "labels": ["weather"]}\n{\n', encoding="utf-8")

    assert main(["data", "validate", str(path)]) == 1

    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith(f"{path}:1: error: unknown label 'weather'; the scheme")
    assert lines[1].startswith(f"{path}:2: error: not valid JSON")
    assert lines[2:] == ["0 paragraphs (): 2 errors, 0 warnings", "  form: 2"]


def test_a_warning_alone_exits_with_0(tmp_path, capsys):
    path = tmp_path / "train.jsonl"
    rows = [{"id": str(number), "text": "Một.", "labels": []} for number in range(2)]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")

    assert main(["data", "validate", str(path)]) == 0
    assert "0 errors, 1 warnings" in capsys.readouterr().out


def test_a_missing_file_is_wrong_use(tmp_path, capsys):
    assert main(["data", "validate", str(tmp_path / "none.jsonl")]) == 2
    assert main(["data", "stats", str(tmp_path / "none.jsonl")]) == 2
    assert capsys.readouterr().err.count("none.jsonl") == 2


def test_stats_print_a_table_and_write_a_page(tmp_path, capsys):
    assert main(["data", "stats", *SPLITS, "--output", str(tmp_path / "plots")]) == 0

    out = capsys.readouterr().out
    assert re.search(r"^paragraphs +961 +151 +270 +1382$", out, re.MULTILINE)
    assert re.search(r"^articles +128 +20 +36 +184$", out, re.MULTILINE)
    assert out.splitlines()[-1] == f"plots -> {tmp_path / 'plots' / 'stats.html'}"


@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_page_stands_alone_and_speaks_the_scheme(tmp_path, language):
    stats = read_stats([Path(path) for path in SPLITS], SCHEME)

    page = write_stats_page(tmp_path, stats, SCHEME, language).read_text(encoding="utf-8")

    assert page.count("<svg") == page.count("</svg>") == 3
    for theme in SCHEME.themes:
        assert escape(theme.name[language]) in page and escape(theme.definition[language]) in page
    assert "default-src 'none'; style-src 'sha256-" in page and "<script" not in page
    assert not re.search(r'(?:src|href)="', page)
    for number in ("282 (20.4%)", "1382", "374 (27.1%)"):
        assert number in page


# --- the whole way -----------------------------------------------------------------------------


def annotate(tasks, answers):
    """What Label Studio exports when annotators give these answers, one list an annotator."""
    for number, task in enumerate(tasks, start=1):
        task["id"] = number
        task["annotations"] = [
            {
                "id": 10 * number + annotator,
                "completed_by": annotator,
                "was_cancelled": False,
                "ground_truth": False,
                "result": [
                    {
                        "from_name": "themes",
                        "to_name": "text",
                        "type": "choices",
                        "value": {"choices": themes},
                    }
                ]
                if themes
                else [],
            }
            for annotator, themes in enumerate(answers[number - 1], start=1)
        ]
    return tasks


@pytest.fixture
def labelled(tmp_path):
    """Shipped articles as files of paragraphs, built, annotated and brought back, by split."""
    files, wanted = {}, {}
    for split, count in (("train", 40), ("validation", 20)):
        gold = read_rows(SHIPPED / f"{split}.jsonl")[:count]
        names = list(dict.fromkeys(row["article"] for row in gold))
        source = tmp_path / f"{split}-articles.jsonl"
        with source.open("w", encoding="utf-8") as out:
            for name in names:
                texts = [row["text"] for row in gold if row["article"] == name]
                out.write(json.dumps({"id": name, "paragraphs": texts}) + "\n")
        tasks = tmp_path / f"{split}-tasks.json"
        assert build(source, tasks, "--format", "label-studio") == 0
        export = tmp_path / f"{split}-export.json"
        # Two of three annotators give the gold labels, the third none of them.
        answers = [[row["labels"], [], row["labels"]] for row in gold]
        done = annotate(json.loads(tasks.read_text(encoding="utf-8")), answers)
        export.write_text(json.dumps(done), encoding="utf-8")
        files[split] = tmp_path / f"{split}.jsonl"
        assert main(["data", "import", str(export), "--output", str(files[split])]) == 0
        wanted[split] = [(row["article"], row["text"], row["labels"]) for row in gold]
    return files, wanted


def test_labels_come_back_from_label_studio_and_train_a_classifier(
    labelled, tiny_phobert, tmp_path
):
    files, wanted = labelled
    for split, path in files.items():
        rows = read_rows(path)
        assert [(row["article"], row["text"], row["labels"]) for row in rows] == wanted[split]
    assert main(["data", "validate", *map(str, files.values())]) == 0
    data = load_theme_data({split: [path] for split, path in files.items()}, SCHEME)
    assert {split: len(data[split]) for split in data} == {"train": 40, "validation": 20}

    status = main(
        [
            *("train", "classifier", str(REPOSITORY / "configs/classifier/phobert-base.yaml")),
            *("--model_name_or_path", str(tiny_phobert)),
            *("--train_files", str(files["train"])),
            *("--validation_files", str(files["validation"])),
            *("--output_dir", str(tmp_path / "run"), "--final_dir", str(tmp_path / "final")),
            *("--max_steps", "2", "--eval_strategy", "steps", "--eval_steps", "2"),
            *("--save_strategy", "steps", "--save_steps", "2", "--report_to", "none"),
            *("--dataloader_pin_memory", "False", "--disable_tqdm", "True"),
        ]
    )
    assert status == 0 and (tmp_path / "final" / "model.safetensors").is_file()


def test_import_tells_what_has_no_labels_and_keeps_an_earlier_file(articles, tmp_path, capsys):
    tasks = tmp_path / "tasks.json"
    build(articles, tasks, "--format", "label-studio")
    export = tmp_path / "export.json"
    done = annotate(
        json.loads(tasks.read_text(encoding="utf-8")), [[["rotation"]], [[], ["training"]], []]
    )
    export.write_text(json.dumps(done), encoding="utf-8")
    output = tmp_path / "labelled.jsonl"
    capsys.readouterr()

    assert main(["data", "import", str(export), "--output", str(output)]) == 3

    captured = capsys.readouterr()
    assert f"{export}: tie: Task 2: its 2 annotators" in captured.err
    assert f"{export}: not_annotated: Task 3" in captured.err
    # One vote of two for training: by chance alone they would differ as often.
    assert re.search(r"^training +0\.000 +0\.000 +1$", captured.out, re.MULTILINE)
    assert captured.out.endswith(f"1 paragraphs, 2 errors -> {output}\n")
    assert [row["labels"] for row in read_rows(output)] == [["rotation"]]
    assert main(["data", "import", str(export), "--output", str(output)]) == 2
