"""A served page as a person sees it: what is there at once, what is kept, what is told."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from casebook.case import load_case
from casebook.runs.feedback import read_labels
from casebook.serve.inside.preload import LATE

LONG = 120_000  # ms: a kernel starts and models are fitted on busy cores
READY = "html[data-casebook=ready]"
NOTE = "Your note: The task is repeated"


@pytest.fixture(scope="module")
def server(root: Path, tmp_path_factory: pytest.TempPathFactory, serving) -> Iterator[Any]:
    top = tmp_path_factory.mktemp("served")
    shutil.copytree(root / "data" / "breast_cancer", top / "case")
    made = serving(top / "case")
    yield made
    made.stop()


@pytest.fixture(scope="module")
def link(server: Any) -> str:
    """The address of the feasibility page, with its token."""
    return server.start().replace("/?token", "/feasibility?token")


def opened(person: BrowserContext, link: str) -> Page:
    page = person.new_page()
    page.goto(link, timeout=LONG)
    expect(page.locator(READY)).to_have_count(1, timeout=LONG)
    expect(page.locator(".cb-row select").first).to_be_visible(timeout=LONG)
    return page


def test_the_frame_is_painted_before_the_kernel_is_ready_and_says_what_is_done(link, person):
    page = person.new_page()
    page.goto(link, wait_until="commit", timeout=LONG)
    expect(page.locator("#cb-skeleton")).to_be_visible(timeout=LONG)
    expect(page.locator("#cb-step")).to_have_text(
        re.compile(r"The page is being opened|Step \d of 5: \w+"), timeout=LONG
    )
    assert page.locator(".cb-row select").count() == 0
    assert page.evaluate("document.documentElement.lang") == "en"
    expect(page.locator(READY)).to_have_count(1, timeout=LONG)
    expect(page.locator("#cb-skeleton")).to_have_count(0)
    expect(page.locator(".cb-still")).to_have_count(0)
    expect(page.locator("#cb-progress")).to_be_hidden()


def test_the_scripts_named_early_are_those_that_the_page_asks_for_late(link, person):
    page = opened(person, link)
    page.wait_for_timeout(1000)
    asked = page.evaluate(
        "performance.getEntriesByType('resource').map(one => [one.name, one.initiatorType])"
    )
    names = {name.partition("/casebook/files/")[2].partition("/")[2]: by for name, by in asked}
    late = {name for name in names if name.startswith(LATE)}
    assert all(any(name.startswith(start) for name in late) for start in LATE)
    early = page.evaluate(
        "[...document.querySelectorAll('link[rel=preload]')].map(one => one.getAttribute('href'))"
    )
    assert len(early) == len(LATE)
    whole = page.evaluate("""() => {
      const nav = performance.getEntriesByType('navigation')[0];
      const all = performance.getEntriesByType('resource');
      return all.filter(one =>
        one.startTime > nav.responseEnd && one.name.includes('/casebook/files/')
      ).map(one => one.name)
    }""")
    assert whole == []  # nothing is asked for once the kernel has done its work
    elsewhere = [name for name, _by in asked if not name.startswith(link.split("/feas")[0])]
    assert elsewhere == []


def test_case_35_a_dead_kernel_is_told_and_what_was_typed_is_offered_again(
    server, link, person, pid_of, wait_until
):
    page = opened(person, link)
    page.get_by_label("Your name").fill("Lee")
    page.get_by_label("Your name").press("Tab")
    os.kill(pid_of(page), signal.SIGKILL)
    page.get_by_label(NOTE).fill("Every day, I count them.")
    banner = page.locator("#cb-banner")
    expect(banner).to_be_visible(timeout=10_000)
    expect(banner).to_contain_text("has ended; nothing more is saved")
    banner.get_by_role("button", name="Open it again").click()
    expect(page.locator(READY)).to_have_count(1, timeout=LONG)
    drafts = page.locator("#cb-drafts")
    expect(drafts).to_be_visible(timeout=LONG)
    expect(drafts).to_contain_text("Every day, I count them.")
    expect(page.get_by_label(NOTE)).not_to_have_value("Every day, I count them.")
    drafts.get_by_role("button", name="Put it in again").click()
    expect(page.get_by_label(NOTE)).to_have_value("Every day, I count them.")
    wait_until(lambda: load_case(server.case).record.feasibility.repetition.note
          == "Every day, I count them.")  # fmt: skip
    page.reload(timeout=LONG)
    expect(page.locator(READY)).to_have_count(1, timeout=LONG)
    page.wait_for_timeout(600)
    text = drafts.text_content() if drafts.is_visible() else ""
    assert "Every day" not in text  # the record has it


def test_drafts_can_be_forgotten_and_old_ones_are(link, person):
    page = opened(person, link)
    page.get_by_label(NOTE).fill("A thought.")
    key = page.evaluate("Object.keys(localStorage).find(one => one.startsWith('casebook-drafts:'))")
    assert "/" not in key.replace("casebook-drafts:", "")
    page.get_by_role("button", name="Forget what I typed on this page").click()
    expect(page.get_by_text("What was typed here is forgotten.")).to_be_visible()
    assert page.evaluate("key => localStorage.getItem(key)", key) is None
    old = json.dumps({NOTE: {"text": "long ago", "at": 1}})
    page.evaluate("([key, old]) => localStorage.setItem(key, old)", [key, old])
    page.reload(timeout=LONG)
    expect(page.locator(READY)).to_have_count(1, timeout=LONG)
    assert page.evaluate("key => localStorage.getItem(key)", key) is None


def test_the_page_s_own_words_switch_and_the_theme_follows_the_system_and_a_button(
    link, browser: Browser
):
    context = browser.new_context(color_scheme="dark", viewport={"width": 390, "height": 844})
    page = opened(context, link)
    assert page.evaluate("document.documentElement.dataset.jpThemeLight") == "false"
    paper = "getComputedStyle(document.body).backgroundColor"
    dark = page.evaluate(paper)
    page.get_by_role("button", name="한국어").click()
    expect(page.get_by_role("button", name="English")).to_be_visible()
    assert page.locator("#language").get_attribute("lang") == "ko"
    page.locator("#theme").click()
    assert page.evaluate(paper) != dark
    field = "getComputedStyle(document.querySelector('.cb-row select')).backgroundColor"
    assert page.evaluate(field) == "rgb(255, 255, 255)"
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")  # a phone
    context.close()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_no_serious_fault(link, browser: Browser, theme, faults):
    context = browser.new_context(color_scheme=theme, viewport={"width": 1200, "height": 900})
    page = opened(context, link)
    found = faults(page)
    page.goto(link.replace("/feasibility?", "/labels?"), timeout=LONG)
    expect(page.locator(READY)).to_have_count(1, timeout=LONG)
    expect(page.get_by_text("1 of 50")).to_be_visible(timeout=LONG)
    found += faults(page)
    page.goto(link.replace("/feasibility?", "/?"), timeout=LONG)
    found += faults(page)
    context.close()
    assert found == []


def test_the_landing_page_leads_to_each_page_by_keyboard(server, link, person):
    page = person.new_page()
    page.goto(link.replace("/feasibility?", "/?"), timeout=LONG)
    expect(page.get_by_role("heading", level=1)).to_have_text("Which breast samples are malignant")
    for _step in range(8):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent") == "Answer the checklist together":
            break
    page.keyboard.press("Enter")
    expect(page.locator(READY)).to_have_count(1, timeout=LONG)
    page.get_by_role("link", name="Which breast samples are malignant").click()
    expect(page.get_by_role("link", name="Answer the checklist together")).to_be_visible()


def test_labels_are_given_by_keys_and_what_others_said_is_shown_afterwards(
    server, link, person, faults
):
    page = person.new_page()
    page.goto(link.replace("/feasibility?", "/labels?"), timeout=LONG)
    expect(page.locator(READY)).to_have_count(1, timeout=LONG)
    expect(page.get_by_text("1 of 50")).to_be_visible(timeout=LONG)
    expect(page.locator(".cb-labels[tabindex]")).to_have_count(1)  # it has its keys
    assert "The table says" not in page.locator(".cb-labels").inner_text()
    page.get_by_label("Your name").fill("Lee")
    page.keyboard.press("Tab")
    page.get_by_label("Note (why, or what is missing)").fill("no 1 key here 2")
    page.get_by_role("button", name="2 · malignant").press("2")
    expect(page.get_by_text("2 of 50")).to_be_visible(timeout=LONG)
    expect(page.get_by_text("The table says")).to_be_visible()
    page.keyboard.press("0")
    expect(page.get_by_text("3 of 50")).to_be_visible(timeout=LONG)
    page.keyboard.press("ArrowLeft")
    expect(page.get_by_text("2 of 50")).to_be_visible(timeout=LONG)
    kept = read_labels(load_case(server.case), history=True)
    assert kept["label"].tolist() == ["malignant", None]
    assert kept["note"].tolist() == ["no 1 key here 2", ""]
    assert set(kept["by"]) == {"Lee"}
    assert faults(page) == []


def test_a_page_that_cannot_be_opened_yet_says_why_in_the_list_and_by_its_address(link, person):
    page = person.new_page()
    page.goto(link.replace("/feasibility?", "/?"), timeout=LONG)
    offer = page.locator(".offer", has_text="Read the report")
    told = offer.locator("p").inner_text()
    assert "casebook run CASE" in told
    expect(offer.get_by_role("link")).to_have_count(0)
    page.goto(link.replace("/feasibility?", "/report/?"), timeout=LONG)
    expect(page.get_by_text(told)).to_be_visible()
    page.get_by_role("link", name="Which breast samples are malignant").click()
    expect(page.get_by_role("heading", name="Look at labels")).to_be_visible()


def test_case_38_a_stopped_server_is_told_and_drafts_survive_it(server, link, person):
    """The last one: it stops the server and starts it again."""
    page = opened(person, link)
    page.get_by_label(NOTE).fill("Kept over a restart.")
    server.stop()
    expect(page.locator("#cb-banner")).to_contain_text("cannot be reached now", timeout=15_000)
    server.start()
    expect(page.locator("#cb-banner")).to_contain_text("was started anew", timeout=LONG)
    page.get_by_role("button", name="Open it again").click()
    expect(page.locator(READY)).to_have_count(1, timeout=LONG)
    expect(page.locator("#cb-drafts")).to_contain_text("Kept over a restart.", timeout=LONG)
