"""Words that several kinds of evidence share."""

from __future__ import annotations

from casebook.formats import number
from casebook.language import _


def p_words(p_value: float) -> str:
    """A p value as one reads it.

    >>> p_words(0.0123), p_words(1e-9)
    ('p = 0.012', 'p < 0.001')
    """
    if p_value < 0.001:
        return _("p < {limit}", limit=number(0.001, 3))
    return _("p = {p}", p=number(p_value, 3))
