"""What a page and its kernel may say to each other: the messages of widgets, and no more."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, ClassVar
from urllib.parse import urlsplit

import traitlets as tr
from jupyter_core.utils import ensure_async
from jupyter_server.base.handlers import JupyterHandler
from jupyter_server.services.kernels.connection.channels import ZMQChannelsWebsocketConnection
from tornado.web import HTTPError
from voila.tornado.kernel_websocket_handler import VoilaKernelWebsocketHandler

from casebook.pages.cells import plain
from casebook.serve import incidents
from casebook.serve.inside.told import Told

CONTROL = "jupyter.widget.control"
"""The one channel that a page of Voila opens itself, to ask for the widgets that are there."""

_ASKED = frozenset({"comm_msg", "comm_close", "comm_info_request", "kernel_info_request"})
_KEPT_BACK = frozenset({"execute_input", "execute_reply", "error", "stream"})
_PING = 20.0
_LOGGED = 10
_MOST_DROPPED = 500
_CHANNELS = frozenset({"shell", "control"})


def refusal(message: Mapping[str, Any], channel: str, opened: int, most: int) -> str:
    """Why a message of a page is not passed on; empty for one that is.

    message: its header and content. opened: how many channels the page has opened so far.
    """
    header = message.get("header")
    kind = header.get("msg_type") if isinstance(header, Mapping) else None
    if channel not in _CHANNELS:
        return f"a message on {channel!r}"
    if kind in _ASKED:
        return ""
    if kind != "comm_open":
        return f"a message of type {kind!r}"
    content = message.get("content")
    target = content.get("target_name") if isinstance(content, Mapping) else None
    if target != CONTROL:
        return f"a comm to {target!r}"
    return f"more than {most} comms" if opened >= most else ""


class Connection(ZMQChannelsWebsocketConnection):
    """Passes on what a page of widgets needs; all else is dropped and logged.

    Voila's own list of message types lets a page open any number of comms, each of which makes a
    widget in the kernel, and shut kernels down. What code prints and how it fails is for the log.
    """

    comms = tr.Int(100, help="How many comms one page may open.").tag(config=True)
    _opened = 0
    _dropped = 0

    def handle_incoming_message(self, incoming_msg: Any) -> None:
        """A message of the page: on to the kernel, or dropped."""
        try:
            message, channel = _read(incoming_msg, self.subprotocol)
        except (ValueError, TypeError, KeyError, IndexError, AttributeError):
            self._drop("something that is no message")
            return
        why = refusal(message, channel, self._opened, self.comms)
        if why:
            self._drop(why)
            return
        self._opened += message["header"]["msg_type"] == "comm_open"
        super().handle_incoming_message(incoming_msg)

    def _drop(self, what: str) -> None:
        """Do not pass a message on; who goes on sending such is no page of ours."""
        self._dropped += 1
        if self._dropped <= _LOGGED:
            self.log.warning("A page sent %s; dropped.", what[:200])
        if self._dropped == _MOST_DROPPED:
            self.log.warning("A page sent %s such messages; its socket is closed.", _MOST_DROPPED)
            self.websocket_handler.close(1008)


def _read(sent: Any, subprotocol: str | None) -> tuple[dict[str, Any], str]:
    """Header and content of a message as a page sends it, and its channel."""
    if isinstance(sent, bytes):
        count = int.from_bytes(sent[:8], "little")
        if subprotocol is None:  # an older form: JSON first, then what is binary
            start = int.from_bytes(sent[4:8], "big")
            end = int.from_bytes(sent[8:12], "big") if int.from_bytes(sent[:4], "big") > 1 else None
            message = json.loads(sent[start:end])
            return message, str(message.get("channel", "shell"))
        at = [int.from_bytes(sent[8 * n : 8 * n + 8], "little") for n in range(1, count + 1)]
        header, content = (json.loads(sent[at[n] : at[n + 1]]) for n in (1, 4))
        return {"header": header, "content": content}, sent[at[0] : at[1]].decode("utf-8")
    if subprotocol is not None:
        raise TypeError
    message = json.loads(sent)
    return message, str(message.get("channel", "shell"))


class ChannelHandler(Told, VoilaKernelWebsocketHandler):
    """The socket of a page; its origin is looked at however the page proved who it is.

    Voila's own drops only the sources of cells, and lets even them pass to who asks for messages in
    the older form. Jupyter's does not look at the origin of who has
    a token, which behind a proxy that adds it is everybody.
    """

    kept_back: ClassVar[frozenset[str]] = _KEPT_BACK

    def _write_down(self, message: Mapping[str, Any]) -> None:
        """Something failed in the kernel while it did what the page asked: an id for the page."""
        content = message["content"]
        told = f"kernel {self.kernel_id}: {content.get('ename')}: {content.get('evalue')}"
        traceback = plain("\n".join(content.get("traceback", [])))
        self.kernels.tell(self.kernel_id, incidents.write(told, traceback))

    @property
    def ping_interval(self) -> float:
        """Seconds between two signs of life; Jupyter's are milliseconds, which tornado misreads."""
        return _PING

    @property
    def ping_timeout(self) -> float:
        """Seconds that a page may take to answer one."""
        return _PING

    def send_ping(self) -> None:
        """Jupyter's own signs of life are not needed beside tornado's."""
        if self.ping_callback is not None:
            self.ping_callback.stop()

    async def prepare(self, *_given: Any, **_named: Any) -> None:
        """Who has no token is turned away, without a line in the log."""
        if await ensure_async(self.identity_provider.get_user(self)) is None:
            raise HTTPError(403)
        await JupyterHandler.prepare(self)

    def check_origin(self, origin: str | None = None) -> bool:
        """Whether the page that asks was served by this server."""
        found = origin or self.request.headers.get("Origin", "")
        return not found or urlsplit(found).netloc.lower() == self.request.host.lower()

    def write_message(self, message: Any, binary: bool = False) -> Any:
        """A message of the kernel: on to the page, unless it holds what is for the log."""
        told = message if isinstance(message, dict) else _header_of(message, self)
        kind = told.get("header", {}).get("msg_type")
        if kind in self.kept_back:
            if kind == "error":
                self._write_down(told)
            return None
        return super().write_message(message, binary)


def _header_of(message: Any, handler: ChannelHandler) -> dict[str, Any]:
    """Header and content of a message, in whichever form the page asked for; empty for none."""
    try:
        return _read(message, handler.selected_subprotocol)[0]
    except (ValueError, TypeError, KeyError, IndexError, AttributeError):
        return {}
