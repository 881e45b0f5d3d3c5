"""The prototype in a colleague's hands: from the printed link to a receipt, by keyboard alone."""

from __future__ import annotations

import io
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


@pytest.fixture
def restaurant(links) -> str:
    """The link to the restaurant's prototype."""
    return links("restaurant")[0]


TIME = "Time to choose (min)"


def fill(page: Page, label: str, text: str) -> str:
    """Type over a field; the id of the answer to it."""
    field = page.get_by_label(label, exact=True).first
    field.focus()
    return by_keys(page, typed(page, text))


def test_a_link_shows_a_second_visitor_the_same_input_and_answer(restaurant, person, browser):
    page = opened(person, restaurant)
    fill(page, TIME, "4.5")
    page.get_by_label("Came by").select_option(index=1)
    expect(page).to_have_url(re.compile(r"v\.choosing_minutes=4\.5"), timeout=SOON)
    expect(page.locator(".cb-live .cb-try-side")).to_contain_text("Came by", timeout=SOON)
    page.get_by_role("button", name="Copy the link to these values").click()
    expect(page.get_by_text("Copied.")).to_be_visible()
    other = browser.new_context()
    theirs = opened(other, page.url)
    for label in (TIME, "Came by", "Guest"):
        held = page.get_by_label(label, exact=True).first.input_value()
        expect(theirs.get_by_label(label, exact=True).first).to_have_value(held)
    assert answer(theirs).inner_text() == answer(page).inner_text()
    assert prediction(theirs) != prediction(page)
    assert "age_band" not in page.url
    other.close()


def test_case_35_a_draft_outlives_a_killed_kernel(restaurant, person, pid_of):
    page = opened(person, restaurant)
    fill(page, TIME, "6")
    expect(page).to_have_url(re.compile(r"v\.choosing_minutes=6"), timeout=SOON)
    os.kill(pid_of(page), signal.SIGKILL)
    page.get_by_label("Anything else?").fill("It rained, 비가 왔다.")
    banner = page.locator("#cb-banner")
    expect(banner).to_contain_text("has ended; nothing more is saved", timeout=10_000)
    page.get_by_role("button", name="Send").click()
    expect(page.locator(".cb-live .cb-receipt")).to_have_count(0)  # nothing says that it is kept
    banner.get_by_role("button", name="Open it again").click()
    expect(page.locator(READY)).to_have_count(1, timeout=LONG)
    drafts = page.locator("#cb-drafts")
    expect(drafts).to_contain_text("It rained, 비가 왔다.", timeout=LONG)
    expect(page.get_by_label(TIME, exact=True).first).to_have_value("6")  # the address said it
    drafts.get_by_role("button", name="Put it in again").click()
    expect(page.get_by_label("Anything else?")).to_have_value("It rained, 비가 왔다.")


def test_a_phone_in_the_dark_has_the_answer_in_sight_and_the_other_language(
    restaurant, browser, faults
):
    context = browser.new_context(color_scheme="dark", viewport={"width": 390, "height": 844})
    context.set_default_timeout(SOON)
    page = opened(context, restaurant)
    assert page.evaluate("document.documentElement.lang") == "en"
    fill(page, TIME, "3")
    expect(answer(page)).to_be_in_viewport()
    hidden = """() => {
      const at = document.activeElement.getBoundingClientRect();
      const over = document.elementFromPoint(at.x + at.width / 2, at.y + at.height / 2);
      return !document.activeElement.contains(over) && !over.contains(document.activeElement);
    }"""
    for _step in range(12):  # what stays in sight never covers what has the focus
        page.keyboard.press("Tab")
        assert not page.evaluate(hidden), page.evaluate(NAME)
    page.get_by_role("button", name="Why?").click()
    expect(page.locator(".cb-live .cb-reasons")).to_contain_text("known rows")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert faults(page) == []
    page.get_by_role("button", name="한국어").click()
    expect(page.get_by_role("button", name="English")).to_be_visible()
    expect(page.get_by_role("link", name="모델 카드")).to_be_visible()
    context.close()


def test_a_file_comes_back_with_predictions_and_its_bad_rows_are_listed(
    restaurant, root, person, faults
):
    page = opened(person, restaurant)
    frame = pd.read_csv(root / "data" / "restaurant" / "visits.csv", nrows=6).astype(object)
    frame.loc[2, "party_size"] = "many"
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Choose a file", exact=True).press("Enter")
    content = frame.to_csv(index=False).encode()
    chooser.value.set_files({"name": "visits.csv", "mimeType": "text/csv", "buffer": content})
    expect(page.get_by_text("5 of 6 rows of visits.csv are predicted")).to_be_visible()
    expect(page.get_by_text("'many' is no number.")).to_be_visible()
    assert faults(page) == []
    with page.expect_download() as download:
        page.get_by_role("link", name="Predictions as CSV").press("Enter")
    back = pd.read_csv(io.BytesIO(Path(download.value.path()).read_bytes()))
    assert len(back) == 6
    assert back["problem"].notna().tolist() == [n == 2 for n in range(6)]


def test_the_model_card_is_one_click_away(restaurant, person, faults):
    page = opened(person, restaurant)
    page.get_by_role("button", name="Open the model card").press("Enter")
    frame = page.frame_locator("iframe.cb-card")
    expect(frame.get_by_role("heading").first).to_be_visible()
    page.get_by_role("link", name="Model card").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert faults(page) == []
