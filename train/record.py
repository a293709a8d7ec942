"""The record that every training run leaves beside its result."""

from __future__ import annotations

import json
import logging
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from canbo.data.provenance import (
    ARTICLES_FILE,
    TRAINING_RECORD_FILE,
    file_sha256,
    library_versions,
    plain_value,
    short_name,
)

__all__ = ["extend_record", "make_record", "write_articles", "write_record"]

logger = logging.getLogger(__name__)


def make_record(
    *settings: Any, data: Sequence[Path] = (), results: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Say what a result was made with: versions, settings with their seed, data and figures.

    Args:
        settings: dataclasses (``TrainingArguments`` among them) or mappings.
        data: files that were trained on; name, folder and hash of each are recorded, not its path.
        results: what was measured.
    """
    config = {name: value for part in settings for name, value in _fields(part).items()}
    return {
        "versions": library_versions(),
        "config": {name: plain_value(value) for name, value in config.items()},
        "data": [{"file": short_name(path), "sha256": file_sha256(path)} for path in data],
        "results": dict(results or {}),
    }


def write_articles(output_dir: Path, articles: Collection[str]) -> None:
    """Write the ids of articles beside a model, for an evaluation to tell what it has seen.

    Args:
        output_dir: folder of the trained model.
        articles: ids of those that were trained on or chosen by, also by the models that this one
            was fine-tuned from.
    """
    listing = "".join(f"{article}\n" for article in sorted(set(articles)))
    (output_dir / ARTICLES_FILE).write_text(listing, encoding="utf-8")


def write_record(
    output_dir: Path,
    *settings: Any,
    data: Sequence[Path] = (),
    articles: Collection[str] = (),
    results: Mapping[str, Any] | None = None,
) -> None:
    """Write what `make_record` makes as `TRAINING_RECORD_FILE`.

    Args:
        output_dir: folder of the trained model.
        settings: as of `make_record`.
        data: as of `make_record`.
        articles: as of `write_articles`; none writes no file.
        results: as of `make_record`.
    """
    if articles:
        write_articles(output_dir, articles)
    text = json.dumps(
        make_record(*settings, data=data, results=results), ensure_ascii=False, indent=2
    )
    (output_dir / TRAINING_RECORD_FILE).write_text(text + "\n", encoding="utf-8")


def extend_record(output_dir: Path, job: str, record: Mapping[str, Any]) -> bool:
    """Put the record of a later job into that of the training, its data to those.

    Args:
        output_dir: folder of the trained model.
        job: the record's place in the other.
        record: as `make_record` makes it.

    Returns:
        Whether there is a record of the training; without one a warning says that this run is not
        recorded, as its record alone would say that the model has seen no other data.
    """
    path = output_dir / TRAINING_RECORD_FILE
    if not path.is_file():
        logger.warning(
            "%s has no %s, so that this run is not recorded", output_dir, TRAINING_RECORD_FILE
        )
        return False
    before = json.loads(path.read_text(encoding="utf-8"))
    known = before.get("data", [])
    merged = {
        **before,
        "data": [*known, *(entry for entry in record["data"] if entry not in known)],
        job: record,
    }
    path.write_text(json.dumps(merged, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    return True


def _fields(settings: Any) -> dict[str, Any]:
    if isinstance(settings, Mapping):
        return dict(settings)
    # TrainingArguments has settings of its own kinds, which it knows how to write.
    plain = getattr(settings, "to_sanitized_dict", None)
    return dict(plain()) if plain else asdict(settings)
