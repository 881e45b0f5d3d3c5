"""Why a page cannot be opened yet, in words that say what comes first; empty where it can.

Whoever reads them may have nothing but the link, so no folder of the machine is named.
"""

from __future__ import annotations

from pathlib import Path

from casebook.case import Case
from casebook.language import _
from casebook.runs.folder import RunsFolder
from casebook.runs.model_files import folder_with_model, model_of
from casebook.runs.report import INDEX
from casebook.workspace import findings_path

RUN = "casebook run CASE"
BASELINE = "baseline"


def always(_case: Case) -> str:
    """No reason why a page could not be opened."""
    return ""


def no_model(case: Case) -> str:
    """A page that tries a model needs one that was saved."""
    if folder_with_model(case.folder) is not None:
        return ""
    return _("No run has saved a model yet. This makes one: {command}", command=RUN)


def no_errors(case: Case) -> str:
    """Errors are those of the candidate that the baseline phase chose."""
    runs = RunsFolder.of_case(case.folder)
    if has_findings(runs.draft, BASELINE) or has_findings(runs.latest(), BASELINE):
        return ""
    return _(
        "No run has compared candidates yet, so there are no errors to look at. This does it: "
        "{command}",
        command=RUN,
    )


def no_ranking(case: Case) -> str:
    """A ranking needs something to be recommended, or two classes and a capacity."""
    if recommends(case) or ranks(case):
        return ""
    if case.record.objectives.capacity.amount is None:
        return _(
            "Nothing is ranked in this case. The record would say on how many answers people can "
            "act (objectives.capacity), or what is to be recommended (baseline.recommend)."
        )
    return no_model(case) or _("Only a yes or no is ranked, and this model says something else.")


def recommends(case: Case) -> bool:
    """Whether the record says who chose what."""
    wanted = case.record.baseline.recommend
    return wanted.item is not None and (wanted.user is not None or wanted.basket is not None)


def ranks(case: Case) -> bool:
    """Whether people act on so many of a model's yes or no that somebody comes first."""
    folder = folder_with_model(case.folder)
    file = None if folder is None else model_of(folder)
    two = file is not None and file.positive is not None
    return two and case.record.objectives.capacity.amount is not None


def no_target(case: Case) -> str:
    """A label is a value of the column that is to be predicted."""
    if case.record.data.target:
        return ""
    return _("The record does not say yet which column is to be predicted (data.target).")


def no_report(case: Case) -> str:
    """The report is that of the published run."""
    folder = RunsFolder.of_case(case.folder).latest()
    if folder is not None and (folder / INDEX).is_file():
        return ""
    return _("No run has been published yet. This makes a report: {command}", command=RUN)


def has_findings(folder: Path | None, stem: str) -> bool:
    """Whether a run has the findings of a phase."""
    return folder is not None and findings_path(folder, stem).is_file()
