"""A summarizer's model in CTranslate2: 8-bit weights on a CPU, several times as fast as torch.

A folder of `canbo export --format ct2` holds the weights (``model.bin``), the tokenizer and
``summarizer.json``: the form of the source, the decoding and what it was made from.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from canbo.data.errors import UserError
from canbo.models.generation import Decoding, Draft
from canbo.models.source_text import SourceFormat

if TYPE_CHECKING:
    from ctranslate2 import Translator
    from transformers import PreTrainedTokenizerBase

__all__ = ["WEIGHTS_FILE", "Ct2Record", "Ct2Writer"]

WEIGHTS_FILE = "model.bin"
_RECORD_FILE = "summarizer.json"
_PART = 4  # sources a thread writes at a time


@dataclass(frozen=True)
class Ct2Record:
    """What travels with converted weights.

    Attributes:
        source_format: what the model reads of a document.
        decoding: beams, lengths.
        quantization: type of the weights, in CTranslate2's words.
        made_from: the checkpoint and the SHA-256 of its listing.
    """

    source_format: SourceFormat
    decoding: Decoding
    quantization: str
    made_from: dict[str, str] = field(default_factory=dict)

    @classmethod
    def load(cls, folder: Path) -> Ct2Record:
        """Read what `save` wrote.

        Raises:
            UserError: the folder has no record, or one of another form.
        """
        path = folder / _RECORD_FILE
        try:
            value: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
            return cls(
                SourceFormat(**value["source_format"]),
                Decoding(**value["decoding"]),
                value["quantization"],
                value["made_from"],
            )
        except FileNotFoundError:
            raise UserError(
                f"{folder}: holds {WEIGHTS_FILE} but no {_RECORD_FILE}; make the folder with"
                " 'canbo export MODEL_DIR --format ct2'"
            ) from None
        except (ValueError, KeyError, TypeError) as error:
            raise UserError(
                f"{path}: not the record of an export ({error}); export the model again"
            ) from error

    def save(self, folder: Path) -> None:
        """Write the record beside the weights."""
        text = json.dumps(asdict(self), indent=2, ensure_ascii=False)
        (folder / _RECORD_FILE).write_text(text + "\n", encoding="utf-8")


class Ct2Writer:
    """Writes with `ctranslate2.Translator`; see `canbo.models.generation.Writer`."""

    def __init__(
        self,
        translator: Translator,
        tokenizer: PreTrainedTokenizerBase,
        max_source_length: int,
        decoding: Decoding,
    ) -> None:
        """Wrap a loaded translator; the other arguments are those of `TorchWriter`."""
        self._translator, self.tokenizer = translator, tokenizer
        self._max_source_length = max_source_length
        self._decoding = decoding

    def write(self, sources: Sequence[str], forbidden: Sequence[str] = ()) -> list[list[Draft]]:
        """Write drafts; see `canbo.models.generation.Writer.write`."""
        how, tokenizer = self._decoding, self.tokenizer
        encoded = tokenizer(list(sources), truncation=True, max_length=self._max_source_length)
        made = self._translator.translate_batch(
            [tokenizer.convert_ids_to_tokens(ids) for ids in encoded["input_ids"]],
            max_decoding_length=how.max_new_tokens,
            min_decoding_length=how.min_new_tokens,
            beam_size=how.num_beams,
            num_hypotheses=how.num_beams,
            no_repeat_ngram_size=how.no_repeat_ngram_size,
            length_penalty=how.length_penalty,
            suppress_sequences=[
                tokens for word in forbidden if (tokens := tokenizer.tokenize(word))
            ],
            disable_unk=True,
            return_scores=True,
            max_batch_size=_PART,
        )
        return [
            [
                Draft(
                    str(
                        tokenizer.decode(
                            tokenizer.convert_tokens_to_ids(tokens), skip_special_tokens=True
                        )
                    ),
                    score,
                    len(tokens) < how.max_new_tokens,
                )
                for tokens, score in zip(result.hypotheses, result.scores, strict=True)
            ]
            for result in made
        ]
