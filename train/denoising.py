"""One run of `Trainer` on blocks of tokens, whatever is to be restored in them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Protocol

from canbo.train.arguments import ConfigError
from canbo.train.token_blocks import Blocks

if TYPE_CHECKING:
    import torch
    from transformers import Trainer, TrainingArguments

__all__ = ["Corruption", "block_loss_results", "train_on_blocks"]


class Corruption(Protocol):
    """Takes something away from blocks of tokens for a model to restore."""

    def __call__(
        self, blocks: torch.Tensor, generator: torch.Generator | None = None
    ) -> dict[str, torch.Tensor]:
        """Corrupt whole blocks.

        Args:
            blocks: token ids, shape (blocks, tokens).
            generator: of the random choices; torch's own where there is none.

        Returns:
            The model's arguments, ``labels`` among them, each with one row a block.
        """
        ...


class _Collator:
    """Corrupts training blocks anew each time; those held out come as they were corrupted once."""

    def __init__(self, corrupt: Corruption) -> None:
        self._corrupt = corrupt

    def __call__(self, examples: Sequence[Any]) -> dict[str, torch.Tensor]:
        import torch

        if isinstance(examples[0], dict):
            return {name: torch.stack([row[name] for row in examples]) for name in examples[0]}
        return self._corrupt(torch.stack(list(examples)))


def train_on_blocks(
    model: torch.nn.Module,
    corrupt: Corruption,
    train: Blocks,
    held_out: Blocks,
    eval_blocks: int,
    training_args: TrainingArguments,
    checkpoint: str | None,
) -> tuple[Trainer, dict[str, float]]:
    """Train, and measure the loss on held-out blocks at the end.

    Args:
        model: takes what `corrupt` returns and answers with a ``loss``.
        corrupt: makes the task.
        train: blocks to train on.
        held_out: blocks of other articles; the same corruption of them in every evaluation.
        eval_blocks: how many of those.
        training_args: of the run.
        checkpoint: folder to continue from.

    Returns:
        The trainer, and its figures.

    Raises:
        ConfigError: the text does not fill a block.
    """
    import torch
    from transformers import Trainer

    if not len(train):
        raise ConfigError("block_size: the articles do not fill one block; give more text")
    if not len(held_out):
        raise ConfigError("block_size: the held-out articles do not fill one block")
    whole = corrupt(
        torch.stack(held_out.spread(eval_blocks)),
        torch.Generator().manual_seed(training_args.seed),
    )
    rows = len(whole["labels"])
    evaluated = [{name: value[row] for name, value in whole.items()} for row in range(rows)]
    training_args.remove_unused_columns = False
    training_args.prediction_loss_only = True
    trainer = Trainer(
        model=model,
        args=training_args,
        train_dataset=train,
        eval_dataset=evaluated,
        data_collator=_Collator(corrupt),
    )
    # The losses are means over a batch, whatever keywords the models' forward would take.
    trainer.model_accepts_loss_kwargs = False
    trained = trainer.train(resume_from_checkpoint=checkpoint)
    figures = {**trained.metrics, **trainer.evaluate(), "eval_blocks": rows}
    return trainer, figures


def block_loss_results(trainer: Trainer, figures: dict[str, float]) -> dict[str, Any]:
    """Add the losses on the way to a run's figures, for its record."""
    losses = [
        {name: entry[name] for name in ("step", "loss", "eval_loss") if name in entry}
        for entry in trainer.state.log_history
        if "loss" in entry or "eval_loss" in entry
    ]
    return {**figures, "losses": losses}
