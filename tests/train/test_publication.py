"""`push_to_hub`: one upload of the finished folder with its card, by a hub that is not there."""

import json
from fnmatch import fnmatch
from pathlib import Path

import huggingface_hub
import pytest
from huggingface_hub.repocard import metadata_load
from transformers import Trainer

from canbo.cli import main
from canbo.train import ablation, adaptation, pretrain
from canbo.train.arguments import ConfigError

ROOT = Path(__file__).parents[2]
CONFIGS = ROOT / "configs"
DATA = ROOT / "data" / "canbo-themes"
TOKEN = "hf_of_a_test"
PUSH = ("--push_to_hub", "True", "--hub_model_id", "someone/cadre-themes")


class FakeHub:
    """Stands in for `HfApi`; keeps what it was asked and the files it would have sent."""

    def __init__(self):
        self.calls, self.files, self.error = [], {}, None

    def __call__(self, **options):
        self.calls.append(("HfApi", options))
        return self

    def create_repo(self, repo_id, **options):
        if self.error:
            raise self.error
        self.calls.append(("create_repo", {"repo_id": repo_id, **options}))
        return huggingface_hub.RepoUrl(f"https://huggingface.co/{repo_id}")

    def create_branch(self, repo_id, **options):
        self.calls.append(("create_branch", {"repo_id": repo_id, **options}))

    def upload_folder(self, *, folder_path, ignore_patterns, **options):
        self.calls.append(("upload_folder", options))
        names = [path.relative_to(folder_path).as_posix() for path in folder_path.rglob("*")]
        self.files = {
            name: (folder_path / name).read_bytes()
            for name in names
            if (folder_path / name).is_file()
            and not any(fnmatch(name, pattern) for pattern in ignore_patterns)
        }

    def options(self, name):
        return [options for called, options in self.calls if called == name]


@pytest.fixture
def hub(monkeypatch):
    """The fake hub and a token; pushing by `Trainer` fails the test."""

    def refuse(*_, **__):
        raise AssertionError("Trainer pushes")

    fake = FakeHub()
    monkeypatch.setattr(huggingface_hub, "HfApi", fake)
    monkeypatch.setattr(huggingface_hub, "get_token", lambda: TOKEN)
    for name in ("init_hf_repo", "push_to_hub", "_push_from_checkpoint"):
        assert hasattr(Trainer, name)
        monkeypatch.setattr(Trainer, name, refuse)
    return fake


def few(name, tmp_path, count):
    lines = (DATA / name).read_text(encoding="utf-8").splitlines()[:count]
    path = tmp_path / Path(name).name
    path.write_text("\n".join(lines), encoding="utf-8")
    return str(path)


ONE_STEP = (
    *("--max_steps", "1", "--gradient_accumulation_steps", "1", "--warmup_steps", "0"),
    *("--per_device_train_batch_size", "2", "--per_device_eval_batch_size", "8"),
    *("--eval_strategy", "no", "--load_best_model_at_end", "False", "--save_strategy", "steps"),
    *("--save_steps", "1", "--use_cpu", "True", "--bf16", "False", "--disable_tqdm", "True"),
    *("--dataloader_pin_memory", "False", "--report_to", "none"),
)


def classifier(tiny_phobert, tmp_path, *more):
    return [
        *("train", "classifier", str(CONFIGS / "classifier" / "phobert-base.yaml")),
        *("--model_name_or_path", str(tiny_phobert)),
        *("--train_files", few("paragraphs/train.jsonl", tmp_path, 8)),
        *("--validation_files", few("paragraphs/validation.jsonl", tmp_path, 8)),
        *("--test_files", few("paragraphs/test.jsonl", tmp_path, 8)),
        *("--output_dir", str(tmp_path / "run"), "--final_dir", str(tmp_path / "run" / "final")),
        *ONE_STEP,
        *("--early_stopping_patience", "1", "--load_best_model_at_end", "True"),
        *("--eval_strategy", "steps", "--eval_steps", "1"),
        *more,
    ]


def test_a_finished_classifier_is_uploaded_once_with_its_card(hub, tiny_phobert, tmp_path, capsys):
    more = (*PUSH, "--hub_private_repo", "True", "--hub_revision", "first")
    assert main(classifier(tiny_phobert, tmp_path, *more)) == 0
    assert [name for name, _ in hub.calls] == [
        *("HfApi", "create_repo", "create_branch", "upload_folder")
    ]
    assert hub.options("HfApi") == [{"token": TOKEN}]
    made = {"repo_id": "someone/cadre-themes", "private": True, "exist_ok": True}
    assert hub.options("create_repo") == [made]
    assert hub.options("upload_folder")[0]["repo_id"] == "someone/cadre-themes"
    assert hub.options("upload_folder")[0]["revision"] == "first"
    on_disk = {path.name for path in (tmp_path / "run" / "final").iterdir()}
    assert hub.files.keys() == on_disk
    assert {"README.md", "config.json", "model.safetensors", "training.json"} <= on_disk
    card = hub.files["README.md"].decode()
    assert "\n# cadre-themes\n" in card and "Measured by the training run" in card
    assert metadata_load(tmp_path / "run" / "final" / "README.md")["language"] == "vi"
    assert "https://huggingface.co/someone/cadre-themes" in capsys.readouterr().out


@pytest.fixture
def tiny_t5(tmp_path):
    import torch

    from canbo.data.summaries import read_summaries
    from canbo.train.scratch_t5 import ModelArguments, make_t5

    torch.manual_seed(1)
    shape = ModelArguments(
        vocab_size=1000, d_model=32, d_kv=8, d_ff=32, num_layers=1, num_decoder_layers=1
    )
    examples = list(read_summaries(DATA / "articles" / "train.jsonl"))[:40]
    model, tokenizer = make_t5(shape, examples, 64, seed=1)
    model.save_pretrained(tmp_path / "t5")
    tokenizer.save_pretrained(tmp_path / "t5")
    return tmp_path / "t5"


def test_of_a_summarizers_folder_the_model_is_uploaded_and_no_secret(hub, tiny_t5, tmp_path):
    articles = few("articles/train.jsonl", tmp_path, 4)
    arguments = [
        *("train", "summarizer", str(CONFIGS / "summarizer" / "vit5-base.yaml")),
        *("--model_name_or_path", str(tiny_t5), "--output_dir", str(tmp_path / "run")),
        *("--train_file", articles, "--validation_file", articles, "--leave_out_file", ""),
        *("--max_source_length", "48", "--max_target_length", "8", "--min_target_length", "2"),
        *ONE_STEP,
        *PUSH,
        *("--hub_token", "hf_given"),
    ]
    assert main(arguments) == 0
    assert hub.options("HfApi") == [{"token": "hf_given"}]
    assert len(hub.options("upload_folder")) == 1
    assert {"README.md", "config.json", "model.safetensors", "tokenizer.json"} <= hub.files.keys()
    assert not {name for name in hub.files if "/" in name or name.endswith(".bin")}
    assert "started_with.json" not in hub.files
    assert (tmp_path / "run" / "checkpoint-1").is_dir()  # there, and not sent
    assert "\n# cadre-themes\n" in hub.files["README.md"].decode()
    left = [path for path in (tmp_path / "run").rglob("*") if path.is_file()]
    assert not [path for path in left if b"hf_given" in path.read_bytes()]


def test_without_push_to_hub_nothing_is_asked_of_the_hub(hub, tiny_phobert, tmp_path):
    assert main(classifier(tiny_phobert, tmp_path, "--hub_model_id", "someone/model")) == 0
    assert hub.calls == []
    assert not (tmp_path / "run" / "final" / "README.md").exists()


def test_a_model_that_cannot_be_uploaded_is_kept(hub, tiny_phobert, tmp_path, capsys):
    hub.error = ConnectionError("no route to huggingface.co\nand more")
    epoch = ("--num_train_epochs", "1", "--max_steps", "-1", "--eval_steps", "4")
    more = (*PUSH, "--hub_private_repo", "True", *epoch, "--save_steps", "4")
    arguments = classifier(tiny_phobert, tmp_path, *more)
    final = tmp_path / "run" / "final"
    assert main(arguments) == 2
    said = capsys.readouterr().err.splitlines()[-1]
    assert said.startswith(
        f"canbo train classifier: {final} is finished and kept, but was not uploaded to"
        " someone/cadre-themes (no route to huggingface.co); the same command"
    )
    assert f"hf upload someone/cadre-themes {final} --exclude '*/*'" in said
    assert said.endswith("--private")
    assert json.loads((final / "training.json").read_text())["results"]["validation"]
    # As it says, the same command goes on: nothing is left to train.
    hub.error = None
    assert main(arguments) == 0
    assert "README.md" in hub.files
    assert json.loads((final / "trainer_state.json").read_text())["global_step"] == 4


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (("--push_to_hub", "True"), "hub_model_id: push_to_hub needs it; give --hub_model_id"),
        (("--push_to_hub", "True", "--hub_model_id", "a/b/c"), "hub_model_id: .*'a/b/c'"),
        ((*PUSH, "--hub_strategy", "all_checkpoints"), "hub_strategy: .* leave it out"),
        (PUSH, "hub_token: .*hf auth login"),
    ],
)
@pytest.mark.parametrize("job", ["classifier/phobert-base", "summarizer/vit5-base"])
def test_what_would_fail_at_the_end_is_refused_at_the_start(
    job, more, message, hub, monkeypatch, tmp_path, capsys
):
    import re

    monkeypatch.setattr(huggingface_hub, "get_token", lambda: None)
    # No model and no data: nothing may have been looked at before.
    output = ("--output_dir", str(tmp_path / "run"), "--use_cpu", "True", "--bf16", "False")
    assert main(["train", job.partition("/")[0], str(CONFIGS / f"{job}.yaml"), *output, *more]) == 2
    assert re.search(message, capsys.readouterr().err)
    assert hub.calls == [] and not (tmp_path / "run").exists()


@pytest.mark.parametrize(
    ("job", "config", "more"),
    [
        (ablation, "classifier/word-vectors", ("--ablation_dir", "ablation")),
        (adaptation, "pretrain/adaptation", ()),
        (pretrain, "pretrain/embedded-masked-lm", ()),
        (pretrain, "pretrain/embedded-span-corruption", ()),
    ],
)
def test_jobs_whose_results_have_no_card_publish_nothing(
    job, config, more, hub, monkeypatch, tmp_path
):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ConfigError, match="push_to_hub: only canbo train classifier"):
        job.main([str(CONFIGS / f"{config}.yaml"), *more, "--use_cpu", "True", *PUSH])
