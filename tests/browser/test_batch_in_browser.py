"""The batch panel in a browser: a file is chosen, answered, and the predictions are saved."""

from __future__ import annotations

import io
import sys
import zipfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pandas as pd
import pytest
from playwright.sync_api import Page, expect

sys.path.append(str(Path(__file__).parents[1] / "engine" / "prototype"))
made_up = __import__("visits")

LONG = 120_000  # ms: a kernel starts on busy cores
SOON = 60_000  # ms: it answers on busy cores
SOURCES = (
    """from casebook.case import load_case
from casebook.models.file import load_model
from casebook.prototype.opened import opened
from casebook.prototype.values import Trust
from casebook.tables import open_table
from widgets.batch import BatchPanel
case = load_case({folder!r})
prototype = opened(case, open_table(case), load_model(case.folder), Trust())""",
    "BatchPanel(case, prototype)",
)


@pytest.fixture(scope="module")
def address(
    tmp_path_factory: pytest.TempPathFactory, voila: Callable[..., AbstractContextManager[str]]
) -> Iterator[str]:
    """Where plain Voila shows a notebook with the panel."""
    folder = tmp_path_factory.mktemp("served") / "visits"
    made_up.made(folder, objectives=made_up.OBJECTIVES)
    with voila(folder.parent, [text.format(folder=str(folder)) for text in SOURCES]) as found:
        yield found


def choose(page: Page, name: str, content: bytes) -> None:
    """Choose a file as a person does, by the button."""
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Choose a file").click()
    chooser.value.set_files({"name": name, "mimeType": "text/csv", "buffer": content})


def saved(page: Page, link: str) -> tuple[str, bytes]:
    """What a link gives, as it is saved."""
    with page.expect_download(timeout=SOON) as download:
        page.get_by_role("link", name=link).click()
    return download.value.suggested_filename, Path(download.value.path()).read_bytes()


def test_a_file_is_chosen_answered_and_saved(page: Page, address: str):
    page.goto(address, timeout=LONG)
    expect(page.get_by_role("button", name="Choose a file")).to_be_visible(timeout=LONG)
    name, template = saved(page, "Template for Excel")
    assert name == "template.xlsx"
    assert len(pd.read_excel(io.BytesIO(template))) == 1

    frame = made_up.some(8).astype(object)
    frame.loc[1, "spend"] = "much"
    choose(page, "방문.csv", frame.to_csv(index=False).encode("cp949"))
    expect(page.get_by_role("status")).to_contain_text("7 of 8 rows", timeout=SOON)
    expect(page.get_by_text("'much' is no number.")).to_be_visible()
    name, content = saved(page, "Predictions as CSV")
    assert name == "방문-predictions.csv"
    back = pd.read_csv(io.BytesIO(content))
    assert len(back) == 8
    assert back["problem"].notna().sum() == 1
    name, content = saved(page, "Predictions for Excel")
    assert len(pd.read_excel(io.BytesIO(content))) == 8

    choose(page, "x.png", b"\x89PNG\r\n\x1a\n")
    expect(page.get_by_role("alert")).to_contain_text("looks like PNG", timeout=SOON)


def test_five_megabytes_pass_and_come_back_packed(page: Page, address: str):
    page.goto(address, timeout=LONG)
    expect(page.get_by_role("button", name="Choose a file")).to_be_visible(timeout=LONG)
    frame = pd.concat([made_up.some(200).assign(note="x" * 400)] * 60, ignore_index=True)
    content = made_up.text(frame)
    assert len(content) > 5_000_000
    choose(page, "large.csv", content)
    expect(page.get_by_role("status")).to_contain_text("All 12,000 rows", timeout=LONG)
    name, packed = saved(page, "packed")
    assert name == "large-predictions.csv.zip"
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        [inside] = archive.namelist()
        assert len(pd.read_csv(archive.open(inside))) == len(frame)

    middle = frame.head(7_000)
    choose(page, "middle.csv", made_up.text(middle))
    expect(page.get_by_role("status")).to_contain_text("All 7,000 rows", timeout=LONG)
    name, content = saved(page, "Predictions as CSV")
    assert name == "middle-predictions.csv"
    assert 2_500_000 < len(content) < 4_000_000
    assert len(pd.read_csv(io.BytesIO(content))) == len(middle)
