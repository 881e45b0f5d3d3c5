"""What stands around the cells of a served page, and pages without a kernel."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from casebook import language
from casebook.case import Case
from casebook.figures.hangul import hangul_css
from casebook.language import LANGUAGES, N_, _
from casebook.pages.theme import page_css

_HERE = Path(__file__).parent
TEMPLATES = _HERE / "templates"
ASSETS = _HERE / "assets"
SHARE = _HERE / "share"
"""A folder as Jupyter's: `voila/templates/casebook` is in it."""

_CELLS = "<!--cells-->"
KEEP_DAYS = 7
"""Days that a browser keeps what was typed and is not in the record."""

LOOK_EVERY = 2.5
"""Seconds between two looks of a page at its kernel."""

WORDS = {
    "skip": N_("Skip to the content"),
    "dark": N_("Dark"),
    "language": N_("한국어"),
    "card": N_("Model card"),
    "opening": N_("The page is being opened …"),
    "step": N_("Step {step} of {of}:"),
    "connecting": N_("Almost there: the form is being connected …"),
    "scripts": N_("This page needs JavaScript; switch it on for this address."),
    "gone_died": N_("The program behind this page has ended; nothing more is saved."),
    "gone_idle": N_("Nobody has used this page for a long time, so it was ended."),
    "gone_away": N_("This page was away for some time, so it was ended."),
    "gone_closed": N_("This page was closed; nothing more is saved."),
    "gone_login": N_(
        "The server was started anew, so this page has ended. Open it again; if it asks "
        "for a token, ask for the new link."
    ),
    "gone_unreachable": N_("The page cannot be reached now; nothing is saved meanwhile."),
    "incident": N_("Something was not done; tell who sent you the link: error id {name}."),
    "gone_kept": N_("What you typed is kept in this browser, and offered again."),
    "again": N_("Open it again"),
    "drafts_title": N_("Typed here before, and not in the record"),
    "drafts_say": N_("Kept in this browser alone, for {days} days at most."),
    "drafts_put": N_("Put it in again"),
    "drafts_later": N_("Not now"),
    "forget": N_("Forget it"),
    "forget_all": N_("Forget what I typed on this page"),
    "forgotten": N_("What was typed here is forgotten."),
}
"""The page's own words, in both languages at once: a reader can switch between them."""


class Offer(NamedTuple):
    """A page on the landing page; `why_not` says why it cannot be opened yet."""

    title: str
    link: str
    says: str
    why_not: str = ""


@dataclass(frozen=True)
class Frame:
    """What all pages of a case share.

    case: its title. key: stands for the case in a browser; it does not say where the case is.
    """

    case: str
    key: str
    language: str


def frame_of(case: Case) -> Frame:
    """The frame of a case's pages."""
    key = hashlib.sha256(str(case.folder.resolve()).encode()).hexdigest()[:12]
    return Frame(case.record.title or case.record.name, key, case.record.language)


def around(
    frame: Frame,
    name: str,
    title: str,
    *,
    base: str,
    home: str,
    card: str,
    kernel: str,
    config: Mapping[str, Any],
    scripts: Sequence[str],
    preload: Sequence[str],
    letters: str,
) -> tuple[str, str]:
    """What stands before the cells of a page and what stands after them, as HTML.

    base: the address of the server on this host. home: where its landing page is; empty without.
    card: the address of the model's card; empty without. config: what Voila's scripts read.
    scripts, preload: addresses, asked for at once.
    letters: what the cells will say, for Hangul on machines without a Korean font.
    """
    told = _page(frame, name=name, base=base, kernel=kernel)
    written = _written(
        "served.html.j2", frame, told, title=title, home=home, card=card, config=dict(config),
        scripts=scripts, preload=preload, letters=letters,
    )  # fmt: skip
    top, _mark, end = written.partition(_CELLS)
    return top, end


def plain_page(
    frame: Frame,
    heading: str,
    texts: Sequence[str] = (),
    *,
    offers: Sequence[Offer] = (),
    form: Mapping[str, str] | None = None,
    home: str = "",
    card: str = "",
    limits: str = "",
) -> str:
    """A page without a kernel: words, links to pages, a form that takes the token.

    limits: what the model should not be used for. home, card: as for `around`.
    """
    return _written(
        "plain.html.j2", frame, _page(frame), title=heading, home=home, card=card, config=None,
        heading=heading, texts=texts, offers=offers, form=form, limits=limits,
        limits_title=_("What it should not be used for") if limits else "",
    )  # fmt: skip


def _page(frame: Frame, name: str = "", base: str = "/", kernel: str = "") -> dict[str, Any]:
    """What the script of a page reads."""
    return {
        "case": frame.key,
        "name": name,
        "language": frame.language,
        "base": base,
        "kernel": kernel,
        "keep_days": KEEP_DAYS,
        "look_every": LOOK_EVERY,
        "words": {one: _words(one) for one in LANGUAGES},
    }


@cache
def _words(of: str) -> dict[str, str]:
    other = {"en": "한국어", "ko": "English"}[of]
    with language.using(of):
        return {name: _(text) for name, text in WORDS.items()} | {"language": other}


def _written(
    template: str, frame: Frame, told: Mapping[str, Any], *, letters: str = "", **values: object
) -> str:
    written = _templates().get_template(template).render(
        language=frame.language, case=frame.case, words=_words(frame.language), page=told,
        css=page_css() + _asset("served.css"), first=_asset("first.js"), served=_asset("served.js"),
        **values,
    )  # fmt: skip
    own = "".join(text for one in LANGUAGES for text in _words(one).values())
    letters = "".join(sorted({*written, *own, *letters}))
    return written.replace("/* fonts */", _fonts(letters), 1)


@cache
def _fonts(letters: str) -> str:
    return hangul_css(letters, bold=False)


@cache
def _asset(name: str) -> str:
    return (ASSETS / name).read_text("utf-8")


@cache
def _templates() -> Environment:
    return Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
