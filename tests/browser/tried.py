"""What tests of the prototype in a browser share: small cases with models, and keys."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect
from threadpoolctl import threadpool_limits

from casebook import language
from casebook.case import load_case, save_answers
from casebook.cli.main import main
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


FILES = {
    "telco": ("telco_churn.csv", "Churn"),
    "houses": ("california_housing.csv", "median_house_value"),
}


def case_with_model(name: str, root: Path, realdata: Path, folder: Path) -> Path:
    """The restaurant, or a case of real data, in a folder, with a model in its draft run."""
    if name == "restaurant":
        rest = {"constraints.max_rate_difference": None, "baseline.recommend.item": None}
        return with_model(bundled(root, folder), rest)
    file, target = FILES[name]
    return with_model(new(name, realdata / file, target, folder), {})


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


def fill(page: Page, label: str, text: str) -> str:
    """Type over a field; the id of the answer to it."""
    field = page.get_by_label(label, exact=True).first
    field.focus()
    return by_keys(page, typed(page, text))
