"""What somebody is offered and why, and what simpler ways would have offered."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from casebook.formats import day, number
from casebook.language import _, plural
from casebook.pages.base import Html, details, element, html, join, notice, section, state, table
from casebook.prototype.offers import BESIDE, Offer, Offering, entry_of

_PAST = 15  # of the own choices, the latest that are shown


def offered(offering: Offering, user: str | Sequence[str], offers: Sequence[Offer]) -> Html:
    """The list with its reasons. user: as `offer` takes it."""
    if not offers:
        return notice("empty", _("There is nothing left to offer."))
    parts = [element("li", _line(one)) for one in offers]
    made = element("ol", join(*parts), class_="cb-offers")
    return join(element("p", _lead(offering, user), class_="cb-lead"), made)


def _lead(offering: Offering, user: str | Sequence[str]) -> str:
    if not isinstance(user, str):
        said = _("Offered to somebody new by the {title}", title=offering.title)
        return f"{said}:" if user else _("{said}, of whom nothing is known:", said=said)
    return _("Offered to {user} by the {title}:", user=user, title=offering.title)


def _line(one: Offer) -> Html:
    """Title, whether it was chosen before, the reason, and how strong it is against the first."""
    before = ""
    if one.before:
        before = state("info", plural("had {n} time", "had {n} times", one.before))
    percentage = round(100 * one.strength)
    bar = Html('<span class="cb-offer-bar" aria-hidden="true"><i style="width:{}%"></i></span>')
    return join(
        element("span", one.title, class_="cb-offer-title"),
        " ",
        before,
        element("span", one.reason, class_="cb-offer-why"),
        bar.format(percentage),
    )


def beside(offering: Offering, lists: dict[str, Sequence[Offer]]) -> Html:
    """What the others would have offered, side by side; what is on the chosen list too is marked.

    lists: by recommender, the chosen one among them.
    """
    chosen = {one.item for one in lists[offering.chosen]}
    others = [name for name in BESIDE if name in lists and name != offering.chosen]
    if not others:
        return Html("")
    titles = [_(entry_of(name).title) for name in others]
    most = max(len(lists[name]) for name in others)
    rows = [
        [str(at + 1), *(_other(lists[name], at, chosen) for name in others)] for at in range(most)
    ]
    names = [_("place"), *titles]
    hint = element("p", _("✓ is on the list above as well."), class_="cb-small")
    return section(_("What simpler ways would have offered"), table(names, rows), hint, level=3)


def _other(offers: Sequence[Offer], at: int, chosen: set[str]) -> Html:
    if at >= len(offers):
        return html("")
    one = offers[at]
    return html(f"{one.title} ✓" if one.item in chosen else one.title)


def past(offering: Offering, own: pd.DataFrame) -> Html:
    """What somebody chose before, the latest first, folded."""
    if not len(own):
        return Html("")
    things, timed = offering.choices.things, "time" in own
    rows = [
        [things.title(str(item)), *([day(time)] if timed else [])]
        for item, time in zip(own["item"][:_PAST], own["time" if timed else "item"][:_PAST],
                              strict=True)
    ]  # fmt: skip
    names = [_("what"), *([_("when")] if timed else [])]
    said = _("The latest {n} of {all} choices", n=number(len(rows)), all=number(len(own)))
    return details(_("What they chose before"), table(names, rows, caption=said))


def nothing(why: str) -> Html:
    """Why there is nothing to offer."""
    return notice("empty", why)
