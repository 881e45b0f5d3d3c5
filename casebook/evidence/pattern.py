"""Is there a pattern: does a simple model say more of rows it has not seen than a dummy does?

The model is a ridge regression; its score on the folds is compared with those of the same model
fitted to shuffled targets (a permutation test with refits, Ojala and Garriga 2010), shuffled so
that what rows owe to their time or group stays.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from threadpoolctl import threadpool_limits

from casebook.evidence.base import Found, NotApplicable, Picture, Point
from casebook.evidence.context import Context
from casebook.evidence.ridge import areas, correlations, design, fitted
from casebook.evidence.shuffles import sentence, shuffles
from casebook.evidence.solutions import targets
from casebook.evidence.words import p_words
from casebook.formats import interval, number
from casebook.language import _
from casebook.models.crossval import OutOfFold
from casebook.models.labelled import Labelled
from casebook.stats.estimate import Estimate
from casebook.stats.intervals import bootstrap
from casebook.stats.metrics import METRICS, NUMBER, Floats, Metric, Predictions, Score
from casebook.stats.splits import Fold, Rows

SHUFFLES = 199
MOST_OF_A_CLASS = 2_500
MOST_ROWS = 5_000
MOST_CLASSES = 4
LEVEL = 0.01
"""A pattern that is not there costs a project, so one table of a hundred may show one by chance."""
LEAST_AREA = 0.57
LEAST_CORRELATION = 0.12
"""Less than this is hardly of use: an interval that stays below it says that no pattern is there.
Both are a difference of a quarter of a standard deviation between two classes (Cohen's d)."""


@dataclass(frozen=True)
class Tested:
    """The permutation test: score on the folds with its interval, p value, what shuffles reach.

    score: an area under the ROC curve (mean over classes), or a correlation.
    chance: the score of a dummy; least: the least that would be of use.
    """

    score: Estimate
    p_value: float
    shuffled: tuple[float, float]
    chance: float
    least: float
    rows: int


def gather(context: Context) -> Found | NotApplicable:
    """The pattern, from the shared folds."""
    if context.shared is None:
        return context.without_models()
    data = context.shared.data
    found = permutation_test(data, seed=context.seed)
    outcome = _outcome(found)
    values = {
        "metric": _("correlation") if data.task == NUMBER else _("ROC AUC"),
        "score": interval(found.score),
        "chance": number(found.chance, 1 if found.chance else 0),
        "p": p_words(found.p_value),
    }
    facts = (
        (_("Test"), sentence(data.splits.kind, SHUFFLES)),
        (_("Rows of the test"), number(found.rows)),
        (_("Folds"), data.splits.sentence()),
    )
    return Found(outcome, _sentence(outcome, values), facts, _picture(found, values["metric"]))


def permutation_test(data: Labelled, *, seed: int = 0) -> Tested:
    """The permutation test on a sample: at most 2,500 rows of each class, or 5,000 rows."""
    rows = _sample(data, seed)
    y, folds = targets(data)[rows], _folds(data, rows)
    y = y[:, np.argsort(-y.sum(axis=0))[:MOST_CLASSES]] if y.shape[1] > 1 else y
    units = data.splits.units[rows] if data.splits.units is not None else None
    source = shuffles(data.splits, rows, y, SHUFFLES, seed)
    with threadpool_limits(1):  # the matrices are small: a second thread only waits for the first
        columns = design(data, rows)
        scores, per_fold = _scores(columns, y, source, folds, data.task)
    observed, others = per_fold[0], per_fold[1:]
    p_value = (1 + np.sum(others >= observed - 1e-12)) / (1 + len(others))
    is_number = data.task == NUMBER
    return Tested(
        score=_estimate(scores, y, folds, units, is_number),
        p_value=float(p_value),
        shuffled=(float(np.quantile(others, 0.025)), float(np.quantile(others, 0.975))),
        chance=0.0 if is_number else 0.5,
        least=LEAST_CORRELATION if is_number else LEAST_AREA,
        rows=len(rows),
    )


def _sample(data: Labelled, seed: int) -> Rows:
    """Positions of the rows that are tested, ascending; ranking does not depend on base rates."""
    rng = np.random.default_rng(seed)
    order = rng.permutation(len(data.y))
    if data.task == NUMBER:
        return np.sort(order[:MOST_ROWS])
    seen = data.y.iloc[order].groupby(data.y.iloc[order].to_numpy(), sort=False).cumcount()
    return np.sort(order[seen.to_numpy() < MOST_OF_A_CLASS])


def _folds(data: Labelled, rows: Rows) -> tuple[Fold, ...]:
    """The shared folds, as positions in the sample."""
    place = np.full(len(data.y), -1, dtype=np.intp)
    place[rows] = np.arange(len(rows))
    inside = [(place[train], place[test]) for train, test in data.splits.folds]
    return tuple((a[a >= 0], b[b >= 0]) for a, b in inside)


def _scores(
    columns: Floats, y: Floats, source: Rows, folds: tuple[Fold, ...], task: str
) -> tuple[Floats, Floats]:
    """(n_rows, k) scores of the true targets, and (1 + shuffles,) means over folds and classes."""
    measure = correlations if task == NUMBER else areas
    scores = np.full(y.shape, np.nan)
    total, weight = np.zeros(source.shape[1] + 1), np.zeros(source.shape[1] + 1)
    for k in range(y.shape[1]):
        stacked = np.column_stack([y[:, k], y[source, k]])
        for fold in folds:
            if not len(fold[1]) or not len(fold[0]):
                continue
            said = fitted(columns, stacked, fold)
            scores[fold[1], k] = said[:, 0]
            found = measure(said, stacked[fold[1]])
            known = np.isfinite(found)
            total = total + np.where(known, found, 0.0) * len(fold[1])
            weight = weight + known * len(fold[1])
    return scores, np.asarray(total / np.where(weight > 0, weight, np.nan))


def _estimate(
    scores: Floats, y: Floats, folds: tuple[Fold, ...], units: Rows | None, is_number: bool
) -> Estimate:
    """The mean over folds and classes with a bootstrap interval over rows, or blocks of them."""
    tested = np.flatnonzero(np.isfinite(scores[:, 0]))
    number_of = np.zeros(len(scores), dtype=np.intp)
    for k, (_train, test) in enumerate(folds):
        number_of[test] = k
    metric = CORRELATION if is_number else METRICS[0]
    parts = [
        _as_out(scores[tested, k], y[tested, k], number_of[tested], len(folds)).score(metric)
        for k in range(y.shape[1])
    ]
    blocks = None if units is None else np.unique(units[tested], return_inverse=True)[1]
    return bootstrap(
        lambda w: np.mean([part(w) for part in parts], axis=0), len(tested), units=blocks
    )


def _as_out(score: Floats, truth: Floats, fold: Rows, folds: int) -> OutOfFold:
    chance = np.column_stack([1 - score, score])
    said = Predictions(truth, score, chance)
    return OutOfFold("ridge", np.arange(len(score)), said, fold, (0.0,) * folds)


def _correlation(predictions: Predictions) -> Score:
    x, y = np.asarray(predictions.label, float), np.asarray(predictions.truth, float)
    x, y = x - x.mean(), y - y.mean()

    def score(weights: Floats) -> Floats:
        size = np.maximum(weights.sum(axis=-1), 1e-12)
        one, other = weights @ x / size, weights @ y / size
        shared = weights @ (x * y) / size - one * other
        spread = (weights @ x**2 / size - one**2) * (weights @ y**2 / size - other**2)
        return np.asarray(shared / np.sqrt(np.maximum(spread, 1e-24)))

    return score


CORRELATION = Metric("correlation", "correlation", (NUMBER,), True, _correlation)


def _outcome(found: Tested) -> str:
    low, high = found.score.low, found.score.high
    if found.p_value <= LEVEL and low is not None and low > found.chance:
        return "yes"
    if high is None:
        return "unclear"
    # a score below chance is chance as well: what counts is how far above it could be
    could_be = max(found.score.value, found.chance) + high - found.score.value
    return "no" if could_be < found.least else "unclear"


def _sentence(outcome: str, values: dict[str, str]) -> str:
    if outcome == "yes":
        return _(
            "In rows it had not seen a simple model reaches {metric} {score}, where guessing has "
            "{chance}; {p}.",
            **values,
        )
    if outcome == "no":
        return _(
            "In rows it had not seen a simple model does no better than guessing: {metric} "
            "{score}, where guessing has {chance}; {p}.",
            **values,
        )
    return _(
        "The rows are too few to tell a pattern from chance: {metric} {score}, where guessing has "
        "{chance}; {p}.",
        **values,
    )


def _picture(found: Tested, metric: str) -> Picture:
    low, high = found.shuffled
    points = (
        Point(_("simple model"), found.score.value, found.score.low, found.score.high),
        Point(_("shuffled"), (low + high) / 2, low, high),
    )
    alt = _("The simple model beside the same model on shuffled targets.")
    return Picture("intervals", points, found.chance, metric, alt)
