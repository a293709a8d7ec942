"""Which rewritten sentences are shown, by a writer that writes what it is told."""

import dataclasses
import json
import shutil

import pytest

from canbo.data.documents import Document
from canbo.models.extractive import EXTRACTIVE_FILE, ExtractiveModel
from canbo.models.rewriting.judgement import JUDGEMENT_FEATURES, JUDGEMENT_FILE, Judgement
from canbo.models.rewriting.summarizer import RewritingSummarizer
from canbo.models.rewriting.writer import RewriteDraft, SentenceWriter, reads_sentences
from canbo.models.summarizer import (
    DECISION_FILE,
    ExtractiveSummarizer,
    Summarizer,
    SummarizerError,
)

# A short first paragraph above longer ones is what the extractive model takes.
LEAD = (
    "Từ năm 2019 đến nay, ông Lê Tám cho biết Huyện ủy Khe Đồng đã luân chuyển 14 cán bộ phòng, "
    "ban của huyện về giữ chức chủ tịch, bí thư ở 11 xã vùng cao còn nhiều khó khăn."
)
SECOND = "Huyện ủy Khe Đồng sẽ lấy phiếu tín nhiệm đối với từng người ở các xã vào cuối năm."
LEANING = "Điều này giúp bà con nhiều xã vùng cao của huyện bớt nghèo hơn so với trước."
BODY = (
    "Các xã vùng cao bớt trì trệ, nhiều nơi đã có đường bê tông. Người dân đồng tình với cách làm "
    "mới của huyện. Trường học ở bản xa đã có thêm giáo viên. Chợ phiên họp đều hơn. Đường vào bản "
    "đã có đèn."
)
ARTICLE = Document("a", "a.txt", "Luân chuyển cán bộ ở Khe Đồng", (LEAD, BODY))
GOOD = "Huyện ủy Khe Đồng đã luân chuyển 14 cán bộ về giữ chức chủ tịch, bí thư ở 11 xã vùng cao."
# "Theo" stands nowhere in the article.
OTHER = "Theo ông Lê Tám, Huyện ủy Khe Đồng đã luân chuyển 14 cán bộ về 11 xã vùng cao."
WRONG = GOOD.replace("14", "99")


class FixedWriter:
    """Writes drafts by sentence."""

    def __init__(self, drafts):
        self.drafts, self.asked = drafts, []

    def write(self, sentences):
        self.asked += sentences
        return [self.drafts.get(sentence, []) for sentence in sentences]


def draft(text, *log_probabilities):
    return RewriteDraft(text, log_probabilities or (-0.1, -0.3))


@pytest.fixture(scope="module")
def chooser():
    return ExtractiveSummarizer(ExtractiveModel.shipped(), source="shipped")


@pytest.fixture
def summarize(chooser):
    """One abstract with these drafts of the lead, and what the writer was asked."""

    def run(*drafts, document=ARTICLE, **settings):
        writer = FixedWriter({LEAD: list(drafts)})
        summarizer = RewritingSummarizer(writer, chooser, source="fixed", **settings)
        (abstract,) = summarizer.summarize([document])
        return abstract, writer.asked

    return run


def test_a_good_rewrite_is_shown(summarize):
    abstract, asked = summarize(draft(GOOD))
    assert (abstract.text, abstract.method, abstract.unsupported) == (GOOD, "abstractive", ())
    assert asked == [LEAD]


def test_a_rewrite_is_mended_as_any_draft_and_may_hold_function_words(summarize):
    assert summarize(draft(OTHER[0].lower() + OTHER[1:-1].replace(",", " ,")))[0].text == OTHER


@pytest.mark.parametrize(
    "text",
    [
        WRONG,
        GOOD.replace("Khe Đồng", "Khe Xanh"),
        GOOD[: GOOD.index(" ở 11")] + " của.",  # a fragment
        GOOD[: GOOD.index(" về")] + ". Các xã vùng cao còn nhiều khó khăn.",  # two sentences
        "Ông cho biết huyện đã luân chuyển 14 cán bộ về 11 xã vùng cao.",  # who?
        LEAD,  # nothing shorter
        "",
    ],
)
def test_any_other_is_not_and_the_sentence_stays(summarize, text):
    abstract, asked = summarize(draft(text))
    assert (abstract.text, abstract.method, abstract.unsupported) == (LEAD, "extractive", ())
    assert asked == [LEAD]
    # A later draft may do.
    assert summarize(draft(text), draft(GOOD))[0].text == GOOD


def judgement(least):
    weights = dict.fromkeys(JUDGEMENT_FEATURES, 0.0) | {"mean_log_probability": 1.0}
    return Judgement(weights, 0.0, least)


@pytest.mark.parametrize(("least", "expected"), [(0.3, GOOD), (0.2, GOOD), (0.4, LEAD)])
def test_the_judgement_decides(summarize, least, expected):
    # exp(-1/2 ln 4): odds of 1/2, a chance of a third.
    from math import log

    abstract, _ = summarize(draft(GOOD, -log(4), 0.0), judgement=judgement(least))
    assert abstract.text == expected
    assert abstract.method == ("extractive" if expected == LEAD else "abstractive")


def test_of_two_drafts_only_the_one_that_is_judged_well_is_shown(summarize):
    for shown, other in ((GOOD, OTHER), (OTHER, GOOD)):
        abstract, _ = summarize(
            draft(other, -5.0), draft(shown, -0.01), judgement=judgement(least=0.4)
        )
        assert abstract.text == shown


def test_a_sentence_without_a_rewrite_stays_beside_one_that_has(summarize):
    document = dataclasses.replace(ARTICLE, paragraphs=(f"{LEAD} {SECOND}", BODY))
    abstract, asked = summarize(draft(GOOD), document=document)
    assert sorted(asked) == sorted([LEAD, SECOND])
    assert (abstract.text, abstract.method) == (f"{GOOD} {SECOND}", "abstractive")


def test_a_sentence_that_the_next_leans_on_is_left(summarize):
    document = dataclasses.replace(ARTICLE, paragraphs=(f"{LEAD} {LEANING}", BODY))
    abstract, asked = summarize(draft(GOOD), document=document)
    assert not asked
    assert (abstract.text, abstract.method) == (f"{LEAD} {LEANING}", "extractive")


ENGLISH = "The committee met in the morning and talked about the roads of the district. " * 3


@pytest.mark.parametrize(
    "paragraphs",
    [
        (),
        (LEAD,),  # one sentence is no article
        ("Huyện ủy Khe Đồng đã họp.", "Xã đã nghe."),
        (ENGLISH, ENGLISH),
        ("Nguyễn Văn Mít | Bí thư Đảng ủy xã Khe Đồng | hoàn thành tốt",) * 60,
    ],
)
def test_what_cannot_be_condensed_is_left_to_the_extractive_one(summarize, chooser, paragraphs):
    document = dataclasses.replace(ARTICLE, paragraphs=paragraphs)
    abstract, asked = summarize(draft(GOOD), document=document)
    assert not asked
    assert [abstract] == chooser.summarize([document])


def test_raw_shows_the_first_draft_and_names_what_is_unsupported(summarize):
    abstract, _ = summarize(draft(WRONG), draft(GOOD), raw=True, judgement=judgement(1.0))
    assert (abstract.text, abstract.method) == (WRONG, "abstractive")
    assert abstract.unsupported == ("99",)


def test_every_document_gets_its_own_rewrites_whatever_the_batches(chooser):
    drafts, documents, expected = {}, [], []
    for n in (30, 10, 50, 20, 40):
        lead = LEAD.replace("11 xã", f"{n} xã" + " xa" * (n // 10))
        drafts[lead] = [draft(GOOD.replace("11 xã", f"{n} xã"))]
        documents.append(dataclasses.replace(ARTICLE, id=str(n), paragraphs=(lead, BODY)))
        expected.append(drafts[lead][0].text)
    documents.insert(2, dataclasses.replace(ARTICLE, id="none", paragraphs=()))
    expected.insert(2, "")
    summarizer = RewritingSummarizer(FixedWriter(drafts), chooser, source="fixed")
    for batch_size in (1, 8):
        made = summarizer.summarize(documents, batch_size=batch_size)
        assert [abstract.text for abstract in made] == expected


@pytest.fixture
def folder(sentence_t5, tmp_path):
    return shutil.copytree(sentence_t5, tmp_path / "rewriter")


def test_a_folder_whose_model_reads_sentences_rewrites(folder):
    judgement(0.0).save(folder / JUDGEMENT_FILE)
    summarizer = Summarizer.from_pretrained(folder, device="cpu")
    assert isinstance(summarizer, RewritingSummarizer)
    assert summarizer.source == str(folder)
    (abstract,) = summarizer.summarize([ARTICLE])
    assert abstract.text and not abstract.unsupported
    # What so small a model writes is seldom shown, but raw it is.
    raw = Summarizer.from_pretrained(folder, device="cpu", raw=True)
    (abstract,) = raw.summarize([ARTICLE])
    assert abstract.method == "abstractive" and abstract.text.endswith(".")
    (drafts,) = raw.writer.write([LEAD])
    assert 0 < len(drafts) <= 3  # the beams that the checkpoint names
    assert [abstract.text] == [drafts[0].text]


def test_a_writer_reads_what_its_checkpoint_says(folder):
    path = folder / "config.json"
    config = json.loads(path.read_text(encoding="utf-8"))
    config["task_specific_params"]["summarization"]["max_source_length"] = 6
    path.write_text(json.dumps(config), encoding="utf-8")
    drafts = SentenceWriter.load(str(folder), "cpu").write([LEAD])[0]
    # A hypothesis is no longer than what was read: 6 tokens.
    assert all(len(one.log_probabilities) <= 7 for one in drafts)


def test_a_judgement_of_another_version_is_refused(folder):
    (folder / JUDGEMENT_FILE).write_text('{"weights": {}, "intercept": 0, "least": 0}')
    with pytest.raises(ValueError, match=r"judgement\.json: needs"):
        Summarizer.from_pretrained(folder, device="cpu")


def test_nothing_is_shown_unjudged(folder):
    with pytest.raises(SummarizerError, match=r"no judgement\.json .*canbo train judgement"):
        Summarizer.from_pretrained(folder, device="cpu")
    assert Summarizer.from_pretrained(folder, device="cpu", raw=True).summarize([ARTICLE])


def test_a_folder_that_decided_for_its_sentences_does_not_rewrite(folder):
    ExtractiveModel.shipped().save(folder / EXTRACTIVE_FILE)
    judgement(0.0).save(folder / JUDGEMENT_FILE)
    assert isinstance(Summarizer.from_pretrained(folder, device="cpu"), RewritingSummarizer)
    (folder / DECISION_FILE).write_text('{"method": "extractive"}')
    assert isinstance(Summarizer.from_pretrained(folder, device="cpu"), ExtractiveSummarizer)


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        ({"task_specific_params": {"summarization": {"reads": "sentence"}}}, True),
        ({"task_specific_params": {"summarization": {"reads": "article"}}}, False),
        ({"task_specific_params": {"summarization": {"prefix": "summarize: "}}}, False),
        ({"task_specific_params": None}, False),
        ({}, False),
        (None, False),
    ],
)
def test_which_folders_rewrite(tmp_path, config, expected):
    if config is not None:
        (tmp_path / "config.json").write_text(json.dumps(config))
    assert reads_sentences(tmp_path) is expected
