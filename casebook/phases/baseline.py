"""07_baseline: what must a model beat, and does it?

Every candidate on the same folds, each metric with a bootstrap interval over the tested rows,
differences to the best one by the corrected resampled t test (Nadeau and Bengio 2003). Rows kept
for the last test are scored after the choice was made, and have no part in it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from casebook.case import Case
from casebook.language import _
from casebook.models.contest import Entrant, contest
from casebook.models.crossval import OutOfFold
from casebook.models.labelled import Labelled, labelled, wanted_splits
from casebook.phases.baseline_beside import Beside, found_beside
from casebook.phases.baseline_better import betters
from casebook.phases.baseline_calibration import Calibration, calibrated
from casebook.phases.baseline_limits import broken_limits
from casebook.phases.baseline_recommend import Recommendation, recommend
from casebook.phases.baseline_rules import Rules
from casebook.phases.baseline_scores import choice, scored, within_one_error
from casebook.phases.baseline_settings import (
    deciding_first,
    decision,
    left_out,
    notes,
    wanted_candidates,
)
from casebook.phases.baseline_threshold import Decision, decide
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
    threshold, calibration: of the chosen candidate where it learns, else of the best that does.
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
    rules: Rules | None = None
    threshold: Decision | None = None
    calibration: Calibration | None = None
    recommendation: Recommendation | None = None
    notes: tuple[str, ...] = ()
    left_out: tuple[LeftOut, ...] = ()


def examine(case: Case, table: Table, upstream: Upstream, *, seed: int = 0) -> Findings:
    """Compare the candidates of the record on the same rows.

    Raises ModelError or TableError when the target is of no use or rows are too few to compare.
    """
    offered = recommend(case, table, seed=seed)
    if table.target is None:
        return _without_target(offered, seed)
    data = labelled(case, table, seed=seed, hold_out=True)
    metrics = deciding_first(case, data)
    wanted = wanted_candidates(case, data.setting)
    applying = [candidate for candidate in wanted if not candidate.lacking(data.setting)]
    entrants = contest(applying, data, _repeats(case, data, seed))
    aside = found_beside(case, data, entrants, metrics)
    broken = broken_limits(case, table, data, entrants, speeds=aside.speeds, metric=metrics[0])
    candidates = scored(entrants, data, metrics, aside.speeds, broken)
    told = _told(case, table, data, metrics, entrants=entrants, candidates=candidates, aside=aside)
    return replace(told, recommendation=offered, headline=(*told.headline, *_first_of(offered)))


def _without_target(offered: Recommendation | None, seed: int) -> Findings:
    """What there is to say while nobody has named a target."""
    if offered is not None:
        return Findings(offered.headline, seed, recommendation=offered)
    said = _("Nobody has said yet which column is to be predicted (data.target).")
    return Findings((said, _("There is nothing to compare before that.")), seed)


def _first_of(offered: Recommendation | None) -> tuple[str, ...]:
    return () if offered is None else offered.headline[:1]


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
    aside: Beside,
) -> Findings:
    """The findings, from candidates that are scored."""
    decided, own = decision(case, candidates), choice(candidates)
    chosen = next((one for one in candidates if decided and one.name == decided.candidate), own)
    near = within_one_error(candidates)
    found = betters(case, data, entrants, candidates, chosen.name if chosen else None)
    compared = Findings(
        headline(metrics[0], candidates, own, found, decided=decided, promise=aside.promise),
        data.setting.seed,
        metrics=tuple(MetricName(m.name, _(m.title), m.greater_is_better) for m in metrics),
        candidates=candidates,
        best=next(one.name for one in candidates if not one.failed and one.behind is None),
        chosen=chosen.name if chosen else None,
        one_error=near.name if near else None,
        decided=decided,
        betters=found,
        curves=aside.curves,
        promise=aside.promise,
        rules=aside.rules,
        left_out=left_out(case, data),
    )
    out = _threshold_of(entrants, found, chosen)
    return _looked_at(_of_rows(compared, case, table, data), case, table, data, out)


def _of_rows(findings: Findings, case: Case, table: Table, data: Labelled) -> Findings:
    """With what is known of the rows and their split."""
    return replace(
        findings,
        target=table.target,
        task=data.task,
        positive=data.positive,
        rows=len(data.y),
        rows_tested=len(data.splits.tested),
        rows_held=len(data.splits.held),
        split=data.splits.sentence(),
        sample=data.sample_sentence(),
        notes=notes(case, table, data),
    )


def _looked_at(
    findings: Findings, case: Case, table: Table, data: Labelled, out: OutOfFold | None
) -> Findings:
    """With the threshold and the probabilities of one candidate."""
    if out is None:
        return findings
    return replace(
        findings,
        threshold=decide(case, table, data, out, seed=findings.seed),
        calibration=calibrated(data, out, seed=findings.seed),
    )


def _threshold_of(
    entrants: Sequence[Entrant], found: Sequence[Better], chosen: Scored | None
) -> OutOfFold | None:
    """What the candidate said whose threshold is asked for: a chosen model, else the best."""
    name = found[0].candidate if found else chosen.name if chosen else None
    named = [one.out for one in entrants if one.candidate.name == name and not one.failed]
    return named[0] if named else None
