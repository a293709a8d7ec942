"""From logits to probabilities that mean what they say: Platt scaling of one or two models.

A theme's calibrated logit is a weighted sum of the encoder's and, where the checkpoint has one, of
the lexical model's, and a constant (Platt, "Probabilistic Outputs for Support Vector Machines",
1999), fitted on validation by `canbo train calibration`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from canbo.data.errors import UserError

__all__ = ["Calibration", "CalibrationError", "sigmoid"]

_Floats = npt.NDArray[np.float64]
_FIELDS = {"encoder", "lexical", "bias"}


class CalibrationError(UserError):
    """A checkpoint's calibration is not of the form; the message names file and field."""


def sigmoid(logits: _Floats) -> _Floats:
    """Probabilities of logits, without overflow."""
    return np.asarray(0.5 * (1 + np.tanh(0.5 * logits)))


@dataclass(frozen=True)
class Calibration:
    """Weights of the logits, each of shape (themes,).

    Attributes:
        encoder: weight of the encoder's logit.
        lexical: weight of the lexical model's; None where there is no such model.
        bias: is added.
    """

    encoder: _Floats
    lexical: _Floats | None
    bias: _Floats

    @classmethod
    def identity(cls, themes: int) -> Calibration:
        """Leaves the encoder's logits as they are."""
        return cls(np.ones(themes), None, np.zeros(themes))

    @classmethod
    def from_settings(
        cls, settings: Mapping[str, Any], theme_ids: Sequence[str], where: str
    ) -> Calibration:
        """Read what `to_settings` gives.

        Args:
            settings: for each theme id ``{"encoder": float, "bias": float}``, and ``"lexical"`` for
                all or for none.
            theme_ids: the themes in the order of the outputs.
            where: file and field, for messages.

        Raises:
            CalibrationError: a theme or a weight is missing, or one is no number.
        """
        try:
            rows = [settings[theme] for theme in theme_ids]
            has_lexical = any("lexical" in row for row in rows)
            names = sorted(_FIELDS if has_lexical else _FIELDS - {"lexical"})
            columns = {name: np.array([float(row[name]) for row in rows]) for name in names}
        except (KeyError, TypeError, ValueError) as error:
            raise CalibrationError(
                f"{where}: must give each theme the numbers 'encoder' and 'bias' ({error}); make "
                "it with canbo train calibration"
            ) from error
        return cls(columns["encoder"], columns.get("lexical"), columns["bias"])

    def to_settings(self, theme_ids: Sequence[str]) -> dict[str, dict[str, float]]:
        """Plain values for a checkpoint's config."""
        columns = {"encoder": self.encoder, "lexical": self.lexical, "bias": self.bias}
        return {
            theme: {
                name: round(float(column[index]), 4)
                for name, column in columns.items()
                if column is not None
            }
            for index, theme in enumerate(theme_ids)
        }

    def logits(self, encoder: _Floats, lexical: _Floats | None) -> _Floats:
        """Calibrated logits.

        Args:
            encoder: the encoder's, of shape (..., themes).
            lexical: the lexical model's, of the same shape; None where there is no such model.
        """
        logits = self.encoder * encoder + self.bias
        if self.lexical is not None and lexical is not None:
            logits = logits + self.lexical * lexical
        return np.asarray(logits)
