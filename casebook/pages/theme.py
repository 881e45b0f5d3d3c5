"""The tokens as CSS: for whole pages, and for a fragment shown in a notebook."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from casebook import language
from casebook.figures.hangul import hangul_css
from casebook.theme import fragment_variables, scale_variables, variables

_ASSETS = Path(__file__).parent / "assets"


@cache
def asset(name: str) -> str:
    """The text of a file in `pages/assets`."""
    return (_ASSETS / name).read_text(encoding="utf-8")


@cache
def page_css() -> str:
    """All styles of a whole page: variables for each mode, fragments, the page itself."""
    dark = variables("dark") + "color-scheme:dark;"
    modes = (
        f":root{{{scale_variables()}{variables('light')}color-scheme:light;}}"
        f"@media (prefers-color-scheme:dark){{:root:not([data-theme=light]){{{dark}}}}}"
        f":root[data-theme=dark]{{{dark}}}"
        f"@media print{{:root:root:root{{{variables('print')}color-scheme:light;}}}}"
    )
    return f"{modes}\n{asset('base.css')}\n{asset('page.css')}"


@cache
def fragment_style() -> str:
    """The `<style>` that a fragment brings along into JupyterLab or Voila, dark theme included."""
    return f'<style class="cb-style">{fragment_variables()}{asset("base.css")}</style>'


def letters_style(text: str) -> str:
    """The `<style>` with the letters of a Hangul text that a panel comes to show later."""
    return f'<style class="cb-style">{hangul_css(text, bold=False)}</style>'


def panel_style(text: str, messages: str | None = None) -> str:
    """The `<style>` of a live panel: that of a fragment, its controls, and letters for Hangul.

    text: what the panel shows. messages: what `messages_letters` gives, where that is kept.
    """
    known = messages_letters(language.current()) if messages is None else messages
    more = "".join({*text} - {*language.texts()})  # names and values of the case
    letters = known + hangul_css(more, bold=False)
    return f'{fragment_style()}<style class="cb-style">{asset("panel.css")}{letters}</style>'


@cache
def messages_letters(named: str) -> str:
    """The letters of all our own messages in a language, for what a panel will say later.

    In Korean they take a second to be cut out of the font.
    """
    with language.using(named):
        return hangul_css(language.texts(), bold=False)
