"""Offers to somebody, and what is said of the list; kept once, a receipt only then; no view."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Sequence

import traitlets as tr

from casebook import language
from casebook.case import Case
from casebook.exceptions import CasebookError
from casebook.language import _
from casebook.prototype.offers import Offer, Offering, is_known, offer
from casebook.runs.entry import Receipt
from casebook.runs.feedback import Feedback, keep_feedback
from widgets.answers import who
from widgets.base import NOT_SAVED, tell_incident

PAGE = "08_prototype"
VERDICTS = ("right", "wrong", "comment")
_LONGEST = 200  # letters of a user's name


class OffersModel(tr.HasTraits):
    """Who is offered something, the lists, and a word on them.

    user: by name, empty for somebody new; liked: items that somebody new likes. lists: by
    recommender, the chosen one first. shown: the id of what is shown; feedback names it.
    status: empty, `saved` or `refused`; message: a sentence that says more.
    """

    case = tr.Instance(Case)
    offering = tr.Instance(Offering)
    by = tr.Unicode()
    user = tr.Unicode()
    liked = tr.Tuple()
    lists = tr.Dict()
    shown = tr.Unicode()
    verdict = tr.Unicode()
    comment = tr.Unicode()
    receipt: Receipt | None = tr.Any(None)  # type: ignore[assignment]
    status = tr.Unicode()
    message = tr.Unicode()

    def __init__(self, case: Case, offering: Offering, by: str | None = None) -> None:
        super().__init__(case=case, offering=offering, by=who() if by is None else by)
        self._ask([])

    @property
    def asked(self) -> str | Sequence[str]:
        """Who is offered something, as `offer` takes it."""
        return self.user or list(self.liked)

    @property
    def offers(self) -> Sequence[Offer]:
        """The list of the chosen recommender."""
        found: Sequence[Offer] = self.lists.get(self.offering.chosen, ())
        return found

    def choose(self, user: str) -> bool:
        """Offer to a user by name; False, with the reason in `message`, where nobody is."""
        name = user.strip()[:_LONGEST]
        with language.using(self.case.record.language):
            if not name or not is_known(self.offering, name):
                said = _("Nobody of the name '{name}' has chosen before.", name=name)
                return self.tell("refused", said)
            self.liked = ()
            self.user = name
            return self._ask(name)

    def like(self, item: str) -> bool:
        """Offer to somebody new who likes this item besides those before."""
        if item in self.liked:
            return True
        before = self.user, self.liked
        self.user, self.liked = "", (*self.liked, item)
        if self._ask(list(self.liked)):
            return True
        self.user, self.liked = before
        return False

    def start_again(self) -> bool:
        """Somebody new of whom nothing is known."""
        self.user, self.liked = "", ()
        return self._ask([])

    def _ask(self, asked: str | Sequence[str]) -> bool:
        with language.using(self.case.record.language):
            try:
                found = {name: offer(self.offering, asked, by=name)
                         for name in self.offering.fitted}  # fmt: skip
            except CasebookError as error:
                return self.tell("refused", str(error))
        self.status = self.message = self.verdict = self.comment = ""
        self.receipt = None
        self.lists = found
        self.shown = uuid.uuid4().hex
        return True

    def send(self) -> bool:
        """Keep what is said of the list; False, with the reason in `message`, where it cannot be.

        Sent twice it is kept once: the same words on the same list have the same id.
        """
        with language.using(self.case.record.language):
            if self.verdict not in VERDICTS:
                return self.tell("refused", _("Say first whether the list is right."))
            try:
                self.receipt = keep_feedback(self.case, self._feedback())
            except CasebookError as error:
                return self.tell("refused", str(error))
            except Exception as error:  # noqa: BLE001 who said something waits for an answer
                tell_incident(self, error, "feedback", said=NOT_SAVED)
                return False
            self.message = self.receipt.sentence
            self.status = "saved"
            return True

    def _feedback(self) -> Feedback:
        offering = self.offering
        words = (self.shown, self.verdict, self.comment, self.by)
        stamp = hashlib.sha256(json.dumps(words).encode()).hexdigest()
        return Feedback(
            id=stamp[:32],
            kind=self.verdict,
            comment=self.comment,
            by=self.by,
            prediction=self.shown,
            inputs={"user": self.user or None, "liked": list(self.liked)},
            output={"recommender": offering.chosen, "offers": [one.item for one in self.offers]},
            page=PAGE,
            language=self.case.record.language,
        )

    def tell(self, status: str, message: str, path: str = "") -> bool:  # noqa: ARG002 a Teller's
        """Say in the panel what became of an act."""
        self.message, self.status = message, ""
        self.status = status
        return False
