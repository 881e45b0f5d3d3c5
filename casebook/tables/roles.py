"""The role of each column, inferred from its type, its counts and its name."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from casebook.language import N_, _
from casebook.tables.model import Assumption, Column, ReadColumn, Role, Task
from casebook.tables.profile import Counts
from casebook.tables.sensitive import sensitive_word

_ID_NAME = re.compile(
    r"(?:^|[_\W])(?:id|no|nr|uuid|guid|key)$|^(?:id|uuid|guid)(?:$|[_\W])"
    r"|(?:Id|ID|No|Nr|Key|UUID)$|번호$|식별자|아이디|일련"
    r"|^(?:user|customer|client|order|guest|visit|account|member|session|product)id$"
)
_ORDINAL_NAME = re.compile(r"(?i)^(?:index|row|row_?(?:number|no|id)|unnamed.*|seq|순번|연번)$")
FEW_VALUES = 20  # a column with so few values holds kinds
_CLASSES = 10  # a target with so few whole numbers holds classes
_FEW_SHARE = 0.05
_LONG_TEXT = 40
_WORDS = 3


def infer_roles(
    columns: Sequence[ReadColumn],
    counts: Sequence[Counts],
    rows: int,
    *,
    target: str | None = None,
    overrides: Mapping[str, Role] | None = None,
    sensitive: Sequence[str] = (),
) -> tuple[Column, ...]:
    """The columns with their roles, whether they are sensitive, and why.

    counts: of the same columns, in order, over `rows` rows.
    overrides and sensitive: by the columns' own names; an override wins over everything.
    """
    given = dict(overrides or {})
    found = []
    for column, count in zip(columns, counts, strict=True):
        role, note = _role(column, count, rows)
        if column.name == target:
            role, note = "target", _("the record names it as the target")
        if column.name in given:
            role, note = given[column.name], _("the record says so")
        word = sensitive_word(column.name)
        marked = column.name in sensitive or bool(word)
        if word:
            note = " ".join(
                filter(None, [note, _("sensitive: its name holds '{word}'", word=word)])
            )
        found.append(
            Column(column.name, role, column.type, count.missing, count.distinct, marked, note)
        )
    return tuple(found)


def _role(column: ReadColumn, count: Counts, rows: int) -> tuple[Role, str]:
    if count.missing == rows:
        return "constant", _("all values are missing")
    if count.distinct == 1:
        return "constant", _("one value only") if not count.missing else _("one value, or missing")
    if column.type == "time":
        return "time", ""
    if column.type == "boolean":
        return "category", ""
    filled = rows - count.missing
    if column.type == "number":
        return _number_role(column, count, filled)
    return _text_role(column, count, filled)


def _number_role(column: ReadColumn, count: Counts, filled: int) -> tuple[Role, str]:
    named = bool(_ID_NAME.search(column.name))
    if count.whole and named and not _few(count, filled):
        return "id", _("whole numbers under a name of an id")
    if (
        count.whole
        and count.distinct == filled
        and count.missing == 0
        and _counts_on(column, count)
    ):
        return "id", _("whole numbers that count the rows")
    if count.whole and named:
        return "category", _("few codes under a name of an id")
    return "number", ""


def _counts_on(column: ReadColumn, count: Counts) -> bool:
    """Whether distinct numbers are those from n on without a gap, and the name does not object."""
    if count.low is None or count.high is None or count.distinct < FEW_VALUES:
        return False
    gapless = count.high - count.low + 1 == count.distinct
    return gapless and (count.low in (0, 1) or bool(_ORDINAL_NAME.match(column.name)))


def _text_role(column: ReadColumn, count: Counts, filled: int) -> tuple[Role, str]:
    share = count.distinct / max(filled, 1)
    prose = count.words >= _WORDS or count.length >= _LONG_TEXT
    if share > 0.2 and count.distinct > FEW_VALUES and prose:
        return "text", _("{n:,} different texts of several words", n=count.distinct)
    if share == 1 and filled > FEW_VALUES:
        return "id", _("every row has a value of its own")
    if _ID_NAME.search(column.name) and not _few(count, filled):
        return "id", _("many values under a name of an id")
    if share > 0.5 and count.distinct > FEW_VALUES:
        return "text", _("{n:,} different values, most of them once", n=count.distinct)
    return "category", ""


def _few(count: Counts, filled: int) -> bool:
    """Whether values come again so often that they name kinds rather than single things."""
    return count.distinct <= FEW_VALUES or (
        count.distinct <= 5 * FEW_VALUES and count.distinct < _FEW_SHARE * filled
    )


def infer_task(column: Column, count: Counts) -> tuple[Task, Assumption]:
    """Whether the target is a class or a number, and why."""
    task: Task = "classification"
    values: dict[str, str | int | float] = {"name": column.name, "n": count.distinct}
    if column.type in ("text", "boolean"):
        message = N_("the target '{name}' holds no numbers")
    elif count.whole and count.distinct <= _CLASSES:
        message = N_("the target '{name}' has only {n} different whole numbers")
    else:
        task, message = "regression", N_("the target '{name}' is a number, {n:,} different ones")
    return task, Assumption("data.task", task, message, values)


def first_time(columns: Sequence[Column]) -> str | None:
    """The column that dates the rows: of those with the role the fullest, then the first."""
    times = [column for column in columns if column.role == "time" and column.type == "time"]
    if not times:
        return None
    return min(times, key=lambda column: column.missing).name
