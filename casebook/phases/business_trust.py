"""How far a table can be trusted: a statement built from what was counted, rule by rule."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from casebook.case.sections_data import TableSource
from casebook.formats import day, percent
from casebook.language import N_, _, plural
from casebook.phases.business_tables import Held, Link

STALE_DAYS = 7
MUCH_MISSING = 0.2

LEVELS = {
    "good": N_("no fault found"),
    "care": N_("to be used with care"),
    "poor": N_("not to be built on yet"),
}
"""What the counts say of a table; the worst of its faults decides."""


class Fault(NamedTuple):
    """Something that speaks against a table: `care` or `poor`, and the sentence that says it."""

    level: str
    sentence: str


@dataclass(frozen=True)
class Trust:
    """How far a table can be trusted, and why."""

    level: str
    faults: tuple[str, ...]


@dataclass(frozen=True)
class Ground:
    """What a statement of trust is built from."""

    held: Held
    links: Sequence[Link]
    source: TableSource


def trust(ground: Ground) -> Trust:
    """The statement of trust: the worst fault that a rule finds, all of them listed."""
    if ground.held.failed:
        return Trust("poor", (ground.held.failed,))
    faults = [fault for rule in RULES for fault in rule(ground)]
    worst = {fault.level for fault in faults}
    level = "poor" if "poor" in worst else "care" if worst else "good"
    return Trust(level, tuple(fault.sentence for fault in faults))


def _repeated(ground: Ground) -> list[Fault]:
    held = ground.held
    share = held.repeated / max(1, held.rows)
    if not held.repeated:
        return []
    said = plural("{n:,} row is the same as one before, in every column ({share}).",
                  "{n:,} rows are the same as one before, in every column ({share}).",
                  held.repeated, share=percent(share))  # fmt: skip
    return [Fault("poor" if share > 0.05 else "care", said)]


def _broken_key(ground: Ground) -> list[Fault]:
    held = ground.held
    if not held.near_key:
        return []
    said = plural("{column} looks like a key, but comes again in {n:,} row.",
                  "{column} looks like a key, but comes again in {n:,} rows.",
                  held.key_repeats, column=held.near_key)  # fmt: skip
    return [Fault("care", said)]


def _rejected(ground: Ground) -> list[Fault]:
    held = ground.held
    share = held.rejected / max(1, held.rows + held.rejected)
    if not held.rejected:
        return []
    said = plural(
        "{n:,} line could not be read as a row.",
        "{n:,} lines could not be read as rows.",
        held.rejected,
    )
    return [Fault("poor" if share > 0.01 else "care", said)]


def _missing(ground: Ground) -> list[Fault]:
    much = [one for one in ground.held.missing if one.share >= MUCH_MISSING]
    if not much:
        return []
    names = ", ".join(f"{one.column} ({percent(one.share, 0)})" for one in much[:4])
    return [Fault("care", _("Much is missing in: {names}.", names=names))]


def _gaps(ground: Ground) -> list[Fault]:
    gaps = ground.held.gaps
    if not gaps:
        return []
    longest = max(gaps, key=lambda gap: gap.days)
    days = sum(gap.days for gap in gaps)
    said = plural("{n} day in between has no row", "{n} days in between have no row", days)
    where = _("the longest gap is from {first} to {last}", first=day(longest.first),
              last=day(longest.last))  # fmt: skip
    if longest.days == 1:
        where = _("as {day}", day=day(longest.first))
    return [Fault("care", f"{said}; {where}.")]


def _late(ground: Ground) -> list[Fault]:
    held = ground.held
    if held.last is None or not held.daily or held.behind <= STALE_DAYS:
        return []
    said = _("It ends on {day}, {n} days before the newest table.", day=day(held.last),
             n=held.behind)  # fmt: skip
    return [Fault("poor" if held.behind > 60 else "care", said)]


def _unmatched(ground: Ground) -> list[Fault]:
    found = []
    for link in ground.links:
        counted = link.counted
        if link.by or link.own or link.table != ground.held.name or not _lost(link):
            continue
        lost = _lost(link)
        said = _("{n:,} of {all:,} rows have no {column} that is in {target}.", n=lost,
                 all=counted.rows, column=link.column, target=link.target)  # fmt: skip
        found.append(Fault("poor" if lost > 0.1 * counted.rows else "care", said))
    return found


def _lost(link: Link) -> int:
    return link.counted.rows - link.counted.found


def _kept_up(ground: Ground) -> list[Fault]:
    if ground.source.continues == "no":
        return [Fault("poor", _("It will not keep coming, the record says."))]
    if ground.source.continues == "unsure":
        return [Fault("care", _("Whether it will keep coming is unsure, the record says."))]
    return []


RULES: tuple[Callable[[Ground], list[Fault]], ...] = (
    _repeated,
    _broken_key,
    _rejected,
    _missing,
    _gaps,
    _late,
    _unmatched,
    _kept_up,
)
"""What can speak against a table, in the order in which it is said."""
