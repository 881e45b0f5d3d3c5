"""A case's table: filter, day, roles and task as the record says, and what is wrong with it."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from casebook.case import load_case
from casebook.exceptions import CasebookError, ExpressionError, TableError
from casebook.language import using
from casebook.tables import open_table

ROWS = (
    "Guest ID,day,age,spent,churned,zone,remark\n"
    "1001,2019-03-01,30,10.5,Yes,가,good food\n"
    "1002,2019-03-02,41,,No,나,too salty for me\n"
    "1003,2019-03-02,52,7.0,No,가,\n"
    "1004,2019-03-03,,8.5,Yes,나,fine\n"
    "1005,,23,9.0,No,가,nice place\n"
)


@pytest.fixture
def case(tmp_path):
    """A case of one table; keyword arguments become fields of `data`."""

    def made(rows: str = ROWS, **data):
        (tmp_path / "visits.csv").write_text(rows, encoding="utf-8")
        (tmp_path / "days.csv").write_text("day,rain\n2019-03-01,1\n2019-03-02,0\n")
        fields = "".join(f"  {name}: {value}\n" for name, value in data.items())
        (tmp_path / "case.yaml").write_text(
            "casebook: 1\nname: tried\ndata:\n  tables:\n    visits: {source: visits.csv}\n"
            f"    days: {{source: days.csv}}\n{fields}",
            encoding="utf-8",
        )
        return load_case(tmp_path)

    return made


def test_a_table_with_nothing_said(case):
    table = open_table(case())
    assert (table.name, table.rows, table.rows_read) == ("visits", 5, 5)
    assert table.time == "day"
    assert table.target is table.task is None
    assert table.column("AGE").sensitive
    assert "'age'" in table.column("age").note
    assert any(n.field == "data.time" for n in table.reading)
    assert len(table.fingerprint) == 64


def test_another_table_of_the_case(case):
    table = open_table(case(target="churned"), "days")
    assert table.names == ("day", "rain")
    assert table.target is None
    with pytest.raises(TableError, match=r"no table 'day'; it has visits, days\. Did you mean"):
        open_table(case(), "day")


def test_the_target_gives_the_task_and_the_reason(case):
    table = open_table(case(target="churned"))
    assert (table.target, table.task) == ("churned", "classification")
    assert table.task_reason == "the target 'churned' holds no numbers"
    assert table.with_role("target") == ("churned",)
    few = open_table(case(target="age"))
    assert few.task == "classification"
    assert "only 4 different whole numbers" in few.task_reason
    assert open_table(case(target="spent")).task == "regression"
    assert open_table(case(target="age", task="regression")).task == "regression"


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (
            {"target": "Chruned"},
            "line 7, data.target: column 'Chruned' is not in visits.csv; it has",
        ),
        ({"target": "Chruned"}, "7 columns. Did you mean 'churned'?"),
        ({"time": "dya"}, "data.time: column 'dya' is not in visits.csv"),
        ({"time": "spent"}, "data.time: the values of 'spent' are read as number, not as times."),
        ({"roles": "{agee: ignore}"}, "data.roles.agee: column 'agee' is not"),
        ({"sensitive": "[zone, zoo]"}, "column 'zoo' is not in"),
        ({"group": "guest"}, "data.group: column 'guest' is not in"),
        (
            {"filter": "spnt > 3"},
            "at character 1: there is no column 'spnt'. Did you mean 'spent'?",
        ),
        ({"filter": "spent > 'x'"}, "data.filter: Conversion Error"),
        ({"filter": "remark::int > 1"}, "data.filter: Conversion Error"),
        ({"filter": "spent > 100"}, "data.filter: no row is left: the filter leaves out all 5"),
        ({"filter": "SUM(spent) > 3"}, "data.filter: it has an aggregate"),
    ],
)
def test_errors_point_at_the_record(case, data, said):
    with pytest.raises(CasebookError) as error:
        open_table(case(**data))
    assert said in str(error.value)
    assert str(error.value).startswith("case.yaml, line ")


def test_rows_that_the_filter_leaves_out_are_counted_with_the_unknown(case):
    table = open_table(case(filter="spent > 8"))
    assert (table.rows, table.rows_filtered_out, table.rows_filter_unknown) == (3, 2, 1)
    assert table.frame(["Guest ID"])["Guest ID"].tolist() == [1001, 1004, 1005]
    assert table.frame().index.tolist() == [0, 3, 4]


def test_rows_after_the_day_are_left_out_and_counted(case):
    table = open_table(case(), as_of=date(2019, 3, 2))
    assert (table.rows, table.rows_after_as_of, table.rows_without_time) == (3, 2, 1)
    assert table.as_of == date(2019, 3, 2)
    both = open_table(case(filter="spent > 8"), as_of="2019-03-02")
    assert (both.rows, both.rows_filtered_out, both.rows_after_as_of) == (1, 2, 2)
    assert both.rows_read == both.rows + both.rows_filtered_out + both.rows_after_as_of


def test_the_end_of_the_day_counts(case):
    rows = "at,n\n2019-03-02 23:59:59.5,1\n2019-03-03 00:00:00,2\n"
    assert open_table(case(rows), as_of=date(2019, 3, 2)).rows == 1


def test_a_day_that_is_none_or_leaves_nothing(case):
    with pytest.raises(TableError, match="as_of: 'soon' is not a day; write it as 2026-01-31"):
        open_table(case(), as_of="soon")
    with pytest.raises(TableError, match="as_of: no row is left: none has a time up to 2001-01-01"):
        open_table(case(), as_of=date(2001, 1, 1))
    with pytest.raises(TableError, match="has no time column"):
        open_table(case("a,b\n1,2\n3,4\n"), as_of=date(2019, 3, 2))


def test_roles_of_the_record_win(case):
    table = open_table(case(roles="{zone: ignore, age: category}", sensitive="[zone]"))
    assert table.column("zone").role == "ignore"
    assert table.column("zone").sensitive
    assert table.column("age").role == "category"
    assert open_table(case(roles="{churned: target}")).target == "churned"


def test_columns_of_one_value_or_none_are_constant_with_a_note(case):
    table = open_table(case("a,b,c\n1,,x\n2,,x\n3,,x\n"))
    assert table.column("b").role == table.column("c").role == "constant"
    assert table.column("b").note == "all values are missing"
    with using("en"):
        assert table.column("c").note == "one value only"


def test_a_column_of_the_table_is_named_with_its_nearest(case):
    with pytest.raises(TableError, match=r"'spend' is not a column of visits; .* mean 'spent'\?"):
        open_table(case()).column("spend")


def test_frames(case):
    table = open_table(case())
    frame = table.frame()
    assert [str(kind) for kind in frame.dtypes] == [
        "int64", "datetime64[us]", "float64", "float64", "str", "str", "str",
    ]  # fmt: skip
    assert table.frame(["SPENT", "day"]).columns.tolist() == ["spent", "day"]
    assert table.frame([]).shape == (5, 0)
    assert len(table.frame(where="churned = 'No'")) == table.count("churned = 'No'") == 3
    assert table.count() == 5
    with pytest.raises(TableError, match="'nope' is not a column"):
        table.frame(["nope"])


def test_a_sample_is_random_by_seed_keeps_order_and_nests(case):
    rows = "n\n" + "".join(f"{n}\n" for n in range(5_000))
    table = open_table(case(rows))
    big = table.frame(limit=500, seed=3)["n"]
    assert big.is_monotonic_increasing
    assert big.tolist() == table.frame(limit=500, seed=3)["n"].tolist()
    assert big.tolist() != table.frame(limit=500, seed=4)["n"].tolist()
    assert set(table.frame(limit=50, seed=3)["n"]) < set(big)
    assert 2_300 < big.mean() < 2_700
    assert table.frame(limit=9_999).shape == (5_000, 1)


def test_aggregates(case):
    table = open_table(case())
    whole = table.aggregate({"revenue": "SUM(spent)", "visits": "COUNT(*)"})
    assert whole.iloc[0].tolist() == [35.0, 5.0]
    by = table.aggregate(
        {"n": "COUNT(*)"}, by={"month": "date_trunc('month', day)", "zone": "zone"}
    )
    assert by.columns.tolist() == ["month", "zone", "n"]
    assert by["n"].tolist() == [2, 2, 1]
    assert pd.isna(by["month"].iloc[-1])
    assert table.aggregate({"n": "COUNT(*)"}, where="age > 200")["n"].tolist() == [0]
    assert table.aggregate({"spent": "SUM(spent)"}, by={"day": "zone"})["spent"].tolist() == [
        26.5,
        8.5,
    ]
    with pytest.raises(ExpressionError, match="not one for many"):
        table.aggregate({"n": "spent"})


def test_values_are_aligned_with_the_frame(case):
    table = open_table(case(filter="spent IS NOT NULL"))
    values = table.evaluate("spent * 2")
    assert values.index.tolist() == table.frame().index.tolist() == [0, 2, 3, 4]
    assert values.tolist() == [21.0, 14.0, 17.0, 18.0]


def test_names_with_quotes_and_of_the_engine(case):
    table = open_table(case('"a ""b""",file_row_number,__row_of,n\n1,2,3,4\n5,6,7,8\n'))
    assert table.frame().iloc[1].tolist() == [5, 6, 7, 8]
    assert table.evaluate('"a ""b""" + file_row_number').tolist() == [3, 11]


def test_a_second_opening_costs_next_to_nothing(case, monkeypatch):
    opened = case(filter="spent > 8")
    first = open_table(opened)
    monkeypatch.setattr("casebook.expressions.locked.connect_locked", None)
    monkeypatch.setattr("casebook.tables.view.connect_locked", None)
    assert open_table(opened) == first
