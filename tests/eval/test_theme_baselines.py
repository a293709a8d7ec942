import json
from pathlib import Path

import numpy as np
import pytest

from canbo.data.loaders import load_theme_data
from canbo.data.themes import Theme, ThemeScheme, load_theme_scheme
from canbo.eval.baselines import (
    MajorityBaseline,
    RegexBaseline,
    TfidfBaseline,
    theme_baselines,
)
from canbo.eval.baselines.__main__ import main
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


def test_the_commonest_set_of_themes_is_given_to_every_text() -> None:
    baseline = MajorityBaseline()

    # Each theme alone stands oftener than the set of both, the set oftener than any other set.
    baseline.fit(["", "", "", "", ""], [[1, 1], [1, 0], [1, 1], [0, 1], [0, 0]])

    assert baseline.probabilities(["một", "hai"]).tolist() == [[1, 1], [1, 1]]
    assert baseline.predict(["ba"]).tolist() == [[1, 1]]
    assert baseline.probabilities([]).shape == (0, 2)


def test_of_equally_common_sets_the_smallest_is_given() -> None:
    baseline = MajorityBaseline()

    baseline.fit(["", ""], [[1, 1], [1, 0]])

    assert baseline.predict(["một"]).tolist() == [[1, 0]]


def test_every_baseline_of_the_tables_answers_alike() -> None:
    scheme = load_theme_scheme()
    labels = np.eye(len(scheme), dtype=int).repeat(2, axis=0)
    texts = [f"chữ {row.argmax()}" for row in labels]

    for baseline in theme_baselines(scheme):
        baseline.fit(texts, labels)
        probabilities = baseline.probabilities(texts[:3])
        assert probabilities.shape == (3, len(scheme))
        assert ((probabilities >= 0) & (probabilities <= 1)).all()
        assert (baseline.predict(texts[:3]) == (probabilities >= 0.5)).all()
    assert len({baseline.name for baseline in theme_baselines(scheme)}) == 3


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

    lines = [line.split("\t") for line in capsys.readouterr().out.splitlines()]
    assert lines[2] == ["regular expressions", str(test), "macro-F1 0.6000"]
    assert lines[3] == ["regular expressions", str(train), "macro-F1 1.0000"]
    names = [name for name, _, _ in lines[::2]]
    assert names == ["majority set", "regular expressions", "TF-IDF + logistic regression"]


def test_the_command_chooses_thresholds_on_validation_files(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    class Timid(MajorityBaseline):
        """Never sure: 0.3 where the theme applies, 0.1 elsewhere."""

        def probabilities(self, texts):
            return np.array([[0.3 if "luân" in text else 0.1] * 5 for text in texts])

    monkeypatch.setattr("canbo.eval.baselines.__main__.theme_baselines", lambda _: (Timid(),))
    path = tmp_path / "rows.jsonl"
    themes = load_theme_scheme().ids
    rows = [
        {"id": str(number), "text": f"{word} {number}", "labels": themes if word == "luân" else []}
        for number, word in enumerate(("luân", "xã") * 10)
    ]
    path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")

    main(["--train", str(path), "--test", str(path)])
    main(["--train", str(path), "--validation", str(path), "--test", str(path)])

    before, after = capsys.readouterr().out.splitlines()
    assert before.endswith("macro-F1 0.0000")
    assert after.endswith("macro-F1 1.0000")


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

    _, regex, tfidf = (float(line.split()[-1]) for line in capsys.readouterr().out.splitlines())
    assert regex == pytest.approx(0.703, abs=0.001)
    assert tfidf == pytest.approx(0.79, abs=0.015)
