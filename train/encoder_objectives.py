"""What an encoder is pretrained to do: restore masked tokens, or tell which were replaced.

Only the places where tokens were taken away go through the output layer, whose matrix has as many
rows as the vocabulary: of small encoders it is most of the work. Their number is the same in every
block, so that every batch has one shape.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from transformers import RobertaForMaskedLM, RobertaModel

__all__ = ["MaskedLanguageModel", "Masking", "ReplacedTokenDetection"]

# Weight of telling replaced tokens apart, against restoring them (Clark et al. 2020).
_DETECTION_WEIGHT = 50.0


class Masking:
    """Masks tokens of blocks (`canbo.train.denoising.Corruption`).

    Args:
        share: of a block's tokens that are to be restored.
        mask_id: id of ``<mask>``.
        vocab_size: random tokens are drawn from so many.
        special_ids: never masked.
        disguised: leave a tenth of the places as they are and put a random token in a tenth, as
            BERT does (Devlin et al. 2019), whose encoder would otherwise learn nothing of text
            without masks. ELECTRA's generator sees masks only.
    """

    def __init__(
        self,
        share: float,
        mask_id: int,
        vocab_size: int,
        special_ids: frozenset[int],
        disguised: bool,
    ) -> None:
        self._share, self._mask_id, self._vocab_size = share, mask_id, vocab_size
        self._special = torch.tensor(sorted(special_ids))
        self._disguised = disguised

    def __call__(
        self, blocks: Tensor, generator: torch.Generator | None = None
    ) -> dict[str, Tensor]:
        """Mask; arguments as of `Corruption`.

        Returns:
            ``input_ids`` with masks, shape (blocks, tokens); ``positions`` of what was taken away
            and the ids that stood there, ``labels``, shape (blocks, places). A place where there
            was nothing but special tokens left to take has the label -100.
        """
        count = max(1, round(self._share * blocks.shape[1]))
        order = torch.rand(blocks.shape, generator=generator)
        order[torch.isin(blocks, self._special)] = -1.0
        chosen, positions = order.topk(count, dim=1)
        taken = blocks.gather(1, positions)
        shown = torch.full_like(taken, self._mask_id)
        if self._disguised:
            dice = torch.rand(taken.shape, generator=generator)
            drawn = torch.randint(self._vocab_size, taken.shape, generator=generator)
            shown = torch.where(dice < 0.2, drawn, shown)
            shown = torch.where(dice < 0.1, taken, shown)
        special = chosen < 0
        shown = torch.where(special, taken, shown)
        return {
            "input_ids": blocks.scatter(1, positions, shown),
            "positions": positions,
            "labels": taken.masked_fill(special, -100),
        }


def _at(states: Tensor, positions: Tensor) -> Tensor:
    """States of some positions: (blocks, tokens, width) and (blocks, places) give (.., width)."""
    return states.gather(1, positions.unsqueeze(-1).expand(-1, -1, states.shape[-1]))


class MaskedLanguageModel(RobertaForMaskedLM):  # type: ignore[no-untyped-call]
    """A RoBERTa that predicts at some positions only; its weights are the stock model's."""

    def forward(self, input_ids: Tensor, positions: Tensor, labels: Tensor) -> dict[str, Tensor]:
        """Cross-entropy of the masked tokens; arguments as `Masking` makes them."""
        states = self.roberta(input_ids).last_hidden_state
        logits = self.lm_head(_at(states, positions))
        return {"loss": F.cross_entropy(logits.flatten(0, 1), labels.flatten())}

    def stock(self) -> RobertaForMaskedLM:
        """The same weights as a plain `RobertaForMaskedLM`."""
        plain = RobertaForMaskedLM(self.config)
        plain.load_state_dict(self.state_dict())
        return plain


class ReplacedTokenDetection(nn.Module):
    """ELECTRA (Clark et al. 2020): a small generator fills masks, an encoder finds its words.

    The generator reads and writes with the encoder's own embeddings, of tokens and positions.

    Args:
        encoder: what is pretrained; the only part that outlives the run.
        layers: of the generator.
        width: of the generator, a multiple of 64.
    """

    def __init__(self, encoder: RobertaModel, layers: int, width: int) -> None:
        super().__init__()
        size = encoder.config.hidden_size
        self.encoder = encoder
        self.narrow = nn.Linear(size, width)
        self.generator = nn.TransformerEncoder(
            nn.TransformerEncoderLayer(
                width,
                nhead=max(1, width // 64),
                dim_feedforward=4 * width,
                dropout=0.0,
                activation="gelu",
                batch_first=True,
            ),
            layers,
            enable_nested_tensor=False,
        )
        self.widen = nn.Sequential(nn.Linear(width, size), nn.GELU(), nn.LayerNorm(size))
        self.bias = nn.Parameter(torch.zeros(encoder.config.vocab_size))
        self.detect = nn.Sequential(nn.Linear(size, size), nn.GELU(), nn.Linear(size, 1))

    def forward(self, input_ids: Tensor, positions: Tensor, labels: Tensor) -> dict[str, Tensor]:
        """Both losses in one; arguments as `Masking` makes them, not disguised."""
        embeddings: Any = self.encoder.embeddings
        states = self.generator(self.narrow(embeddings(input_ids)))
        logits = F.linear(
            self.widen(_at(states, positions)), embeddings.word_embeddings.weight, self.bias
        )
        restored = F.cross_entropy(logits.flatten(0, 1), labels.flatten())
        with torch.no_grad():
            # Adding Gumbel noise and taking the largest is a draw from the softmax.
            noise = -torch.log(-torch.log(torch.rand_like(logits, dtype=torch.float32) + 1e-9))
            drawn = (logits.float() + noise).argmax(dim=-1)
            # At places with nothing to restore the token stays what it is.
            shown = input_ids.gather(1, positions)
            drawn = torch.where(labels < 0, shown, drawn)
            original = torch.where(labels < 0, shown, labels)
            replaced = torch.zeros_like(input_ids, dtype=torch.float32)
            replaced = replaced.scatter(1, positions, (drawn != original).float())
            filled = input_ids.scatter(1, positions, drawn)
        told = self.detect(self.encoder(filled).last_hidden_state).squeeze(-1)
        detection = F.binary_cross_entropy_with_logits(told, replaced)
        return {"loss": restored + _DETECTION_WEIGHT * detection}
