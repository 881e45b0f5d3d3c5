"""The tested rows of a candidate with what their answers cost, and how many rows a period has."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from casebook.case import Case
from casebook.evidence.rate import decisions_per_day
from casebook.exceptions import ModelError
from casebook.formats import number
from casebook.language import _, plural
from casebook.models.crossval import OutOfFold
from casebook.models.labelled import Labelled
from casebook.phases.baseline_threshold_data import PER, Outcomes, Volume
from casebook.stats.costs import Costs, break_even
from casebook.stats.metrics import Floats, Rows
from casebook.tables import Table

DAYS = {"day": 1.0, "week": 7.0, "month": 365.25 / 12}
_SPANS = {"day": "D", "week": "W", "month": "M"}


@dataclass(frozen=True, eq=False)
class Tested:
    """Rows that were not seen by the fit that speaks of them, sorted by probability; all (n,).

    amount: by what a row's costs are multiplied, 1 where the record has no such expression.
    time: moments, or None without a column of time.
    """

    truth: npt.NDArray[np.bool_]
    probability: Floats
    amount: Floats
    fold: Rows
    units: Rows | None
    time: pd.Series | None
    notes: tuple[str, ...] = ()

    def costs(self, costs: Outcomes) -> Floats:
        """(n, 4) the costs of the outcomes of each row."""
        return np.outer(self.amount, np.array(costs))

    def spans(self, period: str) -> npt.NDArray[Any] | None:
        """(n,) the period of each row, -1 without a time and in the first and last period.

        Those two may not be all there. None without times.
        """
        if self.time is None or period not in _SPANS:
            return None
        codes = pd.factorize(self.time.dt.to_period(_SPANS[period]), sort=True)[0]
        codes = np.asarray(codes)
        return np.where((codes == 0) | (codes == codes.max()), -1, codes)


def tested(case: Case, table: Table, data: Labelled, out: OutOfFold) -> Tested:
    """The rows of `out`, without those whose amount is missing or negative; these are counted.

    Raises ModelError where the expression of amounts gives no numbers, ExpressionError where it
    does not fit the table.
    """
    assert out.predictions.probability is not None
    probability = np.clip(out.predictions.probability[:, 1], 0.0, 1.0)
    amount = _amounts(case, table, data, out.rows)
    known = np.isfinite(amount) & (amount >= 0)
    order = np.flatnonzero(known)[np.argsort(probability[known], kind="stable")]
    units = data.splits.units
    blocks = None if units is None else np.unique(units[out.rows], return_inverse=True)[1]
    times = data.X[table.time].iloc[out.rows[order]] if table.time else None
    return Tested(
        out.predictions.truth[order] == 1,
        probability[order],
        amount[order],
        out.fold[order],
        None if blocks is None else blocks[order],
        None if times is None else pd.to_datetime(times).reset_index(drop=True),
        tuple(_left_out(amount)),
    )


def _amounts(case: Case, table: Table, data: Labelled, rows: Rows) -> Floats:
    text, place = case.record.objectives.costs.per_row, "objectives.costs.per_row"
    if text is None:
        return np.ones(len(rows))
    values = table.evaluate(table.expression(text, place=case.place(place)))
    values = values.reindex(data.X.index).iloc[rows]
    if not (pd.api.types.is_numeric_dtype(values) or pd.api.types.is_bool_dtype(values)):
        raise ModelError(
            _("'{text}' gives no numbers; costs are multiplied by it.", text=text),
            place=case.place(place),
        )
    return values.to_numpy(dtype=float, na_value=np.nan)


def _left_out(amount: Floats) -> list[str]:
    missing = int(np.count_nonzero(~np.isfinite(amount)))
    negative = int(np.count_nonzero(amount < 0))
    said = []
    if missing:
        said.append(plural(
            "{n} tested row has no amount (objectives.costs.per_row) and is left out here.",
            "{n} tested rows have no amount (objectives.costs.per_row) and are left out here.",
            missing))  # fmt: skip
    if negative:
        said.append(plural(
            "{n} tested row has a negative amount, which would turn its costs around, and is left "
            "out here.",
            "{n} tested rows have a negative amount, which would turn their costs around, and are "
            "left out here.", negative))  # fmt: skip
    return said


def costs_of(case: Case) -> tuple[Outcomes | None, tuple[str, ...]]:
    """The record's costs, or None with the reason why there are none that make sense."""
    found = Costs.from_record(case.record.objectives.costs)
    if found is None:
        return None, ()
    alarm = found.false_positive - found.true_negative
    if break_even(alarm, found.false_negative - found.true_positive) is None:
        said = _("By the record's costs (objectives.costs) no answer is better than another, or "
                 "wrong ones are better than right ones; they are not used.")  # fmt: skip
        return None, (said,)
    return Outcomes(
        found.true_positive, found.false_positive, found.false_negative, found.true_negative
    ), ()


def volume(case: Case, table: Table) -> Volume:
    """How many rows a period has, by the record or the times of the table, and where it is from."""
    capacity = case.record.objectives.capacity
    rate = decisions_per_day(case, table)
    if rate is not None and (capacity.amount is None or capacity.period is not None):
        period = capacity.period or "week"
        rows = rate.value * DAYS[period]
        by_record = case.record.feasibility.decisions_per_day is not None
        words = {"n": number(round(rows)), "period": _PERIODS[period]()}
        if by_record:
            said = _("There are about {n} rows a {period} (feasibility.decisions_per_day).",
                     **words)  # fmt: skip
        else:
            said = _("There are about {n} rows a {period}, by their times.", **words)
        return Volume(rows, period, said)
    if capacity.amount is None:
        return Volume(float(PER), "1000", "")
    return Volume(float(max(1, table.rows)), "table", _whole_table(case, table))


def _whole_table(case: Case, table: Table) -> str:
    n, period = number(table.rows), case.record.objectives.capacity.period
    if period is None:
        return _("The capacity has no period (objectives.capacity.period): it is taken for all {n} "
                 "rows of the table.", n=n)  # fmt: skip
    return _("Nothing says how many rows a {period} has (data.time, "
             "feasibility.decisions_per_day): the capacity is taken for all {n} rows of the table.",
             period=_PERIODS[period](), n=n)  # fmt: skip


_PERIODS = {"day": lambda: _("day"), "week": lambda: _("week"), "month": lambda: _("month")}
