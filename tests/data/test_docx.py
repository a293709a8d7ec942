"""Word documents: what is text of the document, and an error for every file that is none."""

from __future__ import annotations

from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import pytest

from canbo.data.documents import Document, InputError
from canbo.data.readers import read_inputs

TITLE = "Cán bộ trẻ về xã"
FIRST = "Huyện Đông Lĩnh đưa 14 cán bộ trẻ về xã, bước đầu khắc phục tình trạng khép kín ở cơ sở."
SECOND = "Trước khi đi, tất cả đều được bồi dưỡng kỹ năng điều hành và tiếp dân trong hai tuần."

NAMESPACE = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
# Ids of styles are in the language of the program, names are not.
STYLES = "".join(
    f'<w:style w:styleId="{id_}"><w:name w:val="{name}"/></w:style>'
    for id_, name in (("Tiu", "Title"), ("u2", "heading 2"), ("oanDanhsach", "List Paragraph"))
)


def p(text: str, properties: str = "") -> str:
    return f"<w:p><w:pPr>{properties}</w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>"


def style(name: str) -> str:
    return f'<w:pStyle w:val="{name}"/>'


def write(path: Path, body: str, core: str = "", namespace: str = NAMESPACE, **parts: str) -> Path:
    def xml(root: str, content: str) -> str:
        return f'<w:{root} xmlns:w="{namespace}">{content}</w:{root}>'

    with ZipFile(path, "w", ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", xml("document", f"<w:body>{body}</w:body>"))
        archive.writestr("word/styles.xml", xml("styles", STYLES))
        archive.writestr(
            "docProps/core.xml",
            f'<c xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>{core}</dc:title></c>',
        )
        for name, content in parts.items():
            archive.writestr(f"word/{name}.xml", xml("x", content))
    return path


def read(path: Path) -> Document:
    (document,) = read_inputs([path])
    assert isinstance(document, Document), document
    return document


def error_of(path: Path) -> InputError:
    (error,) = read_inputs([path])
    assert isinstance(error, InputError), error
    return error


def test_title_headings_lists_and_tables(tmp_path: Path) -> None:
    numbered = '<w:numPr><w:ilvl w:val="0"/><w:numId w:val="3"/></w:numPr>'
    cell = "<w:tc>{}</w:tc>".format
    body = (
        p(TITLE, style("Tiu"))
        + p(FIRST)
        + p("Nghe dân trước khi quyết", style("u2"))
        + p("Một là, chọn đúng người.", style("oanDanhsach") + numbered)
        + p("1. Việc đã đánh số bằng tay.", numbered)
        + p("Không ở trong danh sách nào cả.", '<w:numPr><w:numId w:val="0"/></w:numPr>')
        + f"<w:tbl><w:tr>{cell(p('Xã Nậm Pung'))}{cell(p('14 cán bộ.'))}</w:tr>"
        + f"<w:tr>{cell(p(SECOND) + p('Đoạn sau trong cùng một ô.'))}{cell(p(''))}</w:tr></w:tbl>"
        + p("Câu cuối cùng của bài.")
    )
    document = read(write(tmp_path / "a.docx", body))
    assert document.title == TITLE
    assert document.paragraphs == (
        FIRST,
        "Nghe dân trước khi quyết",
        "- Một là, chọn đúng người.",
        "1. Việc đã đánh số bằng tay.",
        "Không ở trong danh sách nào cả.",
        "Xã Nậm Pung | 14 cán bộ.",
        SECOND,
        "Đoạn sau trong cùng một ô.",
        "Câu cuối cùng của bài.",
    )
    assert (document.lead, document.date) == (None, None)


def test_a_table_may_end_the_document(tmp_path: Path) -> None:
    rows = [("TT", "Họ và tên", "Đơn vị mới"), ("1", "Nguyễn Văn An", "Xã Nậm Pung")]
    cells = ["".join(f"<w:tc>{p(text)}</w:tc>" for text in row) for row in rows]
    table = "".join(f"<w:tr>{row}</w:tr>" for row in cells)
    document = read(write(tmp_path / "a.docx", f"{p(FIRST)}<w:tbl>{table}</w:tbl>"))
    assert document.paragraphs == (FIRST, *(" | ".join(row) for row in rows))


def test_insertions_stay_and_deletions_go(tmp_path: Path) -> None:
    body = (
        "<w:p><w:r><w:t>Huyện đưa </w:t></w:r><w:del><w:r><w:delText>12</w:delText><w:t>12</w:t></w:r></w:del>"
        "<w:ins><w:r><w:t>14</w:t></w:r></w:ins><w:moveFrom><w:r><w:t> cũ</w:t></w:r></w:moveFrom>"
        '<w:r><w:tab/><w:t xml:space="preserve">cán bộ </w:t></w:r><w:hyperlink><w:r><w:t>về xã</w:t></w:r></w:hyperlink>'
        '<w:r><w:fldChar/><w:instrText>HYPERLINK "x"</w:instrText></w:r><w:r><w:t>.</w:t></w:r></w:p>'
    )
    assert read(write(tmp_path / "a.docx", body)).paragraphs == ("Huyện đưa 14 cán bộ về xã.",)


def test_content_controls_and_text_boxes_are_read_once(tmp_path: Path) -> None:
    box = f"<w:txbxContent>{p(SECOND)}</w:txbxContent>"
    compatibility = "http://schemas.openxmlformats.org/markup-compatibility/2006"
    body = (
        f"<w:sdt><w:sdtPr/><w:sdtContent>{p(FIRST)}</w:sdtContent></w:sdt>"
        f'<w:p><w:r><mc:AlternateContent xmlns:mc="{compatibility}"><mc:Choice>{box}</mc:Choice>'
        f"<mc:Fallback>{box}</mc:Fallback></mc:AlternateContent></w:r></w:p>"
    )
    assert read(write(tmp_path / "a.docx", body)).paragraphs == (FIRST, SECOND)


def test_headers_footers_comments_and_notes_are_left_out(tmp_path: Path) -> None:
    other = p("Không phải chữ của bài viết này.")
    parts = dict.fromkeys(("header1", "footer1", "comments", "footnotes"), other)
    assert read(write(tmp_path / "a.docx", p(FIRST), **parts)).paragraphs == (FIRST,)


def test_line_breaks_and_strict_files(tmp_path: Path) -> None:
    body = f"<w:p><w:r><w:t>{FIRST}</w:t><w:br/><w:t>{SECOND}</w:t></w:r></w:p>"
    strict = "http://purl.oclc.org/ooxml/wordprocessingml/main"
    assert read(write(tmp_path / "a.docx", body, namespace=strict)).paragraphs == (FIRST, SECOND)


@pytest.mark.parametrize(
    ("core", "title"), [(TITLE, TITLE), ("Mẫu công văn 2009", None), ("", None)]
)
def test_the_title_of_the_properties_counts_where_the_text_shows_it(
    tmp_path: Path, core: str, title: str | None
) -> None:
    from canbo.data.docx import read_docx

    assert read_docx(write(tmp_path / "a.docx", p(TITLE) + p(FIRST), core)).title == title


# --- files that cannot be read -----------------------------------------------------------------

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 1_000


def test_files_of_other_formats(tmp_path: Path) -> None:
    path = tmp_path / "a.docx"
    path.write_bytes(OLE + "EncryptedPackage".encode("utf-16-le") + b"\0" * 100)
    assert error_of(path).error == "encrypted"
    path.write_bytes(OLE + "WordDocument".encode("utf-16-le") + b"\0" * 100)
    assert error_of(path).error == "docx"
    assert ".doc file" in error_of(path).message
    with ZipFile(path, "w") as archive:
        archive.writestr("xl/workbook.xml", "<x/>")
    assert "word/document.xml" in error_of(path).message
    path.write_bytes(write(tmp_path / "b.docx", p(FIRST)).read_bytes()[:300])
    assert error_of(path).error == "docx"


def test_broken_xml_and_entities(tmp_path: Path) -> None:
    path = write(tmp_path / "a.docx", "<w:p>")
    assert error_of(path).error == "docx"
    bomb = '<!DOCTYPE d [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>'
    with ZipFile(path, "w") as archive:
        body = f"<w:body>{p(f'{FIRST}&b;')}</w:body>"
        content = f'{bomb}<w:document xmlns:w="{NAMESPACE}">{body}</w:document>'
        archive.writestr("word/document.xml", content)
    assert read(path).paragraphs == (FIRST,)


def test_a_bomb(tmp_path: Path) -> None:
    path = write(tmp_path / "a.docx", "<w:p></w:p>" * 4_000_000)
    assert path.stat().st_size < 1 << 20
    assert error_of(path).error == "limit"


def test_a_document_without_text(tmp_path: Path) -> None:
    assert error_of(write(tmp_path / "a.docx", p(" "))).error == "no_text"
