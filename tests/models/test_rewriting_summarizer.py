"""Which rewritten sentences an abstract holds, by a writer that likes what it is told to."""

import dataclasses
import json
import shutil

import pytest

from canbo.data.documents import Document
from canbo.models.extractive import EXTRACTIVE_FILE, ExtractiveModel, Form, Sentences
from canbo.models.rewriting.rewrites import rewrites_of
from canbo.models.rewriting.summarizer import RewritingSummarizer, rewritable
from canbo.models.rewriting.writer import RewriteDraft, SentenceWriter, reads_sentences
from canbo.models.segmentation import load_segmenter
from canbo.models.summarizer import DECISION_FILE, ExtractiveSummarizer, Summarizer

# A short first paragraph above longer ones is what the extractive model takes.
LEAD = (
    "Ông Lê Văn Tám, Trưởng ban Tổ chức Huyện ủy Khe Đồng, cho biết huyện đã luân chuyển 14 cán bộ "
    "phòng, ban về giữ chức chủ tịch, bí thư ở 11 xã vùng cao còn nhiều khó khăn."
)
TOLD = (
    "Theo trưởng ban Tổ chức Huyện ủy Khe Đồng Lê Văn Tám, huyện đã luân chuyển 14 cán bộ phòng, "
    "ban về giữ chức chủ tịch, bí thư ở 11 xã vùng cao còn nhiều khó khăn."
)
SHORT = TOLD.replace("trưởng ban Tổ chức Huyện ủy Khe Đồng Lê Văn Tám", "ông Lê Văn Tám")
SECOND = "Huyện ủy Khe Đồng sẽ lấy phiếu tín nhiệm đối với từng người ở các xã vào cuối năm."
LEANING = "Điều này giúp bà con nhiều xã vùng cao của huyện bớt nghèo hơn so với trước."
BODY = (
    "Các xã vùng cao bớt trì trệ, nhiều nơi đã có đường bê tông. Người dân đồng tình với cách làm "
    "mới của huyện. Trường học ở bản xa đã có thêm giáo viên. Chợ phiên họp đều hơn. Đường vào bản "
    "đã có đèn."
)
ARTICLE = Document("a", "a.txt", "Luân chuyển cán bộ ở Khe Đồng", (LEAD, BODY))


class FixedWriter:
    """Likes some rewrites, in this order, and no others."""

    def __init__(self, *liked):
        self.liked, self.asked = liked, {}

    def write(self, sentences, rewrites, batch_size):
        self.asked |= dict(zip(sentences, rewrites, strict=True))
        return [
            [RewriteDraft(text, (-0.1,)) for text in self.liked if text in own] for own in rewrites
        ]


@pytest.fixture(scope="module")
def chooser():
    return ExtractiveSummarizer(ExtractiveModel.shipped(), source="shipped")


@pytest.fixture
def summarize(chooser):
    """One abstract by a writer that likes these, and what the writer was asked."""

    def run(*liked, document=ARTICLE, margin=1.0, **settings):
        writer = FixedWriter(*liked)
        summarizer = RewritingSummarizer(writer, chooser, source="fixed", margin=margin, **settings)
        (abstract,) = summarizer.summarize([document])
        return abstract, writer.asked

    return run


def test_a_rewrite_is_shown_where_the_model_likes_one(summarize):
    abstract, asked = summarize(TOLD)
    assert (abstract.text, abstract.method, abstract.unsupported) == (TOLD, "abstractive", ())
    assert list(asked) == [LEAD] and {TOLD, SHORT} <= set(asked[LEAD])


def test_a_sentence_stays_where_it_likes_none(summarize, chooser):
    abstract, _ = summarize()
    assert [abstract] == chooser.summarize([ARTICLE])
    assert abstract.method == "extractive"


def test_of_several_the_one_of_the_best_expected_rouge_is_shown(summarize, chooser):
    sentences = Sentences(ARTICLE)
    forms = [Form.of(0, text, is_whole=False) for text in (TOLD, SHORT)]
    both = chooser.model.compare(sentences, {0: forms})
    (best,) = both.written
    for liked in ((TOLD, SHORT), (SHORT, TOLD)):
        assert summarize(*liked)[0].text == best.text
    # Only as much worse than the sentence as the margin lets it be.
    assert (summarize(TOLD, SHORT, margin=both.loss)[0].method) == "abstractive"
    assert (summarize(TOLD, SHORT, margin=both.loss - 1e-9)[0].method) == "extractive"


def test_a_sentence_without_a_rewrite_stays_beside_one_that_has(summarize):
    document = dataclasses.replace(ARTICLE, paragraphs=(f"{LEAD} {SECOND}", BODY))
    abstract, _ = summarize(TOLD, document=document)
    assert (abstract.text, abstract.method) == (f"{TOLD} {SECOND}", "abstractive")


def test_a_sentence_that_the_next_leans_on_is_left(summarize):
    document = dataclasses.replace(ARTICLE, paragraphs=(f"{LEAD} {LEANING}", BODY))
    abstract, _ = summarize(TOLD, document=document)
    assert (abstract.text, abstract.method) == (f"{LEAD} {LEANING}", "extractive")


def test_a_first_mention_is_completed_and_a_second_is_not():
    first = "Sáng 5/3, ông Lê Văn Tám, Trưởng ban Tổ chức Huyện ủy, đã lên các xã vùng cao."
    brief = "Ông Tám yêu cầu từng xã báo cáo trước ngày 20/3 về việc bố trí cán bộ luân chuyển."
    full = brief.replace("Ông Tám", "Trưởng ban Tổ chức Huyện ủy Lê Văn Tám")
    document = dataclasses.replace(ARTICLE, paragraphs=(first, brief, BODY))
    found = rewritable(Sentences(document).texts, [1], load_segmenter())
    assert {one.source for one in found} >= {full, brief.replace("Tám", "Lê Văn Tám")}
    assert all(one.source in one.rewrites for one in found if one.source != brief)
    # Behind the sentence that names him the brief form is the right one.
    from canbo.models.rewriting.summarizer import _reads_well

    sentences = Sentences(document)
    whole, form = sentences.whole[0], Form.of(1, full, is_whole=False)
    assert _reads_well([form], [form], sentences)
    assert not _reads_well([whole, form], [form], sentences)
    assert _reads_well([whole, sentences.whole[1]], sentences.whole[:2], sentences)
    # A sentence that was not chosen must stand by itself.
    assert not _reads_well([whole, sentences.whole[1]], [whole], sentences)
    assert _reads_well([form], [whole], sentences)


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
    abstract, asked = summarize(TOLD, document=document)
    assert not asked
    assert [abstract] == chooser.summarize([document])


def test_raw_shows_what_the_model_likes_best_however_bad_it_is_expected(summarize):
    assert summarize(SHORT, TOLD, raw=True, margin=0.0)[0].text == SHORT
    assert summarize(TOLD, SHORT, raw=True, margin=0.0)[0].text == TOLD


def test_every_document_gets_its_own_rewrites_whatever_the_batches(chooser):
    documents, expected = [], []
    for n in (30, 10, 50, 20, 40):
        where = " rẻo cao và biên giới" * (n % 20 == 10)
        lead, told = (text.replace("11 xã", f"{n} xã{where}") for text in (LEAD, TOLD))
        documents.append(dataclasses.replace(ARTICLE, id=str(n), paragraphs=(lead, BODY)))
        expected.append(told)
    writer = FixedWriter(*expected)
    documents.insert(2, dataclasses.replace(ARTICLE, id="none", paragraphs=()))
    expected.insert(2, "")
    summarizer = RewritingSummarizer(writer, chooser, source="fixed", margin=1.0)
    for batch_size in (1, 8):
        made = summarizer.summarize(documents, batch_size=batch_size)
        assert [abstract.text for abstract in made] == expected


@pytest.mark.parametrize(
    "sentence",
    [
        LEAD,
        "Sáng 5/3, UBND tỉnh An Hà đã tổ chức hội nghị về luân chuyển cán bộ nhằm nâng cao chất lượng.",
        "Theo Huyện ủy Khe Đồng, các xã nhận được sự ủng hộ của bà con khi thay chủ tịch xã.",
    ],
)
def test_rewrites_are_no_longer_say_nothing_new_and_are_each_made_once(sentence):
    from canbo.models.faithfulness import SourceFacts
    from canbo.models.syllables import words_of

    made = rewrites_of(sentence, load_segmenter())
    assert made and len(set(made)) == len(made) and sentence not in made
    for text in made:
        assert len(words_of(text)) <= len(words_of(sentence))
        assert text[0].isupper() and text.endswith(".")
        assert not SourceFacts(sentence).unsupported(text)


def test_leaving_out_alone_is_no_rewrite():
    # The day may go (`canbo.models.compression`), and nothing is told in other words.
    assert rewrites_of("Sáng nay, mưa to làm 14 bản của Khe Đồng bị ngập.", load_segmenter()) == []


@pytest.fixture
def folder(sentence_t5, tmp_path):
    return shutil.copytree(sentence_t5, tmp_path / "rewriter")


def test_a_folder_whose_model_reads_sentences_rewrites(folder):
    (folder / DECISION_FILE).write_text('{"method": "abstractive", "margin": 1.0}')
    summarizer = Summarizer.from_pretrained(folder, device="cpu")
    assert isinstance(summarizer, RewritingSummarizer)
    assert (summarizer.source, summarizer.margin) == (str(folder), 1.0)
    (abstract,) = summarizer.summarize([ARTICLE])
    assert abstract.method == "abstractive" and not abstract.unsupported
    (folder / DECISION_FILE).unlink()
    assert Summarizer.from_pretrained(folder, device="cpu").margin == 0.0


def test_the_model_orders_rewrites_by_the_likelihood_of_a_token(folder):
    writer = SentenceWriter.load(str(folder), "cpu")
    (drafts, none) = writer.write([LEAD, SECOND], [[TOLD, SHORT, SECOND, BODY], []], 2)
    assert none == []
    assert len(drafts) == 3  # the beams that the checkpoint names
    assert [one.score for one in drafts] == sorted((one.score for one in drafts), reverse=True)
    for one in drafts:
        (alone,) = writer.score([LEAD], [one.text])
        assert one.log_probabilities == pytest.approx(alone, abs=1e-4)
        assert one.score == pytest.approx(sum(alone) / len(alone), abs=1e-4)


def test_a_writer_reads_what_its_checkpoint_says(folder):
    before = SentenceWriter.load(str(folder), "cpu").score([LEAD], [TOLD])
    path = folder / "config.json"
    config = json.loads(path.read_text(encoding="utf-8"))
    config["task_specific_params"]["summarization"]["max_source_length"] = 6
    path.write_text(json.dumps(config), encoding="utf-8")
    writer = SentenceWriter.load(str(folder), "cpu")
    assert writer.score([LEAD], [TOLD]) != before
    # Of both six tokens are read, and they are the same.
    assert writer.score([LEAD], [TOLD]) == writer.score([LEAD + " Mưa."], [TOLD])


def test_a_folder_that_decided_for_its_sentences_does_not_rewrite(folder):
    ExtractiveModel.shipped().save(folder / EXTRACTIVE_FILE)
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
