"""PhoBERT's tokenizer on a `tokenizers` BPE: fast, with offsets and word ids.

`transformers` has PhoBERT's tokenizer only in Python, without offsets
(VinAIResearch/PhoBERT#39, #40). Its files describe an ordinary BPE: an entry ``x@@`` of
``vocab.txt`` is the piece ``x`` inside a word, and ``x`` is the piece ``x</w>`` at its end.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from canbo.data.errors import UserError

if TYPE_CHECKING:
    from tokenizers import Tokenizer, pre_tokenizers
    from transformers import PhobertTokenizer

    from canbo.models.phobert_fast import PhobertTokenizerFast

__all__ = [
    "MAX_LENGTH",
    "STOCK_FILES",
    "TokenizerFilesError",
    "build_tokenizer",
    "load_tokenizer",
    "save_tokenizer",
    "words_pattern",
    "write_phobert_files",
]

logger = logging.getLogger(__name__)

MAX_LENGTH = 256
_SPECIALS = ("<s>", "<pad>", "</s>", "<unk>")
_END = "</w>"
_INSIDE = "@@"
STOCK_FILES = ("vocab.txt", "bpe.codes")
# A PhoBERT folder may have them: tokens that its users added, other special tokens.
_SETTINGS = ("tokenizer_config.json", "added_tokens.json", "special_tokens_map.json")
# What \s means in Python's `re`; the \s of the Rust libraries lacks U+001C to U+001F.
_SPACES = (
    r"\x{9}-\x{d}\x{1c}-\x{20}\x{85}\x{a0}\x{1680}\x{2000}-\x{200a}"
    r"\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}"
)


class TokenizerFilesError(UserError):
    """PhoBERT's tokenizer files are missing or malformed; the message names file and line."""


def build_tokenizer(stock: PhobertTokenizer) -> tuple[Tokenizer, dict[int, int]]:
    """Build the fast twin of PhoBERT's tokenizer.

    A BPE knows a piece by its id alone, so that two pieces with one id would merge alike. Yet the
    Python tokenizer gives ``<unk>`` for every piece that ``vocab.txt`` lacks, even where merges
    lead on from it. Such a piece gets an id of its own after all others, and an entry in the
    returned mapping. No arrangement of merges can do without: a merge makes one piece of two and
    never renames one, hence the id with which a piece is merged on is the id with which it is put
    out. A vocabulary that holds every piece of its merges, as canbo's own does, needs no mapping.

    Args:
        stock: the Python tokenizer.

    Returns:
        The tokenizer, and for each id that it gives beyond the stock one's the id that this gives
        in its place.
    """
    from tokenizers import AddedToken, Tokenizer, decoders, models, processors

    merges = _merges(stock)
    inside, final = _producible(merges, stock.encoder)
    # Merges may spell "</w>" out as text; a space stands in no word.
    end = " " + _END if any(piece.endswith(_END) for piece in inside) else _END

    def close(piece: str) -> str:
        return piece.removesuffix(_END) + end

    vocabulary = _vocabulary(stock, end)
    wanted: dict[str, Any] = {
        piece: stock.convert_tokens_to_ids(piece + _INSIDE) for piece in sorted(inside)
    }
    wanted |= {
        close(piece): stock.convert_tokens_to_ids(piece.removesuffix(_END))
        for piece in sorted(final)
    }
    aliases: dict[int, int] = {}
    first_free = max(vocabulary.values()) + 1
    for piece, index in wanted.items():
        if piece not in vocabulary:
            vocabulary[piece] = first_free + len(aliases)
            aliases[vocabulary[piece]] = index

    tokenizer = Tokenizer(
        models.BPE(
            vocab=vocabulary,
            merges=[
                merge
                for left, right in merges
                if left in inside
                for merge in (
                    *([(left, right)] if right in inside else []),
                    *([(left, close(right))] if right in final else []),
                )
            ],
            unk_token=stock.unk_token,
            end_of_word_suffix=end,
            fuse_unk=False,
        )
    )
    tokenizer.pre_tokenizer = _words()
    tokenizer.decoder = decoders.BPEDecoder(suffix=end)
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{stock.cls_token} $A {stock.sep_token}",
        pair=f"{stock.cls_token} $A {stock.sep_token} {stock.sep_token} $B {stock.sep_token}",
        special_tokens=[
            (stock.cls_token, stock.cls_token_id),
            (stock.sep_token, stock.sep_token_id),
        ],
    )
    tokenizer.add_tokens(
        [
            AddedToken(
                token.content,
                lstrip=token.lstrip,
                rstrip=token.rstrip,
                # Looked for together with all others, as the Python tokenizer does.
                normalized=False,
                special=token.special,
            )
            for token in stock.added_tokens_decoder.values()
        ]
    )
    return tokenizer, aliases


def _merges(stock: PhobertTokenizer) -> list[tuple[str, str]]:
    """List the merges by rank, without the lines that the Python tokenizer cannot apply."""
    ranks: dict[Any, int] = stock.bpe_ranks
    return [(pair[0], pair[1]) for pair in sorted(ranks, key=ranks.__getitem__) if len(pair) == 2]


def _producible(
    merges: Sequence[tuple[str, str]], entries: Iterable[str]
) -> tuple[set[str], set[str]]:
    """Find the pieces that text can become, inside words and at their ends.

    Args:
        merges: the BPE's.
        entries: of ``vocab.txt``; single letters of them are pieces without a merge.
    """
    letters = {part for merge in merges for part in merge} | {
        entry.removesuffix(_INSIDE) if entry.endswith(_INSIDE) else entry + _END
        for entry in entries
    }
    inside = {piece for piece in letters if len(piece) == 1}
    final = {piece for piece in letters if len(piece) == 1 + len(_END) and piece.endswith(_END)}
    found = -1
    while found < len(inside) + len(final):
        found = len(inside) + len(final)
        for left, right in merges:
            if left in inside:
                if right in inside:
                    inside.add(left + right)
                if right in final:
                    final.add(left + right)
    return inside, final


def _vocabulary(stock: PhobertTokenizer, end: str) -> dict[str, int]:
    """Name every id of the Python tokenizer as the BPE does, each id once."""
    vocabulary = dict(stock.added_tokens_encoder)
    named = set(vocabulary.values())
    for entry, index in stock.encoder.items():
        # The entry "@@" can only be a word.
        inside = entry.endswith(_INSIDE) and entry != _INSIDE
        piece = entry.removesuffix(_INSIDE) if inside else entry + end
        if index not in named and piece not in vocabulary:
            vocabulary[piece] = index
            named.add(index)
    return vocabulary


def _words() -> pre_tokenizers.PreTokenizer:
    from tokenizers import Regex, pre_tokenizers

    return pre_tokenizers.Split(Regex(words_pattern()), behavior="removed", invert=True)


def words_pattern() -> str:
    r"""What finds words as Python's ``\S+\n?`` does: a newline after a word belongs to it."""
    return rf"[^{_SPACES}]+\n?"


def load_tokenizer(source: str | Path) -> PhobertTokenizerFast:
    """Load a PhoBERT tokenizer as a fast one.

    Args:
        source: a folder with ``vocab.txt`` and ``bpe.codes``, or a hub id whose repository has
            them.

    Raises:
        TokenizerFilesError: the files are missing or malformed.
        OSError: the hub cannot be reached.
    """
    from transformers import PhobertTokenizer

    from canbo.models.phobert_fast import PhobertTokenizerFast

    folder = _folder(source)
    _check_vocabulary(folder / STOCK_FILES[0])
    _check_merges(folder / STOCK_FILES[1])
    stock = PhobertTokenizer.from_pretrained(folder)
    stock.model_max_length = min(stock.model_max_length, MAX_LENGTH)
    for token in stock.added_tokens_decoder.values():
        if token.single_word:
            raise TokenizerFilesError(
                f"{folder}: the added token {token.content!r} has 'single_word', which the Python "
                "and the fast tokenizers understand differently; set it to false"
            )
    _check_order(stock, folder / STOCK_FILES[1])
    return PhobertTokenizerFast(stock)


def _folder(source: str | Path) -> Path:
    if Path(source).is_dir():
        return Path(source)
    from huggingface_hub import hf_hub_download
    from huggingface_hub.errors import EntryNotFoundError, HFValidationError

    try:
        paths = [Path(hf_hub_download(str(source), name)) for name in STOCK_FILES]
    except HFValidationError as error:
        raise TokenizerFilesError(
            f"{source}: there is no such folder, and it is not a hub id of the form owner/name"
        ) from error
    for name in _SETTINGS:
        try:
            hf_hub_download(str(source), name)
        except EntryNotFoundError:
            continue
    # The files of one repository lie together in the hub's cache.
    return paths[0].parent


def _check_vocabulary(path: Path) -> None:
    for number, line in enumerate(_lines(path), start=1):
        if " " not in line.strip():
            raise TokenizerFilesError(f"{path}:{number}: expected 'piece count'")


def _check_merges(path: Path) -> None:
    for number, line in enumerate(_lines(path), start=1):
        # A merge of Unicode spaces has more fields to Python's split; no word has such a piece.
        if len(line.split()) != 3 and len(line.split(" ")) != 3:
            raise TokenizerFilesError(f"{path}:{number}: expected 'left right count'")


def _lines(path: Path) -> list[str]:
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise TokenizerFilesError(
            f"{path}: not found; a PhoBERT tokenizer is the two files {' and '.join(STOCK_FILES)}"
        ) from error
    except UnicodeDecodeError as error:
        raise TokenizerFilesError(f"{path}: not UTF-8: {error}") from error
    return text.removesuffix("\n").split("\n")


def _check_order(stock: PhobertTokenizer, path: Path) -> None:
    """Warn of merges that no learned BPE has, with which the two tokenizers may differ.

    The Python tokenizer merges a pair everywhere in a word before it looks for another; the fast
    one takes up a better merge at once. Both do the same as long as a merge's parts are made by
    better merges only.
    """
    merges = _merges(stock)
    latest = {left + right: rank for rank, (left, right) in enumerate(merges)}
    early = [
        merge
        for rank, merge in enumerate(merges)
        if any(latest.get(part, -1) > rank for part in merge)
    ]
    if early:
        logger.warning(
            "%s: %d merges stand before those that make their parts, the first is '%s'; words that "
            "repeat such a part may be cut in another way than transformers' PhobertTokenizer does",
            path,
            len(early),
            " ".join(early[0]),
        )


def save_tokenizer(source: str | Path, output_dir: Path) -> None:
    """Save a PhoBERT tokenizer so that plain `AutoTokenizer` loads it fast.

    The stock files stay beside ``tokenizer.json``, so the Python tokenizer loads the folder too.

    Args:
        source: as for `load_tokenizer`.
        output_dir: folder to write to; made if missing.
    """
    load_tokenizer(source).save_pretrained(output_dir)


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
    vocab_file, merges_file = (output_dir / name for name in STOCK_FILES)
    vocab_file.write_text("".join(f"{piece} 1\n" for piece in pieces), encoding="utf-8")
    merges_file.write_text(
        "".join(f"{left} {right} 1\n" for left, right in model["merges"]), encoding="utf-8"
    )
