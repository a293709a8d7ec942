"""The search against a plain one without cache, batch and padding; and the grammar it keeps to."""

import functools
import random
import re

import pytest
import torch

from canbo.models.guards import tidy
from canbo.models.rewriting import sentence_grammar
from canbo.models.rewriting.copy_grammar import CopyGrammar, Piece
from canbo.models.rewriting.search import search
from canbo.models.rewriting.sentence_grammar import SentenceGrammars
from canbo.models.rewriting.units import FUNCTION_WORDS, units_of
from canbo.models.segmentation import load_segmenter
from canbo.models.syllables import words_of

SENTENCES = [
    "Ông Lê Văn Tám cho biết huyện ủy Khe Đồng không điều 14 cán bộ về xã.",
    "Huyện chi 1.250 triệu đồng (tăng 15%) cho tuyến Khe Đồng-Khe Xanh từ ngày 15/5.",
    'Sáng nay, bà Vàng Thị Mỷ, Bí thư xã, nói: "Cán bộ trẻ phải về bản", theo TP.HCM.',
    "Xã họp.",
]
END, STOP = 1, 700


@pytest.fixture(scope="module")
def model(sentence_t5):
    from transformers import T5ForConditionalGeneration

    return T5ForConditionalGeneration.from_pretrained(sentence_t5).eval()


@pytest.fixture(scope="module")
def tokenizer(sentence_t5):
    from transformers import AutoTokenizer

    return AutoTokenizer.from_pretrained(sentence_t5)


@pytest.fixture(scope="module")
def segmenter():
    return load_segmenter()


@pytest.fixture(scope="module")
def grammars(tokenizer, segmenter):
    return SentenceGrammars(tokenizer, segmenter)


def narrow():
    """One way to begin, then few: of four rows some are empty, filled, and empty again."""
    mark, *units = (Piece((STOP,)), *(Piece((710 + i,), i) for i in range(3)))
    return CopyGrammar([mark, *units], [Piece((720, 721))], END, frozenset((STOP,)))


def log_probabilities(model, source, written):
    """Of every token that may follow each of the tokens written; read all at once."""
    start = model.config.decoder_start_token_id
    with torch.inference_mode():
        logits = model(
            input_ids=torch.tensor([source]), decoder_input_ids=torch.tensor([[start, *written]])
        ).logits
    return logits[0].log_softmax(-1)


def plain_search(model, source, grammar, beams, longest):
    live, done = [((), ())], []
    while live and len(done) < 2 * beams:
        options = []
        for written, chances in live:
            following = log_probabilities(model, source, written)[-1]
            for token in grammar.allowed(written):
                after = (*chances, following[token].item())
                if token == grammar.end:
                    done.append((written, after))
                elif len(written) < longest:
                    options.append(((*written, token), after))
        live = sorted(options, key=lambda option: -sum(option[1]))[:beams]
    return sorted(done, key=lambda one: -sum(one[1]) / len(one[1]))[:beams]


@pytest.mark.parametrize(("beams", "longest"), [(4, 9), (3, 14), (1, 30)])
def test_it_finds_what_a_plain_search_finds(model, tokenizer, grammars, beams, longest):
    sources = [*tokenizer(SENTENCES)["input_ids"], [5, 6, END], [9, END]]
    made = [*grammars.make(SENTENCES), narrow(), narrow()]
    found = search(model, sources, made, beams=beams, longest=longest)
    assert len(found) == len(sources)
    for source, grammar, hypotheses in zip(sources, made, found, strict=True):
        expected = plain_search(model, source, grammar, beams, longest)
        assert [one.tokens for one in hypotheses] == [tokens for tokens, _ in expected]
        for one, (_, chances) in zip(hypotheses, expected, strict=True):
            assert one.log_probabilities == pytest.approx(chances, abs=1e-4)
            assert one.score == pytest.approx(sum(chances) / len(chances), abs=1e-4)
    assert len(found[-1]) == beams  # with rows that were empty in between


def test_log_probabilities_are_those_of_a_forward_pass(model, tokenizer, grammars):
    sources = tokenizer(SENTENCES)["input_ids"]
    found = search(model, sources, grammars.make(SENTENCES), beams=4, longest=40)
    assert any(found)
    for source, hypotheses in zip(sources, found, strict=True):
        for one in hypotheses:
            following = log_probabilities(model, source, one.tokens)
            said = following.gather(1, torch.tensor([[*one.tokens, END]]).T)[:, 0]
            assert one.log_probabilities == pytest.approx(said.tolist(), abs=1e-4)
        scores = [one.score for one in hypotheses]
        assert scores == sorted(scores, reverse=True)


def test_what_does_not_end_in_time_is_dropped(model):
    grammar = narrow()
    assert search(model, [[5, END]], [grammar], beams=4, longest=2) == [[]]
    (found,) = search(model, [[5, END]], [grammar], beams=4, longest=3)
    assert [one.tokens for one in found] == [(720, 721, STOP)]
    assert len(found[0].log_probabilities) == 4  # with that of the end


def taken(text, units):
    """Whether a text can be parted into units of its sentence, each once, and function words."""
    words = tuple(words_of(text))
    pieces = [tuple(words_of(unit)) for unit in units]
    free = [tuple(words_of(word)) for word in FUNCTION_WORDS]

    @functools.cache
    def fits(place, used):
        if place == len(words):
            return True
        return any(
            words[place : place + len(word)] == word and fits(place + len(word), used)
            for word in free
        ) or any(
            piece
            and i not in used
            and words[place : place + len(piece)] == piece
            and fits(place + len(piece), used | {i})
            for i, piece in enumerate(pieces)
        )

    return fits(0, frozenset())


def test_what_the_check_of_the_next_test_refuses():
    units = ["ông Tám", "14 cán bộ", "xã"]
    assert taken("14 cán bộ được ông Tám cho biết.", units)
    assert not taken("14 cán bộ, 14 cán bộ.", units)
    assert not taken("14 người của xã.", units)
    assert not taken("Tám về xã.", units)
    assert not taken("ông Támxã.", units)


def test_every_text_is_made_of_whole_units_and_function_words(
    model, tokenizer, segmenter, grammars
):
    sources = tokenizer(SENTENCES)["input_ids"]
    found = search(model, sources, grammars.make(SENTENCES), beams=8, longest=60)
    assert any(found)
    for sentence, words, hypotheses in zip(
        SENTENCES, segmenter.segment(SENTENCES), found, strict=True
    ):
        units = [sentence[start:end] for start, end in units_of(sentence, words)]
        for one in hypotheses:
            text = tidy(tokenizer.decode(list(one.tokens), skip_special_tokens=True))
            assert text.endswith(".") and not text[0].islower()
            assert taken(text, units), text


@pytest.fixture(scope="module")
def few_words(tokenizer, segmenter):
    """Grammars with three function words: a random walk takes the units themselves."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sentence_grammar, "FUNCTION_WORDS", ("và", "cho biết", "được"))
        return SentenceGrammars(tokenizer, segmenter)


def walks(sentence, grammars, tokenizer):
    """Texts of random walks through a grammar, which go where no model would."""
    draw = random.Random(1)
    (grammar,) = grammars.make([sentence])
    for _ in range(300):
        written = ()
        while (token := draw.choice(grammar.allowed(written))) != grammar.end:
            written = (*written, token)
        yield tidy(tokenizer.decode(list(written), skip_special_tokens=True))


@pytest.mark.parametrize("sentence", SENTENCES)
def test_no_walk_through_a_grammar_cuts_a_unit_or_joins_two(
    sentence, tokenizer, segmenter, few_words
):
    (words,) = segmenter.segment([sentence])
    units = [sentence[start:end] for start, end in units_of(sentence, words)]
    texts = list(walks(sentence, few_words, tokenizer))
    assert [text for text in texts if not taken(text, units)] == []
    assert all(any(unit.lower() in text.lower() for text in texts) for unit in units)


@pytest.mark.parametrize(
    ("sentence", "inside", "never"),
    [
        ("Xã họp.", "xã", "Xã"),
        ("Ông Tám họp.", "ông Tám", "tám"),
        ("Lê Tám họp.", "Lê Tám", "lê"),
        ("UBND họp.", "UBND", "uBND"),
    ],
)
def test_the_first_word_of_a_sentence_inside_of_another(
    sentence, inside, never, tokenizer, few_words
):
    texts = list(walks(sentence, few_words, tokenizer))
    assert any(re.search(rf"\w {inside}\b", text) for text in texts)
    assert never == "Xã" or not any(never in text for text in texts)
    # And what was small begins a sentence with a capital.
    assert any(text.startswith("Họp") for text in texts)
    assert all(text[0].isupper() for text in texts)


def test_what_stands_behind_a_bracket_without_a_space(tokenizer, few_words):
    texts = list(walks("Xã (14) họp.", few_words, tokenizer))
    assert any("(14)" in text for text in texts)  # as the sentence has it
    assert any(re.search(r"\w 14\b", text) for text in texts)  # and as a word of its own
    assert not any(re.search(r"\w14", text) for text in texts)
