"""The fit of the extractive summarizer: it finds what makes a sentence the abstract."""

import json
import random

import pytest

from canbo.data.documents import Document
from canbo.data.summaries import SummaryExample
from canbo.models.extractive import EXTRACTIVE_FILE, ExtractiveModel, Sentences
from canbo.train.extractive import fit, main

pytest.importorskip("sklearn")

_SUBJECTS = ("giao thông", "y tế", "giáo dục", "nông nghiệp", "du lịch", "thủy lợi", "đất đai")
_PLACES = ("Khe Đồng", "Nậm Vàng", "Bản Lìm", "Phú Thạnh", "Cồn Sậy", "Đắk Rung", "Mường Khoáng")


def _example(number):
    """An article whose third sentence, the one that its title announces, is its abstract."""
    draw = random.Random(number)
    subject, place = draw.choice(_SUBJECTS), draw.choice(_PLACES)
    told = (
        f"Huyện {place} phân công {number + 2} cán bộ trẻ về các xã để lo việc {subject} trong năm "
        "nay, mỗi người ở lại xã ít nhất hai năm và hằng quý báo cáo với Ban Thường vụ Huyện ủy "
        "những gì đã làm được cho dân."
    )
    others = [
        f"Trời {place} hôm {day} rất đẹp, chợ họp từ sớm, người bán người mua từ khắp các bản kéo "
        f"về đông tới {day + 30} lượt, ai cũng vui vì mùa màng năm ấy được hơn những năm trước."
        for day in draw.sample(range(1, 29), 5)
    ]
    document = Document(
        id=f"n{number}",
        source="n.jsonl",
        title=f"Huyện {place} phân công cán bộ trẻ lo {subject}",
        paragraphs=(*others[:2], told, *others[2:]),
    )
    return SummaryExample(document, told)


def _fit(seed=1):
    return fit(
        [_example(number) for number in range(30)],
        [_example(number) for number in range(30, 34)],
        random.Random(seed),
        domain_weight=5.0,
        sets_per_article=8,
        ridge=1.0,
    )


def test_the_sentence_that_makes_the_abstract_is_chosen_in_articles_not_seen():
    model = _fit()
    for number in range(40, 50):
        sentences = Sentences(_example(number).document)
        assert max(range(len(sentences)), key=lambda i: model.salience(sentences)[i]) == 2
        assert 2 in [form.sentence for form in model.choose(sentences)]


def test_words_of_the_abstract_are_likelier_than_others():
    model = _fit()
    sentences = Sentences(_example(41).document)
    chances = model.chances(sentences)
    assert chances.unigrams["phân"] > 0.8 > 0.2 > chances.unigrams["chợ"]
    assert chances.bigrams["phân", "công"] > chances.bigrams["chợ", "họp"]


def test_a_run_writes_the_model_what_it_has_read_and_figures(tmp_path):
    def write(name, numbers):
        path = tmp_path / name
        examples = [_example(number) for number in numbers]
        rows = [
            {
                "id": example.document.id,
                "title": example.document.title,
                "paragraphs": list(example.document.paragraphs),
                "abstract": example.abstract,
            }
            for example in examples
        ]
        path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
        return path

    left_out = tmp_path / "left_out.txt"
    left_out.write_text("n0\nn1\n", encoding="utf-8")
    config = tmp_path / "config.yaml"
    config.write_text(
        f"train_file: {write('train.jsonl', range(8))}\n"
        f"validation_file: {write('validation.jsonl', range(40, 44))}\n"
        f"domain_file: {write('domain.jsonl', range(20, 22))}\n"
        f"leave_out_file: {left_out}\n"
        "articles: 5\nsets_per_article: 4\n",
        encoding="utf-8",
    )
    made = []
    for name in ("first", "second"):
        assert main([str(config), "--output_dir", str(tmp_path / name)]) == 0
        made.append((tmp_path / name / EXTRACTIVE_FILE).read_text(encoding="utf-8"))
    assert made[0] == made[1]
    ExtractiveModel.load(tmp_path / "first" / EXTRACTIVE_FILE)
    read = (tmp_path / "first" / "articles.txt").read_text(encoding="utf-8").split()
    assert len(read) == 7 and {"n20", "n21"} < set(read)
    assert not {"n0", "n1"} & set(read)
    results = json.loads((tmp_path / "first" / "training.json").read_text())["results"]
    assert results["articles"] == 4
    # The abstracts are in the articles word for word: choosing well is far above the lead.
    assert results["validation"]["extractive"]["rouge1"] > 0.6
    assert results["validation"]["lead_2"]["rouge1"] < 0.4
