"""What may follow what: a walk through small grammars of invented ids."""

import random

import pytest

from canbo.models.rewriting.copy_grammar import CopyGrammar, Piece

END, STOP, COMMA, WORD = 1, 30, 31, 20
SHARED = [Piece((STOP,)), Piece((COMMA,)), Piece((WORD,))]
# Unit 0 is the beginning of unit 1; unit 2 has another first token where it begins the sentence.
UNITS = [Piece((10,), 0), Piece((10, 11), 1), Piece((12, 13), 2)]
FIRST = [Piece((10,), 0), Piece((10, 11), 1), Piece((14, 13), 2)]


def grammar(units=UNITS, first=FIRST, shared=SHARED):
    return CopyGrammar([*shared, *units], first, END, frozenset((STOP,)))


@pytest.mark.parametrize(
    ("written", "allowed"),
    [
        ((), [10, 14]),
        ((14,), [13]),  # inside of a unit nothing but its next token
        ((14, 13), [10, WORD, STOP, COMMA]),  # unit 2 is taken, though it began with 14
        ((10,), [10, 11, 12, WORD, STOP, COMMA]),  # the whole of unit 0, or half of unit 1
        ((10, 11), [10, 12, WORD, STOP, COMMA]),
        ((10, WORD), [10, 12, WORD, STOP, COMMA]),  # 14 only begins a sentence
        ((10, WORD, 10), [11]),  # unit 0 is taken: this is unit 1
        ((10, 11, 10), [12, WORD, STOP, COMMA]),  # unit 1 is taken: this is unit 0
        ((10, 10), [11]),
        ((10, 10, 11, 12, 13), [WORD, STOP, COMMA]),
        ((10, WORD, WORD, COMMA, WORD, WORD), [10, 12, WORD, STOP, COMMA]),
        ((10, STOP), [END]),
    ],
)
def test_what_may_follow(written, allowed):
    assert grammar().allowed(written) == allowed


def test_nothing_follows_where_all_is_taken():
    only = grammar(units=UNITS[:1], first=FIRST[:1], shared=())
    assert only.allowed((10,)) == [END]


def test_a_stop_inside_of_a_unit_or_at_its_end_does_not_end_the_sentence():
    figure, title = Piece((15, STOP, 16), 0), Piece((17, STOP), 1)
    found = grammar(units=[figure, title], first=[figure, title])
    assert found.allowed((15, STOP)) == [16]
    assert found.allowed((17, STOP)) == [15, WORD, STOP, COMMA]
    assert found.allowed((17, STOP, STOP)) == [END]


def test_a_stop_that_may_be_both_leaves_both_open():
    figure, head = Piece((15, STOP, 16), 0), Piece((15,), 1)
    found = grammar(units=[figure, head], first=[figure, head])
    assert found.allowed((15, STOP)) == [END, 16]


def test_what_follows_without_a_space_stands_behind_its_own_unit_alone():
    bracket, glued = Piece((40,), 0), Piece((41,), 1, behind=0)
    found = grammar(units=[bracket, glued], first=[])
    assert found.allowed((WORD,)) == [END]  # begins nothing here
    found = grammar(units=[bracket, glued], first=[Piece((WORD,))])
    assert found.allowed((WORD,)) == [WORD, STOP, COMMA, 40]
    assert found.allowed((WORD, 40)) == [WORD, STOP, COMMA, 41]
    assert found.allowed((WORD, 40, WORD)) == [WORD, STOP, COMMA]
    assert found.allowed((WORD, 40, 41)) == [WORD, STOP, COMMA]


def test_walks_end_after_a_stop_alone_and_take_no_unit_twice():
    draw = random.Random(1)
    lengths = set()
    for _ in range(300):
        found, written = grammar(), []
        while (token := draw.choice(found.allowed(tuple(written)))) != END:
            assert written[-1:] != [STOP]
            written.append(token)
        assert written[-1] == STOP
        # Of units 0 and 1 each holds a 10 and one an 11; only unit 2 holds a 13.
        assert written.count(10) <= 2 and written.count(11) <= 1 and written.count(13) <= 1
        lengths.add(len(written))
    assert len(lengths) > 5
