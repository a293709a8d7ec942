import json
import tracemalloc
from pathlib import Path

import numpy as np
import pytest

from canbo.data.themes import load_theme_scheme
from canbo.data.validate import Validation, validate

REPOSITORY = Path(__file__).parents[2]
SCHEME = load_theme_scheme()
# Twenty syllables, so nine 12-grams.
TEXT = "Huyện cử mười hai cán bộ trẻ về xã trong ba năm để làm quen với việc của cơ sở"
OTHER = "Lớp học mở vào buổi tối cho những người ban ngày còn bận việc đồng áng ở các thôn xa"


def write(path: Path, *rows: object) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = (row if isinstance(row, str) else json.dumps(row, ensure_ascii=False) for row in rows)
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return path


def row(paragraph_id: str, text: str, *labels: str, **more: object) -> dict[str, object]:
    return {"id": paragraph_id, "text": text, "labels": list(labels), **more}


def shown(found: Validation, folder: Path) -> list[str]:
    return [str(finding).replace(f"{folder}/", "") for finding in found.findings]


def test_good_data_have_no_findings(tmp_path: Path) -> None:
    train = write(tmp_path / "train.jsonl", row("1", TEXT, "rotation", article="a"), "")
    test = write(tmp_path / "test.jsonl", row("2", OTHER, article="b"))

    found = validate([train, test], SCHEME)

    assert (found.findings, found.errors, found.paragraphs) == ([], 0, 2)
    assert found.splits == {"train": 1, "test": 1}


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{", "not valid JSON"),
        ("[1]", "must be a JSON object"),
        ('{"text": "Một.", "labels": []}', "'id' must be a non-empty string"),
        ('{"id": "1", "labels": []}', "'text' must be a non-empty string"),
        ('{"id": "1", "text": "Một."}', "'labels' must be a list"),
        ('{"id": "1", "text": "  ", "labels": []}', "'text' must be a non-empty string"),
        ('{"id": "1", "text": "– …", "labels": []}', "'text' holds no word"),
        ('{"id": "1", "text": "\\ud800", "labels": []}', "'text' holds escapes"),
        ('{"id": "1", "text": "Một.", "labels": ["weather"]}', "unknown label 'weather'"),
    ],
)
def test_a_line_of_another_form_is_named_and_the_rest_is_checked(
    tmp_path: Path, line: str, message: str
) -> None:
    path = write(tmp_path / "train.jsonl", row("0", TEXT), "", line, row("9", OTHER))

    found = validate([path], SCHEME)

    (finding,) = found.findings
    assert (finding.where, finding.kind, finding.severity) == (f"{path}:3", "form", "error")
    assert finding.message.startswith(message)
    assert found.paragraphs == 2


def test_bytes_that_are_not_utf8_are_an_error(tmp_path: Path) -> None:
    path = tmp_path / "train.jsonl"
    path.write_bytes('{"id": "1", "text": "Huế", "labels": []}\n'.encode("cp1258", "replace") * 2)
    path.write_bytes(path.read_bytes().replace(b"?", b"\xea"))

    assert ["not UTF-8" in finding.message for finding in validate([path], SCHEME).findings] == [
        True,
        True,
    ]


def test_an_empty_file_is_an_error(tmp_path: Path) -> None:
    path = write(tmp_path / "train.jsonl", "")

    assert shown(validate([path], SCHEME), tmp_path) == [
        "train.jsonl:1: error: the file holds no paragraph"
    ]


def test_an_id_that_stands_twice_names_the_first_place(tmp_path: Path) -> None:
    train = write(tmp_path / "train.jsonl", row("1", TEXT), row("1", "Một."))
    test = write(tmp_path / "test.jsonl", row("1", OTHER, article="x"))

    assert shown(validate([train, test], SCHEME), tmp_path)[:1] == [
        "train.jsonl:2: error: id '1' already stands at train.jsonl:1"
    ]
    kinds = validate([train, test], SCHEME).kinds
    assert kinds["id twice"] == 2


def test_a_text_twice_in_a_split_is_a_warning(tmp_path: Path) -> None:
    path = write(
        tmp_path / "train.jsonl", row("1", TEXT, "rotation"), row("2", TEXT.upper(), "rotation")
    )

    found = validate([path], SCHEME)

    assert shown(found, tmp_path) == [
        "train.jsonl:2: warning: the same text stands at train.jsonl:1"
    ]
    assert found.errors == 0


def test_a_text_twice_with_other_labels_contradicts(tmp_path: Path) -> None:
    path = write(
        tmp_path / "train.jsonl", row("1", "Ngắn thôi.", "rotation"), row("2", "ngắn thôi")
    )

    assert shown(validate([path], SCHEME), tmp_path) == [
        "train.jsonl:2: error: the same text stands at train.jsonl:1, "
        "labelled with no theme here and rotation there"
    ]


def test_a_short_text_in_two_splits_is_found_by_its_syllables(tmp_path: Path) -> None:
    train = write(tmp_path / "train.jsonl", row("1", "Xin cảm ơn!"), row("2", "Xin cảm ơn ông!"))
    test = write(tmp_path / "test.jsonl", row("3", "xin CẢM ơn…"))

    assert shown(validate([train, test], SCHEME), tmp_path) == [
        "test.jsonl:1: error: the same text stands in split 'train' at train.jsonl:1"
    ]


def test_a_long_text_in_two_splits_is_one_finding(tmp_path: Path) -> None:
    train = write(tmp_path / "train.jsonl", row("1", TEXT))
    test = write(tmp_path / "test.jsonl", row("2", f"{TEXT}!"))

    assert validate([train, test], SCHEME).kinds == {"text in two splits": 1}


def test_a_near_duplicate_is_told_once_with_its_share_and_the_other_place(tmp_path: Path) -> None:
    # Twenty syllables, of which the first 16 stand in the other text: 5 of 9 12-grams.
    changed = " ".join([*TEXT.split()[:16], "khác", "hẳn", "lúc", "đầu"])
    train = write(tmp_path / "train.jsonl", row("1", OTHER), row("2", TEXT))
    test = write(tmp_path / "test.jsonl", row("3", changed))

    assert shown(validate([train, test], SCHEME), tmp_path) == [
        "train.jsonl:2: error: 56% of its 12-grams also stand in other splits, most of them in "
        "split 'test' at test.jsonl:1"
    ]
    assert not validate([train, test], SCHEME, threshold=0.6).findings
    both = write(tmp_path / "more" / "train.jsonl", row("3", changed))
    assert not validate([train, both], SCHEME).findings  # Of one split.


def test_an_article_in_two_splits_is_told_once(tmp_path: Path) -> None:
    train = write(
        tmp_path / "train.jsonl", row("1", TEXT, article="a"), row("2", "Một.", article="b")
    )
    test = write(
        tmp_path / "test.jsonl",
        row("3", "Hai.", article="c"),
        row("4", "Ba.", article="a"),
        row("5", "Bốn.", article="a"),
    )

    assert shown(validate([train, test], SCHEME), tmp_path) == [
        "test.jsonl:2: error: article 'a' stands in split 'test' (2 paragraphs) and in split "
        "'train' (1), there first at train.jsonl:1"
    ]


def test_findings_come_in_the_order_of_files_and_lines(tmp_path: Path) -> None:
    one = write(tmp_path / "b.jsonl", *([row(str(n), f"Câu {n}.") for n in range(11)] + ["{"]))
    two = write(tmp_path / "a.jsonl", row("3", "Câu mới."), row("x", "Câu 1."))

    wheres = [finding.where for finding in validate([one, two], SCHEME).findings]

    assert wheres == [f"{one}:12", f"{two}:1", f"{two}:1", f"{two}:2"]


def test_the_shipped_splits_are_valid() -> None:
    folder = REPOSITORY / "data" / "canbo-themes" / "paragraphs"
    files = [folder / f"{split}.jsonl" for split in ("train", "validation", "test")]

    assert validate(files, SCHEME).findings == []


def test_the_labelled_news_divide_45_articles(shared: Path) -> None:
    files = [shared / "themes/real" / f"{name}.jsonl" for name in ("train", "validation", "test")]

    kinds = validate(files, SCHEME).kinds

    assert kinds["article in two splits"] == 45
    assert not kinds["form"] and not kinds["near-duplicate in two splits"]


def test_memory_grows_by_a_few_kilobytes_a_paragraph(tmp_path: Path) -> None:
    words = np.random.default_rng(0).integers(0, 5000, size=(4000, 90))
    rows = [row(str(n), " ".join(f"w{word}" for word in each)) for n, each in enumerate(words)]
    files = [
        write(tmp_path / "train.jsonl", *rows[:3000]),
        write(tmp_path / "test.jsonl", *rows[3000:]),
    ]
    tracemalloc.start()

    found = validate(files, SCHEME)

    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert not found.findings
    assert peak / len(rows) < 6000
