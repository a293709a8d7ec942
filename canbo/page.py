"""What the pages that people read share: words by language, templates, a strict security policy."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable
from datetime import datetime
from functools import partial
from importlib.resources import files
from typing import Literal

import jinja2
import yaml
from markupsafe import Markup, escape

from canbo.palette import DARK_PAPER, LIGHT_PAPER

__all__ = ["PAPERS", "Language", "csp_hash", "page_environment", "page_words", "template_text"]

Language = Literal["vi", "en"]
PAPERS = (LIGHT_PAPER, DARK_PAPER)


def csp_hash(text: str) -> str:
    """The hash that a content security policy knows a script or style by."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def page_words(language: Language) -> dict[str, str]:
    """Our words by key, from ``templates/report.yaml``."""
    table = yaml.safe_load(template_text("report.yaml"))
    return {key: text[language] for key, text in table.items()}


def page_environment(words: dict[str, str], language: Language) -> jinja2.Environment:
    """Templates with our words and with numbers and dates as the language writes them."""
    environment = jinja2.Environment(
        loader=jinja2.FunctionLoader(template_text),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    filters: dict[str, Callable[..., str]] = {
        "number": partial(_number, language=language),
        "share": partial(_share, language=language),
        "date": partial(_date, language=language),
        "config_json": lambda value: json.dumps(value, ensure_ascii=False, indent=2),
    }
    environment.filters.update(filters)

    def say(key: str, n: float | None = None, **values: object) -> Markup:
        forms = words[key].split("|")
        shown = {} if n is None else {"n": _number(n, language, digits=int(isinstance(n, float)))}
        return escape(forms[0] if n == 1 else forms[-1]).format(**shown, **values)

    def name_of(key: str, name: str) -> str:
        """Our word for a name in ``run.json``; the name itself where we have none."""
        return words.get(key, name)

    environment.globals |= {"say": say, "name_of": name_of}
    return environment


def template_text(name: str) -> str:
    """A file of ``templates/``."""
    return (files("canbo") / "templates" / name).read_text(encoding="utf-8")


def _number(value: float, language: Language, digits: int = 0) -> str:
    text = f"{value:,.{digits}f}"
    return text.translate(str.maketrans(",.", ".,")) if language == "vi" else text


def _share(value: float, language: Language) -> str:
    return f"{_number(100 * value, language, digits=1)}%"


def _date(value: object, language: Language) -> str:
    """An ISO 8601 time as people write it; anything else as it is."""
    try:
        date = datetime.fromisoformat(str(value))
    except ValueError:
        return str(value)
    form = (
        "{0:%H}:{0:%M}, ngày {0.day}/{0.month}/{0.year}"
        if language == "vi"
        else "{0:%Y-%m-%d %H:%M}"
    )
    zone = f" ({date.tzname()})" if date.tzinfo else ""
    return form.format(date) + zone
