"""`Analyzer` with fake models."""

import json
import shutil
from pathlib import Path

import pytest
from fakes import FakeClassifier, FakeSummarizer

import canbo
from canbo.analyzer import Analyzer, ModelSourceError
from canbo.data.documents import Document

DOCUMENTS = [
    Document("a", "a.txt", "A", ("Ông An được luân chuyển.", "Trời nắng.")),
    Document("b", "b.txt", None, ("Trời nắng.", "Xã mở lớp tập huấn.")),
]


def test_paragraphs_of_all_documents_are_read_together_and_equal_ones_once():
    classifier = FakeClassifier()
    results = Analyzer(classifier, None).analyze(DOCUMENTS)
    assert classifier.calls == [["Ông An được luân chuyển.", "Trời nắng.", "Xã mở lớp tập huấn."]]
    assert [[p.themes for p in result.paragraphs] for result in results] == [
        [("rotation",), ()],
        [(), ("training",)],
    ]
    assert [result.abstract for result in results] == [None, None]


def test_only_abstracts():
    summarizer = FakeSummarizer()
    results = Analyzer(None, summarizer).analyze(DOCUMENTS, batch_size=40)
    assert [result.abstract.text for result in results] == [
        "Ông An được luân chuyển.",
        "Trời nắng.",
    ]
    assert results[0].paragraphs[0].scores == {}
    assert summarizer.batch_sizes == [10]


def test_no_documents_and_no_paragraphs():
    analyzer = Analyzer(FakeClassifier(), None)
    assert analyzer.analyze([]) == []
    assert analyzer.analyze([Document("a", "a", None, ())])[0].paragraphs == ()
    assert analyzer.classifier.calls == []


def test_evidence_can_be_left_out():
    analyzer = Analyzer(FakeClassifier(), None)
    assert analyzer.analyze(DOCUMENTS)[0].paragraphs[0].evidence[0].text == "luân chuyển"
    assert analyzer.analyze(DOCUMENTS, evidence=False)[0].paragraphs[0].evidence == ()


def test_a_pasted_text_is_cleaned():
    text = (
        "Tỉnh Hòa Sơn luân chuyển mười cán bộ về xã\n\n"
        "Sáng nay, Tỉnh ủy Hòa Sơn công bố quyết định luân chuyển mười cán bộ về các xã vùng cao.\n"
        "\nChia sẻ bài viết\n"
    )
    result = Analyzer(FakeClassifier(), FakeSummarizer())(text)
    assert result.title == "Tỉnh Hòa Sơn luân chuyển mười cán bộ về xã"
    assert [p.text for p in result.paragraphs] == [
        "Sáng nay, Tỉnh ủy Hòa Sơn công bố quyết định luân chuyển mười cán bộ về các xã vùng cao."
    ]
    assert result.themes == {"rotation": 1}


def test_an_empty_text_is_refused():
    with pytest.raises(ValueError, match="no paragraph"):
        Analyzer(FakeClassifier(), None)("  \n ")


@pytest.mark.parametrize("source", ["no-such-model", "/no/such/model", "./a/b", "a/b/c", ""])
def test_a_source_that_is_neither_folder_nor_hub_id_is_refused(source):
    with pytest.raises(ModelSourceError, match=r"summarizer .* owner/name"):
        Analyzer.from_pretrained(summarizer=source, tasks=("abstract",))


def test_a_mistyped_folder_is_not_asked_of_the_hub(tmp_path, monkeypatch):
    (tmp_path / "runs").mkdir()
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ModelSourceError, match="the folder runs holds no such folder"):
        Analyzer.from_pretrained("runs/best", tasks=("themes",))


def test_a_folder_that_holds_no_model_is_refused_in_one_line(tmp_path):
    with pytest.raises(ModelSourceError) as refusal:
        Analyzer.from_pretrained(classifier=tmp_path, tasks=("themes",))
    assert str(tmp_path) in str(refusal.value) and "\n" not in str(refusal.value)


@pytest.fixture
def copied(tiny_phobert, tmp_path):
    """A model folder to break."""
    return Path(shutil.copytree(tiny_phobert, tmp_path / "copied"))


def test_damaged_weights_are_refused_in_one_line(copied):
    weights = copied / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:1000])
    with pytest.raises(ModelSourceError, match=r"copied.*weights are damaged") as refusal:
        Analyzer.from_pretrained(classifier=copied, tasks=("themes",))
    assert "\n" not in str(refusal.value)


def test_weights_of_other_sizes_are_refused_in_one_line(copied):
    config = json.loads((copied / "config.json").read_text(encoding="utf-8"))
    config["intermediate_size"] *= 2
    (copied / "config.json").write_text(json.dumps(config), encoding="utf-8")
    with pytest.raises(ModelSourceError, match=r"copied.*other sizes than its config\.json"):
        Analyzer.from_pretrained(classifier=copied, tasks=("themes",))


@pytest.mark.parametrize("tasks", [(), ("themes", "topics")])
def test_unknown_tasks_are_refused(tasks):
    with pytest.raises(ValueError, match="themes, abstract"):
        Analyzer.from_pretrained(tasks=tasks)


def test_the_package_exports_lazily():
    assert canbo.Analyzer is Analyzer
    assert canbo.__version__.count(".") == 2
    with pytest.raises(AttributeError, match="nothing"):
        _ = canbo.nothing
