"""The counts of columns, whichever way they are counted."""

from __future__ import annotations

import importlib

import pytest

from casebook.tables import Counts, View, profile

CONTENT = "k,n,x,at,flag,t\n" + "".join(
    f"{n},{n % 7},{n % 10}.5,2024-01-{n % 28 + 1:02d},{'true' if n % 3 else 'false'},"
    f"{['ab cd', 'e', ''][n % 3]}\n"
    for n in range(300)
)


@pytest.mark.parametrize("wide", [50, 0], ids=["one by one", "below one another"])
def test_known_counts(read, monkeypatch, wide):
    monkeypatch.setattr(importlib.import_module("casebook.tables.profile"), "_WIDE", wide)
    got = read(CONTENT).reading
    found = profile(View(got.path, got.names, got.rows), got.columns)
    assert found.rows == 300
    by_name = {count.name: count for count in found.columns}
    assert [count.distinct for count in found.columns] == [300, 7, 10, 28, 2, 2]
    assert [count.missing for count in found.columns] == [0, 0, 0, 0, 0, 100]
    assert (by_name["k"].low, by_name["k"].high, by_name["k"].whole) == (0, 299, True)
    assert (by_name["x"].low, by_name["x"].high, by_name["x"].whole) == (0.5, 9.5, False)
    assert (by_name["t"].length, by_name["t"].words) == (3.0, 1.5)


def test_a_column_without_any_value(read):
    got = read("a,b\n1,\n2,\n").reading
    found = profile(View(got.path, got.names, got.rows), got.columns)
    assert found.columns[1] == Counts("b", 2, 0)


@pytest.mark.parametrize("last", ["", "9999,9999.5,2024-06-01", "5,5.5,2023-01-01", ",,"])
def test_columns_that_rise_are_counted_as_all_others(read, monkeypatch, last):
    """Whether they rise to the end, fall in the last row, or miss a value there."""
    module = importlib.import_module("casebook.tables.profile")
    lines = [f"{n // 3},{n // 2}.5,2024-01-{n // 150 + 1:02d} {n % 150 // 10:02d}:00:00\n"
             for n in range(4000)]  # fmt: skip
    got = read("n,x,at\n" + "".join(lines) + (last + "\n" if last else "")).reading
    found = []
    for many in (0, 10**9):
        monkeypatch.setattr(module, "_MANY", many)
        view = View(got.path, got.names, got.rows)
        with view.open() as connection:
            found.append(module._by_column(connection, got.columns, got.rows))
            rising = module._rising(connection, got.columns, got.rows)
    assert found[0] == found[1]
    assert not rising


def test_columns_that_rise_are_noticed(read, monkeypatch):
    module = importlib.import_module("casebook.tables.profile")
    monkeypatch.setattr(module, "_MANY", 100)
    content = "id,at,t,x\n" + "".join(f"{n},2024-01-01 00:{n // 60:02d}:{n % 60:02d},a{n},{n % 7}\n"
                                      for n in range(3000))  # fmt: skip
    got = read(content).reading
    view = View(got.path, got.names, got.rows, filter=None)
    with view.open() as connection:
        assert set(module._rising(connection, got.columns, got.rows)) == {"id", "at"}
