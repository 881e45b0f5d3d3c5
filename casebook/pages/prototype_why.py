"""Why an answer is what it is, as HTML: sentences, a bar for each column, near rows, a change.

The bars are cells of a real table, so that a screen reader reads columns, values and amounts. The
direction is told by the side of the line, by the sign and by a pattern; colour comes on top.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from casebook import formats
from casebook.language import _, plural
from casebook.pages.base import (
    Html,
    details,
    element,
    headline,
    join,
    notice,
    section,
    table,
)
from casebook.prototype.shown import points_shown, share_shown, signed, value_shown
from casebook.prototype.values import Change, Contribution, Field, Neighbour, Why

MOST_BARS = 8
SMALLEST = 0.02
"""A bar below this share of the largest one is folded with the others."""


class _Bar(NamedTuple):
    name: str
    value: str
    size: float
    said: str


def why_html(why: Why, fields: Sequence[Field] = ()) -> Html:
    """The sentences, the bars from start to end, the rule, near rows and what it is worth.

    fields: of the form, for the names and units of near rows; without them columns stay raw.
    """
    return element("div", join(
        headline(why.sentences),
        _bars(why),
        element("p", _worth(why), class_="cb-small"),
        _all(why),
        section(_("What the rule says"), element("p", why.rule, class_="cb-lead"))
        if why.rule else "",
        neighbours_html(why.neighbours, fields) if why.neighbours else "",
    ), class_="cb-why")  # fmt: skip


def change_html(change: Change | None, sentence: str = "", fields: Sequence[Field] = ()) -> Html:
    """The smallest change that turns the decision.

    sentence: why there is none. fields: of the form, for the names of its columns.
    """
    title = _("What would turn it")
    if change is None:
        return section(title, notice("empty", sentence or _("No allowed change turns it.")))
    by_column = {field.column: field for field in fields}
    rows = [[_label(by_column, name), old, new] for name, old, new in change.changed]
    columns = [_("column"), _("now"), _("then")]
    listed = table(columns, rows, caption=_("The smallest allowed change"), numeric=())
    said = element("p", change.sentence, class_="cb-lead")
    return section(title, said, listed if len(rows) > 1 else "")


def neighbours_html(neighbours: Sequence[Neighbour], fields: Sequence[Field] = ()) -> Html:
    """Near known rows, one column each, with what came true of them."""
    if not neighbours:
        return Html("")
    by_column = {field.column: field for field in fields}
    names = [_("row {id}", id=one.id) if one.id else _("row {n}", n=n)
             for n, one in enumerate(neighbours, 1)]  # fmt: skip
    truth = [_("what came true"), *(_truth(one) for one in neighbours)]
    far = [_("how unlike (0% is the same)"),
           *(formats.percent(one.distance) for one in neighbours)]  # fmt: skip
    columns = list(neighbours[0].row)
    rows = [
        [_label(by_column, name), *(_value(by_column, name, one) for one in neighbours)]
        for name in columns
    ]
    caption = plural("The nearest known row", "The {n} nearest known rows", len(neighbours))
    head = table(["", *names], [truth, far], caption=caption, numeric=(), strong=(0,))
    return section(_("Known rows that are near"), head,
                   details(_("Their values"), table(["", *names], rows, numeric=())))  # fmt: skip


def _label(fields: dict[str, Field], name: str) -> str:
    return fields[name].label if name in fields else name


def _value(fields: dict[str, Field], name: str, one: Neighbour) -> str:
    field = fields.get(name) or Field(name, name, "text")
    return value_shown(field, one.row[name])


def _truth(one: Neighbour) -> str:
    return one.truth if isinstance(one.truth, str) else formats.number(one.truth)


# Bars ----------------------------------------------------------------------------------------


def _bars(why: Why) -> Html:
    given = [_bar(one) for one in why.contributions]
    largest = max((abs(bar.size) for bar in given), default=0.0)
    shown = [bar for bar in given if largest and abs(bar.size) >= SMALLEST * largest][:MOST_BARS]
    hidden = given[len(shown) :]
    scale = _scale([*shown, _Bar("", "", sum(bar.size for bar in hidden), "")])
    rows = [
        _end(_("Start: {what}", what=_average(why)), _start_said(why), "cb-why-start"),
        *(_bar_row(bar, scale) for bar in shown),
        *_others(why, hidden, scale),
        _end(_("This row"), _end_said(why), "cb-why-end"),
    ]
    head = join(
        element("th", _("column and value"), scope="col"),
        element("th", "", scope="col", aria_hidden="true"),  # of the bars, which are not read out
        element("th", _("adds"), scope="col"),
    )
    body = join(
        element("caption", _caption(why)),
        element("colgroup", join(*(_column(kind) for kind in ("name", "bar", "amount")))),
        element("thead", element("tr", head)),
        element("tbody", join(*rows)),
    )
    return element("table", body, class_="cb-why-bars")


def _column(kind: str) -> Html:
    return Html('<col class="cb-why-col-{}">').format(kind)


def _bar(one: Contribution) -> _Bar:
    size = one.amount if one.points is None else one.points
    said = signed(size) if one.points is None else points_shown(size)
    return _Bar(one.label or one.column, one.shown, size, said)


def _bar_row(bar: _Bar, scale: _Scale) -> Html:
    name = join(element("span", bar.name, class_="cb-why-name"),
                element("span", bar.value, class_="cb-why-value") if bar.value else "")  # fmt: skip
    return element("tr", join(
        element("th", name, scope="row"),
        element("td", _track(bar.size, scale), aria_hidden="true"),
        element("td", bar.said, class_="cb-number"),
    ))  # fmt: skip


class _Scale(NamedTuple):
    """Where the line stands, in percent of the width, and percent for one unit."""

    line: float
    unit: float


def _scale(bars: Sequence[_Bar]) -> _Scale:
    """One unit for both sides; room for each, and never less than a tenth."""
    up = max(0.0, *(bar.size for bar in bars))
    down = max(0.0, *(-bar.size for bar in bars))
    whole = max(up + down, 1e-300)
    line = min(0.9, max(0.1, down / whole))
    units = [room / size for room, size in ((1 - line, up), (line, down)) if size > 0]
    return _Scale(100 * line, 100 * min(units, default=0.0))


def _track(size: float, scale: _Scale) -> Html:
    """A bar from the line, to the right for what raises, to the left for what lowers."""
    width = abs(size) * scale.unit
    side, start = ("up", scale.line) if size > 0 else ("down", scale.line - width)
    bar = element("span", "", class_=f"cb-why-{side}",
                  style=f"left:{start:.2f}%;width:{width:.2f}%")  # fmt: skip
    line = element("span", "", class_="cb-why-line", style=f"left:{scale.line:.2f}%")
    return element("span", join(bar if size else "", line), class_="cb-why-track")


def _others(why: Why, hidden: Sequence[_Bar], scale: _Scale) -> list[Html]:
    """All others in one row; nothing where there are none."""
    if not hidden:
        return []
    total = sum(bar.size for bar in hidden)
    said = signed(total) if why.end_share is None else points_shown(total)
    name = plural("{n} other column", "{n} other columns together", len(hidden))
    return [_bar_row(_Bar(name, "", total, said), scale)]


def _end(name: str, said: str, kind: str) -> Html:
    return element("tr", join(
        element("th", name, scope="row", colspan="2"),
        element("td", said, class_="cb-number"),
    ), class_=kind)  # fmt: skip


def _average(why: Why) -> str:
    n = formats.number(why.rows)
    if why.unit == "log odds":
        return _("typical of {n} known rows (mean of log odds)", n=n)
    return _("average of {n} known rows", n=n)


def _start_said(why: Why) -> str:
    if why.start_share is None:
        return formats.number(why.start)
    return share_shown(why.start_share)


def _end_said(why: Why) -> str:
    return formats.number(why.end) if why.end_share is None else share_shown(why.end_share)


def _caption(why: Why) -> str:
    if why.end_share is None:
        return _("What each column adds to the number")
    return _("What each column adds, in points of probability")


def _worth(why: Why) -> str:
    """What reasons are, and how exact."""
    told = [_("This is what the model goes by, not what causes it.")]
    if not why.exact:
        size = (signed(2 * why.error).lstrip("+") if why.end_share is None
                else formats.number(200 * why.error, 1))  # fmt: skip
        told.append(_("Estimated from samples; each is right to about ± {size}.", size=size))
    return " ".join(told)


def _all(why: Why) -> Html:
    """Every column with its value and what it adds, folded."""
    rows = [[bar.name, bar.value, bar.said] for bar in map(_bar, why.contributions)]
    columns = [_("column"), _("value"), _("adds")]
    return details(_("All columns"), table(columns, rows, numeric={2})) if rows else Html("")
