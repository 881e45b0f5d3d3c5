"""The kinds of evidence, in one literal table; each is one file."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from casebook.evidence import (
    ceiling,
    complexity,
    cost,
    drift,
    ethics,
    explanation,
    fatal,
    labels,
    leaks,
    learning_curve,
    metric,
    pattern,
    quality,
    repetition,
    simple,
    value,
)
from casebook.evidence.base import Evidence, Found, NotApplicable
from casebook.evidence.context import Context
from casebook.language import N_, _


class Kind(NamedTuple):
    """One kind of evidence: its code, the sign on which it bears, its title, and how it is had."""

    code: str
    sign: str
    title: str
    gather: Callable[[Context], Found | NotApplicable]


EVIDENCE = (
    Kind("pattern", "pattern", N_("A simple model against guessing"), pattern.gather),
    Kind("labels", "objective", N_("Labels"), labels.gather),
    Kind("ceiling", "objective", N_("Identical rows, different targets"), ceiling.gather),
    Kind("metric", "objective", N_("The metric and rare classes"), metric.gather),
    Kind("complexity", "complexity", N_("Models against simple solutions"), complexity.gather),
    Kind("quality", "data", N_("Rows, history, missing cells"), quality.gather),
    Kind("learning_curve", "data", N_("What more rows would buy"), learning_curve.gather),
    Kind("drift", "data", N_("Change over time"), drift.gather),
    Kind("repetition", "repetition", N_("How often it is decided"), repetition.gather),
    Kind("value", "value", N_("What predictions save"), value.gather),
    Kind("ethics", "unethical", N_("Rates and errors by group"), ethics.gather),
    Kind("simple", "simple", N_("Lookup, threshold, table of two columns"), simple.gather),
    Kind("leaks", "no_data", N_("Columns that give the answer away"), leaks.gather),
    Kind("fatal", "fatal", N_("The worst wrong prediction"), fatal.gather),
    Kind("explanation", "explain", N_("What an explainable model loses"), explanation.gather),
    Kind("cost", "cost", N_("Saving against cost"), cost.gather),
)


def gather_all(context: Context) -> tuple[Evidence, ...]:
    """Every kind of evidence for a case, in the order of the table."""
    return tuple(_evidence(kind, context) for kind in EVIDENCE)


def _evidence(kind: Kind, context: Context) -> Evidence:
    found = kind.gather(context)
    title = _(kind.title)
    if isinstance(found, NotApplicable):
        return Evidence(kind.code, kind.sign, title, "none", found.reason, found.reason)
    return Evidence(
        kind.code, kind.sign, title, found.outcome, found.sentence, None, found.facts,
        found.picture,
    )  # fmt: skip
