"""The record: everything that people answered or decided in a case, one section a phase."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from casebook.case.base import Line, Section, asked, optional, required, section
from casebook.case.sections_baseline import Baseline, Prototype
from casebook.case.sections_business import Business
from casebook.case.sections_data import Data
from casebook.case.sections_evaluation import ErrorAnalysis, Evaluation, Iteration, Monitoring
from casebook.case.sections_feasibility import Feasibility
from casebook.case.sections_objectives import Constraints, Objectives
from casebook.case.sections_problem import Problem
from casebook.case.sections_symptom import Symptom
from casebook.language import N_

# Section of the record -> stem of the phase that asks its questions, in the order of the record.
PHASE_SECTIONS = {
    "data": "business",
    "business": "business",
    "symptom": "symptom",
    "problem": "problem",
    "feasibility": "feasibility",
    "objectives": "objectives",
    "constraints": "constraints",
    "baseline": "baseline",
    "prototype": "prototype",
    "evaluation": "evaluation",
    "error_analysis": "error_analysis",
    "monitoring": "monitoring",
    "iteration": "iteration",
}


class Record(Section):
    """`case.yaml`: frozen; `save_answers` writes a new one."""

    casebook: Literal[1] = optional(N_("The version of this form."), default=1)
    name: Line = required(N_("What is the case called?"))
    title: str | None = asked(N_("Which title do people read?"))
    summary: str | None = asked(N_("What is the case about, in one paragraph?"), "paragraph")
    language: Literal["en", "ko"] = optional(N_("In which language are its pages?"), default="en")
    owner: str | None = asked(N_("Who answers for the case?"), "person")
    store: str | None = optional(
        N_("In which database are runs and feedback kept? Null is a file in the case's folder.")
    )
    data: Data = Field(description=N_("Which data are there, and what is predicted from them?"))
    business: Business = section(
        Business, N_("What service, what value, where can data enter, how is a prediction used?")
    )
    symptom: Symptom = section(Symptom, N_("What is happening?"))
    problem: Problem = section(Problem, N_("What exactly is the problem?"))
    feasibility: Feasibility = section(Feasibility, N_("Is machine learning the right tool?"))
    objectives: Objectives = section(Objectives, N_("What do we optimise, and with which labels?"))
    constraints: Constraints = section(Constraints, N_("What limits us?"))
    baseline: Baseline = section(Baseline, N_("What must a model beat, and does it?"))
    prototype: Prototype = section(Prototype, N_("Can a colleague try it?"))
    evaluation: Evaluation = section(Evaluation, N_("Did it help the business?"))
    error_analysis: ErrorAnalysis = section(ErrorAnalysis, N_("Where and why is it wrong?"))
    monitoring: Monitoring = section(Monitoring, N_("Is it still right?"))
    iteration: Iteration = section(Iteration, N_("What next?"))
