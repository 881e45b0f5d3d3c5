"""The record's section on the symptom: what is happening, stated so that data can answer."""

from __future__ import annotations

from typing import Literal

from pydantic import model_validator

from casebook.case.base import (
    Day,
    Period,
    Positive,
    Section,
    asked,
    complaint,
    listed,
    optional,
    required,
)
from casebook.language import N_, _


class Factor(Section):
    """A part of which the metric is made, such as guests in guests x spend per guest."""

    name: str = required(N_("What is the factor called?"))
    metric: str = required(N_("Which SQL aggregate measures it?"), "aggregate")
    unit: str | None = optional(N_("In which unit?"))
    role: Literal["multiplies", "divides", "adds"] = optional(
        N_("How does it enter the metric?"), default="multiplies"
    )


class Comparison(Section):
    """Two groups of rows and what is measured on them: a claim that data can support or not."""

    group: str = required(N_("Which rows are said to differ? An SQL condition."), "expression")
    against: str | None = optional(
        N_("From which rows? An SQL condition; null is all others."), "expression"
    )
    outcome: str = required(N_("In what? An SQL expression over a row."), "expression")
    expect: Literal["lower", "higher", "different"] = optional(
        N_("Which way are they said to differ?"), default="different"
    )
    where: str | None = optional(N_("Among which rows only? An SQL condition."), "expression")
    table: str | None = optional(N_("In which table? Null is the main one."), "table")
    matters: Positive | None = optional(
        N_("From which difference on does it matter? Null is a tenth of the outcome's spread.")
    )


class Hypothesis(Section):
    """A supposed reason for the symptom, and how the data could speak for or against it."""

    statement: str = required(N_("What is supposed?"))
    comparison: Comparison | None = asked(N_("Which comparison would show it?"))
    conclusion: Literal["supported", "not supported", "cannot tell"] | None = asked(
        N_("What do you conclude, with the evidence in view?")
    )
    by: str | None = optional(N_("Whose hypothesis is it?"), "person")
    note: str | None = optional(N_("What else is there to say?"), "paragraph")


class Symptom(Section):
    """What is happening, as a claim that can be measured."""

    statement: str | None = asked(N_("What do people see, in their own words?"), "paragraph")
    noticed_by: str | None = optional(N_("Who noticed it?"), "person")
    noticed_on: Day | None = optional(N_("When was it noticed?"))
    metric: str | None = asked(
        N_("Which SQL aggregate measures it, such as SUM(quantity * price)?"), "aggregate"
    )
    metric_name: str | None = asked(N_("What do people call this number?"))
    unit: str | None = asked(N_("In which unit is it?"))
    period: Period | None = asked(N_("By day, week or month?"))
    direction: Literal["falls", "rises"] | None = asked(N_("Does it fall or rise?"))
    since: Day | None = asked(N_("From which day on is it looked at?"))
    until: Day | None = optional(N_("Up to which day? Null is the last day of the data."))
    segments: tuple[str, ...] = listed(
        N_("By which columns could it differ, such as region or kind of guest?"), "column"
    )
    factors: tuple[Factor, ...] = listed(
        N_("Of which factors is the metric made, such as guests and spend per guest?")
    )
    difficulties: tuple[str, ...] = listed(
        N_("What trouble does it cause, and for whom?"), "paragraph"
    )
    hypotheses: tuple[Hypothesis, ...] = listed(N_("What could be the reasons?"))
    data_at_hand: tuple[str, ...] = listed(
        N_("Which data are at hand that could tell?"), "paragraph"
    )

    @model_validator(mode="after")
    def _window_has_a_length(self) -> Symptom:
        if self.since and self.until and self.until < self.since:
            message = _(
                "the window ends on {until}, before it starts on {since}",
                until=self.until.isoformat(),
                since=self.since.isoformat(),
            )
            raise complaint(message, "until")
        return self
