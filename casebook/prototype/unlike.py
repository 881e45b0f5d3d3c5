"""In which ways a row is unlike all that the model has seen.

Alarms are rare among rows like those of training: about 1 % of them are far from every known row
(`Distances.far`), up to 0.5 % more have two values that were never together (`Distances.pairs`),
and values that were never seen are rare. What many rows of a day carry
is a note: a number outside of the inner 98 %, a day after the last one.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from casebook.formats import day, number, percent
from casebook.language import _
from casebook.models.about import Column
from casebook.prototype.near import as_floats, level_of
from casebook.prototype.seen import spans_of
from casebook.prototype.together import shown, strangest_pair, surprises
from casebook.prototype.values import Unlike

if TYPE_CHECKING:
    from casebook.prototype.opened import Prototype

BEYOND = 0.1
"""So much of the range that was seen a number may lie outside of it and be a note only: of a few
hundred rows the greatest is soon surpassed."""
OFTEN = 0.01
"""A column in which new levels are more frequent than that gives a note."""

Found = tuple[int, Unlike]


def unlike(prototype: Prototype, X: pd.DataFrame) -> tuple[tuple[Unlike, ...], ...]:
    """For each row, its ways; alarms first. X: as `casebook.prototype.rows.frame` makes it."""
    found: list[list[Unlike]] = [[] for _row in range(len(X))]
    for row, one in [*_by_column(prototype, X), *_in_time(prototype, X), *_far(prototype, X)]:
        found[row].append(one)
    own = prototype.case.record.prototype.texts.unknown
    for ways in found:
        ways.sort(key=lambda one: not one.alarm)
        if own and ways and ways[0].alarm:
            ways.insert(0, Unlike("", own))
    return tuple(map(tuple, found))


def _by_column(prototype: Prototype, X: pd.DataFrame) -> Iterator[Found]:
    gaps = X.isna().to_numpy()
    for place, column in enumerate(prototype.model.file.columns):
        values = X[column.name]
        if column.missing == 0 and gaps[:, place].any():
            yield from _missing(prototype, column, gaps[:, place])
        if column.levels:
            yield from _levels(prototype, column, values)
        elif column.kind == "number" and spans_of(column):
            yield from _outside(prototype, column, values)


def _label(prototype: Prototype, column: Column) -> str:
    return prototype.field(column.name).label


def _missing(prototype: Prototype, column: Column, gaps: npt.NDArray[np.bool_]) -> Iterator[Found]:
    for row in np.flatnonzero(gaps):
        said = _("{column} is empty; it was in none of the {n} rows that the model learned from.",
                 column=_label(prototype, column), n=number(prototype.seen.rows))  # fmt: skip
        yield int(row), Unlike(column.name, said)


def _levels(prototype: Prototype, column: Column, values: pd.Series) -> Iterator[Found]:
    known, new = prototype.seen.levels[column.name], prototype.seen.new[column.name]
    for row, level in enumerate(map(level_of, values)):
        if level is None or level in known:
            continue
        told = {"column": _label(prototype, column), "value": level}
        if new > OFTEN:
            said = _("{column}: '{value}' was in no row that the model learned from. New values "
                     "are usual here: about {share} of rows bring one.",
                     share=percent(new), **told)  # fmt: skip
        else:
            said = _("{column}: '{value}' was in none of the {n} rows that the model learned from.",
                     n=number(prototype.seen.rows), **told)  # fmt: skip
        yield row, Unlike(column.name, said, new <= OFTEN)


def _outside(prototype: Prototype, column: Column, values: pd.Series) -> Iterator[Found]:
    if column.name not in prototype.seen.ends or column.low is None or column.high is None:
        return
    floats = as_floats(values)
    low, high = float(column.low), float(column.high)
    for row in np.flatnonzero((floats < low) | (floats > high)):
        yield int(row), _one_outside(prototype, column, float(floats[row]))


def _one_outside(prototype: Prototype, column: Column, value: float) -> Unlike:
    least, most = map(float, prototype.seen.ends[column.name])
    label, shown, n = _label(prototype, column), number(value), number(prototype.seen.rows)
    farther = max(value - most, least - value)
    if value > most:
        said = _("{column}: {value} is more than in all of the {n} rows that the model learned "
                 "from; the greatest was {most}.", column=label, value=shown, n=n,
                 most=number(most))  # fmt: skip
    elif value < least:
        said = _("{column}: {value} is less than in all of the {n} rows that the model learned "
                 "from; the least was {least}.", column=label, value=shown, n=n,
                 least=number(least))  # fmt: skip
    else:
        said = _("{column}: {value} is unusual; 98% of the rows that the model learned from lie "
                 "between {low} and {high}.", column=label, value=shown,
                 low=number(float(column.low or 0)),
                 high=number(float(column.high or 0)))  # fmt: skip
    return Unlike(column.name, said, farther > BEYOND * (most - least))


def _in_time(prototype: Prototype, X: pd.DataFrame) -> Iterator[Found]:
    """Once for each row: that time has moved on is normal, and said of one column only."""
    told: set[int] = set()
    for column in prototype.model.file.columns:
        if column.kind != "time" or column.name not in prototype.seen.ends:
            continue
        first, last = map(pd.Timestamp, prototype.seen.ends[column.name])
        values = pd.DatetimeIndex(X[column.name])
        for row in map(int, np.flatnonzero((values < first) | (values > last))):
            if row not in told:
                told.add(row)
                yield row, _one_in_time(prototype, column, values[row], first, last)


def _one_in_time(
    prototype: Prototype, column: Column, value: Any, first: pd.Timestamp, last: pd.Timestamp
) -> Unlike:
    """An alarm only where it is farther away than all that was seen is long."""
    told = {"column": _label(prototype, column), "value": day(value)}
    longest = max(last - first, timedelta(days=1))
    if value > last:
        said = _("{column}: {value} is after the last day that the model learned from, {day}.",
                 day=day(last), **told)  # fmt: skip
        return Unlike(column.name, said, value - last > longest)
    said = _("{column}: {value} is before the first day that the model learned from, {day}.",
             day=day(first), **told)  # fmt: skip
    return Unlike(column.name, said, first - value > longest)


def _far(prototype: Prototype, X: pd.DataFrame) -> Iterator[Found]:
    distances = prototype.trust.distances
    if distances is None:
        return
    far = prototype.space.nearest(X) > distances.far
    strange: npt.NDArray[np.bool_] = np.zeros(len(X), dtype=bool)
    pairs = [pair for pair in distances.pairs if prototype.by_column.keys() >= set(pair)]
    if pairs:
        found = surprises(prototype.by_column, X, pairs)
        strange = np.asarray((found > distances.apart).any(axis=1))
    for row in np.flatnonzero(far | strange):
        yield int(row), Unlike("", _together(prototype, X.iloc[row : row + 1], far=bool(far[row])))


def _together(prototype: Prototype, X: pd.DataFrame, *, far: bool) -> str:
    """That no known row is near, and which two values have most to do with it."""
    pair = strangest_pair(prototype, X)
    if pair is None:
        return far_sentence()
    first, second = (shown(prototype, X, name) for name in pair)
    named = _("No known row has {first} together with {second}, or nearly so.",
              first=first, second=second)  # fmt: skip
    return f"{far_sentence()} {named}" if far else named


def far_sentence() -> str:
    """That no known row is near."""
    return _("Taken together its values are unlike those of every known row: of rows that the "
             "model had not seen, 99% have a nearer one.")  # fmt: skip
