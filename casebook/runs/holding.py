"""Whether findings about a saved model, found in a run, still hold."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from casebook.exceptions import ModelError
from casebook.models.about import ABOUT, read_about


def holds(findings: Path, others: Iterable[Path], fingerprint: str) -> bool:
    """Whether a file of findings is newer than the run's model and all else it follows from.

    fingerprint: of the table now, which must be the one that the model was made of.
    """
    folder = findings.parent.parent
    older = [folder / ABOUT, *others]
    if not findings.is_file() or not older[0].is_file():
        return False
    made = findings.stat().st_mtime_ns
    if any(one.is_file() and one.stat().st_mtime_ns > made for one in older):
        return False
    try:
        return read_about(folder).about.fingerprint == fingerprint
    except ModelError:  # loading the model will say why
        return False
