"""A command done by a process that is forked: its imports, a second and more, are done already."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from typing import Any

from casebook.exceptions import RunError
from casebook.warm import client

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGWINCH)


def forwarded(arguments: list[str]) -> int | None:
    """The exit status of the command, done for this process; None where it must do it itself.

    It has this terminal, folder and environment, hears the signals that this process hears, and
    is killed with it. Only a template that runs already is asked.
    """
    request = client.Request(
        "worker", arguments, os.environ, str(Path.cwd()), fds=(0, 1, 2), entry="command"
    )
    try:
        process = client.fork(request, start=False)
    except RunError:  # none runs, or it is out of date: nothing is lost
        return None

    def pass_on(number: int, _frame: Any) -> None:
        process.send_signal(number)

    for number in SIGNALS:
        signal.signal(number, pass_on)
    sys.stdout.flush()
    code = process.wait()
    return code if code >= 0 else 128 - code
