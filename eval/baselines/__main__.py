"""Print the macro-F1 of every theme baseline on each test file (JSONL as in `canbo.data.loaders`).

Each is fitted on the training files; with validation files its thresholds are chosen on them, else
they are 0.5.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from canbo.data.loaders import read_labelled_paragraphs
from canbo.data.themes import ThemeScheme, load_theme_scheme
from canbo.eval.baselines.themes import theme_baselines

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> None:
    """Fit every baseline on the training files and print its macro-F1 on each test file."""
    from canbo.eval.metrics.themes import best_thresholds, theme_metrics

    parser = argparse.ArgumentParser(prog="python -m canbo.eval.baselines", description=__doc__)
    parser.add_argument("--train", nargs="+", type=Path, required=True, metavar="FILE")
    parser.add_argument("--validation", nargs="+", type=Path, default=[], metavar="FILE")
    parser.add_argument("--test", nargs="+", type=Path, required=True, metavar="FILE")
    options = parser.parse_args(arguments)
    scheme = load_theme_scheme()
    tests = {path: _read([path], scheme) for path in options.test}
    train, validation = _read(options.train, scheme), _read(options.validation, scheme)
    for baseline in theme_baselines(scheme):
        baseline.fit(*train)
        thresholds = np.full(len(scheme), 0.5)
        if options.validation:
            thresholds = best_thresholds(baseline.probabilities(validation[0]), validation[1])
        for path, (texts, gold) in tests.items():
            assigned = (baseline.probabilities(texts) >= thresholds).astype(int)
            scores = theme_metrics(assigned, gold, scheme.ids)
            print(f"{baseline.name}\t{path}\tmacro-F1 {scores['macro_f1']:.4f}")


def _read(paths: Sequence[Path], scheme: ThemeScheme) -> tuple[list[str], npt.NDArray[np.int8]]:
    rows = [row for path in paths for row in read_labelled_paragraphs(path, scheme)]
    labels = [[theme in row.labels for theme in scheme.ids] for row in rows]
    return [row.text for row in rows], np.array(labels, dtype=np.int8)


if __name__ == "__main__":
    main()
