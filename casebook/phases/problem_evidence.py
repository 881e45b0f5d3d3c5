"""What the problem phase asks of the tables: each claim compared, and the size of each cause."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from casebook.case import Case
from casebook.case.sections_symptom import Comparison
from casebook.expressions import identifier
from casebook.stats.comparison import (
    FEWEST,
    Compared,
    Side,
    compare,
    compare_rows,
    verdict,
)
from casebook.stats.estimate import Estimate
from casebook.tables import Table

FEWEST_OF_EACH = 10
"""Rows with each of the two values that a yes or no needs, or a share says nothing."""
_UNIT = ("rows_in", "sum_in", "rows_out", "sum_out")


@dataclass(frozen=True)
class Tested:
    """A comparison of the record, and what the data say of it.

    verdict: supports, does not support, cannot tell; why: a code, where they cannot tell.
    share: the outcome is yes or no, so that means are shares. together: the column whose rows
    stayed together, `day`, or empty where each row stands alone; difference.n counts them.
    left_out: rows of the groups without the outcome. spread: standard deviation of the outcome.
    """

    group: str
    against: str
    outcome: str
    expect: str
    where: str
    table: str
    verdict: str
    why: str
    share: bool
    inside: Side | None
    outside: Side | None
    difference: Estimate | None
    margin: float | None
    spread: float
    together: str
    left_out: int


@dataclass(frozen=True)
class Asked:
    """A comparison of the record, the table that it is about, and its place in the record."""

    case: Case
    table: Table
    comparison: Comparison
    path: str


@dataclass(frozen=True)
class Groups:
    """The conditions of a comparison as SQL over a row of its table."""

    inside: str
    outside: str
    among: str
    outcome: str

    def sums(self) -> dict[str, str]:
        """SQL of rows and sums in both groups, and of what tells a yes or no."""
        known = f"{self.outcome} IS NOT NULL"
        found = {}
        for name, group in (("in", self.inside), ("out", self.outside)):
            found[f"rows_{name}"] = f"COUNT(*) FILTER (WHERE {group} AND {known})"
            found[f"sum_{name}"] = f"COALESCE(SUM({self.outcome}) FILTER (WHERE {group}), 0)"
        return found

    def spread(self) -> dict[str, str]:
        """SQL of how the outcome is spread over both groups, and of the rows without it."""
        both = f"(({self.inside}) OR ({self.outside}))"
        return {
            "deviation": f"STDDEV_POP({self.outcome}) FILTER (WHERE {both})",
            "ones": f"COUNT(*) FILTER (WHERE {both} AND {self.outcome} = 1)",
            "zeros": f"COUNT(*) FILTER (WHERE {both} AND {self.outcome} = 0)",
            "known": f"COUNT({self.outcome}) FILTER (WHERE {both})",
            "all": f"COUNT(*) FILTER (WHERE {both})",
        }

    def moments(self) -> dict[str, str]:
        """SQL of the variances of both groups."""
        return {
            f"variance_{name}": f"VAR_SAMP({self.outcome}) FILTER (WHERE {group})"
            for name, group in (("in", self.inside), ("out", self.outside))
        }


def groups_of(asked: Asked) -> Groups:
    """The checked SQL of a comparison. Raises ExpressionError with the place in the record."""

    def sql(name: str) -> str:
        text = getattr(asked.comparison, name)
        if not text:
            return "true"
        place = asked.case.place(f"{asked.path}.{name}")
        return asked.table.expression(text, place=place).sql

    group, among = sql("group"), sql("where")
    inside = f"({among} AND {group})"
    outside = f"({among} AND {sql('against')} AND NOT {group})"
    return Groups(inside, outside, among, f"CAST({sql('outcome')} AS DOUBLE)")


def tested(asked: Asked, *, comparisons: int, seed: int) -> Tested:
    """One comparison, its interval made for `comparisons` of them together."""
    groups, comparison = groups_of(asked), asked.comparison
    spread = asked.table.aggregate(groups.spread()).fillna({"deviation": 0.0}).iloc[0]
    deviation = float(spread["deviation"])
    together, found = _compared(asked, groups, deviation, comparisons=comparisons, seed=seed)
    if found is not None and comparison.matters is not None:
        found = replace(found, margin=comparison.matters)
    share = bool(spread["known"] and spread["ones"] + spread["zeros"] == spread["known"])
    why = _why(found, spread, share=share)
    return Tested(
        group=comparison.group,
        against=comparison.against or "",
        outcome=comparison.outcome,
        expect=comparison.expect,
        where=comparison.where or "",
        table=asked.table.name,
        verdict="cannot tell" if why or found is None else verdict(found, comparison.expect),
        why=why,
        share=share,
        inside=found.inside if found else None,
        outside=found.outside if found else None,
        difference=found.difference if found else None,
        margin=found.margin if found else None,
        spread=deviation,
        together=together,
        left_out=int(spread["all"] - spread["known"]),
    )


def _why(found: Compared | None, spread: pd.Series, *, share: bool) -> str:
    if found is None:
        return "empty"
    if min(found.inside.units, found.outside.units) < FEWEST:
        return "few"
    if not spread["deviation"]:
        return "same"
    if share and min(spread["ones"], spread["zeros"]) < FEWEST_OF_EACH:
        return "rare"
    return ""


def _compared(
    asked: Asked, groups: Groups, deviation: float, *, comparisons: int, seed: int
) -> tuple[str, Compared | None]:
    """By the unit whose rows depend on each other the most: the one with the widest error."""
    table, kinds = asked.table, units_of(asked.case, asked.table)
    if not kinds:
        row = table.aggregate({**groups.sums(), **groups.moments()}).iloc[0].fillna(0.0)
        return "", compare_rows(_moments(row), deviation, comparisons=comparisons)
    either = f"({groups.inside} OR {groups.outside})"
    sums = {name: table.aggregate(groups.sums(), {"unit": sql}, either)
            for name, sql in kinds.items()}  # fmt: skip
    arrays = {name: frame[list(_UNIT)].to_numpy(dtype=float) for name, frame in sums.items()}
    arrays = {name: units[units[:, [0, 2]].sum(axis=1) > 0] for name, units in arrays.items()}
    name = max(arrays, key=lambda name: _error(arrays[name]))
    return name, compare(arrays[name], deviation, comparisons=comparisons, seed=seed)


def _error(units: np.ndarray) -> float:
    """The standard error of the difference over these units, without resampling."""
    rows, total, others, other_total = units.sum(axis=0) if len(units) else np.zeros(4)
    if not rows or not others:
        return 0.0
    own = (units[:, 1] - total / rows * units[:, 0]) / rows
    other = (units[:, 3] - other_total / others * units[:, 2]) / others
    return float(np.sqrt(np.sum((own - other) ** 2)))


def _moments(row: pd.Series) -> list[tuple[int, float, float]]:
    return [
        (
            int(row[f"rows_{name}"]),
            float(row[f"sum_{name}"]) / max(1, int(row[f"rows_{name}"])),
            float(row[f"variance_{name}"]),
        )
        for name in ("in", "out")
    ]


def units_of(case: Case, table: Table) -> dict[str, str]:
    """What may keep rows together, by name, as SQL: the id that comes again, and the day.

    The record's group in the main table; in another one the id with the fewest values of those
    that come again. Rows without an id are taken by their time.
    """
    found = {}
    column = _group(case, table)
    if column is not None:
        cell = f"CAST({identifier(column)} AS VARCHAR)"
        if table.time:
            cell = f"COALESCE({cell}, CAST({identifier(table.time)} AS VARCHAR))"
        found[column] = cell
    if table.time and _days(table) >= FEWEST:
        found["day"] = f"DATE_TRUNC('day', {identifier(table.time)})"
    return found


def _group(case: Case, table: Table) -> str | None:
    group = case.record.data.group
    if group in table.names:
        return group
    again = [
        column for column in table.columns
        if column.role == "id" and column.distinct < table.rows - column.missing
    ]  # fmt: skip
    return min(again, key=lambda column: column.distinct).name if again else None


def _days(table: Table) -> int:
    assert table.time is not None
    day = f"COUNT(DISTINCT DATE_TRUNC('day', {identifier(table.time)}))"
    return int(table.aggregate({"n": day})["n"].iloc[0])
