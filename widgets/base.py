"""What every panel shares: it shows itself as a live widget and as static HTML at once."""

from __future__ import annotations

from typing import Any

import ipywidgets as w

from casebook.pages.base import Html


class Panel(w.VBox):
    """A widget that a report can show without a kernel.

    Its mime bundle holds the live widget (JupyterLab, Voila) and static HTML (reports), which
    the report's converter prefers.
    """

    def static(self) -> Html:
        """The panel as it is now, as HTML."""
        raise NotImplementedError

    def _repr_mimebundle_(self, **kwargs: Any) -> dict[str, Any]:
        bundle: dict[str, Any] = dict(super()._repr_mimebundle_(**kwargs) or {})
        bundle["text/html"] = self.static()._repr_html_()
        return bundle
