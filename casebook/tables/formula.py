r"""Texts that a spreadsheet would run: how they are guarded in a file for others.

A spreadsheet runs text that begins as a formula does. In CSV, text therefore gets an apostrophe
before every sign of a formula (and before an apostrophe) with which a cell could begin: at the
start of the text, and after what may end a cell where the spreadsheet splits at another sign (a
semicolon, a tab, a line, a quotation mark); blanks in between do not count. To undo it, remove one
apostrophe at each of these places: that is `unguarded`.
"""

from __future__ import annotations

import re

_ENDS = r';\t\r\n"'
_SIGNS = r"=+\-@\t\r\n'＝＋－＠"  # and their wide forms, which some spreadsheets take as well
_START = re.compile(rf"((?:^|[{_ENDS}]) *)(?=[{_SIGNS}])")
_GUARD = re.compile(rf"((?:^|[{_ENDS}]) *)'")


def guarded(text: str) -> str:
    """A text that no spreadsheet takes for a formula.

    >>> guarded("=1+1"), guarded("so; =1+1"), guarded("a = b - c"), guarded("'so'")
    ("'=1+1", "so; '=1+1", 'a = b - c', "''so'")
    """
    return _START.sub(r"\1'", text)


def unguarded(text: str) -> str:
    """The text that `guarded` was given.

    >>> unguarded("'=1+1"), unguarded("''so'")
    ('=1+1', "'so'")
    """
    return _GUARD.sub(r"\1", text)
