"""Shorter forms of sentences: what may be left out, and what must stay."""

import pytest

from canbo.models.compression import shorter_forms


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        # remarks
        (
            "Ông Lò Văn Páo (sinh năm 1979) được điều động về làm bí thư Đảng ủy xã Nậm Khum.",
            "Ông Lò Văn Páo được điều động về làm bí thư Đảng ủy xã Nậm Khum.",
        ),
        (
            "Đảng bộ huyện đã kỷ luật bảy đảng viên (khai trừ một) và hai tổ chức đảng (khiển trách).",
            "Đảng bộ huyện đã kỷ luật bảy đảng viên và hai tổ chức đảng.",
        ),
        # days, places, occasions, one or several
        (
            "Sáng 5/3, Huyện ủy Khe Đồng đã trao quyết định điều động bảy cán bộ về xã.",
            "Huyện ủy Khe Đồng đã trao quyết định điều động bảy cán bộ về xã.",
        ),
        (
            "Chiều 12-8, tại hội nghị cán bộ, đồng chí Giàng A Sử đã đề nghị các chi bộ rà soát "
            "quy hoạch.",
            "Đồng chí Giàng A Sử đã đề nghị các chi bộ rà soát quy hoạch.",
        ),
        # links, with the word that answers them
        (
            "Ngoài ra, Huyện ủy Khe Đồng còn tổ chức ba lớp bồi dưỡng cho cán bộ trẻ ở xã.",
            "Huyện ủy Khe Đồng tổ chức ba lớp bồi dưỡng cho cán bộ trẻ ở xã.",
        ),
        # a date after a link stays: what came before is not told as what came next
        (
            "Trước đó, ngày 4/2, Huyện ủy Khe Đồng đã họp bàn việc điều động cán bộ.",
            "Ngày 4/2, Huyện ủy Khe Đồng đã họp bàn việc điều động cán bộ.",
        ),
        # additions at the end
        (
            "Huyện Khe Đồng đã đưa mười bốn cán bộ về các xã vùng cao, nhằm giúp cơ sở bớt trì trệ.",
            "Huyện Khe Đồng đã đưa mười bốn cán bộ về các xã vùng cao.",
        ),
        (
            "Huyện Khe Đồng đã luân chuyển mười bốn cán bộ về xã, trong đó năm người là nữ.",
            "Huyện Khe Đồng đã luân chuyển mười bốn cán bộ về xã.",
        ),
        (
            "Một trận lũ đã cuốn cây cầu treo của bản Lìm, khiến hai trăm hộ phải đi vòng.",
            "Một trận lũ đã cuốn cây cầu treo của bản Lìm.",
        ),
        (
            "Đảng ủy xã đã lập tổ giám sát gồm năm người, và tổ này báo cáo hằng tháng với chi bộ.",
            None,  # "báo cáo" says who says so: not left out
        ),
    ],
)
def test_what_an_editor_leaves_out(sentence, expected):
    forms = shorter_forms(sentence)
    assert forms[0] == sentence
    assert forms[1:] == ([expected] if expected else [])


def test_every_combination_is_a_form_once():
    said = "Huyện ủy Khe Đồng đã điều động bảy cán bộ"
    sentence = f"Sáng 5/3, {said} (hai nữ) về các xã vùng cao, góp phần giúp cơ sở bớt trì trệ."
    shortest = f"{said} về các xã vùng cao."
    forms = shorter_forms(sentence)
    assert len(forms) == len(set(forms)) == 8  # two choices for each of three parts
    assert shortest in forms
    assert all(form.endswith(".") and form[0].isupper() for form in forms)


@pytest.mark.parametrize(
    "sentence",
    [
        # two names would run together
        "Cán bộ Ban Tổ chức Huyện ủy Khe Đồng (KĐ) Lò Văn Páo đã nhận quyết định điều động.",
        # negation, condition, contrast, hedge
        "Huyện Khe Đồng đã đưa mười bốn cán bộ về các xã vùng cao, nhưng kết quả còn khiêm tốn.",
        "Cán bộ được bổ nhiệm vào chức vụ cao hơn ở tỉnh, với điều kiện đã qua cơ sở hai năm.",
        "Người nhận nhiệm vụ phải báo cáo với chi bộ nơi cư trú, trước khi rời khỏi địa phương.",
        "Huyện sẽ thi tuyển ba chức danh trưởng phòng trong quý này (dự kiến vào tháng 9).",
        "Các xã đều được hỗ trợ kinh phí đào tạo cán bộ (trừ xã Nậm Khum).",
        "Tối 5/3, đoàn kiểm tra không tìm thấy sổ họp của chi bộ thôn Bắc xã Hải Tâm.",
        # who says it
        "Mười bốn cán bộ đã được đưa về các xã vùng cao trong năm nay, theo Huyện ủy Khe Đồng.",
        "Theo Ban Tổ chức Huyện ủy, mười bốn cán bộ đã được đưa về các xã vùng cao.",
        "Các chi bộ đã bàn rất kỹ việc quy hoạch năm tới, đồng chí Giàng A Sử cho biết.",
        # quotations
        'Anh Páo nói với chúng tôi: "Ngày đầu về xã tôi chưa biết hỏi ai, và cũng rất nhớ nhà".',
        "Ông Sử gọi đó là “căn bệnh nể nang của nhiều chi bộ, khiến cán bộ trẻ nản lòng”.",
        # lists
        "Huyện ủy đã điều động ba cán bộ về các xã Nậm Khum, Hải Tâm, và Bản Lìm.",
        "Đoàn kiểm tra đã làm việc với các chi bộ sau: Nậm Khum, Hải Tâm, cùng sáu chi bộ cơ quan.",
        "Hội đồng xét ba việc: (1) hồ sơ dự tuyển, (2) bài thi viết và (3) phần trình bày đề án.",
        # the subject before the comma waits for its verb
        "Các xã vùng cao của huyện Khe Đồng, nhất là xã Nậm Khum, đã nhận thêm cán bộ trẻ.",
        "Chủ trương đưa cán bộ về xã của huyện Khe Đồng, nhằm giúp cơ sở, đang có kết quả.",
        # what the rest leans on
        "Năm 2019, Đảng bộ huyện Khe Đồng có 41 chi bộ với 1.200 đảng viên.",
        "Sáng 5/3, giá thóc giống ở chợ huyện Khe Đồng tăng hai nghìn đồng mỗi cân.",
        "Trước đây, cán bộ xã Nậm Khum đi họp huyện phải mất một ngày đường.",
        "Tại xã Nậm Khum, huyện Khe Đồng người dân đã góp đất làm đường vào bản.",
        "Tại Khe Đồng, các hộ nghèo được vay vốn không lãi trong hai năm đầu.",
        "Tối 5/3, đã diễn ra lễ ra quân của đội cán bộ trẻ tình nguyện huyện Khe Đồng.",
        "Đồng thời, tổ chức lấy phiếu tín nhiệm đối với toàn bộ cán bộ chủ chốt của xã.",
        "Ngoài ra, hai ông đã bàn về việc trao đổi cán bộ trẻ giữa hai huyện vùng cao.",
        "Sáng 5/3, ông được Huyện ủy Khe Đồng trao quyết định về làm bí thư xã Nậm Khum.",
        # an abbreviation that is used, of two prices which is which
        "Ủy ban Kiểm tra (UBKT) đã họp và UBKT thống nhất khiển trách hai cán bộ xã.",
        "Đại lý báo giá thóc 9.000 đồng một cân (mua vào) và 9.500 đồng một cân (bán ra).",
        "Cột điện đứng giữa sân nhà văn hóa thôn Bắc xã Hải Tâm - (ảnh: Lò Páo).",
        "Trong khuôn khổ chương trình, các hộ đã được vay vốn không lãi để trồng quế.",
        # too short, or not a statement
        "Sáng 5/3, Huyện ủy đã họp.",
        "Vì sao Huyện ủy Khe Đồng (Hương Lĩnh) lại chưa điều động cán bộ về xã?",
    ],
)
def test_what_must_stay(sentence):
    assert shorter_forms(sentence) == [sentence]


def test_no_form_ends_in_the_middle_of_a_phrase():
    sentence = (
        "Ông Lò Văn Páo cho biết, với chi phí lớn, nhất là tiền thuê xe, nếu xã không góp thêm thì "
        "lớp học ở bản sẽ phải dừng lại từ tháng sau."
    )
    assert shorter_forms(sentence) == [sentence]


@pytest.mark.parametrize("text", ["", " ", ".", "...", "(…)", "12 | 34", ", và.", "A (b."])
def test_what_is_no_sentence_is_left_alone(text):
    assert shorter_forms(text) == [text]
