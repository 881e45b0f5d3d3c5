"""The prototype's measurements as a page."""

from __future__ import annotations

from casebook.pages.base import Html, headline
from casebook.phases.prototype import Findings


def page(findings: Findings) -> Html:
    """Headline."""
    return headline(findings.headline)
