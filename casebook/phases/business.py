"""01_business: what service, what value, where can data enter, and how far can they be trusted?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from casebook.case import Case
from casebook.case.sections_business import Input
from casebook.formats import day, number, percent
from casebook.language import _, plural
from casebook.phases.business_tables import Held, Link, held, links, opened
from casebook.phases.business_trust import Ground, Trust, trust
from casebook.phases.findings import Upstream
from casebook.tables import Table


@dataclass(frozen=True)
class Entry:
    """A place where data can enter: a table of the case, or a plan to get one.

    table: its name in the record, empty for a plan. said: what people say of it, unanswered
    where it is None. measured: how far the counts trust it; None for what is only a plan.
    """

    name: str
    table: str
    plan: str | None
    owner: str | None
    freshness: str | None
    said: str | None
    continues: str | None
    personal: str | None
    measured: Trust | None


@dataclass(frozen=True)
class Findings:
    """The canvas of the record, and what its tables hold.

    tables: in the record's order; trust: of each. links: which rows of one table are in another.
    """

    headline: tuple[str, ...]
    service: str
    value: str
    output: str
    use: str | None
    when_wrong: str
    inputs: tuple[Entry, ...]
    tables: tuple[Held, ...]
    trust: tuple[Trust, ...]
    links: tuple[Link, ...]


def examine(case: Case, table: Table, upstream: Upstream, *, seed: int = 0) -> Findings:
    """Count what every table of the record holds, and how they fit together.

    A table that cannot be read is a finding, not an error: the others are still told.
    """
    found, failed = opened(case, table)
    tables = _in_time(
        tuple(
            held(found[name]) if name in found else Held(name, failed=failed[name])
            for name in case.record.data.tables
        ),
        table,
    )
    fits = links(list(found.values()), {one.name: one.key for one in tables})
    trusted = tuple(trust(Ground(one, fits, case.record.data.tables[one.name])) for one in tables)
    inputs = tuple(_inputs(case, dict(zip((one.name for one in tables), trusted, strict=True))))
    business = case.record.business
    return Findings(
        headline=_headline(tables, trusted, fits, inputs),
        service=business.service or "",
        value=business.value or "",
        output=business.output or "",
        use=business.use,
        when_wrong=business.when_wrong or "",
        inputs=inputs,
        tables=tables,
        trust=trusted,
        links=fits,
    )


def _in_time(tables: tuple[Held, ...], table: Table) -> tuple[Held, ...]:
    """The tables with how long before the newest one (or before `as_of`) each ends."""
    ends = [one.last for one in tables if one.last is not None]
    newest = table.as_of or max(ends, default=None)
    return tuple(
        replace(one, behind=(newest - one.last).days) if newest and one.last else one
        for one in tables
    )


def _inputs(case: Case, trusted: dict[str, Trust]) -> Iterator[Entry]:
    """The inputs of the record, then tables of the case that no input names."""
    named = set()
    for one in case.record.business.inputs:
        named.add(one.table)
        yield _entry(case, one, trusted)
    for name in case.record.data.tables:
        if name not in named:
            yield _entry(case, Input(name=name, table=name), trusted)


def _entry(case: Case, one: Input, trusted: dict[str, Trust]) -> Entry:
    """What the record says of an input; of a table its own entry says it."""
    source = case.record.data.tables.get(one.table or "")
    stated = source if source is not None else one
    return Entry(
        name=one.name,
        table=one.table or "",
        plan=one.plan,
        owner=stated.owner,
        freshness=stated.freshness,
        said=stated.trust,
        continues=stated.continues,
        personal=one.personal,
        measured=trusted.get(one.table or ""),
    )


def _headline(
    tables: tuple[Held, ...],
    trusted: tuple[Trust, ...],
    fits: tuple[Link, ...],
    inputs: tuple[Entry, ...],
) -> tuple[str, ...]:
    said = [_counted(tables, trusted), _covered(tables)]
    said += [_joined(fits)] if fits else []
    plans = sum(not entry.table for entry in inputs)
    if plans:
        said.append(plural("{n} of {all} inputs is only a plan yet.",
                           "{n} of {all} inputs are only plans yet.", plans,
                           all=len(inputs)))  # fmt: skip
    return tuple(text for text in said if text)


def _counted(tables: tuple[Held, ...], trusted: tuple[Trust, ...]) -> str:
    """How many tables have no fault, and which have the worst."""
    names = {
        level: [one.name for one, how in zip(tables, trusted, strict=True) if how.level == level]
        for level in ("poor", "care")
    }
    if names["poor"]:
        return _("Not to be built on yet: {names}.", names=", ".join(names["poor"]))
    good = sum(how.level == "good" for how in trusted)
    if not good:
        return _("Each table is to be used with care: {names}.", names=", ".join(names["care"]))
    said = plural("In {n} of {all} tables no fault was found", "In {n} of {all} tables no fault "
                  "was found", good, all=len(tables))  # fmt: skip
    if names["care"]:
        return _("{said}; to be used with care: {names}.", said=said,
                 names=", ".join(names["care"]))  # fmt: skip
    return f"{said}."


def _covered(tables: tuple[Held, ...]) -> str:
    timed = [one for one in tables if one.first is not None and one.last is not None and one.daily]
    if not timed:
        return ""
    main = max(timed, key=lambda one: one.rows)
    assert main.first is not None
    assert main.last is not None
    return _("{name} has {n} rows from {first} to {last}.", name=main.name, n=number(main.rows, 0),
             first=day(main.first), last=day(main.last))  # fmt: skip


def _joined(fits: tuple[Link, ...]) -> str:
    """The worst of the joins in which each row should have a partner, or that all hold."""
    fits = tuple(link for link in fits if not link.own)
    if not fits:
        return ""
    worst = min(fits, key=lambda link: link.counted.found / max(1, link.counted.rows))
    if worst.counted.found == worst.counted.rows:
        return _("Every row finds its partner where tables have a key in common.")
    share = worst.counted.found / max(1, worst.counted.rows)
    return _("{share} of the rows of {table} have a {column} that is in {target}.",
             share=percent(share), table=worst.table, column=worst.column,
             target=worst.target)  # fmt: skip
