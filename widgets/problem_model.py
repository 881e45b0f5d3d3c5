"""The problem tree as a person changes it: saved at once, undone, never over somebody else."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

import traitlets as tr

from casebook import language
from casebook.case import Case, load_case, read_journal, save_answers
from casebook.exceptions import CasebookError, RecordError
from casebook.language import _, plural
from widgets.answers import check_size, parsed, who
from widgets.problem_tree import (
    ConflictError,
    Tree,
    added,
    below,
    box_of,
    changed,
    kinds_under,
    merged,
    places_for,
    removed,
    tree_of,
)

Act = TypeVar("Act", bound=Callable[..., bool])

NODES = "problem.nodes"
NUMBERS = frozenset({"effort_days", "removes", "effect"})
EVIDENCE = ("group", "against", "outcome", "expect", "where", "table")
_TRIES = 5


def _in_its_language(act: Act) -> Act:
    """What is said of an act is said in the language of the case."""

    @wraps(act)
    def acted(self: ProblemModel, *args: Any, **named: Any) -> bool:
        with language.using(self.case.record.language):
            return act(self, *args, **named)

    return cast("Act", acted)


class ProblemModel(tr.HasTraits):
    """The tree of a record, and what can be done to it.

    tree: the boxes as they were last read. chosen: the name of the box in hand, empty for none.
    status: empty, `saved`, `refused`, `conflict` or `waiting`; message: a sentence that says more.
    steps: how many changes of this person can be undone.
    Every change returns whether it is saved.
    """

    case = tr.Instance(Case)
    by = tr.Unicode()
    tree: tr.List[Any] = tr.List()
    chosen = tr.Unicode()
    status = tr.Unicode()
    message = tr.Unicode()
    steps = tr.Int()

    def __init__(self, case: Case, by: str | None = None) -> None:
        super().__init__(case=case, by=who() if by is None else by, tree=tree_of(case))
        self._done: list[tuple[Tree, Tree]] = []

    @_in_its_language
    def add(self, kind: str, text: str, parent: str | None = None) -> bool:
        """Hang a new box under another one, and take it in hand."""
        tree, name = added(self.tree, kind, text, parent)
        saved = self._change(tree, _("Added: {text}", text=text))
        if saved:
            self.chosen = name
        return saved

    @_in_its_language
    def rename(self, name: str, text: str) -> bool:
        """Change what a box says; its name for other boxes stays."""
        text = " ".join(text.split())
        if not text:
            return self._tell("refused", _("A box without a text says nothing; delete it instead."))
        return self.set(name, "text", text)

    @_in_its_language
    def set(self, name: str, field: str, given: Any) -> bool:
        """Change a field of a box; an empty text takes the answer back."""
        try:
            value = parsed("number" if field in NUMBERS else "text", given, field)
        except RecordError as error:
            return self._tell("refused", str(error))
        held = box_of(self.tree, name)
        if held is None or held.get(field) == value:
            return held is not None
        return self._change(changed(self.tree, name, field, value), _("Saved."))

    @_in_its_language
    def compare(self, name: str, **parts: str) -> bool:
        """Tie a box to a comparison; without group and outcome there is none."""
        known = {part: parts[part].strip() for part in EVIDENCE if parts.get(part, "").strip()}
        whole = "group" in known and "outcome" in known
        return self._change(
            changed(self.tree, name, "evidence", known if whole else None), _("Saved.")
        )

    @_in_its_language
    def move(self, name: str, parent: str) -> bool:
        """Hang a box, with all that is under it, under another one."""
        if parent not in places_for(self.tree, name):
            return self._tell("refused", _("It cannot hang there."))
        return self._change(changed(self.tree, name, "parent", parent), _("Moved."))

    @_in_its_language
    def delete(self, name: str) -> bool:
        """Take a box away, with all that hangs under it."""
        n = len(below(self.tree, name))
        held = box_of(self.tree, name)
        said = plural("{n} box is deleted; Undo brings it back.",
                      "{n} boxes are deleted; Undo brings them back.", n)  # fmt: skip
        saved = held is not None and self._change(removed(self.tree, name), said)
        if saved and held is not None:
            self.chosen = held.get("parent") or ""
        return saved

    @_in_its_language
    def undo(self) -> bool:
        """Take this person's last change back; what others did meanwhile stays."""
        if not self._done:
            return self._tell("refused", _("There is nothing to undo."))
        before, after = self._done[-1]
        try:
            wanted = merged(after, before, self.tree)
        except ConflictError as conflict:
            return self._in_the_way(str(conflict))
        saved = self._change(wanted, _("Undone."), keep=False)
        if saved:
            self._done.pop()
            self.steps = len(self._done)
        return saved

    def refresh(self) -> bool:
        """Read what others saved meanwhile; True where there is something new."""
        fresh = load_case(self.case.folder)
        if fresh.version == self.case.version:
            return False
        before = box_of(self.tree, self.chosen)
        self._read(fresh)
        if before is not None and box_of(self.tree, before["id"]) != before:
            self._say_changed(before["id"])
        return True

    def kinds(self) -> tuple[str, ...]:
        """The kinds of box that can be hung under the one in hand."""
        return kinds_under(self.tree, self.chosen or None)

    def _change(self, wanted: Tree, said: str, *, keep: bool = True) -> bool:
        """Save a tree, put together with what others saved meanwhile."""
        if not self.by.strip():
            return self._tell("waiting", _("Not saved: enter your name. Who changes the tree?"))
        base = list(self.tree)
        try:
            check_size(wanted, self.by, NODES)
            self._save(base, wanted)
        except ConflictError as conflict:
            return self._in_the_way(str(conflict))
        except CasebookError as error:
            return self._tell("refused", str(error))
        if keep:
            self._done.append((base, wanted))
            self.steps = len(self._done)
        return self._tell("saved", said)

    def _save(self, base: Tree, wanted: Tree) -> None:
        mine = wanted
        for _try in range(_TRIES):
            try:
                self._read(save_answers(self.case, {NODES: mine}, self.by))
            except RecordError:
                if not self.refresh():
                    raise
                mine = merged(base, wanted, self.tree)
            else:
                return
        raise RecordError(_("Others save all the time; nothing was saved."))

    def _read(self, case: Case) -> None:
        self.case, tree = case, tree_of(case)
        if self.chosen and box_of(tree, self.chosen) is None:
            self.chosen = ""
        self.tree = tree

    def _in_the_way(self, name: str) -> bool:
        """Say who was first, and that nothing was saved."""
        held = box_of(self.tree, name)
        if held is None:
            text = _("{name} deleted '{box}' meanwhile; nothing was saved.", name=self._other(),
                     box=name)  # fmt: skip
        else:
            text = _("{name} changed '{box}' meanwhile; nothing was saved. It is shown as it is "
                     "now: change it again if you still want to.",
                     name=self._other(), box=held["text"])  # fmt: skip
        return self._tell("conflict", text)

    def _say_changed(self, name: str) -> None:
        """Somebody may be typing in the box that has changed: it is not changed in silence."""
        with language.using(self.case.record.language):
            gone = box_of(self.tree, name) is None
            text = _("{name} deleted this box meanwhile.", name=self._other()) if gone else _(
                "{name} changed this box meanwhile; it is shown as it is now.", name=self._other()
            )  # fmt: skip
            self._tell("conflict", text)

    def _other(self) -> str:
        """Who changed the record last; in an editor nobody is named."""
        changes = read_journal(self.case.folder)
        last = changes[-1] if changes else None
        known = last is not None and last.version == self.case.version
        return last.who or _("Somebody") if known and last is not None else _("Somebody")

    def tell(self, status: str, message: str, path: str = "") -> None:  # noqa: ARG002 one status
        """Say how something beside the tree went."""
        self._tell(status, message)

    def _tell(self, status: str, message: str) -> bool:
        """Also where the same is said twice, so that a view notices; whether it is saved."""
        self.message = message
        self.status = ""
        self.status = status
        return status == "saved"
