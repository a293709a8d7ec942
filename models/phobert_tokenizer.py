"""PhoBERT's tokenizer on a `tokenizers` BPE: fast, with offsets and word ids.

`transformers` has PhoBERT's tokenizer only in Python, without offsets
(VinAIResearch/PhoBERT#39, #40). Its files describe an ordinary BPE: an entry ``x@@`` of
``vocab.txt`` is the piece ``x`` inside a word, and ``x`` is the piece ``x</w>`` at its end.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from canbo.data.errors import UserError

if TYPE_CHECKING:
    from tokenizers import Tokenizer
    from transformers import PreTrainedTokenizerFast

__all__ = [
    "MAX_LENGTH",
    "TokenizerFilesError",
    "build_tokenizer",
    "load_tokenizer",
    "save_tokenizer",
    "write_phobert_files",
]

MAX_LENGTH = 256
_SPECIALS = ("<s>", "<pad>", "</s>", "<unk>")
_MASK = "<mask>"
_END = "</w>"
_INSIDE = "@@"
_FILES = ("vocab.txt", "bpe.codes")


class TokenizerFilesError(UserError):
    """PhoBERT's vocabulary files are missing or malformed; the message names file and line."""


def build_tokenizer(vocab_file: Path, merges_file: Path) -> Tokenizer:
    """Build the fast tokenizer from PhoBERT's two files.

    Args:
        vocab_file: ``vocab.txt``, lines of ``piece count``; ids follow ``<s> <pad> </s> <unk>``.
        merges_file: ``bpe.codes``, lines of ``left right count`` by rank.

    Returns:
        A tokenizer for word-segmented text that adds ``<s> ... </s>``.

    Raises:
        TokenizerFilesError: a line is not of that form.
    """
    from tokenizers import AddedToken, Tokenizer, models, pre_tokenizers, processors

    pieces = _read_vocabulary(vocab_file)
    merges = _read_merges(merges_file)
    vocabulary = {special: index for index, special in enumerate(_SPECIALS)}
    for piece in pieces:
        vocabulary.setdefault(_to_bpe(piece), len(vocabulary))
    vocabulary[_MASK] = len(vocabulary)
    # Merges go through pieces that the vocabulary lacks because they were always merged further.
    # They get ids after <mask>, so that merging works; whoever feeds a model reads them as <unk>
    # (`canbo.models.text_encoding`).
    for left, right in merges:
        for piece in (left, right, left + right):
            vocabulary.setdefault(piece, len(vocabulary))
    tokenizer = Tokenizer(
        models.BPE(
            vocab=vocabulary,
            merges=merges,
            unk_token="<unk>",
            end_of_word_suffix=_END,
            fuse_unk=False,
        )
    )
    tokenizer.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>",
        pair="<s> $A </s> </s> $B </s>",
        special_tokens=[("<s>", 0), ("</s>", 2)],
    )
    tokenizer.add_special_tokens(
        [AddedToken(token, normalized=False) for token in (*_SPECIALS, _MASK)]
    )
    return tokenizer


def _to_bpe(piece: str) -> str:
    return piece.removesuffix(_INSIDE) if piece.endswith(_INSIDE) else piece + _END


def _read_vocabulary(path: Path) -> list[str]:
    pieces = []
    for number, line in enumerate(_lines(path), start=1):
        piece, space, _ = line.strip().rpartition(" ")
        if not space:
            raise TokenizerFilesError(f"{path}:{number}: expected 'piece count'")
        pieces.append(piece)
    return pieces


def _read_merges(path: Path) -> list[tuple[str, str]]:
    merges = []
    for number, line in enumerate(_lines(path), start=1):
        parts = line.split(" ")
        if len(parts) != 3:
            raise TokenizerFilesError(f"{path}:{number}: expected 'left right count'")
        merges.append((parts[0], parts[1]))
    return merges


def _lines(path: Path) -> list[str]:
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise TokenizerFilesError(
            f"{path}: not found; a PhoBERT tokenizer is the two files {' and '.join(_FILES)}"
        ) from error
    except UnicodeDecodeError as error:
        raise TokenizerFilesError(f"{path}: not UTF-8: {error}") from error
    return text.removesuffix("\n").split("\n")


def load_tokenizer(source: str | Path) -> PreTrainedTokenizerFast:
    """Load a PhoBERT tokenizer as a fast one.

    Args:
        source: a folder with ``vocab.txt`` and ``bpe.codes``, or a hub id whose repository has
            them.

    Raises:
        TokenizerFilesError: the files are missing or malformed.
        OSError: the hub cannot be reached.
    """
    from transformers import PreTrainedTokenizerFast

    vocab_file, merges_file = (_file(source, name) for name in _FILES)
    return PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]
        tokenizer_object=build_tokenizer(vocab_file, merges_file),
        bos_token="<s>",
        eos_token="</s>",
        cls_token="<s>",
        sep_token="</s>",
        pad_token="<pad>",
        unk_token="<unk>",
        mask_token=_MASK,
        model_max_length=MAX_LENGTH,
        clean_up_tokenization_spaces=False,
    )


def _file(source: str | Path, name: str) -> Path:
    if Path(source).is_dir():
        return Path(source) / name
    from huggingface_hub import hf_hub_download
    from huggingface_hub.errors import HFValidationError

    try:
        return Path(hf_hub_download(str(source), name))
    except HFValidationError as error:
        raise TokenizerFilesError(
            f"{source}: there is no such folder, and it is not a hub id of the form owner/name"
        ) from error


def save_tokenizer(source: str | Path, output_dir: Path) -> None:
    """Save a PhoBERT tokenizer so that plain `AutoTokenizer` loads it fast.

    The stock files stay beside ``tokenizer.json``, so the Python tokenizer loads the folder too.

    Args:
        source: as for `load_tokenizer`.
        output_dir: folder to write to; made if missing.
    """
    output_dir.mkdir(parents=True, exist_ok=True)
    load_tokenizer(source).save_pretrained(output_dir)
    for name in _FILES:
        origin = _file(source, name)
        if origin.resolve() != (output_dir / name).resolve():
            shutil.copyfile(origin, output_dir / name)


def write_phobert_files(tokenizer: Tokenizer, output_dir: Path) -> None:
    """Write a trained BPE as PhoBERT's ``vocab.txt`` and ``bpe.codes``.

    The counts that the format has room for are written as 1: no reader uses them.

    Args:
        tokenizer: a BPE with the end-of-word suffix ``</w>`` and PhoBERT's four special tokens at
            ids 0 to 3.
        output_dir: folder to write to; made if missing.
    """
    output_dir.mkdir(parents=True, exist_ok=True)
    model = json.loads(tokenizer.to_str())["model"]
    by_id = sorted(model["vocab"].items(), key=lambda item: item[1])
    pieces = (
        piece.removesuffix(_END) if piece.endswith(_END) else piece + _INSIDE
        for piece, index in by_id
        if index >= len(_SPECIALS)
    )
    vocab_file, merges_file = (output_dir / name for name in _FILES)
    vocab_file.write_text("".join(f"{piece} 1\n" for piece in pieces), encoding="utf-8")
    merges_file.write_text(
        "".join(f"{left} {right} 1\n" for left, right in model["merges"]), encoding="utf-8"
    )
