"""A threshold that can be played with: what it brings at once, and saved when somebody says so."""

from __future__ import annotations

import math
from typing import Any

import traitlets as tr

from casebook import language
from casebook.case import Case
from casebook.exceptions import CasebookError
from casebook.language import _
from casebook.phases.baseline_threshold_data import PER, Curve, Decision, Outcomes
from widgets.answers import AnswersModel, parsed

THRESHOLD = "prototype.threshold"
HAND_OVER = "prototype.hand_over"
CAPACITY = "objectives.capacity.amount"
COSTS = {
    "right_yes": "objectives.costs.true_positive",
    "wrong_yes": "objectives.costs.false_positive",
    "wrong_no": "objectives.costs.false_negative",
    "right_no": "objectives.costs.true_negative",
}
PATHS = (THRESHOLD, HAND_OVER, CAPACITY, *COSTS.values())
PLAYED = ("threshold", *COSTS, "capacity", "low", "high", "effort")
"""What can be played with; every one may be nothing but the threshold."""


class ThresholdModel(AnswersModel):
    """A threshold, costs, a capacity and a band by hand, as a person tries them.

    Nothing is saved before `use`. confusion: rows by outcome, without those by hand. cost: of
    1,000 rows, None where costs or a person's are not known. cheapest, least: the threshold of
    the least cost on these rows without a person, and that cost. flagged: answers of a period
    that somebody acts on. handed: the share of rows in the band.
    """

    decision = tr.Instance(Decision)
    threshold = tr.Float(0.5, min=0.0, max=1.0)
    right_yes = tr.Float(None, allow_none=True)
    wrong_yes = tr.Float(None, allow_none=True)
    wrong_no = tr.Float(None, allow_none=True)
    right_no = tr.Float(None, allow_none=True)
    capacity = tr.Int(None, allow_none=True, min=1)
    low = tr.Float(None, allow_none=True, min=0.0, max=1.0)
    high = tr.Float(None, allow_none=True, min=0.0, max=1.0)
    effort = tr.Float(None, allow_none=True, min=0.0)

    confusion = tr.Any(read_only=True)
    cost = tr.Float(None, allow_none=True, read_only=True)
    cheapest = tr.Float(None, allow_none=True, read_only=True)
    least = tr.Float(None, allow_none=True, read_only=True)
    flagged = tr.Float(0.0, read_only=True)
    handed = tr.Float(0.0, read_only=True)

    def __init__(self, case: Case, decision: Decision, by: str | None = None) -> None:
        super().__init__(case, PATHS, by, typed=PATHS)
        self._begun = {path: self.value(path) for path in PATHS}
        self.decision = decision
        with self.hold_trait_notifications():
            for name, value in self._start().items():
                setattr(self, name, value)
        self._follow(None)

    @property
    def curve(self) -> Curve:
        """The tested rows at each threshold. Only where a threshold can be judged."""
        assert self.decision.curve is not None
        return self.decision.curve

    @property
    def band(self) -> tuple[float, float] | None:
        """From and up to where a person decides; None for no band."""
        return None if self.low is None or self.high is None else (self.low, self.high)

    @property
    def costs(self) -> Outcomes | None:
        """The costs that are played with; None unless both errors have one."""
        if self.wrong_yes is None or self.wrong_no is None:
            return None
        return Outcomes(self.right_yes or 0.0, self.wrong_yes, self.wrong_no, self.right_no or 0.0)

    @property
    def on_yes(self) -> bool:
        """Whether people act on a yes."""
        return self.case.record.objectives.capacity.acts_on == "yes"

    @property
    def changed(self) -> bool:
        """Whether costs are not those of which the findings speak."""
        return self.costs != self.decision.costs

    def give(self, name: str, text: object) -> bool:
        """Take in what was typed for one of `PLAYED`; what does not fit is refused, and told."""
        with language.using(self.case.record.language):
            try:
                value = parsed("number", text, name)
                setattr(self, name, value if name == "capacity" else _real(value))
            except (CasebookError, tr.TraitError):
                said = _("'{found}' does not fit here; nothing was changed.", found=str(text))
                self._tell("refused", said, name)
                return False
            self._tell("", "", name)
            return True

    def suggest(self, threshold: float) -> None:
        """Take a threshold that the findings name."""
        self.threshold = rounded(threshold)

    def hand(self, low: float | None, high: float | None) -> None:
        """Set the band, or take it away."""
        with self.hold_trait_notifications():
            self.low, self.high = (None if one is None else rounded(one) for one in (low, high))

    def use(self) -> bool:
        """Save the threshold, the band, and costs and capacity where they were changed."""
        with language.using(self.case.record.language):
            if self.low is not None and self.high is not None:
                if not self.low <= self.threshold <= self.high:
                    said = _("Not saved: the threshold must lie within the band by hand.")
                    self._tell("refused", said, HAND_OVER)
                    return False
            elif self.low is not None or self.high is not None:
                said = _("Not saved: the band by hand has one end only.")
                self._tell("refused", said, HAND_OVER)
                return False
        for path, value in self._answers().items():
            if not self.save(path, value):
                return False
            self._begun[path] = self.value(path)
        return True

    def take(self, path: str) -> None:
        """Play with what the record has at a path, as somebody else has put it there."""
        held = self.value(path)
        names = {where: name for name, where in COSTS.items()}
        if path == HAND_OVER:
            self.hand(*((held["low"], held["high"]) if held else (None, None)))
        elif path == THRESHOLD:
            self.threshold = self.threshold if held is None else float(held)
        else:
            setattr(self, names.get(path, "capacity"), held)
        self._begun[path] = held

    def _answers(self) -> dict[str, Any]:
        """What is to be saved, by path: the threshold, and what was changed here."""
        given: dict[str, Any] = {THRESHOLD: rounded(self.threshold), HAND_OVER: self._hand_over()}
        given |= {path: getattr(self, name) for name, path in COSTS.items()}
        given[CAPACITY] = self.capacity
        return {path: value for path, value in given.items()
                if path == THRESHOLD or value != self._begun[path]}  # fmt: skip

    def _hand_over(self) -> dict[str, Any] | None:
        if self.band is None:
            return None
        before = self.value(HAND_OVER) or {}
        return {"low": self.low, "high": self.high, "to": before.get("to")}

    def _start(self) -> dict[str, Any]:
        """The record's own, else what was found."""
        band, found = self.value(HAND_OVER), self.decision.band
        said: dict[str, Any] = {name: _real(self.value(path)) for name, path in COSTS.items()}
        said |= {"threshold": self._first(), "capacity": self.value(CAPACITY)}
        if band is not None:
            said |= {"low": band["low"], "high": band["high"]}
        return said | {"effort": None if found is None else found.effort}

    def _first(self) -> float:
        held = self.value(THRESHOLD)
        if held is not None:
            return float(held)
        choice, capacity = self.decision.choice, self.decision.capacity
        if choice is None:
            return 0.5
        if capacity is not None and capacity.used is not None:
            return rounded(capacity.used)
        return rounded(choice.chosen)

    @tr.observe(*PLAYED)
    def _follow(self, _change: object) -> None:
        """Everything that follows from what is tried, from the findings alone."""
        if self.decision.curve is None:
            return
        curve, (low, high) = self.curve, self._edges()
        above, below = curve.counts(high), curve.counts(low)
        shown = Outcomes(above.right_yes, above.wrong_yes, below.wrong_no, below.right_no)
        self.set_trait("confusion", shown)
        self.set_trait("handed", 1 - sum(shown) / curve.rows)
        acted = (
            shown.right_yes + shown.wrong_yes if self.on_yes else shown.wrong_no + shown.right_no
        )
        rows = PER if self.decision.volume is None else self.decision.volume.rows
        self.set_trait("flagged", rows * acted / curve.rows)
        self.set_trait("cost", self._cost(low, high))
        self._cheapest()

    def _edges(self) -> tuple[float, float]:
        """Below the first the answer is no, from the second on yes."""
        band = self.band
        return (self.threshold, self.threshold) if band is None else (band[0], max(band))

    def _cost(self, low: float, high: float) -> float | None:
        """Of 1,000 rows, a person's decisions with it."""
        costs, curve = self.costs, self.curve
        if costs is None or (self.handed > 0 and self.effort is None):
            return None
        above, below = curve.amounts(high), curve.amounts(low)
        total = above.right_yes * costs.right_yes + above.wrong_yes * costs.wrong_yes
        total += below.wrong_no * costs.wrong_no + below.right_no * costs.right_no
        if self.handed > 0:
            right = self.case.record.feasibility.right_by_hand
            right = 1.0 if right is None else right
            of_yes = right * costs.right_yes + (1 - right) * costs.wrong_no
            of_no = right * costs.right_no + (1 - right) * costs.wrong_yes
            total += (below.right_yes - above.right_yes) * of_yes
            total += (below.wrong_yes - above.wrong_yes) * of_no
            total += self.handed * curve.rows * (self.effort or 0.0)
        return PER * total / curve.rows

    def _cheapest(self) -> None:
        costs, curve = self.costs, self.curve
        if costs is None:
            self.set_trait("cheapest", None)
            self.set_trait("least", None)
            return
        each = [curve.cost_of(one, costs) for one in curve.threshold]
        place = min(range(len(each)), key=each.__getitem__)
        self.set_trait("cheapest", min(curve.threshold[place], 1.0))
        self.set_trait("least", each[place])


def rounded(threshold: float) -> float:
    """A threshold of six decimals that is not above the given one, so that no row is lost.

    >>> rounded(0.58333333), rounded(2.0), rounded(0.57)
    (0.583333, 1.0, 0.57)
    """
    return min(1.0, math.floor(threshold * 1e6 + 1e-6) / 1e6)


def _real(value: Any) -> float | None:
    """A number of the record, or typed; NaN and infinity are none of either.

    Raises TraitError for them.
    """
    if value is not None and not math.isfinite(value):
        raise tr.TraitError(_("a number is expected"))
    return None if value is None else float(value)
