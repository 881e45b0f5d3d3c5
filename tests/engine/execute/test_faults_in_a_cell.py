"""What can go wrong in a cell, with real kernels: FAULTS 1, 2, 4, 5, 11, 12, 13."""

from __future__ import annotations

import os
import re
import signal
import time
from pathlib import Path

import nbformat
import pytest

from casebook.runs.manifest import ErrorKind, PhaseStatus, RunStatus, load

PID = "import os, pathlib\n_ = pathlib.Path({!r}).write_text(f'{{os.getpid()}}\\n')"


def statuses(cells) -> list[str]:
    return [cell.metadata.papermill.status for cell in cells]


def test_case_01_a_kernel_killed_in_a_cell(bench) -> None:
    bench.add("good", "1")
    published, _ = bench.run()
    bench.add("bad", "1", "#md between", "import os; os.kill(os.getpid(), 9)", "'later'")
    folder, manifest = bench.run()

    error = manifest.phase("bad").error
    assert error.sentence == "kernel died (signal 9; memory?)"
    assert (error.kind, error.cell) == (ErrorKind.KERNEL, 2)
    assert manifest.phase("good").status is PhaseStatus.OK
    assert (manifest.status, manifest.exit_status) == (RunStatus.FAILED, 138)
    cells = bench.cells(folder, "bad")
    assert statuses(cells) == ["completed", "completed", "failed", "pending"]
    assert cells[2].outputs[-1].evalue == error.sentence
    assert error.sentence in (folder / "01_bad.html").read_text()
    assert error.sentence in (folder / "index.html").read_text()
    assert bench.runs.latest() == published


def test_case_02_a_cell_past_its_limit(bench) -> None:
    bench.add("slow", "1", "import time; time.sleep(60)", "2")
    began = time.monotonic()
    folder, manifest = bench.run(cell_timeout=1.5)
    assert time.monotonic() - began < 10
    error = manifest.phase("slow").error
    assert error.kind is ErrorKind.CELL_TIMEOUT
    assert error.sentence == "the cell took longer than its limit of 1.5 s"
    assert manifest.exit_status == 124
    assert statuses(bench.cells(folder, "slow")) == ["completed", "failed", "pending"]
    assert bench.runs.latest() is None


@pytest.mark.parametrize(
    ("number", "status"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)], ids=["TERM", "INT"]
)
def test_case_04_a_signal_in_a_cell(bench, number: int, status: int) -> None:
    kernel = bench.folder / "kernel.pid"
    bench.add("long", "1", PID.format(str(kernel)), "import time; time.sleep(60)", "2")
    bench.add("after", "1", needs=("long",))
    process = bench.start()
    try:
        pid = bench.wait_for(lambda: bench.number_in(kernel))
        time.sleep(0.3)
        asked = time.monotonic()
        os.kill(process.pid, number)
        bench.wait_for(lambda: not bench.is_running(pid), 3)
        assert process.wait(3) == status
        assert time.monotonic() - asked < 3
    finally:
        bench.end(process)
    [(folder, manifest)] = bench.ended()
    assert (manifest.status, manifest.exit_status) == (RunStatus.STOPPED, status)
    assert manifest.phase("long").status is PhaseStatus.STOPPED
    assert manifest.phase("after").status is PhaseStatus.SKIPPED
    assert statuses(bench.cells(folder, "long")) == ["completed", "completed", "failed", "pending"]
    assert bench.runs.latest() is None


def test_case_05_a_signal_before_the_first_cell(bench) -> None:
    bench.add("early", "#md Title", "1", "2")
    process = bench.start()
    try:
        [folder] = bench.wait_for(bench.runs.unfinished)
        bench.wait_for(lambda: load(folder).phase("early").status is PhaseStatus.RUNNING)
        os.kill(process.pid, signal.SIGTERM)
        assert process.wait(5) == 143
    finally:
        bench.end(process)
    [(folder, manifest)] = bench.ended()
    assert manifest.status is RunStatus.STOPPED
    assert statuses(bench.cells(folder, "early")) == ["failed", "pending", "pending"]


def test_case_11_output_without_end(bench) -> None:
    bench.add(
        "loud",
        "print('\\n'.join(map(str, range(10_000_000))))",
        "for number in range(100_000): print(number)",
        "'x' * 10**9",
        "print('y' * 10**8)",
        "for n in range(800): display(n)",
        "'the run goes on'",
    )
    folder, manifest = bench.run()
    assert manifest.status is RunStatus.OK
    assert sum(path.stat().st_size for path in folder.glob("00_loud*")) < 3_000_000
    lines, prints, value, printed, shown, last = bench.cells(folder, "loud")
    text = "".join(output.text for output in lines.outputs)
    assert text.startswith("0\n1\n2\n")
    assert text.endswith("9999998\n9999999\n")
    assert "lines" in text
    assert "were dropped here" in text
    text = "".join(output.text for output in prints.outputs)
    assert text.endswith("99998\n99999\n")
    kept = sum(line.isdecimal() for line in text.splitlines())
    [dropped] = re.findall(r"\[\.\.\. ([\d,]+) lines", text)
    assert int(dropped.replace(",", "")) == pytest.approx(100_000 - kept, abs=2)  # cut lines
    assert "(999,882,000 characters) was dropped" in value.outputs[0].data["text/plain"]
    text = "".join(output.text for output in printed.outputs)
    assert "[... 1 line (99,882,000 characters) was dropped here ...]" in text
    assert len(shown.outputs) == 501
    assert "300 lines" in shown.outputs[-1].text
    assert last.outputs[0].data["text/plain"] == "'the run goes on'"


LEAVE = """
import pathlib, subprocess
plain = subprocess.Popen(["sleep", "300"])
apart = subprocess.Popen(["sleep", "300"], start_new_session=True)
pathlib.Path({!r}).write_text(f"{{plain.pid}} {{apart.pid}}")
"""


def test_case_12_a_cell_leaves_a_child(bench) -> None:
    pids = bench.folder / "pids"
    bench.add("parent", LEAVE.format(str(pids)), "import time; print(time.time())")
    folder, manifest = bench.run()
    ended = float(bench.cells(folder, "parent")[1].outputs[0].text)
    assert time.time() - ended < 10
    assert manifest.status is RunStatus.OK
    children = [int(pid) for pid in pids.read_text().split()]
    assert [pid for pid in children if bench.is_running(pid)] == []


def test_case_13_a_cell_asks(bench) -> None:
    bench.add("asking", "name = input('Your name? ')", "name")
    folder, manifest = bench.run()
    sentence = "a scheduled notebook cannot ask; make it a parameter"
    assert manifest.phase("asking").error.sentence == sentence
    assert manifest.exit_status == 1
    cells = bench.cells(folder, "asking")
    assert statuses(cells) == ["failed", "pending"]
    assert [output.evalue for output in cells[0].outputs] == [sentence]


def test_a_failed_cell_keeps_its_traceback_and_hides_no_other_phase(bench) -> None:
    bench.add("first", "print('before')\n1 / 0")
    bench.add("second", "2", reads=("first",))
    bench.add("third", "3", needs=("first",))
    folder, manifest = bench.run()
    assert manifest.phase("first").error.sentence == "ZeroDivisionError: division by zero"
    assert [phase.status.value for phase in manifest.phases] == ["failed", "ok", "skipped"]
    assert "First" in manifest.phase("third").reason
    cell = bench.cells(folder, "first")[0]
    assert cell.outputs[0].text == "before\n"
    assert cell.outputs[1].ename == "ZeroDivisionError"
    assert not [c for c in bench.cells(folder, "first") if c.cell_type == "markdown"]
    assert manifest.exit_status == 1


def test_an_expected_failure_is_one_sentence(bench) -> None:
    raises = (
        "from casebook.exceptions import TableError\nraise TableError('no rows', place='a.csv')"
    )
    bench.add("expected", raises)
    folder, manifest = bench.run()
    assert manifest.phase("expected").error.sentence == "a.csv: no rows"
    assert Path(folder / "00_expected.html").is_file()


@pytest.mark.parametrize("kernel", ["casebook", "python3"])
def test_memory_that_a_kernel_may_have(bench, kernel) -> None:
    bench.add("greedy", "kept = 1", "x = bytearray(3_000_000_000)", "2")
    folder, manifest = bench.run(memory=1_000_000_000, kernel=kernel)
    error = manifest.phase("greedy").error
    assert (error.kind, error.name) == (ErrorKind.CELL, "MemoryError")
    assert statuses(bench.cells(folder, "greedy")) == ["completed", "failed", "pending"]


def test_why_kernels_were_started_in_the_ordinary_way_is_told_once(bench, monkeypatch) -> None:
    monkeypatch.setenv("PYTHONHASHSEED", "7")
    bench.add("one", "import sys; sys.flags.hash_randomization")
    bench.add("two", "1")
    _, manifest = bench.run(kernel="casebook")
    assert manifest.status is RunStatus.OK
    [note] = manifest.notes
    assert "ordinary, slower way" in note
    assert "PYTHONHASHSEED" in note


def test_notebooks_of_warm_kernels_name_the_ordinary_one(bench) -> None:
    bench.add("one", "1")
    folder, _ = bench.run(kernel="casebook")
    [notebook] = folder.glob("*.ipynb")
    assert nbformat.read(notebook, as_version=4).metadata.kernelspec.name == "python3"
