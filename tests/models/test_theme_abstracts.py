"""One or two sentences for each theme, from the paragraphs that have it."""

import pytest

from canbo.data.documents import Document
from canbo.models.extractive import ExtractiveModel
from canbo.models.predictions import EvidenceSpan, ThemePrediction
from canbo.models.theme_abstracts import theme_abstracts

ROTATION = (
    "Chợ phiên Khe Đồng họp từ sáng sớm đến trưa. "
    "Huyện ủy Khe Đồng đã luân chuyển 14 cán bộ phòng, ban về các xã. "
    "Bên cạnh đó, đường vào xã rất khó đi."
)
TRAINING = "Trường chính trị tỉnh đã mở ba lớp tập huấn cho bí thư chi bộ trong năm qua."
BOTH = "Huyện ủy vừa luân chuyển vừa tập huấn cán bộ trẻ ở các xã vùng cao trong năm qua."
SCORES = ("rotation", "training", "reward")


@pytest.fixture(scope="module")
def model():
    return ExtractiveModel.shipped()


def predicted(text, *themes, words=(), score=0.9):
    spans = tuple(
        EvidenceSpan(theme, text.index(word), text.index(word) + len(word), word)
        for theme, word in words
    )
    scores = {theme: score if theme in themes else 0.1 for theme in SCORES}
    return ThemePrediction(themes, scores, spans)


def texts(found):
    return {theme: abstract.text for theme, abstract in found.items()}


def document(*paragraphs):
    return Document("d", "d.txt", "Khe Đồng", paragraphs)


def test_the_sentence_with_the_evidence_is_taken_and_kept_word_for_word(model):
    words = [("rotation", "luân chuyển 14 cán bộ")]
    found = theme_abstracts(
        document(ROTATION, TRAINING),
        [predicted(ROTATION, "rotation", words=words), predicted(TRAINING, "training")],
        model,
    )
    assert list(found) == ["rotation", "training"]
    assert "Huyện ủy Khe Đồng đã luân chuyển 14 cán bộ phòng, ban về các xã." in (
        found["rotation"].text
    )
    assert "Bên cạnh đó" not in found["rotation"].text
    assert found["training"].text == TRAINING
    assert {(one.method, one.unsupported) for one in found.values()} == {("extractive", ())}


def test_two_themes_of_one_paragraph_do_not_share_a_sentence_where_there_is_another(model):
    words = [("rotation", "luân chuyển"), ("training", "tập huấn")]
    both = predicted(BOTH, "rotation", "training", words=words)
    alone = theme_abstracts(document(BOTH), [both], model)
    assert texts(alone) == {"rotation": BOTH, "training": BOTH}
    more = theme_abstracts(document(BOTH, TRAINING), [both, predicted(TRAINING, "training")], model)
    assert not set(more["rotation"].text.split(". ")) & set(more["training"].text.split(". "))
    assert TRAINING in more["training"].text


REWARDED = "Huyện ủy đã khen thưởng 14 cán bộ phòng, ban và bí thư ở 11 xã vùng cao trong năm qua."
LEANING = "Điều này giúp nhiều xã bớt trì trệ hơn trước."


@pytest.mark.parametrize(
    ("paragraph", "expected"),
    [
        (f"Vì sao chậm như vậy? {LEANING} Kết quả như sau:", LEANING),  # a statement before others
        # What can be left out is: the rest stands alone.
        (f"{LEANING} Bên cạnh đó, h{REWARDED[1:]}", REWARDED),
        ("Xã đã họp.", "Xã đã họp."),  # too short for a theme that has others
        ("- khen thưởng 5 cán bộ;", "Khen thưởng 5 cán bộ."),
        ("Khen thưởng cán bộ", "Khen thưởng cán bộ."),
        ("Vì sao chậm?", "Vì sao chậm?"),
        # 37 clauses of 4 syllables: the most that end at a comma before the 150th syllable.
        ("khen thưởng cán bộ, " * 60, "Khen thưởng cán bộ" + ", khen thưởng cán bộ" * 36 + " …"),
        ("1 | Khen thưởng ông Nguyễn Văn Mít, Bí thư xã Khe Đồng. | Tốt", None),
    ],
)
def test_every_theme_gets_the_best_that_its_paragraphs_have(model, paragraph, expected):
    found = theme_abstracts(
        document(TRAINING, paragraph),
        [predicted(TRAINING, "training"), predicted(paragraph, "reward")],
        model,
    )
    assert found["training"].text == TRAINING
    assert list(found) == (["training"] if expected is None else ["training", "reward"])
    if expected is not None:
        assert found["reward"].text == expected
        assert (found["reward"].method, found["reward"].unsupported) == ("extractive", ())


def test_no_theme_no_abstract(model):
    assert theme_abstracts(document(TRAINING), [predicted(TRAINING)], model) == {}
    assert theme_abstracts(document(), [], model) == {}


def test_the_order_is_that_of_the_scheme(model):
    found = theme_abstracts(
        document(TRAINING, ROTATION),
        [predicted(TRAINING, "training"), predicted(ROTATION, "rotation")],
        model,
    )
    assert list(found) == ["rotation", "training"]


def test_every_paragraph_needs_its_prediction(model):
    with pytest.raises(ValueError, match="1 predictions for 2 paragraphs"):
        theme_abstracts(document(TRAINING, ROTATION), [predicted(TRAINING)], model)
