"""Memory of a run hardly grows with the number of documents, measured with models that hold none."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

DOCUMENTS = 20_000
# Prints the process's memory when a fifth of the documents is done, and when nearly all are.
RUN = f"""
import os, sys
from pathlib import Path

sys.path.insert(0, {str(Path(__file__).parent)!r})
os.fsync = lambda handle: None  # Only a power cut needs it; it takes most of the time here.
from canbo.analyzer import Analyzer
from canbo.batch import RunConfig, run
from canbo.models.predictions import ThemePrediction
from fakes import FakeClassifier

class Watched(FakeClassifier):
    seen = 0
    def predict(self, texts, *, batch_size=32, evidence=True):
        before, self.seen = self.seen, self.seen + len(texts)
        for mark in ({DOCUMENTS} // 5, {DOCUMENTS} - 1000):
            if before < mark <= self.seen:
                pages = int(Path("/proc/self/statm").read_text().split()[1])
                print(pages * os.sysconf("SC_PAGE_SIZE"))
        return [ThemePrediction((), dict.fromkeys(self.scheme_ids, 0.1), ()) for _ in texts]

inputs, output = sys.argv[1:]
run(RunConfig((inputs,), Path(output), tasks=("themes",)), Analyzer(Watched(), None))
"""


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="reads memory as Linux tells it")
def test_memory_for_each_further_document(tmp_path):
    inputs = tmp_path / "in.jsonl"
    with inputs.open("w", encoding="utf-8") as stream:
        for number in range(DOCUMENTS):
            row = {"id": f"tin-tuc/xa-{number}" + "/bai" * 25, "paragraphs": [f"Tin số {number}."]}
            stream.write(json.dumps(row) + "\n")
    command = [sys.executable, "-c", RUN, str(inputs), str(tmp_path / "out")]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    early, late = map(int, done.stdout.split())
    # Digests of ids take 24 to 48 bytes (`canbo.data.name_set`); the rest is the allocator's play.
    assert (late - early) / (DOCUMENTS * 4 / 5 - 1000) < 128
    # The page holds the first documents alone, and its figures all of them.
    assert (tmp_path / "out" / "report.html").stat().st_size < 20_000_000
