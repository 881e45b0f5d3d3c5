"""07_baseline: what must a model beat, and does it?

Every candidate on the same folds, each metric with a bootstrap interval over the tested rows,
differences to the best one by the corrected resampled t test (Nadeau and Bengio 2003).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from casebook.case import Case
from casebook.exceptions import CasebookError
from casebook.formats import interval, number
from casebook.language import _
from casebook.models.crossval import OutOfFold, cross_validate, estimated
from casebook.models.labelled import Labelled, labelled
from casebook.models.proposal import rule_sentences
from casebook.models.registry import Candidate
from casebook.phases.baseline_settings import deciding_first, notes, wanted_candidates
from casebook.phases.findings import Upstream
from casebook.stats.estimate import Estimate
from casebook.stats.metrics import Floats, Metric
from casebook.stats.paired import Paired, corrected_t
from casebook.tables import Table


@dataclass(frozen=True)
class MetricName:
    """A metric as shown: its name in the record, its title, which direction is good."""

    name: str
    title: str
    greater_is_better: bool


@dataclass(frozen=True)
class Scored:
    """One candidate: its metrics in the order of `Findings.metrics`, or why it failed.

    behind: how much worse it is than the best candidate on the deciding metric (positive is
    worse), over folds; behind_rows: on the tested rows, by bootstrap. Both are None for the best
    one and for failed ones.
    """

    name: str
    title: str
    explainable: bool
    scores: tuple[Estimate, ...] = ()
    behind: Paired | None = None
    behind_rows: Estimate | None = None
    fit_seconds: float | None = None
    failed: str | None = None

    @property
    def main(self) -> Estimate:
        """The deciding metric."""
        return self.scores[0]


@dataclass(frozen=True)
class Findings:
    """The comparison. `metrics[0]` decides; `chosen` is the simplest that is not clearly beaten.

    target: None while nobody has said what is to be predicted; then there are no candidates.
    """

    headline: tuple[str, ...]
    seed: int
    target: str | None = None
    task: str = ""
    positive: str | None = None
    metrics: tuple[MetricName, ...] = ()
    candidates: tuple[Scored, ...] = ()
    best: str | None = None
    chosen: str | None = None
    rows: int = 0
    rows_tested: int = 0
    split: str = ""
    sample: str = ""
    rules: tuple[str, ...] = ()
    rules_proposed: bool = False
    notes: tuple[str, ...] = ()


def examine(case: Case, table: Table, upstream: Upstream, *, seed: int = 0) -> Findings:
    """Compare the candidates of the record on the same rows.

    Raises ModelError or TableError when the target is of no use or rows are too few to compare.
    """
    if table.target is None:
        said = _("Nobody has said yet which column is to be predicted (data.target).")
        return Findings((said, _("There is nothing to compare before that.")), seed)
    data = labelled(case, table, seed=seed)
    metrics = deciding_first(case, data)
    wanted = [c for c in wanted_candidates(case, data.setting) if not c.lacking(data.setting)]
    outcomes = [_outcome(candidate, data) for candidate in wanted]
    scored = _against_best(outcomes, data, metrics)
    standing = [candidate for candidate in scored if candidate.failed is None]
    best = next(candidate for candidate in standing if candidate.behind is None)
    chosen = next(c for c in standing if c.behind is None or not _clearly_behind(c))
    rules, proposed = rule_sentences(data)
    return Findings(
        headline=_headline(metrics[0], standing, best, chosen),
        target=table.target,
        task=data.task,
        positive=data.positive,
        metrics=tuple(MetricName(m.name, _(m.title), m.greater_is_better) for m in metrics),
        candidates=tuple(scored),
        best=best.name,
        chosen=chosen.name,
        rows=len(data.y),
        rows_tested=len(data.splits.tested),
        split=data.splits.sentence(),
        sample=data.sample_sentence(),
        rules=rules,
        rules_proposed=proposed,
        seed=seed,
        notes=notes(case, table, data),
    )


@dataclass(frozen=True, eq=False)
class _Outcome:
    candidate: Candidate
    out: OutOfFold | None
    failed: str | None


def _outcome(candidate: Candidate, data: Labelled) -> _Outcome:
    """A candidate that fails is reported as failed; the others stand."""
    try:
        return _Outcome(candidate, cross_validate(candidate, data), None)
    except (CasebookError, ValueError, FloatingPointError, MemoryError) as error:
        return _Outcome(candidate, None, f"{type(error).__name__}: {error}")


def _against_best(
    outcomes: list[_Outcome], data: Labelled, metrics: tuple[Metric, ...]
) -> list[Scored]:
    done = {o.candidate.name: o.out for o in outcomes if o.out is not None}
    if not done:
        raise CasebookError(
            _("Every candidate failed; the first said: {error}", error=outcomes[0].failed)
        )
    sign = 1 if metrics[0].greater_is_better else -1
    folds = {name: sign * out.fold_scores(metrics[0]) for name, out in done.items()}
    best = max(folds, key=lambda name: float(np.nanmean(folds[name])))
    rows = {
        name: _behind_rows(done[best], out, metrics[0], data)
        for name, out in done.items()
        if name != best
    }
    return [_scored(o, data, metrics, folds, best=best, rows=rows) for o in outcomes]


def _behind_rows(best: OutOfFold, other: OutOfFold, metric: Metric, data: Labelled) -> Estimate:
    """How much worse than the best one on the tested rows, both drawn together."""
    sign = 1 if metric.greater_is_better else -1
    first, second = best.score(metric), other.score(metric)
    return estimated(lambda weights: sign * (first(weights) - second(weights)), best, data)


def _scored(
    outcome: _Outcome,
    data: Labelled,
    metrics: tuple[Metric, ...],
    folds: dict[str, Floats],
    *,
    best: str,
    rows: dict[str, Estimate],
) -> Scored:
    candidate, out = outcome.candidate, outcome.out
    title = _(candidate.title)
    if out is None:
        return Scored(candidate.name, title, candidate.explainable, failed=outcome.failed)
    behind = None
    if candidate.name != best:
        difference = folds[best] - folds[candidate.name]
        behind = corrected_t(difference[np.isfinite(difference)], data.splits.test_share)
    return Scored(
        candidate.name,
        title,
        candidate.explainable,
        tuple(estimated(out.score(metric), out, data) for metric in metrics),
        behind,
        rows.get(candidate.name),
        float(np.median(out.fit_seconds)),
    )


def _clearly_behind(candidate: Scored) -> bool:
    """Behind by the corrected test over folds; or by more than its standard error and on the rows.

    Few folds of a changing time say little even of a great distance; the rows then do, while
    the standard error keeps what folds do not agree on from counting (Breiman et al. 1984).
    """
    behind, rows = candidate.behind, candidate.behind_rows
    if behind is None:
        return False
    error = behind.standard_error
    far = error is not None and behind.difference.value > error
    on_rows = rows is not None and rows.low is not None and rows.low > 0
    return behind.p_value < 0.05 or (far and on_rows)


def _headline(
    metric: Metric, standing: list[Scored], best: Scored, chosen: Scored
) -> tuple[str, ...]:
    title = _(metric.title)
    values = {"name": best.title, "metric": title, "score": interval(best.main)}
    if metric.greater_is_better:
        first = _("The best candidate is the {name}: {metric} {score}.", **values)
    else:
        first = _("The best candidate is the {name}: {metric} {score}; less is better.", **values)
    return (first, *_dummy_sentence(title, standing, best), _choice(chosen, best))


def _dummy_sentence(title: str, standing: list[Scored], best: Scored) -> tuple[str, ...]:
    dummy = next((candidate for candidate in standing if candidate.name == "dummy"), None)
    if dummy is None or dummy is best or dummy.behind is None:
        return ()
    values = {"metric": title, "dummy": number(dummy.main.value)}
    if _clearly_behind(dummy):
        return (_("It beats the dummy, which looks at no feature: {metric} {dummy}.", **values),)
    return (
        _("It does not clearly beat the dummy, which looks at no feature: {metric} {dummy}.",
          **values),
    )  # fmt: skip


def _choice(chosen: Scored, best: Scored) -> str:
    if chosen.name == "dummy":
        return _("So there is nothing to put to use yet.")
    if chosen.name == best.name:
        return _("Nothing simpler comes close: the {name} is the choice.", name=chosen.title)
    assert chosen.behind is not None
    return _(
        "The simpler {chosen} is not clearly worse than the {best}; it is behind by {difference}: "
        "choose the simpler one.",
        chosen=chosen.title,
        best=best.title,
        difference=interval(chosen.behind.difference),
    )
