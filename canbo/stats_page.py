"""``stats.html``: what a labelled data set is made of, as one page that loads nothing."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from markupsafe import Markup

from canbo.data.stats import BIN, SplitStats, stats_table
from canbo.data.themes import ThemeScheme
from canbo.page import PAPERS, Language, csp_hash, page_environment, page_words, template_text
from canbo.palette import theme_css
from canbo.plots import theme_bars, theme_heat

__all__ = ["write_stats_page"]


def write_stats_page(
    folder: Path, stats: Sequence[SplitStats], scheme: ThemeScheme, language: Language = "vi"
) -> Path:
    """Write ``stats.html``: the plots are of all splits together, the table of each.

    Args:
        folder: made where it is missing; a page of an earlier call is replaced.
        stats: what `read_stats` gave, at least one.
        scheme: the same themes.
        language: language of the page's own words.

    Returns:
        The path of the page.
    """
    whole = stats[-1]
    style = theme_css(scheme) + template_text("report.css")
    longest = max(whole.histogram)
    page = page_environment(page_words(language), language).get_template("stats.html.jinja")
    text = page.render(
        language=language,
        style=Markup(style),
        style_hash=csp_hash(style),
        script_hash=None,
        papers=PAPERS,
        themes=scheme.themes,
        counts=whole.counts,
        bars=theme_bars(whole.counts),
        heat=theme_heat(whole.counts),
        bin=BIN,
        columns=[(count, count / longest) for count in whole.histogram],
        table=stats_table(stats, scheme),
    )
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "stats.html"
    path.write_text(text, encoding="utf-8", newline="\n")
    return path
