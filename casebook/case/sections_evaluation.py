"""The record's sections from evaluation to iteration: what it brought, where it errs, what next."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from casebook.case.base import (
    Answer,
    Count,
    Day,
    Decision,
    Number,
    Period,
    Positive,
    Scalar,
    Section,
    Share,
    asked,
    complaint,
    listed,
    optional,
    required,
    section,
)
from casebook.case.sections_symptom import Hypothesis
from casebook.language import N_, _


class Arm(Section):
    """One group of an experiment and what it gets."""

    name: str = required(N_("What is the group called in the data?"))
    what: str | None = asked(N_("What does the group get?"))
    share: Share | None = asked(N_("Which share of the units is in it?"))


class Experiment(Section):
    """A test in the field: some get the new, some the old, by chance."""

    unit: str | None = asked(N_("What is assigned by chance: guest, store, day?"))
    unit_column: str | None = optional(N_("Which column names that unit?"), "column")
    arms: tuple[Arm, ...] = listed(N_("Which groups are there, and what does each get?"))
    arm_column: str | None = optional(N_("Which column names the group?"), "column")
    control: str | None = asked(N_("Which group gets what there is today?"))
    outcome: str | None = asked(
        N_("What is compared? An SQL aggregate over the rows of a unit."), "aggregate"
    )
    guardrails: tuple[str, ...] = listed(
        N_("What must not get worse? SQL aggregates."), "aggregate", optional=True
    )
    table: str | None = optional(N_("Which table holds the outcome?"), "table")
    minimal_effect: Positive | None = asked(N_("Which difference is the least worth acting on?"))
    effect_is: Literal["absolute", "relative"] = optional(
        N_("Is that difference absolute or a share of today's value?"), default="absolute"
    )
    power: Share = optional(
        N_("With which probability must a real difference be found?"), default=0.8
    )
    level: Share = optional(
        N_("With which probability may a difference be reported that is not there?"), default=0.05
    )
    start: Day | None = asked(N_("On which day does it start?"))
    length_days: Count | None = asked(N_("How many days does it last?"))
    stop_rule: str | None = asked(N_("What would end it early?"))

    @model_validator(mode="after")
    def _arms_fit(self) -> Experiment:
        names = [arm.name for arm in self.arms]
        if len(set(names)) < len(names):
            raise complaint(_("two groups have the same name"), "arms")
        if sum(arm.share or 0 for arm in self.arms) > 1 + 1e-9:
            raise complaint(_("the shares of the groups add up to more than 1"), "arms")
        if self.arms and self.control is not None and self.control not in names:
            message = _(
                "no group is called '{name}'; there is: {names}",
                name=self.control,
                names=", ".join(names),
            )
            raise complaint(message, "control")
        return self


class Outcome(Decision):
    """What was decided after looking back."""

    verdict: Literal["go on", "change", "stop"] | None = asked(N_("What was decided?"))


class Evaluation(Section):
    """How it is found out whether it helps the business."""

    business_metric: str | None = asked(N_("Which number of the business should move?"))
    metric: str | None = asked(N_("Which SQL aggregate measures it?"), "aggregate")
    unit_value: Number | None = asked(N_("What is one unit of it worth?"))
    currency: str | None = asked(N_("In which currency?"))
    link: str | None = asked(
        N_("Why should a better model move that number, step by step?"), "paragraph"
    )
    experiment: Experiment = section(Experiment, N_("How is it tested in the field?"))
    decision: Outcome | None = asked(N_("Was it worth it, and what follows?"))


class Reviewed(Section):
    """A row that the model had wrong, looked at by a person."""

    row: Scalar = required(N_("Which row, by its id?"))
    verdict: Literal["model wrong", "label wrong", "both possible", "unclear"] = required(
        N_("Who is wrong, the model or the label?")
    )
    label: Scalar | None = optional(N_("What is the right label?"))
    note: str | None = optional(N_("What made it wrong?"), "paragraph")
    by: str | None = optional(N_("Who looked?"), "person")
    on: Day | None = optional(N_("On which day?"))


class ErrorAnalysis(Section):
    """What people know of where and why it is wrong."""

    follow: tuple[str, ...] = listed(
        N_("Which groups of rows are followed? SQL conditions."), "expression"
    )
    reviewed: tuple[Reviewed, ...] = listed(N_("Which wrong rows have people looked at?"))
    reasons: str | None = asked(N_("Which kinds of mistakes are there, and why?"), "paragraph")
    actions: tuple[str, ...] = listed(N_("What is done about them?"), "paragraph")


class Alert(Section):
    """A limit on a number that is watched; past it, somebody is told."""

    metric: str = required(N_("Which number is watched?"))
    below: Number | None = optional(N_("Below which value is it an alert?"))
    above: Number | None = optional(N_("Above which value is it an alert?"))
    periods: Count = optional(N_("After how many periods in a row?"), default=1)
    action: str | None = asked(N_("Who does what then?"))

    @model_validator(mode="after")
    def _has_a_limit(self) -> Alert:
        if self.below is None and self.above is None:
            raise complaint(_("an alert needs a limit: below, above or both"))
        return self


class Monitoring(Section):
    """What is watched once it is in use, and who acts."""

    every: Period | None = asked(N_("How often is it looked at?"))
    alerts: tuple[Alert, ...] = listed(N_("Which numbers are watched, and within which limits?"))
    columns: tuple[str, ...] = listed(
        N_("Which columns are watched for drift? None named means all that the model uses."),
        "column",
        optional=True,
    )
    level: Share = optional(
        N_("With which probability may drift be reported that is not there?"), default=0.05
    )
    reference_since: Day | None = optional(N_("From which day on are data the reference?"))
    reference_until: Day | None = optional(N_("Up to which day?"))
    owner: str | None = asked(N_("Who is told, and looks after it?"), "person")
    retrain: str | None = asked(N_("When is it fitted again, and who agrees?"))
    retire: str | None = asked(N_("When is it switched off, and what is done instead?"))
    log_allowed: Answer | None = asked(N_("May predictions and inputs be kept?"))


class Iteration(Section):
    """What was learned, and what comes next."""

    number: int = Field(
        default=1, ge=1, strict=True,
        description=N_("Which iteration is this?"), json_schema_extra={"x-optional": True},
    )  # fmt: skip
    previous: str | None = optional(N_("Where is the case of the iteration before?"))
    learned: str | None = asked(N_("What was learned this time?"), "paragraph")
    new_symptom: str | None = asked(N_("What is seen now?"), "paragraph")
    hypotheses: tuple[Hypothesis, ...] = listed(N_("What could be the reasons, and what to try?"))
    decision: Outcome | None = asked(N_("Does it go on, and with what?"))
