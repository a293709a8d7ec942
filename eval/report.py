"""``report.html`` and ``report.md``: an evaluation for people to read.

Both are made from ``metrics.json`` alone, so a report can be made again without scoring again.
The page is one self-contained file without a script; nothing in it is loaded from elsewhere, and
whatever a model, a config or a text brings with it stands there as text.
"""

from __future__ import annotations

import re
from importlib.resources import files
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup, escape

from canbo.data.themes import ThemeScheme
from canbo.eval.report_view import ReportView
from canbo.eval.results import ErrorCase, Evaluation
from canbo.page import PAPERS, csp_hash, page_environment, page_words, template_text
from canbo.palette import theme_css
from canbo.report import evidence_segments

__all__ = ["escape_markdown", "evaluation_template", "write_report"]

_NO_THEMES = ThemeScheme(name="", themes=())
# What could start markup in Markdown, apart from what HTML escaping already takes care of.
_MARKDOWN = re.compile(r"([\\`*_{}\[\]#|~])")
_LIST_START = re.compile(r"^(\s*\d*)([-+.)])(?=\s)")


def write_report(evaluation: Evaluation, output_dir: Path) -> tuple[Path, Path]:
    """Write ``report.html`` and ``report.md``.

    Args:
        evaluation: the figures, as `canbo.eval.results.load_evaluation` reads them.
        output_dir: an existing folder; reports of an earlier call are replaced.

    Returns:
        The paths of the page and of the Markdown.

    Raises:
        ThemeSchemeError: the evaluation's theme scheme is not of the form.
    """
    view = ReportView(evaluation)
    page, text = output_dir / "report.html", output_dir / "report.md"
    page.write_text(_html(view), encoding="utf-8", errors="replace", newline="\n")
    text.write_text(_markdown(view), encoding="utf-8", errors="replace", newline="\n")
    return page, text


def evaluation_template(name: str) -> str:
    """A file of ``eval/templates/``, or else of the templates that all pages share."""
    own = files("canbo.eval") / "templates" / name
    return own.read_text(encoding="utf-8") if own.is_file() else template_text(name)


def escape_markdown(value: object) -> Markup:
    """Text that Markdown and the HTML in it show as it is.

    Args:
        value: anything; `markupsafe.Markup` passes as it is. Line ends become spaces, because a
            table's row and a list's item end at one.
    """
    if isinstance(value, Markup):
        return value
    line = " ".join(str(value).split("\n"))
    escaped = _MARKDOWN.sub(r"\\\1", str(escape(line)).replace("&#39;", "'").replace("&#34;", '"'))
    return Markup(_LIST_START.sub(r"\1\\\2", escaped))


def _html(view: ReportView) -> str:
    style = (
        theme_css(view.scheme or _NO_THEMES)
        + template_text("report.css")
        + evaluation_template("evaluation.css")
    )
    environment = page_environment(page_words("en"), "en")
    environment.loader = jinja2.FunctionLoader(evaluation_template)
    return environment.get_template("evaluation.html.jinja").render(
        view=view,
        evaluation=view.evaluation,
        language="en",
        title=view.title,
        style=Markup(style),
        style_hash=csp_hash(style),
        script_hash=None,
        papers=PAPERS,
        themes=view.scheme.themes if view.scheme else (),
        segments=_segments,
    )


def _markdown(view: ReportView) -> str:
    environment = jinja2.Environment(
        loader=jinja2.FunctionLoader(evaluation_template),
        autoescape=True,
        finalize=escape_markdown,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    text = environment.get_template("evaluation.md.jinja").render(
        view=view, evaluation=view.evaluation, segments=_segments
    )
    return re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"


def _segments(case: ErrorCase) -> list[tuple[str, list[int]]]:
    """A mistake's text cut where its evidence starts or ends; see `evidence_segments`."""
    spans: list[dict[str, Any]] = [
        {"start": span.start, "end": span.end, "theme": case.theme} for span in case.evidence
    ]
    return evidence_segments(case.text or "", spans, {case.theme: 0})
