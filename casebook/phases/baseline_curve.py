"""What more rows would buy the two best models, and what shuffled folds would have promised."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from casebook.evidence.learning_curve import smaller
from casebook.formats import interval
from casebook.language import _
from casebook.models.contest import Entrant, Job, Outcome, jobs_of
from casebook.models.crossval import Fit, OutOfFold, estimated_all, joined, take
from casebook.models.labelled import Labelled
from casebook.phases.baseline_scores import behind_rows, signed_folds
from casebook.phases.baseline_values import Curve, CurvePoint, Promise
from casebook.stats.estimate import Estimate
from casebook.stats.metrics import Metric
from casebook.stats.splits import Splits, Wanted, make_splits

SHARES = (0.25, 0.5)
MOST_CURVES = 2
LEAST_ROWS = 20
FEWEST_FOLDS = 2
ENOUGH_TESTED = 5_000
"""Tested rows on which the last doubling is known well enough."""
LITTLE = 0.1
"""Where the last doubling bought less than this share of the gain over the dummy, rows suffice."""


def learned(entrants: Sequence[Entrant], metric: Metric) -> list[Entrant]:
    """Those that learn from rows, the best first."""
    found = [e for e in entrants if not e.failed and e.candidate.kind != "reference"]
    return sorted(found, key=lambda e: -float(np.nanmean(signed_folds(e, metric))))


@dataclass(frozen=True, eq=False)
class CurveFits:
    """The fits that curves take. jobs: entrant after entrant, share after share, fold after fold.

    entrants: as they were in the folds that are looked at; none where rows are too few.
    data: with these folds alone.
    """

    entrants: tuple[Entrant, ...]
    data: Labelled
    jobs: tuple[Job, ...]


def curve_fits(
    entrants: Sequence[Entrant], data: Labelled, metric: Metric, *, seed: int
) -> CurveFits:
    """The two best models on a quarter and a half of their training rows, the same tests.

    Training rows are drawn at random of each class; where a part of them is too few to learn
    from, there is no curve. Of many rows the last folds suffice, and are all that is looked at.
    """
    data = _of_folds(data)
    parts = [_smaller_splits(data, share, seed) for share in SHARES]
    best = [_on_its_folds(one, data) for one in learned(entrants, metric)[:MOST_CURVES]]
    if any(splits is None for splits in parts):
        return CurveFits((), data, ())
    jobs = [job for e in best for s in parts if s is not None for job in jobs_of(e.candidate, s)]
    return CurveFits(tuple(best), data, tuple(jobs))


def curves(
    made: CurveFits, outcomes: Sequence[Outcome], entrants: Sequence[Entrant], metric: Metric
) -> tuple[Curve, ...]:
    """What rows bought. outcomes: of the fits; a candidate of which one failed has no curve."""
    left, dummy = iter(outcomes), _dummy(entrants, metric)
    k, found = len(made.data.splits.folds), []
    for entrant in made.entrants:
        outs = [_out(entrant, [next(left) for _fold in range(k)]) for _share in SHARES]
        whole = [out for out in outs if out is not None]
        if len(whole) == len(outs):
            found.append(_curve(entrant, whole, made.data, metric, dummy=dummy))
    return tuple(found)


def _of_folds(data: Labelled) -> Labelled:
    """With as many of the last folds as test enough rows, two at least."""
    folds = data.splits.folds
    tested = np.cumsum([len(test) for _train, test in reversed(folds)])
    k = max(FEWEST_FOLDS, int(np.searchsorted(tested, ENOUGH_TESTED)) + 1)
    return replace(data, splits=replace(data.splits, folds=folds[-k:]))


def _on_its_folds(entrant: Entrant, data: Labelled) -> Entrant:
    """With its predictions on the folds that are left, numbered from 0."""
    out = entrant.out
    first = len(out.fit_seconds) - len(data.splits.folds)
    kept = np.flatnonzero(out.fold >= first)
    last = replace(
        out,
        rows=out.rows[kept],
        predictions=take(out.predictions, kept),
        fold=out.fold[kept] - first,
        fit_seconds=out.fit_seconds[first:],
    )
    return replace(entrant, outs=(last,))


def _dummy(entrants: Sequence[Entrant], metric: Metric) -> float:
    """What is reached without learning anything; 0 where that was not compared."""
    outs = [e.out for e in entrants if e.candidate.name == "dummy" and not e.failed]
    return float(outs[0].score(metric)(np.ones(len(outs[0].rows)))) if outs else 0.0


def _out(entrant: Entrant, outcomes: Sequence[Outcome]) -> OutOfFold | None:
    fitted = [fit for fit in outcomes if isinstance(fit, Fit)]
    return joined(entrant.candidate.name, fitted) if len(fitted) == len(outcomes) else None


def _curve(
    entrant: Entrant, parts: list[OutOfFold], data: Labelled, metric: Metric, *, dummy: float
) -> Curve:
    trained = float(np.mean([len(train) for train, _test in data.splits.folds]))
    outs = [*parts, entrant.out]
    points = tuple(
        CurvePoint(round(share * trained), estimated_all(out, (metric,), data)[0])
        for share, out in zip((*SHARES, 1.0), outs, strict=True)
    )
    bought = behind_rows(entrant.out, parts[-1], metric, data)
    title = _(entrant.candidate.title)
    first, last = (abs(point.score.value - dummy) for point in (points[0], points[-1]))
    said = _bought(title, bought, metric, little=LITTLE * max(first, last))
    return Curve(entrant.candidate.name, title, points, bought, said)


def _bought(title: str, bought: Estimate, metric: Metric, *, little: float) -> str:
    """little: what counts as next to nothing; a curve flattens, so the next doubling buys less."""
    words = {"name": title, "bought": interval(bought), "metric": _(metric.title)}
    if bought.high is not None and bought.high > little:
        return _("Twice the rows bought the {name} {bought} in {metric}: more rows may buy more.",
                 **words)  # fmt: skip
    return _("Twice the rows bought the {name} {bought} in {metric}: more rows will hardly help.",
             **words)  # fmt: skip


def _smaller_splits(data: Labelled, share: float, seed: int) -> Splits | None:
    rng = np.random.default_rng(seed)
    folds = tuple(smaller(data, fold, share, rng) for fold in data.splits.folds)
    enough = all(len(train) >= LEAST_ROWS for train, _test in folds)
    return replace(data.splits, folds=folds) if enough else None


def promise_fits(
    entrants: Sequence[Entrant], data: Labelled, metric: Metric, *, seed: int
) -> tuple[Job, ...]:
    """The fits of the best model in shuffled folds, where rows have a time or belong to groups.

    Over all rows but those of the last test. None where the folds are shuffled anyway.
    """
    best = learned(entrants, metric)[:1]
    if data.splits.kind == "shuffled" or not best:
        return ()
    rest = np.setdiff1d(np.arange(len(data.y)), data.splits.held)
    wanted = Wanted(folds=len(data.splits.folds), seed=seed)
    made = make_splits(data.y.iloc[rest], classes=bool(data.classes), wanted=wanted)
    folds = tuple((rest[train], rest[test]) for train, test in made.folds)
    return tuple(jobs_of(best[0].candidate, replace(made, folds=folds)))


def promise(
    outcomes: Sequence[Outcome], entrants: Sequence[Entrant], data: Labelled, metric: Metric
) -> Promise | None:
    """What folds that part neighbours say of the best model, beside the honest score.

    Neighbours of a tested row are then in training: what the score gains by that is no skill.
    outcomes: of `promise_fits`; None without, or where one failed.
    """
    best = learned(entrants, metric)[:1]
    out = _out(best[0], outcomes) if outcomes else None
    if out is None:
        return None
    [entrant] = best
    honest = entrant.held if entrant.held is not None else entrant.out
    [shuffled] = estimated_all(out, (metric,), data)
    [score] = estimated_all(honest, (metric,), data)
    return _compared(_(entrant.candidate.title), entrant.candidate.name, shuffled, score, metric)


def _compared(
    title: str, name: str, shuffled: Estimate, honest: Estimate, metric: Metric
) -> Promise:
    sign = 1 if metric.greater_is_better else -1
    # Too good where the promise lies beyond all that the honest interval holds.
    end = honest.high if metric.greater_is_better else honest.low
    too_good = end is not None and sign * (shuffled.value - end) > 0
    words = {
        "name": title, "metric": _(metric.title), "shuffled": interval(shuffled),
        "honest": interval(honest),
    }  # fmt: skip
    if too_good:
        said = _("Shuffled rows would promise too much of the {name}: {metric} {shuffled}, where "
                 "rows that it could not know give {honest}.", **words)  # fmt: skip
    else:
        said = _("Shuffled rows would promise {metric} {shuffled} of the {name}; rows that it "
                 "could not know give {honest}.", **words)  # fmt: skip
    return Promise(name, title, shuffled, honest, too_good, said)
