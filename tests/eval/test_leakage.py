"""What a model has seen is found by ids and by text, and what is not known is told."""

import json

import pytest

from canbo.data.errors import UserError
from canbo.data.provenance import ARTICLES_FILE
from canbo.eval.leakage import (
    SeenData,
    TestText,
    article_key,
    find_seen,
    leakage,
    seen_in_training,
)
from canbo.train.record import write_record

LONG = (
    "Huyện ủy Thạch Khê họp phiên cuối năm, bàn việc cử mười hai cán bộ trẻ về các xã vùng cao"
    " nhận nhiệm vụ mới trong ba năm tới, kèm chế độ đi lại và nhà công vụ."
)
OTHER = (
    "Bà con thôn Đồng Lác gặt xong vụ mùa, thóc được giá, ai nấy phấn khởi chuẩn bị vụ đông sớm."
)


def rows(path, *entries):
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = [
        json.dumps({"id": f"{article}-0", "article": article, "text": text, "labels": []})
        for article, text in entries
    ]
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


@pytest.fixture
def model(tmp_path):
    """A model trained on article a1, as `canbo train` leaves it."""
    train = rows(tmp_path / "news" / "train.jsonl", ("a1", LONG))
    folder = tmp_path / "model"
    folder.mkdir()
    write_record(folder, {"train_files": [train]}, data=[train])
    return folder


def test_an_article_is_found_by_its_id(model):
    seen = seen_in_training(model)
    assert seen.unknown == ()
    assert find_seen([TestText("a1", OTHER), TestText("b1", OTHER)], seen) == ["a1"]


def test_a_near_copy_is_found_by_its_text(model):
    copy = LONG.replace("mười hai", "12").upper()
    seen = seen_in_training(model)
    assert find_seen([TestText("b1", OTHER), TestText("b2", copy)], seen) == ["b2"]
    assert leakage(seen, ["b2"]).status == "overlap"
    assert leakage(seen, []).status == "clean"


def test_a_training_file_that_was_moved_is_found_beside_the_test_set(model, tmp_path):
    moved = tmp_path / "elsewhere" / "news"
    moved.mkdir(parents=True)
    (tmp_path / "news" / "train.jsonl").rename(moved / "train.jsonl")
    assert seen_in_training(model).unknown == ("news/train.jsonl is not at hand as it was",)
    assert seen_in_training(model, places=[moved]).articles == {"a1"}


def test_what_the_user_states_stands_for_a_recorded_file_that_is_gone(model, tmp_path):
    source = rows(tmp_path / "news" / "source.jsonl", ("d1", LONG))
    (tmp_path / "news" / "train.jsonl").unlink()
    seen = seen_in_training(model, [source])
    assert (seen.articles, seen.unknown) == ({"d1"}, ())


def test_a_training_file_that_was_changed_is_not_taken_for_it(model, tmp_path):
    rows(tmp_path / "news" / "train.jsonl", ("c1", OTHER))
    seen = seen_in_training(model)
    assert seen.unknown and not seen.articles
    assert leakage(seen, []).status == "unknown"


def test_recorded_ids_are_enough_without_the_files(tmp_path):
    train = rows(tmp_path / "news" / "train.jsonl", ("bài 1", LONG))
    folder = tmp_path / "model"
    folder.mkdir()
    write_record(folder, {"train_files": [train]}, data=[train], articles={"bài 1", "bài 2"})
    train.unlink()
    assert (folder / ARTICLES_FILE).read_text(encoding="utf-8") == "bài 1\nbài 2\n"
    assert seen_in_training(folder) == SeenData(frozenset({"bài 1", "bài 2"}))


def test_without_a_record_the_user_may_state_the_files(tmp_path):
    train = rows(tmp_path / "train.jsonl", ("a1", LONG))
    assert seen_in_training(None).unknown
    assert seen_in_training(None, [train]) == SeenData(frozenset({"a1"}), (LONG,))


@pytest.mark.parametrize(
    ("line", "message"),
    [(b"{", "not valid JSON"), (b"[]", "must be a JSON object"), (b'"\xe9"', "not UTF-8")],
)
def test_a_faulty_line_of_a_training_file_is_named(tmp_path, line, message):
    train = rows(tmp_path / "train.jsonl", ("a1", LONG))
    train.write_bytes(train.read_bytes() + b"\n" + line)
    with pytest.raises(UserError, match=rf"train\.jsonl:2: {message}"):
        seen_in_training(None, [train])


def test_ids_of_vietnews_are_of_their_split(tmp_path):
    assert article_key(tmp_path / "vietnews" / "test.parquet", "000001") == "vietnews/test/000001"
    assert article_key(tmp_path / "test.jsonl", "a1-06") == "a1-06"


def test_a_record_of_another_form_is_told(tmp_path):
    (tmp_path / "training.json").write_text('{"data": ["train.jsonl"]}', encoding="utf-8")
    with pytest.raises(UserError, match=r"training\.json.*no list of files"):
        seen_in_training(tmp_path)
