import pytest

from canbo.eval.metrics.faithfulness import faithfulness_metrics, unsupported_facts

ABSTRACTS = ["Huyện cử 8 cán bộ, 3 người về xã.", "Tỉnh cử 4 người năm 2024.", "Huyện họp."]
SOURCES = ["Huyện cử 8 cán bộ.", "Tỉnh cử hai người.", ""]


def test_the_facts_of_each_abstract_by_kind() -> None:
    found = unsupported_facts(ABSTRACTS, SOURCES)

    assert [facts["numbers"] for facts in found] == [("3",), ("4", "2024"), ()]
    (facts,) = unsupported_facts(["Về họp có ông Lê Văn Bưởi."], ["Ông Lê Văn Bình họp."])
    assert facts == {"numbers": (), "names": ("Lê Văn Bưởi",)}


def test_shares_and_means() -> None:
    scores = faithfulness_metrics(ABSTRACTS, SOURCES)

    assert scores["unfaithful_share"] == pytest.approx(2 / 3)
    assert scores["unsupported_numbers"] == pytest.approx(3 / 3)
    kinds = [value for name, value in scores.items() if name.startswith("unsupported_")]
    assert scores["unsupported"] == pytest.approx(sum(kinds))


def test_uneven_and_empty_lists_are_refused() -> None:
    with pytest.raises(ValueError, match="shorter"):
        unsupported_facts(["một"], [])
    with pytest.raises(ValueError, match="empty"):
        faithfulness_metrics([], [])


def test_it_loads_as_an_evaluate_module_without_a_network(load_metric) -> None:
    metric = load_metric("faithfulness")
    scores = metric.compute(predictions=ABSTRACTS, references=SOURCES)
    assert scores["unfaithful_share"] == pytest.approx(2 / 3)
