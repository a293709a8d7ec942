"""Days of publication in the forms in which files state them."""

from __future__ import annotations

import re
from datetime import date

__all__ = ["read_day"]

_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?!\d)")
_VIETNAMESE = re.compile(
    r"(?<!\d)(\d{1,2})(?:[/.-]|\stháng\s)(\d{1,2})(?:[/.-]|,?\s(?:năm\s)?)(\d{4})(?!\d)"
)


def read_day(value: object) -> str | None:
    """The day that a value states, in ISO 8601 (``2018-03-12``), as it stands there.

    Args:
        value: a date or time of Python's, or a string that begins with the day in ISO 8601 or
            holds it in Vietnamese order (``12/3/2018``, ``12 tháng 3 năm 2018``), with or without
            a time. A time zone is not applied.

    Returns:
        None for anything else and for days that no calendar has.
    """
    if isinstance(value, date):  # A datetime is one, too.
        return value.isoformat()[:10]
    if not isinstance(value, str):
        return None
    if match := _ISO.match(value.strip()):
        year, month, day = map(int, match.groups())
    elif match := _VIETNAMESE.search(value):
        day, month, year = map(int, match.groups())
    else:
        return None
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return None
