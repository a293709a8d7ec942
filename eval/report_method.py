"""How the figures of an evaluation came about, told to readers who are not engineers."""

from __future__ import annotations

from canbo.eval.results import Evaluation, ModelEntry
from canbo.eval.wording import GROUPS

__all__ = ["leakage_words", "method"]

_BOOTSTRAP = (
    "Intervals: the test set is only a sample of articles. To see how much the figures depend on"
    " which articles were drawn, {resamples:,} test sets of the same size were drawn from it,"
    " articles being put back after each draw (bootstrap; all paragraphs of an article stay"
    " together), and every figure was computed on each. The 95% interval leaves out the lowest and"
    " the highest 2.5% of these. Two models are compared on the same draws; p is the two-sided"
    " p-value of no difference. Intervals do not cover mistakes in the labels, other kinds of text,"
    " or what another random seed in training would change."
)
_THEMES_METHOD = (
    "Precision is the share of the paragraphs that were given a theme that have it; recall the"
    " share of the paragraphs with a theme that were given it; F1 is high only when both are."
    " Macro figures are the plain mean over themes, so that rare themes count as much as frequent"
    " ones; micro figures take all decisions together.",
    "Thresholds: a theme is given when its probability reaches the theme's threshold. Thresholds"
    " were chosen on validation data and are part of the model; nothing was chosen on test data.",
)
_OWN_LABELS = (
    "The right themes of canbo's own test sets were decided by language models that read a"
    " codebook, not by people. On the real test paragraphs two such passes agreed at a macro-F1 of"
    " 0.98 and were then settled; other data had one pass.",
)
_ABSTRACTS_METHOD = (
    "ROUGE compares an abstract with the one that the article's editors wrote: the share of single"
    " syllables (ROUGE-1), of pairs of neighbours (ROUGE-2) and of the longest common sequence"
    " (ROUGE-L) that both have, as an F-measure times 100. Another good abstract in other words"
    " scores low, so ROUGE ranks methods and does not say how good a single abstract is.",
    "Two tokenizers: here the units are syllables (the words between spaces, as Vietnamese is"
    " written). “Legacy” is the default of the rouge_score package, with which published Vietnamese"
    " scores were made. It keeps only the letters a to z and the digits, so every letter with a"
    " diacritic becomes a gap: “đánh giá cán bộ” turns into “nh gi c n b”. Texts that share no word"
    " share many such scraps, which raises the scores, and more so for longer texts. Legacy figures"
    " compare only with other legacy figures.",
    "Facts of an abstract, such as its numbers, are looked up in its article; what is not there"
    " counts as unsupported. Facts that are wrong in other ways are not seen by this check.",
)
_LEAKAGE = {
    "clean": "The articles of its last training step (and of those before it that left a record)"
    " are known; none of them is among the articles scored.",
    "unknown": "Not known whether it has seen test articles",
}


def method(evaluation: Evaluation) -> tuple[str, ...]:
    """Tell how the figures of an evaluation came about, a paragraph each."""
    bootstrap = _BOOTSTRAP.format(resamples=evaluation.resamples)
    if evaluation.kind == "abstracts":
        return (bootstrap, *_ABSTRACTS_METHOD)
    own = any(dataset.group in GROUPS for dataset in evaluation.datasets)
    return (bootstrap, *_THEMES_METHOD, *(_OWN_LABELS if own else ()))


def leakage_words(model: ModelEntry) -> str:
    """Say whether a model has seen what it is judged on."""
    leakage = model.leakage
    unknown = "; ".join(leakage.unknown)
    if leakage.status == "overlap":
        ids = ", ".join(leakage.articles)
        seen = f"It has SEEN {leakage.overlap} of the test articles ({ids})"
        return f"{seen}: its figures are not valid."
    words = _LEAKAGE[leakage.status]
    return f"{words}: {unknown}." if unknown and leakage.status == "unknown" else words
