"""How long the stages of a run take."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["Clock"]


class Clock:
    """Wall-clock seconds by stage; ``total`` is their sum."""

    def __init__(self) -> None:
        self._stages: dict[str, float] = {}

    @property
    def seconds(self) -> dict[str, float]:
        """Seconds by stage, rounded to milliseconds."""
        stages = {**self._stages, "total": sum(self._stages.values())}
        return {stage: round(seconds, 3) for stage, seconds in stages.items()}

    def add(self, seconds: dict[str, float]) -> None:
        """Add what an earlier run took."""
        for stage, more in seconds.items():
            if stage != "total":
                self._stages[stage] = self._stages.get(stage, 0.0) + more

    @contextmanager
    def __call__(self, stage: str) -> Iterator[None]:
        """Count the block's time for a stage."""
        start = time.perf_counter()
        try:
            yield
        finally:
            self.add({stage: time.perf_counter() - start})
