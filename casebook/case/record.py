"""The record: everything that people answered or decided in a case, one section a phase."""

from __future__ import annotations

from typing import Literal

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
    data: Data
    business: Business = section(Business)
    symptom: Symptom = section(Symptom)
    problem: Problem = section(Problem)
    feasibility: Feasibility = section(Feasibility)
    objectives: Objectives = section(Objectives)
    constraints: Constraints = section(Constraints)
    baseline: Baseline = section(Baseline)
    prototype: Prototype = section(Prototype)
    evaluation: Evaluation = section(Evaluation)
    error_analysis: ErrorAnalysis = section(ErrorAnalysis)
    monitoring: Monitoring = section(Monitoring)
    iteration: Iteration = section(Iteration)
    store: str | None = optional(
        N_("In which database are runs and feedback kept? Null is a file in the case's folder.")
    )
