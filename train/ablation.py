"""Train one classifier config over several seeds: what a change is worth, with its spread.

    canbo train ablation configs/classifier/word-vectors.yaml --ablation_dir runs/ablation
    canbo train ablation configs/classifier/word-vectors.yaml --ablation_dir runs/ablation \\
        --r_drop 1.0 --layerwise_lr_decay 0.9

Fields of `canbo train classifier` that are given make a variant of the config; each variant is a
row of the table in the folder, which every call writes anew from all runs there. Finished runs are
not run again, and an interrupted one continues.
"""

from __future__ import annotations

import json
import logging
import re
import sys
from argparse import SUPPRESS, ArgumentParser
from collections.abc import Sequence
from pathlib import Path
from statistics import fmean, stdev
from typing import Any

from canbo.data.provenance import TRAINING_RECORD_FILE
from canbo.train import classifier
from canbo.train.arguments import ConfigError
from canbo.train.field_help import asks_for_help

__all__ = ["main", "write_table"]

logger = logging.getLogger(__name__)

_SEEDS = (20261121, 20261122, 20261123)
_OWN = ("seed", "output_dir", "final_dir")
_FIGURES = {"macro_f1": "macro-F1", "mean_average_precision": "mAP"}


def main(argv: list[str] | None = None) -> int:
    """Train all seeds of one variant and write the table.

    Args:
        argv: path of a classifier's YAML file, ``--ablation_dir DIR``, optionally ``--seeds`` and
            ``--variant NAME``, then ``--field value`` pairs of `canbo train classifier`.

    Returns:
        Exit status.

    Raises:
        ConfigError: a field is given that the seeds decide, or the variant's name stands for other
            fields.
    """
    given = sys.argv[1:] if argv is None else argv
    parser = ArgumentParser(
        prog="canbo train ablation", usage=SUPPRESS, allow_abbrev=False, add_help=False
    )
    parser.add_argument("config", type=Path, help="YAML file of canbo train classifier")
    parser.add_argument("--ablation_dir", type=Path, required=True, help="runs and table")
    parser.add_argument("--seeds", type=int, nargs="+", default=_SEEDS, help="a run each")
    parser.add_argument("--variant", help="name of the row; the fields given, if there is none")
    if asks_for_help(given):
        print(parser.format_help())
        return classifier.main(["--help"])
    arguments, fields = parser.parse_known_args(given)
    if own := [name for name in _OWN if f"--{name}" in fields]:
        raise ConfigError(f"{', '.join(own)}: set by the ablation; use --ablation_dir and --seeds")
    variant = arguments.variant or " ".join(fields).replace("--", "") or "as it is"
    folder = arguments.ablation_dir / re.sub(r"[^\w.,=-]+", "_", variant)
    _note(folder, {"variant": variant, "config": arguments.config.as_posix(), "fields": fields})
    for seed in arguments.seeds:
        run = folder / f"seed-{seed}"
        if (run / "final" / TRAINING_RECORD_FILE).is_file():
            logger.info("%s, seed %d: finished before", variant, seed)
            continue
        own = ["--seed", str(seed), "--output_dir", str(run), "--final_dir", str(run / "final")]
        classifier.main([str(arguments.config), *fields, *own])
        write_table(arguments.ablation_dir)
    print(write_table(arguments.ablation_dir))
    return 0


def _note(folder: Path, made_with: dict[str, Any]) -> None:
    note = folder / "variant.json"
    if note.is_file():
        before = json.loads(note.read_text(encoding="utf-8"))
        if before != made_with:
            raise ConfigError(
                f"{folder} holds runs of {before['config']} with {before['fields']}; "
                "give this one another --variant NAME or --ablation_dir"
            )
    folder.mkdir(parents=True, exist_ok=True)
    note.write_text(json.dumps(made_with, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def write_table(ablation_dir: Path) -> str:
    """Write ``ablation.json`` and ``ablation.md`` from all finished runs of a folder.

    Args:
        ablation_dir: folder of variants.

    Returns:
        The Markdown table: means over seeds of the figures on validation, with standard deviations
        of the runs (n - 1), best variant first.
    """
    rows = [_row(note.parent) for note in sorted(ablation_dir.glob("*/variant.json"))]
    rows = [row for row in rows if row["seeds"]]
    rows.sort(key=lambda row: -row["macro_f1"]["mean"])
    (ablation_dir / "ablation.json").write_text(
        json.dumps(rows, ensure_ascii=False, indent=2) + "\n", encoding="utf-8"
    )
    lines = [
        f"| variant | config | seeds | {' | '.join(_FIGURES.values())} |",
        "| --- | --- | --- |" + " --- |" * len(_FIGURES),
        *(
            f"| {row['variant']} | {row['config']} | {len(row['seeds'])} | "
            + " | ".join(_with_spread(row[name]) for name in _FIGURES)
            + " |"
            for row in rows
        ),
    ]
    table = "\n".join(lines)
    (ablation_dir / "ablation.md").write_text(table + "\n", encoding="utf-8")
    return table


def _row(folder: Path) -> dict[str, Any]:
    row: dict[str, Any] = json.loads((folder / "variant.json").read_text(encoding="utf-8"))
    records = {
        int(path.parts[-3].removeprefix("seed-")): json.loads(path.read_text(encoding="utf-8"))
        for path in sorted(folder.glob(f"seed-*/final/{TRAINING_RECORD_FILE}"))
    }
    row["seeds"] = list(records)
    for name in _FIGURES:
        values = [record["results"]["validation"][name] for record in records.values()]
        row[name] = _summary(values)
    return row


def _summary(values: Sequence[float]) -> dict[str, Any]:
    return {
        "values": list(values),
        "mean": fmean(values) if values else None,
        "standard_deviation": stdev(values) if len(values) > 1 else None,
    }


def _with_spread(summary: dict[str, Any]) -> str:
    spread = summary["standard_deviation"]
    return f"{summary['mean']:.3f}" + (f" ± {spread:.3f}" if spread is not None else "")


if __name__ == "__main__":
    raise SystemExit(main())
