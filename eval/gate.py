"""The regression gate: are models still as good as the committed report says?"""

from __future__ import annotations

from canbo.eval.results import Evaluation

__all__ = ["regressions"]


def regressions(committed: Evaluation, now: Evaluation) -> list[str]:
    """Name the headline figures that are worse than the committed report's interval allows.

    Args:
        committed: of the report that stands in the repository.
        now: a new evaluation; of its models, data sets and metrics those are looked at that the
            report has too.

    Returns:
        A sentence for each figure that fell out of its interval on the worse side, and for each
        data set whose file is not the one that the report was made on.

    Raises:
        ValueError: the two have no figure in common.
    """
    found = []
    compared = 0
    files = {dataset.name: dataset.sha256 for dataset in committed.datasets}
    for dataset in now.datasets:
        if dataset.name not in files:
            continue
        if files[dataset.name] != dataset.sha256:
            found.append(f"{dataset.name}: the report was made on another file; make it again")
        for model in now.models:
            if model.name not in {entry.name for entry in committed.models}:
                continue
            before = committed.result(model.name, dataset.name).metrics
            figures = now.result(model.name, dataset.name).metrics
            for name, info in now.metrics.items():
                old, new = before.get(name), figures.get(name)
                if not info.headline or not old or not new or old.ci is None or new.value is None:
                    continue
                compared += 1
                low, high = old.ci
                if info.better == "higher" and new.value < low:
                    found.append(
                        f"{model.name} on {dataset.name}: {name} {new.value:.4f} is below the"
                        f" report's interval [{low:.4f}, {high:.4f}]"
                    )
                if info.better == "lower" and new.value > high:
                    found.append(
                        f"{model.name} on {dataset.name}: {name} {new.value:.4f} is above the"
                        f" report's interval [{low:.4f}, {high:.4f}]"
                    )
    if not compared:
        raise ValueError("the report and the new evaluation have no figure in common")
    return found
