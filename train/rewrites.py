"""Pairs of a sentence and its rewrite, to train the summarizer that rewrites what was extracted.

Extract, then rewrite: Chen & Bansal (2018), "Fast Abstractive Summarization with Reinforce-Selected
Sentence Rewriting". The shipped pairs are those of ``data/canbo-rewrites``.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from canbo.data.rewrites import (
    LocatedRewrite,
    RewriteError,
    Verdict,
    decode_rewrite,
    read_located_rewrites,
    sentence_check,
)
from canbo.data.summaries import read_summaries
from canbo.models.source_text import document_sentences

__all__ = ["SentenceRewrite", "named_articles", "read_rewrites", "read_sentences"]

logger = logging.getLogger(__name__)

# (file, id): ids are unique in their file only.
ArticleKey = tuple[str, str]


@dataclass(frozen=True)
class SentenceRewrite:
    """A sentence of an article and what it says in an abstract.

    Attributes:
        file: data set and file of the article, such as ``vietnews/train``.
        article: its id there.
        sentence: index of the sentence, in the order of `document_sentences`.
        source: the sentence.
        text: its rewrite.
        verdict: of a rewrite that was judged.
    """

    file: str
    article: str
    sentence: int
    source: str
    text: str
    verdict: Verdict | None = None


def named_articles(
    path: Path, canbo_themes: Path, corpora: Mapping[str, Path | None], *, judged: bool = False
) -> dict[str, Path]:
    """Tell where the articles of each file of some rewrites lie; those left out are logged.

    Args:
        path: the rewrites, as of `canbo.data.rewrites.read_located_rewrites`.
        canbo_themes: folder with the articles of canbo-themes.
        corpora: for other files (``vietnews/train``) where their articles lie; None, or no entry,
            leaves a file's rewrites out.
        judged: as of `read_rewrites`.

    Returns:
        What `read_rewrites` takes.

    Raises:
        RewriteError: a line is not of the form.
        OSError: the file cannot be read.
    """
    found: dict[str, Path] = {}
    for file in sorted({row.file for row in read_located_rewrites(path, judged=judged)}):
        corpus, _, name = file.partition("/")
        lies = canbo_themes / f"{name}.jsonl" if corpus == "canbo-themes" else corpora.get(file)
        if lies is None:
            logger.warning(
                "%s: its rewrites of %s are left out: the articles are not named", path, file
            )
        else:
            found[file] = lies
    return found


def read_rewrites(
    path: Path, articles: Mapping[str, Path], *, judged: bool = False
) -> list[SentenceRewrite]:
    """Read rewrites and put their source sentences to them.

    Args:
        path: JSONL as of `canbo.data.rewrites.read_located_rewrites`.
        articles: for each ``file`` of the rewrites that are wanted (``vietnews/train``,
            ``canbo-themes/train``, ...) where its articles lie, as `read_summaries` reads them.
            Rewrites of a file that is not named are left out.
        judged: as of `canbo.data.rewrites.read_located_rewrites`.

    Returns:
        The rewrites in the file's order.

    Raises:
        RewriteError: a line is not of the form or does not fit the articles, a file of articles is
            not there, or ``articles`` names one of which there is no rewrite.
        OSError: a file cannot be read.
    """
    located = read_located_rewrites(path, judged=judged)
    present = {row.file for row in located}
    if unknown := sorted(set(articles) - present):
        raise RewriteError(
            f"{path}: holds no rewrite of {', '.join(unknown)}, only of"
            f" {', '.join(sorted(present))}: name some of these"
        )
    wanted = [row for row in located if row.file in articles]
    sentences = read_sentences(articles, ((row.file, row.article) for row in wanted))
    return [_join(row, sentences, articles[row.file]) for row in wanted]


def read_sentences(
    articles: Mapping[str, Path], wanted: Iterable[ArticleKey]
) -> dict[ArticleKey, list[str]]:
    """Read the sentences of some articles.

    Args:
        articles: as of `read_rewrites`.
        wanted: file and id of each article.

    Returns:
        The sentences of each article that is there, in the order of `document_sentences`.

    Raises:
        RewriteError: a file of articles is not there.
        OSError: it cannot be read.
    """
    keys = frozenset(wanted)
    sentences: dict[ArticleKey, list[str]] = {}
    for file, path in articles.items():
        if not path.is_file():
            raise RewriteError(
                f"{path}: not there; the rewrites of {file} are kept without their source"
                f" sentences and need it: name where it lies, or leave {file} out"
            )
        only = frozenset(article for each, article in keys if each == file)
        for example in read_summaries(path, only=only):
            found = [sentence for _, sentence in document_sentences(example.document)]
            sentences[file, example.document.id] = found
    return sentences


def _join(
    row: LocatedRewrite, sentences: Mapping[ArticleKey, list[str]], articles: Path
) -> SentenceRewrite:
    found = sentences.get((row.file, row.article), [])
    source = found[row.sentence] if 0 <= row.sentence < len(found) else None
    if source is None or sentence_check(source) != row.check:
        raise RewriteError(
            f"{row.where}: sentence {row.sentence} of article {row.article} in {articles} is not"
            f" the one that was rewritten: give {row.file} as it was when the rewrites were made"
            " (are these other articles, or sentences split in another way?), or leave it out"
        )
    try:
        text = decode_rewrite(source, row.parts)
    except RewriteError as error:
        raise RewriteError(f"{row.where}: {error}") from error
    return SentenceRewrite(row.file, row.article, row.sentence, source, text, row.verdict)
