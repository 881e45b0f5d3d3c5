"""The manifest of a run: what was run, with what, how it went; one frozen value, one JSON file."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from casebook.atomic import write_text
from casebook.exceptions import RunError
from casebook.language import _
from casebook.pages.front_page import TableSummary

FILE_NAME = "manifest.json"
FORM = 1  # the version of the manifest's form


class RunStatus(StrEnum):
    """How a run stands. `lost`: it was running when its process or its machine ended."""

    RUNNING = "running"
    OK = "ok"
    FAILED = "failed"
    STOPPED = "stopped"
    LOST = "lost"


class PhaseStatus(StrEnum):
    """How a phase of a run stands. `skipped`: not run, with a reason."""

    PENDING = "pending"
    RUNNING = "running"
    OK = "ok"
    FAILED = "failed"
    SKIPPED = "skipped"
    STOPPED = "stopped"


FINISHED = frozenset({PhaseStatus.OK, PhaseStatus.FAILED, PhaseStatus.SKIPPED, PhaseStatus.STOPPED})


class ErrorKind(StrEnum):
    """What ended a phase: the code of a cell, the kernel, a limit, a person, or the runner."""

    CELL = "cell"
    KERNEL = "kernel"
    CELL_TIMEOUT = "cell_timeout"
    RUN_TIMEOUT = "run_timeout"
    STOPPED = "stopped"
    PAGE = "page"
    WORKER = "worker"
    LOST = "lost"


@dataclass(frozen=True)
class PhaseError:
    """Why a phase did not end well.

    cell: index from 0 among all cells of the executed notebook; None where no cell is to blame.
    name, message: the exception's, or Casebook's own.
    sentence: one plain sentence for a person.
    """

    kind: ErrorKind
    name: str
    message: str
    sentence: str
    cell: int | None = None


@dataclass(frozen=True)
class PhaseRecord:
    """One phase of a run.

    seconds: wall time, None where it did not start. cells_done, cells_total: cells of code.
    reason: why it was skipped, as a sentence.
    """

    stem: str
    name: str
    status: PhaseStatus = PhaseStatus.PENDING
    started: datetime | None = None
    seconds: float | None = None
    cells_done: int = 0
    cells_total: int = 0
    error: PhaseError | None = None
    reason: str = ""


@dataclass(frozen=True)
class Manifest:
    """A run, from its start on.

    name: the run's folder, `20261122T184450Z-a1b2c3`. case, title: of the record.
    parameters: as asked for. requested: stems asked for; empty means every phase.
    versions: of Python, Casebook and the libraries that decide results.
    tables: the data as they were read, with the digest of their content.
    notes: sentences about the run itself, as what could not be stored.
    model: files of the model that the run saved, and the sha256 of each.
    boot, lock: the host's boot and the lock that this run holds while it is running.
    """

    name: str
    case: str
    case_folder: str
    started: datetime
    status: RunStatus = RunStatus.RUNNING
    ended: datetime | None = None
    title: str = ""
    language: str = "en"
    as_of: date | None = None
    seed: int = 0
    parameters: Mapping[str, Any] = field(default_factory=dict)
    requested: tuple[str, ...] = ()
    versions: Mapping[str, str] = field(default_factory=dict)
    tables: tuple[TableSummary, ...] = ()
    kernel: str = ""
    phases: tuple[PhaseRecord, ...] = ()
    exit_status: int | None = None
    notes: tuple[str, ...] = ()
    model: Mapping[str, str] = field(default_factory=dict)
    boot: str = ""
    lock: str = ""

    @property
    def id(self) -> str:
        """The six characters after the time: `a1b2c3`."""
        return self.name.rpartition("-")[2]

    @property
    def seconds(self) -> float | None:
        """Wall time of the whole run, None while it is running."""
        return (self.ended - self.started).total_seconds() if self.ended else None

    def phase(self, stem: str) -> PhaseRecord:
        """The record of one phase. Raises KeyError where the run does not have it."""
        return {phase.stem: phase for phase in self.phases}[stem]

    def with_phase(self, stem: str, **changes: Any) -> Manifest:
        """The same manifest with one phase changed."""
        phases = (replace(p, **changes) if p.stem == stem else p for p in self.phases)
        return replace(self, phases=tuple(phases))

    def save(self, folder: Path) -> None:
        """Write `manifest.json` into a run's folder, at once or not at all."""
        write_text(folder / FILE_NAME, dump(self))


def dump(manifest: Manifest) -> str:
    """The manifest as JSON, times as ISO 8601 in UTC."""
    return json.dumps(
        {"manifest": FORM, **asdict(manifest)}, indent=2, ensure_ascii=False, default=_plain
    )


def _plain(value: object) -> str:
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no place in a manifest")


def load(folder: Path) -> Manifest:
    """The manifest in a run's folder. Raises RunError where it is missing or not readable."""
    path = folder / FILE_NAME
    try:
        return parse(json.loads(path.read_text("utf-8")))
    except FileNotFoundError:
        raise RunError(_("this is not a run: it has no manifest"), place=str(folder)) from None
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise RunError(
            _("the manifest cannot be read: {error}", error=error), place=str(path)
        ) from error


def parse(data: Mapping[str, Any]) -> Manifest:
    """A manifest from its JSON. Raises ValueError, TypeError or KeyError on another form."""
    values = dict(data)
    form = values.pop("manifest")
    if form != FORM:
        raise ValueError(
            _("its form is {form}, this Casebook reads {known}", form=form, known=FORM)
        )
    values["status"] = RunStatus(values["status"])
    values["started"] = datetime.fromisoformat(values["started"])
    values["ended"] = _moment(values["ended"])
    values["as_of"] = _day(values["as_of"])
    values["tables"] = tuple(_table(table) for table in values["tables"])
    values["phases"] = tuple(_phase(phase) for phase in values["phases"])
    return Manifest(**_tuples(values, ("requested", "notes")))


def _phase(data: Mapping[str, Any]) -> PhaseRecord:
    error = data["error"]
    return PhaseRecord(
        **{
            **data,
            "status": PhaseStatus(data["status"]),
            "started": _moment(data["started"]),
            "error": error and PhaseError(**{**error, "kind": ErrorKind(error["kind"])}),
        }
    )


def _table(data: Mapping[str, Any]) -> TableSummary:
    days = {name: _day(data[name]) for name in ("first_day", "last_day")}
    return TableSummary(**{**data, **days, "assumptions": tuple(data["assumptions"])})


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _tuples(values: Mapping[str, Any], names: Iterable[str]) -> dict[str, Any]:
    return {**values, **{name: tuple(values[name]) for name in names}}
