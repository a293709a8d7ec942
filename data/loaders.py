"""Labelled paragraphs: JSONL files in, a ``datasets.DatasetDict`` that ``Trainer`` takes out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from canbo.data.errors import UserError
from canbo.data.jsonl import parse_object, read_lines
from canbo.data.unicode import has_undecoded, nfc

if TYPE_CHECKING:
    from datasets import DatasetDict

    from canbo.data.themes import ThemeScheme

__all__ = [
    "LabelledParagraph",
    "ThemeDataError",
    "load_theme_data",
    "parse_labelled_paragraph",
    "read_labelled_paragraphs",
]


class ThemeDataError(UserError):
    """A file of labelled paragraphs breaks the form; the message names file and line."""


@dataclass(frozen=True)
class LabelledParagraph:
    """One paragraph with its gold themes.

    Attributes:
        id: unique identifier.
        article: id of the article it was cut from; its own id when the file names none.
        text: the paragraph, NFC-normalised as the readers of documents do.
        labels: theme ids in the scheme's order.
        scores: probability of each theme in the scheme's order: 1.0 and 0.0 for gold labels, what
            a teacher gave for distilled ones.
        source: ``FILE:LINE`` it was read from.
    """

    id: str
    article: str
    text: str
    labels: tuple[str, ...]
    scores: tuple[float, ...]
    source: str


def read_labelled_paragraphs(path: Path, scheme: ThemeScheme) -> Iterator[LabelledParagraph]:
    """Yield the paragraphs of one file in order.

    Args:
        path: JSONL, UTF-8: ``{"id": str, "article": str (optional), "text": str,
            "labels": [theme id, ...]}`` a line; other fields and blank lines are passed over.
            In place of ``labels`` a teacher's ``"scores": {theme id: probability}`` may stand.
        scheme: the themes that labels may name.

    Raises:
        ThemeDataError: a line is not of that form or names a theme that the scheme lacks.
        OSError: the file cannot be read.
    """
    for number, line in read_lines(path):
        yield parse_labelled_paragraph(f"{path}:{number}", line, scheme)


def load_theme_data(splits: Mapping[str, Sequence[Path]], scheme: ThemeScheme) -> DatasetDict:
    """Read labelled paragraphs for training or evaluation.

    Args:
        splits: for each split's name its files, of the form that ``read_labelled_paragraphs``
            takes; they are joined in the order given.
        scheme: the themes; their order is that of ``labels``.

    Returns:
        For each split the columns ``id``, ``article``, ``text``, ``source`` (strings) and
        ``labels``: float32 of ``len(scheme)``, 1.0 where the theme applies (a teacher's
        probability where the file holds scores).

    Raises:
        ThemeDataError: a line is not of the form, a split holds no paragraph, or an id stands
            twice, in one split or in two (a paragraph would be judged by what was trained on).
        OSError: a file cannot be read.
    """
    from datasets import Dataset, DatasetDict, Features, List, Value

    string = Value("string")
    features = Features(
        id=string,
        article=string,
        text=string,
        source=string,
        labels=List(Value("float32"), length=len(scheme)),
    )
    first_seen: dict[str, str] = {}
    loaded = DatasetDict()
    for split, paths in splits.items():
        rows = [paragraph for path in paths for paragraph in read_labelled_paragraphs(path, scheme)]
        if not rows:
            files = ", ".join(map(str, paths)) or "no file given"
            raise ThemeDataError(f"split {split!r} holds no paragraph ({files})")
        for row in rows:
            if row.id in first_seen:
                raise ThemeDataError(
                    f"{row.source}: id {row.id!r} already stands at {first_seen[row.id]}; "
                    "remove one of the two"
                )
            first_seen[row.id] = row.source
        loaded[split] = Dataset.from_dict(
            {
                "id": [row.id for row in rows],
                "article": [row.article for row in rows],
                "text": [row.text for row in rows],
                "source": [row.source for row in rows],
                "labels": [row.scores for row in rows],
            },
            features=features,
        )
    return loaded


def parse_labelled_paragraph(where: str, line: bytes, scheme: ThemeScheme) -> LabelledParagraph:
    """Read one line of a file that `read_labelled_paragraphs` takes.

    Args:
        where: ``FILE:LINE``, for messages.
        line: the line, not blank.
        scheme: the themes that labels may name.

    Raises:
        ThemeDataError: the line is not of the form or names a theme that the scheme lacks.
    """
    no_object = "must be a JSON object with 'id', 'text' and 'labels'"
    row = parse_object(where, line, ThemeDataError, no_object=no_object)
    paragraph_id = _string(where, row, "id")
    scores = _scores(where, row, scheme)
    return LabelledParagraph(
        id=paragraph_id,
        article=_string(where, row, "article") if "article" in row else paragraph_id,
        text=nfc(_string(where, row, "text")),
        labels=tuple(
            theme for theme, score in zip(scheme.ids, scores, strict=True) if score >= 0.5
        ),
        scores=scores,
        source=where,
    )


def _scores(where: str, row: dict[str, Any], scheme: ThemeScheme) -> tuple[float, ...]:
    if "scores" in row and "labels" not in row:
        scores = row["scores"]
        if not isinstance(scores, dict) or set(scores) != set(scheme.ids):
            raise ThemeDataError(
                f"{where}: 'scores' must give each of {', '.join(scheme.ids)} a probability"
            )
        if not all(isinstance(score, float | int) and 0 <= score <= 1 for score in scores.values()):
            raise ThemeDataError(f"{where}: 'scores' must be between 0 and 1")
        return tuple(float(scores[theme]) for theme in scheme.ids)
    labels = row.get("labels")
    if not isinstance(labels, list):
        raise ThemeDataError(f"{where}: 'labels' must be a list of theme ids ([] for none)")
    unknown = [label for label in labels if label not in scheme.ids]
    if unknown:
        raise ThemeDataError(
            f"{where}: unknown label {unknown[0]!r}; the scheme {scheme.name!r} has "
            f"{', '.join(scheme.ids)}"
        )
    return tuple(float(theme in labels) for theme in scheme.ids)


def _string(where: str, row: dict[str, Any], field: str) -> str:
    value = row.get(field)
    if not isinstance(value, str) or not value.strip():
        raise ThemeDataError(f"{where}: {field!r} must be a non-empty string")
    if has_undecoded(value):
        raise ThemeDataError(f"{where}: {field!r} holds escapes that are no characters; mend them")
    return value
