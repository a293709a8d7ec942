"""Whether a rewritten sentence is fluent and true to its sentence: a fitted estimate.

What can go wrong when a model shortens and turns round one sentence shows in how its words map
onto it: runs of words taken over, their order, what fell out between them, what stands in neither.
Those, and how sure the model was of each token, are the features of a logistic regression, fitted
on rewritten sentences that were read against their sentences (`canbo.train.judgement`).
"""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise
from pathlib import Path

from canbo.models.syllables import words_of

__all__ = [
    "JUDGEMENT_FEATURES",
    "JUDGEMENT_FILE",
    "Judgement",
    "Run",
    "judgement_features",
    "runs_taken_over",
]

JUDGEMENT_FILE = "judgement.json"
JUDGEMENT_FEATURES = (
    "length",
    "source_length",
    "share_kept",
    "runs",
    "longest_run",
    "single_words",
    "moves",
    "same_beginning",
    "same_end",
    "new_content",
    "new_function",
    "new_passive",
    "lost_negation",
    "lost_hedge",
    "lost_attribution",
    "lost_names",
    "mean_log_probability",
    "lowest_log_probability",
    "low_log_probabilities",
)

_LENGTH = 40.0  # syllables: the unit of lengths
_UNSURE = math.log(0.2)  # of a token's log-probability

_FUNCTION = frozenset(
    "và của là có được bị đã đang sẽ các những một trong với cho tại từ đến tới về ra vào lên này "
    "xuống đó ấy khi thì mà để do vì bởi nên cũng đều vẫn còn rằng như theo trên dưới ở sau trước "
    "việc người nhằm sự cùng vừa qua bằng giữa".split()
)
_PASSIVE = frozenset(("bị", "được"))
_NEGATIONS = frozenset("không chưa chẳng đừng chớ trừ".split())
# One syllable of each phrase that makes a claim weaker, or a plan of it.
_HEDGES = frozenset(
    "nếu thể dự khoảng hơn gần ít tối nghi tố buộc sẽ từng suýt chỉ đề kiến phải cần nên muốn định "
    "hầu đa phần số".split()
)
_ATTRIBUTIONS = frozenset("theo biết hay rằng nói khẳng nhấn nhận tuyên".split())
# Of a word that begins a sentence or a quotation the capital says nothing.
_LATER_WORD = re.compile(r"(?<![.!?…\"“] )(?<!^)\b[^\W\d_][\w-]*")
_WORD = re.compile(r"\b[^\W\d_][\w-]*")


@dataclass(frozen=True)
class Run:
    """Words in a row that both sentences hold.

    Attributes:
        written: index of the first in the rewritten sentence.
        source: index of the first in the sentence it was made of.
        length: how many.
    """

    written: int
    source: int
    length: int


def runs_taken_over(written: Sequence[str], source: Sequence[str]) -> list[Run]:
    """Map a rewritten sentence onto the one it was made of, from left to right.

    Each place takes the longest run that begins with its word, of two as long the one that follows
    the run before; no word of the source is taken twice.

    Args:
        written: words of the rewritten sentence.
        source: words of the other.

    Returns:
        Runs in the order of the rewritten sentence; words in none of them are new.
    """
    places: dict[str, list[int]] = {}
    for j, word in enumerate(source):
        places.setdefault(word, []).append(j)
    taken: set[int] = set()
    runs: list[Run] = []
    i, expected = 0, 0
    while i < len(written):
        best = Run(i, 0, 0)
        for j in places.get(written[i], ()):
            length = 0
            while (
                i + length < len(written)
                and j + length < len(source)
                and j + length not in taken
                and written[i + length] == source[j + length]
            ):
                length += 1
            nearer = abs(j - expected) < abs(best.source - expected)
            if length > best.length or (length == best.length > 0 and nearer):
                best = Run(i, j, length)
        if best.length:
            runs.append(best)
            taken.update(range(best.source, best.source + best.length))
            expected = best.source + best.length
        i += max(1, best.length)
    return runs


def judgement_features(
    written: str, source: str, log_probabilities: Sequence[float]
) -> tuple[float, ...]:
    """Describe a rewritten sentence, in the order of `JUDGEMENT_FEATURES`.

    Args:
        written: the rewritten sentence.
        source: the one that the model read.
        log_probabilities: of each token that the model wrote, natural logarithms; not empty.
    """
    words, given = words_of(written), words_of(source)
    runs = runs_taken_over(words, given)
    kept = {run.source + k for run in runs for k in range(run.length)}
    taken = {run.written + k for run in runs for k in range(run.length)}
    new = [word for i, word in enumerate(words) if i not in taken]
    lost = [word for j, word in enumerate(given) if j not in kept]
    size = max(1, len(words))
    names = Counter(word for word in _LATER_WORD.findall(source) if word[0].isupper())
    return (
        len(words) / _LENGTH,
        len(given) / _LENGTH,
        len(kept) / max(1, len(given)),
        len(runs) / size,
        max((run.length for run in runs), default=0) / size,
        sum(run.length == 1 for run in runs) / size,
        float(sum(after.source < before.source for before, after in pairwise(runs))),
        float(bool(runs) and runs[0].written == 0 and runs[0].source == 0),
        float(
            bool(runs)
            and runs[-1].written + runs[-1].length == len(words)
            and runs[-1].source + runs[-1].length == len(given)
        ),
        float(sum(word not in _FUNCTION for word in new)),
        float(sum(word in _FUNCTION for word in new)),
        float(sum(word in _PASSIVE for word in new)),
        float(sum(word in _NEGATIONS for word in lost)),
        float(sum(word in _HEDGES for word in lost)),
        float(sum(word in _ATTRIBUTIONS for word in lost)),
        float((names - Counter(_WORD.findall(written))).total()),
        sum(log_probabilities) / len(log_probabilities),
        min(log_probabilities),
        float(sum(value < _UNSURE for value in log_probabilities)),
    )


@dataclass(frozen=True)
class Judgement:
    """The fitted estimate.

    Attributes:
        weights: of each of `JUDGEMENT_FEATURES`.
        intercept: added to their sum.
        least: chance that a rewritten sentence needs to be shown.
    """

    weights: dict[str, float]
    intercept: float
    least: float

    @classmethod
    def load(cls, path: Path) -> Judgement:
        """Read the JSON that `save` writes.

        Raises:
            ValueError: the file does not hold a weight for exactly the features of this version.
            OSError: it cannot be read.
        """
        values = json.loads(path.read_text(encoding="utf-8"))
        if set(values) != {"weights", "intercept", "least"} or set(values["weights"]) != set(
            JUDGEMENT_FEATURES
        ):
            raise ValueError(
                f"{path}: needs intercept, least and weights of exactly"
                f" {', '.join(JUDGEMENT_FEATURES)}; fit it again with canbo.train.judgement"
            )
        return cls(**values)

    def save(self, path: Path) -> None:
        """Write the estimate as JSON."""
        path.write_text(json.dumps(asdict(self), indent=2) + "\n", encoding="utf-8")

    def chance(self, features: Sequence[float]) -> float:
        """Probability that a reader finds a rewritten sentence fluent and true.

        Args:
            features: its `judgement_features`.
        """
        weights = [self.weights[name] for name in JUDGEMENT_FEATURES]
        logit = self.intercept + sum(w * x for w, x in zip(weights, features, strict=True))
        return 0.5 * (1.0 + math.tanh(logit / 2.0))  # the logistic function, without overflow
