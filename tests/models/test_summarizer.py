"""Abstracts: chosen sentences, written text, and which of them ships."""

import dataclasses
import json

import pytest

from canbo.data.documents import Document
from canbo.models.extractive import ExtractiveModel, Sentences, forms_of, stands_alone
from canbo.models.sentences import split_sentences
from canbo.models.source_text import SourceFormat, document_sentences, source_text, table_rows
from canbo.models.summarizer import ExtractiveSummarizer, Summarizer, SummarizerError
from canbo.models.whole_sentences import as_sentence

ARTICLE = Document(
    id="khe-dong",
    source="khe-dong.txt",
    title="Huyện Khe Đồng luân chuyển cán bộ về xã",
    paragraphs=(
        "Trời Khe Đồng sáng ấy còn mù sương. Bên cạnh đó, chợ phiên vẫn đông. Vì sao xã lại vui thế?",
        "Từ năm 2019 đến nay, Huyện ủy Khe Đồng đã luân chuyển 14 cán bộ phòng, ban về giữ chức "
        "chủ tịch, bí thư ở 11 xã vùng cao. Điều này giúp nhiều xã bớt trì trệ. Ông cho biết việc "
        "luân chuyển còn tiếp tục.",
        'Anh Giàng A Páo kể: "Ngày đầu về xã, tôi chưa biết hỏi ai. Rồi bà con chỉ cho.',
    ),
)


@pytest.fixture(scope="module")
def shipped():
    return Summarizer.from_pretrained(device="cpu")


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("Đảng bộ huyện có 41 chi bộ.", True),
        ("Ông Ba cho biết xã đã có điện.", True),
        ("Bà con Mông dắt bò xuống chợ.", True),
        ("Điều động cán bộ là việc thường xuyên.", True),
        ("Chú trọng đào tạo là chủ trương của huyện.", True),
        ("Năm 2016, anh Vàng A Sử về xã.", True),
        ('Huyện gọi đó là "bệnh nể nang".', False),  # "đó" among its first words
        ("Ông cho biết xã đã có điện.", False),
        ("Năm 2016, anh được điều về xã.", False),
        ("Điều này cho thấy hướng đi đúng.", False),
        ("Bên cạnh đó, huyện mở thêm lớp.", False),
        ("Theo đó, huyện mở thêm lớp.", False),
        ("Cách làm này có hiệu quả.", False),
        ("Vì sao chậm?", False),
        ('"Tôi đi họp.', False),
        ("và xã đã họp.", False),
        ("Danh sách gồm:", False),
        ("Đáp: Được.", False),
    ],
)
def test_which_sentences_stand_alone(sentence, expected):
    assert stands_alone(sentence) is expected


def test_the_shipped_default_takes_the_sentence_that_says_what_the_title_says(shipped):
    (abstract,) = shipped.summarize([ARTICLE])
    assert abstract.method == "extractive"
    assert abstract.unsupported == ()
    assert "luân chuyển 14 cán bộ" in abstract.text
    for unfit in ("Bên cạnh đó", "Vì sao", "Ông cho biết", "Anh Giàng"):
        assert unfit not in abstract.text


def test_chosen_sentences_are_the_documents_whole_or_shortened_in_its_order(shipped):
    (abstract,) = shipped.summarize([ARTICLE])
    sentences = Sentences(ARTICLE)
    place = {form.text: i for i in range(len(sentences)) for form in sentences.forms(i)}
    places = [place[abstract.text[a:b]] for a, b in split_sentences(abstract.text)]
    assert places == sorted(set(places))


def test_a_sentence_that_only_its_link_ties_to_others_is_taken_without_it():
    said = "huyện Khe Đồng luân chuyển 14 cán bộ phòng, ban về giữ chức vụ ở 11 xã vùng cao"
    document = Document("d", "d", f"H{said[1:]}", ("Chợ rất đông.", f"Bên cạnh đó, {said}."))
    (abstract,) = Summarizer.from_pretrained().summarize([document])
    assert f"H{said[1:]}." in abstract.text and "Bên cạnh đó" not in abstract.text


def test_a_form_is_rated_by_the_words_that_are_left():
    text = (
        "Huyện ủy Khe Đồng đã luân chuyển mười bốn cán bộ phòng, ban về giữ chức chủ tịch, bí thư "
        "ở mười một xã vùng cao trong nhiệm kỳ này, góp phần giúp dân giảm nghèo nhờ cây quế."
    )
    title = "Giúp dân giảm nghèo nhờ cây quế"
    sentences = Sentences(Document("d", "d", title, (text,)))

    def chosen(**wanted):
        weights = dict.fromkeys(ExtractiveModel.shipped().set_weights, 0.0) | wanted
        (form,) = dataclasses.replace(ExtractiveModel.shipped(), set_weights=weights).choose(
            sentences
        )
        return form

    assert chosen(title_recall=1.0).text == text
    assert chosen(length=-1.0).text == text[: text.index(", góp phần")] + "."
    assert chosen().is_whole  # where nothing is gained


def test_no_two_forms_of_a_sentence_are_in_a_set():
    said = "Huyện ủy Khe Đồng đã luân chuyển mười bốn cán bộ phòng, ban về các xã vùng cao"
    texts = tuple(f"Sáng {day}/3, {said} số {day} (đợt ba), góp phần giúp dân." for day in (4, 5))
    sentences = Sentences(Document("d", "d", said, texts))
    model = ExtractiveModel.shipped()
    sets = model.candidate_sets(sentences, model.salience(sentences))
    forms = forms_of(sentences, sets)
    assert len(forms) > len({form.sentence for form in forms})
    ratings = model.ratings(sentences, forms, model.chances(sentences))
    for chosen in model.shortened(sentences, sets, ratings):
        assert len({form.sentence for form in chosen}) == len(chosen)


@pytest.mark.parametrize("closing", ["./.", "/.", " ./."])
def test_the_mark_that_closes_a_report_is_an_ordinary_stop(closing):
    paragraphs = ("Nghị quyết 04/NQ-TU đã có hiệu lực.", f"Cả 12 xã đã có bí thư mới{closing}")
    assert list(document_sentences(Document("a", "a", None, paragraphs))) == [
        (0, paragraphs[0]),
        (1, "Cả 12 xã đã có bí thư mới."),
    ]


def test_a_short_first_paragraph_is_taken_as_the_lead(shipped):
    lead = (
        "Trong ba năm, Đảng bộ huyện Khe Đồng đã luân chuyển 14 cán bộ về các xã vùng cao, gắn với "
        "đào tạo tại chỗ, giám sát của chi bộ và lấy phiếu tín nhiệm hằng năm."
    )
    (abstract,) = shipped.summarize(
        [dataclasses.replace(ARTICLE, paragraphs=(lead, *ARTICLE.paragraphs))]
    )
    assert abstract.text == lead


def test_documents_without_better_sentences_still_get_an_abstract(shipped):
    question = Document("q", "q.txt", None, ("Vì sao chậm?",))
    blank = Document("b", "b.txt", "Chỉ có tiêu đề", ())
    long = Document("l", "l.txt", None, ("Huyện " + "rất rộng và " * 40 + "đẹp.",))
    texts = [abstract.text for abstract in shipped.summarize([question, blank, long])]
    assert texts == ["Vì sao chậm?", "", long.paragraphs[0]]


@pytest.mark.parametrize(
    ("paragraphs", "expected"),
    [
        (("Huyện có 41 chi bộ.",), "Huyện có 41 chi bộ."),
        (("12 | 34 | 56", "78 90", "3/4"), ""),
        (("...", "- - -"), ""),
        (("I. KẾT QUẢ", "II. NHIỆM VỤ"), "I. KẾT QUẢ. II. NHIỆM VỤ."),
        (
            ("HUYỆN ĐÃ HỌP BÀN VIỆC LUÂN CHUYỂN CÁN BỘ.", "1", "2"),
            "HUYỆN ĐÃ HỌP BÀN VIỆC LUÂN CHUYỂN CÁN BỘ.",
        ),
        (
            (
                "STT | Họ tên | Chức vụ",
                "1 | An | Bí thư",
                "Huyện ủy Khe Đồng công bố danh sách sáng nay.",
            ),
            "Huyện ủy Khe Đồng công bố danh sách sáng nay.",
        ),
        (("The committee met.", "It was short."), "The committee met. It was short."),
    ],
)
def test_what_is_hardly_an_article_gets_a_sentence_or_nothing(shipped, paragraphs, expected):
    (abstract,) = shipped.summarize([Document("d", "d.txt", None, paragraphs)])
    assert abstract.method == "extractive" and abstract.unsupported == ()
    assert abstract.text == expected


ROWS = tuple(
    f"{n} | Nguyễn Văn Mít | Bí thư Đảng ủy xã số {n}. Quê ở Khe Đồng. | Tốt" for n in (1, 2, 3)
)
ITEMS = tuple(f"- Xã số {n}: luân chuyển {n} cán bộ;" for n in range(12))


@pytest.mark.parametrize(
    ("paragraphs", "expected"),
    [
        (ITEMS, "Xã số 0: luân chuyển 0 cán bộ."),  # the others say it again
        (("\n".join(ITEMS),), "Xã số 0: luân chuyển 0 cán bộ."),
        (("Kết quả như sau:", "• mở hai lớp tập huấn;"), "Mở hai lớp tập huấn."),
        (
            ("a) mở hai lớp tập huấn;", "b) đánh giá 9 cán bộ"),
            "Mở hai lớp tập huấn. Đánh giá 9 cán bộ.",
        ),
        (("-5 độ ở vùng cao;",), "-5 độ ở vùng cao."),  # no bullet: below zero
        (ROWS, ""),
        (("| STT | Họ tên |", "| --- | --- |", "| 1 | Nguyễn Văn Mít |"), ""),
        (("| Xã | Kết quả", "|Khe Đồng đã luân chuyển 14 cán bộ về xã.|"), ""),
        (("\n".join(("Danh sách luân chuyển", *ROWS)),), "Danh sách luân chuyển."),
        (("Danh sách gồm:", *ROWS), "Danh sách gồm."),
    ],
)
def test_items_of_a_list_become_sentences_and_rows_of_a_table_never(shipped, paragraphs, expected):
    (abstract,) = shipped.summarize([Document("d", "d.txt", None, paragraphs)])
    assert abstract.text == expected


def test_a_row_of_a_table_is_not_taken_though_it_says_what_the_title_says(shipped):
    row = "Huyện ủy Khe Đồng luân chuyển 14 cán bộ phòng, ban về giữ chức vụ ở 11 xã vùng cao."
    prose = "Sáng nay, hội nghị bàn giao công việc được tổ chức tại hội trường trung tâm huyện."
    for rows in ((f"| {row} |",), (f"1 | {row}", f"2 | {row}")):
        document = Document("d", "d.txt", row, (*rows, prose))
        assert shipped.summarize([document])[0].text == prose


def test_a_bar_in_running_text_makes_no_row_of_it():
    said = "Huyện ủy đã luân chuyển 14 cán bộ phòng, ban về giữ chức bí thư ở 11 xã vùng cao. "
    line = f"Ảnh: xã Khe Đồng | {said * 4}"
    document = Document("d", "d", None, ("Một. Hai.\nBa | Bốn. Năm.", line, "Sáu||bảy."))
    # Two sentences before the row, which has two ("Ba | Bốn.", "Năm."); none thereafter.
    assert table_rows(document) == {2, 3}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Xã đã họp.", "Xã đã họp."),
        ("– – xã đã họp ;", "Xã đã họp."),
        ("*xã đã họp", "Xã đã họp."),
        ("1) xã đã họp,", "Xã đã họp."),
        ("I. Kết quả", "I. Kết quả."),
        ("V. Putin đến Hà Nội.", "V. Putin đến Hà Nội."),
        ("+ 14 cán bộ", "14 cán bộ."),
        ("Xã đã họp chưa?", "Xã đã họp chưa?"),
        ('"Xã đã họp."', '"Xã đã họp."'),
        ("---", ""),
    ],
)
def test_what_a_line_lacks_of_a_sentence(text, expected):
    assert as_sentence(text) == expected


def test_a_text_without_stops_is_cut_where_that_shows(shipped):
    clause = "huyện rất rộng và rất đẹp, "  # 6 syllables: 25 of them are 150
    text = clause * 200
    (abstract,) = shipped.summarize([Document("d", "d.txt", None, (text,))])
    assert abstract.text == (clause * 25).rstrip(", ").capitalize() + " …"
    (abstract,) = shipped.summarize([Document("d", "d.txt", None, ("rộng " * 300,))])
    assert abstract.text == ("rộng " * 150).capitalize() + "…"


def test_no_sentence_says_another_again():
    said = "Huyện Khe Đồng luân chuyển 14 cán bộ phòng, ban về giữ chức vụ ở 11 xã vùng cao"
    document = Document("d", "d", said, (f"{said}.", f"{said} trong năm qua.", "Chợ rất đông."))
    model = ExtractiveModel.shipped()
    sentences = Sentences(document)
    sets = model.candidate_sets(sentences, model.salience(sentences))
    assert sets
    assert not any({0, 1} <= {form.sentence for form in chosen} for chosen in sets)


def test_weights_of_other_features_are_refused(tmp_path):
    path = tmp_path / "extractive.json"
    dataclasses.replace(ExtractiveModel.shipped(), set_weights={"two": 1.0}).save(path)
    with pytest.raises(ValueError, match="set_weights must hold exactly"):
        ExtractiveModel.load(path)


def test_a_folder_without_a_model_is_named_in_the_error(tmp_path):
    with pytest.raises(SummarizerError, match=f"{tmp_path.name}: this folder holds no model"):
        Summarizer.from_pretrained(tmp_path)


def test_what_only_chooses_sentences_has_nothing_raw_to_show(tmp_path):
    ExtractiveModel.shipped().save(tmp_path / "extractive.json")
    with pytest.raises(SummarizerError, match=f"{tmp_path.name}: chooses sentences"):
        Summarizer.from_pretrained(tmp_path, raw=True)


def test_a_model_that_cannot_write_is_refused(tmp_path):
    (tmp_path / "config.json").write_text(json.dumps({"model_type": "roberta"}))
    with pytest.raises(SummarizerError, match="a roberta model cannot write abstracts"):
        Summarizer.from_pretrained(str(tmp_path))


def test_the_source_holds_the_best_sentences_that_fit(word_tokenizer):
    document = Document("d", "d", "Một hai", ("Ba bốn năm. Sáu bảy.", "Tám chín mười mười."))
    # 2 title words + 3 + 2 + 4 and one place for </s>: 12 take all, 11 the best that fit.
    for limit, ratings, expected in (
        (12, None, "Một hai. Ba bốn năm. Sáu bảy. Tám chín mười mười."),
        (11, (3, 2, 1), "Một hai. Ba bốn năm. Sáu bảy."),
        (11, (1, 2, 3), "Một hai. Sáu bảy. Tám chín mười mười."),
        (6, (1, 2, 3), "Một hai. Sáu bảy."),  # the best is too long for the room
        (2, (1, 3, 2), "Một hai. Sáu bảy."),
    ):
        form = SourceFormat(with_title=True, max_source_length=limit)
        assert source_text(document, word_tokenizer, form, lambda _, r=ratings: r) == expected
    form = SourceFormat(prefix="vietnews: ", max_source_length=7)
    text = source_text(document, word_tokenizer, form, lambda _: (3, 2, 1))
    assert text == "vietnews: Ba bốn năm. Sáu bảy."


def test_the_shipped_decision_follows_from_its_figures(shipped):
    from importlib.resources import files

    from canbo.train.selection import decide

    folder = files("canbo.models") / "embedded" / "summarizer"
    decision = json.loads((folder / "decision.json").read_text(encoding="utf-8"))
    true = decision["found_true"] / max(1, decision["read"])
    assert decision["method"] == decide(decision["scores"], decision["written"], true)
    assert isinstance(shipped, ExtractiveSummarizer) == (decision["method"] == "extractive")
