"""ROUGE against values worked out by hand, and against the published baselines' way of counting."""

from pathlib import Path

import pytest

from canbo.data.vietnews import read_news
from canbo.eval.metrics.vi_rouge import SyllableTokenizer, rouge_means, rouge_scores

ROOT = Path(__file__).parents[2]

# prediction: huyện cử 8 cán bộ        5 syllables, 4 bigrams
# reference:  Huyện đã cử 8 cán bộ đi học   8 syllables, 7 bigrams
# shared syllables 5: P = 5/5, R = 5/8, F = 10/13; in one order, so ROUGE-L is the same
# shared bigrams (cử 8) (8 cán) (cán bộ): P = 3/4, R = 3/7, F = 6/11
PREDICTION, REFERENCE = "huyện cử 8 cán bộ", "Huyện đã cử 8 cán bộ đi học."


def test_scores_worked_out_by_hand():
    (scores,) = rouge_scores([PREDICTION], [REFERENCE])
    assert scores == pytest.approx({"rouge1": 10 / 13, "rouge2": 6 / 11, "rougeL": 10 / 13})


def test_legacy_tokens_are_what_is_left_between_diacritics():
    # prediction: huy n c 8 c n b         -> 7 tokens
    # reference:  huy n c 8 c n b i h c   -> 10 tokens, the first seven being the prediction's
    (scores,) = rouge_scores([PREDICTION], [REFERENCE], legacy=True)
    assert scores["rouge1"] == pytest.approx(2 * 7 / 17)
    assert scores["rougeL"] == pytest.approx(2 * 7 / 17)


def test_order_counts_for_rouge_l_only():
    (scores,) = rouge_scores(["bộ cán"], ["cán bộ"])
    assert scores == pytest.approx({"rouge1": 1.0, "rouge2": 0.0, "rougeL": 0.5})


def test_syllables_do_not_depend_on_the_unicode_form():
    decomposed = "Đa\u0300o ta\u0323o"  # two letters with combining marks
    assert SyllableTokenizer().tokenize(decomposed) == ["đào", "tạo"]


def test_means_over_pairs():
    assert rouge_means(["một hai", "ba"], ["một hai", "bốn"])["rouge1"] == 0.5


def test_uneven_and_empty_lists_are_refused():
    with pytest.raises(ValueError, match="shorter"):
        rouge_means(["một"], [])
    with pytest.raises(ValueError, match="empty"):
        rouge_means([], [])


def test_it_loads_as_an_evaluate_module_without_a_network(tmp_path, monkeypatch):
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    import evaluate

    metric = evaluate.load(str(ROOT / "eval" / "metrics" / "vi_rouge.py"), cache_dir=str(tmp_path))
    scores = metric.compute(predictions=[PREDICTION], references=[REFERENCE])
    assert scores == pytest.approx({"rouge1": 10 / 13, "rouge2": 6 / 11, "rougeL": 10 / 13})
    legacy = metric.compute(predictions=[PREDICTION], references=[REFERENCE], legacy=True)
    assert legacy["rouge1"] == pytest.approx(14 / 17)


def test_lead_baselines_agree_with_the_table(shared):
    # Every 110th article; 206 of them scatter by about a point around the table of ../shared.
    articles = list(read_news(shared / "vietnews" / "test.parquet"))[::110]
    references = [article.abstract for article in articles]
    for sentences, table in ((1, (26.3, 14.3, 20.3)), (2, (28.2, 14.9, 20.4))):
        leads = [" ".join(article.sentences[:sentences]) for article in articles]
        means = rouge_means(leads, references)
        assert [100 * value for value in means.values()] == pytest.approx(table, abs=2.0)
