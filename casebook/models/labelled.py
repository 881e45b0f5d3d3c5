"""The rows that models learn from: labelled, sampled where there are many, split once."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from casebook.case import Case
from casebook.exceptions import ModelError
from casebook.expressions import identifier
from casebook.formats import number
from casebook.language import _, plural
from casebook.models.classes import as_class, positive_class, target_value
from casebook.models.features import Features, features_of
from casebook.models.setting import Setting
from casebook.stats.metrics import MANY, NUMBER, TWO
from casebook.stats.splits import Splits, make_splits
from casebook.tables import Table

MOST_CLASSES = 100  # boosted trees grow a hundred trees a class and fold; scores need rows of each


@dataclass(frozen=True, eq=False)
class Labelled:
    """Rows with a label, their split, and how they came about.

    X: (n_rows, n_columns) raw columns; y: (n_rows,) class names as text, or floats.
    classes: for two classes the positive one is last; empty for regression.
    rows_unlabelled: rows of the table without a label; they are not among X.
    rows_available: labelled rows before sampling.
    """

    X: pd.DataFrame
    y: pd.Series
    task: str
    classes: tuple[str, ...]
    setting: Setting
    splits: Splits
    rows_unlabelled: int
    rows_available: int

    @property
    def features(self) -> Features:
        """The raw columns that models use."""
        return self.setting.features

    @property
    def positive(self) -> str | None:
        """The class that counts as yes, for two classes."""
        return self.classes[1] if self.task == TWO else None

    def sample_sentence(self) -> str:
        """What the models saw of the table, in words; empty when they saw all of it."""
        parts = []
        if self.rows_unlabelled:
            parts.append(
                plural(
                    "{n} row without a label is left out.",
                    "{n} rows without a label are left out.",
                    self.rows_unlabelled,
                )
            )
        if len(self.y) < self.rows_available:
            parts.append(
                _("Models saw a random sample of {shown} of {all} labelled rows (data.max_rows).",
                  shown=number(len(self.y)), all=number(self.rows_available))
            )  # fmt: skip
        return " ".join(parts)


def labelled(case: Case, table: Table, *, seed: int = 0, most: int | None = None) -> Labelled:
    """The labelled rows of the case's table, ready for candidates.

    Raises ModelError when there is no target, no labelled row or one class only; TableError when
    rows are too few to split.
    """
    target = table.target
    if target is None:
        raise ModelError(
            _("there is no column to be predicted."),
            place=case.place("data.target"),
            hint=_("Set data.target in case.yaml to a column of '{table}'.", table=table.name),
        )
    known = f"{identifier(target)} IS NOT NULL"
    available = table.count(known)
    data = case.record.data
    limit = min(data.max_rows, most or data.max_rows)
    frame = table.frame(where=known, limit=limit, seed=seed)
    if not len(frame):
        raise ModelError(
            _("the target '{name}' has no value in any row.", name=target),
            place=case.place("data.target"),
        )
    y, classes = _target(case, frame[target], table.task)
    task = NUMBER if not classes else TWO if len(classes) == 2 else MANY
    setting = _setting(case, table, task, classes, seed)
    time, group = _split_columns(case, table)
    splits = make_splits(
        y,
        classes=bool(classes),
        time=frame[time] if time else None,
        groups=frame[group] if group else None,
        folds=case.record.baseline.folds or 5,
        seed=seed,
    )
    return Labelled(frame, y, task, classes, setting, splits, table.rows - available, available)


def _split_columns(case: Case, table: Table) -> tuple[str | None, str | None]:
    """The columns of time and of groups that rows are split by, as the record wants it.

    Raises ModelError where it wants a split by a column that is not there.
    """
    wanted, group = case.record.baseline.split, case.record.data.group
    there = {"time": table.time, "group": group}
    if wanted in there and there[wanted] is None:
        raise ModelError(
            _("the record wants a split by {kind}, and there is no such column.", kind=wanted),
            place=case.place("baseline.split"),
            hint=_("Set data.{kind}.", kind=wanted),
        )
    time = table.time if wanted in (None, "time") else None
    return time, group if wanted in (None, "group") else None


def _setting(case: Case, table: Table, task: str, classes: tuple[str, ...], seed: int) -> Setting:
    data, baseline = case.record.data, case.record.baseline
    left_out = [name for name in (data.group, table.target, baseline.human) if name]
    check_rules(case, table)
    rules = tuple(
        (rule.condition, target_value(case, f"baseline.rules.{i}.then", rule.then, classes))
        for i, rule in enumerate(baseline.rules)
    )
    default = baseline.default
    if default is not None:
        default = target_value(case, "baseline.default", default, classes)
    return Setting(task, features_of(table, left_out), rules, default, seed)


def check_rules(case: Case, table: Table) -> None:
    """Raises ExpressionError, with its place, for a rule that does not fit the table."""
    for i, rule in enumerate(case.record.baseline.rules):
        table.expression(rule.condition, place=case.place(f"baseline.rules.{i}.if"))


def _target(case: Case, values: pd.Series, task: str | None) -> tuple[pd.Series, tuple[str, ...]]:
    if task == "regression":
        return values.astype(float), ()
    names = values.astype(object).map(as_class)
    counts = names.value_counts()
    if len(counts) < 2:
        raise ModelError(
            _("the target has one value only, '{value}': there is nothing to learn.",
              value=counts.index[0]),
            place=case.place("data.target"),
        )  # fmt: skip
    if len(counts) > MOST_CLASSES:
        raise ModelError(
            _("the target has {n} different values; models tell at most {most} classes apart.",
              n=number(len(counts)), most=MOST_CLASSES),
            place=case.place("data.target"),
            hint=_("If they are numbers, set data.task to regression; else merge rare ones, or "
                   "leave them out by data.filter."),
        )  # fmt: skip
    if len(counts) > 2:
        return names, tuple(sorted(counts.index))
    positive = positive_class(case, list(counts.index))
    negative = next(name for name in counts.index if name != positive)
    return names, (negative, positive)
