"""The phases, in one literal table; a test holds it against the disk."""

from __future__ import annotations

from typing import NamedTuple

from casebook.language import N_


class Phase(NamedTuple):
    """One step of the life cycle.

    stem: the same in notebooks/, casebook/phases/, figures/, pages/ and tests/.
    needs: stems whose findings it cannot do without.
    reads: stems whose findings it uses where they are there; they run before it.
    """

    number: int
    stem: str
    title: str
    question: str
    needs: tuple[str, ...] = ()
    reads: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """`02_symptom`: the name of its notebook and of its files in a run."""
        return f"{self.number:02d}_{self.stem}"


PHASES = (
    Phase(
        0,
        "case",
        N_("The case"),
        N_("Where does this case stand?"),
        reads=(
            "business",
            "symptom",
            "problem",
            "feasibility",
            "baseline",
            "prototype",
            "error_analysis",
        ),
    ),
    Phase(
        1,
        "business",
        N_("Business"),
        N_("What is the service worth, where can data enter, and how is a prediction used?"),
    ),
    Phase(2, "symptom", N_("Symptom"), N_("What is happening?")),
    Phase(3, "problem", N_("Problem"), N_("What exactly is the problem?"), reads=("symptom",)),
    Phase(4, "feasibility", N_("Feasibility"), N_("Is machine learning the right tool?")),
    Phase(7, "baseline", N_("Baseline"), N_("What must a model beat, and does it?")),
    Phase(8, "prototype", N_("Prototype"), N_("Can a colleague try it?"), needs=("baseline",)),
    Phase(
        10,
        "error_analysis",
        N_("Error analysis"),
        N_("Where and why is it wrong?"),
        needs=("baseline",),
    ),
)

SECTION_TITLES = {
    **{phase.stem: phase.title for phase in PHASES},
    "objectives": N_("Objectives"),
    "constraints": N_("Constraints"),
    "evaluation": N_("Evaluation"),
    "monitoring": N_("Monitoring"),
    "iteration": N_("Iteration"),
}
"""What the record's sections are called, also of phases that have no notebook yet."""
