"""10_error_analysis: where and why is it wrong?

The chosen candidate's predictions of rows it had not seen: confusion or residuals, and the
feature values on which it errs most, confirmed on rows that did not find them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from casebook.case import Case
from casebook.formats import interval, number, percent
from casebook.language import _
from casebook.models.crossval import OutOfFold, cross_validate
from casebook.models.labelled import Labelled, labelled
from casebook.models.registry import candidates_of
from casebook.phases.findings import Upstream
from casebook.stats.estimate import Estimate
from casebook.stats.intervals import mean, proportion
from casebook.stats.metrics import Floats
from casebook.stats.slices import Slice, worst_slices
from casebook.tables import Table

MOST_CLASSES = 12
EXAMPLES = 8
EXAMPLE_COLUMNS = 8
RESIDUAL_SHARES = (0.05, 0.25, 0.5, 0.75, 0.95)


@dataclass(frozen=True)
class Confusion:
    """counts[i][j]: rows of class i that were called class j; only the 12 largest classes."""

    classes: tuple[str, ...]
    counts: tuple[tuple[int, ...], ...]


@dataclass(frozen=True)
class Residuals:
    """Truth minus prediction: quantiles, and counts between edges, in the target's unit."""

    quantiles: tuple[tuple[float, float], ...]
    edges: tuple[float, ...]
    counts: tuple[int, ...]


@dataclass(frozen=True)
class Example:
    """A row with one of the greatest losses: its position among the labelled rows, and values."""

    truth: str
    predicted: str
    loss: float
    values: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Findings:
    """Errors of one candidate on rows it had not seen.

    loss: the mean loss; `loss_name` says what it is (share wrong, or mean absolute error).
    slices: the worst ones, confirmed ones first.
    candidate: None where the baseline phase had nothing to compare; then nothing else is there.
    """

    headline: tuple[str, ...]
    candidate: str | None = None
    title: str = ""
    task: str = ""
    rows: int = 0
    loss_name: str = ""
    loss: Estimate | None = None
    confusion: Confusion | None = None
    residuals: Residuals | None = None
    slices: tuple[Slice, ...] = ()
    examples: tuple[Example, ...] = ()
    sample: str = ""


def examine(case: Case, table: Table, upstream: Upstream, *, seed: int = 0) -> Findings:
    """Look at the errors of the candidate that the baseline phase chose, on the same folds."""
    baseline = upstream["baseline"]
    if baseline["chosen"] is None:
        return Findings((_("No candidate was chosen yet, so there are no errors to look at."),))
    data = labelled(case, table, seed=int(baseline["seed"]), hold_out=True)
    candidate = next(c for c in candidates_of(data.setting) if c.name == baseline["chosen"])
    out = cross_validate(candidate, data)
    loss = _loss(data, out)
    seen = data.X.iloc[out.rows]
    columns = list(data.features.number + data.features.category)
    slices = worst_slices(seen[columns], loss, seed=seed)
    whole = proportion(int(loss.sum()), len(loss)) if data.classes else mean(loss)
    return Findings(
        headline=_headline(data, _(candidate.title), whole, slices),
        candidate=candidate.name,
        title=_(candidate.title),
        task=data.task,
        rows=len(loss),
        loss_name=_("share of wrong predictions") if data.classes else _("mean absolute error"),
        loss=whole,
        confusion=_confusion(data, out) if data.classes else None,
        residuals=None if data.classes else _residuals(out),
        slices=slices,
        examples=_examples(data, out, seen, loss),
        sample=data.sample_sentence(),
    )


def _loss(data: Labelled, out: OutOfFold) -> Floats:
    """(n_tested,) 1 for a wrong class, or the absolute error."""
    truth, said = out.predictions.truth, out.predictions.label
    if data.classes:
        return np.asarray(truth != said, dtype=float)
    off: Floats = np.abs(np.asarray(truth - said, dtype=float))
    return off


def _confusion(data: Labelled, out: OutOfFold) -> Confusion:
    truth, said = out.predictions.truth, out.predictions.label
    sizes = np.bincount(truth, minlength=len(data.classes))
    kept = sorted(np.argsort(-sizes)[:MOST_CLASSES])
    counts = tuple(
        tuple(int(((truth == row) & (said == column)).sum()) for column in kept) for row in kept
    )
    return Confusion(tuple(data.classes[code] for code in kept), counts)


def _residuals(out: OutOfFold) -> Residuals:
    residual = out.predictions.truth - out.predictions.label
    low, high = np.quantile(residual, [0.005, 0.995])
    counts, edges = np.histogram(np.clip(residual, low, high), bins=40)
    quantiles = tuple((share, float(np.quantile(residual, share))) for share in RESIDUAL_SHARES)
    return Residuals(quantiles, tuple(map(float, edges)), tuple(map(int, counts)))


def _examples(
    data: Labelled, out: OutOfFold, seen: pd.DataFrame, loss: Floats
) -> tuple[Example, ...]:
    """The rows with the greatest loss; for classes, those that were most surely wrong."""
    sureness = loss
    if out.predictions.probability is not None:
        codes = out.predictions.truth.astype(np.intp)
        sureness = loss * (1 - out.predictions.probability[np.arange(len(codes)), codes])
    worst = [i for i in np.argsort(-sureness, kind="stable")[:EXAMPLES] if loss[i] > 0]
    names = list(data.features.names[:EXAMPLE_COLUMNS])
    return tuple(
        Example(
            _said(data, out.predictions.truth[i]),
            _said(data, out.predictions.label[i]),
            float(loss[i]),
            tuple((name, _shown(value)) for name, value in seen.iloc[i][names].items()),
        )
        for i in worst
    )


def _said(data: Labelled, value: Any) -> str:
    return data.classes[int(value)] if data.classes else number(float(value))


def _shown(value: Any) -> str:
    if pd.isna(value):
        return "–"
    return number(float(value)) if isinstance(value, float) else str(value)


def _headline(
    data: Labelled, title: str, loss: Estimate, slices: tuple[Slice, ...]
) -> tuple[str, ...]:
    if data.classes:
        first = _("The {name} is wrong on {share} of the rows it had not seen.", name=title,
                  share=interval(loss, scale=100, suffix="%"))  # fmt: skip
    else:
        first = _("The {name} is off by {error} on average.", name=title, error=interval(loss))
    confirmed = [item for item in slices if item.confirmed]
    if not confirmed:
        return (first, _("No single feature value was confirmed as worse than the rest."))
    worst = confirmed[0]
    return (
        first,
        _(
            "It errs most where {slice}: {inside} against {rest} elsewhere, {excess} more, "
            "confirmed on {n} rows kept aside.",
            slice=slice_text(worst),
            inside=_loss_text(data, worst.loss),
            rest=_loss_text(data, worst.rest),
            excess=excess_text(worst.excess, classes=bool(data.classes)),
            n=number(worst.rows),
        ),
    )


def excess_text(excess: Estimate, *, classes: bool) -> str:
    """How much greater a loss is: in percentage points for classes, else in the target's unit."""
    if not classes:
        return interval(excess)
    points = _("points")
    return interval(excess, scale=100, suffix=f" {points}")


def slice_text(item: Slice | Mapping[str, Any]) -> str:
    """`tenure = 0 – 6`, or that the value is missing."""
    column, label = (
        (item.column, item.label) if isinstance(item, Slice) else (item["column"], item["label"])
    )
    return _("{column} = {label}", column=column, label=label or _("(missing)"))


def _loss_text(data: Labelled, value: float) -> str:
    return percent(value) if data.classes else number(value)
