"""The measured detector: what it is measured with, and what it must not fall below."""

from __future__ import annotations

import random

import pytest

from canbo.eval.bench_faithfulness import measure
from canbo.eval.bench_texts import shipped_articles
from canbo.eval.fact_changes import corruptions, rewordings, spell

SOURCE = (
    "Xã An Khê họp. Ngày 15/5/2021, ông Lê Văn Bình về xã An Khê. Có 17 cán bộ, 62% là nữ, theo Nghị quyết "
    "04-NQ/TU và Huyện ủy; thu tăng 5,2% so với năm 2019."
)


def test_numbers_are_spelled() -> None:
    assert [spell(n) for n in (5, 10, 11, 15, 21, 24, 40, 95)] == [
        *("năm", "mười", "mười một", "mười lăm", "hai mươi mốt", "hai mươi bốn", "bốn mươi"),
        "chín mươi lăm",
    ]
    with pytest.raises(ValueError, match="1 to 99"):
        spell(100)


def test_every_kind_of_fact_is_made_wrong_where_it_stands() -> None:
    made = list(corruptions(SOURCE, SOURCE, ["Đỗ Thị Cúc"], ["Bến Đá"], random.Random(1)))
    assert {change.kind for change in made} == {
        *("number", "percentage", "year", "date", "document", "unit", "noun", "rise for fall"),
        *("person: another", "person: a syllable", "person: ông for bà", "organisation"),
        *("place: another", "place: a syllable", "place: level", "two letters"),
        "name that opens",
    }
    for change in made:
        new = change.text[change.start : change.end]
        assert new != change.original
        restored = change.text[: change.start] + change.original + change.text[change.end :]
        assert restored == SOURCE


def test_a_counted_noun_is_changed_to_one_that_it_cannot_stand_for() -> None:
    made = list(corruptions(SOURCE, SOURCE, ["A B"], ["C D"], random.Random(1)))
    (counted,) = [change for change in made if change.kind == "noun"]
    assert counted.original == "cán bộ"
    assert counted.text[counted.start : counted.end] != "người"
    assert " 17 người," in {c.text[c.start - 4 : c.end + 1] for c in rewordings(SOURCE, SOURCE)}


def test_only_facts_of_the_source_are_changed() -> None:
    assert not list(corruptions("Có 18 cán bộ.", SOURCE, ["A B"], ["C D"], random.Random(1)))
    assert not list(rewordings("Có 18%.", SOURCE))


def test_forms_say_the_same() -> None:
    made = {change.text[change.start : change.end] for change in rewordings(SOURCE, SOURCE)}
    assert {"15 tháng 5 năm 2021", "15-5-2021", "mười bảy", "62 phần trăm", "Bình"} <= made


def test_the_detector_keeps_its_measure() -> None:
    """Slightly under what it reaches on the test split (precision 1.00, recall 0.97)."""
    findings = measure(shipped_articles("test"), shipped_articles("train", "validation", "test"))
    for found in findings.values():
        totals = found.totals()
        assert totals["precision"] >= 0.97
        assert totals["recall"] >= 0.94
    for kind in ("name that opens", "two letters"):
        for found in findings.values():
            assert found.corrupted[kind].share == 1.0
    assert findings["sentences"].corrupted["noun"].share >= 0.8
    assert findings["sentences"].untouched.marked == 0
