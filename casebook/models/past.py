"""Past values of the target beside each row: the last one known, and that of a period before.

A value counts only where its label was known at the row's moment: from a moment before it by more
than the days that labels take to come.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from casebook.case import Case
from casebook.expressions import identifier
from casebook.formats import number, percent
from casebook.language import _, plural
from casebook.models.past_keys import Codes, codes_of, density, keys, possible, told_apart
from casebook.models.past_values import DAY, History, Values, days, last, period_before, rows_before
from casebook.models.setting import Past
from casebook.models.target import as_class
from casebook.stats.splits import Rows, Splits
from casebook.tables import Table

PERIODS = {"season": 7, "year": 364}
"""Days; a year of whole weeks keeps the day of the week."""
LEAST_SHARE = 0.8
NAMES = ("last", "season", "year")


@dataclass(frozen=True, eq=False)
class _Asked:
    """The rows that get past values, which of them are tested, and the record's season."""

    frame: pd.DataFrame
    tested: Rows
    season: int | None


def with_past(
    case: Case, table: Table, frame: pd.DataFrame, splits: Splits, *, classes: bool
) -> tuple[pd.DataFrame, Past]:
    """The labelled rows with columns of past values, and what these are.

    frame: (n_rows, n_columns) labelled rows, perhaps a sample; past values come from all of them.
    """
    lack = _no_order(case, table)
    if lack:
        return frame, Past(lacking=dict.fromkeys(NAMES, lack))
    history = _history(case, table, frame, classes)
    asked = _Asked(frame, _tested(splits), case.record.baseline.season)
    newest = last(history)
    found, lacking, said = {}, {}, {}
    for name in NAMES:
        found[name], lacking[name], said[name] = _one(name, asked, history, newest)
    columns = {name: _reserved(name, frame) for name in NAMES if not lacking[name]}
    made = {column: _beside(history, found[name], frame) for name, column in columns.items()}
    past = Past(
        columns, {k: v for k, v in lacking.items() if v}, tuple(filter(None, said.values()))
    )
    return frame.assign(**made), past


def _no_order(case: Case, table: Table) -> str:
    """Why nothing is known of what came before; empty where rows are in order."""
    if table.time:
        return ""
    if case.record.data.ordered is not True:
        return _("The rows have no order in time (data.time, or data.ordered).")
    if case.record.objectives.label.delay_days:
        return _("Labels come late, and no column says when a row was: what was known is not told.")
    return ""


def _history(case: Case, table: Table, frame: pd.DataFrame, classes: bool) -> History:
    target, time, group = table.target, table.time, case.record.data.group
    assert target is not None
    group = table.column(group).name if group else None
    rows = _rows(table, frame, [name for name in (target, time, group) if name])
    rows = rows[rows[time].notna()] if time else rows
    when = _moments(rows[time]) if time else np.arange(len(rows), dtype=np.int64)
    codes = codes_of([rows[group]] if group else [], len(rows))
    value = rows[target].astype(object).map(as_class) if classes else rows[target].astype(float)
    delay = int((case.record.objectives.label.delay_days or 0) * DAY)
    history = History(
        rows.index.to_numpy(), value.to_numpy(dtype=object), when, codes, codes,
        (group,) if group else (), time is not None, group is not None, delay,
    )  # fmt: skip
    return history if told_apart(when, codes) else _keyed(case, table, history, frame, group)


def _rows(table: Table, frame: pd.DataFrame, columns: list[str]) -> pd.DataFrame:
    """Columns of all labelled rows; read again only where `frame` is a sample."""
    known = f"{identifier(str(table.target))} IS NOT NULL"
    return frame[columns] if table.count(known) == len(frame) else table.frame(columns, known)


def _moments(times: pd.Series) -> Codes:
    return times.astype("datetime64[us]").to_numpy().astype(np.int64)


def _keyed(
    case: Case, table: Table, history: History, frame: pd.DataFrame, group: str | None
) -> History:
    """The history with the key of the smallest size, of those the one that is there most often."""
    left_out = (table.target, table.time, case.record.baseline.human)
    columns = [name for name in possible(table, left_out) if name != group]
    rows = _rows(table, frame, [*columns, *([group] if group else [])]).loc[history.index]
    for sets in keys(history.when, rows, group):
        if sets:
            by, key = max(sets, key=lambda one: density(history.when, one[1]))
            return replace(history, key=key, by=by)
    return replace(history, key=None)


def _one(name: str, asked: _Asked, history: History, newest: Values) -> tuple[Values, str, str]:
    """A candidate's values, why there are none, and what they are in words."""
    if lack := _no_partner(name, asked.season, history):
        return newest, lack, ""
    values, what = _wanted(name, asked.season, history, newest)
    there = pd.notna(_beside(history, values, asked.frame).to_numpy()[asked.tested])
    if there.mean() < LEAST_SHARE:
        return newest, _too_few(float(there.mean())), ""
    said = [what, _fallen_back(name, int((~there).sum()), len(there))]
    return np.where(pd.notna(values), values, newest), "", " ".join(filter(None, said))


def _no_partner(name: str, season: int | None, history: History) -> str:
    """Why no row can have such a value; empty where it can."""
    by_rows = name == "season" and season is not None
    if name == "year" and season is not None:
        return _("The record says after how many rows a pattern repeats (baseline.season).")
    if history.key is None and not (history.grouped and (name == "last" or by_rows)):
        return _("Several rows share a moment, and no columns tell them apart.")
    if name != "last" and not history.dated and season is None:
        return _("No column says when a row was, and the record does not say after how many rows "
                 "a pattern repeats (baseline.season).")  # fmt: skip
    return ""


def _wanted(name: str, season: int | None, history: History, newest: Values) -> tuple[Values, str]:
    """The values, and what they are in words."""
    if name == "last":
        return newest, _what_last(history)
    if season is not None:
        return rows_before(history, season), plural(
            "The same period before is the row before.",
            "The same period before is {n} rows before.",
            season,
        )
    return period_before(history, PERIODS[name]), _what_period(name, history)


def _what_period(name: str, history: History) -> str:
    values = {"n": days(PERIODS[name], history), "columns": ", ".join(history.by)}
    if name == "season":
        alone = _("The same period before is {n} days before.", **values)
        alike = _("The same period before is {n} days before, with the same {columns}.", **values)
    else:
        alone = _("The same period a year before is {n} days before.", **values)
        alike = _("The same period a year before is {n} days before, with the same {columns}.",
                  **values)  # fmt: skip
    return alike if history.by else alone


def _what_last(history: History) -> str:
    said = _("The last value is that of the row before.")
    if history.by:
        said = _("The last value is that of the row before with the same {columns}.",
                 columns=", ".join(history.by))  # fmt: skip
    if not history.delay:
        return said
    late = plural(
        "Labels come {days} day late: younger values are not used.",
        "Labels come {days} days late: younger values are not used.",
        1 if history.delay == DAY else 2,
        days=number(history.delay / DAY),
    )
    return f"{said} {late}"


def _too_few(share: float) -> str:
    return _("Only {share} of the tested rows have such a row before them; it takes {least}.",
             share=percent(share, 0), least=percent(LEAST_SHARE, 0))  # fmt: skip


def _fallen_back(name: str, n: int, tested: int) -> str:
    if not n:
        return ""
    if name == "last":
        return plural("{n} of {tested} tested rows has none, and gets the last one of training.",
                      "{n} of {tested} tested rows have none, and get the last one of training.",
                      n, tested=number(tested))  # fmt: skip
    return plural("{n} of {tested} tested rows has none, and gets the last value.",
                  "{n} of {tested} tested rows have none, and get the last value.",
                  n, tested=number(tested))  # fmt: skip


def _beside(history: History, values: Values, frame: pd.DataFrame) -> pd.Series:
    """The values beside the rows of the sample; NaN for rows without a moment."""
    found = pd.Series(values, index=history.index).reindex(frame.index)
    return found.where(found.notna(), np.nan).infer_objects()


def _tested(splits: Splits) -> Rows:
    return np.concatenate([splits.tested, splits.held])


def _reserved(name: str, frame: pd.DataFrame) -> str:
    """A name that no column of the table has."""
    found = f"past {name}"
    while found in frame.columns:
        found += "_"
    return found
