"""Brief references, and the full ones that an article gives."""

import pytest

from canbo.models.rewriting.references import References, is_self_contained, names_in

MEETING = "Sáng 5/3, ông Lê Văn Tám, Giám đốc Sở Nội vụ, đã lên tỉnh An Hà làm việc."
BRIEF = "Ông Tám yêu cầu các xã báo cáo."


def completed(*sentences, before=""):
    return References(sentences).completed(len(sentences) - 1, before)


def test_a_person_gets_office_and_full_name_or_the_name_alone():
    assert completed(MEETING, BRIEF) == [
        "Giám đốc Sở Nội vụ Lê Văn Tám yêu cầu các xã báo cáo.",
        "Ông Lê Văn Tám yêu cầu các xã báo cáo.",
    ]


@pytest.mark.parametrize(
    ("sentences", "expected"),
    [
        (
            ("Tài xế Lò Văn Páo bị bắt ở bản xa.", "Cảnh sát cho biết tài xế Páo đã say."),
            ["Cảnh sát cho biết tài xế Lò Văn Páo đã say."],
        ),
        (
            ("Bà Elena Fuentes đã đến chợ.", "Fuentes mua ba con gà."),
            ["Elena Fuentes mua ba con gà."],
        ),
        (
            ("Tổng thống Nga Ivan Sokolov họp báo sáng nay.", "Ông Sokolov nói ít."),
            ["Tổng thống Nga Ivan Sokolov nói ít.", "Ông Ivan Sokolov nói ít."],
        ),
        (
            ("UBND tỉnh An Hà đã họp.", "Tỉnh An Hà rộng.", "Công an tỉnh đang điều tra vụ cháy."),
            ["Công an tỉnh An Hà đang điều tra vụ cháy."],
        ),
        (
            (
                "Huyện Khe Đồng có 14 xã.",
                "Huyện Khe Đồng xa.",
                "Ban Thường vụ Huyện uỷ đã kỷ luật hai người.",
            ),
            ["Ban Thường vụ Huyện uỷ Khe Đồng đã kỷ luật hai người."],
        ),
    ],
)
def test_brief_references_are_completed(sentences, expected):
    assert completed(*sentences) == expected


@pytest.mark.parametrize(
    "sentences",
    [
        (BRIEF, MEETING.replace("đã lên", "và ông Tám đã lên")),  # full already
        (MEETING, "Ông Nguyễn Hữu Tám ốm.", BRIEF),  # which of two?
        (MEETING, BRIEF.replace("Ông", "Bà")),  # a woman
        (MEETING, "Sáng ra, tám xã đã báo cáo."),  # a number
        ("Chị Hoa quê huyện Khe Đồng.", "Ban Thường vụ Huyện uỷ đã họp."),  # of that huyện?
        ("Bí thư Thành uỷ Lê Văn Tám họp.",) * 2 + ("Ban Thường vụ Thành uỷ đã họp.",),
        ("Ông Kim Jong Su họp.", "Bà Anna Kim vắng.", "Ông Kim nói ít."),  # a surname
        ("Ông Nguyễn Văn T. bị bắt.", "Ông T. đã khai."),  # no name
        ("Tỉnh An Hà và tỉnh Cao Sơn đã họp.", "Công an tỉnh đang điều tra."),
        ("Huyện Khe Đồng có 14 xã.",) * 2 + ("Các huyện uỷ đã họp.",),
        ("Huyện Khe Đồng có 14 xã.",) * 2 + ("Cán bộ cấp huyện đã họp.",),
        ("Ông Hồ Văn Quốc và ông Quốc họp.", "Xe lật ở gần Quốc lộ 1A."),
        ("Tài xế Lò Văn Páo và Lò Văn Xa bị bắt.", "Páo và Xa đã khai."),
        ("Bà Elena Fuentes đã đến chợ.", "Người ta thích nhà Fuentes."),
    ],
)
def test_what_is_unclear_stays_brief(sentences):
    assert not completed(*sentences)


def test_who_is_named_only_later_stays_brief():
    assert not References([BRIEF, MEETING]).completed(0)


def test_an_office_that_stands_there_already_is_not_said_twice():
    sentence = "Giám đốc Sở Y tế gọi điện cho ông Tám."
    assert completed(MEETING, sentence) == ["Giám đốc Sở Y tế gọi điện cho ông Lê Văn Tám."]


def test_who_was_named_before_stays_brief():
    assert not completed(MEETING, BRIEF, before="Ông Tám đã đến.")
    assert not completed(
        "Tỉnh An Hà họp.", "Tỉnh An Hà xa.", "Công an tỉnh đang điều tra.", before="Ở An Hà mưa."
    )


@pytest.mark.parametrize(
    ("sentence", "stands"),
    [
        ("Ông Lê Văn Tám đã luân chuyển 14 cán bộ.", True),
        ("Ông Tám đã luân chuyển 14 cán bộ.", False),
        ("Nhiều người mua gạo của họ.", False),
        ("Vụ việc trên đã được trình báo.", False),
        ("Nạn nhân được đưa đi cấp cứu.", False),
    ],
)
def test_what_stands_by_itself(sentence, stands):
    assert is_self_contained(sentence) is stands


def test_names_in_a_text():
    assert names_in("Ông Lê Văn Tám lên Khe Đồng.") == {"Ông", "Lê", "Văn", "Tám", "Khe", "Đồng."}
