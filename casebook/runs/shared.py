"""Findings that the visitors of a server share: computed by the first, read by the others.

Nothing is shared where a table comes from a database, whose content no key can hold.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from casebook import __version__
from casebook.atomic import write_text
from casebook.case import Case
from casebook.language import current
from casebook.tables.files import find_files, is_database
from casebook.tables.model import no_place

FOLDER_VARIABLE = "CASEBOOK_SHARED"
"""A folder that only this user can read, and that ends with the server; the server sets it."""

PAGE_VARIABLE = "CASEBOOK_PAGE"
"""The page of `casebook app` that a notebook is shown as; it is not set elsewhere."""

READ_VARIABLE = "CASEBOOK_READ"
"""The published run, for a served page: what the draft does not have is read there.

It is only ever read. What a page saves goes to the draft.
"""


def key_of(case: Case, **of: Any) -> str | None:
    """What findings follow from: the whole record, its files, the language, and what is given.

    None where that cannot be said.
    """
    sources = [table.source for table in case.record.data.tables.values()]
    if any(is_database(source) for source in sources):
        return None
    files = [path for source in sources for path in find_files(source, case.folder, no_place)]
    stats = [(str(path), path.stat().st_mtime_ns, path.stat().st_size) for path in files]
    whole = [__version__, case.version, current(), stats, of]
    return hashlib.sha256(json.dumps(whole, sort_keys=True, default=str).encode()).hexdigest()


def once(key: str | None, compute: Callable[[], str], environment: Mapping[str, str]) -> str:
    """What `compute` gives; where visitors share a folder, computed by one of them.

    The others wait for it. Raises what `compute` raises, and then the next one tries.
    """
    folder = environment.get(FOLDER_VARIABLE, "")
    if not folder or key is None:
        return compute()
    kept = Path(folder) / f"{key}.json"
    descriptor = os.open(kept.with_suffix(".lock"), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        if not kept.exists():
            write_text(kept, compute(), durable=False)
        return kept.read_text("utf-8")
    finally:
        os.close(descriptor)
