"""What fine-tuning a classifier on a few thousand paragraphs can do beyond plain cross-entropy."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from canbo.train.arguments import ConfigError
from canbo.train.mean_loss import trainer_with_loss

if TYPE_CHECKING:
    import torch
    from transformers import PreTrainedModel, Trainer, TrainingArguments

__all__ = [
    "FineTuningArguments",
    "average_checkpoints",
    "check_fine_tuning",
    "fine_tuner",
    "mean_weights",
    "optimizer_groups",
    "positive_weights",
    "theme_loss",
]


@dataclass
class FineTuningArguments:
    """Each of these does nothing at its default.

    Attributes:
        layerwise_lr_decay: factor of the learning rate from each layer to the one below it; 0.9 to
            0.95 keeps what the lower layers have learnt (Howard & Ruder 2018; Zhang et al. 2021,
            "Revisiting Few-sample BERT Fine-tuning").
        focus_positive: exponent that makes present themes count less that the model is already sure
            of. With the same for absent ones and no margin this is focal loss (Lin et al. 2017).
        focus_negative: the same for absent themes; larger than for present ones it is asymmetric
            loss (Ridnik et al. 2021), made for many absent labels: 1 to 4 against 0 or 1.
        negative_margin: absent themes with a probability below it do not count (the same paper).
        positive_weight_power: a present theme counts (absent : present paragraphs) to this power;
            0.5 is a usual compromise, 1 balances fully.
        r_drop: weight of the divergence between two passes with different dropout (Liang et al.
            2021): half the sum of both Kullback-Leibler divergences, beside the mean loss of both
            passes. 0.5 to 5; a step takes twice as long.
        token_dropout: share of tokens that ``<mask>`` hides in training (Iyyer et al. 2015).
        average_checkpoints: the result is the mean of the weights of so many last checkpoints
            (Izmailov et al. 2018), in the place of the best.
        early_stopping_patience: stop after so many evaluations without a better one.
    """

    layerwise_lr_decay: float = 1.0
    focus_positive: float = 0.0
    focus_negative: float = 0.0
    negative_margin: float = 0.0
    positive_weight_power: float = 0.0
    r_drop: float = 0.0
    token_dropout: float = 0.0
    average_checkpoints: int = 0
    early_stopping_patience: int | None = None


def check_fine_tuning(settings: FineTuningArguments, training_args: TrainingArguments) -> None:
    """Refuse what cannot work before an hour is spent on it.

    Raises:
        ConfigError: early stopping without a best checkpoint, or more checkpoints averaged than
            are kept.
    """
    if settings.early_stopping_patience is not None and not training_args.load_best_model_at_end:
        raise ConfigError("early_stopping_patience: needs load_best_model_at_end: true")
    kept = training_args.save_total_limit
    if kept is not None and settings.average_checkpoints > kept:
        raise ConfigError(
            f"average_checkpoints: {settings.average_checkpoints} are wanted, but save_total_limit "
            f"keeps {kept}; raise it"
        )


def theme_loss(
    logits: torch.Tensor,
    labels: torch.Tensor,
    settings: FineTuningArguments,
    weights: torch.Tensor | None = None,
) -> torch.Tensor:
    """Binary cross-entropy of every theme, weighted as the settings say.

    Args:
        logits: shape (paragraphs, themes).
        labels: probabilities of the themes, gold or a teacher's, of the same shape.
        settings: focus and margin.
        weights: of present themes, shape (themes,).

    Returns:
        The mean over paragraphs and themes.
    """
    import torch
    from torch.nn.functional import logsigmoid

    logits, labels = logits.float(), labels.float()
    probability = logits.sigmoid()
    present, absent = logsigmoid(logits), logsigmoid(-logits)
    seen_as_absent = probability
    if settings.negative_margin:
        seen_as_absent = (probability - settings.negative_margin).clamp(min=0)
        absent = torch.log1p(-seen_as_absent)
    if settings.focus_positive:
        present = present * (1 - probability) ** settings.focus_positive
    if settings.focus_negative:
        absent = absent * seen_as_absent**settings.focus_negative
    if weights is not None:
        present = present * weights
    return -(labels * present + (1 - labels) * absent).mean()


def positive_weights(labels: torch.Tensor, power: float) -> torch.Tensor | None:
    """Weights of present themes: absent : present, to a power.

    Args:
        labels: of all training paragraphs, shape (paragraphs, themes).
        power: None is returned for 0.
    """
    if not power:
        return None
    present = labels.sum(dim=0).clamp(min=1)
    return ((len(labels) - present).clamp(min=1) / present) ** power


def optimizer_groups(
    model: PreTrainedModel, training_args: TrainingArguments, lr_decay: float, decayed: list[str]
) -> list[dict[str, Any]]:
    """Parameter groups with a learning rate for each layer.

    Args:
        model: embeddings, ``encoder.layer.N`` and a head, as RoBERTa has them.
        training_args: learning rate of the head, and weight decay.
        lr_decay: factor from each layer to the one below it.
        decayed: names of the parameters that weight decay is for.

    Returns:
        What an optimizer takes as its parameters.
    """
    layers = int(model.config.num_hidden_layers)
    groups: dict[tuple[int, bool], dict[str, Any]] = {}
    for name, parameter in model.named_parameters():
        if not parameter.requires_grad:
            continue
        layer = re.search(r"\.encoder\.layer\.(\d+)\.", name)
        # From 0 for the head to layers + 1 for the embeddings.
        below = layers - int(layer[1]) if layer else (layers + 1) * (".embeddings." in name)
        decays = name in decayed
        group = groups.setdefault(
            (below, decays),
            {
                "params": [],
                "lr": training_args.learning_rate * lr_decay**below,
                "weight_decay": training_args.weight_decay if decays else 0.0,
            },
        )
        group["params"].append(parameter)
    return list(groups.values())


def fine_tuner(
    settings: FineTuningArguments,
    weights: torch.Tensor | None,
    mask_id: int,
    special_ids: frozenset[int],
    **options: Any,
) -> Trainer:
    """Make a `Trainer` that learns as the settings say.

    Args:
        settings: losses, optimizer groups and early stopping.
        weights: of present themes, shape (themes,), or None.
        mask_id: id of ``<mask>``.
        special_ids: tokens that are never hidden.
        options: of `Trainer`.
    """
    import torch
    from transformers import EarlyStoppingCallback, Trainer

    special = torch.tensor(sorted(special_ids))

    def loss(
        model: torch.nn.Module, given: dict[str, torch.Tensor]
    ) -> tuple[torch.Tensor, dict[str, torch.Tensor]]:
        labels = given.pop("labels")
        twice = model.training and settings.r_drop > 0
        if twice:
            given = {name: torch.cat([value, value]) for name, value in given.items()}
            labels = torch.cat([labels, labels])
        if model.training and settings.token_dropout:
            ids = given["input_ids"]
            hidden = torch.rand(ids.shape, device=ids.device) < settings.token_dropout
            hidden &= ~torch.isin(ids, special.to(ids.device))
            given["input_ids"] = ids.masked_fill(hidden, mask_id)
        outputs = model(**given)
        by_theme = weights.to(labels.device) if weights is not None else None
        value = theme_loss(outputs.logits, labels, settings, by_theme)
        if twice:
            value = value + settings.r_drop * _disagreement(outputs.logits)
        return value, outputs

    trainer = trainer_with_loss(loss, **options)
    if settings.layerwise_lr_decay != 1.0:
        kind, optimizer_options = Trainer.get_optimizer_cls_and_kwargs(
            trainer.args, options["model"]
        )
        groups = optimizer_groups(
            options["model"],
            trainer.args,
            settings.layerwise_lr_decay,
            trainer.get_decay_parameter_names(options["model"]),
        )
        trainer.optimizer_cls_and_kwargs = (kind, {**optimizer_options, "params": groups})
    if settings.early_stopping_patience is not None:
        trainer.add_callback(EarlyStoppingCallback(settings.early_stopping_patience))
    return trainer


def _disagreement(logits: torch.Tensor) -> torch.Tensor:
    """Half the sum of both Kullback-Leibler divergences between two passes' themes.

    Args:
        logits: both passes, one behind the other, shape (2 * paragraphs, themes).
    """
    one, other = logits.float().chunk(2)
    # For two Bernoulli distributions the two divergences add up to this.
    return ((one.sigmoid() - other.sigmoid()) * (one - other)).mean() / 2


def average_checkpoints(model: PreTrainedModel, output_dir: Path, count: int) -> list[str]:
    """Give a model the mean weights of a run's last checkpoints.

    Args:
        model: of the run; changed in place.
        output_dir: folder of the checkpoints.
        count: how many; all where there are fewer.

    Returns:
        Names of the checkpoints' folders.
    """
    from safetensors.torch import load_file

    folders = sorted(
        output_dir.glob("checkpoint-*"), key=lambda folder: int(folder.name.partition("-")[2])
    )[-count:]
    states = [load_file(folder / "model.safetensors") for folder in folders]
    model.load_state_dict(mean_weights(states))
    return [folder.name for folder in folders]


def mean_weights(states: Sequence[Mapping[str, torch.Tensor]]) -> dict[str, torch.Tensor]:
    """Average weights of the same names and shapes, in single precision."""
    total = {name: tensor.float() for name, tensor in states[0].items()}
    for state in states[1:]:
        total = {name: tensor + state[name].float() for name, tensor in total.items()}
    return {name: tensor / len(states) for name, tensor in total.items()}
