"""The prototype in a colleague's hands: from the printed link to a receipt, by keyboard alone."""

from __future__ import annotations

import os
import re
import shutil
import signal
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd
import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect
from threadpoolctl import threadpool_limits

from casebook import language
from casebook.case import load_case, save_answers
from casebook.cli.main import main
from casebook.runs.feedback import read_feedback
from casebook.workspace import open_phase

LONG = 120_000  # ms: a kernel starts on busy cores
SOON = 60_000  # ms: it answers on busy cores
READY = "html[data-casebook=ready]"
CHEAP = {
    "data.max_rows": 2000,
    "baseline.folds": 3,
    "baseline.candidates": ["linear"],
    "monitoring.log_allowed": "yes",
}

NAME = """() => {
  const at = document.activeElement, said = name => (at.getAttribute(name) || '').trim();
  const named = at.labels && at.labels.length ? at.labels[0].textContent.trim() : '';
  return said('aria-label') || named || at.textContent.trim() || said('title');
}"""


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


def bundled(root: Path, folder: Path) -> Path:
    """The restaurant, without what its prototype does not need."""
    shutil.copytree(root / "data" / "restaurant", folder / "restaurant")
    return folder / "restaurant"


def new(name: str, file: Path, target: str, folder: Path) -> Path:
    """A case of a file, made by the command."""
    here = Path.cwd()
    os.chdir(folder)
    try:
        with language.using("en"), pytest.raises(SystemExit) as stop:
            main(["new", name, "--data", str(file), "--target", target])
        assert not stop.value.code
    finally:
        os.chdir(here)
    return folder / name


def with_model(case: Path, answers: Mapping[str, Any]) -> Path:
    """The case with a model in its draft run."""
    save_answers(load_case(case), {**CHEAP, **answers}, by="test")
    with language.using("en"), threadpool_limits(1):
        work = open_phase("baseline", {"case": str(case)})
        findings = work.examine()
        assert findings.chosen == "linear"
        work.save(findings)
        work.save_chosen(findings)
    return case


@pytest.fixture(scope="module")
def links(
    root: Path,
    realdata: Path,
    tmp_path_factory: pytest.TempPathFactory,
    serving: Callable[..., Any],
) -> Iterator[Callable[[str], tuple[str, Path]]]:
    """Makes and serves a case when it is first asked for; the link that is printed, the folder."""
    servers: dict[str, tuple[Any, str]] = {}

    def link(name: str) -> tuple[str, Path]:
        if name not in servers:
            top = tmp_path_factory.mktemp(name)
            if name == "restaurant":
                rest = {"constraints.max_rate_difference": None, "baseline.recommend.item": None}
                case = with_model(bundled(root, top), rest)
            else:
                file, target = FILES[name]
                case = with_model(new(name, realdata / file, target, top), {})
            server = serving(case, "prototype")
            servers[name] = (server, server.start())
        server, found = servers[name]
        return found, server.case

    yield link
    for server, _link in servers.values():
        server.stop()


FILES = {
    "telco": ("telco_churn.csv", "Churn"),
    "houses": ("california_housing.csv", "median_house_value"),
}


@pytest.fixture
def person(browser: Browser) -> Iterator[BrowserContext]:
    """Somebody with a browser of their own."""
    context = browser.new_context(viewport={"width": 1200, "height": 900})
    context.set_default_timeout(SOON)
    yield context
    context.close()


def opened(person: BrowserContext, link: str) -> Page:
    """The page behind a link, alive."""
    page = person.new_page()
    page.goto(link, timeout=LONG)
    expect(page.locator(READY)).to_have_count(1, timeout=LONG)
    expect(answer(page)).to_be_visible(timeout=SOON)
    return page


def answer(page: Page) -> Locator:
    """What it answers now."""
    return page.locator(".cb-live .cb-answer")


def prediction(page: Page) -> str:
    """The id of the answer that is shown."""
    told = page.locator(".cb-live .cb-id").text_content()
    return re.search(r"[0-9a-f]{12}", told or "")[0]  # type: ignore[index]


def reach(page: Page, name: str) -> None:
    """Go on with Tab to the control that a screen reader calls so."""
    heard = []
    for _step in range(150):
        page.keyboard.press("Tab")
        heard.append(page.evaluate(NAME))
        if heard[-1] == name:
            return
    pytest.fail(f"no {name!r} among {[*dict.fromkeys(heard)]}")


def by_keys(page: Page, press: Callable[[], object]) -> str:
    """Do something by keys and wait for another answer; its id."""
    before = prediction(page)
    press()
    expect(page.locator(".cb-live .cb-id")).not_to_contain_text(before, timeout=SOON)
    return prediction(page)


def typed(page: Page, text: str) -> Callable[[], None]:
    """Types over what a field holds."""

    def press() -> None:
        page.keyboard.press("Control+A")
        page.keyboard.type(text)
        page.keyboard.press("Tab")

    return press


@pytest.mark.parametrize("tried", TRIED, ids=lambda one: one.case)
def test_from_the_link_to_the_receipt_by_keyboard_alone(tried: Tried, links, person, faults):
    link, case = links(tried.case)
    page = opened(person, link)
    assert faults(page) == []
    label, column, text, other = tried.number
    reach(page, label)
    by_keys(page, typed(page, text))
    expect(answer(page)).to_contain_text(tried.said)
    reach(page, tried.listed[0])
    chosen = page.evaluate("document.activeElement.value")
    down = page.evaluate("(at => at.selectedIndex + 1 < at.options.length)(document.activeElement)")
    by_keys(page, lambda: page.keyboard.press("ArrowDown" if down else "ArrowUp"))
    reach(page, "Why?")
    page.keyboard.press("Enter")
    expect(page.locator(".cb-live .cb-reasons")).to_contain_text("known rows", timeout=SOON)
    assert faults(page) == []

    reach(page, label)
    last = by_keys(page, typed(page, other))
    expect(page.locator(".cb-live .cb-try-side")).to_contain_text(re.compile(r"Was .*now"))
    expect(page.get_by_text("Following the change")).to_have_count(0, timeout=SOON)
    last = prediction(page)
    said = answer(page).inner_text()

    reach(page, "It is right")
    page.keyboard.press("Space")
    if tried.wrong:
        page.keyboard.press("ArrowDown")
        reach(page, "What would have been right?")
        page.keyboard.type(tried.wrong)
    reach(page, "Anything else?")
    page.keyboard.type("I know them, 압니다.")
    reach(page, "Your name")
    page.keyboard.type("Kim")
    reach(page, "Send")
    page.keyboard.press("Enter")
    receipt = page.locator(".cb-live .cb-receipt")
    expect(receipt).to_contain_text("Kept", timeout=SOON)
    assert faults(page) == []
    [row] = read_feedback(load_case(case)).to_dict("records")
    assert row["kind"] == ("corrected" if tried.wrong else "right")
    assert str(row["corrected"] or "").removesuffix(".0") == tried.wrong
    assert (row["comment"], row["by"], row["prediction"]) == ("I know them, 압니다.", "Kim", last)
    assert row["inputs"][column] == float(other)
    assert row["inputs"][tried.listed[1]] not in {chosen, None}
    assert row["id"] in receipt.inner_text()
    assert answer(page).inner_text() == said
