"""``run.json`` knows every file and library that decides what a line says."""

import hashlib
import types
from dataclasses import replace
from pathlib import Path

import pytest
from fakes import FakeClassifier, FakeSummarizer

from canbo.analyzer import Analyzer
from canbo.batch import RunConfig
from canbo.manifest import check_same, new_manifest
from canbo.output import RunError

CONFIG = RunConfig(("in.jsonl",), Path("out"))
EMBEDDED = Path(__file__).parents[2] / "models" / "embedded"


def manifest(config=CONFIG, segmenter=None, **sources):
    classifier = FakeClassifier(sources.get("classifier", "a"))
    classifier.segmenter = segmenter and types.SimpleNamespace(name=segmenter)
    return new_manifest(
        config, Analyzer(classifier, FakeSummarizer(sources.get("summarizer", "b")))
    )


def listing_sha256(folder, *names):
    lines = [f"{hashlib.sha256((folder / n).read_bytes()).hexdigest()}  {n}\n" for n in names]
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def test_shipped_models_are_hashed_with_all_their_files():
    models = manifest(segmenter="canbo", classifier="embedded", summarizer="embedded")["models"]
    for role, model in models.items():
        names = sorted(
            path.name for path in (EMBEDDED / role).iterdir() if path.name != "README.md"
        )
        sha256 = listing_sha256(EMBEDDED / role, *names)
        assert model == {"source": "embedded", "sha256": sha256}
    assert models.keys() == {"classifier", "summarizer", "segmenter"}


def test_the_segmenter_s_own_files_are_hashed(tmp_path, monkeypatch):
    folder = tmp_path / "models" / "wordsegmenter"
    folder.mkdir(parents=True)
    (folder / "vi-vocab").write_bytes(b"one")
    monkeypatch.setenv("VNCORENLP_HOME", str(tmp_path))
    before = manifest(segmenter="vncorenlp")
    sha256 = listing_sha256(folder, "vi-vocab")
    assert before["models"]["segmenter"] == {"source": "vncorenlp", "sha256": sha256}
    (folder / "vi-vocab").write_bytes(b"two")
    with pytest.raises(RunError, match=f"segmenter was vncorenlp .sha256 {sha256}"):
        check_same(before, manifest(segmenter="vncorenlp"), Path("out"))


def test_another_segmenter_is_refused():
    with pytest.raises(RunError, match="segmenter was null and is embedded"):
        check_same(manifest(), manifest(segmenter="canbo"), Path("out"))


def test_a_model_of_the_hub_is_known_by_its_files(tmp_path, monkeypatch):
    """A snapshot as the hub's cache keeps it: links to files that are named by their hash."""
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    assert manifest(classifier="owner/name")["models"]["classifier"]["sha256"] is None
    snapshot = tmp_path / "models--owner--name" / "snapshots" / "c0ffee"
    for folder in (snapshot, tmp_path / "models--owner--name" / "refs", tmp_path / "blobs"):
        folder.mkdir(parents=True)
    (tmp_path / "models--owner--name" / "refs" / "main").write_text("c0ffee")
    for name in ("config.json", "model.safetensors"):
        (tmp_path / "blobs" / name).write_text(f"the {name}")
        (snapshot / name).symlink_to(tmp_path / "blobs" / name)
    sha256 = listing_sha256(snapshot, "config.json", "model.safetensors")
    found = manifest(classifier="owner/name")["models"]["classifier"]
    assert found == {"source": "owner/name", "sha256": sha256}


@pytest.mark.parametrize("library", ["canbo", "torch", "transformers", "tokenizers", "numpy"])
def test_another_version_of_what_computes_is_refused(library):
    before = manifest()
    before["versions"][library] = "0.0.1"
    with pytest.raises(RunError, match=f'{library} was "0.0.1" and is'):
        check_same(before, manifest(), Path("out"))


def test_another_precision_is_refused():
    exact = manifest(replace(CONFIG, precision="float32"))
    with pytest.raises(RunError, match='precision was "float32" and is "int8"'):
        check_same(exact, manifest(), Path("out"))


def test_what_only_reads_may_be_updated():
    before = manifest()
    before["versions"].update(python="3.0", datasets="0.1", trafilatura="0.1")
    check_same(before, manifest(), Path("out"))


def test_the_device_is_recorded_where_the_user_names_none():
    assert manifest()["config"]["device"] in ("cpu", "cuda")
