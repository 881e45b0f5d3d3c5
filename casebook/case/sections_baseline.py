"""The record's sections on baseline and prototype: what must be beaten, and what colleagues try."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from casebook.case.base import (
    Count,
    Day,
    Flag,
    Number,
    Scalar,
    Section,
    Share,
    asked,
    complaint,
    listed,
    mapped,
    optional,
    required,
    section,
)
from casebook.language import N_, _


class Rule(Section):
    """One line of a table of rules; the first that matches a row decides."""

    condition: str = Field(
        alias="if",
        description=N_("Which rows does it take? An SQL condition."),
        json_schema_extra={"x-kind": "expression"},
    )
    then: Scalar = required(N_("What does it predict for them?"))
    note: str | None = optional(N_("Where does the rule come from?"))


class Estimator(Section):
    """A candidate of one's own: a class in scikit-learn's form and its parameters."""

    name: str = required(N_("What is the candidate called?"))
    path: str = required(N_("Where is the class, such as lightgbm.LGBMClassifier?"))
    parameters: dict[str, Scalar | None] = mapped(N_("With which parameters?"))
    trust: tuple[str, ...] = listed(
        N_("Which of its types may be loaded from a model's file? Each by its full name."),
        optional=True,
    )


class Offer(Section):
    """One line of a rule that says what is offered to whom."""

    liked: Scalar = required(N_("What did somebody choose? By its id or its title."))
    offer: Scalar = required(N_("What is offered then? By its id or its title."))


class OfferRule(Section):
    """What somebody would say aloud: who liked one thing is offered another."""

    pairs: tuple[Offer, ...] = listed(
        N_("Who liked one thing is offered which other? The first that fits comes first."),
        optional=True,
    )
    next: Flag = optional(
        N_("Is the thing that follows on the list of things offered, as on a menu card?"),
        default=False,
    )
    kind: str | None = optional(
        N_("Which column of that list says what is of one kind, so that the next is of the same?"),
        "column",
    )


class Recommend(Section):
    """Who chose what, where the case is to recommend something, and how that is tested."""

    table: str | None = optional(
        N_("Which table holds the choices? Null is the one that the phases examine."), "table"
    )
    user: str | None = optional(N_("Which column says who chose?"), "column")
    item: str | None = optional(N_("Which column says what was chosen?"), "column")
    time: str | None = optional(
        N_("Which column says when it was chosen? Null takes it from the roles."), "column"
    )
    basket: str | None = optional(
        N_("Where nobody knows who chose: which column says what was chosen together?"), "column"
    )
    amount: str | None = optional(N_("Which column says how many were chosen at once?"), "column")
    join: str | None = optional(
        N_("Which column joins the choices to the main table, if user or time are there?"), "column"
    )
    items: str | None = optional(N_("Which table lists all things that there are?"), "table")
    title: str | None = optional(
        N_("Which of its columns holds their titles? Null looks for one such as name or name_ko."),
        "column",
    )
    rule: OfferRule = section(OfferRule, N_("Which rule would somebody say aloud?"))
    repeats: Flag = optional(
        N_("May something be recommended that the same person chose before?"), default=True
    )
    days: Count | None = optional(
        N_("How many of the last days are kept for the test? Null is a fifth of all days.")
    )
    k: Count = optional(N_("How many things are recommended at once?"), default=10)


class Choice(Section):
    """Which candidate is to be used, decided by a person."""

    candidate: str = required(N_("Which candidate is to be used?"))
    by: str | None = optional(N_("Who decided?"), "person")
    on: Day | None = optional(N_("On which day?"))
    reason: str | None = asked(N_("Why this one?"), "paragraph")


class Baseline(Section):
    """What a model must beat, and what it is compared with."""

    rules: tuple[Rule, ...] = listed(N_("Which rules would somebody say aloud?"))
    default: Scalar | None = asked(N_("What is predicted where no rule matches?"))
    human: str | None = asked(N_("Which column holds what people decide today?"), "column")
    candidates: tuple[str, ...] = listed(
        N_("Which candidates are compared? None named means all that fit."), optional=True
    )
    estimators: tuple[Estimator, ...] = listed(
        N_("Which candidates of your own are compared as well?"), optional=True
    )
    recommend: Recommend = section(Recommend, N_("If something is recommended: to whom, and what?"))
    split: Literal["random", "time", "group"] | None = optional(
        N_("How are rows parted for testing? Null takes it from the roles.")
    )
    season: Count | None = optional(
        N_("After how many rows in time does a pattern repeat, such as 7 for days in a week?")
    )
    holdout: Share | None = optional(
        N_("Which share of rows is kept for the last test? Null is 0.2.")
    )
    folds: int | None = Field(
        default=None, ge=2, strict=True,
        description=N_("Into how many parts is the table split? Null is 5."),
        json_schema_extra={"x-optional": True},
    )  # fmt: skip
    repeats: Count | None = optional(N_("How often is that repeated? Null is once."))
    decision: Choice | None = asked(N_("Which candidate is to be used, and who says so?"))

    def not_asked(self) -> frozenset[str]:
        """A value for what no rule takes is asked once there is a rule."""
        return frozenset() if self.rules else frozenset({"default"})


class FormField(Section):
    """One field of the prototype's form."""

    column: str = required(N_("Which column is typed in?"), "column")
    label: str | None = optional(N_("What is it called on the page?"))
    help: str | None = optional(N_("What should the reader know to fill it in?"))
    unit: str | None = optional(N_("In which unit?"))
    low: Number | None = optional(N_("What is the least that is allowed?"))
    high: Number | None = optional(N_("What is the most that is allowed?"))
    fixed: Scalar | None = optional(N_("Which value is always taken, without asking?"))


class Form(Section):
    """What a colleague types to get a prediction."""

    fields: tuple[FormField, ...] = listed(
        N_("Which columns are asked for? None named means all that the model uses."),
        optional=True,
    )
    examples: tuple[Scalar, ...] = listed(
        N_("Which rows, by their id, are offered as examples?"), optional=True
    )


class HandOver(Section):
    """The band of probabilities in which a person decides, not the model."""

    low: Share = required(N_("From which probability on does a person decide?"))
    high: Share = required(N_("Up to which probability?"))
    to: str | None = optional(N_("Who decides then?"), "person")

    @model_validator(mode="after")
    def _low_is_below_high(self) -> HandOver:
        if self.low > self.high:
            message = _(
                "the band starts at {low} and ends below, at {high}", low=self.low, high=self.high
            )
            raise complaint(message, "high")
        return self


class Texts(Section):
    """What the prototype says, in the words of the case."""

    title: str | None = asked(N_("What is the page called?"))
    intro: str | None = asked(N_("What does a colleague need to know first?"), "paragraph")
    positive: str | None = asked(N_("What does it say for a yes?"))
    negative: str | None = asked(N_("What does it say for a no?"))
    number: str | None = optional(N_("What does it say for a number, with {value} in it?"))
    hand_over: str | None = optional(N_("What does it say where a person should decide?"))
    unknown: str | None = optional(N_("What does it say for a case unlike any seen?"))
    limits: str | None = asked(N_("What should it not be used for?"), "paragraph")


class Feedback(Section):
    """What colleagues are asked after a prediction."""

    question: str | None = optional(N_("What are they asked? Null asks whether it was right."))
    reasons: tuple[str, ...] = listed(
        N_("Which reasons for a wrong prediction can be picked?"), optional=True
    )


class Prototype(Section):
    """What colleagues see when they try it."""

    audience: tuple[str, ...] = listed(N_("Who is to try it?"), "person")
    form: Form = section(Form, N_("What does a colleague type in?"))
    threshold: Share | None = asked(N_("From which probability on is it a yes?"))
    hand_over: HandOver | None = asked(N_("Where does a person decide instead of the model?"))
    texts: Texts = section(Texts, N_("What does the page say?"))
    feedback: Feedback = section(Feedback, N_("What are colleagues asked after a prediction?"))
