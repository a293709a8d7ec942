from __future__ import annotations

import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

pytest.importorskip("gensim")

from transformers import AutoModelForMaskedLM, AutoTokenizer

from canbo.train.pretrain import main


def test_an_encoder_starts_from_word_vectors_and_a_second_run_keeps_what_is_done(tmp_path):
    sentences = [
        "Huyện_uỷ luân_chuyển cán_bộ về xã .",
        "Huyện_uỷ điều_động cán_bộ về xã .",
        "Bà con gặt lúa trên đồng .",
        "Bà con cấy lúa trên đồng .",
    ]
    rows = {
        "id": [str(number) for number in range(30)],
        "title": ["Tin"] * 30,
        "abstract": [sentences[0]] * 30,
        "body": ["\n".join(sentences * 5)] * 30,
    }
    pq.write_table(pa.table(rows), tmp_path / "train.parquet")
    (tmp_path / "none.txt").write_text("", encoding="utf-8")
    out = tmp_path / "encoder"
    config = tmp_path / "pretrain.yaml"
    config.write_text(
        f"corpus: {tmp_path / 'train.parquet'}\nleave_out: {tmp_path / 'none.txt'}\n"
        f"output_dir: {out}\nvocab_size: 150\nhidden_size: 32\nheads: 2\nlayers: 1\n"
        "intermediate_size: 64\nworkers: 1\nepochs: 5\n",
        encoding="utf-8",
    )
    assert main([str(config)]) == 0
    model = AutoModelForMaskedLM.from_pretrained(out)
    tokenizer = AutoTokenizer.from_pretrained(out)
    assert model.config.model_type == "roberta" and model.config.max_position_embeddings == 258
    assert model.config.vocab_size == len(tokenizer)
    assert (model.roberta.embeddings.word_embeddings.weight[tokenizer.pad_token_id] == 0).all()
    assert json.loads((out / "training.json").read_text(encoding="utf-8"))["config"]["epochs"] == 5

    before = (out / "segmented.txt").stat().st_mtime_ns
    (tmp_path / "train.parquet").rename(tmp_path / "moved.parquet")
    with pytest.raises(FileNotFoundError):  # only the record still wants the corpus
        main([str(config)])
    assert (out / "segmented.txt").stat().st_mtime_ns == before
