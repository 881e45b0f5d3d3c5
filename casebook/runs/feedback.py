"""What people say of a case, kept so that it is never lost, and read again.

receipt = keep_feedback(case, Feedback(id=page_id, kind="wrong", prediction=prediction_id))

A receipt is returned only after the commit or, where the store cannot be written (locked, full,
read-only, away, newer than this Casebook), after a file of the spool was synced and renamed. What
waits there is brought along by the next write that works, or by `drain`. The same id sent again
makes no second row and gives the same receipt.

Privacy: nothing here is shown unless it is read by these functions or `casebook feedback`; texts
of errors and values' own descriptions hold nothing of it. Inputs, and the outputs in the log of
predictions, are kept only where the record says `monitoring.log_allowed: yes`, as it stood when
the case was opened; feedback itself is always kept, without inputs otherwise.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import pandas as pd

from casebook.case import Case
from casebook.exceptions import CasebookError
from casebook.pages.front_page import FeedbackCount
from casebook.runs.entry import Entry, IdTaken, Receipt
from casebook.runs.said import Feedback, Kind, Label, NotAccepted, Prediction
from casebook.runs.spool import Drained, NotKept, Spool
from casebook.runs.store import Store, open_store
from casebook.runs.store_engine import StoreError, store_url

__all__ = [
    "Drained",
    "Feedback",
    "FeedbackCount",
    "IdTaken",
    "Kind",
    "Label",
    "NotAccepted",
    "NotKept",
    "Prediction",
    "Receipt",
    "StoreError",
    "count_feedback",
    "count_since_last_run",
    "drain",
    "keep_feedback",
    "keep_label",
    "log_prediction",
    "read_feedback",
    "read_labels",
    "read_predictions",
]

PATIENCE = 5.0  # seconds that a person waits at most before a file takes it

_FEEDBACK = (
    "id", "at", "kind", "corrected", "reason", "comment", "by", "prediction", "output", "inputs",
    "model", "run", "page", "language",
)  # fmt: skip
_LABELS = ("row", "label", "by", "at", "note", "id")
_PREDICTIONS = ("id", "at", "output", "inputs", "model", "run", "page")


def keep_feedback(case: Case, feedback: Feedback, *, patience: float = PATIENCE) -> Receipt:
    """Keep what somebody said; once the receipt is there, nothing can lose it.

    patience: seconds to wait for other writers before a file takes it.
    Raises NotAccepted for what is not of a form that can be kept, IdTaken where the id was used
    for something else, NotKept where neither store nor spool can be written.
    """
    return _keep(case, feedback.entry(case), patience)


def log_prediction(case: Case, prediction: Prediction, *, patience: float = PATIENCE) -> Receipt:
    """Keep that a prediction was shown; inputs and output only if `monitoring.log_allowed` is yes.

    Raises as `keep_feedback`.
    """
    return _keep(case, prediction.entry(case), patience)


def keep_label(case: Case, label: Label, *, patience: float = PATIENCE) -> Receipt:
    """Keep a reviewed label beside those that the row had. Raises as `keep_feedback`."""
    return _keep(case, label.entry(case), patience)


def drain(case: Case) -> Drained:
    """Bring all that waits in the spool into the store. Raises StoreError where that fails."""
    spool = Spool.of_case(case.folder)
    if not spool.waiting():
        return Drained()
    with open_store(case.folder, case.record.store) as store:
        return spool.drain(store)


def _keep(case: Case, entry: Entry, patience: float) -> Receipt:
    spool = Spool.of_case(case.folder)
    entry = spool.earlier(entry) or entry
    try:
        with open_store(case.folder, case.record.store, patience=patience) as store:
            [receipt] = store.append(entry)
            spool.drain_some(store)
    except IdTaken:
        raise
    except CasebookError as error:
        return spool.put(entry, str(error))
    return receipt


def read_feedback(
    case: Case, *, since: datetime | None = None, until: datetime | None = None
) -> pd.DataFrame:
    """What people said of this case, one row each, the oldest first.

    since, until: by when it came into the store; until is not included.
    `corrected` and `output` are JSON values, `inputs` is a dict by column or None; `at` is in UTC.
    What waits in the spool is not among them: `frame.attrs["waiting"]` counts it.
    Raises StoreError where the store cannot be read; without a store there are no rows.
    """
    return _frame(case, "feedback", _FEEDBACK, since=since, until=until)


def read_predictions(
    case: Case, *, since: datetime | None = None, until: datetime | None = None
) -> pd.DataFrame:
    """The log of predictions, one row each, the oldest first; see `read_feedback`.

    `inputs` and `output` are None where the record did not allow to keep them.
    """
    return _frame(case, "predictions", _PREDICTIONS, since=since, until=until)


def read_labels(case: Case, *, history: bool = False) -> pd.DataFrame:
    """Reviewed labels, indexed by the row's id: the latest of each row.

    history: all that were ever given, the oldest first, instead. `label` is a text, or None where
    the person could not tell. See `read_feedback`.
    """
    frame = _frame(case, "labels", _LABELS).set_index("row")
    return frame if history else frame[~frame.index.duplicated(keep="last")]


def count_feedback(
    case: Case, *, since: datetime | None = None, until: datetime | None = None
) -> FeedbackCount:
    """How much of which kind came into the store, and how much waits in the spool.

    since, until: as for `read_feedback`. Raises StoreError where the store cannot be read.
    """
    with _reading(case) as store:
        times = {"since": since, "until": until}
        kinds = store.count("feedback", "kind", case=_name(case), **times) if store else {}
    return _counted(kinds, case, since)


def count_since_last_run(case: Case, started: datetime) -> FeedbackCount:
    """What came in since the case's run before the one that began at `started`, until it began.

    So each item is counted for one run. Raises StoreError where the store cannot be read.
    """
    with _reading(case) as store:
        runs = store.list_runs(1, case=_name(case), before=started) if store else ()
    return count_feedback(case, since=runs[0].started if runs else None, until=started)


def _counted(kinds: Mapping[str, int], case: Case, since: datetime | None) -> FeedbackCount:
    return FeedbackCount(
        right=kinds.get(Kind.RIGHT, 0),
        wrong=kinds.get(Kind.WRONG, 0),
        corrected=kinds.get(Kind.CORRECTED, 0),
        comments=kinds.get(Kind.COMMENT, 0),
        waiting=_waiting(case, "feedback"),
        since=since,
    )


def _frame(
    case: Case,
    table: str,
    columns: tuple[str, ...],
    *,
    since: datetime | None = None,
    until: datetime | None = None,
) -> pd.DataFrame:
    with _reading(case) as store:
        rows = store.rows(table, case=_name(case), since=since, until=until) if store else ()
    values: dict[str, Any] = {name: [row[name] for row in rows] for name in columns}
    frame = pd.DataFrame({name: pd.Series(found, dtype=object) for name, found in values.items()})
    frame["at"] = pd.to_datetime(frame["at"], utc=True)
    frame.attrs["waiting"] = _waiting(case, table)
    return frame


@contextmanager
def _reading(case: Case) -> Iterator[Store | None]:
    """The store, or None where the case has none yet: to read makes no file."""
    url = store_url(case.folder, case.record.store)
    if url.get_backend_name() == "sqlite" and not Path(str(url.database)).exists():
        yield None
        return
    with open_store(case.folder, case.record.store, patience=PATIENCE) as store:
        yield store


def _waiting(case: Case, table: str) -> int:
    return sum(path.name.startswith(f"{table}-") for path in Spool.of_case(case.folder).waiting())


def _name(case: Case) -> str:
    return case.record.name
