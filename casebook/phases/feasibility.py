"""04_feasibility: is machine learning the right tool?

What the data say beside what a person answered: rows and labels, balance of the classes, and a
cross-validated simple model against a dummy and against one rule.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from casebook.case import Case
from casebook.evidence.base import Evidence, together
from casebook.exceptions import CasebookError
from casebook.expressions import identifier
from casebook.formats import interval, number, percent
from casebook.language import _, plural
from casebook.models.crossval import OutOfFold, cross_validate, estimated
from casebook.models.labelled import Labelled, labelled
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
from casebook.stats.metrics import metrics_for
from casebook.stats.paired import Paired, corrected_t
from casebook.tables import Table

FEW_ROWS = 200
FEW_OF_A_CLASS = 50


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
    data, reason = _labelled(case, table, seed)
    trials = _trials(data) if data is not None else ()
    evidence = tuple(
        Evidence(sign.name, sign.name, _(sign.title), *_say(sign, table, data, trials, reason))
        for sign in SIGNS
    )
    checks = tuple(_check(case, sign, evidence) for sign in SIGNS)
    override = _override(case)
    verdict = decide(
        {check.sign: check.answer for check in checks},
        {check.sign: check.outcome for check in checks},
        {item.code: item.outcome for item in evidence},
        override,
    )
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
        labelled=None if data is None else data.rows_available,
        classes=_classes(data),
        metric=_main_title(data),
        trials=trials,
        cannot_fit=reason,
        sample="" if data is None else data.sample_sentence(),
    )


def _labelled(case: Case, table: Table, seed: int) -> tuple[Labelled | None, str | None]:
    try:
        return labelled(case, table, seed=seed), None
    except CasebookError as error:
        return None, str(error)


def _classes(data: Labelled | None) -> tuple[tuple[str, int], ...]:
    if data is None or not data.classes:
        return ()
    counts = data.y.value_counts()
    return tuple((str(name), int(n)) for name, n in counts.items())


def _trials(data: Labelled) -> tuple[Trial, ...]:
    """Dummy, rule and linear model; the linear one is compared with the other two."""
    wanted = {c.name: c for c in CANDIDATES if c.name in ("dummy", "rule", "linear")}
    outs = {name: cross_validate(candidate, data) for name, candidate in wanted.items()}
    metric = metrics_for(data.task)[0]
    sign = 1 if metric.greater_is_better else -1
    ahead = outs["linear"].fold_scores(metric)

    def trial(name: str, out: OutOfFold) -> Trial:
        difference = sign * (ahead - out.fold_scores(metric))
        paired = corrected_t(difference[np.isfinite(difference)], data.splits.test_share)
        score = estimated(out.score(metric), out, data)
        return Trial(name, _(wanted[name].title), score, None if name == "linear" else paired)

    return tuple(trial(name, out) for name, out in outs.items())


Said = tuple[str, str]


def _say(
    sign: Sign,
    table: Table,
    data: Labelled | None,
    trials: tuple[Trial, ...],
    reason: str | None,
) -> Said:
    """Outcome and sentence of one sign."""
    if sign.name in ("pattern", "objective", "simple") and data is None:
        return "none", _("Nothing can be fitted: {reason}", reason=reason)
    if sign.name == "pattern":
        return _pattern(_ahead_of("dummy", trials), _main_title(data))
    if sign.name == "simple":
        return _simple(_ahead_of("rule", trials), _main_title(data))
    if sign.name == "objective":
        assert data is not None
        return _objective(table, data)
    if sign.name == "data":
        return _data(table, data)
    if sign.name == "repetition":
        return _repetition(table)
    return "none", _("Only a person can say.")


def _ahead_of(name: str, trials: tuple[Trial, ...]) -> Paired:
    found = next(trial.linear_ahead for trial in trials if trial.name == name)
    assert found is not None
    return found


def _main_title(data: Labelled | None) -> str:
    return _(metrics_for(data.task)[0].title) if data is not None else ""


def _pattern(ahead: Paired, metric: str) -> Said:
    values = {"difference": interval(ahead.difference), "metric": metric}
    if ahead.p_value < 0.05 and ahead.difference.value > 0:
        return "yes", _(
            "There is a pattern to learn: a simple model beats the dummy by {difference} in "
            "{metric}.",
            **values,
        )
    return "unclear", _(
        "A simple model is not clearly ahead of the dummy: {difference} in {metric}.", **values
    )


def _simple(ahead: Paired, metric: str) -> Said:
    values = {"difference": interval(ahead.difference), "metric": metric}
    if ahead.p_value < 0.05 and ahead.difference.value > 0:
        return "no", _(
            "One rule is not enough: a simple model beats it by {difference} in {metric}.", **values
        )
    return "yes", _(
        "One rule comes within noise of a simple model: {difference} in {metric}.", **values
    )


def _objective(table: Table, data: Labelled) -> Said:
    share = data.rows_available / table.rows
    return "yes", _(
        "The target '{target}' is known for {share} of the rows.",
        target=table.target,
        share=percent(share),
    )


def _data(table: Table, data: Labelled | None) -> Said:
    missing = sum(column.missing for column in table.columns)
    share = missing / max(1, table.rows * len(table.columns))
    sentence = _(
        "{rows} rows and {columns} columns; {missing} of the cells are missing.",
        rows=number(table.rows),
        columns=len(table.columns),
        missing=percent(share),
    )
    if data is None:
        return "unclear", sentence
    rare = _classes(data)[-1] if data.classes else None
    if rare and rare[1] < FEW_OF_A_CLASS:
        few = plural(
            "Only {n} row is '{name}'.", "Only {n} rows are '{name}'.", rare[1], name=rare[0]
        )
        return "no", f"{sentence} {few}"
    return ("yes" if len(data.y) >= FEW_ROWS else "unclear"), sentence


def _repetition(table: Table) -> Said:
    if table.time is None:
        return "none", _("Without a time column nobody can count how often it happens.")
    column = identifier(table.time)
    days = table.aggregate({"n": f"COUNT(DISTINCT DATE_TRUNC('day', {column}))"})["n"].iloc[0]
    rate = table.rows / max(1, int(days))
    return "yes", _("{n} rows on each day that has any.", n=number(rate))


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
