import json
import re
from collections import Counter
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from canbo.data.rewrites import RewriteError, read_located_rewrites
from canbo.train.build_canbo_rewrites import choose, main, read_batch, stored_row
from canbo.train.rewrites import SentenceRewrite, read_rewrites

DATA = Path(__file__).parents[2] / "data"
SHIPPED = DATA / "canbo-rewrites"
OWN = {
    f"canbo-themes/{name}": DATA / "canbo-themes" / "articles" / f"{name}.jsonl"
    for name in ("train", "train-more")
}
# Too long for a set phrase: so many of a source's words in a row would be its text.
RUN = 6

FIRST = "Huyện Khe Xanh năm nay sẽ luân chuyển 12 cán bộ, ông Lê Tám cho biết."
SECOND = "Trong số này có 3 cán bộ nữ của các xã vùng cao về công tác ở phòng ban huyện."


@pytest.fixture
def vietnews(tmp_path):
    path = tmp_path / "train.parquet"
    rows = {
        "id": ["000001", "000002"],
        "title": ["Một", "Hai"],
        "abstract": ["Một", "Hai"],
        "body": [f"{FIRST}\n{SECOND}".replace(".", " ."), "Câu khác ."],
    }
    pq.write_table(pa.table(rows), path)
    return path


def pair(text, sentence=0, source=FIRST, article="000001", file="vietnews/train"):
    return SentenceRewrite(file, article, sentence, source, text)


ONE = pair("12 cán bộ sẽ được huyện Khe Xanh luân chuyển năm nay, theo ông Lê Tám.")
TWO = pair("Các xã vùng cao có 3 cán bộ nữ về phòng ban huyện.", 1, SECOND)


def stored(folder, *rows):
    path = folder / "rewrites.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def test_what_is_stored_comes_back_in_the_order_of_the_file(tmp_path, vietnews):
    path = stored(tmp_path, stored_row(TWO), stored_row(ONE))
    assert "Khe Xanh" not in path.read_text(encoding="utf-8")
    assert read_rewrites(path, {"vietnews/train": vietnews}) == [TWO, ONE]


def test_files_that_are_not_named_are_left_out(tmp_path, vietnews):
    own = {"id": "a1", "abstract": "", "paragraphs": [{"text": FIRST}]}
    articles = tmp_path / "articles.jsonl"
    articles.write_text(json.dumps(own), encoding="utf-8")
    theirs = pair(ONE.text, article="a1", file="canbo-themes/train")
    path = stored(tmp_path, stored_row(ONE), stored_row(theirs))
    assert read_rewrites(path, {"canbo-themes/train": articles}) == [theirs]


def test_articles_that_are_not_there_are_told(tmp_path):
    path = stored(tmp_path, stored_row(ONE))
    told = r"train\.parquet: not there; .* leave vietnews/train out"
    with pytest.raises(RewriteError, match=told):
        read_rewrites(path, {"vietnews/train": tmp_path / "train.parquet"})


def test_a_file_of_which_there_is_no_rewrite_is_told(tmp_path, vietnews):
    path = stored(tmp_path, stored_row(ONE))
    told = "no rewrite of vietnews/test, only of vietnews/train"
    with pytest.raises(RewriteError, match=told):
        read_rewrites(path, {"vietnews/train": vietnews, "vietnews/test": vietnews})


@pytest.mark.parametrize(
    "change", [{"check": "00000000"}, {"article": "000009"}, {"sentence": 1}, {"sentence": 2}]
)
def test_another_sentence_than_the_rewritten_one_is_told(tmp_path, vietnews, change):
    path = stored(tmp_path, stored_row(TWO), stored_row(ONE) | change)
    with pytest.raises(RewriteError, match=r"rewrites\.jsonl:2: sentence .* leave it out"):
        read_rewrites(path, {"vietnews/train": vietnews})


def test_a_span_outside_is_told_with_its_line(tmp_path, vietnews):
    path = stored(tmp_path, stored_row(ONE) | {"rewrite": [[0, 700]]})
    with pytest.raises(RewriteError, match=r"rewrites\.jsonl:1: \[0, 700\] is no span"):
        read_rewrites(path, {"vietnews/train": vietnews})


def test_unfit_rewrites_are_counted_by_their_reason(capsys):
    unfit = {
        "none written": "-",
        "equal to the source": FIRST,
        "longer than the source": FIRST[:-1] + " vào chiều hôm qua.",
        "under 8 syllables": "Huyện Khe Xanh luân chuyển cán bộ.",
        "not one sentence": "Huyện Khe Xanh luân chuyển 12 cán bộ. Ông Lê Tám cho biết.",
        "a number or name that the source lacks": "Huyện Khe Xanh sẽ luân chuyển 13 cán bộ.",
        "written twice": ONE.text,
    }
    counted = Counter()
    kept = choose([TWO, ONE, *(pair(text) for text in unfit.values())], counted)
    assert kept == [ONE, TWO]
    assert counted == dict.fromkeys(unfit, 1)
    assert "13" in capsys.readouterr().out.splitlines()[0]
    assert choose([TWO, ONE], counted, frozenset([FIRST])) == [TWO]
    assert counted["its sentence stands in validation"] == 1


def batch(folder, name, *pairs):
    rows = [{"id": each.article, "place": each.sentence, "text": each.source} for each in pairs]
    (folder / f"{name}.json").write_text(json.dumps(rows), encoding="utf-8")
    lines = [f"{k}\t{each.text}\n" for k, each in enumerate(pairs)]
    (folder / f"{name}.out").write_text("".join(lines), encoding="utf-8")
    return folder / f"{name}.json"


def test_a_batch_is_read_when_it_is_complete(tmp_path, capsys):
    path = batch(tmp_path, "b1", TWO, ONE)
    assert read_batch(path) == [TWO, ONE]
    answers = path.with_suffix(".out")
    answers.write_text(f"1\t{ONE.text}\n", encoding="utf-8")
    assert read_batch(path) is None
    assert "b1.out: 1 of 2 rewrites" in capsys.readouterr().out
    answers.unlink()
    assert read_batch(path) is None
    assert "b1.out: not there" in capsys.readouterr().out


@pytest.mark.parametrize("line", ["no key", "x\tCâu.", "2\tCâu.", "0\tCâu."])
def test_a_faulty_answer_is_told(tmp_path, line):
    path = batch(tmp_path, "b1", TWO, ONE)
    path.with_suffix(".out").write_text(f"0\t{TWO.text}\n{line}\n", encoding="utf-8")
    with pytest.raises(RewriteError, match=r"b1\.out:2: expected k<TAB>rewrite"):
        read_batch(path)


@pytest.fixture
def card(tmp_path):
    path = tmp_path / "README.md"
    path.write_text(
        "before\n<!-- figures, written by the builder -->\nold\n<!-- end of figures -->\nafter\n",
        encoding="utf-8",
    )
    return path


def test_the_data_set_is_built_from_batches(tmp_path, vietnews, card):
    batch(tmp_path, "b1", ONE, pair("-", 1, SECOND))
    batch(tmp_path, "b2", TWO)
    given = [str(tmp_path), "--vietnews", str(vietnews), "--folder", str(tmp_path)]
    assert main([*given, "--validation", "b2"]) == 0
    articles = {"vietnews/train": vietnews}
    assert read_rewrites(tmp_path / "train.jsonl", articles) == [ONE]
    assert read_rewrites(tmp_path / "validation.jsonl", articles) == [TWO]
    text = card.read_text(encoding="utf-8")
    assert text.startswith("before\n") and text.endswith("after\n") and "old" not in text
    # 16 syllables of 16 and 13 of 20; 7 bigrams of 15 and 3 of 12 are new.
    assert "\n| all | 1 | 1 | 82.5% | 35.8% |\n" in text
    assert "Left out of 3 sentences given:" in text and "| none written | 1 |" in text
    assert main([*given, "--validation", "b2"]) == 0
    assert card.read_text(encoding="utf-8") == text


def test_a_batch_of_other_articles_is_told(tmp_path, vietnews, card):
    batch(tmp_path, "b1", pair(ONE.text, 1))
    given = [str(tmp_path), "--vietnews", str(vietnews), "--folder", str(tmp_path)]
    with pytest.raises(RewriteError, match="sentence 1 of vietnews/train 000001 is not that"):
        main([*given, "--validation", "b1"])
    with pytest.raises(RewriteError, match="no complete batch 'b9'"):
        main([*given, "--validation", "b9"])


@pytest.mark.parametrize("split", ["train", "validation", "judged"])
def test_shipped_rewrites_fit_our_own_articles(split):
    pairs = read_rewrites(SHIPPED / f"{split}.jsonl", OWN)
    located = read_located_rewrites(SHIPPED / f"{split}.jsonl")
    assert len(pairs) == sum(row.file in OWN for row in located) > 0
    for found in pairs:
        assert found.text[0].isupper() or not found.text[0].isalpha()
        # What the rules made may give a name and an office in full.
        more = 14 if split == "judged" else 1
        assert len(found.text.split()) <= len(found.source.split()) + more
        assert found.text != found.source


def words(text):
    return re.findall(r"\w+", text.lower())


def runs(text):
    found = words(text)
    return set(zip(*(found[first:] for first in range(RUN)), strict=False))


def test_shipped_rewrites_fit_vietnews_and_hold_none_of_its_text(shared):
    theirs = {
        f"vietnews/{split}": shared / "vietnews" / f"{split}.parquet"
        for split in ("train", "validation")
    }
    for split in ("train", "validation", "judged"):
        path = SHIPPED / f"{split}.jsonl"
        named = {row.file for row in read_located_rewrites(path)}
        articles = {file: where for file, where in theirs.items() if file in named}
        pairs = read_rewrites(path, articles)
        located = [row for row in read_located_rewrites(path) if row.file in articles]
        assert len(pairs) == len(located) > 0
        for found, row in zip(pairs, located, strict=True):
            held = runs(found.source)
            for part in row.parts:
                assert not isinstance(part, str) or runs(part).isdisjoint(held), row.where


def test_no_place_stands_in_both_splits():
    splits = [
        {(row.file, row.article, row.sentence) for row in read_located_rewrites(path)}
        for path in (SHIPPED / "train.jsonl", SHIPPED / "validation.jsonl")
    ]
    assert splits[0].isdisjoint(splits[1])


def test_the_card_counts_what_is_there():
    card = (SHIPPED / "README.md").read_text(encoding="utf-8")
    splits = [
        Counter(row.file for row in read_located_rewrites(SHIPPED / f"{split}.jsonl"))
        for split in ("train", "validation")
    ]
    for file in splits[0] | splits[1]:
        assert f"| `{file}` | {splits[0][file]} | {splits[1][file]} |" in card
    assert f"| all | {splits[0].total()} | {splits[1].total()} |" in card
    written = int(re.search(r"Left out of (\d+) sentences given", card)[1])
    after = card.partition("Left out of")[2].partition("<!-- end")[0]
    left_out = sum(map(int, re.findall(r"\| (\d+) \|$", after, flags=re.MULTILINE)))
    assert written == left_out + splits[0].total() + splits[1].total()


def test_the_card_counts_what_was_judged():
    card = (SHIPPED / "README.md").read_text(encoding="utf-8")
    rows = read_located_rewrites(SHIPPED / "judged.jsonl", judged=True)
    for file in (*sorted({row.file for row in rows}), "all"):
        verdicts = [row.verdict for row in rows if file in (row.file, "all")]
        counts = (
            len(verdicts),
            sum(verdict.fluent for verdict in verdicts),
            sum(verdict.true for verdict in verdicts),
            sum(verdict.good for verdict in verdicts),
        )
        shown = file if file == "all" else f"`{file}`"
        assert f"| {shown} | {' | '.join(map(str, counts))} |" in card
