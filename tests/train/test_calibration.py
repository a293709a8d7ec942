from __future__ import annotations

import json
import shutil
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from transformers import AutoModelForSequenceClassification, pipeline

from canbo.data.themes import load_theme_scheme
from canbo.models.classifier import ClassifierError, ThemeClassifier, WindowLogits
from canbo.models.lexical import LEXICAL_FILE
from canbo.models.segmentation import load_segmenter
from canbo.models.text_encoding import segment_for_model
from canbo.train.arguments import ConfigError
from canbo.train.calibration import main
from canbo.train.calibration_fit import choose_thresholds, fit_calibration, uncertain_bands

REPOSITORY = Path(__file__).parents[2]
DATA = REPOSITORY / "data/canbo-themes/paragraphs"
CONFIG = REPOSITORY / "configs/classifier/embedded-calibration.yaml"
ROTATION = "Huyện luân chuyển 12 cán bộ về giữ chức bí thư các xã và điều động 5 phó chủ tịch xã."


@pytest.fixture(scope="module")
def raw(tiny_phobert, tmp_path_factory):
    """A classifier whose head is random: without a calibration, with a record."""
    folder = shutil.copytree(tiny_phobert, tmp_path_factory.mktemp("raw") / "model")
    scheme = load_theme_scheme()
    model = AutoModelForSequenceClassification.from_pretrained(
        folder,
        num_labels=len(scheme),
        id2label=dict(enumerate(scheme.ids)),
        label2id={theme: index for index, theme in enumerate(scheme.ids)},
        problem_type="multi_label_classification",
    )
    model.config.update({"canbo": {"max_length": 128, "segmenter": "canbo"}})
    model.save_pretrained(folder)
    (folder / "training.json").write_text('{"config": {"seed": 7}, "data": [], "results": {}}\n')
    (folder / "articles.txt").write_text("older-article\n")
    return folder


def _calibrate(model, *extra):
    train, validation = DATA / "train.jsonl", DATA / "validation.jsonl"
    options = ["--validation_files", str(validation), "--train_files", str(train), *map(str, extra)]
    assert main([str(CONFIG), "--model", str(model), *options]) == 0


@pytest.fixture(scope="module")
def calibrated(raw, tmp_path_factory):
    folder = tmp_path_factory.mktemp("calibrated") / "model"
    _calibrate(raw, "--final_dir", folder)
    return folder


def test_ngrams_teach_a_random_encoder_the_themes(raw, calibrated):
    before, after = (ThemeClassifier.from_pretrained(f, device="cpu") for f in (raw, calibrated))
    assert after.is_calibrated and not before.is_calibrated
    (prediction,) = after.predict([ROTATION], evidence=False)
    assert max(prediction.scores, key=prediction.scores.get) == "rotation"
    assert "rotation" in prediction.themes
    (alone,) = after.encoder_alone().predict([ROTATION], evidence=False)
    (earlier,) = before.predict([ROTATION], evidence=False)
    assert alone.scores == earlier.scores


NEUTRAL = "Vụ đông xuân năm nay, bà con trong thôn gieo cấy 120 ha lúa, năng suất ước đạt khá. "


def test_a_theme_after_the_400th_token_is_found_and_shown_where_it_stands(calibrated):
    classifier = ThemeClassifier.from_pretrained(calibrated, device="cpu")
    # The encoder is a random one, and the n-grams are of a few paragraphs.
    classifier.thresholds["rotation"] = 0.3
    before, behind = NEUTRAL * 30, NEUTRAL * 10
    assert len(before.split()) > 500
    (alone,) = classifier.predict([before])
    (prediction,) = classifier.predict([before + ROTATION + " " + behind])
    assert "rotation" not in alone.themes and "rotation" in prediction.themes
    # The n-grams are those of a window: the neutral text around it does not thin them out.
    assert prediction.scores["rotation"] > 10 * alone.scores["rotation"]
    spans = [span for span in prediction.evidence if span.theme == "rotation"]
    assert spans
    for span in spans:
        assert len(before) <= span.start < span.end <= len(before) + len(ROTATION)
        assert (before + ROTATION)[span.start : span.end] == span.text
    assert "luân chuyển" in " ".join(span.text for span in spans)


def test_neighbouring_windows_share_words(calibrated):
    windows = ThemeClassifier.from_pretrained(calibrated, device="cpu").window_logits(
        [NEUTRAL * 30]
    )
    assert len(windows.texts) > 3 and set(windows.texts.tolist()) == {0}
    for one, other in pairwise(windows.forms):
        shared = max(n for n in range(1, len(one)) if one[-n:] == other[:n])
        assert shared >= 15


def test_predictions_do_not_depend_on_what_else_is_read(calibrated):
    classifier = ThemeClassifier.from_pretrained(calibrated, device="cpu")
    lines = (DATA / "test.jsonl").read_text(encoding="utf-8").splitlines()[:24]
    texts = [json.loads(line)["text"] for line in lines]
    together = classifier.predict(texts, batch_size=7)
    assert any(prediction.evidence for prediction in together)
    for text, prediction in zip(reversed(texts), reversed(together), strict=True):
        (alone,) = classifier.predict([text])
        assert (alone.themes, alone.evidence) == (prediction.themes, prediction.evidence)


def test_uncertain_themes_are_those_within_their_band(calibrated):
    classifier = ThemeClassifier.from_pretrained(calibrated, device="cpu")
    assert set(classifier.uncertain) == set(classifier.scheme_ids)
    lines = (DATA / "validation.jsonl").read_text(encoding="utf-8").splitlines()
    predictions = classifier.predict([json.loads(line)["text"] for line in lines], evidence=False)
    for prediction in predictions:
        for theme, score in prediction.scores.items():
            low, high = classifier.uncertain[theme]
            assert (theme in prediction.uncertain) == (low <= score < high)
    marked = sum(bool(prediction.uncertain) for prediction in predictions)
    assert 0.05 <= marked / len(lines) <= 0.15


def test_plain_transformers_reads_the_encoder(calibrated):
    classifier = ThemeClassifier.from_pretrained(calibrated, device="cpu")
    tagger = pipeline("text-classification", model=str(calibrated), top_k=None)
    ((joined, _),) = segment_for_model(load_segmenter(), [ROTATION])
    (rows,) = tagger([joined], function_to_apply="sigmoid")
    (alone,) = classifier.encoder_alone().predict([ROTATION], evidence=False)
    assert {row["label"]: row["score"] for row in rows} == pytest.approx(alone.scores, abs=1e-3)


def test_the_record_keeps_the_training_and_adds_the_calibration(calibrated):
    record = json.loads((calibrated / "training.json").read_text(encoding="utf-8"))
    assert record["config"] == {"seed": 7}
    assert [entry["file"] for entry in record["data"]] == [
        "paragraphs/train.jsonl",
        "paragraphs/validation.jsonl",
    ]
    results = record["calibration"]["results"]
    assert results["calibrated_mean_average_precision"] > results["encoder_mean_average_precision"]
    assert results["calibrated_calibration_error"] < results["encoder_calibration_error"]
    articles = (calibrated / "articles.txt").read_text(encoding="utf-8").splitlines()
    assert "older-article" in articles and len(articles) > 100


def test_a_second_calibration_gives_the_same(calibrated, tmp_path):
    again = shutil.copytree(calibrated, tmp_path / "model")
    _calibrate(again)
    for name in ("config.json", LEXICAL_FILE):
        assert (again / name).read_bytes() == (calibrated / name).read_bytes()
    record = json.loads((again / "training.json").read_text(encoding="utf-8"))
    assert len(record["data"]) == 2


def test_without_training_files_the_encoder_alone_is_calibrated(calibrated, tmp_path):
    folder = tmp_path / "alone"
    config = tmp_path / "alone.yaml"
    config.write_text(
        f"model: {calibrated}\nvalidation_files: [{DATA / 'validation.jsonl'}]\n", encoding="utf-8"
    )
    assert main([str(config), "--final_dir", str(folder)]) == 0
    assert not (folder / LEXICAL_FILE).exists()
    settings = json.loads((folder / "config.json").read_text(encoding="utf-8"))["canbo"]
    assert set(settings["calibration"]["rotation"]) == {"encoder", "bias"}
    ThemeClassifier.from_pretrained(folder, device="cpu").predict([ROTATION])


def test_a_folder_without_its_ngrams_is_refused(calibrated, tmp_path):
    folder = shutil.copytree(calibrated, tmp_path / "model")
    (folder / LEXICAL_FILE).unlink()
    with pytest.raises((ClassifierError, OSError), match=r"lexical\.safetensors"):
        ThemeClassifier.from_pretrained(folder, device="cpu")


def test_a_missing_model_or_file_is_named(tmp_path):
    with pytest.raises(ConfigError, match="not the folder of a classifier"):
        main([str(CONFIG), "--model", str(tmp_path)])


def test_weights_are_found_that_made_the_labels():
    rng = np.random.default_rng(1)
    encoder, lexical = rng.normal(scale=4, size=(2, 4000, 2))
    truth = 0.8 * encoder + 0.3 * lexical - 1
    gold = rng.random(truth.shape) < 1 / (1 + np.exp(-truth))
    logits = WindowLogits(np.arange(4000), [[]] * 4000, encoder)
    found = fit_calibration(logits, lexical, gold)
    assert found.encoder == pytest.approx([0.8, 0.8], abs=0.08)
    assert found.lexical == pytest.approx([0.3, 0.3], abs=0.04)
    assert found.bias == pytest.approx([-1, -1], abs=0.25)


def test_the_best_window_of_a_paragraph_is_what_is_fitted():
    """Beside each window stands one that says no: as if it were not there."""
    rng = np.random.default_rng(2)
    encoder = rng.normal(scale=4, size=(1000, 1))
    gold = rng.random(encoder.shape) < 1 / (1 + np.exp(-encoder))
    single = fit_calibration(WindowLogits(np.arange(1000), [[]] * 1000, encoder), None, gold)
    doubled = np.stack([encoder - 3, encoder], axis=1).reshape(2000, 1)
    logits = WindowLogits(np.repeat(np.arange(1000), 2), [[]] * 2000, doubled)
    assert fit_calibration(logits, None, gold).encoder == pytest.approx(single.encoder)


def test_thresholds_are_half_way_to_one_half():
    # Any threshold between 0.1 and 0.9 is best in every draw: the middle is 0.5.
    scores = np.array([[0.1], [0.9]] * 20)
    assert choose_thresholds(scores, scores > 0.5)[0] == pytest.approx(0.5, abs=0.01)
    # Best between 0.1 and 0.2: the bag's choice is 0.15 or, nearer to one half, up to 0.2.
    low = np.array([[0.1], [0.2]] * 20)
    assert 0.32 <= choose_thresholds(low, low > 0.15)[0] <= 0.35


def test_the_likeliest_mistakes_are_marked():
    probabilities = np.array([[0.02, 0.55], [0.35, 0.99], [0.01, 0.97], [0.05, 0.9]])
    thresholds = np.array([0.4, 0.5])
    # Chances of a mistake: 0.45 (0.55 assigned), 0.35 (0.35 not assigned), 0.03, 0.1.
    bands = uncertain_bands(probabilities, thresholds, 0.5)
    assert bands == pytest.approx(np.array([[0.35, 0.65], [0.35, 0.65]]))
    inside = (bands[:, 0] <= probabilities) & (probabilities <= bands[:, 1])
    assert inside.any(axis=1).tolist() == [True, True, False, False]
    assert uncertain_bands(probabilities, thresholds, 0.0).tolist() == [[0.4, 0.4], [0.5, 0.5]]
