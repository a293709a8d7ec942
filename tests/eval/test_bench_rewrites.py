"""How many of the rewrites that were read the rules still make."""

import json
from pathlib import Path

import canbo.data
from canbo.data.rewrites import Verdict
from canbo.eval.bench_rewrites import Count, count, main
from canbo.train.rewrites import SentenceRewrite

SHIPPED = Path(canbo.data.__path__[0]) / "canbo-rewrites"


def rewrite(fluent, true):
    return SentenceRewrite("f", "a", 0, "Một.", "Hai.", Verdict(fluent, true))


def test_good_ones_and_made_ones_are_counted():
    rows = [
        (rewrite(True, True), True),
        (rewrite(True, True), False),
        (rewrite(True, False), True),
        (rewrite(False, True), False),
    ]
    assert count(rows) == Count(read=4, good=2, made=2, made_good=1)


def test_the_shipped_ones_of_our_own_articles_are_nearly_all_good(capsys):
    assert main([]) == 0
    *_, last = capsys.readouterr().out.strip().splitlines()
    _, file, read, _, made, made_good, _ = (cell.strip() for cell in last.split("|"))
    assert file == "all"
    assert int(read) > 80 and int(made) > 60
    assert float(made_good.rstrip("%")) > 95


def test_other_files_are_read(tmp_path, capsys):
    lines = (SHIPPED / "judged.jsonl").read_text(encoding="utf-8").splitlines()
    own = [line for line in lines if json.loads(line)["file"] == "canbo-themes/train"]
    path = tmp_path / "judged.jsonl"
    path.write_text("\n".join(own) + "\n", encoding="utf-8")
    assert main(["--judged", str(path)]) == 0
    assert f"| all | {len(own)} |" in capsys.readouterr().out
