"""The files of a run's model, found without scikit-learn, which runs themselves do not load."""

from __future__ import annotations

import hashlib
from pathlib import Path

from casebook.exceptions import ModelError
from casebook.language import N_, _
from casebook.models.about import ABOUT, MODEL, ModelFile, read_about
from casebook.runs.folder import RunsFolder

CARD = "model_card.html"
CARD_TEXT = "model_card.md"
FILES = {
    CARD: N_("the model card"),
    CARD_TEXT: N_("the model card as text"),
    MODEL: N_("the model"),
    ABOUT: N_("what it reads and must say"),
}
"""The files of a model in a run, in the order shown, and what they are."""


def model_of(folder: Path) -> ModelFile | None:
    """What is said of a run's model; None where the run has none, or none that can be read."""
    if not (folder / MODEL).is_file():
        return None
    try:
        return read_about(folder)
    except ModelError:  # loading it will say why
        return None


def digests(folder: Path) -> dict[str, str]:
    """The files of a run's model and the sha256 of each, for its manifest."""
    there = (name for name in FILES if (folder / name).is_file())
    return {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in there}


def links(folder: Path) -> tuple[tuple[str, str], ...]:
    """The files of a run's model that are there: address within the run, and what each is."""
    return tuple((name, _(what)) for name, what in FILES.items() if (folder / name).is_file())


def folder_with_model(case_folder: Path, own: Path | None = None) -> Path | None:
    """The folder whose model is to be tried; None where no run of the case has saved one.

    own: the run that a notebook belongs to, taken where it has a model; else the published run,
    then what interactive work saved, then the newest run that has one.
    """
    runs = RunsFolder.of_case(case_folder)
    newest = sorted(runs.path.glob("2*"), reverse=True) if runs.path.is_dir() else []
    places = [own, runs.latest(), runs.draft, *newest]
    return next((place for place in places if place and (place / MODEL).is_file()), None)
