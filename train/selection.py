"""Decide what ships as the default summarizer, and write it to the folder that ships.

    canbo train selection configs/summarizer/selection.yaml

A trained model writes the default abstracts only if, on validation articles, its abstracts beat
both the article's first two sentences and the chosen ones on ROUGE-1, -2 and -L over syllables.
"""

from __future__ import annotations

import json
import random
import shutil
from dataclasses import dataclass
from pathlib import Path

from canbo.data.summaries import read_summaries
from canbo.models.abstractive import AbstractiveSummarizer
from canbo.models.extractive import EXTRACTIVE_FILE, ExtractiveModel
from canbo.models.summarizer import DECISION_FILE, ExtractiveSummarizer
from canbo.models.torch_writer import TorchWriter
from canbo.train.arguments import parse_config

__all__ = ["SelectionArguments", "decide", "main"]


@dataclass
class SelectionArguments:
    """Settings of the decision.

    Attributes:
        model_dir: output folder of `canbo train summarizer`.
        extractive_dir: output folder of `canbo.train.extractive`.
        validation_file: articles that neither was trained on, as `canbo.data.summaries` reads
            them; never the test split.
        output_dir: the folder that ships.
        articles: of the validation file, a random sample.
        ship_weights: also write the model, in half precision, whatever the decision.
        seed: of the sample.
    """

    model_dir: Path
    extractive_dir: Path
    validation_file: Path
    output_dir: Path
    articles: int = 300
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
    documents = [example.document for example in examples]
    model_dir, extractive_file = (
        str(arguments.model_dir),
        arguments.extractive_dir / EXTRACTIVE_FILE,
    )
    model = AbstractiveSummarizer.load(model_dir, model_dir, None)
    chooser = ExtractiveSummarizer(ExtractiveModel.load(extractive_file), source="extractive")
    texts = {
        "lead_2": LeadBaseline(2).summarize(examples),
        "extractive": [abstract.text for abstract in chooser.summarize(documents)],
        "abstractive": [abstract.text for abstract in model.summarize(documents)],
    }
    references = [example.abstract for example in examples]
    scores = {
        system: {name: round(value, 4) for name, value in rouge_means(made, references).items()}
        for system, made in texts.items()
    }
    output = arguments.output_dir
    output.mkdir(parents=True, exist_ok=True)
    decision = {
        "method": decide(scores),
        "rule": "abstractive if it beats lead_2 and extractive on all three scores",
        "articles": len(documents),
        "split": arguments.validation_file.name,
        "scores": scores,
    }
    (output / DECISION_FILE).write_text(json.dumps(decision, indent=2) + "\n", encoding="utf-8")
    shutil.copyfile(extractive_file, output / EXTRACTIVE_FILE)
    if arguments.ship_weights:
        assert isinstance(model.writer, TorchWriter)  # trained here, so no export of it
        model.writer.model.half().save_pretrained(output)  # type: ignore[no-untyped-call]
        model.tokenizer.save_pretrained(output)
        shutil.copyfile(arguments.model_dir / "training.json", output / "training.json")
    print(json.dumps(decision, indent=2))
    return 0


def decide(scores: dict[str, dict[str, float]]) -> str:
    """Return the method that ships.

    Args:
        scores: ROUGE by name, of ``abstractive`` and of every system that it must beat.
    """
    model = scores["abstractive"]
    others = [values for system, values in scores.items() if system != "abstractive"]
    beats_all = all(model[name] > values[name] for values in others for name in model)
    return "abstractive" if beats_all else "extractive"


if __name__ == "__main__":
    raise SystemExit(main())
