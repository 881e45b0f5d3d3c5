"""Whether findings about a saved model, found in a run, still hold."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from casebook.exceptions import ModelError
from casebook.models.about import ABOUT, read_about


def holds(findings: Path, model: Path | None, others: Iterable[Path], fingerprint: str) -> bool:
    """Whether a file of findings is newer than the model and all else it follows from.

    model: the folder of the model that is tried; None where there is none.
    fingerprint: of the table now, which must be the one that the model was made of.
    """
    if model is None or not findings.is_file() or not (model / ABOUT).is_file():
        return False
    older = [model / ABOUT, *others]
    made = findings.stat().st_mtime_ns
    if any(one.is_file() and one.stat().st_mtime_ns > made for one in older):
        return False
    try:
        return read_about(model).about.fingerprint == fingerprint
    except ModelError:  # loading the model will say why
        return False
