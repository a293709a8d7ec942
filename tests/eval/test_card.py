import json
from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from huggingface_hub import ModelCard
from huggingface_hub.repocard import metadata_load
from huggingface_hub.repocard_data import DatasetCardData, model_index_to_eval_results

from canbo.cli import main
from canbo.data.provenance import folder_sha256
from canbo.eval.card import CardError, check_card, ensure_card, make_card, write_card
from canbo.eval.model_facts import ModelFolderError, read_model
from canbo.eval.results import MetricInfo, Score

REPO = Path(__file__).parents[2]
CLASSIFIER = REPO / "models" / "embedded" / "classifier"
SUMMARIZER = REPO / "models" / "embedded" / "summarizer"


@pytest.fixture
def report(theme_evaluation, tmp_path):
    """A report that judges the shipped classifier, with figures chosen by hand."""
    thresholds = read_model(CLASSIFIER).settings["thresholds"]
    models = [replace(theme_evaluation.models[0], thresholds=thresholds)]
    evaluation = replace(theme_evaluation, models=[*models, *theme_evaluation.models[1:]])
    folder = tmp_path / "report"
    folder.mkdir()
    evaluation.save(folder / "metrics.json")
    return folder


def change(report, **values):
    record = json.loads((report / "metrics.json").read_text(encoding="utf-8"))
    record["models"][0].update(values)
    (report / "metrics.json").write_text(json.dumps(record), encoding="utf-8")


def test_the_hub_reads_the_reports_figures_out_of_the_card(report, tmp_path):
    path = write_card(CLASSIFIER, report, tmp_path / "card.md")

    metadata = metadata_load(path)
    name, results = model_index_to_eval_results(metadata["model-index"])
    assert name == "canbo-classifier-embedded"
    (result,) = results
    assert (result.dataset_name, result.dataset_split, result.task_type) == (
        "news",
        "test",
        "text-classification",
    )
    assert (result.metric_type, result.metric_value) == ("f1", 0.81)
    assert result.metric_args == {"confidence_interval_95": [0.77, 0.84]}
    assert result.dataset_args == {"sha256": "cd" * 32}
    assert {k: metadata[k] for k in ("language", "license", "library_name", "pipeline_tag")} == {
        "language": "vi",
        "license": "mit",
        "library_name": "transformers",
        "pipeline_tag": "text-classification",
    }
    # Of card.yaml: what the record names, runs/..., is a folder of this project and no hub id.
    assert metadata["base_model"] == "intfloat/multilingual-e5-small"


def test_examples_are_segmented_as_the_checkpoint_wants_them(report, tmp_path):
    metadata = metadata_load(write_card(CLASSIFIER, report, tmp_path / "card.md"))

    texts = [example["text"] for example in metadata["widget"]]
    assert len(texts) == 3
    assert "điều_động ông" in texts[0]


def test_the_card_says_what_it_must_not_be_used_for_and_who_labelled(report, tmp_path):
    text = write_card(CLASSIFIER, report, tmp_path / "card.md").read_text(encoding="utf-8")

    for said in (
        "**Not for judging persons.**",
        "not whether someone did right or\n  wrong",
        "were made by language models that read a codebook",
        "macro-F1 of 0.98",
        "🔴 On news: shipped is NOT measurably better than tfidf",
        "shipped | **0.810** (0.770 to 0.840)",
        "Energy: about 0.21 kWh (15 W a busy core",  # 7 h x 2 cores x 15 W
        "23.0 million (float16)",
        "(and of those before it that left a record) are known; none of them is among the",
    ):
        assert said in text
    for heading in ("Intended use", "Limits and biases", "How to use", "Training", "Evaluation"):
        assert f"\n## {heading}\n" in text
    assert ModelCard(text).text.count("\n# ") == 1


def test_names_in_the_report_stay_text(theme_evaluation, tmp_path):
    facts = read_model(CLASSIFIER)
    sha256 = folder_sha256(CLASSIFIER)
    models = [replace(theme_evaluation.models[0], sha256=sha256), *theme_evaluation.models[1:]]
    datasets = [replace(theme_evaluation.datasets[0], name="<i>news</i>")]
    results = [replace(r, dataset="<i>news</i>") for r in theme_evaluation.results]
    evaluation = replace(theme_evaluation, models=models, datasets=datasets, results=results)

    card = make_card(facts, evaluation, "report")

    assert "&lt;i&gt;news" in card.text
    assert "<i>" not in card.text


def test_a_report_on_another_version_of_the_model_is_refused(report, tmp_path):
    change(report, thresholds={"rotation": 0.999})

    with pytest.raises(CardError, match=r"another version .*canbo evaluate"):
        write_card(CLASSIFIER, report, tmp_path / "card.md")


def test_a_report_on_another_training_is_refused(report, tmp_path):
    change(report, training={"results": {"validation": {"macro_f1": 0.1}}})

    with pytest.raises(CardError, match="another version"):
        write_card(CLASSIFIER, report, tmp_path / "card.md")


def test_a_report_on_other_models_is_refused_by_name(report, tmp_path):
    change(report, source="runs/another")

    with pytest.raises(CardError, match=r"it judges shipped \(runs/another\)"):
        write_card(CLASSIFIER, report, tmp_path / "card.md")


def test_a_report_of_the_other_kind_is_refused(report, tmp_path):
    with pytest.raises(CardError, match="give a report of abstracts"):
        write_card(SUMMARIZER, report, tmp_path / "card.md")


def test_a_card_that_a_person_wrote_is_not_replaced_unasked(report, tmp_path):
    card = tmp_path / "README.md"
    card.write_text("# by hand\n", encoding="utf-8")

    with pytest.raises(CardError, match="--overwrite"):
        write_card(CLASSIFIER, report, card)
    assert card.read_text(encoding="utf-8") == "# by hand\n"
    write_card(CLASSIFIER, report, card, overwrite=True)
    first = card.read_text(encoding="utf-8")
    write_card(CLASSIFIER, report, card)  # its own is replaced
    assert card.read_text(encoding="utf-8") == first


def test_the_summarizers_card_from_a_report_of_abstracts(abstract_evaluation, tmp_path):
    abstract_evaluation.save(tmp_path / "metrics.json")
    path = write_card(SUMMARIZER, tmp_path, tmp_path / "card.md")

    metadata = metadata_load(path)
    _, results = model_index_to_eval_results(metadata["model-index"])
    assert {(r.metric_type, r.metric_value) for r in results} == {
        ("rouge", 0.176),
        ("rouge", 0.266),
    }
    assert metadata["library_name"] == "transformers"
    assert "lead-2 (baseline)" in path.read_text(encoding="utf-8")


def test_a_card_that_lost_a_figure_does_not_pass(theme_evaluation, tmp_path, report):
    card = ModelCard.load(write_card(CLASSIFIER, report, tmp_path / "card.md"))
    _, results = model_index_to_eval_results(card.data.to_dict()["model-index"])

    check_card(card, results)
    results[0].metric_value = 0.82
    with pytest.raises(CardError, match="does not give back"):
        check_card(card, results)


def test_a_users_model_without_notes_or_record_has_a_card(report, tmp_path):
    folder = tmp_path / "mine"
    folder.mkdir()
    for name in ("config.json", "model.safetensors"):
        (folder / name).write_bytes((CLASSIFIER / name).read_bytes())
    change(report, source=str(folder), sha256=folder_sha256(folder))

    path = write_card(folder, report)

    assert path == folder / "README.md"
    text = path.read_text(encoding="utf-8")
    assert metadata_load(path)["model-index"][0]["name"] == "mine"
    assert "Not described." in text
    assert "0.98" not in text  # nothing about labels that this model never saw
    assert str(tmp_path) not in text


def test_the_unrounded_model_is_taken_where_the_report_has_an_int8_one_too(
    theme_evaluation, report, tmp_path
):
    thresholds = read_model(CLASSIFIER).settings["thresholds"]
    (shipped, *baselines) = theme_evaluation.models
    float32 = replace(shipped, thresholds=thresholds, precision="float32")
    int8 = replace(float32, name="shipped, int8", precision="int8")
    twin = [
        replace(r, model="shipped, int8", metrics={"macro_f1": Score(0.79)})
        for r in theme_evaluation.results
        if r.model == "shipped"
    ]
    both = replace(
        theme_evaluation,
        models=[int8, float32, *baselines],
        results=[*twin, *theme_evaluation.results],
    )

    card = make_card(read_model(CLASSIFIER), both, "report")
    assert [result.metric_value for result in card.data.eval_results] == [0.81]
    assert "| shipped, int8 | 0.790 |" in card.text
    assert "8-bit integers" not in card.text
    alone = make_card(read_model(CLASSIFIER), replace(both, models=[int8, *baselines]), "report")
    assert [result.metric_value for result in alone.data.eval_results] == [0.79]
    assert "The model was scored with matrices of 8-bit integers" in alone.text


def test_thresholds_are_told_from_where_the_encoder_alone_is_cut(theme_evaluation, report):
    (first, *others) = theme_evaluation.results
    figures = first.metrics | {"encoder_macro_f1": Score(0.7, (0.65, 0.75))}
    metrics = theme_evaluation.metrics | {"encoder_macro_f1": MetricInfo("Alone.", "higher")}
    evaluation = replace(
        theme_evaluation, metrics=metrics, results=[replace(first, metrics=figures), *others]
    )
    models = [replace(evaluation.models[0], sha256=folder_sha256(CLASSIFIER))]
    card = make_card(read_model(CLASSIFIER), replace(evaluation, models=models), "report")

    text = " ".join(card.text.split())
    assert "The thresholds are those of canbo's calibrated probabilities" in text
    assert "the encoder's own, which is cut at one half" in text
    assert "cut at one half: macro-F1 0.700 (0.650 to 0.750) on news." in text
    assert [result.metric_value for result in card.data.eval_results] == [0.81]


@pytest.fixture
def trained(tmp_path):
    """A folder that `canbo train classifier` left, with figures chosen by hand."""
    folder = tmp_path / "run" / "final"
    folder.mkdir(parents=True)
    for name in ("config.json", "model.safetensors"):
        (folder / name).write_bytes((CLASSIFIER / name).read_bytes())
    results = {
        "validation": {"macro_f1": 0.8125, "f1_rotation": 0.9},
        "test:news/test": {"macro_f1": 0.75, "f1_rotation": 0.7},
    }
    record = {"config": {"model_name_or_path": "vinai/phobert-base"}, "results": results}
    (folder / "training.json").write_text(json.dumps(record), encoding="utf-8")
    return folder


def test_a_model_without_a_report_gets_a_card_of_what_its_training_measured(trained, report):
    path = ensure_card(trained, "someone/cadre-themes")

    metadata = metadata_load(path)
    assert metadata["base_model"] == "vinai/phobert-base"
    assert "model-index" not in metadata and "metrics" not in metadata
    text = path.read_text(encoding="utf-8")
    assert "\n# cadre-themes\n" in text
    assert 'ThemeClassifier.from_pretrained("someone/cadre-themes")' in text
    assert "Not judged yet" in text and "resamples" not in text
    assert "| validation | 0.812 |" in text and "| test:news/test | 0.750 |" in text
    # Trained further, it has other figures; a report's card says more and stays.
    (trained / "training.json").write_text('{"results": {}}', encoding="utf-8")
    assert "0.812" not in ensure_card(trained, "someone/cadre-themes").read_text(encoding="utf-8")
    change(report, source=str(trained), sha256=folder_sha256(trained))
    judged = write_card(trained, report).read_text(encoding="utf-8")
    assert ensure_card(trained, "someone/cadre-themes").read_text(encoding="utf-8") == judged


def test_files_stand_once_and_settings_are_told_of_their_stage(trained):
    record = json.loads((trained / "training.json").read_text(encoding="utf-8"))
    data = [("a/train.jsonl", "1"), ("a/train.jsonl", "1"), ("b/x.jsonl", "2"), ("b/x.jsonl", "3")]
    record["data"] = [{"file": file, "sha256": sha256} for file, sha256 in data]
    (trained / "training.json").write_text(json.dumps(record), encoding="utf-8")
    text = ensure_card(trained, "a/b").read_text(encoding="utf-8")
    assert (
        "`a/train.jsonl` (read twice), `b/x.jsonl`, `b/x.jsonl` (another file of this name)."
        in text
    )
    assert "stages" not in text

    record["mean_of"] = [{}, {}, {}]
    (trained / "training.json").write_text(json.dumps(record), encoding="utf-8")
    text = ensure_card(trained, "a/b").read_text(encoding="utf-8")
    assert "The settings of the last of the 3 stages whose mean the model is" in text


def test_a_card_that_a_person_wrote_is_published_as_it_is(trained):
    (trained / "README.md").write_text("# by hand\n", encoding="utf-8")
    assert ensure_card(trained, "a/b").read_text(encoding="utf-8") == "# by hand\n"


@pytest.mark.parametrize(
    ("notes", "message"),
    [
        ("- a list", "must be a mapping"),
        ("licence: mit", "unknown field 'licence': known are name, title"),
        ("tags: one", "'tags' must be a list of strings"),
        ("summary: 3", "'summary' must be text"),
        ("compute: {hours: 1, cores: 2}", "needs 'source'"),
        ("compute: {hours: much, cores: 2, source: x}", "'hours' must be a number"),
        ("a: [", "not valid YAML"),
    ],
)
def test_notes_that_break_their_form_are_refused_by_field(tmp_path, notes, message):
    (tmp_path / "extractive.json").write_text("{}", encoding="utf-8")
    (tmp_path / "card.yaml").write_text(notes, encoding="utf-8")

    with pytest.raises(ModelFolderError, match=message):
        read_model(tmp_path)


def test_a_folder_without_a_model_is_refused(tmp_path):
    with pytest.raises(ModelFolderError, match=r"name a folder with config\.json"):
        read_model(tmp_path)


def test_the_command_says_in_one_line_what_is_missing(tmp_path, capsys):
    output = str(tmp_path / "card.md")
    assert main(["card", str(CLASSIFIER), "--report", str(tmp_path), "--output", output]) == 2

    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert "metrics.json: cannot be read" in error
    assert "canbo evaluate" in error


def test_the_data_sets_card_is_of_the_form_the_hub_reads():
    text = (REPO / "data" / "canbo-themes" / "README.md").read_text(encoding="utf-8")
    metadata = yaml.safe_load(text.split("---")[1])

    data = DatasetCardData(**metadata).to_dict()

    assert data == metadata
    files = [
        REPO / "data" / "canbo-themes" / name
        for config in metadata["configs"]
        for split in config["data_files"]
        for name in ([split["path"]] if isinstance(split["path"], str) else split["path"])
    ]
    assert len(files) == 8
    assert all(file.is_file() for file in files)
