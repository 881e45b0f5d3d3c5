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
