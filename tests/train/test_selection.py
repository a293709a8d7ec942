"""Which summarizer ships, and how abstracts of one article are chosen between."""

import json
import shutil
import sys
from importlib.machinery import ModuleSpec
from importlib.resources import files
from pathlib import Path
from types import ModuleType

import pytest

from canbo.data.documents import Document
from canbo.data.errors import UserError
from canbo.data.summaries import SummaryExample, read_summaries
from canbo.models.abstract_choice import CHOICE_FEATURES, AbstractChoice, choice_features
from canbo.models.abstract_gate import Candidate
from canbo.models.abstractive import AbstractiveSummarizer
from canbo.models.ct2_writer import Ct2Writer
from canbo.models.extractive import Sentences
from canbo.models.generation import Draft
from canbo.models.predictions import Abstract
from canbo.models.rewriting.summarizer import RewritingSummarizer
from canbo.models.source_text import SourceFormat
from canbo.models.summarizer import ExtractiveSummarizer, Summarizer, SummarizerError
from canbo.models.summarizer_export import export_ct2
from canbo.models.torch_writer import TorchWriter
from canbo.models.word_salience import WordChances
from canbo.train import selection
from canbo.train.selection import decide, fit_choice, fit_margin

EMBEDDED = Path(str(files("canbo.models"))) / "embedded" / "summarizer"
ARTICLES = Path(str(files("canbo.data"))) / "canbo-themes" / "articles" / "validation.jsonl"

LEAD = "Sáng nay trời Khe Đồng còn nhiều mây mù và rét."
FACT = "Huyện ủy đã luân chuyển 14 cán bộ về các xã vùng cao."
MORE = "Bà con các xã vùng cao đều mong có đường bê tông mới cho con em đi học mỗi ngày mưa."
ARTICLE = Document("d", "d", "Luân chuyển 14 cán bộ", (f"{LEAD} {FACT}", MORE))
SENTENCES = Sentences(ARTICLE)
# As likely as not: every syllable and every pair that the article holds.
CHANCES = WordChances(
    dict.fromkeys({word for words in SENTENCES.words for word in words}, 0.5),
    dict.fromkeys(set().union(*SENTENCES.bigrams), 0.5),
)


def features_of(text, score):
    return choice_features(text, score, SENTENCES, CHANCES)


@pytest.mark.parametrize(
    ("model", "written", "true", "expected"),
    [
        ({"rouge1": 0.31, "rouge2": 0.21, "rougeL": 0.31}, 0.5, 0.95, "abstractive"),
        ({"rouge1": 0.31, "rouge2": 0.21, "rougeL": 0.29}, 0.5, 0.95, "abstractive"),
        ({"rouge1": 0.31, "rouge2": 0.18, "rougeL": 0.31}, 1.0, 1.0, "extractive"),  # lead_2
        ({"rouge1": 0.31, "rouge2": 0.20, "rougeL": 0.28}, 1.0, 1.0, "extractive"),  # much lost
        ({"rouge1": 0.31, "rouge2": 0.21, "rougeL": 0.31}, 0.49, 1.0, "extractive"),
        ({"rouge1": 0.31, "rouge2": 0.21, "rougeL": 0.31}, 1.0, 0.94, "extractive"),
    ],
)
def test_the_model_must_beat_the_lead_keep_up_write_half_and_tell_the_truth(
    model, written, true, expected
):
    scores = {
        "lead_2": {"rouge1": 0.25, "rouge2": 0.18, "rougeL": 0.25},
        "extractive": {"rouge1": 0.30, "rouge2": 0.18, "rougeL": 0.295},
        "abstractive": model,
    }
    assert decide(scores, written, true) == expected


def test_features_of_an_abstract():
    found = dict(zip(CHOICE_FEATURES, features_of(FACT, -0.5), strict=True))
    # 13 syllables, so 12 pairs; all of the title is in it; the other of the first two sentences has
    # 11 syllables, so 10 pairs.
    assert found["length"] == pytest.approx(13 / 40)
    assert found["title_recall"] == found["title_bigram_recall"] == 1.0
    assert found["lead_recall"] == pytest.approx(12 / 22)
    assert found["copied"] == 1.0 and found["repetition"] == 0.0
    assert (found["written"], found["log_probability"]) == (1.0, -0.5)
    # Two times the expected overlap over its own length and that of a usual abstract, 38 syllables.
    assert found["expected_unigrams"] == pytest.approx(2 * 0.5 * 13 / (13 + 38))
    assert found["expected_bigrams"] == pytest.approx(2 * 0.5 * 12 / (13 + 38))
    chosen = dict(zip(CHOICE_FEATURES, features_of("a b a b", None), strict=True))
    assert chosen["expected_unigrams"] == chosen["expected_bigrams"] == 0.0
    assert chosen["copied"] == 0.0 and chosen["repetition"] == pytest.approx(1 / 3)
    assert (chosen["written"], chosen["log_probability"]) == (0.0, 0.0)


def by(feature, value, margin=0.0):
    weights = dict.fromkeys(CHOICE_FEATURES, 0.0) | {feature: value}
    return AbstractChoice(weights, margin)


class Words:
    model_max_length = 512

    def __call__(self, texts, **_):
        return {"input_ids": [text.split() for text in texts]}


class Writer:
    def write(self, sources, forbidden=()):
        return [[Draft(LEAD, -0.1, True), Draft(FACT, -0.2, True)] for _ in sources]


class Rating:
    rate = None

    def chances(self, sentences):
        return CHANCES


class Chooser:
    model = Rating()

    def summarize(self, documents):
        return [Abstract(MORE, "extractive") for _ in documents]


@pytest.mark.parametrize(
    ("choice", "text", "method"),
    [
        (None, LEAD, "abstractive"),  # the model's own favourite
        (by("title_recall", 1.0), FACT, "abstractive"),
        (by("length", 1.0), MORE, "extractive"),  # 21 syllables against 13
        (by("length", 1.0, margin=0.5), FACT, "abstractive"),
    ],
)
def test_the_best_expected_abstract_is_shown(choice, text, method, monkeypatch):
    monkeypatch.setattr("canbo.models.abstractive.source_text", lambda *_: "nguồn")
    model = AbstractiveSummarizer(
        Writer(), Words(), SourceFormat(), source="fixed", fallback=Chooser(), choice=choice
    )
    (abstract,) = model.summarize([ARTICLE])
    assert (abstract.text, abstract.method) == (text, method)


def test_the_fit_finds_what_good_abstracts_have():
    class Model:
        def supported(self, documents):
            return [[Candidate(LEAD, -0.1, ()), Candidate(FACT, -0.2, ())] for _ in documents]

    examples = [SummaryExample(ARTICLE, FACT)] * 10
    choice = fit_choice(Model(), Chooser(), examples)
    good, poor, chosen = (
        choice.expected(features_of(text, score))
        for text, score in ((FACT, -0.2), (LEAD, -0.1), (MORE, None))
    )
    # The reference has a ROUGE of 1, so it is about that much better than the others.
    assert good > 0.5 + max(poor, chosen)
    assert choice.margin == 0.0  # written abstracts win by themselves


def test_the_margin_lets_most_articles_have_a_written_abstract():
    class Model:
        def supported(self, documents):
            return [[Candidate(LEAD, -0.1, ())] for _ in documents]

    examples = [SummaryExample(ARTICLE, MORE)] * 10  # the chosen sentence is the reference
    choice = fit_choice(Model(), Chooser(), examples)
    written = choice.expected(features_of(LEAD, -0.1))
    chosen = choice.expected(features_of(MORE, None))
    assert written < chosen <= written + choice.margin + 1e-4


def test_an_estimate_of_other_features_is_refused(tmp_path):
    path = tmp_path / "choice.json"
    by("length", 1.0, margin=0.25).save(path)
    assert AbstractChoice.load(path) == by("length", 1.0, margin=0.25)
    AbstractChoice({"length": 1.0}).save(path)
    with pytest.raises(ValueError, match="weights must hold exactly length, length_squared"):
        AbstractChoice.load(path)
    path.write_text('{"options": ["of another program"]}', encoding="utf-8")
    with pytest.raises(ValueError, match=r"choice\.json: weights must hold exactly"):
        AbstractChoice.load(path)


@pytest.fixture
def trained(tmp_path):
    """What `canbo train summarizer` would leave of a random T5."""
    import torch
    from transformers import T5Config, T5ForConditionalGeneration

    from canbo.train.vocabulary import tokenizer_from_sentencepiece, train_sentencepiece

    texts = [text for example in read_summaries(ARTICLES) for text in example.document.paragraphs]
    tokenizer = tokenizer_from_sentencepiece(train_sentencepiece(texts[:60], 500, 1), 48)
    torch.manual_seed(3)
    shape = {"d_model": 16, "d_kv": 8, "d_ff": 32, "num_layers": 1, "num_heads": 2}
    model = T5ForConditionalGeneration(
        T5Config(vocab_size=len(tokenizer), decoder_start_token_id=0, **shape)
    )
    SourceFormat(with_title=True, max_source_length=48).record(model.config)
    model.generation_config.update(max_new_tokens=12, min_new_tokens=4)
    folder = tmp_path / "trained"
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    (folder / "training.json").write_text("{}", encoding="utf-8")
    return folder


def test_only_the_sample_of_a_corpus_is_read_whole(tmp_path, monkeypatch):
    import pyarrow as pa
    import pyarrow.parquet as pq

    columns = {name: ["một"] * 40 for name in ("title", "abstract", "body")}
    corpus = tmp_path / "validation.parquet"
    pq.write_table(pa.table({"id": [f"{n:06d}" for n in range(40)], **columns}), corpus)
    seen = []
    monkeypatch.setattr("canbo.data.vietnews.detokenize", lambda text: seen.append(text) or text)
    # The sample is read first: without a model the run ends thereafter.
    config = tmp_path / "selection.yaml"
    config.write_text(
        f"model_dir: {tmp_path / 'none'}\nextractive_dir: {tmp_path / 'none'}\n"
        f"validation_file: {corpus}\noutput_dir: {tmp_path / 'out'}\narticles: 6\n",
        encoding="utf-8",
    )
    with pytest.raises((OSError, ValueError), match="none"):
        selection.main([str(config)])
    assert len(seen) == 6 * 3


@pytest.mark.parametrize("method", ["extractive", "abstractive"])
def test_what_is_written_is_what_ships(trained, method, tmp_path, monkeypatch):
    pytest.importorskip("ctranslate2", reason="needs the ct2 extra")
    ships = tmp_path / "embedded" / "summarizer"
    asked = []
    monkeypatch.setattr(selection, "decide", lambda *given: asked.append(given) or method)
    config = tmp_path / "selection.yaml"
    config.write_text(
        f"model_dir: {trained}\nextractive_dir: {EMBEDDED}\nvalidation_file: {ARTICLES}\n"
        f"output_dir: {ships}\narticles: 6\nnum_beams: 3\nread: 4\nfound_true: 3\n",
        encoding="utf-8",
    )
    assert selection.main([str(config)]) == 0

    decision = json.loads((ships / "decision.json").read_text(encoding="utf-8"))
    assert (decision["method"], decision["articles"], decision["unsupported"]) == (method, 3, 0)
    assert asked == [(decision["scores"], decision["written"], 0.75)]
    assert (ships / "model.safetensors").is_file() == (method == "abstractive")
    monkeypatch.setattr("canbo.models.summarizer.files", lambda _: tmp_path)
    # The shipped folder and a user's are read alike.
    for source in (None, ships, str(ships)):
        loaded = Summarizer.from_pretrained(source, device="cpu")
        assert loaded.source == ("embedded" if source is None else str(ships))
        assert isinstance(loaded, AbstractiveSummarizer) == (method == "abstractive")
        if method == "abstractive":
            assert isinstance(loaded.writer, Ct2Writer)
            assert loaded.choice == AbstractChoice.load(ships / "choice.json")
            assert [len(drafts) for drafts in loaded.writer.write(["Một hai ba."])] == [3]


def test_a_model_that_rewrites_sentences_ships_with_its_margin(trained, tmp_path, monkeypatch):
    config = json.loads((trained / "config.json").read_text(encoding="utf-8"))
    config["task_specific_params"]["summarization"] |= {"reads": "sentence", "with_title": False}
    (trained / "config.json").write_text(json.dumps(config), encoding="utf-8")
    ships = tmp_path / "ships"
    settings = tmp_path / "selection.yaml"
    settings.write_text(
        f"model_dir: {trained}\nextractive_dir: {EMBEDDED}\nvalidation_file: {ARTICLES}\n"
        f"output_dir: {ships}\narticles: 4\nnum_beams: 2\n",
        encoding="utf-8",
    )
    monkeypatch.setattr(selection, "decide", lambda *_: "abstractive")
    monkeypatch.setattr(selection, "fit_margin", lambda losses: 0.25 if len(losses) == 2 else 9.0)
    assert selection.main([str(settings)]) == 0
    decision = json.loads((ships / "decision.json").read_text(encoding="utf-8"))
    assert (decision["method"], decision["margin"]) == ("abstractive", 0.25)
    assert not (ships / "choice.json").exists() and not (ships / "ct2").exists()
    loaded = Summarizer.from_pretrained(ships, device="cpu")
    assert isinstance(loaded, RewritingSummarizer) and loaded.margin == 0.25
    with pytest.raises(SummarizerError, match="trained: rewrites sentences"):
        export_ct2(str(trained), tmp_path / "ct2")


@pytest.mark.parametrize(
    ("losses", "margin"),
    [
        ([-0.1] * 10, 0.0),
        ([-0.1, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9], 0.5),  # six of ten
        ([float("inf")] * 6 + [0.1, 0.2, 0.3, 0.4], 0.4),  # as many as can be
        ([float("inf")], 0.0),
        ([], 0.0),
    ],
)
def test_the_margin_is_the_least_that_lets_enough_articles_be_written(losses, margin):
    assert fit_margin(losses) == margin


def test_a_folder_is_used_with_all_that_it_brings(trained, monkeypatch):
    by("length", 1.0, margin=0.25).save(trained / "choice.json")
    shutil.copy(EMBEDDED / "extractive.json", trained)
    (trained / "ct2").mkdir()
    (trained / "ct2" / "model.bin").write_bytes(b"")
    # Without CTranslate2 its folder is passed over.
    monkeypatch.setitem(sys.modules, "ctranslate2", None)
    loaded = Summarizer.from_pretrained(trained, device="cpu")
    assert isinstance(loaded.writer, TorchWriter)
    assert loaded.choice == by("length", 1.0, margin=0.25)
    assert loaded._fallback.source == str(trained)
    # With it, a folder without its record is an error that says so, and none on another device.
    monkeypatch.setitem(sys.modules, "ctranslate2", importable("ctranslate2"))
    with pytest.raises(UserError, match=r"no summarizer\.json"):
        Summarizer.from_pretrained(trained, device="cpu")
    assert isinstance(Summarizer.from_pretrained(trained, device="meta").writer, TorchWriter)


def importable(name):
    """A module that is there, as far as a look for it tells."""
    module = ModuleType(name)
    module.__spec__ = ModuleSpec(name, None)
    module.Translator = None
    return module


def test_a_folder_that_only_chooses_sentences_is_a_summarizer(tmp_path):
    shutil.copy(EMBEDDED / "extractive.json", tmp_path)
    loaded = Summarizer.from_pretrained(tmp_path)
    assert isinstance(loaded, ExtractiveSummarizer) and loaded.source == str(tmp_path)
    (tmp_path / "decision.json").write_text('{"method": "guess"}', encoding="utf-8")
    with pytest.raises(SummarizerError, match=r"decision\.json: its method is 'guess'"):
        Summarizer.from_pretrained(tmp_path)


def test_the_decision_weighs_more_than_a_model_that_lies_there(trained):
    shutil.copy(EMBEDDED / "extractive.json", trained)
    assert isinstance(Summarizer.from_pretrained(trained, device="cpu"), AbstractiveSummarizer)
    (trained / "decision.json").write_text('{"method": "extractive"}', encoding="utf-8")
    assert isinstance(Summarizer.from_pretrained(trained, device="cpu"), ExtractiveSummarizer)
