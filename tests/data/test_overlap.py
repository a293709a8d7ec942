import pytest

from canbo.data.overlap import Overlap, shared_ngrams, syllables
from canbo.data.overlap import find_overlaps as find_overlaps_of_syllables

# Sixteen syllables each, so five 12-grams.
RIVER = "con sông chảy qua làng cũ mùa nước lên thì tràn vào đồng lúa của bà"
ROAD = "con đường mới mở chạy dọc theo sườn đồi từ chợ huyện đến bến xe phía nam"


def find_overlaps(texts: list[str], groups: list[int], threshold: float) -> list[Overlap]:
    return find_overlaps_of_syllables(map(syllables, texts), groups, threshold)


def test_syllables_are_lower_case_composed_and_without_punctuation() -> None:
    decomposed = "Ca\u0301n bo\u0323\u0302, 2 NGƯỜI…"
    assert syllables(decomposed) == ["cán", "bộ", "2", "người"]


def test_shared_ngrams_ignore_case_and_punctuation() -> None:
    others = ["Ba bốn, năm SÁU bảy."]

    shares = shared_ngrams(["một hai ba bốn năm sáu", "ba bốn năm", "một"], others, length=3)

    # Of the four windows of three syllables in the first text the last two are known.
    assert shares == [0.5, 1.0, 0.0]


def test_nothing_is_shared_with_nothing() -> None:
    assert shared_ngrams([RIVER], []) == [0.0]
    assert shared_ngrams([], [RIVER]) == []
    assert find_overlaps([], [], 0.3) == []
    assert find_overlaps(["ngắn", "ngắn"], [0, 1], 0.3) == []


def test_overlaps_are_found_between_groups_only() -> None:
    assert find_overlaps([RIVER, ROAD, RIVER], [0, 0, 1], 0.3) == [
        Overlap(0, 2, 1.0),
        Overlap(2, 0, 1.0),
    ]
    assert find_overlaps([RIVER, RIVER], [7, 7], 0.3) == []


def test_the_share_is_of_the_texts_own_ngrams() -> None:
    # The long text has 16 + 17 syllables, so 22 12-grams; 5 of them are the short text's.
    long = f"{RIVER} {ROAD}"

    found = find_overlaps([RIVER, long], [0, 1], 0.2)

    assert [(each.text, each.other) for each in found] == [(0, 1), (1, 0)]
    assert [each.share for each in found] == pytest.approx([1.0, 5 / 22])
    assert [each.text for each in find_overlaps([RIVER, long], [0, 1], 0.3)] == [0]


def test_a_share_adds_up_over_other_groups_and_the_most_alike_is_named() -> None:
    words = RIVER.split()
    # Of the five 12-grams two stand in one text and three in the other.
    parts = [" ".join(words[:13]), " ".join(words[2:])]

    found = find_overlaps([RIVER, *parts], [0, 1, 2], 0.9)

    assert found[0] == Overlap(0, 2, 1.0)


def test_a_set_phrase_in_thousands_of_texts_is_compared_in_time() -> None:
    texts = [f"{RIVER} số {number}" for number in range(4000)]

    found = find_overlaps(texts, [number % 2 for number in range(4000)], 0.3)

    assert len(found) == 4000
