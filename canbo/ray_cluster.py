"""A Ray cluster: being connected with one, and what of it each process of a run reserves."""

from __future__ import annotations

import logging
import os
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from canbo.output import RunError

if TYPE_CHECKING:
    from canbo.batch import RunConfig

__all__ = ["Resources", "cluster_device", "connected"]

_SURVEY_TASKS_PER_CORE = 4
_CONNECT_SECONDS = 10.0


@contextmanager
def connected(address: str | None) -> Iterator[None]:
    """Have a Ray cluster for the block; where this process has one already, that.

    Args:
        address: as for `ray.init`: ``HOST:6379``, ``auto``, ``ray://HOST:10001``; None starts Ray
            on this machine.

    Raises:
        RunError: Ray is not installed, or no cluster answers there.
    """
    # Ray reads these when it is imported; an operator's own settings stand.
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    os.environ.setdefault("RAY_BACKEND_LOG_LEVEL", "fatal")
    try:
        import ray
        import ray.data
    except ImportError as error:
        raise RunError("--engine ray needs the ray extra: pip install 'canbo[ray]'") from error
    for handler in logging.getLogger("ray.data").handlers:
        # Those of others (a test's) may be there too; Ray's own files keep all.
        if type(handler).__module__.startswith("ray.") and isinstance(
            handler, logging.StreamHandler
        ):
            handler.setLevel(logging.CRITICAL)
    if ray.is_initialized():
        yield
        return
    options: dict[str, Any] = {"log_to_driver": False, "logging_level": "ERROR"}
    if address is None:
        options["include_dashboard"] = False
    try:
        _check_answers(address or "")
        with _no_stderr():
            ray.init(address=address or "local", **options)
    except (OSError, RuntimeError, ValueError, ImportError) as error:
        reason = str(error).strip().partition("\n")[0]
        raise RunError(
            f"--ray-address {address}: no Ray cluster answers there ({reason}). Start one with"
            " `ray start --head`, or leave --ray-address out to use this machine alone"
            if address
            else f"Ray cannot be started on this machine: {reason}"
        ) from error
    try:
        yield
    finally:
        ray.shutdown()


def _check_answers(address: str) -> None:
    """Raise an OSError where nothing listens: Ray itself would end the process."""
    host, _, port = address.removeprefix("ray://").rpartition(":")
    if host and port.isdecimal():
        socket.create_connection((host, int(port)), timeout=_CONNECT_SECONDS).close()


@contextmanager
def _no_stderr() -> Iterator[None]:
    """Keep to itself what Ray's C++ part says while it starts; what matters it raises."""
    sys.stderr.flush()
    kept = os.dup(2)
    try:
        with open(os.devnull, "wb") as nothing:  # noqa: PTH123
            os.dup2(nothing.fileno(), 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)


def cluster_device() -> str:
    """Where the models will be: ``"cuda"`` when the cluster has a GPU."""
    return "cuda" if _cluster_resources().get("GPU", 0) >= 1 else "cpu"


def _cluster_resources() -> dict[str, float]:
    import ray

    untyped: Any = ray.cluster_resources
    found: dict[str, float] = untyped()
    return found


@dataclass(frozen=True)
class Resources:
    """What each process of a run reserves of the cluster.

    Attributes:
        actors: processes that hold the models.
        actor_cpus: cores of each.
        actor_gpus: GPUs of each.
        reader_cpus: cores of a task that reads.
        survey_tasks: tasks of the first pass.
    """

    actors: int
    actor_cpus: float
    actor_gpus: int
    reader_cpus: float
    survey_tasks: int

    @classmethod
    def of_cluster(cls, config: RunConfig) -> Resources:
        """Share out the cluster that this process is connected with.

        Args:
            config: its device, and how many processes hold models.

        Raises:
            RunError: a GPU is asked for where there is none.
        """
        cluster = _cluster_resources()
        cpus, gpus = int(cluster.get("CPU", 1)), int(cluster.get("GPU", 0))
        tasks = _SURVEY_TASKS_PER_CORE * cpus
        if config.device != "cpu":
            if not gpus:
                raise RunError(f"device {config.device!r}: the Ray cluster has no GPU")
            return cls(min(config.workers or gpus, gpus), 1, 1, 1, tasks)
        actors = config.workers or max(1, cpus - 1)
        # Readers must find room beside the models, or nothing would ever begin.
        reader_cpus = 1.0 if cpus > actors else 0.5
        each = (cpus - reader_cpus) / actors
        return cls(actors, float(int(each)) or each, 0, reader_cpus, tasks)

    @property
    def threads(self) -> int:
        """Threads of a process that holds the models."""
        return max(1, int(self.actor_cpus))
