"""Every candidate beside the best one: scores, distance, and which one to choose.

Differences over folds by the corrected resampled t test (Nadeau and Bengio 2003); on the tested
rows by a bootstrap that draws both candidates together.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from scipy import stats

from casebook.exceptions import CasebookError
from casebook.language import _
from casebook.models.contest import Entrant
from casebook.models.crossval import OutOfFold, common, difference, estimated_all
from casebook.models.labelled import Labelled
from casebook.models.latency import Speed
from casebook.phases.baseline_values import Broken, Scored
from casebook.stats.estimate import Estimate
from casebook.stats.metrics import Floats, Metric
from casebook.stats.paired import Paired, corrected_t

SURE = 0.05
TESTS = 2
"""Over folds and on the rows: each has half of the level, so that both together keep it."""


def scored(
    entrants: Sequence[Entrant],
    data: Labelled,
    metrics: Sequence[Metric],
    speeds: Mapping[str, Speed],
    broken: Mapping[str, tuple[Broken, ...]],
) -> tuple[Scored, ...]:
    """Each candidate with its scores, and how far it is behind the best that keeps the limits.

    The best is one that was tested on all rows; people's decisions are compared with it on theirs.
    Raises CasebookError where every candidate failed.
    """
    standing = [one for one in entrants if not one.failed]
    if not standing:
        raise CasebookError(
            _("Every candidate failed; the first said: {error}", error=entrants[0].failed)
        )
    best = best_of(standing, metrics[0], broken)
    found = []
    for entrant in entrants:
        own = _alone(entrant, data, metrics)
        if not entrant.failed and entrant is not best:
            own = replace(
                own,
                behind=behind_folds(best, entrant, metrics[0], data),
                behind_rows=behind_rows(best.out, entrant.out, metrics[0], data),
            )
        name = entrant.candidate.name
        found.append(replace(own, speed=speeds.get(name), broken=broken.get(name, ())))
    return tuple(found)


def best_of(
    standing: Sequence[Entrant], metric: Metric, broken: Mapping[str, tuple[Broken, ...]]
) -> Entrant:
    """The best mean score of those that keep all hard limits, on all rows; else of all."""
    most = max(len(one.out.rows) for one in standing)
    full = [one for one in standing if len(one.out.rows) == most]
    allowed = [one for one in full if not any(b.hard for b in broken.get(one.candidate.name, ()))]
    return max(allowed or full, key=lambda one: float(np.nanmean(signed_folds(one, metric))))


def signed_folds(entrant: Entrant, metric: Metric) -> Floats:
    """(n_folds of all repeats,) the metric of each fold, such that more is better."""
    sign = 1 if metric.greater_is_better else -1
    return sign * np.concatenate([out.fold_scores(metric) for out in entrant.outs])


def _alone(entrant: Entrant, data: Labelled, metrics: Sequence[Metric]) -> Scored:
    candidate = entrant.candidate
    own = Scored(candidate.name, _(candidate.title), candidate.explainable, candidate.kind)
    if entrant.failed:
        return replace(own, failed=entrant.failed)
    held = entrant.held
    return replace(
        own,
        scores=estimated_all(entrant.out, metrics, data),
        held=() if held is None else estimated_all(held, metrics, data),
        rows=len(entrant.out.rows),
        fit_seconds=float(np.median(entrant.out.fit_seconds)),
    )


def behind_folds(best: Entrant, other: Entrant, metric: Metric, data: Labelled) -> Paired:
    """How much worse than the best one over all folds, on the rows of both."""
    sign = 1 if metric.greater_is_better else -1
    parts = []
    for first, second in zip(best.outs, other.outs, strict=True):
        one, two = common(first, second)
        parts.append(sign * (one.fold_scores(metric) - two.fold_scores(metric)))
    difference = np.concatenate(parts)
    return corrected_t(difference[np.isfinite(difference)], data.splits.test_share)


def behind_rows(first: OutOfFold, second: OutOfFold, metric: Metric, data: Labelled) -> Estimate:
    """How much worse the second is on the rows of both, drawn together; positive is worse."""
    sign = 1 if metric.greater_is_better else -1
    return difference(*common(first, second), metric, data, sign)


def clearly_behind(candidate: Scored, rivals: int) -> bool:
    """Behind by the corrected test over folds; or by more than its standard error and on the rows.

    Few folds of a changing time say little even of a great distance; the rows then do, while
    the standard error keeps what folds do not agree on from counting (Breiman et al. 1984).
    rivals: how many are compared with the best; the best of many is so by chance, too, hence the
    tests hold for all of them together (Bonferroni).
    """
    behind, rows = candidate.behind, candidate.behind_rows
    if behind is None or behind.difference.value <= 0:
        return False
    level = SURE / TESTS / max(1, rivals)
    error = behind.standard_error
    far = error is not None and behind.difference.value > error
    return behind.p_value < level or (far and rows is not None and _p_value(rows) < level)


def _p_value(difference: Estimate) -> float:
    """Two-sided, by the normal distribution with the width of the bootstrap's interval."""
    if difference.low is None or difference.high is None:
        return 1.0
    z = float(stats.norm.ppf((1 + difference.level) / 2))
    error = (difference.high - difference.low) / (2 * z)
    return float(2 * stats.norm.sf(abs(difference.value) / error)) if error else 0.0


def rivals_of(candidates: Sequence[Scored]) -> int:
    """How many were compared with the best one."""
    return sum(one.behind is not None for one in candidates)


def choice(candidates: Sequence[Scored]) -> Scored | None:
    """The simplest that keeps all hard limits and is not clearly behind the best; None without."""
    rivals = rivals_of(candidates)
    allowed = [one for one in candidates if not one.failed and one.allowed]
    return next((one for one in allowed if not clearly_behind(one, rivals)), None)


def within_one_error(candidates: Sequence[Scored]) -> Scored | None:
    """The simplest that keeps all hard limits, at most one standard error behind the best.

    The standard error is that of the paired difference over folds, corrected for their overlap.
    """
    for one in candidates:
        if one.failed or not one.allowed:
            continue
        if one.behind is None:
            return one
        error = one.behind.standard_error
        if error is not None and one.behind.difference.value <= error:
            return one
    return None
