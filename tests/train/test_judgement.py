"""How it is fitted which rewritten sentences are shown."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from canbo.data.rewrites import RewriteError, Verdict
from canbo.data.summaries import read_summaries
from canbo.models.rewriting.judgement import JUDGEMENT_FEATURES, JUDGEMENT_FILE, Judgement
from canbo.models.rewriting.writer import SentenceWriter
from canbo.models.source_text import SourceFormat
from canbo.train.arguments import ConfigError
from canbo.train.build_canbo_rewrites import stored_row
from canbo.train.judgement import (
    NOTHING_SHOWN,
    fit_judgement,
    held_out_chances,
    least_chance,
    main,
)
from canbo.train.rewrites import SentenceRewrite

REPOSITORY = Path(__file__).parents[2]
CONFIG = REPOSITORY / "configs/summarizer/judgement.yaml"
PLACES = ["Khe Xanh", "Đồi Mơ", "Bến Tre Gai", "Lũng Đá", "Cầu Mây"]


@pytest.fixture(scope="module")
def untrained(tmp_path_factory):
    """A folder with a random T5 that reads sentences, and the record of its training."""
    import torch

    from canbo.train.scratch_t5 import ModelArguments, make_t5

    torch.manual_seed(0)
    shape = ModelArguments(
        vocab_size=600, d_model=16, d_kv=8, d_ff=16, num_layers=1, num_decoder_layers=1
    )
    articles = REPOSITORY / "data/canbo-themes/articles/train.jsonl"
    model, tokenizer = make_t5(shape, list(read_summaries(articles))[:5], 64, seed=1)
    SourceFormat(max_source_length=64, reads="sentence").record(model.config)
    folder = tmp_path_factory.mktemp("untrained")
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    (folder / "training.json").write_text('{"config": {"seed": 7}, "data": [], "results": {}}\n')
    return folder


@pytest.fixture
def rewriter(untrained, tmp_path):
    return shutil.copytree(untrained, tmp_path / "rewriter")


def sentence(number):
    place = PLACES[number % 5]
    return f"Sáng nay huyện {place} đã điều {number + 2} cán bộ về xã, tin của huyện cho biết."


def rewrite(number, *, good, file="canbo-themes/mine"):
    """Cut where it is good; where it is not, made of words from elsewhere."""
    place = PLACES[number % 5]
    cut = f"Huyện {place} đã điều {number + 2} cán bộ về xã."
    other = f"Trâu bò lợn gà {place} béo khỏe lắm rồi đấy nhé."
    text = cut if good else other
    return SentenceRewrite(
        file, f"a{number}", 0, sentence(number), text, Verdict(fluent=good, true=good)
    )


def row(pair):
    verdict = {"fluent": pair.verdict.fluent, "true": pair.verdict.true}
    return stored_row(pair) | verdict


GOOD = [rewrite(number, good=True) for number in range(0, 30, 2)]
BAD = [rewrite(number, good=False) for number in range(1, 30, 2)]


@pytest.fixture
def files(tmp_path):
    """Articles of one sentence each, and the judged rewrites of it."""
    folder = tmp_path / "articles"
    folder.mkdir()
    articles = [
        {"id": f"a{number}", "abstract": "", "paragraphs": [sentence(number)]}
        for number in range(30)
    ]
    lines = [json.dumps(article) + "\n" for article in articles]
    (folder / "mine.jsonl").write_text("".join(lines), encoding="utf-8")
    return write(tmp_path, [row(pair) for pair in (*GOOD, *BAD)])


def write(folder, rows):
    (folder / "judged.jsonl").write_text("".join(json.dumps(each) + "\n" for each in rows))
    return folder


def run(rewriter, files, *more):
    given = {
        "--model_dir": rewriter,
        "--judged_file": files / "judged.jsonl",
        "--canbo_themes": files / "articles",
        "--vietnews_train": files / "none.parquet",
        "--vietnews_validation": files / "none.parquet",
        "--least_shown": 5,
    }
    options = [str(part) for pair in given.items() for part in pair]
    return main([str(CONFIG), *options, *map(str, more)])


def results(rewriter):
    return json.loads((rewriter / "training.json").read_text(encoding="utf-8"))["judgement"][
        "results"
    ]


def test_good_and_bad_are_told_apart(rewriter, files):
    assert run(rewriter, files) == 0
    # The 15 good ones stand first; one more would make it 15 of 16, under 0.95.
    figures = {
        "judged": 30,
        "good": 15,
        "auc": 1.0,
        "shown": 15,
        "share_shown": 0.5,
        "shown_good": 1.0,
        "good_of_best_5%": 1.0,
        "good_of_best_10%": 1.0,
        "good_of_best_20%": 1.0,
    }
    assert results(rewriter) == {
        "articles": 30,
        **figures,
        "files": {"canbo-themes/mine": figures},
    }
    judgement = Judgement.load(rewriter / JUDGEMENT_FILE)
    assert 0 < judgement.least < 1
    assert judgement.weights["new_content"] < 0 < judgement.weights["share_kept"]


def test_the_record_keeps_the_training(rewriter, files):
    run(rewriter, files)
    record = json.loads((rewriter / "training.json").read_text(encoding="utf-8"))
    assert record["config"] == {"seed": 7}
    assert [entry["file"] for entry in record["data"]] == [
        f"{files.name}/judged.jsonl",
        "articles/mine.jsonl",
    ]
    assert record["judgement"]["config"]["wanted"] == 0.95


@pytest.mark.parametrize(
    ("more", "why"),
    [
        (("--least_shown", 16), "95.0% of at least 16 rewrites"),
        (("--wanted", 1.0, "--least_shown", 16), "100.0% of at least 16 rewrites"),
    ],
)
def test_where_no_chance_will_do_nothing_is_shown(rewriter, files, caplog, more, why):
    assert run(rewriter, files, *more) == 0
    assert "this model shows nothing" in caplog.text and why in caplog.text
    judgement = Judgement.load(rewriter / JUDGEMENT_FILE)
    assert judgement.least == NOTHING_SHOWN
    found = results(rewriter)
    assert (found["shown"], found["share_shown"], found["auc"]) == (0, 0.0, 1.0)
    assert "shown_good" not in found


def test_not_even_a_chance_that_is_rounded_to_one_is_shown_then(tmp_path):
    sure = Judgement(dict.fromkeys(JUDGEMENT_FEATURES, 0.0), 100.0, NOTHING_SHOWN)
    sure.save(tmp_path / JUDGEMENT_FILE)
    read = Judgement.load(tmp_path / JUDGEMENT_FILE)
    assert read.chance([0.0] * len(JUDGEMENT_FEATURES)) == 1.0 < read.least


@pytest.mark.parametrize(
    ("good", "wanted", "shown", "expected"),
    [
        ([1, 1, 0, 1, 0], 1.0, 2, 0.8),
        ([1, 1, 0, 1, 0], 0.75, 2, 0.6),  # 3 of 4, though 2 of 3 were not enough
        ([1, 1, 0, 1, 0], 0.6, 2, 0.5),  # all
        ([1, 1, 0, 1, 0], 1.0, 3, None),
        ([0, 1, 1, 1, 0], 0.75, 1, 0.6),
        ([0, 1, 1, 1, 1], 0.9, 1, None),
        ([1, 1, 1, 1, 1], 1.0, 6, None),
    ],
)
def test_the_least_chance_worked_out_by_hand(good, wanted, shown, expected):
    order = [3, 0, 4, 2, 1]  # of no weight
    chances = np.array([0.9, 0.8, 0.7, 0.6, 0.5])[order]
    assert least_chance(chances, np.array(good)[order], wanted, shown) == expected


def test_rewrites_of_one_chance_are_shown_together():
    assert least_chance([0.9, 0.9, 0.5], [True, False, True], 1.0, 1) is None
    assert least_chance([0.9, 0.9, 0.5], [True, False, True], 0.6, 1) == 0.5


def test_no_article_is_judged_by_its_own_rewrites():
    # Two rewrites of each of 20 articles, alike, with a feature that only that article has.
    articles = np.repeat(np.arange(20), 2)
    features = np.eye(20)[articles]
    good = articles % 3 == 0
    alone = held_out_chances(features, good, [str(a) for a in articles])
    # What tells the article tells nothing: held-out ones of a fold get one chance.
    assert len(np.unique(alone.round(9))) <= 5
    leaked = held_out_chances(features, good, [str(place) for place in range(40)])
    assert leaked[good].min() > leaked[~good].max()


def test_weights_on_features_as_they_are_give_the_chances_of_the_scaled_ones():
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    draw = np.random.default_rng(3)
    size = len(JUDGEMENT_FEATURES)
    features = draw.normal(draw.normal(size=size) * 5, draw.uniform(0.1, 9, size), (80, size))
    features[:, 4] = 2.0  # a feature that never changes
    good = features[:, 0] + draw.normal(size=80) > features[:, 0].mean()
    pipeline = make_pipeline(StandardScaler(), LogisticRegression(C=0.3, max_iter=2000))
    expected = pipeline.fit(features, good).predict_proba(features)[:, 1]
    judgement = fit_judgement(features, good, 0.7)
    assert [judgement.chance(each) for each in features] == pytest.approx(expected, abs=1e-9)
    assert judgement.least == 0.7


def test_scores_are_those_of_each_sentence_alone(untrained):
    import torch

    writer = SentenceWriter.load(str(untrained), "cpu")
    model, tokenizer = writer._model, writer._tokenizer
    sources = [sentence(3), "Xã nghèo.", sentence(4) * 5]
    written = ["Huyện điều cán bộ.", "Xã Lũng Đá còn nghèo lắm, ông Tám cho biết.", "Xã."]
    scores = writer.score(sources, written)
    for source, text, score in zip(sources, written, scores, strict=True):
        read = tokenizer(source, truncation=True, max_length=64, return_tensors="pt")
        ids = tokenizer(text)["input_ids"]
        assert ids[-1] == tokenizer.eos_token_id and len(score) == len(ids)
        # Token by token, each behind those before it.
        for place, token in enumerate(ids):
            before = torch.tensor([[model.config.decoder_start_token_id, *ids[:place]]])
            with torch.inference_mode():
                logits = model(**read, decoder_input_ids=before).logits[0, -1]
            assert score[place] == pytest.approx(float(logits.log_softmax(-1)[token]), abs=1e-4)


def test_rewrites_of_articles_that_are_not_named_are_left_out_and_told(rewriter, files, caplog):
    theirs = [rewrite(n, good=n > 3, file="vietnews/train") for n in range(6)]
    write(files, [row(pair) for pair in (*theirs, *GOOD, *BAD)])
    config = files / "judgement.yaml"
    config.write_text(
        f"model_dir: {rewriter}\njudged_file: {files / 'judged.jsonl'}\n"
        f"canbo_themes: {files / 'articles'}\nleast_shown: 5\n"
    )
    assert main([str(config)]) == 0
    assert "rewrites of vietnews/train are left out" in caplog.text
    assert results(rewriter)["judged"] == 30
    # The same articles as vietnews' own.
    assert main([str(config), "--vietnews_train", str(files / "articles" / "mine.jsonl")]) == 0
    found = results(rewriter)
    assert found["judged"] == 36 and found["articles"] == 36
    assert found["files"]["vietnews/train"]["good"] == 2


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (
            {"true": None},
            r"judged\.jsonl:2: expected .*fluent and true; 'true' must be true or fal",
        ),
        ({"check": "00000000"}, r"judged\.jsonl:2: sentence 0 of article a1"),
    ],
)
def test_a_wrong_row_is_told_with_its_line(rewriter, files, change, told):
    write(files, [row(GOOD[0]), row(BAD[0]) | change])
    with pytest.raises(RewriteError, match=told):
        run(rewriter, files)
    assert not (rewriter / JUDGEMENT_FILE).exists()


@pytest.mark.parametrize(
    ("pairs", "told"),
    [
        (GOOD[:2] + BAD[:2], "rewrites of 4 of the articles .* needs 5 or more"),
        (GOOD, "needs rewrites that are fluent and true, and others"),
        (BAD, "needs rewrites that are fluent and true, and others"),
        ([*GOOD, BAD[0]], "and others, in several articles"),
    ],
)
def test_too_few_to_fit_on(rewriter, files, pairs, told):
    write(files, [row(pair) for pair in pairs])
    with pytest.raises(ConfigError, match=told):
        run(rewriter, files)
    assert not (rewriter / JUDGEMENT_FILE).exists()


def test_what_does_not_read_sentences_is_told(files):
    with pytest.raises(ConfigError, match=r"model_dir: .*holds no model that reads sentences"):
        run(files, files)


@pytest.mark.parametrize(
    ("more", "told"),
    [(("--wanted", 0), "wanted: must be"), (("--least_shown", 0), "least_shown: must be 1")],
)
def test_settings_out_of_range_are_told(rewriter, files, more, told):
    with pytest.raises(ConfigError, match=told):
        run(rewriter, files, *more)
