"""An executed notebook as a page of the report."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from nbconvert.exporters import HTMLExporter, TemplateExporter
from nbconvert.filters import Highlight2HTML
from traitlets.config import Config

from casebook.language import _, using
from casebook.pages import cells
from casebook.pages.base import Html, element, join, link, notice
from casebook.pages.document import TEMPLATES, document
from casebook.pages.outline import outlined

_FRAGMENT_STYLE = re.compile(r'<style class="cb-style">.*?</style>', re.DOTALL)

# HTML before all else: a panel's static view stands in for the live one.
_PRIORITY = [
    "text/html",
    "text/markdown",
    "image/svg+xml",
    "image/png",
    "image/jpeg",
    "text/latex",
    "text/vnd.mermaid",
    "application/vnd.jupyter.widget-view+json",
    "application/javascript",
    "text/plain",
]


def notebook_html(
    nb: Any, *, title: str, language: str, status: str = "ok", home: str = "index.html"
) -> str:
    """The HTML document of an executed notebook; it works from disk, without a network.

    nb: an nbformat 4 notebook. title: the page's name, its heading too if the notebook has none.
    status: ok, failed, stopped, lost, running, stale ... home: the front page, or empty.
    """
    with using(language):
        body, _resources = _exporter().from_notebook_node(cells.annotated(nb))
        body, contents = outlined(_FRAGMENT_STYLE.sub("", body))
        return document(
            "notebook.html.j2",
            scripts=True,
            language=language,
            title=title,
            home=home,
            body=Html(body),
            contents=contents,
            has_title=any(heading.level == 1 for heading in contents),
            has_code='<details class="code"' in body,
            notice=_status_notice(nb, status),
        )


class _Exporter(HTMLExporter):
    """nbconvert with our template; what it does to a finished page is left out.

    HTMLExporter parses the whole page again to add alternative texts, which ours has already.
    """

    def from_notebook_node(  # type: ignore[override]
        self, nb: Any, resources: dict[str, Any] | None = None, **kw: Any
    ) -> tuple[str, dict[str, Any]]:
        """The cells of a notebook as HTML, and nbconvert's resources."""
        ready = self._init_resources(resources)  # type: ignore[no-untyped-call]
        return TemplateExporter.from_notebook_node(self, nb, ready, **kw)


@cache
def _exporter() -> _Exporter:
    make: Any = _Exporter  # nbconvert's constructors and filters have no types
    exporter: Any = make(
        template_name="casebook",
        extra_template_basedirs=[str(TEMPLATES)],
        exclude_anchor_links=True,
        exclude_input_prompt=True,
        exclude_output_prompt=True,
        config=Config({"NbConvertBase": {"display_data_priority": _PRIORITY}}),
    )
    highlight: Any = Highlight2HTML
    exporter.register_filter("highlight_code", highlight(pygments_lexer="ipython3"))
    exporter.register_filter("filter_data_type", _first_kind)
    for name in ("aftermath", "code_name", "failure", "not_here", "picture", "plain", "printed"):
        exporter.register_filter(name, getattr(cells, name))
    made: _Exporter = exporter
    return made


def _first_kind(data: Any) -> list[str]:
    """The best of an output's kinds; anything unknown is said to be so rather than left out."""
    return [next((kind for kind in _PRIORITY if kind in data), "unknown")]


def _status_notice(nb: Any, status: str) -> Html:
    failed = cells.failures(nb)
    if failed:
        lines = (_failed_line(failure) for failure in failed)
        return notice("failed", join(*lines), title=_("This phase failed"))
    match status:
        case "ok":
            return Html("")
        case "failed":
            return notice("failed", _("The run ended before this phase was done."))
        case "stale":
            return notice("stale", _("The record or the data have changed since this was made."))
        case "running":
            return notice("computing", _("This phase is still being computed."))
        case _:
            return notice("warning", _("The run was stopped before this phase was done."))


def _failed_line(failure: cells.CellFailure) -> Html:
    place = link(f"#cell-{failure.number}", _("Cell {number}", number=failure.number))
    return element("p", join(place, ": ", failure.error))
