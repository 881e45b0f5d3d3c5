"""The notebooks without the command: papermill and Voila as they are."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest

from casebook.phases.findings import load, phase_named
from casebook.phases.registry import PHASES
from casebook.workspace import findings_path

UNKNOWN = "there is no parameter 'sead'; there are case, as_of, run, seed. Did you mean 'seed'?"
ALONE = {"OMP_NUM_THREADS": "1"}  # threads of trees that wait for busy cores take ten times as long


@pytest.fixture
def small(root: Path, tmp_path: Path) -> Path:
    """A copy of the bundled case on breast cancer, whose phases take a second each."""
    folder = tmp_path / "breast_cancer"
    folder.mkdir()
    for name in ("case.yaml", "samples.csv"):
        shutil.copy(root / "data" / "breast_cancer" / name, folder)
    return folder


def papermill(
    root: Path, notebook: str, out: Path, *options: str
) -> subprocess.CompletedProcess[str]:
    """Papermill's own command, from the root of the project, as the README has it."""
    command = [sys.executable, "-m", "papermill", f"notebooks/{notebook}.ipynb", str(out), *options]
    environment = {**os.environ, **ALONE}
    return subprocess.run(
        command, cwd=root, env=environment, capture_output=True, text=True, check=False
    )


def outputs(path: Path) -> list[dict[str, object]]:
    """The outputs of all cells of an executed notebook."""
    cells = nbformat.read(path, as_version=4).cells
    return [output for cell in cells for output in cell.get("outputs", [])]


def test_the_command_of_the_readme_works_from_the_root(root, tmp_path):
    readme = (root / "README.md").read_text("utf-8")
    line = next(line for line in readme.splitlines() if line.startswith("papermill "))
    _papermill, notebook, _out, *options = line.split()
    out = tmp_path / "out.ipynb"
    before = sorted((root / "data" / "restaurant").iterdir())
    done = papermill(root, Path(notebook).stem, out, *options)
    assert done.returncode == 0, done.stderr
    shown = json.dumps(outputs(out))
    assert "ROC AUC" in shown
    assert "Traceback" not in shown
    found = sorted((root / "data" / "restaurant").iterdir())
    assert {path.name for path in found} - {path.name for path in before} <= {".cache", "runs"}


def saved(case, phase):
    """The findings of a phase in the case's draft."""
    return load(phase, findings_path(case / "runs" / "draft", phase.stem).read_text("utf-8"))


def test_every_notebook_runs_under_plain_papermill_and_leaves_its_findings(root, small, tmp_path):
    for phase in (*PHASES[1:], PHASES[0]):
        out = tmp_path / f"{phase.name}.ipynb"
        done = papermill(root, phase.name, out, "-p", "case", str(small))
        assert done.returncode == 0, f"{phase.name}: {done.stderr[-2000:]}"
        assert all(output["output_type"] != "error" for output in outputs(out))
    found = {phase.stem: saved(small, phase) for phase in PHASES}
    assert all(findings.headline for findings in found.values())
    assert all(one.ran for one in found["case"].phases if one.built and one.stem != "case")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("-p", "sead", "1"), UNKNOWN),
        (("-p", "seed", "many"), "parameter 'seed' must be of type int; found 'many'."),
        (("-p", "as_of", "June"), "parameter 'as_of' must be a day as 2026-06-30; found 'June'."),
    ],
)
def test_a_wrong_parameter_is_one_clear_line_in_the_notebook(root, small, tmp_path, options, said):
    out = tmp_path / "out.ipynb"
    done = papermill(root, "00_case", out, "-p", "case", str(small), *options)
    assert done.returncode != 0
    assert said in done.stderr
    [error] = [output for output in outputs(out) if output["output_type"] == "error"]
    assert (error["ename"], error["evalue"]) == ("ParameterError", said)
    assert error["traceback"] == [said]
    assert not (small / "runs").exists()


@pytest.fixture
def voila(root: Path, small: Path, tmp_path: Path) -> Iterator[str]:
    """The address of a real Voila on the symptom's notebook."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "voila", "notebooks/02_symptom.ipynb", "--no-browser",
               f"--port={port}", "--Voila.ip=127.0.0.1"]  # fmt: skip
    environment = {**os.environ, "CASEBOOK_CASE": str(small), "HOME": str(tmp_path)}
    log = (tmp_path / "voila.log").open("w")
    server = subprocess.Popen(command, cwd=root, env=environment, stdout=log, stderr=log)
    yield f"http://127.0.0.1:{port}/"
    server.terminate()
    server.wait(30)
    log.close()


def test_voila_shows_the_headline_and_the_panel(voila, small, tmp_path):
    page = opened(voila, tmp_path / "voila.log")
    headline = saved(small, phase_named("symptom")).headline[0]
    assert headline in page
    assert "<svg" in page
    assert "application/vnd.jupyter.widget-view+json" in page
    assert "Traceback" not in page
    assert 'case: str = ""' not in page  # no code: this is for people who use the page


def opened(address: str, log: Path) -> str:
    """The page, once the server is up and has run the notebook."""
    plain = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    limit = time.monotonic() + 90
    while time.monotonic() < limit:
        try:
            with plain.open(address, timeout=90) as answer:
                return str(answer.read().decode("utf-8"))
        except ConnectionRefusedError:
            time.sleep(0.3)
        except OSError as error:
            if "refused" not in str(error):
                raise
            time.sleep(0.3)
    pytest.fail(log.read_text("utf-8")[-3000:])
