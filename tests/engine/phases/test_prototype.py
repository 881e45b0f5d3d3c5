"""The prototype's measurements: on rows that the fit had not seen, and told as such."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from casebook.case import load_case, new_record_text
from casebook.figures.prototype import trust_figure
from casebook.models.labelled import labelled
from casebook.models.registry import NOT_SAVED, candidates_of
from casebook.pages.prototype import page, told
from casebook.phases import baseline, prototype
from casebook.phases.findings import dump, load, phase_named
from casebook.phases.prototype_rows import unseen
from casebook.prototype.values import Trust
from casebook.runs import chosen as chosen_of
from casebook.tables import open_table


def chose(name: str | None, **more):
    """What the baseline phase says that it chose."""
    return {"baseline": {"chosen": name, "seed": 0, "target": "y", "candidates": [], **more}}


def numbers(n: int = 1000, seed: int = 0) -> pd.DataFrame:
    """Errors that grow with what is predicted."""
    rng = np.random.default_rng(seed)
    x = rng.uniform(1, 10, n)
    return pd.DataFrame(
        {"x": x, "도시": rng.choice(["서울", "부산"], n), "y": 10 * x + x * rng.normal(size=n)}
    )


@pytest.mark.parametrize(
    ("upstream", "told"),
    [
        ({}, "candidates have not been compared"),
        (chose(None), "the comparison chose no candidate"),
        (chose(None, target=None), "nobody has said which column is to be predicted"),
        (chose(None, target=None, recommendation={}), "things are recommended"),
        (chose("gone"), "'gone' that was chosen is no longer in the record"),
        *[(chose(name), "asks for no values of a row") for name in NOT_SAVED],
    ],
)
def test_where_there_is_nothing_to_try_the_reason_is_told(
    make_case, signal, examined, upstream, told
):
    found = examined(prototype, make_case(signal(), target="y"), upstream)
    assert told in found.headline[0]
    assert found.candidate is None
    assert found.trust == Trust()
    assert found.headline[0].split(":")[0] in str(page(found))
    assert trust_figure(found) is None
    assert load(phase_named("prototype"), dump(found)) == found


@pytest.mark.parametrize("name", ["linear", "tree", "boosting", "rule"])
def test_every_saved_candidate_is_measured_from_the_comparison_on(
    make_case, signal, examined, plain, name
):
    case = make_case(signal(), target="y", baseline={
        "candidates": ["dummy", name], "decision": {"candidate": name}})  # fmt: skip
    compared = plain(examined(baseline, case))
    found = examined(prototype, case, {"baseline": compared})
    assert found.candidate == name
    assert found.rows == compared["rows_held"]
    assert load(phase_named("prototype"), dump(found)) == found
    assert sum(one.share.value for one in found.told) == pytest.approx(1)
    assert trust_figure(found).svg()
    assert "What it says of how many rows" in str(page(found))


def test_the_rows_that_measure_have_no_part_in_the_fit_nor_in_the_check(make_case, signal):
    case = make_case(signal(), target="y")
    data = labelled(case, open_table(case), hold_out=True)
    candidate = next(c for c in candidates_of(data.setting) if c.name == "linear")
    found = unseen(candidate, data)
    assert not set(found.rows) & set(found.trained)
    assert set(found.rows) == set(data.splits.held)
    assert abs(found.first.sum() - len(found.rows) / 2) <= 1


def test_in_time_the_newest_rows_check_and_they_are_told_when_they_differ(make_case, examined):
    frame = numbers(1500)
    frame["day"] = pd.date_range("2020-01-01", periods=1500)
    frame.loc[1350:, "y"] += 30  # from the middle of the rows that are kept
    case = make_case(frame, target="y", time="day")
    data = labelled(case, open_table(case), hold_out=True)
    candidate = next(c for c in candidates_of(data.setting) if c.name == "linear")
    found = unseen(candidate, data)
    days = data.X["day"].iloc[found.rows]
    assert days[found.first].max() < days[~found.first].min()
    said = examined(prototype, case, chose("linear"))
    assert said.trust.conformal.covered.value < 0.4
    assert "clearly fewer than 90%" in " ".join(said.headline)
    assert "newest rows" in said.how


def test_rows_of_a_group_are_in_one_half(make_case, signal):
    frame = signal(1200)
    frame["guest"] = np.arange(1200) // 4
    case = make_case(frame, target="y", data={"group": "guest"})
    data = labelled(case, open_table(case), hold_out=True)
    candidate = next(c for c in candidates_of(data.setting) if c.name == "linear")
    found = unseen(candidate, data)
    guests = data.X["guest"].iloc[found.rows].to_numpy()
    assert not set(guests[found.first]) & set(guests[~found.first])
    assert 0.4 < found.first.mean() < 0.6


def test_a_small_table_is_measured_in_its_folds_and_says_so(make_case, examined):
    found = examined(prototype, make_case(numbers(110), target="y"), chose("linear"))
    assert "too few to keep some" in found.how
    [width] = found.trust.conformal.widths
    assert width.rows == 110
    assert found.trust.distances.rows == 110
    assert found.trust.distances.far > 0


def test_a_tiny_table_says_what_cannot_be_said(make_case, examined):
    found = examined(prototype, make_case(numbers(40), target="y"), chose("linear"))
    assert found.trust.distances is None
    assert "too few to say which values" in found.headline[-1]


def test_intervals_of_the_phase_hold_new_rows_for_every_size(make_case, examined):
    held, by_size = [], np.zeros((4, 2))
    for seed in range(4):
        case = make_case(numbers(2500, seed), target="y", name=f"c{seed}")
        found = examined(prototype, case, chose("linear"))
        new = numbers(4000, 100 + seed)
        said = 10 * new["x"].to_numpy()  # what the line says, to within a little
        widths = found.trust.conformal.widths
        limits = [width.up_to for width in widths[:-1]]
        half = np.array([width.half for width in widths])[np.searchsorted(limits, said)]
        inside = np.abs(new["y"] - said) <= half
        held.append(inside.mean())
        by_size[seed] = inside[said < 30].mean(), inside[said > 80].mean()
    assert np.mean(held) == pytest.approx(0.9, abs=0.025)
    assert np.all(np.abs(by_size.mean(axis=0) - 0.9) < 0.06)
    assert found.trust.conformal.widths[-1].half > 2 * found.trust.conformal.widths[0].half


def test_probabilities_that_say_too_much_are_mended(make_case, examined):
    rng = np.random.default_rng(3)
    X = rng.normal(size=(1500, 6))
    chance = 1 / (1 + np.exp(-0.7 * X[:, 0]))
    frame = pd.DataFrame(X, columns=list("abcdef")).assign(
        y=np.where(rng.random(1500) < chance, "yes", "no")
    )
    found = examined(prototype, make_case(frame, target="y"), chose("boosting"))
    assert found.mending.changed
    assert 0 < found.trust.mended.slope < 0.8
    assert found.mending.after.error < found.mending.before.error
    assert "are mended before they are shown" in " ".join(found.headline)


def test_who_decides_is_counted_as_answers_say_it(make_case, signal, examined):
    record = {"threshold": 0.4, "hand_over": {"low": 0.3, "high": 0.6, "to": "점장"},
              "texts": {"positive": "다시 올 손님"}}  # fmt: skip
    case = make_case(signal(1200), target="y", prototype=record)
    found = examined(prototype, case, chose("linear"))
    shares = {one.decision: one.share.value for one in found.told}
    assert sum(shares.values()) == pytest.approx(1)
    assert found.handed.value == shares["person"] > 0.05
    assert "점장" in str(page(found))
    assert "says '다시 올 손님' of " in found.headline[0]
    assert "다시 올 손님" in str(told(found))
    assert (found.threshold, found.band) == (0.4, (0.3, 0.6))
    right = {one.decision: one.right for one in found.told}
    assert right["person"] is None
    assert right["yes"].value > 0.6


def test_many_classes_have_no_mending_and_no_threshold(make_case, signal, examined):
    frame = signal(900)
    frame["y"] = np.digitize(frame["x"] + (frame["도시"] == "부산"), [-0.5, 1]).astype(str)
    found = examined(prototype, make_case(frame, target="y", data={"task": "classification"}),
                     chose("linear"))  # fmt: skip
    assert (found.mending, found.trust.mended, found.handed) == (None, None, None)
    assert {one.decision for one in found.told} == {"class"}
    assert trust_figure(found) is None
    assert "is right on" in found.headline[0]


def test_what_the_phase_says_of_the_candidates_without_a_file_is_what_a_run_does(make_case, signal):
    case = make_case(signal(), target="y")
    for name in NOT_SAVED:
        findings = SimpleNamespace(chosen=name)
        assert chosen_of.to_save(case, open_table(case), findings) is None


# Real data


def real(tmp_path, realdata, file, target):
    text = new_record_text("case", {"rows": str(realdata / file)}, target=target)
    (tmp_path / "case.yaml").write_text(text, "utf-8")
    return load_case(tmp_path)


def test_california_intervals_hold_nine_in_ten_of_unseen_districts(tmp_path, realdata, examined):
    case = real(tmp_path, realdata, "california_housing.csv", "median_house_value")
    found = examined(prototype, case, chose("linear"))
    covered = found.trust.conformal.covered
    assert covered.n == 2064
    assert covered.value == pytest.approx(0.9, abs=0.02)
    for size in found.sized:
        assert size.covered.value == pytest.approx(0.9, abs=0.05)
    assert found.trust.conformal.widths[-1].half > 2 * found.trust.conformal.widths[0].half
    assert found.strange.value == pytest.approx(0.01, abs=0.008)


def test_telco_boosted_trees_say_too_much_and_are_mended(tmp_path, realdata, examined):
    case = real(tmp_path, realdata, "telco_churn.csv", "Churn")
    found = examined(prototype, case, chose("boosting"))
    assert found.rows == 1409
    assert found.mending.changed
    assert found.mending.after.error < 0.75 * found.mending.before.error
    assert found.strange.value < 0.02
