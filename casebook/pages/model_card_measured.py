"""The parts of a model card that were measured: quality, comparison, limits, usual values."""

from __future__ import annotations

from datetime import date

from casebook.case.record import Record
from casebook.formats import day, interval, number, percent
from casebook.language import N_, _, plural
from casebook.models.about import Column
from casebook.pages.model_card_parts import Entry, Grid, Part, asked, stated
from casebook.pages.model_facts import Facts, Limit, Rival, Scored

ROLES = {
    "number": N_("number"),
    "category": N_("category"),
    "text": N_("text"),
    "time": N_("time"),
    "other": N_("read by a rule"),
}
MOST_LEVELS = 8


def quality(facts: Facts) -> Part:
    """Metrics on held-out rows with their intervals, and by group where that was measured."""
    title = _("How good it is")
    if not facts.metrics:
        return Part(title, (Entry(_("On rows that it had not seen"), None),))
    grids = [_scores(_("On rows that were held out"), facts.metrics, _("metric"))]
    notes = [facts.held_out] if facts.held_out else []
    if facts.groups:
        grids.append(_scores(_("The same by group"), facts.groups, _("group")))
    elif facts.sensitive:
        notes.append(_("It was not measured whether it is as good for each group of {columns}.",
                       columns=", ".join(facts.sensitive)))  # fmt: skip
    return Part(title, grids=tuple(grids), notes=tuple(notes))


def _scores(caption: str, scores: tuple[Scored, ...], first: str) -> Grid:
    rows = []
    for score in scores:
        title = _("{metric} (less is better)", metric=score.title) if score.less_is_better \
            else score.title  # fmt: skip
        named = f"{score.group}, {title}" if score.group else title
        rows.append((named, interval(score.estimate), number(score.estimate.n)))
    return Grid(caption, (first, _("value and 95% interval"), _("rows")), tuple(rows), (1, 2))


def compared(facts: Facts) -> Part:
    """The other candidates on the same rows, and by how much the model is better."""
    title = _("What it was compared with")
    if not facts.rivals:
        return Part(title, (Entry(_("Other candidates on the same rows"), None),))
    metric = facts.metrics[0].title if facts.metrics else _("metric")
    grid = Grid(
        _("On the same rows; more than nothing in the last column means that the model is better"),
        (_("candidate"), metric, _("the model is better by")),
        tuple(_rival(rival) for rival in facts.rivals),
        (1, 2),
    )
    return Part(title, grids=(grid,))


def _rival(rival: Rival) -> tuple[str, ...]:
    if rival.failed:
        return rival.title, _("failed: {reason}", reason=rival.failed), "–"
    values = (rival.score, rival.better)
    return rival.title, *("–" if value is None else interval(value) for value in values)


def limits(record: Record, facts: Facts) -> Part:
    """The record's constraints beside what was measured."""
    found = [*_measured_limits(record, facts), *facts.limits]
    words = {True: _("kept"), False: _("broken"), None: _("cannot tell")}
    rows = tuple((one.title, one.allowed, one.measured, words[one.kept]) for one in found)
    columns = (_("limit"), _("allowed"), _("measured"), "")
    grids = (Grid(_("Limits and what was measured"), columns, rows, (1, 2)),)
    entries = asked(record, ("constraints.privacy", "constraints.ethics", "constraints.technology"))
    notes = []
    if facts.speed is not None:
        notes.append(
            _("One row: median of {n} calls on one thread of the machine that made this card; one "
              "call in twenty takes {slow} ms or more.",
              n=facts.speed.one_calls, slow=number(facts.speed.one_slow, 1))
        )  # fmt: skip
    return Part(_("What limits it"), entries, grids, tuple(notes))


def _measured_limits(record: Record, facts: Facts) -> tuple[Limit, ...]:
    wanted, speed = record.constraints, facts.speed
    size = facts.model.size / 1e6
    one, peak = (None, None) if speed is None else (speed.one, speed.peak_mb)
    explained = {True: _("yes"), False: _("no"), None: "–"}[facts.explainable]
    needed = wanted.explainable
    found = [
        _at_most(_("milliseconds for one row"), wanted.max_latency_ms, one),
        _at_most(_("megabytes of the model's file"), wanted.max_size_mb, size),
    ]
    if wanted.max_memory_mb is not None:
        found.append(_at_most(_("megabytes of memory"), wanted.max_memory_mb, peak))
    must = {None: _("not answered yet"), "yes": _("yes"), "no": _("not needed")}
    kept = True if needed == "no" else facts.explainable if needed == "yes" else None
    said = must.get(needed, _("cannot tell"))
    found.append(Limit(_("each prediction can be explained"), said, explained, kept))
    return tuple(found)


def _at_most(title: str, allowed: float | None, measured: float | None) -> Limit:
    kept = None if allowed is None or measured is None else measured <= allowed
    shown = _("not answered yet") if allowed is None else stated(allowed)
    return Limit(title, shown, "–" if measured is None else number(measured, 2), kept)


def usual(columns: tuple[Column, ...]) -> Grid:
    """The columns that the model reads, and what they usually held in training."""
    rows = tuple(
        (one.name, _(ROLES[one.role]), _usual(one), percent(one.missing)) for one in columns
    )
    names = (_("column"), _("read as"), _("what it usually holds"), _("missing"))
    return Grid(_("Columns, and what they held when it learned"), names, rows, (3,))


def _usual(column: Column) -> str:
    if column.levels:
        shown = list(column.levels[:MOST_LEVELS])
        more = len(column.levels) - len(shown) + column.levels_left_out
        return ", ".join(shown) + (plural(", and {n} more", ", and {n} more", more) if more else "")
    if column.low is None or column.high is None:
        return "–"
    ends = [
        number(end) if isinstance(end, int | float) else day(date.fromisoformat(end[:10]))
        for end in (column.low, column.high)
    ]
    return " – ".join(ends)
