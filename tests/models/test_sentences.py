"""Golden sentences: each case is a text written with "|" where its sentences part."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from canbo.models.sentences import split_sentences

CASES = {
    "plain": "Huyện có 15 xã.| Cả 15 xã đã họp.",
    "place abbreviation": "Ông về TP. Hưng Yên nhận việc.| Tp. Vinh cũng vậy.",
    "titles": "PGS.TS. Lê Văn Ba và ThS. Mai Thị Tư cùng dự.| GS. Bảy vắng mặt.",
    "foreign title": "Mr. Smith đến Huế.| Bà Lan đón.",
    "central committee": "Ban Tổ chức T.Ư Đảng đã trả lời.| Quy định T.Ư. Đảng ban hành còn hiệu lực.",
    "foreign initials": "Đoàn U.S. Army rời cảng.| Tàu U.S đi sau.",
    "initials of a name": "Sách của J. K. Rowling bán chạy.| Ai cũng biết.",
    "name cut to its initial": "Anh Trần Văn H. (trú tại xã Đông) khai báo.| Chị M. cho biết thêm.",
    "initial at the end": "Tổ công tác gặp chị H.| Sau đó họ về huyện.",
    "and so on": "Xã trồng ngô, khoai, v.v. và nuôi bò.| Xã bên trồng chè, v.v.| Từ đó dân khá lên.",
    "thousands and decimals": "Có 1.553 hộ, tăng 3.5% so với năm 2020.| Năm 2021 giảm.",
    "date": "Nghị quyết ngày 15.5.2021 của Huyện ủy.| Quyết định số 07.",
    "ellipsis goes on": "Họ trồng cam, quýt... để bán… cho chợ huyện.| Chợ đông.",
    "ellipsis ends": "Đường xa, dốc cao...| Cán bộ vẫn đi.| Rồi lũ về…| Cầu trôi.",
    "question and exclamation": "Vì sao chậm?| Vì thiếu người!| Huyện đã rõ.",
    "question goes on": "“Vì sao chậm?” bà hỏi.| Không ai đáp.",
    "quotation closes after the stop": '"Tôi sẽ đi."| Anh nói vậy.| “Tôi ở lại.”| Chị đáp.',
    "quotation closes before the stop": 'Ông gọi đó là "bệnh nể nang".| Dân đồng tình.',
    "numbered item": "1. Quy hoạch cán bộ.| 2. Luân chuyển cán bộ.",
    "lettered item": "a) Quy hoạch cán bộ.| b) Đào tạo cán bộ.",
    "roman item": "II. Kết quả đạt được.| Huyện đã mở lớp.",
    "items in a sentence": "Gồm: 1. Đào tạo; 2. Luân chuyển; 3. Đánh giá.| Hết.",
    "year is no item": "Việc ấy bắt đầu từ năm 2020.| Trong năm đó có 3 lớp.",
    "brackets": "Ba người (hai nam. Một nữ) trúng cử.| Kỳ họp bế mạc.",
    "web address": "Đọc tại baodong.vn/tin-moi hoặc hỏi lan@xa.gov.vn.| Cảm ơn.",
    "space forgotten": "Xã đã đạt chuẩn về xã hội.|Một góc thị trấn hôm nay.",
    "no stop at the end": "Huyện đã họp.| Danh sách kèm theo",
    "line break": "Nhiệm vụ năm tới|\nHuyện mở thêm lớp.",
}


@pytest.mark.parametrize("marked", CASES.values(), ids=CASES.keys())
def test_golden_sentences(marked):
    text = marked.replace("|", "")
    expected = [sentence.strip() for sentence in marked.split("|")]
    assert [text[start:end] for start, end in split_sentences(text)] == expected


def test_offsets_point_into_the_text_as_given():
    assert split_sentences("  Một xã.   Hai xã. \n") == [(2, 9), (12, 19)]


@pytest.mark.parametrize("text", ["", "   \n\t "])
def test_no_sentence_in_blank_text(text):
    assert split_sentences(text) == []


@given(st.text(alphabet='aBĐ1. ?…!"”()\n,', max_size=60))
def test_only_spaces_stand_outside_the_sentences(text):
    spans = split_sentences(text)
    edges = [0, *(edge for span in spans for edge in span), len(text)]
    assert edges == sorted(edges)
    assert not "".join(text[edges[i] : edges[i + 1]] for i in range(0, len(edges), 2)).strip()
    assert all(text[start:end] == text[start:end].strip() != "" for start, end in spans)
