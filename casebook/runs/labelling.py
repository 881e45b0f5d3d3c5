"""Which rows a person should look at, one by one: those from which most can be learned.

Four reasons take turns, so that a reviewer cannot tell from the order what the model thinks. Rows
drawn at random are among them: only they say how often people agree with the labels of the table.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, zip_longest
from typing import Any, Literal

import numpy as np
import pandas as pd

from casebook.case import Case
from casebook.exceptions import ModelError
from casebook.expressions import identifier
from casebook.formats import number
from casebook.language import _
from casebook.models.file import SavedModel
from casebook.models.target import as_class, target_of
from casebook.runs.feedback import read_labels
from casebook.runs.model import saved_model
from casebook.runs.model_files import folder_with_model
from casebook.tables import Table

Reason = Literal["doubted", "unsure", "unlabelled", "random"]

MOST = 50
"""Rows that one sitting shows."""

_LOOKED_AT = 3_000  # labelled rows, drawn at random where there are more
_NEWEST_OF = 20_000  # unlabelled rows
_LONGEST = 2_000  # characters of one value that are shown


@dataclass(frozen=True)
class RowToLabel:
    """A row, and what is known of its label; a panel shows the second after the answer only.

    row: its id, or its number in the source from 0 where no column tells rows apart.
    cells: columns and values as a reader sees them, without sensitive ones. label: the table's
    own; None without.
    said: what the model says; None without a model. sure: how probable that is; None for numbers.
    """

    row: str
    cells: tuple[tuple[str, str], ...]
    reason: Reason
    label: str | None = field(default=None, repr=False)
    said: str | None = None
    sure: float | None = None


@dataclass(frozen=True)
class Queue:
    """Rows in the order in which they are shown. classes: empty where a label is a number.

    left_out: sensitive columns that are not shown. note: what is missing, such as the model.
    """

    rows: tuple[RowToLabel, ...]
    classes: tuple[str, ...]
    left_out: tuple[str, ...] = ()
    note: str = ""


def queue_of(case: Case, table: Table, *, most: int = MOST, seed: int = 0) -> Queue:
    """The rows to look at; those that somebody has labelled already are not among them.

    Doubted are rows of which the model says another label than the table, the surest first. It
    has learned from these rows, and says so all the same. Unsure: with the least distance between
    the two most probable classes. Unlabelled: the newest first.
    Raises ModelError without a target, StoreError where the labels so far cannot be read.
    """
    if table.target is None:
        raise ModelError(_("there is no column to be predicted."), place=case.place("data.target"))
    target = identifier(table.target)
    known = table.frame(where=f"{target} IS NOT NULL", limit=_LOOKED_AT, seed=seed)
    new = _newest(table, table.frame(where=f"{target} IS NULL", limit=_NEWEST_OF, seed=seed), most)
    y, classes = target_of(case, known[table.target], table.task)
    model, note = _model(case, classes)
    rows = pd.concat([known, new.iloc[:most]])
    look = _Look(table, rows, y, classes, model)
    reviewed = set(read_labels(case).index)
    order = _taking_turns(look.orders(seed))
    chosen = (look.row(place, reason) for place, reason in order)
    shown = [one for one in chosen if one.row not in reviewed][:most]
    left_out = tuple(column.name for column in table.columns if column.sensitive)
    return Queue(tuple(shown), classes, left_out, note)


def _model(case: Case, classes: tuple[str, ...]) -> tuple[SavedModel | None, str]:
    """The model that the prototype tries, and in words why there is none."""
    folder = folder_with_model(case.folder)
    if folder is None:
        return None, _("There is no saved model yet, so rows are drawn at random.")
    try:
        model = saved_model(folder, case)
    except ModelError as error:
        return None, _("Rows are drawn at random: {why}", why=error)
    if model.file.classes != classes:
        return None, _("Rows are drawn at random: the model knows other labels than the table.")
    return model, ""


class _Look:
    """Rows, what the table says of the first of them, and what the model says of all."""

    def __init__(
        self, table: Table, rows: pd.DataFrame, y: pd.Series, classes: tuple[str, ...],
        model: SavedModel | None,
    ) -> None:  # fmt: skip
        """y: of the first rows: class names, or floats where there are no classes."""
        self.rows, self.classes, self.ids = rows, classes, _ids(table, rows)
        hidden = {table.target, *(column.name for column in table.columns if column.sensitive)}
        self.columns = [name for name in table.names if name not in hidden]
        self.truth = y.to_numpy()
        self.answers = None if model is None else np.asarray(model.predict(rows))
        self.shares = None if model is None else _shares(model, rows)

    def orders(self, seed: int) -> Mapping[Reason, Sequence[int]]:
        """Places of rows by reason, those first that are to be seen first."""
        known = len(self.truth)
        return {
            "doubted": self._doubted(),
            "unlabelled": range(known, len(self.rows)),
            "unsure": self._unsure(),
            "random": np.random.default_rng(seed).permutation(known).tolist(),
        }

    def _doubted(self) -> Sequence[int]:
        """Labelled rows of which the model says something else, the surest or farthest first."""
        if self.answers is None:
            return []
        said = self.answers[: len(self.truth)]
        if not self.classes:
            far: list[int] = np.argsort(-np.abs(said - self.truth), kind="stable").tolist()
            return far
        other = [i for i, one in enumerate(said) if as_class(one) != self.truth[i]]
        return sorted(other, key=lambda i: -(self._sure(i) or 0.0))

    def _unsure(self) -> Sequence[int]:
        if self.shares is None:
            return []
        two = np.sort(self.shares, axis=1)[:, -2:]
        near: list[int] = np.argsort(two[:, 1] - two[:, 0], kind="stable").tolist()
        return near

    def _sure(self, place: int) -> float | None:
        """How probable the model's answer is: of the class that it says, by its threshold."""
        if self.shares is None or self.answers is None:
            return None
        return float(self.shares[place, self.classes.index(as_class(self.answers[place]))])

    def row(self, place: int, reason: Reason) -> RowToLabel:
        """A row as it is shown, and what is known of it."""
        values = self.rows.iloc[place]
        shown = tuple((name, _shown(values[name])) for name in self.columns)
        label = _said(self.truth[place]) if place < len(self.truth) else None
        said = None if self.answers is None else _said(self.answers[place])
        return RowToLabel(self.ids[place], shown, reason, label, said, self._sure(place))


def _shares(model: SavedModel, rows: pd.DataFrame) -> Any:
    """(n_rows, n_classes) probabilities; None where the model has none."""
    if not model.file.classes or not hasattr(model.estimator, "predict_proba"):
        return None
    return np.asarray(model.predict_proba(rows))


def _taking_turns(orders: Mapping[Reason, Sequence[int]]) -> Iterator[tuple[int, Reason]]:
    """Each place once, for the first reason that names it, the reasons in turn."""
    named: list[list[tuple[int, Reason]]] = [
        [(place, reason) for place in places] for reason, places in orders.items()
    ]
    seen: set[int] = set()
    turns: Iterable[tuple[int, Reason] | None] = chain.from_iterable(zip_longest(*named))
    for one in turns:
        if one is not None and one[0] not in seen:
            seen.add(one[0])
            yield one


def _newest(table: Table, frame: pd.DataFrame, most: int) -> pd.DataFrame:
    """Rows by their time, the newest first; the last of the source where there is no time."""
    if table.time is None:
        return frame.iloc[::-1].iloc[:most]
    return frame.sort_values(table.time, ascending=False, kind="stable").iloc[:most]


def _ids(table: Table, rows: pd.DataFrame) -> list[str]:
    """What tells rows apart, as texts: a column of ids that has no value twice, else numbers."""
    for name in table.with_role("id"):
        column = table.column(name)
        if column.distinct == table.rows and not column.missing:
            return [as_class(one) for one in rows[name]]
    return [str(one) for one in rows.index]


def _said(value: Any) -> str:
    return value if isinstance(value, str) else number(float(value))


def _shown(value: Any) -> str:
    if pd.isna(value):
        return "–"
    if isinstance(value, pd.Timestamp) and value == value.normalize():
        return str(value.date())
    text = as_class(value)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
