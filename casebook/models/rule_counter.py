"""Rules counted again and again while a person changes them: each condition is evaluated once."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from casebook.exceptions import CasebookError, ModelError
from casebook.expressions import check
from casebook.expressions.holds import Holds, holds
from casebook.language import _
from casebook.models.labelled import Labelled
from casebook.models.rule_report import RuleLine, Value, lines_of, together
from casebook.models.rule_words import value_in_words
from casebook.models.target import as_class
from casebook.stats.estimate import Estimate
from casebook.stats.splits import Rows

MOST_KEPT = 200  # conditions, at two bits a row in NumPy's bytes
SUGGESTED = 40


class Counted(NamedTuple):
    """The lines of a table of rules, the default last, and what is wrong with rules by place."""

    lines: tuple[RuleLine, ...]
    troubles: Mapping[int, str]


class Counter:
    """Counts tables of rules on the labelled rows.

    rows: positions in `data` that are looked at; None is all.
    """

    def __init__(self, data: Labelled, rows: Rows | None = None) -> None:
        self.data = data
        self.rows = np.arange(len(data.y)) if rows is None else np.asarray(rows, dtype=np.intp)
        self.X = data.X if rows is None else data.X.iloc[self.rows]
        self._y = data.y if rows is None else data.y.iloc[self.rows]
        units = data.splits.units
        self._units = None if units is None else units[self.rows]
        self._names = tuple(map(str, data.X.columns))
        self._levels: dict[str, tuple[Any, ...]] = {}
        self._kept: OrderedDict[str, Holds] = OrderedDict()

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that a rule may look at, as models may."""
        return self.data.features.names

    def holds(self, text: str) -> Holds:
        """Where a condition holds. Raises ExpressionError."""
        if text not in self._kept:
            found = holds(self.X, [check(text, self._names, aggregate=False)])
            self._kept[text] = found[0]
            if len(self._kept) > MOST_KEPT:
                self._kept.popitem(last=False)
        self._kept.move_to_end(text)
        return self._kept[text]

    def value(self, given: object) -> Value:
        """What a rule says, as the target has it. Raises ModelError for anything else."""
        classes = self.data.classes
        if classes and as_class(given) in classes:
            return as_class(given)
        if not classes and isinstance(given, int | float) and np.isfinite(given):
            return float(given)
        allowed = ", ".join(map(repr, classes)) if classes else _("numbers")
        raise ModelError(
            _("'{value}' is not a value of the target; it has {allowed}.",
              value=given, allowed=allowed)
        )  # fmt: skip

    def count(self, rules: Sequence[tuple[str, Any]], default: Any = None) -> Counted:
        """Every rule and the default; one that is wrong takes no row, and says why."""
        nowhere = Holds(np.zeros(len(self._y), bool), np.zeros(len(self._y), bool))
        found, said, troubles = [], [], {}
        for place, (text, given) in enumerate(rules):
            value: Value = str(given) if self.data.classes else 0.0
            try:
                value, mask = self.value(given), self.holds(text)
            except CasebookError as error:
                troubles[place], mask = str(error), nowhere
            found.append(mask)
            said.append((text, value))
        try:
            rest = None if default is None else self.value(default)
        except CasebookError as error:
            troubles[len(rules)], rest = str(error), None
        lines = lines_of(found, said, rest, self._y, self.data.classes, units=self._units)
        return Counted(lines, troubles)

    def together(self, rules: Sequence[tuple[str, Any]], default: Any = None) -> Estimate | None:
        """How right all of it is together; None where a rule is wrong."""
        try:
            said = [(text, self.value(given)) for text, given in rules]
            found = [self.holds(text) for text, _given in rules]
            rest = None if default is None else self.value(default)
        except CasebookError:
            return None  # `count` says what is wrong
        classes = self.data.classes
        return together(found, said, rest, self._y, classes, units=self._units)

    def kind(self, column: str) -> str:
        """`number`, `time`, or `category` for all that is compared by its values."""
        features = self.data.features
        kinds = {"number": features.number, "time": features.time}
        return next((kind for kind, names in kinds.items() if column in names), "category")

    def missing(self, column: str) -> int:
        """How many rows lack a value."""
        return int(self.X[column].isna().sum())

    def levels(self, column: str) -> tuple[Any, ...]:
        """The most frequent values of a column, at most 40."""
        if column not in self._levels:
            counts = self.X[column].value_counts()
            self._levels[column] = tuple(_plain(value) for value in counts.index[:SUGGESTED])
        return self._levels[column]

    def usual(self, column: str) -> str:
        """What values a column usually has, in a sentence; empty for categories."""
        kind, held = self.kind(column), self.X[column].dropna()
        if not len(held) or kind == "category":
            return ""
        if kind == "time":
            return _("From {first} to {last}.", first=f"{held.min():%Y-%m-%d}",
                     last=f"{held.max():%Y-%m-%d}")  # fmt: skip
        low, middle, high = (float(held.quantile(at, "nearest")) for at in (0.05, 0.5, 0.95))
        return _("Most are from {low} to {high}; half are at most {middle}.",
                 low=value_in_words(low), high=value_in_words(high),
                 middle=value_in_words(middle))  # fmt: skip


def _plain(value: Any) -> Any:
    return value.item() if isinstance(value, np.generic) else value
