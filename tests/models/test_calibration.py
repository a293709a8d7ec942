from __future__ import annotations

import numpy as np
import pytest

from canbo.models.calibration import Calibration, CalibrationError, sigmoid

IDS = ("rotation", "training")


def test_logits_are_weighted_sums():
    calibration = Calibration(np.array([2.0, 1.0]), np.array([0.5, 0.0]), np.array([-1.0, 0.25]))
    logits = calibration.logits(np.array([[1.0, 3.0]]), np.array([[4.0, 100.0]]))
    assert logits.tolist() == [[2 * 1 + 0.5 * 4 - 1, 3.25]]


def test_the_identity_changes_nothing():
    logits = np.array([[-3.5, 0.125]])
    assert Calibration.identity(2).logits(logits, None).tolist() == logits.tolist()


def test_settings_there_and_back():
    settings = {
        "training": {"encoder": 1.0, "lexical": 0.25, "bias": 0.0},
        "rotation": {"encoder": 2.0, "lexical": 0.5, "bias": -1.0},
    }
    calibration = Calibration.from_settings(settings, IDS, "config.json")
    assert calibration.encoder.tolist() == [2.0, 1.0]
    assert calibration.to_settings(IDS) == settings
    alone = {theme: {"encoder": 1.0, "bias": 0.0} for theme in IDS}
    assert Calibration.from_settings(alone, IDS, "config.json").lexical is None
    assert Calibration.from_settings(alone, IDS, "config.json").to_settings(IDS) == alone


@pytest.mark.parametrize(
    "settings",
    [
        {"rotation": {"encoder": 1.0, "bias": 0.0}},
        {theme: {"encoder": 1.0} for theme in IDS},
        {theme: {"encoder": "much", "bias": 0.0} for theme in IDS},
        {
            "rotation": {"encoder": 1, "lexical": 1, "bias": 0},
            "training": {"encoder": 1, "bias": 0},
        },
        {"rotation": 1.0, "training": 1.0},
    ],
)
def test_other_settings_are_refused(settings):
    with pytest.raises(CalibrationError, match=r"folder/config\.json.*canbo train calibration"):
        Calibration.from_settings(settings, IDS, "folder/config.json")


def test_sigmoid_does_not_overflow():
    values = sigmoid(np.array([-1000.0, 0.0, np.log(3), 1000.0]))
    assert values == pytest.approx([0.0, 0.5, 0.75, 1.0])
