"""The record's sections on objectives and constraints: what is optimised, within what limits."""

from __future__ import annotations

from typing import Literal

from casebook.case.base import (
    Answer,
    Count,
    Day,
    Either,
    Number,
    Period,
    Positive,
    Section,
    Share,
    asked,
    listed,
    optional,
    required,
    section,
)
from casebook.language import N_

LabelScenario = Literal["labels", "proxy labels", "no labels", "no data"]
Limit = Literal[
    "deadline", "cost_per_month", "max_latency_ms", "max_size_mb", "max_memory_mb",
    "explainable", "max_rate_difference", "min_quality",
]  # fmt: skip


class Objective(Section):
    """One thing to be made better, and how much it counts beside the others."""

    name: str = required(N_("What is to be made better?"))
    metric: str | None = asked(N_("Which metric measures it, such as roc_auc or recall?"))
    weight: Positive | None = asked(N_("How much does it count beside the others?"))
    direction: Literal["higher", "lower"] = optional(
        N_("Is a higher or a lower number better?"), default="higher"
    )
    goal: Number | None = asked(N_("Which number would be good enough?"))
    score: str | None = optional(
        N_("Which SQL expression scores a row by it, for ranking?"), "expression"
    )
    why: str | None = optional(N_("Why does it matter?"), "paragraph")


class Costs(Section):
    """What each outcome costs, in `cost_unit`; what it brings is written as a negative cost."""

    true_positive: Number | None = asked(N_("What does a rightly predicted yes cost?"))
    false_positive: Number | None = asked(N_("What does a wrongly predicted yes cost?"))
    false_negative: Number | None = asked(N_("What does a wrongly predicted no cost?"))
    true_negative: Number | None = asked(N_("What does a rightly predicted no cost?"))
    over: Number | None = optional(N_("What does it cost to predict a number one too high?"))
    under: Number | None = optional(N_("What does it cost to predict a number one too low?"))
    per_row: str | None = optional(
        N_("By which SQL expression over a row are the costs multiplied, such as an amount?"),
        "expression",
    )


class Capacity(Section):
    """How many predictions can be acted on, as 200 calls a week."""

    amount: Count | None = optional(N_("On how many predictions can people act?"))
    period: Period | None = optional(N_("In a day, a week or a month?"))
    acts_on: Either = optional(
        N_("Do people act on a predicted yes, or on a predicted no?"), default="yes"
    )


class Labels(Section):
    """What a label is, who gives it, and when it is known."""

    definition: str | None = asked(N_("What exactly makes a row a yes?"), "paragraph")
    source: str | None = asked(N_("Who or what gives the label?"))
    delay_days: Positive | None = asked(N_("After how many days is it known?"))
    known_at: str | None = optional(N_("Which column says when it became known?"), "column")
    proxy: str | None = optional(N_("What stands in for the label, and how far is it from it?"))


class Objectives(Section):
    """What is optimised, and with which labels."""

    goal: str | None = asked(N_("What should be better afterwards, in one sentence?"), "paragraph")
    objectives: tuple[Objective, ...] = listed(N_("Which objectives are there?"))
    conflict: str | None = asked(N_("When two objectives disagree, which one wins?"), "paragraph")
    metric: str | None = asked(N_("By which metric are candidates compared, such as roc_auc?"))
    label_scenario: LabelScenario | None = asked(
        N_("Are there labels, proxy labels, data without labels, or no data?")
    )
    label: Labels = section(Labels, N_("What is a label, who gives it, and when is it known?"))
    costs: Costs = section(
        Costs, N_("What does each outcome cost? What it brings is a negative cost.")
    )
    cost_unit: str | None = asked(N_("In which unit are costs counted?"))
    capacity: Capacity = section(Capacity, N_("On how many predictions can people act?"))

    def not_asked(self) -> frozenset[str]:
        """Fewer than two objectives cannot disagree."""
        return frozenset({"conflict"} if len(self.objectives) < 2 else ())


class Constraints(Section):
    """What limits the case."""

    schedule: str | None = asked(N_("What has to be there by when?"), "paragraph")
    deadline: Day | None = asked(N_("By which day at the latest?"))
    budget: str | None = asked(N_("What may it cost to build and to run?"), "paragraph")
    cost_per_month: Positive | None = optional(N_("How much a month at most?"))
    people: str | None = asked(N_("Who can work on it, and who keeps it running?"), "paragraph")
    privacy: str | None = asked(
        N_("Which data are personal, and what may be done with them?"), "paragraph"
    )
    technology: str | None = asked(N_("On what must it run, and with what must it work?"))
    ethics: str | None = asked(N_("Whom could it treat unfairly, and what is done about it?"))
    max_latency_ms: Positive | None = asked(N_("How many milliseconds may one prediction take?"))
    max_size_mb: Positive | None = asked(N_("How many megabytes may the model have?"))
    max_memory_mb: Positive | None = optional(N_("How many megabytes of memory may it use?"))
    explainable: Answer | None = asked(N_("Must each prediction be explained?"))
    max_rate_difference: Share | None = optional(
        N_("By how much may rates differ between groups, from 0 to 1?")
    )
    min_quality: Number | None = optional(N_("Which value of the metric is the least allowed?"))
    soft: tuple[Limit, ...] = listed(
        N_("Which of these limits may be broken for a good reason?"), optional=True
    )
