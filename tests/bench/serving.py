"""What benches of served pages share: servers, what belongs to them, and a browser that forgets."""

from __future__ import annotations

import os
import platform
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from importlib import metadata
from pathlib import Path
from typing import TypeVar

import psutil
from playwright.sync_api import Browser, Playwright

from casebook.warm.limits import proportional_memory

T = TypeVar("T")


def family(pid: int, runtime: Path) -> list[psutil.Process]:
    """A server's processes, template and kernels included, whoever their parent is.

    runtime: XDG_RUNTIME_DIR of this server alone; what two servers share would count for both.
    """
    mine = psutil.Process(pid)
    found = {one.pid: one for one in [mine, *mine.children(recursive=True)]}
    for one in psutil.process_iter(["cmdline"]):
        if any(str(runtime) in part for part in one.info["cmdline"] or ()):
            found[one.pid] = one
            with suppress(psutil.Error):
                found |= {child.pid: child for child in one.children(recursive=True)}
    return list(found.values())


def memory(pid: int, runtime: Path) -> float:
    """Megabytes of all of a server (PSS), shared pages counted once."""
    return sum(proportional_memory(one.pid) or 0 for one in family(pid, runtime)) / 1e6


@contextmanager
def running(
    command: Sequence[str], log: Path, environment: Mapping[str, str]
) -> Iterator[subprocess.Popen[bytes]]:
    """A server's process, in the folder of its log."""
    with log.open("w") as said:
        process = subprocess.Popen(
            command, stdout=said, stderr=said, cwd=log.parent,
            env={**os.environ, "PYTHONUNBUFFERED": "1", **environment},
        )  # fmt: skip
        try:
            yield process
        finally:
            process.terminate()
            process.wait(60)


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def is_open(port: int) -> bool:
    """Whether somebody listens on a port."""
    with socket.socket() as tried:
        return tried.connect_ex(("127.0.0.1", port)) == 0


def until(holds: Callable[[], T], seconds: float = 180) -> T:
    """Wait for something; what it gave."""
    limit = time.monotonic() + seconds
    while not (found := holds()):
        if time.monotonic() > limit:
            raise TimeoutError
        time.sleep(0.2)
    return found


def voila(notebook: Path, port: int) -> list[str]:
    """The command of Voila as it comes."""
    program = str(Path(sys.executable).with_name("voila"))
    return [program, str(notebook), "--no-browser", f"--port={port}"]


def app(case: Path, page: str, *options: str) -> list[str]:
    """The command of `casebook app`."""
    return [sys.executable, "-m", "casebook", "app", str(case), "--page", page, *options]


def link_in(log: Path) -> str:
    """The link that `casebook app` has printed; waits for it."""
    found = until(lambda: re.search(r"http://\S+", log.read_text("utf-8")))
    assert found is not None
    return found[0]


def chromium(playwright: Playwright) -> Browser:
    """The distribution's Chromium."""
    return playwright.chromium.launch(
        executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
    )


def machine(browser: str) -> str:
    """What it was measured on, for the last line of a page."""
    return (
        f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}; "
        f"Python {platform.python_version()}; voila {metadata.version('voila')}, "
        f"Chromium {browser}"
    )
