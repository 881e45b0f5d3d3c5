"""From which probability on to say yes: by what errors cost, by how many people can act on.

`decide` needs no fit: it looks at the predictions of rows that a candidate has not seen. Whatever
a panel plays with stands in the findings, at no more than about 200 thresholds.

Numbers have no threshold: what it costs to predict one too high or too low (objectives.costs.over
and under) is not used here; the quantile to predict would follow from it.
"""

from __future__ import annotations

from typing import Literal

import numpy as np

from casebook.case import Case
from casebook.language import _
from casebook.models.crossval import OutOfFold
from casebook.models.labelled import Labelled
from casebook.models.registry import CANDIDATES
from casebook.phases.baseline_threshold_capacity import capacity_of, costly, limits_of, share_of
from casebook.phases.baseline_threshold_data import (
    PER,
    Against,
    Capacity,
    Choice,
    Curve,
    Decision,
    HandOver,
    Outcomes,
    Saving,
)
from casebook.phases.baseline_threshold_rows import Tested, costs_of, tested, volume
from casebook.phases.baseline_threshold_words import against, single_class, with_headline
from casebook.stats.calibration import wilson
from casebook.stats.costs import NEVER
from casebook.stats.handover import Band, band_by_cost, band_by_doubt, person_costs
from casebook.stats.metrics import TWO, Floats
from casebook.stats.stakes import Stakes, Sweep, analytic, grid, swept
from casebook.stats.threshold import aims, best, crossfitted, recalibrations, saving
from casebook.tables import Table

__all__ = ["Capacity", "Choice", "Curve", "Decision", "HandOver", "Saving", "decide"]


def decide(
    case: Case, table: Table, data: Labelled, out: OutOfFold, *, seed: int = 0
) -> Decision | None:
    """The threshold of a candidate with two classes; None for other tasks.

    Raises ModelError or ExpressionError where objectives.costs.per_row does not fit the table.
    """
    if data.task != TWO or out.predictions.probability is None:
        return None
    rows = tested(case, table, data, out)
    title = next((_(c.title) for c in CANDIDATES if c.name == out.candidate), out.candidate)
    no, yes = (f"{table.target}: {name}" for name in data.classes)
    costs, notes = costs_of(case)
    notes = (*rows.notes, *notes)
    if not len(rows.truth) or rows.truth.all() or not rows.truth.any():
        all_yes = bool(len(rows.truth) and rows.truth[0])
        said = single_class(yes, no, all_yes=all_yes)
        return Decision((said,), title, yes, no, notes=notes)
    unit = case.record.objectives.cost_unit or ""
    made = Decision((), title, yes, no, unit, costs, case.record.objectives.costs.per_row,
                    volume=volume(case, table), notes=notes)  # fmt: skip
    if costs is None:
        return with_headline(_without_costs(case, rows, made))
    return with_headline(_by_costs(case, rows, made, costs, seed))


def _without_costs(case: Case, rows: Tested, made: Decision) -> Decision:
    stakes = _stakes(rows, rows.costs(Outcomes(0, 0, 0, 0)))
    capacity = capacity_of(case, rows, made.volume)
    thresholds = grid(stakes, [0.5, *([capacity.limit] if capacity else [])])
    return _replaced(made, curve=_curve(rows, thresholds), capacity=capacity)


def _by_costs(
    case: Case, rows: Tested, made: Decision, costs: Outcomes, seed: int
) -> Decision:  # fmt: skip
    """Everything that costs say; each threshold that is spoken of is on the grid."""
    each = rows.costs(costs)
    stakes, even = _stakes(rows, each), analytic(each)
    wanted = aims(even, recalibrations(stakes))
    middle = 0.5 if even is None else even
    capacity = capacity_of(case, rows, made.volume)
    limits = limits_of(stakes, capacity)
    sweep = swept(stakes, grid(stakes, [0.5, middle, wanted[0] or middle, *limits]), seed=seed)
    found = best(sweep, wanted[0])
    picked = crossfitted(sweep, wanted)
    cost = sweep.estimate(*sweep.at(picked), PER)
    apparent = PER * sweep.at(sweep.place(found.chosen))[0]
    choice = Choice(found.chosen, found.low, found.high, found.at, middle, cost, apparent)
    if capacity is not None and made.volume is not None:
        capacity = costly(
            capacity, sweep, stakes, chosen=choice.chosen, limits=limits, scale=made.volume.rows
        )
    return _replaced(
        made,
        curve=_curve(rows, sweep.thresholds, sweep),
        choice=choice,
        savings=_savings(sweep, picked, choice, made),
        capacity=capacity,
        band=_band(case, rows, each, sweep, choice=choice, seed=seed),
        notes=(*made.notes, *_effort_note(case)),
    )


def _replaced(made: Decision, **parts: object) -> Decision:
    return Decision(**{**vars(made), **parts})


def _stakes(rows: Tested, costs: Floats) -> Stakes:
    return Stakes.of(rows.truth, rows.probability, costs, fold=rows.fold, units=rows.units)


def _curve(rows: Tested, thresholds: Floats, sweep: Sweep | None = None) -> Curve:
    first = np.searchsorted(rows.probability, thresholds)

    def above(values: Floats) -> Floats:
        running = np.concatenate([[0.0], np.cumsum(values)])
        found: Floats = running[-1] - running[first]
        return found

    parts = [above(part.astype(float)) for part in (rows.truth, ~rows.truth)]
    amounts = [above(part * rows.amount) for part in (rows.truth, ~rows.truth)]
    counts = [tuple(round(float(one)) for one in part) for part in parts]
    cost: list[tuple[float, ...]] = []
    if sweep is not None:
        ends = np.quantile(PER * sweep.means, [0.025, 0.975], axis=0)
        cost = [tuple(map(float, part)) for part in (PER * sweep.mean, *ends)]
    return Curve(tuple(map(float, thresholds)), counts[0], counts[1],
                 tuple(map(float, amounts[0])), tuple(map(float, amounts[1])), *cost)  # fmt: skip


def _savings(
    sweep: Sweep, picked: np.ndarray, choice: Choice, made: Decision
) -> tuple[Saving, ...]:
    others: list[tuple[Against, float]] = [("all", 0.0), ("none", NEVER), ("half", 0.5)]
    if 0 < choice.wanted < NEVER:
        others.append(("analytic", choice.wanted))
    return tuple(
        Saving(kind, against(kind, made.yes, made.no, choice.wanted), min(threshold, 1.0),
               saving(sweep, picked, sweep.place(threshold), PER))
        for kind, threshold in others
    )  # fmt: skip


def _effort(case: Case) -> float | None:
    """What a person's decision costs, in the unit of the costs; None where nobody says."""
    said = case.record.feasibility
    if said.minutes_per_decision is None or said.cost_per_hour is None or _effort_note(case):
        return None
    return said.minutes_per_decision / 60 * said.cost_per_hour


def _effort_note(case: Case) -> tuple[str, ...]:
    """Where the hour of a person is counted in another unit than errors are."""
    unit, currency = case.record.objectives.cost_unit, case.record.evaluation.currency
    if case.record.feasibility.cost_per_hour is None or not unit or not currency:
        return ()
    if unit == currency:
        return ()
    return (_("Errors are counted in {unit} (objectives.cost_unit), and a person's hour in "
              "{currency} (evaluation.currency): what a person costs is not used.",
              unit=unit, currency=currency),)  # fmt: skip


def _band(
    case: Case, rows: Tested, each: Floats, sweep: Sweep, *, choice: Choice, seed: int
) -> HandOver | None:
    effort, stakes = _effort(case), _stakes(rows, each)
    if effort is None:
        found = band_by_doubt(stakes, choice.wanted) if 0 < choice.wanted < NEVER else None
    else:
        parts = person_costs(each, effort, _right(case))
        found = band_by_cost(stakes, each, parts, sweep, scale=PER, seed=seed)
    return None if found is None else _handed(found, rows, effort, _right(case))


def _right(case: Case) -> float:
    """The share of a person's decisions that are right; all where the record does not say."""
    said = case.record.feasibility.right_by_hand
    return 1.0 if said is None else said


def _handed(band: Band, rows: Tested, effort: float | None, right: float) -> HandOver:
    yes, no = rows.probability >= band.high, rows.probability < band.low
    inside: Literal["cost", "doubt"] = "doubt" if effort is None else "cost"
    return HandOver(
        by=inside,
        low=min(band.low, 1.0),
        high=min(band.high, 1.0),
        share=wilson((~yes & ~no).astype(float), rows.units),
        wrong_yes=share_of(~rows.truth, yes, rows) if yes.any() else None,
        wrong_no=share_of(rows.truth, no, rows) if no.any() else None,
        effort=effort,
        right=right,
        low_range=band.low_range,
        high_range=band.high_range,
        saved=band.saving,
    )
