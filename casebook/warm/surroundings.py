"""What a forked process takes from its template and cannot change: must be as its client's is."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from casebook import __version__
from casebook.warm.settings import PROTOCOL, read_at_start

_NAMESPACES = ("mnt", "net", "pid", "user")
_LOCALE = ("LC_ALL", "LC_CTYPE", "LANG")  # the first that is set counts


def surroundings(environment: Mapping[str, str]) -> dict[str, Any]:
    """Plain values, equal for two processes that can stand for each other.

    environment: the one that the new process is to have.
    """
    return {
        "protocol": PROTOCOL,
        "casebook": __version__,
        "python": [os.path.realpath(sys.executable), sys.prefix, sys.version],
        "encoding": _encoding(environment),
        "environment": read_at_start(environment),
        "folder": os.getcwd() if _looks_around(environment) else "",
        "user": [os.getuid(), os.getgid(), sorted(os.getgroups())],
        "niceness": os.nice(0),
        "namespaces": [_link(f"/proc/self/ns/{name}") for name in _NAMESPACES],
        "root": _link("/proc/self/root"),
        "cgroup": _text("/proc/self/cgroup"),
    }


def differences(ours: Mapping[str, Any], theirs: Mapping[str, Any]) -> tuple[str, ...]:
    """The names of what differs, as `python` or `environment: PYTHONPATH`."""
    found = []
    for name in ours:
        if ours[name] == theirs.get(name):
            continue
        if name == "environment":
            mine, other = ours[name], theirs.get(name, {})
            names = sorted(k for k in {*mine, *other} if mine.get(k) != other.get(k))
            found += [f"environment: {variable}" for variable in names]
        else:
            found.append(name)
    return tuple(found)


def _encoding(environment: Mapping[str, str]) -> str:
    """What Python would take the locale's encoding for; it makes UTF-8 of C and POSIX."""
    locale = next((v for n in _LOCALE if (v := environment.get(n))), "")
    codec = locale.partition(".")[2].partition("@")[0].lower().replace("-", "")
    return "utf8" if locale in ("", "C", "POSIX") else codec


def _looks_around(environment: Mapping[str, str]) -> bool:
    """Whether the places of modules depend on the folder that Python is started in."""
    places = environment.get("PYTHONPATH", "")
    return bool(places) and not all(os.path.isabs(entry) for entry in places.split(os.pathsep))


def _link(path: str) -> str:
    try:
        return os.readlink(path)
    except OSError:
        return ""


def _text(path: str) -> str:
    try:
        return Path(path).read_text("utf-8")
    except OSError:
        return ""
