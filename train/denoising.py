"""One run of `Trainer` on blocks of tokens, whatever is to be restored in them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from canbo.train.arguments import ConfigError
from canbo.train.mean_loss import take_loss_as_mean
from canbo.train.record import write_record
from canbo.train.token_blocks import Blocks, CorpusArguments, Tokens

if TYPE_CHECKING:
    import torch
    from transformers import Trainer, TrainingArguments

__all__ = ["Corruption", "record_blocks", "train_on_blocks"]


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
) -> tuple[Trainer, dict[str, Any]]:
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
        The trainer, and its figures: times, the last loss and, as ``losses``, those on the way.

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
    take_loss_as_mean(trainer)
    trained = trainer.train(resume_from_checkpoint=checkpoint)
    figures = {**trained.metrics, **trainer.evaluate(), "eval_blocks": rows}
    # After the last evaluation, which is one of them.
    losses = [
        {name: entry[name] for name in ("step", "loss", "eval_loss") if name in entry}
        for entry in trainer.state.log_history
        if "loss" in entry or "eval_loss" in entry
    ]
    return trainer, {**figures, "losses": losses}


def record_blocks(
    final_dir: Path,
    settings: Sequence[Any],
    corpus: CorpusArguments,
    tokens: Tokens,
    figures: dict[str, Any],
) -> None:
    """Write the record of a run.

    Args:
        final_dir: folder of the trained model.
        settings: all dataclasses of settings.
        corpus: names the files that are at hand.
        tokens: what was trained on.
        figures: what `train_on_blocks` returned.
    """
    write_record(
        final_dir,
        *settings,
        data=[*tokens.files, *(path for path in corpus.train_files if path.is_file())],
        articles=tokens.articles,
        results={"train_tokens": len(tokens.train), "tokens": tokens.made_from, **figures},
    )
