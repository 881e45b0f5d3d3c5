"""00_case: where does this case stand? The brief of the whole case, on one page."""

from __future__ import annotations

from dataclasses import dataclass

from casebook.case import PHASE_SECTIONS, Case, Question, open_questions, questions
from casebook.language import _, plural
from casebook.phases.findings import Upstream
from casebook.phases.registry import PHASES, SECTION_TITLES
from casebook.tables import Table


@dataclass(frozen=True)
class Standing:
    """What one phase has said so far, and what nobody has answered of it.

    built: whether this version has a notebook for it; else it has questions only.
    """

    stem: str
    name: str
    title: str
    question: str
    built: bool
    ran: bool
    headline: tuple[str, ...]
    unanswered: tuple[str, ...]


@dataclass(frozen=True)
class Findings:
    """The brief: who, what, which data, and each phase's standing.

    reading: what was assumed in reading the table, one sentence each.
    """

    headline: tuple[str, ...]
    title: str
    summary: str
    owner: str
    goal: str
    statement: str
    rows: int
    rows_read: int
    rows_filtered_out: int
    rows_rejected: int
    reading: tuple[str, ...]
    columns: int
    phases: tuple[Standing, ...]
    unanswered: int
    questions: int


def examine(case: Case, table: Table, upstream: Upstream, *, seed: int = 0) -> Findings:
    """Gather what the record says and what other phases of this run found."""
    record = case.record
    asked = [question for question in questions(record) if not question.optional]
    unanswered = open_questions(record)
    phases = tuple(_standing(stem, upstream, unanswered) for stem in stems())
    return Findings(
        headline=_headline(case, phases, len(unanswered), len(asked)),
        title=record.title or record.name,
        summary=record.summary or "",
        owner=record.owner or "",
        goal=record.objectives.goal or "",
        statement=record.symptom.statement or "",
        rows=table.rows,
        rows_read=table.rows_read,
        rows_filtered_out=table.rows_filtered_out,
        rows_rejected=table.rejects.count,
        reading=tuple(assumption.sentence for assumption in table.reading),
        columns=len(table.columns),
        phases=phases,
        unanswered=len(unanswered),
        questions=len(asked),
    )


def stems() -> tuple[str, ...]:
    """The stems of all phases that the record asks of, in order, without the brief itself."""
    return tuple(dict.fromkeys(stem for stem in PHASE_SECTIONS.values() if stem != "case"))


def _standing(stem: str, upstream: Upstream, unanswered: tuple[Question, ...]) -> Standing:
    built = {phase.stem: phase for phase in PHASES}.get(stem)
    return Standing(
        stem,
        built.name if built else stem,
        _(SECTION_TITLES[stem]),
        _(built.question) if built else "",
        built is not None,
        stem in upstream,
        tuple(upstream.get(stem, {}).get("headline", ())),
        tuple(question.text for question in unanswered if question.phase == stem),
    )


def _headline(
    case: Case, phases: tuple[Standing, ...], unanswered: int, questions: int
) -> tuple[str, ...]:
    said = [case.record.symptom.statement] if case.record.symptom.statement else []
    said += [standing.headline[0] for standing in phases if standing.headline]
    said.append(
        plural("{n} of {all} questions is not answered yet.",
               "{n} of {all} questions are not answered yet.", unanswered, all=questions)
    )  # fmt: skip
    return tuple(said)
