"""The rules of the feasibility panel: answers in, the verdict out; no browser needed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import traitlets as tr

from casebook import language
from casebook.case import Case, questions
from casebook.exceptions import CasebookError
from casebook.language import _
from casebook.phases.feasibility import Check, Findings
from casebook.phases.feasibility_signs import SIGNS
from casebook.phases.feasibility_verdict import Override, contradicts, decide
from widgets.answers import AnswersModel, held, parsed

SIGNED = "unethical"
"""The sign that only a signature clears."""

NUMBERS: Mapping[str, tuple[str, ...]] = {
    "repetition": ("minutes_per_decision", "decisions_per_day"),
    "value": ("cost_per_hour",),
    "fatal": ("worst_case_cost",),
    "cost": ("build_cost", "run_cost_per_month"),
}
"""Figures that the evidence on a sign reads, asked for in its row."""

SIGNATURE = "feasibility.signature"
OVERRIDE = "feasibility.override"


def answer_of(sign: str) -> str:
    """The path of a sign's answer in the record."""
    return f"feasibility.{sign}.answer"


def note_of(sign: str) -> str:
    """The path of a sign's note in the record."""
    return f"feasibility.{sign}.note"


def number_of(name: str) -> str:
    """The path of one of `NUMBERS` in the record."""
    return f"feasibility.{name}"


NOTES = tuple(note_of(sign.name) for sign in SIGNS)
_NUMBER_PATHS = tuple(number_of(name) for names in NUMBERS.values() for name in names)
_ANSWERS = tuple(answer_of(sign.name) for sign in SIGNS)


class FeasibilityModel(AnswersModel):
    """The checklist of a case: its evidence as computed, its answers as the record has them.

    findings: evidence, answers and the verdict that follows from both, always up to date.
    stale: a figure that the evidence reads was changed since it was computed.
    """

    findings = tr.Instance(Findings)
    stale = tr.Bool(default_value=False)

    def __init__(self, case: Case, findings: Findings, by: str | None = None) -> None:
        self._examined = findings
        self._figures = _figures(case)
        self._mark: int | None = None
        paths = (*_ANSWERS, *NOTES, *_NUMBER_PATHS, SIGNATURE, OVERRIDE)
        super().__init__(case, paths, by, typed=(*NOTES, *_NUMBER_PATHS))

    def answer(self, sign: str, given: str | None) -> bool:
        """Save an answer: `yes`, `no`, `unsure`, or nothing to take it back.

        To say that a decision is not unethical takes a signature first.
        """
        path, value = answer_of(sign), given or None
        if sign == SIGNED and value == "no" and self.value(SIGNATURE) is None:
            with language.using(self.case.record.language):
                said = _("Not saved yet: sign below, with your name and a reason.")
                self._tell("waiting", said, path)
            return False
        return self._put(path, value)

    def note(self, sign: str, text: str) -> bool:
        """Save the note of a sign; an empty one takes it back."""
        return self._put(note_of(sign), parsed("paragraph", text))

    def number(self, name: str, text: str) -> bool:
        """Save a figure that the evidence reads; what is none is refused."""
        path = number_of(name)
        with language.using(self.case.record.language):
            try:
                value = parsed("number", text, self.question(path))
            except CasebookError as error:
                self._tell("refused", str(error), path)
                return False
        return self._put(path, value)

    def question(self, path: str) -> str:
        """The question that a field of the record answers."""
        asked = {one.path: one.text for one in questions(self.case.record)}
        return asked.get(path, path)

    def sign(self, reason: str) -> bool:
        """Sign that it is ethically acceptable, and answer so; it takes a name and a reason."""
        signed = {"by": self.by, "on": _today(), "reason": reason.strip()}
        return self._signed(SIGNATURE, reason) and self._put(SIGNATURE, signed)

    def unsign(self) -> bool:
        """Take the signature back, and the answer with it."""
        return self._put(SIGNATURE, None)

    def overrule(self, verdict: str, reason: str) -> bool:
        """Put another verdict in place of the rules'; it takes a name and a reason."""
        made = {"verdict": verdict, "by": self.by, "on": _today(), "reason": reason.strip()}
        return self._signed(OVERRIDE, reason) and self._put(OVERRIDE, made)

    def withdraw(self) -> bool:
        """Take the override back, so that the rules' verdict holds again."""
        return self._put(OVERRIDE, None)

    def look(self) -> None:
        """Take in what others have saved; say so where the record cannot be read just now."""
        mark = self.case.path.stat().st_mtime_ns if self.case.path.exists() else None
        if mark == self._mark:
            return
        self._mark = mark
        try:
            self.refresh()
            if "" in self.troubles:
                self._tell("", "")
        except CasebookError as error:
            self._tell("refused", str(error))

    def compute(self, examine: Callable[[Case], Findings]) -> bool:
        """Gather the evidence again, with the figures that the record has now."""
        with language.using(self.case.record.language):
            self._examined = examine(self.case)
        self._figures = _figures(self.case)
        self._judge(None)
        return True

    def _beside(self, path: str, value: Any) -> dict[str, Any]:
        """An answer is dated and has a name; a note or a figure has them in the journal."""
        if path == SIGNATURE:
            path, value = answer_of(SIGNED), "no" if value else None
            return {path: value, **self._beside(path, value)}
        if not path.endswith(".answer"):
            return {}
        stem, given = path.removesuffix(".answer"), value is not None
        return {f"{stem}.by": self.by if given else None, f"{stem}.on": _today() if given else None}

    def _put(self, path: str, value: Any) -> bool:
        return self.save(path, value, self._beside(path, value))

    def _signed(self, path: str, reason: str) -> bool:
        """Whether there is a name and a reason; says so where there is not."""
        if self.by.strip() and reason.strip():
            return True
        with language.using(self.case.record.language):
            self._tell("refused", _("Not saved: this takes your name and a reason."), path)
        return False

    @tr.observe("case")
    def _judge(self, _change: object) -> None:
        with language.using(self.case.record.language):
            self.findings = judged(self._examined, self.case)
        self.stale = _figures(self.case) != self._figures


def judged(findings: Findings, case: Case) -> Findings:
    """Findings with the answers that a record has now, and the verdict that follows."""
    outcomes = {check.sign: check.outcome for check in findings.checks}
    checks = tuple(_answered(check, case, outcomes) for check in findings.checks)
    override = _override(case)
    found = decide(
        {check.sign: check.answer for check in checks},
        outcomes,
        {item.code: item.outcome for check in checks for item in check.evidence},
        override,
    )
    return replace(
        findings,
        verdict=found.word,
        reasons=found.reasons,
        rests_on=found.rests_on,
        override=override,
        blocking=found.blocking,
        checks=checks,
    )


def _answered(check: Check, case: Case, outcomes: Mapping[str, str]) -> Check:
    said = case.record.feasibility.check(check.sign)
    return replace(
        check,
        answer=said.answer,
        note=said.note,
        by=said.by,
        on=said.on.isoformat() if said.on else None,
        contradicts=contradicts(check.sign, said.answer, outcomes),
    )


def _override(case: Case) -> Override | None:
    said = case.record.feasibility.override
    if said is None:
        return None
    return Override(said.verdict, said.by, said.reason, said.on.isoformat() if said.on else None)


def _figures(case: Case) -> tuple[Any, ...]:
    return tuple(held(case, path) for path in _NUMBER_PATHS)


def _today() -> date:
    return datetime.now().astimezone().date()
