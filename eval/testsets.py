"""Test sets of an evaluation: read, cut to a sample, described."""

from __future__ import annotations

import random
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Generic, TypeVar

import numpy as np
import numpy.typing as npt

from canbo.data.loaders import LabelledParagraph, read_labelled_paragraphs
from canbo.data.provenance import file_sha256, short_name
from canbo.data.summaries import SummaryExample, read_summaries
from canbo.data.themes import ThemeScheme
from canbo.eval.config import DatasetConfig, EvaluationConfig, EvaluationConfigError
from canbo.eval.leakage import TestText, article_key
from canbo.eval.results import DatasetEntry

__all__ = ["TestSet", "abstract_test_sets", "theme_test_sets"]

Item = TypeVar("Item", LabelledParagraph, SummaryExample)


@dataclass(frozen=True)
class TestSet(Generic[Item]):
    """Items to be scored.

    Attributes:
        config: what the settings say of it.
        items: paragraphs, or articles with abstracts.
        keys: for each item the key of its article.
    """

    config: DatasetConfig
    items: tuple[Item, ...]
    keys: tuple[str, ...]

    __test__ = False  # The name is no test's.

    @property
    def name(self) -> str:
        """Its name in tables."""
        return self.config.name

    @property
    def article(self) -> npt.NDArray[np.int64]:
        """Number of each item's article, of shape (items,)."""
        numbers = {key: number for number, key in enumerate(dict.fromkeys(self.keys))}
        return np.array([numbers[key] for key in self.keys], dtype=np.int64)

    def entry(self) -> DatasetEntry:
        """Its description for ``metrics.json``."""
        file = self.config.file
        return DatasetEntry(
            name=self.name,
            file=short_name(file),
            sha256=file_sha256(file),
            items=len(self.items),
            articles=len(set(self.keys)),
            group=self.config.group,
            text=self.config.text,
        )

    def without(self, keys: Collection[str]) -> TestSet[Item]:
        """The test set without some articles."""
        kept = [index for index, key in enumerate(self.keys) if key not in keys]
        return replace(
            self,
            items=tuple(self.items[index] for index in kept),
            keys=tuple(self.keys[index] for index in kept),
        )

    def texts(self) -> list[TestText]:
        """What is looked for in training data: paragraphs, or reference abstracts."""
        return [
            TestText(key, item.text if isinstance(item, LabelledParagraph) else item.abstract)
            for key, item in zip(self.keys, self.items, strict=True)
        ]


def theme_test_sets(
    config: EvaluationConfig, scheme: ThemeScheme, warn: Callable[[str], None]
) -> list[TestSet[LabelledParagraph]]:
    """Read the test sets of labelled paragraphs.

    Args:
        config: the settings; its data sets are read.
        scheme: the themes.
        warn: is told what is left out.

    Raises:
        EvaluationConfigError: a file is missing, or holds no paragraph, or probabilities in place
            of labels, or none is left.
        canbo.data.loaders.ThemeDataError: a file is not of the form.
    """

    def read(path: Path) -> list[LabelledParagraph]:
        rows = list(read_labelled_paragraphs(path, scheme))
        for row in rows:
            if not set(row.scores) <= {0.0, 1.0}:
                raise EvaluationConfigError(
                    f"{row.source}: holds a teacher's 'scores'; a test set needs 'labels'"
                )
        return rows

    return _test_sets(config, read, lambda row: row.article, warn)


def abstract_test_sets(
    config: EvaluationConfig, warn: Callable[[str], None]
) -> list[TestSet[SummaryExample]]:
    """Read the test sets of articles with abstracts; arguments and errors as of `theme_test_sets`.

    Raises:
        canbo.data.summaries.SummaryDataError: a file is not of the form.
    """

    def read(path: Path) -> list[SummaryExample]:
        return [example for example in read_summaries(path) if example.document.paragraphs]

    return _test_sets(config, read, lambda example: example.document.id, warn)


def _test_sets(
    config: EvaluationConfig,
    read: Callable[[Path], list[Item]],
    article_of: Callable[[Any], str],
    warn: Callable[[str], None],
) -> list[TestSet[Item]]:
    found = []
    for dataset in config.datasets:
        if not dataset.file.is_file():
            if not dataset.optional:
                raise EvaluationConfigError(
                    f"data set {dataset.name!r}: {dataset.file}: no such file; correct its 'file'"
                    " or set 'optional: true' to go on without it"
                )
            warn(f"data set {dataset.name!r} is left out: {dataset.file.name} is not there")
            continue
        items = read(dataset.file)
        if not items:
            raise EvaluationConfigError(f"data set {dataset.name!r}: {dataset.file} holds nothing")
        keys = [article_key(dataset.file, article_of(item)) for item in items]
        chosen = _sample(keys, dataset.limit, config.seed)
        found.append(
            TestSet(
                dataset,
                tuple(items[index] for index in chosen),
                tuple(keys[index] for index in chosen),
            )
        )
    if not found:
        raise EvaluationConfigError("none of the data sets is there; name at least one that is")
    return found


def _sample(keys: Sequence[str], limit: int | None, seed: int) -> list[int]:
    """Indices of the items of a random sample of articles, in order."""
    articles = sorted(set(keys))
    if limit is None or limit >= len(articles):
        return list(range(len(keys)))
    chosen = set(random.Random(seed).sample(articles, limit))
    return [index for index, key in enumerate(keys) if key in chosen]
