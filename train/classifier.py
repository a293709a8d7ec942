"""Fine-tune a theme classifier (PhoBERT, or the embedded encoder) with `Trainer`.

    canbo train classifier configs/classifier/phobert-base.yaml --train_files mine.jsonl

An interrupted run continues from its last checkpoint when it is started again.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from canbo.data.loaders import load_theme_data, read_labelled_paragraphs
from canbo.data.provenance import recorded_articles
from canbo.data.themes import ThemeScheme, load_theme_scheme
from canbo.models.calibration import sigmoid
from canbo.models.classifier import CONFIG_KEY
from canbo.models.phobert_tokenizer import MAX_LENGTH, load_tokenizer, save_tokenizer
from canbo.models.segmentation import load_segmenter
from canbo.models.text_encoding import encode_windows
from canbo.train.arguments import ConfigError, check_files, parse_config
from canbo.train.fine_tuning import (
    FineTuningArguments,
    average_checkpoints,
    check_fine_tuning,
    fine_tuner,
    positive_weights,
)
from canbo.train.publication import WriteCard, plan_publication
from canbo.train.record import write_record
from canbo.train.resume import checkpoint_to_resume

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    from datasets import Dataset
    from transformers import (
        EvalPrediction,
        PreTrainedModel,
        PreTrainedTokenizerFast,
        Trainer,
        TrainingArguments,
    )

__all__ = ["DataArguments", "ModelArguments", "main"]

logger = logging.getLogger(__name__)


@dataclass
class ModelArguments:
    """Which model is fine-tuned.

    Attributes:
        model_name_or_path: folder or hub id of a PhoBERT: ``vinai/phobert-base``, one that
            `canbo train pretrain` made, or a finished classifier, also of other themes.
        segmenter: word segmenter; recorded in the checkpoint, which will use the same.
        max_length: tokens of a training paragraph that are read, and of a window when the
            checkpoint is used.
        classifier_dropout: dropout before the classification head.
    """

    model_name_or_path: str
    segmenter: str = "canbo"
    max_length: int = MAX_LENGTH
    classifier_dropout: float = 0.1


@dataclass
class DataArguments:
    """What it is trained and judged on; every file is JSONL of labelled paragraphs.

    Attributes:
        train_files: trained on; one that is named twice is read twice an epoch, so that a smaller
            kind of text counts for more.
        validation_files: the best epoch and the thresholds are chosen on them.
        test_files: only reported on, each by itself.
        themes: theme scheme; without it the one that ships with canbo. Another than that is saved
            in the finished classifier's config.
        final_dir: folder that gets the finished classifier: weights in half precision, config,
            tokenizer and record.
    """

    train_files: list[Path]
    validation_files: list[Path]
    test_files: list[Path] = field(default_factory=list)
    themes: Path | None = None
    final_dir: Path = Path("runs/classifier")


def main(argv: list[str] | None = None, write_card: WriteCard | None = None) -> int:
    """Fine-tune as a YAML file and options say.

    Args:
        argv: path of a YAML file with fields of `ModelArguments`, `DataArguments`,
            `FineTuningArguments` and `transformers.TrainingArguments`, then ``--field value``
            pairs.
        write_card: gives the finished classifier the card that ``push_to_hub`` uploads with it.

    Returns:
        Exit status.

    Raises:
        ConfigError: the config is wrong.
        PublicationError: the finished classifier could not be uploaded.
        canbo.data.loaders.ThemeDataError: a data file is wrong.
    """
    from transformers import TrainingArguments, set_seed

    model_args, data_args, fine_tuning, training_args = parse_config(
        (ModelArguments, DataArguments, FineTuningArguments, TrainingArguments), argv
    )
    publication = plan_publication(training_args, write_card)
    check_files(data_args, "train_files", "validation_files", "test_files")
    check_fine_tuning(fine_tuning, training_args)
    checkpoint = checkpoint_to_resume(
        training_args, (model_args, data_args, fine_tuning), data_args.train_files
    )
    set_seed(training_args.seed)
    scheme = load_theme_scheme(data_args.themes)
    tokenizer = load_tokenizer(model_args.model_name_or_path)
    data = _load_data(data_args, model_args, scheme, tokenizer)
    model = _load_model(model_args, scheme)

    trainer = _trainer(model, tokenizer, data, training_args, fine_tuning, scheme)
    trainer.train(resume_from_checkpoint=checkpoint)
    if fine_tuning.average_checkpoints:
        averaged = average_checkpoints(
            model, Path(str(training_args.output_dir)), fine_tuning.average_checkpoints
        )
        logger.info("the result is the mean of %s", ", ".join(averaged))

    judged = {
        name: _probabilities(trainer, split) for name, split in data.items() if name != "train"
    }
    thresholds = _choose_thresholds(*judged["validation"], scheme)
    settings: dict[str, Any] = {
        "segmenter": model_args.segmenter,
        "max_length": model_args.max_length,
        "thresholds": thresholds,
    }
    if scheme != load_theme_scheme():
        # A report made with the checkpoint needs its names and colours, wherever it is used.
        settings["scheme"] = scheme.to_dict()
    model.config.update({CONFIG_KEY: settings})
    results = {name: _judge(*outcome, thresholds) for name, outcome in judged.items()}
    _save(trainer, model_args, data_args, fine_tuning, scheme, results)
    for name, scores in results.items():
        logger.info("%s: macro-F1 %.3f", name, scores["macro_f1"])
    if publication and trainer.is_world_process_zero():
        publication.publish(data_args.final_dir)
    return 0


def _load_data(
    data_args: DataArguments,
    model_args: ModelArguments,
    scheme: ThemeScheme,
    tokenizer: PreTrainedTokenizerFast,
) -> dict[str, Dataset]:
    files = {
        "train": list(dict.fromkeys(data_args.train_files)),
        "validation": data_args.validation_files,
    }
    files |= {f"test:{path.parent.name}/{path.stem}": [path] for path in data_args.test_files}
    segmenter = load_segmenter(model_args.segmenter)

    def encode(rows: dict[str, list[str]]) -> dict[str, list[list[int]]]:
        windows = encode_windows(
            tokenizer, segmenter, rows["text"], max_length=model_args.max_length
        )
        # Which window of a long paragraph its themes stand in is not known: the first is taken.
        first = {window.text: window.ids for window in reversed(windows)}
        return {"input_ids": [first[text] for text in range(len(rows["text"]))]}

    splits = load_theme_data(files, scheme)
    splits["train"] = _repeated(splits["train"], data_args.train_files)
    return {
        name: split.map(encode, batched=True, remove_columns=["text", "id", "article", "source"])
        for name, split in splits.items()
    }


def _repeated(train: Dataset, files: list[Path]) -> Dataset:
    """Append the rows of files that are named again; a row's source is ``file:line``."""
    from datasets import concatenate_datasets

    named = [str(path) for path in files]
    again = [name for i, name in enumerate(named) if name in named[:i]]
    places: dict[str, list[int]] = {name: [] for name in again}
    for i, place in enumerate(train["source"]):
        places.get(place.rpartition(":")[0], []).append(i)
    return concatenate_datasets([train, *(train.select(places[name]) for name in again)])


def _load_model(model_args: ModelArguments, scheme: ThemeScheme) -> PreTrainedModel:
    import torch
    from transformers import AutoConfig, AutoModelForSequenceClassification

    try:
        trained: Any = AutoConfig.from_pretrained(model_args.model_name_or_path)
    except (OSError, ValueError) as error:
        reason = str(error).strip().partition("\n")[0]
        raise ConfigError(
            f"model_name_or_path: {model_args.model_name_or_path} cannot be loaded: {reason}"
        ) from error
    model: PreTrainedModel = AutoModelForSequenceClassification.from_pretrained(
        model_args.model_name_or_path,
        # A finished classifier is stored in half precision; training starts from full all the same.
        dtype=torch.float32,
        num_labels=len(scheme),
        id2label=dict(enumerate(scheme.ids)),
        label2id={theme: index for index, theme in enumerate(scheme.ids)},
        problem_type="multi_label_classification",
        classifier_dropout=model_args.classifier_dropout,
        # A classifier of other themes hands on its encoder; its last layer is made anew.
        ignore_mismatched_sizes=trained.problem_type is not None
        and trained.num_labels != len(scheme),
    )
    return model


def _trainer(
    model: PreTrainedModel,
    tokenizer: PreTrainedTokenizerFast,
    data: dict[str, Dataset],
    training_args: TrainingArguments,
    fine_tuning: FineTuningArguments,
    scheme: ThemeScheme,
) -> Trainer:
    import numpy as np
    import torch
    from transformers import DataCollatorWithPadding

    from canbo.eval.metrics.themes import theme_metrics

    def scores(prediction: EvalPrediction) -> dict[str, float]:
        # A logit above 0 is a probability above one half, the threshold until one is chosen.
        assigned = (np.asarray(prediction.predictions) > 0).astype(int)
        gold = (np.asarray(prediction.label_ids) > 0.5).astype(int)
        metrics = theme_metrics(assigned, gold, scheme.ids)
        return {"macro_f1": metrics["macro_f1"], "micro_f1": metrics["micro_f1"]}

    return fine_tuner(
        fine_tuning,
        positive_weights(
            torch.tensor(np.asarray(data["train"]["labels"])), fine_tuning.positive_weight_power
        ),
        int(tokenizer.mask_token_id),
        frozenset(tokenizer.all_special_ids),
        model=model,
        args=training_args,
        train_dataset=data["train"],
        eval_dataset=data["validation"],
        data_collator=DataCollatorWithPadding(tokenizer),
        compute_metrics=scores,
    )


def _probabilities(
    trainer: Trainer, split: Dataset
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.int64]]:
    import numpy as np

    prediction = trainer.predict(split)
    logits = np.asarray(prediction.predictions, dtype=np.float64)
    return sigmoid(logits), (np.asarray(prediction.label_ids) > 0.5).astype(np.int64)


def _choose_thresholds(
    probabilities: npt.NDArray[np.float64], gold: npt.NDArray[np.int64], scheme: ThemeScheme
) -> dict[str, float]:
    from canbo.eval.metrics.themes import best_thresholds

    chosen = best_thresholds(probabilities, gold)
    return {theme: round(float(value), 3) for theme, value in zip(scheme.ids, chosen, strict=True)}


def _judge(
    probabilities: npt.NDArray[np.float64],
    gold: npt.NDArray[np.int64],
    thresholds: dict[str, float],
) -> dict[str, float]:
    import numpy as np

    from canbo.eval.metrics.theme_probabilities import average_precision
    from canbo.eval.metrics.themes import theme_metrics

    assigned = (probabilities >= np.array(list(thresholds.values()))).astype(int)
    precisions = [
        average_precision(probabilities[:, theme], gold[:, theme])
        for theme in range(len(thresholds))
    ]
    return {
        **theme_metrics(assigned, gold, tuple(thresholds)),
        "mean_average_precision": float(np.mean(precisions)),
    }


def _save(
    trainer: Trainer,
    model_args: ModelArguments,
    data_args: DataArguments,
    fine_tuning: FineTuningArguments,
    scheme: ThemeScheme,
    results: dict[str, Any],
) -> None:
    if not trainer.is_world_process_zero():
        return
    final = data_args.final_dir
    model: Any = trainer.model
    # A plain AutoTokenizer on the folder gives ids of their own to pieces that vocab.txt lacks.
    load_tokenizer(model_args.model_name_or_path).widen_embeddings(model)
    model.half().save_pretrained(final)
    trainer.state.save_to_json(str(final / "trainer_state.json"))
    save_tokenizer(model_args.model_name_or_path, final)
    seen = [*data_args.train_files, *data_args.validation_files]
    own = {row.article for path in seen for row in read_labelled_paragraphs(path, scheme)}
    write_record(
        final,
        model_args,
        data_args,
        fine_tuning,
        trainer.args,
        data=[*seen, *data_args.test_files],
        # What the model that it began from has seen, it has seen too.
        articles=own | recorded_articles(Path(model_args.model_name_or_path)),
        results=results,
    )


if __name__ == "__main__":
    raise SystemExit(main())
