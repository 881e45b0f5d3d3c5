"""What every panel shares: two looks at once, and what happens when a callback fails."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Protocol

import ipywidgets as w

from casebook import language
from casebook.case import Case
from casebook.exceptions import CasebookError
from casebook.language import N_, _
from casebook.pages.base import Html
from casebook.serve import incidents


class Teller(Protocol):
    """A panel's model, as far as it can say in the panel's status what became of an act."""

    case: Case

    def tell(self, status: str, message: str, path: str = "") -> Any:
        """Say it. status: `refused` for what was not done. path: what it is about."""


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


NOT_SAVED = N_("Not saved, error id {name}.")
NOT_DONE = N_("This was not done, error id {name}.")
NOT_SHOWN = N_("It is saved, but could not be shown; open the page again. Error id {name}.")


def guarded(
    model: Teller, act: Callable[..., object], path: str = "", *, said: str = NOT_SAVED
) -> Callable[..., None]:
    """A callback that never fails in silence.

    ipywidgets swallows what a callback raises, and a person sees nothing. Here the panel says what
    became of it, with an id, and the log has the traceback under the same id. What is expected is
    told in its own words. said: one of the sentences above.
    """

    @wraps(act)
    def guard(*given: Any, **named: Any) -> None:
        try:
            act(*given, **named)
        except CasebookError as error:
            model.tell("refused", str(error), path)
        except Exception as error:  # noqa: BLE001 whatever it is, somebody waits for an answer
            tell_incident(model, error, path, said=said)

    return guard


def tell_incident(
    model: Teller, error: Exception, path: str = "", *, said: str = NOT_SAVED
) -> None:
    """Say in a panel that something failed that was not expected, and write it to the log."""
    name = incidents.record(error, f"a panel of {model.case.record.name}, {path or 'no field'}")
    with language.using(model.case.record.language):
        model.tell("refused", _(said).format(name=name), path)
