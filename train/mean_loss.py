"""Trainers whose loss is a mean over a batch."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import torch
    from transformers import Trainer

__all__ = ["take_loss_as_mean", "trainer_with_loss"]


def take_loss_as_mean(trainer: Trainer) -> None:
    """Have a trainer divide its loss by the number of accumulated batches.

    A model whose ``forward`` takes further keywords, as RoBERTa's and T5's do, makes `Trainer`
    conclude that its loss is a share of the whole accumulated batch's already.
    """
    trainer.model_accepts_loss_kwargs = False


def trainer_with_loss(
    loss: Callable[[torch.nn.Module, dict[str, torch.Tensor]], tuple[torch.Tensor, Any]],
    **options: Any,
) -> Trainer:
    """Make a `Trainer` that minimises a loss of one's own.

    Args:
        loss: takes the model and a batch, which it may change; returns the mean over the batch and
            the model's outputs.
        options: of `Trainer`.
    """
    from transformers import Trainer

    class LossTrainer(Trainer):
        def compute_loss(
            self,
            model: torch.nn.Module,
            inputs: dict[str, torch.Tensor],
            return_outputs: bool = False,
            num_items_in_batch: torch.Tensor | int | None = None,
        ) -> Any:
            value, outputs = loss(model, dict(inputs))
            return (value, outputs) if return_outputs else value

    trainer = LossTrainer(**options)
    take_loss_as_mean(trainer)
    return trainer
