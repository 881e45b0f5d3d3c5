"""The files of what is imported, and whether one has changed since."""

from __future__ import annotations

import importlib
import os
import pkgutil
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

_OURS = Path(__file__).parents[1]
_READ = frozenset({".mo", ".css", ".html", ".js", ".j2"})  # catalogues, styles, templates
Stamp = tuple[int, int]  # nanoseconds of its last change, bytes


def import_all(names: Iterable[str]) -> None:
    """Import modules; of a name that ends in `.*` the package and all modules in it."""
    for name in names:
        package = importlib.import_module(name.removesuffix(".*"))
        if name.endswith(".*"):
            for found in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
                importlib.import_module(found.name)


def draw_together() -> None:
    """Put the names and files of all modules side by side in memory.

    A kernel looks at each of them when it starts. To look at an object is to count a reference,
    which copies its page; scattered, these few hundred kilobytes lie on thousands of pages.
    """
    modules = list(sys.modules.items())
    sys.modules.clear()
    for name, module in modules:
        sys.modules[_copy(name)] = module
    for _name, module in modules:
        file = getattr(module, "__file__", None)
        if type(file) is str:
            module.__file__ = _copy(file)


def _copy(text: str) -> str:
    return text.encode().decode()


def function(name: str) -> Callable[..., Any]:
    """The function that `module:function` names."""
    module, _colon, attribute = name.partition(":")
    found: Callable[..., Any] = getattr(importlib.import_module(module), attribute)
    return found


def stamps() -> dict[str, Stamp]:
    """File of each imported module, and of what our own ones read and keep -> its stamp."""
    files = {getattr(module, "__file__", None) for module in list(sys.modules.values())}
    files |= {os.fspath(path) for path in _OURS.rglob("*") if path.suffix in _READ}
    return {file: stamp for file in files if file and (stamp := _stamp(file))}


def changed(before: dict[str, Stamp]) -> str | None:
    """The first file that is not as it was; None where all are."""
    return next((file for file, stamp in before.items() if _stamp(file) != stamp), None)


def shadowed(folder: str, names: frozenset[str]) -> str | None:
    """A file in the folder that an ordinary kernel there would import in place of ours."""
    try:
        entries = os.listdir(folder)
    except OSError:
        return None
    for entry in entries:
        name = entry.partition(".")[0] if entry.endswith((".py", ".so")) else entry
        if name in names and not _is_loaded(folder, name):
            path = os.path.join(folder, entry)
            if entry != name or os.path.isfile(os.path.join(path, "__init__.py")):
                return path
    return None


def _is_loaded(folder: str, name: str) -> bool:
    file = getattr(sys.modules[name], "__file__", None) or ""
    here = os.path.join(os.path.realpath(folder), name)
    return os.path.realpath(file) in (f"{here}.py", os.path.join(here, "__init__.py"))


def top_names() -> frozenset[str]:
    """The top-level names that are imported, without the standard library's."""
    return frozenset(name for name in sys.modules if "." not in name) - sys.stdlib_module_names


def _stamp(file: str) -> Stamp | None:
    try:
        found = os.stat(file)
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size
