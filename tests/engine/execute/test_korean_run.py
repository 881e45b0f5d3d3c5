"""A run of a case in Korean: nothing of our own is left in English on its pages."""

from __future__ import annotations

import html
import re
import shutil
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from casebook.execute.run import run_case

UNSEEN = re.compile(r"<(script|style|pre|code|svg)\b.*?</\1>", re.DOTALL | re.IGNORECASE)
TAGS = re.compile(r"<[^>]+>")
OF_THE_RECORD = {  # the title, the table, and answers in the words of the data
    "Which breast samples are malignant", "samples", "diagnosis: benign", "diagnosis: malignant"
}  # fmt: skip
WORDS = 3  # shorter messages may be names or values as well, as `yes` or `number`


def seen(page: str) -> str:
    """The text that a page shows, without code and pictures."""
    return re.sub(r"\s+", " ", html.unescape(TAGS.sub("\n", UNSEEN.sub("\n", page))))


def sources(root: Path) -> list[str]:
    """English messages of some length whose Korean is another text, fields taken out."""
    with (root / "casebook" / "locale" / "ko" / "LC_MESSAGES" / "casebook.po").open("rb") as file:
        messages = [message for message in read_po(file, locale="ko") if message.id]
    texts = [text for one in messages for text in ([one.id] if isinstance(one.id, str) else one.id)]
    parts = [part.strip(" .:,;()'\n") for text in texts for part in re.split(r"\{[^}]*\}", text)]
    return sorted({part for part in parts if len(part.split()) >= WORDS})


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The pages of a run of the small bundled case, with its record in Korean."""
    root = Path(__file__).resolve().parents[3]
    case = tmp_path_factory.mktemp("korean") / "case"
    case.mkdir()
    shutil.copy(root / "data" / "breast_cancer" / "samples.csv", case)
    record = (root / "data" / "breast_cancer" / "case.yaml").read_text("utf-8")
    assert "language: en" in record
    (case / "case.yaml").write_text(record.replace("language: en", "language: ko"), "utf-8")
    run = run_case(case)
    assert run.exit_status == 0, str(run)
    return {path.name: path.read_text("utf-8") for path in run.folder.glob("*.html")}


def test_every_page_says_that_it_is_korean(pages):
    assert len(pages) == 10  # eight phases, the front page, the model card
    for name, page in pages.items():
        assert re.search(r'<html[^>]* lang="ko"', page), name
        assert re.search("[가-힣]", seen(page)), name


def test_no_english_text_of_ours_is_left(pages, root):
    known = sources(root)
    assert len(known) > 300
    written = (root / "data" / "breast_cancer" / "case.yaml").read_text("utf-8")
    ours = [text for text in known if text not in re.sub(r"\s+", " ", written)]
    texts = {name: seen(page) for name, page in pages.items()}
    left = {name: [text for text in ours if text in shown] for name, shown in texts.items()}
    assert {name: found for name, found in left.items() if found} == {}


def test_headings_are_korean(pages):
    for name, page in pages.items():
        found = re.findall(r"<h[123][^>]*>(.*?)</h[123]>", page, re.DOTALL)
        headings = {html.unescape(TAGS.sub("", text)).strip() for text in found}
        assert headings, name
        for heading in headings - OF_THE_RECORD:
            assert re.search("[가-힣]", heading), f"{name}: {heading}"
