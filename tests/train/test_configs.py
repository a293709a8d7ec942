"""Every training config runs: a few steps of a tiny random model of its architecture.

Those of jobs with tests of their own have fields that the job knows.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from canbo.train import classifier, pretrain, summarizer
from canbo.train.adaptation import AdaptationArguments
from canbo.train.arguments import parse_config
from canbo.train.calibration import CalibrationArguments
from canbo.train.committee import CommitteeArguments
from canbo.train.extractive import ExtractiveArguments
from canbo.train.mean import MeanArguments
from canbo.train.pairs import PairArguments
from canbo.train.segmenter import SegmenterArguments
from canbo.train.selection import SelectionArguments
from canbo.train.transplant import TransplantArguments
from canbo.train.word_vectors import WordVectorArguments

ROOT = Path(__file__).parents[2]
CONFIGS = ROOT / "configs"
PARAGRAPHS = ROOT / "data" / "canbo-themes" / "paragraphs"
ARTICLES = ROOT / "data" / "canbo-themes" / "articles" / "train.jsonl"
# Configs of jobs with tests of their own.
OTHER_JOBS = {
    "classifier/embedded-calibration": CalibrationArguments,
    "classifier/embedded-mean": MeanArguments,
    "committee/embedded": CommitteeArguments,
    "pretrain/adaptation": AdaptationArguments,
    "pretrain/embedded": WordVectorArguments,
    "pretrain/transplant": TransplantArguments,
    "segmenter/embedded": SegmenterArguments,
    "summarizer/extractive": ExtractiveArguments,
    "summarizer/pairs": PairArguments,
    "summarizer/selection": SelectionArguments,
}
FEW_STEPS = (
    *("--max_steps", "2", "--gradient_accumulation_steps", "1", "--warmup_steps", "0"),
    *("--per_device_train_batch_size", "2", "--per_device_eval_batch_size", "8"),
    *("--eval_strategy", "steps", "--eval_steps", "1", "--save_strategy", "steps"),
    *("--save_steps", "1", "--use_cpu", "True", "--bf16", "False", "--disable_tqdm", "True"),
    *("--dataloader_pin_memory", "False", "--report_to", "none"),
)
NO_WORKERS = (
    *("--torch_compile", "False", "--dataloader_num_workers", "0"),
    *("--dataloader_persistent_workers", "False"),
)


def configs(job):
    names = (f"{job}/{path.stem}" for path in sorted((CONFIGS / job).glob("*.yaml")))
    return [name for name in names if name not in OTHER_JOBS]


@pytest.fixture(scope="module")
def few(tmp_path_factory):
    """A few shipped paragraphs and articles."""
    folder = tmp_path_factory.mktemp("few")
    for split in ("train", "validation", "test"):
        lines = (PARAGRAPHS / f"{split}.jsonl").read_text(encoding="utf-8").splitlines()[:12]
        (folder / f"{split}.jsonl").write_text("\n".join(lines), encoding="utf-8")
    lines = ARTICLES.read_text(encoding="utf-8").splitlines()[:6]
    (folder / "articles.jsonl").write_text("\n".join(lines), encoding="utf-8")
    (folder / "ids.txt").write_text("")
    return folder


def paragraphs(few):
    return (
        *("--train_files", str(few / "train.jsonl")),
        *("--validation_files", str(few / "validation.jsonl")),
        *("--test_files", str(few / "test.jsonl")),
    )


def run_few_steps(job, name, start, output, *more):
    started = ("--model_name_or_path", str(start), "--output_dir", str(output))
    assert job.main([str(CONFIGS / f"{name}.yaml"), *started, *more, *FEW_STEPS]) == 0


def test_every_config_is_of_one_of_the_jobs():
    jobs = {path.parent.name for path in CONFIGS.glob("*/*.yaml")}
    run_here = {name for job in ("classifier", "pretrain", "summarizer") for name in configs(job)}
    rest = {name for job in jobs - {"accelerate", "cluster", "eval"} for name in configs(job)}
    assert rest == run_here


@pytest.mark.parametrize("name", OTHER_JOBS)
def test_configs_of_other_jobs_have_known_fields(name):
    from transformers import TrainingArguments

    kinds = [OTHER_JOBS[name], *([TrainingArguments] if name == "pretrain/adaptation" else [])]
    parse_config(kinds, [str(CONFIGS / f"{name}.yaml")])


@pytest.mark.parametrize("name", configs("classifier"))
def test_classifier_configs(name, few, tiny_phobert, tmp_path):
    final = tmp_path / "final"
    more = ("--final_dir", str(final), *paragraphs(few))
    run_few_steps(classifier, name, tiny_phobert, tmp_path, *more)
    assert (final / "model.safetensors").is_file()


def test_phobert_with_what_its_config_leaves_to_a_gpu(few, tiny_phobert, tmp_path):
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    arguments = [
        str(CONFIGS / "classifier" / "phobert-base.yaml"),
        *("--model_name_or_path", str(tiny_phobert), *paragraphs(few)),
        *("--output_dir", str(tmp_path), "--final_dir", str(tmp_path / "final")),
        *("--num_train_epochs", "1", "--per_device_train_batch_size", "2"),
        *("--use_cpu", "True", "--bf16", "True", "--disable_tqdm", "True"),
        *("--dataloader_pin_memory", "False"),
    ]
    assert classifier.main(arguments) == 0
    record = json.loads((tmp_path / "final" / "training.json").read_text())
    assert record["config"]["bf16"] is True
    # 12 paragraphs by 2 are 6 batches; the config gathers 2 of them a step.
    state = json.loads((tmp_path / "final" / "trainer_state.json").read_text())
    assert state["global_step"] == state["max_steps"] == 3
    (events,) = tmp_path.rglob("events.out.tfevents.*")
    read = EventAccumulator(str(events)).Reload()
    assert [event.step for event in read.Scalars("eval/macro_f1")] == [3]


def test_classifiers_that_learn_from_the_shipped_paragraphs_read_both_files():
    counts = {}
    for path in (CONFIGS / "classifier").glob("*.yaml"):
        files = yaml.safe_load(path.read_text("utf-8")).get("train_files", [])
        counts[path.stem] = tuple(
            files.count(f"data/canbo-themes/paragraphs/{name}.jsonl")
            for name in ("train", "train-more")
        )
    assert all(first == more for first, more in counts.values()), counts
    learning = {name for name, (first, _) in counts.items() if first}
    assert learning == counts.keys() - {"embedded-mean"}  # which only averages weights


@pytest.fixture(scope="module")
def tiny_t5(tmp_path_factory):
    import torch

    from canbo.data.summaries import read_summaries
    from canbo.train.scratch_t5 import ModelArguments, make_t5

    torch.manual_seed(1)
    shape = ModelArguments(
        vocab_size=1000, d_model=32, d_kv=8, d_ff=32, num_layers=1, num_decoder_layers=1
    )
    model, tokenizer = make_t5(shape, list(read_summaries(ARTICLES))[:40], 64, seed=1)
    folder = tmp_path_factory.mktemp("tiny-t5")
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


@pytest.mark.parametrize("name", configs("summarizer"))
def test_summarizer_configs(name, few, tiny_t5, tmp_path):
    more = (
        *("--train_file", str(few / "articles.jsonl")),
        *("--validation_file", str(few / "articles.jsonl")),
        *("--leave_out_file", str(few / "ids.txt"), "--min_support", "0"),
        *("--max_source_length", "48", "--max_target_length", "8", "--min_target_length", "2"),
        *("--max_train_articles", "6", "--max_validation_articles", "2"),
        *("--dataloader_num_workers", "0"),
    )
    run_few_steps(summarizer, name, tiny_t5, tmp_path, *more)
    assert (tmp_path / "training.json").is_file()


@pytest.mark.parametrize("name", configs("pretrain"))
def test_pretraining_configs(name, few, tiny_phobert, tiny_t5, tmp_path):
    start = tiny_t5 if name.endswith("span-corruption") else tiny_phobert
    final = tmp_path / "final"
    more = (
        *("--train_files", str(few / "articles.jsonl")),
        *("--leave_out_file", str(few / "ids.txt"), "--tokens_dir", str(tmp_path / "tokens")),
        *("--block_size", "32", "--eval_blocks", "2", "--final_dir", str(final)),
        *NO_WORKERS,
    )
    run_few_steps(pretrain, name, start, tmp_path, *more)
    assert (final / "model.safetensors").is_file()


def test_what_the_gpu_configs_state_of_their_size_is_so():
    encoder = (CONFIGS / "pretrain/h100-encoder.yaml").read_text(encoding="utf-8")
    width, inner, vocabulary, positions = 384, 1536, 24_000, 258
    layer = 4 * (width * width + width) + 2 * width * inner + inner + width + 4 * width
    embeddings = (vocabulary + positions + 1) * width + 2 * width
    head = width * width + width + 5 * (width + 1)
    weights = 6 * layer + embeddings + head
    assert round(2 * weights / 1e6) == 40 and "= 40 MB" in encoder
    t5 = yaml.safe_load((CONFIGS / "pretrain/h100-span-corruption.yaml").read_text("utf-8"))
    wide, feed = t5["d_model"], t5["d_ff"]
    reading = 4 * wide * wide + 3 * wide * feed
    total = (
        t5["num_layers"] * reading
        + t5["num_decoder_layers"] * (reading + 4 * wide * wide)
        + (t5["vocab_size"] + 100) * wide
    )
    assert round(2 * total / 1e6) == 73


@pytest.mark.parametrize("name", ["one-gpu", "several-gpus", "cpu"])
def test_accelerate_reads_its_configs(name):
    from accelerate.commands.config.config_args import load_config_from_file

    config = load_config_from_file(str(CONFIGS / "accelerate" / f"{name}.yaml"))
    assert config.num_processes == (2 if name == "several-gpus" else 1)
    assert config.use_cpu == (name == "cpu")


@pytest.mark.slow
def test_two_processes_train_one_classifier(few, tiny_phobert, tmp_path):
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "CUDA_VISIBLE_DEVICES": ""}
    command = [
        *(sys.executable, "-m", "accelerate.commands.launch"),
        *("--config_file", str(CONFIGS / "accelerate" / "several-gpus.yaml")),
        *("-m", "canbo", "train", "classifier", str(CONFIGS / "classifier" / "embedded.yaml")),
        *("--model_name_or_path", str(tiny_phobert)),
        *("--output_dir", str(tmp_path), "--final_dir", str(tmp_path / "final")),
        *paragraphs(few),
        *FEW_STEPS,
        *("--num_train_epochs", "1", "--max_steps", "-1"),
    ]
    run = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr[-3000:]
    state = json.loads((tmp_path / "final" / "trainer_state.json").read_text())
    assert state["max_steps"] == 3  # 12 paragraphs by two processes of 2
    record = json.loads((tmp_path / "final" / "training.json").read_text())
    assert 0 <= record["results"]["validation"]["macro_f1"] <= 1
