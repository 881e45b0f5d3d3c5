"""The table of rules as a person changes it: saved at once, counted at once, undone; no view."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import wraps
from typing import Any, TypeVar, cast

import traitlets as tr

from casebook import language
from casebook.case import Case
from casebook.exceptions import CasebookError, ExpressionError
from casebook.language import _, plural
from casebook.models.labelled import Labelled, labelled
from casebook.models.rule_counter import Counted, Counter
from casebook.models.rule_report import RuleLine
from casebook.phases.baseline_rules import proposal_of
from casebook.stats.splits import Rows
from casebook.tables import Table
from widgets.answers import AnswersModel

Act = TypeVar("Act", bound=Callable[..., bool])
Written = dict[str, Any]
State = tuple[list[Written], Any]  # the rules, and the default

RULES = "baseline.rules"
DEFAULT = "baseline.default"


def rows_of(case: Case, table: Table, seed: int = 0) -> Labelled:
    """The labelled rows, whatever is wrong with the record's rules: they are to be mended here.

    Raises ModelError or TableError where there is nothing to count on.
    """
    plain = case.record.baseline.model_copy(update={"rules": (), "default": None})
    record = case.record.model_copy(update={"baseline": plain})
    return labelled(replace(case, record=record), table, seed=seed, hold_out=True)


def _in_its_language(act: Act) -> Act:
    """What is said of an act is said in the language of the case."""

    @wraps(act)
    def acted(self: RulesModel, *args: Any, **named: Any) -> bool:
        with language.using(self.case.record.language):
            return act(self, *args, **named)

    return cast("Act", acted)


class RulesModel(AnswersModel):
    """The rules of the record in order, each counted on the rows that earlier ones leave.

    rules: as the record has them, each with `if`, `then` and perhaps `note`.
    counted: lines of rules, the default last, and what is wrong with some. steps: how many
    changes of this person can be undone.
    Every change returns whether it is saved; `status` and `message` say what became of it.
    """

    counted = tr.Any()
    steps = tr.Int()

    def __init__(
        self, case: Case, data: Labelled, by: str | None = None, rows: Rows | None = None
    ) -> None:
        """rows: positions in `data` that may be looked at; None is all."""
        super().__init__(case, [RULES, DEFAULT], by)
        self.counter = Counter(data, rows)
        self._done: list[tuple[State, State]] = []
        self._recount()
        self.observe(self._recount, "case")

    @property
    def rules(self) -> list[Written]:
        """The rules as the record has them, with what is written of each."""
        held = self.case.record.baseline.rules
        return [one.model_dump(mode="json", by_alias=True, exclude_unset=True) for one in held]

    @property
    def default(self) -> Any:
        """What the record says of all other rows; None lets the rows say."""
        return self.value(DEFAULT)

    @property
    def lines(self) -> tuple[RuleLine, ...]:
        """The rules, counted; the default last."""
        lines: tuple[RuleLine, ...] = self.counted.lines
        return lines

    def counted_with(self, rules: Sequence[Written]) -> Counted:
        """What other rules in place of these would do."""
        pairs = [(one["if"], one["then"]) for one in rules]
        with language.using(self.case.record.language):
            return self.counter.count(pairs, self.default)

    @_in_its_language
    def put(self, condition: str, then: object, place: int | None = None) -> bool:
        """Add a rule at the end, or change the one at a place. Refuses what cannot be computed."""
        try:
            rule = self._checked(condition, then)
        except CasebookError as error:
            return self._refuse(str(error))
        rules = self.rules
        if place is None:
            return self._change([*rules, rule], _("Added rule {n}.", n=len(rules) + 1))
        if not 0 <= place < len(rules):
            return self._refuse(_("There is no rule {n}.", n=place + 1))
        rules[place] = {**rules[place], **rule}
        return self._change(rules, _("Changed rule {n}.", n=place + 1))

    @_in_its_language
    def move(self, place: int, to: int) -> bool:
        """Put the rule at a place to another one; places are from 0."""
        rules = self.rules
        if not (0 <= place < len(rules) and 0 <= to < len(rules)):
            return self._refuse(_("It cannot be moved there."))
        if place == to:
            return True
        rules.insert(to, rules.pop(place))
        return self._change(rules, _("Rule {n} is now rule {to}.", n=place + 1, to=to + 1))

    @_in_its_language
    def remove(self, place: int) -> bool:
        """Take a rule out."""
        rules = self.rules
        if not 0 <= place < len(rules):
            return self._refuse(_("There is no rule {n}.", n=place + 1))
        del rules[place]
        return self._change(rules, _("Rule {n} is taken out; Undo brings it back.", n=place + 1))

    @_in_its_language
    def otherwise(self, given: object) -> bool:
        """Set what is said of all other rows; an empty answer lets the rows say."""
        try:
            value = None if given in (None, "") else self._value(given)
        except CasebookError as error:
            return self._refuse(str(error))
        before = (self.rules, self.default)
        saved = self.save(DEFAULT, value)
        return self._kept(before, _("Saved.")) if saved else False

    @_in_its_language
    def start_from_proposal(self) -> bool:
        """Put the rules that the data propose in place of those that are there."""
        counter = self.counter
        try:
            found = proposal_of(counter.data, counter.rows, 0)
        except (CasebookError, ValueError) as error:
            return self._refuse(_("No rules can be proposed: {error}", error=error))
        if not found.rules:
            return self._refuse(
                _("No short rule proposed by the data does better than saying the same of all.")
            )
        note = _("proposed from the data")
        rules = [{"if": text, "then": value, "note": note} for text, value in found.rules]
        n = len(rules)
        said = plural("{n} proposed rule is there now; Undo takes it back.",
                      "{n} proposed rules are there now; Undo takes them back.", n)  # fmt: skip
        return self._change(rules, said, found.default)

    @_in_its_language
    def undo(self) -> bool:
        """Take this person's last change back."""
        if not self._done:
            return self._refuse(_("There is nothing to undo."))
        before, after = self._done[-1]
        if (_bare(self.rules), self.default) != after:
            self._done, self.steps = [], 0
            return self._refuse(_("Somebody changed the rules after that; undoing would take their "
                                  "change back as well. Nothing was undone."))  # fmt: skip
        saved = self._save_both(*before)
        if saved:
            self._done.pop()
            self.steps = len(self._done)
            self._tell("saved", _("Undone."), RULES)
        return saved

    def value_of(self, given: object) -> Any:
        """What was typed or picked, as a rule says it. Raises CasebookError."""
        with language.using(self.case.record.language):
            return self._value(given)

    def _value(self, given: object) -> Any:
        """Numbers are typed as text; whole ones are kept as people write them."""
        if self.counter.data.classes or not isinstance(given, str):
            return self.counter.value(given)
        try:
            number = float(given.strip())
        except ValueError:
            return self.counter.value(given)
        value = self.counter.value(number)
        return int(number) if number.is_integer() else value

    def _checked(self, condition: str, then: object) -> Written:
        """A rule that can be computed on the rows."""
        if not condition.strip():
            raise ExpressionError(_("A rule needs a condition."))
        self.counter.holds(condition)
        return {"if": condition.strip(), "then": self._value(then)}

    def _change(self, rules: list[Written], said: str, default: Any = ...) -> bool:
        before = (self.rules, self.default)
        saved = self._save_both(rules, self.default if default is ... else default)
        return self._kept(before, said) if saved else False

    def _save_both(self, rules: list[Written], default: Any) -> bool:
        if _bare(rules) == _bare(self.rules):
            return self.save(DEFAULT, default)
        beside = {} if default == self.default else {DEFAULT: default}
        saved = self.save(RULES, rules, beside)
        if saved and beside:
            self._seen[DEFAULT] = self.value(DEFAULT)
        return saved

    def _kept(self, before: State, said: str) -> bool:
        self._done.append((before, (_bare(self.rules), self.default)))
        self.steps = len(self._done)
        self._tell("saved", said, RULES)
        return True

    def _refuse(self, said: str) -> bool:
        self._tell("refused", said, RULES)
        return False

    def _recount(self, _change: object = None) -> None:
        self.counted = self.counted_with(self.rules)


def _bare(rules: list[Written]) -> list[Written]:
    """Rules without what is written of them as empty."""
    return [{name: part for name, part in one.items() if part is not None} for one in rules]
