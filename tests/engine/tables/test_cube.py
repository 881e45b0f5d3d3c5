"""Sums over two spans by units and facets, against the same by pandas."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from casebook.expressions.ratio import ratio
from casebook.tables import open_table
from casebook.tables.cube import count, in_spans, opened
from casebook.tables.derived import from_events, from_time, prepare
from casebook.tables.facets import MOST_VALUES, of_columns, of_derived

SPANS = ((date(2026, 1, 1), date(2026, 1, 31)), (date(2026, 3, 1), date(2026, 3, 31)))


@pytest.fixture(scope="module")
def rows() -> pd.DataFrame:
    rng = np.random.default_rng(2)
    n = 3000
    frame = pd.DataFrame(
        {
            "at": pd.Timestamp("2026-01-01") + pd.to_timedelta(rng.integers(0, 90, n), "D"),
            "city": rng.choice([f"city {x}" for x in range(30)], n),
            'it\'s "odd"': rng.choice(["a'b", 'c"d', None], n),
            "wait": rng.gamma(2, 10, n).round(1),
            "party": rng.integers(1, 5, n),
            "spend": rng.gamma(4, 5, n).round(2),
        }
    )
    frame.loc[::50, "wait"] = None
    return frame


@pytest.fixture
def cube(make_case, rows):
    table = open_table(make_case(rows, time="at"))
    with opened(table) as connection:
        columns = [table.column(name) for name in rows.columns[1:5]]
        found = of_columns(connection, columns, in_spans("at", SPANS), table.rows)
        found += tuple(of_derived(column) for column in from_time("at"))
        yield count(connection, table, ratio("AVG(spend)"), spans=SPANS, facets=found)


def of(rows: pd.DataFrame, side: int) -> pd.DataFrame:
    first, last = SPANS[side]
    return rows[rows["at"].between(pd.Timestamp(first), pd.Timestamp(last))]


def test_values_past_the_most_frequent_are_other(cube, rows):
    facet = cube.facets[0]
    assert (facet.name, len(facet.labels)) == ("city", MOST_VALUES)
    both = pd.concat([of(rows, 0), of(rows, 1)])
    counts = both["city"].value_counts()
    assert counts[list(facet.labels)].min() >= counts.drop(list(facet.labels)).max()
    after = cube.sums("day", facet).below[1].sum(axis=0)
    inside = of(rows, 1)["city"].isin(facet.labels)
    assert after[facet.count] == (~inside).sum()
    assert after[facet.count + 1] == 0


def test_quotes_and_missing_values_are_parts_like_any(cube, rows):
    facet = cube.facets[1]
    sums = cube.sums("day", facet)
    before = of(rows, 0).groupby('it\'s "odd"', dropna=False)["spend"].sum()
    for place, label in enumerate(facet.labels):
        assert sums.above[0][:, place].sum() == pytest.approx(before[label])
    assert sums.above[0][:, facet.count + 1].sum() == pytest.approx(before[np.nan])


def test_ranges_hold_what_their_edges_say(cube, rows):
    facet = cube.facets[2]
    assert facet.kind == "ranges"
    after = of(rows, 1)
    found = cube.sums("day", facet).below[1].sum(axis=0)
    inner = np.array(facet.edges[1:-1])
    codes = np.searchsorted(inner, after["wait"].dropna(), side="right")
    assert list(found[: facet.count]) == list(np.bincount(codes, minlength=facet.count))
    assert found[facet.count + 1] == after["wait"].isna().sum()


def test_few_numbers_are_values_in_their_order(cube):
    assert cube.facets[3].labels == ("1", "2", "3", "4")


def test_days_add_up_and_stand_in_their_place(cube, rows):
    sums = cube.sums("day")
    by_day = of(rows, 1).groupby("at")["spend"].sum()
    assert sums.above[1].shape == (31, 1)
    np.testing.assert_allclose(
        sums.above[1][:, 0],
        by_day.reindex(pd.date_range(*SPANS[1])).fillna(0.0),
    )
    for unit in ("id", "row"):
        np.testing.assert_allclose(cube.sums(unit).above[1].sum(), by_day.sum())


def test_pairs_have_the_second_value_fastest(cube, rows):
    one, two = cube.facets[1], cube.facets[3]
    sums = cube.sums("day", one, two)
    after = of(rows, 1)
    both = (after['it\'s "odd"'] == one.labels[0]) & (after["party"] == 3)
    place = 0 * two.size + two.labels.index("3")
    assert sums.below[1][:, place].sum() == both.sum()
    assert (
        cube.rows((one, 0), (two, two.labels.index("3")))
        == both.sum()
        + ((of(rows, 0)['it\'s "odd"'] == one.labels[0]) & (of(rows, 0)["party"] == 3)).sum()
    )


def test_who_is_new_is_known_of_every_row_of_both_spans(make_case, rows):
    """Only days within the spans are looked up; what was before them still counts."""
    rows = rows.assign(guest=np.random.default_rng(3).integers(0, 900, len(rows)))
    table = open_table(make_case(rows, time="at"))
    with opened(table) as connection:
        prepare(connection, "at", "guest")
        found = tuple(of_derived(column) for column in from_events("at", "guest"))
        cube = count(connection, table, ratio("COUNT(*)"), spans=SPANS, facets=found, key="guest")
        sums = cube.sums("day", found[0])
    for side, (first, _last) in enumerate(SPANS):
        before = set(rows.loc[rows["at"] < pd.Timestamp(first), "guest"])
        known = of(rows, side)["guest"].isin(before)
        assert list(sums.below[side].sum(axis=0)[:2]) == [(~known).sum(), known.sum()]
        assert sums.below[side].sum() == len(known)
