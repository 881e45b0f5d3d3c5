"""Tables: read from anywhere with every guess said, cached as Parquet, asked through DuckDB."""

from casebook.tables.model import (
    ROLES,
    TYPES,
    Assumption,
    Column,
    ReadColumn,
    Reading,
    Reject,
    Rejects,
    Role,
    Task,
    Type,
)
from casebook.tables.opening import CACHE, open_table
from casebook.tables.profile import Counts, Profile, profile
from casebook.tables.reader import read_source
from casebook.tables.roles import infer_roles, infer_task
from casebook.tables.sensitive import sensitive_word
from casebook.tables.table import Table
from casebook.tables.view import View

__all__ = [
    "CACHE",
    "ROLES",
    "TYPES",
    "Assumption",
    "Column",
    "Counts",
    "Profile",
    "ReadColumn",
    "Reading",
    "Reject",
    "Rejects",
    "Role",
    "Table",
    "Task",
    "Type",
    "View",
    "infer_roles",
    "infer_task",
    "open_table",
    "profile",
    "read_source",
    "sensitive_word",
]
