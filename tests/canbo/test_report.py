import base64
import hashlib
import json
import os
import re
import shutil
import subprocess
import tracemalloc
from dataclasses import replace
from html.parser import HTMLParser
from importlib.resources import files
from urllib.parse import quote

import pytest
import yaml

from canbo import report
from canbo.data.themes import Theme, ThemeScheme, load_theme_scheme
from canbo.palette import DARK_PAPER, LIGHT_PAPER, contrast_ratio, readable_color
from canbo.report import ReportError, write_report

SCHEME = load_theme_scheme()
ROTATION, TRAINING, EVALUATION = "rotation", "training", "evaluation"
ATTACK = (
    "</script><script>document.title='pwned'</script>"
    "<img src=x onerror=\"document.title='pwned'\"><!-- <script> \u2028 & '"
)


def evidence(theme, text, words):
    start = text.index(words)
    return {"theme": theme, "start": start, "end": start + len(words), "text": words}


def paragraph(text, *themes, spans=()):
    scores = {t: 0.925 if t in themes else 0.014 for t in SCHEME.ids}
    return {"text": text, "themes": list(themes), "scores": scores, "evidence": list(spans)}


def document(doc_id, *paragraphs, **changes):
    return {
        "schema": 1,
        "id": doc_id,
        "source": f"{doc_id}.txt",
        "title": f"Bài {doc_id}",
        "abstract": {"text": "Một câu.", "method": "abstractive", "unsupported": []},
        "themes": {},
        "paragraphs": [{"index": i, **p} for i, p in enumerate(paragraphs)],
        **changes,
    }


def write_lines(path, values):
    text = "".join(json.dumps(value, ensure_ascii=False) + "\n" for value in values)
    path.write_text(text, encoding="utf-8", errors="surrogatepass")


def written(folder, documents, language="vi", scheme=SCHEME):
    write_lines(folder / "documents.jsonl", documents)
    return Page(write_report(folder, scheme, language).read_text(encoding="utf-8"))


class Page(HTMLParser):
    """What a browser's parser sees: tags, visible text, and text by id."""

    VOID = ("meta", "input", "br", "img", "link", "rect")

    def __init__(self, source):
        super().__init__()
        self.source = source
        self.tags = []
        self.by_id = {}
        self.scripts = []
        self.styles = []
        self.words = []
        self._open = []
        self.feed(source)
        self.text = " ".join(" ".join(self.words).split())

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        self.tags.append((tag, attributes))
        if tag == "script":
            self.scripts.append([attributes, ""])
        if tag == "style":
            self.styles.append("")
        if tag not in self.VOID:
            self._open.append((tag, attributes.get("id")))

    def handle_endtag(self, tag):
        if tag not in self.VOID:
            assert self._open.pop()[0] == tag, f"</{tag}> closes another element"

    def handle_data(self, data):
        inside = self._open[-1][0] if self._open else ""
        if inside == "script":
            self.scripts[-1][1] += data
        elif inside == "style":
            self.styles[-1] += data
        else:
            self.words.append(data)
        for _, element_id in self._open:
            if element_id:
                self.by_id[element_id] = self.by_id.get(element_id, "") + data

    @property
    def documents(self):
        return json.loads(self.by_id["data"])


# Six paragraphs, worked out by hand: rotation 1, 2, 4; training 2; evaluation 4, 5; none 3, 6.
SAMPLE = [
    document("a", paragraph("Một.", ROTATION), paragraph("Hai.", ROTATION, TRAINING)),
    document(
        "b",
        paragraph("Ba."),
        paragraph("Bốn.", EVALUATION, ROTATION),
        abstract={"text": "Câu.", "method": "extractive", "unsupported": []},
    ),
    document(
        "c",
        paragraph("Năm.", EVALUATION),
        paragraph("Sáu."),
        abstract={"text": "Năm 2015.", "method": "abstractive", "unsupported": ["2015"]},
    ),
]


def test_headline_counts_all_documents(tmp_path):
    page = written(tmp_path, SAMPLE)
    assert "Đã đọc 3 bài, tổng cộng 6 đoạn. 66,7% số đoạn thuộc ít nhất một chủ đề." in page.text
    assert "Chủ đề gặp nhiều nhất là Luân chuyển: 3 đoạn, trong 2 bài." in page.text
    assert "Phần tóm tắt: 2 do mô hình viết hoặc viết lại, 1 gồm các câu trích" in page.text
    assert "1 bài có chi tiết trong phần tóm tắt không tìm thấy trong bài" in page.text


def test_bars_are_sorted_and_state_their_numbers(tmp_path):
    page = written(tmp_path, SAMPLE)
    bars = page.by_id["bars-text"].split(". ")
    assert bars[:3] == [
        "Luân chuyển: 3 đoạn (50,0%), trong 2 bài",
        "Đánh giá: 2 đoạn (33,3%), trong 2 bài",
        "Đào tạo - bồi dưỡng: 1 đoạn (16,7%), trong 1 bài",
    ]
    widths = [
        (a["class"], a["width"])
        for t, a in page.tags
        if t == "rect" and "bar" in a["class"].split()
    ]
    assert widths[:3] == [("bar t0", "460.0"), ("bar t2", "306.7"), ("bar t1", "153.3")]


def test_heat_map_counts_pairs_and_lone_themes(tmp_path):
    cells = written(tmp_path, SAMPLE).by_id["heat-text"].split(". ")
    assert "Chỉ riêng Luân chuyển: 1 đoạn" in cells
    assert "Chỉ riêng Đánh giá: 1 đoạn" in cells
    assert "Chỉ riêng Đào tạo - bồi dưỡng: 0 đoạn" in cells
    assert "Đào tạo - bồi dưỡng và Luân chuyển: 1 đoạn" in cells
    assert "Đánh giá và Luân chuyển: 1 đoạn" in cells
    assert "Đánh giá và Đào tạo - bồi dưỡng: 0 đoạn" in cells
    assert len([cell for cell in cells if cell.strip(" .")]) == 15  # 5 themes alone and 10 pairs


def test_english_page(tmp_path):
    page = written(tmp_path, [*SAMPLE, document("d", *[paragraph("x")] * 1200)], "en")
    assert "4 documents read, 1,206 paragraphs in all. 0.3% of the paragraphs" in page.text
    assert "Evaluation: 2 paragraphs (0.2%), in 2 documents" in page.by_id["bars-text"]
    assert "Training: 1 paragraph (0.1%), in 1 document." in page.by_id["bars-text"]
    assert ("html", {"lang": "en"}) in page.tags
    chrome = page.source[: page.source.index('id="data"')]
    assert not re.search("[ạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹđ]", chrome.lower())


def test_paragraphs_to_check_are_counted_and_can_be_filtered(tmp_path):
    doubted = {**paragraph("Bốn.", ROTATION), "uncertain": ["evaluation", "rotation"]}
    page = written(tmp_path, [*SAMPLE, document("d", doubted, paragraph("Năm."))], "en")
    assert page.documents[3]["paragraphs"][0]["uncertain"] == [
        SCHEME.ids.index("rotation"),
        SCHEME.ids.index("evaluation"),
    ]
    assert "not sure of a theme in 1 paragraph," in page.text
    assert "Only documents with paragraphs to check" in page.text
    assert ("input", {"id": "doubt", "type": "checkbox"}) in page.tags


def test_without_paragraphs_to_check_nothing_is_said_of_them(tmp_path):
    page = written(tmp_path, SAMPLE, "en")
    assert "not sure" not in page.text
    assert not any(attributes.get("id") == "doubt" for _, attributes in page.tags)


def test_overlapping_evidence_is_cut_into_segments_with_all_their_themes(tmp_path):
    # "😀" is one character here and two in JavaScript: what follows it must not shift.
    text = "😀 Tỉnh luân chuyển cán bộ đã được đào tạo về xã."
    spans = [
        evidence(TRAINING, text, "cán bộ đã được đào tạo"),
        evidence(ROTATION, text, "luân chuyển cán bộ"),
        evidence(ROTATION, text, "luân chuyển"),
    ]
    page = written(tmp_path, [document("a", paragraph(text, ROTATION, TRAINING, spans=spans))])
    assert page.documents[0]["paragraphs"][0] == {
        "themes": [0, 1],
        "scores": [925, 925, 14, 14, 14],
        "uncertain": [],
        "segments": [
            ["😀 Tỉnh ", []],
            ["luân chuyển ", [0]],
            ["cán bộ", [0, 1]],
            [" đã được đào tạo", [1]],
            [" về xã.", []],
        ],
    }


def test_evidence_over_a_whole_paragraph_is_one_segment(tmp_path):
    text = "Luân chuyển."
    spans = [evidence(ROTATION, text, text)]
    page = written(tmp_path, [document("a", paragraph(text, ROTATION, spans=spans))])
    assert page.documents[0]["paragraphs"][0]["segments"] == [["Luân chuyển.", [0]]]


def hostile_folder(folder):
    text = ATTACK + " luân chuyển"
    spans = [evidence(ROTATION, text, ATTACK)]
    hostile = document(
        ATTACK,
        paragraph(text, ROTATION, spans=spans),
        source=ATTACK,
        title=ATTACK,
        abstract={"text": f"Nói {ATTACK}.", "method": "abstractive", "unsupported": [ATTACK]},
        abstracts_by_theme=[
            {"theme": ROTATION, "text": ATTACK, "method": "abstractive", "unsupported": [ATTACK]}
        ],
        lead=ATTACK,
        date=ATTACK,
    )
    hostile["paragraphs"][0]["uncertain"] = [TRAINING]
    hostile["paragraphs"][0]["evidence"][0]["text"] = ATTACK
    named = [
        replace(
            t, name=dict.fromkeys(t.name, ATTACK), definition=dict.fromkeys(t.definition, ATTACK)
        )
        for t in SCHEME.themes
    ]
    write_lines(folder / "documents.jsonl", [hostile])
    error = {"source": ATTACK, "line": ATTACK, "error": ATTACK, "message": ATTACK}
    write_lines(folder / "errors.jsonl", [error])
    run = {
        "date": ATTACK,
        "versions": {ATTACK: ATTACK},
        "models": {ATTACK: {"source": ATTACK, "sha256": ATTACK}, "classifier": ATTACK},
        "config": {ATTACK: ATTACK},
        "seconds": {ATTACK: ATTACK},
    }
    (folder / "run.json").write_text(json.dumps(run), encoding="utf-8")
    return write_report(folder, ThemeScheme(name=ATTACK, themes=tuple(named)))


def test_hostile_text_stays_text(tmp_path):
    page = Page(hostile_folder(tmp_path).read_text(encoding="utf-8"))
    ids = [attributes.get("id") for attributes, _ in page.scripts]
    assert ids == ["settings", "data", None]
    tags = {tag for tag, _ in page.tags}
    assert "img" not in tags
    assert not [a for _, a in page.tags for name in a if name.startswith("on") or name == "style"]
    for block in ("settings", "data"):
        assert not set("<>&\u2028\u2029") & set(page.by_id[block])
    [held] = page.documents
    assert held["title"] == held["id"] == held["source"] == held["date"] == ATTACK
    assert held["paragraphs"][0]["uncertain"] == [SCHEME.ids.index(TRAINING)]
    assert held["paragraphs"][0]["segments"][0] == [ATTACK, [0]]
    assert json.loads(page.by_id["settings"])["themes"][4]["name"] == ATTACK


def test_csp_allows_only_the_page_s_own_style_and_script(tmp_path):
    page = written(tmp_path, SAMPLE)
    [policy] = [a["content"] for t, a in page.tags if t == "meta" and "http-equiv" in a]

    def digest(text):
        return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()

    [script] = [text for attributes, text in page.scripts if not attributes]
    assert policy == (
        f"default-src 'none'; script-src 'sha256-{digest(script)}'; "
        f"style-src 'sha256-{digest(page.styles[0])}'; base-uri 'none'; form-action 'none'"
    )
    head = [t for t, _ in page.tags]
    assert head.index("meta") < head.index("style") < head.index("script")


def test_the_page_names_no_other_place(tmp_path):
    page = written(tmp_path, SAMPLE)
    assert not [a for t, a in page.tags if "src" in a or t in ("link", "iframe", "object", "base")]
    links = {a["href"] for t, a in page.tags if t == "a"}
    assert links == {"documents.jsonl"}
    addresses = set(re.findall(r"https?://[^\"' ]+", page.source))
    assert addresses == {"http://www.w3.org/2000/svg"}  # a namespace, never fetched
    assert "url(" not in page.source
    assert "@import" not in page.source


def test_script_writes_no_html():
    script = (files("canbo") / "templates" / "report.js").read_text(encoding="utf-8")
    assert not re.search(
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|Function\(", script
    )


def test_documents_over_the_cap_are_counted_but_left_out(tmp_path, monkeypatch):
    monkeypatch.setattr(report, "MAX_DOCUMENTS", 2)
    page = written(tmp_path, SAMPLE)
    assert [item["id"] for item in page.documents] == ["a", "b"]
    assert (
        "Trang này chỉ hiển thị 2 bài đầu tiên; 1 bài còn lại nằm trong tệp documents.jsonl "
        "cùng thư mục. Các con số và biểu đồ tính trên toàn bộ 3 bài." in page.text
    )
    assert "Đánh giá: 2 đoạn (33,3%), trong 2 bài" in page.by_id["bars-text"]


def test_no_line_on_left_out_documents_when_none_are(tmp_path, monkeypatch):
    monkeypatch.setattr(report, "MAX_DOCUMENTS", 3)
    page = written(tmp_path, SAMPLE)
    assert len(page.documents) == 3
    assert "bài đầu tiên" not in page.text


def test_documents_over_the_size_cap_are_left_out(tmp_path, monkeypatch):
    monkeypatch.setattr(report, "MAX_EMBEDDED_CHARACTERS", 1000)
    page = written(tmp_path, [SAMPLE[0], document("big", paragraph("x" * 2000)), SAMPLE[1]])
    assert [item["id"] for item in page.documents] == ["a"]


def test_memory_does_not_grow_with_the_documents(tmp_path, monkeypatch):
    monkeypatch.setattr(report, "MAX_DOCUMENTS", 200)
    text = "Huyện ủy luân chuyển cán bộ về xã. " * 100

    def peak_bytes(documents):
        lines = (document(str(i), paragraph(text, ROTATION)) for i in range(documents))
        write_lines(tmp_path / "documents.jsonl", lines)
        tracemalloc.start()
        path = write_report(tmp_path, SCHEME)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert f"Đã đọc {documents // 1000}.000 bài" in path.read_text(encoding="utf-8")
        return peak

    peak_bytes(1000)  # what is loaded once stays out of the comparison
    assert peak_bytes(3000) < peak_bytes(1000) + 200_000


def test_errors_are_listed_and_counted(tmp_path, monkeypatch):
    monkeypatch.setattr(report, "MAX_ERRORS", 1)
    errors = [
        {"source": "a.jsonl", "line": 7, "error": "json", "message": "Not JSON; mend it."},
        {"source": "b.txt", "line": None, "error": "encoding", "message": "Not UTF-8."},
    ]
    write_lines(tmp_path / "errors.jsonl", errors)
    page = written(tmp_path, SAMPLE)
    assert "Tệp Dòng Lỗi Chi tiết a.jsonl 7 json Not JSON; mend it." in page.text
    assert "Not UTF-8" not in page.text
    assert "Còn 1 lỗi nữa trong tệp errors.jsonl cùng thư mục." in page.text
    assert "Lỗi khi đọc 2" in page.text


def test_no_error_section_without_errors(tmp_path):
    (tmp_path / "errors.jsonl").touch()
    page = written(tmp_path, SAMPLE)
    assert "errors" not in page.by_id
    assert "Lỗi khi đọc 0" in page.text


def test_foot_tells_what_run_json_holds(tmp_path):
    run = {
        "date": "2026-01-05T08:03:09+07:00",
        "versions": {"canbo": "0.1.0", "torch": "2.13.0"},
        "models": {"classifier": {"source": "models/a", "sha256": "ab12"}, "summarizer": None},
        "config": {"tasks": ["themes"]},
        "seconds": {"read": 1.25, "themes": 1200, "ours": 2.0},
    }
    (tmp_path / "run.json").write_text(json.dumps(run), encoding="utf-8")
    text = written(tmp_path, SAMPLE).text
    assert "Thời điểm 08:03, ngày 5/1/2026 (UTC+07:00)" in text
    assert "Phân loại chủ đề models/a SHA-256 ab12" in text
    assert "Viết tóm tắt" not in text
    assert "Phiên bản canbo 0.1.0, torch 2.13.0" in text
    assert "Thời gian xử lý đọc bài 1,2 giây, phân loại 1.200 giây, ours 2,0 giây" in text
    assert '"tasks": [ "themes" ]' in text


def test_a_run_without_themes_shows_no_plots_and_one_without_abstracts_no_note(tmp_path):
    bare = {"index": 0, "text": "Một đoạn."}
    page = written(tmp_path, [document("a", abstract=None) | {"paragraphs": [bare]}])
    assert "bars-text" not in page.by_id
    assert "Phần tóm tắt" not in page.text
    assert "Đã đọc 1 bài, tổng cộng 1 đoạn." in page.text
    assert page.documents[0]["abstract"] is None
    assert page.documents[0]["paragraphs"] == [
        {"themes": [], "scores": [], "uncertain": [], "segments": [["Một đoạn.", []]]}
    ]


def test_a_run_that_read_nothing(tmp_path):
    page = written(tmp_path, [])
    assert page.documents == []
    assert "Không có bài nào được đọc." in page.text


def test_lone_surrogates_do_not_stop_the_report(tmp_path):
    (tmp_path / "documents.jsonl").write_text(
        json.dumps(document("a", paragraph("x\ud800y"), title="\udcff")), encoding="utf-8"
    )
    source = write_report(tmp_path, SCHEME).read_text(encoding="utf-8")
    assert r'["x\ud800y",[]]' in source


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"schema": 2}, "schema 2 where this canbo reads 1"),
        ({"paragraphs": [paragraph("x", "harvest")]}, "theme 'harvest' is not in the scheme"),
        (
            {
                "paragraphs": [
                    paragraph("ngắn")
                    | {"evidence": [{"theme": ROTATION, "start": 2, "end": 5, "text": "ắn?"}]}
                ]
            },
            "evidence 2:5 lies outside its paragraph of 4",
        ),
        ({"paragraphs": [paragraph("x") | {"scores": {ROTATION: 1.5}}]}, "score 1.5 is not"),
        ({"paragraphs": [paragraph("x") | {"scores": {ROTATION: float("nan")}}]}, "score nan"),
        ({"paragraphs": [{"index": 0}]}, "no field 'text'"),
        ({"abstract": {"text": "x", "method": "magic"}}, "abstract.method 'magic'"),
    ],
)
def test_a_line_that_breaks_the_contract_is_named(tmp_path, change, message):
    write_lines(tmp_path / "documents.jsonl", [SAMPLE[0], document("b") | change])
    with pytest.raises(ReportError, match=rf"documents\.jsonl:2: .*{re.escape(message)}"):
        write_report(tmp_path, SCHEME)
    assert not (tmp_path / "report.html").exists()


def test_a_line_cut_off_is_named(tmp_path):
    write_lines(tmp_path / "documents.jsonl", SAMPLE)
    path = tmp_path / "documents.jsonl"
    path.write_text(path.read_text(encoding="utf-8")[:-40], encoding="utf-8")
    with pytest.raises(ReportError, match=r"documents\.jsonl:3: not valid JSON"):
        write_report(tmp_path, SCHEME)


@pytest.mark.parametrize("name", ["documents", "errors"])
def test_a_line_cut_off_within_a_letter_is_named(tmp_path, name):
    write_lines(tmp_path / "documents.jsonl", SAMPLE)
    path = tmp_path / f"{name}.jsonl"
    path.write_bytes('{"title": "Đ'.encode()[:-1])
    with pytest.raises(ReportError, match=rf"{name}\.jsonl:1: not UTF-8 .* start it again with"):
        write_report(tmp_path, SCHEME)


def test_missing_documents_are_named(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"documents\.jsonl: no such file; give the folder"):
        write_report(tmp_path, SCHEME)


def test_a_colour_that_is_css_is_refused(tmp_path):
    theme = Theme("x", {"vi": "X", "en": "X"}, "red;}</style>", {"vi": "X", "en": "X"}, "x")
    with pytest.raises(ValueError, match="must be of the form"):
        written(tmp_path, [], scheme=ThemeScheme("s", (theme,)))


@pytest.mark.parametrize("paper", [LIGHT_PAPER, DARK_PAPER])
@pytest.mark.parametrize("color", [*(t.color for t in SCHEME.themes), "#ffffff", "#ffff00"])
def test_theme_colours_can_be_read_on_the_paper(color, paper):
    assert contrast_ratio(readable_color(color, paper), paper) >= 4.5


def test_contrast_ratio():
    assert contrast_ratio("#000000", "#ffffff") == pytest.approx(21)
    assert contrast_ratio("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)  # known from WCAG
    assert readable_color("#1b6ca8", "#ffffff") == "#1b6ca8"


def test_words_are_complete_and_all_used():
    templates = files("canbo") / "templates"
    words = yaml.safe_load((templates / "report.yaml").read_text(encoding="utf-8"))
    fields = re.compile(r"\{(\w+)\}")
    for key, text in words.items():
        assert set(text) == {"vi", "en"}, key
        assert set(fields.findall(text["vi"])) == set(fields.findall(text["en"])), key
    pages = [path for path in templates.iterdir() if path.name.endswith(".jinja")]
    page = "".join(path.read_text(encoding="utf-8") for path in pages)
    script = (templates / "report.js").read_text(encoding="utf-8")
    said = set(re.findall(r'say\(\s*"(\w+)"', page + script))
    by_name = {key for key in words if key.startswith(("model_", "stage_"))}
    by_name |= {"abstractive", "extractive"}
    assert said | by_name == set(words)


# ---- in a browser

CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
in_browser = pytest.mark.skipif(CHROMIUM is None, reason="no chromium or google-chrome on PATH")


def dom(path, profile, **address):
    """The page's document after its script has run, at ``path#name=value&...``."""
    url = path.as_uri() + "#" + "&".join(f"{k}={quote(v)}" for k, v in address.items())
    command = [CHROMIUM, "--headless", "--disable-gpu", "--no-first-run", "--disable-sync"]
    command += ["--disable-background-networking", "--disable-component-update"]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        command.append("--no-sandbox")  # Chromium's sandbox refuses to run as root
    command += [f"--user-data-dir={profile}", "--dump-dom", url]
    done = subprocess.run(command, capture_output=True, timeout=120, check=True)
    return Page(done.stdout.decode())


@in_browser
def test_browser_runs_no_injected_script(tmp_path):
    page = dom(hostile_folder(tmp_path), tmp_path / "profile", doc=ATTACK)
    title = next(word for word in page.words if word.strip())
    assert title.startswith("Chủ đề và tóm tắt")
    assert len(page.scripts) == 3
    assert "img" not in {tag for tag, _ in page.tags}
    article = page.by_id["documents"]
    # Date, source, title, abstract, its list, the evidence, and names of themes: of the held one,
    # and of the held and the doubted one beside the paragraph.
    assert article.count(ATTACK) >= 9
    assert "cần xem lại" in article
    shown = "".join(page.words)
    # Of errors four fields; of the run its date, versions, models, config and seconds.
    assert page.by_id["errors"].count(ATTACK) == 4
    assert shown.count(ATTACK) > article.count(ATTACK) + 4 + 2 * len(SCHEME)
    addresses = [a[name] for _, a in page.tags for name in ("href", "src", "action") if name in a]
    assert all(x.startswith("#") or x in ("documents.jsonl", "errors.jsonl") for x in addresses)
    assert not [a for _, a in page.tags for name in a if name.startswith("on")]


@in_browser
@pytest.mark.parametrize(
    "attack", ["javascript:document.title='pwned'", "x' onclick='y", "&lt;b&gt;"]
)
def test_browser_shows_what_looks_like_markup_as_it_is(tmp_path, attack):
    text = f"{attack} luân chuyển"
    hostile = document(attack, paragraph(text, ROTATION), source=attack, title=attack, date=attack)
    write_lines(tmp_path / "documents.jsonl", [hostile])
    page = dom(write_report(tmp_path, SCHEME), tmp_path / "profile", doc=attack)
    article = page.by_id["documents"]
    assert article.count(attack) == 4  # Date, source with the id in it, title, paragraph.
    links = [a["href"] for t, a in page.tags if t == "a"]
    assert all(link.startswith("#doc=") or link == "documents.jsonl" for link in links)
    assert not [name for _, a in page.tags for name in a if name.startswith("on")]


@in_browser
def test_browser_shows_a_document_with_its_evidence(tmp_path):
    text = "Tỉnh luân chuyển cán bộ đã được đào tạo về xã."
    spans = [
        evidence(ROTATION, text, "luân chuyển cán bộ"),
        evidence(TRAINING, text, "cán bộ đã được đào tạo"),
    ]
    abstract = {
        "text": "Năm 2015 có 5 người, như 2012-2013.",
        "method": "extractive",
        "unsupported": ["5", "2012-2013"],
    }
    opened = document(
        "b",
        paragraph(text, ROTATION, TRAINING, spans=spans),
        paragraph("Trời mưa."),
        abstract=abstract,
    )
    write_lines(tmp_path / "documents.jsonl", [SAMPLE[0], opened])
    page = dom(write_report(tmp_path, SCHEME), tmp_path / "profile", doc="b")
    marks = [a for t, a in page.tags if t == "mark" and a["class"] == "evidence"]
    assert [mark["title"] for mark in marks] == [
        "Luân chuyển (92,5%)",
        "Luân chuyển (92,5%) · Đào tạo - bồi dưỡng (92,5%)",
        "Đào tạo - bồi dưỡng (92,5%)",
    ]
    keys = [a["data-keys"] for _, a in page.tags if "data-keys" in a]
    assert keys == ["1", "1,2", "2"]
    for number, mark in zip((1, 2, 1), marks, strict=True):
        assert mark["style"].count("linear-gradient") == number + 1  # the lines and the tint
    # "5" is marked where it stands alone, not inside 2015
    wavy = [a for t, a in page.tags if t == "mark" and a["class"] == "unsupported"]
    assert len(wavy) == 2
    shown = " ".join(page.by_id["documents"].split())
    assert "Năm 2015 có 5 người, như 2012-2013.Trích câu từ bài" in shown
    assert "Không tìm thấy trong bài: “5”, “2012-2013”" in shown
    assert "(2 đoạn, 1 đoạn có chủ đề)" in shown
    classes = [a["class"] for t, a in page.tags if t == "li" and "paragraph" in a.get("class", "")]
    assert classes == ["paragraph", "paragraph none"]  # only the document asked for is open


FOUND = [
    document("a", paragraph("Huyện Luân Chuyển cán bộ.", ROTATION)),
    document("b", paragraph("Đường về bản.", TRAINING)),
    document("c", paragraph("Không có gì.", ROTATION, TRAINING)),
]


@in_browser
@pytest.mark.parametrize(
    ("address", "ids"),
    [
        ({"q": "luan chuyen"}, ["a"]),
        ({"q": "LUÂN chuyển"}, ["a"]),
        ({"q": "duong ve"}, ["b"]),
        ({"q": "khong thay"}, []),
        ({"theme": "rotation"}, ["a", "c"]),
        ({"theme": "rotation,training"}, ["a", "b", "c"]),
        ({"theme": "rotation,training", "match": "all"}, ["c"]),
        ({"theme": "training", "q": "ban"}, ["b"]),
    ],
)
def test_browser_filters(tmp_path, address, ids):
    write_lines(tmp_path / "documents.jsonl", FOUND)
    page = dom(write_report(tmp_path, SCHEME), tmp_path / "profile", **address)
    links = [a["href"] for t, a in page.tags if t == "a" and a["href"].startswith("#doc=")]
    assert links == [f"#doc={i}" for i in ids]
    assert page.by_id["shown"] == f"{len(ids)} trong 3 bài khớp"
    assert ("Không có bài nào khớp" in page.by_id["documents"]) == (not ids)


@in_browser
def test_browser_shows_fifty_documents_at_a_time(tmp_path):
    write_lines(
        tmp_path / "documents.jsonl", [document(str(i), paragraph("x")) for i in range(120)]
    )
    page = dom(write_report(tmp_path, SCHEME), tmp_path / "profile")
    assert [t for t, _ in page.tags].count("article") == 50
    assert page.by_id["more"] == "Xem thêm 50 bài"
    page = dom(write_report(tmp_path, SCHEME), tmp_path / "profile", doc="70")
    assert [t for t, _ in page.tags].count("article") == 100
    assert page.by_id["more"] == "Xem thêm 20 bài"
