"""What an abstractive summarizer reads of a document: the same in training and in use."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from canbo.data.documents import Document
from canbo.models.sentences import split_sentences

if TYPE_CHECKING:
    from transformers import PreTrainedConfig, PreTrainedTokenizerBase

__all__ = ["SourceFormat", "document_sentences", "source_text"]

_END = (".", "!", "?", "…", ":", '"', "”")


@dataclass(frozen=True)
class SourceFormat:
    """How the source is put together.

    Attributes:
        prefix: text before everything, as some checkpoints were trained with ("vietnews: ").
        with_title: start with the document's title.
        max_source_length: tokens of the source, special tokens included.
    """

    prefix: str = ""
    with_title: bool = False
    max_source_length: int = 1024

    @classmethod
    def of_checkpoint(
        cls, config: PreTrainedConfig, tokenizer: PreTrainedTokenizerBase
    ) -> SourceFormat:
        """Read what `record` wrote, or take what suits a checkpoint of other hands.

        Args:
            config: the checkpoint's; its ``task_specific_params["summarization"]`` is read.
            tokenizer: its ``model_max_length`` is the limit where the config states none.
        """
        stated = (getattr(config, "task_specific_params", None) or {}).get("summarization", {})
        limit = min(int(tokenizer.model_max_length), cls.max_source_length)
        return cls(
            prefix=str(stated.get("prefix", "")),
            with_title=bool(stated.get("with_title", False)),
            max_source_length=int(stated.get("max_source_length", limit)),
        )

    def record(self, config: PreTrainedConfig) -> None:
        """Write the format into a checkpoint's config, where T5's own task settings stand."""
        tasks: dict[str, Any] = dict(getattr(config, "task_specific_params", None) or {})
        tasks["summarization"] = {**tasks.get("summarization", {}), **asdict(self)}
        config.task_specific_params = tasks


def document_sentences(document: Document) -> Iterator[tuple[int, str]]:
    """Yield the index of the paragraph and the text of every sentence, in reading order."""
    for index, paragraph in enumerate(document.paragraphs):
        for start, end in split_sentences(paragraph):
            yield index, paragraph[start:end]


def source_text(
    document: Document, tokenizer: PreTrainedTokenizerBase, source: SourceFormat
) -> str:
    """Join prefix, title and as many whole sentences, from the first on, as the limit takes.

    The document's end is not read when it is longer than the limit; a first sentence that is
    alone too long is left whole, for the tokenizer to truncate.

    Args:
        document: the article.
        tokenizer: counts the tokens.
        source: the form and the limit.
    """
    head = source.prefix
    if source.with_title and document.title:
        head += document.title + ("" if document.title.endswith(_END) else ".")
    room = source.max_source_length - _length(head, tokenizer) - 1  # 1: the </s>
    chosen: list[str] = []
    for _, sentence in document_sentences(document):
        room -= _length(sentence, tokenizer)
        if room < 0 and chosen:
            break
        chosen.append(sentence)
    body = " ".join(chosen)
    return f"{head} {body}".strip() if source.with_title else head + body


def _length(text: str, tokenizer: PreTrainedTokenizerBase) -> int:
    return len(tokenizer(text, add_special_tokens=False, verbose=False)["input_ids"])
