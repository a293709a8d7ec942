"""Where models run."""

from __future__ import annotations

__all__ = ["device_or_default"]


def device_or_default(device: str | None) -> str:
    """The device that was asked for; of None a GPU if there is one.

    Args:
        device: ``"cpu"``, ``"cuda"``, another torch device or None.
    """
    import torch

    return device or ("cuda" if torch.cuda.is_available() else "cpu")
