"""The engine that a summarizer's checkpoint runs in: torch, or CTranslate2 after an export."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from canbo.models.ct2_writer import WEIGHTS_FILE, Ct2Record, Ct2Writer
from canbo.models.devices import device_or_default
from canbo.models.generation import Decoding, Writer
from canbo.models.source_text import SourceFormat
from canbo.models.summarizer import SummarizerError
from canbo.models.torch_writer import TorchWriter

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

__all__ = ["LoadedWriter", "check_is_seq2seq", "load_writer"]

LoadedWriter = tuple[Writer, "PreTrainedTokenizerBase", SourceFormat]


def load_writer(location: str, source: str, device: str | None) -> LoadedWriter:
    """Load a checkpoint of `transformers` or a folder of `canbo export --format ct2`.

    Args:
        location: folder or hub id.
        source: what messages call it.
        device: as of `Summarizer.from_pretrained`.

    Returns:
        The engine, the model's tokenizer and what the model reads of a document.

    Raises:
        SummarizerError: it is neither; the message says what it is.
        OSError: it cannot be found or read.
    """
    load = _load_ct2 if (Path(location) / WEIGHTS_FILE).is_file() else _load_torch
    return load(location, source, device)


def check_is_seq2seq(location: str, source: str) -> None:
    """Refuse what is no sequence-to-sequence model.

    Args:
        location: folder or hub id.
        source: what the message calls it.

    Raises:
        SummarizerError: it is something else.
        OSError: it cannot be found or read.
    """
    from transformers import AutoConfig

    folder = Path(location)
    if folder.is_dir() and not (folder / "config.json").is_file():
        raise SummarizerError(
            f"{source}: this folder holds no model (no config.json); name the output folder "
            "of 'canbo train summarizer' or of save_pretrained"
        )
    config = AutoConfig.from_pretrained(location)
    if not config.is_encoder_decoder:
        raise SummarizerError(
            f"{source}: a {config.model_type} model cannot write abstracts; name a "
            "sequence-to-sequence checkpoint such as VietAI/vit5-base-vietnews-summarization"
        )


def _load_torch(location: str, source: str, device: str | None) -> LoadedWriter:
    import torch
    from transformers import AutoModelForSeq2SeqLM, AutoTokenizer

    check_is_seq2seq(location, source)
    model = AutoModelForSeq2SeqLM.from_pretrained(
        location, dtype=torch.float32, use_safetensors=True
    )
    tokenizer = AutoTokenizer.from_pretrained(location)
    source_format = SourceFormat.of_checkpoint(model.config, tokenizer)
    writer = TorchWriter(
        model.to(device_or_default(device)),
        tokenizer,
        source_format.max_source_length,
        Decoding.of_checkpoint(model.generation_config),
    )
    return writer, tokenizer, source_format


def _load_ct2(location: str, source: str, device: str | None) -> LoadedWriter:
    try:
        from ctranslate2 import Translator
    except ImportError as error:
        raise SummarizerError(
            f"{source}: CTranslate2 runs such a folder: pip install 'canbo[ct2]'"
        ) from error
    from transformers import AutoTokenizer

    record = Ct2Record.load(Path(location))
    tokenizer = AutoTokenizer.from_pretrained(location)
    writer = Ct2Writer(
        # A core a part of the batch: models of these sizes gain little from several cores each.
        Translator(
            location, device=device or "auto", inter_threads=os.cpu_count() or 1, intra_threads=1
        ),
        tokenizer,
        record.source_format.max_source_length,
        record.decoding,
    )
    return writer, tokenizer, record.source_format
