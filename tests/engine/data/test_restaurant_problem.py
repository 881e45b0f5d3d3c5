"""The problem phase on the restaurant: it names choosing from the menu, as large as planted."""

from __future__ import annotations

from pathlib import Path

import pytest
from restaurant_simulator import NOTHING, PLANTED, simulate

from casebook import language
from casebook.case import Case, load_case
from casebook.phases import problem
from casebook.tables import open_table

DATA = Path(__file__).resolve().parents[3] / "data"
CAUSE, WORD_OF_MOUTH = "long choosing", "word of mouth"


def examined(case: Case) -> problem.Findings:
    return problem.examine(case, open_table(case), {})


@pytest.fixture(scope="module")
def found() -> problem.Findings:
    return examined(load_case(DATA / "restaurant"))


def test_choosing_from_the_menu_is_named_and_nothing_else(found):
    assert "'Choosing from a large, poorly described menu takes long'" in found.headline[0]
    verdicts = {box.id: box.tested.verdict for box in found.tree if box.tested}
    assert verdicts == {CAUSE: "supports", "fewer return": "supports"}


def test_intervals_cover_the_planted_sizes(found):
    returned, satisfied, choosing = (one.tested.difference for one in found.hypotheses[:3])
    assert returned.low <= PLANTED.return_of_long <= returned.high
    assert satisfied.low <= PLANTED.satisfaction_of_long <= satisfied.high
    step = PLANTED.choosing_after - PLANTED.choosing_before
    assert choosing.low <= step <= choosing.high


def test_decoys_are_not_supported(found):
    """Rain, server and spend per visit do nothing in the simulator; waiting costs satisfaction."""
    waiting, rain, server, spend = (one.tested.verdict for one in found.hypotheses[3:])
    assert waiting == "supports"
    assert "supports" not in (rain, server, spend)


def test_a_solution_is_worth_its_part_of_the_cause(found):
    boxes = {box.id: box for box in found.tree}
    size = boxes[CAUSE].size
    assert size.kind == "amount"
    assert boxes["describe dishes"].effect.value == pytest.approx(0.4 * size.gain.value)
    # 18 points of some 226 long visits a month, at some 51,500 won a visit
    expected = -PLANTED.return_of_long * size.rows / 3 * size.worth
    assert size.gain.low <= expected <= size.gain.high


def test_notes_are_counted_as_the_readme_says():
    for name in ("restaurant", "restaurant_ko"):
        case = load_case(DATA / name)
        with language.using(case.record.language):
            told = problem.interviews(case, open_table(case))
        assert told.notes == 22
        assert [theme.notes for theme in told.themes] == [12, 3, 2, 2, 1]
        assert told.untouched == 4


def test_the_korean_record_finds_the_same(found):
    case = load_case(DATA / "restaurant_ko")
    with language.using("ko"):
        korean = examined(case)
    assert [box.tested and box.tested.verdict for box in korean.tree] == [
        box.tested and box.tested.verdict for box in found.tree
    ]
    assert korean.tree[-1].effect == found.tree[-1].effect


def _case_of(tmp_path: Path, seed: int, truth: object) -> Case:
    """The bundled record over the tables of another seed."""
    folder = tmp_path / str(seed)
    folder.mkdir()
    for name, table in simulate(seed, truth).items():
        table.to_csv(folder / f"{name}.csv", index=False)
    for name in ("case.yaml", "interviews.csv"):
        (folder / name).write_bytes((DATA / "restaurant" / name).read_bytes())
    return load_case(folder)


def test_other_seeds_name_it_too_and_cover_the_size(tmp_path):
    covered = 0
    for seed in range(20, 22):
        told = examined(_case_of(tmp_path, seed, PLANTED))
        assert "Choosing from a large" in told.headline[0]
        one = told.hypotheses[0].tested.difference
        covered += one.low <= PLANTED.return_of_long <= one.high
    assert covered >= 1


def test_with_nothing_planted_no_cause_is_named(tmp_path):
    named = 0
    for seed in range(30, 32):
        told = examined(_case_of(tmp_path, seed, NOTHING))
        named += "The data support the cause" in told.headline[0]
    assert named <= 1
