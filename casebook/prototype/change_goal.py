"""What a change is to reach: the other side of a threshold, another class, a range of numbers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from casebook.prototype.opened import Prototype
from casebook.prototype.values import Answer, Decision

Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Goal:
    """Which predictions count as turned; `said` is (n, n_classes) mended shares or (n, 1) numbers.

    below, from_: a yes' probability is below the first or at least the second; None is no way.
    leave: place of the class that is no longer to be said. wanted: between which a number is.
    decisions: what the answer's decision is then.
    """

    below: float | None = None
    from_: float | None = None
    leave: int | None = None
    wanted: tuple[float, float] | None = None
    decisions: tuple[Decision, ...] = ()
    said: float | str = ""

    def gaps(self, said: Floats) -> Floats:
        """(n,) how far it is from being turned; 0 and less where it is, or nearly."""
        if self.wanted is not None:
            low, high = self.wanted
            return np.asarray(np.maximum(low - said[:, 0], said[:, 0] - high))
        if self.leave is not None:
            others: Floats = np.delete(said, self.leave, axis=1)
            return np.asarray(said[:, self.leave] - others.max(axis=1))
        yes, ways = said[:, 1], []
        if self.below is not None:
            ways.append(yes - self.below)
        if self.from_ is not None:
            ways.append(self.from_ - yes)
        return np.asarray(np.min(ways, axis=0))

    def turned(self, said: Floats) -> Mask:
        """(n,) which are turned, but for rounding: `reached` is the last word."""
        gaps = self.gaps(said)
        strict = self.leave is not None or (self.wanted is None and self.from_ is None)
        found: Mask = gaps < 0 if strict else gaps <= 1e-12
        return found

    def reached(self, after: Answer) -> bool:
        """Whether an answer is what was to be reached."""
        if self.wanted is not None:
            return self.wanted[0] <= float(after.said) <= self.wanted[1]
        if self.leave is not None:
            return after.said != self.said
        return after.decision in self.decisions


def goal_of(
    prototype: Prototype, answer: Answer, wanted: tuple[float, float] | None
) -> Goal | None:
    """The goal; None where a number has no range to come into, or is in it already."""
    classes = prototype.model.file.classes
    if not classes:
        if wanted is None or wanted[0] <= float(answer.said) <= wanted[1]:
            return None
        return Goal(wanted=wanted)
    if len(classes) > 2 or answer.threshold is None:
        return Goal(leave=classes.index(str(answer.said)), said=answer.said)
    low, high = answer.band or (answer.threshold, answer.threshold)
    below, from_ = min(low, answer.threshold), max(high, answer.threshold)
    ways: dict[Decision, Goal] = {
        "yes": Goal(below=below, decisions=("no",)),
        "no": Goal(from_=from_, decisions=("yes",)),
        "person": Goal(below=below, from_=from_, decisions=("yes", "no")),
    }
    return ways[answer.decision]
