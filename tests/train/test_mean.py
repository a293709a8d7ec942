"""The mean of classifiers' weights."""

import json

import pytest
from safetensors.torch import load_file, save_file

from canbo.train.arguments import ConfigError
from canbo.train.mean import main


@pytest.fixture
def stages(tmp_path):
    import torch

    folders = []
    for number, rows in enumerate((2, 2, 3)):
        folder = tmp_path / f"stage{number}"
        folder.mkdir()
        weights = {"w": torch.full((rows, 2), float(number + 1), dtype=torch.float16)}
        save_file(weights, folder / "model.safetensors")
        (folder / "config.json").write_text(json.dumps({"stage": number}), encoding="utf-8")
        (folder / "training.json").write_text(
            json.dumps({"config": {"seed": number}}), encoding="utf-8"
        )
        (folder / "articles.txt").write_text(f"a{number}\nb\n", encoding="utf-8")
        folders.append(folder)
    return folders


def average(tmp_path, folders):
    config = tmp_path / "mean.yaml"
    models = "".join(f"  - {folder}\n" for folder in folders)
    config.write_text(f"models:\n{models}final_dir: {tmp_path / 'mean'}\n", encoding="utf-8")
    return main([str(config)])


def test_weights_are_averaged_and_the_record_names_all(stages, tmp_path):
    assert average(tmp_path, stages[:2]) == 0
    final = tmp_path / "mean"
    (weights,) = load_file(final / "model.safetensors").values()
    assert weights.tolist() == [[1.5, 1.5], [1.5, 1.5]] and str(weights.dtype) == "torch.float16"
    assert json.loads((final / "config.json").read_text(encoding="utf-8")) == {"stage": 1}
    assert (final / "articles.txt").read_text(encoding="utf-8") == "a0\na1\nb\n"
    record = json.loads((final / "training.json").read_text(encoding="utf-8"))
    assert record["config"] == {"seed": 1}
    assert [member["config"]["seed"] for member in record["mean_of"]] == [0, 1]
    assert all(len(member["sha256"]) == 64 for member in record["mean_of"])


def test_other_weights_are_refused(stages, tmp_path):
    with pytest.raises(ConfigError, match=r"stage0 has not the weights of .*stage2"):
        average(tmp_path, [stages[0], stages[2]])
    assert not (tmp_path / "mean").exists()


def test_a_folder_without_weights_is_refused(stages, tmp_path):
    with pytest.raises(ConfigError, match=r"model.safetensors is missing; name final folders"):
        average(tmp_path, [stages[0], tmp_path])
