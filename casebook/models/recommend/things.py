"""The things that can be offered: their titles, their order on the list, the rule about them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from casebook.case import Case
from casebook.case.base import Scalar
from casebook.exceptions import RecordError, TableError, nearest
from casebook.language import _, current
from casebook.models.target import as_class
from casebook.tables import Table

_TITLES = ("name", "title", "label")


@dataclass(frozen=True, eq=False)
class Things:
    """What can be offered.

    listed: ids on the list, in its order; empty without one. titles: by id, where known.
    pairs: (liked, offered) ids of the record's rule. card: ids of each kind in the list's order,
    where the rule offers the next; empty where it does not. kind: the column of kinds.
    """

    listed: tuple[str, ...] = ()
    titles: Mapping[str, str] | None = None
    pairs: tuple[tuple[str, str], ...] = ()
    card: tuple[tuple[str, ...], ...] = ()
    kind: str = ""

    def title(self, item: str) -> str:
        """What people call a thing; its id where nobody says."""
        return (self.titles or {}).get(item, item)


def things_of(case: Case, held: Table | None, item: str, chosen: tuple[str, ...]) -> Things:
    """The things of the record's list and of the choices, with the record's rule about them.

    held: the table that lists them, or None. item: the column of ids, of the same name in both.
    Raises RecordError or TableError, with the place in the record.
    """
    rule = case.record.baseline.recommend.rule
    if held is None:
        _needs_no_list(case)
        return Things(pairs=_pairs(case, dict.fromkeys(chosen, "")))
    ids = _column(case, held, item, "items")
    title, kind = _title_column(case, held), _kind_column(case, held)
    frame = held.frame(list(dict.fromkeys([ids, *filter(None, (title, kind))])))
    frame = frame.dropna(subset=[ids]).drop_duplicates(ids)
    frame = frame.assign(**{ids: [as_class(value) for value in frame[ids]]})
    titles = _titles(frame, ids, title)
    known = {**dict.fromkeys(chosen, ""), **dict.fromkeys(frame[ids], ""), **titles}
    return Things(
        listed=tuple(frame[ids]),
        titles=titles,
        pairs=_pairs(case, known),
        card=_card(frame, ids, kind) if rule.next else (),
        kind=kind or "",
    )


def _needs_no_list(case: Case) -> None:
    rule = case.record.baseline.recommend.rule
    for field, asked in (("next", rule.next), ("kind", rule.kind is not None)):
        if asked:
            raise RecordError(
                _("this rule goes by a list of things, and the record names none."),
                place=case.place(f"baseline.recommend.rule.{field}"),
                hint=_("Name the table in baseline.recommend.items."),
            )


def _column(case: Case, held: Table, name: str, field: str) -> str:
    try:
        return held.column(name).name
    except TableError as error:
        place = case.place(f"baseline.recommend.{field}")
        raise TableError(error.message, place=place, hint=error.hint) from None


def _title_column(case: Case, held: Table) -> str | None:
    """The record's column of titles; else one such as name_ko, in the language in use, or name."""
    wanted = case.record.baseline.recommend.title
    if wanted is not None:
        return _column(case, held, wanted, "title")
    named = {name.lower(): name for name in held.names}
    tried = [*(f"{base}_{current()}" for base in _TITLES), *_TITLES]
    return next((named[name] for name in tried if name in named), None)


def _kind_column(case: Case, held: Table) -> str | None:
    wanted = case.record.baseline.recommend.rule.kind
    return None if wanted is None else _column(case, held, wanted, "rule.kind")


def _titles(frame: pd.DataFrame, ids: str, title: str | None) -> dict[str, str]:
    if title is None:
        return {}
    known = frame.dropna(subset=[title])
    return {one: as_class(name) for one, name in zip(known[ids], known[title], strict=True)}


def _card(frame: pd.DataFrame, ids: str, kind: str | None) -> tuple[tuple[str, ...], ...]:
    if kind is None:
        return (tuple(frame[ids]),)
    parts = frame.dropna(subset=[kind]).groupby(kind, sort=False)[ids]
    return tuple(tuple(part) for _name, part in parts)


def _pairs(case: Case, titles: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """The rule's pairs by id. titles: of every thing that is known, perhaps empty."""
    by_title = {name: item for item, name in titles.items() if name}
    found = []
    for place, pair in enumerate(case.record.baseline.recommend.rule.pairs):
        sides = ("liked", pair.liked), ("offer", pair.offer)
        ids = [_thing(case, f"{place}.{side}", said, titles, by_title) for side, said in sides]
        found.append((ids[0], ids[1]))
    return tuple(found)


def _thing(
    case: Case, field: str, said: Scalar, titles: Mapping[str, str], by_title: Mapping[str, str]
) -> str:
    name = as_class(said)
    if name in titles:
        return name
    if name in by_title:
        return by_title[name]
    raise RecordError(
        _("'{name}' is neither chosen anywhere nor on the list of things.", name=name),
        place=case.place(f"baseline.recommend.rule.pairs.{field}"),
        hint=nearest(name, [*titles, *by_title]),
    )
