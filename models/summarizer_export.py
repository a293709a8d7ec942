"""A summarizer's checkpoint converted to CTranslate2."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from canbo.data.provenance import folder_sha256
from canbo.models.ct2_writer import Ct2Record
from canbo.models.generation import Decoding
from canbo.models.rewriting.writer import reads_sentences
from canbo.models.source_text import SourceFormat
from canbo.models.summarizer import SummarizerError
from canbo.models.writers import check_is_seq2seq

__all__ = ["export_ct2"]


def export_ct2(location: str, output: Path, quantization: str = "int8") -> Path:
    """Convert a sequence-to-sequence checkpoint (ViT5, BARTpho, what canbo trained ...).

    Args:
        location: folder or hub id.
        output: folder to make; must not hold files.
        quantization: type of the weights, of CTranslate2's names (int8, float32 ...).

    Returns:
        The folder, which `--summarizer` takes.

    Raises:
        SummarizerError: CTranslate2 cannot run such a model, or the folder is not empty.
        ImportError: CTranslate2 is not installed.
    """
    import torch
    from ctranslate2.converters import TransformersConverter
    from transformers import AutoTokenizer, GenerationConfig

    if output.exists() and any(output.iterdir()):
        raise SummarizerError(f"{output}: is not empty; give another --output")

    check_is_seq2seq(location, location)
    if reads_sentences(Path(location)):
        raise SummarizerError(
            f"{location}: rewrites sentences by choosing, for which CTranslate2 has no use;"
            " name the folder itself with --summarizer"
        )

    class Converter(TransformersConverter):  # type: ignore[misc]
        """Tells CTranslate2 what the checkpoint's config says since transformers 5."""

        def load_model(self, model_class: Any, name: str, **kwargs: Any) -> Any:
            model = super().load_model(model_class, name, **kwargs | {"dtype": torch.float32})
            self.config = model.config
            self.generation: GenerationConfig = model.generation_config
            # CTranslate2 reads from the tying whether T5's last hidden states are scaled; the two
            # are separate in transformers 5, which ties always and never scales in mT5.
            if model.config.model_type in ("t5", "mt5"):
                model.config.tie_word_embeddings = getattr(
                    model.config, "scale_decoder_outputs", False
                )
            return model

    converter = Converter(location)
    try:
        converter.convert(str(output), quantization=quantization, force=True)
    except (ValueError, NotImplementedError) as error:
        raise SummarizerError(f"{location}: CTranslate2 cannot convert it: {error}") from error
    tokenizer = AutoTokenizer.from_pretrained(location)
    tokenizer.save_pretrained(output)
    made_from = {"source": location}
    if Path(location).is_dir():
        made_from = {"source": Path(location).name, "sha256": folder_sha256(Path(location))}
    Ct2Record(
        SourceFormat.of_checkpoint(converter.config, tokenizer),
        Decoding.of_checkpoint(converter.generation),
        quantization,
        made_from,
    ).save(output)
    return output
