"""Who chose what and when: the record's table of choices, joined to the main one and cleaned."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from casebook.case import Case
from casebook.exceptions import RecordError, TableError, nearest
from casebook.language import _, plural
from casebook.models.recommend.things import Things, things_of
from casebook.models.target import as_class
from casebook.tables import Table, open_table


@dataclass(frozen=True, eq=False)
class Choices:
    """Choices, ready for recommenders.

    rows: columns user and item (text), time where there is one, weight where amounts are; each
    user, item and time once, in the order of the source. user: the column that the users are,
    or the baskets where `baskets` is true. repeats: whether something
    may be offered again; never what is in a basket. left_out: what was not taken, in sentences.
    """

    rows: pd.DataFrame
    table: str
    user: str
    baskets: bool
    repeats: bool
    things: Things
    left_out: tuple[str, ...]

    @property
    def timed(self) -> bool:
        """Whether choices have a time."""
        return "time" in self.rows


def choices_of(case: Case, table: Table) -> Choices | None:
    """The choices of the record; None where it does not say who chose what.

    table: the main one, as it was filtered and cut at a day; what hangs on rows that are not in
    it is left out and counted. Raises RecordError or TableError, with the place in the record.
    """
    wanted = case.record.baseline.recommend
    if wanted.item is None or (wanted.user is None and wanted.basket is None):
        return None
    held = opened(case, table, wanted.table, "table")
    item = _column(case, [held], wanted.item, "item")[1]
    field = "user" if wanted.user else "basket"
    user = _column(case, [held, table], wanted.user or wanted.basket or "", field)
    sources = {"user": user, **_time(case, held, table, joins=user[0] is not held)}
    if wanted.amount:
        sources["weight"] = _column(case, [held, table], wanted.amount, "amount")
        _of_type(case, sources["weight"], "number", "amount")
    rows, unmatched = _joined(case, held, table, {"item": (held, item), **sources})
    kept, left_out = _cleaned(rows, unmatched, table.name)
    things = things_of(case, opened(case, table, wanted.items, "items") if wanted.items else None,
                       item, tuple(kept["item"].unique()))  # fmt: skip
    baskets = wanted.user is None
    return Choices(kept, held.name, sources["user"][1], baskets, wanted.repeats and not baskets,
                   things, left_out)  # fmt: skip


def opened(case: Case, table: Table, name: str | None, field: str) -> Table:
    """Another table of the case, cut at the same day where it has a time; None is the main one."""
    if name is None or name == table.name:
        return table
    names = case.record.data.tables
    if name not in names:
        raise TableError(
            _("the case has no table '{name}'; it has {names}.",
              name=name, names=", ".join(names)),
            place=case.place(f"baseline.recommend.{field}"),
            hint=nearest(name, names),
        )  # fmt: skip
    held = open_table(case, name)
    return open_table(case, name, as_of=table.as_of) if table.as_of and held.time else held


def _column(
    case: Case, tables: Sequence[Table], name: str, field: str
) -> tuple[Table, str]:  # fmt: skip
    """The first of the tables that has a column, and the column as it is called there."""
    for one in tables:
        for column in one.names:
            if column.lower() == name.lower():
                return one, column
    names = dict.fromkeys(one.name for one in tables)
    raise TableError(
        _("'{name}' is not a column of {tables}.", name=name, tables=", ".join(names)),
        place=case.place(f"baseline.recommend.{field}"),
        hint=nearest(name, [column for one in tables for column in one.names]),
    )


def _of_type(case: Case, source: tuple[Table, str], kind: str, field: str) -> None:
    held, name = source
    if held.column(name).type != kind:
        said = _("'{name}' holds no times.", name=name) if kind == "time" else ""
        raise TableError(
            said or _("'{name}' holds no numbers.", name=name),
            place=case.place(f"baseline.recommend.{field}"),
            hint=_("If they are, say so in the types of '{table}'.", table=held.name),
        )


def _time(case: Case, held: Table, table: Table, *, joins: bool) -> dict[str, tuple[Table, str]]:
    """The time of choices: the record's, that of their table, or that of the main one."""
    wanted = case.record.baseline.recommend
    if wanted.time:
        source = _column(case, [held, table], wanted.time, "time")
        _of_type(case, source, "time", "time")
        return {"time": source}
    if held.time is not None:
        return {"time": (held, held.time)}
    if (joins or wanted.join) and table.time is not None:
        return {"time": (table, table.time)}
    if wanted.user is None:
        return {}
    raise RecordError(
        _("the choices in '{table}' have no time: what is offered is tested on the future.",
          table=held.name),
        place=case.place("baseline.recommend.time"),
        hint=_("Name the column that says when; or, where rows of one order belong together, name "
               "it in baseline.recommend.basket and leave user empty."),
    )  # fmt: skip


def _joined(
    case: Case, held: Table, table: Table, sources: dict[str, tuple[Table, str]]
) -> tuple[pd.DataFrame, int]:
    """One row for each choice, and how many have no row in the main table."""
    own = {name: column for name, (one, column) in sources.items() if one is held}
    other = {name: column for name, (one, column) in sources.items() if one is not held}
    if not other:
        return _named(held, own), 0
    key = case.record.baseline.recommend.join
    if key is None:
        raise RecordError(
            _("'{name}' is in '{main}', not in '{table}'.", name=next(iter(other.values())),
              main=table.name, table=held.name),
            place=case.place("baseline.recommend.join"),
            hint=_join_hint(held, table),
        )  # fmt: skip
    first, second = (_column(case, [one], key, "join")[1] for one in (held, table))
    left = _named(held, {**own, "key": first})
    right = _named(table, {**other, "key": second}).dropna(subset=["key"])
    _names_once(case, right["key"], table, second)
    found = left.merge(right, on="key", how="left", indicator=True)
    matched = found["_merge"] == "both"
    return found[matched].drop(columns=["key", "_merge"]), int((~matched).sum())


def _join_hint(held: Table, table: Table) -> str:
    lowered = {name.lower() for name in table.names}
    shared = [name for name in held.names if name.lower() in lowered]
    if not shared:
        return _("They have no column of the same name.")
    return _("Name the column that joins them; both have: {names}.", names=", ".join(shared))


def _names_once(case: Case, keys: pd.Series, table: Table, column: str) -> None:
    twice = keys[keys.duplicated()]
    if len(twice):
        raise RecordError(
            _("'{column}' does not name each row of '{table}' once: '{value}' comes again.",
              column=column, table=table.name, value=twice.iloc[0]),
            place=case.place("baseline.recommend.join"),
        )  # fmt: skip


def _named(table: Table, columns: dict[str, str]) -> pd.DataFrame:
    """Columns by our names; users, items and keys as text."""
    frame = table.frame(list(dict.fromkeys(columns.values())))
    return pd.DataFrame(
        {
            name: frame[column] if name in ("time", "weight") else as_text(frame[column])
            for name, column in columns.items()
        }
    )


def as_text(values: pd.Series) -> pd.Series:
    """Names as text, whole numbers without a point; what is missing stays missing."""
    names = {value: as_class(value) for value in values.dropna().unique()}
    return values.astype(object).map(names)


def _cleaned(
    rows: pd.DataFrame, unmatched: int, main: str
) -> tuple[pd.DataFrame, tuple[str, ...]]:  # fmt: skip
    """Choices that are whole, each once, and what was left out."""
    said = []
    if unmatched:
        said.append(plural("{n:,} choice has no row in '{table}' and is left out.",
                           "{n:,} choices have no row in '{table}' and are left out.",
                           unmatched, table=main))  # fmt: skip
    whole = rows.dropna(subset=[name for name in ("user", "item", "time") if name in rows])
    if len(whole) < len(rows):
        said.append(plural("{n:,} choice lacks who, what or when, and is left out.",
                           "{n:,} choices lack who, what or when, and are left out.",
                           len(rows) - len(whole)))  # fmt: skip
    taken = whole
    if "weight" in whole:
        taken = whole[~(whole["weight"] <= 0)]
    if len(taken) < len(whole):
        said.append(plural("{n:,} choice of an amount of 0 or less is left out.",
                           "{n:,} choices of an amount of 0 or less are left out.",
                           len(whole) - len(taken)))  # fmt: skip
    once = _once(taken)
    if len(once) < len(taken):
        said.append(plural("{n:,} row names again what was chosen at the same time, and adds no "
                           "choice.",
                           "{n:,} rows name again what was chosen at the same time, and add no "
                           "choice.", len(taken) - len(once)))  # fmt: skip
    return once, tuple(said)


def _once(rows: pd.DataFrame) -> pd.DataFrame:
    """Each user, item and time once; amounts are added up."""
    keys = [name for name in ("user", "item", "time") if name in rows]
    if "weight" not in rows:
        return rows.drop_duplicates(keys).reset_index(drop=True)
    filled = rows.assign(weight=rows["weight"].fillna(1.0).astype(float))
    return filled.groupby(keys, sort=False)["weight"].sum().reset_index()
