"""Articles as one long row of tokens on disk, read back in blocks of one length.

Tokenizing a corpus takes minutes and its tokens as Python lists gigabytes. So it is done once: the
tokens of all articles, each article followed by a separator, go into one file of small integers,
which is mapped into memory. A run cuts it into blocks of its own length, and nothing is padded
(GPT-3 and T5 were trained on such blocks: Brown et al. 2020, Raffel et al. 2020). One article in
200 goes into a second file, for the loss on text that is not trained on.
"""

from __future__ import annotations

import hashlib
import json
import logging
import random
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from canbo.data.provenance import article_key, file_sha256, short_name
from canbo.data.summaries import SummaryExample, read_summaries
from canbo.data.vietnews import read_ids
from canbo.train.arguments import ConfigError

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import torch
    from transformers import PreTrainedTokenizerFast

__all__ = ["Blocks", "CorpusArguments", "Tokenize", "Tokens", "cached_tokens", "read_articles"]

logger = logging.getLogger(__name__)

# Turns articles, each a list of its texts (title, abstract, paragraphs), into their ids, each with
# its separator at the end.
Tokenize = Callable[[list[list[str]]], Iterable[Sequence[int]]]

_HELD_OUT_EVERY = 200
_TOKENIZED_TOGETHER = 64  # articles
_TRAIN, _HELD_OUT, _NOTE, _ARTICLES = "tokens.bin", "held_out.bin", "tokens.json", "tokens_articles"


@dataclass
class CorpusArguments:
    """What is read, and in which portions.

    Attributes:
        train_files: articles, as `canbo.data.summaries` reads them: vietnews parquet or JSONL.
        leave_out_file: ids, one a line, of articles to leave out.
        max_articles: a random sample of so many.
        tokens_dir: folder of the tokens, which runs on one tokenizer share; the output folder
            where none is given. Where the articles are not at hand, for example on a borrowed GPU,
            tokens that were made before are used.
        block_size: tokens of a block.
        eval_blocks: blocks of held-out articles that the loss is measured on.
    """

    train_files: list[Path] = field(default_factory=list)
    leave_out_file: Path | None = None
    max_articles: int | None = None
    tokens_dir: Path | None = None
    block_size: int = 128
    eval_blocks: int = 256


@dataclass(frozen=True)
class Tokens:
    """A corpus as token ids.

    Attributes:
        train: ids of the articles to train on, one behind the other.
        held_out: ids of the others.
        files: the files that hold them.
        made_from: hashes of what they were made from.
        articles: keys of all articles.
    """

    train: npt.NDArray[np.integer[Any]]
    held_out: npt.NDArray[np.integer[Any]]
    files: tuple[Path, Path]
    made_from: dict[str, Any]
    articles: tuple[str, ...]


class Blocks:
    """A row of tokens as a data set of blocks for a torch ``DataLoader``.

    Args:
        ids: token ids, shape (tokens,); what does not fill a last block is not read.
        length: tokens of a block, those before and after included.
        before: ids that every block starts with.
        after: ids that every block ends with.
    """

    def __init__(
        self,
        ids: npt.NDArray[np.integer[Any]],
        length: int,
        before: Sequence[int] = (),
        after: Sequence[int] = (),
    ) -> None:
        self._ids = ids
        self._content = length - len(before) - len(after)
        self._before, self._after = list(before), list(after)

    def __len__(self) -> int:
        return len(self._ids) // self._content

    def __getitem__(self, index: int) -> torch.Tensor:
        import numpy as np
        import torch

        content = self._ids[index * self._content : (index + 1) * self._content]
        whole = np.concatenate([self._before, content, self._after]).astype(np.int64)
        return torch.from_numpy(whole)

    def spread(self, count: int) -> list[torch.Tensor]:
        """Take so many blocks from all over the row, all of them where there are no more."""
        step = max(1.0, len(self) / count)
        return [self[int(number * step)] for number in range(min(count, len(self)))]


def read_articles(arguments: CorpusArguments, seed: int) -> list[tuple[str, SummaryExample]]:
    """Read the articles and their keys in random order, since corpora come by subject.

    Args:
        arguments: names the files.
        seed: of the order.

    Raises:
        ConfigError: a file cannot be read, or there is no article.
    """
    left_out = read_ids(arguments.leave_out_file) if arguments.leave_out_file else frozenset()
    try:
        articles = [
            (article_key(path, example.document.id), example)
            for path in arguments.train_files
            for example in read_summaries(path, left_out)
        ]
    except (OSError, ValueError) as error:
        raise ConfigError(f"train_files: cannot read articles: {error}") from error
    if not articles:
        raise ConfigError("train_files: hold no article")
    random.Random(seed).shuffle(articles)
    return articles[: arguments.max_articles]


def cached_tokens(
    folder: Path,
    arguments: CorpusArguments,
    seed: int,
    tokenizer: PreTrainedTokenizerFast,
    tokenize: Tokenize,
    preparation: str,
) -> Tokens:
    """Open the tokens in a folder, or make them where there are none of these files and settings.

    Args:
        folder: for the token files; made if missing.
        arguments: what to read.
        seed: of the order of articles.
        tokenizer: tokens of another one are made anew.
        tokenize: is given a few articles at a time.
        preparation: a name of what happens to text before the tokenizer reads it.

    Raises:
        ConfigError: a file is missing and there are no tokens made before with this tokenizer.
    """
    import numpy as np

    ids_by = hashlib.sha256(tokenizer.backend_tokenizer.to_str().encode()).hexdigest()
    named = {"tokenizer": ids_by, "preparation": preparation}
    note = folder / _NOTE
    before = json.loads(note.read_text(encoding="utf-8")) if note.is_file() else None
    read = [*arguments.train_files, *filter(None, [arguments.leave_out_file])]
    missing = [str(path) for path in read if not path.is_file()]
    if missing or not arguments.train_files:
        if before is None or any(before[name] != value for name, value in named.items()):
            raise ConfigError(
                f"train_files: {', '.join(missing) or 'none given'} not found, and {folder} holds "
                "no tokens made before with this tokenizer (tokens_dir names their folder)"
            )
        logger.info("the articles are not at hand: tokens made before, in %s", folder)
        wanted = before
    else:
        wanted = {
            "files": {short_name(path): file_sha256(path) for path in read},
            "max_articles": arguments.max_articles,
            "seed": seed,
            **named,
            "dtype": "uint16" if len(tokenizer) <= 2**16 else "uint32",
        }
    files = folder / _TRAIN, folder / _HELD_OUT
    if wanted != before:
        _write(folder, read_articles(arguments, seed), tokenize, np.dtype(wanted["dtype"]))
        note.write_text(json.dumps(wanted, indent=2) + "\n", encoding="utf-8")
    train, held_out = (np.memmap(path, dtype=wanted["dtype"], mode="r") for path in files)
    keys = (folder / _ARTICLES).read_text(encoding="utf-8").splitlines()
    logger.info("%d tokens to train on, %d held out", len(train), len(held_out))
    return Tokens(train, held_out, files, wanted, tuple(keys))


def _write(
    folder: Path,
    articles: list[tuple[str, SummaryExample]],
    tokenize: Tokenize,
    dtype: np.dtype[Any],
) -> None:
    import numpy as np
    from tqdm import tqdm

    folder.mkdir(parents=True, exist_ok=True)
    # Without its note a half-written file is made anew.
    (folder / _NOTE).unlink(missing_ok=True)
    texts = (_texts(example) for _, example in tqdm(articles, desc="tokenizing", unit="article"))
    groups = iter(lambda: list(islice(texts, _TOKENIZED_TOGETHER)), [])
    rows = chain.from_iterable(map(tokenize, groups))
    with ExitStack() as stack:
        train, held_out = (
            stack.enter_context((folder / name).open("wb")) for name in (_TRAIN, _HELD_OUT)
        )
        for number, ids in enumerate(rows):
            (train if number % _HELD_OUT_EVERY else held_out).write(
                np.asarray(ids, dtype=dtype).tobytes()
            )
    listing = "".join(f"{key}\n" for key, _ in articles)
    (folder / _ARTICLES).write_text(listing, encoding="utf-8")


def _texts(example: SummaryExample) -> list[str]:
    document = example.document
    return [text for text in (document.title, example.abstract, *document.paragraphs) if text]
