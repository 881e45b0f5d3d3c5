"""The twelve signs of the checklist, in one literal table."""

from __future__ import annotations

from typing import NamedTuple

from casebook.language import N_


class Sign(NamedTuple):
    """One sign: its field in the record, whether it speaks for learning, its title."""

    name: str
    good: bool
    title: str


SIGNS = (
    Sign("pattern", True, N_("There is a pattern to learn")),
    Sign("objective", True, N_("An objective function can be written")),
    Sign("complexity", True, N_("The task is complex enough")),
    Sign("data", True, N_("Data exist or can be collected")),
    Sign("repetition", True, N_("The task is repeated")),
    Sign("value", True, N_("A prediction has value for the business")),
    Sign("unethical", False, N_("It would be unethical")),
    Sign("simple", False, N_("It can be solved simply")),
    Sign("no_data", False, N_("There are no good data")),
    Sign("fatal", False, N_("One wrong prediction is fatal")),
    Sign("explain", False, N_("Every decision must be explained")),
    Sign("cost", False, N_("It is not worth its cost")),
)
