"""The front page of a run, made from its manifest, its findings and the record."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from itertools import groupby
from pathlib import Path
from typing import Any

from casebook import language
from casebook.atomic import write_text
from casebook.case import Case, open_questions
from casebook.exceptions import CasebookError
from casebook.formats import number
from casebook.language import _
from casebook.pages.front import front_page
from casebook.pages.front_page import (
    CardStatus,
    Failure,
    FeedbackCount,
    FrontPage,
    ModelSummary,
    OpenQuestions,
    PhaseCard,
)
from casebook.phases.registry import PHASES, SECTION_TITLES, Phase
from casebook.runs.feedback import count_since_last_run
from casebook.runs.manifest import Manifest, PhaseRecord, PhaseStatus
from casebook.runs.model_files import links, model_of

INDEX = "index.html"
_CARD: Mapping[PhaseStatus, CardStatus] = {
    PhaseStatus.PENDING: "not_run",
    PhaseStatus.RUNNING: "running",
    PhaseStatus.OK: "ok",
    PhaseStatus.FAILED: "failed",
    PhaseStatus.SKIPPED: "skipped",
    PhaseStatus.STOPPED: "stopped",
}
_FIGURE = re.compile(r'<figure class="cb-figure"[^>]*>.*?</figure>', re.DOTALL)


def write_report(folder: Path, manifest: Manifest, case: Case | None) -> Path:
    """Write `index.html` into a run's folder.

    case: the record as it was when the run began; None leaves out what only it knows.
    Raises OSError where it cannot be saved.
    """
    with language.using(manifest.language):
        write_text(folder / INDEX, front_page(page_of(folder, manifest, case)))
    return folder / INDEX


def page_of(folder: Path, manifest: Manifest, case: Case | None) -> FrontPage:
    """What the front page shows, in the current language."""
    findings = {p.stem: _findings(folder, p.stem) for p in manifest.phases}
    return FrontPage(
        name=manifest.case,
        title=manifest.title or manifest.case,
        language=manifest.language,
        status=manifest.status.value,
        summary=(case.record.summary or "") if case else "",
        headline=_headline(findings.get("case", {})),
        owner=(case.record.owner or "") if case else "",
        run_id=manifest.name,
        started=manifest.started,
        seconds=manifest.seconds,
        as_of=manifest.as_of,
        cards=_cards(folder, manifest, findings),
        unanswered=_unanswered(folder, manifest, case) if case else (),
        failures=_failures(folder, manifest),
        parameters=_parameters(manifest),
        tables=manifest.tables,
        versions=tuple(manifest.versions.items()),
        model=_model(folder),
        feedback=_feedback(manifest, case) if case else None,
    )


def _model(folder: Path) -> ModelSummary | None:
    file = model_of(folder)
    if file is None:
        return None
    said = _("The {name} that predicts {target}, fitted on {n} rows.", target=file.target,
             name=file.about.title or file.about.candidate, n=number(file.rows))  # fmt: skip
    return ModelSummary(said, links(folder))


def _findings(folder: Path, stem: str) -> Mapping[str, Any]:
    try:
        found = json.loads((folder / "findings" / f"{stem}.json").read_text("utf-8"))
    except (OSError, ValueError):  # it did not get so far; its card says why
        return {}
    return found if isinstance(found, dict) else {}


def _headline(findings: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(str(sentence) for sentence in findings.get("headline", ()))


def _cards(
    folder: Path, manifest: Manifest, findings: Mapping[str, Mapping[str, Any]]
) -> tuple[PhaseCard, ...]:
    records = {record.stem: record for record in manifest.phases}
    return tuple(
        _card(folder, phase, records.get(phase.stem), findings.get(phase.stem, {}))
        for phase in PHASES
        if phase.stem != "case" or not findings.get("case")  # the page itself is its card
    )


def _card(
    folder: Path, phase: Phase, record: PhaseRecord | None, findings: Mapping[str, Any]
) -> PhaseCard:
    said = _headline(findings)
    if not said and record is not None:
        said = tuple(filter(None, (record.error.sentence if record.error else record.reason,)))
    pictures = _pictures(folder / f"{phase.name}.ipynb")
    return PhaseCard(
        number=phase.number,
        stem=phase.stem,
        title=_(phase.title),
        question=_(phase.question),
        status=_card_status(record),
        headline=said,
        picture=pictures[0] if pictures else "",
        more=pictures[-1] if len(pictures) > 1 else "",
        link=_link(folder, phase.name),
        seconds=record.seconds if record else None,
    )


def _card_status(record: PhaseRecord | None) -> CardStatus:
    return _CARD[record.status] if record is not None else "not_run"


def _link(folder: Path, name: str) -> str:
    page = f"{name}.html"
    return page if (folder / page).is_file() else ""


def _pictures(notebook: Path) -> tuple[str, ...]:
    """The figures of ours among a notebook's outputs, in order."""
    outputs = [output for cell in _cells(notebook) for output in cell.get("outputs", ())]
    texts = [output.get("data", {}).get("text/html", "") for output in outputs]
    return tuple(figure for text in texts for figure in _FIGURE.findall("".join(text)))


def _cells(notebook: Path) -> list[dict[str, Any]]:
    try:
        cells = json.loads(notebook.read_text("utf-8"))["cells"]
    except (OSError, ValueError, KeyError):
        return []
    return list(cells)


def _unanswered(folder: Path, manifest: Manifest, case: Case) -> tuple[OpenQuestions, ...]:
    names = {record.stem: record.name for record in manifest.phases}
    return tuple(
        OpenQuestions(
            phase=_(SECTION_TITLES.get(stem, stem)),
            questions=tuple(question.text for question in group),
            link=_link(folder, names[stem]) if stem in names else "",
        )
        for stem, group in groupby(open_questions(case.record), key=lambda q: q.phase)
    )


def _failures(folder: Path, manifest: Manifest) -> tuple[Failure, ...]:
    titles = {phase.stem: phase.title for phase in PHASES}
    return tuple(
        Failure(
            phase=_(titles.get(record.stem, record.name)),
            error=record.error.sentence,
            cell=_code_number(folder / f"{record.name}.ipynb", record.error.cell),
            link=_link(folder, record.name),
        )
        for record in manifest.phases
        if record.error is not None
    )


def _code_number(notebook: Path, index: int | None) -> int | None:
    """The number of a cell among the cells of code, from 1, as readers count them."""
    kinds = [str(cell.get("cell_type")) for cell in _cells(notebook)]
    if index is None or index >= len(kinds) or kinds[index] != "code":
        return None
    return kinds[: index + 1].count("code")


def _feedback(manifest: Manifest, case: Case) -> FeedbackCount | None:
    """What people said since the run before; None where there is nothing to say."""
    try:
        count = count_since_last_run(case, manifest.started)
    except CasebookError as error:  # a store that is away does not harm a report
        return FeedbackCount(problem=str(error))
    return count if count.stored or count.waiting else None


def _parameters(manifest: Manifest) -> tuple[tuple[str, str], ...]:
    asked = {name: _text(value) for name, value in manifest.parameters.items()}
    asked.setdefault("seed", str(manifest.seed))
    if manifest.as_of:
        asked.setdefault("as_of", manifest.as_of.isoformat())
    return tuple(asked.items())


def _text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
