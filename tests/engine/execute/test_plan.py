"""The order of phases: pure."""

from __future__ import annotations

from pathlib import Path

import pytest

from casebook.exceptions import RunError
from casebook.execute.plan import Task, doomed, ready, tasks_of
from casebook.phases.registry import PHASES, Phase
from casebook.runs.manifest import PhaseStatus

TABLE = (
    Phase(0, "last", "Last", "?", reads=("a", "c")),
    Phase(1, "a", "A", "?"),
    Phase(2, "b", "B", "?", needs=("a",)),
    Phase(3, "c", "C", "?", needs=("b",)),
)
PENDING, RUNNING, OK, FAILED, SKIPPED = (
    PhaseStatus(word) for word in ("pending", "running", "ok", "failed", "skipped")
)


def stems(tasks: tuple[Task, ...]) -> list[str]:
    return [task.stem for task in tasks]


def test_every_phase_has_its_notebook() -> None:
    tasks = tasks_of(Path("notebooks"))
    assert stems(tasks) == [phase.stem for phase in PHASES]
    assert all(task.notebook.name == f"{task.name}.ipynb" for task in tasks)


def test_what_is_asked_for_brings_what_it_needs_and_drops_what_only_reads() -> None:
    tasks = tasks_of(Path(), ["c", "00_last"], TABLE)
    assert stems(tasks) == ["last", "a", "b", "c"]
    tasks = tasks_of(Path(), ["last"], TABLE)
    assert stems(tasks) == ["last"]
    assert tasks[0].reads == ()


@pytest.mark.parametrize("name", ["sympton", "../../x", "02_symptom.ipynb"])
def test_case_18_a_phase_is_a_name_of_the_table(name: str) -> None:
    with pytest.raises(RunError, match="there is no phase"):
        tasks_of(Path(), [name])


def test_independent_phases_start_together_and_readers_wait_for_any_end() -> None:
    tasks = tasks_of(Path(), None, TABLE)
    states = {"last": PENDING, "a": PENDING, "b": PENDING, "c": PENDING}
    assert stems(ready(tasks, states)) == ["a"]
    states |= {"a": RUNNING}
    assert ready(tasks, states) == ()
    states |= {"a": FAILED}
    assert ready(tasks, states) == ()
    [(task, reason)] = doomed(tasks, states)
    assert task.stem == "b"
    assert "A" in reason
    states |= {"b": SKIPPED}
    assert stems(tuple(task for task, _ in doomed(tasks, states))) == ["c"]
    states |= {"c": SKIPPED}
    assert stems(ready(tasks, states)) == ["last"]
    assert doomed(tasks, states) == ()


def test_what_the_longest_chain_waits_for_starts_first() -> None:
    table = (
        Phase(1, "short", "", "?"),
        Phase(2, "long", "", "?"),
        Phase(3, "end", "", "?", ("long",)),
    )
    tasks = tasks_of(Path(), None, table)
    assert stems(ready(tasks, {"short": PENDING, "long": PENDING, "end": PENDING})) == [
        "long",
        "short",
    ]


def test_what_is_needed_must_have_ended_well() -> None:
    tasks = tasks_of(Path(), ["c"], TABLE)
    assert stems(ready(tasks, {"a": OK, "b": PENDING, "c": PENDING})) == ["b"]
