"""Sizing: hours, machines and money worked out by hand."""

import json

import pytest

from canbo.eval.sizing import Prices, Rate, SizingError, Task, main, read_rates, sizing_page

# 3.6 million articles of 10 paragraphs, in 10 hours.
TASK = Task(articles=3_600_000, paragraphs=10, hours=10)
PRICES = Prices(core_hour=0.1, gpu_hour=2.0, cores=16, cores_beside=4)


def rate(stage, per_second, machine):
    return Rate(stage, per_second, machine, "test")


def cells(page, stage):
    (line,) = [line for line in page.splitlines() if line.startswith(f"| {stage} |")]
    return [cell.strip() for cell in line.strip("|").split("|")][-3:]


def test_a_stage_of_articles():
    # 3,600,000 / 50 = 72,000 s = 20 h of one GPU: 2 GPUs for 10 h, 20 x $2.
    page = sizing_page({"abstract": rate("abstract", 50, "gpu")}, TASK, PRICES)
    assert cells(page, "abstract") == ["20.0", "$40", "2 GPUs"]
    assert "In 10 hours: 2 with one GPU and 4 cores each, $40." in page
    assert "not counted: survey, read, encode, themes" in page


def test_themes_are_counted_by_paragraph():
    # 36,000,000 / 1,000 = 36,000 s = 10 h.
    page = sizing_page({"themes": rate("themes", 1000, "gpu")}, TASK, PRICES)
    assert cells(page, "themes") == ["10.0", "$20", "1 GPU"]


def test_cores_beside_the_gpus_are_used_first():
    # 3,600,000 / 10 = 100 core hours a stage: 10 cores each, 20 in all; the GPU's machine has 4, and
    # 16 more are one machine for 10 h: 160 x $0.1 + 10 x $2.
    rates = {stage: rate(stage, 10, "cpu") for stage in ("survey", "read")}
    rates["themes"] = rate("themes", 1000, "gpu")
    page = sizing_page(rates, TASK, PRICES)
    assert cells(page, "read") == ["100.0", "$10", "10 cores"]
    assert "In 10 hours: 1 with one GPU and 4 cores each and 1 with 16 cores each, $36." in page


def test_rates_of_records(tmp_path):
    bench = tmp_path / "bench.json"
    stages = {"load": 1.0, "themes": 5.0, "total": 6.0}
    record = {"task": "themes", "documents": 10, "paragraphs": 80, "machine": {"cores": 2}}
    bench.write_text(json.dumps(record | {"best": {"canbo run": {"stages": stages}}}))
    run = tmp_path / "run.json"
    counts = {"documents": 100, "paragraphs": 800}
    seconds = {"read": 4.0, "encode": 0.0, "abstract": 50.0, "write": 1.0}
    run.write_text(json.dumps({"counts": counts, "seconds": seconds, "config": {"device": "cuda"}}))

    rates = read_rates([bench, run])

    # 80 paragraphs in 5 s on 2 cores; a stage that took no time has no rate.
    assert {stage: (r.per_second, r.machine) for stage, r in rates.items()} == {
        "themes": (8.0, "cpu"),
        "read": (25.0, "cpu"),
        "abstract": (2.0, "gpu"),
        "survey": (25.0, "cpu"),
    }
    assert rates["themes"].source == "bench.json"


@pytest.mark.parametrize("content", ["{", "[]", '{"best": {}}', '{"counts": {}}'])
def test_other_files_are_refused(tmp_path, content):
    path = tmp_path / "other.json"
    path.write_text(content)
    with pytest.raises(SizingError, match=r"other\.json: neither a record of canbo bench"):
        read_rates([path])


def test_the_command(capsys):
    assert main(["--rate", "abstract=50/gpu", "--articles", "3600000", "--hours", "10"]) == 0
    assert cells(capsys.readouterr().out, "abstract") == ["20.0", "$60", "2 GPUs"]


@pytest.mark.parametrize("text", ["abstract", "abstract=0/gpu", "write=3/cpu", "read=3/tpu"])
def test_a_rate_of_another_form_is_refused(text, capsys):
    with pytest.raises(SystemExit) as end:
        main(["--rate", text])
    assert end.value.code == 2
    assert "STAGE=RATE/MACHINE" in capsys.readouterr().err
