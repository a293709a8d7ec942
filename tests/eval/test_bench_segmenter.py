from __future__ import annotations

import re
import sys

import pytest

from canbo.data.errors import UserError
from canbo.eval import bench_segmenter
from canbo.eval.bench_segmenter import main, read_treebank, word_scores
from canbo.models.segmentation import SegmenterError, load_segmenter

REST = "\t_" * 8


class _Fixed:
    """Finds the words it was told, whatever the text."""

    name = "fixed"

    def __init__(self, *spans):
        self._spans = spans

    def segment(self, texts):
        assert len(texts) == len(self._spans)
        return [list(spans) for spans in self._spans]


def _write(path, *rows):
    path.write_text("".join(f"{row}\n" for row in rows), encoding="utf-8")
    return path


@pytest.fixture
def treebank(tmp_path):
    return _write(
        tmp_path / "gold.conllu",
        *("# text = Cán bộ về xã.", f"1\tCán bộ{REST}", f"2\tvề{REST}"),
        *(f"3-4\txã.{REST}", f"3\txã{REST}", f"3.1\tấy{REST}", f"4\t.{REST}"),
        # No blank line ends the last sentence.
        *("", "", "# sent_id = 2", f"1\tĐiều động{REST}"),
    )


def test_words_are_the_forms_of_rows_with_integer_ids(treebank):
    assert list(read_treebank(treebank)) == [["Cán bộ", "về", "xã", "."], ["Điều động"]]


def test_scores_of_words_worked_out_by_hand():
    # Text "Cán bộ về xã ."; found: Cán bộ | về xã | .   2 of 3 are right, 2 of 4 gold are found.
    # Text "Điều động"; found: Điều | động                0 of 2, 0 of 1.
    segmenter = _Fixed([(0, 6), (7, 12), (13, 14)], [(0, 4), (5, 9)])
    precision, recall, f1 = word_scores(segmenter, [["Cán bộ", "về", "xã", "."], ["Điều động"]])
    assert (precision, recall) == (2 / 5, 2 / 5)
    assert f1 == pytest.approx(2 / 5)


def test_precision_is_of_what_was_found_and_recall_of_the_gold():
    # Found: cán bộ xã | về   1 of 2; gold: cán bộ | xã | về   1 of 3; F1 = 2 * 1 / (2 + 3).
    scores = word_scores(_Fixed([(0, 9), (10, 12)]), [["cán bộ", "xã", "về"]])
    assert scores == pytest.approx((1 / 2, 1 / 3, 2 / 5))


def test_white_space_at_the_ends_of_a_span_does_not_count():
    assert word_scores(_Fixed([(0, 4), (4, 6)]), [["cán", "bộ"]]) == (1, 1, 1)


def test_characters_that_a_segmenter_leaves_out_do_not_move_the_next_words():
    assert word_scores(_Fixed([(4, 6)]), [["cán", "bộ"]]) == pytest.approx((1, 1 / 2, 2 / 3))


def test_finding_nothing_scores_zero():
    assert word_scores(_Fixed([]), [["cán bộ"]]) == (0, 0, 0)


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("2\tvề", "has 2 columns"),
        (f"hai\tvề{REST}", "column 1 is 'hai'"),
        (f"1\tvề{REST}", "word 1 stands where word 2 should"),
        (f"2\t {REST}", "column 2, the word, is empty"),
    ],
)
def test_a_malformed_row_is_named_by_file_and_line(tmp_path, row, message):
    path = _write(tmp_path / "gold.conllu", "# một câu", f"1\tCán bộ{REST}", row)
    with pytest.raises(UserError, match=re.escape(f"{path}:3: {message}")):
        list(read_treebank(path))


def test_a_row_in_another_encoding_is_named_by_file_and_line(tmp_path):
    path = tmp_path / "gold.conllu"
    path.write_bytes(f"1\tà{REST}\n".encode("latin-1"))
    with pytest.raises(UserError, match=re.escape(f"{path}:1: not UTF-8")):
        list(read_treebank(path))


def test_a_file_without_words_is_refused(tmp_path):
    with pytest.raises(UserError, match="holds no word"):
        list(read_treebank(_write(tmp_path / "gold.conllu", "# không có từ", "")))


def test_the_default_is_every_segmenter_there_is():
    with pytest.raises(SegmenterError) as error:
        load_segmenter("?")
    names = re.findall(r"'(\w+)'", str(error.value))
    assert names == list(bench_segmenter._NAMES)


def test_the_table_scores_what_is_installed_and_says_what_is_not(
    treebank, tmp_path, capsys, monkeypatch
):
    monkeypatch.setattr(bench_segmenter, "_LEAST_SECONDS", 0.0)
    monkeypatch.setitem(sys.modules, "underthesea", None)
    text = _write(tmp_path / "text.txt", "Cán bộ về xã .", "", "Điều động")
    arguments = ["--gold", str(treebank), "--text", str(text), "--names", "underthesea", "canbo"]
    assert main(arguments) == 0
    head, titles, missing, row = capsys.readouterr().out.splitlines()
    assert head == "2 sentences, 5 words; timed on 7 syllables"
    assert titles.split() == ["F1", "precision", "recall", "syllables/s"]
    assert re.match(r"underthesea +skipped: .*pip install", missing)
    # Both sentences are plain enough that it finds their words as a reader does.
    assert re.fullmatch(r"canbo +1\.000 +1\.000 +1\.000 +[\d,]+", row)


@pytest.mark.parametrize(("raw", "message"), [(b"\n", "holds no text"), (b"\xe0\n", "not UTF-8")])
def test_a_text_that_cannot_be_timed_is_refused(treebank, tmp_path, capsys, raw, message):
    text = tmp_path / "text.txt"
    text.write_bytes(raw)
    with pytest.raises(SystemExit):
        main(["--gold", str(treebank), "--text", str(text)])
    assert f"{text}: {message}" in capsys.readouterr().err
