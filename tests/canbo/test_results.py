"""The output contract, version 1, written out by hand."""

import json

import pytest

from canbo.data.documents import Document
from canbo.models.predictions import Abstract, EvidenceSpan, ThemePrediction
from canbo.results import DocumentResult

DOCUMENT = Document(
    id="tin-1",
    source="tin.jsonl#1",
    title="Huyện Đông Hòa điều động cán bộ",
    paragraphs=("Huyện điều động ba phó phòng.", "Trời\u2028nắng."),
    date="2018-03-12",
)
PREDICTIONS = [
    ThemePrediction(
        themes=("rotation",),
        scores={"rotation": 0.987654, "training": 1 / 3},
        evidence=(EvidenceSpan("rotation", 6, 15, "điều động"),),
    ),
    ThemePrediction(
        themes=(), scores={"rotation": 0.00004, "training": 0.25}, uncertain=("training",)
    ),
]
ABSTRACT = Abstract("Ba phó phòng, năm 2031.", "abstractive", ("2031",))

LINE = (
    '{"schema": 1, "id": "tin-1", "source": "tin.jsonl#1",'
    ' "title": "Huyện Đông Hòa điều động cán bộ", "date": "2018-03-12", "lead": null,'
    ' "abstract": {"text": "Ba phó phòng, năm 2031.", "method": "abstractive",'
    ' "unsupported": ["2031"]},'
    ' "themes": {"rotation": 1},'
    ' "paragraphs": [{"index": 0, "text": "Huyện điều động ba phó phòng.",'
    ' "themes": ["rotation"], "scores": {"rotation": 0.9877, "training": 0.3333},'
    ' "evidence": [{"theme": "rotation", "start": 6, "end": 15, "text": "điều động"}],'
    ' "uncertain": []},'
    ' {"index": 1, "text": "Trời\u2028nắng.", "themes": [],'
    ' "scores": {"rotation": 0.0, "training": 0.25}, "evidence": [], "uncertain": ["training"]}]}'
)


def test_the_line_is_the_contracts():
    assert DocumentResult.build(DOCUMENT, PREDICTIONS, ABSTRACT).to_json() == LINE


def test_a_line_reads_back_and_writes_the_same():
    assert DocumentResult.from_json(LINE).to_json() == LINE


def test_a_line_of_an_early_version_has_no_date_lead_and_uncertain_themes():
    early = json.loads(LINE)
    del early["date"], early["lead"]
    for paragraph in early["paragraphs"]:
        del paragraph["uncertain"]
    result = DocumentResult.from_dict(early)
    assert (result.date, result.lead) == (None, None)
    assert [paragraph.uncertain for paragraph in result.paragraphs] == [(), ()]


def test_tasks_left_out_are_null_and_empty():
    record = DocumentResult.build(DOCUMENT, None, None).to_dict()
    assert record["abstract"] is None
    assert record["themes"] == {}
    assert record["paragraphs"][0] == {
        "index": 0,
        "text": "Huyện điều động ba phó phòng.",
        "themes": [],
        "scores": {},
        "evidence": [],
        "uncertain": [],
    }


def test_themes_are_counted_by_paragraph_in_the_schemes_order():
    scores = {"rotation": 0.9, "training": 0.9}
    predictions = [
        ThemePrediction(("training",), scores),
        ThemePrediction(("rotation", "training"), scores),
    ]
    result = DocumentResult.build(DOCUMENT, predictions, None)
    assert list(result.themes.items()) == [("rotation", 1), ("training", 2)]


def test_line_breaks_in_text_do_not_break_the_line():
    document = Document("a", "a.txt", "Một\nhai", ("Ba\r\nbốn",))
    line = DocumentResult.build(document, None, None).to_json()
    assert "\n" not in line and "\r" not in line
    assert json.loads(line)["title"] == "Một\nhai"


@pytest.mark.parametrize("score", [float("nan"), float("inf")])
def test_a_score_that_is_no_number_is_refused(score):
    predictions = [ThemePrediction((), {"rotation": score}) for _ in DOCUMENT.paragraphs]
    with pytest.raises(ValueError, match="score"):
        DocumentResult.build(DOCUMENT, predictions, None)


def test_a_prediction_too_few_is_refused():
    with pytest.raises(ValueError):
        DocumentResult.build(DOCUMENT, PREDICTIONS[:1], None)


def test_another_version_is_refused():
    with pytest.raises(ValueError, match="schema 2"):
        DocumentResult.from_json(LINE.replace('"schema": 1', '"schema": 2'))
