"""Models without weights, whose answers can be worked out by hand."""

import json
import time
from pathlib import Path

from canbo.analyzer import Analyzer
from canbo.models.predictions import Abstract, EvidenceSpan, ThemePrediction

PATTERNS = {"rotation": "luân chuyển", "training": "tập huấn"}


class FakeClassifier:
    """A theme holds where its phrase stands; a paragraph with POISON raises."""

    scheme_ids = tuple(PATTERNS)
    scheme = None
    encoding = None
    segmenter = None

    def __init__(self, source="fake-classifier", pause=0.0):
        self.source = source
        self.pause = pause
        self.calls = []

    def predict(self, texts, *, batch_size=32, evidence=True):
        self.calls.append(list(texts))
        time.sleep(self.pause * len(texts))
        if any("POISON" in text for text in texts):
            raise RuntimeError("cannot read this\nsecond line")
        return [self._one(text, evidence) for text in texts]

    def _one(self, text, evidence):
        found = {theme: text.find(phrase) for theme, phrase in PATTERNS.items()}
        themes = tuple(theme for theme in PATTERNS if found[theme] >= 0)
        spans = [
            EvidenceSpan(theme, found[theme], found[theme] + len(PATTERNS[theme]), PATTERNS[theme])
            for theme in themes
        ]
        return ThemePrediction(
            themes=themes,
            scores={theme: 0.9 if theme in themes else 0.1 for theme in PATTERNS},
            evidence=tuple(spans) if evidence else (),
        )


class FakeSummarizer:
    """The first paragraph; a document titled MUTE raises."""

    def __init__(self, source="fake-summarizer"):
        self.source = source
        self.batch_sizes = []

    def summarize(self, documents, *, batch_size=8):
        self.batch_sizes.append(batch_size)
        if any(document.title == "MUTE" for document in documents):
            raise ValueError("nothing to say")
        return [Abstract(document.paragraphs[0], "extractive") for document in documents]


def write_scheme(folder: Path) -> Path:
    """Write the theme scheme of the fake classifier's themes."""
    both = {"vi": "Chủ đề", "en": "Theme"}
    themes = [{"id": t, "name": both, "definition": both, "color": "#123456"} for t in PATTERNS]
    path = folder / "themes.yaml"
    # JSON is YAML.
    path.write_text(json.dumps({"name": "two", "themes": themes}), encoding="utf-8")
    return path


def fake_analyzer(pause=0.0):
    return Analyzer(FakeClassifier(pause=pause), FakeSummarizer())
