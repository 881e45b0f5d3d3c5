"""A notebook as a run leaves it, and a front page with everything on it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from casebook.figures import marks
from casebook.figures.base import CaseFigure, new_figure
from casebook.pages.base import headline
from casebook.pages.front import Failure, FrontPage, OpenQuestions, PhaseCard, TableSummary

HOSTILE = "<script>alert(1)</script><img src=http://x.example/y>&\"'"


def figure(label: str = "revenue") -> CaseFigure:
    """A small figure with a line."""
    made = new_figure(title=label, alt=f"{label} falls.")
    marks.line(made.subplots(), [1, 2, 3], [3.0, 2.0, 1.0], label=label)
    return made


def cell(source: str, *outputs: Any, count: int | None = 1, **metadata: Any) -> Any:
    """An executed code cell."""
    made = new_code_cell(source, outputs=list(outputs), metadata=metadata)
    made.execution_count = count
    return made


def shown(data: dict[str, str]) -> Any:
    """An output of several kinds."""
    return new_output("display_data", data=data)


def failed(name: str, text: str, trace: list[str]) -> Any:
    """An error."""
    return new_output("error", ename=name, evalue=text, traceback=trace)


@pytest.fixture
def notebook() -> Any:
    """Headings out of order, figures, a panel, printed lines, an error, a cell that did not run."""
    picture = figure()._repr_html_()
    view = {"application/vnd.jupyter.widget-view+json": {"model_id": "1", "version_major": 2}}
    coloured = ["\x1b[31mKeyError\x1b[0m", "  1 \x1b[32mx[0]\x1b[0m"]
    cells = [
        new_markdown_cell("# Symptom\n\n> What is happening?"),
        cell('case: str = ""', tags=["parameters"]),
        new_markdown_cell("#### Too deep\n\n# A second title\n\n## Again"),
        cell("headline", shown({"text/html": headline(["It falls [1, 2]."])._repr_html_()})),
        cell("figure", shown({"text/html": picture, "text/plain": "<CaseFigure>"})),
        cell("figure", shown({"text/html": picture, "text/plain": "<CaseFigure>"})),
        cell("panel", shown({**view, "text/html": "<p>the static panel</p>"})),
        cell("widget", shown({**view, "text/plain": "Widget()"})),
        cell("print", new_output("stream", name="stdout", text="line\n" * 40)),
        cell("warn", new_output("stream", name="stderr", text="one line\n")),
        new_markdown_cell("## Again"),
        cell("x[0]", failed("KeyError", "0", coloured), count=9),
        cell("never_run()", count=None),
    ]
    made = new_notebook(cells=cells)
    nbformat.validate(made)
    return made


@pytest.fixture
def front() -> FrontPage:
    """A front page with hostile names in every place."""
    return FrontPage(
        name=HOSTILE,
        title=HOSTILE,
        status="failed",
        summary=HOSTILE,
        headline=(HOSTILE, "They explain 71% [58, 83] of it."),
        owner=HOSTILE,
        run_id="20250705T120000Z-3f9a",
        started=datetime(2025, 7, 5, 14, 2, tzinfo=UTC),
        seconds=195.0,
        as_of=date(2025, 6, 30),
        cards=(
            PhaseCard(2, "symptom", HOSTILE, HOSTILE, "ok", (HOSTILE,), figure(HOSTILE).html(),
                      "02_symptom.html", 14.6),
            PhaseCard(7, "baseline", "Baseline", "What must a model beat?", "failed"),
        ),
        unanswered=(OpenQuestions(HOSTILE, (HOSTILE,) * 7, "04_feasibility.html"),),
        failures=(Failure(HOSTILE, HOSTILE, 4, "07_baseline.html#cell-4"),),
        parameters=((HOSTILE, HOSTILE),),
        tables=(TableSummary(HOSTILE, HOSTILE, 48213, 14, date(2024, 1, 1), date(2025, 6, 30),
                             "a3f1" * 16, (HOSTILE,), 12, HOSTILE, 311, HOSTILE, 42),),
        versions=(("pandas", "3.1.0"),),
    )  # fmt: skip
