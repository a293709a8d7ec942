"""What a model's folder tells of the articles that it was trained on."""

from canbo.data.provenance import recorded_articles


def test_the_articles_of_a_folder_are_read_one_a_line(tmp_path):
    (tmp_path / "articles.txt").write_text("bài 1\na-2\n", encoding="utf-8")
    assert recorded_articles(tmp_path) == {"bài 1", "a-2"}


def test_a_folder_without_a_list_and_a_hub_id_record_none(tmp_path):
    assert recorded_articles(tmp_path) == frozenset()
    assert recorded_articles(tmp_path / "vinai" / "phobert-base") == frozenset()
