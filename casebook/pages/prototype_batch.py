"""What came of a file of rows: how many are predicted, the first of them, and what is wrong."""

from __future__ import annotations

import base64
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from casebook.formats import number, percent
from casebook.language import _, plural
from casebook.pages.base import (
    Html,
    bullets,
    details,
    element,
    headline,
    join,
    notice,
    prose,
    table,
)
from casebook.prototype.batch import Batch
from casebook.prototype.opened import Prototype
from casebook.prototype.values import Answer

FIRST = 10
"""Rows that are shown; the file to download has all."""
MOST_PROBLEMS = 50
"""Problems that are shown."""
_OWN = 3  # columns of the file that are shown beside what was said


class Download(NamedTuple):
    """A file that a page holds itself. kind: its media type. said: what the link says."""

    name: str
    kind: str
    content: bytes
    said: str


def page(batch: Batch, prototype: Prototype, frame: pd.DataFrame) -> Html:
    """All of it but the links. frame: as `batch_out.frame_of` gives it."""
    said = element("div", headline(summary(batch, prototype)), role="status", aria_live="polite")
    return join(
        said,
        _first(batch, frame),
        problems(batch),
        notes(batch),
    )


def summary(batch: Batch, prototype: Prototype) -> tuple[str, ...]:
    """How many rows are predicted, what is said of them, how many people get to."""
    n, listed = len(batch.answers), batch.listed
    words = {"all": number(n), "n": number(batch.predicted), "file": batch.name}
    if not listed:
        first = plural("The row of {file} is predicted.", "All {all} rows of {file} are predicted.",
                       n, file=batch.name, all=number(n))  # fmt: skip
    else:
        first = _("{n} of {all} rows of {file} are predicted; {left} cannot be, and are listed "
                  "below.", left=number(listed), **words)  # fmt: skip
    said = [one for one in batch.answers if one is not None]
    return tuple(text for text in (first, _decisions(said, prototype), _acted(batch), _odd(said))
                 if text)  # fmt: skip


def _decisions(said: Sequence[Answer], prototype: Prototype) -> str:
    if not said:
        return ""
    if said[0].decision == "number":
        values = np.array([float(one.said) for one in said])
        low, middle, high = (number(float(v)) for v in np.quantile(values, [0.1, 0.5, 0.9]))
        return _("{target}: half of the rows are above {middle}; four fifths lie between {low} and "
                 "{high}.", target=prototype.model.file.target, middle=middle, low=low,
                 high=high)  # fmt: skip
    counts = Counter(one.sentence.rstrip(".") for one in said).most_common(6)
    listed = [f"{text}: {number(n)} ({percent(n / len(said), 0)})" for text, n in counts]
    return "; ".join(listed) + "."


def _acted(batch: Batch) -> str:
    placed = [one for one in batch.places if one is not None and one.act is not None]
    if not placed:
        return ""
    acted, periods = sum(bool(one.act) for one in placed), len({one.period for one in placed})
    if periods > 1:
        return plural("People get to {n} row in {periods} periods, those of the greatest need "
                      "first.", "People get to {n} rows in {periods} periods, those of the "
                      "greatest need first.", acted, periods=number(periods))  # fmt: skip
    return plural("People get to {n} row, that of the greatest need.",
                  "People get to {n} rows, those of the greatest need first.", acted)  # fmt: skip


def _odd(said: Sequence[Answer]) -> str:
    n = sum(any(odd.alarm for odd in one.unlike) for one in said)
    if not n:
        return ""
    return plural("{n} row is unlike anything that the model has seen; look at it yourself.",
                  "{n} rows are unlike anything that the model has seen; look at them yourself.",
                  n)  # fmt: skip


def _first(batch: Batch, frame: pd.DataFrame) -> Html:
    """The first rows that are predicted."""
    if not batch.predicted:
        return Html("")
    inside = [n for n, one in enumerate(batch.answers) if one is not None][:FIRST]
    width = len(batch.columns)
    shown = [*range(min(_OWN, width)), *range(width, frame.shape[1])]
    hidden = {_("problem"), _("prediction id"), _("note")}
    if len({one.period for one in batch.places if one}) < 2:
        hidden.add(_("period"))
    shown = [n for n in shown if frame.columns[n] not in hidden or n < width]
    rows = [[_cell(frame.iloc[at, n]) for n in shown] for at in inside]
    said = plural("The first row that is predicted", "The first {n} rows that are predicted",
                  len(inside))  # fmt: skip
    return table([frame.columns[n] for n in shown], rows, caption=said)


def _cell(value: object) -> object:
    if value is None or value == "":
        return ""
    if isinstance(value, str):
        return value if len(value) <= 120 else value[:119] + "…"
    return value


def problems(batch: Batch) -> Html:
    """What cannot be taken, by line; nothing where all of it can."""
    if not batch.problems:
        return Html("")
    rows = [
        [str(one.line), one.column, one.found, one.sentence]
        for one in batch.problems[:MOST_PROBLEMS]
    ]
    left = len(batch.problems) - len(rows)
    more = prose(plural("{n} more is in the file to download.",
                        "{n} more are in the file to download.", left)) if left else ""  # fmt: skip
    names = [_("line"), _("column"), _("found"), _("what is wrong")]
    said = _("Rows without a prediction: what is wrong with them")
    return join(table(names, rows, caption=said), more)


def notes(batch: Batch) -> Html:
    """What was assumed of the file, folded."""
    if not batch.notes:
        return Html("")
    return details(_("How the file was read"), bullets(batch.notes))


def links(files: Sequence[Download]) -> Html:
    """Links to files that the page holds itself, so that no server needs to keep them."""
    made = [
        element(
            "a",
            one.said,
            class_="cb-download",
            download=one.name,
            href=f"data:{one.kind};base64,{base64.b64encode(one.content).decode()}",
        )
        for one in files
    ]
    return element("p", join(*(join(one, " ") for one in made)), class_="cb-downloads")


def refused(message: str) -> Html:
    """Why nothing of the file was predicted."""
    return notice("failed", message, title=_("This file was not taken"))
