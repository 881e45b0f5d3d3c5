"""07_baseline: what must a model beat, and does it?

Every candidate on the same folds, each metric with a bootstrap interval over the tested rows,
differences to the best one by the corrected resampled t test (Nadeau and Bengio 2003). Rows kept
for the last test are scored after the choice was made, and have no part in it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from casebook.case import Case
from casebook.language import _
from casebook.models.contest import Entrant, contest
from casebook.models.labelled import Labelled, labelled, wanted_splits
from casebook.models.proposal import rule_sentences
from casebook.phases.baseline_better import betters
from casebook.phases.baseline_curve import curves, promise
from casebook.phases.baseline_limits import broken_limits, costs_of
from casebook.phases.baseline_scores import choice, scored, within_one_error
from casebook.phases.baseline_settings import (
    deciding_first,
    decision,
    left_out,
    notes,
    wanted_candidates,
)
from casebook.phases.baseline_values import (
    Better,
    Curve,
    Decided,
    LeftOut,
    MetricName,
    Promise,
    Scored,
)
from casebook.phases.baseline_words import headline
from casebook.phases.findings import Upstream
from casebook.stats.metrics import Metric
from casebook.stats.splits import Splits, again
from casebook.tables import Table


@dataclass(frozen=True)
class Findings:
    """The comparison. `metrics[0]` decides.

    chosen: the simplest candidate that is not clearly beaten and keeps all hard limits, or the one
    that a person decided for; None without. one_error: the simplest one within one standard error
    of the best. betters: what is hardest to beat first. left_out: what does not apply, and why.
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
    one_error: str | None = None
    decided: Decided | None = None
    betters: tuple[Better, ...] = ()
    curves: tuple[Curve, ...] = ()
    promise: Promise | None = None
    rows: int = 0
    rows_tested: int = 0
    rows_held: int = 0
    split: str = ""
    sample: str = ""
    rules: tuple[str, ...] = ()
    rules_proposed: bool = False
    notes: tuple[str, ...] = ()
    left_out: tuple[LeftOut, ...] = ()


def examine(case: Case, table: Table, upstream: Upstream, *, seed: int = 0) -> Findings:
    """Compare the candidates of the record on the same rows.

    Raises ModelError or TableError when the target is of no use or rows are too few to compare.
    """
    if table.target is None:
        said = _("Nobody has said yet which column is to be predicted (data.target).")
        return Findings((said, _("There is nothing to compare before that.")), seed)
    data = labelled(case, table, seed=seed, hold_out=True)
    metrics = deciding_first(case, data)
    wanted = wanted_candidates(case, data.setting)
    applying = [candidate for candidate in wanted if not candidate.lacking(data.setting)]
    entrants = contest(applying, data, _repeats(case, data, seed))
    costs = costs_of(entrants, data, seed=seed)
    broken = broken_limits(case, table, data, entrants, costs=costs, metric=metrics[0])
    candidates = scored(entrants, data, metrics, costs, broken)
    return _told(case, table, data, metrics, entrants=entrants, candidates=candidates)


def _repeats(case: Case, data: Labelled, seed: int) -> tuple[Splits, ...]:
    """The same rows in other folds, as often as the record wants them repeated."""
    times = case.record.baseline.repeats or 1
    wanted = (wanted_splits(case, seed=seed + n, hold_out=True) for n in range(1, times))
    return tuple(
        other
        for one in wanted
        for other in again(data.splits, data.y, classes=bool(data.classes), wanted=one)
    )


def _told(
    case: Case,
    table: Table,
    data: Labelled,
    metrics: Sequence[Metric],
    *,
    entrants: Sequence[Entrant],
    candidates: tuple[Scored, ...],
) -> Findings:
    """The findings, from candidates that are scored."""
    decided, own = decision(case, candidates), choice(candidates)
    chosen = next((one for one in candidates if decided and one.name == decided.candidate), own)
    found = betters(case, data, entrants, candidates, chosen.name if chosen else None)
    promised = promise(entrants, data, metrics[0], seed=data.setting.seed)
    near, (rules, proposed) = within_one_error(candidates), rule_sentences(data)
    return Findings(
        headline=headline(metrics[0], candidates, own, found, decided=decided, promise=promised),
        target=table.target,
        task=data.task,
        positive=data.positive,
        metrics=tuple(MetricName(m.name, _(m.title), m.greater_is_better) for m in metrics),
        candidates=candidates,
        best=next(one.name for one in candidates if not one.failed and one.behind is None),
        chosen=chosen.name if chosen else None,
        one_error=near.name if near else None,
        decided=decided,
        betters=found,
        curves=curves(entrants, data, metrics[0], seed=data.setting.seed),
        promise=promised,
        rows=len(data.y),
        rows_tested=len(data.splits.tested),
        rows_held=len(data.splits.held),
        split=data.splits.sentence(),
        sample=data.sample_sentence(),
        rules=rules,
        rules_proposed=proposed,
        seed=data.setting.seed,
        notes=notes(case, table, data),
        left_out=left_out(case, data),
    )
