"""What is measured of a prototype, as plain values."""

from __future__ import annotations

from dataclasses import dataclass

from casebook.stats.calibration import Reliability
from casebook.stats.estimate import Estimate


@dataclass(frozen=True)
class Told:
    """Rows of which the same is said.

    decision: `yes`, `no`, `person` or `class`. name: the class, or who decides. share: of all
    unseen rows. right: the share of them in which the class was true; None for a person.
    words: what the case says for it, where it has words of its own.
    """

    decision: str
    name: str
    share: Estimate
    right: Estimate | None = None
    words: str = ""


@dataclass(frozen=True)
class Mending:
    """Probabilities before and after they are mended, each row by the half that it is not in.

    changed: whether they are mended at all.
    """

    before: Reliability
    after: Reliability
    changed: bool


@dataclass(frozen=True)
class Sized:
    """How often intervals held the truth, for predictions up to a size; None for the last.

    half: half their width. covered: None without such rows.
    """

    up_to: float | None
    half: float | None
    covered: Estimate | None


@dataclass(frozen=True)
class Dot:
    """A row that neither the fit nor the intervals had seen; inside: whether its interval held."""

    said: float
    truth: float
    inside: bool
