"""One process that gives feedback under hardship: python hardship.py CASE KIND [LIMIT].

full: the case's folder is a disk of its own, and full. filesize: files may not grow past LIMIT
bytes. plain: as it is. Each receipt is a line of JSON; `full` then makes room and drains.
"""

from __future__ import annotations

import json
import resource
import sys
from pathlib import Path

from casebook.case import load_case
from casebook.exceptions import CasebookError
from casebook.runs.feedback import Feedback, drain, keep_feedback, read_feedback
from casebook.runs.spool import Spool

LONG = "no room " * 700  # more than a page of the database


def main() -> None:
    """Make things hard, then give feedback three times."""
    case, kind = load_case(sys.argv[1]), sys.argv[2]
    filler = case.folder / "filler"
    if kind == "filesize":
        limit = int(sys.argv[3])
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
    if kind == "full":
        fill(filler)
    for n in range(3):
        try:
            receipt = keep_feedback(case, Feedback(f"hard-{n}", "comment", comment=LONG))
            line = {"id": receipt.id, "kept": receipt.kept, "at": receipt.at.isoformat()}
        except CasebookError as error:
            line = {"error": str(error)}
        sys.stdout.write(json.dumps(line) + "\n")
    if kind == "full":
        filler.unlink()
        files = Spool.of_case(case.folder).waiting()
        why = " ".join(json.loads(path.read_text("utf-8"))["why"] for path in files)
        done = drain(case)
        rows = {row.id: row.at.isoformat() for row in read_feedback(case).itertuples()}
        line = {"stored": done.stored, "waiting": done.waiting, "rows": rows, "why": why}
        sys.stdout.write(json.dumps(line) + "\n")


def fill(filler: Path) -> None:
    """Write until the disk is full."""
    with filler.open("wb", buffering=0) as file:
        for size in (65536, 4096, 1):
            try:
                while True:
                    file.write(b"x" * size)
            except OSError:
                continue


if __name__ == "__main__":
    main()
