"""Articles out for annotation by people, and their labels back: JSONL and Label Studio's JSON.

The formats are those of https://labelstud.io/guide/task_format (tasks, predictions, the full
export), https://labelstud.io/guide/export (JSON_MIN) and https://labelstud.io/tags/choices.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from canbo.data.documents import Document, InputError
from canbo.data.errors import UserError
from canbo.data.themes import ThemeScheme

__all__ = [
    "Agreement",
    "AnnotationError",
    "Annotations",
    "agreement",
    "label_studio_config",
    "label_studio_task",
    "paragraph_row",
    "paragraph_rows",
    "read_label_studio",
]

# Names of the tags in the labelling configuration: results refer to them.
_CHOICES, _TEXT = "themes", "text"
# JSON_MIN writes the task's number under "id", over what the data have there.
_ID = "paragraph_id"
_CONTEXT = ("article", "index", "title", "source")


class AnnotationError(UserError):
    """A file of annotations is not of a form that can be read; the message names the remedy."""


# --- out ---------------------------------------------------------------------------------------


def paragraph_row(
    article: str, index: int, text: str, labels: Sequence[str], **context: Any
) -> dict[str, Any]:
    """A line of a labelled JSONL file.

    Args:
        article: id of the article.
        index: 0-based position of the paragraph in it.
        text: the paragraph.
        labels: ids of its themes.
        context: further fields.
    """
    row = {"id": f"{article}-{index}", "article": article, "index": index, "text": text}
    return {**row, "labels": list(labels), **context}


def paragraph_rows(documents: Iterable[Document]) -> Iterator[dict[str, Any]]:
    """Cut documents into paragraphs without labels, in order; title and source are kept."""
    for document in documents:
        for index, text in enumerate(document.paragraphs):
            yield paragraph_row(
                document.id, index, text, (), title=document.title or "", source=document.source
            )


def label_studio_task(
    row: Mapping[str, Any],
    scores: Mapping[str, float] | None = None,
    themes: Sequence[str] = (),
    model: str = "",
) -> dict[str, Any]:
    """A task to import into Label Studio.

    Args:
        row: what `paragraph_rows` gives.
        scores: a classifier's probability of each theme; None leaves the prediction out.
        themes: the themes that it assigned: they are shown as chosen, to be corrected.
        model: name of the classifier.

    Returns:
        ``{"data": ...}`` and, with scores, ``"predictions"``, whose ``score`` is the probability
        of the least certain of its decisions: sorted by it, the tasks from which a model would
        learn most come first.
    """
    data = {_ID: row["id"], **{name: row[name] for name in _CONTEXT}, _TEXT: row["text"]}
    if scores is None:
        return {"data": data}
    result = {
        "id": f"{row['id']}-{_CHOICES}",
        "from_name": _CHOICES,
        "to_name": _TEXT,
        "type": "choices",
        "value": {"choices": list(themes)},
    }
    certain = min(score if theme in themes else 1 - score for theme, score in scores.items())
    prediction = {
        "model_version": model,
        "score": round(certain, 4),
        "result": [result] if themes else [],
    }
    return {"data": data, "predictions": [prediction]}


def label_studio_config(scheme: ThemeScheme) -> str:
    """The labelling configuration: several of the themes, or none, can be chosen.

    Annotators read the Vietnamese names, and the definitions on hovering; the theme's id is the
    alias, which takes the name's place in results.

    Returns:
        XML for the project's labelling interface.
    """
    view = ElementTree.Element("View")
    ElementTree.SubElement(view, "Header", value="$title")
    ElementTree.SubElement(view, "Text", name=_TEXT, value=f"${_TEXT}")
    choices = ElementTree.SubElement(
        view, "Choices", name=_CHOICES, toName=_TEXT, choice="multiple", required="false"
    )
    for number, theme in enumerate(scheme.themes, start=1):
        choice = ElementTree.SubElement(
            choices,
            "Choice",
            value=theme.name["vi"],
            alias=theme.id,
            hint=theme.definition["vi"],
        )
        if number < 10:
            choice.set("hotkey", str(number))
    ElementTree.indent(view)
    return ElementTree.tostring(view, encoding="unicode") + "\n"


# --- and back ----------------------------------------------------------------------------------


@dataclass
class Annotations:
    """What annotators said.

    Attributes:
        rows: labelled paragraphs, in the order of the export.
        errors: tasks that have no row, with the reason.
        votes: for each task with several annotators, what each of them chose.
    """

    rows: list[dict[str, Any]] = field(default_factory=list)
    errors: list[InputError] = field(default_factory=list)
    votes: dict[str, dict[str, frozenset[str]]] = field(default_factory=dict)


@dataclass(frozen=True)
class Agreement:
    """How far annotators agree on one theme, beyond chance.

    Attributes:
        theme: its id.
        tasks: tasks that at least two of them annotated.
        ties: tasks on which they are equally divided.
        alpha: Krippendorff's alpha for nominal data; None when nobody chose the theme, or all did
            everywhere, so that nothing can be said.
        kappa: Cohen's kappa; None as alpha, and when the annotators are not exactly two.
    """

    theme: str
    tasks: int
    ties: int
    alpha: float | None
    kappa: float | None


@dataclass
class _Task:
    id: str
    data: Mapping[str, Any]
    votes: dict[str, frozenset[str]] = field(default_factory=dict)
    truth: frozenset[str] | None = None
    skipped: int = 0


class _TaskError(Exception):
    """One task cannot be taken."""

    def __init__(self, error: str, message: str) -> None:
        super().__init__(message)
        self.error = error
        self.message = message


def read_label_studio(path: Path, scheme: ThemeScheme) -> Annotations:
    """Read an export of Label Studio, ``JSON`` or ``JSON_MIN``.

    A theme is assigned where more than half of a task's annotators chose it. An annotation that is
    marked as ground truth (in ``JSON`` only) goes before the majority. A task is an error when it
    was skipped or not annotated, is equally divided on a theme, was annotated twice by the same
    person, names a choice that is no theme, or has no text.

    Args:
        path: the export, a JSON list.
        scheme: the themes.

    Raises:
        AnnotationError: the file is not such an export.
        OSError: it cannot be read.
    """
    found = Annotations()
    ids: dict[str, str] = {}
    for name, items in _grouped(_items(path)).items():
        try:
            task = _task(name, items, scheme)
            row = _labelled_row(task, scheme)
            if row["id"] in ids:
                message = (
                    f"its paragraph {row['id']!r} is that of task {ids[row['id']]}; delete one"
                )
                raise _TaskError("duplicate_id", message)
        except _TaskError as error:
            message = f"Task {name}: {error.message}"
            found.errors.append(InputError(str(path), None, error.error, message))
            if error.error != "tie":
                continue
        else:
            ids[row["id"]] = name
            found.rows.append(row)
        if len(task.votes) > 1:
            found.votes[name] = task.votes
    return found


def _items(path: Path) -> list[dict[str, Any]]:
    try:
        items = json.loads(path.read_bytes())
    except (ValueError, RecursionError) as error:
        raise AnnotationError(f"{path}: not valid JSON: {error}") from error
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        raise AnnotationError(
            f"{path}: not an export of Label Studio: must be a list of tasks; export as JSON"
        )
    full = [_is_full(item) for item in items]
    if not any(full) and not any(_CHOICES in item for item in items):
        raise AnnotationError(
            f"{path}: no task has {_CHOICES!r}: export as JSON, or name the Choices tag "
            f"{_CHOICES!r} as the configuration of `canbo data build` does"
        )
    return items


def _is_full(item: Mapping[str, Any]) -> bool:
    return isinstance(item.get("data"), dict) and isinstance(item.get("annotations"), list)


def _grouped(items: Iterable[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    """Items by task: JSON_MIN has one for each annotation."""
    groups: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for position, item in enumerate(items):
        groups[str(item.get("id", f"at position {position}"))].append(item)
    return groups


def _task(name: str, items: Sequence[Mapping[str, Any]], scheme: ThemeScheme) -> _Task:
    if not _is_full(items[0]):
        task = _Task(name, items[0])
        for item in items:
            if item.get("annotation_id") is not None or _CHOICES in item:
                _vote(task, item.get("annotator"), _themes(item.get(_CHOICES, []), scheme))
        return task
    task = _Task(name, items[0]["data"])
    for annotation in _objects([each for item in items for each in item["annotations"]]):
        if annotation.get("was_cancelled") or annotation.get("skipped"):
            task.skipped += 1
            continue
        results = _objects(annotation.get("result"))
        values = [result.get("value") for result in results if result.get("type") == "choices"]
        themes = _themes(values, scheme)
        if annotation.get("ground_truth"):
            if task.truth not in (None, themes):
                message = "two different annotations are marked as ground truth; unmark one"
                raise _TaskError("ground_truth", message)
            task.truth = themes
        _vote(task, annotation.get("completed_by"), themes)
    return task


def _objects(values: Any) -> list[dict[str, Any]]:
    if not isinstance(values, list) or not all(isinstance(each, dict) for each in values):
        message = "its annotations are not of Label Studio's form; export again as JSON"
        raise _TaskError("annotation", message)
    return values


def _vote(task: _Task, annotator: Any, themes: frozenset[str]) -> None:
    if isinstance(annotator, dict):
        annotator = annotator.get("email") or annotator.get("id")
    if str(annotator) in task.votes:
        message = f"annotator {annotator} annotated it twice; delete one of the two"
        raise _TaskError("annotated_twice", message)
    task.votes[str(annotator)] = themes


def _themes(value: Any, scheme: ThemeScheme) -> frozenset[str]:
    """Theme ids in any of the forms: ``"a"``, ``{"choices": ["a", "b"]}``, or a list of those."""
    if isinstance(value, list):
        return frozenset[str]().union(*(_themes(each, scheme) for each in value))
    if isinstance(value, dict):
        return _themes(value.get("choices"), scheme)
    if value not in scheme.ids:
        raise _TaskError(
            "unknown_choice",
            f"{value!r} is no theme of the scheme {scheme.name!r} ({', '.join(scheme.ids)}); "
            "give each Choice its theme's id as alias",
        )
    return frozenset([value])


def _labelled_row(task: _Task, scheme: ThemeScheme) -> dict[str, Any]:
    text = task.data.get(_TEXT)
    if not isinstance(text, str) or not text.strip():
        raise _TaskError("text", f"its data have no {_TEXT!r}; import the tasks with that field")
    if not task.votes:
        if task.skipped:
            raise _TaskError("skipped", "every annotator skipped it")
        raise _TaskError("not_annotated", "nobody has annotated it")
    context = {name: task.data[name] for name in _CONTEXT if name in task.data}
    return {
        "id": str(task.data.get(_ID, task.id)),
        **{name: context.pop(name) for name in ("article", "index") if name in context},
        "text": text,
        "labels": _decided(task, scheme),
        **context,
    }


def _decided(task: _Task, scheme: ThemeScheme) -> list[str]:
    if task.truth is not None:
        return [theme for theme in scheme.ids if theme in task.truth]
    counts = Counter(theme for themes in task.votes.values() for theme in themes)
    if divided := _divided(task.votes, scheme):
        raise _TaskError(
            "tie",
            f"its {len(task.votes)} annotators are equally divided on {', '.join(divided)}; mark "
            "an annotation as ground truth, or have one more",
        )
    return [theme for theme in scheme.ids if 2 * counts[theme] > len(task.votes)]


def _divided(votes: Mapping[str, frozenset[str]], scheme: ThemeScheme) -> list[str]:
    counts = Counter(theme for themes in votes.values() for theme in themes)
    return [theme for theme in scheme.ids if 2 * counts[theme] == len(votes)]


def agreement(
    votes: Mapping[str, Mapping[str, frozenset[str]]], scheme: ThemeScheme
) -> list[Agreement]:
    """Measure how far annotators agree, theme by theme.

    Args:
        votes: for each task with at least two annotators, what each of them chose.
        scheme: the themes.

    Returns:
        One entry a theme; none when no task has two annotators.
    """
    from nltk.metrics.agreement import AnnotationTask

    if not votes:
        return []
    annotators = {name for each in votes.values() for name in each}
    measured = []
    for theme in scheme.ids:
        answers = AnnotationTask(
            (annotator, task, theme in themes)
            for task, each in votes.items()
            for annotator, themes in each.items()
        )
        varied = len(answers.K) > 1
        measured.append(
            Agreement(
                theme=theme,
                tasks=len(votes),
                ties=sum(theme in _divided(dict(each), scheme) for each in votes.values()),
                alpha=answers.alpha() if varied else None,
                kappa=answers.kappa() if varied and len(annotators) == 2 else None,
            )
        )
    return measured
