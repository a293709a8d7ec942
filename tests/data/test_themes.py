import re
from pathlib import Path

import pytest

from canbo.data.themes import ThemeSchemeError, load_theme_scheme

TWO_LABELS = """
name: waterways
themes:
  - id: river
    name: { vi: Sông, en: River }
    color: "#1b6ca8"
    definition: { vi: Nước chảy., en: Running water. }
    pattern: 'sông|suối'
  - id: lake_2
    name: { vi: Hồ, en: Lake }
    color: "#2E8540"
    definition: { vi: Nước đứng., en: Standing water. }
"""


def write(folder: Path, text: str) -> Path:
    path = folder / "scheme.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_shipped_scheme_holds_the_five_themes_of_the_codebook_in_order() -> None:
    scheme = load_theme_scheme()

    assert scheme.ids == (
        "rotation",
        "training",
        "evaluation",
        "inspection",
        "internal_political_protection",
    )
    codebook = Path(__file__).parents[2] / "data" / "canbo-themes" / "CODEBOOK.md"
    headings = re.findall(r"^## (\w+) \(", codebook.read_text(encoding="utf-8"), re.MULTILINE)
    assert tuple(headings) == scheme.ids
    assert len({theme.color for theme in scheme.themes}) == 5


def test_another_file_brings_other_labels(tmp_path: Path) -> None:
    scheme = load_theme_scheme(write(tmp_path, TWO_LABELS))

    assert (scheme.name, scheme.ids, len(scheme)) == ("waterways", ("river", "lake_2"), 2)
    assert scheme["lake_2"].name == {"vi": "Hồ", "en": "Lake"}
    assert re.search(scheme["river"].pattern, "dòng suối")
    assert not re.search(scheme["lake_2"].pattern, "")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("id: river", "id: River", r"themes\[0\]\.id"),
        ("id: lake_2", "id: river", "ids stand twice: river"),
        ("id: lake_2", "key: lake_2", r"themes\[1\]\.id"),
        ("#2E8540", "green", r"themes\[1\]\.color"),
        ("'sông|suối'", "'sông('", r"themes\[0\]\.pattern: not a regular expression"),
        ("'sông|suối'", "7", r"themes\[0\]\.pattern: not a regular expression"),
        ("en: River ", "fr: Fleuve ", r"themes\[0\]\.name: needs text for each of vi, en"),
        ("vi: Nước đứng.", "vi: ''", r"themes\[1\]\.definition: needs text"),
        ("{ vi: Hồ, en: Lake }", "Hồ", r"themes\[1\]\.name"),
        ("themes:", "labels:", "non-empty list under 'themes'"),
        ("{ vi: Hồ, en: Lake }", "{ vi: Hồ", "not valid YAML"),
    ],
)
def test_errors_name_file_and_field(tmp_path: Path, old: str, new: str, message: str) -> None:
    assert TWO_LABELS.count(old) == 1
    path = write(tmp_path, TWO_LABELS.replace(old, new))

    with pytest.raises(ThemeSchemeError, match=rf"scheme\.yaml: .*{message}"):
        load_theme_scheme(path)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "non-empty list"),
        ("themes: []", "non-empty list"),
        ("- river", "non-empty list"),
        ("themes: [river]", r"themes\[0\]: must be a mapping"),
    ],
)
def test_files_of_another_form_are_refused(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(ThemeSchemeError, match=message):
        load_theme_scheme(write(tmp_path, text))


def test_a_missing_file_is_reported_as_such(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        load_theme_scheme(tmp_path / "none.yaml")


def test_an_unknown_theme_is_not_found() -> None:
    with pytest.raises(ValueError):
        load_theme_scheme()["river"]
