import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from markdown_it import MarkdownIt

from canbo.eval.report import escape_markdown, write_report
from canbo.eval.report_method import leakage_words
from canbo.eval.report_tables import ReportTables
from canbo.eval.results import Comparison, Leakage, MetricInfo, Score, load_evaluation
from canbo.eval.wording import figure, metric_label, verdict_on, verdicts


class Page(HTMLParser):
    """Tags with their attributes, and the text by the tag that holds it."""

    def __init__(self, html):
        super().__init__()
        self.tags, self.inside, self.texts = [], [], []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        self.inside.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        while self.inside and self.inside.pop()[0] != tag:
            pass

    def handle_data(self, data):
        if self.inside:
            self.texts.append((self.inside[-1], data))

    def text(self, tag, **attributes):
        return [
            data
            for (name, found), data in self.texts
            if name == tag and all(found.get(k.rstrip("_")) == v for k, v in attributes.items())
        ]


@pytest.fixture
def written(theme_evaluation, tmp_path):
    html, markdown = write_report(theme_evaluation, tmp_path)
    return html.read_text(encoding="utf-8"), markdown.read_text(encoding="utf-8")


def test_text_of_a_paragraph_a_config_and_a_warning_stays_text_on_the_page(written):
    page = Page(written[0])

    assert not [tag for tag, _ in page.tags if tag in ("script", "b")]
    assert any("<script>alert(1)</script>" in text for text in page.text("p", lang="vi"))
    assert any("<script>alert(2)</script>" in text for text in page.text("pre"))
    assert any("<b>one</b>" in text for text in page.text("p", class_="alarm"))


def test_text_stays_text_in_markdown_too(written):
    html = MarkdownIt("commonmark", {"html": True}).enable("table").render(written[1])

    page = Page(html)
    assert not [tag for tag, _ in page.tags if tag in ("script", "b")]
    assert "<script>alert(1)</script>" in "".join(page.text("li"))


def test_a_learning_curve_says_of_which_stage_it_is(theme_evaluation, tmp_path):
    curves = [
        replace(c, stage="the last" * (c.kind == "learning")) for c in theme_evaluation.curves
    ]
    pages = write_report(replace(theme_evaluation, curves=curves), tmp_path)
    for page in pages:
        assert "while training (the last)" in page.read_text(encoding="utf-8")


def test_the_page_loads_nothing_and_runs_nothing(written):
    page = Page(written[0])

    policy = next(a["content"] for t, a in page.tags if a.get("http-equiv"))
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert not [a for _, a in page.tags if {"src", "style", "onclick"} & a.keys()]
    assert all(a["href"].startswith("#") for tag, a in page.tags if tag == "a")
    assert "prefers-color-scheme" in written[0]


def test_a_model_that_does_not_beat_a_baseline_is_told_so_in_red_and_in_words(written):
    page = Page(written[0])

    level, better = page.text("li", class_="level"), page.text("li", class_="better")
    assert len(level) == len(better) == 1
    assert "shipped is NOT measurably better than tfidf" in level[0]
    assert "0.810 against 0.800" in level[0]
    assert "−0.020 to +0.040" in level[0]
    assert "shipped is better than regex" in better[0]
    assert re.search(r"\.verdicts \.level,[^}]*color: var\(--warn\)", written[0])
    assert page.text("td", class_="level") == ["NOT BETTER: the difference may be chance"]
    assert "🔴 **shipped is NOT measurably better than tfidf" in written[1]


@pytest.mark.parametrize(
    ("ci", "better", "standing"),
    [
        ((0.01, 0.03), "higher", "better"),
        ((-0.01, 0.03), "higher", "level"),
        ((0.0, 0.03), "higher", "level"),
        ((-0.03, -0.01), "higher", "worse"),
        ((-0.03, -0.01), "lower", "better"),
        ((0.01, 0.03), "lower", "worse"),
    ],
)
def test_a_verdict_goes_by_the_interval_and_by_which_way_is_good(
    theme_evaluation, ci, better, standing
):
    metrics = {"macro_f1": replace(theme_evaluation.metrics["macro_f1"], better=better)}
    evaluation = replace(theme_evaluation, metrics=metrics)
    comparison = Comparison("news", "shipped", "tfidf", "macro_f1", 0.5, 0.5, 0.0, ci, 0.1)

    assert verdict_on(evaluation, comparison).standing == standing


def test_a_comparison_is_read_from_the_models_side_whichever_comes_first(theme_evaluation):
    turned = Comparison("news", "regex", "shipped", "macro_f1", 0.7, 0.8, -0.1, (-0.15, -0.05), 0.0)
    evaluation = replace(theme_evaluation, comparisons=[turned])

    (verdict,) = verdicts(evaluation, "shipped", "news")

    assert verdict.standing == "better"
    assert (verdict.comparison.a_value, verdict.comparison.b_value) == (0.8, 0.7)
    assert verdict.comparison.ci == (0.05, 0.15)


def test_an_oracle_is_nobodys_competitor(abstract_evaluation, tmp_path):
    html, _ = write_report(abstract_evaluation, tmp_path)
    page = Page(html.read_text(encoding="utf-8"))

    assert [v.comparison.b for v in verdicts(abstract_evaluation, "shipped", "vietnews")] == [
        "lead-2"
    ]
    assert page.text("td").count("not a competitor") == 1
    assert not page.text("td", class_="worse")


@pytest.mark.parametrize(
    ("shipped", "baseline", "best"),
    [
        (0.0, 0.1, {"shipped"}),  # Less is better here.
        (0.1, 0.0, {"lead-2"}),
        (0.0, 0.0, set()),  # No name is better than another for its place in the alphabet.
    ],
)
def test_the_best_of_a_column_is_marked_unless_all_are_alike(
    abstract_evaluation, shipped, baseline, best
):
    metrics = dict(abstract_evaluation.metrics)
    metrics["unfaithful_share"] = MetricInfo("Unsupported facts.", "lower", headline=True)
    values = {"shipped": shipped, "lead-2": baseline, "oracle": 0.0}
    results = [
        replace(result, metrics={"unfaithful_share": Score(values[result.model])})
        for result in abstract_evaluation.results
    ]
    (table,) = ReportTables(replace(abstract_evaluation, metrics=metrics, results=results)).overview
    assert {row.name for row in table.rows if row.cells[0].best} == best


def test_the_summary_says_in_words_how_well_and_how_sure(written):
    summary = re.sub(r"\s+", " ", " ".join(Page(written[0]).text("p")))

    assert "Macro-F1, the mean over the themes" in summary
    assert ": 0.81 out of 1" in summary
    assert "lie between 0.77 and 0.84 (95% interval)" in summary
    assert "In 74 of 100 paragraphs every theme is right." in summary
    assert "254 paragraphs of 201 articles, real news" in summary


def test_evidence_is_marked_and_hidden_text_is_left_out(written):
    page = Page(written[0])

    assert page.text("mark") == ["điều động"]
    assert "n2-1" in "".join(page.text("p", class_="about"))
    assert "**điều động**" in written[1]


def test_rouge_is_explained_and_the_two_tokenizers_never_share_a_table(
    abstract_evaluation, tmp_path
):
    _, markdown = write_report(abstract_evaluation, tmp_path)
    text = markdown.read_text(encoding="utf-8")

    assert "“đánh giá cán bộ” turns into “nh gi c n b”" in text
    assert "**ROUGE-2**\n" in text
    assert "**ROUGE-2 legacy**\n" in text
    assert "17.6 (16.8 to 18.4)" in text.replace("**", "")


def test_a_model_that_has_seen_test_articles_is_an_alarm(theme_evaluation, tmp_path):
    seen = Leakage("overlap", overlap=2, articles=("n1", "n2"))
    models = [replace(theme_evaluation.models[0], leakage=seen), *theme_evaluation.models[1:]]
    html, _ = write_report(replace(theme_evaluation, models=models), tmp_path)

    alarm = Page(html.read_text(encoding="utf-8")).text("dd", class_="alarm")
    assert alarm == ["It has SEEN 2 of the test articles (n1, n2): its figures are not valid."]


def test_a_clean_model_is_said_to_be_so_only_as_far_as_records_reach(theme_evaluation):
    assert leakage_words(theme_evaluation.models[0]) == (
        "The articles of its last training step (and of those before it that left a record)"
        " are known; none of them is among the articles scored."
    )


def test_a_report_can_be_made_again_from_metrics_json(theme_evaluation, tmp_path, written):
    theme_evaluation.save(tmp_path / "metrics.json")
    html, markdown = write_report(load_evaluation(tmp_path), tmp_path)

    assert (html.read_text(encoding="utf-8"), markdown.read_text(encoding="utf-8")) == written


def test_an_evaluation_with_nothing_but_figures_still_gives_a_report(theme_evaluation, tmp_path):
    result = replace(theme_evaluation.results[0], metrics={"macro_f1": Score(None)}, themes={})
    bare = replace(
        theme_evaluation,
        results=[result],
        comparisons=[],
        curves=[],
        confusion=[],
        errors=[],
        warnings=[],
    )

    html, _ = write_report(bare, tmp_path)

    assert "macro-F1 is not defined here" in html.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("metric", "value", "shown"),
    [
        ("macro_f1", 0.80999, "0.810"),
        ("rouge2", 0.1764, "17.6"),
        ("legacy_rouge2", 0.2667, "26.7"),
        ("exact_match", 0.7402, "74.0%"),
        ("novel_2", 0.125, "12.5%"),
        ("compression", 8.25, "8.2"),
        ("macro_f1", None, "–"),
    ],
)
def test_figures_as_their_field_writes_them(metric, value, shown):
    assert figure(metric, value) == shown


def test_names_of_metrics_as_people_write_them():
    assert metric_label("macro_f1") == "macro-F1"
    assert metric_label("legacy_rougeL") == "legacy ROUGE-L"
    assert metric_label("calibration_error") == "calibration error"


@pytest.mark.parametrize(
    "text", ["a|b", "# no heading", "- no item", "1. no item", "*x* _y_ `z` [a](b) <b>", "a\n\nb"]
)
def test_escaped_text_is_one_plain_paragraph_of_markdown(text):
    html = MarkdownIt("commonmark").enable("table").render(str(escape_markdown(text)))

    page = Page(html)
    assert [tag for tag, _ in page.tags] == ["p"]
    assert "".join(page.text("p")).strip() == " ".join(text.split("\n"))
