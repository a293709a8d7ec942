"""Decide what ships as the default summarizer, and write it to the folder that ships.

    canbo train selection configs/summarizer/selection.yaml

On one half of a sample of validation articles an estimate of quality is fitted, by which each
article gets a written abstract or chosen sentences. On the other half the trained model writes the
default abstracts only if, so mixed and with nothing unsupported shown, they beat both the article's
first two sentences and the chosen ones on ROUGE-1, -2 and -L over syllables, and at least half of
them are written.
"""

from __future__ import annotations

import json
import random
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from canbo.data.summaries import SummaryExample, read_summaries
from canbo.models.abstract_choice import (
    CHOICE_FEATURES,
    CHOICE_FILE,
    AbstractChoice,
    choice_features,
)
from canbo.models.abstractive import AbstractiveSummarizer
from canbo.models.extractive import EXTRACTIVE_FILE, ExtractiveModel, Sentences
from canbo.models.summarizer import DECISION_FILE, ExtractiveSummarizer
from canbo.models.torch_writer import TorchWriter
from canbo.train.arguments import parse_config
from canbo.train.extractive import mean_rouge

__all__ = ["LEAST_WRITTEN", "SelectionArguments", "decide", "fit_choice", "main"]

LEAST_WRITTEN = 0.5  # share of the abstracts that an abstractive default must write
_FITTED_SHARE = 0.6  # of the articles that the margin is fitted on: some room above that
_RIDGE = 1.0


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
        ship_weights: also write the model, in half precision, whatever the decision.
        seed: of the sample.
    """

    model_dir: Path
    extractive_dir: Path
    validation_file: Path
    output_dir: Path
    articles: int = 600
    ship_weights: bool = False
    seed: int = 20261121


def main(argv: list[str] | None = None) -> int:
    """Compare, decide and write, as a YAML file and options say.

    Args:
        argv: path of a YAML file of `SelectionArguments`, then ``--field value`` pairs.

    Returns:
        Exit status.
    """
    from canbo.eval.baselines import LeadBaseline
    from canbo.eval.metrics.vi_rouge import rouge_means

    (arguments,) = parse_config((SelectionArguments,), argv)
    examples = list(read_summaries(arguments.validation_file))
    examples = random.Random(arguments.seed).sample(
        examples, min(arguments.articles, len(examples))
    )
    half = len(examples) // 2
    model_dir = str(arguments.model_dir)
    extractive_file = arguments.extractive_dir / EXTRACTIVE_FILE
    chooser = ExtractiveSummarizer(ExtractiveModel.load(extractive_file), source="extractive")
    model = AbstractiveSummarizer.load(model_dir, model_dir, None, fallback=chooser)
    model.choice = fit_choice(model, chooser, examples[:half])
    judged = examples[half:]
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
    output = arguments.output_dir
    output.mkdir(parents=True, exist_ok=True)
    decision = {
        "method": decide(scores, written),
        "rule": "abstractive if it beats lead_2 and extractive on all three scores and writes at"
        f" least {LEAST_WRITTEN:.0%} of the abstracts; of the others sentences are chosen",
        "articles": len(documents),
        "split": arguments.validation_file.name,
        "written": round(written, 4),
        "unsupported": sum(bool(abstract.unsupported) for abstract in made),
        "scores": scores,
    }
    (output / DECISION_FILE).write_text(json.dumps(decision, indent=2) + "\n", encoding="utf-8")
    shutil.copyfile(extractive_file, output / EXTRACTIVE_FILE)
    if decision["method"] == "abstractive" or arguments.ship_weights:
        model.choice.save(output / CHOICE_FILE)
    if arguments.ship_weights:
        assert isinstance(model.writer, TorchWriter)  # trained here, so no export of it
        model.writer.model.half().save_pretrained(output)  # type: ignore[no-untyped-call]
        model.tokenizer.save_pretrained(output)
        shutil.copyfile(arguments.model_dir / "training.json", output / "training.json")
    print(json.dumps(decision, indent=2))
    return 0


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
    leads = sorted(
        choice.expected(features[-1]) - max(map(choice.expected, features[:-1]))
        if len(features) > 1
        else float("inf")
        for features in described
    )
    needed = leads[min(len(leads) - 1, int(_FITTED_SHARE * len(leads)))] if leads else 0.0
    margin = max(0.0, needed) if needed != float("inf") else 1.0
    return AbstractChoice(choice.weights, round(margin, 5))


def decide(scores: dict[str, dict[str, float]], written: float) -> str:
    """Return the method that ships.

    Args:
        scores: ROUGE by name, of ``abstractive`` and of every system that it must beat.
        written: share of the abstractive system's abstracts that are not chosen sentences.
    """
    model = scores["abstractive"]
    others = [values for system, values in scores.items() if system != "abstractive"]
    beats_all = all(model[name] > values[name] for values in others for name in model)
    return "abstractive" if beats_all and written >= LEAST_WRITTEN else "extractive"


if __name__ == "__main__":
    raise SystemExit(main())
