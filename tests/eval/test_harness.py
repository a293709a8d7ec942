"""`evaluate` as a whole, on models whose answers are worked out by hand."""

import json
from dataclasses import replace

import pytest

from canbo.data.errors import UserError
from canbo.data.provenance import ARTICLES_FILE
from canbo.data.themes import load_theme_scheme
from canbo.eval.config import (
    DatasetConfig,
    EvaluationConfig,
    EvaluationConfigError,
    ModelConfig,
    load_evaluation_config,
)
from canbo.eval.harness import LeakageError, evaluate, write_outcome
from canbo.eval.report import write_report
from canbo.eval.results import Leakage, MetricsFileError, Score, load_evaluation
from canbo.models.predictions import Abstract, EvidenceSpan, ThemePrediction

SCHEME = load_theme_scheme()
IDS = SCHEME.ids
MOVE = "Huyện luân chuyển ba cán bộ về xã."
CATTLE = "Bà con luân chuyển đàn bò sang bãi cỏ mới."
CLASS = "Trường mở lớp bồi dưỡng cho cán bộ xã."
RAIN = "Trời mưa suốt ba ngày."
ROWS = [
    ("p1", "x1", MOVE, ["rotation"]),
    ("p2", "x1", CATTLE, []),
    ("p3", "x2", CLASS, ["training"]),
    ("p4", "y1", RAIN, []),
]


class Words:
    """A theme has probability 0.9 where one of its words stands, else 0.1."""

    scheme_ids = IDS
    precision = "float32"

    def __init__(self, **words):
        self.words = words
        self.thresholds = dict.fromkeys(IDS, 0.5)

    def predict(self, texts, *, batch_size=32, evidence=True):
        return [self._one(text, evidence) for text in texts]

    def _one(self, text, evidence):
        found = {theme: text.find(word) for theme, word in self.words.items()}
        scores = {theme: 0.9 if found.get(theme, -1) >= 0 else 0.1 for theme in IDS}
        themes = tuple(theme for theme in IDS if scores[theme] >= self.thresholds[theme])
        spans = [
            EvidenceSpan(theme, found[theme], found[theme] + len(word), word)
            for theme, word in self.words.items()
            if theme in themes and found[theme] >= 0
        ]
        return ThemePrediction(themes, scores, tuple(spans) if evidence else ())


class Calibrated(Words):
    """Its encoder alone knows of one move only."""

    is_calibrated = True

    def encoder_alone(self):
        return Words(rotation="luân chuyển ba")


MODELS = {
    "models/calibrated": Calibrated(rotation="luân chuyển", training="bồi dưỡng"),
    "models/words": Words(rotation="luân chuyển", training="bồi dưỡng"),
    "models/careful": Words(rotation="luân chuyển ba", training="tập huấn"),
}


class First:
    """The abstract is the first paragraph, or the last."""

    def __init__(self, index):
        self.index = index

    def summarize(self, documents, *, batch_size=8):
        return [Abstract(document.paragraphs[self.index], "extractive") for document in documents]


class Int8(Words):
    """Scores with integers, as far as anyone asks."""

    precision = "int8"


def load_classifier(source, *, precision):
    model = MODELS[source]
    return Int8(**model.words) if (source, precision) == ("models/words", "int8") else model


def run(config, **options):
    return evaluate(
        config,
        load_classifier=load_classifier,
        load_summarizer={"models/first": First(0), "models/last": First(-1)}.__getitem__,
        **options,
    )


def write_rows(path, rows):
    lines = [
        json.dumps({"id": id, "article": article, "text": text, "labels": labels})
        for id, article, text, labels in rows
    ]
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


@pytest.fixture
def config(tmp_path):
    file = write_rows(tmp_path / "test.jsonl", ROWS)
    return EvaluationConfig(
        kind="themes",
        datasets=(DatasetConfig("small", file, group="authored", text="show", sources={"x": "x"}),),
        models=(ModelConfig("words", "models/words"),),
        resamples=50,
    )


def test_figures_of_a_model(config):
    evaluation = run(config).evaluation
    found = evaluation.result("words", "small")

    # Three decisions for a theme, one of them wrong (the cattle); four paragraphs, three right.
    assert (found.n, found.articles) == (4, 3)
    assert found.metrics["micro_precision"].value == pytest.approx(2 / 3, abs=1e-6)
    assert found.metrics["micro_recall"].value == 1
    assert found.metrics["exact_match"].value == 0.75
    assert found.themes["rotation"]["precision"].value == 0.5
    assert found.themes["rotation"]["support"] == Score(1.0)
    low, high = found.metrics["exact_match"].ci
    assert 0.5 <= low < 0.75 < high <= 1


def test_a_model_is_scored_in_both_precisions(config, tmp_path):
    int8 = ModelConfig("words, int8", "models/words", precision="int8")
    evaluation = run(replace(config, models=(*config.models, int8))).evaluation

    assert [model.precision for model in evaluation.models] == ["float32", "int8"]
    (comparison,) = [c for c in evaluation.comparisons if c.metric == "macro_f1"]
    assert (comparison.a, comparison.b, comparison.difference) == ("words", "words, int8", 0)
    _, page = write_report(evaluation, tmp_path)
    text = page.read_text(encoding="utf-8")
    assert "**words, int8.** It is scored with matrices of 8-bit integers" in text
    assert "model words, int8: models/words (scored with matrices of 8-bit integers" in text
    assert "model words: models/words\n" in text


def test_a_mean_shows_the_log_of_its_last_stage_once(config, tmp_path, monkeypatch):
    folder = tmp_path / "mean"
    folder.mkdir()
    (folder / "training.json").write_text('{"mean_of": [{}, {}]}')
    log = {"log_history": [{"step": 1, "loss": 0.5}]}
    (folder / "trainer_state.json").write_text(json.dumps(log))
    monkeypatch.setitem(MODELS, str(folder), MODELS["models/words"])
    mean = ModelConfig("mean", str(folder))
    named = replace(mean, name="named", training_log=folder / "trainer_state.json")
    evaluation = run(replace(config, models=(mean, replace(mean, name="again"), named))).evaluation

    found = [(c.model, c.stage) for c in evaluation.curves if c.kind == "learning"]
    assert found == [
        ("mean", "the last of the 2 stages whose mean the model is"),
        ("named", "the stage of mean/trainer_state.json"),
    ]


def test_a_model_that_cannot_be_scored_in_int8_is_refused(config):
    models = (ModelConfig("careful", "models/careful", precision="int8"),)
    with pytest.raises(UserError, match=r"'careful' gives its scores in float32.*--device cpu"):
        run(replace(config, models=models))


def test_slices_of_a_model(config):
    evaluation = run(config).evaluation

    def value(slice, metric):
        return evaluation.result("words", "small", slice).metrics[metric].value

    hard = evaluation.result("words", "small", "hard_negative:any")
    assert (hard.n, hard.metrics["false_alarm_rate"].value) == (1, 1.0)
    assert hard.themes["rotation"]["false_alarm_rate"].value == 1.0
    assert value("keyword:present", "micro_recall") == 1
    assert value("themes:1", "exact_match") == 1
    assert value("themes:0", "exact_match") == 0.5
    assert value("source:x", "exact_match") == pytest.approx(2 / 3, abs=1e-6)
    assert value("length:0-59", "exact_match") == 0.75
    with pytest.raises(KeyError):
        evaluation.result("words", "small", "themes:2+")


def test_reliability_before_and_after_calibration(config):
    models = (ModelConfig("calibrated", "models/calibrated"),)
    curves = run(replace(config, models=models)).evaluation.curves

    surest = {c.kind: c.points[-1] for c in curves if c.kind.endswith("reliability")}
    # Of three decisions for a theme two are right; the encoder alone makes one, which is.
    assert surest["reliability"] == pytest.approx(
        {"probability": 0.9, "frequency": 0.6667, "count": 3}
    )
    assert surest["encoder_reliability"] == pytest.approx(
        {"probability": 0.9, "frequency": 1, "count": 1}
    )


def test_the_encoder_alone_is_cut_at_one_half(config, monkeypatch):
    model = Calibrated(rotation="luân chuyển", training="bồi dưỡng")
    model.thresholds = dict.fromkeys(IDS, 0.05)  # Of the calibrated probabilities: all are above.
    monkeypatch.setitem(MODELS, "models/calibrated", model)
    models = (ModelConfig("calibrated", "models/calibrated"),)
    figures = run(replace(config, models=models)).evaluation.result("calibrated", "small").metrics

    assert figures["macro_recall"].value == pytest.approx(2 / 5)
    # Of five themes one is found without a mistake, and of the others nothing.
    assert figures["encoder_macro_f1"].value == pytest.approx(1 / 5)


def test_the_worst_errors_show_what_misled_the_model(config):
    (error,) = run(config).evaluation.errors
    assert (error.kind, error.theme, error.id) == ("false_positive", "rotation", "p2")
    assert (error.probability, error.threshold, error.text) == (0.9, 0.5, CATTLE)
    assert [span.text for span in error.evidence] == ["luân chuyển"]


def test_hidden_text_stands_nowhere_in_the_results(config, tmp_path):
    hidden = replace(config.datasets[0], text="hide")
    both = (ModelConfig("words", "models/words"), ModelConfig("careful", "models/careful"))
    outcome = run(replace(config, datasets=(hidden,), models=both), differences=True)
    write_outcome(outcome, tmp_path / "out")

    for name in ("metrics.json", "differences.jsonl"):
        written = (tmp_path / "out" / name).read_text(encoding="utf-8")
        for _, _, text, _ in ROWS:
            assert text not in written
        assert "đàn bò" not in written and '"luân chuyển"' not in written
    (error, *_) = outcome.evaluation.errors
    assert error.text is None
    assert (error.evidence[0].start, error.evidence[0].end) == (7, 18)


def test_baselines_are_fitted_and_compared(config, tmp_path):
    train = write_rows(tmp_path / "train.jsonl", [("t1", "t1", "Năm nay được mùa.", [])])
    names = ("regular expressions", "majority set")
    evaluation = run(
        replace(config, baselines=names, baseline_train=(train, tmp_path / "no.jsonl"))
    ).evaluation

    assert [(model.name, model.role) for model in evaluation.models] == [
        ("words", "model"),
        ("regular expressions", "baseline"),
        ("majority set", "baseline"),
    ]
    assert any("no.jsonl" in warning for warning in evaluation.warnings)
    exact = {
        comparison.b: comparison
        for comparison in evaluation.comparisons
        if comparison.metric == "exact_match"
    }
    # The set phrases make the same mistake; the majority, no theme, is right twice of four.
    assert exact["regular expressions"].difference == 0
    assert exact["regular expressions"].p_value == 1
    assert exact["majority set"].difference == 0.25
    assert {curve.model for curve in evaluation.curves} == {"words"}


def test_two_models_are_compared_item_by_item(config, tmp_path):
    both = (ModelConfig("words", "models/words"), ModelConfig("careful", "models/careful"))
    outcome = run(replace(config, models=both), differences=True)

    (summary,) = outcome.evaluation.differences
    assert (summary.items, summary.different) == (4, 2)
    assert (summary.a_better, summary.b_better) == (1, 1)
    assert summary.themes["rotation"] == {"a_only": 1, "b_only": 0, "a_right": 0, "b_right": 1}
    assert summary.themes["training"] == {"a_only": 1, "b_only": 0, "a_right": 1, "b_right": 0}
    assert {(row["id"], row["better"]) for row in outcome.differences} == {("p2", "b"), ("p3", "a")}
    assert summary.examples == outcome.differences
    _, page = write_report(outcome.evaluation, tmp_path)
    listed = page.read_text(encoding="utf-8").splitlines()
    for row in outcome.differences:
        (line,) = [line for line in listed if line.startswith("- Right: ") and row["text"] in line]
        assert f"Nearer: {'words' if row['better'] == 'a' else 'careful'}." in line
    with pytest.raises(ValueError, match="two models"):
        run(config, differences=True)


def test_an_earlier_comparison_in_the_folder_goes(config, tmp_path):
    (tmp_path / "differences.jsonl").write_text("{}\n", encoding="utf-8")
    write_outcome(run(config), tmp_path)
    assert not (tmp_path / "differences.jsonl").exists()


def trained_on(folder, *articles):
    folder.mkdir()
    (folder / "training.json").write_text('{"config": {"train_files": ["gone/train.jsonl"]}}')
    (folder / ARTICLES_FILE).write_text("\n".join(articles))
    return str(folder)


def test_a_model_that_has_seen_a_test_article_is_refused(config, tmp_path):
    source = trained_on(tmp_path / "leaky", "x2", "z9")

    def never(source, *, precision="float32"):
        raise AssertionError("nothing is loaded before the check")

    with pytest.raises(LeakageError, match=r"leaky was trained on.* 1 articles .*'small': x2"):
        evaluate(
            replace(config, models=(ModelConfig("leaky", source),)),
            load_classifier=never,
            load_summarizer=never,
        )


def test_seen_articles_may_be_left_out_for_all(config, tmp_path):
    source = trained_on(tmp_path / "leaky", "x2")
    dataset = replace(config.datasets[0], overlap="leave_out")
    evaluation = evaluate(
        replace(config, datasets=(dataset,), models=(ModelConfig("leaky", source),)),
        load_classifier=lambda source, precision: MODELS["models/words"],
        load_summarizer=None,
    ).evaluation
    assert evaluation.datasets[0].items == 3
    assert evaluation.models[0].leakage == Leakage("clean")
    told = "left out of 'small': 1 article that leaky has seen: x2"
    assert told in evaluation.warnings


def test_a_run_without_models_and_baselines_is_refused(config):
    with pytest.raises(EvaluationConfigError, match="nothing to score"):
        run(replace(config, models=()))


def test_a_model_of_unknown_training_is_told(config):
    told = []
    evaluation = run(config, note=told.append).evaluation
    assert evaluation.models[0].leakage.status == "unknown"
    assert any("unknown" in warning for warning in evaluation.warnings)
    assert any("unknown" in line for line in told)


def test_results_come_back_as_they_were_written(config, tmp_path):
    both = (ModelConfig("words", "models/words"), ModelConfig("careful", "models/careful"))
    outcome = run(replace(config, models=both), differences=True)
    path = write_outcome(outcome, tmp_path / "out")
    assert load_evaluation(path) == outcome.evaluation
    assert load_evaluation(path.parent) == outcome.evaluation
    again = run(replace(config, models=both), differences=True).evaluation
    assert replace(again, created="") == replace(outcome.evaluation, created="")

    record = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps(record | {"schema": 2}))
    with pytest.raises(MetricsFileError, match="schema 2"):
        load_evaluation(path)


def test_abstracts_and_their_baselines(tmp_path):
    file = tmp_path / "articles.jsonl"
    rows = [
        {"id": f"x{i}", "abstract": f"{MOVE} Số {i}.", "paragraphs": [f"{MOVE} Số {i}.", RAIN]}
        for i in range(4)
    ]
    file.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    config = EvaluationConfig(
        kind="abstracts",
        datasets=(DatasetConfig("small", file),),
        models=(ModelConfig("first", "models/first"), ModelConfig("last", "models/last")),
        baselines=("lead-1", "oracle"),
        resamples=20,
    )
    outcome = run(config, differences=True)

    evaluation = outcome.evaluation
    found = evaluation.result("first", "small").metrics
    assert found["rouge1"] == Score(1.0, (1.0, 1.0))
    assert found["novel_1"].value == 0 and found["unfaithful_share"].value == 0
    assert evaluation.result("last", "small").metrics["rouge2"].value == 0
    assert [model.oracle for model in evaluation.models] == [False, False, False, True]
    assert set(found) <= set(evaluation.metrics)
    (summary,) = evaluation.differences
    assert (summary.different, summary.a_better, summary.b_better) == (4, 4, 0)
    assert outcome.differences[0]["a"]["abstract"] is None  # The text is hidden.


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"kind": "both"}, "kind: must be one of themes, abstracts"),
        ({"colour": 1}, "unknown fields: colour"),
        ({"datasets": []}, "datasets: name at least one"),
        ({"datasets": [{"name": "a"}]}, r"datasets\[0\]: missing fields: file"),
        ({"datasets": [{"name": "a", "file": "x", "limit": True}]}, r"datasets\[0\].limit"),
        ({"datasets": [{"name": "a", "file": "x"}] * 2}, "'a' stands twice"),
        ({"datasets": [{"name": "a", "file": "x", "sources": {"b": "("}}]}, "regular expression"),
        ({"resamples": 0}, "resamples: must be 1 or more"),
        (
            {"models": [{"name": "m", "precision": "int4"}]},
            r"models\[0\].precision: must be one of int8, float32",
        ),
        (
            {"kind": "abstracts", "models": [{"name": "m", "precision": "int8"}]},
            r"models\[0\].precision: is that of a classifier's scores; take it out",
        ),
    ],
)
def test_wrong_settings_are_named(tmp_path, change, message):
    path = tmp_path / "config.yaml"
    right = {"kind": "themes", "datasets": [{"name": "a", "file": "x.jsonl"}]}
    path.write_text(json.dumps(right | change), encoding="utf-8")
    with pytest.raises(EvaluationConfigError, match=message):
        load_evaluation_config(path)


def test_missing_data_sets(config, tmp_path):
    missing = DatasetConfig("gone", tmp_path / "gone.jsonl")
    with pytest.raises(EvaluationConfigError, match="no such file"):
        run(replace(config, datasets=(*config.datasets, missing)))
    optional = replace(missing, optional=True)
    evaluation = run(replace(config, datasets=(*config.datasets, optional))).evaluation
    assert [dataset.name for dataset in evaluation.datasets] == ["small"]
    assert any("gone" in warning for warning in evaluation.warnings)
    with pytest.raises(EvaluationConfigError, match="none of the data sets"):
        run(replace(config, datasets=(optional,)))
