"""`python -m casebook.execute.worker JOB.json`: one notebook in a process of its own.

It tells what happens as JSON lines on standard output. This module imports next to nothing, so
that a wish to end is heard while the rest is still being imported.
"""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from typing import Any

from casebook.execute.job import Job
from casebook.execute.stop import Stop


def main(arguments: list[str]) -> int:
    """Execute the job and return an exit status."""
    job = Job.load(Path(arguments[0]))
    stop = Stop()
    stop.listen_to_signals()
    if job.watch_parent:
        stop.listen_to_parent()
    _skip_slow_grammar()
    work = importlib.import_module("casebook.execute.work")
    return int(work.work(job, stop))


def _skip_slow_grammar() -> None:
    """Spare a second: jsonschema compiles a grammar of addresses that no notebook needs."""
    blocked: dict[str, Any] = {"rfc3987_syntax": None}  # makes importing it fail
    sys.modules.update(blocked)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
