"""The prototype in somebody's hands: what is typed, the answer to it, why, and what they say."""

from __future__ import annotations

import hashlib
import json
import random
import secrets
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import traitlets as tr

from casebook import language
from casebook.case import Case
from casebook.exceptions import CasebookError
from casebook.models.about import Cell
from casebook.prototype import link, start
from casebook.prototype.answer import answer
from casebook.prototype.change import Found, change_or_reason
from casebook.prototype.opened import Prototype
from casebook.prototype.start import Start
from casebook.prototype.texts import typed_text
from casebook.prototype.typed import taken
from casebook.prototype.values import Answer, Problem, Row, Why
from casebook.prototype.why import why
from casebook.runs.feedback import Prediction, log_prediction
from casebook.serve import incidents
from widgets.answers import who

PAGE = "08_prototype"
LOG_PATIENCE = 0.5  # seconds; nobody waits for the log of predictions

Texts = dict[str, str | None]


class PrototypeModel(tr.HasTraits):
    """A row as it is typed, and what follows from it at once.

    texts: by column, as typed; None for what is not known. problems: why some cannot be taken.
    answer: to the last row that could be taken whole; `stale` says that more was typed since.
    began: the row from which somebody started; first: the answer to it.
    prediction: the answer's id, another one for each row.
    reasons, turned: what the answer rests on and what would turn it, once somebody has asked;
    behind: whether they are of an earlier answer. notes: what of a link or an example was not
    taken. status, message, subject: as a panel's model has them.
    """

    case = tr.Instance(Case)
    texts = tr.Dict()
    problems: tuple[Problem, ...] = tr.Tuple()  # type: ignore[assignment]
    answer: Answer | None = tr.Any(None)  # type: ignore[assignment]
    began: Start = tr.Any(None)  # type: ignore[assignment]
    first: Answer | None = tr.Any(None)  # type: ignore[assignment]
    prediction = tr.Unicode()
    reasons: Why | None = tr.Any(None)  # type: ignore[assignment]
    turned: Found | None = tr.Any(None)  # type: ignore[assignment]
    behind = tr.Bool(default_value=False)
    notes: tuple[str, ...] = tr.Tuple()  # type: ignore[assignment]
    status = tr.Unicode()
    message = tr.Unicode()
    subject = tr.Unicode()

    def __init__(
        self, prototype: Prototype, *, run: str = "", query: str = "", by: str | None = None
    ) -> None:
        """run: whose model it is. query: of the page's address, which may say a row."""
        super().__init__(case=prototype.case)
        self.prototype, self.run = prototype, run
        self.by = who() if by is None else by
        self._draw = random.SystemRandom()
        self._logged: set[str] = set()
        self._is_touched = False
        with self._speaking():
            begun, trouble = start.first(prototype)
            came = link.linked(prototype.fields, query)
        self.notes = (*((trouble,) if trouble else ()), *came.notes)
        self.begin(begun)
        if came.texts:
            self.give_all({**self.texts, **came.texts})

    # What is typed

    def give(self, column: str, text: str | None) -> None:
        """Take what was typed into one field; None says that it is not known."""
        self.give_all({**self.texts, column: text})

    def give_all(self, texts: Mapping[str, str | None]) -> None:
        """Take what all fields say, and answer it where it can be taken."""
        self._is_touched = True
        self._take(dict(texts))

    def begin(self, begun: Start) -> None:
        """Start from a row."""
        self._is_touched = False
        self.began, self.first = begun, None
        self._take(self._typed(begun.row))
        self.first = self.answer

    def example(self, name: str) -> bool:
        """Start from the row of an id; False, and told, where there is none."""
        return self._begin(lambda: start.found(self.prototype, name))

    def draw(self) -> bool:
        """Start from one of the known rows, drawn at random."""
        return self._begin(lambda: start.drawn(self.prototype, self._draw))

    def typical(self) -> None:
        """Start from what is usual in each column."""
        self.begin(start.typical(self.prototype))

    def back(self) -> None:
        """Undo all changes: the row from which somebody started."""
        self.begin(self.began)

    def try_change(self) -> None:
        """Put the smallest change that turns the decision into the form."""
        if self.turned is not None and self.turned.change is not None:
            self.give_all({**self.texts, **self._typed(self.turned.change.row)})

    @property
    def row(self) -> Row:
        """The row that was answered last."""
        return {} if self.answer is None else self.answer.row

    @property
    def stale(self) -> bool:
        """Whether the answer is to values before those that stand in the form."""
        return bool(self.problems)

    @property
    def changed(self) -> dict[str, tuple[Cell, Cell]]:
        """Columns whose values differ from the start's: those and these."""
        before, now = self.began.row, self.row
        return {name: (before.get(name), cell) for name, cell in now.items()
                if before.get(name) != cell}  # fmt: skip

    @property
    def query(self) -> str:
        """The row as a part of an address; empty where it is too long for one."""
        return link.query_of(self.prototype.fields, self.row)

    # Why

    def ask(self) -> None:
        """Find out what the answer rests on, and what would turn it."""
        if self.answer is None:
            return
        found, turned = self.found_out()
        with self.hold_trait_notifications():
            self.reasons, self.turned, self.behind = found, turned, False
        self.note()

    def found_out(self) -> tuple[Why, Found | None]:
        """What the answer rests on, and what would turn it; of a number nothing turns."""
        assert self.answer is not None
        with self._speaking():
            found = why(self.prototype, self.answer)
            if self.answer.decision == "number":
                return found, None
            return found, change_or_reason(self.prototype, self.answer)

    # What is kept

    @property
    def output(self) -> dict[str, Any]:
        """The answer as it is kept with feedback and in the log."""
        if self.answer is None:
            return {}
        said: dict[str, Any] = {"said": self.answer.said, "decision": self.answer.decision}
        if self.answer.probability is not None:
            said["probability"] = round(self.answer.probability, 6)
        if self.answer.interval is not None:
            said["interval"] = [self.answer.interval.low, self.answer.interval.high]
        return said

    def note(self) -> None:
        """Log that this prediction was shown, once; the record says whether with its values.

        A page that is only opened shows its example: nobody has asked for that.
        """
        if self.answer is None or self.prediction in self._logged:
            return
        self._logged.add(self.prediction)
        shown = Prediction(self.prediction, self.output, self.row, self.prototype.model.file.sha256,
                           self.run or None, PAGE)  # fmt: skip
        try:
            log_prediction(self.case, shown, patience=LOG_PATIENCE)
        except Exception as error:  # noqa: BLE001 who tries the model is not to be disturbed
            incidents.record(error, f"the log of predictions of {self.case.record.name}")

    def settle(self) -> None:
        """What is done once nobody has changed anything for a moment."""
        if self._is_touched and not self.stale:
            self.note()
        if self.behind and not self.stale:
            self.ask()

    def said_id(self, said: Sequence[Any]) -> str:
        """The id of what somebody says of this prediction: the same for the same words.

        So a double click, or a page that sends again, keeps it once.
        """
        whole = json.dumps(said, default=str).encode()
        return f"{self.prediction}-{hashlib.sha256(whole).hexdigest()[:10]}"

    def tell(self, status: str, message: str, path: str = "") -> None:
        """Say what became of an act, where the panel says so."""
        self.subject, self.message = path, message
        self.status = ""
        self.status = status

    def _begin(self, find: Callable[[], Start]) -> bool:
        with self._speaking():
            try:
                begun = find()
            except CasebookError as error:
                self.tell("refused", str(error), "start")
                return False
        self.notes = ()
        self.begin(begun)
        self.tell("", "", "start")
        return True

    def _take(self, texts: Texts) -> None:
        with self._speaking():
            row, problems = taken(self.prototype.fields, texts)
            found = self.answer
            try:
                found = found if problems else self._answered(row)
            except CasebookError as error:
                problems = (Problem("", str(error)),)
        with self.hold_trait_notifications():
            self.texts, self.problems = texts, problems
            if found is not self.answer:
                self.prediction = secrets.token_hex(6)
                self.behind = self.reasons is not None
                self.answer = found

    def _answered(self, row: Row) -> Answer:
        if self.answer is not None and dict(self.answer.row) == dict(row):
            return self.answer
        return answer(self.prototype, row)

    def _typed(self, row: Row) -> Texts:
        return {
            field.column: None if (cell := row.get(field.column)) is None
            else typed_text(field, cell)
            for field in self.prototype.fields
        }  # fmt: skip

    def _speaking(self) -> Any:
        return language.using(self.case.record.language)
