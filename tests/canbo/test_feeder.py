"""Workers ahead of the models: the same inputs, in order, with the same encodings."""

import json
import os
import signal
from pathlib import Path

import pytest

from canbo.data.documents import InputError
from canbo.data.readers import ReadOptions
from canbo.feeder import Feeder, ReadingSpec, default_workers
from canbo.models.text_encoding import EncodingSpec


@pytest.fixture
def reading(tmp_path):
    """200 rows of which some are errors and some paragraphs stand twice."""
    path = tmp_path / "in.jsonl"
    rows = [
        "{broken"
        if n % 31 == 7
        else json.dumps({"id": f"d{n}", "paragraphs": [f"Tin {n // 2}.", "Xã mở lớp tập huấn."]})
        for n in range(200)
    ]
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return ReadingSpec((str(path),), ReadOptions(), frozenset())


@pytest.fixture
def encoding(tiny_phobert):
    return EncodingSpec(str(tiny_phobert), "canbo", 128, 10**6)


@pytest.mark.parametrize("workers", [1, 3])
def test_inputs_and_encodings_are_those_of_one_process(reading, encoding, workers):
    encode = encoding.load()
    expected = list(reading.items())
    assert sum(isinstance(item, InputError) for item in expected) == 7
    with Feeder.running(reading, encoding, workers) as feeder:
        # Whatever is not encoded ahead would be asked of this.
        feeder._ahead._encode_missing = lambda texts: pytest.fail(f"not encoded ahead: {texts}")
        for item, wanted in zip(feeder.items(), expected, strict=True):
            assert item == wanted
            if not isinstance(item, InputError):
                assert feeder.encode(item.paragraphs) == encode(item.paragraphs)


def test_what_is_not_ahead_is_encoded_here(reading, encoding):
    texts = ["Một câu mới.", "Tin 3."]
    with Feeder.running(reading, encoding, 1) as feeder:
        next(feeder.items())
        assert feeder.encode(texts) == encoding.load()(texts)


@pytest.mark.parametrize("victim", [0, 1])
def test_when_a_process_dies_the_rest_is_read_here(reading, encoding, victim):
    with Feeder.running(reading, encoding, 2) as feeder:
        items = feeder.items()
        first = [next(items) for _ in range(3)]
        os.kill(feeder._processes[victim].pid, signal.SIGKILL)
        feeder._processes[victim].join()
        assert [*first, *items] == list(reading.items())


def test_the_processes_end_with_the_block(reading):
    with Feeder.running(reading, None, 2) as feeder:
        next(feeder.items())
    assert not any(process.is_alive() for process in feeder._processes)


def test_small_inputs_start_no_process(reading, tmp_path):
    assert default_workers(reading.inputs) == 0
    assert default_workers(["no-such-file"]) == 0
    large = Path(tmp_path / "large.txt")
    large.write_text("Tin. " * 200_000, encoding="utf-8")
    assert default_workers([str(large)]) >= 1
