"""The text that benchmarks read: the data set that ships with canbo."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources import as_file, files
from itertools import count

from canbo.data.documents import Document
from canbo.data.loaders import read_labelled_paragraphs
from canbo.data.summaries import SummaryExample, read_summaries
from canbo.data.themes import load_theme_scheme
from canbo.models.sentences import split_sentences

__all__ = ["bench_documents", "shipped_articles", "shipped_paragraphs"]


def shipped_articles(*splits: str) -> list[SummaryExample]:
    """Read the articles of the named files (such as ``train-more``); of all where none is."""
    with as_file(files("canbo.data") / "canbo-themes" / "articles") as folder:
        paths = [folder / f"{split}.jsonl" for split in splits] or sorted(folder.glob("*.jsonl"))
        return [example for path in paths for example in read_summaries(path)]


def shipped_paragraphs(split: str) -> list[str]:
    """Read the texts of the labelled paragraphs of a file."""
    with as_file(files("canbo.data") / "canbo-themes" / "paragraphs" / f"{split}.jsonl") as path:
        return [row.text for row in read_labelled_paragraphs(path, load_theme_scheme())]


def bench_documents() -> Iterator[Document]:
    """Articles without end; no paragraph of a round after the first stands in another round.

    The later rounds have the sentences of each paragraph in another order and a number behind.
    """
    shipped = [example.document for example in shipped_articles()]
    for turn in count():
        for number, document in enumerate(shipped):
            paragraphs = tuple(_turned(text, turn) for text in document.paragraphs)
            yield Document(f"{turn}-{number}", "bench", document.title, paragraphs)


def _turned(text: str, turn: int) -> str:
    if not turn:
        return text
    sentences = [text[start:end] for start, end in split_sentences(text)]
    first = turn % max(1, len(sentences))
    return " ".join([*sentences[first:], *sentences[:first], f"Số {turn}."])
