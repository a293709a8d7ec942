"""What a result was made with: the versions and hashes that every record names."""

from __future__ import annotations

import hashlib
import platform
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

__all__ = [
    "ARTICLES_FILE",
    "TRAINING_RECORD_FILE",
    "article_key",
    "file_sha256",
    "folder_sha256",
    "library_versions",
    "plain_value",
    "recorded_articles",
    "short_name",
]

# Beside a model: the ids of the articles that it was trained on or chosen by, one a line.
ARTICLES_FILE = "articles.txt"
# Beside a model too: what `canbo.train.record` says that it was made with.
TRAINING_RECORD_FILE = "training.json"

_LIBRARIES = (
    "canbo",
    "torch",
    "transformers",
    "tokenizers",
    "datasets",
    "accelerate",
    "numpy",
    "safetensors",
    "sentencepiece",
    "ctranslate2",
    "trafilatura",
)


def file_sha256(path: Path) -> str:
    """Hash a file's bytes."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def short_name(path: Path) -> str:
    """A file's name with its folder's: what records say of a file, wherever it lies."""
    return f"{path.absolute().parent.name}/{path.name}"


def article_key(path: Path, article: str) -> str:
    """An id that articles of different files do not share.

    Args:
        path: the file. Ids in vietnews' parquet files are unique in their split only.
        article: id of an article in it.
    """
    if path.suffix != ".parquet":
        return article
    return f"{path.absolute().parent.name}/{path.stem}/{article}"


def folder_sha256(folder: Path) -> str:
    """Hash the listing of a model's folder: what ``sha256sum`` prints of its files, by path.

    The card is left out: it is written after the model, from what was measured of this very hash.
    """
    card = folder / "README.md"
    paths = sorted(path for path in folder.rglob("*") if path.is_file() and path != card)
    listing = "".join(
        f"{file_sha256(path)}  {path.relative_to(folder).as_posix()}\n" for path in paths
    )
    return hashlib.sha256(listing.encode()).hexdigest()


def recorded_articles(folder: Path) -> frozenset[str]:
    """The ids in `ARTICLES_FILE` of a model's folder; none where there is no such file."""
    path = folder / ARTICLES_FILE
    return frozenset(path.read_text(encoding="utf-8").splitlines() if path.is_file() else ())


def library_versions() -> dict[str, str]:
    """Versions of Python and of the installed libraries that results depend on."""
    found = {"python": platform.python_version()}
    for name in _LIBRARIES:
        with suppress(PackageNotFoundError):
            found[name] = version(name)
    return found


def plain_value(value: Any) -> Any:
    """A setting as JSON writes it: paths as strings, tuples as lists, also inside of others."""
    if isinstance(value, Path):
        return value.as_posix()
    if isinstance(value, dict):
        return {name: plain_value(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [plain_value(inner) for inner in value]
    return value
