"""The prototype as colleagues meet it, against Voila as it comes, Streamlit and Gradio.

`make bench`, or `python tests/bench/bench_prototype.py`. The same saved model (telco churn, 19
columns) behind the same fields: `casebook app --page prototype` and three apps as their users write
them (`rivals/`), in the same run, the sides taking turns, each visit by a Chromium that has kept
nothing. Usable is when a field takes input and the first answer can be read. A change is typed on
the keyboard; its time runs in the page from the key that sends it to the answer's new text. Memory
is the proportional set size (PSS) of everything that belongs to a server, alone on the machine; its
growth for each visitor after the first, pages left open, each having asked once.

Streamlit and Gradio are installed into environments of their own, which end with the bench
(`--environments FOLDER` keeps them); what the project has is behind theirs on the path.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright
from serving import chromium, machine, memory
from sides import Place, Side, environment, prepared, served, sides, version

RESULTS = Path(__file__).with_name("BENCH_PROTOTYPE.md")
COLUMN = "tenure"
KEYS = "2837465918273645"
SETTLED = 5  # seconds; by then `casebook app` has its spare again and all that follows a change
PAGE = """\
# The prototype as colleagues meet it

| measured | {names} |
| --- |{lines}
{rows}

Aims: seconds to a usable form and memory of a further visitor at most 0.50 of Voila as it comes, a
new answer within 100 ms at the median. {verdict}

Made by `make bench`: {turns} turns, the sides one after the other, each visit by a Chromium that
has kept nothing; medians, and in brackets the slowest. The first visit of each is told apart. The
model is telco churn's, 19 columns; the rivals' apps (`rivals/`) show all 19 fields and one line,
`casebook app` the 12 that matter most, the others on demand, with sliders, what is usual, a warning
of what is unlike anything seen, and more. {changes} changes a side, typed; the time runs from the
key that sends the value: any key, and for Streamlit and Voila's number field the Enter after it.
Memory is the growth of everything that belongs to the server (PSS), alone on the machine, for each
of visitors 2 to {visitors}, pages left open, each having asked once, {settled} seconds before.

`casebook app` opens the case once, in a process from which kernels are forked, and keeps a kernel,
the spare, ready for whoever comes next. Both are the server's own: they are in the memory with one
visitor, and as they are there with each further one, they are no visitor's growth.

Machine: {machine}; load {load:.1f} at the start, {after:.1f} at the end.
Streamlit {streamlit}, Gradio {gradio}, ipywidgets {ipywidgets}.
"""

# In the page from its first byte on: when it is usable, and when an answer follows a key.
WATCH = """([field, answer]) => {
  const now = () => performance.timeOrigin + performance.now();
  const text = () => (document.querySelector(answer)?.innerText || '').trim();
  const bench = window.bench = {usable: 0, key: 0, changed: 0, text};
  const look = () => {
    const found = document.querySelector(field);
    const there = found && !found.disabled && !found.closest('[inert]') && found.checkVisibility();
    if (there && text() && document.querySelector(answer).checkVisibility()) bench.usable = now();
    else setTimeout(look, 10);
  };
  look();
  addEventListener('keydown', () => { if (!bench.changed) bench.key = now(); }, true);
  bench.arm = () => {
    const before = text();
    bench.changed = 0;
    new MutationObserver((_seen, self) => {
      if (!text() || text() === before) return;
      bench.changed = now();
      self.disconnect();
    }).observe(document.body, {childList: true, subtree: true, characterData: true});
  };
}"""


@dataclass
class Found:
    """What was measured of a side: seconds to a usable form, of a change, megabytes by visitor."""

    usable: list[float] = field(default_factory=list)
    paint: list[float] = field(default_factory=list)
    change: list[float] = field(default_factory=list)
    memory: list[float] = field(default_factory=list)
    said: str = ""

    @property
    def a_visitor(self) -> float:
        """Megabytes of each visitor after the first."""
        return (self.memory[-1] - self.memory[0]) / (len(self.memory) - 1)


def visit(browser: Browser, side: Side, link: str, found: Found) -> Page:
    """Open the link; the page, usable."""
    page = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
    given = [side.field, side.answer]
    page.add_init_script(f"if (window.top === window) ({WATCH})({given})")
    start = time.time()
    page.goto(link, wait_until="commit", timeout=180_000)
    page.wait_for_function("window.bench?.usable", timeout=180_000, polling=50)
    found.usable.append(page.evaluate("bench.usable") / 1000 - start)
    paint = page.evaluate(
        "performance.getEntriesByName('first-contentful-paint').map(one => one.startTime)"
    )
    found.paint.append((paint or [float("nan")])[0] / 1000)
    found.said = page.evaluate("bench.text()")
    return page


def change(page: Page, side: Side, key: str, found: Found) -> None:
    """Type another value into a field, and wait for another answer."""
    box = page.get_by_label(COLUMN, exact=True).locator("visible=true").first
    box.focus()
    page.keyboard.press("Control+a")
    page.evaluate("bench.arm()")
    page.keyboard.press(key)
    if side.enter:
        page.keyboard.press("Enter")
    page.wait_for_function("bench.changed", timeout=60_000, polling=20)
    found.change.append(page.evaluate("bench.changed - bench.key") / 1000)
    time.sleep(0.4)  # whatever else follows a change, such as its place in the address


def leave(page: Page) -> None:
    """As somebody does who goes elsewhere: the page may say goodbye."""
    page.goto("about:blank")
    page.context.close()


def timed(
    browser: Browser, all_sides: Sequence[Side], place: Place, turns: int, changes: int
) -> dict[str, Found]:
    """Times of all sides, turn by turn."""
    found = {side.name: Found() for side in all_sides}
    with ExitStack() as stack:
        links = {s.name: stack.enter_context(served(s, place))[1] for s in all_sides}
        for turn in range(turns + 1):
            for side in all_sides[turn % len(all_sides) :] + all_sides[: turn % len(all_sides)]:
                page = visit(browser, side, links[side.name], found[side.name])
                time.sleep(1)
                for n in range(changes):
                    change(page, side, KEYS[(turn * changes + n) % len(KEYS)], found[side.name])
                leave(page)
    return found


def weighed(browser: Browser, side: Side, place: Place, visitors: int, found: Found) -> None:
    """Megabytes of a server with one visitor, with two, and so on."""
    scrap = Found()
    with served(side, place) as (pid, link, runtime):
        pages = []
        for n in range(visitors):
            pages.append(visit(browser, side, link, scrap))
            time.sleep(1)
            change(pages[-1], side, KEYS[n], scrap)
            time.sleep(SETTLED)
            found.memory.append(memory(pid, runtime))
        for page in pages:
            leave(page)


def rows(found: Mapping[str, Found]) -> list[str]:
    """Rows of the table; the last column is ours by Voila's."""

    def spread(unit: str, of: Callable[[Found], Sequence[float]]) -> str:
        times, digits = (1000, 0) if unit == "ms" else (1, 2)
        both = [(times * statistics.median(of(f)), times * max(of(f))) for f in found.values()]
        shown = [f"{usual:.{digits}f} {unit} ({most:.{digits}f})" for usual, most in both]
        ours, voila, *_others = (statistics.median(of(f)) for f in found.values())
        return " | ".join([*shown, f"{ours / voila:.2f}"])

    return [
        f"| first paint | {spread('s', lambda f: f.paint[1:])} |",
        f"| usable form, first visit | {spread('s', lambda f: f.usable[:1])} |",
        f"| usable form | {spread('s', lambda f: f.usable[1:])} |",
        f"| a new answer | {spread('ms', lambda f: f.change)} |",
        f"| memory with one visitor | {spread('MB', lambda f: f.memory[:1])} |",
        f"| a visitor more | {spread('MB', lambda f: [f.a_visitor])} |",
    ]


def verdict(found: Mapping[str, Found]) -> str:
    """Which aims are met."""
    ours, voila, *_others = found.values()
    told = {
        "usable form": statistics.median(ours.usable[1:]) / statistics.median(voila.usable[1:]),
        "a visitor more": ours.a_visitor / voila.a_visitor,
    }
    said = [f"{what} {share:.2f}: {'met' if share <= 0.5 else 'missed'}"
            for what, share in told.items()]  # fmt: skip
    answer = 1000 * statistics.median(ours.change)
    said.append(f"new answer {answer:.0f} ms: {'met' if answer <= 100 else 'missed'}")
    return "Here: " + "; ".join(said) + "."


def options() -> argparse.Namespace:
    """What the command line says."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--turns", type=int, default=7)
    parser.add_argument("--changes", type=int, default=3, help="of each visit")
    parser.add_argument("--visitors", type=int, default=5)
    parser.add_argument("--case", type=Path, help="a case with a published run; else it is made")
    parser.add_argument("--environments", type=Path, help="where those of the rivals are kept")
    parser.add_argument("--only", default="", help="a part of the names of sides; nothing written")
    return parser.parse_args()


def main() -> None:
    """Measure and write the page."""
    given = options()
    load = os.getloadavg()[0]
    with tempfile.TemporaryDirectory(dir="/tmp") as name, sync_playwright() as playwright:
        folder = Path(name)
        kept = (given.environments or folder).resolve()
        pythons = {package: environment(kept, package) for package in ("streamlit", "gradio")}
        versions = {package: version(python, package) for package, python in pythons.items()}
        case = given.case.resolve() if given.case else prepared(folder)
        chosen = tuple(s for s in sides(case, pythons) if given.only.lower() in s.name.lower())
        browser = chromium(playwright)
        found = timed(browser, chosen, Place(folder, case), given.turns, given.changes)
        for side in chosen:
            weighed(browser, side, Place(folder, case), given.visitors, found[side.name])
        measured_in = machine(browser.version)
        browser.close()
    if given.only:
        print(found)
        return
    assert len({f.said for name, f in found.items() if name != "casebook app"}) == 1, found
    text = PAGE.format(
        names=" | ".join([*found, "casebook / Voila"]), lines=" ---: |" * (len(found) + 1),
        rows="\n".join(rows(found)), verdict=verdict(found), turns=given.turns,
        changes=given.changes * (given.turns + 1), visitors=given.visitors, settled=SETTLED,
        machine=measured_in, load=load, after=os.getloadavg()[0],
        ipywidgets=metadata.version("ipywidgets"), **versions,
    )  # fmt: skip
    RESULTS.write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
