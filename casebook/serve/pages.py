"""The pages that a case offers by a link, in one literal table."""

from __future__ import annotations

from typing import NamedTuple

from casebook.exceptions import ParameterError, nearest
from casebook.language import N_, _


class Page(NamedTuple):
    """One page: its name on the command line, its notebook, and what a visitor does there."""

    name: str
    notebook: str
    title: str


PAGES = (Page("feasibility", "04_feasibility", N_("Answer the checklist together")),)


def page_named(name: str) -> Page:
    """The page with this name.

    Raises ParameterError for a name that is not in the table.
    """
    found = {page.name: page for page in PAGES}
    if name not in found:
        raise ParameterError(
            _("there is no page '{name}'; there are {allowed}.",
              name=name, allowed=", ".join(found)),
            place="--page",
            hint=nearest(name, found),
        )  # fmt: skip
    return found[name]
