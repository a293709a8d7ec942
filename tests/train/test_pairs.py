"""Sentences and their rewrites: aligned ones of invented articles, and written ones."""

import json

import pytest

from canbo.data.documents import Document
from canbo.data.rewrites import RewriteError
from canbo.data.summaries import SummaryExample
from canbo.train.arguments import ConfigError
from canbo.train.build_canbo_rewrites import stored_row
from canbo.train.pairs import aligned_pairs, main
from canbo.train.rewrites import SentenceRewrite

SOURCE = (
    "Sáng 12/3, Huyện ủy Khe Đồng công bố quyết định luân chuyển 14 cán bộ phòng, ban về giữ chức "
    "chủ tịch ở 11 xã vùng cao."
)
OTHER = "Huyện Khe Đồng có nhiều xã vùng cao còn thiếu cán bộ giỏi và thiếu đường bê tông."
ALIGNED = (
    "Huyện ủy Khe Đồng luân chuyển 14 cán bộ phòng, ban về giữ chức chủ tịch ở 11 xã vùng cao."
)


def example(abstract, name="a1", paragraphs=(OTHER, SOURCE)):
    return SummaryExample(Document(name, "a.jsonl", None, tuple(paragraphs)), abstract)


def pairs(abstract, words_held=0.85, **article):
    return list(aligned_pairs(example(abstract, **article), words_held))


def test_a_sentence_is_aligned_with_the_one_it_was_made_of():
    assert pairs(ALIGNED) == [(SOURCE, ALIGNED)]


@pytest.mark.parametrize(
    "abstract",
    [
        # It adds a name, or a number, and else little that is new.
        ALIGNED.replace("Khe Đồng", "Khe Đồng và Khe Xanh"),
        ALIGNED.replace("11 xã", "11 xã của 57 nơi"),
        # Words of the article in an order of their own: neighbours are not held.
        "Cao vùng xã 11 ở tịch chủ chức giữ về ban phòng bộ cán 14 chuyển luân.",
        "Người dân nhiều nơi vui mừng vì đường mới đã mở tới tận bản xa.",  # too far
        SOURCE,  # nothing is rewritten
        SOURCE.replace("công bố", "công bố công bố").replace("quyết định", "quyết quyết định"),
        "Theo đó, " + ALIGNED,  # does not stand alone
        "14 cán bộ về 11 xã.",  # seven syllables
    ],
)
def test_what_is_not_aligned(abstract):
    assert pairs(abstract) == []


def test_words_that_are_no_names_may_be_new():
    added = ALIGNED.replace("Khe Đồng", "Khe Đồng và nhiều nơi")
    assert pairs(added) == [(SOURCE, added)]
    # 3 of its 24 words are new.
    assert pairs(added, words_held=21 / 24) and not pairs(added, words_held=22 / 24)


def test_each_sentence_of_an_abstract_has_its_own():
    second = "Nhiều xã vùng cao của huyện Khe Đồng còn thiếu cán bộ giỏi."
    far = "Người dân nhiều nơi vui mừng vì đường mới đã mở tới tận bản xa."
    assert pairs(f"{second} {far} {ALIGNED}", words_held=0.8) == [
        (OTHER, second),
        (SOURCE, ALIGNED),
    ]


def test_rows_of_tables_and_very_long_sentences_are_not_aligned_with():
    row = SOURCE.replace(",", " |")
    assert pairs(ALIGNED, paragraphs=(OTHER, f"| {row} |")) == []
    long = SOURCE.replace("vùng cao", "vùng cao" + " rất xa" * 40)
    assert pairs(ALIGNED, paragraphs=(OTHER, long)) == []
    assert pairs(ALIGNED, paragraphs=()) == []


def write_lines(path, rows):
    path.parent.mkdir(parents=True, exist_ok=True)
    text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    path.write_text(text, encoding="utf-8")
    return path


def read_lines(path):
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


@pytest.fixture
def files(tmp_path):
    """Articles, rewrites of a sentence of each, and a config of them."""
    paragraphs = [{"text": OTHER}, {"text": SOURCE}]
    articles = [
        {"id": "000001", "abstract": ALIGNED, "paragraphs": paragraphs},
        {"id": "000002", "abstract": ALIGNED, "paragraphs": paragraphs},
    ]
    own = [{"id": "t1", "abstract": "", "paragraphs": [{"text": SOURCE}]}]
    rewrites = [
        SentenceRewrite("vietnews/train", "000002", 0, OTHER, "Xã vùng cao thiếu cán bộ giỏi."),
        SentenceRewrite("canbo-themes/train", "t1", 0, SOURCE, "11 xã vùng cao có chủ tịch."),
    ]
    chosen_by = [SentenceRewrite("canbo-themes/train", "t1", 0, SOURCE, "Huyện ủy Khe Đồng họp.")]
    config = {
        "articles_file": write_lines(tmp_path / "articles.jsonl", articles),
        "rewrites_file": write_lines(tmp_path / "rewrites.jsonl", map(stored_row, rewrites)),
        "validation_rewrites_file": write_lines(
            tmp_path / "validation.jsonl", map(stored_row, chosen_by)
        ),
        "canbo_themes": write_lines(tmp_path / "themes" / "train.jsonl", own).parent,
        "leave_out_file": tmp_path / "ids.txt",
        "output_dir": tmp_path / "pairs",
    }
    (tmp_path / "ids.txt").write_text("000002\n")
    lines = [f"{name}: {value}\n" for name, value in config.items()]
    (tmp_path / "pairs.yaml").write_text("".join(lines), encoding="utf-8")
    return tmp_path


def test_main_writes_what_the_summarizer_is_trained_on(files):
    assert main([str(files / "pairs.yaml")]) == 0
    train = read_lines(files / "pairs" / "train.jsonl")
    assert sorted((row["text"], row["abstract"]) for row in train) == sorted(
        [
            (SOURCE, ALIGNED),  # of the article that is not left out
            (OTHER, "Xã vùng cao thiếu cán bộ giỏi."),
            (SOURCE, "11 xã vùng cao có chủ tịch."),
        ]
    )
    assert [row["id"] for row in train] == ["0", "1", "2"]
    assert read_lines(files / "pairs" / "validation.jsonl") == [
        {"id": "0", "text": SOURCE, "abstract": "Huyện ủy Khe Đồng họp."}
    ]
    record = json.loads((files / "pairs" / "training.json").read_text(encoding="utf-8"))
    assert record["results"] == {"aligned": 1, "written": 2, "validation": 1}
    assert len(record["data"]) == 5  # with the articles of canbo-themes


def test_the_order_is_the_seeds(files):
    def order(seed):
        assert main([str(files / "pairs.yaml"), "--seed", seed]) == 0
        return [
            row["text"] + row["abstract"] for row in read_lines(files / "pairs" / "train.jsonl")
        ]

    orders = [order(str(seed)) for seed in range(8)]
    assert orders[0] == order("0") and any(other != orders[0] for other in orders)


def test_articles_that_are_not_there_are_told(files):
    (files / "articles.jsonl").unlink()
    with pytest.raises(RewriteError, match=r"articles\.jsonl: not there"):
        main([str(files / "pairs.yaml")])
    # The same where no rewrite needs them.
    only = read_lines(files / "rewrites.jsonl")[1:]
    write_lines(files / "rewrites.jsonl", only)
    with pytest.raises(ConfigError, match=r"cannot read articles: .*articles\.jsonl"):
        main([str(files / "pairs.yaml")])


@pytest.mark.parametrize("where", ["option", "config"])
def test_without_articles_the_rewrites_of_canbo_themes_stay(files, caplog, where):
    config = files / "pairs.yaml"
    if where == "config":
        with config.open("a", encoding="utf-8") as file:
            file.write("articles_file: ''\n")  # of a field given twice YAML takes the last
    options = ("--articles_file", "") if where == "option" else ()
    assert main([str(config), *options]) == 0
    train = read_lines(files / "pairs" / "train.jsonl")
    assert [(row["text"], row["abstract"]) for row in train] == [
        (SOURCE, "11 xã vùng cao có chủ tịch.")
    ]
    assert "rewrites of vietnews/train are left out" in caplog.text


def test_articles_of_another_form_are_told(files):
    own = write_lines(files / "articles.jsonl", [{"id": "000002", "paragraphs": []}])
    with pytest.raises(ValueError, match=rf"{own.name}:1: .*'abstract'"):
        main([str(files / "pairs.yaml")])
