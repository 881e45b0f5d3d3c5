"""Pages of a case behind a link: prepared, started, told, and ended."""

from __future__ import annotations

import json
import os
import re
import secrets
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path
from typing import NoReturn

import nbformat

from casebook import language
from casebook.atomic import write_text
from casebook.case import Case
from casebook.exceptions import ParameterError, RunError
from casebook.execute.kernels import runtime_folder, usual
from casebook.execute.supervise import warm_up
from casebook.execute.translate import translate_markdown
from casebook.language import _
from casebook.places import notebooks_folder
from casebook.serve.outside import open_paths
from casebook.serve.pages import Page
from casebook.serve.plan import LOOPBACK, PLAN_FILE, Limits, plan_of
from casebook.serve.settings import (
    FIRST_PORT,
    SHARED,
    VERSIONS,
    command,
    environment,
    log_of,
    settings,
)
from casebook.warm.limits import check_memory

_PORTS = 50
_SECONDS_TO_START = 60
_SECONDS_TO_END = 10
_SHORTEST_TOKEN = 16
_TOKEN = re.compile(r"[A-Za-z0-9._~-]+")


@dataclass(frozen=True)
class Where:
    """Where a server listens.

    port: None takes the first free one. base_url: its path, between slashes, behind a proxy.
    token: empty takes a new one, as long as the server runs.
    """

    ip: str = LOOPBACK
    port: int | None = None
    base_url: str = "/"
    token: str = ""
    limits: Limits = field(default_factory=Limits)


@dataclass(frozen=True)
class Served:
    """A server that runs: its link, its log, and the paths that answer without a login."""

    link: str
    log: Path
    open_paths: tuple[str, ...]


def serve(
    case: Case, pages: tuple[Page, ...], tell: Callable[[Served], None], *,
    landing: bool = True, where: Where | None = None,
) -> int:  # fmt: skip
    """Serve pages until the server is stopped; its exit status.

    tell: called once the link can be opened. landing: whether the link leads to a list of the
    pages; else to the first of them.
    Raises RunError where the server does not start, ParameterError for a place it cannot be.
    """
    place = where or Where()
    check_voila()
    check_memory(place.limits.memory)
    kernel = usual()
    warm_up("kernel")
    signal.signal(signal.SIGTERM, _ended)
    with language.using(case.record.language), runtime_folder() as runtime:
        (runtime / "page").mkdir(mode=0o700)
        for page in pages:
            if page.notebook:
                prepared(page, runtime / "page", kernel)
        (runtime / SHARED).mkdir(mode=0o700)
        plan = plan_of(case, pages, runtime / "page", landing=landing)
        write_text(runtime / PLAN_FILE, plan.written())
        with _started(case, runtime, place) as (server, served):
            tell(served)
            return server.wait()


@contextmanager
def _started(
    case: Case, runtime: Path, where: Where
) -> Iterator[tuple[subprocess.Popen[bytes], Served]]:
    """The server's process, once it answers; it ends with the block."""
    token, base = where.token or secrets.token_urlsafe(24), checked_base(where.base_url)
    port = where.port or free_port()
    log = log_of(case.folder)
    made = settings(runtime, port=port, token=token, ip=where.ip, base_url=base,
                    limits=where.limits)  # fmt: skip
    write_text(runtime / "voila.json", json.dumps(made))  # in a folder that only this user reads
    server = subprocess.Popen(
        command(runtime), env=environment(case.folder, runtime, log=log), cwd=runtime / "page"
    )
    try:
        reached = LOOPBACK if where.ip in {"", "0.0.0.0", "localhost"} else where.ip  # noqa: S104
        _listening(server, reached, port)
        found = open_paths(reached, port, base, token)
        yield server, Served(f"http://{_named(where.ip)}:{port}{base}?token={token}", log, found)
    finally:
        _end(server)


def prepared(page: Page, folder: Path, kernel: str) -> Path:
    """A page's notebook, in a folder of pages, in the current language, for a kernel."""
    source = notebooks_folder() / f"{page.notebook}.ipynb"
    notebook = nbformat.read(os.fspath(source), as_version=4)
    translate_markdown(notebook)
    notebook.metadata["kernelspec"]["name"] = kernel
    folder.mkdir(mode=0o700, exist_ok=True)
    target = folder / source.name
    write_text(target, nbformat.writes(notebook) + "\n")
    return target


def check_voila(found: str = "") -> None:
    """Raise RunError for a Voila that these pages were not tried with.

    found: its version; empty looks for the one that is installed.
    """
    version = found or metadata.version("voila")
    number = tuple(int(part) for part in re.findall(r"\d+", version)[:3])
    first, before = VERSIONS
    if not first <= number < before:
        raise RunError(
            _("Voila {version} was not tried with these pages; {first} up to {before} were.",
              version=version, first=".".join(map(str, first)),
              before=".".join(map(str, before))),
            hint=_("Install Casebook again, under its constraints."),
        )  # fmt: skip


def checked_base(path: str) -> str:
    """A path with a slash at both ends. Raises ParameterError for what is no plain path."""
    found = f"/{path.strip('/')}/" if path.strip("/") else "/"
    if not re.fullmatch(r"/(?:(?!\.{1,2}/)[A-Za-z0-9._~@-]+/)*", found):
        raise ParameterError(
            _("'{found}' is not a path.", found=path), place="--base-url",
            hint=_("Letters, digits and . _ ~ @ - between slashes, as /casebook/."),
        )  # fmt: skip
    return found


def read_token(path: Path) -> str:
    """The token that a file holds. Raises ParameterError for one that is too short or too open."""
    try:
        mode, token = path.stat().st_mode, path.read_text("utf-8").strip()
    except (OSError, ValueError) as error:
        raise ParameterError(
            _("the token cannot be read: {error}", error=error), place="--token-file"
        ) from error
    if len(token) < _SHORTEST_TOKEN or not _TOKEN.fullmatch(token):
        raise ParameterError(
            _("the token must have at least {n} letters, digits or . _ ~ -", n=_SHORTEST_TOKEN),
            place="--token-file",
        )
    if mode & 0o007:
        raise ParameterError(
            _("everybody on this machine can read or change {path}", path=path),
            place="--token-file",
            hint=_("Allow it to its owner alone: chmod 600."),
        )
    return token


def free_port(first: int = FIRST_PORT) -> int:
    """The first port from `first` on that nobody listens on."""
    for port in range(first, first + _PORTS):
        with socket.socket() as tried:
            tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                tried.bind((LOOPBACK, port))
            except OSError:
                continue
            return port
    raise RunError(
        _("no port from {first} to {last} is free", first=first, last=first + _PORTS - 1),
        hint=_("Choose another one with --port."),
    )


def _named(ip: str) -> str:
    """The host of a link: this machine's name where it listens everywhere."""
    return socket.gethostname() if ip in {"", "0.0.0.0"} else ip  # noqa: S104 it is compared


def _ended(_signal: int, _frame: object) -> NoReturn:
    """A stop from outside ends the server as well, with its kernels."""
    raise SystemExit(128 + signal.SIGTERM)


def _listening(server: subprocess.Popen[bytes], host: str, port: int) -> None:
    """Wait until the server can be reached."""
    limit = time.monotonic() + _SECONDS_TO_START
    while time.monotonic() < limit and server.poll() is None:
        with socket.socket() as tried:
            if tried.connect_ex((host, port)) == 0:
                return
        time.sleep(0.1)
    raise RunError(_("the server did not start"), hint=_("What it said stands above."))


def _end(server: subprocess.Popen[bytes]) -> None:
    """Ask the server to end, with its kernels; end it where it does not."""
    if server.poll() is None:
        server.terminate()
    try:
        server.wait(_SECONDS_TO_END)
    except subprocess.TimeoutExpired:
        server.kill()
