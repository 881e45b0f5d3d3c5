"""The threshold panel in a browser: slid and saved by keyboard, and told of each other."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, expect

from casebook.case import load_case, new_record_text, save_answers
from casebook.phases.baseline_threshold_data import (
    Capacity,
    Choice,
    Curve,
    Decision,
    HandOver,
    Outcomes,
    Volume,
)
from casebook.phases.baseline_threshold_words import with_headline
from casebook.phases.findings import dump
from casebook.stats.costs import NEVER
from casebook.stats.estimate import Estimate

LONG = 120_000  # ms: a kernel starts on busy cores
SOON = 30_000  # ms: it answers on busy cores
IMPORTS = """from pathlib import Path
from pydantic import TypeAdapter
from casebook.case import load_case
from casebook.phases.baseline_threshold import Decision
from widgets import ThresholdPanel"""
SOURCES = (
    IMPORTS,
    "found = TypeAdapter(Decision).validate_json(Path({found!r}).read_text('utf-8'))",
    "ThresholdPanel(load_case({case!r}), found)",
)
COSTS = {"true_positive": 0, "false_positive": 1, "false_negative": 4, "true_negative": 0}
STATUS = '.cb-form [role="status"]'


def decision() -> Decision:
    """1,000 rows, 300 of them a yes, at every twentieth."""
    at = np.array([*(one / 20 for one in range(21)), NEVER])
    right = tuple(round(300 * max(0.0, 1 - one**2)) for one in at)
    wrong = tuple(round(700 * max(0.0, 1 - one) ** 2) for one in at)
    cost = tuple(float(w + 4 * (300 - r)) for r, w in zip(right, wrong, strict=True))
    one, share = Estimate(310.0, 280.0, 340.0, 800), Estimate(0.4, 0.3, 0.5, 200)
    curve = Curve(tuple(map(float, at)), right, wrong, right, wrong, cost, cost, cost)
    return with_headline(Decision(
        (), "linear model", "churn: yes", "churn: no", "EUR", Outcomes(0, 1, 4, 0), None, curve,
        Choice(0.4, 0.3, 0.5, 0.4, 0.4, one, 300.0), (), Volume(500.0, "week", "About 500."),
        Capacity(80, "yes", 0.16, 0.6, False, 0.4, 210.0, share, share),
        HandOver("cost", 0.3, 0.6, share, share, share, 0.3),
    ))  # fmt: skip


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A record with costs and a capacity; the panel reads no table."""
    folder = tmp_path_factory.mktemp("served") / "churn"
    folder.mkdir()
    objectives = {"costs": COSTS, "cost_unit": "EUR", "capacity": {"amount": 80, "period": "week"}}
    text = new_record_text("churn", {"rows": "rows.csv"}, answers={"objectives": objectives})
    (folder / "case.yaml").write_text(text, "utf-8")
    return folder


@pytest.fixture(scope="module")
def address(case: Path, voila: Callable[..., AbstractContextManager[str]]) -> Iterator[str]:
    """Where Voila shows a notebook with the panel."""
    kept = case.parent / "found.json"
    kept.write_text(dump(decision()), "utf-8")
    cells = [text.format(case=str(case), found=str(kept)) for text in SOURCES]
    with voila(case.parent, cells) as found:
        yield found


@pytest.fixture
def visit(browser: Browser, address: str) -> Iterator[Callable[..., Page]]:
    """Opens the page as one more person, with a kernel of their own."""
    contexts = []

    def opened(width: int = 1100) -> Page:
        context = browser.new_context(viewport={"width": width, "height": 1200})
        contexts.append(context)
        page = context.new_page()
        page.goto(address, timeout=LONG)
        expect(page.locator(".cb-room")).to_be_visible(timeout=LONG)
        return page

    yield opened
    for context in contexts:
        context.close()


def until(told: Callable[[], bool]) -> None:
    """Wait for what a kernel writes."""
    limit = time.monotonic() + 30
    while not told():
        assert time.monotonic() < limit, "it did not happen"
        time.sleep(0.1)


def record(case: Path):
    return load_case(case).record


def test_it_is_slid_typed_and_saved_by_keyboard_alone(visit, case):
    page = visit()
    slider = page.get_by_role("slider", name="Threshold")
    expect(slider).to_have_attribute("aria-valuetext", "0.40", timeout=SOON)
    status = page.locator(STATUS).first
    before = status.inner_text()
    slider.focus()
    for _step in range(3):
        page.keyboard.press("ArrowRight")
    expect(slider).to_have_attribute("aria-valuetext", "0.55", timeout=SOON)
    expect(page.get_by_label("Threshold, from 0 to 1")).to_have_value("0.55", timeout=SOON)
    expect(status).not_to_have_text(before, timeout=SOON)
    field = page.get_by_label("Threshold, from 0 to 1")
    field.fill("0.35")
    page.keyboard.press("Tab")
    expect(slider).to_have_attribute("aria-valuetext", "0.35", timeout=SOON)
    page.get_by_role("button", name="Use this threshold").focus()
    page.keyboard.press("Enter")
    until(lambda: record(case).prototype.threshold == 0.35)
    expect(page.get_by_text("Saved.")).to_be_visible(timeout=SOON)
    assert '"Kim"' in (case / "journal.jsonl").read_text("utf-8")


def test_costs_are_played_with_and_the_band_is_set_by_a_button(visit, case):
    page = visit()
    page.get_by_label("Cost of a wrong “churn: no” (EUR)").fill("1")
    page.keyboard.press("Tab")
    expect(page.locator(STATUS).first).to_contain_text(
        re.compile(r"more than at 0\.[5-9]"), timeout=SOON
    )
    page.get_by_role("button", name="By hand: 0.30 to 0.60").click()
    expect(page.get_by_role("textbox", name="A person decides from")).to_have_value(
        "0.3", timeout=SOON
    )
    expect(page.locator("table").first).to_contain_text("a person decides", timeout=SOON)
    assert record(case).objectives.costs.false_negative == 4
    assert record(case).prototype.hand_over is None


def test_what_somebody_else_saved_is_told_and_not_overwritten(visit, case):
    page = visit()
    save_answers(load_case(case), {"prototype.threshold": 0.7}, by="Lee")
    expect(page.get_by_text("Lee answered meanwhile: 0.7")).to_be_visible(timeout=SOON)
    page.get_by_role("button", name="Use this threshold").click()
    expect(page.get_by_text(re.compile("Yours, not saved"))).to_be_visible(timeout=SOON)
    assert record(case).prototype.threshold == 0.7
    page.get_by_role("button", name="Leave theirs").click()
    expect(page.get_by_label("Threshold, from 0 to 1")).to_have_value("0.7", timeout=SOON)


def test_every_field_has_a_name_and_nothing_is_cut_off_on_a_phone(visit):
    page = visit(390)
    inputs = page.locator(".cb-form input[type=text]")
    for place in range(inputs.count()):
        names = inputs.nth(place).evaluate("e => e.labels.length && e.labels[0].textContent")
        assert names
    wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    assert wide <= 1
