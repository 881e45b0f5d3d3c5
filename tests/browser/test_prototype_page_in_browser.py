"""The prototype behind a link: two visitors, a dead kernel, a phone, a file, the model's card."""

from __future__ import annotations

import io
import os
import re
import signal
import sys
from pathlib import Path

import pandas as pd
import pytest
from playwright.sync_api import expect

sys.path.append(str(Path(__file__).parent))
hands = __import__("tried")

TIME = "Time to choose (min)"


@pytest.fixture
def restaurant(links) -> str:
    """The link to the restaurant's prototype."""
    return links("restaurant")[0]


def test_a_link_shows_a_second_visitor_the_same_input_and_answer(restaurant, person, browser):
    page = hands.opened(person, restaurant)
    hands.fill(page, TIME, "4.5")
    came = page.get_by_label("Came by", exact=True)
    came.select_option("app" if came.input_value() != "app" else "walk-in")
    expect(page).to_have_url(re.compile(r"v\.choosing_minutes=4\.5"), timeout=hands.SOON)
    expect(page.locator(".cb-live .cb-try-side")).to_contain_text("Came by", timeout=hands.SOON)
    page.get_by_role("button", name="Copy the link to these values").click()
    expect(page.get_by_text("Copied.")).to_be_visible()
    other = browser.new_context()
    theirs = hands.opened(other, page.url)
    for label in (TIME, "Came by", "Guest"):
        held = page.get_by_label(label, exact=True).first.input_value()
        expect(theirs.get_by_label(label, exact=True).first).to_have_value(held)
    assert hands.answer(theirs).inner_text() == hands.answer(page).inner_text()
    assert hands.prediction(theirs) != hands.prediction(page)
    assert "age_band" not in page.url
    other.close()


def test_case_35_a_draft_outlives_a_killed_kernel(restaurant, person, pid_of):
    page = hands.opened(person, restaurant)
    hands.fill(page, TIME, "6")
    expect(page).to_have_url(re.compile(r"v\.choosing_minutes=6"), timeout=hands.SOON)
    os.kill(pid_of(page), signal.SIGKILL)
    page.get_by_label("Anything else?").fill("It rained, 비가 왔다.")
    banner = page.locator("#cb-banner")
    expect(banner).to_contain_text("has ended; nothing more is saved", timeout=10_000)
    page.get_by_role("button", name="Send").click()
    expect(page.locator(".cb-live .cb-receipt")).to_have_count(0)  # nothing says that it is kept
    banner.get_by_role("button", name="Open it again").click()
    expect(page.locator(hands.READY)).to_have_count(1, timeout=hands.LONG)
    drafts = page.locator("#cb-drafts")
    expect(drafts).to_contain_text("It rained, 비가 왔다.", timeout=hands.LONG)
    expect(page.get_by_label(TIME, exact=True).first).to_have_value("6")  # the address said it
    drafts.get_by_role("button", name="Put it in again").click()
    expect(page.get_by_label("Anything else?")).to_have_value("It rained, 비가 왔다.")


def test_a_phone_in_the_dark_has_the_answer_in_sight_and_the_other_language(
    restaurant, browser, faults
):
    context = browser.new_context(color_scheme="dark", viewport={"width": 390, "height": 844})
    context.set_default_timeout(hands.SOON)
    page = hands.opened(context, restaurant)
    assert page.evaluate("document.documentElement.lang") == "en"
    hands.fill(page, TIME, "3")
    expect(hands.answer(page)).to_be_in_viewport()
    hidden = """() => {
      const at = document.activeElement.getBoundingClientRect();
      const over = document.elementFromPoint(at.x + at.width / 2, at.y + at.height / 2);
      return !document.activeElement.contains(over) && !over.contains(document.activeElement);
    }"""
    for _step in range(12):  # what stays in sight never covers what has the focus
        page.keyboard.press("Tab")
        assert not page.evaluate(hidden), page.evaluate(hands.NAME)
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
    page = hands.opened(person, restaurant)
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
    page = hands.opened(person, restaurant)
    page.get_by_role("button", name="Open the model card").press("Enter")
    frame = page.frame_locator("iframe.cb-card")
    expect(frame.get_by_role("heading").first).to_be_visible()
    with person.expect_page() as card:
        page.get_by_role("link", name="Model card").press("Enter")
    expect(card.value.get_by_role("heading", level=1)).to_be_visible()
    assert faults(card.value) == []


def test_who_comes_first_can_be_heard(links, serving, person, faults):
    server = serving(links("restaurant")[1], "ranking")
    page = person.new_page()
    try:
        page.goto(server.start(), timeout=hands.LONG)
        expect(page.locator(hands.READY)).to_have_count(1, timeout=hands.LONG)
        expect(page.get_by_role("heading", level=1)).to_contain_text("What comes first")
        expect(page.get_by_text("43 of 94 rows")).to_be_visible()
        assert "What to offer" not in page.inner_text("body")  # nothing is recommended here
        assert faults(page) == []
    finally:
        server.stop()
