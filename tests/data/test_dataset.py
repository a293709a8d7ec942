import json
import os
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from canbo.data.build_canbo_themes import build
from canbo.data.loaders import load_theme_data
from canbo.data.overlap import shared_ngrams
from canbo.data.themes import load_theme_scheme

FOLDER = Path(__file__).parents[2] / "data" / "canbo-themes"
SPLITS = ("train", "validation", "test")
PARTS = (*SPLITS, "train-more")


def rows(config: str, split: str) -> list[dict]:
    with (FOLDER / config / f"{split}.jsonl").open(encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def test_every_article_and_paragraph_stands_in_one_split() -> None:
    articles = [article for part in PARTS for article in rows("articles", part)]

    assert len({article["id"] for article in articles}) == len(articles) == 426
    assert sum(len(article["paragraphs"]) for article in articles) == 3381
    groups = Counter((a["id"].split("-")[0], a["style"]) for a in articles)
    assert groups == {
        ("a1", "feature"): 45,
        ("a2", "feature"): 45,
        ("a3", "feature"): 25,
        ("a4", "feature"): 25,
        ("a5", "official"): 22,
        ("a6", "official"): 22,
        ("b1", "feature"): 34,
        ("b2", "official"): 14,
        ("b3", "analysis"): 20,
        ("b4", "analysis"): 14,
        ("b5", "news"): 16,
        ("b6", "analysis"): 16,
        ("b7", "news"): 16,
        ("b8", "feature"): 8,
        ("b9", "official"): 8,
        **{(f"b{number}", "analysis"): 12 for number in (10, 11, 12, 13, 16)},
        **{(f"b{number}", "feature"): 12 for number in (14, 17)},
        ("b15", "news"): 12,
    }


@pytest.mark.parametrize("split", PARTS)
def test_both_configurations_hold_the_same_text_and_labels(split: str) -> None:
    from_articles = [
        (article["id"], index, article["style"], paragraph["text"], paragraph["labels"])
        for article in rows("articles", split)
        for index, paragraph in enumerate(article["paragraphs"])
    ]

    assert from_articles == [
        (row["article"], row["index"], row["style"], row["text"], row["labels"])
        for row in rows("paragraphs", split)
    ]


@pytest.mark.parametrize("split", PARTS)
def test_no_paragraph_is_nearly_repeated_in_another_split(split: str) -> None:
    others = [row["text"] for other in PARTS if other != split for row in rows("paragraphs", other)]

    assert max(shared_ngrams([row["text"] for row in rows("paragraphs", split)], others)) < 0.05


def test_shared_ngrams_ignore_case_and_punctuation() -> None:
    others = ["Ba bốn, năm SÁU bảy."]

    shares = shared_ngrams(["một hai ba bốn năm sáu", "ba bốn năm", "một"], others, length=3)

    # Of the four windows of three syllables in the first text the last two are known.
    assert shares == [0.5, 1.0, 0.0]


def test_splits_have_their_share_of_every_theme() -> None:
    counts = {
        split: Counter(label for row in rows("paragraphs", split) for label in row["labels"])
        for split in SPLITS
    }

    for theme in load_theme_scheme().ids:
        total = sum(counts[split][theme] for split in SPLITS)
        assert counts["validation"][theme] / total == pytest.approx(0.1, abs=0.02)
        assert counts["test"][theme] / total == pytest.approx(0.2, abs=0.02)


def test_building_again_from_the_shipped_articles_gives_the_shipped_files(tmp_path: Path) -> None:
    articles = [article for part in PARTS for article in rows("articles", part)]

    build(articles[::-1], tmp_path)

    built = {path.relative_to(tmp_path): path for path in tmp_path.rglob("*") if path.is_file()}
    shipped = {
        path.relative_to(FOLDER): path
        for folder in ("articles", "paragraphs", "samples")
        for path in (FOLDER / folder).iterdir()
    }
    assert built.keys() == shipped.keys()
    for name, path in built.items():
        assert path.read_bytes() == shipped[name].read_bytes(), name


def test_samples_are_test_articles_of_every_group() -> None:
    test = {article["id"]: article for article in rows("articles", "test")}
    samples = sorted((FOLDER / "samples").iterdir())

    assert [path.name[:2] for path in samples] == ["a1", "a2", "a3", "a4", "a5", "a6"]
    for path in samples:
        article = test[path.stem]
        title, *paragraphs = path.read_text(encoding="utf-8").strip().split("\n\n")
        assert title == article["title"]
        assert paragraphs == [paragraph["text"] for paragraph in article["paragraphs"]]


def test_the_shipped_splits_load_for_training() -> None:
    scheme = load_theme_scheme()

    data = load_theme_data(
        {split: [FOLDER / "paragraphs" / f"{split}.jsonl"] for split in SPLITS}, scheme
    )

    assert {split: len(data[split]) for split in SPLITS} == {
        "train": 961,
        "validation": 151,
        "test": 270,
    }
    for row, loaded in zip(rows("paragraphs", "test"), data["test"], strict=True):
        named = [theme for theme, value in zip(scheme.ids, loaded["labels"], strict=True) if value]
        assert (row["text"], set(row["labels"])) == (loaded["text"], set(named))


def test_the_folder_loads_with_datasets_alone_and_without_network(tmp_path: Path) -> None:
    program = (
        "import json, socket, sys\n"
        "def refuse(*args, **kwargs): raise AssertionError('network used')\n"
        "socket.socket.connect = refuse\n"
        "import datasets\n"
        "datasets.disable_progress_bars()\n"
        "shown = {}\n"
        "for config in (None, 'paragraphs', 'articles'):\n"
        "    data = datasets.load_dataset(sys.argv[1], config)\n"
        "    first = data['test'][0]\n"
        "    shown[config] = [{split: len(data[split]) for split in data}, first]\n"
        "    if config != 'articles':\n"
        "        assert data['test'].features['index'].dtype == 'int32'\n"
        "print(json.dumps(shown))\n"
    )
    environment = {**os.environ, "HF_HOME": str(tmp_path), "HF_HUB_OFFLINE": "1"}

    done = subprocess.run(
        [sys.executable, "-c", program, str(FOLDER)],
        env=environment,
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )

    assert done.returncode == 0, done.stderr
    assert "Ignoring part of dataset_info" not in done.stderr
    loaded = json.loads(done.stdout)
    assert loaded["paragraphs"] == [
        {"train": 961 + 1999, "validation": 151, "test": 270},
        rows("paragraphs", "test")[0],
    ]
    assert loaded["null"] == loaded["paragraphs"]
    assert loaded["articles"] == [
        {"train": 128 + 242, "validation": 20, "test": 36},
        rows("articles", "test")[0],
    ]


def test_the_card_counts_what_is_there() -> None:
    text = (FOLDER / "README.md").read_text(encoding="utf-8")
    table = dict(
        re.findall(r"^\| `?([\w ]+?)`? \| (\d+(?: \| \d+){3}) \|$", text, flags=re.MULTILINE)
    )
    columns = ("train", "train-more", "validation", "test")
    paragraphs = [rows("paragraphs", split) for split in columns]
    articles = [rows("articles", split) for split in columns]

    def counted(counts: list[int]) -> str:
        return " | ".join(map(str, counts))

    assert table["articles"] == counted([len(split) for split in articles])
    assert table["paragraphs"] == counted([len(split) for split in paragraphs])
    for theme in load_theme_scheme().ids:
        counts = [sum(theme in row["labels"] for row in split) for split in paragraphs]
        assert table[theme] == counted(counts)
    none = [sum(not row["labels"] for row in split) for split in paragraphs]
    several = [sum(len(row["labels"]) > 1 for row in split) for split in paragraphs]
    assert table["no theme"] == counted(none)
    assert table["two themes or more"] == counted(several)
