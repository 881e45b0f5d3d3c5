"""What the prototype answers: a decision in the words of the case, and how sure it is of it.

The decision is by the stated probability against the threshold of the model's file. Probabilities
that are shown are mended ones, and so are the threshold and the band beside them: mending keeps
the order, so that a yes is never shown below its threshold.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from casebook.formats import number
from casebook.language import _
from casebook.prototype.rows import frame, plain_rows, predicted
from casebook.prototype.unlike import unlike
from casebook.prototype.values import Answer, Conformal, Decision, Interval, Row
from casebook.stats.recalibration import Recalibration

if TYPE_CHECKING:
    from casebook.prototype.opened import Prototype

Floats = npt.NDArray[np.float64]


def answer(prototype: Prototype, row: Row) -> Answer:
    """What the model says of one row. Raises ModelError for a row that it cannot read."""
    return answers(prototype, [row])[0]


def answers(prototype: Prototype, rows: Sequence[Row] | pd.DataFrame) -> tuple[Answer, ...]:
    """The answers of many rows, by one call of the model; each as `answer` gives it.

    rows: a frame may have more columns than the model reads; they are left out.
    Raises ModelError as `answer` does.
    """
    file = prototype.model.file
    read = {column.name for column in file.columns}
    if isinstance(rows, pd.DataFrame):
        rows = plain_rows(rows[[name for name in rows.columns if name in read]])
    if not len(rows):
        return ()
    X = frame(file, rows)
    said, shares = predicted(prototype.model, X)
    odd = unlike(prototype, X)
    if shares is None and not file.classes:
        return tuple(
            _of_number(prototype, row, float(value), strange)
            for row, value, strange in zip(rows, said, odd, strict=True)
        )
    stated = np.empty((len(rows), 0)) if shares is None else shares
    return tuple(
        _of_class(prototype, row, str(name), share, strange)
        for row, name, share, strange in zip(rows, said, stated, odd, strict=True)
    )


def _of_class(
    prototype: Prototype, row: Row, said: str, stated: Floats, odd: tuple[Any, ...]
) -> Answer:
    file, mended = prototype.model.file, prototype.trust.mended or Recalibration()
    if file.positive is None or not len(stated):
        shares = tuple(sorted(zip(file.classes, map(float, stated), strict=False),
                              key=lambda one: -one[1]))  # fmt: skip
        said_share = dict(shares).get(said)
        decision: Decision = "class"
        if file.positive is not None:
            decision = "yes" if said == file.positive else "no"
        return Answer(row, said, decision, sentence(prototype, said, decision), said_share, shares,
                      unlike=odd)  # fmt: skip
    raw = float(stated[1])
    yes = mended.true(raw)
    decision = decided(prototype, said, raw)
    shares = ((file.positive, yes), (file.classes[0], 1 - yes))
    band = file.about.band
    return Answer(
        row,
        said,
        decision,
        sentence(prototype, said, decision),
        yes,
        tuple(sorted(shares, key=lambda one: -one[1])),
        threshold=mended.true(0.5 if file.threshold is None else file.threshold),
        band=None if band is None else (mended.true(band[0]), mended.true(band[1])),
        unlike=odd,
    )


def decided(prototype: Prototype, said: str, stated: float) -> Decision:
    """Yes or no of two classes, or that a person decides: from `low` up to below `high`.

    stated: the probability of a yes as the model states it, not mended.
    """
    band, positive = prototype.model.file.about.band, prototype.model.file.positive
    if band is not None and band[0] <= stated < band[1]:
        return "person"
    return "yes" if said == positive else "no"


def sentence(prototype: Prototype, said: float | str, decision: Decision) -> str:
    """A decision in the words of the record; where it has none, with the target's name."""
    texts, target = prototype.case.record.prototype.texts, prototype.model.file.target
    if decision == "number":
        shown = number(float(said))
        # never `format`: what a record says is text, and no template with fields of objects
        return (texts.number or _("{target}: {value}", target=target, value="{value}")).replace(
            "{value}", shown
        )
    own = {"yes": texts.positive, "no": texts.negative, "person": texts.hand_over}.get(decision)
    if own:
        return own
    if decision == "person":
        return _("A person should decide: the probability is neither high nor low enough.")
    return _("{target}: {value}", target=target, value=said)


def _of_number(prototype: Prototype, row: Row, said: float, odd: tuple[Any, ...]) -> Answer:
    return Answer(
        row,
        said,
        "number",
        sentence(prototype, said, "number"),
        interval=interval_of(prototype.trust.conformal, said, least=prototype.seen.least),
        unlike=odd,
    )


def interval_of(
    conformal: Conformal | None, said: float, *, least: float | None = None
) -> Interval | None:
    """The interval of a predicted number; None where none was measured for numbers of its size.

    least: the least that the target ever was. Where that is not negative, no interval ends below
    0; `clipped` says that it would have.
    """
    if conformal is None:
        return None
    width = next((w for w in conformal.widths if w.up_to is None or said <= w.up_to), None)
    if width is None or width.half is None:
        return None
    low, high = said - width.half, said + width.half
    clipped = least is not None and least >= 0 and low < 0
    if clipped:
        low, high = 0.0, max(0.0, high)
    return Interval(low, high, conformal.level, width.rows, clipped)
