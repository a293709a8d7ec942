"""Which strings are spelled like a Vietnamese syllable: onset, rhyme, and a tone in its place.

Vietnamese spelling is regular enough to be written down: some 25,000 spellings can stand, few of
the countless others. Text decoded with a wrong table breaks these rules in most of its words, so
they tell a right decoding from a wrong one without any model of the language.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from functools import cache

__all__ = ["is_syllable"]

_ONSETS = "b c ch d đ g gh gi h k kh l m n ng ngh nh p ph qu r s t th tr v x".split()
_RHYMES = (
    "a ai ao au ay ac ach am an ang anh ap at ăc ăm ăn ăng ăp ăt âc âm ân âng âp ât âu ây "
    "e ec em en eng eo ep et ê êch êm ên êng ênh êp êt êu "
    "i ia ich im in inh ip it iu iêc iêm iên iêng iêp iêt iêu "
    "o oa oac oach oai oam oan oang oanh oao oap oat oay oăc oăm oăn oăng oăt oc oe oen oeo oet "
    "oi om on ong oong ooc op ot ô ôc ôi ôm ôn ông ôp ôt ơ ơi ơm ơn ơp ơt "
    "u ua uân uâng uât uây uc uê uêch uên uênh ui um un ung uôc uôi uôm uôn uông uôt uơ up ut "
    "uy uya uych uyên uyêt uynh uyn uyp uyt uyu ư ưa ưc ưi ưm ưn ưng ưt ưu "
    "ươc ươi ươm ươn ương ươp ươt ươu y"
).split()
_AFTER_QU = (
    "a ac ach ai am an ang anh ao ap at au ay ăc ăm ăn ăng ăp ăt âc ân âng ât âu ây e en eng eo "
    "et ê êch ên ênh êt i in inh it iu ôc ơ ơi ơn ơt y ych yên yêt ynh yp yt"
).split()
_WITHOUT_ONSET = "yêm yên yêng yêt yêu".split()
# Both placements are in use: hòa and hoà, khỏe and khoẻ, thủy and thuỷ.
_TWO_PLACES = frozenset(("oa", "oe", "uy"))
_TONES = ("", "\u0300", "\u0309", "\u0303", "\u0301", "\u0323")
_STOP_TONES = ("\u0301", "\u0323")


def is_syllable(word: str) -> bool:
    """Whether a word in lower case, capitalized or in capitals is spelled like a syllable.

    Args:
        word: NFC text.
    """
    lower = word.lower()
    return lower in _syllables() and word in (lower, lower.capitalize(), lower.upper())


@cache
def _syllables() -> frozenset[str]:
    pairs = [(onset, rhyme) for onset in _ONSETS for rhyme in _RHYMES if _go_together(onset, rhyme)]
    pairs += [("", rhyme) for rhyme in (*_RHYMES, *_WITHOUT_ONSET) if not rhyme.startswith("iê")]
    pairs += [("qu", rhyme) for rhyme in _AFTER_QU]
    pairs += [("g", rhyme) for rhyme in ("i", "in")]  # gì, gìn: the i of gi is written once.
    return frozenset(onset + marked for onset, rhyme in pairs for marked in _with_tones(rhyme))


def _go_together(onset: str, rhyme: str) -> bool:
    front = rhyme[0] in "eêiy"
    if onset == "qu":
        return False  # It has rhymes of its own.
    if onset == "gi":
        return rhyme[0] not in "iy"
    if onset in ("k", "gh", "ngh"):
        return front
    if onset in ("c", "g", "ng"):
        return not front
    return True


def _with_tones(rhyme: str) -> Iterator[str]:
    stopped = rhyme.endswith(("c", "ch", "p", "t"))
    for place in _places(rhyme):
        for tone in _STOP_TONES if stopped else _TONES:
            marked = unicodedata.normalize("NFC", rhyme[place] + tone)
            yield rhyme[:place] + marked + rhyme[place + 1 :]


def _places(rhyme: str) -> tuple[int, ...]:
    """Where in the rhyme the tone mark may stand."""
    modified = [i for i, letter in enumerate(rhyme) if letter in "ăâêôơư"]
    if modified:
        return (modified[-1],)
    vowels = [i for i, letter in enumerate(rhyme) if letter in "aeiouy"]
    if rhyme in _TWO_PLACES:
        return (0, 1)
    closed = len(vowels) < len(rhyme)
    return (vowels[1],) if len(vowels) > 2 or (len(vowels) == 2 and closed) else (vowels[0],)
