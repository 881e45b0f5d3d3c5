"""What a person sees while a run goes on."""

from __future__ import annotations

import io

from rich.console import Console

from casebook.execute.board import Progress
from casebook.execute.progress import watching
from casebook.runs.manifest import PhaseStatus


def step(status: str, done: int = 0, total: int = 5, sentence: str = "") -> Progress:
    return Progress("symptom", PhaseStatus(status), done, total, 12.34, 1, 5, sentence)


STEPS = [step("running", 0, 0), step("running", 1), step("running", 2), step("ok", 5)]


def test_elsewhere_than_on_a_terminal_there_is_a_line_for_each_start_and_end() -> None:
    shown = io.StringIO()
    with watching(Console(file=shown, width=60)) as watch:
        for one in [*STEPS, step("failed", 2, sentence="kernel died [/bold] (signal 9)")]:
            watch(one)
    lines = shown.getvalue().splitlines()
    assert lines == [
        "  12.3 s  Symptom: running (1 of 5)",
        "  12.3 s  Symptom: done (1 of 5)",
        "  12.3 s  Symptom: failed (1 of 5). kernel died [/bold] (signal 9)",
    ]


def test_on_a_terminal_there_is_a_bar_with_phase_cell_and_elapsed_time() -> None:
    shown = io.StringIO()
    with watching(Console(file=shown, width=100, force_terminal=True)) as watch:
        for one in STEPS[:3]:
            watch(one)
    assert "Symptom" in shown.getvalue()
    assert "cell 2 of 5" in shown.getvalue()
    assert "0:00:0" in shown.getvalue()
