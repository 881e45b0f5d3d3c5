"""The record's section on business: the service, its value, and where a prediction would enter."""

from __future__ import annotations

from typing import Literal

from casebook.case.base import Answer, Section, asked, listed, optional, required
from casebook.language import N_


class Stakeholder(Section):
    """A person or group with a stake in the case."""

    name: str = required(N_("Who is it?"), "person")
    role: str | None = asked(N_("What have they to do with it?"))
    interest: str | None = asked(N_("What do they gain or lose?"))
    decides: Answer | None = asked(N_("Do they decide whether the case goes on?"))


class Input(Section):
    """A place where data can enter: a table of the case, or a plan to get one."""

    name: str = required(N_("What is it about, in a few words?"))
    table: str | None = optional(N_("Which table of the case holds it?"), "table")
    plan: str | None = asked(N_("How and when could it be had?"), "paragraph")
    owner: str | None = asked(N_("Who is responsible for it?"), "person")
    freshness: str | None = asked(N_("How soon after the event would it be there?"))
    trust: str | None = asked(N_("How far can it be trusted, and why?"), "paragraph")
    continues: Answer | None = asked(N_("Will it keep coming?"))
    personal: Answer | None = asked(N_("Does it say something about a person?"))

    def not_asked(self) -> frozenset[str]:
        """A table of the case answers these questions itself, in its own entry."""
        if self.table is None:
            return frozenset()
        return frozenset({"plan", "owner", "freshness", "trust", "continues"})


class Business(Section):
    """The service, its value, where data can enter, and how a prediction is used."""

    service: str | None = asked(N_("What is the service or product, and who uses it?"), "paragraph")
    value: str | None = asked(
        N_("What is it worth to those who use it, and to the business?"), "paragraph"
    )
    stakeholders: tuple[Stakeholder, ...] = listed(N_("Who has a stake in it?"))
    inputs: tuple[Input, ...] = listed(
        N_("Where can data enter? Each a table of the case or a plan to get one.")
    )
    today: str | None = asked(N_("How is it done today, without a model?"), "paragraph")
    output: str | None = asked(
        N_("What would a prediction say, about what, and at what moment?"), "paragraph"
    )
    use: Literal["shown to customers", "helps staff decide", "automates internal work"] | None = (
        asked(N_("How is a prediction used?"))
    )
    use_note: str | None = optional(N_("Where in the work does it enter, exactly?"), "paragraph")
    when_wrong: str | None = asked(
        N_("What happens when a prediction is wrong, and to whom?"), "paragraph"
    )
    noticed: str | None = asked(
        N_("Who notices a wrong one, how soon, and can it be undone?"), "paragraph"
    )
