"""The pages that a case offers by a link, in one literal table.

A page is one notebook: a phase's own, or one without a number that no phase is (`labels`,
`ranking`), so that it can be worked with in Lab and Voila as well. The name of the page that was
opened is in its kernel's environment (`CASEBOOK_PAGE`). Only the report needs no kernel: it is
the files of the published run.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from casebook.case import Case
from casebook.exceptions import ParameterError, nearest
from casebook.language import N_, _
from casebook.serve import reasons

ALL = "all"
"""What `--page` takes for the landing page, from which every page is reached."""


class Page(NamedTuple):
    """One page: its name in the link, its notebook, and what a visitor does there.

    notebook: empty for the report, which has none.
    says: a sentence more, on the landing page.
    why_not: why the page cannot be opened for a case yet, in its language; empty where it can.
    """

    name: str
    notebook: str
    title: str
    says: str = ""
    why_not: Callable[[Case], str] = reasons.always


PAGES = (
    Page(
        "prototype",
        "08_prototype",
        N_("Try the prototype"),
        N_("Type in a case, read the answer and what it rests on, and say whether it is right."),
        reasons.no_model,
    ),
    Page(
        "ranking",
        "ranking",
        N_("See what comes first"),
        N_("Whom to turn to first, or what to offer, as a list with reasons."),
        reasons.no_ranking,
    ),
    Page(
        "labels",
        "labels",
        N_("Look at labels"),
        N_("One row at a time: what would you say? Rows that can teach most come first."),
        reasons.no_target,
    ),
    Page(
        "errors",
        "10_error_analysis",
        N_("Look at errors"),
        N_("Where is the model wrong more often than elsewhere, and on which rows most?"),
        reasons.no_errors,
    ),
    Page(
        "feasibility",
        "04_feasibility",
        N_("Answer the checklist together"),
        N_("Twelve signs beside what the data say of them. Is machine learning the right tool?"),
    ),
    Page(
        "report",
        "",
        N_("Read the report"),
        N_("What the last published run found, from the symptom to the model."),
        reasons.no_report,
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
