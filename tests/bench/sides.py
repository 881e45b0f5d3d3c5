"""The ways to show one saved model: ours, and apps of its rivals as their users write them."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import nbformat
from serving import app, free_port, is_open, link_in, running, until
from serving import voila as voila_command

from casebook.case.template import new_record_text
from casebook.warm import client

ROOT = Path(__file__).resolve().parents[2]
RIVALS = Path(__file__).with_name("rivals")
REALDATA = ROOT.parent / "shared" / "realdata"


@dataclass(frozen=True)
class Side:
    """One way to show the model.

    command: from a folder and a port to what starts it. field, answer: selectors of a number field
    and of the text that says the answer. enter: whether a value is sent by Enter, not by its key.
    """

    name: str
    command: Callable[[Path, int], Sequence[str]]
    field: str
    answer: str
    enter: bool = False
    prints_link: bool = False


class Place(NamedTuple):
    """Where it is measured: a folder for what servers write, and the case that is served."""

    folder: Path
    case: Path


def sides(case: Path, programs: Mapping[str, Path]) -> tuple[Side, ...]:
    """The four ways."""
    options = ("--server.headless=true", "--browser.gatherUsageStats=false")
    return (
        Side("casebook app", lambda _folder, _port: app(case, "prototype"),
             ".cb-live .cb-number-field input", ".cb-live .cb-answer", prints_link=True),
        Side("Voila as it comes", lambda folder, port: voila_command(notebook(folder), port),
             ".widget-text input[type=number]", ".answer .widget-html-content", enter=True),
        Side("Streamlit",
             lambda _folder, port: [str(programs["streamlit"]), "-m", "streamlit", "run",
                                    str(RIVALS / "streamlit_app.py"), f"--server.port={port}",
                                    "--server.address=127.0.0.1", *options],
             "[data-testid=stNumberInput] input", "[data-testid=stHeading] h3", enter=True),
        Side("Gradio", lambda _folder, _port: [str(programs["gradio"]),
                                               str(RIVALS / "gradio_app.py")],
             "input[type=number]", "#answer .prose"),
    )  # fmt: skip


def notebook(folder: Path) -> Path:
    """The app for plain Voila, as a notebook of one cell."""
    source = (RIVALS / "voila_app.py").read_text("utf-8")
    made = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source)])
    made.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3"}
    nbformat.write(made, folder / "app.ipynb")
    return folder / "app.ipynb"


def environment(folder: Path, package: str) -> Path:
    """Python of an environment with a package, and behind it on the path what the project has."""
    python = folder / package / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", str(folder / package)], check=True)
        subprocess.run([str(python), "-m", "pip", "install", "--quiet", package], check=True)
        own = next((folder / package).glob("lib/python*/site-packages"))
        line = f"import site; site.addsitedir({sysconfig.get_path('purelib')!r})\n"
        (own / "zz_project.pth").write_text(line, "utf-8")
    return python


def version(python: Path, package: str) -> str:
    """The version of a package in an environment."""
    code = f"from importlib import metadata; print(metadata.version({package!r}))"
    return subprocess.run([str(python), "-c", code], check=True, capture_output=True,
                          text=True).stdout.strip()  # fmt: skip


def prepared(folder: Path) -> Path:
    """A case with a published run: candidates compared, the chosen one saved and measured."""
    case = folder / "telco"
    case.mkdir()
    text = new_record_text("telco", {"rows": str(REALDATA / "telco_churn.csv")}, target="Churn")
    (case / "case.yaml").write_text(text, "utf-8")
    command = [sys.executable, "-m", "casebook", "run", str(case),
               "--phases", "baseline,prototype"]  # fmt: skip
    subprocess.run(command, check=True, capture_output=True)
    return case


@contextmanager
def served(side: Side, place: Place) -> Iterator[tuple[int, str, Path]]:
    """A side's server: its process, its link and its runtime folder, which is its own."""
    own = Path(tempfile.mkdtemp(dir=place.folder))
    port = free_port()
    variables = {
        "XDG_RUNTIME_DIR": str(own), "RIVAL_MODEL": str(place.case / "runs" / "latest"),
        "RIVAL_PORT": str(port), "PYTHONPATH": "" if side.prints_link else str(RIVALS),
        "GRADIO_ANALYTICS_ENABLED": "False",
    }  # fmt: skip
    log = own / "server.log"
    with running(side.command(own, port), log, variables) as process:
        if side.prints_link:
            link = link_in(log)
        else:
            until(lambda: is_open(port))
            link = f"http://127.0.0.1:{port}/"
        try:
            yield process.pid, link, own
        finally:
            end_template(own)


def end_template(runtime: Path) -> None:
    """End the template that was started in a runtime folder, where one was."""
    before = os.environ.get("XDG_RUNTIME_DIR")
    os.environ["XDG_RUNTIME_DIR"] = str(runtime)
    try:
        client.stop()
    finally:
        del os.environ["XDG_RUNTIME_DIR"]
        os.environ.update({} if before is None else {"XDG_RUNTIME_DIR": before})
