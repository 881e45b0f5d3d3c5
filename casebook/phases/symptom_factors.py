"""Which factor moved: the change of the metric by the factors that the record declares."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from casebook.case import Case
from casebook.expressions.ratio import Ratio, ratio
from casebook.phases.symptom_facets import Prepared
from casebook.stats import factors as st
from casebook.stats.estimate import Estimate
from casebook.stats.metrics import Floats
from casebook.stats.segments import freedom, interval, weights
from casebook.tables import Table
from casebook.tables.cube import Cube, Sums

CLOSE = 1e-6  # of the change: what the factors may miss and still make it up


@dataclass(frozen=True)
class FactorPart:
    """A factor before and after, and what it adds to the metric's change.

    name: empty of the rest, which the declared factors do not explain. role: how it enters.
    relative: its own change, as a share. share: of the metric's change; None where that is zero.
    """

    name: str
    unit: str
    role: st.Role
    before: float
    after: float
    relative: float | None
    change: Estimate
    share: Estimate | None


@dataclass(frozen=True)
class Factors:
    """The change by factors; the parts add up to it. unit: what was drawn again, empty for none."""

    parts: tuple[FactorPart, ...]
    unit: str

    @property
    def whole(self) -> bool:
        """Whether the declared factors make up the metric, without a rest."""
        return all(part.name for part in self.parts)


def aggregates(case: Case, table: Table) -> tuple[str, ...]:
    """All aggregates that the factors are made of. Raises ExpressionError with their places."""
    found = []
    for n, factor in enumerate(case.record.symptom.factors):
        place = case.place(f"symptom.factors.{n}.metric")
        table.expression(factor.metric, aggregate=True, place=place)
        parts = ratio(factor.metric)
        found += [text for text in (parts.above, parts.below) if text]
    return tuple(dict.fromkeys(found))


def by_factor(case: Case, found: Prepared, *, seed: int) -> Factors | None:
    """The change of the metric by its declared factors; None where none is declared."""
    declared = case.record.symptom.factors
    if not declared:
        return None
    measures = [found.cube.measure, *(ratio(factor.metric) for factor in declared)]
    texts = list(dict.fromkeys(t for m in measures for t in (m.above, m.below) if t))
    whole = found.cube.whole(texts)
    roles: list[st.Role] = [factor.role for factor in declared]
    ends = [_values(side, measures, texts, roles) for side in whole]
    unit = _unit(found.cube, texts, whole)
    kinds = (*roles, _rest_role(roles))
    exact, spread, degrees = st.effects(ends[0], ends[1], kinds), None, 0
    if unit:
        drawn, degrees = _drawn(found.cube, unit, texts, seed)
        draws = [_values(side, measures, texts, roles) for side in drawn]
        spread = st.effects(draws[0], draws[1], kinds)
    names = [*((factor.name, factor.unit or "") for factor in declared), ("", "")]
    parts = [
        FactorPart(
            *names[n], kinds[n], float(ends[0][n]), float(ends[1][n]),
            float(ends[1][n] / ends[0][n] - 1) if ends[0][n] else None,
            *_estimates(exact, spread, n, degrees),
        )
        for n in range(len(declared) + _leaves_a_rest(exact))
    ]  # fmt: skip
    return Factors(tuple(parts), unit)


def _leaves_a_rest(exact: Floats) -> bool:
    """Whether the declared factors do not explain all of the change."""
    return bool(abs(exact[-1]) > CLOSE * np.abs(exact).sum())


def _estimates(
    exact: Floats, spread: Floats | None, n: int, degrees: int
) -> tuple[Estimate, Estimate | None]:
    """What a factor adds, and its share of the change, each with an interval if there are draws."""
    total, change = float(exact.sum()), float(exact[n])
    share = change / total if total else None
    if spread is None:
        alone = Estimate(share, None, None, 0) if share is not None else None
        return Estimate(change, None, None, 0), alone
    low, high = interval(change, spread[:, n], degrees)
    whole = Estimate(change, low, high, degrees + 1)
    if share is None:
        return whole, None
    with np.errstate(divide="ignore", invalid="ignore"):
        low, high = interval(share, spread[:, n] / spread.sum(axis=1), degrees)
    return whole, Estimate(share, low, high, degrees + 1)


def _values(
    sums: Floats, measures: Sequence[Ratio], texts: Sequence[str], roles: Sequence[st.Role]
) -> Floats:
    """(..., n_factors + 1): each factor, and what is left of the metric over what they make."""
    columns = []
    for measure in measures:
        above = sums[..., texts.index(measure.above)]
        below = sums[..., texts.index(measure.below)] if measure.below else np.ones_like(above)
        columns.append(np.divide(above, below, out=np.zeros_like(above), where=below != 0))
    factors = np.stack(columns[1:], axis=-1)
    made = st.value(factors, roles)
    if _rest_role(roles) == "adds":
        rest = columns[0] - made
    else:
        rest = np.divide(columns[0], made, out=np.ones_like(made), where=made != 0)
    return np.concatenate([factors, rest[..., None]], axis=-1)


def _rest_role(roles: Sequence[st.Role]) -> st.Role:
    """How what the factors leave of the metric enters: as a term where there are terms."""
    return "adds" if "adds" in roles else "multiplies"


def _unit(cube: Cube, texts: Sequence[str], whole: tuple[Floats, Floats]) -> str:
    """The kind of unit over which every aggregate is a sum; empty where there is none.

    Different ids add up over groups of ids, not over days.
    """
    for unit in ("day", *(["id"] if cube.key else [])):
        sums = cube.by_unit(unit, texts)
        if all(np.allclose(s.sum(axis=0), w, rtol=1e-9) for s, w in zip(sums, whole, strict=True)):
            return unit if min(len(side) for side in sums) > 4 else ""
    return ""


def _drawn(
    cube: Cube, unit: str, texts: Sequence[str], seed: int
) -> tuple[tuple[Floats, Floats], int]:
    """The aggregates before and after of each draw, (draws, n), and the degrees of freedom."""
    before, after = cube.by_unit(unit, texts)
    sums = Sums((before, after), (before, after), paired=unit == "id")
    first, last = weights(sums, seed)
    return (first @ before, last @ after), freedom(sums)
