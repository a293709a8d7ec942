"""The shipped classifier on invented paragraphs, and how any classifier is loaded and read."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from transformers import AutoModelForSequenceClassification, pipeline

from canbo.data.themes import load_theme_scheme
from canbo.eval.metrics.themes import theme_metrics
from canbo.models.classifier import ClassifierError, ThemeClassifier
from canbo.models.segmentation import load_segmenter
from canbo.models.text_encoding import encode_windows, segment_for_model

REPOSITORY = Path(__file__).parents[2]
EMBEDDED = REPOSITORY / "models" / "embedded" / "classifier"
SHIPPED_DATA = REPOSITORY / "data" / "canbo-themes" / "paragraphs"

NEUTRAL = (
    "Vụ đông xuân năm nay, bà con trong thôn gieo cấy 120 ha lúa, năng suất ước đạt 62 tạ một ha. "
    "Giá phân bón tăng nhẹ so với cùng kỳ, song nhờ nước tưới đủ nên cây phát triển tốt. "
)
ROTATION = (
    "Ban Thường vụ Huyện ủy quyết định luân chuyển 12 cán bộ cấp phòng về giữ chức bí thư, chủ tịch "
    "ủy ban nhân dân các xã, đồng thời điều động 5 phó chủ tịch xã lên huyện nhận công tác."
)
TRAINING = (
    "Trong hai năm, huyện đã cử 86 cán bộ đi học cao cấp lý luận chính trị và mở 14 lớp bồi dưỡng "
    "nghiệp vụ công tác đảng cho cấp ủy viên cơ sở."
)
INSPECTION = (
    "Ủy ban Kiểm tra Tỉnh ủy kết luận Ban cán sự đảng Sở Xây dựng thiếu trách nhiệm, buông lỏng lãnh "
    "đạo; quyết định thi hành kỷ luật cảnh cáo đối với giám đốc sở."
)


@pytest.fixture(scope="module")
def classifier():
    return ThemeClassifier.from_pretrained(device="cpu")


def test_plain_cases(classifier):
    texts = [NEUTRAL, ROTATION, TRAINING, INSPECTION]
    themes = [set(prediction.themes) for prediction in classifier.predict(texts)]
    assert themes[0] == set()
    assert "rotation" in themes[1]
    assert "training" in themes[2]
    assert "inspection" in themes[3]


def test_scores_decide_themes(classifier):
    for prediction in classifier.predict([NEUTRAL, ROTATION, TRAINING]):
        for theme, score in prediction.scores.items():
            assert 0 <= score <= 1
            assert (theme in prediction.themes) == (score >= classifier.thresholds[theme])


def test_evidence_is_text_of_the_paragraph_for_each_assigned_theme(classifier):
    (prediction,) = classifier.predict([f"{NEUTRAL}{ROTATION}"])
    assert {span.theme for span in prediction.evidence} == set(prediction.themes)
    for span in prediction.evidence:
        assert f"{NEUTRAL}{ROTATION}"[span.start : span.end] == span.text
    shown = " ".join(span.text for span in prediction.evidence if span.theme == "rotation")
    assert "luân chuyển" in shown or "điều động" in shown


def test_no_evidence_when_not_asked_for(classifier):
    (prediction,) = classifier.predict([ROTATION], evidence=False)
    assert prediction.themes and prediction.evidence == ()


def test_a_theme_after_the_400th_token_is_found(classifier):
    text = NEUTRAL * 12 + ROTATION
    assert len(text.split()) > 450
    (prediction,) = classifier.predict([text])
    assert "rotation" in prediction.themes
    spans = [span for span in prediction.evidence if span.theme == "rotation"]
    assert spans and all(span.start >= len(NEUTRAL * 12) - 40 for span in spans)
    (alone,) = classifier.predict([NEUTRAL * 12])
    assert "rotation" not in alone.themes


def test_special_tokens_in_the_text_are_only_text(classifier):
    text = f"<s> <mask> {ROTATION} Xem https://bao.vn/<mask>x</s>y<mask> hoặc www.a.vn/<pad>1 @@ ."
    (prediction,) = classifier.predict([text])
    assert "rotation" in prediction.themes
    assert all(text[span.start : span.end] == span.text for span in prediction.evidence)
    (window,) = encode_windows(classifier._tokenizer, classifier.segmenter, [text], max_length=256)
    assert not set(classifier._tokenizer.all_special_ids) & set(window.ids[1:-1]) - {3}


def test_nothing_to_predict(classifier):
    assert classifier.predict([]) == []


def test_a_batch_scores_as_its_texts_one_by_one(classifier):
    texts = [TRAINING, NEUTRAL * 3, "", ROTATION]
    together = classifier.predict(texts, batch_size=3)
    for text, prediction in zip(texts, together, strict=True):
        (alone,) = classifier.predict([text])
        assert prediction.themes == alone.themes
        assert prediction.scores == pytest.approx(alone.scores, abs=1e-5)


def test_the_shipped_classifiers_int8_scores_do_not_depend_on_the_batch():
    int8 = ThemeClassifier.from_pretrained(precision="int8")
    texts = [TRAINING, NEUTRAL * 3, ROTATION, NEUTRAL, TRAINING * 4, ROTATION * 2]
    together = [prediction.scores for prediction in int8.predict(texts, evidence=False)]
    backwards = [prediction.scores for prediction in int8.predict(texts[::-1], evidence=False)]
    assert together == backwards[::-1]
    assert together == [int8.predict([text], evidence=False)[0].scores for text in texts]


def test_the_checkpoint_loads_in_plain_transformers(classifier):
    """No code of canbo's is needed: segmented text in, the encoder's own probabilities out."""
    tagger = pipeline("text-classification", model=str(EMBEDDED), top_k=None)
    ((joined, _),) = segment_for_model(load_segmenter(), [ROTATION])
    (rows,) = tagger([joined], function_to_apply="sigmoid")
    plain = {row["label"]: row["score"] for row in rows}
    (prediction,) = classifier.encoder_alone().predict([ROTATION])
    assert plain == pytest.approx(prediction.scores, abs=1e-3)


def test_labels_are_the_shipped_scheme(classifier):
    assert classifier.scheme_ids == load_theme_scheme().ids


def _rows(path):
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def _macro_f1(classifier, rows):
    predictions = classifier.predict([row["text"] for row in rows], evidence=False)
    ids = classifier.scheme_ids
    return theme_metrics(
        [[int(theme in prediction.themes) for theme in ids] for prediction in predictions],
        [[int(theme in row["labels"]) for theme in ids] for row in rows],
        ids,
    )["macro_f1"]


# What a classifier must reach to be shipped; the committed report has what this one reaches.
@pytest.mark.parametrize(("style", "floor"), [("feature", 0.90), ("official", 0.94)])
def test_macro_f1_on_the_shipped_test_split_by_style(classifier, style, floor):
    rows = [row for row in _rows(SHIPPED_DATA / "test.jsonl") if row["style"] == style]
    assert _macro_f1(classifier, rows) >= floor


def test_macro_f1_on_real_news(classifier, shared):
    assert _macro_f1(classifier, _rows(shared / "themes/real/test.jsonl")) >= 0.86


@pytest.mark.slow
def test_int8_costs_no_macro_f1(classifier):
    int8 = ThemeClassifier.from_pretrained(device="cpu", precision="int8")
    assert (classifier.precision, int8.precision) == ("float32", "int8")
    rows = _rows(SHIPPED_DATA / "validation.jsonl")
    assert _macro_f1(int8, rows) == pytest.approx(_macro_f1(classifier, rows), abs=0.01)


def test_a_model_that_is_not_fine_tuned_is_refused(tiny_phobert, tmp_path):
    model = AutoModelForSequenceClassification.from_pretrained(tiny_phobert)
    with pytest.raises(ClassifierError, match="not fine-tuned for themes"):
        ThemeClassifier(model, None, None, source="vinai/phobert-base")
