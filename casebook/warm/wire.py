"""JSON lines over a private unix socket, with file descriptors beside the first."""

from __future__ import annotations

import json
import os
import select
import socket
import struct
import time
from collections.abc import Mapping, Sequence
from typing import Any

from casebook.exceptions import RunError
from casebook.language import _

_CHUNK = 65_536
_MOST = 4_000_000  # bytes of one message; an environment has some thousands
_PEER = struct.Struct("3i")  # pid, uid, gid

Message = dict[str, Any]


def send(connection: socket.socket, message: Mapping[str, Any], fds: Sequence[int] = ()) -> None:
    """Send one message. Raises OSError where the other side has gone.

    Once all of it is sent nothing more is: who was asked may have answered and closed by then,
    and to send even nothing to who has gone fails, so that the answer would not be read.
    """
    line = json.dumps(message).encode() + b"\n"
    sent = socket.send_fds(connection, [line], list(fds)) if fds else connection.send(line)
    if sent < len(line):
        connection.sendall(line[sent:])


class Lines:
    """The messages that come from one connection, and the descriptors that came with them."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._rest = b""
        self.fds: list[int] = []

    def read(self) -> Message | None:
        """The next message; None where the other side has gone.

        Waits as the connection's timeout says: raises TimeoutError, or BlockingIOError where
        nothing is there yet. Raises ValueError for what is not a message.
        """
        while b"\n" not in self._rest:
            chunk, fds, _flags, _address = socket.recv_fds(self._connection, _CHUNK, 8)
            self.fds += fds
            if not chunk:
                return None
            self._rest += chunk
            if len(self._rest) > _MOST:
                raise ValueError("the message is too long")
        line, _newline, self._rest = self._rest.partition(b"\n")
        message = json.loads(line)
        if not isinstance(message, dict):
            raise ValueError("the message is not an object")  # noqa: TRY004 (as for other nonsense)
        return message

    def close_fds(self) -> None:
        """Close the descriptors that came."""
        while self.fds:
            os.close(self.fds.pop())


def check_peer(connection: socket.socket) -> None:
    """Raise RunError unless the process at the other end belongs to this user."""
    options = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _PEER.size)
    _pid, uid, _gid = _PEER.unpack(options)
    if uid != os.getuid():
        raise RunError(
            _("the process at the other end of the socket belongs to user {uid}", uid=uid)
        )


def first_line(fd: int, seconds: float) -> bytes:
    """The first line that is written to a pipe, without its end; empty where none comes in time."""
    limit = time.monotonic() + seconds
    line = b""
    while not line.endswith(b"\n"):
        ready, _writable, _failed = select.select([fd], [], [], max(0.0, limit - time.monotonic()))
        chunk = os.read(fd, 1) if ready else b""
        if not chunk:
            return b""
        line += chunk
    return line[:-1]
