"""Who answers, and answers that never overwrite somebody else's in silence; no view."""

from __future__ import annotations

import getpass
import json
import os
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import traitlets as tr

from casebook import language
from casebook.case import Case, load_case, read_journal, save_answers
from casebook.exceptions import CasebookError, RecordError
from casebook.language import _
from casebook.serve import incidents
from widgets.base import NOT_SAVED, NOT_SHOWN, tell_incident

USER_VARIABLE = "CASEBOOK_USER"
LONGEST = 20_000
"""Characters of one answer; a page can send more than any person types."""

_LONGEST_NAME = 200
_TRIES = 5  # others may save between our reading and our writing, but hardly five times in a row


def who() -> str:
    """Who answers: `$CASEBOOK_USER`, else the name of the account.

    Empty where the variable is set to nothing, as behind a link that several people open: then
    a panel asks.
    """
    named = os.environ.get(USER_VARIABLE)
    return getpass.getuser() if named is None else named


def held(case: Case, path: str) -> Any:
    """What the record holds at a dotted path; None where there is nothing."""
    return at(values(case), path)


def values(case: Case) -> dict[str, Any]:
    """The record as plain values, days as text."""
    plain: dict[str, Any] = case.record.model_dump(mode="json", by_alias=True)
    return plain


def at(plain: dict[str, Any], path: str) -> Any:
    """What plain values hold at a dotted path; None where there is nothing."""
    found: Any = plain
    for part in path.split("."):
        found = found[int(part)] if isinstance(found, list) else (found or {}).get(part)
    return found


def parsed(kind: str, given: object, place: str = "") -> Any:
    """What was typed, as the record holds it; an empty field is no answer.

    kind: as a `Question` has it. place: what an error names.
    Raises RecordError for a number that is none.
    """
    text = given.strip() if isinstance(given, str) else given
    if text in ("", None):
        return None
    if kind != "number":
        return text
    try:
        number = float(str(text))
    except ValueError:
        raise RecordError(_("'{found}' is not a number.", found=text), place=place) from None
    return int(number) if number.is_integer() else number


class Clash(NamedTuple):
    """Two answers to one question: this person's, not saved, and the one that is in the record.

    given: whether this person has answered at all, or only not seen the other answer yet.
    by: who gave the answer of the record, as far as the journal knows.
    """

    mine: Any
    theirs: Any
    by: str
    given: bool = True


class AnswersModel(tr.HasTraits):
    """Answers to fields of the record, each saved at once, on top of what others saved meanwhile.

    by: who answers; while it is empty nothing is saved, and what was given waits.
    clashes: path -> Clash, where somebody else's answer is in the way of this person's.
    status: empty, `saved`, `refused`, `clash` or `waiting`. message: a sentence that says more.
    subject: the path that both are about. troubles: path -> why what was given there is not saved.
    """

    case = tr.Instance(Case)
    by = tr.Unicode()
    clashes = tr.Dict()
    status = tr.Unicode()
    message = tr.Unicode()
    subject = tr.Unicode()
    _read: tuple[Case | None, dict[str, Any]] = (None, {})

    def __init__(
        self, case: Case, paths: Iterable[str], by: str | None = None, typed: Iterable[str] = ()
    ) -> None:
        """typed: those of the paths whose answers are typed, so that typing takes a while."""
        super().__init__(case=case, by=who() if by is None else by)
        self._seen = {path: self.value(path) for path in paths}
        self._waiting: dict[str, Any] = {}
        self.troubles: dict[str, str] = {}
        self._typed = frozenset(typed)

    def value(self, path: str) -> Any:
        """The answer that the record holds, as far as this model has read it."""
        if self._read[0] is not self.case:
            self._read = (self.case, values(self.case))
        return at(self._read[1], path)

    def save(self, path: str, value: Any, beside: Mapping[str, Any] | None = None) -> bool:
        """Save an answer; False, with the reason in `message`, where that was not possible.

        beside: fields that are set along with it, such as the day.
        """
        with language.using(self.case.record.language):
            if not self.by.strip():
                self._waiting[path] = value
                said = _("Not saved yet: enter your name at the top. Who answers?")
                self._tell("waiting", said, path)
                return False
            try:
                check_size(value, self.by, path)
                return self._save(path, value, dict(beside or {}))
            except CasebookError as error:
                self._tell("refused", str(error), path)
                return False
            except Exception as error:  # noqa: BLE001 who answered waits for an answer
                saved = self._is_saved(path, value)
                tell_incident(self, error, path, said=NOT_SHOWN if saved else NOT_SAVED)
                return saved

    def settle(self, path: str, *, mine: bool) -> bool:
        """End a clash: save this person's answer over the other one, or leave the other one."""
        clash = self.clashes[path]
        self._seen[path] = clash.theirs if mine else self.value(path)
        self._drop(path)
        if mine:
            return self.save(path, clash.mine, self._beside(path, clash.mine))
        self._tell("", "", path)
        return True

    def refresh(self, saving: str = "", value: Any = None) -> bool:
        """Read what others saved meanwhile; True where there is something new.

        A field in which somebody may be typing is not filled anew: what others wrote there is
        a clash, to be shown beside. saving: the path that is about to be saved, with a value.
        """
        fresh = load_case(self.case.folder)
        if fresh.version == self.case.version:
            return False
        plain = values(fresh)
        now = {path: at(plain, path) for path in self._seen}
        others = set(now) - set(self.clashes) - {saving}
        self._seen.update({path: now[path] for path in others - self._typed})
        moved = {path for path in others & self._typed if now[path] != self._seen[path]}
        news = {path: Clash(None, now[path], _author(fresh, path), given=False) for path in moved}
        if saving and now[saving] not in (self._seen[saving], value):
            news[saving] = Clash(value, now[saving], _author(fresh, saving))
        self.clashes = {**self.clashes, **news}  # before the case, which views fill fields from
        self.case = fresh
        return True

    def _beside(self, path: str, value: Any) -> dict[str, Any]:  # noqa: ARG002 for who overrides
        """Fields to set along with an answer that is saved after all."""
        return {}

    def _save(self, path: str, value: Any, beside: dict[str, Any]) -> bool:
        for _try in range(_TRIES):
            now = self.value(path)
            if now not in (self._seen.get(path), value):
                return self._clash(path, value)
            answers: dict[Any, object] = {path: value, **beside}
            try:
                saved = now == value or save_answers(self.case, answers, self.by)
            except RecordError:
                if not self.refresh(path, value):
                    raise
                continue
            self._settled(path, saved if isinstance(saved, Case) else self.case)
            return True
        raise RecordError(_("Others save all the time; nothing was saved."))

    def _is_saved(self, path: str, value: Any) -> bool:
        """Whether the record on disk has an answer, whatever became of showing it."""
        try:
            return bool(held(load_case(self.case.folder), path) == value)
        except CasebookError:
            return False

    def _settled(self, path: str, case: Case) -> None:
        self._seen[path] = held(case, path)
        self._drop(path)
        self.case = case
        self._tell("saved", _("Saved."), path)

    def _clash(self, path: str, mine: Any) -> bool:
        theirs, by = self.value(path), _author(self.case, path)
        self.clashes = {**self.clashes, path: Clash(mine, theirs, by)}
        said = _("{name} answered this meanwhile. Yours is kept here, and not saved.", name=by)
        self._tell("clash", said, path)
        return False

    def _drop(self, path: str) -> None:
        self._waiting.pop(path, None)
        self.clashes = {name: one for name, one in self.clashes.items() if name != path}

    @tr.observe("by")
    def _named(self, _change: object) -> None:
        """Save what waited for a name."""
        if self.by.strip():
            for path, value in list(getattr(self, "_waiting", {}).items()):
                self.save(path, value, self._beside(path, value))

    def tell(self, status: str, message: str, path: str = "") -> None:
        """Say what became of an act, where the panel says so."""
        self._tell(status, message, path)

    def _tell(self, status: str, message: str, path: str = "") -> None:
        """Also where the same is said twice, so that a view notices."""
        self.troubles.pop(path, None)
        if status in {"refused", "waiting"}:
            self.troubles[path] = message
        self.subject = path
        self.message = message
        self.status = ""
        self.status = status


def check_size(value: Any, by: str, path: str) -> None:
    """Raise RecordError, and write it to the log, for what no person has typed."""
    whole = isinstance(value, list)  # of a canvas or a tree, saved together
    size = len(json.dumps(value, default=str) if whole else str(value))
    most = LONGEST * 20 if whole else LONGEST
    if size <= most and len(by) <= _LONGEST_NAME:
        return
    incidents.write(f"refused: {size} characters for {path}, by a name of {len(by)}")
    raise RecordError(
        _("{n} characters are too many; {most} are allowed for an answer, {name} for a name.",
          n=size, most=most, name=_LONGEST_NAME)
    )  # fmt: skip


def _author(case: Case, path: str) -> str:
    """Who gave the answer that the record holds; in an editor nobody is named."""
    changes = read_journal(case.folder)
    known = bool(changes) and changes[-1].version == case.version
    parts = f"{path}."  # of a list, such as the rules, entries are told one by one
    named = [one.who for one in changes if known and one.who
             and (one.field == path or one.field.startswith(parts))]  # fmt: skip
    return named[-1] if named else _("Somebody")
