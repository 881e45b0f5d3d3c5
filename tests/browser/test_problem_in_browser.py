"""The problem tree and the canvas in a browser: by keyboard and mouse, by two people at once."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from casebook.case import load_case

LONG = 120_000  # ms: a kernel starts on busy cores
SOURCES = (
    "from casebook.case import load_case\nfrom widgets import BusinessPanel, ProblemPanel",
    "ProblemPanel(load_case({case!r}))",
    "BusinessPanel(load_case({case!r}))",
)
TREE = "The problem tree"
SYMPTOM = "Riders cancel more often each month since April, on rainy evenings most of all"


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the record of the bundled rides; the panels read no table."""
    folder = tmp_path_factory.mktemp("served") / "rides"
    folder.mkdir()
    shutil.copy(Path(__file__).resolve().parents[2] / "data" / "rides" / "case.yaml", folder)
    return folder


@pytest.fixture(scope="module")
def address(case: Path, voila: Callable[..., AbstractContextManager[str]]) -> Iterator[str]:
    """Where Voila shows a notebook with both panels."""
    with voila(case.parent, [text.format(case=str(case)) for text in SOURCES]) as found:
        yield found


@pytest.fixture
def visit(browser: Browser, address: str) -> Iterator[Callable[[], Page]]:
    """Opens the page as one more person, with a kernel of their own."""
    contexts = []

    def opened() -> Page:
        context = browser.new_context(viewport={"width": 1200, "height": 1400})
        contexts.append(context)
        page = context.new_page()
        page.goto(address, timeout=LONG)
        expect(page.locator("select").first).to_be_visible(timeout=LONG)
        return page

    yield opened
    for context in contexts:
        context.close()


def boxes(case: Path) -> dict[str, str]:
    return {node.id: node.text for node in load_case(case).record.problem.nodes}


def until(told: Callable[[], bool]) -> None:
    """Wait for what a kernel writes."""
    limit = time.monotonic() + 30
    while not told():
        assert time.monotonic() < limit, "it did not happen"
        time.sleep(0.1)


def tree(page: Page):
    return page.get_by_label(TREE).first


def press(page: Page, name: str) -> None:
    """Reach a button by Tab from where the focus is, and press it."""
    for _step in range(30):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent").strip() == name:
            page.keyboard.press("Enter")
            return
    pytest.fail(f"Tab does not reach {name!r}")


def test_the_tree_is_changed_by_keyboard_alone_and_undone(visit, case):
    page, before = visit(), (case / "case.yaml").read_text("utf-8")
    tree(page).focus()
    for _step in range(3):  # the symptom, the first problem, its first cause
        page.keyboard.press("ArrowDown")
    expect(page.get_by_role("button", name="Add a solution")).to_be_visible()
    press(page, "Add a solution")
    until(lambda: "New solution" in boxes(case))
    field = page.get_by_label("It says")
    expect(field).to_be_focused()
    expect(field).to_have_value("New solution")
    page.keyboard.press("Control+A")
    page.keyboard.type("Tell riders when the rain ends")
    page.keyboard.press("Tab")
    until(lambda: boxes(case)["New solution"] == "Tell riders when the rain ends")
    node = next(n for n in load_case(case).record.problem.nodes if n.id == "New solution")
    assert node.parent == "few drivers"
    for left in ("New solution", None):
        tree(page).focus()
        press(page, "Undo")
        until(lambda left=left: boxes(case).get("New solution") == left)
    assert (case / "case.yaml").read_text("utf-8") == before
    assert '"Kim"' in (case / "journal.jsonl").read_text("utf-8")


def test_the_tree_is_changed_by_mouse(visit, case):
    page = visit()
    tree(page).locator("option", has_text="Cap the surcharge").click()
    page.get_by_role("button", name="Delete").click()
    until(lambda: "cap" not in boxes(case))
    expect(page.get_by_text("Undo brings it back")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    until(lambda: "cap" in boxes(case))


def test_two_people_at_one_tree_are_told_of_each_other(visit, case):
    one, other = visit(), visit()
    for page in (one, other):
        tree(page).focus()
        page.keyboard.press("ArrowDown")
        expect(page.get_by_label("It says")).to_have_value(SYMPTOM)
    one.get_by_label("It says").fill("More riders cancel since April")
    other.get_by_label("It says").fill("More cancellations")
    one.get_by_label("It says").press("Enter")
    until(lambda: boxes(case)["cancellations"] == "More riders cancel since April")
    expect(other.get_by_text("Kim changed this box meanwhile")).to_be_visible(timeout=30_000)
    assert boxes(case)["cancellations"] == "More riders cancel since April"


def test_the_canvas_is_filled_and_has_no_heading_of_its_own(visit, case):
    page = visit()
    sheet = page.locator(".cb-canvas").first
    expect(sheet).to_contain_text("only a plan")
    assert sheet.locator("h1, h2, h3").count() == 0
    page.get_by_text("Service, value, output").click()
    field = page.get_by_label("What is it worth to those who use it, and to the business?")
    field.fill("Riders get home.")
    field.blur()
    until(lambda: load_case(case).record.business.value == "Riders get home.")
    expect(sheet).to_contain_text("Riders get home.")
