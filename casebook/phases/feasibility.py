"""04_feasibility: is machine learning the right tool?

What the data say beside what a person answered: rows and labels, balance of the classes, and a
cross-validated simple model against a dummy and against one rule.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from casebook.case import Case
from casebook.exceptions import CasebookError
from casebook.expressions import identifier
from casebook.formats import interval, number, percent
from casebook.language import _, plural
from casebook.models.crossval import OutOfFold, cross_validate, estimated
from casebook.models.labelled import Labelled, labelled
from casebook.models.registry import CANDIDATES
from casebook.phases.feasibility_signs import SIGNS, Sign
from casebook.phases.findings import Upstream
from casebook.stats.estimate import Estimate
from casebook.stats.metrics import metrics_for
from casebook.stats.paired import Paired, corrected_t
from casebook.tables import Table

FEW_ROWS = 200
FEW_OF_A_CLASS = 50


@dataclass(frozen=True)
class Evidence:
    """What the data say of one sign.

    outcome: `yes` or `no` to the sign's title, `unclear`, or `none` where only a person can say.
    """

    sign: str
    title: str
    good: bool
    outcome: str
    sentence: str
    answer: str | None
    note: str | None
    by: str | None


@dataclass(frozen=True)
class Trial:
    """A candidate on the folds, and how far the linear model is ahead of it."""

    name: str
    title: str
    score: Estimate
    linear_ahead: Paired | None


@dataclass(frozen=True)
class Findings:
    """The checklist with its evidence; `trials` is empty where there is nothing to fit."""

    headline: tuple[str, ...]
    rows: int
    columns: int
    labelled: int | None
    classes: tuple[tuple[str, int], ...]
    metric: str
    trials: tuple[Trial, ...]
    evidence: tuple[Evidence, ...]
    cannot_fit: str | None
    sample: str

    @property
    def unanswered(self) -> int:
        """How many signs nobody has answered yet."""
        return sum(item.answer is None for item in self.evidence)


def examine(case: Case, table: Table, upstream: Upstream, *, seed: int = 0) -> Findings:
    """Gather the evidence; what keeps models from being fitted is evidence too."""
    data, reason = _labelled(case, table, seed)
    trials = _trials(data) if data is not None else ()
    said = {sign.name: _say(sign, table, data, trials=trials, reason=reason) for sign in SIGNS}
    evidence = tuple(_evidence(case, sign, *said[sign.name]) for sign in SIGNS)
    return Findings(
        headline=_headline(trials, evidence),
        rows=table.rows,
        columns=len(table.columns),
        labelled=None if data is None else data.rows_available,
        classes=_classes(data),
        metric=_main_title(data),
        trials=trials,
        evidence=evidence,
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
    *,
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


def _evidence(case: Case, sign: Sign, outcome: str, sentence: str) -> Evidence:
    said = case.record.feasibility.check(sign.name)
    return Evidence(
        sign.name, _(sign.title), sign.good, outcome, sentence, said.answer, said.note, said.by
    )


def _headline(trials: tuple[Trial, ...], evidence: tuple[Evidence, ...]) -> tuple[str, ...]:
    pattern = next(item for item in evidence if item.sign == "pattern")
    simple = next(item for item in evidence if item.sign == "simple")
    said = [pattern.sentence, simple.sentence] if trials else [pattern.sentence]
    open_ones = sum(item.answer is None for item in evidence)
    against = [item.title for item in evidence if _contradicts(item)]
    if against:
        said.append(_("Answers that the data contradict: {titles}.", titles="; ".join(against)))
    if open_ones:
        said.append(
            plural("{n} of 12 signs is not answered yet.", "{n} of 12 signs are not answered yet.",
                   open_ones)
        )  # fmt: skip
    return tuple(said)


def _contradicts(item: Evidence) -> bool:
    return (item.answer, item.outcome) in {("yes", "no"), ("no", "yes")}
