"""The gate: what a model writes is shown only where the article supports it."""

import dataclasses
import time
from functools import partial

import pytest

from canbo.data.documents import Document
from canbo.models.abstract_gate import article_facts, candidates, to_forbid
from canbo.models.abstractive import AbstractiveSummarizer
from canbo.models.generation import Draft
from canbo.models.source_text import SourceFormat

ARTICLE = Document(
    "khe-dong",
    "khe-dong.txt",
    "Huyện Khe Đồng luân chuyển cán bộ về xã",
    (
        "Từ năm 2019 đến nay, Huyện ủy Khe Đồng đã luân chuyển 14 cán bộ phòng, ban về giữ chức "
        "chủ tịch, bí thư ở 11 xã vùng cao.",
        "Các xã ấy bớt trì trệ, nhiều nơi đã có đường bê tông. Huyện ủy sẽ lấy phiếu tín nhiệm "
        "hằng năm đối với từng người được luân chuyển.",
    ),
)
GOOD = "Huyện ủy Khe Đồng luân chuyển 14 cán bộ về xã vùng cao."
LESS = "Huyện ủy Khe Đồng lấy phiếu tín nhiệm hằng năm."
WRONG = "Huyện ủy Khe Đồng luân chuyển 99 cán bộ về xã vùng cao."
CUT = "Huyện ủy Khe Đồng luân chuyển 14 cán bộ về"


class FixedWriter:
    """Writes what it is told, first without and then with words forbidden."""

    def __init__(self, drafts, again=()):
        self.drafts, self.again = drafts, again
        self.calls = []

    def write(self, sources, forbidden=()):
        self.calls.append((tuple(sources), tuple(forbidden)))
        return [list(self.again if forbidden else self.drafts) for _ in sources]


@pytest.fixture
def summarizer(word_tokenizer):
    """Makes a summarizer of a writer."""
    return partial(
        AbstractiveSummarizer,
        tokenizer=word_tokenizer,
        source_format=SourceFormat(max_source_length=512),
        source="fixed",
    )


def draft(text, score=-1.0, ended=True):
    return Draft(text, score, ended)


def test_the_best_scored_supported_beam_is_shown(summarizer):
    writer = FixedWriter([draft(WRONG, -0.1), draft(LESS, -0.3), draft(GOOD, -0.2)])
    (abstract,) = summarizer(writer).summarize([ARTICLE])
    assert (abstract.text, abstract.method, abstract.unsupported) == (GOOD, "abstractive", ())
    assert len(writer.calls) == 1


def test_the_model_writes_again_without_the_words_at_fault(summarizer):
    writer = FixedWriter([draft(WRONG), draft(CUT, ended=False)], [draft(WRONG), draft(GOOD)])
    (abstract,) = summarizer(writer).summarize([ARTICLE])
    assert (abstract.text, abstract.method) == (GOOD, "abstractive")
    first, second = writer.calls
    assert first[1] == () and second == (first[0], ("99",))


@pytest.mark.parametrize(
    ("drafts", "again", "calls"),
    [
        ([draft(WRONG)], [draft(WRONG)], 2),
        ([draft(CUT, ended=False)], [], 1),  # nothing to forbid
        ([draft("")], [], 1),
    ],
)
def test_where_no_beam_holds_the_articles_own_sentences_are_shown(summarizer, drafts, again, calls):
    writer = FixedWriter(drafts, again)
    (abstract,) = summarizer(writer).summarize([ARTICLE])
    assert abstract.method == "extractive" and abstract.unsupported == ()
    assert abstract.text.startswith(ARTICLE.paragraphs[0])
    assert WRONG not in abstract.text
    assert len(writer.calls) == calls


def test_the_raw_output_names_what_is_unsupported(summarizer):
    writer = FixedWriter([draft(WRONG, -0.1), draft(GOOD, -0.2)])
    (abstract,) = summarizer(writer, raw=True).summarize([ARTICLE])
    assert (abstract.text, abstract.method) == (WRONG, "abstractive")
    assert abstract.unsupported == ("99",)


def test_a_fact_that_only_the_title_or_an_unread_paragraph_holds_is_supported(summarizer):
    longer = dataclasses.replace(
        ARTICLE, title="Khe Đồng: 99 cán bộ", paragraphs=(*ARTICLE.paragraphs, "Xã có 77 hộ.")
    )
    text = WRONG.replace("vùng cao", "có 77 hộ")
    (abstract,) = summarizer(FixedWriter([draft(text)])).summarize([longer])
    assert abstract.text == text


ENGLISH = "The committee met in the morning and talked about the roads of the district. " * 5


@pytest.mark.parametrize(
    "paragraphs",
    [
        (),
        ("Huyện ủy Khe Đồng đã họp.",),
        # One sentence, however long, and two short ones: nothing to condense.
        ("Huyện ủy Khe Đồng họp về " + "việc luân chuyển cán bộ, " * 20 + "rồi nghỉ.",),
        ("Huyện ủy Khe Đồng đã họp.", "Xã đã nghe."),
        (ENGLISH, ENGLISH),
        ("1 | 2 | 3",) * 60,
        ("Nguyễn Văn Mít | Bí thư Đảng ủy xã Khe Đồng | hoàn thành tốt",) * 60,
    ],
)
def test_a_model_is_not_asked_about_what_it_cannot_condense(summarizer, paragraphs):
    writer = FixedWriter([draft(GOOD)])
    document = dataclasses.replace(ARTICLE, paragraphs=paragraphs)
    (abstract,) = summarizer(writer).summarize([document])
    assert abstract.method == "extractive" and not writer.calls
    assert bool(abstract.text) == any("|" not in text for text in paragraphs)


def test_every_document_gets_its_own_abstract_whatever_the_batches(summarizer):
    class Echo:
        def write(self, sources, forbidden=()):
            return [[draft(source.rsplit(". ", 1)[-1])] for source in sources]

    documents = [
        dataclasses.replace(
            ARTICLE,
            id=str(n),
            paragraphs=(
                *ARTICLE.paragraphs * n,
                f"Sáng nay huyện Khe Đồng công bố {n} quyết định.",
            ),
        )
        for n in (3, 1, 2)
    ]
    documents.insert(1, dataclasses.replace(ARTICLE, id="0", paragraphs=()))
    texts = [a.text for a in summarizer(Echo()).summarize(documents, batch_size=2)]
    said = "Sáng nay huyện Khe Đồng công bố {} quyết định.".format
    assert texts == [said(3), "", said(1), said(2)]


def test_a_very_long_article_is_read_in_bounded_time(summarizer):
    paragraphs = tuple(
        f"Năm {1900 + n % 120}, xã số {n} của huyện Khe Đồng luân chuyển {n} cán bộ về thôn {n * 7}, "
        f"gắn với đào tạo tại chỗ và giám sát của chi bộ số {n}."
        for n in range(1000)
    )  # over 25,000 syllables
    document = dataclasses.replace(ARTICLE, paragraphs=paragraphs)
    writer = FixedWriter([draft("Xã số 7 của huyện Khe Đồng luân chuyển 7 cán bộ.")])
    start = time.process_time()
    (abstract,) = summarizer(writer).summarize([document])
    assert abstract.method == "abstractive"
    ((source,), _) = writer.calls[0]
    assert len(source.split()) <= 512
    assert time.process_time() - start < 30


def test_candidates_are_whole_and_ordered_and_each_there_once():
    facts = article_facts(ARTICLE)
    drafts = [
        draft(LESS, -0.4),
        draft(GOOD, -0.5),
        draft(f"{GOOD} Và xã", -0.2, ended=False),
        draft(WRONG, -0.1),
        draft(CUT, -0.0, ended=False),
    ]
    made = candidates(drafts, facts)
    assert [(c.text, c.score, c.unsupported) for c in made] == [
        (WRONG, -0.1, ("99",)),
        (GOOD, -0.2, ()),
        (LESS, -0.4, ()),
    ]
    assert to_forbid(made) == ["99"]
