"""Where the notebooks and the bundled cases are: in the repository, else inside the package."""

from __future__ import annotations

from pathlib import Path

from casebook.exceptions import CasebookError
from casebook.language import _

_PACKAGE = Path(__file__).resolve().parent


def notebooks_folder() -> Path:
    """The folder of `NN_stem.ipynb`. Raises CasebookError where the installation lacks it."""
    return _place("notebooks", marker="*.ipynb")


def data_folder() -> Path:
    """The folder of the bundled cases. Raises CasebookError where the installation lacks it."""
    return _place("data", marker="*/case.yaml")


def _place(name: str, marker: str) -> Path:
    repository = _PACKAGE.parent
    candidates = [_PACKAGE / "_bundled" / name]
    if (repository / "pyproject.toml").is_file():
        candidates.insert(0, repository / name)
    for folder in candidates:
        if next(folder.glob(marker), None) is not None:
            return folder
    tried = ", ".join(str(folder) for folder in candidates)
    raise CasebookError(
        _("the folder '{name}' of Casebook is missing; looked at {tried}", name=name, tried=tried),
        hint=_("Install Casebook again."),
    )
