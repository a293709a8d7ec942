"""What an abstract states and its source does not hold."""

from __future__ import annotations

import json
import random
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from canbo.data.summaries import read_summaries
from canbo.data.vietnews import read_news
from canbo.models.abstract_gate import article_facts
from canbo.models.compression import shorter_forms
from canbo.models.faithfulness import SourceFacts
from canbo.models.sentences import split_sentences
from canbo.models.source_text import document_sentences

ROOT = Path(__file__).parents[2]
ARTICLES = ROOT / "data" / "canbo-themes" / "articles"
NEWS = ROOT.parent / "shared" / "vietnews" / "validation.parquet"

SOURCE = (
    "Ngày 3/5, Ủy ban nhân dân tỉnh Lộc Giang công bố quyết định điều động ông Tạ Quang Lưu về "
    "huyện Tân Mỹ. Bà Trần Thị Hòa dự lễ cùng Sở Nội vụ."
)
FIGURES = (
    "Ngày 15/5/2021, huyện có 1.553 hộ; 16/23 đảng viên dự họp, tỷ lệ hộ nghèo giảm còn 2,07%. "
    "Tháng 8-2019 xã mở hai mươi mốt lớp, chi 1,5 triệu đồng, dài 5 km. Nhiệm kỳ 2020-2025 và "
    "Đại hội khóa XII. Nghị quyết số 04-NQ/TU và Quy định 126-QĐ/TW nêu quý II. 17 xã có 9 lớp "
    "từ 7 giờ 30. Từ 12 đến 14 người, một phần ba là nữ, gần 38.245 dân. Tuyến kênh cấp 3 ở tổ 6."
)


def unsupported(abstract: str, source: str) -> tuple[str, ...]:
    return SourceFacts(source).unsupported(abstract)


def of_kind(kind: str, abstract: str, source: str) -> tuple[str, ...]:
    found = SourceFacts(source).find(abstract)
    return tuple(dict.fromkeys(fact.text for fact in found if fact.kind == kind))


@pytest.mark.parametrize(
    "abstract",
    [
        "Ông Tạ Quang Lưu về huyện Tân Mỹ.",
        "Tỉnh Lộc Giang điều động cán bộ.",  # a capital only because a sentence begins
        "Điều động một cán bộ. Huyện Tân Mỹ đón ông.",
        "UBND tỉnh điều động ông Tạ Quang Lưu.",  # the source spells the abbreviation out
        "Bà Trần Thị Hoà dự lễ.",  # the other place of the tone mark
        "TẠ QUANG LƯU về TÂN MỸ",
        "Dự lễ có Bà Trần Thị Hòa.",
        "Ông Lưu về Tân Mĩ, bà Hòa dự lễ.",  # given names; i for y
        "Bí thư Tạ Quang Lưu",
        "Tỉnh Lộc Giang Tạ Quang Lưu",  # two names side by side
        "",
    ],
)
def test_names_of_the_source_are_supported(abstract):
    assert of_kind("names", abstract, SOURCE) == ()


@pytest.mark.parametrize(
    ("abstract", "missing"),
    [
        ("Ông Tạ Quang Lực về huyện Tân Mỹ.", ("Ông Tạ Quang Lực",)),
        ("Tỉnh điều động ông Tạ Quang Lực.", ("Tạ Quang Lực",)),
        ("Tạ Minh Lưu về huyện.", ("Tạ Minh Lưu",)),  # the middle name is another
        ("Đỗ Quang Lưu về huyện.", ("Đỗ Quang Lưu",)),  # the family name, opening a sentence
        ("Ông về huyện Tân Phú, rồi lại về Tân Phú.", ("Tân Phú",)),
        ("Tỉnh Lộc Ninh họp với HĐND.", ("Tỉnh Lộc Ninh", "HĐND")),
        ("Dự lễ có ông Tạ Hòa.", ("Tạ Hòa",)),  # of two persons' parts
        ("Ông về Huế.", ("Huế",)),
        ("Huyện họp. VKSND dự.", ("VKSND",)),
        ("Ông Lưu về xã Tân Mỹ.", ("xã Tân Mỹ",)),  # the level is another
        ("Nay có bà Tạ Quang Lưu.", ("bà Tạ Quang Lưu",)),
        ("Bà dự lễ cùng Sở Tư pháp.", ("Sở Tư pháp",)),
        ("Bà báo cáo Huyện ủy.", ("Huyện ủy",)),
    ],
)
def test_other_names_are_told(abstract, missing):
    assert of_kind("names", abstract, SOURCE) == missing


@pytest.mark.parametrize("name", ["Obama", "Putin", "Huế", "Nga", "Lào", "Vinh", "Nhật"])
def test_one_word_that_can_only_be_a_name_is_looked_up_where_it_opens_a_sentence(name: str) -> None:
    assert unsupported(f"{name} điều động ông Tạ Quang Lưu.", SOURCE) == (name,)
    assert unsupported(f"{name} Tạ Quang Lưu dự lễ.", SOURCE) != ()  # before another name, too
    assert unsupported(f"{name} dự lễ.", SOURCE + f" Đoàn từ {name} dự lễ.") == ()


@pytest.mark.parametrize(
    "opening",
    [
        *("Pháp luật nghiêm", "Vinh dự thay", "Mỹ thuật có lớp", "Nhật ký ghi lại", "Bỉ ổi thay"),
        *("Video ghi lại lễ", "Ôtô đưa ông về", "Anh về huyện", "Ý kiến nhiều", "Đức là gốc"),
    ],
)
def test_words_that_only_look_like_names_may_open_a_sentence(opening: str) -> None:
    assert unsupported(f"{opening}.", SOURCE) == ()


def test_a_place_that_opens_a_sentence_is_not_held_by_a_word_spelled_alike() -> None:
    source = "Huyện phổ biến pháp luật và dạy mỹ thuật."
    assert unsupported("Mỹ dạy huyện.", source) == ("Mỹ",)
    assert unsupported("Pháp cử người dạy.", source) == ("Pháp",)


def test_two_letters_stand_for_their_usual_words_only() -> None:
    source = "Chiều ấy, bão qua. Cán bộ, công an huyện cùng bà con dọn chợ."
    assert unsupported("Nay có CB, CA dự lễ.", source) == ()
    # "bão qua", "bà con" and "dọn chợ" begin with these letters
    assert unsupported("Nay có BQ, BC và DC dự lễ.", source) == ("BQ", "BC", "DC")
    assert unsupported("Nay có BQ dự lễ.", f"{source} Ban quản lý chợ (BQ) họp.") == ()


def test_letters_are_those_of_words_side_by_side() -> None:
    source = "Lễ ở Trung tâm bồi dưỡng, Trường Đại học Tân Mỹ. Kho lúa thóc đầy của huyện."
    assert unsupported("Nay có TTBD, ĐHTM dự lễ.", source) == ()
    # "Mỹ. Kho lúa": two sentences; "đầy của huyện": "của" is no part of a name
    assert unsupported("Nay có MKL, ĐCH dự lễ.", source) == ("MKL", "ĐCH")


@pytest.mark.parametrize(
    "stated",
    ["17 vụ án", "17 dự án", "17 doanh nghiệp", "17 lần", "17 mô hình", "mười bảy văn bản"],
)
def test_a_count_of_one_thing_is_no_count_of_another(stated: str) -> None:
    assert unsupported(f"Có {stated}.", "Huyện có 17 xã.") == (stated,)
    assert unsupported(f"Có {stated}.", f"Huyện có 17 xã, {stated}.") == ()


@pytest.mark.parametrize(
    ("stated", "source"),
    [
        ("17 người", "Huyện cử 17 cán bộ."),
        ("17 cán bộ", "Đoàn gồm 17."),  # no noun in the source
        ("17 trường hợp", "Có 17 vụ án."),  # a word that stands for anything
        ("17 nhân sự", "Huyện soát 17 hồ sơ nhân sự."),  # the files of those people
        ("17 xe tải", "Có 17 chuyến xe tải."),
        ("20 phần trăm", "Đạt 20%."),
        ("chín tháng", "Từ tháng 1 đến tháng 9 có lũ."),
    ],
)
def test_a_count_may_name_what_it_counts_in_other_words(stated: str, source: str) -> None:
    assert unsupported(f"Nay có {stated}.", source) == ()


def test_months_are_counted_only_where_the_source_has_that_run_of_months() -> None:
    source = "Từ tháng 1 đến tháng 9 có lũ."
    assert unsupported("Chín tháng có lũ, tám tháng có mưa.", source) == ("tám",)


def test_an_abbreviation_of_the_source_may_be_spelled_out() -> None:
    source = "Lễ do BTV và UBND huyện mở, có Trung tâm BDTX dự."
    assert unsupported("Nay Ban Thường vụ, Ủy ban nhân dân họp.", source) == ()
    assert unsupported("Lễ có Bồi Dưỡng Thường Xuyên dự.", source) == ()
    assert unsupported("Nay có Ban Chấp hành họp.", source) == ("Ban Chấp hành",)


def test_a_province_may_be_called_like_its_capital_but_not_a_commune() -> None:
    source = "Lũ về thành phố Hà Sơn."
    assert unsupported("Lũ ở tỉnh Hà Sơn.", source) == ()
    assert unsupported("Lũ ở xã Hà Sơn.", source) == ("xã Hà Sơn",)


@pytest.mark.parametrize(
    "abstract",
    [
        "Ngày 15 tháng 5 năm 2021, 15-5-2021, ngày 15/5, tháng 5/2021, năm 2021.",
        "Huyện có 1553 hộ, 09 lớp.",
        "16 trên 23 đảng viên, 23 đảng viên.",
        "Còn 2,07 phần trăm.",
        "Tháng Tám năm 2019 xã mở 21 lớp.",
        "Chi 1.500.000 đồng, dài 5km.",
        "Giai đoạn 2020 – 2025, đến năm 2025, khóa 12.",
        "Nghị quyết 04-NQ/TU, Nghị quyết số 4, quy định 126, quý 2.",
        "Mười bảy xã, chín lớp, lúc 7h30, 12-14 người, 1/3 là nữ.",
        "Hơn 38 nghìn dân, khoảng 38.200 dân.",
        "Một cán bộ, hai bên.",  # an article; too loose to be checked
    ],
)
def test_numbers_in_another_form_are_supported(abstract: str) -> None:
    assert of_kind("numbers", abstract, FIGURES) == ()


@pytest.mark.parametrize(
    ("abstract", "missing"),
    [
        ("Ngày 15/5/2022.", ("15/5/2022",)),
        ("Ngày 16 tháng 5 năm 2021.", ("16 tháng 5 năm 2021",)),
        ("Năm 2022 và tháng 9-2019.", ("2022", "9-2019")),
        ("Huyện có 1.533 hộ.", ("1.533",)),
        ("Chi 1,5 tỷ đồng.", ("1,5 tỷ",)),
        ("Xã mở hai mươi hai lớp.", ("hai mươi hai",)),
        ("Nhiệm kỳ 2015-2020.", ("2015-2020",)),
        ("Nghị quyết 05-NQ/TU.", ("05-NQ/TU",)),
        ("Nghị quyết số 126.", ("126",)),  # that is the number of another kind
        ("17 cán bộ.", ("17 cán bộ",)),  # 17 xã
        ("5 kg.", ("5 kg",)),
        ("Tỷ lệ tăng còn 2,07%.", ("tăng còn 2,07",)),
        ("Quý III.", ("III",)),
        ("17/23 đảng viên.", ("17/23",)),
        ("Hơn 39 nghìn dân.", ("39 nghìn",)),
        ("Giảm 2,07% và 9,9%.", ("9,9",)),
    ],
)
def test_numbers_that_the_source_does_not_hold(abstract: str, missing: tuple[str, ...]) -> None:
    assert of_kind("numbers", abstract, FIGURES) == missing


def test_a_year_is_not_taken_from_elsewhere_where_the_date_has_its_own() -> None:
    source = "Ngày 15/5/2020 xã họp. Năm 2021 xã có chợ."
    assert unsupported("Ngày 15/5/2021 xã họp.", source) == ("15/5/2021",)
    assert unsupported("Ngày 15/5/2021.", source.replace("/2020", "")) == ()


def test_facts_have_their_place_and_kind() -> None:
    abstract = "Ông Tạ Quang Lực về năm 2031."
    found = SourceFacts(SOURCE).find(abstract)
    assert [(fact.text, fact.kind) for fact in found] == [
        ("Ông Tạ Quang Lực", "names"),
        ("2031", "numbers"),
    ]
    assert all(abstract[fact.start : fact.end] == fact.text for fact in found)


def test_an_empty_source_supports_nothing() -> None:
    assert unsupported("Theo ông Tạ Quang Lưu năm 2020.", "") == ("Tạ Quang Lưu", "2020")


@cache
def _sentences() -> list[tuple[SourceFacts, list[str]]]:
    """The articles of the shipped dataset with their sentences."""
    found = []
    for file in sorted(ARTICLES.glob("*.jsonl")):
        for example in read_summaries(file):
            paragraphs = [example.document.title or "", *example.document.paragraphs]
            sentences = [text[a:b] for text in paragraphs for a, b in split_sentences(text)]
            found.append((SourceFacts("\n".join(paragraphs)), sentences))
    return found


@settings(deadline=None, max_examples=300)
@given(st.data())
def test_whole_sentences_of_a_source_are_never_unsupported(data: st.DataObject) -> None:
    facts, sentences = data.draw(st.sampled_from(_sentences()))
    chosen = data.draw(st.lists(st.sampled_from(sentences), min_size=1, max_size=4))
    assert facts.unsupported(" ".join(chosen)) == ()


@settings(deadline=None, max_examples=200)
@given(
    st.lists(
        st.sampled_from(
            "Ông|Bà|Lê|A|Sở|Nội vụ|huyện|TP.|UBND|năm|mười|một|tỷ|15/5|2020-2025|17|%|km|tháng|ngày|"
            "04-NQ/TU|XII|rưỡi|,|.|-|đến|3,5|7h30|phần|ba|quý|İ|số|\n".split("|")
        ),
        max_size=14,
    )
)
def test_any_text_supports_itself(words: list[str]) -> None:
    text = " ".join(words)
    assert unsupported(text, text) == ()


@pytest.mark.skipif(not NEWS.exists(), reason="shared/vietnews is not there")
def test_no_sentence_of_the_news_is_unsupported_in_its_article() -> None:
    rng, alarms = random.Random(4), []
    articles = read_news(NEWS)
    for _ in range(150):
        article = next(articles)
        facts = SourceFacts("\n".join((article.title, *article.sentences)))
        chosen = rng.sample(article.sentences, min(3, len(article.sentences)))
        alarms += facts.unsupported(" ".join(chosen))
    assert alarms == []


def test_shorter_forms_of_sentences_are_supported_by_their_article() -> None:
    """No rule of compression may make a number, a date or a name that the article does not hold."""
    alarms, count = [], 0
    for example in read_summaries(ARTICLES / "validation.jsonl"):
        facts = article_facts(example.document)
        for _, sentence in document_sentences(example.document):
            forms = [form for form in shorter_forms(sentence) if form != sentence]
            count += len(forms)
            alarms += [(form, facts.unsupported(form)) for form in forms if facts.unsupported(form)]
    assert count  # else nothing was tried
    assert alarms == []


def test_cut_sentences_are_supported_too() -> None:
    """What is not a whole sentence is held against the facts themselves."""
    lines = (ARTICLES / "validation.jsonl").read_text(encoding="utf-8").splitlines()
    alarms = []
    for line in lines:
        row = json.loads(line)
        paragraphs = [paragraph["text"] for paragraph in row["paragraphs"]]
        facts = SourceFacts("\n".join((row["title"], *paragraphs)))
        clauses = [c for text in paragraphs for c in text.rstrip(".").split("; ") if len(c) > 30]
        for first, second in pairwise(clauses):
            alarms += facts.unsupported(f"{first}, {second}.")
    assert alarms == []
