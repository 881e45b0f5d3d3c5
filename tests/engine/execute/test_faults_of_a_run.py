"""What can go wrong with a run, with real kernels and processes: FAULTS 3, 6 to 10, 18, 19."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest

from casebook.exceptions import RunError
from casebook.execute.perform import perform
from casebook.runs import lock
from casebook.runs.folder import RunsFolder
from casebook.runs.lost import settle
from casebook.runs.manifest import ErrorKind, PhaseRecord, PhaseStatus, RunStatus, load

PID = "import os, pathlib\n_ = pathlib.Path({!r}).write_text(f'{{os.getpid()}}\\n')"
SLEEP = "import time; time.sleep(60)"


def test_case_03_a_run_takes_too_long_and_each_cell_is_short(bench) -> None:
    bench.add("many", *["import time; time.sleep(0.3)"] * 60)
    bench.add("next", "1", reads=("many",))
    began = time.monotonic()
    folder, manifest = bench.run(run_timeout=3.5, cell_timeout=2)
    assert 3.5 <= time.monotonic() - began < 8
    error = manifest.phase("many").error
    assert error.kind is ErrorKind.RUN_TIMEOUT
    assert error.sentence == "the run took longer than its limit of 3.5 s"
    assert manifest.phase("next").status is PhaseStatus.SKIPPED
    assert manifest.phase("next").reason == error.sentence
    assert (manifest.status, manifest.exit_status) == (RunStatus.FAILED, 124)
    statuses = [cell.metadata.papermill.status for cell in bench.cells(folder, "many")]
    assert statuses.count("failed") == 1
    assert statuses[0] == "completed"
    assert statuses[-1] == "pending"


def test_case_03_a_worker_that_does_not_listen(bench, signal_worker) -> None:
    """A stopped worker cannot end its kernel: the parent ends both."""
    pids = bench.folder / "pids"
    bench.add("deaf", PID.format(str(pids)) + "\nimport time; time.sleep(60)")
    signal_worker(signal.SIGSTOP, pids)
    folder, manifest = bench.run(run_timeout=3)
    assert manifest.phase("deaf").error.kind is ErrorKind.RUN_TIMEOUT
    assert manifest.exit_status == 124
    assert not bench.is_running(int(pids.read_text()))
    [cell] = bench.cells(folder, "deaf")
    assert cell.metadata.papermill.status == "failed"


def test_case_06_the_runner_is_killed(bench, runtime) -> None:
    others = set(runtime.glob("cb-*"))  # servers of other tests
    kernel = bench.folder / "kernel.pid"
    bench.add("long", "1", PID.format(str(kernel)), SLEEP, "2")
    bench.add("after", "1", needs=("long",))
    process = bench.start()
    try:
        pid = bench.wait_for(lambda: bench.number_in(kernel))
        [building] = bench.runs.unfinished()
        assert settle(bench.runs) == ()  # it is alive: nobody may touch it
        os.kill(process.pid, signal.SIGKILL)
        process.wait(5)
        bench.wait_for(lambda: not bench.is_running(pid), 5)
        bench.wait_for(lambda: set(runtime.glob("cb-*")) <= others, 5)
    finally:
        bench.end(process)
    assert load(building).status is RunStatus.RUNNING
    bench.tasks.clear()
    bench.add("quick", "1")
    bench.run()

    (_, quick), (folder, lost) = bench.ended()
    assert quick.status is RunStatus.OK
    assert lost.status is RunStatus.LOST
    assert lost.phase("long").error.kind is ErrorKind.LOST
    assert lost.phase("after").status is PhaseStatus.SKIPPED
    cells = json.loads((folder / "00_long.ipynb").read_text())["cells"]
    statuses = [cell["metadata"]["papermill"]["status"] for cell in cells]
    assert statuses == ["completed", "completed", "failed", "pending"]
    assert "lost" in (folder / "index.html").read_text()


def test_case_06_a_run_of_another_boot_is_lost_although_its_lock_is_held(bench) -> None:
    bench.add("any", "1")
    _, manifest = bench.run()
    old = replace(
        manifest,
        name="20200101T000000Z-abcdef",
        status=RunStatus.RUNNING,
        boot="another",
        phases=(PhaseRecord("any", "00_any", PhaseStatus.RUNNING),),
    )
    bench.runs.begin(old)
    with lock.hold(Path(old.lock), old.name):
        assert [run.name for run in settle(bench.runs)] == [old.name]
    assert load(bench.runs.path / old.name).status is RunStatus.LOST


def test_case_07_disk_full_in_a_run(bench, tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", str(disk)]
    if subprocess.run(mount, capture_output=True, check=False).returncode != 0:
        pytest.skip("mounting a small disk takes more rights")
    try:
        runs = RunsFolder(disk / "runs")
        bench.add("small", "'kept'")
        published, _ = bench.run(runs=runs)
        before = {path.name: path.read_bytes() for path in published.glob("*.*")}
        bench.tasks.clear()
        fill = f"import shutil, os; n = shutil.disk_usage({str(disk)!r}).free - 40_000\n"
        fill += f"_ = open({str(disk / 'fill')!r}, 'wb').write(bytes(n))"
        bench.add("big", fill, "print('x' * 90_000)", "1")
        _, manifest = bench.run(runs=runs)
        assert "No space left" in manifest.phase("big").error.sentence
        assert (manifest.status, manifest.exit_status) == (RunStatus.FAILED, 1)
        for notebook in disk.rglob("*.ipynb"):
            json.loads(notebook.read_text())  # the last save that had room, whole
        assert runs.latest() == published
        assert {path.name: path.read_bytes() for path in published.glob("*.*")} == before
        assert list(disk.rglob("*.tmp")) == []
        assert list(disk.rglob(".*.tmp")) == []
    finally:
        subprocess.run(["umount", str(disk)], check=True)


def test_case_07_a_disk_that_is_read_only(bench, tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=100k,ro", "tmpfs", str(disk)]
    if subprocess.run(mount, capture_output=True, check=False).returncode != 0:
        pytest.skip("mounting a disk takes more rights")
    bench.add("any", "1")
    try:
        with pytest.raises(RunError, match=r"runs cannot be made: Read-only file system.*--out"):
            bench.run(runs=RunsFolder(disk / "runs"))
    finally:
        subprocess.run(["umount", str(disk)], check=True)


def test_case_08_the_same_job_started_twice(bench) -> None:
    kernel = bench.folder / "kernel.pid"
    bench.add("long", PID.format(str(kernel)), SLEEP)
    first = bench.start()
    try:
        bench.wait_for(lambda: bench.number_in(kernel))
        [building] = bench.runs.unfinished()
        second = bench.start()
        told = second.communicate(timeout=10)[1]
        assert second.returncode == 75
        assert told.startswith("already running since ")
        assert load(building).name in told
        assert bench.runs.unfinished() == (building,)
        os.kill(first.pid, signal.SIGTERM)
        assert first.wait(5) == 143
    finally:
        bench.end(first)
    assert len(bench.ended()) == 1


def test_case_09_runs_in_threads_leave_the_process_alone(bench, tmp_path: Path) -> None:
    bench.add("where", "import os; print(os.getcwd(), os.getpid())")
    here, handler = Path.cwd(), signal.getsignal(signal.SIGTERM)
    told = {}

    def run(name: str) -> None:
        folder = tmp_path / name
        folder.mkdir()
        request = bench.request(case_folder=folder, runs=RunsFolder.of_case(folder))
        told[name] = perform(request)

    threads = [threading.Thread(target=run, args=(name,)) for name in ("one", "two")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Path.cwd() == here
    assert signal.getsignal(signal.SIGTERM) is handler
    assert {manifest.status for _, manifest in told.values()} == {RunStatus.OK}
    places, processes = zip(
        *(bench.cells(folder, "where")[0].outputs[0].text.split() for folder, _ in told.values()),
        strict=True,
    )
    assert len(set(processes)) == 2
    built = [str(folder.parent / f".building-{folder.name}") for folder, _ in told.values()]
    assert list(places) == built


CONNECTION = """
import warnings
from ipykernel.connect import get_connection_info
information = get_connection_info(unpack=True)
print(information["transport"], len(information["ip"]))
"""


def test_case_10_many_starts_at_once(bench) -> None:
    for n in range(6):
        bench.add(f"kernel{n}", CONNECTION)
    folder, manifest = bench.run(jobs=6)
    assert manifest.status is RunStatus.OK
    for n in range(6):
        [output] = bench.cells(folder, f"kernel{n}")[0].outputs
        transport, length = output.text.split()
        assert transport == "ipc"
        assert int(length) < 80
    assert not (folder / "logs").exists()  # no warning of unencrypted TCP, nor any other


def test_case_18_a_path_with_format_fields_and_steps_up(bench, tmp_path: Path) -> None:
    odd = tmp_path / "{case} {0} $(x)"
    odd.mkdir()
    bench.add("odd", "import os; print(os.getcwd())")
    out = odd / ".." / odd.name / "runs"
    folder, manifest = bench.run(case_folder=odd, runs=RunsFolder(out.resolve()))
    assert manifest.status is RunStatus.OK
    assert folder.parent == odd / "runs"
    assert (folder / "00_odd.ipynb").is_file()
    assert sorted(path.name for path in odd.iterdir()) == ["casebook.sqlite", "runs"]


def test_case_19_a_kernel_that_is_not_there(bench) -> None:
    bench.add("any", "1")
    began = time.monotonic()
    with pytest.raises(RunError, match=r"'pithon3' is not installed; there are: .*python3") as told:
        bench.run(kernel="pithon3")
    assert time.monotonic() - began < 2
    assert "Did you mean 'python3'?" in str(told.value)
    assert bench.ended() == []
    assert bench.runs.unfinished() == ()


def test_case_19_a_kernel_whose_program_is_gone(bench, tmp_path: Path, monkeypatch) -> None:
    spec = tmp_path / "share" / "kernels" / "broken"
    spec.mkdir(parents=True)
    program = {"argv": ["/none/python", "-f", "{connection_file}"], "display_name": "Broken"}
    (spec / "kernel.json").write_text(json.dumps({**program, "language": "python"}))
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path / "share"))
    bench.add("any", "1", "2")
    folder, manifest = bench.run(kernel="broken")
    assert "/none/python" in manifest.phase("any").error.sentence
    assert manifest.exit_status == 1
    statuses = [cell.metadata.papermill.status for cell in bench.cells(folder, "any")]
    assert statuses == ["failed", "pending"]


def test_a_worker_that_is_killed_is_told_and_its_kernel_ends(bench, signal_worker) -> None:
    kernel = bench.folder / "kernel.pid"
    bench.add("worker", "1", PID.format(str(kernel)) + "\nimport time; time.sleep(60)", "2")
    signal_worker(signal.SIGKILL, kernel)
    folder, manifest = bench.run()
    assert manifest.phase("worker").error.sentence == "its worker process died (signal 9)"
    bench.wait_for(lambda: not bench.is_running(int(kernel.read_text())), 3)
    statuses = [cell.metadata.papermill.status for cell in bench.cells(folder, "worker")]
    assert statuses == ["completed", "failed", "pending"]


def test_nothing_is_left_of_a_run_but_its_folder(bench, runtime: Path) -> None:
    others = set(runtime.glob("cb-*"))  # servers of other tests
    bench.add("one", "print(run, seed, as_of)", parameters=bench.PARAMETERS)
    folder, manifest = bench.run(parameters={"seed": "007"})
    assert set(runtime.glob("cb-*")) <= others
    assert manifest.seed == 7
    built = folder.parent / f".building-{folder.name}"
    assert bench.cells(folder, "one")[2].outputs[0].text == f"{built} 7 \n"
    found = sorted(path.name for path in folder.iterdir())
    assert found == ["00_one.html", "00_one.ipynb", "findings", "index.html", "manifest.json"]
    assert bench.runs.latest() == folder
    assert (bench.runs.path / "latest").readlink() == Path(folder.name)
