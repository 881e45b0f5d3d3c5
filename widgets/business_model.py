"""The business canvas as a person fills it: answers, and lists of people and inputs."""

from __future__ import annotations

from typing import Any

from casebook import language
from casebook.case import Case, load_case
from casebook.case.sections_business import Business, Input, Stakeholder
from casebook.exceptions import RecordError
from casebook.language import _
from widgets.answers import AnswersModel, parsed

FIELDS = ("service", "value", "today", "output", "use", "use_note", "when_wrong", "noticed")
LISTS = {"stakeholders": Stakeholder, "inputs": Input}
CHOICES = frozenset({"use", "table", "decides", "continues", "personal"})


class BusinessModel(AnswersModel):
    """The section `business` of a record: each answer is saved at once, never over another's.

    Entries of a list are told by their place as this person has read it; where somebody else
    has changed the list meanwhile nothing is saved, and the new list is shown.
    """

    _entry: str | None = None  # what the entry is called that is being saved

    def __init__(self, case: Case, by: str | None = None) -> None:
        paths = [f"business.{name}" for name in FIELDS]
        typed = [path for path in paths if path.rsplit(".", 1)[1] not in CHOICES]
        super().__init__(case, paths, by, typed=typed)

    @property
    def business(self) -> Business:
        """The section as it was last read."""
        return self.case.record.business

    def answer(self, path: str, given: Any) -> bool:
        """Save an answer to a field of the canvas, or of an entry."""
        self._entry = _called(self.case, path)
        if self._entry == "":
            self._tell("refused", _("This entry is gone; nothing was saved."), path)
            return False
        self._seen.setdefault(path, self.value(path))
        try:
            saved = self.save(path, parsed("text", given))
            if not saved and self._entry is not None and path in self.clashes:
                self._say_theirs(path)
        finally:
            if self._entry is not None:
                self._forget(path)
            self._entry = None
        return saved

    def refresh(self, saving: str = "", value: Any = None) -> bool:
        """Read what others saved meanwhile; True where there is something new.

        Raises RecordError where the entry that is about to be saved has moved or gone.
        """
        if self._entry is not None and saving:
            fresh = load_case(self.case.folder)
            if _called(fresh, saving) != self._entry:
                self._forget(saving)
                self.case = fresh
                raise RecordError(_("Somebody else changed the list meanwhile; nothing was saved."))
        return super().refresh(saving, value)

    def _say_theirs(self, path: str) -> None:
        """An entry has no room for two answers: the other one is shown, and told."""
        clash = self.clashes[path]
        self._drop(path)
        with language.using(self.case.record.language):
            said = _("{name} answered this meanwhile: {answer}. Nothing was saved; answer again to "
                     "replace it.", name=clash.by, answer=clash.theirs)  # fmt: skip
            self._tell("clash", said, path)

    def add(self, name: str, called: str) -> bool:
        """Put a new entry at the end of a list."""
        with language.using(self.case.record.language):
            self.refresh()
            called = " ".join(called.split())
            if not called:
                self._tell("refused", _("A name is needed: who, or what, is it?"), name)
                return False
            if called in [one["name"] for one in self.entries(name)]:
                self._tell("refused", _("'{name}' is there already.", name=called), name)
                return False
            return self._set(name, [*self.entries(name), {"name": called}])

    def remove(self, name: str, called: str) -> bool:
        """Take an entry out of a list; the others stay as they are."""
        kept = [one for one in self.entries(name) if one["name"] != called]
        return len(kept) < len(self.entries(name)) and self._set(name, kept)

    def entries(self, name: str) -> list[dict[str, Any]]:
        """A list of the canvas, each entry with the fields that are written there."""
        return [one.model_dump(exclude_unset=True) for one in getattr(self.business, name)]

    def _set(self, name: str, entries: list[dict[str, Any]]) -> bool:
        path = f"business.{name}"
        self._seen[path] = self.value(path)
        try:
            saved = self.save(path, entries)
        finally:
            self._drop(path)
            self._forget(path)
        return saved

    def _forget(self, path: str) -> None:
        """Places move: what was seen of an entry is read again when it is needed."""
        self._seen = {name: seen for name, seen in self._seen.items() if name != path}


def _called(case: Case, path: str) -> str | None:
    """What the entry that a path lies in is called, empty where it is gone; None outside of any."""
    parts = path.split(".")
    if len(parts) < 4 or parts[1] not in LISTS:
        return None
    entries = getattr(case.record.business, parts[1])
    return str(entries[int(parts[2])].name) if int(parts[2]) < len(entries) else ""
