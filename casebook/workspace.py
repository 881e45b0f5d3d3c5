"""What a notebook opens: the case, its table, and where findings are read and written.

work = open_phase("symptom", globals())
findings = work.examine()
work.save(findings)
"""

from __future__ import annotations

import difflib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from casebook import language
from casebook.atomic import write_text
from casebook.case import Case, load_case
from casebook.exceptions import MissingFindings, ParameterError, RunError, nearest
from casebook.formats import number
from casebook.language import _
from casebook.pages import opening
from casebook.pages.base import Html, join, notice
from casebook.phases.findings import Findings, Upstream, dump, load, module_of, phase_named
from casebook.phases.registry import Phase
from casebook.places import data_folder
from casebook.runs.folder import RunsFolder
from casebook.runs.holding import holds
from casebook.runs.model_files import folder_with_model
from casebook.runs.shared import FOLDER_VARIABLE, PAGE_VARIABLE, READ_VARIABLE, key_of, once
from casebook.tables import Table, open_table

if TYPE_CHECKING:
    from casebook.runs.model import ToSave

DEFAULTS: Mapping[str, Any] = {"case": "", "as_of": "", "run": "", "seed": 0}
"""The parameters that every notebook declares, and their defaults."""

CASE_VARIABLE = "CASEBOOK_CASE"
IN_LAB = "JPY_SESSION_NAME"  # Jupyter's server sets it for notebooks that a person has opened
OVERVIEW_ROWS = 10_000
BUNDLED = "restaurant"

_PLAIN = (str, int, float, list, dict, type(None))
_CELLS_BEFORE_OPENING = 4  # IPython's own empty entry, parameters, injected ones, the opening


@dataclass(frozen=True)
class Workspace:
    """One phase of one case, opened.

    folder: the run that findings are read from and saved to; `runs/draft` in interactive work.
    """

    case: Case
    phase: Phase
    folder: Path
    as_of: date | None = None
    seed: int = 0

    @cached_property
    def table(self) -> Table:
        """The table that phases examine, read when first asked for."""
        return open_table(self.case, as_of=self.as_of)

    def examine(self) -> Findings:
        """What the data say: the phase's findings.

        Visitors of one server share them. Raises MissingFindings when a phase that this one needs
        has not run.
        """
        upstream = self.upstream()
        if FOLDER_VARIABLE not in os.environ:
            return self._computed(upstream)
        key = key_of(self.case, phase=self.phase.stem, seed=self.seed, as_of=self.as_of,
                     upstream=upstream)  # fmt: skip
        text = once(key, lambda: dump(self._computed(upstream)), os.environ)
        shared: Findings = load(self.phase, text)
        return shared

    @property
    def page(self) -> str:
        """The page of `casebook app` that this is shown as; empty elsewhere."""
        return os.environ.get(PAGE_VARIABLE, "")

    def kept(self) -> Findings | None:
        """Findings of a phase about the saved model that a run has, if they still hold; else None.

        They do where they are newer than the record, the model and the findings that the phase
        reads, are of the same seed, and the table is the one that the model was made of.
        """
        path = self._place_of(self.phase.stem)
        older = [self.case.path, *map(self._place_of, (*self.phase.needs, *self.phase.reads))]
        model = folder_with_model(self.case.folder, self.folder)
        if self.as_of is not None or not holds(path, model, older, self.table.fingerprint):
            return None
        found: Any = _loaded(self.phase, path)
        return found if found.seed == self.seed else None

    def _computed(self, upstream: Upstream) -> Findings:
        findings: Findings = module_of(self.phase).examine(
            self.case, self.table, upstream, seed=self.seed
        )
        return findings

    def upstream(self) -> Upstream:
        """Findings of the phases that this one needs or reads, as far as they are there."""
        found = {}
        for stem in (*self.phase.needs, *self.phase.reads):
            path = self._place_of(stem)
            if path.is_file():
                found[stem] = _plain(phase_named(stem), path)
            elif stem in self.phase.needs:
                needed = phase_named(stem)
                raise MissingFindings(
                    _("'{phase}' needs the findings of '{needed}', which are not in {folder}.",
                      phase=_(self.phase.title), needed=_(needed.title), folder=self.folder),
                    hint=_("Run {notebook} first.", notebook=f"{needed.name}.ipynb"),
                )  # fmt: skip
        return found

    def findings_of(self, stem: str) -> Findings | None:
        """Findings of another phase as its own value; None where there are none."""
        path = self._place_of(stem)
        return _loaded(phase_named(stem), path) if path.is_file() else None

    def _place_of(self, stem: str) -> Path:
        """Where the findings of a phase are read: this run, else the published one of a page."""
        own, runs = findings_path(self.folder, stem), RunsFolder.of_case(self.case.folder)
        published = os.environ.get(READ_VARIABLE, "")
        is_page = published and self.folder == runs.draft
        return findings_path(Path(published), stem) if is_page and not own.is_file() else own

    def overview(self, rows: int = OVERVIEW_ROWS) -> Any:
        """An interactive report (skrub's) of at most so many rows, in JupyterLab; None elsewhere.

        A report on paper has the phase's own page of every column; scheduled runs do without.
        """
        if IN_LAB not in os.environ:
            return None
        from skrub import TableReport  # late: it takes a second to load, for JupyterLab only

        frame = self.table.frame(limit=rows, seed=self.seed)
        title = _("{n} of {all} rows", n=number(len(frame)), all=number(self.table.rows))
        return TableReport(frame, title=title, verbose=0)

    def save(self, findings: Findings) -> Html:
        """Write the findings into the run; returns the sentence that says where they are."""
        path = findings_path(self.folder, self.phase.stem)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            write_text(path, dump(findings))
        except OSError as error:
            raise RunError(
                _("the findings cannot be saved: {error}", error=error.strerror or error),
                place=str(path),
                hint=_("Is the disk full, or the folder read-only?"),
            ) from error
        shown = path.relative_to(self.folder)
        return notice("ok", _("Saved in the run as {path}.", path=shown))

    def save_model(self, wanted: ToSave) -> Html:
        """Fit a model on all labelled rows and save it into the run with its card.

        Returns the sentence that says so, with links. Raises ModelError where skops has no form
        for it, or it needs types that the record does not allow.
        """
        from casebook.runs import model  # late: scikit-learn is slow to load, for this phase only

        return model.fragment(self.folder, model.keep(self.folder, self.case, wanted))

    def save_chosen(self, findings: Any) -> Html:
        """Save the candidate that the baseline phase chose, where it is one to be kept."""
        from casebook.runs import chosen  # late, as above

        wanted = chosen.to_save(self.case, self.table, findings)
        if wanted is None:
            return notice("empty", _("There is no model to be saved."))
        return self.save_model(wanted)

    def _repr_html_(self) -> str:
        return join(opening.page(self.case, self.table), *self._read_elsewhere())._repr_html_()

    def _read_elsewhere(self) -> list[Html]:
        """Which findings are those of the published run, in words; nothing where none are."""
        stems = (*self.phase.needs, *self.phase.reads)
        folders = {stem: self._place_of(stem).parent.parent for stem in stems}
        other = [stem for stem in stems if folders[stem] != self.folder]
        if not other:
            return []
        titles = ", ".join(_(phase_named(stem).title) for stem in other)
        said = _("What this rests on is from the published run {run}: {phases}.",
                 run=folders[other[0]].name, phases=titles)  # fmt: skip
        return [notice("info", said)]


def open_phase(stem: str, parameters: Mapping[str, Any]) -> Workspace:
    """Open a phase with the parameters of its notebook: pass `globals()`.

    Sets the language of the case for all that follows. Raises ParameterError for a parameter
    that is unknown or of another type, RecordError when the record cannot be read.
    """
    values = checked(parameters)
    case = load_case(_case_folder(values["case"]))
    language.use(case.record.language)
    folder = Path(values["run"]) if values["run"] else RunsFolder.of_case(case.folder).draft
    return Workspace(case, phase_named(stem), folder, _day(values["as_of"]), values["seed"])


def checked(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """The declared parameters; unknown names and other types are errors.

    papermill only warns of a misspelt parameter and sets it as one more variable. Just after the
    notebook has started every plain variable is a parameter; later only near-misses are told.
    """
    declared = {name: parameters.get(name, default) for name, default in DEFAULTS.items()}
    for name, value in declared.items():
        if type(value) is not type(DEFAULTS[name]):
            raise ParameterError(
                _("parameter '{name}' must be of type {allowed}; found {value}.",
                  name=name, allowed=type(DEFAULTS[name]).__name__, value=repr(value))
            )  # fmt: skip
    just_started = len(parameters.get("In", ())) <= _CELLS_BEFORE_OPENING
    for name, value in parameters.items():
        plain = isinstance(value, _PLAIN) and not name.startswith("_") and name not in _IPYTHON
        close = difflib.get_close_matches(name, list(DEFAULTS), n=1, cutoff=0.75)
        if plain and name not in DEFAULTS and (close or just_started):
            raise ParameterError(
                _("there is no parameter '{name}'; there are {allowed}.",
                  name=name, allowed=", ".join(DEFAULTS)),
                hint=nearest(name, DEFAULTS),
            )  # fmt: skip
    return declared


_IPYTHON = {"In", "Out"}


def findings_path(folder: Path, stem: str) -> Path:
    """Where a run keeps the findings of a phase."""
    return folder / "findings" / f"{stem}.json"


def _loaded(phase: Phase, path: Path) -> Any:
    try:
        return load(phase, path.read_text("utf-8"))
    except ValidationError as error:
        raise RunError(
            _("these findings are not of this version's form: {error}",
              error=error.errors()[0]["msg"]),
            place=str(path),
            hint=_("Run {notebook} again.", notebook=f"{phase.name}.ipynb"),
        ) from error  # fmt: skip


def _plain(phase: Phase, path: Path) -> Mapping[str, Any]:

    _loaded(phase, path)
    found: Mapping[str, Any] = json.loads(path.read_text("utf-8"))
    return found


def _case_folder(named: str) -> Path:
    """The folder that was named, else `$CASEBOOK_CASE`, else the bundled restaurant."""
    chosen = named or os.environ.get(CASE_VARIABLE, "")
    if not chosen:
        return data_folder() / BUNDLED
    folder = Path(chosen)
    # A notebook may stand in notebooks/ while the path was given from the folder above it.
    if not folder.is_absolute() and not folder.exists() and (Path("..") / folder).exists():
        return Path("..") / folder
    return folder


def _day(text: str) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise ParameterError(
            _("parameter 'as_of' must be a day as 2026-06-30; found '{text}'.", text=text)
        ) from error
