"""The folder of runs: a run is built beside and renamed into place; `latest` points at the best."""

from __future__ import annotations

import contextlib
import secrets
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from casebook.atomic import sync_folder, write_text
from casebook.exceptions import RunError, nearest
from casebook.language import _
from casebook.runs import manifest as manifests
from casebook.runs.manifest import Manifest, RunStatus

LATEST = "latest"
DRAFT = "draft"
_BUILDING = ".building-"


def new_name(now: datetime | None = None) -> str:
    """A run's name: its start in UTC and six random characters.

    >>> new_name(datetime(2026, 11, 22, 18, 44, 50, tzinfo=UTC))[:17]
    '20261122T184450Z-'
    """
    moment = (now or datetime.now(UTC)).astimezone(UTC)
    return f"{moment:%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}"


@dataclass(frozen=True)
class RunsFolder:
    """Where the runs of a case are: `<case>/runs`, or the folder that `--out` names."""

    path: Path

    @classmethod
    def of_case(cls, case_folder: Path) -> RunsFolder:
        """The runs that a case keeps in its own folder."""
        return cls(case_folder / "runs")

    @property
    def draft(self) -> Path:
        """What interactive work writes to; never published."""
        return self.path / DRAFT

    def building(self, name: str) -> Path:
        """Where a run is built until it ended."""
        return self.path / f"{_BUILDING}{name}"

    def prepare(self) -> None:
        """Make the folder. Raises RunError where that cannot be."""
        try:
            self.path.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise RunError(
                _("the folder of runs cannot be made: {error}", error=error.strerror),
                place=str(self.path),
                hint=_("Name another folder with --out."),
            ) from error

    def begin(self, manifest: Manifest) -> Path:
        """Make the folder in which a run is built, with its manifest in it."""
        folder = self.building(manifest.name)
        folder.mkdir()
        (folder / "findings").mkdir()
        manifest.save(folder)
        return folder

    def finish(self, manifest: Manifest) -> Path:
        """Rename a run into place and publish it where it deserves that; returns its folder."""
        building, place = self.building(manifest.name), self.path / manifest.name
        manifest.save(building)
        building.rename(place)
        sync_folder(self.path)
        if deserves_latest(manifest, self.latest_manifest()):
            self.publish(manifest.name)
        return place

    def publish(self, name: str) -> None:
        """Point `latest` at a run, at once: a relative link, or a text file where links fail."""
        beside = self.path / f".{secrets.token_hex(6)}.tmp"
        self._set_copy_aside()
        try:
            beside.symlink_to(name, target_is_directory=True)
        except OSError:
            write_text(self.path / LATEST, name + "\n")
            return
        try:
            beside.replace(self.path / LATEST)
        except BaseException:
            with contextlib.suppress(FileNotFoundError):
                beside.unlink()
            raise
        sync_folder(self.path)

    def _set_copy_aside(self) -> None:
        """A copy of the case made a folder of the link `latest`: keep it under another name."""
        pointer = self.path / LATEST
        if pointer.is_dir() and not pointer.is_symlink():
            pointer.rename(self.path / f"{LATEST}-copied-{secrets.token_hex(3)}")

    def latest(self) -> Path | None:
        """The folder of the published run, or None where there is none."""
        pointer = self.path / LATEST
        if pointer.is_symlink():
            folder = self.path / pointer.readlink()
        elif pointer.is_file():
            folder = self.path / pointer.read_text("utf-8").strip()
        else:
            return None
        return folder if folder.is_dir() else None

    def latest_manifest(self) -> Manifest | None:
        """The manifest of the published run; None where there is none that can be read."""
        folder = self.latest()
        with contextlib.suppress(RunError):
            return manifests.load(folder) if folder else None
        return None

    def folders(self) -> tuple[Path, ...]:
        """The folders of all ended runs, the newest first."""
        found = (p.parent for p in self.path.glob(f"[0-9]*T*Z-*/{manifests.FILE_NAME}"))
        return tuple(sorted(found, key=lambda folder: folder.name, reverse=True))

    def unfinished(self) -> tuple[Path, ...]:
        """The folders of runs that are being built, or were when they were lost."""
        return tuple(sorted(self.path.glob(f"{_BUILDING}*")))

    def find(self, name: str) -> Path:
        """The folder of a run by its name, its six characters, or `latest`.

        Raises RunError with the nearest name where there is none.
        """
        folders = self.folders()
        latest = self.latest()
        if name == LATEST and latest:
            return latest
        for folder in folders:
            if name in (folder.name, folder.name.rpartition("-")[2]):
                return folder
        raise RunError(
            _("there is no run '{name}'; there are {n} runs", name=name, n=len(folders)),
            place=str(self.path),
            hint=nearest(name, [folder.name for folder in folders]),
        )


def deserves_latest(new: Manifest, published: Manifest | None) -> bool:
    """Whether a run replaces the published one.

    Only one that ended ok, that has every phase of the published one, and that looks at no
    earlier day: a report made again for a past day does not hide today's.
    """
    if new.status is not RunStatus.OK:
        return False
    if published is None:
        return True
    stems = {phase.stem for phase in new.phases}
    return stems >= {phase.stem for phase in published.phases} and _day(new) >= _day(published)


def _day(manifest: Manifest) -> str:
    return (manifest.as_of or manifest.started.date()).isoformat()


def ended(manifest: Manifest, status: RunStatus, exit_status: int | None) -> Manifest:
    """The manifest of a run that ended now."""
    return replace(manifest, status=status, exit_status=exit_status, ended=datetime.now(UTC))
