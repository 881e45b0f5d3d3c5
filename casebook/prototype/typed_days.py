"""Days and times as people type them; what could be two days is not guessed."""

from __future__ import annotations

import re
from datetime import date, datetime, time

from casebook.exceptions import ParameterError
from casebook.language import _

_CLOCK = re.compile(
    r"(?P<half>오전|오후)? ?(?P<hour>\d{1,2}):(?P<minute>\d\d)(?::(?P<second>\d\d)(?:\.\d+)?)?"
    r" ?(?P<after>[AaPp][Mm])?$"
)
_YEAR_FIRST = re.compile(r"(\d{4})(?:년|[-/.]) ?(\d{1,2})(?:월|[-/.]) ?(\d{1,2})(?:일|\.)?")
_YEAR_LAST = re.compile(r"(\d{1,2})([-/.]) ?(\d{1,2})[-/.] ?(\d{4})")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_NAMED = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?\.? ([A-Za-z]{3,9})\.?,? (\d{4})")
_NAMED_FIRST = re.compile(r"([A-Za-z]{3,9})\.? (\d{1,2})(?:st|nd|rd|th)?,? (\d{4})")
_FIRST, _LAST = 1678, 2261  # what nanoseconds of pandas can hold


def read_time(text: str) -> str:
    """The moment that a text says, as ISO 8601 without a zone; midnight where no time is said.

    Raises ParameterError for what is no day, or could be two.
    """
    said = " ".join(text.replace("T", " ").split())
    clock = _CLOCK.search(said)
    hour = _clock(clock, text) if clock else time()
    year, month, number = _day(said[: clock.start()].strip(" ,") if clock else said, text)
    try:
        found = datetime.combine(date(year, month, number), hour)
    except ValueError:
        raise _not(text) from None
    if not _FIRST <= year <= _LAST:
        raise ParameterError(
            _("the year {year} is not between {first} and {last}.",
              year=year, first=_FIRST, last=_LAST)
        )  # fmt: skip
    return found.isoformat()


def _day(said: str, text: str) -> tuple[int, int, int]:
    """Year, month, day. Raises ParameterError."""
    if match := _YEAR_FIRST.fullmatch(said):
        return int(match[1]), int(match[2]), int(match[3])
    if match := _NAMED.fullmatch(said):
        return int(match[3]), _month(match[2], text), int(match[1])
    if match := _NAMED_FIRST.fullmatch(said):
        return int(match[3]), _month(match[1], text), int(match[2])
    if match := _YEAR_LAST.fullmatch(said):
        first, second, year = int(match[1]), int(match[3]), int(match[4])
        if match[2] == "." or first > 12:  # with points the day comes first, wherever it is used
            return year, second, first
        if second > 12 or first == second:
            return year, first, second
        raise ParameterError(
            _("'{found}' could be two days.", found=text),
            hint=_("Write it as {example}.", example=f"{year}-{first:02}-{second:02}"),
        )
    raise _not(text)


def _month(name: str, text: str) -> int:
    short = name[:3].casefold()
    if short not in _MONTHS:
        raise _not(text)
    return _MONTHS.index(short) + 1


def _clock(match: re.Match[str], text: str) -> time:
    hour, half = int(match["hour"]), (match["half"] or match["after"] or "").casefold()
    if half:
        hour = hour % 12 + (12 if half in ("pm", "오후") else 0)
    try:
        return time(hour, int(match["minute"]), int(match["second"] or 0))
    except ValueError:
        raise _not(text) from None


def _not(text: str) -> ParameterError:
    return ParameterError(
        _("'{found}' is not a day, such as {example}.", found=text, example="2026-06-30")
    )
