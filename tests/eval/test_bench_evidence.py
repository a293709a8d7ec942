from __future__ import annotations

import random
from itertools import pairwise

import pytest

from canbo.eval import bench_evidence
from canbo.eval.bench_evidence import faithfulness, random_spans
from canbo.models.predictions import EvidenceSpan, ThemePrediction

TEXT = "Huyện điều động ba cán bộ về xã."


class Counting:
    """Rotation has as much probability as there are of two words in the text, in halves."""

    source = "counting"
    is_calibrated = False

    def __init__(self):
        self.thresholds = {"rotation": 0.75}

    def predict(self, texts, *, evidence=True, batch_size=32):
        return [self._one(text) for text in texts]

    def _one(self, text):
        words = [word for word in ("điều động", "cán bộ") if word in text]
        score = len(words) / 2
        spans = [(text.index(word), text.index(word) + len(word)) for word in words]
        return ThemePrediction(
            themes=("rotation",) if score >= 0.75 else (),
            scores={"rotation": score},
            evidence=tuple(EvidenceSpan("rotation", a, b, text[a:b]) for a, b in spans),
        )


def test_without_and_alone():
    whole = {(0, "rotation"): [(6, 15), (19, 25)]}
    found = faithfulness(Counting(), [TEXT], whole)
    assert (found.probability, found.without, found.alone) == (1.0, 0.0, 1.0)
    assert (found.flipped, found.pairs, found.spans) == (1.0, 1, 2.0)
    assert found.share == pytest.approx(15 / len(TEXT))
    half = faithfulness(Counting(), [TEXT], {(0, "rotation"): [(6, 15)]})
    assert (half.without, half.alone) == (0.5, 0.5)
    idle = faithfulness(Counting(), [TEXT], {(0, "rotation"): [(0, 5)]})
    assert (idle.without, idle.alone, idle.flipped) == (1.0, 0.0, 0.0)


def test_random_spans_have_the_number_and_lengths_of_the_given():
    given = [(6, 15), (19, 25)]
    for seed in range(50):
        drawn = random_spans(TEXT, given, random.Random(seed))
        assert sorted(len(TEXT[start:end].split()) for start, end in drawn) in ([2, 2], [2])
        assert all(a[1] <= b[0] for a, b in pairwise(drawn))
    assert random_spans("Một hai.", [(0, 8), (0, 3)], random.Random(0)) == [(0, 8)]


def test_the_table(monkeypatch, capsys, tmp_path):
    monkeypatch.setattr(
        bench_evidence.ThemeClassifier, "from_pretrained", lambda *_, **__: Counting()
    )
    data = tmp_path / "data.jsonl"
    data.write_text(f'{{"id": "1", "text": "{TEXT}", "labels": []}}\n', encoding="utf-8")
    absent = tmp_path / "absent.jsonl"
    assert bench_evidence.main(["--data", str(data), str(absent)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == f"{absent} is not there: left out"
    shipped = next(line for line in lines if line.startswith("as shipped"))
    assert shipped.split()[2:5] == ["1.000", "0.000", "1.000"]
    assert any(line.startswith("random") for line in lines)
    assert "100% have a theme" in lines[-1]
