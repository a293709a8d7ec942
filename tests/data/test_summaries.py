"""Articles with abstracts from a user's files: what is wrong with them is said in one line."""

import json

import pytest
import yaml

from canbo.cli import main

ARTICLE = {
    "id": "a1",
    "title": "Café Khe Xanh",
    "text": "Xã Khe Xanh có 3 cán bộ mới.",
    "abstract": "Xã Khe Xanh có 3 cán bộ mới.",
}


def told(folder, encoding):
    path = folder / "articles.jsonl"
    line = json.dumps(ARTICLE, ensure_ascii=False) + "\n"
    path.write_bytes((line * 2).encode(encoding, "replace"))
    return path, f"{path}:1: not UTF-8"


@pytest.fixture
def config(tmp_path):
    def written(settings):
        path = tmp_path / "config.yaml"
        path.write_text(yaml.safe_dump(settings), encoding="utf-8")
        return str(path)

    return written


@pytest.mark.parametrize("encoding", ["latin-1", "utf-16", "utf-16-le"])
def test_evaluation_on_a_file_that_is_not_utf8_is_one_line(config, tmp_path, encoding, capsys):
    path, message = told(tmp_path, encoding)
    dataset = {"name": "mine", "file": str(path), "group": "real", "text": "hide"}
    settings = {"kind": "abstracts", "baselines": ["lead-1"], "datasets": [dataset]}
    settings["models"] = [{"name": "shipped", "source": "embedded"}]
    assert main(["evaluate", config(settings), "--output", str(tmp_path / "out")]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert message in line and line.endswith("save the file as UTF-8")


@pytest.mark.parametrize("encoding", ["latin-1", "utf-16", "utf-16-le"])
def test_a_fit_on_a_file_that_is_not_utf8_is_one_line(config, tmp_path, encoding, capsys):
    path, message = told(tmp_path, encoding)
    settings = {"train_file": str(path), "validation_file": str(path)}
    settings["output_dir"] = str(tmp_path / "out")
    assert main(["train", "extractive", config(settings)]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert message in line and line.endswith("save the file as UTF-8")
