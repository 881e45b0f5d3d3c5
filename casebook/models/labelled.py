"""The rows that models learn from: labelled, sampled where there are many, split once."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pandas as pd

from casebook.case import Case
from casebook.exceptions import ModelError
from casebook.expressions import identifier
from casebook.formats import number
from casebook.language import _, plural
from casebook.models.features import Features, features_of
from casebook.models.human import decisions, human_column
from casebook.models.past import with_past
from casebook.models.setting import Own, Setting
from casebook.models.target import target_of, target_value
from casebook.stats.metrics import MANY, NUMBER, TWO
from casebook.stats.splits import Splits, Wanted, make_splits
from casebook.tables import Table

FOLDS = 5
HOLDOUT = 0.2
"""The share of rows kept for the last test, where the record names none."""


@dataclass(frozen=True, eq=False)
class Labelled:
    """Rows with a label, their split, and how they came about.

    X: (n_rows, n_columns) raw columns; y: (n_rows,) class names as text, or floats.
    classes: for two classes the positive one is last; empty for regression.
    rows_unlabelled: rows of the table without a label; they are not among X.
    rows_available: labelled rows before sampling.
    folds_left_out: the first ones in time, whose training rows had one class only.
    """

    X: pd.DataFrame
    y: pd.Series
    task: str
    classes: tuple[str, ...]
    setting: Setting
    splits: Splits
    rows_unlabelled: int
    rows_available: int
    folds_left_out: int = 0

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
        if self.folds_left_out:
            parts.append(
                plural(
                    "The first split in time is left out: before it there was one class only.",
                    "The first {n} splits in time are left out: before them there was one class "
                    "only.",
                    self.folds_left_out,
                )
            )
        return " ".join(parts)


def labelled(
    case: Case,
    table: Table,
    *,
    seed: int = 0,
    most: int | None = None,
    hold_out: bool = False,
    past: bool = True,
) -> Labelled:
    """The labelled rows of the case's table, ready for candidates.

    hold_out: keep a share of the rows for a last test, and leave out of training what was not
    known yet when a test began. past: add the columns of past values, which some candidates say.
    Raises ModelError when there is no target, no labelled row or one class only; TableError when
    rows are too few to split.
    """
    available, frame = _rows(case, table, seed, most)
    y, classes = target_of(case, frame[table.target], table.task)
    task = NUMBER if not classes else TWO if len(classes) == 2 else MANY
    setting = _setting(case, table, task, classes, seed)
    if setting.human:
        frame[setting.human] = decisions(case, frame[setting.human], classes)
    time, group = _split_columns(case, table)
    made = make_splits(
        y,
        classes=bool(classes),
        time=frame[time] if time else None,
        groups=frame[group] if group else None,
        ordered=case.record.data.ordered is True and case.record.baseline.split in (None, "time"),
        wanted=wanted_splits(case, seed=seed, hold_out=hold_out),
    )
    splits = _learnable(case, made, y) if classes else made
    if past:
        frame, found = with_past(case, table, frame, splits, classes=bool(classes))
        setting = replace(setting, past=found)
    left_out = len(made.folds) - len(splits.folds)
    return Labelled(
        frame, y, task, classes, setting, splits, table.rows - available, available, left_out
    )


def _rows(case: Case, table: Table, seed: int, most: int | None) -> tuple[int, pd.DataFrame]:
    """How many rows have a label, and these rows, or a sample of them where there are many."""
    target = table.target
    if target is None:
        raise ModelError(
            _("there is no column to be predicted."),
            place=case.place("data.target"),
            hint=_("Set data.target in case.yaml to a column of '{table}'.", table=table.name),
        )
    known = f"{identifier(target)} IS NOT NULL"
    data = case.record.data
    frame = table.frame(where=known, limit=min(data.max_rows, most or data.max_rows), seed=seed)
    if not len(frame):
        raise ModelError(
            _("the target '{name}' has no value in any row.", name=target),
            place=case.place("data.target"),
        )
    return table.count(known), frame


def _learnable(case: Case, splits: Splits, y: pd.Series) -> Splits:
    """The splits without those in time before which there was one class only.

    Raises ModelError where fewer than two remain.
    """
    folds = tuple(fold for fold in splits.folds if len(y.iloc[fold[0]].unique()) > 1)
    if len(folds) < 2:
        raise ModelError(
            _("the classes of the target come one after the other in time: before nearly every "
              "test there was one class only, '{value}'.", value=y.iloc[splits.folds[0][0][0]]),
            place=case.place("data.target"),
            hint=_("Leave out the time in which there was one class only (data.filter)."),
        )  # fmt: skip
    return replace(splits, folds=folds)


def wanted_splits(case: Case, *, seed: int, hold_out: bool) -> Wanted:
    """Folds, the share that is kept for the last test, and the delay of labels, by the record."""
    baseline, delay = case.record.baseline, case.record.objectives.label.delay_days
    share = HOLDOUT if baseline.holdout is None else baseline.holdout
    return Wanted(
        folds=baseline.folds or FOLDS,
        holdout=share if hold_out else 0.0,
        delay_days=(delay or 0.0) if hold_out else 0.0,
        seed=seed,
    )


def _split_columns(case: Case, table: Table) -> tuple[str | None, str | None]:
    """The columns of time and of groups that rows are split by, as the record wants it.

    Raises ModelError where it wants a split by a column that is not there.
    """
    wanted, group = case.record.baseline.split, case.record.data.group
    there = {"time": table.time or case.record.data.ordered, "group": group}
    if wanted in there and not there[wanted]:
        raise ModelError(
            _("the record wants a split by {kind}, and there is no such column.", kind=wanted),
            place=case.place("baseline.split"),
            hint=_("Set data.{kind}.", kind=wanted),
        )
    time = table.time if wanted in (None, "time") else None
    return time, group if wanted in (None, "group") else None


def _setting(case: Case, table: Table, task: str, classes: tuple[str, ...], seed: int) -> Setting:
    data, baseline = case.record.data, case.record.baseline
    human = human_column(case, table)
    left_out = [name for name in (data.group, table.target, human) if name]
    check_rules(case, table)
    rules = tuple(
        (rule.condition, target_value(case, f"baseline.rules.{i}.then", rule.then, classes))
        for i, rule in enumerate(baseline.rules)
    )
    default = baseline.default
    if default is not None:
        default = target_value(case, "baseline.default", default, classes)
    return Setting(task, features_of(table, left_out), rules, default, seed, human, table.time,
                   own=_own(case))  # fmt: skip


def _own(case: Case) -> tuple[Own, ...]:
    """The estimators that the record adds, each with the places of its answers."""
    return tuple(
        Own(
            one.name,
            one.path,
            tuple(one.parameters.items()),
            {
                field: case.place(f"baseline.estimators.{i}.{field}")
                for field in ("name", "path", "parameters")
            },
        )
        for i, one in enumerate(case.record.baseline.estimators)
    )


def check_rules(case: Case, table: Table) -> None:
    """Raises ExpressionError, with its place, for a rule that does not fit the table."""
    for i, rule in enumerate(case.record.baseline.rules):
        table.expression(rule.condition, place=case.place(f"baseline.rules.{i}.if"))
