"""A template that is forked from one, with a case opened in it."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from casebook.places import data_folder
from casebook.warm import client
from casebook.warm.process import WarmProcess
from casebook.warm.settings import ADDRESS_VARIABLE

READ = "from casebook.case.file import open_case; print(open_case.cache_info().currsize)"

Further = Callable[..., tuple[WarmProcess, Path]]


@pytest.fixture
def further(runtime: Path, tmp_path: Path, processes: Any) -> Iterator[Further]:
    """Starts one in a folder of the test's own; it ends with the test."""
    made: list[WarmProcess] = []

    def start(memory: int = 0) -> tuple[WarmProcess, Path]:
        address = runtime / f"f{os.getpid()}-{len(made)}.s"
        with Path(os.devnull).open("rb") as null:
            request = client.Request(
                "kernel", [str(address), str(memory), "report"],
                {**os.environ, "CASEBOOK_CASE": str(data_folder() / "restaurant")},
                str(tmp_path), (null.fileno(), 1, 2), entry="further", quiet=True,
            )  # fmt: skip
            made.append(client.fork(request))
        processes.wait_for(lambda: address.exists() or made[-1].poll() is not None)
        return made[-1], address

    yield start
    for process in made:
        process.close()


@pytest.fixture
def asked(start: Any, monkeypatch: pytest.MonkeyPatch) -> Callable[[Path], Any]:
    """Starts a kernel that is asked of the template at an address."""

    def one(address: Path) -> Any:
        return start(env={**os.environ, ADDRESS_VARIABLE: str(address)})

    return one


def test_its_kernels_find_the_record_read_and_are_as_others(further, asked, start) -> None:
    _process, address = further()
    kernel = asked(address)
    assert kernel.is_warm
    assert kernel.run(READ) == "1"
    assert start().run(READ) == "0"
    assert client.asked(address, "status")["forked"] == 1
    names = f"import os; print({ADDRESS_VARIABLE!r} in os.environ, os.environ.get('CASEBOOK_CASE'))"
    assert kernel.run(names) == "False None"
    both = "import threadpoolctl as t; print(max(o['num_threads'] for o in t.threadpool_info()))"
    assert kernel.run(both) == start().run(both)  # it had one thread, they need not
    draw = "import random; print(random.random())"
    assert asked(address).run(draw) != kernel.run(draw)


def test_when_it_is_killed_its_kernels_go_on_and_others_come_from_its_own(
    further, asked, processes
) -> None:
    process, address = further()
    kernel = asked(address)
    os.kill(process.pid, signal.SIGKILL)
    assert process.wait(20) == -signal.SIGKILL
    assert kernel.run("print(6 * 7)") == "42"
    other = asked(address)
    assert other.is_warm
    assert other.run(READ) == "0"


def test_told_to_stop_it_ends_after_its_kernels(further, asked) -> None:
    process, address = further()
    kernel = asked(address)
    assert client.asked(address, "stop") == {"pid": process.pid}
    assert not address.exists()
    assert kernel.run("print(6 * 7)") == "42"
    assert process.poll() is None
    kernel.end()
    assert process.wait(20) == 0


def test_it_ends_with_all_its_kernels_when_its_server_has_gone(further, asked, processes) -> None:
    process, address = further()
    kernel = asked(address)
    process.close()
    processes.wait_for(lambda: not processes.is_running(process.pid))
    processes.wait_for(lambda: not processes.is_running(kernel.pid))


LIMITED = """
import resource
from casebook.warm.limits import memory_for_now
try:
    with memory_for_now(1_500_000_000):
        bytearray(3_000_000_000)
except MemoryError:
    print("MemoryError", resource.getrlimit(resource.RLIMIT_DATA))"""


def test_what_opens_the_case_has_the_limit_of_a_kernel_until_it_is_open(further, asked) -> None:
    """A model that no visitor's kernel could hold is none that their template holds."""
    _process, address = further(memory=2_000_000_000)
    kernel = asked(address)
    assert kernel.run(LIMITED) == "MemoryError (-1, -1)"
