"""The feasibility panel in a browser: by keyboard, by two people, in Korean, in Lab and Voila."""

from __future__ import annotations

import itertools
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from playwright.sync_api import Browser, Locator, Page, expect

from casebook.case import Case, load_case

LONG = 120_000  # ms: a kernel starts and models are fitted on busy cores
PATTERN = "There is a pattern to learn"
LABEL = """() => { const one = document.activeElement;
  const label = one && one.labels && one.labels[0] ? one.labels[0].textContent : '';
  return label || (one ? one.textContent : '') }"""


def copied(root: Path, folder: Path, language: str = "en") -> Path:
    """A copy of the small bundled case, in which nobody has said whether there is a pattern."""
    folder.mkdir()
    shutil.copy(root / "data" / "breast_cancer" / "samples.csv", folder)
    text = (root / "data" / "breast_cancer" / "case.yaml").read_text("utf-8")
    text = text.replace("language: en", f"language: {language}")
    emptied = re.sub(
        r"(  pattern:\n    answer:) yes\n    note: [^\n]*", r"\1 null\n    note: null", text
    )
    assert emptied != text
    (folder / "case.yaml").write_text(emptied, "utf-8")
    return folder


@contextmanager
def started(command: list[str], log: Path, home: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A command of ours that serves until it is stopped."""
    environment = {**os.environ, "HOME": str(home), "CASEBOOK_USER": "Kim", "SECRET_OF_OURS": "1"}
    with log.open("w") as file:
        server = subprocess.Popen(
            [sys.executable, "-m", "casebook", *command], env=environment, stdout=file, stderr=file
        )
        try:
            yield server
        finally:
            server.terminate()
            server.wait(60)


def link_in(log: Path) -> str:
    """The link that the command prints once the page can be opened."""
    limit = time.monotonic() + 90
    while time.monotonic() < limit:
        found = re.search(r"http://127\.0\.0\.1:\d+/\?token=\S+", log.read_text("utf-8"))
        if found:
            return found[0]
        time.sleep(0.2)
    pytest.fail(log.read_text("utf-8")[-3000:])


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, str]]:
    """The folder of a case and the link to its feasibility page, by `casebook app`."""
    top = tmp_path_factory.mktemp("served")
    case = copied(Path(__file__).resolve().parents[2], top / "case")
    with started(["app", str(case), "--page", "feasibility"], top / "log", top):
        yield case, link_in(top / "log")


@pytest.fixture
def visit(browser: Browser, served: tuple[Path, str]) -> Iterator[Callable[[], Page]]:
    """Opens the page as one more person, with a browser of their own."""
    contexts = []

    def opened() -> Page:
        context = browser.new_context(viewport={"width": 1200, "height": 900})
        contexts.append(context)
        page = context.new_page()
        page.goto(served[1], timeout=LONG)
        expect(answer(page, PATTERN)).to_be_visible(timeout=LONG)
        return page

    yield opened
    for context in contexts:
        context.close()


def answer(page: Page, sign: str) -> Locator:
    """The list of answers of a sign, found by its label."""
    return page.get_by_label(f"Your answer: {sign}", exact=True)


def tab_to(page: Page, label: str, most: int = 60) -> None:
    """Press Tab until the control with a label has the focus."""
    for _step in range(most):
        page.keyboard.press("Tab")
        if page.evaluate(LABEL).strip() == label:
            return
    pytest.fail(f"Tab does not reach {label!r}")


def said(case: Path) -> Case:
    """The case as it is on disk."""
    return load_case(case)


def until(holds: Callable[[], bool]) -> None:
    """Wait for something that happens behind the page."""
    limit = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < limit, "it does not happen"
        time.sleep(0.2)


def test_a_sign_is_answered_by_keyboard_alone_and_the_answer_is_there_after_a_reload(visit, served):
    case, page = served[0], visit()
    tab_to(page, "Your name")
    page.keyboard.type("Lee")
    tab_to(page, f"Your answer: {PATTERN}")
    page.keyboard.press("n")
    expect(page.get_by_text("Saved.").first).to_be_visible(timeout=LONG)
    expect(page.get_by_text("There is no pattern to learn. So says the answer.")).to_be_visible()
    tab_to(page, f"Your note: {PATTERN}")
    page.keyboard.type("Nobody sees one.")
    page.keyboard.press("Tab")
    until(lambda: said(case).record.feasibility.pattern.note == "Nobody sees one.")
    page.reload(timeout=LONG)
    expect(answer(page, PATTERN)).to_have_value("no", timeout=LONG)
    expect(page.get_by_label(f"Your note: {PATTERN}")).to_have_value("Nobody sees one.")
    check = said(case).record.feasibility.pattern
    assert (check.answer, check.note, check.by) == ("no", "Nobody sees one.", "Lee")


NAMELESS = """() => {
  const name = one => [...(one.labels || [])].map(label => label.textContent).join('').trim();
  const fields = [...document.querySelectorAll('.cb-panel :is(select, input, textarea)')];
  const buttons = [...document.querySelectorAll('.cb-panel :is(button, summary)')];
  return [...fields.filter(one => !name(one)), ...buttons.filter(one => !one.textContent.trim())]
    .map(one => one.outerHTML) }"""
TWICE = """() => { const ids = [...document.querySelectorAll('.cb-panel [id]')].map(one => one.id);
  return ids.filter((id, at) => ids.indexOf(id) !== at) }"""
LEVELS = """() => [...document.querySelectorAll('h1, h2, h3, h4')].filter(
  one => one.checkVisibility()).map(one => Number(one.tagName[1]))"""


def test_who_cannot_see_the_page_hears_names_headings_and_pictures(visit):
    page = visit()
    assert page.evaluate(NAMELESS) == []
    assert page.evaluate(TWICE) == []
    levels = page.evaluate(LEVELS)
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))
    pictures = page.locator(".cb-panel").get_by_role("img", name=PATTERN)
    assert pictures.count() == 1
    assert page.locator(".cb-panel svg[role=img]:not([aria-labelledby])").count() == 0


def test_two_people_see_each_other_s_answers_and_overwrite_none(visit, served):
    case, first, second = served[0], visit(), visit()
    for page, name in ((first, "Lee"), (second, "Park")):
        page.get_by_label("Your name").fill(name)
        page.get_by_label("Your name").press("Tab")
    repeated = "The task is repeated"
    answer(first, repeated).select_option("no")
    expect(answer(second, repeated)).to_have_value("no", timeout=LONG)  # without a reload
    expect(second.get_by_text("The task is too rare. So says the answer.")).to_be_visible()

    note = f"Your note: {repeated}"
    first.get_by_label(note).fill("Once a year.")
    second.get_by_label(note).fill("Every day, I count them.")
    first.get_by_label(note).press("Tab")
    expect(second.get_by_text("Lee answered meanwhile: Once a year.")).to_be_visible(timeout=LONG)
    expect(second.get_by_label(note)).to_have_value("Every day, I count them.")  # still there
    second.get_by_label(note).press("Tab")
    expect(second.get_by_text("Yours, not saved: Every day, I count them.")).to_be_visible()
    assert said(case).record.feasibility.repetition.note == "Once a year."

    second.get_by_role("button", name="Save mine instead").locator("visible=true").click()
    expect(first.get_by_text("Park answered meanwhile: Every day")).to_be_visible(timeout=LONG)
    assert said(case).record.feasibility.repetition.note == "Every day, I count them."


def test_the_look_of_the_page_is_not_the_visitor_s_to_choose(served, page: Page):
    page.goto(f"{served[1]}&template=reveal&theme=dark", timeout=LONG)
    expect(answer(page, PATTERN)).to_be_visible(timeout=LONG)
    assert page.locator(".reveal").count() == 0
    assert page.locator("body.served").count() == 1
    assert page.locator("html[data-jp-theme-light='true']").count() == 1


# Korean

UNSEEN = "script, style, pre, code"
WORDS = 3  # shorter messages may be names or values as well, as `yes` or `number`


def sources(root: Path) -> set[str]:
    """English messages of some length, fields taken out."""
    with (root / "casebook/locale/ko/LC_MESSAGES/casebook.po").open("rb") as file:
        messages = [message for message in read_po(file, locale="ko") if message.id]
    texts = [text for one in messages for text in ([one.id] if isinstance(one.id, str) else one.id)]
    parts = {part.strip(" .:,;()'\n") for text in texts for part in re.split(r"\{[^}]*\}", text)}
    return {part for part in parts if len(part.split()) >= WORDS}


def test_the_korean_page_has_no_english_of_ours_left(root, tmp_path, browser: Browser):
    case = copied(root, tmp_path / "case", language="ko")
    record = " ".join((case / "case.yaml").read_text("utf-8").split())
    with started(["app", str(case), "--page", "feasibility"], tmp_path / "log", tmp_path):
        page = browser.new_page()
        page.goto(link_in(tmp_path / "log"), timeout=LONG)
        expect(page.locator(".cb-row select").first).to_be_visible(timeout=LONG)
        page.locator(".cb-panel textarea").first.fill("표본이 적다.")
        page.locator(".cb-panel textarea").first.press("Tab")  # without a name: it asks for one
        expect(page.locator(".cb-panel [role=alert]").first).to_be_visible(timeout=LONG)
        shown = page.evaluate(
            """unseen => { document.querySelectorAll(unseen).forEach(one => one.remove());
            const labels = [...document.querySelectorAll('[title], [placeholder], option')].map(
              one => [one.title, one.placeholder, one.textContent].join(' '));
            return document.body.textContent + ' ' + labels.join(' ') }""",
            UNSEEN,
        )
        page_language = page.evaluate("document.documentElement.lang")
        page.close()
    text = " ".join(shown.split())
    assert re.search("[가-힣]", text)
    assert page_language == "ko"
    left = sorted(one for one in sources(root) if one in text and one not in record)
    assert left == []


# JupyterLab


@pytest.fixture
def lab(root: Path, tmp_path: Path) -> Iterator[tuple[Path, str]]:
    """The folder of a case and the address of its feasibility notebook in JupyterLab."""
    case = copied(root, tmp_path / "case")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = ["--no-browser", "--allow-root", "--ServerApp.ip=127.0.0.1",
               f"--ServerApp.port={port}", "--IdentityProvider.token=",
               "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate"]  # fmt: skip
    with started(["lab", str(case), "--", *options], tmp_path / "lab.log", tmp_path / "home"):
        limit = time.monotonic() + 90
        while time.monotonic() < limit:
            with socket.socket() as tried:
                if tried.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.2)
        yield case, f"http://127.0.0.1:{port}/lab/tree/04_feasibility.ipynb"


def menu(page: Page, name: str, entry: str) -> None:
    page.locator(".lm-MenuBar-itemLabel", has_text=name).click()
    page.locator(".lm-Menu-itemLabel").filter(has_text=re.compile(f"^{entry}")).click()


def test_in_jupyterlab_keys_reach_the_list_and_answers_survive_the_kernel(lab, page: Page):
    case, address = lab
    page.set_viewport_size({"width": 1300, "height": 6000})
    page.goto(address, timeout=LONG)
    expect(page.get_by_text("| Idle").first).to_be_visible(timeout=LONG)
    menu(page, "Run", "Run All Cells")
    expect(answer(page, PATTERN)).to_be_visible(timeout=LONG)
    expect(page.get_by_text("Saved in the run as findings/feasibility.json.")).to_be_visible(
        timeout=LONG
    )
    cells = page.locator(".jp-Notebook-cell").count()
    page.get_by_label("Your name").focus()
    tab_to(page, f"Your answer: {PATTERN}")
    for key in ("ArrowDown", "ArrowDown", "ArrowDown", "x"):  # Lab would go to a cell, and cut it
        page.keyboard.press(key)
    expect(answer(page, PATTERN)).to_have_value("unsure")
    expect(page.get_by_text("Saved.").first).to_be_visible(timeout=LONG)
    assert page.locator(".jp-Notebook-cell").count() == cells
    until(lambda: said(case).record.feasibility.pattern.answer == "unsure")
    assert said(case).record.feasibility.pattern.by == "Kim"

    menu(page, "Kernel", "Restart Kernel and Run All Cells")
    page.locator(".jp-Dialog button.jp-mod-accept").click()
    expect(page.get_by_text("Saved.").first).to_be_hidden(timeout=LONG)  # a new panel, just made
    expect(answer(page, PATTERN)).to_have_value("unsure", timeout=LONG)
