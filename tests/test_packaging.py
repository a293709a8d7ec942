import tomllib
from importlib.resources import files
from pathlib import Path

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

    # The log of experiments, the committed reports and the labels that need vietnews are for those
    # who have the repository.
    present -= {REPO / "train" / "LOG.md", *(REPO / "eval" / "reports").rglob("*")}
    present -= set((REPO / "data" / "vietnews-themes").rglob("*"))
    assert present <= taken
    assert ROOMS["canbo.configs"] / "themes.yaml" in taken


def test_the_rooms_are_importable_from_anywhere() -> None:
    import canbo.configs
    import canbo.data

    assert (files(canbo.configs) / "themes.yaml").is_file()
    assert (files(canbo.data) / "canbo-themes" / "README.md").is_file()
