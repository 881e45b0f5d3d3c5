"""Asking a template for a process; the template is started by the first who asks."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from casebook.exceptions import RunError
from casebook.language import N_, _
from casebook.warm import limits, place, wire
from casebook.warm.process import WarmProcess
from casebook.warm.settings import ANSWER_TIMEOUT, KINDS, QUIET, START_TIMEOUT, is_off
from casebook.warm.surroundings import surroundings

DIFFERENCES: Mapping[str, str] = {  # names of `surroundings`
    "protocol": N_("version of Casebook"),
    "casebook": N_("version of Casebook"),
    "python": N_("version of Python"),
    "encoding": N_("encoding of the locale"),
    "environment": N_("environment variable"),
    "folder": N_("folder that modules are looked for in"),
    "user": N_("groups of the user"),
    "niceness": N_("priority"),
    "namespaces": N_("container"),
    "root": N_("root folder"),
    "cgroup": N_("control group"),
}


class NotWarm(RunError):
    """An ordinary start is needed; the message says why."""


@dataclass(frozen=True)
class Request:
    """A process to be forked.

    kind: of its template. entry: what it does, one of ENTRIES; the kind where nothing is said.
    fds: of standard input, output and error.
    memory: bytes it may have. seconds: after which it is killed.
    grace: seconds that it has to end by itself when its client has gone.
    tidy: whether what it leaves behind is ended with it.
    parent: whether it looks for its parent's id in the environment, as kernels do.
    quiet: whether it stays with one thread, as one that is forked itself.
    address: of a further template that is asked first; None for its kind's alone.
    """

    kind: str
    arguments: Sequence[str]
    environment: Mapping[str, str]
    folder: str
    fds: tuple[int, int, int]
    memory: int | None = None
    seconds: float | None = None
    grace: float = 0.0
    tidy: bool = False
    parent: bool = False
    entry: str = ""
    quiet: bool = False
    address: Path | None = None

    def message(self) -> dict[str, Any]:
        """What the template is sent."""
        return {
            "ask": "fork",
            "entry": self.entry or self.kind,
            "surroundings": surroundings(self.environment),
            "arguments": list(self.arguments),
            "environment": dict(self.environment),
            "cwd": os.path.abspath(self.folder),
            "umask": limits.umask(),
            "affinity": limits.affinity(),
            "limits": limits.inherited(),
            "memory": self.memory,
            "seconds": self.seconds,
            "grace": self.grace,
            "tidy": self.tidy,
            "parent": self.parent,
            "quiet": self.quiet,
        }


def fork(request: Request, *, start: bool = True) -> WarmProcess:
    """A process as the request says, forked from its kind's template.

    start: whether a template is started where none runs.
    Raises NotWarm where only an ordinary start can give it, or the template does not answer.
    """
    if is_off():
        raise NotWarm(_("warm starts are switched off"))
    if request.address is not None:
        with contextlib.suppress(NotWarm):  # the template of its kind says why, or can give it
            return _asked(request, request.address)
    if start:
        _check_not_killed(request.kind)
        ensure(request.kind)
    address = place.socket_of(request.kind)
    try:
        return _asked(request, address)
    except _Stale:  # it has ended; the next one has read the files as they are now
        if not start:
            raise
        ensure(request.kind)
        return _asked(request, address)


class _Stale(NotWarm):
    """The template has ended, or ends now: most often files have changed that it was made of."""


def _asked(request: Request, address: Path) -> WarmProcess:
    connection = _connect(address)
    if connection is None:
        raise NotWarm(_("the template process has ended"))
    lines = wire.Lines(connection)
    try:
        wire.send(connection, request.message(), request.fds)
        answer = lines.read()
    except ConnectionError as error:
        connection.close()
        address.unlink(missing_ok=True)
        raise NotWarm(_("the template process was killed")) from error
    except (OSError, ValueError) as error:
        connection.close()
        raise NotWarm(_("the template process does not answer: {error}", error=error)) from error
    if answer is None or "refused" in answer:
        connection.close()
        raise _refusal(answer)
    process = WarmProcess(connection, lines, answer["pid"], answer["keeper"])
    process.args = (request.kind, *request.arguments)
    return process


def _refusal(answer: wire.Message | None) -> NotWarm:
    reason, _colon, what = (answer or {}).get("refused", "").partition(": ")
    if reason == "stale":
        return _Stale(_("{file} has changed since the template process was started", file=what))
    if reason == "ended":
        return _Stale(_("the template process has ended"))
    if reason == "threads":
        return NotWarm(_("the template process has {n} threads and cannot be forked", n=what))
    if reason == "other":
        named = "; ".join(_named(difference) for difference in what.split(", "))
        return NotWarm(_("the template process differs: {what}", what=named))
    if reason == "shadowed":
        return NotWarm(_("{file} has the name of a module that is imported already", file=what))
    return NotWarm(_("the template process has ended"))


def _named(difference: str) -> str:
    """What differs, in words; a variable's or a file's name as it is."""
    kind, _colon, name = difference.partition(": ")
    return f"{_(DIFFERENCES[kind])} {name}".strip() if kind in DIFFERENCES else difference


def _connect(address: Path) -> socket.socket | None:
    """A connection to a template of this user; None where none listens there."""
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    connection.settimeout(ANSWER_TIMEOUT)
    try:
        connection.connect(str(address))
        wire.check_peer(connection)
    except OSError:
        connection.close()
        return None
    except RunError:
        connection.close()
        raise
    return connection


def _check_not_killed(kind: str) -> None:
    """Raise NotWarm, once, where a template ended without a word; the start after tries again.

    What killed it, the system that ran out of memory perhaps, might kill the next as well.
    """
    address = place.socket_of(kind)
    if address.exists() and not _is_there(kind):
        address.unlink(missing_ok=True)
        raise NotWarm(_("the template process was killed"))


def ensure(kind: str) -> None:
    """Start the template of a kind, with this process's environment, unless it runs.

    Raises NotWarm where it does not start.
    """
    if _is_there(kind):
        return
    address = place.socket_of(kind)
    with _only_one(address):
        if not _is_there(kind):
            _start(kind, address, dict(os.environ))


def refresh(kind: str) -> None:
    """Start the template of a kind unless it runs and is up to date."""
    if is_off():
        return
    answer = asked(place.socket_of(kind), "status")
    if answer is not None and answer["changed"]:
        asked(place.socket_of(kind), "stop")
    ensure(kind)


def _is_there(kind: str) -> bool:
    connection = _connect(place.socket_of(kind))
    if connection is not None:
        connection.close()
    return connection is not None


@contextmanager
def _only_one(address: Path) -> Iterator[None]:
    """Let others who would start the same template wait."""
    with address.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _start(kind: str, address: Path, environment: dict[str, str]) -> None:
    stay = ("stay",) if os.getpid() == 1 else ()  # process 1 would have to collect it
    log = address.with_suffix(".log")
    with log.open("wb") as errors:
        process = subprocess.Popen(
            [sys.executable, "-m", "casebook.warm.template", kind, str(address), *stay],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            env={**environment, **QUIET},
            cwd="/",
            start_new_session=True,
        )
    said = _said_ready(process, environment)
    if stay:
        threading.Thread(target=process.wait, name="template", daemon=True).start()
    else:
        process.wait()
    if not said:
        last = log.read_text("utf-8", errors="replace").strip().splitlines()[-1:]
        raise NotWarm(
            _("the template process did not start: {error}", error=" ".join(last)), place=str(log)
        )


def _said_ready(process: subprocess.Popen[bytes], environment: Mapping[str, str]) -> bool:
    """Whether the template says that it is ready, in time."""
    assert process.stdin is not None
    assert process.stdout is not None
    with process.stdin, process.stdout, contextlib.suppress(OSError):
        process.stdin.write(json.dumps(environment).encode())
        process.stdin.close()
        return wire.first_line(process.stdout.fileno(), START_TIMEOUT) == b"ready"
    return False


def status() -> tuple[wire.Message, ...]:
    """How each template of this user and interpreter stands."""
    return _all("status")


def stop() -> tuple[wire.Message, ...]:
    """Have every template take no more requests; processes that they forked go on."""
    return _all("stop")


def _all(ask: str) -> tuple[wire.Message, ...]:
    found = (asked(place.socket_of(kind), ask) for kind in KINDS)
    return tuple(answer for answer in found if answer is not None)


def asked(address: Path, ask: str) -> wire.Message | None:
    """What a template says of `status` or `stop`; None where none answers."""
    connection = _connect(address)
    if connection is None:
        return None
    with connection:
        try:
            wire.send(connection, {"ask": ask})
            return wire.Lines(connection).read()
        except (OSError, ValueError):
            return None
