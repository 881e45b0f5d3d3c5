"""Who comes first: rows in the order of their need, up to what people can act on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import pandas as pd

from casebook.exceptions import ModelError
from casebook.expressions import identifier
from casebook.formats import number, percent
from casebook.language import _
from casebook.models.about import Cell
from casebook.models.target import as_class
from casebook.prototype.answer import answers, sentence
from casebook.prototype.opened import Prototype
from casebook.prototype.rows import plain_rows
from casebook.prototype.values import Answer, Field, Row

LATEST = 1_000
"""The most rows that are ranked, the latest ones."""
_SAYS = 0.01  # a value that does less is no reason
_AFTER = 10  # rows that are shown after those that people get to
_DAYS = {"day": 1, "week": 7, "month": 30}


@dataclass(frozen=True)
class Place:
    """Where a row stands: 1 is the greatest need. act: whether people get to it; None unsaid.

    period: in which rank and capacity are counted; empty where all rows are one.
    """

    rank: int
    act: bool | None = None
    period: str = ""


@dataclass(frozen=True)
class Ranked:
    """A row of the ranking: who or what it is, its answer, its place, and one main reason.

    reason: empty where no single value does much.
    """

    id: str
    row: Row
    answer: Answer
    place: Place
    time: Cell = None
    reason: str = ""


@dataclass(frozen=True)
class Latest:
    """Rows to be ranked, their ids and times; since: a day, empty where nothing is cut."""

    rows: tuple[Row, ...]
    ids: tuple[str, ...]
    times: tuple[Cell, ...]
    unlabelled: bool
    since: str


@dataclass(frozen=True)
class Ranking:
    """Rows with the greatest need first.

    acts_on, acted_words: the decision that people act on, and in words. amount, period: how many
    they can, and in what; None where the record does not say. unlabelled: whether the rows are
    those without a label. ranked: of how many rows these are the first; acted: to how many of all
    people get. since: the day from which the rows are; empty where all are taken.
    """

    rows: tuple[Ranked, ...]
    acts_on: Literal["yes", "no"]
    acted_words: str
    amount: int | None
    period: str | None
    unlabelled: bool
    ranked: int
    acted: int
    since: str = ""


def ranks_by_need(prototype: Prototype) -> bool:
    """Whether rows have an order of need: two classes with a probability."""
    return prototype.model.file.positive is not None


def placed(
    prototype: Prototype, said: Sequence[Answer | None], periods: Sequence[str]
) -> tuple[Place | None, ...]:
    """The place of each answer within its period; None where there is none, or no order.

    People act on the first of each period, as many as they can, and only where the decision is
    the one that they act on.
    """
    capacity = prototype.case.record.objectives.capacity
    on_yes = capacity.acts_on == "yes"
    found: list[Place | None] = [None] * len(said)
    seen: dict[str, int] = {}
    known = [at for at, one in enumerate(said) if one is not None and one.probability is not None]
    if not ranks_by_need(prototype):
        return tuple(found)
    for at in sorted(known, key=lambda at: _need(said[at], on_yes=on_yes)):
        period = periods[at]
        seen[period] = rank = seen.get(period, 0) + 1
        act = None
        if capacity.amount is not None:
            act = rank <= capacity.amount and _acted(said[at], on_yes=on_yes)
        found[at] = Place(rank, act, period)
    return tuple(found)


def _need(one: Answer | None, *, on_yes: bool) -> float:
    share = 0.0 if one is None or one.probability is None else one.probability
    return -share if on_yes else share


def _acted(one: Answer | None, *, on_yes: bool) -> bool:
    return one is not None and one.decision == ("yes" if on_yes else "no")


def ranking(prototype: Prototype, n: int | None = None) -> Ranking:
    """The first n rows by need, of the latest without a label; of the latest where all have one.

    n: None takes all that people get to and a few after them, or 20.
    Raises ModelError where rows have no such order; else as `answers` and `Table.frame` do.
    """
    if not ranks_by_need(prototype):
        raise ModelError(
            _("only two classes with a probability can be ranked by need; this model predicts "
              "'{target}' otherwise.", target=prototype.model.file.target)
        )  # fmt: skip
    capacity = prototype.case.record.objectives.capacity
    latest = latest_of(prototype)
    said = answers(prototype, latest.rows)
    places = placed(prototype, said, [""] * len(said))
    acted = sum(bool(one and one.act) for one in places)
    most = n if n is not None else acted + _AFTER if capacity.amount else 20
    ranked = sorted((at for at, one in enumerate(places) if one), key=lambda at: _rank(places[at]))
    kept = ranked[:most]
    reasons = main_reasons(prototype, [latest.rows[at] for at in kept], capacity.acts_on == "yes")
    return Ranking(
        tuple(
            Ranked(latest.ids[at], latest.rows[at], said[at], place, latest.times[at], reason)
            for at, reason in zip(kept, reasons, strict=True)
            if (place := places[at]) is not None
        ),
        capacity.acts_on,
        _words(prototype, capacity.acts_on),
        capacity.amount,
        capacity.period,
        latest.unlabelled,
        len(said),
        acted,
        latest.since,
    )


def _rank(place: Place | None) -> int:
    return place.rank if place else 0


def _words(prototype: Prototype, acts_on: Literal["yes", "no"]) -> str:
    negative, positive = prototype.model.file.classes
    return sentence(prototype, positive if acts_on == "yes" else negative, acts_on)


def latest_of(prototype: Prototype) -> Latest:
    """The rows of the last day, week or month (as capacity counts), without a label if possible.

    Of rows that belong together (data.group) the latest one. At most `LATEST`.
    """
    table, file = prototype.table, prototype.model.file
    where = f"{identifier(file.target)} IS NULL"
    unlabelled = table.count(where) > 0
    since = _since(prototype, where if unlabelled else None)
    conditions = [where] if unlabelled else []
    if since:
        conditions.append(f"{identifier(table.time or '')} >= TIMESTAMP '{since}'")
    names = [column.name for column in file.columns]
    group = prototype.case.record.data.group
    who = group or next(iter(table.with_role("id")), "")
    wanted = list(dict.fromkeys([*names, *filter(None, (who, table.time))]))
    frame = table.frame(wanted, where=" AND ".join(f"({one})" for one in conditions) or None)
    if table.time:
        frame = frame.sort_values(table.time, kind="stable")
    if group:
        frame = frame[~frame[group].duplicated(keep="last") | frame[group].isna()]
    frame = frame.tail(LATEST)
    ids = plain_rows(frame[[who]]) if who else [{"": at + 1} for at in frame.index]
    times = plain_rows(frame[[table.time]]) if table.time else [{"": None}] * len(frame)
    return Latest(
        tuple(plain_rows(frame[names])),
        tuple(as_class(next(iter(one.values()))) for one in ids),
        tuple(next(iter(one.values())) for one in times),
        unlabelled,
        since[:10],
    )


def _since(prototype: Prototype, where: str | None) -> str:
    """The start of the last period of the rows; empty without a time or a period."""
    time, period = prototype.table.time, prototype.case.record.objectives.capacity.period
    if not time or period is None:
        return ""
    newest = prototype.table.aggregate({"newest": f"MAX({identifier(time)})"}, where=where)
    last = newest["newest"].iloc[0]
    if pd.isna(last):
        return ""
    first = pd.Timestamp(last).normalize() - pd.Timedelta(days=_DAYS[period] - 1)
    return f"{first:%Y-%m-%d %H:%M:%S}"


def main_reasons(prototype: Prototype, rows: Sequence[Row], on_yes: bool) -> tuple[str, ...]:
    """For each row the one value that does most for its place, against what is usual.

    Each column in turn is set to its usual value; all of it is one call of the model. Columns
    that hang together share what they do, so this is a first hint and no full account.
    """
    usual = {one.column: one.typical for one in prototype.fields if one.typical is not None}
    tried = [(at, name) for at, row in enumerate(rows) for name in usual if name in row
             and row[name] != usual[name]]  # fmt: skip
    if not tried:
        return ("",) * len(rows)
    changed = [{**rows[at], name: usual[name]} for at, name in tried]
    said = answers(prototype, [*rows, *changed])
    shares = [one.probability or 0.0 for one in said]
    best: dict[int, tuple[float, str, float]] = {}
    for (at, name), share in zip(tried, shares[len(rows) :], strict=True):
        gain = (shares[at] - share) * (1 if on_yes else -1)
        if gain > max(_SAYS, best.get(at, (0.0, "", 0.0))[0]):
            best[at] = gain, name, share
    return tuple(
        _reason(prototype, rows[at], *best[at][1:], usual) if at in best else ""
        for at in range(len(rows))
    )


def _reason(
    prototype: Prototype, row: Row, name: str, share: float, usual: Mapping[str, Cell]
) -> str:
    field = prototype.field(name)
    return _("{label} is {value}; with the usual “{usual}” the probability would be {share}.",
             label=field.label, value=shown(row[name], field), usual=shown(usual[name], field),
             share=percent(share, 0))  # fmt: skip


def shown(value: Cell, field: Field) -> str:
    """A value as a reader sees it, with its unit."""
    if value is None:
        return _("missing")
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, int | float):
        return f"{number(value)} {field.unit}".strip()
    return value[:10] if field.kind == "time" and value.endswith("T00:00:00") else str(value)
