"""The rule builder in a browser with a real kernel: a rule by keyboard alone, order, dragging."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from playwright.sync_api import Browser, Page, expect

from casebook.case import load_case, new_record_text

LONG = 120_000  # ms: a kernel starts on busy cores
SOURCES = (
    "from casebook.workspace import open_phase\nfrom widgets import RulesPanel\ncase = {case!r}",
    "RulesPanel(open_phase('baseline', {{'case': case}}))",
)
RULES = [
    {"if": "tenure <= 6", "then": "yes"},
    {"if": "plan = 'b'", "then": "no"},
    {"if": "tenure > 50", "then": "no"},
]


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A case with three rules."""
    folder = tmp_path_factory.mktemp("served") / "churn"
    folder.mkdir()
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"tenure": rng.integers(0, 60, 400), "plan": rng.choice(["a", "b"], 400)})
    frame["churn"] = np.where((frame["tenure"] <= 12) & (frame["plan"] == "a"), "yes", "no")
    frame.to_csv(folder / "rows.csv", index=False)
    answers = {"baseline": {"rules": RULES}}
    text = new_record_text("churn", {"rows": "rows.csv"}, target="churn", answers=answers)
    (folder / "case.yaml").write_text(text, "utf-8")
    return folder


@pytest.fixture(scope="module")
def address(case: Path, voila: Callable[..., AbstractContextManager[str]]) -> Iterator[str]:
    """Where Voila shows a notebook with the panel."""
    with voila(case.parent, [text.format(case=str(case)) for text in SOURCES]) as found:
        yield found


@pytest.fixture(scope="module")
def opened(browser: Browser, address: str) -> Iterator[Page]:
    """The panel; one kernel serves all tests, which take back what they did."""
    context = browser.new_context(viewport={"width": 1200, "height": 1500})
    page = context.new_page()
    page.goto(address, timeout=LONG)
    expect(page.locator(".cb-rule-row").first).to_be_visible(timeout=LONG)
    yield page
    context.close()


def texts(case: Path) -> list[str]:
    return [rule.condition for rule in load_case(case).record.baseline.rules]


def until(told: Callable[[], bool]) -> None:
    """Wait for what a kernel writes."""
    limit = time.monotonic() + 90
    while not told():
        assert time.monotonic() < limit, "it did not happen"
        time.sleep(0.1)


def focused(page: Page) -> str:
    """What has the focus: the text of a button, or the label of a field."""
    script = """() => { const one = document.activeElement;
        return one.tagName === 'BUTTON' ? one.textContent : one.labels?.[0]?.textContent || ''; }"""
    return str(page.evaluate(script)).strip()


def tab_to(page: Page, name: str) -> None:
    """Reach a control by Tab from where the focus is."""
    for _step in range(40):
        page.keyboard.press("Tab")
        if focused(page) == name:
            return
    pytest.fail(f"Tab does not reach {name!r}")


WORDS = {"tenure <= 6": "tenure at most 6", "plan = 'b'": "plan is b",
         "tenure > 50": "tenure more than 50"}  # fmt: skip


def settled(page: Page, case: Path, wanted: list[str]) -> None:
    """Wait until the rules are so in the record, and on the page."""
    until(lambda: texts(case) == wanted)
    for place, text in enumerate(wanted):
        row = page.locator(".cb-rule-row").nth(place)
        expect(row).to_contain_text(f"{place + 1}. {WORDS.get(text, '')}", timeout=LONG)


def undo(page: Page, case: Path, before: list[str]) -> None:
    page.get_by_role("button", name="Undo").press("Enter")
    settled(page, case, before)


def test_a_rule_is_built_counted_and_saved_by_keyboard_alone(opened, case):
    page, before = opened, texts(case)
    page.get_by_role("button", name="Start from the proposal").focus()
    tab_to(page, "Column")
    page.keyboard.type("tenure")
    tab_to(page, "Comparison")
    page.keyboard.type("at least")
    tab_to(page, "The value")
    page.keyboard.type("30")
    told = page.locator(".cb-making [role=status]")
    expect(told).to_contain_text("remain for the default", timeout=LONG)
    expect(told).to_contain_text("4. tenure at least 30")
    tab_to(page, "Add the rule")
    page.keyboard.press("Enter")
    until(lambda: texts(case) == [*before, '"tenure" >= 30'])
    expect(page.get_by_text("Added rule 4.")).to_be_visible(timeout=LONG)
    assert '"Kim"' in (case / "journal.jsonl").read_text("utf-8")
    undo(page, case, before)


def test_rules_are_ordered_by_keys_and_the_focus_goes_along(opened, case):
    page, (first, second, third) = opened, texts(case)
    rows = page.locator(".cb-rule-row")
    rows.nth(0).get_by_role("button", name="Later").focus()
    page.keyboard.press("Alt+ArrowDown")
    settled(page, case, [second, first, third])
    expect(rows.nth(1).get_by_role("button", name="Later")).to_be_focused(timeout=LONG)
    page.keyboard.press("Alt+ArrowDown")
    settled(page, case, [second, third, first])
    expect(rows.nth(2).get_by_role("button", name="Earlier")).to_be_focused(timeout=LONG)
    undo(page, case, [second, first, third])
    undo(page, case, [first, second, third])


def test_rules_are_ordered_by_dragging(opened, case):
    page, (first, second, third) = opened, texts(case)
    rows, corner = page.locator(".cb-rule-row"), {"x": 15, "y": 8}
    for _try in range(3):  # on busy cores a page may still be drawn anew under the mouse
        rows.nth(2).drag_to(rows.nth(0), source_position=corner, target_position=corner)
        page.wait_for_timeout(3_000)
        if texts(case) != [first, second, third]:
            break
    settled(page, case, [third, first, second])
    undo(page, case, [first, second, third])


def test_sql_that_is_none_is_said_and_not_saved(opened, case):
    page, before = opened, texts(case)
    page.get_by_label("Write it in SQL").check()
    field = page.get_by_label("The condition in SQL")
    field.fill("tenur > 3")
    told = page.locator(".cb-making [role=status]")
    expect(told).to_contain_text("Did you mean 'tenure'?", timeout=LONG)
    expect(page.get_by_role("button", name="Add the rule")).to_be_disabled(timeout=LONG)
    field.fill("tenure * 2 > 100")
    expect(told).to_contain_text("remain for the default", timeout=LONG)
    page.get_by_role("button", name="Start over").click()
    expect(page.get_by_label("Column")).to_be_visible()
    assert texts(case) == before
