"""Column names that SQL can tell apart: outer spaces gone, none empty, none twice."""

from __future__ import annotations

import re
from collections.abc import Sequence

from casebook.language import N_
from casebook.tables.model import Assumption


def unique_names(names: Sequence[str]) -> tuple[tuple[str, ...], list[Assumption]]:
    """Names made unique whatever their case (SQL does not tell `a` from `A`), and what changed.

    >>> unique_names(["a", "A", "", "b "])[0]
    ('a', 'A_2', 'column_3', 'b')
    """
    notes: list[Assumption] = []
    taken = {_trimmed(name).lower() for name in names}
    used: set[str] = set()
    result = []
    for n, written in enumerate(names, start=1):
        name = _trimmed(written)
        if not name:
            name = _free(f"column_{n}", taken | used)
            notes.append(Assumption("columns", name, N_("column {n} has no name"), {"n": n}))
        elif name.lower() in used:
            old, name = name, _free(f"{name}_2", taken | used)
            message = N_("'{name}' names more than one column (capitals do not count)")
            notes.append(Assumption("columns", name, message, {"name": old}))
        elif name != written:
            message = N_("spaces or line breaks around or within '{name}' were taken away")
            notes.append(Assumption("columns", name, message, {"name": written}))
        used.add(name.lower())
        result.append(name)
    return tuple(result), notes


def _trimmed(name: str) -> str:
    return re.sub(r"[\r\n\t]+", " ", name).replace("\ufeff", "").strip()


def _free(name: str, taken: set[str]) -> str:
    stem, n = re.fullmatch(r"(.*?)_?(\d+)?", name, re.DOTALL), 2
    base = stem.group(1) if stem else name
    n = int(stem.group(2)) if stem and stem.group(2) else 2
    while f"{base}_{n}".lower() in taken:
        n += 1
    return f"{base}_{n}"
