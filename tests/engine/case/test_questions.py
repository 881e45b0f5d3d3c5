"""The questions of the record: all of them, their words, and which are still open."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pydantic.fields import FieldInfo

from casebook.case import PHASE_SECTIONS, Record, open_questions, questions
from casebook.case.base import Section
from casebook.case.places import models
from casebook.case.sections_feasibility import BAD_SIGNS, GOOD_SIGNS, Feasibility

KINDS = {
    "choice", "flag", "number", "day", "value", "text", "paragraph", "person", "column", "table",
    "expression", "aggregate", "fields",
}  # fmt: skip


def record(**sections) -> Record:
    data = {"name": "shop", "data": {"tables": {"visits": {"source": "v.csv"}}}}
    return Record.model_validate(data | sections)


def open_paths(record: Record) -> set[str]:
    return {question.path for question in open_questions(record)}


def all_fields(model: type[Section], path: str = "") -> Iterator[tuple[str, FieldInfo]]:
    for name, field in model.model_fields.items():
        inner = f"{path}.{name}" if path else name
        yield inner, field
        for part in models(field.rebuild_annotation()):
            yield from all_fields(part, inner)


@pytest.mark.parametrize(("path", "field"), list(all_fields(Record)))
def test_every_field_has_a_question_in_plain_words(path, field):
    text = field.description
    assert text, path
    assert text[0].isupper()
    assert text[-1] in "?."
    assert len(text) <= 100


def test_every_section_belongs_to_a_phase():
    sections = [name for name, field in Record.model_fields.items() if models(field.annotation)]
    assert list(PHASE_SECTIONS) == sections


def test_every_phase_of_the_life_cycle_asks_something():
    stems = {question.phase for question in open_questions(record())}
    assert stems == {"case", *PHASE_SECTIONS.values()}


def test_a_new_record_asks_everything_but_settings():
    paths = open_paths(record())
    assert {"title", "data.target", "symptom.metric", "prototype.threshold"} <= paths
    assert {"feasibility.fatal.answer", "data.tables.visits.trust"} <= paths
    assert not {"name", "data.tables.visits.encoding", "data.max_rows", "store"} & paths
    assert not {"feasibility.fatal.note", "baseline.folds"} & paths


def test_an_answer_closes_its_question_and_opens_those_of_its_entries():
    before, after = record(), record(business={"stakeholders": [{"name": "Kim", "role": "owner"}]})
    assert open_paths(before) - open_paths(after) == {"business.stakeholders"}
    assert open_paths(after) - open_paths(before) == {
        "business.stakeholders.0.interest",
        "business.stakeholders.0.decides",
    }


def test_an_empty_text_is_no_answer_and_no_is_one():
    asked = open_paths(record(title="", constraints={"explainable": "no", "max_latency_ms": 0}))
    assert "title" in asked
    assert not {"constraints.explainable", "constraints.max_latency_ms"} & asked


def test_what_an_answer_makes_needless_is_not_asked():
    table = record(business={"inputs": [{"name": "visits", "table": "visits"}]})
    plan = record(business={"inputs": [{"name": "weather"}]})
    assert "business.inputs.0.plan" not in open_paths(table)
    assert {"business.inputs.0.plan", "business.inputs.0.owner"} <= open_paths(plan)
    assert "baseline.default" not in open_paths(record())
    rules = {"rules": [{"if": "a", "then": "x"}]}
    assert "baseline.default" in open_paths(record(baseline=rules))
    cause = {"id": "c", "kind": "cause", "text": "x"}
    solution = {"id": "s", "kind": "solution", "text": "x", "parent": "c"}
    tree = open_paths(record(problem={"nodes": [cause, solution]}))
    assert {path for path in tree if path.startswith("problem.nodes.")} == {
        "problem.nodes.0.evidence",
        "problem.nodes.1.solution",
        "problem.nodes.1.effort_days",
    }


def test_a_check_asks_the_question_of_its_sign():
    found = {q.path: q for q in questions(record())}
    pattern = found["feasibility.pattern.answer"]
    assert pattern.text == "Is there a pattern to learn?"
    assert (pattern.kind, pattern.allowed) == ("choice", ("yes", "no", "unsure"))
    assert pattern.phase == "feasibility"


def test_kinds_say_what_is_typed():
    found = {q.path: q for q in questions(record(baseline={"rules": [{"if": "a", "then": 1}]}))}
    assert {q.kind for q in found.values()} <= KINDS
    assert found["symptom.metric"].kind == "aggregate"
    assert found["symptom.since"].kind == "day"
    assert found["baseline.rules.0.if"].kind == "expression"
    assert found["baseline.rules.0.then"].kind == "value"
    assert found["data.max_rows"].kind == "number"
    assert found["data.roles"].kind == "fields"
    assert found["data.tables.visits.day_first"].kind == "flag"
    segments = found["symptom.segments"]
    assert (segments.kind, segments.many) == ("column", True)
    assert len(found) == len(questions(record(baseline={"rules": [{"if": "a", "then": 1}]})))


def test_there_are_six_good_signs_and_six_bad_ones():
    assert len(GOOD_SIGNS) == len(BAD_SIGNS) == 6
    for sign in GOOD_SIGNS + BAD_SIGNS:
        assert Feasibility().check(sign).answer is None
    with pytest.raises(KeyError):
        Feasibility().check("minutes_per_decision")
