"""The prototype of a case, opened: all that an answer is made from."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from casebook.case import Case
from casebook.models.file import SavedModel
from casebook.prototype.form import by_weight, fields_of
from casebook.prototype.known import Known, known_of
from casebook.prototype.near import Space, space_of
from casebook.prototype.seen import Seen, seen_of
from casebook.prototype.together import spaces_of
from casebook.prototype.values import Field, Trust
from casebook.tables import Table


@dataclass(frozen=True, eq=False)
class Prototype:
    """A saved model with its form, what was measured of it, and the rows that it knows."""

    case: Case
    table: Table
    model: SavedModel
    trust: Trust
    fields: tuple[Field, ...]
    known: Known

    def field(self, column: str) -> Field:
        """The field of a column that the model reads."""
        return next(one for one in self.fields if one.column == column)

    @cached_property
    def seen(self) -> Seen:
        """What the model has seen of each column. Raises TableError where the table lacks one."""
        return seen_of(self.model.file, self.table, self.known)

    @cached_property
    def space(self) -> Space:
        """The known rows as points, for what is near."""
        weights = self.trust.distances.weights if self.trust.distances else ()
        return space_of(self.model.file.columns, self.known.X, weights)

    @cached_property
    def by_column(self) -> dict[str, Space]:
        """The known rows by one column at a time, for what is strange together."""
        weights = self.trust.distances.weights if self.trust.distances else ()
        return spaces_of(self.model.file.columns, self.known.X, weights)


def opened(
    case: Case, table: Table, model: SavedModel, trust: Trust, *, seed: int = 0
) -> Prototype:
    """The prototype, with its form and its known rows. Raises as `Table.frame` does."""
    fields = by_weight(fields_of(case, model.file, table), case, trust)
    known = known_of(case, table, model.file, seed=seed)
    return Prototype(case, table, model, trust, fields, known)
