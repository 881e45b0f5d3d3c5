"""The pages that a case offers by a link, in one literal table."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from casebook.case import Case
from casebook.exceptions import ParameterError, nearest
from casebook.language import N_, _

ALL = "all"
"""What `--page` takes for the landing page, from which every page is reached."""


def always(_case: Case) -> str:
    """No reason why a page could not be opened."""
    return ""


class Page(NamedTuple):
    """One page: its name in the link, its notebook, and what a visitor does there.

    says: a sentence more, on the landing page.
    why_not: why the page cannot be opened for a case yet, in its language; empty where it can.
    """

    name: str
    notebook: str
    title: str
    says: str = ""
    why_not: Callable[[Case], str] = always


PAGES = (
    Page(
        "feasibility",
        "04_feasibility",
        N_("Answer the checklist together"),
        N_("Twelve signs beside what the data say of them. Is machine learning the right tool?"),
    ),
)


def page_named(name: str) -> Page:
    """The page with this name.

    Raises ParameterError for a name that is not in the table.
    """
    found = {page.name: page for page in PAGES}
    if name not in found:
        raise ParameterError(
            _("there is no page '{name}'; there are {allowed}.",
              name=name, allowed=", ".join([*found, ALL])),
            place="--page",
            hint=nearest(name, [*found, ALL]),
        )  # fmt: skip
    return found[name]


def pages_named(name: str) -> tuple[Page, ...]:
    """One page, or all of them for `all`. Raises ParameterError for another name."""
    return PAGES if name == ALL else (page_named(name),)
