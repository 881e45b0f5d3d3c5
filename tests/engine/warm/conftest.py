"""Real kernels, warm ones unless a test says otherwise."""

from __future__ import annotations

import re
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from jupyter_client.manager import KernelManager

from casebook.warm import client
from casebook.warm.process import WarmProcess
from casebook.warm.provisioner import WarmProvisioner


class Kernel:
    """A kernel of its own for a test, over unix sockets."""

    def __init__(self, folder: Path, name: str = "casebook", **options: Any) -> None:
        self.manager = KernelManager(kernel_name=name, config=options.pop("config", None))
        self.manager.transport = "ipc"
        self.manager.ip = str(folder / f"k{id(self):x}")
        self.manager.start_kernel(**options)
        self.client = self.manager.client()
        self.client.start_channels()
        self.client.wait_for_ready(timeout=60)

    @property
    def is_warm(self) -> bool:
        return isinstance(self.manager.provisioner.process, WarmProcess)

    @property
    def pid(self) -> int:
        return self.manager.provisioner.process.pid

    def run(self, code: str, seconds: float = 60) -> str:
        """What code printed, or its error's name and value."""
        said: list[str] = []

        def hear(message: dict[str, Any]) -> None:
            content = message["content"]
            if message["msg_type"] == "stream":
                said.append(content["text"])
            elif message["msg_type"] == "error":
                said.append(f"{content['ename']}: {content['evalue']}")
            elif message["msg_type"] in ("display_data", "execute_result"):
                said.extend(content["data"])

        self.client.execute_interactive(code, timeout=seconds, output_hook=hear)
        return "".join(said).strip()

    def end(self) -> None:
        self.client.stop_channels()
        if self.manager.has_kernel:
            self.manager.shutdown_kernel(now=True)
        self.manager.cleanup_resources()


@pytest.fixture
def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as found:
        found.bind(("localhost", 0))
        return found.getsockname()[1]


@pytest.fixture
def start(runtime: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Kernel]]:
    """Starts kernels, which end with the test."""
    kernels: list[Kernel] = []
    monkeypatch.setattr(WarmProvisioner, "_warned", set())  # each test hears its own warnings

    def start_one(name: str = "casebook", **options: Any) -> Kernel:
        kernels.append(Kernel(runtime, name, **options))
        return kernels[-1]

    yield start_one
    for kernel in kernels:
        kernel.end()


@pytest.fixture
def own_templates(runtime: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A runtime folder of the test's own, without templates, which are stopped after it."""
    folder = runtime / f"t{time.monotonic_ns() % 10**9}"
    folder.mkdir()
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(folder))
    yield folder
    client.stop()


class Processes:
    """What tests ask of processes and templates."""

    @staticmethod
    def is_running(pid: int) -> bool:
        """Whether a process runs; one that only waits to be collected does not."""
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            return False
        return state != "Z"

    @staticmethod
    def wait_for(condition: Callable[[], Any], seconds: float = 20.0) -> Any:
        """What the condition gives once it is true; fails when that takes too long."""
        limit = time.monotonic() + seconds
        while time.monotonic() < limit:
            found = condition()
            if found:
                return found
            time.sleep(0.02)
        pytest.fail(f"waited {seconds} s in vain")

    @staticmethod
    def template_pid(kind: str = "kernel") -> int | None:
        """The process id of a template."""
        return next((found["pid"] for found in client.status() if found["kind"] == kind), None)

    @staticmethod
    def whole_number(path: Path) -> int | None:
        """The number that a file holds, once it is written."""
        text = path.read_text() if path.exists() else ""
        return int(text) if re.fullmatch(r"\d+\n", text) else None


@pytest.fixture
def processes() -> type[Processes]:
    return Processes
