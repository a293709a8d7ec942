"""What T5 is pretrained to do: write the spans that were left out (Raffel et al. 2020)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from canbo.train.arguments import ConfigError

if TYPE_CHECKING:
    import torch

__all__ = ["SpanCorruption"]


class SpanCorruption:
    """Leaves spans out of blocks (`canbo.train.denoising.Corruption`).

    Args:
        length: tokens of a block.
        noise_share: share of them that is left out.
        mean_span: tokens of a span on average; every block has the same number of spans.
        sentinels: ids that stand for the spans, in their order.
        end_id: id that ends sources and targets.

    Raises:
        ConfigError: there are fewer sentinels than spans in a block.
    """

    def __init__(
        self,
        length: int,
        noise_share: float,
        mean_span: float,
        sentinels: Sequence[int],
        end_id: int,
    ) -> None:
        import torch

        self._noise = min(max(1, round(length * noise_share)), length - 1)
        self._spans = min(max(1, round(self._noise / mean_span)), length - self._noise)
        if self._spans > len(sentinels):
            raise ConfigError(
                f"block_size: {length} tokens have {self._spans} spans, but the vocabulary has "
                f"{len(sentinels)} sentinels (<extra_id_0>, ...); give a smaller block_size"
            )
        self._sentinels = torch.tensor(list(sentinels[: self._spans]))
        self._end_id = end_id

    def __call__(
        self, blocks: torch.Tensor, generator: torch.Generator | None = None
    ) -> dict[str, torch.Tensor]:
        """Leave spans out; arguments as of `Corruption`.

        Returns:
            ``input_ids`` and ``labels``, each of one length for all blocks.
        """
        import torch

        rows, length = blocks.shape
        kept = _random_lengths(rows, length - self._noise, self._spans, generator)
        left_out = _random_lengths(rows, self._noise, self._spans, generator)
        # Kept and left-out stretches take turns, a kept one first: odd stretches are left out.
        ends = torch.stack([kept, left_out], dim=2).flatten(1).cumsum(dim=1)
        places = torch.arange(length).expand(rows, -1).contiguous()
        stretch = torch.searchsorted(ends, places, right=True)
        noise = stretch % 2 == 1
        first = noise & (stretch != stretch.roll(1, dims=1))
        sentinels = self._sentinels[(stretch // 2).clamp(max=self._spans - 1)]
        source = torch.where(first, sentinels, blocks)[~noise | first].view(rows, -1)
        pairs = torch.stack([sentinels, blocks], dim=2)
        target = pairs[torch.stack([first, noise], dim=2)].view(rows, -1)
        end = torch.full((rows, 1), self._end_id)
        return {
            "input_ids": torch.cat([source, end], dim=1),
            "labels": torch.cat([target, end], dim=1),
        }


def _random_lengths(
    rows: int, total: int, parts: int, generator: torch.Generator | None
) -> torch.Tensor:
    """Split a total into so many positive parts, every way as likely: shape (rows, parts)."""
    import torch

    cuts = torch.rand(rows, total - 1, generator=generator).argsort(dim=1)[:, : parts - 1] + 1
    edges = torch.cat(
        [
            torch.zeros(rows, 1, dtype=torch.long),
            cuts.sort(dim=1).values,
            torch.full((rows, 1), total),
        ],
        dim=1,
    )
    return edges.diff(dim=1)
