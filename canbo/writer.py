"""The write path of a run: one piece for every engine, so that none can lose or double a line.

An engine may analyse windows where and when it likes, several at once, on other machines too. It
hands their outcomes to one `RunWriter`, in input order, a window at a time::

    with folder.lock():
        writer = RunWriter(folder, manifest, clock, scheme.ids)
        items = writer.start(read_inputs(...))
        for window in windows(items):
            writer.write(outcomes_of(window))
        writer.write_report(partial(write_report, folder.path, scheme))
        writer.finish()

`RunWriter.write` returns when the window is on the disk. Whenever the process ends, by whatever
cause, the same calls with the same inputs continue behind the last window that is, and the files
come out equal to the byte to those of a run that was never stopped.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from itertools import islice
from typing import Any, TypeAlias

from canbo.clock import Clock
from canbo.data.documents import InputError, Item
from canbo.manifest import check_same
from canbo.output import WINDOW, Counts, OutputFolder, error_line
from canbo.results import DocumentResult

__all__ = ["Outcome", "RunWriter", "windows"]

Outcome: TypeAlias = DocumentResult | InputError


def windows(items: Iterator[Item]) -> Iterator[list[Item]]:
    """Cut inputs into the windows that are analysed and written together."""
    while window := list(islice(items, WINDOW)):
        yield window


class RunWriter:
    """Writes a run's outcomes and keeps ``run.json`` up to date.

    Args:
        folder: where to; the caller holds its lock.
        manifest: ``run.json`` of this run without counts and seconds (`canbo.manifest`).
        clock: the run's stages; what an earlier run took is added to it.
        theme_ids: the order of the themes in the counts.

    Attributes:
        counts: what the output holds, from all runs that made it.
    """

    def __init__(
        self,
        folder: OutputFolder,
        manifest: dict[str, Any],
        clock: Clock,
        theme_ids: Sequence[str],
    ) -> None:
        self.counts = Counts()
        self._folder, self._manifest, self._clock = folder, manifest, clock
        self._theme_ids = theme_ids

    def start(self, items: Iterator[Item]) -> Iterator[Item]:
        """Find what an earlier run has done and make the files ready for what is left.

        Args:
            items: all inputs, from the first.

        Returns:
            The inputs that are still to be analysed, from the beginning of a window.

        Raises:
            RunError: the folder cannot be written, or was made from other inputs, models or
                options.
        """
        previous = self._folder.read_manifest()
        if previous is not None:
            check_same(previous, self._manifest, self._folder.path)
            self._clock.add(previous["seconds"])
            self._manifest["date"] = previous["date"]
        mark, remaining = self._folder.find_start(items)
        self.counts = mark.counts
        self._commit(complete=False)
        self._folder.cut(mark)
        return remaining

    def write(self, outcomes: Sequence[Outcome]) -> None:
        """Append one window's outcomes, in the order of its inputs.

        Raises:
            RunError: they cannot be written; nothing of the window counts then.
        """
        results = [outcome for outcome in outcomes if isinstance(outcome, DocumentResult)]
        errors = [outcome for outcome in outcomes if isinstance(outcome, InputError)]
        self._folder.append([r.to_json() for r in results], [error_line(e) for e in errors])
        for result in results:
            self.counts.add_document(len(result.paragraphs), result.themes)
        self.counts.errors += len(errors)
        self._commit(complete=False)

    def write_report(self, write: Callable[[], object]) -> None:
        """Have the report written from what stands in the folder.

        Raises:
            RunError: it cannot be written.
        """
        with self._folder.writing(self._folder.report):
            write()

    def finish(self) -> None:
        """Call the run complete: all inputs have their line.

        Raises:
            RunError: ``run.json`` cannot be written.
        """
        self._commit(complete=True)

    def _commit(self, complete: bool) -> None:
        themes = self.counts.themes
        self.counts.themes = {id_: n for id_ in self._theme_ids if (n := themes.get(id_))}
        state = {
            "complete": complete,
            "counts": asdict(self.counts),
            "seconds": self._clock.seconds,
        }
        self._folder.write_manifest(self._manifest | state)
