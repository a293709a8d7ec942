"""The record that every training run leaves beside its result."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from canbo.data.provenance import (
    ARTICLES_FILE,
    file_sha256,
    library_versions,
    plain_value,
    short_name,
)

__all__ = ["write_record"]


def write_record(
    output_dir: Path,
    config: Any,
    *,
    data: Sequence[Path] = (),
    articles: Collection[str] = (),
    results: Mapping[str, Any] | None = None,
) -> Path:
    """Write ``training.json``: versions, config with its seed, data hashes and results.

    Args:
        output_dir: folder of the trained model.
        config: the settings: a dataclass or a mapping.
        data: files that were trained on; name, folder and hash of each are recorded, not its path.
        articles: ids of the articles that were trained on or chosen by, also by the models that
            this one was fine-tuned from; they are written beside
            the record, so that an evaluation can tell whether the model has seen its test set.
        results: what was measured.

    Returns:
        The file written.
    """
    settings = dict(config) if isinstance(config, Mapping) else asdict(config)
    record = {
        "versions": library_versions(),
        "config": {name: plain_value(value) for name, value in settings.items()},
        "data": [{"file": short_name(path), "sha256": file_sha256(path)} for path in data],
        "results": dict(results or {}),
    }
    if articles:
        listing = "".join(f"{article}\n" for article in sorted(set(articles)))
        (output_dir / ARTICLES_FILE).write_text(listing, encoding="utf-8")
    target = output_dir / "training.json"
    target.write_text(json.dumps(record, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    return target
