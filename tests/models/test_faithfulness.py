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
from canbo.models.faithfulness import SourceFacts
from canbo.models.sentences import split_sentences

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
