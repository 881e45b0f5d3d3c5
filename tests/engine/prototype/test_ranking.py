"""Who comes first: the latest rows by need, as many as people can act on."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from threadpoolctl import threadpool_limits

from casebook.case import load_case, new_record_text
from casebook.exceptions import ModelError
from casebook.models.about import About
from casebook.models.file import load_model, save_model
from casebook.models.labelled import labelled
from casebook.models.registry import CANDIDATES
from casebook.pages.ranking import page, summary
from casebook.prototype.answer import answer
from casebook.prototype.opened import Prototype, opened
from casebook.prototype.ranking import main_reasons, ranking
from casebook.prototype.values import Trust
from casebook.tables import open_table
from widgets.ranking import RankingPanel

N = 400


def rows(unlabelled: int) -> pd.DataFrame:
    """Guests over 100 days; who chose for long does not come again; the last have no label."""
    rng = np.random.default_rng(3)
    minutes = rng.gamma(3.0, 3.0, N).round(1)
    frame = pd.DataFrame(
        {
            "guest": [f"G{one:03d}" for one in rng.integers(0, 150, N)],
            "minutes": minutes,
            "spend": rng.gamma(2.0, 20.0, N).round(2),
            "at": pd.Timestamp("2026-01-01")
            + pd.to_timedelta(np.sort(rng.integers(0, 2400, N)), "h"),
            "back": (minutes + rng.normal(0, 2, N) < 9).astype(object),
        }
    )
    if unlabelled:
        frame.loc[N - unlabelled :, "back"] = None
    return frame


def made(folder: Path, *, unlabelled: int = 120, target: str = "back", **objectives) -> Prototype:
    folder.mkdir()
    rows(unlabelled).to_csv(folder / "rows.csv", index=False)
    record = new_record_text(
        "guests", {"rows": "rows.csv"}, target=target, time="at", roles={"guest": "id"},
        answers={"objectives": objectives, "data": {"group": "guest"}},
    )  # fmt: skip
    (folder / "case.yaml").write_text(record, "utf-8")
    case = load_case(folder)
    table = open_table(case)
    data = labelled(case, table)
    candidate = next(c for c in CANDIDATES if c.name == "linear")
    with threadpool_limits(1):
        fitted = candidate.make(data.setting).fit(data.X, data.y)
    threshold = 0.5 if data.positive else None
    save_model(folder, fitted, data, about=About("guests", "linear", threshold=threshold))
    return opened(case, table, load_model(folder), Trust())


NO = {"capacity": {"amount": 6, "period": "week", "acts_on": "no"}}
YES = {"capacity": {"amount": 6, "period": "week", "acts_on": "yes"}}


@pytest.fixture(scope="module")
def prototype(tmp_path_factory) -> Prototype:
    return made(tmp_path_factory.mktemp("ranking") / "guests", **NO)


def test_the_greatest_need_of_the_last_week_comes_first(prototype):
    found = ranking(prototype)
    frame = rows(120)
    late = frame[frame["at"] >= frame["at"].max().normalize() - pd.Timedelta(days=6)]
    late = late[~late["guest"].duplicated(keep="last")]
    assert found.unlabelled
    assert found.ranked == len(late)
    shares = [one.answer.probability for one in found.rows]
    assert shares == sorted(shares)
    assert [one.place.rank for one in found.rows] == list(range(1, len(found.rows) + 1))
    acted = [one for one in found.rows if one.place.act]
    assert acted == [one for one in found.rows[:6] if one.answer.decision == "no"]
    assert found.acted == len(acted)
    by_guest = late.set_index("guest")
    for one in found.rows:
        row = by_guest.loc[one.id]
        assert one.row["minutes"] == row["minutes"]
        assert one.time == row["at"].isoformat()


def test_who_acts_on_a_yes_begins_at_the_other_end(tmp_path):
    found = ranking(made(tmp_path / "yes", **YES), 5)
    shares = [one.answer.probability for one in found.rows]
    assert shares == sorted(shares, reverse=True)
    assert len(found.rows) == 5


def test_the_reason_is_what_the_model_says_with_the_usual_value(prototype):
    found = ranking(prototype)
    usual = {one.column: one.typical for one in prototype.fields}
    first = found.rows[0]
    assert first.reason.startswith("minutes is")
    alone = answer(prototype, {**first.row, "minutes": usual["minutes"]}).probability
    assert f"the probability would be {alone:.0%}" in first.reason
    assert main_reasons(prototype, [usual], on_yes=False) == ("",)


def test_where_all_outcomes_are_known_the_latest_are_ranked(tmp_path):
    found = ranking(made(tmp_path / "known", unlabelled=0, **NO))
    assert not found.unlabelled
    assert found.ranked > 0
    assert "outcome of all rows is known" in summary(found)[1]


def test_without_a_capacity_nobody_is_acted_on(tmp_path):
    found = ranking(made(tmp_path / "free"))
    assert found.amount is None
    assert all(one.place.act is None for one in found.rows)
    assert len(found.rows) == 20
    assert "Act on" not in page(found)


def test_numbers_have_no_order_of_need(tmp_path):
    with pytest.raises(ModelError, match="only two classes"):
        ranking(made(tmp_path / "numbers", target="spend"))


def test_the_panel_shows_as_many_as_are_asked_for(prototype):
    panel = RankingPanel(prototype)
    assert panel.how_many.value == panel.model.found.acted + 10
    assert f"Act on these {panel.model.found.acted} rows" in panel.static()
    panel.how_many.value = 3
    assert "Act on these 3 rows" in panel.list.value
    assert "rows after them" not in panel.list.value
    assert "ranking.csv" in panel.list.value
