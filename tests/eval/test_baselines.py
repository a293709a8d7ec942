import json
from pathlib import Path

import numpy as np
import pytest

from canbo.data.loaders import load_theme_data
from canbo.data.themes import Theme, ThemeScheme, load_theme_scheme
from canbo.eval.baselines import RegexBaseline, TfidfBaseline, main
from canbo.eval.metrics.themes import theme_metrics

SHIPPED = Path(__file__).parents[2] / "data" / "canbo-themes" / "paragraphs"
REAL = Path(__file__).parents[2].parent / "shared" / "themes" / "real"


def theme(theme_id: str, pattern: str) -> Theme:
    both = {"vi": theme_id, "en": theme_id}
    return Theme(id=theme_id, name=both, color="#000000", definition=both, pattern=pattern)


def test_the_regular_expressions_of_the_scheme_match_ignoring_case() -> None:
    scheme = ThemeScheme("two", (theme("river", "sông|suối"), theme("road", "đường")))
    baseline = RegexBaseline(scheme)

    predictions = baseline.predict(["SÔNG Hồng", "đường ven suối", "núi"])

    assert predictions.tolist() == [[1, 0], [1, 1], [0, 0]]


def test_a_theme_without_pattern_never_matches() -> None:
    scheme = ThemeScheme("one", (theme("river", r"(?!)"),))

    assert RegexBaseline(scheme).predict(["", "sông"]).tolist() == [[0], [0]]


def test_the_linear_model_learns_which_words_carry_a_theme() -> None:
    texts = [f"{word} số {number}" for number in range(8) for word in ("sông", "đường", "núi")]
    labels = [["sông" in text, "đường" in text] for text in texts]
    baseline = TfidfBaseline()

    baseline.fit(texts, np.array(labels, dtype=int))

    assert baseline.predict(["con sông số", "đường số", "núi số"]).tolist() == [
        [1, 0],
        [0, 1],
        [0, 0],
    ]


def test_the_command_prints_a_figure_for_each_baseline_and_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def write(name: str, texts: dict[str, list[str]]) -> Path:
        path = tmp_path / name
        lines = [
            json.dumps({"id": f"{name}{number}", "text": text, "labels": labels})
            for number, (text, labels) in enumerate(texts.items())
        ]
        path.write_text("\n".join(lines), encoding="utf-8")
        return path

    themes = {
        "luân chuyển về xã": ["rotation"],
        "bồi dưỡng tại trường": ["training"],
        "đánh giá cuối năm": ["evaluation"],
        "thanh tra huyện": ["inspection"],
        "thẩm tra lý lịch": ["internal_political_protection"],
        "đồng lúa xanh": [],
    }
    train = write("train.jsonl", themes | {f"{text} này": t for text, t in themes.items()})
    # Evaluation and inspection are neither present nor predicted, which counts as 0: 3 of 5.
    present = ("luân chuyển về xã", "bồi dưỡng tại trường", "thẩm tra lý lịch", "đồng lúa xanh")
    test = write("test.jsonl", {text: themes[text] for text in present})

    main(["--train", str(train), "--test", str(test), str(train)])

    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split("\t") == ["regex", str(test), "macro-F1 0.6000"]
    assert lines[1].split("\t") == ["regex", str(train), "macro-F1 1.0000"]
    assert [line.split("\t")[0] for line in lines[2:]] == ["tfidf", "tfidf"]


def test_the_regular_expressions_reach_their_figure_on_the_shipped_test_split() -> None:
    scheme = load_theme_scheme()
    data = load_theme_data({"test": [SHIPPED / "test.jsonl"]}, scheme)["test"]

    scores = theme_metrics(
        RegexBaseline(scheme).predict(data["text"][:]),
        np.array(data["labels"][:]).astype(int),
        scheme.ids,
    )

    assert scores["macro_f1"] == pytest.approx(0.709, abs=0.001)


@pytest.mark.slow
@pytest.mark.skipif(not REAL.is_dir(), reason="needs ../shared/themes/real, which is not shipped")
def test_the_linear_model_reaches_its_figure_on_real_news(
    capsys: pytest.CaptureFixture[str],
) -> None:
    main(["--train", str(REAL / "train.jsonl"), "--test", str(REAL / "test.jsonl")])

    regex, tfidf = (float(line.split()[-1]) for line in capsys.readouterr().out.splitlines())
    assert regex == pytest.approx(0.703, abs=0.001)
    assert tfidf == pytest.approx(0.79, abs=0.015)
