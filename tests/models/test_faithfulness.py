from __future__ import annotations

import pytest

from canbo.models.faithfulness import unsupported_names

SOURCE = (
    "Ngày 3/5, Ủy ban nhân dân tỉnh Lộc Giang công bố quyết định điều động ông Tạ Quang Lưu về "
    "huyện Tân Mỹ. Bà Trần Thị Hòa dự lễ cùng Sở Nội vụ."
)


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
        "",
    ],
)
def test_names_of_the_source_are_supported(abstract):
    assert unsupported_names(abstract, SOURCE) == ()


@pytest.mark.parametrize(
    ("abstract", "missing"),
    [
        ("Ông Tạ Quang Lực về huyện Tân Mỹ.", ("Ông Tạ Quang Lực",)),
        ("Tỉnh điều động ông Tạ Quang Lực.", ("Tạ Quang Lực",)),
        ("Ông về huyện Tân Phú, rồi lại về Tân Phú.", ("Tân Phú",)),
        ("Tỉnh Lộc Ninh họp với HĐND.", ("Tỉnh Lộc Ninh", "HĐND")),
        ("Dự lễ có ông Tạ Hòa.", ("Tạ Hòa",)),  # of two persons' parts
        ("Ông về Huế.", ("Huế",)),
        ("Huyện họp. VKSND dự.", ("VKSND",)),
    ],
)
def test_other_names_are_told(abstract, missing):
    assert unsupported_names(abstract, SOURCE) == missing


def test_an_empty_source_supports_no_name():
    assert unsupported_names("Theo ông Tạ Quang Lưu.", "") == ("Tạ Quang Lưu",)
