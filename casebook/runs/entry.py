"""What is kept for good: an entry, the receipt for it, and when two entries are the same."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from casebook.exceptions import RunError
from casebook.formats import moment
from casebook.language import _

SAID: Mapping[str, tuple[str, ...]] = {
    "predictions": ("case_name", "model"),
    "feedback": ("case_name", "kind", "prediction", "corrected", "reason", "comment", "by"),
    "labels": ("case_name", "row", "label", "note", "by"),
    "alerts": ("run", "name", "level", "sentence"),
}
"""Table -> what makes two entries of one id the same: what was said, not the circumstances."""


class IdTaken(RunError):
    """An id was sent again with something else: to keep it would be to lose or to change."""


class Kept(StrEnum):
    """Where something is that was accepted. `spooled`: in a file, and stored later."""

    STORED = "stored"
    SPOOLED = "spooled"


@dataclass(frozen=True)
class Receipt:
    """What somebody gets once nothing can lose what they said: after a commit or a synced file.

    at: when it was accepted, in UTC; the same for the same id, however often it is sent.
    is_new: whether it was not there before; no part of what makes two receipts equal.
    """

    id: str
    at: datetime
    kept: Kept = Kept.STORED
    is_new: bool = field(default=True, compare=False)

    @property
    def sentence(self) -> str:
        """What a person reads."""
        if self.kept is Kept.STORED:
            return _("Stored at {time} UTC, receipt {id}.", time=moment(self.at), id=self.id)
        return _(
            "Kept in a file at {time} UTC, receipt {id}. It enters the store as soon as that can "
            "be written.",
            time=moment(self.at),
            id=self.id,
        )


@dataclass(frozen=True)
class Entry:
    """A row of an append-only table, before it is kept.

    at: when it was accepted, in UTC. values: column -> a text, None or a JSON value.
    """

    table: str
    id: str
    at: datetime
    values: Mapping[str, Any] = field(repr=False)

    @property
    def said(self) -> dict[str, Any]:
        """What makes it the same when it is sent again."""
        return {name: self.values.get(name) for name in SAID[self.table]}

    def check_same(self, earlier: Entry) -> None:
        """Raise IdTaken where an earlier entry of the same id said something else."""
        if self.said != earlier.said:
            raise IdTaken(
                _("the id '{id}' was used for something else already", id=self.id),
                place=self.table,
                hint=_("Send it again with a new id."),
            )


def dump(entry: Entry, why: str) -> str:
    """An entry as JSON, for a file. why: what kept it from the store."""
    written = {"entry": 1, "table": entry.table, "id": entry.id, "at": entry.at.isoformat()}
    return json.dumps({**written, "why": why, "values": dict(entry.values)}, indent=1)


def load(text: str) -> Entry:
    """The entry in a file. Raises ValueError on anything else."""
    try:
        data = json.loads(text)
        at = datetime.fromisoformat(data["at"]).astimezone(UTC)
        entry = Entry(data["table"], str(data["id"]), at, dict(data["values"]))
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"no entry: {error!r}") from error
    if data.get("entry") != 1 or entry.table not in SAID:
        raise ValueError(f"no entry: form {data.get('entry')!r}, table {entry.table!r}")
    return entry
