"""What one rule of rewriting makes of a sentence, and what it leaves alone."""

import pytest

from canbo.models.rewriting.attribution import retold_attributions
from canbo.models.rewriting.constructions import straightened
from canbo.models.rewriting.speakers import institution_of, names_of_speaker
from canbo.models.rewriting.statement import body_of, inside_a_sentence, points_elsewhere
from canbo.models.rewriting.titles import titles_before_names
from canbo.models.rewriting.word_order import reordered
from canbo.models.rewriting.wordings import Wordings
from canbo.models.segmentation import load_segmenter


@pytest.fixture(scope="module")
def segmenter():
    return load_segmenter()


CLAUSE = "huyện Khe Đồng đã luân chuyển 14 cán bộ về các xã vùng cao trong năm nay"


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        (
            f"Sáng 5/3, ông Lê Văn Tám, Giám đốc Sở Nội vụ, cho biết {CLAUSE}.",
            [
                f"Theo giám đốc Sở Nội vụ Lê Văn Tám, {CLAUSE}.",
                f"H{CLAUSE[1:]}, theo giám đốc Sở Nội vụ Lê Văn Tám.",
                f"Theo ông Lê Văn Tám, {CLAUSE}.",
                f"H{CLAUSE[1:]}, theo ông Lê Văn Tám.",
            ],
        ),
        (
            f"Trả lời báo chí, bà Hoa khẳng định {CLAUSE}.",
            [f"Theo bà Hoa, {CLAUSE}.", f"H{CLAUSE[1:]}, theo bà Hoa."],
        ),
        (
            "Công an huyện Khe Đồng cho biết đơn vị đang điều tra vụ cháy ở chợ Mới.",
            ["Công an huyện Khe Đồng đang điều tra vụ cháy ở chợ Mới."],
        ),
        (
            f"Theo đại tá Lò Văn Páo, {CLAUSE}.",
            [f"H{CLAUSE[1:]}, theo đại tá Lò Văn Páo."],
        ),
        (
            f"H{CLAUSE[1:]}, Báo An Hà ngày 5/3 đưa tin.",
            [f"H{CLAUSE[1:]}, theo báo An Hà.", f"Theo báo An Hà, {CLAUSE}."],
        ),
        (
            f"“H{CLAUSE[1:]}”, ông Tám nói.",
            [f"“H{CLAUSE[1:]}”, theo ông Tám.", f"Theo ông Tám, {CLAUSE}."],
        ),
        (
            "Báo cáo của huyện cho thấy 14 xã vùng cao đã bớt nghèo hơn trước.",
            ["Theo báo cáo của huyện, 14 xã vùng cao đã bớt nghèo hơn trước."],
        ),
        (
            f"Báo An Hà dẫn lời bà Nguyễn Thị Hoa cho biết {CLAUSE}.",
            [f"Theo bà Nguyễn Thị Hoa, {CLAUSE}."],
        ),
        (f"Ông Tám nói: “H{CLAUSE[1:]}.”.", [f"Theo ông Tám, {CLAUSE}."]),
    ],
)
def test_attributions_retold(sentence, expected):
    assert list(retold_attributions(sentence)) == expected


@pytest.mark.parametrize(
    "sentence",
    [
        f"Ông Tám không cho biết {CLAUSE}.",  # he did not
        f"Ông Tám chưa khẳng định {CLAUSE}.",
        f"Nếu ông Tám cho biết {CLAUSE}.",
        f"Kết quả kiểm tra cho biết {CLAUSE}.",  # nobody speaks
        f"Theo quy định, {CLAUSE}.",
        f"Theo Nghị quyết 04, {CLAUSE}.",
        "Ông Tám cho biết tôi đã luân chuyển 14 cán bộ về các xã vùng cao.",  # his own words
        "Ông Tám cho biết về 14 cán bộ mà huyện đã luân chuyển lên các xã.",
        f"Ông Tám cho biết theo bà Hoa, {CLAUSE}.",  # whose?
        f"Ông Tám cho biết {CLAUSE}?",
        f"Ông Tám cho biết {CLAUSE}; các xã đã nhận người.",
        "“Chúng ta phải luân chuyển 14 cán bộ về các xã vùng cao nhé”, ông Tám nói.",
        "Ông Tám yêu cầu huyện Khe Đồng luân chuyển 14 cán bộ về các xã vùng cao.",
        f"Tại chợ, {CLAUSE}.",
    ],
)
def test_attributions_left_alone(sentence):
    assert not list(retold_attributions(sentence))


def test_a_clause_that_leans_on_who_says_it_does_not_go_first():
    sentence = "Ông Lê Văn Tám cho biết huyện đã luân chuyển 14 cán bộ của ông về các xã."
    assert list(retold_attributions(sentence)) == [
        "Theo ông Lê Văn Tám, huyện đã luân chuyển 14 cán bộ của ông về các xã."
    ]


@pytest.mark.parametrize(
    ("subject", "names"),
    [
        ("Bà Nguyễn Thị Hoa", ["bà Nguyễn Thị Hoa"]),
        ("Công an huyện Khe Đồng ngày 5/3", ["Công an huyện Khe Đồng"]),
        ("thông tin từ Sở Nội vụ", ["Sở Nội vụ"]),
        ("Truyền thông Lào", ["truyền thông Lào"]),
        ("Ông Páo, người đi rừng lâu năm,", ["ông Páo"]),
        (
            "Thượng tá Lò Văn Páo - Phó trưởng Công an huyện Khe Đồng -",
            ["phó trưởng Công an huyện Khe Đồng Lò Văn Páo", "thượng tá Lò Văn Páo"],
        ),
        ("Ông", []),
        ("Nguồn tin", []),
        ("Nghiên cứu của trường", []),
        ("Họ", []),
        ("", []),
    ],
)
def test_names_of_who_speaks(subject, names):
    assert names_of_speaker(subject) == names


def test_an_institution_speaks_by_itself_or_through_somebody_unnamed():
    assert institution_of("Lãnh đạo Công an huyện Khe Đồng") == "Công an huyện Khe Đồng"
    assert institution_of("Trưởng Công an huyện Khe Đồng") is None
    assert institution_of("Ông Páo") is None


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        (
            "Ông Lê Văn Tám, Giám đốc Sở Nội vụ, đề nghị các xã báo cáo trước ngày 5/3.",
            ["Giám đốc Sở Nội vụ Lê Văn Tám đề nghị các xã báo cáo trước ngày 5/3."],
        ),
        (
            "Tỉnh kỷ luật bà Nguyễn Thị Hoa - chủ tịch UBND huyện Khe Đồng - do buông lỏng quản lý.",
            ["Tỉnh kỷ luật chủ tịch UBND huyện Khe Đồng Nguyễn Thị Hoa do buông lỏng quản lý."],
        ),
        (
            "Theo ông Lê Văn Tám - Giám đốc Sở Nội vụ, các xã đã báo cáo.",
            ["Theo giám đốc Sở Nội vụ Lê Văn Tám, các xã đã báo cáo."],
        ),
    ],
)
def test_titles_go_before_names(sentence, expected):
    assert list(titles_before_names(sentence)) == expected


@pytest.mark.parametrize(
    "sentence",
    [
        "Dự lễ có ông Lê Văn Tám, Giám đốc Sở Nội vụ, bà Nguyễn Thị Hoa và nhiều người khác.",
        "Ông Lê Văn Tám, Giám đốc Sở Nội vụ và Sở Y tế, đề nghị các xã báo cáo.",
        "Ông Lê Văn Tám, 52 tuổi, đề nghị các xã báo cáo trước ngày 5/3.",
        "“Ông Lê Văn Tám, Giám đốc Sở Nội vụ, đề nghị thế”, bà Hoa kể.",
    ],
)
def test_titles_that_stay_behind(sentence):
    assert not list(titles_before_names(sentence))


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        (
            "Sáng 5/3, UBND tỉnh An Hà đã tổ chức hội nghị về luân chuyển cán bộ.",
            "UBND tỉnh An Hà sáng 5/3 tổ chức hội nghị về luân chuyển cán bộ.",
        ),
        (  # "thông" is no verb
            "Sáng 5/3, Sở Giao thông An Hà họp về đường lên các bản.",
            "Sở Giao thông An Hà sáng 5/3 họp về đường lên các bản.",
        ),
        (
            "Sáng 5/3, tại thị trấn Khe Đồng, UBND tỉnh An Hà tổ chức lễ ra quân.",
            "UBND tỉnh An Hà sáng 5/3 tổ chức lễ ra quân tại thị trấn Khe Đồng.",
        ),
        (
            "UBND tỉnh An Hà hôm 5/3 đã công bố kết luận về đất rừng.",
            "Ngày 5/3, UBND tỉnh An Hà công bố kết luận về đất rừng.",
        ),
        (
            "Do mưa lớn kéo dài, nhiều xã của huyện Khe Đồng bị ngập sâu.",
            "Nhiều xã của huyện Khe Đồng bị ngập sâu do mưa lớn kéo dài.",
        ),
        (
            "Công an huyện Khe Đồng đã ra quyết định khởi tố bị can Lò Văn Xa về tội trộm cắp.",
            "Bị can Lò Văn Xa đã bị Công an huyện Khe Đồng khởi tố về tội trộm cắp.",
        ),
        (
            "Ngày 5/3, Ban Thường vụ Tỉnh uỷ An Hà đã điều động ông Lê Tám về Sở Nội vụ.",
            None,  # "về" is of the deed, not of its reason, and yet it may stay behind
        ),
        (
            "Lớp học không chỉ giúp cán bộ nắm luật mà còn nâng kỹ năng dân vận.",
            "Lớp học vừa giúp cán bộ nắm luật vừa nâng kỹ năng dân vận.",
        ),
        (
            "Mặc dù đường xa nhưng các đoàn vẫn đến từng bản.",
            "Dù đường xa, các đoàn vẫn đến từng bản.",
        ),
        (
            "Đoàn đã kiểm tra sổ sách ở ba xã, đồng thời yêu cầu báo cáo trong tháng.",
            "Đoàn đã kiểm tra sổ sách ở ba xã và yêu cầu báo cáo trong tháng.",
        ),
    ],
)
def test_orders(sentence, expected, segmenter):
    made = list(reordered(sentence, segmenter))
    assert made == [expected] if expected else made


@pytest.mark.parametrize(
    "sentence",
    [
        "Sáng 5/3, TAND cấp cao tại An Hà mở phiên toà.",
        "Sáng 5/3, khi trời mưa, đoàn lên bản.",
        "Sáng 5/3, nhiều người dân bản Nà Pheo đã đến xem.",
        "Do mưa lớn, huyện đã sơ tán dân, còn xã cử người trực.",  # "huyện" is which?
        "Nếu trời mưa, đoàn nói sẽ không lên bản Nà Pheo nữa.",
        "Công an huyện Khe Đồng đã bắt giữ ba người về tội trộm cắp.",
        "Mặc dù đường xa nhưng vẫn đến từng bản.",
    ],
)
def test_orders_left_alone(sentence, segmenter):
    assert not list(reordered(sentence, segmenter))


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("21h30 ngày 5/3, bản Nà Pheo cháy lớn.", ["Tối 5/3, bản Nà Pheo cháy lớn."]),
        ("Bản Nà Pheo cháy lớn lúc 2h ngày 5/3.", ["Bản Nà Pheo cháy lớn rạng sáng 5/3."]),
        (
            "Lớp học nhận được sự ủng hộ của bà con các bản.",
            ["Lớp học được bà con các bản ủng hộ."],
        ),
        ("Các xã, bản cũng như trường học đã có điện.", ["Các xã, bản và trường học đã có điện."]),
        ("Con đường được mở cách đây 14 năm.", ["Con đường được mở 14 năm trước."]),
        (
            "Huyện mở lớp nhằm nâng cao trình độ cán bộ xã.",
            ["Huyện mở lớp để nâng cao trình độ cán bộ xã."],
        ),
        (
            "Đoàn đã nghe các ý kiến liên quan đến việc giao đất.",
            ["Đoàn đã nghe các ý kiến về việc giao đất."],
        ),
        ("Lò Văn Xa, trú tại xã Khe Đồng, bị bắt.", ["Lò Văn Xa, ở xã Khe Đồng, bị bắt."]),
        ("Tài xế điều khiển xe khách qua đèo.", ["Tài xế lái xe khách qua đèo."]),
        ("Vụ việc gây bức xúc dư luận.", ["Vụ việc khiến dư luận bức xúc."]),
        (
            "Mới đây, huyện Khe Đồng đã ban hành kế hoạch.",
            ["Huyện Khe Đồng vừa ban hành kế hoạch."],
        ),
        (
            "Các quy định đã được UBND tỉnh An Hà công bố ngày 5/3.",
            ["UBND tỉnh An Hà đã công bố các quy định ngày 5/3."],
        ),
        (
            "Phát biểu của bà Hoa được đưa ra khi các xã còn khó khăn.",
            ["Bà Hoa phát biểu khi các xã còn khó khăn."],
        ),
        (
            "Tối 5/3, tại bản Nà Pheo xảy ra một vụ cháy làm hai người bị thương.",
            ["Tối 5/3, một vụ cháy xảy ra tại bản Nà Pheo, làm hai người bị thương."],
        ),
        (
            "Bí thư huyện Khe Đồng cùng các đoàn viên trồng cây.",
            ["Bí thư huyện Khe Đồng và các đoàn viên trồng cây."],
        ),
    ],
)
def test_constructions_told_straight(sentence, expected):
    assert list(straightened(sentence)) == expected


@pytest.mark.parametrize(
    "sentence",
    [
        "Chuyến bay cất cánh lúc 21h ngày 5/3.",  # the hour is the news
        "Lớp học chưa nhận được sự ủng hộ của bà con các bản.",
        "Bà Hoa chụp ảnh cùng các đoàn viên.",  # with them, not she and they did
        "Các quy định chưa được UBND tỉnh An Hà công bố.",
        "Các quy định này được UBND tỉnh An Hà công bố ngày 5/3.",  # which?
        "Tỉnh và huyện mở lớp cho cán bộ để dạy nghề nhằm nâng cao trình độ.",  # twice "để"
        "Huyện và xã cũng như trường học đã có điện.",  # twice "và"
        "“Vụ việc gây bức xúc dư luận”, bà Hoa nói.",
    ],
)
def test_constructions_left_alone(sentence):
    assert not list(straightened(sentence))


def test_what_may_be_touched():
    assert body_of("Huyện đã họp.") == "Huyện đã họp"
    for sentence in ("Huyện đã họp?", "Công an TP.", "Ai biết...", "Một; hai.", ""):
        assert body_of(sentence) is None


@pytest.mark.parametrize(
    ("clause", "inside"),
    [
        ("Các xã đã họp", "các xã đã họp"),
        ("UBND huyện đã họp", "UBND huyện đã họp"),
        ("Lò Văn Páo đã họp", "Lò Văn Páo đã họp"),
        ("Công an huyện đã họp", "Công an huyện đã họp"),
        ("14 xã đã họp", "14 xã đã họp"),
        ("Vui thay", None),
    ],
)
def test_capitals_inside_a_sentence(clause, inside):
    assert inside_a_sentence(clause) == inside


@pytest.mark.parametrize(
    ("clause", "leans"),
    [
        ("đơn vị đã bắt ba người", True),
        ("đơn vị tên lửa Sao Vàng đã đến", False),
        ("huyện Khe Đồng đã họp", False),
        ("các xã đã nghe ông", True),
        ("các xã đã nghe ông Tám", False),
        ("các xã đó đã nghe", True),
    ],
)
def test_clauses_that_lean_on_what_stood_before(clause, leans):
    assert points_elsewhere(clause) is leans


def test_wordings():
    wordings = Wordings(
        {"tử vong": "chết", "tử vong tại chỗ": "chết tại chỗ", "đề cập đến": "nói đến"}
    )
    assert wordings.shorten("Ba người tử vong tại chỗ.") == "Ba người chết tại chỗ."
    assert wordings.shorten("Đề cập đến đất đai, ông nói.") == "Nói đến đất đai, ông nói."
    for sentence in (
        "Ông nói: “Ba người tử vong”.".replace("”.", " rồi"),  # his words
        "Trang Tử Vong mở cửa.",  # a name
        "Ba người bất tử vongphu.",
    ):
        assert wordings.shorten(sentence) == sentence


def test_the_shipped_wordings_are_no_longer_and_change_something():
    from importlib.resources import files

    text = (files("canbo.models.rewriting") / "wordings.tsv").read_text(encoding="utf-8")
    rows = [line.split("\t") for line in text.splitlines()]
    assert len(rows) == len({phrase for phrase, _ in rows}) > 300
    assert rows == sorted(rows)
    for phrase, wording in rows:
        assert phrase == phrase.lower() != wording
        assert 0 < len(wording.split()) <= len(phrase.split())
