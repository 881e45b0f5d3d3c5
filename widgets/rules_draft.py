"""The rule that a person is putting together: terms picked one by one, or SQL; counted live."""

from __future__ import annotations

import re
from typing import Any

import traitlets as tr

from casebook import language
from casebook.exceptions import CasebookError, RecordError
from casebook.expressions.terms import CATEGORIES, MISSING, NUMBERS, TIMES, Term, terms_of, written
from casebook.language import _
from casebook.models.rule_counter import Counted
from widgets.answers import parsed
from widgets.rules_model import RulesModel

_THOUSANDS = re.compile(r"[-+]?\d{1,3}(,\d{3})+(\.\d+)?")

OF_KIND = {"number": NUMBERS, "category": CATEGORIES, "time": TIMES}
TWO = frozenset({"between", "hour"})
MANY = frozenset({"is one of", "is none of", "weekday"})


class DraftModel(tr.HasTraits):
    """One rule in the making; nothing of it is saved before `put`.

    place: of the rule that is changed, from 0; None for a new one, which goes to the end.
    terms: those that are complete. column, comparison, values, or_missing: the one in hand;
    values are as they were typed or picked. expert: whether `text` counts instead of terms.
    then: what the rule says, as typed or picked. suggested: for numbers the median of its rows,
    which it says while nothing is typed.
    preview: what the table would do with it (`Counted`), None while it is not complete or wrong;
    trouble: what is wrong with it. remark: why a condition stays SQL.
    """

    place = tr.Int(None, allow_none=True)
    terms: tr.List[Any] = tr.List()
    column = tr.Unicode()
    comparison = tr.Unicode()
    values: tr.List[Any] = tr.List()
    or_missing = tr.Bool()
    expert = tr.Bool()
    text = tr.Unicode()
    then = tr.Any("")
    suggested = tr.Float(None, allow_none=True)
    preview = tr.Any(None, allow_none=True)
    trouble = tr.Unicode()
    remark = tr.Unicode()

    def __init__(self, model: RulesModel) -> None:
        super().__init__()
        self.model = model
        self._quiet = False
        self._taken: dict[str, Any] | None = None
        self.reset()
        self.observe(self._look, ["terms", "comparison", "values", "or_missing", "text", "then",
                                  "place", "expert"])  # fmt: skip
        model.observe(self._follow, "counted")

    @property
    def comparisons(self) -> tuple[str, ...]:
        """The comparisons that fit the column in hand."""
        return (*OF_KIND[self.model.counter.kind(self.column)], *MISSING)

    @property
    def condition(self) -> str:
        """The condition so far as SQL; empty while there is none, or the term is half picked."""
        if self.expert:
            return self.text.strip()
        term = self.term()
        text = written([*self.terms, *([term] if term else [])])
        held = self._taken["if"] if self._taken else ""
        # What somebody wrote stays as they wrote it where it says the same.
        return held if text and held and terms_of(held) == terms_of(text) else text

    def term(self) -> Term | None:
        """The term in hand; None while values are missing, or are none of the column's kind."""
        try:
            values = [one for one in map(self._typed, self.values) if one != ""]
        except RecordError:
            return None
        needed = 0 if self.comparison in MISSING else 2 if self.comparison in TWO else 1
        if not self.comparison or len(values) < needed:
            return None
        kept = () if not needed else tuple(values if self.comparison in MANY else values[:needed])
        also = self.or_missing and self.comparison not in MISSING
        return Term(self.column, self.comparison, kept, or_missing=also)

    def _typed(self, given: Any) -> Any:
        """A value as the column has it. Raises RecordError for a number that is none."""
        text = given.strip() if isinstance(given, str) else given
        counter = self.model.counter
        if not isinstance(text, str) or text == "":
            return text
        if counter.kind(self.column) == "category":
            known = {str(level): level for level in counter.levels(self.column)}
            return known.get(text, text)
        if counter.kind(self.column) == "time" and self.comparison != "hour":
            return text
        with language.using(self.model.case.record.language):
            return parsed("number", _without_thousands(text), self.column)

    @tr.validate("comparison")
    def _fits(self, proposal: dict[str, Any]) -> str:
        """A comparison that does not fit the column becomes the first that does."""
        wanted = str(proposal["value"])
        return wanted if not wanted or wanted in self.comparisons else self.comparisons[0]

    @tr.observe("column")
    def _column_changed(self, _change: object) -> None:
        if not hasattr(self, "model") or self._quiet:
            return
        with self.hold_trait_notifications():
            self.values = []
            self.or_missing = False
            self.comparison = self.comparisons[0]

    @tr.observe("comparison")
    def _comparison_changed(self, change: dict[str, Any]) -> None:
        several = {change["old"] in MANY, change["new"] in MANY} == {True, False}
        if several and not self._quiet:
            self.values = []

    @tr.observe("expert")
    def _switched(self, change: dict[str, Any]) -> None:
        """The same condition the other way, where it can be said so."""
        if self._quiet:
            return
        self.remark = ""
        if change["new"]:
            term = self.term()
            self.text = written([*self.terms, *([term] if term else [])])
        elif self.text.strip():
            self._pick(self.text)

    def _pick(self, text: str) -> None:
        """Take a condition apart into terms; it stays SQL where it says more than they can."""
        found = terms_of(text)
        columns = {name.lower(): name for name in self.model.counter.columns}
        if found is None or any(term.column.lower() not in columns for term in found):
            self._stay(text)
            return
        last = found[-1]
        self._quiet = True
        try:
            self.expert = False
            self.terms = list(found[:-1])
            self.column = columns[last.column.lower()]
            self.comparison = last.comparison
            self.values = list(last.values)
            self.or_missing = last.or_missing
        finally:
            self._quiet = False
        self._look()

    def _stay(self, text: str) -> None:
        """Keep a condition as SQL, and say why."""
        self._quiet = True
        try:
            self.text, self.expert = text, True
        finally:
            self._quiet = False
        with language.using(self.model.case.record.language):
            self.remark = _("This condition says more than can be picked; it stays as SQL.")
        self._look()

    def reset(self) -> None:
        """Start a new rule."""
        self._quiet = True
        try:
            self.place, self.terms, self.expert, self.text = None, [], False, ""
            self._taken, self.remark = None, ""
            self.column = next(iter(self.model.counter.columns), "")
            self.comparison = self.comparisons[0]
            self.values, self.or_missing = [], False
            classes = self.model.counter.data.classes
            self.then = classes[-1] if classes else ""
        finally:
            self._quiet = False
        self._look()

    def take(self, place: int) -> None:
        """Take a rule of the table in hand, to be changed."""
        rule = self.model.rules[place]
        self.reset()
        self.place, self._taken = place, rule
        self.then = rule["then"] if self.model.counter.data.classes else f"{rule['then']:.15g}"
        self._pick(rule["if"])

    def another(self) -> bool:
        """Keep the term in hand and start the next one, which must hold as well."""
        term = self.term()
        if term is None:
            return False
        self.terms = [*self.terms, term]
        self.values, self.or_missing = [], False
        return True

    def drop(self, at: int) -> None:
        """Take a complete term out."""
        self.terms = [term for n, term in enumerate(self.terms) if n != at]

    def put(self) -> bool:
        """Save the rule into the table, and start a new one."""
        then = self.suggested if self._unsaid else self.then
        saved = self.model.put(self.condition, then, self.place)
        if saved:
            self.reset()
        return saved

    def _follow(self, _change: object = None) -> None:
        """The rule in hand may have been moved, or changed by somebody else."""
        rules = self.model.rules
        if self.place is not None and rules[self.place : self.place + 1] != [self._taken]:
            self.place = rules.index(self._taken) if self._taken in rules else None
        self._look()

    def _look(self, _change: object = None) -> None:
        """Count the table with the rule as it is so far."""
        if self._quiet:
            return
        self.trouble, counted, self.suggested = self._wrong_value(), None, None
        condition = "" if self.trouble else self.condition
        if condition:
            try:
                counted = self._counted(condition)
            except CasebookError as error:
                self.trouble = str(error)
        self.preview = counted

    def _wrong_value(self) -> str:
        """What is wrong with a value that was typed; empty where all are well."""
        if self.expert or self.comparison in MISSING:
            return ""
        try:
            for given in self.values:
                self._typed(given)
        except RecordError as error:
            return str(error)
        return ""

    def _counted(self, condition: str) -> Counted:
        with language.using(self.model.case.record.language):
            self.model.counter.holds(condition)
            then = 0.0 if self._unsaid else self.model.value_of(self.then)
        counted = self._with(condition, then)
        typical = counted.lines[self.at].typical
        self.suggested = None if typical is None else float(f"{typical:.3g}")
        unsaid = self._unsaid and self.suggested is not None
        return self._with(condition, self.suggested) if unsaid else counted

    def _with(self, condition: str, then: Any) -> Counted:
        rules = self.model.rules
        rule = {"if": condition, "then": then}
        return self.model.counted_with([*rules[: self.at], rule, *rules[self.at + 1 :]])

    @property
    def _unsaid(self) -> bool:
        """Whether a number is still to be typed."""
        return not self.model.counter.data.classes and str(self.then).strip() == ""

    @property
    def at(self) -> int:
        """The place of the rule in the table that `preview` counts."""
        return len(self.model.rules) if self.place is None else self.place


def _without_thousands(text: str) -> str:
    """`12,500` as `12500`; `1,5` stays as it is, and is no number here."""
    return text.replace(",", "") if _THOUSANDS.fullmatch(text) else text
