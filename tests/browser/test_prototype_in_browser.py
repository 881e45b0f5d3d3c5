"""The prototype in a colleague's hands: from the printed link to a receipt, by keyboard alone."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import NamedTuple

import pytest
from playwright.sync_api import Page, expect

from casebook.case import load_case
from casebook.runs.feedback import read_feedback

sys.path.append(str(Path(__file__).parent))
hands = __import__("tried")
COMMENT = "I know them, 압니다."


class Tried(NamedTuple):
    """What a colleague does with a case.

    number: the label of a field, its column, what is typed, what is typed to change it.
    listed: the label and the column of a list. said: a word of the answer.
    wrong: what would have been right; empty where it is right.
    """

    case: str
    number: tuple[str, str, str, str]
    listed: tuple[str, str]
    said: str
    wrong: str = ""


TRIED = (
    Tried("restaurant", ("Time to choose (min)", "choosing_minutes", "3", "14"),
          ("Came by", "channel"), "come again"),
    Tried("telco", ("tenure", "tenure", "2", "60"), ("Contract", "Contract"), "Churn: ",
          wrong="Yes"),
    Tried("houses", ("median_income", "median_income", "2.5", "7.5"),
          ("ocean_proximity", "ocean_proximity"), "median_house_value: ", wrong="180000"),
)  # fmt: skip


def type_over(page: Page, number: str, column: str, text: str) -> str:
    """Type over a number by keys, and wait until the page's address says it; the answer's id."""
    hands.reach(page, number)
    hands.by_keys(page, hands.typed(page, text))
    said = re.compile(rf"v\.{column}={re.escape(text)}(&|$)")
    expect(page).to_have_url(said, timeout=hands.SOON)
    return hands.prediction(page)


def pick_another(page: Page, listed: str) -> str:
    """Pick the next one of a list by an arrow; what was picked before."""
    hands.reach(page, listed)
    before = page.evaluate("document.activeElement.value")
    has_next = "(at => at.selectedIndex + 1 < at.options.length)(document.activeElement)"
    arrow = "ArrowDown" if page.evaluate(has_next) else "ArrowUp"
    hands.by_keys(page, lambda: page.keyboard.press(arrow))
    return before


def ask_why(page: Page) -> None:
    """Ask by the button and wait for the reasons."""
    hands.reach(page, "Why?")
    page.keyboard.press("Enter")
    expect(page.locator(".cb-live .cb-reasons")).to_contain_text("known rows", timeout=hands.SOON)


def say(page: Page, wrong: str) -> str:
    """Say whether the answer is right, by keys; the receipt. wrong: what would have been right."""
    hands.reach(page, "It is right")
    page.keyboard.press("Space")
    if wrong:
        page.keyboard.press("ArrowDown")
        hands.reach(page, "What would have been right?")
        page.keyboard.type(wrong)
    for label, text in {"Anything else?": COMMENT, "Your name": "Kim"}.items():
        hands.reach(page, label)
        page.keyboard.type(text)
    hands.reach(page, "Send")
    page.keyboard.press("Enter")
    receipt = page.locator(".cb-live .cb-receipt")
    expect(receipt).to_contain_text("Kept", timeout=hands.SOON)
    return receipt.inner_text()


@pytest.mark.parametrize("tried", TRIED, ids=lambda one: one.case)
def test_from_the_link_to_the_receipt_by_keyboard_alone(tried: Tried, links, person, faults):
    link, case = links(tried.case)
    page = hands.opened(person, link)
    found = faults(page)
    label, column, text, other = tried.number
    type_over(page, label, column, text)
    before = hands.answer(page).inner_text()
    assert tried.said in before
    picked = pick_another(page, tried.listed[0])
    ask_why(page)
    found += faults(page)
    last = type_over(page, label, column, other)
    expect(page.locator(".cb-live .cb-try-side")).to_contain_text(re.compile(r"Was .*now"))
    expect(page.get_by_text("Following the change")).to_have_count(0, timeout=hands.SOON)
    assert hands.answer(page).inner_text() != before
    receipt = say(page, tried.wrong)
    assert found + faults(page) == []
    [row] = read_feedback(load_case(case)).to_dict("records")
    assert row["kind"] == ("corrected" if tried.wrong else "right")
    assert str(row["corrected"] or "").removesuffix(".0") == tried.wrong
    assert (row["comment"], row["by"], row["prediction"]) == (COMMENT, "Kim", last)
    assert row["inputs"][column] == float(other)
    assert row["inputs"][tried.listed[1]] not in {picked, None}
    assert row["id"] in receipt
