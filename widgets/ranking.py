"""Who comes first: the list that people work through, with a line where their time ends."""

from __future__ import annotations

from typing import Any

import ipywidgets as w
import pandas as pd
import traitlets as tr

from casebook import language
from casebook.case import Case
from casebook.exceptions import CasebookError
from casebook.language import _
from casebook.pages import ranking as pages
from casebook.pages.base import Html, join, notice
from casebook.pages.prototype_batch import Download, links
from casebook.pages.theme import letters_style
from casebook.prototype.batch_out import as_csv
from casebook.prototype.opened import Prototype
from casebook.prototype.ranking import Ranking, ranking
from widgets.base import NOT_DONE, Panel, guarded
from widgets.parts import dressed, fragment

__all__ = ["RankingModel", "RankingPanel"]

MOST = 1_000
"""Rows that can be asked for."""


class RankingModel(tr.HasTraits):
    """How many rows are asked for, and the ranking of them.

    n: None is what the record's capacity asks for. found: None where rows have no order of need;
    `message` then says why.
    """

    case = tr.Instance(Case)
    prototype = tr.Instance(Prototype)
    n = tr.Int(None, allow_none=True, min=1, max=MOST)
    found = tr.Instance(Ranking, allow_none=True)
    status = tr.Unicode()
    message = tr.Unicode()

    def __init__(self, prototype: Prototype) -> None:
        super().__init__(case=prototype.case, prototype=prototype)
        self.look()

    @tr.observe("n")
    def _again(self, _change: object) -> None:
        self.look()

    def look(self) -> None:
        """Rank the latest rows."""
        with language.using(self.case.record.language):
            try:
                self.found = ranking(self.prototype, self.n)
                self.status = self.message = ""
            except CasebookError as error:
                self.found = None
                self.tell("refused", str(error))

    def tell(self, status: str, message: str, path: str = "") -> None:  # noqa: ARG002 a Teller's
        """Say in the panel what became of an act."""
        self.message, self.status = message, status

    def file(self) -> list[Download]:
        """The list to take away."""
        if self.found is None:
            return []
        frame = pd.DataFrame(
            {
                _("rank"): [one.place.rank for one in self.found.rows],
                _("who or what"): [one.id for one in self.found.rows],
                _("when"): [one.time for one in self.found.rows],
                _("probability"): [one.answer.probability for one in self.found.rows],
                _("decision"): [one.answer.sentence for one in self.found.rows],
                _("act on it"): [_("yes") if one.place.act else _("no") for one in self.found.rows],
                _("why, first of all"): [one.reason for one in self.found.rows],
            },
            dtype=object,
        )
        return [Download("ranking.csv", "text/csv;charset=utf-8", as_csv(frame),
                         _("The list as CSV"))]  # fmt: skip


class RankingPanel(Panel):
    """The latest rows by need, those that people get to first; how many are shown can be set."""

    def __init__(self, prototype: Prototype) -> None:
        self.model = RankingModel(prototype)
        with language.using(prototype.case.record.language):
            super().__init__()
            look = dressed(self, self.static())
            shown = len(self.model.found.rows) if self.model.found else 1
            self.how_many = w.BoundedIntText(
                value=max(1, shown), min=1, max=MOST, description=_("How many rows?"),
            ).add_class("cb-field").add_class("cb-short")  # fmt: skip
            self.list = w.HTML()
            asked = [self.how_many] if self.model.found else []
            self.children = [*look, *asked, self.list]
            self._show(None)
        self.how_many.observe(guarded(self.model, self._asked, said=NOT_DONE), "value")
        self.model.observe(self._show, ["found", "status"])

    def static(self) -> Html:
        """The same without a kernel."""
        with language.using(self.model.case.record.language):
            if self.model.found is None:
                return notice("empty", self.model.message)
            return pages.page(self.model.found)

    def _asked(self, change: dict[str, Any]) -> None:
        self.model.n = change["new"]

    def _show(self, _change: object) -> None:
        with language.using(self.model.case.record.language):
            link = links(self.model.file()) if self.model.found else ""
            shown = join(self.static(), link)
            self.list.value = join(Html(letters_style(shown)), fragment(shown))
