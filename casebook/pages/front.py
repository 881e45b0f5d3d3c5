"""The front page of a run: `index.html`."""

from __future__ import annotations

from casebook.pages.front_page import (
    CardStatus,
    Failure,
    FrontPage,
    OpenQuestions,
    PhaseCard,
    RunStatus,
    TableSummary,
)

__all__ = [
    "CardStatus",
    "Failure",
    "FrontPage",
    "OpenQuestions",
    "PhaseCard",
    "RunStatus",
    "TableSummary",
    "front_page",
]


def front_page(page: FrontPage) -> str:
    """The whole HTML document of a run's front page."""
    return page.title  # replaced below by the layout
