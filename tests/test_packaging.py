import tomllib
from importlib.resources import files
from pathlib import Path

import pytest
import yaml

REPO = Path(__file__).parents[1]
SETUPTOOLS = tomllib.loads((REPO / "pyproject.toml").read_text(encoding="utf-8"))["tool"][
    "setuptools"
]
ROOMS = {name: REPO / folder for name, folder in SETUPTOOLS["package-dir"].items()}


def test_every_package_is_named() -> None:
    found = {
        ".".join((name, *init.parent.relative_to(folder).parts))
        for name, folder in ROOMS.items()
        for init in folder.rglob("__init__.py")
    }

    assert found == set(SETUPTOOLS["packages"])


def test_every_data_file_is_in_the_wheel() -> None:
    taken = {
        path
        for name, patterns in SETUPTOOLS["package-data"].items()
        for pattern in patterns
        for path in ROOMS[name].glob(pattern)
    }
    present = {
        path
        for folder in ROOMS.values()
        for path in folder.rglob("*")
        if path.is_file() and path.suffix != ".py" and "__pycache__" not in path.parts
    }

    # The log of experiments, the committed reports and the labels and rewrites that need vietnews
    # are for those who have the repository.
    present -= {REPO / "train" / "LOG.md", *(REPO / "eval" / "reports").rglob("*")}
    for folder in ("vietnews-themes", "canbo-rewrites"):
        present -= set((REPO / "data" / folder).rglob("*"))
    assert present <= taken
    assert ROOMS["canbo.configs"] / "themes.yaml" in taken


LARGEST_MODELS = 95e6  # bytes: with everything else the wheel stays under 100 MB


def bytes_in(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def test_the_shipped_models_leave_the_wheel_under_100_mb() -> None:
    embedded = REPO / "models" / "embedded"

    assert (embedded / "classifier" / "model.safetensors").is_file()
    assert bytes_in(embedded) < LARGEST_MODELS


@pytest.mark.parametrize(
    ("options", "stated", "width", "layers", "decoder_layers"),
    [
        (
            "--d_model 256 --num_heads 4 --num_decoder_layers 3",
            "13.3 million, 42 MB",
            256,
            6,
            3,
        ),
        ("d_model 512 no more than 1 + 1 layers", "12.5 million, 40 MB", 512, 1, 1),
    ],
)
def test_what_is_said_to_fit_beside_the_classifier_does(
    options: str, stated: str, width: int, layers: int, decoder_layers: int
) -> None:
    text = (REPO / "configs" / "pretrain" / "h100-span-corruption.yaml").read_text(encoding="utf-8")
    shape = yaml.safe_load(text)
    attention, feed_forward = 4 * width * width, 3 * width * shape["d_ff"]
    weights = (
        layers * (attention + feed_forward)
        + decoder_layers * (2 * attention + feed_forward)
        + (shape["vocab_size"] + 100) * width
    )
    size = 3 * weights + 2e6  # half precision, 8 bits, vocabularies
    embedded = REPO / "models" / "embedded"

    assert options in text and stated in text
    assert stated == f"{weights / 1e6:.1f} million, {size / 1e6:.0f} MB"
    beside = bytes_in(embedded / "classifier") + bytes_in(embedded / "segmenter")
    assert beside + size < LARGEST_MODELS


def test_the_rooms_are_importable_from_anywhere() -> None:
    import canbo.configs
    import canbo.data

    assert (files(canbo.configs) / "themes.yaml").is_file()
    assert (files(canbo.data) / "canbo-themes" / "README.md").is_file()
