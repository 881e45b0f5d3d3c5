"""Reads a source into typed Parquet, or takes it from the cache."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from casebook.expressions.locked import connect
from casebook.tables import cache as kept
from casebook.tables.files import find_files, is_database
from casebook.tables.finish import finish
from casebook.tables.loading import Plain, Work, load_files, open_files
from casebook.tables.model import Place, Reading, no_place
from casebook.tables.straight import Proposal, proposal_of, read_straight

if TYPE_CHECKING:
    from casebook.case import TableSource


def read_source(
    source: TableSource, folder: Path, cache: Path, *, place: Place = no_place
) -> Reading:
    """The source as typed rows in a Parquet file, with everything that was assumed.

    folder: what relative files are relative to; cache: the folder to keep the result in.
    place: gives the place of a reading option for errors.
    Raises TableError where the source is not there, is no table or has no rows.
    """
    cache = kept.cache_folder(cache)
    if is_database(source.source):
        from casebook.tables import database  # late: few tables need SQLAlchemy

        return database.read_query(source, folder, cache, place)
    files = find_files(source.source, folder, place)
    names = tuple(path.name for path in files)
    if all(kept.is_hashed(path, cache) for path in files):
        key = kept.key_of(_fingerprint(files, cache), source)
        found = kept.recall(cache, key)
        if found is not None:
            return replace(found, files=names)
    with kept.working_folder(cache) as folder_, connect(folder_ / "spill") as connection:
        work = Work(connection, folder_, place)
        with ThreadPoolExecutor(1) as beside:  # hashing leaves the other cores alone
            hashed = beside.submit(_fingerprint, files, cache)
            opened = open_files(work, files, source)
            proposal = _proposal(work, opened, source)
            fingerprint = hashed.result()
        key = kept.key_of(fingerprint, source)
        found = kept.recall(cache, key)
        if found is not None:
            return replace(found, files=names)
        reading = None
        if proposal is not None:
            reading = read_straight(work, proposal, source, fingerprint, names)
        if reading is None:
            reading = finish(work, load_files(work, opened, source), source, fingerprint, names)
        return kept.keep(cache, key, reading)


def _proposal(work: Work, opened: Sequence[Path | Plain], source: TableSource) -> Proposal | None:
    """How one plain text can be read straight; None for all else, which is read the exact way."""
    if len(opened) != 1 or not isinstance(opened[0], Plain):
        return None
    return proposal_of(work, opened[0], source)


def _fingerprint(files: Sequence[Path], cache: Path) -> str:
    """The hash of one file, or of the hashes of several in their order."""
    hashes = [kept.content_hash(path, cache) for path in files]
    if len(hashes) == 1:
        return hashes[0]
    return hashlib.sha256("\n".join(hashes).encode()).hexdigest()
