"""The language of everything that a person reads: gettext, English as the source.

`_` translates a message and fills its named fields; `N_` marks a message that is translated
later, where it is shown. The language is set once for a process or a block of code.
"""

from __future__ import annotations

import gettext
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path

LANGUAGES = ("en", "ko")

_LOCALE_FOLDER = Path(__file__).parent / "locale"
_current: ContextVar[str] = ContextVar("language", default="en")


def current() -> str:
    """The language in use: `en` or `ko`."""
    return _current.get()


def use(language: str) -> None:
    """Set the language from here on, in this context.

    Raises ValueError for a language without a catalogue.
    """
    if language not in LANGUAGES:
        raise ValueError(f"language {language!r} is not one of {', '.join(LANGUAGES)}")
    _current.set(language)


@contextmanager
def using(language: str) -> Iterator[None]:
    """Set the language within a `with` block."""
    before = current()
    use(language)
    try:
        yield
    finally:
        _current.set(before)


@cache
def _catalogue(language: str) -> gettext.NullTranslations:
    if language == "en":
        return gettext.NullTranslations()
    return gettext.translation("casebook", _LOCALE_FOLDER, [language])


def _(message: str, /, **values: object) -> str:
    """The message in the current language, its `{named}` fields filled with `values`.

    >>> _("{n} rows", n=3)
    '3 rows'
    """
    text = _catalogue(current()).gettext(message) if message else ""
    return text.format(**values) if values else text


def plural(one: str, many: str, n: int, /, **values: object) -> str:
    """The singular or plural message for `n`, its fields filled with `values` and `n`.

    >>> plural("{n} row", "{n} rows", 1)
    '1 row'
    """
    text = _catalogue(current()).ngettext(one, many, n)
    return text.format(**{"n": n, **values})


def texts() -> str:
    """All texts of the current language's catalogue, for who needs to know their letters."""
    found: dict[object, object] = getattr(_catalogue(current()), "_catalog", {})
    return "\n".join(str(text) for text in found.values())


def N_(message: str, /) -> str:
    """Mark a message for translation where it is shown."""
    return message
