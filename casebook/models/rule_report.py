"""What each rule of an ordered table does: the rows that it takes, and how right it is there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from casebook.expressions import check
from casebook.expressions.holds import Holds, Mask, holds
from casebook.stats.blocks import average, share
from casebook.stats.estimate import Estimate

Value = str | float


@dataclass(frozen=True)
class Overlap:
    """Rows for which a rule holds, and which an earlier rule takes. number: of the earlier one.

    exception: whether it holds for all rows that the earlier one takes, as a general rule does
    behind its exception. Otherwise neither is part of the other, and only their order decides.
    """

    number: int
    rows: int
    exception: bool = False


@dataclass(frozen=True)
class RuleLine:
    """One rule, counted; the last line of a table is its default.

    number: its place from 1; 0 for the default. condition: SQL, empty for the default.
    value: what it says; None where a default has no rows to learn from.
    rows: of the table. holds: where the condition is true; takes: where no earlier one is too.
    unknown: rows that it does not take because a value is missing.
    right: share of the rows taken for which it is right; for numbers the mean absolute error; None
        where it takes no row.
    typical: the median target of the rows taken, for numbers.
    behind: numbers of the earlier rules that take all of its rows; empty unless they do.
    conflicts: earlier rules with another value that take rows for which this one holds as well.
    redundant: whether every prediction would be the same without it.
    """

    number: int
    condition: str
    value: Value | None
    rows: int
    holds: int
    takes: int
    unknown: int
    right: Estimate | None
    typical: float | None = None
    behind: tuple[int, ...] = ()
    conflicts: tuple[Overlap, ...] = ()
    redundant: bool = False

    @property
    def coverage(self) -> float:
        """The share of all rows that it takes."""
        return self.takes / self.rows if self.rows else 0.0

    @property
    def contradicts(self) -> tuple[Overlap, ...]:
        """The conflicts that are no exceptions from it."""
        return tuple(one for one in self.conflicts if not one.exception)

    @property
    def never(self) -> bool:
        """Whether the condition holds in no row at all."""
        return self.number > 0 and self.holds == 0

    @property
    def unreachable(self) -> bool:
        """Whether it takes no row."""
        return self.number > 0 and self.takes == 0


def rule_lines(
    rules: Sequence[tuple[str, Value]],
    default: Value | None,
    X: pd.DataFrame,
    y: pd.Series,
    classes: Sequence[str],
    *,
    units: npt.NDArray[np.intp] | None = None,
) -> tuple[RuleLine, ...]:
    """Each rule and the default, counted on these rows.

    rules: (SQL condition, value) in order. default: None says the most frequent class, or the
    median, of the rows that no rule takes. classes: empty for numbers. units: (n_rows,) code of
    the block that a row belongs to; blocks widen the intervals.
    Raises ExpressionError for a condition that is none over the columns of `X`.
    """
    return lines_of(masks(rules, X), rules, default, y, classes, units=units)


def masks(rules: Sequence[tuple[str, Value]], X: pd.DataFrame) -> tuple[Holds, ...]:
    """Where the condition of each rule holds. Raises ExpressionError."""
    names = tuple(map(str, X.columns))
    return holds(X, [check(text, names, aggregate=False) for text, _value in rules])


def lines_of(
    found: Sequence[Holds],
    rules: Sequence[tuple[str, Value]],
    default: Value | None,
    y: pd.Series,
    classes: Sequence[str],
    *,
    units: npt.NDArray[np.intp] | None = None,
) -> tuple[RuleLine, ...]:
    """As `rule_lines`, from where each condition holds."""
    truth = y.to_numpy(dtype=object if classes else float)
    values = [value for _text, value in rules]
    table = _Table(found, values, default, truth, named=bool(classes), units=units)
    lines = [table.line(place, text, value) for place, (text, value) in enumerate(rules)]
    return (*lines, table.rest())


def together(
    found: Sequence[Holds],
    rules: Sequence[tuple[str, Value]],
    default: Value | None,
    y: pd.Series,
    classes: Sequence[str],
    *,
    units: npt.NDArray[np.intp] | None = None,
) -> Estimate | None:
    """How right all rules and the default are together; None without rows. As `lines_of`."""
    truth = y.to_numpy(dtype=object if classes else float)
    values = [value for _text, value in rules]
    table = _Table(found, values, default, truth, named=bool(classes), units=units)
    said = table.said()
    if not len(truth) or table.default is None:
        return None
    if classes:
        return share(np.asarray(said == truth, dtype=bool), units)
    return average(np.abs(said.astype(float) - truth), units)


class _Table:
    """The rules on the rows: who takes which, and who would be next."""

    def __init__(
        self,
        found: Sequence[Holds],
        values: Sequence[Value],
        default: Value | None,
        truth: npt.NDArray[Any],
        *,
        named: bool,
        units: npt.NDArray[np.intp] | None,
    ) -> None:
        self.found, self.truth, self.named, self.units = found, truth, named, units
        self.values = [_plain(value, named) for value in values]
        self.n = len(truth)
        none = len(found)
        self.taken = np.full(self.n, none, dtype=np.intp)
        self.after = np.full(self.n, none, dtype=np.intp)  # who is next behind who takes it
        for place in reversed(range(none)):
            yes = found[place].yes
            self.after[yes] = self.taken[yes]
            self.taken[yes] = place
        self.default = _learned(default, truth, self.taken == none, named)

    def said(self) -> npt.NDArray[Any]:
        """(n_rows,) what is said of each row."""
        following: list[Value | None] = [*self.values, self.default]
        return np.asarray(following, dtype=object)[self.taken]

    def line(self, place: int, text: str, value: Value) -> RuleLine:
        yes, mine = self.found[place].yes, self.taken == place
        earlier, counts = np.unique(self.taken[yes & ~mine], return_counts=True)
        taken = np.bincount(self.taken, minlength=len(self.found) + 1)
        before = [
            Overlap(int(k) + 1, int(n), exception=bool(n == taken[k]))
            for k, n in zip(earlier, counts, strict=True)
        ]
        behind = () if mine.any() else tuple(one.number for one in before)
        others = [one for one in before if self.values[one.number - 1] != self.values[place]]
        unknown = self.found[place].unknown & (self.taken > place)
        return RuleLine(
            place + 1, text, value, self.n, int(yes.sum()), int(mine.sum()), int(unknown.sum()),
            *self._scored(mine, self.values[place]), behind, tuple(others), self._same(place, mine),
        )  # fmt: skip

    def rest(self) -> RuleLine:
        mine = self.taken == len(self.found)
        scored = self._scored(mine, self.default)
        n = int(mine.sum())
        return RuleLine(0, "", self.default, self.n, n, n, 0, *scored)

    def _scored(self, mine: Mask, value: Value | None) -> tuple[Estimate | None, float | None]:
        truth = self.truth[mine]
        if value is None or not len(truth):
            return None, None
        units = None if self.units is None else self.units[mine]
        if self.named:
            return share(np.asarray(truth == value, dtype=bool), units), None
        return average(np.abs(truth - float(value)), units), float(np.median(truth))

    def _same(self, place: int, mine: Mask) -> bool:
        """Whether what follows says the same of each of its rows."""
        following = [*self.values, self.default]
        return bool(mine.any()) and all(
            following[k] == self.values[place] for k in np.unique(self.after[mine])
        )


def _plain(value: Value, named: bool) -> Value:
    return str(value) if named else float(value)


def _learned(default: Value | None, truth: npt.NDArray[Any], rest: Mask, named: bool
             ) -> Value | None:  # fmt: skip
    """What the estimator learns where the record gives no default."""
    if default is not None:
        return _plain(default, named)
    known = truth[rest] if rest.any() or named else truth
    if not named:
        return float(np.median(known)) if len(known) else None
    names, counts = np.unique(np.asarray(known, dtype=str), return_counts=True)
    return str(names[counts.argmax()]) if len(names) else str(min(truth, default=""))
