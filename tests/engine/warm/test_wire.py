"""Messages between a client and a template: what was answered is read, however quickly it came."""

from __future__ import annotations

import os
import socket
from pathlib import Path
from typing import Any

import pytest

from casebook.warm import wire


class Slow(socket.socket):
    """A client that is not on a core again before the other side has answered and gone."""

    other: socket.socket

    def send(self, *given: Any) -> int:
        """Send, and come back late."""
        return self._late(super().send(*given))

    def sendmsg(self, *given: Any) -> int:
        """The same, with descriptors."""
        return self._late(super().sendmsg(*given))

    def _late(self, sent: int) -> int:
        lines = wire.Lines(self.other)
        assert lines.read() == {"ask": "stop"}
        lines.close_fds()
        wire.send(self.other, {"pid": 7})
        self.other.close()
        return sent


@pytest.mark.parametrize("with_fds", [False, True])
def test_an_answer_is_read_though_the_other_side_has_gone(with_fds: bool) -> None:
    ours, other = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
    with Slow(fileno=ours.detach()) as client:
        client.other = other
        with Path(os.devnull).open() as some:
            wire.send(client, {"ask": "stop"}, [some.fileno()] if with_fds else [])
        assert wire.Lines(client).read() == {"pid": 7}


def test_a_long_message_is_sent_whole() -> None:
    ours, other = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
    long = {"text": "x" * 50_000}
    with ours, other:
        wire.send(ours, long)
        assert wire.Lines(other).read() == long
