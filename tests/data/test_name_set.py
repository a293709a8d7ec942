"""The set of names against Python's own, and its size."""

import random
import tracemalloc

from canbo.data.name_set import NameSet


def test_holds_what_a_set_holds():
    names, plain = NameSet(), set()
    numbers = random.Random(4)
    for _ in range(20_000):
        name = f"tin/{numbers.randrange(15_000)}.txt"
        assert (name in names) == (name in plain)
        names.add(name)
        plain.add(name)
        assert len(names) == len(plain)
    assert all(name in names for name in plain)
    assert "tin/15000.txt" not in names and "" not in names


def test_names_may_be_given_at_once():
    names = NameSet(["a", "b", "a"])
    assert len(names) == 2 and "a" in names and "c" not in names


def test_empty_names_and_lone_surrogates_are_names():
    names = NameSet()
    for name in ("", "\udcff.txt", "\udcfe.txt"):
        assert name not in names
        names.add(name)
        assert name in names
    assert len(names) == 3


def test_names_of_any_length_take_at_most_48_bytes():
    names = NameSet()
    tracemalloc.start()
    for number in range(30_000):
        names.add("thư-mục/" * 20 + str(number))
    size, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert size <= 48 * 30_000 + 40_000
