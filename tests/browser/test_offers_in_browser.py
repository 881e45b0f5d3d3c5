"""The offers panel in a browser: somebody is found by keyboard, offered, and the list judged."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from casebook.case import load_case
from casebook.runs.feedback import read_feedback

LONG = 120_000  # ms: a kernel starts on busy cores
SOON = 60_000  # ms: it answers on busy cores
SOURCES = (
    "from casebook.workspace import open_phase\nfrom widgets.offers import OffersPanel",
    'OffersPanel(open_phase("case", {{"case": {folder!r}}}))',
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, root: Path) -> Path:
    """A copy of the restaurant, into which feedback may go."""
    target = tmp_path_factory.mktemp("served") / "restaurant"
    target.mkdir()
    for path in (root / "data" / "restaurant").iterdir():
        if path.suffix in (".yaml", ".csv"):
            shutil.copy(path, target)
    return target


@pytest.fixture(scope="module")
def address(folder: Path, voila: Callable[..., AbstractContextManager[str]]) -> Iterator[str]:
    """Where plain Voila shows a notebook with the panel."""
    with voila(folder.parent, [text.format(folder=str(folder)) for text in SOURCES]) as found:
        yield found


def test_somebody_is_found_offered_and_the_list_judged(page: Page, address: str, folder: Path):
    page.goto(address, timeout=LONG)
    who = page.get_by_label("Who is it?")
    expect(who).to_be_visible(timeout=LONG)
    who.fill("G00906")
    who.press("Enter")
    offers = page.locator(".cb-offers > li")
    expect(page.get_by_text("Offered to G00906")).to_be_visible(timeout=SOON)
    expect(offers).to_have_count(5)
    expect(offers.first).to_contain_text("people in the last 90 days")

    page.get_by_label("Somebody new, who likes").fill("Bulgogi")
    page.get_by_label("Somebody new, who likes").press("Enter")
    expect(page.get_by_text("Likes Bulgogi.")).to_be_visible(timeout=SOON)
    expect(who).to_have_value("")
    expect(page.get_by_text("Who liked", exact=False)).to_have_count(0)

    page.get_by_role("radio", name="Wrong").check()
    page.get_by_label("What would have been better?").fill("no tea")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_text("receipt", exact=False)).to_be_visible(timeout=SOON)
    kept = read_feedback(load_case(folder))
    assert kept["comment"].tolist() == ["no tea"]
    assert kept["inputs"].iloc[0]["liked"]

    who.fill("nobody at all")
    who.press("Enter")
    expect(page.get_by_text("has chosen before", exact=False)).to_be_visible(timeout=SOON)
