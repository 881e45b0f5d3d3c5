"""The states that anything on a page can be in: a word and an icon for each."""

from __future__ import annotations

from typing import Literal, NamedTuple

from casebook.language import N_, _

Kind = Literal[
    "info",
    "ok",
    "warning",
    "failed",
    "stale",
    "empty",
    "unanswered",
    "cannot_tell",
    "computing",
]


class State(NamedTuple):
    """A state: its word, and its icon as the path of a 16 by 16 drawing."""

    label: str
    path: str


STATES: dict[Kind, State] = {
    "info": State(N_("Note"), "M8 7.2v4M8 4.8v.1M14.2 8A6.2 6.2 0 1 1 1.8 8a6.2 6.2 0 0 1 12.4 0z"),
    "ok": State(N_("Done"), "M3 8.6l3.2 3.2L13 5"),
    "warning": State(N_("Take care"), "M8 6.4v3M8 11.6v.1M8 2.2 1.8 13.4h12.4z"),
    "failed": State(N_("Failed"), "M4 4l8 8M12 4l-8 8"),
    "stale": State(N_("Out of date"), "M8 4.6V8l2.2 1.6M14.2 8A6.2 6.2 0 1 1 8 1.8"),
    "empty": State(N_("Nothing to show"), "M2.6 4.2h10.8v7.6H2.6z"),
    "unanswered": State(N_("Not answered yet"), "M2.5 13.5l.7-2.9 7.9-7.9 2.2 2.2-7.9 7.9z"),
    "cannot_tell": State(
        N_("Cannot tell"), "M5.8 6a2.3 2.3 0 1 1 3.3 2.1c-.8.4-1.1.8-1.1 1.6M8 12v.1"
    ),
    "computing": State(N_("Computing"), "M8 1.8A6.2 6.2 0 1 1 1.8 8"),
}


def label(kind: Kind) -> str:
    """The word of a state, in the current language."""
    return _(STATES[kind].label)


def icon(kind: Kind) -> str:
    """The icon of a state; the word beside it says the same, so it is not read out."""
    path = STATES[kind].path
    return f'<svg class="cb-icon" viewBox="0 0 16 16" aria-hidden="true"><path d="{path}"/></svg>'
