"""What people and scripts are told where an address gives them nothing."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import Any

from jupyter_server.base.handlers import APIHandler, JupyterHandler

from casebook import language
from casebook.language import N_, _
from casebook.serve import chrome, incidents
from casebook.serve.inside.kernels import Kernels
from casebook.serve.plan import Plan

RETRY_AFTER = 60
"""Seconds after which who was turned away may try again."""

_SAID = {
    403: (N_("You need the whole link"), N_("Ask who sent it to you to send it again.")),
    404: (N_("There is no such page"), N_("Ask who sent you the link.")),
    500: (N_("The page could not be made"), N_("Tell who sent you the link: error id {name}.")),
    503: (
        N_("All seats are taken"),
        N_("Each visitor needs a part of this machine, and all parts are in use. Try again in a "
           "minute; a page that is closed or not used frees one."),
    ),
}  # fmt: skip


class Ours(JupyterHandler):
    """What handlers of ours know."""

    @property
    def plan(self) -> Plan:
        """What is served."""
        plan: Plan = self.settings["casebook_plan"]
        return plan

    @property
    def kernels(self) -> Kernels:
        """The server's kernels."""
        kernels: Kernels = self.settings["kernel_manager"]
        return kernels


class Told(Ours):
    """Errors in plain words, in the case's language, without a traceback."""

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """A page that says what a person can do now."""
        status = status_code if status_code in _SAID else 500 if status_code >= 500 else 404
        with language.using(self.plan.frame.language):
            heading, text = (_(one) for one in _SAID[status])
            if status == 500:
                found = kwargs.get("exc_info", (None, None, None))[1]
                error = found or RuntimeError(HTTPStatus(status_code).phrase)
                text = text.format(name=incidents.record(error, self.request.path))
            self.set_header("Content-Type", "text/html; charset=utf-8")
            self.set_header("Cache-Control", "no-store")
            if status == HTTPStatus.SERVICE_UNAVAILABLE:
                self.set_header("Retry-After", str(RETRY_AFTER))
            self.finish(chrome.plain_page(self.plan.frame, heading, [text]))

    def say_not_yet(self, name: str) -> bool:
        """Say why a page cannot be opened yet, where it cannot; whether that was said."""
        with language.using(self.plan.frame.language):
            title, why_not = self.plan.why_not(name)
            if why_not:
                self.set_status(HTTPStatus.NOT_FOUND)
                self.set_header("Content-Type", "text/html; charset=utf-8")
                self.set_header("Cache-Control", "no-store")
                home = self.base_url if self.plan.has_landing else ""
                self.finish(chrome.plain_page(self.plan.frame, title, [why_not], home=home))
        return bool(why_not)

    def log_exception(self, typ: Any, value: Any, tb: Any) -> None:  # noqa: ARG002 tornado's form
        """What was not expected is in the log already, under its id."""
        if not hasattr(value, "status_code"):
            self.log.error("%s %s: %s", self.request.method, self.request.path, typ.__name__)


class Missing(Told):
    """Every address that is not served."""

    async def prepare(self) -> None:  # type: ignore[override]
        """404, for who has the link; others are sent to the login first."""
        await super().prepare()
        if not self._finished:
            self.send_error(404)


class ToldScript(Ours, APIHandler):
    """The same for what scripts ask: a word of JSON, and no line in the log if it is expected."""

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """The status in words, and an id where it was not expected."""
        told = {"message": HTTPStatus(status_code).phrase}
        found = kwargs.get("exc_info", (None, None, None))[1]
        if status_code >= 500 and found is not None:
            told["id"] = incidents.record(found, self.request.path)
        self.finish(json.dumps(told))


def log_request(handler: Any) -> None:
    """Only what failed on our side; who asks for what is nobody's business."""
    status = handler.get_status()
    if status >= 500 and status != HTTPStatus.SERVICE_UNAVAILABLE:
        handler.log.warning("%s %s: %s", handler.request.method, handler.request.path, status)
