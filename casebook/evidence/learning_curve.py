"""What more rows would buy: the best model on a quarter, a half and all of its training rows."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from casebook.evidence.base import Found, NotApplicable, Picture, Point
from casebook.evidence.compare import Lead, lead, mean_score
from casebook.evidence.context import Context
from casebook.evidence.shared import Shared
from casebook.formats import interval, number, percent
from casebook.language import _
from casebook.models.crossval import OutOfFold, cross_validate, estimated
from casebook.models.labelled import Labelled
from casebook.models.registry import CANDIDATES
from casebook.stats.splits import Fold

SHARES = (0.25, 0.5)
LEAST_ROWS = 20
LITTLE = 0.1
"""Where the last doubling bought less than this share of the gain over the dummy, rows suffice."""


def gather(context: Context) -> Found | NotApplicable:
    """The gain of the last doubling of rows; a next one buys less, as curves flatten."""
    if context.shared is None:
        return context.without_models()
    shared = context.shared
    name = _model(shared)
    if name is None:
        return NotApplicable(_("There is no model that could be fitted."))
    outs = [_on_share(shared.data, name, share, context.seed) for share in SHARES]
    if any(out is None for out in outs):
        return NotApplicable(_("There are too few rows to learn from a part of them."))
    parts = [out for out in outs if out is not None]
    bought = lead(shared.outs[name], parts[-1], shared.metric, shared.data)
    gain = mean_score(shared.outs[name], shared.metric) - mean_score(
        shared.outs["dummy"], shared.metric
    )
    outcome = _outcome(bought, gain)
    return Found(outcome, _sentence(bought, shared, outcome), _facts(shared, name),
                 _picture(shared, parts, name))  # fmt: skip


def _model(shared: Shared) -> str | None:
    models = [name for name in ("linear", "boosting") if name in shared.outs]
    return max(models, key=lambda name: mean_score(shared.outs[name], shared.metric), default=None)


def _on_share(data: Labelled, name: str, share: float, seed: int) -> OutOfFold | None:
    """The candidate on a random share of each fold's training rows, tested on the same rows."""
    rng = np.random.default_rng(seed)
    folds = tuple(smaller(data, fold, share, rng) for fold in data.splits.folds)
    if any(not _can_be_learned(data, train) for train, _test in folds):
        return None
    candidate = next(c for c in CANDIDATES if c.name == name)
    return cross_validate(candidate, replace(data, splits=replace(data.splits, folds=folds)))


def smaller(data: Labelled, fold: Fold, share: float, rng: np.random.Generator) -> Fold:
    """A share of the training rows of each class, at least two of each."""
    train, test = fold
    order = rng.permutation(train)
    if not data.classes:
        return np.sort(order[: max(1, round(share * len(order)))]), test
    y = data.y.to_numpy()[order]
    kept = [order[y == name][: max(2, round(share * (y == name).sum()))] for name in np.unique(y)]
    return np.sort(np.concatenate(kept)), test


def _can_be_learned(data: Labelled, train: np.ndarray[tuple[int], np.dtype[np.intp]]) -> bool:
    enough = len(train) >= LEAST_ROWS
    return enough and (not data.classes or data.y.iloc[train].nunique() > 1)


def _outcome(bought: Lead, gain: float) -> str:
    high = bought.rows.high
    return "yes" if high is not None and gain > 0 and high <= LITTLE * gain else "unclear"


def _sentence(bought: Lead, shared: Shared, outcome: str) -> str:
    values = {"bought": interval(bought.rows), "metric": shared.metric_title}
    if outcome == "yes":
        return _("Twice the rows bought {bought} in {metric}; a next doubling buys hardly more, so "
                 "these rows are enough.", **values)  # fmt: skip
    if bought.clear:
        return _("Twice the rows bought {bought} in {metric}; a next doubling may buy nearly as "
                 "much.", **values)  # fmt: skip
    return _("Twice the rows bought {bought} in {metric}: what more would buy cannot be told.",
             **values)  # fmt: skip


def _facts(shared: Shared, name: str) -> tuple[tuple[str, str], ...]:
    title = next(_(c.title) for c in CANDIDATES if c.name == name)
    rows = number(max(len(train) for train, _test in shared.data.splits.folds))
    return ((_("Model"), title), (_("Training rows of the last fold"), rows))


def _picture(shared: Shared, parts: list[OutOfFold], name: str) -> Picture:
    scores = [estimated(out.score(shared.metric), out, shared.data) for out in parts]
    shown = zip((*SHARES, 1.0), [*scores, shared.scores[name]], strict=True)
    points = [Point(percent(share, 0), one.value, one.low, one.high) for share, one in shown]
    alt = _("The {metric} by the share of training rows.", metric=shared.metric_title)
    return Picture("curve", tuple(points), None, shared.metric_title, alt)
