"""Labels given row by row: each is kept at once, and only what is kept is counted."""

from __future__ import annotations

import math
import uuid
from collections.abc import Mapping
from typing import NamedTuple

import traitlets as tr

from casebook import language
from casebook.case import Case
from casebook.exceptions import CasebookError
from casebook.formats import number
from casebook.language import _
from casebook.runs.feedback import Label, NotAccepted, keep_label, read_labels
from casebook.runs.labelling import Queue, Reason, RowToLabel
from casebook.stats.estimate import Estimate
from casebook.stats.intervals import proportion
from widgets.answers import check_size, parsed, who
from widgets.base import tell_incident


class Given(NamedTuple):
    """What a person said of a row at first, before the other answers were seen."""

    place: int
    label: str | None


class LabelsModel(tr.HasTraits):
    """One row at a time. Nothing is known of a row's label or the model's answer before its own.

    by: who answers; while it is empty nothing is kept. note: why, for the row that is shown.
    place: of the row that is shown; as many as there are rows once all were seen.
    status: empty, `saved` or `refused`; message: a sentence that says more.
    """

    case = tr.Instance(Case)
    by = tr.Unicode()
    note = tr.Unicode()
    place = tr.Int(0)
    status = tr.Unicode()
    message = tr.Unicode()

    def __init__(self, case: Case, queue: Queue, by: str | None = None) -> None:
        super().__init__(case=case, by=who() if by is None else by)
        self.queue = queue
        self._given: dict[int, Given] = {}
        self._last: int | None = None

    @property
    def row(self) -> RowToLabel | None:
        """The row that is shown; None once all were seen."""
        return self.queue.rows[self.place] if self.place < len(self.queue.rows) else None

    @property
    def done(self) -> int:
        """How many of the rows have an answer that is kept."""
        return len(self._given)

    @property
    def last(self) -> tuple[RowToLabel, str | None] | None:
        """The row that was answered last, and what was said of it at first."""
        if self._last is None:
            return None
        return self.queue.rows[self._last], self._given[self._last].label

    @property
    def given(self) -> Mapping[int, Given]:
        """What was said at first, by the row's place."""
        return dict(self._given)

    def agreement(self, reason: Reason | None = None) -> Estimate | None:
        """The share of the table's labels that people agree with, of rows chosen for a reason.

        Of all of them without one. Rows without a label, and those of which the person cannot
        tell, do not count. None where none is left, and for numbers. Wilson's interval.
        """
        if not self.queue.classes:
            return None
        told = [
            (self.queue.rows[one.place], one.label)
            for one in self._given.values()
            if one.label is not None
        ]
        pairs = [(row.label, label) for row, label in told
                 if row.label is not None and reason in (None, row.reason)]  # fmt: skip
        return proportion(sum(a == b for a, b in pairs), len(pairs)) if pairs else None

    def give(self, label: str | None) -> bool:
        """Keep a label of the row that is shown, and go on to the next; None: cannot tell.

        False, with the reason in `message`, where it was not kept.
        """
        row = self.row
        if row is None:
            return False
        with language.using(self.case.record.language):
            if not self.by.strip():
                self.tell("refused", _("Not kept yet: enter your name at the top. Who answers?"))
                return False
            try:
                receipt = keep_label(self.case, self._made(row, label))
            except CasebookError as error:
                self.tell("refused", str(error))
                return False
            except Exception as error:  # noqa: BLE001 who answered waits for an answer
                tell_incident(self, error, f"labels of row {self.place}")
                return False
            self._given.setdefault(self.place, Given(self.place, self._shown(label)))
            self._last, self.note = self.place, ""
            self.tell("saved", receipt.sentence)
            self._go_on()
        return True

    def back(self) -> None:
        """Show the row before this one again; what is said of it now is kept beside."""
        if self.place > 0:
            self.tell("", "")
            self.place -= 1

    def skip(self) -> None:
        """Go on without an answer."""
        if self.row is not None:
            self.tell("", "")
            self._go_on()

    def tell(self, status: str, message: str, path: str = "") -> None:  # noqa: ARG002 one status
        """Say what became of an act."""
        with self.hold_trait_notifications():
            self.message, self.status = message, status

    def _made(self, row: RowToLabel, label: str | None) -> Label:
        """The label as it is kept. Raises CasebookError for one that the target does not have."""
        kept = None if label is None else self._checked(label)
        check_size(self.note, self.by, "note")
        return Label(uuid.uuid4().hex, row.row, kept, self.by.strip(), self.note.strip())

    def _checked(self, label: str) -> str:
        """A class, or a number as it is written in files."""
        if self.queue.classes:
            if label not in self.queue.classes:
                raise NotAccepted(_("'{found}' is no label of this case.", found=label[:100]))
            return label
        value = parsed("number", label, _("Label"))
        if value is None or not math.isfinite(value):
            raise NotAccepted(_("A number is needed, or “cannot tell”."))
        return f"{value:.15g}"

    def _shown(self, label: str | None) -> str | None:
        """As the table's own labels are shown, so that both can be compared."""
        if label is None or self.queue.classes:
            return label
        return number(float(self._checked(label)))

    def _go_on(self) -> None:
        """To the next row that nobody has answered; others may be at the same rows."""
        taken = self._taken()
        place = self.place + 1
        while place < len(self.queue.rows) and self.queue.rows[place].row in taken:
            place += 1
        self.place = place

    def _taken(self) -> set[str]:
        """Rows that somebody has labelled, without those that were answered here."""
        try:
            reviewed = set(read_labels(self.case).index)
        except CasebookError:  # to write is what counts, and that says what is wrong
            return set()
        return reviewed - {self.queue.rows[place].row for place in self._given}
