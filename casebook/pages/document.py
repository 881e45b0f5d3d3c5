"""A whole page: styles, fonts and the one small script inside it, nothing fetched from anywhere."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from casebook.figures.hangul import hangul_css
from casebook.language import N_, _
from casebook.pages.theme import asset, page_css

TEMPLATES = Path(__file__).parent / "templates"

# The templates' own words; they are here so that one tool finds every message.
_WORDS = {
    "skip": N_("Skip to the content"),
    "dark": N_("Dark"),
    "report": N_("The whole report"),
    "code": N_("Show the code"),
    "contents": N_("Contents"),
    "phases": N_("Phase by phase"),
    "failures": N_("What failed"),
    "feedback": N_("What people said of it"),
    "questions": N_("Not answered yet"),
    "data": N_("The data"),
    "model": N_("The model"),
    "making": N_("How this report was made"),
    "parameters": N_("Parameters"),
    "versions": N_("Versions"),
    "run": N_("Run"),
}


@cache
def templates() -> Environment:
    """The Jinja templates of whole pages; each is compiled once a process."""
    return Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def document(template: str, *, scripts: bool, **values: object) -> str:
    """The HTML document that a template makes of the values, in the current language.

    scripts: whether outputs may bring inline scripts of their own; nothing is ever loaded.
    """
    page = templates().get_template(template)
    script = asset("page.js")
    words = {name: _(word) for name, word in _WORDS.items()}
    policy = _policy(script, scripts=scripts)
    written = page.render(words=words, css=page_css(), script=script, policy=policy, **values)
    # The fonts follow from the glyphs on the page, so they are put in when it is written.
    return written.replace("/* fonts */", hangul_css(written), 1)


def _policy(script: str, *, scripts: bool) -> str:
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    allowed = "'unsafe-inline'" if scripts else f"'sha256-{digest}'"
    return (
        f"default-src 'none'; style-src 'unsafe-inline'; script-src {allowed}; font-src data:; "
        "img-src data: blob: file: 'self'; base-uri 'none'; form-action 'none'"
    )
