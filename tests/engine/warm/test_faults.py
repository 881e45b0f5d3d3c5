"""FAULTS 10 and 54 to 60: what goes wrong with forked kernels, with real processes."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

import nbformat
import psutil
import pytest
from jupyter_client.manager import AsyncKernelManager
from nbformat.v4 import new_code_cell, new_notebook

SLEEPS = """
import os, pathlib, subprocess, time
child = subprocess.Popen(["sleep", "600"])
pathlib.Path({child!r}).write_text(f"{{child.pid}}\\n")
pathlib.Path({kernel!r}).write_text(f"{{os.getpid()}}\\n")
time.sleep(600)
"""
OURS = Path(sys.executable).parent


def sleeping_notebook(folder: Path) -> tuple[Path, Path, Path]:
    """A notebook for the warm kernel, and where it writes its own and its child's process id."""
    kernel, child = folder / "kernel.pid", folder / "child.pid"
    code = SLEEPS.format(kernel=str(kernel), child=str(child))
    notebook = new_notebook(cells=[new_code_cell(code)])
    notebook.metadata["kernelspec"] = {"name": "casebook", "display_name": "", "language": "python"}
    path = folder / "sleeps.ipynb"
    nbformat.write(notebook, path)
    return path, kernel, child


def test_case_10_many_kernels_start_at_once(runtime) -> None:
    async def one(n: int) -> tuple[int, int]:
        manager = AsyncKernelManager(kernel_name="casebook")
        manager.transport = "ipc"
        manager.ip = str(runtime / f"many{n}")
        await manager.start_kernel()
        client = manager.client()
        client.start_channels()
        await client.wait_for_ready(timeout=120)
        pid = manager.provisioner.process.pid
        ports = psutil.Process(pid).net_connections("tcp")
        client.stop_channels()
        await manager.shutdown_kernel(now=True)
        return pid, len(ports)

    async def many() -> list[tuple[int, int]]:
        return await asyncio.gather(*(one(n) for n in range(16)))

    found = asyncio.run(many())
    assert len({pid for pid, _ in found}) == 16
    assert {ports for _, ports in found} <= {0, 1}  # the debugger's, which the system chooses


def test_case_54_papermill_is_killed(processes, tmp_path) -> None:
    notebook, kernel, child = sleeping_notebook(tmp_path)
    command = [OURS / "papermill", "--no-progress-bar", notebook, tmp_path / "out.ipynb"]
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL, cwd=tmp_path)
    try:
        pid = processes.wait_for(lambda: processes.whole_number(kernel), 60)
        both = (pid, processes.whole_number(child))
        assert processes.is_running(pid)
        process.kill()
        process.wait()
        processes.wait_for(lambda: not any(map(processes.is_running, both)), 2)
    finally:
        process.kill()
        process.wait()


def test_case_54_voila_is_killed(processes, tmp_path, free_port) -> None:
    notebook, kernel, child = sleeping_notebook(tmp_path)
    command = [OURS / "voila", notebook, "--no-browser", f"--port={free_port}"]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, cwd=tmp_path)
    try:
        line = next(line for line in process.stderr if "http://" in line)
        opened = urllib.request.urlopen(f"http://localhost:{free_port}/", timeout=60)
        opened.read(1)
        assert str(free_port) in line
        pid = processes.wait_for(lambda: processes.whole_number(kernel), 60)
        both = (pid, processes.whole_number(child))
        process.kill()
        process.wait()
        processes.wait_for(lambda: not any(map(processes.is_running, both)), 2)
    finally:
        process.kill()
        process.wait()
        process.stderr.close()


def test_case_55_the_template_is_killed(processes, start, own_templates, caplog) -> None:
    kernel = start()
    kernel.run("x = 42")
    os.kill(processes.template_pid(), signal.SIGKILL)
    assert kernel.run("print(x)") == "42"
    after = start()
    assert not after.is_warm
    [warning] = [text for r in caplog.records if "slower way" in (text := r.getMessage())]
    assert "was killed" in warning
    assert start().is_warm  # it was not the system's lack of memory, it seems
    process = kernel.manager.provisioner.process
    kernel.manager.shutdown_kernel()
    assert process.returncode == 0


def test_case_55_the_keeper_is_killed(processes, start) -> None:
    kernel = start()
    process = kernel.manager.provisioner.process
    os.kill(psutil.Process(kernel.pid).ppid(), signal.SIGKILL)
    assert process.wait(5) == -signal.SIGKILL
    processes.wait_for(lambda: not processes.is_running(process.pid), 2)


def site(folder: Path, code: str) -> dict[str, str]:
    """An environment in which templates run some code before anything else."""
    (folder / "sitecustomize.py").write_text(
        f"import sys\nif 'casebook.warm.template' in ' '.join(sys.orig_argv):\n    {code}\n"
    )
    places = filter(None, (str(folder), os.environ.get("PYTHONPATH")))
    return {**os.environ, "PYTHONPATH": os.pathsep.join(places)}


THREAD = """import os, threading
    start = lambda: threading.Thread(target=threading.Event().wait, daemon=True).start()
    os.register_at_fork(after_in_child=start)"""


def test_case_56_a_template_with_threads_is_not_forked(
    start, own_templates, tmp_path, monkeypatch, caplog
) -> None:
    environment = site(tmp_path, THREAD)
    monkeypatch.setenv("PYTHONPATH", environment["PYTHONPATH"])
    kernel = start()
    assert not kernel.is_warm
    assert "has 2 threads" in caplog.text
    assert kernel.run("print(6 * 7)") == "42"


def test_case_57_twenty_kernels_draw_twenty_numbers(start) -> None:
    draw = "import random, numpy, uuid; print(random.random(), numpy.random.rand(), uuid.uuid4())"
    kernels = [start() for _ in range(20)]
    assert all(kernel.is_warm for kernel in kernels)
    drawn = [kernel.run(draw).split() for kernel in kernels]
    for values in zip(*drawn, strict=True):
        assert len(set(values)) == 20


def test_case_58_code_that_was_changed(
    processes, start, own_templates, tmp_path, monkeypatch
) -> None:
    code = tmp_path / "of_the_project.py"
    code.write_text("value = 1\n")
    environment = site(tmp_path, "import of_the_project")
    monkeypatch.setenv("PYTHONPATH", environment["PYTHONPATH"])
    ask = "import of_the_project; print(of_the_project.value)"
    first = start()
    assert (first.is_warm, first.run(ask)) == (True, "1")
    before = processes.template_pid()
    code.write_text("value = 22\n")
    second = start()
    assert (second.is_warm, second.run(ask)) == (True, "22")
    assert processes.template_pid() != before
    assert first.run("print(6 * 7)") == "42"  # what runs goes on
    code.unlink()
    third = start()
    assert third.run(ask).startswith("ModuleNotFoundError")


def test_case_59_variables_that_are_read_at_start(start, caplog) -> None:
    kernel = start(env={**os.environ, "PYTHONHASHSEED": "0"})
    assert not kernel.is_warm
    assert kernel.run("import sys; print(sys.flags.hash_randomization)") == "0"
    assert "PYTHONHASHSEED" in caplog.text
    assert start(env={**os.environ, "ANY_OTHER": "1"}).is_warm


def test_case_59_another_interpreter(start, tmp_path, monkeypatch, caplog) -> None:
    python = tmp_path / "python"
    python.write_text(f'#!/bin/sh\nexec {sys.executable} "$@"\n')
    python.chmod(0o755)
    spec = {
        "argv": [str(python), "-m", "ipykernel_launcher", "-f", "{connection_file}"],
        "display_name": "other",
        "language": "python",
        "metadata": {"kernel_provisioner": {"provisioner_name": "casebook-warm"}},
    }
    folder = tmp_path / "kernels" / "other"
    folder.mkdir(parents=True)
    (folder / "kernel.json").write_text(json.dumps(spec))
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path))
    kernel = start("other")
    assert not kernel.is_warm
    assert str(python) in caplog.text
    assert kernel.run("print(6 * 7)") == "42"


def test_a_folder_with_a_module_of_a_name_that_is_imported_already(start, tmp_path, caplog) -> None:
    (tmp_path / "tornado_like.py").write_text("")
    (tmp_path / "skops.py").write_text("value = 'the project\\'s own'\n")
    kernel = start(cwd=str(tmp_path))
    assert not kernel.is_warm
    assert kernel.run("import skops; print(skops.value)") == "the project's own"
    assert "skops.py" in caplog.text


AS_PROCESS_1 = """
import os, pathlib, sys, time
assert os.getpid() == 1
from jupyter_client.manager import KernelManager
from casebook.warm import client
from casebook.warm.process import WarmProcess
kernels = [KernelManager(kernel_name="casebook") for _ in range(3)]
for kernel in kernels:
    kernel.start_kernel()
    assert isinstance(kernel.provisioner.process, WarmProcess), kernel.provisioner.reason
    talk = kernel.client(); talk.start_channels(); talk.wait_for_ready(timeout=60)
    time.sleep(1.5)  # ipykernel looks once a second whether process 1 is its parent
    talk.execute_interactive("print('alive')"); talk.stop_channels()
os.kill(kernels[0].provisioner.process.pid, 9)
for kernel in kernels:
    kernel.shutdown_kernel()
client.stop()
limit = time.monotonic() + 10
while time.monotonic() < limit:
    left = [p.name for p in pathlib.Path("/proc").iterdir() if p.name.isdigit() and p.name != "1"]
    if not left:
        print("nothing is left"); sys.exit()
    time.sleep(0.05)
print([(p, pathlib.Path(f"/proc/{p}/stat").read_text()) for p in left])
"""


def test_case_60_as_process_1(own_templates) -> None:
    alone = ["unshare", "--pid", "--fork", "--mount-proc", "--kill-child"]
    if subprocess.run([*alone, "true"], capture_output=True, check=False).returncode != 0:
        pytest.skip("a process namespace takes more rights")
    done = subprocess.run(
        [*alone, sys.executable, "-c", AS_PROCESS_1], capture_output=True, text=True, check=False
    )
    assert done.stdout.splitlines()[-1:] == ["nothing is left"], done.stdout + done.stderr
    assert done.stdout.count("alive") == 3
