import random
from itertools import islice
from pathlib import Path

import networkx as nx
import numpy as np
import pytest

from canbo.data.documents import Document
from canbo.data.summaries import SummaryExample, read_summaries
from canbo.eval.baselines import (
    LeadBaseline,
    OracleBaseline,
    TextRankBaseline,
    abstract_baselines,
    oracle_sentences,
)
from canbo.eval.baselines.abstracts import textrank
from canbo.eval.metrics.vi_rouge import rouge_means, rouge_scores

SENTENCES = [
    "Sáng nay trời mưa to.",
    "Huyện ủy điều động ba cán bộ về xã.",
    "Ba cán bộ về xã gồm hai nữ và một nam.",
    "Xã đã nhận ba cán bộ do Huyện ủy điều động.",
]


def article(*paragraphs: str, abstract: str = "") -> SummaryExample:
    return SummaryExample(Document("1", "bài.txt", None, paragraphs), abstract)


def test_the_first_sentences_across_paragraphs() -> None:
    text = article(f"{SENTENCES[0]} {SENTENCES[1]}", SENTENCES[2])

    assert LeadBaseline(1).summarize([text]) == [SENTENCES[0]]
    assert LeadBaseline(3).summarize([text]) == [" ".join(SENTENCES[:3])]
    assert LeadBaseline(3).summarize([article(SENTENCES[0])]) == [SENTENCES[0]]


def test_every_baseline_gives_an_empty_article_an_empty_abstract() -> None:
    for baseline in abstract_baselines():
        assert baseline.summarize([article(), article(SENTENCES[0], abstract="mưa")])[0] == ""


def test_baselines_have_names_of_their_own() -> None:
    assert [baseline.name for baseline in abstract_baselines()] == [
        "lead-1",
        "lead-2",
        "lead-3",
        "TextRank-1",
        "oracle",
    ]


def test_textrank_prefers_sentences_that_share_most_and_keeps_their_order() -> None:
    ranks = textrank(SENTENCES)

    assert ranks.sum() == pytest.approx(1)
    assert ranks.argmin() == 0  # it shares no syllable with any other
    # The second shares 6 and 7 syllables with the two others, which share 4 with one another.
    assert ranks.argmax() == 1
    assert TextRankBaseline(1).summarize([article(*SENTENCES)]) == [SENTENCES[1]]
    assert TextRankBaseline(2).summarize([article(*SENTENCES)]) == [
        " ".join((SENTENCES[1], SENTENCES[3]))
    ]


@pytest.mark.parametrize("seed", range(20))
def test_textrank_equals_the_pagerank_of_networkx(seed: int) -> None:
    draw = random.Random(seed)
    sentences = [
        " ".join(draw.choices("abcdefghijkl", k=draw.randrange(1, 8)))
        for _ in range(draw.randrange(1, 12))
    ]
    graph = nx.Graph()
    graph.add_nodes_from(range(len(sentences)))
    for i, left in enumerate(sentences):
        for j, right in enumerate(sentences[:i]):
            ours, theirs = left.split(), right.split()
            shared = len(set(ours) & set(theirs))
            if shared and len(ours) * len(theirs) > 1:
                graph.add_edge(i, j, weight=shared / np.log(len(ours) * len(theirs)))

    ranks = nx.pagerank(graph, alpha=0.85, tol=1e-12, max_iter=1000)

    assert textrank(sentences) == pytest.approx([ranks[i] for i in range(len(sentences))])


def test_the_oracle_stops_when_no_sentence_helps() -> None:
    reference = "Huyện ủy điều động ba cán bộ về xã gồm hai nữ."

    assert oracle_sentences(SENTENCES, reference) == [1]
    assert oracle_sentences(SENTENCES, f"{SENTENCES[3]} {SENTENCES[0]}") == [0, 3]
    assert oracle_sentences(SENTENCES, "không") == []
    # Every sentence stands in this reference, so the longest two, of 11 syllables, gain most.
    assert oracle_sentences(SENTENCES, " ".join(SENTENCES), most=2) == [2, 3]
    assert oracle_sentences([], "một") == []


@pytest.mark.parametrize("seed", range(20))
def test_the_oracle_is_greedy_in_the_rouge_of_the_metric(seed: int) -> None:
    draw = random.Random(seed)
    *sentences, reference = (
        " ".join(draw.choices("abcdefgh", k=draw.randrange(1, 9))) for _ in range(7)
    )

    def score(chosen: list[int]) -> float:
        text = " ".join(sentences[i] for i in sorted(chosen))
        (rouge,) = rouge_scores([text], [reference])
        return rouge["rouge1"] + rouge["rouge2"]

    expected: list[int] = []
    while len(expected) < 3:
        others = [i for i in range(len(sentences)) if i not in expected]
        best = max(others, key=lambda i: round(score([*expected, i]), 9))
        if score([*expected, best]) <= score(expected) + 1e-9:
            break
        expected.append(best)

    assert oracle_sentences(sentences, reference) == sorted(expected)


@pytest.mark.slow
def test_baselines_agree_with_the_table(shared: Path) -> None:
    # Every 110th article; 206 of them scatter by about a point around the table of ../shared.
    articles = list(islice(read_summaries(shared / "vietnews" / "test.parquet"), 0, None, 110))
    references = [article.abstract for article in articles]
    for baseline, table in (
        (LeadBaseline(1), (26.3, 14.3, 20.3)),
        (LeadBaseline(2), (28.2, 14.9, 20.4)),
        (LeadBaseline(3), (26.9, 14.2, 19.0)),
        (OracleBaseline(), (45.9, 29.5, 33.8)),
    ):
        means = rouge_means(baseline.summarize(articles), references)
        assert [100 * value for value in means.values()] == pytest.approx(table, abs=3.0)
