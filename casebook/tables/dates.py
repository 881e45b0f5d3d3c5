"""How dates and times are written: a literal table of shapes, with and without a time of day."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from casebook.tables.forms import Form

_Y4 = r"(?:1[6-9]|20|21)\d\d"
_Y2 = r"\d\d"
_M = r"(?:0?[1-9]|1[0-2])"
_D = r"(?:0?[1-9]|[12]\d|3[01])"
_NAME = r"(?i:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)"
_LONG = (
    r"(?i:january|february|march|april|may|june|july|august|september|october|november|december)"
)

# name, pattern, format of strptime, order of day and month where it could be either
_SHAPES: tuple[tuple[str, str, str, str], ...] = (
    ("YYYY-MM-DD", rf"{_Y4}-{_M}-{_D}", "%Y-%m-%d", ""),
    ("YYYY/MM/DD", rf"{_Y4}/{_M}/{_D}", "%Y/%m/%d", ""),
    ("YYYY.MM.DD", rf"{_Y4}\.{_M}\.{_D}", "%Y.%m.%d", ""),
    ("YYYY.MM.DD.", rf"{_Y4}\.{_M}\.{_D}\.", "%Y.%m.%d.", ""),
    ("YYYY. MM. DD.", rf"{_Y4}\. {{1,2}}{_M}\. {{1,2}}{_D}\.", "%Y. %m. %d.", ""),
    ("YYYY. MM. DD", rf"{_Y4}\. {{1,2}}{_M}\. {{1,2}}{_D}", "%Y. %m. %d", ""),
    ("YYYY년 MM월 DD일", rf"{_Y4}년 {_M}월 {_D}일", "%Y년 %m월 %d일", ""),
    ("YYYY년MM월DD일", rf"{_Y4}년{_M}월{_D}일", "%Y년%m월%d일", ""),
    ("DD/MM/YYYY", rf"{_D}/{_M}/{_Y4}", "%d/%m/%Y", "day"),
    ("MM/DD/YYYY", rf"{_M}/{_D}/{_Y4}", "%m/%d/%Y", "month"),
    ("DD-MM-YYYY", rf"{_D}-{_M}-{_Y4}", "%d-%m-%Y", "day"),
    ("MM-DD-YYYY", rf"{_M}-{_D}-{_Y4}", "%m-%d-%Y", "month"),
    ("DD.MM.YYYY", rf"{_D}\.{_M}\.{_Y4}", "%d.%m.%Y", "day"),
    ("MM.DD.YYYY", rf"{_M}\.{_D}\.{_Y4}", "%m.%d.%Y", "month"),
    ("DD/MM/YY", rf"{_D}/{_M}/{_Y2}", "%d/%m/%y", "day"),
    ("MM/DD/YY", rf"{_M}/{_D}/{_Y2}", "%m/%d/%y", "month"),
    ("DD-MM-YY", rf"{_D}-{_M}-{_Y2}", "%d-%m-%y", "day"),
    ("MM-DD-YY", rf"{_M}-{_D}-{_Y2}", "%m-%d-%y", "month"),
    ("DD-Mon-YY", rf"{_D}-{_NAME}-{_Y2}", "%d-%b-%y", ""),
    ("DD-Mon-YYYY", rf"{_D}-{_NAME}-{_Y4}", "%d-%b-%Y", ""),
    ("DD Mon YYYY", rf"{_D} {_NAME} {_Y4}", "%d %b %Y", ""),
    ("DD/Mon/YYYY", rf"{_D}/{_NAME}/{_Y4}", "%d/%b/%Y", ""),
    ("DD Month YYYY", rf"{_D} {_LONG} {_Y4}", "%d %B %Y", ""),
    ("Mon DD, YYYY", rf"{_NAME} {_D}, {_Y4}", "%b %d, %Y", ""),
    ("Month DD, YYYY", rf"{_LONG} {_D}, {_Y4}", "%B %d, %Y", ""),
    ("Mon DD YYYY", rf"{_NAME} {_D} {_Y4}", "%b %d %Y", ""),
    ("Mon-YY", rf"{_NAME}-{_Y2}", "%b-%y", ""),
    ("Mon YYYY", rf"{_NAME} {_Y4}", "%b %Y", ""),
    ("YYYY-MM", rf"{_Y4}-(?:0[1-9]|1[0-2])", "%Y-%m", ""),
    ("YYYY/MM", rf"{_Y4}/(?:0[1-9]|1[0-2])", "%Y/%m", ""),
    ("YYYY년 MM월", rf"{_Y4}년 {_M}월", "%Y년 %m월", ""),
    ("YYYY년MM월", rf"{_Y4}년{_M}월", "%Y년%m월", ""),
    ("YYYY년", rf"{_Y4}년", "%Y년", ""),
)
# pattern and format of a time of day after the date
_TIMES: tuple[tuple[str, str], ...] = (
    ("", ""),
    (r"[ T]\d{1,2}:\d\d", " %H:%M"),
    (r"[ T]\d{1,2}:\d\d:\d\d", " %H:%M:%S"),
    (r"[ T]\d{1,2}:\d\d:\d\d\.\d{1,9}", " %H:%M:%S.%f"),
    (r" \d{1,2}:\d\d ?(?i:AM|PM)", " %I:%M %p"),
    (r" \d{1,2}:\d\d:\d\d ?(?i:AM|PM)", " %I:%M:%S %p"),
    (r" (?:오전|오후) ?\d{1,2}:\d\d", " %p %I:%M"),
    (r" (?:오전|오후) ?\d{1,2}:\d\d:\d\d", " %p %I:%M:%S"),
)
_ISO = rf"{_Y4}-\d\d-\d\d(?:[ T]\d\d:\d\d(?::\d\d(?:\.\d{{1,9}})?)?)?"
_ZONED = rf"{_Y4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(?:\.\d{{1,9}})?(?:Z|[+-]\d\d(?::?\d\d)?)"
_DAY_NUMBER = r"(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
_MONTH_NUMBER = r"(?:19|20)\d\d(?:0[1-9]|1[0-2])"
_TIME_NUMBER = _DAY_NUMBER + r"(?:[01]\d|2[0-3])[0-5]\d[0-5]\d"
_TIME_NAME = re.compile(
    r"(?i)date|day(?!s)|time|month|year|(?:^|_)(?:dt|ymd|ym)(?:$|_)|일자|날짜|일시|년월|연월|기간|시점|월일"
)
_FEW = 5
_NO_YEAR = re.compile(rf"\d{{1,2}}월 ?\d{{1,2}}일|\d{{1,2}}[ -]{_NAME}|{_NAME}[ -]\d{{1,2}}")

ISO = Form(
    "YYYY-MM-DD",
    "time",
    _ISO,
    "TRY_CAST({t} AS TIMESTAMP)",
    "TIMESTAMP",
    again=rf"{_Y4}-\d\d-\d\d \d\d:\d\d:\d\d",
    within="{v} >= TIMESTAMP '1600-01-01' AND {v} < TIMESTAMP '2200-01-01'",
)
ZONED = Form(
    "YYYY-MM-DD HH:MM:SS+ZZ",
    "time",
    _ZONED,
    "TRY_CAST({t} AS TIMESTAMPTZ) AT TIME ZONE 'UTC'",
    "TIMESTAMP",
    "zone",
)


def _parsed(name: str, pattern: str, formats: Sequence[str], order: str = "") -> Form:
    listed = ", ".join(f"'{text}'" for text in formats)
    return Form(name, "time", pattern, f"try_strptime({{t}}, [{listed}])", "TIMESTAMP", order)


DAY_NUMBER = _parsed("YYYYMMDD", _DAY_NUMBER, ["%Y%m%d"])
TIME_NUMBER = _parsed("YYYYMMDDHHMMSS", _TIME_NUMBER, ["%Y%m%d%H%M%S"])
MONTH_NUMBER = Form(
    "YYYYMM", "time", _MONTH_NUMBER, "try_strptime({t} || '01', '%Y%m%d')", "TIMESTAMP"
)
YEAR_NUMBER = Form(
    "YYYY", "time", r"(?:19|20)\d\d(?:\.0)?", "try_strptime(left({t}, 4), '%Y')", "TIMESTAMP"
)
EPOCH_SECONDS = Form(
    "Unix seconds",
    "time",
    r"\d{9,10}",
    "make_timestamp(CAST({t} AS BIGINT) * 1000000)",
    "TIMESTAMP",
)
EPOCH_MILLIS = Form(
    "Unix milliseconds",
    "time",
    r"\d{12,13}",
    "make_timestamp(CAST({t} AS BIGINT) * 1000)",
    "TIMESTAMP",
)
_STATED_ONLY = (MONTH_NUMBER, YEAR_NUMBER, EPOCH_SECONDS, EPOCH_MILLIS)


def time_forms(values: Sequence[str], name: str, *, stated: bool = False) -> list[Form]:
    """The forms of dates that fit every value; two where day and month could be either.

    name: the column's; a few eight-digit numbers are dates only in a column named so.
    stated: the record says that the column is a time, so that forms which no guess takes
    (years, Unix seconds) fit, and one value that fits is enough.
    """
    if not values:
        return []
    named = stated or bool(_TIME_NAME.search(name))
    numbers = [TIME_NUMBER]
    if named or len(set(values)) >= _FEW:
        numbers.append(DAY_NUMBER)
    if named:
        numbers.append(MONTH_NUMBER)
    if stated:
        numbers.extend(_STATED_ONLY)
    few = values[:_FEW]  # what does not fit these is not looked at in all, which takes long
    if not stated and not any(f.matches(few) for f in (*numbers, ISO, ZONED, *_written(few))):
        return []
    forms = [*numbers, ISO, ZONED, *_written(values)]
    fitting = [form for form in forms if form.matches(values)]
    if not fitting and stated:
        fitting = sorted(forms, key=lambda form: -form.share(values))[:1]
    return _either(fitting)


def _either(fitting: Sequence[Form]) -> list[Form]:
    """The first form that fits, and its counterpart with day and month the other way round."""
    if not fitting:
        return []
    first = fitting[0]
    if first.order not in ("day", "month"):
        return [first]
    return [first, *(form for form in fitting[1:] if form.order not in ("", first.order))][:2]


def other_order(form: Form, values: Sequence[str]) -> Form | None:
    """The form with day and month the other way round, for counting what speaks against it."""
    swapped = {"DD": "MM", "MM": "DD"}
    name = re.sub("DD|MM", lambda match: swapped[match[0]], form.name)
    return next((other for other in _written(values) if other.name == name), None)


def without_year(values: Sequence[str]) -> bool:
    """Whether every value is a day and a month without a year."""
    return bool(values) and all(_NO_YEAR.fullmatch(value) for value in values)


def _written(values: Sequence[str]) -> tuple[Form, ...]:
    """Every shape of the table with the times of day that these values show."""
    times = tuple(
        (tail, text)
        for tail, text in _TIMES
        if any(re.search(f"{tail}$" if tail else r"^[^:]*$", value) for value in values)
    )
    return _shapes(times) if times else ()


@cache  # few sets of times occur, and a wide table asks for thousands of columns
def _shapes(times: tuple[tuple[str, str], ...]) -> tuple[Form, ...]:
    return tuple(
        _shaped(name, pattern, text, order, times) for name, pattern, text, order in _SHAPES
    )


def _shaped(
    name: str, pattern: str, text: str, order: str, times: Sequence[tuple[str, str]]
) -> Form:
    tails = "|".join(tail for tail, _text in times)
    formats = [text + tail for _pattern, tail in times]
    form = _parsed(name, f"{pattern}(?:{tails})" if tails else pattern, formats, order)
    value = form.value
    if any("오전" in tail for tail, _text in times):
        value = value.replace("{t}", "replace(replace({t}, '오전', 'AM'), '오후', 'PM')")
    if any("[ T]" in tail for tail, _text in times):
        value = value.replace("{t}", r"regexp_replace({t}, '(\d)T(\d)', '\1 \2')")
    return Form(name, "time", form.pattern, value, "TIMESTAMP", order)
