"""Decide what ships as the default summarizer, and write it to the folder that ships.

    canbo train selection configs/summarizer/selection.yaml

The trained model is brought into the form that would ship: half precision, and 8-bit weights for
CTranslate2, which writes here too. On one half of a sample of validation articles an estimate of
quality is fitted, by which each article gets a written abstract or chosen sentences. (A model that
rewrites single sentences comes in half precision alone; what is fitted is how much worse than
chosen sentences its abstracts may be expected.) On the other half the
model writes the default abstracts only if, so mixed and with nothing unsupported shown, they beat
the article's first two sentences on ROUGE-1, -2 and -L over syllables and lose next to nothing to
the chosen ones, at least half of them are written, and somebody who read what was written against
what it was made of found nearly all fluent and true: ROUGE rewards the right words in any order.
"""

from __future__ import annotations

import json
import math
import random
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from canbo.data.provenance import TRAINING_RECORD_FILE
from canbo.data.summaries import SummaryExample, sample_summaries
from canbo.models.abstract_choice import (
    CHOICE_FEATURES,
    CHOICE_FILE,
    AbstractChoice,
    choice_features,
)
from canbo.models.abstractive import AbstractiveSummarizer
from canbo.models.extractive import EXTRACTIVE_FILE, ExtractiveModel, Sentences
from canbo.models.rewriting.summarizer import RewritingSummarizer
from canbo.models.rewriting.writer import SentenceWriter, reads_sentences
from canbo.models.summarizer import (
    CT2_FOLDER,
    DECISION_FILE,
    ExtractiveSummarizer,
    Summarizer,
)
from canbo.models.summarizer_export import export_ct2
from canbo.train.arguments import parse_config
from canbo.train.extractive import mean_rouge

__all__ = [
    "LEAST_TRUE",
    "LEAST_WRITTEN",
    "MOST_LOST",
    "SelectionArguments",
    "decide",
    "fit_choice",
    "fit_margin",
    "main",
]

LEAST_WRITTEN = 0.5  # share of the abstracts that an abstractive default must write
LEAST_TRUE = 0.95  # share of what was read of these that must be fluent and true
MOST_LOST = 0.02  # share of the chosen sentences' ROUGE that it may fall behind them
_FITTED_SHARE = 0.55  # of the articles that the margin is fitted on: some room above that
_RIDGE = 0.1


@dataclass
class SelectionArguments:
    """Settings of the decision.

    Attributes:
        model_dir: output folder of `canbo train summarizer`.
        extractive_dir: output folder of `canbo train extractive`.
        validation_file: articles that neither was trained on, as `canbo.data.summaries` reads
            them; never the test split.
        output_dir: the folder that ships.
        articles: of the validation file, a random sample: one half to fit, one to decide on.
        num_beams: drafts of an article that the estimate chooses among.
        read: written abstracts of this model that somebody has read against their articles; of a
            model that rewrites sentences, rewritten sentences that were read against those.
        found_true: of these the fluent ones that say nothing but what their source says.
        seed: of the sample.
    """

    model_dir: Path
    extractive_dir: Path
    validation_file: Path
    output_dir: Path
    articles: int = 3200
    num_beams: int = 8
    read: int = 0
    found_true: int = 0
    seed: int = 20261121


def main(argv: list[str] | None = None) -> int:
    """Compare, decide and write, as a YAML file and options say.

    Args:
        argv: path of a YAML file of `SelectionArguments`, then ``--field value`` pairs.

    Returns:
        Exit status.
    """
    (arguments,) = parse_config((SelectionArguments,), argv)
    draw = random.Random(arguments.seed)
    examples = sample_summaries(arguments.validation_file, arguments.articles, draw)
    half = len(examples) // 2
    chooser = ExtractiveSummarizer(
        ExtractiveModel.load(arguments.extractive_dir / EXTRACTIVE_FILE), source="extractive"
    )
    with tempfile.TemporaryDirectory() as temporary:
        ships = Path(temporary) / "summarizer"
        _bring_into_form(arguments.model_dir, ships, arguments.num_beams)
        chooser.model.save(ships / EXTRACTIVE_FILE)
        margin: dict[str, float] = {}
        model: Summarizer
        if reads_sentences(ships):
            model = _rewriter(ships, chooser, examples[:half])
            margin = {"margin": model.margin}
        else:
            _add_choice(ships, chooser, examples[:half])
            model = Summarizer.from_pretrained(ships, device="cpu")
        decision = _compare(model, chooser, examples[half:], arguments) | margin
        output = arguments.output_dir
        output.mkdir(parents=True, exist_ok=True)
        if decision["method"] == "abstractive":
            shutil.copytree(ships, output, dirs_exist_ok=True)
    (output / DECISION_FILE).write_text(json.dumps(decision, indent=2) + "\n", encoding="utf-8")
    chooser.model.save(output / EXTRACTIVE_FILE)
    print(json.dumps(decision, indent=2))
    return 0


def _bring_into_form(model_dir: Path, ships: Path, num_beams: int) -> None:
    """Write what would ship of a trained model."""
    from transformers import AutoModelForSeq2SeqLM, AutoTokenizer

    model = AutoModelForSeq2SeqLM.from_pretrained(model_dir, use_safetensors=True)
    model.generation_config.num_beams = num_beams
    model.half().save_pretrained(ships)
    AutoTokenizer.from_pretrained(model_dir).save_pretrained(ships)
    shutil.copyfile(model_dir / TRAINING_RECORD_FILE, ships / TRAINING_RECORD_FILE)


def _rewriter(
    ships: Path, chooser: ExtractiveSummarizer, examples: Sequence[SummaryExample]
) -> RewritingSummarizer:
    """A model that rewrites sentences, with a margin that lets enough articles have such."""
    writer = SentenceWriter.load(str(ships), "cpu")
    both = RewritingSummarizer(writer, chooser, source=str(ships)).compare(
        [example.document for example in examples]
    )
    margin = fit_margin([one.loss for one in both])
    return RewritingSummarizer(writer, chooser, source=str(ships), margin=margin)


def fit_margin(losses: Sequence[float]) -> float:
    """Find the least margin in favour of written abstracts by which enough articles have one.

    Args:
        losses: for each article how much worse its best written abstract is expected to be than
            the chosen sentences, in ROUGE; infinite where it has none.
    """
    ordered = sorted(losses)
    wanted = ordered[: int(_FITTED_SHARE * len(ordered)) + 1]
    return round(max([0.0, *filter(math.isfinite, wanted)]), 5)


def _add_choice(
    ships: Path, chooser: ExtractiveSummarizer, examples: Sequence[SummaryExample]
) -> None:
    """Make the 8-bit form of a model that reads articles, and the choice between its abstracts."""
    export_ct2(str(ships), ships / CT2_FOLDER)
    model = AbstractiveSummarizer.load(str(ships / CT2_FOLDER), str(ships), "cpu", fallback=chooser)
    fit_choice(model, chooser, examples).save(ships / CHOICE_FILE)


def _compare(
    model: Summarizer,
    chooser: ExtractiveSummarizer,
    judged: Sequence[SummaryExample],
    arguments: SelectionArguments,
) -> dict[str, Any]:
    """Score the model, the chooser and the first two sentences, and decide."""
    from canbo.eval.baselines import LeadBaseline
    from canbo.eval.metrics.vi_rouge import rouge_means

    documents = [example.document for example in judged]
    made = model.summarize(documents)
    texts = {
        "lead_2": LeadBaseline(2).summarize(judged),
        "extractive": [abstract.text for abstract in chooser.summarize(documents)],
        "abstractive": [abstract.text for abstract in made],
    }
    references = [example.abstract for example in judged]
    scores = {
        system: {name: round(value, 4) for name, value in rouge_means(texts_, references).items()}
        for system, texts_ in texts.items()
    }
    written = sum(abstract.method == "abstractive" for abstract in made) / max(1, len(made))
    return {
        "method": decide(scores, written, arguments.found_true / max(1, arguments.read)),
        "rule": "abstractive if it beats lead_2 on all three scores, loses at most"
        f" {MOST_LOST:.0%} of extractive's, and writes at least {LEAST_WRITTEN:.0%} of the"
        " abstracts (of the others sentences are chosen), of"
        f" which a reader found at least {LEAST_TRUE:.0%} fluent and true",
        "articles": len(documents),
        "split": arguments.validation_file.name,
        "written": round(written, 4),
        "read": arguments.read,
        "found_true": arguments.found_true,
        "unsupported": sum(bool(abstract.unsupported) for abstract in made),
        "scores": scores,
    }


def fit_choice(
    model: AbstractiveSummarizer,
    chooser: ExtractiveSummarizer,
    examples: Sequence[SummaryExample],
) -> AbstractChoice:
    """Fit the estimate that chooses between abstracts of one article.

    A ridge regression of ROUGE on the features of every abstract that may be shown, both about the
    mean of their article, since it is abstracts of one article that are compared; then the least
    margin in favour of written abstracts by which enough of the articles have one.

    Args:
        model: writes.
        chooser: chooses sentences.
        examples: articles with references.
    """
    import numpy as np

    documents = [example.document for example in examples]
    rows, targets, described = [], [], []
    for example, written, chosen in zip(
        examples, model.supported(documents), chooser.summarize(documents), strict=True
    ):
        sentences = Sentences(example.document)
        chances = chooser.model.chances(sentences)
        texts = [(one.text, one.score) for one in written] + [(chosen.text, None)]
        features = [choice_features(text, score, sentences, chances) for text, score in texts]
        quality = np.array(mean_rouge([text for text, _ in texts], example.abstract))
        rows.append(np.array(features) - np.mean(features, axis=0))
        targets.append(quality - quality.mean())
        described.append(features)
    matrix = np.concatenate(rows)
    penalty = _RIDGE * np.eye(len(CHOICE_FEATURES))
    weights = np.linalg.solve(matrix.T @ matrix + penalty, matrix.T @ np.concatenate(targets))
    choice = AbstractChoice(
        {name: round(float(w), 5) for name, w in zip(CHOICE_FEATURES, weights, strict=True)}
    )
    # How much better the chosen sentences are expected to be than the best written abstract.
    losses = [
        choice.expected(features[-1]) - max(map(choice.expected, features[:-1]))
        if len(features) > 1
        else math.inf
        for features in described
    ]
    return AbstractChoice(choice.weights, fit_margin(losses))


def decide(scores: dict[str, dict[str, float]], written: float, true: float) -> str:
    """Return the method that ships.

    Args:
        scores: ROUGE by name, of ``abstractive``, of ``lead_2``, which it must beat, and of
            ``extractive``, of which it may lose `MOST_LOST`.
        written: share of the abstractive system's abstracts that are not chosen sentences.
        true: share of these that are fluent and true, of those that were read.
    """
    model = scores["abstractive"]
    beats_lead = all(model[name] > value for name, value in scores["lead_2"].items())
    keeps_up = all(
        model[name] >= (1 - MOST_LOST) * value for name, value in scores["extractive"].items()
    )
    good_enough = written >= LEAST_WRITTEN and true >= LEAST_TRUE
    return "abstractive" if beats_lead and keeps_up and good_enough else "extractive"


if __name__ == "__main__":
    raise SystemExit(main())
