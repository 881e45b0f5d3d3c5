"""The smallest allowed change of a row that turns its decision.

A change is of one column if one can do it, else of two, else of three; among these the nearest:
how many known rows lie between two numbers, as a share, and a half for another level of a category
(a distance as Gower's, over ranks; changes of few columns: Wachter, Mittelstadt and Russell 2018).
Only values that known rows have are tried, within what the record allows and what is usual. Times,
texts, sensitive and fixed columns stay as they are, and nothing is made missing.

It says what the model would say then, not that the world would follow.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations, product

import numpy as np
import numpy.typing as npt

from casebook.language import _
from casebook.models.about import Cell
from casebook.prototype.answer import answer as answer_of
from casebook.prototype.change_goal import Goal, goal_of
from casebook.prototype.change_moves import Moves, moves_of
from casebook.prototype.change_words import none_sentence, sentence, unturned
from casebook.prototype.mixed import Mixable, mixable
from casebook.prototype.near import Ranks, level_of
from casebook.prototype.opened import Prototype
from casebook.prototype.outputs import output_of
from casebook.prototype.rows import frame
from casebook.prototype.shown import value_shown
from casebook.prototype.values import Answer, Change

Floats = npt.NDArray[np.float64]
Which = npt.NDArray[np.intp]
Some = tuple[tuple[int, int], ...]
"""Columns of the moves, each with the place of its new value."""
Tried = tuple[float, Some]
"""What a change costs, and the change."""

MOST_COLUMNS = 3
TRIED = {2: (8, 24), 3: (6, 9)}
"""For so many columns: among how many of the best ones, and how many values of each."""
MOST_COMPARED = 300
NEARLY = 0.05
"""The share of known rows between two numbers up to which they are nearly the same."""
MOST_CHECKED = 10
"""Candidates that are held against `answer`, the nearest first."""


@dataclass(frozen=True)
class Found:
    """The smallest change, or why there is none."""

    change: Change | None
    sentence: str


def smallest_change(
    prototype: Prototype,
    answer: Answer,
    *,
    fixed: Collection[str] = (),
    wanted: tuple[float, float] | None = None,
) -> Change | None:
    """The change, None where none turns the decision; see `change_or_reason`."""
    return change_or_reason(prototype, answer, fixed=fixed, wanted=wanted).change


def change_or_reason(
    prototype: Prototype,
    answer: Answer,
    *,
    fixed: Collection[str] = (),
    wanted: tuple[float, float] | None = None,
) -> Found:
    """The smallest change, or a sentence that says why there is none.

    A yes is to become a no, a no a yes, and where a person decides, either; of several classes,
    another one; a number is to come between `wanted`. fixed: further columns that stay.
    For one column no smaller change exists, to within one in 300 of the known rows; for two and
    three the search is on a grid of the columns that matter most, which is then made finer around
    what it found.
    """
    goal = goal_of(prototype, answer, wanted)
    if goal is None:
        return Found(None, unturned(answer))
    moves = moves_of(prototype, answer.row, fixed)
    if not moves.columns:
        return Found(None, _("None of the columns may be changed."))
    search = _Search(prototype, answer, moves, goal)
    for many in range(1, min(MOST_COLUMNS, len(moves.columns)) + 1):
        change = search.of(many)
        if change is not None:
            return Found(change, change.sentence)
    return Found(None, none_sentence(answer))


class _Search:
    """One row's search: values of columns are numbers of rows in a pool, 0 the row's own."""

    def __init__(self, prototype: Prototype, answer: Answer, moves: Moves, goal: Goal) -> None:
        file = prototype.model.file
        output = output_of(prototype, answer.said)
        names = [column.name for column in file.columns]
        row = frame(file, [answer.row])
        pool = moves.pool(prototype, answer.row)
        self.prototype, self.answer, self.moves, self.goal = prototype, answer, moves, goal
        self.mixed: Mixable = mixable(prototype.model.estimator, names, row, pool, output.said)
        self.places = [names.index(name) for name in moves.columns]
        self.single: list[Floats] = []

    def of(self, many: int) -> Change | None:
        """The nearest change of so many columns that turns the decision."""
        if many == 1:
            return self._checked(self._ones())
        columns, values = TRIED[many]
        found = self._grid(many, self._best(columns), values)
        return self._checked(self._finer(found))

    def _ones(self) -> list[Tried]:
        """Every value of every column, which are few enough."""
        tried: list[Some] = [((column, value),) for column, costs in enumerate(self.moves.costs)
                 for value in range(len(costs))]  # fmt: skip
        said = self._says(tried)
        turned, gaps = self.goal.turned(said), self.goal.gaps(said)
        ends = np.cumsum([len(costs) for costs in self.moves.costs])[:-1]
        self.single = np.split(gaps, ends)
        return self._turned(tried, turned)

    def _best(self, columns: int) -> list[int]:
        """The columns of which one value comes nearest to the goal, for what it costs."""
        now = float(self.goal.gaps(self.mixed.says(self._own(1)))[0])
        gain = [float((now - gaps).max(initial=0.0)) for gaps in self.single]
        return sorted(np.argsort([-one for one in gain], kind="stable")[:columns].tolist())

    def _grid(self, many: int, columns: list[int], values: int) -> list[Tried]:
        tried = []
        few = {column: self._few(column, values) for column in columns}
        for some in combinations(columns, many):
            tried += [tuple(zip(some, chosen, strict=True))
                      for chosen in product(*(few[column] for column in some))]  # fmt: skip
        return self._turned(tried, self.goal.turned(self._says(tried)))

    def _few(self, column: int, values: int) -> list[int]:
        """Some of a column's values: evenly over the distance, on both sides of its own."""
        costs = self.moves.costs[column]
        if len(costs) <= values:
            return list(range(len(costs)))
        order = np.argsort(self.moves.signed[column], kind="stable")
        spread = order[np.unique(np.linspace(0, len(order) - 1, values).round().astype(int))]
        return list(map(int, spread))

    def _finer(self, found: list[Tried]) -> list[Tried]:
        """Around the best of the grid: nearer values of its columns, until none is nearer."""
        for _step in range(4):
            if not found:
                return found
            tried = [one for _cost, some in found[:3] for one in self._between(some)]
            nearer = self._turned(tried, self.goal.turned(self._says(tried)))
            merged = sorted({(cost, some) for cost, some in [*nearer, *found]})
            if merged[0][0] >= found[0][0] - 1e-12:
                return merged
            found = merged
        return found

    def _between(self, some: Some) -> list[Some]:
        """Combinations of values about as far as these, and nearer."""
        most = {1: 200, 2: 30, 3: 9}[len(some)]
        near = []
        for column, value in some:
            signed = self.moves.signed[column]
            side = np.sign(signed) == np.sign(signed[value])
            reach = abs(signed[value]) + 0.1
            inside = np.flatnonzero(side & (np.abs(signed) <= reach))
            inside = inside[np.argsort(np.abs(signed[inside] - signed[value]), kind="stable")]
            spread = np.unique(np.linspace(0, len(inside) - 1, most // 2).round().astype(int))
            near.append(list(dict.fromkeys([*inside[: most // 2].tolist(),
                                            *inside[spread].tolist()])))  # fmt: skip
        columns = [column for column, _value in some]
        return [tuple(zip(columns, chosen, strict=True)) for chosen in product(*near)]

    def _turned(self, tried: list[Some], turned: npt.NDArray[np.bool_]) -> list[Tried]:
        """Those that turn the decision with what they cost, the nearest first."""
        costs = self.moves.costs
        return sorted((float(sum(costs[column][value] for column, value in tried[place])),
                       tried[place]) for place in np.flatnonzero(turned))  # fmt: skip

    def _own(self, rows: int) -> Which:
        return np.zeros((rows, len(self.mixed.columns)), dtype=np.intp)

    def _says(self, tried: list[Some]) -> Floats:
        which = self._own(len(tried))
        for row, some in enumerate(tried):
            for column, value in some:
                which[row, self.places[column]] = value + 1
        return self.mixed.says(which) if len(tried) else np.empty((0, 1))

    def _checked(self, found: list[Tried]) -> Change | None:
        """The first that the prototype itself answers otherwise."""
        for cost, some in found[:MOST_CHECKED]:
            new = {self.moves.columns[column]: self.moves.choices[column][value]
                   for column, value in some}  # fmt: skip
            after = answer_of(self.prototype, {**self.answer.row, **new})
            if self.goal.reached(after):
                return self._change(new, after, cost)
        return None

    def _change(self, new: dict[str, Cell], after: Answer, cost: float) -> Change:
        changed = []
        for name, value in new.items():
            field = self.prototype.field(name)
            old = value_shown(field, self.answer.row[name])
            changed.append((name, old, value_shown(field, value)))
        real = _real(self.prototype, after, new)
        told = sentence(self.prototype, changed, after, real=real)
        return Change(after.row, tuple(changed), after.said, after.probability, told, real, cost)


def _real(prototype: Prototype, after: Answer, changed: Collection[str]) -> bool:
    """Whether a known row is near, and in the changed columns nearly or just the same.

    Near is what 99 % of unseen rows are to some known row, or 99 % of known rows where that was
    not measured.
    """
    known, distances = prototype.known.X, prototype.trust.distances
    X = frame(prototype.model.file, [after.row])
    limit = _usual(prototype) if distances is None else distances.far
    like = prototype.space.distances(X)[0] <= limit
    for name in changed:
        if prototype.field(name).kind == "number":
            ranks = Ranks.of(known[name], beyond=True)
            places = ranks.place(known[name])[:, 0] - ranks.place(X[name])[0, 0]
            like &= known[name].notna().to_numpy() & (np.abs(places) <= NEARLY)
        else:
            like &= np.array([level_of(value) for value in known[name]]) == level_of(
                X[name].iloc[0]
            )
    return bool(like.any())


@lru_cache(maxsize=8)
def _usual(prototype: Prototype) -> float:
    """How far 99 % of known rows at most are from the nearest other one; of 300 of them."""
    X = prototype.known.X
    rows = np.random.default_rng(0).permutation(len(X))[:MOST_COMPARED]
    far = prototype.space.distances(X.iloc[rows])
    far[np.arange(len(rows)), rows] = np.inf
    return float(np.quantile(far.min(axis=1), 0.99))
