from __future__ import annotations

import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

pytest.importorskip("sklearn")

from canbo.data.loaders import load_theme_data
from canbo.data.themes import load_theme_scheme
from canbo.train.committee import main

ROTATION = "Huyện_uỷ luân_chuyển cán_bộ về xã giữ chức bí_thư ."
RICE = "Bà con gặt lúa trên đồng trong nắng sớm mùa thu ."


@pytest.fixture
def config(tmp_path):
    rows = {
        "id": ["1", "2", "3"],
        "title": ["Tin"] * 3,
        "abstract": ["Tin"] * 3,
        "body": [
            "\n".join([ROTATION] * 8),
            "\n".join([RICE] * 8),
            "Bài này không được đọc .",
        ],
    }
    pq.write_table(pa.table(rows), tmp_path / "train.parquet")
    (tmp_path / "leave_out.txt").write_text("3\n", encoding="utf-8")
    gold = [
        {"id": f"g{i}", "text": text.replace("_", " "), "labels": labels}
        for i, (text, labels) in enumerate([(ROTATION, ["rotation"]), (RICE, [])] * 6)
    ]
    # Every theme needs an example of its own for the linear member to be fitted.
    gold += [
        {"id": f"t{theme}{i}", "text": f"chuyện riêng {theme}", "labels": [theme]}
        for theme in load_theme_scheme().ids
        for i in range(2)
    ]
    with (tmp_path / "gold.jsonl").open("w", encoding="utf-8") as out:
        out.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in gold)
    path = tmp_path / "committee.yaml"
    path.write_text(
        f"corpus: {tmp_path / 'train.parquet'}\nleave_out: {tmp_path / 'leave_out.txt'}\n"
        f"gold_files: [{tmp_path / 'gold.jsonl'}]\noutput_dir: {tmp_path / 'out'}\n"
        "paragraphs: 4\nothers: 0.5\nsyllables: 40\n",
        encoding="utf-8",
    )
    return path


def _votes(tmp_path):
    with (tmp_path / "out" / "paragraphs.jsonl").open(encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    return {("luân chuyển" in row["text"], row["id"]): row["scores"]["rotation"] for row in rows}


def test_interesting_and_other_paragraphs_get_the_votes(config, tmp_path):
    assert main([str(config)]) == 0
    votes = _votes(tmp_path)
    assert len(votes) == 4
    assert {article for _, article in votes} == {
        "vietnews-train-1-0",
        "vietnews-train-1-1",
        "vietnews-train-2-0",
        "vietnews-train-2-1",
    }
    assert all((score > 0.5) == rotation for (rotation, _), score in votes.items())
    loaded = load_theme_data(
        {"train": [tmp_path / "out" / "paragraphs.jsonl"]}, load_theme_scheme()
    )
    assert 0 < loaded["train"][0]["labels"][0] < 1


def test_set_phrases_vote_with_their_weight(config, tmp_path):
    main([str(config)])
    without = _votes(tmp_path)
    main([str(config), "--pattern_weight", "0.5"])
    for (rotation, article), score in _votes(tmp_path).items():
        expected = (without[rotation, article] + 0.5 * rotation) / 1.5
        assert score == pytest.approx(expected, abs=1e-3)
