from __future__ import annotations

import re

from canbo.eval.bench_tokenizer import main


def test_the_table_has_every_tokenizer(tmp_path, capsys, monkeypatch):
    for name in ("RAYON_NUM_THREADS", "TOKENIZERS_PARALLELISM"):
        monkeypatch.setenv(name, "1")  # put back after main has set it
    (tmp_path / "sentences.txt").write_text("Huyện_uỷ luân_chuyển cán_bộ .\n" * 5, encoding="utf-8")
    arguments = [str(tmp_path / "sentences.txt"), "--limit", "3", "--repeats", "1"]
    assert main(arguments) == 0
    head, _, *rows = capsys.readouterr().out.splitlines()
    assert head == "3 sentences, 12 words, 1 threads of Rust"
    assert len(rows) == 4
    assert re.fullmatch(r"PhobertTokenizer +[\d,]+ +1\.0 +[\d,]+ +1\.0", rows[0])
