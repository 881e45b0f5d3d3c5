"""The server: Voila's application with a list of handlers of our own.

`python -m casebook.serve.inside.application --Voila.config_file_paths=FOLDER`, started by
`casebook.serve.server`, which writes the settings into that folder.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import traitlets as tr
from jupyter_core.paths import jupyter_path
from jupyter_server.services.kernels.handlers import KernelHandler
from tornado.ioloop import IOLoop
from tornado.web import RequestHandler, authenticated
from voila.app import Voila
from voila.shutdown_kernel_handler import VoilaShutdownKernelHandler
from voila.voila_identity_provider import VoilaLoginHandler

from casebook import language
from casebook.language import N_, _
from casebook.serve import chrome
from casebook.serve.inside.channel import ChannelHandler
from casebook.serve.inside.files import FileHandler, Shelf, shelf
from casebook.serve.inside.page import LandingHandler, PageHandler
from casebook.serve.inside.report import CardHandler, FolderHandler, ReportHandler
from casebook.serve.inside.told import Missing, Told, ToldScript, log_request
from casebook.serve.pages import Page
from casebook.serve.plan import read_plan

_ID = r"(?P<kernel_id>\w+-\w+-\w+-\w+-\w+)"
_SOME_ID = "00000000-0000-0000-0000-000000000000"
_LIVES = N_("The link that you were sent holds a long word, the token, at its end.")


class ModelHandler(ToldScript, KernelHandler):
    """How a kernel stands, which the page's scripts ask for; Jupyter's would end it as well."""

    SUPPORTED_METHODS = ("GET",)


class StateHandler(ToldScript):
    """Whether the kernel of a page is there, and why not; a page looks every few seconds."""

    @authenticated
    def get(self, kernel_id: str) -> None:
        """`{"state": "alive"}`, or `ended` with a reason, which is empty for one never heard of."""
        alive = self.kernels.is_there(kernel_id)
        why = "" if alive else self.kernels.why_ended(kernel_id)
        told = self.kernels.incidents(kernel_id)
        state = "alive" if alive else "ended"
        self.finish(json.dumps({"state": state, "why": why, "incidents": told}))


class CloseHandler(ToldScript, VoilaShutdownKernelHandler):
    """A page that is closed ends its kernel, if its message comes; culling does it otherwise.

    It takes the page's own proof in every case. Theirs asks for none of who comes with a token.
    """

    def check_xsrf_cookie(self) -> None:
        """Raise 403 where the message was not sent by a page of this server."""
        RequestHandler.check_xsrf_cookie(self)


class PathsHandler(ToldScript):
    """An example of every address that is served, so that it can be tried without a login."""

    @authenticated
    def get(self) -> None:
        """A list of paths."""
        self.finish(json.dumps(self.settings["casebook_examples"]))


class LoginHandler(Told, VoilaLoginHandler):
    """Where who has no token is sent to; Voila's page is English and Jupyter's."""

    def _render(self, message: Any = None) -> None:
        with language.using(self.plan.frame.language):
            texts = [_(_LIVES)] if message is None else [_("This is not the token."), _(_LIVES)]
            form = {
                "action": self.request.uri or "",
                "xsrf": self.xsrf_token.decode("ascii"),
                "label": _("Token"),
                "act": _("Open"),
            }
            heading = _("You need the whole link")
            self.finish(chrome.plain_page(self.plan.frame, heading, texts, form=form))


class Server(Voila):
    """Voila with an allow-list of addresses; what is not in `init_handlers` is not served."""

    name = "voila"  # its settings are read from voila.json
    plan_file = tr.Unicode(help="Where the plan of what is served was written.").tag(config=True)

    def initialize(self, argv: Any = None) -> None:
        """Read the settings and the plan."""
        super().initialize(argv)
        self.plan = read_plan(Path(self.plan_file))
        self.files = self._shelf()

    def listen(self) -> None:
        """Listen, and make ahead what visitors will need, until stopped."""
        memory = self.config.WarmProvisioner.get("memory")
        self.kernel_manager.prepare(self.plan, Path(self.connection_dir), memory)
        IOLoop.current().add_callback(self.kernel_manager.ahead.go)
        super().listen()

    def stop(self) -> None:
        """End every kernel; nothing is made ahead any more."""
        self.ioloop.run_sync(self.kernel_manager.settle)  # tasks belong to this loop
        super().stop()

    def init_settings(self) -> dict[str, Any]:
        """Voila's settings, and ours beside them."""
        settings: dict[str, Any] = super().init_settings()
        return settings | {
            "casebook_plan": self.plan,
            "casebook_examples": [example for example, *_row in self._rows()],
            "default_handler_class": Missing,
            "log_function": log_request,
            "login_url": f"{self.base_url}login",
        }

    def init_handlers(self) -> list[Any]:
        """Every address that is served."""
        self.files.pack_all()
        return [(f"{self.base_url}{path}", *row) for _example, path, *row in self._rows()]

    def _rows(self) -> list[tuple[Any, ...]]:
        """An example of an address, its pattern, who answers, and with what."""
        files = f"casebook/files/{self.files.digest}"
        fixed = [
            (f"api/kernels/{_SOME_ID}", f"api/kernels/{_ID}", ModelHandler),
            (f"api/kernels/{_SOME_ID}/channels", f"api/kernels/{_ID}/channels", ChannelHandler),
            (f"casebook/state/{_SOME_ID}", f"casebook/state/{_ID}", StateHandler),
            ("casebook/paths", "casebook/paths", PathsHandler),
            (f"{files}/voila/voila.js", f"{files}/(.*)", FileHandler, {"files": self.files}),
            (f"voila/api/shutdown/{_SOME_ID}", "voila/api/shutdown/(.*)", CloseHandler),
            ("card", "card", CardHandler),
            ("login", "login", LoginHandler),
        ]
        pages = [row for page in self.plan.chosen() for row in self._rows_of(page)]
        top = ("", "", LandingHandler) if self.plan.has_landing else ("", "", *pages[0][2:])
        return [top, *pages, *fixed]

    def _rows_of(self, page: Page) -> list[tuple[Any, ...]]:
        """The addresses of one page; the report has one for each of its files."""
        if page.notebook:
            return [(page.name, page.name, PageHandler, self._of(page))]
        files = f"{page.name}/(.*)"
        return [(page.name, page.name, FolderHandler), (f"{page.name}/", files, ReportHandler)]

    def _of(self, page: Page) -> dict[str, Any]:
        return {
            "page": page,
            "files": self.files,
            "voila_configuration": self.voila_configuration,
            "template_paths": self.template_paths,
            "config": self.config,
        }

    def _shelf(self) -> Shelf:
        found = {}
        for name in self.voila_configuration.extension_allowlist:
            tops = [Path(top) / "labextensions" / name for top in _folders()]
            found[name] = next((top for top in tops if top.is_dir()), Path("/nonexistent"))
        return shelf(self.static_paths, found, chrome.ASSETS)


def _folders() -> list[str]:
    """Where extensions are looked for: JupyterLab's first, then Voila's."""
    return [*jupyter_path(), *jupyter_path("voila")]


def main() -> None:
    """Serve until stopped."""
    Server.launch_instance()


if __name__ == "__main__":
    main()
