"""04_feasibility: is machine learning the right tool?

What the data say beside what a person answered, sign by sign, and the verdict that follows from
both. The evidence is gathered in `casebook.evidence`, the rules of the verdict stand in
`feasibility_verdict`.
"""

from __future__ import annotations

from dataclasses import dataclass

from casebook.case import Case
from casebook.evidence.base import Evidence, together
from casebook.evidence.compare import lead
from casebook.evidence.context import make_context
from casebook.evidence.registry import gather_all
from casebook.evidence.shared import Shared
from casebook.language import _, plural
from casebook.models.registry import CANDIDATES
from casebook.phases.feasibility_signs import SIGNS, Sign
from casebook.phases.feasibility_verdict import (
    TITLES,
    Override,
    Verdict,
    contradicts,
    decide,
)
from casebook.phases.findings import Upstream
from casebook.stats.estimate import Estimate
from casebook.stats.paired import Paired
from casebook.tables import Table


@dataclass(frozen=True)
class Check:
    """One sign with all that bears on it.

    answer, note, by, on: the person's, from the record. outcome: of its evidence together.
    sentence: the one to show in the row. contradicts: the answer is against the evidence.
    """

    sign: str
    title: str
    question: str
    good: bool
    answer: str | None
    note: str | None
    by: str | None
    on: str | None
    outcome: str
    sentence: str
    evidence: tuple[Evidence, ...]
    contradicts: bool


@dataclass(frozen=True)
class Trial:
    """A candidate on the folds, and how far the linear model is ahead of it."""

    name: str
    title: str
    score: Estimate
    linear_ahead: Paired | None


@dataclass(frozen=True)
class Findings:
    """The verdict, and the checklist with its evidence.

    verdict: `go`, `rule first`, `collect data first` or `stop`; reasons say why, blocking names
    the signs that keep it from `go`. rests_on: `evidence` or `answers and evidence`.
    trials: empty where there is nothing to fit.
    """

    headline: tuple[str, ...]
    verdict: str
    reasons: tuple[str, ...]
    rests_on: str
    override: Override | None
    blocking: tuple[str, ...]
    checks: tuple[Check, ...]
    rows: int
    columns: int
    labelled: int | None
    classes: tuple[tuple[str, int], ...]
    metric: str
    trials: tuple[Trial, ...]
    cannot_fit: str | None
    sample: str

    @property
    def unanswered(self) -> int:
        """How many signs nobody has answered yet."""
        return sum(item.answer is None for item in self.checks)


def examine(case: Case, table: Table, upstream: Upstream, *, seed: int = 0) -> Findings:
    """Gather the evidence; what keeps models from being fitted is evidence too."""
    context = make_context(case, table, seed=seed)
    evidence = gather_all(context)
    checks = tuple(_check(case, sign, evidence) for sign in SIGNS)
    override = _override(case)
    verdict = decide(
        {check.sign: check.answer for check in checks},
        {check.sign: check.outcome for check in checks},
        {item.code: item.outcome for item in evidence},
        override,
    )
    shared = context.shared
    return Findings(
        headline=_headline(verdict, checks),
        verdict=verdict.word,
        reasons=verdict.reasons,
        rests_on=verdict.rests_on,
        override=override,
        blocking=verdict.blocking,
        checks=checks,
        rows=table.rows,
        columns=len(table.columns),
        labelled=None if shared is None else shared.data.rows_available,
        classes=_classes(shared),
        metric="" if shared is None else shared.metric_title,
        trials=_trials(shared),
        cannot_fit=context.cannot_fit,
        sample="" if shared is None else shared.sample_sentence(),
    )


def _classes(shared: Shared | None) -> tuple[tuple[str, int], ...]:
    if shared is None or not shared.data.classes:
        return ()
    counts = shared.data.y.value_counts()
    return tuple((str(name), int(n)) for name, n in counts.items())


def _trials(shared: Shared | None) -> tuple[Trial, ...]:
    """Every candidate; the linear one is compared with the others."""
    if shared is None:
        return ()
    linear = shared.outs.get("linear")
    return tuple(
        Trial(
            candidate.name,
            _(candidate.title),
            shared.scores[candidate.name],
            None
            if candidate.name == "linear" or linear is None
            else lead(linear, shared.outs[candidate.name], shared.metric, shared.data).folds,
        )
        for candidate in CANDIDATES
        if candidate.name in shared.outs
    )


def _check(case: Case, sign: Sign, evidence: tuple[Evidence, ...]) -> Check:
    """A sign with its answer and its evidence; the sentence is that of the deciding evidence."""
    said = case.record.feasibility.check(sign.name)
    own = tuple(item for item in evidence if item.sign == sign.name)
    outcome = together(own, good=sign.good)
    question = type(case.record.feasibility).model_fields[sign.name].description or ""
    return Check(
        sign=sign.name,
        title=_(sign.title),
        question=_(question),
        good=sign.good,
        answer=said.answer,
        note=said.note,
        by=said.by,
        on=said.on.isoformat() if said.on else None,
        outcome=outcome,
        sentence=next((item.sentence for item in own if item.outcome == outcome), ""),
        evidence=own,
        contradicts=contradicts(sign.name, said.answer, {sign.name: outcome}),
    )


def _override(case: Case) -> Override | None:
    said = case.record.feasibility.override
    if said is None:
        return None
    return Override(said.verdict, said.by, said.reason, said.on.isoformat() if said.on else None)


def _headline(verdict: Verdict, checks: tuple[Check, ...]) -> tuple[str, ...]:
    said = [_("The verdict: {word}.", word=_(TITLES[verdict.word])), *verdict.reasons]
    against = [check.title for check in checks if check.contradicts]
    if against:
        said.append(_("Answers that the data contradict: {titles}.", titles="; ".join(against)))
    open_ones = sum(check.answer is None for check in checks)
    if 0 < open_ones < len(checks):
        said.append(
            plural("{n} of 12 signs is not answered yet.", "{n} of 12 signs are not answered yet.",
                   open_ones)
        )  # fmt: skip
    return tuple(said)
