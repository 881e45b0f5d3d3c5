"""A page of a case behind a link: prepared, started, told, and ended."""

from __future__ import annotations

import json
import os
import secrets
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

import nbformat

from casebook import language
from casebook.atomic import write_text
from casebook.case import Case
from casebook.exceptions import RunError
from casebook.execute.kernels import runtime_folder, usual
from casebook.execute.supervise import warm_up
from casebook.execute.translate import translate_markdown
from casebook.language import _
from casebook.places import notebooks_folder
from casebook.serve.pages import Page
from casebook.serve.settings import FIRST_PORT, LOOPBACK, command, environment, settings

_PORTS = 50
_SECONDS_TO_START = 60
_SECONDS_TO_END = 10


def serve(case: Case, page: Page, tell: Callable[[str], None], *, port: int | None = None) -> int:
    """Serve a page until the server is stopped; its exit status.

    tell: called with the link once it can be opened. port: None takes the first free one.
    Raises RunError where the server does not start.
    """
    kernel = usual()
    warm_up("kernel")
    signal.signal(signal.SIGTERM, _ended)
    token = secrets.token_urlsafe(24)
    with language.using(case.record.language), runtime_folder() as runtime:
        chosen = port or free_port()
        notebook = prepared(page, runtime / "page", kernel)
        written = json.dumps(settings(notebook, runtime, port=chosen, token=token))
        write_text(runtime / "voila.json", written)  # in a folder that only this user reads
        server = subprocess.Popen(
            command(notebook, runtime), env=environment(case.folder, runtime), cwd=notebook.parent
        )
        try:
            _listening(server, chosen)
            tell(f"http://{LOOPBACK}:{chosen}/?token={token}")
            return server.wait()
        finally:
            _end(server)


def prepared(page: Page, folder: Path, kernel: str) -> Path:
    """The page's notebook, alone in a folder, in the current language, for a kernel."""
    source = notebooks_folder() / f"{page.notebook}.ipynb"
    notebook = nbformat.read(os.fspath(source), as_version=4)
    translate_markdown(notebook)
    notebook.metadata["kernelspec"]["name"] = kernel
    folder.mkdir(mode=0o700, exist_ok=True)
    target = folder / source.name
    write_text(target, nbformat.writes(notebook) + "\n")
    return target


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


def _ended(_signal: int, _frame: object) -> NoReturn:
    """A stop from outside ends the server as well, with its kernels."""
    raise SystemExit(128 + signal.SIGTERM)


def _listening(server: subprocess.Popen[bytes], port: int) -> None:
    """Wait until the server can be reached."""
    limit = time.monotonic() + _SECONDS_TO_START
    while time.monotonic() < limit and server.poll() is None:
        with socket.socket() as tried:
            if tried.connect_ex((LOOPBACK, port)) == 0:
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
