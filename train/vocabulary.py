"""A T5 vocabulary for text of one's own: a SentencePiece unigram model as a fast tokenizer.

SentencePiece (Kudo & Richardson 2018) trains the pieces; `tokenizers` runs them, because a
``tokenizer.json`` loads with ``AutoTokenizer`` and no further file. Text is put into Unicode NFC
and nothing else is normalised: SentencePiece's default (nmt_nfkc) would rewrite what people wrote.
"""

from __future__ import annotations

import io
import logging
from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerFast

__all__ = ["SENTINELS", "tokenizer_from_sentencepiece", "train_sentencepiece"]

logger = logging.getLogger(__name__)

PAD, EOS, UNK = "<pad>", "</s>", "<unk>"  # ids 0, 1, 2, as in T5
# T5's marks of left-out spans (Raffel et al. 2020), which come after the pieces.
SENTINELS = tuple(f"<extra_id_{number}>" for number in range(100))


def train_sentencepiece(texts: Iterable[str], vocab_size: int, seed: int) -> bytes:
    """Train a unigram model with byte fallback.

    Args:
        texts: sentences or paragraphs, NFC-normalised.
        vocab_size: number of pieces, the three special and 256 byte pieces included.
        seed: for SentencePiece's sampling.

    Returns:
        The serialized ``.model`` file.

    Raises:
        ValueError: the texts hold too few different pieces for ``vocab_size``.
    """
    import sentencepiece

    sentencepiece.set_random_generator_seed(seed)
    model = io.BytesIO()
    try:
        sentencepiece.SentencePieceTrainer.train(
            sentence_iterator=iter(texts),
            model_writer=model,
            model_type="unigram",
            vocab_size=vocab_size,
            normalization_rule_name="identity",
            byte_fallback=True,
            character_coverage=0.99999,
            pad_id=0,
            eos_id=1,
            unk_id=2,
            bos_id=-1,
            pad_piece=PAD,
            eos_piece=EOS,
            unk_piece=UNK,
            num_threads=1,
            minloglevel=2,
        )
    except RuntimeError as error:
        raise ValueError(
            f"SentencePiece cannot make {vocab_size} pieces from these texts "
            f"(give more text or a smaller vocab_size): {error}"
        ) from error
    return model.getvalue()


def tokenizer_from_sentencepiece(model: bytes, max_length: int) -> PreTrainedTokenizerFast:
    """Turn a unigram model of `train_sentencepiece` into a tokenizer with the same ids.

    Args:
        model: serialized SentencePiece model: unigram, identity normalisation, byte fallback.
        max_length: tokens of a source that the summarizer reads (``model_max_length``).

    Returns:
        A tokenizer that ends every sequence with ``</s>`` and knows T5's sentinels.
    """
    from sentencepiece import sentencepiece_model_pb2
    from tokenizers import Regex, Tokenizer, decoders, normalizers, pre_tokenizers, processors
    from tokenizers.models import Unigram
    from transformers import PreTrainedTokenizerFast

    proto = sentencepiece_model_pb2.ModelProto.FromString(model)  # type: ignore[attr-defined]
    pieces = [(piece.piece, piece.score) for piece in proto.pieces]
    unigram = Tokenizer(Unigram(pieces, proto.trainer_spec.unk_id, byte_fallback=True))
    # SentencePiece with remove_extra_whitespaces: one space between words, none at the ends.
    unigram.normalizer = normalizers.Sequence(
        [
            normalizers.NFC(),
            normalizers.Replace(Regex(r"\s+"), " "),
            normalizers.Strip(left=True, right=True),
        ]
    )
    unigram.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="always")
    unigram.decoder = decoders.Sequence(
        [
            decoders.ByteFallback(),
            decoders.Metaspace(prepend_scheme="always"),
        ]
    )
    unigram.post_processor = processors.TemplateProcessing(
        single=f"$A {EOS}", special_tokens=[(EOS, unigram.token_to_id(EOS))]
    )
    return PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]
        tokenizer_object=unigram,
        pad_token=PAD,
        eos_token=EOS,
        unk_token=UNK,
        extra_special_tokens=list(SENTINELS),
        model_max_length=max_length,
        clean_up_tokenization_spaces=False,
    )
