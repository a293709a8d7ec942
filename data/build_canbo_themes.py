"""Build the shipped dataset ``data/canbo-themes`` from its articles.

``python -m canbo.data.build_canbo_themes`` splits the articles and writes, into the dataset's
folder,

- ``articles/SPLIT.jsonl``: an article a line, with title, abstract and labelled paragraphs;
- ``paragraphs/SPLIT.jsonl``: a paragraph a line, the same text;
- ``samples/ID.txt``: one test article of each group as people write them.

Articles of the groups that were written later, to train on, make no split: they stand together in
``train-more.jsonl``, so that scores on the first ones' test split stay comparable.

The articles are read from ``articles/`` itself and the split depends on nothing but them, so a
second run changes no byte. A new article may be added to any of the files; it draws the whole
split anew, so scores from before and after are not comparable.
"""

from __future__ import annotations

import json
import random
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from canbo.data.annotation import paragraph_row
from canbo.data.jsonl import read_jsonl
from canbo.data.overlap import shared_ngrams

__all__ = ["build", "main", "split_articles"]

Article = dict[str, Any]

FOLDER = Path(__file__).parent / "canbo-themes"
SPLITS = ("train", "validation", "test")
_MORE = "train-more"
_SHARES = {"validation": 0.1, "test": 0.2}
_TRIES = 2000
# Ids begin with the group an article was written in.
_STYLES = {
    **dict.fromkeys(("a5", "a6", "b2", "b9"), "official"),
    **dict.fromkeys(("b3", "b4", "b6", "b10", "b11", "b12", "b13", "b16"), "analysis"),
    **dict.fromkeys(("b5", "b7", "b15"), "news"),
}
_STYLE = "feature"  # of the other groups
_LATER_GROUPS = tuple(f"b{number}" for number in range(1, 18))


def split_articles(articles: Sequence[Article]) -> dict[str, list[Article]]:
    """Split articles so that every split has its share of each group and of each theme.

    Of 2,000 seeded random splits that are exact by group, the one is kept whose themes lie
    nearest to their share (stratifying by group alone leaves rare combinations to luck).

    Args:
        articles: as in ``articles/*.jsonl``; their order plays no part.

    Returns:
        For each of ``train``, ``validation`` and ``test`` its articles in the order of their ids.
    """
    groups: dict[str, list[Article]] = defaultdict(list)
    for article in sorted(articles, key=lambda article: str(article["id"])):
        groups[_group(article)].append(article)
    labels = {article["id"]: _label_counts([article]) for article in articles}
    total = _label_counts(articles)

    def distance(split: dict[str, list[Article]]) -> float:
        return sum(
            abs(sum(labels[a["id"]][label] for a in split[name]) / (share * count) - 1)
            for name, share in _SHARES.items()
            for label, count in total.items()
        )

    generator = random.Random(2024)
    best = min((_random_split(groups, generator) for _ in range(_TRIES)), key=distance)
    return {name: sorted(best[name], key=lambda article: str(article["id"])) for name in SPLITS}


def build(articles: Sequence[Article], folder: Path) -> None:
    """Write the dataset's files.

    Args:
        articles: ``{"id", "title", "abstract", "paragraphs": [{"text", "labels"}]}`` each.
        folder: the dataset's folder; files of the same name are overwritten.
    """
    styled = [_with_style(article) for article in articles]
    later = [article for article in styled if _group(article) in _LATER_GROUPS]
    splits = split_articles([article for article in styled if article not in later])
    more = {_MORE: sorted(later, key=lambda article: str(article["id"]))} if later else {}
    for name, chosen in (splits | more).items():
        _write_jsonl(folder / "articles" / f"{name}.jsonl", chosen)
        _write_jsonl(folder / "paragraphs" / f"{name}.jsonl", _paragraph_rows(chosen))
    samples = folder / "samples"
    samples.mkdir(parents=True, exist_ok=True)
    for stale in samples.glob("*.txt"):
        stale.unlink()
    first_of_group = {_group(article): article for article in reversed(splits["test"])}
    for article in first_of_group.values():
        blocks = [article["title"], *(paragraph["text"] for paragraph in article["paragraphs"])]
        (samples / f"{article['id']}.txt").write_text("\n\n".join(blocks) + "\n", encoding="utf-8")


def _paragraph_rows(articles: Iterable[Article]) -> Iterator[dict[str, Any]]:
    """Yield the rows of the ``paragraphs`` configuration."""
    for article in articles:
        for index, paragraph in enumerate(article["paragraphs"]):
            yield paragraph_row(
                article["id"],
                index,
                paragraph["text"],
                paragraph["labels"],
                style=article["style"],
            )


def main() -> None:
    """Rebuild the dataset's files and print what the splits hold."""
    files = sorted((FOLDER / "articles").glob("*.jsonl"))
    build([article for path in files for _, article in read_jsonl(path)], FOLDER)
    names = [path.stem for path in sorted((FOLDER / "articles").glob("*.jsonl"))]
    splits = {
        name: [article for _, article in read_jsonl(FOLDER / "articles" / f"{name}.jsonl")]
        for name in names
    }
    for name, articles in splits.items():
        counts = _label_counts(articles)
        labels = ", ".join(f"{label} {counts[label]}" for label in sorted(counts))
        rest = [text for other in names if other != name for text in _texts(splits[other])]
        overlap = max(shared_ngrams(_texts(articles), rest))
        print(f"{name}: {len(articles)} articles; paragraphs: {labels}")
        print(f"  at most {overlap:.1%} of a paragraph's 12-grams stand in another split")


def _random_split(
    groups: dict[str, list[Article]], generator: random.Random
) -> dict[str, list[Article]]:
    split: dict[str, list[Article]] = {name: [] for name in SPLITS}
    for articles in groups.values():
        rest = generator.sample(articles, len(articles))
        for name, share in _SHARES.items():
            size = int(share * len(articles) + 0.5)
            split[name] += rest[:size]
            rest = rest[size:]
        split["train"] += rest
    return split


def _group(article: Article) -> str:
    return str(article["id"]).split("-")[0]


def _with_style(article: Article) -> Article:
    fields = {field: article[field] for field in ("id", "title", "abstract", "paragraphs")}
    return {**fields, "style": _STYLES.get(_group(article), _STYLE)}


def _label_counts(articles: Iterable[Article]) -> Counter[str]:
    """Count paragraphs by theme; those without one count as ``none``."""
    return Counter(
        label
        for article in articles
        for paragraph in article["paragraphs"]
        for label in (paragraph["labels"] or ["none"])
    )


def _texts(articles: Iterable[Article]) -> list[str]:
    return [paragraph["text"] for article in articles for paragraph in article["paragraphs"]]


def _write_jsonl(path: Path, rows: Iterable[dict[str, Any]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


if __name__ == "__main__":
    main()
