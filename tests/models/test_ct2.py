"""A converted model writes what the checkpoint writes; its folder holds all it needs."""

import json
from importlib.resources import files
from pathlib import Path

import pytest

from canbo.data.errors import UserError
from canbo.data.summaries import read_summaries
from canbo.models.abstractive import AbstractiveSummarizer
from canbo.models.generation import Decoding
from canbo.models.source_text import SourceFormat
from canbo.models.summarizer import Summarizer, SummarizerError
from canbo.models.summarizer_export import export_ct2

pytest.importorskip("ctranslate2")
torch = pytest.importorskip("torch")

ARTICLES = Path(str(files("canbo.data"))) / "canbo-themes" / "articles" / "validation.jsonl"
DOCUMENTS = [example.document for example in read_summaries(ARTICLES)][:3]
TEXTS = [text for document in DOCUMENTS for text in document.paragraphs]
SOURCE = SourceFormat(prefix="tóm tắt: ", max_source_length=48)


def checkpoint(folder, *, scaled):
    """A random T5: as the first of its kind, whose last states are scaled, or as version 1.1."""
    from transformers import T5Config, T5ForConditionalGeneration

    from canbo.train.vocabulary import tokenizer_from_sentencepiece, train_sentencepiece

    tokenizer = tokenizer_from_sentencepiece(train_sentencepiece(TEXTS, 500, 1), 48)
    torch.manual_seed(3)
    config = T5Config(
        vocab_size=len(tokenizer),
        d_model=32,
        d_kv=8,
        d_ff=64,
        num_layers=2,
        num_heads=4,
        feed_forward_proj="gated-gelu",
        decoder_start_token_id=0,
        tie_word_embeddings=scaled,
    )
    model = T5ForConditionalGeneration(config)
    with torch.no_grad():  # so that scaled and unscaled states write different texts
        for weights in model.parameters():
            weights.mul_(3)
    SOURCE.record(model.config)
    model.generation_config.update(
        max_new_tokens=12, min_new_tokens=4, length_penalty=2.0, num_beams=4
    )
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    path = folder / "config.json"
    settings = json.loads(path.read_text(encoding="utf-8"))
    settings.pop("scale_decoder_outputs", None)  # as in the files that are on the hub
    path.write_text(json.dumps(settings | {"tie_word_embeddings": scaled}), encoding="utf-8")
    return folder


@pytest.fixture(scope="module", params=[True, False], ids=["scaled", "unscaled"])
def folders(request, tmp_path_factory):
    base = tmp_path_factory.mktemp("t5")
    trained = checkpoint(base / "trained", scaled=request.param)
    return trained, export_ct2(str(trained), base / "exported", "float32")


def test_the_converted_model_writes_the_same(folders):
    trained, exported = (
        AbstractiveSummarizer.load(str(folder), "t5", "cpu", raw=True) for folder in folders
    )
    sources = [trained._source(document) for document in DOCUMENTS]
    assert sources == [exported._source(document) for document in DOCUMENTS]
    assert all(source.startswith("tóm tắt: ") for source in sources)
    ours, theirs = trained.writer.write(sources), exported.writer.write(sources)
    for our, their in zip(ours, theirs, strict=True):
        assert len(our) == len(their) == 4
        assert our[0].text == their[0].text and our[0].ended == their[0].ended
        assert our[0].score == pytest.approx(their[0].score, abs=0.02)
    assert trained.summarize(DOCUMENTS) == exported.summarize(DOCUMENTS)


def test_both_engines_leave_out_what_is_forbidden(folders):
    for folder in folders:
        writer = AbstractiveSummarizer.load(str(folder), "t5", "cpu").writer
        source = ["tóm tắt: " + TEXTS[0]]
        word = writer.write(source)[0][0].text.split()[0]
        drafts = writer.write(source, [word])[0]
        assert all(word not in draft.text.split() for draft in drafts)


def test_the_record_travels_with_the_weights(folders):
    _, exported = folders
    record = json.loads((exported / "summarizer.json").read_text(encoding="utf-8"))
    assert record["source_format"] == {
        "prefix": "tóm tắt: ",
        "with_title": False,
        "max_source_length": 48,
        "reads": "article",
    }
    assert record["decoding"]["max_new_tokens"] == 12
    assert record["decoding"]["min_new_tokens"] == 4
    assert record["quantization"] == "float32"
    assert record["made_from"]["source"] == "trained"
    assert len(record["made_from"]["sha256"]) == 64


def test_8_bit_weights_are_a_quarter_as_large(folders, tmp_path):
    trained, exported = folders
    small = export_ct2(str(trained), tmp_path / "int8")
    sizes = [(folder / "model.bin").stat().st_size for folder in (small, exported)]
    assert sizes[0] < 0.4 * sizes[1]
    abstracts = Summarizer.from_pretrained(small, raw=True).summarize(DOCUMENTS)
    assert all(abstract.method == "abstractive" for abstract in abstracts)


def test_a_folder_that_holds_files_is_not_written_to(folders):
    trained, exported = folders
    with pytest.raises(SummarizerError, match="is not empty"):
        export_ct2(str(trained), exported)


def test_weights_without_their_record_are_refused(folders, tmp_path):
    (tmp_path / "model.bin").write_bytes((folders[1] / "model.bin").read_bytes())
    with pytest.raises(UserError, match=r"no summarizer\.json; make the folder with"):
        Summarizer.from_pretrained(tmp_path)
    (tmp_path / "summarizer.json").write_text("{}")
    with pytest.raises(UserError, match="not the record of an export"):
        Summarizer.from_pretrained(tmp_path)


def test_a_model_of_another_kind_is_not_exported(tmp_path):
    (tmp_path / "config.json").write_text(json.dumps({"model_type": "roberta"}))
    with pytest.raises(SummarizerError, match="cannot write abstracts"):
        export_ct2(str(tmp_path), tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_what_a_checkpoint_does_not_say_of_decoding_is_ours():
    from transformers import GenerationConfig

    assert Decoding.of_checkpoint(GenerationConfig()) == Decoding(256, 0, 4, 3, 1.0)
    stated = GenerationConfig(max_new_tokens=80, min_new_tokens=32, length_penalty=2.0, num_beams=9)
    assert Decoding.of_checkpoint(stated) == Decoding(80, 32, 9, 3, 2.0)
    stated.num_beams = 1  # what transformers 4 wrote of every model that stated none
    assert Decoding.of_checkpoint(stated).num_beams == 4
