"""What is answered: decisions, words, probabilities, intervals; one row as many."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from casebook.exceptions import ModelError
from casebook.prototype.answer import answer, answers
from casebook.prototype.rows import plain_rows
from casebook.prototype.values import Conformal, Trust, Width
from casebook.stats.recalibration import Recalibration

WORDS = {
    "positive": "오늘 전화하세요.",
    "negative": "전화할 필요가 없습니다.",
    "hand_over": "점장에게 물어보세요.",
}
BAND = {"threshold": 0.4, "hand_over": {"low": 0.3, "high": 0.6}, "texts": WORDS}
MENDED = Trust(mended=Recalibration(-0.4, 0.6))
CANDIDATES = ("linear", "tree", "boosting", "rule")
ROW = {"키 (cm)": 0.1, "z": 0.0, "도시": "서울"}


@pytest.mark.parametrize("candidate", CANDIDATES)
@pytest.mark.parametrize("kind", ["two", "many", "number"])
def test_many_rows_are_answered_as_one_by_one_and_as_the_model_says(
    open_rows, rows_of, candidate, kind
):
    frame = rows_of(kind=kind)
    frame.loc[::7, "z"] = np.nan
    prototype = open_rows(frame, candidate)
    some = frame.iloc[:40]
    together = answers(prototype, some)
    alone = [answer(prototype, row) for row in plain_rows(some.drop(columns="y"))]
    for one, other in zip(together, alone, strict=True):
        assert (one.row, one.sentence) == (other.row, other.sentence)
        assert one.said == pytest.approx(other.said)  # sums of many rows round otherwise
        assert one.probability == pytest.approx(other.probability)
    said = prototype.model.predict(some[["키 (cm)", "z", "도시"]])
    assert [one.said for one in together] == pytest.approx(list(said))
    if kind != "number":
        stated = prototype.model.predict_proba(some)
        for one, shares in zip(together, stated, strict=True):
            expected = dict(zip(prototype.model.file.classes, shares, strict=True))
            assert dict(one.shares) == pytest.approx(expected)
            assert one.shares[0][1] == max(share for _name, share in one.shares)


def test_decisions_come_in_the_words_of_the_record(open_rows, rows_of):
    prototype = open_rows(rows_of(), prototype=BAND)
    stated = prototype.model.predict_proba(rows_of(seed=1))[:, 1]
    found = answers(prototype, rows_of(seed=1))
    expected = np.select([(stated >= 0.3) & (stated < 0.6), stated >= 0.4], ["person", "yes"], "no")
    assert [one.decision for one in found] == list(expected)
    assert set(expected) == {"person", "yes", "no"}
    words = {"yes": WORDS["positive"], "no": WORDS["negative"], "person": WORDS["hand_over"]}
    assert all(one.sentence == words[one.decision] for one in found)


def test_without_words_the_target_and_its_class_are_named(open_rows, rows_of):
    prototype = open_rows(rows_of())
    one = answer(prototype, ROW | {"키 (cm)": 3.0})
    assert (one.decision, one.sentence) == ("yes", "y: yes")


@pytest.mark.parametrize("record", [BAND, {"threshold": 0.25}, {}])
def test_mended_probabilities_threshold_and_band_agree_with_what_is_said(
    open_rows, rows_of, record
):
    prototype = open_rows(rows_of(), trust=MENDED, prototype=record)
    rows = rows_of(seed=2, n=500)
    stated = prototype.model.predict_proba(rows)[:, 1]
    for one, raw in zip(answers(prototype, rows), stated, strict=True):
        assert one.probability == pytest.approx(1 / (1 + np.exp(0.4) * (1 / raw - 1) ** 0.6))
        assert (one.probability >= one.threshold) == (one.said == "yes")
        assert dict(one.shares)["yes"] == one.probability
        assert sum(share for _name, share in one.shares) == pytest.approx(1)
        if one.band:
            assert (one.band[0] <= one.probability < one.band[1]) == (one.decision == "person")


def test_mending_and_its_inverse_are_one():
    for mended in (Recalibration(), Recalibration(-0.7, 1.9)):
        for stated in (0.0, 1e-9, 0.2, 0.5, 1 - 1e-9, 1.0):
            assert mended.stated(mended.true(stated)) == pytest.approx(stated)


def test_a_number_is_said_in_its_sentence_which_is_text_and_no_template(open_rows, rows_of):
    texts = {"number": "약 {value} kg {value.__class__} {"}
    prototype = open_rows(rows_of(kind="number"), prototype={"texts": texts})
    one = answer(prototype, ROW)
    assert one.sentence.startswith("약 1")
    assert one.sentence.endswith(" kg {value.__class__} {")


def test_an_interval_is_as_wide_as_predictions_of_its_size_were_off(open_rows, rows_of):
    widths = (Width(8.0, 1.5, 300), Width(20.0, 4.0, 200), Width(None, None, 5))
    prototype = open_rows(rows_of(kind="number"), trust=Trust(conformal=Conformal(0.9, widths)))
    wanted = {"low": (-2.0, 1.5, 300), "middle": (1.0, 4.0, 200), "high": (9.0, None, None)}
    for x, half, rows in wanted.values():
        one = answer(prototype, ROW | {"키 (cm)": x})
        if half is None:
            assert one.interval is None
        else:
            assert one.interval.high - one.said == pytest.approx(half)
            assert (one.interval.rows, one.interval.level) == (rows, 0.9)


@pytest.mark.parametrize("negative", [False, True])
def test_an_interval_ends_at_zero_where_the_target_was_never_below(open_rows, rows_of, negative):
    frame = rows_of(kind="number")
    frame["y"] = frame["y"].clip(lower=0.1)
    if negative:
        frame.loc[0, "y"] = -0.1
    trust = Trust(conformal=Conformal(0.9, (Width(None, 50.0, 99),)))
    found = answer(open_rows(frame, trust=trust), ROW).interval
    assert found.clipped is not negative
    assert (found.low == 0) is not negative


def test_no_rows_no_answers(open_rows, rows_of):
    assert answers(open_rows(rows_of()), []) == ()


def test_times_booleans_and_whole_numbers_are_read_as_in_training(open_rows):
    rng = np.random.default_rng(0)
    n = 300
    frame = pd.DataFrame({
        "when": pd.date_range("2026-01-01", periods=n, freq="6h"),
        "member": rng.random(n) < 0.5,
        "guests": rng.integers(1, 60, n),
    })  # fmt: skip
    frame["y"] = frame["guests"] * 2.0 + frame["when"].dt.hour
    prototype = open_rows(frame)
    row = {"when": "2026-02-03T12:00:00", "member": True, "guests": 3}
    whole, half = answer(prototype, row), answer(prototype, row | {"guests": 3.5})
    assert half.said - whole.said == pytest.approx(1, abs=0.2)  # not cut off to 3
    assert answer(prototype, row | {"when": None, "member": None}).said
    assert answer(prototype, row | {"member": "true"}).said == whole.said


@pytest.mark.parametrize(
    ("row", "told"),
    [({"z": 0.0, "도시": "서울"}, "키 (cm)"), (ROW | {"z": "many"}, "'z' must hold numbers")],
)
def test_a_row_that_cannot_be_read_is_told_by_its_column(open_rows, rows_of, row, told):
    with pytest.raises(ModelError, match="column") as error:
        answer(open_rows(rows_of()), row)
    assert told in str(error.value)
