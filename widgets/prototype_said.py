"""What somebody says of a prediction, kept once, with a receipt only after it was kept."""

from __future__ import annotations

from typing import Any

import traitlets as tr

from casebook import language
from casebook.exceptions import CasebookError
from casebook.language import _
from casebook.prototype.typed_numbers import read_number
from casebook.prototype.values import Field
from casebook.runs.entry import Receipt
from casebook.runs.feedback import Feedback, Kind, NotAccepted, keep_feedback
from casebook.serve import incidents
from widgets.prototype_model import PAGE, PrototypeModel

VERDICTS = ("right", "wrong", "comment")
REFUSED, KEPT = "refused", "saved"


class SaidModel(tr.HasTraits):
    """Right or wrong, what would have been right, why, in whose words.

    verdict: one of `VERDICTS`, empty before somebody chose. corrected: as typed or picked.
    receipt: of what was kept last; whatever is typed stays until it is there.
    """

    verdict = tr.Unicode()
    corrected = tr.Unicode()
    reason = tr.Unicode()
    comment = tr.Unicode()
    by = tr.Unicode()
    receipt: Receipt | None = tr.Any(None)  # type: ignore[assignment]
    status = tr.Unicode()
    message = tr.Unicode()

    def __init__(self, model: PrototypeModel) -> None:
        super().__init__(by=model.by)
        self.model, self.case = model, model.case
        self._sent = ""
        model.observe(self._another, "prediction")

    @property
    def reasons(self) -> tuple[str, ...]:
        """The reasons for a wrong prediction that the record offers."""
        return self.case.record.prototype.feedback.reasons

    @property
    def classes(self) -> tuple[str, ...]:
        """What the target can be; empty for numbers."""
        return self.model.prototype.model.file.classes

    def send(self) -> bool:
        """Keep it; False, with the reason in `message`, where that was not possible.

        Sent twice it is kept once: the same words to the same prediction have the same id.
        """
        with language.using(self.case.record.language):
            try:
                given = self._feedback()
                receipt = keep_feedback(self.case, given)
            except CasebookError as error:
                kept = _("Not saved. What you wrote is still here.")
                return self._tell(REFUSED, f"{kept} {error}")
            except Exception as error:  # noqa: BLE001 who wrote waits for an answer
                name = incidents.record(error, f"feedback on {self.case.record.name}")
                said = _("Not saved, error id {name}. What you wrote is still here.", name=name)
                return self._tell(REFUSED, said)
            self._sent = self.model.prediction
            self.receipt = receipt
            self.model.note()
            return self._tell(KEPT, _("Thank you. {receipt}", receipt=receipt.sentence))

    def tell(self, status: str, message: str, path: str = "") -> None:  # noqa: ARG002 a teller's
        """Say what became of an act."""
        self._tell(status, message)

    def _feedback(self) -> Feedback:
        """What is to be kept. Raises NotAccepted for what nobody can have meant."""
        model = self.model
        if model.answer is None:
            raise NotAccepted(_("There is no prediction to say something of."))
        if self.verdict not in VERDICTS:
            raise NotAccepted(_("Was it right or wrong? Choose one, or that you only comment."))
        corrected = self._corrected() if self.verdict == "wrong" else None
        reason = self.reason if self.verdict == "wrong" else ""
        if reason and reason not in self.reasons:
            raise NotAccepted(_("'{found}' is none of the reasons.", found=reason[:100]))
        kind = Kind.CORRECTED if corrected is not None else Kind(self.verdict)
        comment, by = self.comment.strip(), self.by.strip()
        return Feedback(
            model.said_id([kind, corrected, reason, comment, by]), kind, corrected, reason, comment,
            by, model.prediction, model.prototype.model.file.sha256, model.run or None,
            dict(model.row), model.output, PAGE, self.case.record.language,
        )  # fmt: skip

    def _corrected(self) -> Any:
        """The value that would have been right, as the target has it; None where none is said."""
        text = self.corrected.strip()
        if not text:
            return None
        if self.classes:
            if text not in self.classes:
                raise NotAccepted(_("'{found}' is none of {allowed}.", found=text[:100],
                                    allowed=", ".join(self.classes)))  # fmt: skip
            return text
        field = Field("", "", "number", typical=_number(self.model))
        try:
            return read_number(field, text)
        except CasebookError as error:
            raise NotAccepted(error.message) from error

    def _another(self, _change: object) -> None:
        """Another prediction: what was kept of the one before is no longer in the form."""
        if not self._sent:
            return
        self._sent = ""
        self.verdict = self.corrected = self.reason = self.comment = ""

    def _tell(self, status: str, message: str) -> bool:
        self.message = message
        self.status = ""
        self.status = status
        return status == KEPT


def _number(model: PrototypeModel) -> float | None:
    said = None if model.answer is None else model.answer.said
    return said if isinstance(said, float) else None
