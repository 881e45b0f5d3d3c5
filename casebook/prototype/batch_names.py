"""Which column of a file is which column of the model, by name and told where it is not exact."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from casebook.exceptions import TableError
from casebook.language import _
from casebook.prototype.values import Field

_APART = re.compile(r"[\s_\-.]+")


@dataclass(frozen=True)
class Matched:
    """The place in the file of each column that is there, and what was assumed, in sentences.

    absent: columns that the file lacks and that may be missing. fixed: that nobody is asked for.
    """

    places: Mapping[str, int]
    absent: tuple[str, ...] = ()
    fixed: tuple[str, ...] = ()
    notes: tuple[str, ...] = field(default=())


def key_of(name: str) -> str:
    """A name without what people write differently: capitals, spaces, forms of Hangul.

    >>> key_of(" Total_Charges ") == key_of("total charges")
    True
    """
    return _APART.sub("", unicodedata.normalize("NFKC", name).casefold().replace("\ufeff", ""))


def names_of(fields: Iterable[Field]) -> frozenset[str]:
    """The keys of all names under which a file may have the columns."""
    return frozenset(key_of(name) for one in fields for name in (one.column, one.label))


def matched(fields: Sequence[Field], names: Sequence[str], file: str) -> Matched:
    """The columns of the fields among the names of a file.

    Raises TableError for columns that are not there and may not be missing, and for one that
    could be several of the file's.
    """
    asked = [one for one in fields if not one.is_fixed]
    places = {one.column: place for one in asked if (place := _place(one, names, file)) is not None}
    lacking = [one for one in asked if one.column not in places]
    needed = [one.column for one in lacking if not one.may_be_missing]
    if needed:
        raise _lacks(needed, lacking, names, file)
    notes = [
        _("'{found}' is taken as '{column}'.", found=names[place].strip(), column=column)
        for column, place in places.items()
        if names[place] != column
    ]
    absent = tuple(one.column for one in lacking)
    if absent:
        notes.append(_("The file has no column {names}; it counts as missing in every row.",
                       names=_listed(absent)))  # fmt: skip
    fixed = tuple(one.column for one in fields if one.is_fixed)
    notes += _fixed(fields, names)
    return Matched(places, absent, fixed, tuple(notes))


def _place(one: Field, names: Sequence[str], file: str) -> int | None:
    """Where a field's column stands: under its own name, else one that is nearly the same."""
    for wanted in (one.column, one.label):
        if wanted in names:
            return names.index(wanted)
    for wanted in (one.column, one.label):
        near = [n for n, name in enumerate(names) if key_of(name) == key_of(wanted)]
        if len(near) > 1:
            raise TableError(
                _("'{column}' could be any of these columns: {names}.",
                  column=one.column, names=_listed([names[n] for n in near])),
                place=file,
                hint=_("Leave the one that is meant."),
            )  # fmt: skip
        if near:
            return near[0]
    return None


def _lacks(
    needed: Sequence[str], lacking: Sequence[Field], names: Sequence[str], file: str
) -> TableError:
    said = [_said(column, names) for column in needed]
    free = [one.column for one in lacking if one.may_be_missing]
    hint = _("Take the template as a start; it has every column.")
    if free:
        hint = _("Columns that may be missing: {names}.", names=_listed(free)) + " " + hint
    return TableError(
        _("the model needs columns that are not there: {names}.", names=", ".join(said)),
        place=file,
        hint=hint,
    )


def _said(column: str, names: Sequence[str]) -> str:
    close = difflib.get_close_matches(
        key_of(column), {key_of(name): name for name in names}, n=1, cutoff=0.6
    )
    if not close:
        return f"'{column}'"
    nearest = next(name for name in names if key_of(name) == close[0])
    return _("'{column}' (is it '{name}'?)", column=column, name=nearest.strip())


def _fixed(fields: Sequence[Field], names: Sequence[str]) -> list[str]:
    there = {key_of(name) for name in names}
    return [
        _("'{column}' is always {value}; what the file says of it is not used.",
          column=one.column, value=one.fixed)
        for one in fields
        if one.is_fixed and there & {key_of(one.column), key_of(one.label)}
    ]  # fmt: skip


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"'{name}'" for name in names)
