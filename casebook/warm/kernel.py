"""The kernel in a forked process: what `python -m ipykernel_launcher` does, without its imports."""

from __future__ import annotations

import importlib
import importlib.util
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

_files: list[str] = []
"""Of the modules that the template imported: which code is not the debugger's user's own."""


def _catch_up(shell: Any) -> None:
    """Do what libraries do when they are imported in a kernel; these were imported before."""
    importlib.import_module("ipywidgets").load_ipython_extension(shell)
    importlib.import_module("matplotlib").rcParams["backend"] = os.environ["MPLBACKEND"]


def warm_up() -> None:
    """Do for the first time what a page does: read a record, encode categories, draw a figure."""
    _read()
    _encode()
    _draw()
    _files[:] = [f for m in sys.modules.copy().values() if (f := getattr(m, "__file__", None))]


def _read() -> None:
    """A record: its validators are built when one is first read."""
    template = importlib.import_module("casebook.case.template")
    template.new_record_text("warm", {"rows": "rows.csv"})


def _encode() -> None:
    """Categories of a frame: scikit-learn imports what wraps a frame once it is given one."""
    pandas = importlib.import_module("pandas")
    encoders = importlib.import_module("sklearn.preprocessing")
    frame = pandas.DataFrame({"x": pandas.Series(["a", "b"], dtype=object)})
    encoders.OneHotEncoder().fit(frame).transform(frame)


def _draw() -> None:
    """A figure, in both alphabets: it finds the fonts and lays out text for the first time."""
    base = importlib.import_module("casebook.figures.base")
    language = importlib.import_module("casebook.language")
    formats = importlib.import_module("casebook.formats")
    for name, text in (("ko", "가나다"), ("en", "abc")):
        with language.using(name):
            figure = base.new_figure(4, 3, title=text, alt=text)
            figure.add_subplot().set_ylabel(formats.number(1234.5) + language._("yes"))
            figure._repr_html_()


class _NoModules:
    """`sys`, but for its modules."""

    modules: dict[str, Any] = {}  # noqa: RUF012 (read only, and always empty)

    def __getattr__(self, name: str) -> Any:
        return getattr(sys, name)


@contextmanager
def _modules_known(kernels: Any) -> Iterator[None]:
    """Ipykernel asks every module for its file: each of 3,000 is touched, and 14 MB are copied.

    The template knows the answer. kernels: the module `ipykernel.ipkernel`.
    """
    kernels.sys = _NoModules()
    try:
        yield
    finally:
        kernels.sys = sys


def _tell_files(kernel: Any) -> None:
    """Give a kernel, and its debugger, the files that it would have found."""
    kernel._kernel_modules = _files
    if getattr(kernel, "debugger", None) is not None:
        kernel.debugger.kernel_modules = _files


def main(arguments: list[str]) -> None:
    """Run a kernel until it is shut down.

    arguments: as `ipykernel_launcher` takes them, `-f` and the connection file.
    """
    launcher = importlib.util.find_spec("ipykernel_launcher")
    sys.argv = [launcher.origin if launcher and launcher.origin else "ipykernel", *arguments]
    application = importlib.import_module("ipykernel.kernelapp").IPKernelApp.instance(
        parent_handle=int(os.environ.get("JPY_PARENT_PID") or 0)  # its default was read at import
    )
    with _modules_known(importlib.import_module("ipykernel.ipkernel")):
        application.initialize(arguments)
    _tell_files(application.kernel)
    _catch_up(application.shell)
    application.start()
