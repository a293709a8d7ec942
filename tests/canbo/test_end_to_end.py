"""`canbo run` as its user has it: own process, real readers and models, no network."""

import hashlib
import json
import subprocess
import sys
from pathlib import Path

import pytest

from canbo.data.themes import load_theme_scheme

SAMPLES = Path(__file__).parents[2] / "data" / "canbo-themes" / "samples"
SHIPPED_MODELS = Path(__file__).parents[2] / "models" / "embedded"

# The interpreter itself reports every attempt to reach a network, also those that fail.
WATCHED = """
import sys
def watch(event, args):
    if event in ("socket.connect", "socket.getaddrinfo"):
        print("network:", event, args[1:], file=sys.stderr)
sys.addaudithook(watch)
from canbo.cli import main
sys.exit(main(sys.argv[1:]))
"""


def canbo_run(*arguments):
    return subprocess.run(
        [sys.executable, "-c", WATCHED, "run", *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=300,
    )


@pytest.fixture(scope="module")
def tiny_classifier(tiny_phobert, tmp_path_factory):
    """A random PhoBERT with the shipped scheme's labels."""
    import torch
    from transformers import AutoModelForSequenceClassification

    from canbo.models.phobert_tokenizer import save_tokenizer

    labels = dict(enumerate(load_theme_scheme().ids))
    torch.manual_seed(0)
    model = AutoModelForSequenceClassification.from_pretrained(
        tiny_phobert,
        num_labels=len(labels),
        id2label=labels,
        label2id={label: index for index, label in labels.items()},
        problem_type="multi_label_classification",
    )
    folder = tmp_path_factory.mktemp("tiny-classifier")
    model.save_pretrained(folder)
    save_tokenizer(tiny_phobert, folder)
    return folder


def check(done, output, documents):
    report = output / "report.html"
    assert done.stderr == ""
    assert done.stdout == f"{documents} documents, 0 errors -> {report}\n"
    assert done.returncode == 0
    results = [json.loads(line) for line in (output / "documents.jsonl").open(encoding="utf-8")]
    assert [result["title"] for result in results] == [
        path.read_text(encoding="utf-8").partition("\n")[0] for path in sorted(SAMPLES.glob("*"))
    ]
    for paragraph in (paragraph for result in results for paragraph in result["paragraphs"]):
        assert tuple(paragraph["scores"]) == load_theme_scheme().ids
        for span in paragraph["evidence"]:
            assert paragraph["text"][span["start"] : span["end"]] == span["text"]
    return results


def test_a_model_folder(tiny_classifier, tmp_path):
    arguments = ["--output", tmp_path / "out", "--classifier", tiny_classifier]
    done = canbo_run(SAMPLES, *arguments, "--tasks", "themes")
    results = check(done, tmp_path / "out", documents=6)
    assert all(result["abstract"] is None for result in results)


def test_the_shipped_models(tmp_path):
    done = canbo_run(SAMPLES, "--output", tmp_path / "out")
    results = check(done, tmp_path / "out", documents=6)
    assert all(result["themes"] and result["abstract"]["text"] for result in results)
    models = json.loads((tmp_path / "out" / "run.json").read_text(encoding="utf-8"))["models"]
    assert models.keys() == {"classifier", "summarizer", "segmenter"}
    assert all(model["source"] == "embedded" and model["sha256"] for model in models.values())
    weights = SHIPPED_MODELS / "segmenter" / "model.safetensors"
    with weights.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    training = hashlib.sha256((weights.parent / "training.json").read_bytes()).hexdigest()
    listing = f"{digest}  model.safetensors\n{training}  training.json\n"
    assert models["segmenter"]["sha256"] == hashlib.sha256(listing.encode()).hexdigest()
