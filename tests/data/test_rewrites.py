import json
import re
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from canbo.data.rewrites import (
    LocatedRewrite,
    RewriteError,
    Verdict,
    decode_rewrite,
    encode_rewrite,
    read_located_rewrites,
    sentence_check,
)

SOURCE = "Sáng 12/5/2021, ông Lê Tám cho biết xã đã luân chuyển 1.553 cán bộ (có 2 nữ)."


@pytest.mark.parametrize(
    ("source", "rewrite", "taken"),
    [
        # Turned round: what stood at the end comes first, its first letter is now a capital.
        (
            SOURCE,
            "Xã đã luân chuyển 1.553 cán bộ, theo ông Lê Tám.",
            ["đã luân chuyển 1.553 cán bộ", "ông Lê Tám"],
        ),
        # Part of a number is no word of the source; "có" stands behind a bracket.
        (SOURCE, "Ngày 12/5 xã có 553 cán bộ.", ["xã", "có", "cán bộ"]),
        # Of the three "xã" the one whose run is longest.
        ("xã An và xã Bình và xã Chu", "xã Bình và xã An", ["xã Bình và xã", "An"]),
        # Punctuation within a run and at its end is taken along, the space behind it is not.
        (
            "Theo ông Tám, xã, huyện cần tiền.",
            "Huyện, xã, huyện khác cần tiền.",
            ["xã, huyện", "cần tiền."],
        ),
        ("Xã An.", "Xã An.", ["Xã An."]),
        ("Xã An.", "Hoàn toàn mới!", []),
    ],
)
def test_a_rewrite_is_runs_of_its_source_and_what_is_new(source, rewrite, taken):
    parts = encode_rewrite(source, rewrite)
    assert [source[part[0] : part[1]] for part in parts if isinstance(part, list)] == taken
    assert decode_rewrite(source, parts) == rewrite


def test_the_stored_form():
    source, rewrite = "Ông Tám nói xã nghèo.", "Xã nghèo, ông Tám nói."
    # "Ông Tám" is 0 to 7, " nói" to 11, "xã" 12 to 14, "nghèo" 15 to 20.
    assert encode_rewrite(source, rewrite) == ["Xã ", [15, 20], ", ông ", [4, 11], "."]


def test_of_equal_runs_the_next_one_is_taken():
    # Not the first "ông", at 0: reading goes on from "xã".
    assert encode_rewrite("ông ở xã, ông ra tỉnh", "xã của ông") == [[6, 8], " của ", [10, 13]]


TEXT = st.text(alphabet="aBđ Á1.,/-(\u0301\n", max_size=40)


@given(TEXT, TEXT)
def test_any_text_comes_back_and_new_text_is_new(source, rewrite):
    parts = encode_rewrite(source, rewrite)
    assert decode_rewrite(source, parts) == rewrite
    kinds = [isinstance(part, str) for part in parts]
    assert (True, True) not in pairwise(kinds)
    held = set(re.findall(r"(?<![\w./,-])[^\W\d]+(?![\w\u0301./,-])", source))
    new = [part for part in parts if isinstance(part, str)]
    assert held.isdisjoint(
        word
        for part in new
        for word in re.findall(r"(?<![\w./,\u0301-])[^\W\d]+(?![\w\u0301./,-])", part)
    )


@pytest.mark.parametrize("span", [[0, 22], [-1, 3], [5, 5], [7, 4], [21, 25]])
def test_a_span_outside_of_the_sentence_is_told(span):
    with pytest.raises(RewriteError, match=re.escape(f"{span} is no span of its source sentence")):
        decode_rewrite("Ông Tám nói xã nghèo.", ["Xã ", span])


def test_the_check_is_the_head_of_the_sha256():
    # sha256sum of the three bytes "abc", as FIPS 180-2 gives it: ba7816bf 8f01cfea ...
    assert sentence_check("abc") == "ba7816bf"


ROW = {
    "file": "vietnews/train",
    "article": "000001",
    "sentence": 3,
    "check": "ba7816bf",
    "rewrite": ["Xã ", [15, 20]],
}


def written(folder, *rows):
    path = folder / "rewrites.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def test_a_line_is_read(tmp_path):
    path = written(tmp_path, ROW)
    assert read_located_rewrites(path) == [
        LocatedRewrite(
            "vietnews/train", "000001", 3, "ba7816bf", ["Xã ", [15, 20]], where=f"{path}:1"
        )
    ]


def test_a_judged_line_is_read(tmp_path):
    path = written(tmp_path, ROW | {"fluent": True, "true": False})
    (plain,) = read_located_rewrites(path)
    assert plain.verdict is None
    (row,) = read_located_rewrites(path, judged=True)
    assert row == replace(plain, verdict=Verdict(fluent=True, true=False))
    assert not row.verdict.good
    assert [Verdict(a, b).good for a, b in ((False, True), (True, True))] == [False, True]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({}, "'fluent' must be true or false"),
        ({"fluent": 1, "true": True}, "'fluent' must be true or false"),
        ({"fluent": True}, "'true' must be true or false"),
        ({"fluent": True, "true": True, "check": 7}, "'check' must be a string"),
    ],
)
def test_a_judged_line_of_another_form_is_told(tmp_path, change, told):
    path = written(tmp_path, ROW | change)
    with pytest.raises(
        RewriteError,
        match=rf"rewrites\.jsonl:1: expected file, .* rewrite, fluent and true; {told}",
    ):
        read_located_rewrites(path, judged=True)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"file": None}, "'file' must be a string"),
        ({"article": 1}, "'article' must be a string"),
        ({"sentence": "3"}, "'sentence' must be a whole number"),
        ({"check": 7}, "'check' must be a string"),
        ({"rewrite": "Xã"}, "'rewrite' must be a list"),
        ({"rewrite": []}, "'rewrite' must hold texts and spans"),
        ({"rewrite": [[1, 2, 3]]}, "'rewrite' must hold texts and spans"),
        ({"rewrite": [[1, "2"]]}, "'rewrite' must hold texts and spans"),
        ({"rewrite": [1]}, "'rewrite' must hold texts and spans"),
    ],
)
def test_a_line_of_another_form_is_told(tmp_path, change, told):
    path = written(tmp_path, ROW, ROW | change)
    with pytest.raises(RewriteError, match=rf"rewrites\.jsonl:2: .*{told}"):
        read_located_rewrites(path)
