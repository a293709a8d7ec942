import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from canbo.data.annotation import (
    AnnotationError,
    agreement,
    label_studio_config,
    label_studio_task,
    paragraph_rows,
    read_label_studio,
)
from canbo.data.documents import Document
from canbo.data.themes import load_theme_scheme, parse_theme_scheme

SCHEME = parse_theme_scheme(
    {
        "name": "ways",
        "themes": [
            {
                "id": theme,
                "name": {"vi": name, "en": theme.title()},
                "definition": {"vi": f'Nói về "{name}" & hơn thế.', "en": theme},
                "color": "#123456",
            }
            for theme, name in (("river", "Sông"), ("road", "Đường"))
        ],
    },
    "test",
)
DOCUMENT = Document("bai-1", "in/bai-1.txt", "Làng bên sông", ("Con sông.", "Con đường."))
RIVER, ROAD, NONE, BOTH = ["river"], ["road"], [], ["river", "road"]


def test_a_document_is_cut_to_a_row_a_paragraph() -> None:
    assert list(paragraph_rows([DOCUMENT])) == [
        {
            "id": f"bai-1-{index}",
            "article": "bai-1",
            "index": index,
            "text": text,
            "labels": [],
            "title": "Làng bên sông",
            "source": "in/bai-1.txt",
        }
        for index, text in enumerate(("Con sông.", "Con đường."))
    ]
    untitled = Document("b", "b.txt", None, ("Một.",))
    assert [row["title"] for row in paragraph_rows([untitled])] == [""]


def test_a_task_keeps_the_paragraphs_id_out_of_the_way_of_label_studios_own() -> None:
    row = next(paragraph_rows([DOCUMENT]))

    task = label_studio_task(row)

    assert task == {
        "data": {
            "paragraph_id": "bai-1-0",
            "article": "bai-1",
            "index": 0,
            "title": "Làng bên sông",
            "source": "in/bai-1.txt",
            "text": "Con sông.",
        }
    }


def test_a_prediction_has_the_form_of_a_result_and_the_least_certain_score() -> None:
    row = next(paragraph_rows([DOCUMENT]))

    (prediction,) = label_studio_task(row, {"river": 0.9, "road": 0.3}, ["river"], "m")[
        "predictions"
    ]

    # The decision against "road" is the less certain one: 1 - 0.3.
    assert (prediction["model_version"], prediction["score"]) == ("m", 0.7)
    (result,) = prediction["result"]
    assert result.pop("id")
    assert result == {
        "from_name": "themes",
        "to_name": "text",
        "type": "choices",
        "value": {"choices": ["river"]},
    }
    (nothing,) = label_studio_task(row, {"river": 0.1, "road": 0.3}, [], "m")["predictions"]
    assert (nothing["score"], nothing["result"]) == (0.7, [])


def test_the_configuration_shows_vietnamese_names_and_exports_ids() -> None:
    view = ElementTree.fromstring(label_studio_config(SCHEME))

    text, choices = view.find("Text"), view.find("Choices")
    assert text is not None and choices is not None
    assert text.attrib == {"name": "text", "value": "$text"}
    assert choices.attrib["choice"] == "multiple" and choices.attrib["toName"] == "text"
    assert [choice.attrib for choice in choices] == [
        {
            "value": name,
            "alias": theme,
            "hint": f'Nói về "{name}" & hơn thế.',
            "hotkey": str(number),
        }
        for number, (theme, name) in enumerate([("river", "Sông"), ("road", "Đường")], start=1)
    ]


# --- exports, of the form that Label Studio 1.23 gives -----------------------------------------


def annotation(
    annotator: Any, themes: list[str], *, cancelled: bool = False, truth: bool = False
) -> dict[str, Any]:
    result = {
        "id": "wKzOkxJmGC",
        "from_name": "themes",
        "to_name": "text",
        "type": "choices",
        "origin": "manual",
        "value": {"choices": themes},
    }
    return {
        "id": 7,
        "completed_by": annotator,
        "result": [result] if themes else [],
        "was_cancelled": cancelled,
        "ground_truth": truth,
        "lead_time": 3.2,
    }


def task(number: int, *annotations: dict[str, Any], **data: Any) -> dict[str, Any]:
    row = {
        "paragraph_id": f"p{number}",
        "article": "bai-1",
        "index": number,
        "title": "Làng",
        "source": "in",
        "text": f"Câu {number}.",
    }
    return {
        "id": number,
        "annotations": list(annotations),
        "drafts": [],
        "predictions": [],
        "data": {**row, **data},
        "project": 1,
    }


def minimal(number: int, annotator: Any, themes: Any, **data: Any) -> dict[str, Any]:
    """A row of JSON_MIN: the task's number stands over the data's id, no result means no key."""
    record = task(number, **data)["data"] | {"id": number}
    if themes:
        record["themes"] = themes
    made = None if annotator is None else 7
    return record | {"annotator": annotator, "annotation_id": made, "lead_time": 3.2}


def export(folder: Path, items: Any) -> Path:
    path = folder / "export.json"
    path.write_text(json.dumps(items, ensure_ascii=False), encoding="utf-8")
    return path


def test_a_row_has_the_fields_of_the_build_in_the_same_order(tmp_path: Path) -> None:
    (row,) = read_label_studio(
        export(tmp_path, [task(3, annotation(1, ["road", "river"]))]), SCHEME
    ).rows

    assert list(row.items()) == [
        ("id", "p3"),
        ("article", "bai-1"),
        ("index", 3),
        ("text", "Câu 3."),
        ("labels", ["river", "road"]),
        ("title", "Làng"),
        ("source", "in"),
    ]


def test_the_short_export_gives_the_same_rows(tmp_path: Path) -> None:
    full = [
        task(1, annotation(1, BOTH)),
        task(2, annotation(1, RIVER)),
        task(3, annotation(1, NONE)),
    ]
    short = [
        minimal(1, 1, {"choices": ["river", "road"]}),
        minimal(2, 1, "river"),
        minimal(3, 1, None),
    ]

    rows = read_label_studio(export(tmp_path, full), SCHEME).rows

    assert [row["labels"] for row in rows] == [BOTH, RIVER, NONE]
    assert read_label_studio(export(tmp_path, short), SCHEME).rows == rows


def test_the_short_export_has_a_row_for_each_annotator(tmp_path: Path) -> None:
    items = [minimal(1, 1, "river"), minimal(1, 2, "river"), minimal(1, "c@x.vn", "road")]

    found = read_label_studio(export(tmp_path, items), SCHEME)

    assert [row["labels"] for row in found.rows] == [RIVER]
    assert set(found.votes["1"]) == {"1", "2", "c@x.vn"}


@pytest.mark.parametrize(
    ("votes", "labels"),
    [
        ([RIVER, RIVER], RIVER),
        ([RIVER, RIVER, ROAD], RIVER),
        ([BOTH, ROAD, NONE], ROAD),
        ([RIVER, ROAD, NONE], NONE),
    ],
)
def test_more_than_half_of_the_annotators_decide(
    tmp_path: Path, votes: list[list[str]], labels: list[str]
) -> None:
    given = [annotation(number, themes) for number, themes in enumerate(votes)]

    (row,) = read_label_studio(export(tmp_path, [task(1, *given)]), SCHEME).rows

    assert row["labels"] == labels


def test_ground_truth_goes_before_the_majority_and_resolves_ties(tmp_path: Path) -> None:
    given = [annotation(1, RIVER), annotation(2, ROAD, truth=True)]

    found = read_label_studio(export(tmp_path, [task(1, *given)]), SCHEME)

    assert [row["labels"] for row in found.rows] == [ROAD]


def test_a_skipping_annotator_has_no_vote(tmp_path: Path) -> None:
    given = [annotation(1, NONE, cancelled=True), annotation(2, ROAD)]

    found = read_label_studio(export(tmp_path, [task(1, *given)]), SCHEME)

    assert [row["labels"] for row in found.rows] == [ROAD] and not found.votes


@pytest.mark.parametrize(
    ("item", "kind", "message"),
    [
        (task(5), "not_annotated", "Task 5: nobody has annotated it"),
        (
            task(5, annotation(1, NONE, cancelled=True)),
            "skipped",
            "Task 5: every annotator skipped",
        ),
        (minimal(5, None, None), "not_annotated", "Task 5: nobody has annotated it"),
        (task(5, annotation(1, ["Sông"])), "unknown_choice", "Task 5: 'Sông' is no theme"),
        (minimal(5, 1, "lake"), "unknown_choice", "Task 5: 'lake' is no theme"),
        (
            task(5, annotation(1, RIVER), annotation(2, NONE)),
            "tie",
            "Task 5: its 2 annotators are equ",
        ),
        (
            task(5, annotation(1, RIVER), annotation(1, RIVER)),
            "annotated_twice",
            "Task 5: annotator 1",
        ),
        (
            task(5, annotation(1, RIVER, truth=True), annotation(2, ROAD, truth=True)),
            "ground_truth",
            "Task 5: two different annotations",
        ),
        (task(5) | {"annotations": ["a"]}, "annotation", "Task 5: its annotations are not of"),
        (
            task(5, annotation(1, NONE) | {"result": None}),
            "annotation",
            "Task 5: its annotations are not of",
        ),
        (
            task(5, annotation(1, NONE) | {"result": ["a"]}),
            "annotation",
            "Task 5: its annotations are not of",
        ),
        (minimal(5, 1, {"choices": {"a": []}}), "unknown_choice", "Task 5: None is no theme"),
        (task(5, annotation(1, RIVER), text=""), "text", "Task 5: its data have no 'text'"),
        (task(5, annotation(1, RIVER), paragraph_id="p1"), "duplicate_id", "Task 5: its paragraph"),
    ],
)
def test_a_task_that_cannot_be_taken_is_an_error_and_the_others_stay(
    tmp_path: Path, item: dict[str, Any], kind: str, message: str
) -> None:
    good = minimal(1, 9, "road") if "annotator" in item else task(1, annotation(9, ROAD))

    found = read_label_studio(export(tmp_path, [good, item]), SCHEME)

    (error,) = found.errors
    assert (error.error, error.source) == (kind, f"{tmp_path}/export.json")
    assert error.message.startswith(message)
    assert [row["id"] for row in found.rows] == ["p1"]


def test_tasks_that_were_not_made_by_canbo_are_taken(tmp_path: Path) -> None:
    item = {"id": 4, "data": {"text": "Một câu."}, "annotations": [annotation({"id": 3}, RIVER)]}

    found = read_label_studio(export(tmp_path, [item]), SCHEME)

    assert found.rows == [{"id": "4", "text": "Một câu.", "labels": ["river"]}]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "not valid JSON"),
        ("[" * 100_000, "not valid JSON"),
        ('{"tasks": []}', "must be a list of tasks"),
        ("[1]", "must be a list of tasks"),
        ("[]", "no task has 'themes'"),
        ('[{"id": 1, "text": "a", "topic": "river", "annotation_id": 1}]', "no task has 'themes'"),
    ],
)
def test_a_file_of_another_form_is_refused(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "export.json"
    path.write_text(text, encoding="utf-8")

    with pytest.raises(AnnotationError, match=rf"export\.json: .*{message}"):
        read_label_studio(path, SCHEME)


# --- agreement ---------------------------------------------------------------------------------


def votes(*columns: str, theme: str = "river") -> dict[str, dict[str, frozenset[str]]]:
    """A task a column, an annotator a character: ``+`` chose the theme, ``-`` did not."""
    return {
        str(number): {
            str(annotator): frozenset([theme] if vote == "+" else [])
            for annotator, vote in enumerate(column)
            if vote in "+-"
        }
        for number, column in enumerate(columns)
    }


def test_two_annotators_have_cohens_kappa() -> None:
    # 20 tasks: both yes, only the first, only the second, both no.
    river, road = agreement(votes(*["++"] * 8, *["+-"] * 2, *["-+"] * 4, *["--"] * 6), SCHEME)

    # Observed 14/20; by chance 10/20 * 12/20 + 10/20 * 8/20 = 0.5: kappa (0.7 - 0.5) / 0.5.
    assert river.kappa == pytest.approx(0.4)
    assert (river.tasks, river.ties) == (20, 6)
    # Nobody ever chose the other theme: nothing can be said.
    assert (road.theme, road.alpha, road.kappa, road.ties) == ("road", None, None, 0)


def test_krippendorffs_alpha_of_his_own_binary_example() -> None:
    # Krippendorff, "Computing Krippendorff's Alpha-Reliability" (2011), A: two observers, ten
    # units: alpha 0.095.
    first, second = "0100000000", "1110010100"
    columns = ["".join("-+"[int(v)] for v in pair) for pair in zip(first, second, strict=True)]

    river, _ = agreement(votes(*columns), SCHEME)

    assert river.alpha == pytest.approx(0.095, abs=0.0005)


def test_more_annotators_and_missing_votes_have_alpha_only() -> None:
    river, _ = agreement(votes("+++", "---", "++ ", "- -"), SCHEME)

    assert river.alpha == pytest.approx(1.0)
    assert river.kappa is None


def test_no_votes_no_agreement() -> None:
    assert agreement({}, load_theme_scheme()) == []
