"""canbo: themes, evidence and abstracts for Vietnamese articles on cadre work."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from canbo.analyzer import Analyzer

    __version__: str

__all__ = ["Analyzer", "__version__"]


def __getattr__(name: str) -> object:
    """Import on first use (PEP 562): the command line starts without the models' libraries."""
    if name == "Analyzer":
        from canbo.analyzer import Analyzer

        return Analyzer
    if name == "__version__":
        from importlib.metadata import version

        return version("canbo")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
