"""The plain script that `canbo bench` measures against gives the model the work that canbo gives."""

import json

import pytest

from canbo.data.documents import Document
from canbo.eval import naive_pipeline
from canbo.models.abstractive import AbstractiveSummarizer
from canbo.models.source_text import SourceFormat

torch = pytest.importorskip("torch")

ROWS = [
    {
        "id": "a",
        "title": "Huyện họp",
        "paragraphs": ["Huyện ủy đã họp. Xã đã nghe./.", "Bà con rất vui."],
    },
    {"id": "b", "title": None, "paragraphs": ["Xã đã nghe. Huyện ủy đã họp về cán bộ xã."]},
]


@pytest.fixture(params=[40, 8], ids=["whole", "cut"])
def limit(request):
    """Pieces of a source: both articles fit, or neither."""
    return request.param


@pytest.fixture
def folder(tmp_path, limit):
    """A random T5 that says of itself how it reads and writes."""
    from tokenizers import Tokenizer, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast, T5Config, T5ForConditionalGeneration

    words = "tóm tắt : huyện ủy họp đã xã nghe bà con rất vui về cán bộ Huyện Xã Bà .".split()
    pieces = {piece: i for i, piece in enumerate(["<pad>", "</s>", "<unk>", *words])}
    tokenizer = Tokenizer(models.WordLevel(pieces, unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    torch.manual_seed(1)
    model = T5ForConditionalGeneration(
        T5Config(
            vocab_size=len(pieces),
            d_model=16,
            d_kv=8,
            d_ff=32,
            num_layers=1,
            num_heads=2,
            decoder_start_token_id=0,
        )
    )
    SourceFormat("tóm tắt: ", with_title=True, max_source_length=limit).record(model.config)
    model.generation_config.update(
        num_beams=3, max_new_tokens=7, min_new_tokens=2, length_penalty=1.5
    )
    model.save_pretrained(tmp_path / "model")
    PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, pad_token="<pad>", eos_token="</s>", unk_token="<unk>"
    ).save_pretrained(tmp_path / "model")
    return tmp_path / "model"


@pytest.fixture
def asked(monkeypatch):
    """What `generate` is asked for, call by call."""
    from transformers import T5ForConditionalGeneration

    calls = []
    generate = T5ForConditionalGeneration.generate

    def record(self, **values):
        calls.append(values)
        return generate(self, **values)

    monkeypatch.setattr(T5ForConditionalGeneration, "generate", record)
    return calls


def test_it_reads_and_searches_as_canbo_does(folder, limit, asked, tmp_path, capsys):
    given, made = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    given.write_text("".join(json.dumps(row) + "\n" for row in ROWS), encoding="utf-8")
    assert naive_pipeline.main(["abstract", str(folder), str(given), str(made)]) == 0
    assert {"load", "model", "write", "batch_size"} <= json.loads(capsys.readouterr().out).keys()
    rows = [json.loads(line) for line in made.read_text(encoding="utf-8").splitlines()]
    assert [row["id"] for row in rows] == ["a", "b"] and all("abstract" in row for row in rows)
    plain = asked[-1]
    assert (plain["num_beams"], plain["max_new_tokens"]) == (3, 7)
    assert (plain["min_new_tokens"], plain["length_penalty"]) == (2, 1.5)

    # Prefix, title with its stop, sentences without the mark that closes a report.
    sources = [
        "tóm tắt: Huyện họp. Huyện ủy đã họp. Xã đã nghe. Bà con rất vui.",
        "tóm tắt: Xã đã nghe. Huyện ủy đã họp về cán bộ xã.",
    ]
    model = AbstractiveSummarizer.load(str(folder), "t5", "cpu")
    expected = [ids[:limit] for ids in model.tokenizer(sources)["input_ids"]]
    read = [[i for i in ids.tolist() if i] for call in asked for ids in call["input_ids"]]
    assert all(ids in read for ids in expected) and all(ids in expected for ids in read)
    if limit == 40:
        documents = [Document(r["id"], r["id"], r["title"], tuple(r["paragraphs"])) for r in ROWS]
        ours = [model._source(document) for document in documents]
        assert model.tokenizer(ours)["input_ids"] == expected

    model.writer.write(sources)
    ours = asked[-1]
    same = (plain.keys() & ours.keys()) - {"input_ids", "attention_mask"}
    assert {name: plain[name] for name in same} == {name: ours[name] for name in same}
    # What canbo asks for besides: all beams with their scores, and no unknown piece.
    assert plain.keys() <= ours.keys()
    assert ours.keys() - plain.keys() == {
        "num_return_sequences",
        "bad_words_ids",
        "return_dict_in_generate",
        "output_scores",
    }
