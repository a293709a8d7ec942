"""The five pasted articles of ``../shared/seeds``: nothing of the page, all of the article.

Their text does not belong into the project, so what a reader of each file found to be its title
and its paragraphs stands here as hashes: of NFC text with single spaces, in reading order. Of
the short lines, the two that head sections of the fourth article count as paragraphs; the one
under the lead of the third belongs to its picture.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from canbo.data.documents import Document
from canbo.data.readers import read_inputs

SEEDS = Path(__file__).resolve().parents[3] / "shared" / "seeds"

pytestmark = pytest.mark.skipif(not SEEDS.is_dir(), reason="needs ../shared/seeds")

EXPECTED: dict[str, tuple[str, list[str]]] = {
    "000_07406b155eb486fd": (
        "ef8033d2438330e7",
        [
            "f6ff9865f28ef5c1",
            "ae7adebdbc94d696",
            "075f7e6992ea5542",
            "1d7614ad792948ed",
            "2a9daaa6fe4d4bd7",
            "026d65a041d62827",
            "7be390b72e3fb977",
        ],
    ),
    "001_8c0fe9772508aedd": (
        "ebc6adab9f51aa48",
        [
            "013848270fd2f808",
            "1bb50be6c2d758fb",
            "fb2bc53080dcfda9",
            "0540ff179bcfa3da",
            "fe70e1229ad2e970",
            "c317c5fb369d89b7",
        ],
    ),
    "002_235e67f783cbd80d": (
        "5b4208b41bff2294",
        [
            "82b157c62c794c2e",
            "1dfe5dd16647ce42",
            "0b75f4309e5e430f",
            "02a3eaa048c5fca5",
            "0831ac922be27eed",
        ],
    ),
    "003_dc01cea1c26e3b87": (
        "e06044efd48b951f",
        [
            "08d394092946f5f8",
            "828eb9ab93a7572d",
            "8b430e8e28c7ce61",
            "65a004607cabe203",
            "480029a0f1a339c8",
            "73d49f739e494381",
            "b466ec1c019a6fd5",
            "7cd57f63c44bac43",
            "902223567a686285",
            "d6de6a3781ea1762",
            "14e2b06c035e693b",
            "5a238a2d785bc955",
            "a1441521569f19ef",
            "2c5f6fc4a45b69e4",
            "bf951dc54ccde7af",
            "f368c4f497dbc166",
            "ca40ea2667bb1cff",
            "5a75257b0ed53168",
        ],
    ),
    "004_0873a75ded839858": (
        "ff15ef204b99e923",
        [
            "e44722d147d7a397",
            "83a3ca9f3f098f9c",
            "f3b6fb4dccff1cdd",
            "ef658aa52e84c8e6",
            "d7e918403571f5e2",
        ],
    ),
}


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


@pytest.mark.parametrize("name", EXPECTED)
def test_seed(name: str) -> None:
    (document,) = read_inputs([SEEDS / f"{name}.txt"])
    assert isinstance(document, Document), document
    title, paragraphs = EXPECTED[name]
    # Text first: a wrong paragraph is then shown, not only its hash.
    assert [p for p in document.paragraphs if digest(p) not in paragraphs] == []
    assert [digest(p) for p in document.paragraphs] == paragraphs
    assert digest(document.title or "") == title


def test_the_folder_is_read_whole() -> None:
    documents = list(read_inputs([SEEDS]))
    assert [d.id for d in documents if isinstance(d, Document)] == [f"{n}.txt" for n in EXPECTED]
    assert sum(len(paragraphs) for _, paragraphs in EXPECTED.values()) == 41
