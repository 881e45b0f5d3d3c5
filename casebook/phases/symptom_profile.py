"""Every column in a few words, those first that have most to say of the symptom."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from casebook.language import N_, _
from casebook.phases.symptom_carried import Told
from casebook.phases.symptom_notes import left_out_note
from casebook.phases.symptom_trials import Part
from casebook.phases.symptom_words import carrier_sentence, part_text
from casebook.stats.change import Change
from casebook.tables import Column, Table

FREQUENT = 3
_ROLES = {
    "id": N_("id"),
    "time": N_("time"),
    "target": N_("target"),
    "constant": N_("constant"),
    "text": N_("text"),
    "category": N_("category"),
    "number": N_("number"),
    "ignore": N_("ignored"),
}
_WHY_NOT = {
    "id": N_("It names single things, so it parts no rows; what is new or known comes from it."),
    "time": N_("It says when; weekday, time of day and month come from it."),
    "target": N_("It is what is to be predicted, and not looked at as a segment."),
    "constant": N_("It is the same in every row."),
    "text": N_("It holds texts, nearly each of its own."),
    "ignore": N_("The record leaves it out."),
}


@dataclass(frozen=True)
class Frequent:
    """A value and its share of the rows before and after."""

    label: str
    before: float
    after: float


@dataclass(frozen=True)
class ColumnView:
    """A column in a few words.

    kind: its role, or that it is derived, in words. missing: share of the rows; None where it is
    derived. frequent: the commonest values. size: of its clearest departure from the whole, in
    standard errors. clear: whether that is more than
    chance. says: what it says of the symptom.
    """

    name: str
    kind: str
    missing: float | None
    distinct: int
    frequent: tuple[Frequent, ...]
    size: float
    clear: bool
    says: str


def profile(table: Table, told: Told) -> tuple[ColumnView, ...]:
    """All columns of the table and derived ones, by their bearing on the symptom."""
    parts = told.search.parts if told.search else {}
    own = {column.name: column for column in table.columns}
    views = [_view(table, column, parts.get(column.name, ()), told) for column in own.values()]
    views += [
        _derived(name, found, told) for name, found in parts.items() if name not in own and found
    ]
    return tuple(sorted(views, key=lambda view: (not view.clear, -abs(view.size))))


def _view(table: Table, column: Column, parts: tuple[Part, ...], told: Told) -> ColumnView:
    return ColumnView(
        name=column.name,
        kind=_(_ROLES[column.role]),
        missing=column.missing / table.rows if table.rows else 0.0,
        distinct=column.distinct,
        frequent=_frequent(parts),
        size=_clearest(parts).size if parts else 0.0,
        clear=_tells(parts, told),
        says=_says(parts, told) if parts else _not_looked_at(column, told),
    )


def _derived(name: str, parts: tuple[Part, ...], told: Told) -> ColumnView:
    return ColumnView(
        name=parts[0].columns[0],
        kind=_("derived"),
        missing=None,
        distinct=len(parts),
        frequent=_frequent(parts),
        size=_clearest(parts).size,
        clear=_tells(parts, told),
        says=_says(parts, told),
    )


def _clearest(parts: Iterable[Part]) -> Part:
    """The value that departs most; of two alike, the one that carries more than its part."""
    return max(parts, key=lambda part: (round(abs(part.size), 6), part.excess))


def _tells(parts: tuple[Part, ...], told: Told) -> bool:
    return bool(told.change and told.change.clear) and any(part.clear for part in parts)


def _frequent(parts: tuple[Part, ...]) -> tuple[Frequent, ...]:
    before = sum(part.rows_before for part in parts) or 1.0
    after = sum(part.rows_after for part in parts) or 1.0
    common = sorted(parts, key=lambda part: -(part.rows_before + part.rows_after))[:FREQUENT]
    return tuple(
        Frequent(part.labels[0], part.rows_before / before, part.rows_after / after)
        for part in common
    )


def _not_looked_at(column: Column, told: Told) -> str:
    """Why a column is not looked at as a segment."""
    if column.role in _WHY_NOT:
        return _(_WHY_NOT[column.role])
    why = next((one.why for one in told.left_out if one.name == column.name), None)
    return left_out_note(why, [column.name]) if why else ""


def _says(parts: tuple[Part, ...], told: Told) -> str:
    """What a column says of the change."""
    moved = told.change
    if moved is None or not moved.clear:
        return _("The change could be chance, so no value can be said to carry it.")
    clear = [part for part in parts if part.clear and part.share is not None]
    more = [part for part in clear if part.excess > 0]
    if more:
        return _carries(max(more, key=lambda part: part.excess), moved)
    if clear:
        least = min(clear, key=lambda part: part.excess)
        return _("{part} moved less than the whole; no value carries more than its part.",
                 part=part_text(least))  # fmt: skip
    return _("All values moved about as much as the whole.")


def _carries(part: Part, moved: Change) -> str:
    return carrier_sentence(part, rises=moved.after > moved.before)
