"""The record's section on feasibility: six good signs and six bad ones."""

from __future__ import annotations

from typing import ClassVar, Literal

from casebook.case.base import (
    Answer,
    Day,
    Decision,
    Positive,
    Section,
    Share,
    asked,
    optional,
    section,
)
from casebook.language import N_

Verdict = Literal["go", "rule first", "collect data first", "stop"]

GOOD_SIGNS = ("pattern", "objective", "complexity", "data", "repetition", "value")
BAD_SIGNS = ("unethical", "simple", "no_data", "fatal", "explain", "cost")


class Check(Section):
    """One sign: a person's answer, given with the evidence in view."""

    leading: ClassVar[str] = "answer"

    answer: Answer | None = asked(N_("Your answer?"))
    note: str | None = optional(N_("Why do you say so?"), "paragraph")
    by: str | None = optional(N_("Who answered?"), "person")
    on: Day | None = optional(N_("On which day?"))


class Override(Decision):
    """A verdict that a person takes responsibility for, against that of the rules."""

    verdict: Verdict = optional(N_("Which verdict holds instead?"), default="go")


class Feasibility(Section):
    """Whether machine learning is the right tool, sign by sign."""

    pattern: Check = section(Check, N_("Is there a pattern to learn?"))
    objective: Check = section(Check, N_("Can what is to be optimised be written as a formula?"))
    complexity: Check = section(Check, N_("Is it too complex for a rule that one can say aloud?"))
    data: Check = section(Check, N_("Do the data exist, or can they be collected?"))
    repetition: Check = section(Check, N_("Is the same decision taken again and again?"))
    value: Check = section(Check, N_("Is a prediction worth something to the business?"))
    unethical: Check = section(Check, N_("Would it be unethical to let a machine decide this?"))
    simple: Check = section(Check, N_("Would something simple solve it as well?"))
    no_data: Check = section(Check, N_("Are good data out of reach?"))
    fatal: Check = section(Check, N_("Can one wrong prediction do harm beyond repair?"))
    explain: Check = section(Check, N_("Must every decision be explained?"))
    cost: Check = section(Check, N_("Does it cost more than it brings?"))
    minutes_per_decision: Positive | None = asked(
        N_("How many minutes does a decision take a person today?")
    )
    decisions_per_day: Positive | None = optional(
        N_("How many such decisions are there a day? Null counts them in the table.")
    )
    cost_per_hour: Positive | None = asked(N_("What does an hour of that work cost?"))
    right_by_hand: Share | None = optional(
        N_("Which share of such decisions does a person get right? Null takes all.")
    )
    worst_case_cost: Positive | None = asked(N_("What could the worst wrong prediction cost?"))
    build_cost: Positive | None = asked(N_("What would building it cost?"))
    run_cost_per_month: Positive | None = asked(N_("What would running it cost a month?"))
    signature: Decision | None = asked(
        N_("Who signs that this is ethically acceptable, and why is it?")
    )
    override: Override | None = optional(
        N_("Does somebody overrule the verdict? With name and reason.")
    )

    def check(self, sign: str) -> Check:
        """The answer to one of `GOOD_SIGNS` or `BAD_SIGNS`."""
        found = getattr(self, sign)
        if not isinstance(found, Check):
            raise KeyError(sign)
        return found
