"""The front page: the whole case in one page, whatever the names in it."""

from __future__ import annotations

import itertools
import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from bs4 import BeautifulSoup

from casebook.pages.front import (
    FeedbackCount,
    FrontPage,
    OpenQuestions,
    PhaseCard,
    front_page,
)


def read(page: FrontPage) -> BeautifulSoup:
    return BeautifulSoup(front_page(page), "html.parser")


def test_hostile_names_are_shown_and_do_nothing(front: FrontPage) -> None:
    page = read(front)
    assert len(page.find_all("script")) == 1
    assert not page.find_all("img")
    assert page.h1.text == front.title
    assert page.title.text == front.title


def test_nothing_is_fetched_and_no_script_but_ours_may_run(front: FrontPage) -> None:
    text = front_page(replace(front, name="x", title="x"))
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', text)
    assert policy is not None
    assert "default-src &#39;none&#39;" in policy[1]
    assert "script-src &#39;sha256-" in policy[1]
    page = BeautifulSoup(text, "html.parser")
    for tag in page.find_all(True):
        for name in ("src", "href"):
            assert not str(tag.get(name, "")).startswith(("http", "//"))


def test_everything_that_was_given_is_on_the_page(front: FrontPage) -> None:
    text = read(front).main.text
    for words in (
        "48,213 rows, 14 columns", "Jan 1, 2024 – Jun 30, 2025", "311 rows", "42 rows", "12 lines",
        "3 min 15 s", "20250705T120000Z-3f9a", "71% [58, 83]", "3.1.0", "Not everything worked",
        "as the data stood on Jun 30, 2025", "7 questions of the record wait",
    ):  # fmt: skip
        assert words in text


def test_a_card_links_to_its_phase_and_shows_its_picture(front: FrontPage) -> None:
    card, broken = read(replace(front, headline=())).select("article.card")
    assert card.h3.a["href"] == "02_symptom.html"
    assert card.select_one("svg[role=img]")
    assert card.select_one(".number").text == "02"
    assert broken.select_one(".cb-chip.cb-failed")
    assert broken.h3.a is None


def test_the_symptom_s_picture_opens_the_page_and_its_card_shows_another(front: FrontPage) -> None:
    symptom, *others = front.cards
    page = read(replace(front, cards=(replace(symptom, more="<svg id='more'></svg>"), *others)))
    assert len(page.select(".top-picture svg[role=img]")) == 1
    card = page.select_one("article.card")
    assert card.select_one("#more")
    assert not card.select("svg[role=img]")


def test_a_failure_links_to_its_cell(front: FrontPage) -> None:
    link = read(front).select_one(".failures a")
    assert link["href"] == "07_baseline.html#cell-4"
    assert "cell 4" in link.text


@pytest.mark.parametrize(("n", "folded"), [(2, False), (40, True)])
def test_many_questions_are_folded_and_few_are_not(front: FrontPage, n: int, folded: bool) -> None:
    questions = (OpenQuestions("Feasibility", tuple(f"Question {i}?" for i in range(n))),)
    groups = read(replace(front, unanswered=questions)).select(".questions details")
    assert [group.has_attr("open") for group in groups] == [not folded]
    assert len(groups[0].find_all("li")) == n


def test_headings_are_in_order(front: FrontPage) -> None:
    levels = [int(h.name[1]) for h in read(front).find_all(re.compile("^h[1-6]$"))]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(b <= a + 1 for a, b in itertools.pairwise(levels))


def test_a_case_with_nothing_in_it_is_still_a_page() -> None:
    page = read(FrontPage(name="sales", title=""))
    assert page.h1.text == "sales"
    assert not page.select(".failures, .card, .questions, .sources")


@pytest.mark.parametrize("status", ["ok", "failed", "stopped", "lost", "running", "no_go"])
def test_every_state_of_a_run_has_words(status: str) -> None:
    page = read(FrontPage(name="x", title="x", status=status))  # type: ignore[arg-type]
    assert page.select_one(".facts .cb-chip").text.strip()


@pytest.mark.parametrize("status", ["failed", "skipped", "not_run", "stopped", "running", "stale"])
def test_every_state_of_a_phase_but_success_has_words(status: str) -> None:
    card = PhaseCard(2, "symptom", "Symptom", "What?", status)  # type: ignore[arg-type]
    assert read(FrontPage(name="x", title="x", cards=(card,))).select_one(".card .cb-chip").text


FEEDBACK = FeedbackCount(1210, 2, 1, 0, 3, datetime(2025, 6, 28, tzinfo=UTC))


def test_feedback_is_counted_by_kind_since_the_run_before(front: FrontPage) -> None:
    section = read(replace(front, feedback=FEEDBACK)).select_one("section.feedback")
    assert section.h2.text == "What people said of it"
    assert "1,213 answers since the run of Jun 28, 2025." in section.text
    assert [dd.text for dd in section.find_all("dd")] == ["1,210", "2", "1"]  # none of 0
    assert "3 more wait in files until the store can be written." in section.text


def test_feedback_of_a_first_run_and_of_one(front: FrontPage) -> None:
    section = read(replace(front, feedback=FeedbackCount(wrong=1))).select_one("section.feedback")
    assert "1 answer so far." in section.text
    assert not section.select(".cb-notice")


def test_feedback_that_cannot_be_counted_is_told(front: FrontPage) -> None:
    broken = FeedbackCount(problem="the store refuses: <away>")
    section = read(replace(front, feedback=broken)).select_one("section.feedback")
    assert "Feedback could not be counted" in section.text
    assert "the store refuses: <away>" in section.text
    assert "answer" not in section.text


def test_nothing_is_said_of_feedback_where_there_is_none(front: FrontPage) -> None:
    assert read(front).select_one("section.feedback") is None


def test_the_page_is_in_the_language_of_the_case(front: FrontPage) -> None:
    page = read(replace(front, language="ko", title="식당"))
    assert page.html["lang"] == "ko"
    assert "2024. 1. 1." in page.main.text
    assert "font/woff" in str(page)


def test_the_same_run_gives_the_same_bytes(front: FrontPage) -> None:
    assert front_page(front) == front_page(front)
