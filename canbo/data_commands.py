"""`canbo data`: articles out for annotation, labels back, and checks of labelled data.

Each command prints what it found and returns an exit status; the parser stands in ``cli.py``.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import chain, islice
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from canbo.data.annotation import (
    Agreement,
    agreement,
    label_studio_config,
    label_studio_task,
    paragraph_rows,
    read_label_studio,
)
from canbo.data.documents import Document, InputError
from canbo.data.errors import UserError
from canbo.data.located import join_texts, read_located_labels
from canbo.data.readers import ReadOptions, read_inputs
from canbo.data.stats import read_stats, stats_table
from canbo.data.themes import load_theme_scheme
from canbo.data.validate import validate

if TYPE_CHECKING:
    from canbo.analyzer import Analyzer
    from canbo.page import Language

__all__ = [
    "DataCommandError",
    "build_data",
    "import_data",
    "join_data",
    "show_stats",
    "validate_data",
]

DONE, FINDINGS, SOME_FAILED = 0, 1, 3
# What stands before the first row, between two, and after the last.
_FORMATS = {"jsonl": ("", "\n", "\n"), "label-studio": ("[\n", ",\n", "\n]\n")}
_WINDOW = 32  # Documents that are classified together.


class DataCommandError(UserError):
    """The command cannot do what was asked; the message names the remedy."""


def build_data(
    inputs: Sequence[str],
    output: Path,
    form: str = "jsonl",
    *,
    classifier: str | None = None,
    themes: Path | None = None,
    read: ReadOptions | None = None,
    overwrite: bool = False,
) -> int:
    """Cut articles to paragraphs for annotation.

    Args:
        inputs: files, folders and globs, as for `canbo run`.
        output: file to write; beside Label Studio's tasks stands the labelling configuration, with
            the suffix ``.xml``.
        form: one of ``jsonl`` (a row a paragraph) and ``label-studio`` (a task each).
        classifier: model folder or hub id: its themes are suggested to Label Studio's annotators.
        themes: theme scheme; None is the classifier's, or else the shipped one.
        read: names of the fields of rows.
        overwrite: replace an earlier file.

    Returns:
        0, or 3 when some inputs could not be read.

    Raises:
        DataCommandError: the output or the configuration is there already, both have one name,
            or no article could be read.
    """
    _check_free(output, overwrite)
    config = output.with_suffix(".xml") if form == "label-studio" else None
    if config == output:
        raise DataCommandError(
            f"{output} is the name of the labelling configuration: give tasks another, as .json"
        )
    if config:
        _check_free(config, overwrite)
    analyzer = _analyzer(classifier, form)
    scheme = load_theme_scheme(themes) if themes or not analyzer else analyzer.scheme
    if analyzer and analyzer.classifier and set(analyzer.classifier.scheme_ids) - set(scheme.ids):
        raise DataCommandError(
            f"the classifier gives the themes {', '.join(analyzer.classifier.scheme_ids)}, the "
            f"scheme {scheme.name!r} holds {', '.join(scheme.ids)}: give its own with --themes"
        )
    errors: list[InputError] = []
    articles: set[str] = set()

    def documents() -> Iterator[Document]:
        for item in read_inputs(inputs, read, exclude={output.resolve()}):
            if isinstance(item, InputError):
                errors.append(item)
            else:
                articles.add(item.id)
                yield item

    with _new_file(output, overwrite) as out:
        paragraphs = _write(out, _values(documents(), form, analyzer), form)
        _tell(errors)
        if not paragraphs:
            raise DataCommandError("no article could be read")
    print(f"{len(articles)} articles, {paragraphs} paragraphs, {len(errors)} errors -> {output}")
    if config:
        config.write_text(label_studio_config(scheme), encoding="utf-8", newline="\n")
        print(f"labelling configuration -> {config}")
    return SOME_FAILED if errors else DONE


def import_data(
    export: Path, output: Path, *, themes: Path | None = None, overwrite: bool = False
) -> int:
    """Turn an export of Label Studio into labelled JSONL and print how far annotators agree.

    Args:
        export: JSON or JSON_MIN.
        output: file to write.
        themes: theme scheme; None is the shipped one.
        overwrite: replace an earlier file.

    Returns:
        0, or 3 when some tasks have no row.

    Raises:
        DataCommandError: the output is there already, or no task can be taken.
    """
    scheme = load_theme_scheme(themes)
    found = read_label_studio(export, scheme)
    _tell(found.errors)
    if not found.rows:
        raise DataCommandError(f"{export}: no task has labels that can be taken")
    with _new_file(output, overwrite) as out:
        _write(out, found.rows, "jsonl")
    if measured := agreement(found.votes, scheme):
        print(f"agreement on the {len(found.votes)} tasks of several annotators:")
        _print_table(_agreement_table(measured))
    print(f"{len(found.rows)} paragraphs, {len(found.errors)} errors -> {output}")
    return SOME_FAILED if found.errors else DONE


def join_data(labels: Path, corpus: Path, output: Path, *, overwrite: bool = False) -> int:
    """Put the text of a corpus to labels that are kept without it.

    Args:
        labels: file that `canbo.data.located.read_located_labels` reads.
        corpus: folder with vietnews' three parquet files.
        output: file to write.
        overwrite: replace an earlier file.

    Returns:
        0.

    Raises:
        DataCommandError: the output is there already.
        canbo.data.located.LocatedLabelsError: labels and corpus do not fit.
    """
    located = read_located_labels(labels)
    with _new_file(output, overwrite) as out:
        paragraphs = _write(out, join_texts(located, corpus), "jsonl")
    print(f"{paragraphs} paragraphs -> {output}")
    return DONE


def validate_data(files: Sequence[Path], *, themes: Path | None = None) -> int:
    """Print what is wrong with labelled files.

    Args:
        files: JSONL of labelled paragraphs.
        themes: theme scheme; None is the shipped one.

    Returns:
        0, or 1 when there are errors.
    """
    found = validate(files, load_theme_scheme(themes))
    for finding in found.findings:
        print(finding)
    splits = ", ".join(f"{name} {count}" for name, count in found.splits.items())
    warnings = len(found.findings) - found.errors
    print(f"{found.paragraphs} paragraphs ({splits}): {found.errors} errors, {warnings} warnings")
    for kind, count in found.kinds.most_common():
        print(f"  {kind}: {count}")
    return FINDINGS if found.errors else DONE


def show_stats(
    files: Sequence[Path],
    *,
    themes: Path | None = None,
    output: Path | None = None,
    language: Language = "vi",
) -> int:
    """Print what labelled files are made of.

    Args:
        files: JSONL of labelled paragraphs.
        themes: theme scheme; None is the shipped one.
        output: folder that gets ``stats.html`` with the plots; None leaves it out.
        language: of the page.

    Returns:
        0.

    Raises:
        DataCommandError: the files hold no paragraph.
        canbo.data.loaders.ThemeDataError: a line is not of the form.
    """
    scheme = load_theme_scheme(themes)
    stats = read_stats(files, scheme)
    if not stats:
        raise DataCommandError("the files hold no paragraph")
    _print_table(stats_table(stats, scheme))
    if output:
        from canbo.stats_page import write_stats_page

        print(f"plots -> {write_stats_page(output, stats, scheme, language)}")
    return DONE


def _analyzer(classifier: str | None, form: str) -> Analyzer | None:
    if classifier is None:
        return None
    if form != "label-studio":
        raise DataCommandError("a classifier's suggestions need --format label-studio")
    from canbo.analyzer import Analyzer

    return Analyzer.from_pretrained(classifier, tasks=("themes",))


def _values(
    documents: Iterator[Document], form: str, analyzer: Analyzer | None
) -> Iterator[dict[str, Any]]:
    while window := list(islice(documents, _WINDOW)):
        rows = paragraph_rows(window)
        if form == "jsonl":
            yield from rows
        elif analyzer is None or analyzer.classifier is None:
            yield from map(label_studio_task, rows)
        else:
            predictions = chain.from_iterable(analyzer.predict_themes(window, evidence=False))
            for row, prediction in zip(rows, predictions, strict=True):
                model = analyzer.classifier.source
                yield label_studio_task(row, prediction.scores, prediction.themes, model)


def _check_free(path: Path, overwrite: bool) -> None:
    if path.is_dir():
        raise DataCommandError(f"{path} is a folder: give --output a file in it")
    if path.exists() and not overwrite:
        raise DataCommandError(
            f"{path} is there already and may hold labels: give --overwrite, or another --output"
        )


@contextmanager
def _new_file(path: Path, overwrite: bool) -> Iterator[IO[str]]:
    """A file that replaces an earlier one only when all of it is written."""
    _check_free(path, overwrite)
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.part")
    try:
        with draft.open("w", encoding="utf-8", newline="\n") as out:
            yield out
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def _write(out: IO[str], values: Iterable[dict[str, Any]], form: str) -> int:
    before, between, after = _FORMATS[form]
    count = 0
    for value in values:
        out.write((between if count else before) + json.dumps(value, ensure_ascii=False))
        count += 1
    out.write(after)
    return count


def _tell(errors: Iterable[InputError]) -> None:
    for error in errors:
        line = "" if error.line is None else f":{error.line}"
        print(f"{error.source}{line}: {error.error}: {error.message}", file=sys.stderr)


def _agreement_table(measured: Sequence[Agreement]) -> list[list[str]]:
    def shown(value: float | None) -> str:
        return "-" if value is None else f"{value:.3f}"

    head = ["theme", "Krippendorff's alpha", "Cohen's kappa", "ties"]
    return [head, *([m.theme, shown(m.alpha), shown(m.kappa), str(m.ties)] for m in measured)]


def _print_table(rows: Sequence[Sequence[str]]) -> None:
    """Columns side by side: the first to the left, the others to the right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for first, *others in rows:
        cells = [cell.rjust(width) for cell, width in zip(others, widths[1:], strict=True)]
        print("  ".join([first.ljust(widths[0]), *cells]).rstrip())
