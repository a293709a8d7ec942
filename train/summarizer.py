"""Fine-tune a summarizer (ViT5, or a small T5 from scratch) with `Seq2SeqTrainer`.

    canbo train summarizer configs/summarizer/vit5-base.yaml --train_file mine.jsonl

An interrupted run continues from its last checkpoint when it is started again.
"""

from __future__ import annotations

import logging
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from canbo.data.documents import Document
from canbo.data.summaries import SummaryExample, read_summaries
from canbo.data.vietnews import read_ids
from canbo.models.extractive import ExtractiveModel
from canbo.models.source_text import SourceFormat, source_text
from canbo.train.arguments import ConfigError, parse_config
from canbo.train.copy_start import start_copying
from canbo.train.mean_loss import take_loss_as_mean
from canbo.train.piece_vectors import start_with_word_vectors
from canbo.train.publication import WriteCard, plan_publication
from canbo.train.record import write_record
from canbo.train.resume import checkpoint_to_resume
from canbo.train.scratch_t5 import ModelArguments, make_t5

if TYPE_CHECKING:
    from datasets import Dataset
    from transformers import (
        EvalPrediction,
        PreTrainedModel,
        PreTrainedTokenizerBase,
        Seq2SeqTrainingArguments,
    )

__all__ = ["DataArguments", "ModelArguments", "main", "support"]

logger = logging.getLogger(__name__)


@dataclass
class DataArguments:
    """What it is trained on.

    Attributes:
        train_file: articles with abstracts, as `canbo.data.summaries` reads them.
        validation_file: the same, for choosing; never the test split.
        leave_out_file: ids, one a line, of training articles to leave out.
        source_prefix: text before every source, for example "vietnews: ".
        with_title: the source starts with the title.
        reads: ``article``, or ``sentence`` where every article of the files is one sentence, with
            the sentence rewritten for an abstract.
        max_source_length: tokens read of an article: of a longer one its best sentences.
        max_target_length: tokens of an abstract.
        min_target_length: tokens that a generated abstract has at least.
        min_support: share of an abstract's pairs of neighbouring tokens that must stand in the
            source as the model reads it; training articles with less are left out, because a
            model that learns to write what it cannot read learns to invent.
        max_train_articles: a random sample of so many, by the seed.
        max_validation_articles: the same of the validation file.
    """

    train_file: str
    validation_file: str
    leave_out_file: str | None = None
    source_prefix: str = ""
    with_title: bool = False
    reads: Literal["article", "sentence"] = "article"
    max_source_length: int = 1024
    max_target_length: int = 256
    min_target_length: int = 0
    min_support: float = 0.0
    max_train_articles: int | None = None
    max_validation_articles: int | None = None


def main(argv: list[str] | None = None, write_card: WriteCard | None = None) -> int:
    """Train as a YAML file and options say.

    Args:
        argv: path of a YAML file of `ModelArguments`, `DataArguments` and
            `Seq2SeqTrainingArguments`, then ``--field value`` pairs.
        write_card: gives the finished summarizer the card that ``push_to_hub`` uploads with it.

    Returns:
        Exit status.

    Raises:
        ConfigError: the config, an override or a data file is wrong.
        PublicationError: the finished summarizer could not be uploaded.
    """
    import torch
    from datasets import Dataset
    from transformers import (
        AutoModelForSeq2SeqLM,
        AutoTokenizer,
        Seq2SeqTrainingArguments,
        set_seed,
    )

    model_args, data_args, training_args = parse_config(
        (ModelArguments, DataArguments, Seq2SeqTrainingArguments), argv
    )
    publication = plan_publication(training_args, write_card)
    if training_args.generation_num_beams == 1:
        raise ConfigError(
            "generation_num_beams: summaries are written by beam search; give 2 or more"
        )
    set_seed(training_args.seed)
    output = Path(training_args.output_dir)
    left_out = read_ids(Path(data_args.leave_out_file)) if data_args.leave_out_file else frozenset()
    seed = training_args.seed
    train = _sample(data_args.train_file, data_args.max_train_articles, seed, left_out)
    validation = _sample(data_args.validation_file, data_args.max_validation_articles, seed)

    source = SourceFormat(
        data_args.source_prefix,
        data_args.with_title,
        data_args.max_source_length,
        data_args.reads,
    )
    checkpoint = checkpoint_to_resume(
        training_args, (model_args, data_args), [Path(data_args.train_file)]
    )
    start = checkpoint or model_args.model_name_or_path
    if start:
        model = AutoModelForSeq2SeqLM.from_pretrained(start, dtype=torch.float32)
        tokenizer: PreTrainedTokenizerBase = AutoTokenizer.from_pretrained(start)
    else:
        model, tokenizer = make_t5(model_args, train, source.max_source_length, seed)
    if source.reads == "sentence" and model.config.model_type != "t5":
        raise ConfigError(
            f"reads: sentences are rewritten by a T5 such as VietAI/vit5-base; {start} is"
            f" a {model.config.model_type} model"
        )
    encoder = _Encoder(tokenizer, source, data_args, ExtractiveModel.shipped().rate)
    encoded = output / "encoded"
    with training_args.main_process_first(local=False, desc="encoding"):
        # Made from the same settings, or it would not be resumed; or by this run's first process.
        made = checkpoint is not None or training_args.process_index > 0
        if made and encoded.is_dir():
            train_set = Dataset.load_from_disk(str(encoded))
        else:
            train_set = encoder.encode(train, "train", data_args.min_support)
            train_set.save_to_disk(str(encoded))
    if not start and model_args.word_vectors:
        start_with_word_vectors(model, train_set["input_ids"], seed)
    if not start and model_args.copy_start:
        start_copying(model)
    source.record(model.config)
    model.generation_config.max_length = None
    model.generation_config.update(
        max_new_tokens=data_args.max_target_length,
        min_new_tokens=data_args.min_target_length,
        num_beams=training_args.generation_num_beams or 4,
        no_repeat_ngram_size=3,
        length_penalty=2.0,  # T5's own setting for summaries: beams favour short ones
    )

    trainer = _trainer(
        model,
        tokenizer,
        training_args,
        train_set,
        encoder.encode(validation, "validation"),
    )
    trained = trainer.train(resume_from_checkpoint=checkpoint)
    metrics = trainer.evaluate(metric_key_prefix="validation")
    trainer.save_model()
    if trainer.is_world_process_zero():
        write_record(
            output,
            model_args,
            data_args,
            training_args,
            data=[
                Path(path)
                for path in (
                    data_args.train_file,
                    data_args.validation_file,
                    data_args.leave_out_file,
                )
                if path
            ],
            results={
                "train_articles": len(train_set),
                "validation_articles": len(validation),
                "left_out_articles": len(left_out),
                **trained.metrics,
                **metrics,
            },
        )
        if publication:
            publication.publish(output)
    return 0


def _sample(
    path: str, size: int | None, seed: int, left_out: frozenset[str] = frozenset()
) -> list[SummaryExample]:
    """Read a file's articles; a sample comes in random order, since corpora come by subject."""
    try:
        examples = list(read_summaries(Path(path), left_out))
    except (OSError, ValueError) as error:
        raise ConfigError(f"cannot read articles: {error}") from error
    if not examples:
        raise ConfigError(f"{path}: holds no article")
    if size is None or size >= len(examples):
        return examples
    return random.Random(seed).sample(examples, size)


@dataclass(frozen=True)
class _Encoder:
    """Tokenizes articles and abstracts as the model reads and writes them."""

    tokenizer: PreTrainedTokenizerBase
    source: SourceFormat
    arguments: DataArguments
    rate: Callable[[Document], Sequence[float]]

    def encode(
        self, examples: list[SummaryExample], name: str, min_support: float = 0.0
    ) -> Dataset:
        """Make a data set of ``input_ids``, ``labels`` and ``length``.

        Args:
            examples: articles with abstracts.
            name: for the progress bar.
            min_support: as in `DataArguments`.

        Raises:
            ConfigError: no article is left.
        """
        from datasets import Dataset
        from tqdm import tqdm

        inputs, labels = [], []
        for example in tqdm(examples, desc=f"encoding {name}", unit="article"):
            source = self._ids(
                source_text(example.document, self.tokenizer, self.source, self.rate),
                self.source.max_source_length,
            )
            target = self._ids(example.abstract, self.arguments.max_target_length)
            if support(target, source) >= min_support:
                inputs.append(source)
                labels.append(target)
        if not inputs:
            raise ConfigError(f"min_support {min_support}: no {name} article has as much; lower it")
        logger.info("%s: %d of %d articles kept", name, len(inputs), len(examples))
        return Dataset.from_dict(
            {"input_ids": inputs, "labels": labels, "length": [len(ids) for ids in inputs]}
        )

    def _ids(self, text: str, limit: int) -> list[int]:
        return list(self.tokenizer(text, truncation=True, max_length=limit)["input_ids"])


def support(target: Sequence[int], source: Sequence[int]) -> float:
    """Share of a target's pairs of neighbouring tokens that the source holds.

    Args:
        target: token ids, the last of them the end of the sequence.
        source: token ids.

    Returns:
        Between 0 and 1; 1 for a target of fewer than two tokens before its end.
    """
    pairs = list(pairwise(target[:-1]))
    known = set(pairwise(source))
    return sum(pair in known for pair in pairs) / len(pairs) if pairs else 1.0


def _trainer(
    model: PreTrainedModel,
    tokenizer: PreTrainedTokenizerBase,
    arguments: Seq2SeqTrainingArguments,
    train: Dataset,
    validation: Dataset,
) -> Any:
    import numpy as np
    from transformers import DataCollatorForSeq2Seq, Seq2SeqTrainer

    from canbo.eval.metrics.vi_rouge import rouge_means

    def decode(predicted: Any) -> list[str]:
        ids = np.asarray(predicted)
        kept = np.where(ids < 0, tokenizer.pad_token_id, ids)
        return list(tokenizer.batch_decode(kept, skip_special_tokens=True))

    def compute_metrics(prediction: EvalPrediction) -> dict[str, float]:
        return rouge_means(decode(prediction.predictions), decode(prediction.label_ids))

    trainer = Seq2SeqTrainer(
        model=model,
        args=arguments,
        train_dataset=train,
        eval_dataset=validation,
        processing_class=tokenizer,
        data_collator=DataCollatorForSeq2Seq(tokenizer, model=model),
        compute_metrics=compute_metrics if arguments.predict_with_generate else None,
    )
    take_loss_as_mean(trainer)
    return trainer


if __name__ == "__main__":
    raise SystemExit(main())
