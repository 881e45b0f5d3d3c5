"""The model that is to be tried: found among a case's runs, loaded, with its form and its rows."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from casebook.case import Case
from casebook.exceptions import ModelError
from casebook.expressions import identifier
from casebook.language import _, current
from casebook.models.about import ABOUT, MODEL
from casebook.prototype.opened import Prototype, opened
from casebook.prototype.values import Trust
from casebook.prototype.why import warm
from casebook.runs.model import saved_model
from casebook.runs.model_files import folder_with_model
from casebook.tables import Table

NOTEBOOK = "07_baseline.ipynb"


@dataclass(frozen=True, eq=False)
class Tried:
    """A prototype and the run whose model it is."""

    prototype: Prototype
    folder: Path

    @property
    def is_of_other_data(self) -> bool:
        """Whether the table has changed since the model was made."""
        made_of = self.prototype.model.file.about.fingerprint
        return bool(made_of) and made_of != self.prototype.table.fingerprint

    @cached_property
    def baseline(self) -> Mapping[str, Any]:
        """What the run found in comparing candidates, as plain values; empty where it has none."""
        path = self.folder / "findings" / "baseline.json"
        if not path.is_file():
            return {}
        found: Mapping[str, Any] = json.loads(path.read_text("utf-8"))
        return found

    @cached_property
    def days(self) -> tuple[str, str] | None:
        """The first and the last day with a label, ISO 8601; None without a column of times."""
        table = self.prototype.table
        if table.time is None:
            return None
        time, target = identifier(table.time), identifier(self.prototype.model.file.target)
        wanted = {"first": f"MIN({time})", "last": f"MAX({time})"}
        found = table.aggregate(wanted, where=f"{target} IS NOT NULL").iloc[0]
        if found.isna().any():
            return None
        return found["first"].date().isoformat(), found["last"].date().isoformat()


def to_try(
    case: Case, table: Table, trust: Trust, own: Path | None = None, *, seed: int = 0
) -> Tried:
    """The model of a run of the case, ready to answer.

    own: the run that is asked first. Raises ModelError where no run has a model, or the one that
    has cannot be read or trusted; TableError where the table lacks what the model reads.
    """
    folder = folder_with_model(case.folder, own)
    if folder is None:
        raise ModelError(
            _("no run of this case has saved a model yet, so there is nothing to try."),
            hint=_("Run {notebook}: it compares candidates and saves the chosen one.",
                   notebook=NOTEBOOK),
        )  # fmt: skip
    asked = _asked(case, table, trust, folder, seed)
    made = _ahead.get(asked[0])
    if made is not None and made[0] == asked:
        return made[1]
    model = saved_model(folder, case)
    return Tried(opened(case, table, model, trust, seed=seed), folder)


_ahead: dict[str, tuple[tuple[Any, ...], Tried]] = {}
"""By case: what a model was opened from, and it. A template fills it; its forks look here."""


def try_ahead(case: Case, table: Table, trust: Trust, own: Path | None = None) -> Tried:
    """The same, kept in this process with all that answers and reasons share.

    `to_try` gives it again as long as record, table, model, what was measured, and language are
    what they are now. Raises as `to_try` does.
    """
    found = to_try(case, table, trust, own)
    warm(found.prototype)
    _read = (found.prototype.seen, found.baseline, found.days)
    asked = _asked(case, table, trust, found.folder, seed=0)
    _ahead[asked[0]] = (asked, found)
    return found


def _asked(case: Case, table: Table, trust: Trust, folder: Path, seed: int) -> tuple[Any, ...]:
    """All that an opened model follows from; equal where it would be opened just so."""
    files = [path.stat() for path in (folder / MODEL, folder / ABOUT) if path.is_file()]
    stamps = [(one.st_ino, one.st_mtime_ns, one.st_size) for one in files]
    place = str(case.folder.resolve())
    return place, case.version, table, trust, str(folder.resolve()), stamps, seed, current()
