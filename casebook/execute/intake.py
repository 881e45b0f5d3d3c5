"""What a run works on: the case's table, read once before any kernel starts."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from casebook.case import Case
from casebook.expressions import identifier
from casebook.pages.front_page import TableSummary
from casebook.tables import Table, open_table


def tables_of(case: Case, as_of: date | None) -> tuple[TableSummary, ...]:
    """The table that phases examine, in numbers and with the digest of its content.

    Reading it here fills its cache, so that notebooks which run at the same time do not each
    read the source; and what is wrong with it is said once.
    Raises TableError where it cannot be read.
    """
    return (summary(case, open_table(case, as_of=as_of)),)


def summary(case: Case, table: Table) -> TableSummary:
    """One table in numbers."""
    first, last = _period(table)
    source = case.record.data.tables[table.name].source
    return TableSummary(
        name=table.name,
        source=_without_password(source),
        rows=table.rows,
        columns=len(table.columns),
        first_day=first,
        last_day=last,
        fingerprint=table.fingerprint,
        assumptions=tuple(assumption.sentence for assumption in table.reading),
        rejected=table.rejects.count,
        rejects_file=table.rejects.path.name if table.rejects.path else "",
        filtered_out=table.rows_filtered_out,
        filter=case.record.data.filter or "",
        after_as_of=table.rows_after_as_of,
    )


def _period(table: Table) -> tuple[date | None, date | None]:
    if table.time is None or not table.rows:
        return None, None
    column = identifier(table.time)
    found = table.aggregate({"first": f"MIN({column})", "last": f"MAX({column})"}).iloc[0]
    return _day(found["first"]), _day(found["last"])


def _day(value: Any) -> date | None:
    if isinstance(value, datetime):  # a pandas Timestamp is one, and so is its missing value
        return date.fromisoformat(str(value)[:10]) if str(value) != "NaT" else None
    return value if isinstance(value, date) else None


def _without_password(source: str) -> str:
    scheme, separator, rest = source.partition("://")
    if not separator or "@" not in rest:
        return source
    user = rest.rpartition("@")[0].partition(":")[0]
    return f"{scheme}://{user}@{rest.rpartition('@')[2]}"
