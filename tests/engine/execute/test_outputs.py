"""The cap on a cell's outputs, without a kernel."""

from __future__ import annotations

import pytest

from casebook.execute.inside import BIGGEST_PAGE, limit
from casebook.execute.outputs import MOST_DISPLAYS, CellOutputs, cut_error


def test_little_is_kept_as_it_is_in_its_order() -> None:
    outputs: list = []
    captured = CellOutputs()
    for name, text in [("stdout", "a"), ("stdout", "b\n"), ("stderr", "c"), ("stdout", "d")]:
        captured.stream(outputs, name, text)
    captured.close(outputs)
    assert [(o.name, o.text) for o in outputs] == [
        ("stdout", "ab\n"),
        ("stderr", "c"),
        ("stdout", "d"),
    ]


@pytest.mark.parametrize("piece", [1, 7, 1000])
def test_the_middle_is_dropped_and_counted(piece: int) -> None:
    text = "".join(f"{n}\n" for n in range(1000))
    outputs: list = []
    captured = CellOutputs(head=100, tail=50)
    for start in range(0, len(text), piece):
        captured.stream(outputs, "stdout", text[start : start + piece])
    captured.close(outputs)
    first, told, last = outputs
    assert first.text == text[:100]
    assert last.text == text[-50:]
    dropped = text[100:-50]
    lines = dropped.count("\n")
    assert (
        told.text == f"\n[... {lines} lines ({len(dropped):,} characters) were dropped here ...]\n"
    )


def test_too_many_displays_are_dropped_and_counted() -> None:
    captured = CellOutputs()
    content = {"data": {"text/plain": "x" * 10}}
    admitted = [captured.admits(content) for _ in range(MOST_DISPLAYS + 3)]
    assert admitted == [True] * MOST_DISPLAYS + [False] * 3
    outputs: list = []
    captured.close(outputs)
    assert "3 lines (30 characters) were dropped" in outputs[0].text


def test_a_page_that_is_too_big_becomes_its_note() -> None:
    limited = limit({"text/html": "x" * (BIGGEST_PAGE + 1)})
    assert set(limited) == {"text/plain"}
    assert "dropped" in limited["text/plain"]
    assert limit({"text/html": "x", "image/png": "y"}) == {"text/html": "x", "image/png": "y"}


def test_the_message_of_an_error_is_cut() -> None:
    cut = cut_error({"ename": "E", "evalue": "x" * 10**6, "traceback": ["y" * 10**6]})
    assert len(cut["evalue"]) < 130_000
    assert len(cut["traceback"][0]) < 130_000
