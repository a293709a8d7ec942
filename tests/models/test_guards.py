"""What the guards make of drafts, worked out by hand."""

import pytest

from canbo.models.guards import guarded, tidy

WHOLE = "Huyện ủy Khe Đồng đã luân chuyển 14 cán bộ về xã."


@pytest.mark.parametrize(
    ("decoded", "expected"),
    [
        ("Xã ( vùng cao ) có 1.553 hộ , tăng 3,5% .", "Xã (vùng cao) có 1.553 hộ, tăng 3,5%."),
        ('Ông nói : " xã đã họp " .', 'Ông nói: "xã đã họp".'),
        ('Ông nói:"được"rồi về.', 'Ông nói: "được" rồi về.'),
        ("Bà gọi đó là “ nể nang ”ở cơ quan.", "Bà gọi đó là “nể nang” ở cơ quan."),
        ("Ngày 15/5 ,, xã họp ..", "Ngày 15/5, xã họp."),
        ("Xã có lúa,ngô;chè.", "Xã có lúa, ngô; chè."),
        ("TP.HCM lúc 8:30, giá 1.500 đồng.", "TP.HCM lúc 8:30, giá 1.500 đồng."),
        ("Và rồi...", "Và rồi..."),
        ("  hai \n dòng ", "hai dòng"),
        ('Nửa " câu.', 'Nửa " câu.'),
    ],
)
def test_spaces_and_marks_stand_where_they_belong(decoded, expected):
    assert tidy(decoded) == expected


@pytest.mark.parametrize(
    ("draft", "expected"),
    [
        (WHOLE, WHOLE),
        # Once more in other order of its parts, or word for word: the second is left out.
        (f"{WHOLE} {WHOLE}", WHOLE),
        (f"{WHOLE} Huyện ủy Khe Đồng đã luân chuyển 14 cán bộ về xã vùng cao.", WHOLE),
        (f"{WHOLE} Tin vui: luân chuyển 14 cán bộ về xã là việc mới.", WHOLE),
        # A capital letter, no link, no mark before the first word.
        (f"và {WHOLE[0].lower()}{WHOLE[1:]}", WHOLE),
        (f"Bên cạnh đó, {WHOLE[0].lower()}{WHOLE[1:]}", WHOLE),
        (f". , {WHOLE}", WHOLE),
        (f"- {WHOLE}", WHOLE),
        (
            "iPhone được phát cho 14 cán bộ về xã vùng cao.",
            "iPhone được phát cho 14 cán bộ về xã vùng cao.",
        ),
        # "Còn" is no link here.
        (
            "Còn 5 xã vùng cao chưa có bí thư mới trong năm nay.",
            "Còn 5 xã vùng cao chưa có bí thư mới trong năm nay.",
        ),
        # A sentence that is not whole.
        (f"{WHOLE} Ông nói và.", WHOLE),
        (f"{WHOLE} Các xã vùng cao...", WHOLE),
        # Half a quotation, half a bracket; a quotation of two sentences stays whole.
        (f'{WHOLE} Ông nói: "xã đã họp.', WHOLE),
        (f"{WHOLE} Xã (vùng cao đã họp.", WHOLE),
        (f'{WHOLE} Ông nói: "Xã đã họp. Dân đã nghe." Rồi về.',) * 2,
        # Stammering.
        (f"{WHOLE} Xã xã xã đã họp bàn.", WHOLE),
        (f"{WHOLE} Dân của xã của xã đã nghe.", WHOLE),
        (f"{WHOLE} Dân đã nghe rõ, xã vùng cao, xã vùng cao.", WHOLE),
        (f"{WHOLE} Dân ngày ngày chờ, xã xanh xanh.",) * 2,
        # Nothing to keep.
        ("", ""),
        ("...", ""),
        ("Huyện đã họp.", ""),
        (WHOLE.replace("ủy", "\ufffd"), ""),
        ("Xã của xã của xã của xã của xã của xã.", ""),
    ],
)
def test_only_whole_sentences_stay_and_each_once(draft, expected):
    assert guarded(draft, ended=True) == expected


@pytest.mark.parametrize(
    ("draft", "ended", "expected"),
    [
        (f"{WHOLE} Xã cũng", False, WHOLE),
        (f"{WHOLE} Xã cũng", True, f"{WHOLE} Xã cũng."),
        (f"{WHOLE} Xã cũng họp.", False, f"{WHOLE} Xã cũng họp."),
        (f"{WHOLE} Xã của", True, WHOLE),
        (f"{WHOLE} Gồm các xã:", True, WHOLE),
        (WHOLE[:-1], True, WHOLE),
        (WHOLE[:-1], False, ""),
    ],
)
def test_no_end_is_cut(draft, ended, expected):
    assert guarded(draft, ended) == expected


def test_what_is_guarded_stays_as_it_is():
    text = f'{WHOLE} Ông nói: "Xã đã họp. Dân đã nghe." Năm 2021, 11 xã có bí thư mới.'
    assert guarded(guarded(text, ended=True), ended=True) == text
