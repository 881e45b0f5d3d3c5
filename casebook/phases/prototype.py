"""08_prototype: can a colleague try it?"""

from __future__ import annotations

from dataclasses import dataclass

from casebook.case import Case
from casebook.phases.findings import Upstream
from casebook.prototype.values import Trust
from casebook.tables import Table


@dataclass(frozen=True)
class Findings:
    """What was measured of the chosen candidate on rows that it had not seen."""

    headline: tuple[str, ...]
    seed: int = 0
    candidate: str | None = None
    title: str = ""
    trust: Trust = Trust()


def examine(case: Case, table: Table, upstream: Upstream, *, seed: int = 0) -> Findings:
    """Measure what a colleague may trust."""
    return Findings((), seed)
