"""What a run has written, for who has the link: the report and the model's card."""

from __future__ import annotations

from pathlib import Path

from tornado.web import HTTPError, authenticated

from casebook import language
from casebook.language import _
from casebook.runs.report import INDEX
from casebook.serve import chrome
from casebook.serve.inside.told import Told
from casebook.serve.published import KINDS, POLICY, Place, card_file, report_files, served


class FolderHandler(Told):
    """The report's address without its last slash, from which its links would lead elsewhere."""

    @authenticated
    def get(self) -> None:
        """On to the front page."""
        self.redirect(f"{self.base_url}report/")


class Written(Told):
    """A file of a run, read when it is asked for: the published run may be another one by then."""

    def show(self, path: Path, *, readable: dict[str, Path], card: bool) -> None:
        """Send a file that is known to be one of those that can be read."""
        text = path.read_text("utf-8")
        if path.suffix == ".html":
            text = served(text, readable, self._places(card=card))
        self.set_header("Content-Type", f"{KINDS[path.suffix]}; charset=utf-8")
        self.set_header("Content-Security-Policy", POLICY)
        self.set_header("Cache-Control", "no-store")
        self.finish(text)

    def _places(self, *, card: bool) -> list[Place]:
        plan = self.plan
        with language.using(plan.frame.language):
            found = [Place(self.base_url, _("All pages"))] if plan.has_landing else []
            if card and card_file(Path(plan.case)) is not None:
                found.append(Place(f"{self.base_url}card", _(chrome.WORDS["card"])))
        return found


class ReportHandler(Written):
    """A page of the published run."""

    @authenticated
    def get(self, name: str) -> None:
        """One of the files that were listed just now; there is no path to be walked."""
        files = report_files(Path(self.plan.case))
        if INDEX not in files and name in {"", INDEX}:
            self.say_not_yet("report")
            return
        found = files.get(name or INDEX)
        if found is None:
            raise HTTPError(404)
        self.show(found, readable=files, card=True)


class CardHandler(Written):
    """The card of the model that the prototype tries."""

    @authenticated
    def get(self) -> None:
        """The card, or 404 where no run has saved a model."""
        found = card_file(Path(self.plan.case))
        if found is None:
            raise HTTPError(404)
        self.show(found, readable={}, card=False)
