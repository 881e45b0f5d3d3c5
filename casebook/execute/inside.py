"""Loaded into a Python kernel before the first cell: no single value or write is too big to send.

A value of 1 GB would be copied several times on its way into a notebook; it is cut where it is
made. What many small writes add up to is capped by the client, which any kernel has.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from typing import Any

from casebook import language
from casebook.execute.cap import HEAD, TAIL, cut

LANGUAGE_VARIABLE = "CASEBOOK_RUN_LANGUAGE"
_HEAD, _TAIL = HEAD - 1_000, TAIL - 1_000  # with the note it still fits into what is kept
BIGGEST_PAGE = 50_000_000  # characters of HTML, SVG and the like

Bundle = dict[str, Any]


def guard(shell: Any) -> None:
    """Guard the streams and the displayed values of this kernel."""
    shell.events.register("pre_run_cell", _guard_streams)
    _guard_display(shell.display_formatter)


def _guard_streams(_information: object = None) -> None:
    """Guard both streams; for every cell, because IPython puts its own `write` there each time."""
    for stream in (sys.stdout, sys.stderr):
        if not hasattr(stream.write, "guarded"):
            stream.write = _guarded(stream.write)  # type: ignore[method-assign]


def _guarded(write: Callable[[str], int]) -> Callable[[str], int]:
    def guarded(text: str) -> int:
        with language.using(_language()):
            write(cut(text, _HEAD, _TAIL))
        return len(text)

    guarded.guarded = True  # type: ignore[attr-defined]
    return guarded


def _guard_display(formatter: Any) -> None:
    format_all = formatter.format

    def guarded(value: object, *args: Any, **kwargs: Any) -> tuple[Bundle, Bundle]:
        with language.using(_language()):
            shown = cut(value, _HEAD, _TAIL) if type(value) is str else value
            data, metadata = format_all(shown, *args, **kwargs)
            return limit(data), metadata

    formatter.format = guarded


def _language() -> str:
    return os.environ.get(LANGUAGE_VARIABLE, "en")


def limit(data: Mapping[str, Any]) -> Bundle:
    """The same bundle with a long text cut and a page that is too big replaced by its note."""
    limited: Bundle = {}
    for kind, value in data.items():
        if kind == "text/plain" and isinstance(value, str):
            limited[kind] = cut(value, HEAD, TAIL)
        elif isinstance(value, str) and len(value) > BIGGEST_PAGE:
            limited.setdefault("text/plain", cut(value, 0, 0))
        else:
            limited[kind] = value
    return limited
