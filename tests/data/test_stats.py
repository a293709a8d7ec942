import json
from pathlib import Path

import pytest

from canbo.data.loaders import ThemeDataError
from canbo.data.stats import ThemeCounts, read_stats, split_name, stats_table
from canbo.data.themes import parse_theme_scheme

SCHEME = parse_theme_scheme(
    {
        "name": "ways",
        "themes": [
            {
                "id": theme,
                "name": {"vi": theme, "en": theme},
                "definition": {"vi": theme, "en": theme},
                "color": "#123456",
            }
            for theme in ("river", "road")
        ],
    },
    "test",
)


def write(path: Path, *rows: tuple[str, str, str, list[str]]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8") as out:
        for row_id, article, text, labels in rows:
            row = {"id": row_id, "article": article, "text": text, "labels": labels}
            out.write(json.dumps(row) + "\n")
    return path


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    return [
        write(
            tmp_path / "a" / "train.jsonl",
            ("1", "x", "một hai ba", ["river"]),
            ("2", "x", "một, hai.", ["road", "river"]),
            ("3", "y", "một", []),
        ),
        write(tmp_path / "test.jsonl", ("4", "z", "một hai ba bốn", ["road"])),
        write(tmp_path / "b" / "train.jsonl", ("5", "y", " ".join(["một"] * 320), ["river"])),
    ]


def test_theme_counts_over_documents() -> None:
    counts = ThemeCounts(3)
    counts.add_document([[0], [0, 2], []])
    counts.add_document([[2]])

    assert (counts.documents, counts.paragraphs, counts.themed) == (2, 4, 3)
    assert (counts.by_theme, counts.documents_by_theme) == ([2, 0, 2], [1, 0, 2])
    assert counts.together == {(0, 0): 1, (0, 2): 1, (2, 2): 1}


def test_files_of_one_name_are_one_split_and_all_comes_last(files: list[Path]) -> None:
    train, test, whole = read_stats(files, SCHEME)

    assert (train.name, test.name, whole.name) == ("train", "test", "all")
    assert (train.counts.paragraphs, train.counts.documents) == (4, 2)
    assert train.combinations == {("river",): 2, ("river", "road"): 1, (): 1}
    assert train.lengths == [3, 2, 1, 320]
    assert train.several == 1
    assert (whole.counts.paragraphs, whole.counts.documents) == (5, 3)
    assert whole.counts.by_theme == [3, 2]
    assert whole.histogram[0] == 4 and whole.histogram[-1] == 1 and sum(whole.histogram) == 5


def test_a_single_split_has_no_sum(files: list[Path]) -> None:
    (only,) = read_stats(files[1:2], SCHEME)

    assert only.name == "test"
    assert set(only.length_summary.values()) == {4}


def test_the_table_has_a_column_a_split(files: list[Path]) -> None:
    rows = {first: cells for first, *cells in stats_table(read_stats(files, SCHEME), SCHEME)}

    assert rows[""] == ["train", "test", "all"]
    assert rows["river"] == ["3 (75.0%)", "0 (0.0%)", "3 (60.0%)"]
    assert rows["no theme"] == ["1 (25.0%)", "0 (0.0%)", "1 (20.0%)"]
    assert rows["two themes or more"] == rows["river + road"]
    # Of 1, 2, 3 and 320 syllables.
    assert rows["syllables, shortest"][0] == "1"
    assert rows["syllables, median"][0] == "2"  # 2.5, rounded to even.
    assert rows["syllables, longest"][0] == "320"


def test_split_names_leave_all_suffixes_out() -> None:
    assert split_name(Path("news/train.v2.jsonl")) == "train"


def test_bad_data_are_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "train.jsonl", ("1", "x", "một", ["lake"]))

    with pytest.raises(ThemeDataError, match=r"train\.jsonl:1: unknown label 'lake'"):
        read_stats([path], SCHEME)


def test_no_rows_have_no_stats(tmp_path: Path) -> None:
    assert read_stats([write(tmp_path / "train.jsonl")], SCHEME) == []
