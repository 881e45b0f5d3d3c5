"""The one number of a model that reasons and changes are about: a mended share, or the number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from casebook.prototype.opened import Prototype
from casebook.stats.recalibration import Recalibration

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Output:
    """Which number of a model is meant.

    classes: in the order of the model's file; empty for numbers. place: of the class whose
    probability it is; None for numbers. mended: what makes stated probabilities come true.
    """

    classes: tuple[str, ...] = ()
    place: int | None = None
    mended: Recalibration | None = None

    @property
    def name(self) -> str:
        """The class whose probability it is; empty for numbers."""
        return "" if self.place is None else self.classes[self.place]

    def said(self, estimator: Any, X: Any) -> Floats:
        """(n_rows, n_classes) mended shares in the order of `classes`, or (n_rows, 1) numbers."""
        if not self.classes:
            return np.asarray(estimator.predict(X), dtype=float)[:, None]
        return self._mended(stated(estimator, X, self.classes))

    def of(self, said: Floats) -> Floats:
        """(n_rows,) the number that is meant, of what `said` gives."""
        return said[:, self.place or 0]

    def _mended(self, shares: Floats) -> Floats:
        if self.mended is None or len(self.classes) != 2:
            return shares
        yes = mended_shares(shares[:, 1], self.mended)
        return np.column_stack([1 - yes, yes])


def output_of(prototype: Prototype, said: float | str) -> Output:
    """The probability of a yes for two classes, of the class that is said for several."""
    classes = prototype.model.file.classes
    if not classes:
        return Output()
    place = 1 if len(classes) == 2 else classes.index(str(said))
    return Output(classes, place, prototype.trust.mended)


def stated(estimator: Any, X: Any, classes: Sequence[str]) -> Floats:
    """(n_rows, n_classes) what the estimator states; one and zeros where it only names a class."""
    if not hasattr(estimator, "predict_proba"):
        names = np.asarray([str(name) for name in estimator.predict(X)], dtype=object)
        return np.column_stack([names == name for name in classes]).astype(float)
    shares = np.asarray(estimator.predict_proba(X), dtype=float)
    order = [str(name) for name in estimator.classes_]
    return shares[:, [order.index(name) for name in classes]]


def mended_shares(shares: Floats, mended: Recalibration) -> Floats:
    """(n,) probabilities that come true; 0 and 1 stay."""
    if (mended.intercept, mended.slope) == (0.0, 1.0):
        return shares
    inside = (shares > 0) & (shares < 1)
    odds = log_odds(np.where(inside, shares, 0.5))
    return np.where(inside, expit(mended.intercept + mended.slope * odds), shares)


def log_odds(share: Floats) -> Floats:
    """(n,) of shares between 0 and 1."""
    return np.log(share) - np.log1p(-share)


def expit(odds: Floats | float) -> Floats:
    """The probability of log odds."""
    found: Floats = 1 / (1 + np.exp(-np.clip(odds, -700, 700)))
    return found
