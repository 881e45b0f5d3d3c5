"""DuckDB, imported here and nowhere else, and only when a connection is opened.

`import duckdb` takes 150 ms and a connection starts threads. A fork server must be able to
import the rooms of the engine without either, so this module is imported inside `connect`
(the one late import of these rooms) and never at the top of another module.
"""

from __future__ import annotations

import duckdb

connect = duckdb.connect
Error = duckdb.Error
InterruptException = duckdb.InterruptException
OutOfMemoryException = duckdb.OutOfMemoryException
BinderException = duckdb.BinderException
# What is read does not fit, or it does not fit into memory at once.
REFUSING = (
    duckdb.InvalidInputException,
    duckdb.ConversionException,
    duckdb.OutOfMemoryException,
    duckdb.NotImplementedException,  # a line over several of its buffers
)
BREAKING = (duckdb.FatalException, duckdb.InternalException)  # of no use after one of these

__all__ = [
    "BREAKING",
    "REFUSING",
    "BinderException",
    "Error",
    "InterruptException",
    "OutOfMemoryException",
    "connect",
]
