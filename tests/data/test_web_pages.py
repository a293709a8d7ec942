"""Whole-site saves: what is found of articles set in the page layouts that newspapers use.

Every layout is built around authored articles of the shipped data set, so the paragraphs that
must come out are known. The layouts follow the ways in which Vietnamese news sites, ministries'
portals and old content management systems mark up their pages; all words of them are invented.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html import escape
from pathlib import Path

import pytest

from canbo.data.documents import Document
from canbo.data.readers import read_inputs

ARTICLES = Path(__file__).parents[2] / "data" / "canbo-themes" / "articles" / "train.jsonl"
SITE = "Báo Lộc Giang"
DATE = "2018-03-12"


@dataclass(frozen=True)
class Story:
    """An authored article, its first paragraph serving as the lead."""

    title: str
    lead: str
    body: tuple[str, ...]


def stories(count: int = 3) -> list[Story]:
    """Articles spread over the data set, which holds several styles of writing."""
    rows = [json.loads(line) for line in ARTICLES.read_text(encoding="utf-8").splitlines()]
    chosen = rows[:: len(rows) // count][:count]
    return [
        Story(
            row["title"],
            row["paragraphs"][0]["text"],
            tuple(p["text"] for p in row["paragraphs"][1:]),
        )
        for row in chosen
    ]


# --- furniture ---------------------------------------------------------------------------------

HEADLINES = (
    "Lộc Giang khánh thành cây cầu thứ ba bắc qua sông Vệ",
    "Giá cà phê tăng nhẹ, nông dân chưa vội bán",
    "Mưa lớn kéo dài, nhiều tuyến đường ven biển ngập sâu",
    "Đội bóng trẻ Tân Mỹ vào chung kết giải tỉnh",
    "Khai mạc tuần lễ du lịch miệt vườn",
)
TEASERS = (
    "Cây cầu dài 412 mét nối hai bờ sông Vệ vừa thông xe sáng nay, rút ngắn gần 20 km đường vòng cho người dân bốn xã phía nam.",
    "Sau ba tuần đi ngang, giá cà phê nhân xô tại các huyện vùng cao nhích thêm 300 đồng một ký, nhưng thương lái cho biết lượng bán ra vẫn ít.",
    "Từ đêm qua đến sáng nay lượng mưa đo được tại trạm Cửa Vệ là 214 mm, nước tràn qua mặt đường ở bảy điểm, xe tải phải quay đầu.",
    "Thắng đội chủ nhà bằng loạt sút luân lưu, các cầu thủ mười lăm tuổi của Tân Mỹ lần đầu tiên có mặt ở trận đấu cuối cùng.",
    "Tuần lễ có 32 gian hàng, hai đêm đờn ca và một cuộc thi chèo xuồng ba lá dành cho du khách ở các vườn trái cây dọc rạch Cái Sơn.",
)
COMMENTS = (
    "Tôi đọc bài này hai lần và thấy rất đúng với xã tôi, mong các anh viết thêm về chuyện người dân được hỏi ý kiến như thế nào.",
    "Bài viết hay nhưng theo tôi cần nói rõ hơn trách nhiệm của người đứng đầu, chứ cứ nói chung chung thì ai cũng nói được.",
    "Cảm ơn tác giả. Ở quê tôi mười năm trước cũng từng làm như vậy nhưng rồi lại thôi vì không ai theo đến cùng.",
)
MENU = ("Trang chủ", "Thời sự", "Xây dựng Đảng", "Kinh tế", "Văn hóa", "Thể thao", "Bạn đọc")
CAPTION = "Người dân xã Tân Mỹ trao đổi với cán bộ huyện bên bờ kênh. Ảnh: Minh Quân"


def menu(tag: str = "nav") -> str:
    items = "".join(f'<li><a href="/{i}.html">{name}</a></li>' for i, name in enumerate(MENU))
    return f'<{tag} class="main-menu"><ul>{items}</ul></{tag}>'


def links(heading: str, css: str) -> str:
    items = "".join(
        f'<li><a href="/tin-{i}.html" title="{h}">{h}</a></li>' for i, h in enumerate(HEADLINES)
    )
    return f'<div class="{css}"><h3>{heading}</h3><ul>{items}</ul></div>'


def teasers(heading: str, css: str) -> str:
    items = "".join(
        f'<div class="item-news"><h3><a href="/t{i}.html">{h}</a></h3><p class="sapo">{t}</p></div>'
        for i, (h, t) in enumerate(zip(HEADLINES, TEASERS, strict=True))
    )
    return f'<div class="{css}"><h2>{heading}</h2>{items}</div>'


def comments(css: str = "box-comment") -> str:
    items = "".join(
        f'<div class="comment_item"><p class="full_content"><span class="nickname">Bạn đọc {i}</span> {c}</p>'
        f'<span class="time-com">{i} giờ trước</span><a href="#">Trả lời</a></div>'
        for i, c in enumerate(COMMENTS, start=1)
    )
    return f'<div id="comments" class="{css}"><h3>Ý kiến bạn đọc ({len(COMMENTS)})</h3>{items}<textarea>Ý kiến của bạn</textarea></div>'


def share() -> str:
    return (
        '<div class="social-share"><a href="#">Chia sẻ</a> <a href="#">Facebook</a> <a href="#">Zalo</a>'
        ' <a href="#">In bài viết</a></div>'
    )


def tags() -> str:
    return '<div class="tags">Từ khóa: <a href="#">luân chuyển</a>, <a href="#">cán bộ trẻ</a>, <a href="#">Lộc Giang</a></div>'


def cookies() -> str:
    return (
        '<div id="cookie-banner" class="cookie-consent"><p>Trang này dùng cookie để cải thiện trải nghiệm của bạn. '
        "Tiếp tục đọc nghĩa là bạn đồng ý với chính sách bảo mật của chúng tôi.</p><button>Đồng ý</button></div>"
    )


def footer() -> str:
    return (
        f"<footer><p>Cơ quan chủ quản: Tỉnh ủy Lộc Giang</p><p>Tổng Biên tập: Trần Văn Bản</p>"
        f"<p>© Bản quyền thuộc {SITE}. Giấy phép số 12/GP-BTTTT. Ghi rõ nguồn khi phát hành lại thông tin từ trang này.</p></footer>"
    )


def head(story: Story, more: str = "") -> str:
    return (
        f'<head><meta charset="utf-8"><title>{escape(story.title)} - {SITE}</title>'
        f'<meta property="og:title" content="{escape(story.title)}"><meta property="og:site_name" content="{SITE}">'
        f'<meta name="description" content="{escape(story.lead)}">'
        f'<script>window.dataLayer=[];function f(){{return "<p>không phải bài</p>"}}</script>{more}</head>'
    )


def paragraphs(texts: tuple[str, ...], tag: str = "p", css: str = "") -> Iterator[str]:
    attribute = f' class="{css}"' if css else ""
    return (f"<{tag}{attribute}>{escape(text)}</{tag}>" for text in texts)


def halves(texts: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    middle = (len(texts) + 1) // 2
    return texts[:middle], texts[middle:]


# --- layouts -----------------------------------------------------------------------------------


def daily(s: Story) -> str:
    """A big daily: lead in a class of its own, figures, author's line, comments, sidebar."""
    first, second = halves(s.body)
    published = '<meta property="article:published_time" content="2018-03-12T14:35:00+07:00">'
    return f"""<!doctype html><html lang="vi">{head(s, published)}<body>{cookies()}<header>{menu()}</header>
    <section class="page-detail"><div class="sidebar-1"><div class="header-content"><span class="date">Thứ hai, 12/3/2018, 14:35 (GMT+7)</span></div>
    <h1 class="title-detail">{escape(s.title)}</h1><p class="description">{escape(s.lead)}</p>
    <article class="fck_detail">{"".join(paragraphs(first, css="Normal"))}
    <figure class="tplCaption"><picture><img src="a.jpg" alt="{escape(s.title)}"></picture><figcaption><p class="Image">{CAPTION}</p></figcaption></figure>
    {"".join(paragraphs(second, css="Normal"))}<p class="author_mail" style="text-align:right;"><strong>Nguyễn Văn An</strong></p></article>
    {share()}{tags()}{comments()}</div><div class="sidebar-2">{teasers("Xem nhiều", "box-viewed")}</div></section>{footer()}</body></html>"""


def related_in_text(s: Story) -> str:
    """The lead is a second-level heading; boxes of related articles stand amid the text."""
    first, second = halves(s.body)
    box = (
        '<div class="VCSortableInPreviewMode alignRight" type="RelatedNewsBox"><div class="kbwscwlr-title">Tin liên quan</div>'
        f'<ul><li><a href="/a.html">{HEADLINES[0]}</a></li><li><a href="/b.html">{HEADLINES[1]}</a></li></ul></div>'
    )
    return f"""<html>{head(s)}<body>{menu("div")}<div class="detail__main"><div class="detail-cate"><a href="/">Thời sự</a></div>
    <h1 class="detail-title article-title">{escape(s.title)}</h1><div class="detail-time"><div>12/03/2018 14:35 GMT+7</div></div>
    <h2 class="detail-sapo">{escape(s.lead)}</h2><div class="detail-content" itemprop="articleBody">{"".join(paragraphs(first))}{box}
    <div class="VCSortableInPreviewMode" type="Photo"><div><img src="b.jpg"></div><div class="PhotoCMS_Caption"><p>{CAPTION}</p></div></div>
    {"".join(paragraphs(second))}</div><div class="detail-author">NGUYỄN VĂN AN</div>{share()}{links("Tin cùng chuyên mục", "list-cate")}</div>{comments()}{footer()}</body></html>"""


def agency_lead(s: Story) -> str:
    """The lead begins with the paper's name in brackets; 'read more' lines between paragraphs."""
    first, second = halves(s.body)
    more = f'<p><strong>Xem thêm: <a href="/c.html">{HEADLINES[2]}</a></strong></p>'
    return f"""<html>{head(s)}<body>{menu()}<main><article class="singular-container"><h1 class="title-page detail">{escape(s.title)}</h1>
    <div class="author-wrap"><div class="author-name"><a href="/tac-gia">Nguyễn Văn An</a></div><time class="author-time" datetime="2018-03-12 14:35">Thứ hai, 12/03/2018 - 14:35</time></div>
    <h2 class="singular-sapo">(Lộc Giang) - {escape(s.lead)}</h2><div class="singular-content">{"".join(paragraphs(first))}
    <figure class="image align-center"><img src="c.jpg"><figcaption>{CAPTION}</figcaption></figure>{more}{"".join(paragraphs(second))}</div></article>
    <aside>{teasers("Đọc nhiều nhất", "article-list")}</aside></main>{footer()}</body></html>"""


def old_portal(s: Story) -> str:
    """A province's portal of 2008: tables within tables, text pasted from a word processor."""
    text = "".join(
        f'<p class="MsoNormal" style="margin: 6pt 0cm; text-align: justify"><span style="font-size: 14pt; font-family: &quot;Times New Roman&quot;">{escape(t)}<o:p></o:p></span></p>\n<p class="MsoNormal">&nbsp;</p>'
        for t in (s.lead, *s.body)
    )
    return f"""<html>{head(s)}<body><form id="aspnetForm" action="detail.aspx"><input type="hidden" name="__VIEWSTATE" value="dDwtMTA4MzE0">
    <table width="980"><tr><td colspan="3">{menu("div")}</td></tr><tr><td width="180" valign="top">{links("Tin mới", "left-box")}</td>
    <td width="600" valign="top"><table width="100%"><tr><td class="Title">{escape(s.title)}</td></tr><tr><td class="Date"><i>(Cập nhật lúc 14:35, 12/03/2018)</i></td></tr>
    <tr><td class="Content"><table align="center"><tr><td><img src="d.jpg"></td></tr><tr><td align="center"><em>{CAPTION}</em></td></tr></table>{text}
    <p style="text-align:right"><b>Nguyễn Văn An</b></p></td></tr><tr><td>{share()}</td></tr></table>{links("Các tin khác", "others")}</td>
    <td width="200" valign="top"><table><tr><td>Thống kê truy cập</td></tr><tr><td>Đang truy cập: 12</td></tr></table></td></tr>
    <tr><td colspan="3">{footer()}</td></tr></table></form></body></html>"""


def nested_divs(s: Story) -> str:
    """No paragraph elements at all: a division for each, some levels deep."""
    return f"""<html>{head(s)}<body><div id="app"><div class="top">{menu("div")}</div><div class="wrap"><div class="col-left"><div class="post">
    <div class="post-title"><h1>{escape(s.title)}</h1></div><div class="post-meta">12/03/2018 | 14:35</div>
    <div class="post-sapo"><div>{escape(s.lead)}</div></div><div class="post-body"><div>{"".join(paragraphs(s.body, "div"))}</div></div>
    <div class="post-author">Nguyễn Văn An</div></div>{share()}{tags()}</div><div class="col-right">{links("Tin mới nhất", "box")}{teasers("Tiêu điểm", "box")}</div></div>{footer()}</div></body></html>"""


def line_breaks(s: Story) -> str:
    """One division whose paragraphs are told apart by two line breaks."""
    text = "<br><br>\n".join(map(escape, s.body))
    return f"""<html>{head(s)}<body>{menu()}<div class="container"><div class="content"><h1>{escape(s.title)}</h1>
    <div class="info">Thứ hai, 12/03/2018, 14:35 [GMT+7]</div><div class="summary"><b>{escape(s.lead)}</b></div>
    <div class="text" id="vnn-content">{text}<br><br><b>Nguyễn Văn An</b></div></div>{links("Tin, bài liên quan", "lien-quan")}</div>{footer()}</body></html>"""


def breaks_and_spans(s: Story) -> str:
    """Spans and single line breaks, a picture's table in between."""
    first, second = halves(s.body)
    picture = f'<table class="picture" align="center"><tbody><tr><td class="pic"><img src="e.jpg"></td></tr><tr><td class="caption">{CAPTION}</td></tr></tbody></table>'

    def spans(texts: tuple[str, ...]) -> str:
        return "<br/>".join(f"<span>{escape(t)}</span>" for t in texts)

    return f"""<html>{head(s)}<body><div>{menu("div")}</div><div id="main"><div id="article"><p class="headline">{escape(s.title)}</p>
    <span class="dateline">Ngày 12/03/2018</span><div class="body"><strong>{escape(s.lead)}</strong><br/>{spans(first)}{picture}{spans(second)}</div></div>
    {share()}{comments("comment-wrap")}</div>{footer()}</body></html>"""


def article_in_table(s: Story) -> str:
    """The whole article is one row a paragraph of a table."""
    rows = "".join(f"<tr><td>{escape(t)}</td></tr>" for t in (s.lead, *s.body))
    return f"""<html>{head(s)}<body>{menu("div")}<div id="center"><h2 class="tieude">{escape(s.title)}</h2><p class="ngay">12/03/2018 14:35</p>
    <table class="noidung" cellpadding="4"><tbody>{rows}</tbody></table></div>{links("Bài khác", "khac")}{footer()}</body></html>"""


def amp(s: Story) -> str:
    """An AMP page with a side menu, advertisements and structured data."""
    data = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": s.title,
        "datePublished": "2018-03-12T14:35:00+07:00",
        "description": s.lead,
        "author": {"@type": "Person", "name": "Nguyễn Văn An"},
    }
    ld = f'<script type="application/ld+json">{json.dumps(data, ensure_ascii=False)}</script>'
    first, second = halves(s.body)
    return f"""<!doctype html><html ⚡ lang="vi">{head(s, ld)}<body><amp-sidebar id="side" layout="nodisplay">{menu("div")}</amp-sidebar>
    <header><a href="/">{SITE}</a></header><article><h1>{escape(s.title)}</h1><div class="meta"><time datetime="2018-03-12T14:35:00+07:00">12/03/2018 14:35</time></div>
    <h2 class="sapo">{escape(s.lead)}</h2>{"".join(paragraphs(first))}<amp-img src="f.jpg" width="600" height="400"></amp-img><p class="caption">{CAPTION}</p>
    <amp-ad width="300" height="250" type="x">Quảng cáo</amp-ad>{"".join(paragraphs(second))}<p class="author">Nguyễn Văn An</p></article>
    <section class="related"><h3>Tin liên quan</h3>{"".join(f'<a href="/{i}">{h}</a>' for i, h in enumerate(HEADLINES))}</section>{footer()}</body></html>"""


def structured_data(s: Story) -> str:
    """The date stands in JSON-LD only, in a graph; the page has a bar of tags and an author box."""
    data = {
        "@context": "https://schema.org",
        "@graph": [
            {"@type": "WebSite", "name": SITE, "url": "https://locgiang.example"},
            {
                "@type": "NewsArticle",
                "headline": s.title,
                "datePublished": "2018-03-12T07:00:00+07:00",
                "dateModified": "2019-08-01T10:00:00+07:00",
            },
        ],
    }
    ld = f'<script type="application/ld+json">{json.dumps(data, ensure_ascii=False)}</script>'
    bio = '<div class="author-box"><img src="an.jpg"><h4>Nguyễn Văn An</h4><p>Phóng viên ban Xây dựng Đảng, theo dõi mảng tổ chức cán bộ từ năm 2009, tác giả của nhiều phóng sự dài kỳ.</p></div>'
    return f"""<html>{head(s, ld)}<body>{menu()}<main id="content"><div class="entry-header"><h1 class="entry-title">{escape(s.title)}</h1></div>
    <div class="entry-content"><p><strong>{escape(s.lead)}</strong></p>{"".join(paragraphs(s.body))}</div>{tags()}{bio}{share()}
    <nav class="post-navigation"><a href="/truoc">Bài trước: {HEADLINES[3]}</a><a href="/sau">Bài sau: {HEADLINES[4]}</a></nav></main>
    <aside class="widget-area">{links("Chuyên mục", "widget")}</aside>{footer()}</body></html>"""


def long_sidebar(s: Story) -> str:
    """A short article beside much prose of others."""
    return f"""<html>{head(s)}<body>{cookies()}{menu()}<div class="row"><div class="col-md-8"><h1 class="news-title">{escape(s.title)}</h1>
    <p class="news-date">12/03/2018 14:35:00</p><div class="news-content"><p class="sapo">{escape(s.lead)}</p>{"".join(paragraphs(s.body[:2]))}</div></div>
    <div class="col-md-4">{teasers("Tin nổi bật", "hot-news")}{teasers("Tin mới cập nhật", "latest")}</div></div>{comments("fb-comments")}{footer()}</body></html>"""


def magazine(s: Story) -> str:
    """A political journal: pull quotes, headings of sections, footnotes, a box of keywords."""
    first, second = halves(s.body)
    return f"""<html>{head(s)}<body><div class="header">{menu("div")}</div><div class="container"><div class="breadcrumb"><a href="/">Trang chủ</a> » <a href="/ll">Thực tiễn</a></div>
    <div class="news-detail"><h1>{escape(s.title)}</h1><p class="meta">NGUYỄN VĂN AN<br>Thứ hai, 12-3-2018 14:35</p>
    <div class="abstract"><em>{escape(s.lead)}</em></div><div class="detail"><h2>1. Những việc đã làm</h2>{"".join(paragraphs(first))}
    <h2>2. Những việc còn lại</h2>{"".join(paragraphs(second))}</div><div class="source">Nguồn: {SITE}</div></div>{links("Cùng chuyên mục", "same")}</div>{footer()}</body></html>"""


def sections(s: Story) -> str:
    """Text in sections of a page that scripts have built; notices and a form between them."""
    first, second = halves(s.body)
    form = '<form class="newsletter"><label>Nhận bản tin mỗi sáng: để lại địa chỉ thư điện tử, chúng tôi gửi bạn năm tin đáng đọc nhất.</label><input type="email"></form>'
    return f"""<html>{head(s)}<body><div id="__next"><header>{menu()}</header><main><section data-role="title"><h1>{escape(s.title)}</h1><span>12 tháng 3, 2018</span></section>
    <section data-role="lead"><p><b>{escape(s.lead)}</b></p></section><section data-role="text">{"".join(paragraphs(first))}</section>
    <section data-role="form">{form}</section><section data-role="text">{"".join(paragraphs(second))}</section></main>{comments("reader-comments")}</div>{footer()}</body></html>"""


def bold_questions(s: Story) -> str:
    """Paragraphs half in bold, links in mid-sentence, non-breaking spaces, empty paragraphs."""

    def dress(text: str) -> str:
        words = escape(text).split(" ")
        return f'<strong>{" ".join(words[:4])}</strong> <a href="/x">{" ".join(words[4:6])}</a>&nbsp;{" ".join(words[6:])}'

    text = "<p>&nbsp;</p>".join(f"<p>{dress(t)}</p>" for t in s.body)
    return f"""<html>{head(s)}<body>{menu()}<div class="main"><div class="post-detail"><h1>{escape(s.title)}</h1><div class="date">12/03/2018</div>
    <p><strong>{escape(s.lead)}</strong></p>{text}<p><em>Bài và ảnh: </em><strong>NGUYỄN VĂN AN</strong></p></div>{share()}{links("Tin bài liên quan", "rel")}</div>{footer()}</body></html>"""


def lead_above_title(s: Story) -> str:
    """The lead stands above the title; readers' letters below are marked by nothing but a word."""
    letters = "".join(
        f"<div><b>Bạn đọc {i}</b><div>{c}</div></div>" for i, c in enumerate(COMMENTS)
    )
    return f"""<html>{head(s)}<body>{menu()}<div id="page"><div class="chapo"><p>{escape(s.lead)}</p></div><h1>{escape(s.title)}</h1>
    <div class="txt">{"".join(paragraphs(s.body))}</div><h4>Ý kiến</h4>{letters}</div>{footer()}</body></html>"""


def plain_related(s: Story) -> str:
    """Lists of other articles set as paragraphs in the middle and at the end; no metadata."""
    first, second = halves(s.body)
    more = "<p><b>Tin liên quan:</b></p>" + "".join(
        f'<p>&gt;&gt; <a href="/{i}">{h}</a></p>' for i, h in enumerate(HEADLINES[:3])
    )
    return f"""<html><head><title>{escape(s.title)}</title></head><body>{menu()}<div class="a"><h1>{escape(s.title)}</h1><p class="lead">{escape(s.lead)}</p>
    {"".join(paragraphs(first))}{more}{"".join(paragraphs(second))}{more}</div>{footer()}</body></html>"""


def two_parts(s: Story) -> str:
    """An advertisement divides the article's containers."""
    first, second = halves(s.body)
    return f"""<html>{head(s)}<body>{menu()}<div class="x"><div class="hd"><h1>{escape(s.title)}</h1><p>{escape(s.lead)}</p></div><div class="part">{"".join(paragraphs(first))}</div>
    <div class="ads"><script>ad()</script>Quảng cáo</div><div class="part">{"".join(paragraphs(second))}</div></div>{links("Đọc thêm", "more")}{comments()}{footer()}</body></html>"""


def photo_essay(s: Story) -> str:
    """A picture and its caption, plain paragraphs both, behind every paragraph."""
    text = "".join(
        f'<p>{escape(t)}</p><p style="text-align:center"><img src="{i}.jpg"></p><p class="caption"><i>{CAPTION}</i></p>'
        for i, t in enumerate(s.body)
    )
    return f"""<html>{head(s)}<body>{menu()}<div class="post"><h1>{escape(s.title)}</h1><p><b>{escape(s.lead)}</b></p>{text}</div>{footer()}</body></html>"""


def next_article(s: Story) -> str:
    """A page without an end: the next article follows."""
    other = next(x for x in stories() if x != s)

    def article(x: Story) -> str:
        return f'<article><h1>{escape(x.title)}</h1><h2 class="sapo">{escape(x.lead)}</h2>{"".join(paragraphs(x.body))}</article>'

    return f"""<html>{head(s)}<body>{menu()}<main>{article(s)}<div class="next">Bài tiếp theo</div>{article(other)}</main>{footer()}</body></html>"""


def card_in_text(s: Story) -> str:
    """One other article is announced amid the text, all of it a link."""
    first, second = halves(s.body)
    card = f'<div class="embed"><a href="/k.html"><img src="k.jpg"><h4>{HEADLINES[1]}</h4><p>{TEASERS[1]}</p></a></div>'
    return f"""<html>{head(s)}<body>{menu()}<article><header><h1>{escape(s.title)}</h1><p class="desc">{escape(s.lead)}</p></header>
    <section>{"".join(paragraphs(first))}{card}{"".join(paragraphs(second))}</section><footer>Nguồn: {SITE}</footer></article>{footer()}</body></html>"""


def blog(s: Story) -> str:
    """A weblog: divisions with breaks between them, an archive beside it."""
    text = "<div><br/></div>".join(paragraphs((s.lead, *s.body), "div"))
    return f"""<html><head><title>{escape(s.title)} | Blog quê</title></head><body><div class="main"><h3 class="post-title">{escape(s.title)}</h3><div class="post-body">{text}</div>
    <div class="post-footer">Posted by An at 14:35</div></div><div class="sidebar"><h2>Blog Archive</h2>{links("Popular Posts", "pop")}</div></body></html>"""


def text_nodes(s: Story) -> str:
    """Elements of the nineties: bare text between empty paragraphs, inside ``<font>``."""
    return f"""<html>{head(s)}<body>{menu()}<table><tr><td><font size="5">{escape(s.title)}</font><br><font color="gray">12/03/2018</font><hr><font face="Arial"><b>{escape(s.lead)}</b>
    <p></p>{"<p></p>".join(map(escape, s.body))}</font></td><td>{teasers("Tin nóng", "hot")}</td></tr></table>{footer()}</body></html>"""


def contents_box(s: Story) -> str:
    """A player, a table of contents, a call to subscribe, recommended articles."""
    contents = '<div class="toc"><b>Nội dung chính</b><ul><li><a href="#a">Phần một của bài viết này</a></li><li><a href="#b">Phần hai của bài viết này</a></li></ul></div>'
    call = f'<p class="cta">Mời bạn đọc theo dõi {SITE} trên Zalo để cập nhật tin mới nhất mỗi ngày.</p>'
    return f"""<html>{head(s)}<body>{menu()}<div class="detail"><h1>{escape(s.title)}</h1><div class="audio">Nghe bài viết <button>Play</button> 1x</div><p class="sapo">{escape(s.lead)}</p>
    {contents}{"".join(paragraphs(s.body))}{call}</div>{teasers("Có thể bạn quan tâm", "rec")}{comments("cmt")}{footer()}</body></html>"""


def glued_spans(s: Story) -> str:
    """A mobile page whose title, time and lead only a style sheet sets apart."""
    items = "".join(
        f'<a class="it" href="/t{i}.html"><span class="img"></span><span class="tt">{h}</span></a>'
        for i, h in enumerate(HEADLINES)
    )
    return f"""<html>{head(s)}<body><div class="m-head"><span>{SITE}</span></div><div class="m-cont"><span class="m-title">{escape(s.title)}</span><span class="m-time">14:35 | 12/03/2018</span>
    <span class="m-lead">{escape(s.lead)}</span><div class="m-text">{"".join(paragraphs(s.body, "div"))}</div></div>{items}{footer()}</body></html>"""


LAYOUTS: tuple[Callable[[Story], str], ...] = (
    daily,
    related_in_text,
    agency_lead,
    old_portal,
    nested_divs,
    line_breaks,
    breaks_and_spans,
    article_in_table,
    amp,
    structured_data,
    long_sidebar,
    magazine,
    sections,
    bold_questions,
    lead_above_title,
    plain_related,
    two_parts,
    photo_essay,
    next_article,
    card_in_text,
    blog,
    text_nodes,
    contents_box,
    glued_spans,
)
# What is not solved: letters of readers that no class or heading marks, and lines that only a
# style sheet parts. Least paragraph F1.
UNSOLVED = {lead_above_title: 0.8, glued_spans: 0.8}
UNDATED = {
    lead_above_title,
    plain_related,
    two_parts,
    photo_essay,
    next_article,
    card_in_text,
    blog,
    contents_box,
    glued_spans,
}
UNDESCRIBED = {plain_related, blog, glued_spans}


def expected(layout: Callable[[Story], str], s: Story) -> tuple[str, ...]:
    if layout is long_sidebar:
        return (s.lead, *s.body[:2])
    if layout is magazine:
        first, second = halves(s.body)
        return (s.lead, "1. Những việc đã làm", *first, "2. Những việc còn lại", *second)
    return (s.lead, *s.body)


def read(path: Path, page: str) -> Document:
    path.write_text(page, encoding="utf-8")
    (document,) = read_inputs([path])
    assert isinstance(document, Document), document
    return document


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.__name__)
def test_layouts(tmp_path: Path, layout: Callable[[Story], str]) -> None:
    for story in stories():
        document = read(tmp_path / "a.html", layout(story))
        want = expected(layout, story)
        if layout in UNSOLVED:
            common = (Counter(want) & Counter(document.paragraphs)).total()
            f1 = 2 * common / (len(want) + len(document.paragraphs))
            assert UNSOLVED[layout] <= f1 < 1, "solved now: take it off the list"
        else:
            assert document.paragraphs == want
        assert document.title == story.title
        assert document.date == (None if layout in UNDATED else DATE)
        assert document.lead == (None if layout in UNDESCRIBED else story.lead)


def test_a_day_in_title_or_text_is_no_publication_date(tmp_path: Path) -> None:
    first, second, _ = stories()
    title = "Nhìn lại đợt kiểm tra ngày 05/06/2015"
    page = f"<html><body><h1>{title}</h1><p>{first.lead}</p><p>Ngày 7/8/2016. {second.lead}</p></body></html>"
    assert read(tmp_path / "a.html", page).date is None


def test_only_the_day_of_publication_counts(tmp_path: Path) -> None:
    story = stories()[0]
    data = '<script type="application/ld+json">{"dateModified": "2020-01-01", "datePublished":"2018-03-12T23:59:00+07:00"}</script>'
    page = f"<html>{head(story, data)}<body><h1>{story.title}</h1>{''.join(paragraphs(story.body))}</body></html>"
    assert read(tmp_path / "a.html", page).date == DATE


def test_a_description_that_the_page_does_not_show_is_no_lead(tmp_path: Path) -> None:
    story = stories()[0]
    page = f"<html>{head(story)}<body><h1>{story.title}</h1>{''.join(paragraphs(story.body))}</body></html>"
    document = read(tmp_path / "a.html", page)
    assert document.lead is None
    assert document.paragraphs == story.body


def test_an_abridged_description_gives_the_whole_lead(tmp_path: Path) -> None:
    story = stories()[0]
    cut = escape(story.lead[:150].rsplit(" ", 1)[0] + "...")
    page = daily(story).replace(f'content="{escape(story.lead)}"', f'content="{cut}"')
    assert read(tmp_path / "a.html", page).lead == story.lead


def test_a_page_that_is_a_list_of_articles_is_kept(tmp_path: Path) -> None:
    page = f"<html><body>{menu()}{teasers('Tin mới', 'list')}</body></html>"
    assert TEASERS[0] in read(tmp_path / "a.html", page).paragraphs
