"""Why the prototype says what it says of a row: what each raw column adds, and what the rule says.

Reasons say what the model goes by. They are no causes: to change a column in the world need not
change what comes true.

Linear models, and boosted trees of two classes, add up on log odds, which few people read. They
are shown as points of probability: each contribution times the slope of the secant of the logistic
curve between start and end. So points add up to the move of the probability from start to end,
keep signs, order and proportions, and are bounded (no more than a quarter of the log odds) even
where contributions cancel each other. The start is then the probability at the mean log odds, which
is not the mean probability.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from casebook.prototype.additive import Reasons
from casebook.prototype.answer import answer as answer_of
from casebook.prototype.near import neighbours
from casebook.prototype.opened import Prototype
from casebook.prototype.outputs import expit, output_of
from casebook.prototype.reasons import reasons
from casebook.prototype.rows import frame, plain_rows
from casebook.prototype.rule import rule_says
from casebook.prototype.shown import value_shown
from casebook.prototype.values import Answer, Contribution, Why
from casebook.prototype.why_words import sentences

Floats = npt.NDArray[np.float64]

NEIGHBOURS = 3


def why(
    prototype: Prototype, answer: Answer, *, k: int = NEIGHBOURS, seed: int = 0,
    seconds: float | None = None,
) -> Why:  # fmt: skip
    """What an answer rests on. k: how many near known rows come with it.

    seconds: after which sampling stops, where the model needs it (0.2 where None); it is done
    earlier where it is precise. Raises ModelError for a row that cannot be read.
    """
    row = frame(prototype.model.file, [answer.row])
    found = reasons(prototype, row, answer.said, seed=seed, seconds=seconds)
    start, end = _shares(found)
    given = _contributions(prototype, answer, found)
    errors = found.values.errors
    made = Why(
        unit=found.unit,
        start=found.start,
        end=found.end,
        contributions=given,
        exact=found.values.exact,
        error=float(errors.max(initial=0.0)),
        rule=rule_says(prototype, answer),
        neighbours=neighbours(prototype, answer.row, k) if k else (),
        start_share=start,
        end_share=end,
        name=output_of(prototype, answer.said).name,
        rows=found.rows,
    )
    return Why(**{**made.__dict__, "sentences": sentences(prototype, made)})


def warm(prototype: Prototype) -> None:
    """Make what all reasons share, so that those of the first row take no longer than others."""
    [row] = plain_rows(prototype.known.X.iloc[:1])
    why(prototype, answer_of(prototype, row))


def points_of(amounts: Floats, start: float, end: float) -> Floats:
    """(n,) contributions on log odds as shares of one, which add up to the move from start to end.

    >>> points_of(np.array([2.0, -1.0]), 0.0, 1.0).round(3).tolist()
    [0.462, -0.231]
    """
    low, high = float(expit(start)), float(expit(end))
    if abs(end - start) < 1e-6:  # the secant's limit is the curve's own slope
        return amounts * low * (1 - low)
    return amounts * (high - low) / (end - start)


def _shares(found: Reasons) -> tuple[float | None, float | None]:
    if found.unit == "number":
        return None, None
    if found.unit == "probability":
        return found.start, found.end
    return float(expit(found.start)), float(expit(found.end))


def _contributions(
    prototype: Prototype, answer: Answer, found: Reasons
) -> tuple[Contribution, ...]:
    """Of all columns that the model reads, the greatest first; equal ones as the model has them."""
    amounts = found.values.amounts
    points = amounts
    if found.unit == "log odds":
        points = points_of(amounts, found.start, found.end)
    order = np.argsort(-np.abs(amounts), kind="stable")
    names = [column.name for column in prototype.model.file.columns]
    made = []
    for place in order:
        field = prototype.field(names[place])
        made.append(
            Contribution(
                column=field.column,
                shown=value_shown(field, answer.row[field.column]),
                amount=float(amounts[place]),
                points=None if found.unit == "number" else float(points[place]),
                label=field.label,
                error=float(found.values.errors[place]),
            )
        )
    return tuple(made)
