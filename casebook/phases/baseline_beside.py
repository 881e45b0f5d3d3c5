"""What follows from the contest alone, done side by side: speed, intervals, curves, rules.

Each is independent of the others, and together they take as long as the contest.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

from casebook.case import Case
from casebook.models.contest import Entrant, Errand, beside
from casebook.models.crossval import OutOfFold, drawn_of
from casebook.models.labelled import Labelled
from casebook.models.latency import Speed
from casebook.phases.baseline_curve import curve_fits, curves, promise, promise_fits
from casebook.phases.baseline_limits import checked_alone, speed_of
from casebook.phases.baseline_rules import Rules, examine_rules
from casebook.phases.baseline_values import Curve, Promise
from casebook.stats.metrics import Metric


@dataclass(frozen=True)
class Beside:
    """What was found. speeds: by name, of every candidate that was fitted."""

    rules: Rules
    speeds: dict[str, Speed]
    curves: tuple[Curve, ...]
    promise: Promise | None


def found_beside(
    case: Case, data: Labelled, entrants: Sequence[Entrant], metrics: Sequence[Metric]
) -> Beside:
    """All of it; what was drawn for the intervals is kept with the entrants' predictions.

    Raises ExpressionError for a rule that cannot be computed.
    """
    seed = data.setting.seed
    standing = [one for one in entrants if not one.failed]
    grown = curve_fits(entrants, data, metrics[0], seed=seed)
    shuffled = promise_fits(entrants, data, metrics[0], seed=seed)
    draws = [
        *(_Drawn(out, metrics, data) for one in standing for out in (one.out, one.held) if out),
        *(_Drawn(one.out, metrics[:1], grown.data) for one in grown.entrants),
    ]
    results, fitted = beside(_errands(case, data, standing, draws), [*grown.jobs, *shuffled], data)
    rules, speeds, drawn = results[0], results[1 : 1 + len(standing)], results[1 + len(standing) :]
    for draw, found in zip(draws, drawn, strict=True):
        draw.out.drawn.update(found)
    names = [one.candidate.name for one in standing]
    by_name = dict(zip(names, speeds, strict=True))
    return Beside(
        rules,
        checked_alone(case, standing, data, by_name, seed=seed),
        curves(grown, fitted[: len(grown.jobs)], entrants, metrics[0]),
        promise(fitted[len(grown.jobs) :], entrants, data, metrics[0]),
    )


class _Drawn(NamedTuple):
    """Predictions whose scores are to have intervals."""

    out: OutOfFold
    metrics: Sequence[Metric]
    data: Labelled


def _errands(
    case: Case, data: Labelled, standing: Sequence[Entrant], draws: Sequence[_Drawn]
) -> list[Errand]:
    """The rules, then the speed of each, then the draws of each."""
    seed, rows = data.setting.seed, data.splits.others(len(data.y))
    return [
        partial(examine_rules, case, data, seed=seed, rows=rows),
        *(partial(speed_of, one, data, seed=seed) for one in standing),
        *(partial(drawn_of, *draw) for draw in draws),
    ]
