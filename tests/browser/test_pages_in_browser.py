"""The report in a browser, opened from disk: quiet, whole, in every light, with its own letters."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from PIL import Image
from playwright.sync_api import Browser, Page

from casebook.figures import marks
from casebook.figures.base import CaseFigure, new_figure
from casebook.pages.base import headline, join, table
from casebook.pages.front import FrontPage, OpenQuestions, PhaseCard, front_page
from casebook.pages.notebook import notebook_html

SENTENCE = "처음 온 손님이 하락의 71% [58, 83]를 설명한다."
PROSE = "The owner sees that revenue fell three months in a row, and wants to know why. " * 4


def figure() -> CaseFigure:
    made = new_figure(title="월별 매출", alt="Revenue falls.")
    marks.line(made.subplots(), [1, 2, 3], [3.0, 2.0, 1.0], label="매출")
    return made


def notebook() -> Any:
    rows = join(headline([SENTENCE]), table(["손님", "n"], [["처음", 1], ["다시", 2]]))
    outputs = [
        new_output("display_data", data={"text/html": part._repr_html_()})
        for part in (rows, figure())
    ]
    text = new_markdown_cell(f"# 증상\n\n{PROSE}\n\n## 무엇이?\n\n### 어디서?")
    code = new_code_cell("show()", outputs=outputs, execution_count=1)
    return new_notebook(cells=[text, code])


def front() -> FrontPage:
    card = PhaseCard(
        2, "symptom", "증상", "무슨 일인가?", "ok", (SENTENCE,), figure().html(), "page.html", 3.0
    )
    questions = (OpenQuestions("사업", ("무슨 서비스인가?",) * 8),)
    return FrontPage("식당", "매출은 왜 떨어졌나?", "ko", "ok", PROSE, (SENTENCE,), cards=(card,),
                     unanswered=questions)  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("report")
    written = notebook_html(notebook(), title="증상", language="ko")
    (place / "page.html").write_text(written, encoding="utf-8")
    (place / "index.html").write_text(front_page(front()), encoding="utf-8")
    return place


@pytest.fixture(params=["page.html", "index.html"])
def address(request: pytest.FixtureRequest, folder: Path) -> str:
    return (folder / str(request.param)).as_uri()


def test_a_page_opens_from_disk_without_a_request_or_a_complaint(page: Page, address: str) -> None:
    heard: list[str] = []
    page.on("console", lambda message: heard.append(message.text))
    page.on("pageerror", lambda error: heard.append(str(error)))
    page.on("request", lambda request: heard.append(request.url))
    page.goto(address)
    page.wait_for_function("document.fonts.status === 'loaded'")
    assert [line for line in heard if not line.startswith(("data:", address))] == []


def test_hangul_is_drawn_with_the_page_s_own_font(page: Page, address: str) -> None:
    page.goto(address)
    page.wait_for_function("document.fonts.status === 'loaded'")
    mark = "t => [...document.querySelectorAll('svg text')].find(e => e.textContent === t).id = 'x'"
    page.evaluate(mark, "매출")
    session = page.context.new_cdp_session(page)
    session.send("DOM.enable")
    session.send("CSS.enable")
    root = session.send("DOM.getDocument")["root"]["nodeId"]
    for place in ("h1", ".cb-headline", "figcaption", "#x"):
        node = session.send("DOM.querySelector", {"nodeId": root, "selector": place})["nodeId"]
        fonts = session.send("CSS.getPlatformFontsForNode", {"nodeId": node})["fonts"]
        assert any(font["isCustomFont"] for font in fonts), place


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_page_fits_its_window_and_is_not_blank(
    browser: Browser, address: str, tmp_path: Path, width: int, scheme: str
) -> None:
    page = browser.new_page(
        viewport={"width": width, "height": 900},
        color_scheme=scheme,  # type: ignore[arg-type]
    )
    page.goto(address)
    picture = tmp_path / "page.png"
    page.screenshot(path=picture)
    assert page.evaluate("document.documentElement.scrollWidth") == width
    page.close()
    image = Image.open(picture).convert("L")
    assert len(image.getcolors() or []) > 20
    light = image.getpixel((width - 3, 880))
    assert isinstance(light, int | float)
    assert (light > 200) == (scheme == "light")


@pytest.mark.parametrize("width", [390, 1280])
def test_axe_finds_no_serious_fault(page: Page, address: str, width: int, faults: Any) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        page.goto(address)
        assert faults(page) == []


def test_prose_is_at_most_75_characters_wide(page: Page, folder: Path) -> None:
    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto((folder / "page.html").as_uri())
    lines = page.evaluate(
        """() => { const p = document.querySelector('.markdown > p');
        const range = document.createRange(); const text = p.firstChild; const lines = {};
        for (let i = 0; i < text.length; i++) { range.setStart(text, i); range.setEnd(text, i + 1);
          const y = Math.round(range.getBoundingClientRect().top);
          lines[y] = (lines[y] || 0) + 1; }
        return Object.values(lines); }"""
    )
    assert len(lines) > 3
    assert 50 < max(lines) <= 76


def test_a_figure_follows_the_mode_and_print_is_always_light(page: Page, folder: Path) -> None:
    page.goto((folder / "page.html").as_uri())
    ink = "getComputedStyle(document.querySelector('figure svg')).fill"
    paper = "getComputedStyle(document.body).backgroundColor"
    seen = []
    for media, scheme in (("screen", "light"), ("screen", "dark"), ("print", "dark")):
        page.emulate_media(media=media, color_scheme=scheme)  # type: ignore[arg-type]
        seen.append((page.evaluate(ink), page.evaluate(paper)))
    assert seen == [
        ("rgb(23, 33, 43)", "rgb(255, 255, 255)"),
        ("rgb(232, 237, 241)", "rgb(18, 23, 28)"),
        ("rgb(0, 0, 0)", "rgb(255, 255, 255)"),
    ]
    assert not page.locator("details.code").first.is_visible()


def test_the_two_tools_work_and_are_not_there_without_a_script(
    browser: Browser, folder: Path
) -> None:
    address = (folder / "page.html").as_uri()
    page = browser.new_page(color_scheme="light")
    page.goto(address)
    page.get_by_role("button", name="어둡게").click()  # the page is Korean
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    page.locator("#code").click()
    assert page.locator("details.code").first.get_attribute("open") is not None
    page.close()
    plain = browser.new_context(java_script_enabled=False).new_page()
    plain.goto(address)
    assert not plain.locator("#code").is_visible()
    plain.locator("details.code summary").first.click()
    assert plain.locator("details.code pre").first.is_visible()
    plain.context.close()


def test_a_script_in_a_front_page_could_not_run(browser: Browser, tmp_path: Path) -> None:
    """If a text ever slipped through unescaped, the page's own policy would stop it."""
    text = front_page(front()).replace("</main>", "<script>document.title = 'ran'</script></main>")
    (tmp_path / "index.html").write_text(text, encoding="utf-8")
    page = browser.new_page()
    page.goto((tmp_path / "index.html").as_uri())
    assert page.title() != "ran"
    assert page.locator("#theme").is_visible()
    page.close()


def test_the_front_page_leads_to_the_phase_and_back(page: Page, folder: Path) -> None:
    page.goto((folder / "index.html").as_uri())
    page.locator("article.card").first.click()
    assert page.url.endswith("/page.html")
    page.locator("a.home").click()
    assert page.url.endswith("/index.html")


def test_a_keyboard_reaches_the_content_first(page: Page, address: str) -> None:
    page.goto(address)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
