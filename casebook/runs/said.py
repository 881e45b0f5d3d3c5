"""What people say of a case, and what was predicted for them: checked values, made into entries.

Whether inputs are kept is the record's to say. Only `monitoring.log_allowed: yes` keeps them: then
the log of predictions has inputs and output, and feedback has the inputs that it is about. With
`no`, `unsure` or no answer the log keeps that there was a prediction, when and by which model, and
feedback is kept all the same: with the prediction that was judged, without the inputs.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any

from casebook.case import Case
from casebook.exceptions import RunError
from casebook.language import _
from casebook.runs.entry import Entry

ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,99}")
NAME, WORDS, ROW, VALUE = 200, 20_000, 500, 1_000_000  # the most letters of each
_SHORT = {"model": 100, "prediction": 100, "run": 100, "kind": 20, "language": 10}
_LONG = {"reason": WORDS, "comment": WORDS, "note": WORDS, "label": WORDS, "row": ROW}
_DEEP = 20


class NotAccepted(RunError):
    """What was sent is not of a form that can be kept; nothing of it was saved."""


class Kind(StrEnum):
    """What somebody says of a prediction. `corrected`: wrong, and what would have been right."""

    RIGHT = "right"
    WRONG = "wrong"
    CORRECTED = "corrected"
    COMMENT = "comment"


@dataclass(frozen=True)
class Prediction:
    """A prediction that was shown to somebody.

    id: made by who shows it; feedback names it. model: hash of the model's file.
    inputs: raw columns, by name. output: what was shown. at: when, None is now.
    """

    id: str
    output: Any = field(repr=False)
    inputs: Mapping[str, Any] | None = field(default=None, repr=False)
    model: str = ""
    run: str | None = None
    page: str = ""
    at: datetime | None = None

    def entry(self, case: Case) -> Entry:
        """What is kept of it; inputs and output only where the record allows it."""
        allowed = logs(case)
        return _entry(case, self, "predictions", {
            "model": self.model, "run": self.run, "page": self.page,
            "inputs": plain(self.inputs) if allowed else None,
            "output": plain(self.output) if allowed else None,
        })  # fmt: skip


@dataclass(frozen=True)
class Feedback:
    """What somebody said of a prediction, or of the case.

    id: made by the page, once for what a person sends; the same sent again is the same feedback.
    corrected: the value that would have been right. reason, comment, by: as the person wrote them.
    prediction, model, run: what it is about. inputs: raw columns, by name. output: the prediction
    that was judged, without what explains it by the inputs. page: the notebook's name.
    at: when, None is now.
    """

    id: str
    kind: Kind | str
    corrected: Any = field(default=None, repr=False)
    reason: str = field(default="", repr=False)
    comment: str = field(default="", repr=False)
    by: str = field(default="", repr=False)
    prediction: str | None = None
    model: str = ""
    run: str | None = None
    inputs: Mapping[str, Any] | None = field(default=None, repr=False)
    output: Any = field(default=None, repr=False)
    page: str = ""
    language: str = ""
    at: datetime | None = None

    def entry(self, case: Case) -> Entry:
        """What is kept of it; inputs only where the record allows it."""
        if self.kind not in tuple(Kind):
            allowed = ", ".join(Kind)
            raise NotAccepted(
                _("'{found}' is no kind of feedback; there are {allowed}",
                  found=self.kind, allowed=allowed)
            )  # fmt: skip
        if self.kind == Kind.CORRECTED and self.corrected is None:
            raise NotAccepted(_("a correction needs the value that would have been right"))
        if self.kind == Kind.COMMENT and not self.comment.strip():
            raise NotAccepted(_("a comment needs words"))
        return _entry(case, self, "feedback", {
            "kind": str(self.kind), "corrected": plain(self.corrected), "reason": self.reason,
            "comment": self.comment, "by": self.by, "prediction": self.prediction,
            "model": self.model, "run": self.run, "page": self.page, "language": self.language,
            "inputs": plain(self.inputs) if logs(case) else None, "output": plain(self.output),
        })  # fmt: skip


@dataclass(frozen=True)
class Label:
    """A label that a person gave to a row after looking at it.

    row: the row's id, as a text. label: None where the person cannot tell. note: why.
    A later label of the same row does not change an earlier one; readers take the latest.
    """

    id: str
    row: str
    label: str | None = field(repr=False)
    by: str
    note: str = field(default="", repr=False)
    at: datetime | None = None

    def entry(self, case: Case) -> Entry:
        """What is kept of it."""
        values = {"row": self.row, "label": self.label, "by": self.by, "note": self.note}
        return _entry(case, self, "labels", values)


def logs(case: Case) -> bool:
    """Whether the record allows that inputs and outputs are kept."""
    return case.record.monitoring.log_allowed == "yes"


def _entry(
    case: Case, item: Prediction | Feedback | Label, table: str, values: Mapping[str, Any]
) -> Entry:
    sent: Any = item.id  # from a page, which may send anything
    if not isinstance(sent, str) or not ID.fullmatch(sent):
        raise NotAccepted(
            _("an id is 1 to 100 letters, digits, '.', '_', ':' or '-', not {found}",
              found=repr(sent)[:120])
        )  # fmt: skip
    kept = {name: _checked(name, value) for name, value in values.items()}
    at = (item.at or datetime.now(UTC)).astimezone(UTC)
    return Entry(table, item.id, at, {"case_name": _checked("case_name", case.record.name), **kept})


def _checked(name: str, value: Any) -> Any:
    """A value that every database takes, as it was given; else NotAccepted."""
    if name in ("inputs", "output", "corrected"):
        if len(json.dumps(value)) > VALUE:
            raise NotAccepted(_("'{name}' is too long: at most {most}", name=name, most=VALUE))
        return value
    if value is None and name in ("run", "prediction", "label"):
        return None
    if not isinstance(value, str):
        raise NotAccepted(
            _("'{name}' is a text, not {found}", name=name, found=type(value).__name__)
        )
    most = _SHORT.get(name) or _LONG.get(name) or NAME
    if len(value) > most:
        raise NotAccepted(_("'{name}' is too long: at most {most}", name=name, most=most))
    return letters(value)


def letters(text: str) -> str:
    r"""A text that every database takes: NUL and halves of letters become the sign for unknown.

    >>> letters("caf\u00e9 \x00 \ud83d") == "caf\u00e9 \ufffd \ufffd"
    True
    """
    whole = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return whole.replace("\x00", "\ufffd")


def plain(value: Any, depth: int = 0) -> Any:
    """A value as JSON holds it: numpy's numbers as Python's, times as ISO 8601, missing as null.

    JSON knows no infinity: it becomes the text "Infinity"; whole numbers of more than 64 bits,
    which SQLite would round, become text too.
    Raises NotAccepted for what is no plain value, or nested more than 20 deep.
    """
    if depth > _DEEP:
        raise NotAccepted(_("a value is nested more than {most} deep", most=_DEEP))
    if isinstance(value, Mapping):
        return {letters(str(name)): plain(inner, depth + 1) for name, inner in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, (str, bytes)):
        return [plain(inner, depth + 1) for inner in value]
    if getattr(value, "shape", None) == ():  # numpy's own kind of number, text or time
        return None if value != value else _scalar(_of_numpy(value), depth)  # noqa: PLR0124 (NaN)
    return _scalar(value, depth)


def _of_numpy(value: Any) -> Any:
    return str(value) if value.dtype.kind in "mM" else value.item()  # .item() counts nanoseconds


def _scalar(value: Any, depth: int) -> Any:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        return value if abs(value) < 2**63 else str(value)
    if isinstance(value, str):
        return letters(value)
    if isinstance(value, float):
        if math.isnan(value):
            return None
        return value if math.isfinite(value) else ("Infinity" if value > 0 else "-Infinity")
    if isinstance(value, (date, datetime)):
        return None if value != value else value.isoformat()  # noqa: PLR0124 (NaT is not itself)
    if hasattr(value, "tolist"):
        return plain(value.tolist(), depth + 1)
    if type(value).__name__ in ("NAType", "NaTType"):
        return None
    raise NotAccepted(_("a value of type {found} cannot be kept", found=type(value).__name__))
