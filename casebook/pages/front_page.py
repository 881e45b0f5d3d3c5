"""What the front page of a run shows, as plain values; `casebook.pages.front` writes it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

RunStatus = Literal["ok", "failed", "stopped", "lost", "running", "no_go"]
CardStatus = Literal["ok", "failed", "skipped", "not_run", "stopped", "running", "stale"]


@dataclass(frozen=True)
class PhaseCard:
    """One phase of the run.

    title, question: already in the reader's language.
    headline: the sentences of the findings; empty where there are none.
    picture: the phase's figure as HTML (`figure.html()`), trusted; empty where there is none.
    link: its page, relative to the front page (`02_symptom.html`); empty where there is none.
    seconds: how long it took; None where it did not run.
    more: another figure of it, shown on its card where `picture` stands on top of the page.
    """

    number: int
    stem: str
    title: str
    question: str
    status: CardStatus = "ok"
    headline: tuple[str, ...] = ()
    picture: str = ""
    link: str = ""
    seconds: float | None = None
    more: str = ""


@dataclass(frozen=True)
class OpenQuestions:
    """Questions of one phase that nobody has answered, as sentences."""

    phase: str
    questions: tuple[str, ...]
    link: str = ""


@dataclass(frozen=True)
class Failure:
    """What failed: the phase's title, the cell counted from 1, and one sentence."""

    phase: str
    error: str
    cell: int | None = None
    link: str = ""


@dataclass(frozen=True)
class TableSummary:
    """One table as it was read.

    rows: after the filter and `as_of`. source: a file's name or an address without its password.
    assumptions: one sentence for each thing that was guessed.
    rejected: lines that could not be read, kept in `rejects_file`.
    """

    name: str
    source: str
    rows: int
    columns: int
    first_day: date | None = None
    last_day: date | None = None
    fingerprint: str = ""
    assumptions: tuple[str, ...] = ()
    rejected: int = 0
    rejects_file: str = ""
    filtered_out: int = 0
    filter: str = ""
    after_as_of: int = 0


@dataclass(frozen=True)
class ModelSummary:
    """The model that the run saved.

    sentence: what it is. links: address relative to the front page and its words, the card first.
    """

    sentence: str
    links: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class FeedbackCount:
    """How much people said of a case's predictions, by kind.

    waiting: accepted, and not in the store yet. since: when the run before began, None where
    there was none. problem: why it could not be counted; empty where it could.
    """

    right: int = 0
    wrong: int = 0
    corrected: int = 0
    comments: int = 0
    waiting: int = 0
    since: datetime | None = None
    problem: str = ""

    @property
    def stored(self) -> int:
        """All that is in the store."""
        return self.right + self.wrong + self.corrected + self.comments


@dataclass(frozen=True)
class FrontPage:
    """A run in one page.

    headline: what a reader should take away of the whole case; the first sentence is the title's
    own line. parameters, versions: pairs of a name and a value, in the order shown.
    """

    name: str
    title: str
    language: str = "en"
    status: RunStatus = "ok"
    summary: str = ""
    headline: tuple[str, ...] = ()
    owner: str = ""
    run_id: str = ""
    started: datetime | None = None
    seconds: float | None = None
    as_of: date | None = None
    cards: tuple[PhaseCard, ...] = ()
    unanswered: tuple[OpenQuestions, ...] = ()
    failures: tuple[Failure, ...] = ()
    parameters: tuple[tuple[str, str], ...] = ()
    tables: tuple[TableSummary, ...] = ()
    versions: tuple[tuple[str, str], ...] = ()
    model: ModelSummary | None = None
    feedback: FeedbackCount | None = None
