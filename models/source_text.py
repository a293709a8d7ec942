"""What an abstractive summarizer reads of a document: the same in training and in use."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Literal

from canbo.data.documents import Document
from canbo.models.sentences import split_sentences

if TYPE_CHECKING:
    from transformers import PreTrainedConfig, PreTrainedTokenizerBase

__all__ = ["SourceFormat", "document_sentences", "source_text", "stated_format", "table_rows"]

_CLOSING = re.compile(r"\s*\.?/\.$")
_EDGE = re.compile(r"\s*\||.*\|\s*\Z")
_CELLS = re.compile(r"\s\|\s")
_CELL = 30  # words of a cell on average, at most: in longer lines the bar is a mark in running text
_END = (".", "!", "?", "…", ":", '"', "”")


@dataclass(frozen=True)
class SourceFormat:
    """How the source is put together.

    Attributes:
        prefix: text before everything, as some checkpoints were trained with ("vietnews: ").
        with_title: start with the document's title.
        max_source_length: tokens of the source, special tokens included.
        reads: ``"article"`` of a model that writes an abstract, ``"sentence"`` of one that rewrites
            single sentences for it.
    """

    prefix: str = ""
    with_title: bool = False
    max_source_length: int = 1024
    reads: Literal["article", "sentence"] = "article"

    @classmethod
    def of_checkpoint(
        cls, config: PreTrainedConfig, tokenizer: PreTrainedTokenizerBase
    ) -> SourceFormat:
        """Read what `record` wrote, or take what suits a checkpoint of other hands.

        Args:
            config: the checkpoint's; its ``task_specific_params["summarization"]`` is read.
            tokenizer: its ``model_max_length`` is the limit where the config states none.
        """
        stated = stated_format(config.to_dict())
        limit = min(int(tokenizer.model_max_length), cls.max_source_length)
        return cls(
            prefix=str(stated.get("prefix", "")),
            with_title=bool(stated.get("with_title", False)),
            max_source_length=int(stated.get("max_source_length", limit)),
            reads="sentence" if stated.get("reads") == "sentence" else "article",
        )

    def record(self, config: PreTrainedConfig) -> None:
        """Write the format into a checkpoint's config, where T5's own task settings stand."""
        tasks: dict[str, Any] = dict(getattr(config, "task_specific_params", None) or {})
        tasks["summarization"] = {**tasks.get("summarization", {}), **asdict(self)}
        config.task_specific_params = tasks


def stated_format(config: Mapping[str, Any]) -> Mapping[str, Any]:
    """What a checkpoint's ``config.json`` says of the form of its source, if it does."""
    tasks: Mapping[str, Any] = config.get("task_specific_params") or {}
    stated: Mapping[str, Any] = tasks.get("summarization", {})
    return stated


def document_sentences(document: Document) -> Iterator[tuple[int, str]]:
    """Yield the index of the paragraph and the text of every sentence, in reading order.

    The "./." that closes a report or a decision is the stop of its last sentence, not a part of it.
    """
    for index, paragraph in enumerate(document.paragraphs):
        for start, end in split_sentences(paragraph):
            yield index, _CLOSING.sub(".", paragraph[start:end])


def table_rows(document: Document) -> frozenset[int]:
    """Places, in the order of `document_sentences`, of what is a row of a table or a part of one.

    Readers join the cells of a row with " | "; Markdown's rows begin or end with the bar.
    """
    if not any("|" in paragraph for paragraph in document.paragraphs):
        return frozenset()
    lines = [line for paragraph in document.paragraphs for line in paragraph.splitlines()]
    found = [_is_row(line) for line in lines for _ in split_sentences(line)]
    return frozenset(place for place, is_row in enumerate(found) if is_row)


def _is_row(line: str) -> bool:
    cells = _CELLS.split(line)
    is_short = len(line.split()) <= _CELL * len(cells)
    return _EDGE.match(line) is not None or (len(cells) > 1 and is_short)


def source_text(
    document: Document,
    tokenizer: PreTrainedTokenizerBase,
    source: SourceFormat,
    rate: Callable[[Document], Sequence[float]],
) -> str:
    """Join prefix, title and the document's sentences; of a longer one those that say most.

    A document longer than the limit is not cut at it, which would lose what stands at its end: the
    best rated sentences that fit together are kept, in reading order. When not even one fits, the
    best is left whole, for the tokenizer to truncate.

    Args:
        document: the article.
        tokenizer: counts the tokens.
        source: the form and the limit.
        rate: rates every sentence of the document, in the order of `document_sentences`; called
            only when they do not all fit.
    """
    head = source.prefix
    if source.with_title and document.title:
        head += document.title + ("" if document.title.endswith(_END) else ".")
    sentences = [sentence for _, sentence in document_sentences(document)]
    head_length, *lengths = _lengths([head, *sentences], tokenizer)
    room = source.max_source_length - head_length - 1  # 1: the </s>
    body = " ".join(sentences[i] for i in _fitting(lengths, room, lambda: rate(document)))
    return f"{head} {body}".strip() if source.with_title else head + body


def _fitting(
    lengths: Sequence[int], room: int, ratings: Callable[[], Sequence[float]]
) -> list[int]:
    """Indices, in order, of the best rated items whose lengths together fit into the room."""
    if sum(lengths) <= room:
        return list(range(len(lengths)))
    rated = ratings()
    chosen: list[int] = []
    best_first = sorted(range(len(lengths)), key=lambda i: -rated[i])
    for i in best_first:
        if lengths[i] <= room:
            chosen.append(i)
            room -= lengths[i]
    return sorted(chosen or best_first[:1])


def _lengths(texts: list[str], tokenizer: PreTrainedTokenizerBase) -> list[int]:
    encoded = tokenizer(texts, add_special_tokens=False, verbose=False)["input_ids"]
    return [len(ids) for ids in encoded]
